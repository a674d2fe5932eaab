// SPDX-License-Identifier: GPL-2.0-only
/* Output of SIGSEGV, SIGBUS, and signals that end a process. */
#include "event/unhandled.h"
#include "story/parts.h"

#include <signal.h>
#include <string.h>

void add_signal_name(struct line *line, __s64 sig)
{
	const char *name = sigabbrev_np(sig);

	if (name)
		line_add(line, RED, "SIG%s", name);
	else
		line_add(line, RED, "signal %lld", (long long)sig);
}

/* Return the text for the siginfo_t.si_code of a signal that a fault raised. */
static const char *cause_of(const struct signal_event *signal)
{
	if (signal->sig == SIGSEGV) {
		switch (signal->code) {
		case SEGV_MAPERR:
			return "the address is not mapped, or is in a guard page";
		case SEGV_ACCERR:
			return "the mapping does not allow the access";
		case SEGV_PKUERR:
			return "the protection key does not allow the access";
		case SI_KERNEL:
			return "the kernel reported no address, as for a "
			       "non-canonical address";
		}
	}
	if (signal->sig == SIGBUS && signal->code == BUS_ADRERR)
		return "there is no page for the address";
	if (signal->sig == SIGBUS && (signal->code == BUS_MCEERR_AR ||
				      signal->code == BUS_MCEERR_AO))
		return "a hardware memory error";
	return "caused by a fault";
}

/*
 * Return the text for the sender of a signal, or "" if the sender is not known.
 * The kernel itself sends SIGPIPE and SIGXFSZ with SI_USER.
 */
static const char *sender_of(const struct signal_event *signal)
{
	switch (signal->code) {
	case SI_USER:
		return signal->sig == SIGPIPE || signal->sig == SIGXFSZ ? "" :
		       ": sent by a process";
	case SI_QUEUE:
	case SI_TKILL:
		return ": sent by a process";
	case SI_TIMER:
		return ": sent by a timer";
	default:
		return "";
	}
}

/*
 * Print a signal. A SIGKILL need not come from another process: when one thread
 * ends the process, the kernel sends SIGKILL to the other threads.
 */
int print_signal(const struct story *story, const struct event *event,
		 const struct task *task)
{
	const struct signal_event *signal = &event->signal;
	struct line line;

	begin_line(story, &line, event->time, task);
	add_signal_name(&line, signal->sig);
	if (unhandled_signal(event))
		line_add(&line, PLAIN, ": %s", cause_of(signal));
	else if (signal->sig == SIGKILL)
		line_add(&line, PLAIN, ": the process exits, or a signal "
			 "kills the process");
	else
		line_add(&line, PLAIN, "%s", sender_of(signal));
	if (signal->handler == (unsigned long)SIG_DFL && signal->sig != SIGKILL)
		line_add(&line, RED, ", the process is killed");
	else if (signal->handler == (unsigned long)SIG_IGN)
		line_add(&line, PLAIN, ", ignored");
	else if (signal->sig != SIGKILL)
		line_add(&line, PLAIN, ", the handler runs");
	return line_end(&line, story->out);
}
