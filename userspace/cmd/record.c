// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo record: record the events of a command in a file */
#include "base/format.h"
#include "base/outfile.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/session.h"
#include "record/meta_write.h"
#include "record/trace_dat.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event-parse.h>

#define ROUND_MS 50

struct record {
	struct session session;
	struct meta_writer about;
	struct spool spool;
	struct binaries binaries;
	struct outfile out;
	size_t seeded;
	bool full;
	bool over;
};

/* ---- options ---- */

static const struct cmd_usage usage = {
	.name = "record",
	.text =
"Usage: mmapdemo record [OPTION]... [--] COMMAND [ARGUMENT]...\n"
"       mmapdemo record [OPTION]... -p PID\n"
"Run COMMAND, and record in a file how the memory of COMMAND, its threads and its\n"
"descendants is mapped and faulted in. With -p, do the same for a running\n"
"process. The format of the file is trace.dat, which trace-cmd and KernelShark\n"
"can open.\n",
	.examples =
"  sudo mmapdemo record -- make\n"
"  sudo mmapdemo record --stack -o server.dat -p 4711\n",
	.runs = true,
	.options = {
		OPTION_VALUE('p', "pid", "PID,...", option_pids,
			     struct session_options, pids, "record these "
			     "processes until they end, or until Ctrl-C"),
		OPTION_FLAG('f', "follow", struct session_options, follow,
			    "continue until all descendants of COMMAND or of "
			    "the process have ended"),
		OPTION_VALUE('o', "output", "FILE", option_text,
			     struct session_options, output, "write to FILE "
			     "(default trace.dat), and rename an existing "
			     "FILE to FILE.old"),
		OPTION_FLAG('s', "stack", struct session_options, stacks,
			    "also record the user call stack of each event; "
			    "callers are found only in programs and libraries "
			    "that were built with frame pointers; the caller "
			    "of a function that calls no other function can "
			    "be missing"),
		OPTION_FLAG(0, "single-faults", struct session_options, single,
			    "record each fault as a separate event, so that "
			    "trace-cmd and KernelShark show its fields; the "
			    "recording is larger, and recording takes more time"),
		OPTION_BUFFER(struct session_options, buffer),
		OPTION_FLAG('q', "quiet", struct session_options, quiet,
			    "print only errors"),
		OPTION_END
	},
};

/* Return -1 on success, otherwise the exit status. */
static int parse(int argc, char **argv, struct session_options *opts)
{
	int status = cmd_parse(&usage, argc, argv, opts);

	if (status >= 0)
		return status;
	/*
	 * The output must be seekable, because the parts of a recording are not
	 * written in order.
	 */
	if (!strcmp(opts->output, "-"))
		return cmd_misused(argv[0], "-o -: a recording cannot be "
				   "written to standard output; write to a "
				   "FILE, then run mmapdemo report FILE");
	return session_command(argv[0], argv + optind, opts);
}

static int seed(int tid, const struct maps *maps, bool hide, void *data)
{
	struct record *record = data;

	binaries_follow(&record->binaries, tid);
	if (!hide)
		binaries_of(&record->binaries, tid);
	return meta_write_task(&record->about, tid, maps, hide);
}

static int join(int tid, int with, void *data)
{
	struct record *record = data;

	binaries_follow(&record->binaries, tid);
	return meta_write_join(&record->about, tid, with);
}

/*
 * Add the binaries that perf has reported. If the disk has no space for
 * information about these binaries, drop these binaries.
 */
static int take_files(struct record *record)
{
	const size_t before = record->binaries.count;
	int err;

	binaries_drain(&record->binaries);
	err = spool_reserve(&record->spool, record->seeded +
			    meta_write_files_size(&record->binaries));
	if (err)
		binaries_drop(&record->binaries, before);
	binaries_read(&record->binaries);
	return err;
}

/*
 * Read all available pages of the trace buffers. If the disk is full, end the
 * recording.
 */
static int take_pages(struct record *record)
{
	int err;

	if (record->full)
		return 0;
	err = stream_pages(&record->session.recorder.stream, spool_page,
			   &record->spool);
	err = take_files(record) ?: err;
	if (err != -ENOSPC && err != -EDQUOT && err != -EFBIG)
		return err;
	record->full = true;
	gaps_add(&record->session.gaps, "cannot write more events: %s; later "
		 "events are missing", strerror(-err));
	return 0;
}

