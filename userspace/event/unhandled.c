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
 * Return true if the task has left the fault that began last, because @event can't occur
 * during a fault.
 */
static bool unhandled_over(const struct event *event)
{
	return event->kind == EVENT_TOUCH || event->kind == EVENT_KERNEL_TOUCH ||
	       event->kind == EVENT_EXIT || unhandled_signal(event) ||
	       (event->kind >= EVENT_ENTER && event->kind < EVENT_LEAVE);
}

/*
 * Return true if @event shows that the fault that began last ended without
 * handle_mm_fault(). A fault of user space shows that the kernel touches nothing for the
 * task. A fault of user space that began ends with the events of its page.
 */
static bool begun_over(struct task *task, const struct event *event)
{
	const bool kernel = task->begun.kind == EVENT_KERNEL_TOUCH;
	const __u64 page = page_of(task->begun.touch.address);

	if (!task->begun.kind)
		return false;
	switch (event->kind) {
	case MMAPDEMO_EVENT_PTE_FAULT:
		if (page == page_of(event->fault.address)) {
			task->begun.kind = 0;
			return false;
		}
		return kernel && event->fault.from == MMAPDEMO_FROM_USER;
	case MMAPDEMO_EVENT_FAULT_SIGNAL:
		if (!kernel && page == page_of(event->ended.address)) {
			task->begun.kind = 0;
			return false;
		}
		return true;
	}
	return unhandled_over(event);
}

/* Fill in the fault that began last. A signal follows only a fault of user space. */
static void begun_fault(struct task *task, const struct event *event,
			struct event *fault)
{
	*fault = (struct event){
		.kind = task->begun.kind,
		.cpu = event->cpu,
		.tid = task->tid,
		.time = task->begun.time,
		.touch = task->begun.touch,
	};
	if (event->kind == EVENT_SIGNAL && task->begun.kind == EVENT_TOUCH) {
		fault->touch.sig = event->signal.sig;
		fault->touch.code = event->signal.code;
	}
	task->begun.kind = 0;
}

/* Return what the processor reported about a fault, as in TOUCH_*. */
static __u64 error_code_of(const struct ended_event *ended)
{
	return (ended->present ? TOUCH_PROTECTION : 0) |
	       (ended->access == MMAPDEMO_ACCESS_WRITE ? TOUCH_WRITE : 0) |
	       (ended->access == MMAPDEMO_ACCESS_EXEC ? TOUCH_EXEC : 0);
}

/* The kernel sends a signal because of a fault. Fill in the fault. */
static void signalled_fault(const struct task *task, const struct event *event,
			    struct event *fault)
{
	const struct ended_event *ended = &event->ended;

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

size_t unhandled_faults(struct task *task, const struct event *event,
			struct event faults[2])
{
	size_t count = 0;

	if (begun_over(task, event))
		begun_fault(task, event, &faults[count++]);
	if (event->kind == MMAPDEMO_EVENT_PTE_FAULT) {
		note_failure(task, &event->fault);
	} else if (event->kind == MMAPDEMO_EVENT_FAULT_SIGNAL) {
		if (task->failed != page_of(event->ended.address) + 1)
			signalled_fault(task, event, &faults[count++]);
		task->failed = 0;
	} else if (unhandled_over(event)) {
		task->failed = 0;
	}
	if (event->kind == EVENT_TOUCH || event->kind == EVENT_KERNEL_TOUCH) {
		task->begun.kind = event->kind;
		task->begun.time = event->time;
		task->begun.touch = event->touch;
	}
	return count;
}
