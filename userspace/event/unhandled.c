// SPDX-License-Identifier: GPL-2.0-only
#include "event/unhandled.h"

#include <signal.h>
#include <unistd.h>

bool unhandled_signal(const struct event *event)
{
	return event->kind == EVENT_SIGNAL && event->signal.code > 0 &&
	       (event->signal.sig == SIGSEGV || event->signal.sig == SIGBUS);
}

static __u64 page_of(__u64 address)
{
	return address / sysconf(_SC_PAGESIZE);
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

/* Return what the processor reported about a fault, as in TOUCH_*. */
static __u64 error_code_of(const struct ended_event *ended)
{
	return (ended->present ? TOUCH_PROTECTION : 0) |
	       (ended->access == MMAPDEMO_ACCESS_WRITE ? TOUCH_WRITE : 0) |
	       (ended->access == MMAPDEMO_ACCESS_EXEC ? TOUCH_EXEC : 0);
}

/*
 * Save in @task whether the fault @event ends in a signal. get_user_pages() sends no
 * signal.
 */
static void note_failure(struct task *task, const struct fault_event *fault)
{
	const bool fails = fault->from == MMAPDEMO_FROM_USER &&
			   fault->ret & FAULT_SIGNALLED;

	task->failed = fails ? page_of(fault->address) + 1 : 0;
}

/*
 * The kernel sends a signal because of a fault. Return true and fill in @fault, unless the
 * fault reached handle_mm_fault(), which failed.
 */
static bool signalled(struct task *task, const struct event *event,
		      struct event *fault)
{
	const struct ended_event *ended = &event->ended;
	const bool failed = task->failed == page_of(ended->address) + 1;

	task->failed = 0;
	task->begun.kind = 0;
	if (failed)
		return false;
	*fault = (struct event){
		.kind = EVENT_TOUCH,
		.cpu = event->cpu,
		.tid = task->tid,
		.time = event->time,
		.touch = {
			.address = ended->address,
			.ip = ended->ip,
			.error_code = error_code_of(ended),
			.sig = ended->sig,
			.code = ended->code,
		},
	};
	return true;
}

bool unhandled_fault(struct task *task, const struct event *event,
		     struct event *fault)
{
	bool found = task->begun.kind && unhandled_over(event);

	if (event->kind == MMAPDEMO_EVENT_FAULT_SIGNAL)
		return signalled(task, event, fault);
	if (event->kind == MMAPDEMO_EVENT_PTE_FAULT) {
		note_failure(task, &event->fault);
		if (page_of(task->begun.touch.address) == page_of(event->fault.address))
			task->begun.kind = 0;
	}
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