/*
 * Reserve space for the initial metadata. The size of the initial metadata will
 * not change.
 */
static int keep_space(struct record *record)
{
	const char *text = meta_write_text(&record->about);

	if (!text)
		return -ENOMEM;
	record->seeded = strlen(text);
	return record->seeded > TRACE_DAT_META_MAX ? -EFBIG :
	       spool_reserve(&record->spool, record->seeded);
}

static void find_build_ids(struct record *record)
{
	struct binaries *binaries = &record->binaries;
	const __u64 lost = perf_rings_lost(&binaries->rings);

	binaries_finish(binaries);
	if (lost)
		gaps_add(&record->session.gaps, "perf lost %llu mapping "
			 "record%s, so binaries and build IDs may be missing",
			 (unsigned long long)lost, plural(lost));
	if (binaries->unread)
		gaps_add(&record->session.gaps, "build IDs are missing for %zu "
			 "file%s that could not be read in time",
			 binaries->unread, plural(binaries->unread));
}

/* Read events until the session ends, then read the remaining events. */
static int drain(struct record *record)
{
	struct session *session = &record->session;
	int err = keep_space(record);

	if (err)
		return err;
	do
		err = take_pages(record);
	while (!err && !record->full && !record->over &&
	       !session_over(session, ROUND_MS));
	if (!err)
		err = meta_write_probes(&record->about, session->recorder.dev);
	session_left(session);
	session_stop(session);
	session_unfollowed(session, &record->binaries.rings,
			   "binaries and build IDs");
	if (!err)
		err = take_pages(record);
	find_build_ids(record);
	if (!err)
		err = meta_write_files(&record->about, &record->binaries);
	if (!err)
		err = meta_write_end(&record->about, &session->recorder,
				     &session->gaps);
	return err;
}

static int write_file(struct record *record)
{
	struct recorder *recorder = &record->session.recorder;
	struct trace_dat_parts parts = {
		.page_size = recorder->stream.page_size,
		.stacks = record->session.opts->stacks,
		.kinds = decoder_kinds(&recorder->decoder) &
			 (recorder->instance.kinds | ~EVENTS_BATCH),
		.about = meta_write_text(&record->about),
		.spool = &record->spool,
	};
	int cpus = record->spool.cpus, err;

	parts.cpu_stats = calloc(cpus, sizeof(*parts.cpu_stats));
	if (!parts.cpu_stats)
		return -ENOMEM;
	for (int cpu = 0; cpu < cpus; cpu++)
		parts.cpu_stats[cpu] = instance_stats(&recorder->instance, cpu);
	err = parts.about ? outfile_create(&record->out) : -ENOMEM;
	if (!err)
		err = trace_dat_write(record->out.fd, &parts);
	for (int cpu = 0; cpu < cpus; cpu++)
		free(parts.cpu_stats[cpu]);
	free(parts.cpu_stats);
	return err;
}

/* Give the file its final name. On failure, leave the file under its temporary name. */
static int keep_file(struct record *record)
{
	int err = outfile_keep(&record->out, /* old = */ true);

	if (!err)
		return CMD_OK;
	cmd_fail(record->session.name, "%s: %s; the recording is in %s",
		 record->session.opts->output, strerror(-err),
		 record->out.temporary);
	outfile_leave(&record->out);
	return CMD_FAILED;
}

static int report(struct record *record)
{
	struct recorder *recorder = &record->session.recorder;
	off_t bytes = lseek(record->out.fd, 0, SEEK_CUR);
	__u64 lost = recorder_lost(recorder);
	char size[FORMAT_MAX];

	for (int cpu = 0; cpu < recorder->stream.cpus; cpu++)
		lost += instance_unread_on(&recorder->instance, cpu);
	if (!record->session.opts->quiet)
		fprintf(stderr, "mmapdemo: %s: wrote %s to %s\n",
			record->session.name,
			format_size(size, bytes > 0 ? bytes : 0),
			record->session.opts->output);
	session_warn(&record->session, lost, recorder_missed(recorder));
	return record->full ? CMD_FAILED : CMD_OK;
}

