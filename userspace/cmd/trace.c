// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo trace: run a command, and show its mappings and faults */
#include "base/line.h"
#include "base/outfile.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/session.h"
#include "story/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct trace_options {
	struct session_options session;
	bool json;
	bool brief;
	enum when colour;
};

struct trace {
	const struct trace_options *opts;
	FILE *out;
	struct outfile file;
	struct session session;
	struct output report;
};

#define ROUND_MS 50

static const struct cmd_usage usage = {
	.name = "trace",
	.text =
"Usage: mmapdemo trace [OPTION]... [--] COMMAND [ARGUMENT]...\n"
"       mmapdemo trace [OPTION]... -p PID\n"
"Run COMMAND, and print on standard error how the memory of COMMAND, its threads\n"
"and its descendants is mapped and faulted in. With -p, do the same for a running\n"
"process. Without the module, show what the kernel's tracepoints and\n"
"perf_event_open(2) report.\n",
	.examples =
"  sudo mmapdemo trace -- ls\n"
"  sudo mmapdemo trace --brief -o story.txt -p 4711\n",
	.runs = true,
	.options = {
		OPTION_VALUE('p', "pid", "PID,...", option_pids,
			     struct trace_options, session.pids, "trace these "
			     "processes until they end, or until Ctrl-C"),
		OPTION_FLAG('f', "follow", struct trace_options, session.follow,
			    "continue until all descendants of COMMAND or of "
			    "the process have ended"),
		OPTION_VALUE('o', "output", "FILE", option_text,
			     struct trace_options, session.output, "write to "
			     "FILE instead of standard error; - is standard "
			     "output"),
		OPTION_JSON(struct trace_options, json, "write one line of "
			    "JSON for each event"),
		OPTION_FLAG('b', "brief", struct trace_options, brief,
			    "write one line for each call and fault"),
		OPTION_COLOUR(struct trace_options, colour),
		OPTION_BUFFER(struct trace_options, session.buffer),
		OPTION_END
	},
};

/* ---- recording ---- */

static int output_failed(const struct trace *trace, int err)
{
	if (err == -EPIPE)	/* no error: the reader closed the pipe */
		return CMD_OK;
	if (err == -ENOMEM)
		return cmd_fail("trace", "out of memory");
	return cmd_fail("trace", "%s: %s",
			trace->opts->session.output ?: "standard error",
			strerror(-err));
}

/* Print the events whose order is certain. If @all is set, print all events. */
static int print_events(struct trace *trace, bool all)
{
	const struct event *event;
	int err = recorder_drain(&trace->session.recorder, all);

	while (!err && (event = recorder_next(&trace->session.recorder)))
		err = output_event(&trace->report, event);
	if (!err && fflush(trace->out))
		err = -errno;
	return err;
}

static int record(struct trace *trace)
{
	struct session *session = &trace->session;
	int err;

	do
		err = print_events(trace, /* all = */ false);
	while (!err && !session_over(session, ROUND_MS));
	session_left(session);
	session_stop(session);
	if (!err)
		err = print_events(trace, /* all = */ true);
	return err;
}

static int finish(struct trace *trace)
{
	struct recorder *recorder = &trace->session.recorder;
	__u64 lost = recorder_lost(recorder);
	__u64 missed = recorder_missed(recorder);
	int err = output_end(&trace->report, lost, missed,
			     &trace->session.gaps);

	if (err)
		return err;
	session_warn(&trace->session, lost, missed);
	return 0;
}

static int seed(int tid, const struct maps *maps, bool hide, void *data)
{
	struct trace *trace = data;

	return output_seed(&trace->report, tid, maps, hide);
}

static int join(int tid, int with, void *data)
{
	struct trace *trace = data;

	return output_join(&trace->report, tid, with);
}

/*
 * Open the output. Return -1 on success, otherwise the exit status. An output
 * file gets its final name after the session has started.
 */
static int open_output(struct trace *trace, const char *output)
{
	int fd = output ? STDOUT_FILENO : STDERR_FILENO;
	int err = 0;

	trace->file.fd = -1;
	if (output && strcmp(output, "-")) {
		err = outfile_find(&trace->file, output) ?:
		      outfile_create(&trace->file);
		fd = trace->file.fd;
	}
	/*
	 * Open a new stream, even for standard error, because the stream stderr
	 * is not buffered.
	 */
	fd = err ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
	trace->out = fd < 0 ? NULL : fdopen(fd, "we");
	if (trace->out)
		return -1;
	err = err ?: -errno;
	outfile_close(&trace->file);
	return cmd_fail("trace", "%s: %s", output ?: "standard error",
			outfile_why(err));
}

static int run(struct trace *trace)
{
	const struct session_options *opts = trace->session.opts;
	struct recorder *recorder = &trace->session.recorder;
	int err, status;

	err = recorder_open_any(recorder, opts->buffer);
	if (!err)
		err = recorder_kernel_events(recorder);
	if (!err)
		recorder_batches(recorder);
	if (err)
		return session_failed(&trace->session, err);
	output_open(&trace->report, trace->out, recorder->dev,
		    recorder->stock);
	trace->report.story.timed = decoder_knows(&recorder->decoder,
						  MMAPDEMO_EVENT_FAULT_TIME);
	status = session_start(&trace->session);
	if (status)
		return status;
	err = outfile_keep(&trace->file, /* old = */ false);
	if (!err)
		err = output_begin(&trace->report, opts->command, &opts->pids);
	if (!err)
		err = record(trace);
	if (!err)
		err = finish(trace);
	return err ? output_failed(trace, err) : CMD_OK;
}

int cmd_trace(int argc, char **argv)
{
	struct trace_options opts = { .session.buffer = SESSION_BUFFER };
	struct trace trace = {
		.opts = &opts,
		.session = {
			.name = "trace",
			.opts = &opts.session,
			.seed = seed,
			.join = join,
			.data = &trace,
		},
	};
	struct target *target = &trace.session.target;
	int status = cmd_parse(&usage, argc, argv, &opts);
	int err;

	if (status < 0)
		status = session_command("trace", argv + optind, &opts.session);
	if (status < 0)
		status = cmd_not_over("trace", opts.session.output);
	if (status < 0)
		status = open_output(&trace, opts.session.output);
	if (status >= 0)
		return status;
	trace.report.json = opts.json;
	trace.report.story.brief = opts.brief;
	style_detect(&trace.report.story.style, trace.out, opts.colour);
	signal(SIGPIPE, SIG_IGN);
	err = watch_begin(&target->watch);
	if (err)
		return cmd_fail("trace", "cannot wait for signals: %s",
				strerror(-err));
	status = run(&trace);
	recorder_close(&trace.session.recorder);
	session_free(&trace.session);
	output_close(&trace.report);
	fclose(trace.out);
	outfile_close(&trace.file);
	/*
	 * watch_end() unblocks the signals. A pending signal then has its default
	 * action: SIGINT, for example, ends the program.
	 */
	watch_end(&target->watch);
	return target_end(target, status, "trace", opts.session.command);
}
