// SPDX-License-Identifier: GPL-2.0-only
#include "story/totals.h"
#include "event/unhandled.h"

static void sum_fault(struct sum *sum, const struct fault_event *fault)
{
	sum->faults++;
	sum->fault_ns += fault->duration;
	sum->majors += !!(fault->ret & FAULT_MAJOR);
	sum->untimed += !fault->duration;
	sum->retried += fault->retries != 0;
	if (fault->class < MMAPDEMO_FAULT_CLASS_COUNT)
		sum->classes[fault->class]++;
}

static void sum_touch(struct sum *sum, const struct touch_event *touch)
{
	sum->faults++;
	sum->protected += !!(touch->error_code & TOUCH_PROTECTION);
	sum->writes += !!(touch->error_code & TOUCH_WRITE);
}

/* Of those without a signal it is not known that they were none. */
void sum_unhandled(struct sum *sum, const struct event *event)
{
	sum->unhandled += event->touch.sig != 0;
}

void sum_event(struct sum *sum, const struct event *event)
{
	switch (event->kind) {
	case MMAPDEMO_EVENT_DO_MMAP:
		sum->mmaps++;
		sum->mmaps_failed += event->mmap.ret < 0;
		sum->mmap_ns += event->mmap.duration;
		break;
	case MMAPDEMO_EVENT_VMA_LINK:
		sum->links++;
		break;
	case MMAPDEMO_EVENT_VMA_MERGE:
		sum->merges += event->merge.outcome != 0;
		break;
	case MMAPDEMO_EVENT_VMA_SPLIT:
		sum->splits++;
		break;
	case MMAPDEMO_EVENT_VMA_UNLINK:
		sum->unlinked += event->unlink.vmas;
		break;
	case MMAPDEMO_EVENT_DUP_MM:
		sum->copies++;
		break;
	case EVENT_FLUSH:
		sum->flushes += event->flush.reason < FLUSH_SEND;
		break;
	case MMAPDEMO_EVENT_PTE_FAULT:
		sum_fault(sum, &event->fault);
		break;
	case EVENT_SIGNAL:
		sum->signals += unhandled_signal(event);
		break;
	case EVENT_KERNEL_TOUCH:
		sum->kernels++;
		/* fallthrough */
	case EVENT_TOUCH:
		sum_touch(sum, &event->touch);
		break;
	}
}
