// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo maps: show the address space of a process, VMA by VMA */
#include "base/clock.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/session.h"
#include "inspect/process_faults.h"
#include "inspect/vma_list.h"
#include "system/device.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#define ROUND_MS 50
#define KINDS (1U << MMAPDEMO_EVENT_PTE_FAULT | \
	       1U << MMAPDEMO_EVENT_VMA_UNLINK | \
	       1U << EVENT_FORK | 1U << EVENT_EXIT)

/**
 * struct asking - options and state of the command
 * @watch_ms: time to count faults, in ms; 0: count no faults
 * @processes: the processes of the watched tasks
 * @listing: the VMAs to show
 */
struct asking {
	bool json;
	enum when colour;
	struct columns_wanted columns;
	int watch_ms;
	struct style style;
	struct process_faults processes;
	struct vma_list listing;
};

static const struct cmd_usage usage = {
	.name = "maps",
	.text =
"Usage: mmapdemo maps [OPTION]... PID\n"
"Show the address space of a process, with one line for each VMA. A line shows\n"
"the resident, anonymous, shared (mapped more than once) and swapped memory of\n"
"the VMA, its huge pages, the size of its page tables, and the reason why the VMA\n"
"was not merged with the VMA below (see mmapdemo why). With --sort, the reasons\n"
"are left out, because the rows are not in the order of the addresses. The last\n"
"lines show the parts of the resident memory: anonymous memory, files and shmem.\n",
	.examples =
"  mmapdemo maps --sort RSS 4711\n"
"  sudo mmapdemo maps --watch 10 4711\n",
	.columns = vma_list_columns,
	.options = {
		OPTION_VALUE('w', "watch", "SECS", option_seconds,
			     struct asking, watch_ms, "first count the page "
			     "faults for SECS seconds, or until Ctrl-C, and "
			     "show the faults of each VMA"),
		OPTION_FLAG('H', "huge", struct asking, listing.with_huge,
			    "show where the next touch maps a huge page, and "
			    "why not elsewhere (see mmapdemo why --huge)"),
		OPTION_COLUMNS(struct asking, columns),
		OPTION_FLAG('a', "all", struct asking, listing.all, "with "
			    "--sort, also list the VMAs for which the sorted "
			    "column is zero"),
		OPTION_JSON(struct asking, json, "write one line of JSON "
			    "for each VMA"),
		OPTION_COLOUR(struct asking, colour),
		OPTION_END
	},
};

/* The columns NEXT and SMALL need what --huge finds out. */
static bool wants_huge(const struct columns_wanted *wanted)
{
	const int next = VMA_LIST_FIRST_AMOUNT + VMA_LIST_NEXT;

	return (wanted->named && (columns_want(wanted, next) ||
				  columns_want(wanted, VMA_LIST_SMALL))) ||
	       (wanted->sorted && (wanted->sort == next ||
				   wanted->sort == VMA_LIST_SMALL));
}

static int parse(int argc, char **argv, struct asking *asking)
{
	int status = cmd_parse(&usage, argc, argv, asking);

	if (status >= 0)
		return status;
	asking->listing.with_huge |= wants_huge(&asking->columns);
	if (argc - optind != 1)
		return cmd_misused("maps", "exactly one PID is required");
	return cmd_process("maps", argv[optind], &asking->listing.pid);
}

/* ---- watching ---- */

static int no_seed(int tid, const struct maps *maps, bool hide, void *data)
{
	(void)tid, (void)maps, (void)hide, (void)data;
	return 0;
}

/*
 * Handle an event. Faults of child processes are also recorded, but
 * vma_faults_event() ignores faults in other address spaces.
 */
static int take(struct asking *asking, const struct event *event)
{
	const struct process *process;
	int err = process_faults_event(&asking->processes, event);

	if (err)
		return err;
	process = process_faults_of(&asking->processes, event->tid);
	return vma_faults_event(&asking->listing.faults, event,
				process && process->pid == asking->listing.pid);
}

static int drain(struct session *session, struct asking *asking, bool all)
{
	const struct event *event;
	int err = recorder_drain(&session->recorder, all);

	while (!err && (event = recorder_next(&session->recorder)))
		err = take(asking, event);
	return err;
}

static int watch_on(struct session *session, struct asking *asking)
{
	__s64 end = clock_ms() + asking->watch_ms;
	int err = 0;

	while (!err && clock_ms() < end &&
	       !session_over(session, ROUND_MS))
		err = drain(session, asking, /* all = */ false);
	session_stop(session);
	if (!err)
		err = drain(session, asking, /* all = */ true);
	if (err)
		return session_failed(session, err);
	session_warn(session, recorder_lost(&session->recorder),
		     recorder_missed(&session->recorder));
	return CMD_OK;
}

static int watch(struct asking *asking)
{
	const struct session_options opts = {
		.pids = { { asking->listing.pid }, 1 },
		.buffer = SESSION_BUFFER,
	};
	struct session session = {
		.name = "maps", .opts = &opts, .seed = no_seed,
	};
	int err = recorder_open(&session.recorder, opts.buffer), status;

	if (err)
		return session_failed(&session, err);
	session.recorder.instance.kinds = KINDS;
	err = watch_begin(&session.target.watch);
	if (err) {
		recorder_close(&session.recorder);
		return cmd_fail("maps", "cannot wait for signals: %s",
				strerror(-err));
	}
	status = session_start(&session);
	if (!status)
		status = watch_on(&session, asking);
	recorder_close(&session.recorder);
	session_free(&session);
	watch_end(&session.target.watch);
	process_faults_free(&asking->processes);
	asking->listing.watched = true;
	return status;
}

/* ---- output ---- */

static int gather(struct vma_list *listing)
{
	int err = vma_list_read(listing);

	if (!err)
		return CMD_OK;
	if (err == -ESRCH && listing->watched)
		return cmd_fail("maps", "process %d ended during --watch",
				listing->pid);
	return cmd_no_memory("maps", listing->pid, err);
}

static int show(struct asking *asking)
{
	return cmd_written("maps", asking->json ?
			   vma_list_json(&asking->listing) :
			   vma_list_text(&asking->listing, &asking->columns,
					 &asking->style));
}

int cmd_maps(int argc, char **argv)
{
	static struct asking asking;
	int status = parse(argc, argv, &asking);

	if (status >= 0)
		return status;
	style_detect(&asking.style, stdout, asking.colour);
	status = asking.watch_ms ? watch(&asking) : CMD_OK;
	if (!status)
		status = gather(&asking.listing);
	if (!status)
		status = show(&asking);
	vma_list_free(&asking.listing);
	return status;
}
