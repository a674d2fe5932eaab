// SPDX-License-Identifier: GPL-2.0-only
/*
 * Output of the kernel's own events about system calls and about starts of
 * faults.
 */
#include "base/format.h"
#include "event/vm_flags.h"
#include "story/parts.h"

#include <sys/mman.h>
#include <unistd.h>

typedef unsigned long long ull;

/* ---- a system call ---- */

/*
 * Return the name of an advice of madvise(). If the advice has no name, return
 * its number.
 */
static const char *advice_of(char number[FORMAT_MAX], int advice)
{
	const char *name = name_of(names_advice, advice);

	if (*name != '?')
		return name;
	snprintf(number, FORMAT_MAX, "%d", advice);
	return number;
}

static void add_what(struct line *line, int which,
		     const struct call_event *call)
{
	char flags[FORMAT_MAX], number[FORMAT_MAX];

	if (which == EVENT_CALL_MPROTECT)
		line_add(line, PLAIN, ": %.3s%s",
			 format_vm_flags(flags, call->args[2] & 7),
			 call->ret ? "" : " from now on");
	else if (which == EVENT_CALL_MADVISE)
		line_add(line, PLAIN, ": %s",
			 advice_of(number, call->args[2]));
}

/* Print a call for which the module has no event, such as munmap() or mprotect(). */
int print_syscall(const struct story *story, const struct event *event,
		  const struct task *task, const struct space *space)
{
	static const char *const names[EVENT_CALLS] = {
		[EVENT_CALL_MUNMAP] = "munmap",
		[EVENT_CALL_MPROTECT] = "mprotect",
		[EVENT_CALL_MADVISE] = "madvise",
	};
	const struct call_event *call = &event->call;
	int which = event->kind - EVENT_LEAVE;
	struct line line;

	begin_line(story, &line, event_begin(event), task);
	line_add(&line, CYAN, "%s", names[which]);
	line_add(&line, PLAIN, " of " RANGE, (ull)call->args[0],
		 (ull)(call->args[0] + call->args[1]));
	/*
	 * Use the name of the mapping before the call, because munmap() has
	 * removed the mapping.
	 */
	if (task->owned)
		line_add(&line, PLAIN, " %s", *task->owner ? task->owner :
							     "anonymous memory");
	add_what(&line, which, call);
	if (call->ret) {
		line_add(&line, PLAIN, " = ");
		add_result(&line, call->ret);
	}
	return print_duration(story, &line, call->duration, task, space);
}

/* ---- a fault ---- */

/* Convert the kernel's event for the start of a fault to a struct fault_event. */
static struct fault_event fault_of(const struct event *event)
{
	const struct touch_event *touch = &event->touch;
	bool user = event->kind == EVENT_TOUCH;

	return (struct fault_event){
		.address = touch->address,
		.ip = user ? touch->ip : 0,
		.access = touch->error_code & TOUCH_EXEC ?
				MMAPDEMO_ACCESS_EXEC :
			  touch->error_code & TOUCH_WRITE ?
				MMAPDEMO_ACCESS_WRITE : MMAPDEMO_ACCESS_READ,
		.from = user ? MMAPDEMO_FROM_USER : MMAPDEMO_FROM_KERNEL,
		.nr = -1,
	};
}

/*
 * Add what is known about the end of a fault. With the module, this function is
 * called only for a fault that the module did not observe.
 */
static void add_end(struct story *story, struct line *line,
		    const struct event *event, const struct space *space)
{
	const struct touch_event *touch = &event->touch;

	line_add(line, PLAIN, "  %s", touch->error_code & TOUCH_PROTECTION ?
		 "protection" : "not present");
	if (story->world.stock)
		add_first_touch(story, line, space, touch->address,
				event->time);
	else if (!touch->sig)
		line_add(line, YELLOW, ", the end of the fault was not "
			 "recorded");
	if (touch->sig) {
		line_add(line, PLAIN, ": ");
		add_signal_name(line, touch->sig);
	}
}

int print_page_fault(struct story *story, const struct event *event,
		     const struct task *task, const struct space *space)
{
	const bool present = event->touch.error_code & TOUCH_PROTECTION;
	const struct fault_event fault = fault_of(event);
	const enum colour colour = event->touch.sig ? RED :
				   present ? YELLOW : GREEN;
	struct line line, culprit;
	int indent;

	begin_line(story, &line, event->time, task);
	indent = line.columns;
	line_add(&line, colour, "fault");
	line_add(&line, PLAIN, " %012llx  %-5s  ", (ull)fault.address,
		 name_of(names_access, fault.access));
	if (maps_find(&space->maps, fault.address))
		add_place(&line, &fault, space);
	else
		line_add(&line, DIM, "unknown");
	line_begin(&culprit, &story->style);
	if (fault.ip)
		add_culprit(&culprit, &fault, task, space);
	else
		line_add(&culprit, DIM, task->entered ? "by exec" :
							"by the kernel");
	add_at(&line, indent + 50, &culprit);
	add_end(story, &line, event, space);
	return line_end(&line, story->out);
}

/* ---- the heading and the summary ---- */

int print_stock_heading(const struct story *story)
{
	struct line line;

	line_begin(&line, &story->style);
	line_add(&line, YELLOW,
		 "merges, page tables, and the classes and durations of "
		 "faults are not shown: the module is not loaded");
	return line_end(&line, story->out);
}

static int summary_calls(const struct story *story)
{
	struct line line;

	if (!story->totals.mmaps)
		return 0;
	add_totals(story, &line);
	return line_end(&line, story->out);
}

static int summary_touches(const struct story *story)
{
	const struct totals *totals = &story->totals;
	struct line line;

	line_begin(&line, &story->style);
	line_add(&line, BOLD, "%lu fault%s", totals->faults,
		 plural(totals->faults));
	line_add(&line, PLAIN, ": %lu not present, %lu protection; %lu write%s; "
		 "%lu by the kernel",
		 totals->faults - totals->protected, totals->protected,
		 totals->writes, plural(totals->writes), totals->kernels);
	add_totals_signals(story, &line);
	add_totals_flushes(story, &line);
	return line_end(&line, story->out);
}

int print_stock_summary(const struct story *story)
{
	return summary_calls(story) ?: summary_touches(story);
}
