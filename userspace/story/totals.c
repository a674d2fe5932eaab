// SPDX-License-Identifier: GPL-2.0-only
#include "story/totals.h"
#include "event/unhandled.h"

static void totals_fault(struct totals *totals, const struct fault_event *fault)
{
	totals->faults++;
	totals->fault_ns += fault->duration;
	totals->majors += !!(fault->ret & FAULT_MAJOR);
	totals->untimed += !fault->duration;
	totals->retried += fault->retries != 0;
	if (fault->class < MMAPDEMO_FAULT_CLASS_COUNT)
		totals->classes[fault->class]++;
}

static void totals_touch(struct totals *totals, const struct touch_event *touch)
{
	totals->faults++;
	totals->protected += !!(touch->error_code & TOUCH_PROTECTION);
	totals->writes += !!(touch->error_code & TOUCH_WRITE);
}

/*
 * Count only faults that ended in a signal. Any other fault may have been
 * handled, although the module did not observe it.
 */
void totals_unhandled(struct totals *totals, const struct event *event)
{
	totals->unhandled += event->touch.sig != 0;
}

void totals_event(struct totals *totals, const struct event *event)
{
	switch (event->kind) {
	case MMAPDEMO_EVENT_DO_MMAP:
		totals->mmaps++;
		totals->mmaps_failed += event->mmap.ret < 0;
		totals->mmap_ns += event->mmap.duration;
		break;
	case MMAPDEMO_EVENT_VMA_LINK:
		totals->links++;
		break;
	case MMAPDEMO_EVENT_VMA_MERGE:
		totals->merges += event->merge.outcome != 0;
		break;
	case MMAPDEMO_EVENT_VMA_SPLIT:
		totals->splits++;
		break;
	case MMAPDEMO_EVENT_VMA_UNLINK:
		totals->unlinked += event->unlink.vmas;
		break;
	case MMAPDEMO_EVENT_DUP_MM:
		totals->copies++;
		break;
	case EVENT_FLUSH:
		totals->flushes += event->flush.reason < FLUSH_SEND;
		break;
	case MMAPDEMO_EVENT_PTE_FAULT:
		totals_fault(totals, &event->fault);
		break;
	case EVENT_SIGNAL:
		totals->signals += unhandled_signal(event);
		break;
	case EVENT_KERNEL_TOUCH:
		totals->kernels++;
		/* fallthrough */
	case EVENT_TOUCH:
		totals_touch(totals, &event->touch);
		break;
	}
}
