// SPDX-License-Identifier: GPL-2.0-only
#include "event/unhandled.h"

#include <signal.h>
#include <unistd.h>

bool unhandled_signal(const struct event *event)
{
	return event->kind == EVENT_SIGNAL && event->signal.code > 0 &&
	       (event->signal.sig == SIGSEGV || event->signal.sig == SIGBUS);
}

static bool same_page(const struct touch_event *touch,
		      const struct fault_event *fault)
{
	const __u64 page = sysconf(_SC_PAGESIZE);

	return touch->address / page == fault->address / page;
}

/*
 * Return true if @event shows that the last fault is over, because @event can't
 * occur during a fault.
 */
static bool unhandled_over(const struct event *event)
{
	return event->kind == EVENT_TOUCH || event->kind == EVENT_KERNEL_TOUCH ||
	       event->kind == EVENT_EXIT || unhandled_signal(event) ||
	       (event->kind >= EVENT_ENTER && event->kind < EVENT_LEAVE);
}

bool unhandled_fault(struct task *task, const struct event *event,
		     struct event *fault)
{
	bool found = task->begun.kind && unhandled_over(event);

	if (task->begun.kind && event->kind == MMAPDEMO_EVENT_PTE_FAULT &&
	    same_page(&task->begun.touch, &event->fault))
		task->begun.kind = 0;
	if (found) {
		*fault = (struct event){
			.kind = task->begun.kind,
			.cpu = event->cpu,
			.tid = task->tid,
			.time = task->begun.time,
			.touch = task->begun.touch,
		};
		task->begun.kind = 0;
	}
	if (found && event->kind == EVENT_SIGNAL) {
		fault->touch.sig = event->signal.sig;
		fault->touch.code = event->signal.code;
	}
	if (event->kind == EVENT_TOUCH || event->kind == EVENT_KERNEL_TOUCH) {
		task->begun.kind = event->kind;
		task->begun.time = event->time;
		task->begun.touch = event->touch;
	}
	return found;
}