/*
 * Print that the probes are being attached, which takes seconds on a slow
 * machine. Print this message only on a terminal.
 */
static void attaching(const struct record *record)
{
	const struct session_options *opts = record->session.opts;

	if (!opts->quiet && opts->pids.count && isatty(STDERR_FILENO))
		fprintf(stderr, "mmapdemo: %s: attaching probes ...\n",
			record->session.name);
}

/*
 * Print that the recording has begun, so that the user can start to use the
 * process. Print nothing if the user has already pressed Ctrl-C.
 */
static void ready(struct record *record)
{
	const struct pids *pids = &record->session.opts->pids;

	if (!pids->count)
		return;
	record->over = session_over(&record->session, 0);
	if (record->session.opts->quiet || record->over)
		return;
	fprintf(stderr, "mmapdemo: %s: recording ", record->session.name);
	if (pids->count == 1)
		fprintf(stderr, "process %d", pids->list[0]);
	else
		fprintf(stderr, "%d processes", pids->count);
	fprintf(stderr, "; press Ctrl-C to stop\n");
}

static int output_failed(const struct record *record, int err)
{
	return cmd_fail(record->session.name, "%s: %s",
			record->session.opts->output, outfile_why(err));
}

static int run(struct record *record)
{
	const struct session_options *opts = record->session.opts;
	struct recorder *recorder = &record->session.recorder;
	char folder[PATH_MAX];
	int err, status;

	err = recorder_open(recorder, opts->buffer);
	if (!err && opts->stacks)
		err = instance_stacks(&recorder->instance);
	if (!err)
		err = recorder_kernel_events(recorder);
	if (!err && !opts->stacks && !opts->single)
		recorder_batches(recorder);
	if (!err)
		err = meta_write_begin(&record->about, opts->command,
				       &opts->pids, recorder->dev);
	if (err)
		return session_failed(&record->session, err);
	outfile_folder(&record->out, folder);
	err = spool_open(&record->spool, folder, recorder->stream.cpus);
	if (err)
		return cmd_fail(record->session.name,
				"cannot create a temporary file in %s: %s", folder,
				strerror(-err));
	binaries_open(&record->binaries);
	attaching(record);
	status = session_start(&record->session);
	if (status)
		return status;
	ready(record);
	err = drain(record);
	if (!err)
		err = write_file(record);
	if (err)
		return output_failed(record, err);
	return keep_file(record) ?: report(record);
}

/*
 * argv[0] is the name of the subcommand in messages. This name need not be
 * "record", because mmapdemo lint also calls this function.
 */
int cmd_record(int argc, char **argv)
{
	struct session_options opts = {
		.output = "trace.dat",
		.buffer = SESSION_BUFFER,
	};
	struct record record = {
		.session = {
			.name = argv[0],
			.opts = &opts,
			.seed = seed,
			.join = join,
			.data = &record,
		},
		.out.fd = -1,
	};
	struct target *target = &record.session.target;
	int status = parse(argc, argv, &opts);
	int err;

	if (status >= 0)
		return status;
	/*
	 * Ignore SIGPIPE, which is raised if the guard process was killed.
	 * Ignore SIGXFSZ, which is raised if a file reached its size limit
	 * (ulimit -f).
	 */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	/*
	 * Opening a FIFO waits for a reader. During this wait, a signal must
	 * still end the program, so do not block signals yet.
	 */
	err = outfile_find(&record.out, opts.output);
	if (err)
		return output_failed(&record, err);
	err = watch_begin(&target->watch);
	if (err)
		return cmd_fail(argv[0], "cannot wait for signals: %s",
				strerror(-err));
	status = run(&record);
	binaries_close(&record.binaries);
	spool_close(&record.spool);
	recorder_close(&record.session.recorder);
	meta_write_free(&record.about);
	outfile_close(&record.out);
	session_free(&record.session);
	/*
	 * watch_end() unblocks the signals. A pending signal then has its default
	 * action: SIGINT, for example, ends the program.
	 */
	watch_end(&target->watch);
	return target_end(target, status, argv[0], opts.command);
}
