// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo trace: run a command, tell its mappings and faults */
#include "cmd_trace.h"
#include "cmd.h"
#include "proc.h"
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct trace {
	const struct trace_options *opts;
	FILE *out;
	struct session session;
	struct report report;
};

#define ROUND_MS 50

/* ---- recording ---- */

static int output_failed(const struct trace *trace, int err)
{
	if (err == -EPIPE)	/* nobody wants to read it: that is no error */
		return CMD_OK;
	return cmd_fail("trace", "%s: %s", err == -ENOMEM ? "story" :
			trace->opts->session.output ?: "standard error",
			strerror(-err));
}

/* All that is certain, or all. */
static int tell(struct trace *trace, bool all)
{
	const struct event *event;
	int err = recorder_drain(&trace->session.recorder, all);

	while (!err && (event = recorder_next(&trace->session.recorder)))
		err = report_event(&trace->report, event);
	if (!err && fflush(trace->out))
		err = -errno;
	return err;
}

static int record(struct trace *trace)
{
	int err;

	do
		err = tell(trace, /* all = */ false);
	while (!err && !subject_over(&trace->session.subject, ROUND_MS));
	instance_stop(&trace->session.recorder.instance);
	if (!err)
		err = tell(trace, /* all = */ true);
	return err;
}

static int finish(struct trace *trace)
{
	struct recorder *recorder = &trace->session.recorder;
	__u64 lost = recorder_lost(recorder);
	__u64 missed = recorder_missed(recorder);
	int err = report_end(&trace->report, lost, missed);

	if (err)
		return err;
	session_warn(&trace->session, lost, missed);
	return 0;
}

/* One of those that are traced, or the thread itself. */
static int process_of(const struct trace *trace, int tid)
{
	char comm[COMM_MAX];
	int pid = proc_process(tid, comm);

	return pids_have(&trace->session.opts->pids, pid) ? pid : tid;
}

static int seed(int tid, const struct maps *maps, bool hide, void *data)
{
	struct trace *trace = data;
	const int pid = trace->session.recorder.stock ?
			process_of(trace, tid) : tid;

	/* Without the module nothing says later that these are threads. */
	if (pid != tid)
		return report_join(&trace->report, tid, pid);
	return report_seed(&trace->report, tid, maps, hide);
}

static FILE *open_output(const char *output)
{
	int fd;

	if (output)
		return cmd_output(output);
	fd = dup(STDERR_FILENO);	/* buffered, unlike stderr */
	return fd < 0 ? NULL : fdopen(fd, "we");
}

static int run(struct trace *trace)
{
	const struct session_options *opts = trace->session.opts;
	struct recorder *recorder = &trace->session.recorder;
	int err, status;

	err = recorder_open_any(recorder, opts->buffer);
	if (!err)
		err = recorder_flushes(recorder);
	if (!err)
		err = recorder_beside(recorder);
	if (err)
		return session_failed(&trace->session, err);
	report_open(&trace->report, trace->out, recorder->dev,
		    recorder->stock);
	status = session_start(&trace->session);
	if (status)
		return status;
	err = report_begin(&trace->report, opts->command, &opts->pids);
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
			.data = &trace,
		},
	};
	struct subject *subject = &trace.session.subject;
	int status = trace_parse(argc, argv, &opts);
	int err;

	if (status >= 0)
		return status;
	trace.out = open_output(opts.session.output);
	if (!trace.out)
		return cmd_fail("trace", "%s: %s",
				opts.session.output ?: "stderr",
				strerror(errno));
	trace.report.json = opts.json;
	trace.report.story.brief = opts.brief;
	style_detect(&trace.report.story.style, trace.out, opts.colour);
	signal(SIGPIPE, SIG_IGN);
	err = watch_begin(&subject->watch);
	if (err)
		return cmd_fail("trace", "signals: %s", strerror(-err));
	status = run(&trace);
	recorder_close(&trace.session.recorder);
	report_close(&trace.report);
	watch_end(&subject->watch);
	fclose(trace.out);
	return subject_end(subject, status);
}
