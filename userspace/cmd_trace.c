// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo trace: run a command, tell its mappings and faults */
#include "cmd_trace.h"
#include "cmd.h"
#include "proc.h"
#include "recorder.h"
#include "report.h"
#include "subject.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct trace {
	const struct trace_options *opts;
	FILE *out;
	struct subject subject;
	struct recorder recorder;
	struct report report;
};

#define ROUND_MS 50

/* ---- errors ---- */

static int failed(const struct trace *trace, int err)
{
	const struct recorder *recorder = &trace->recorder;

	if (recorder->why && recorder->decoder.missing[0])
		return cmd_fail("trace", "%s: %s", recorder->decoder.missing,
				recorder->why);
	if (recorder->why)
		return cmd_fail("trace", "%s", recorder->why);
	if (recorder->instance.doing)
		return cmd_fail("trace", "%s: %s", recorder->instance.doing,
				strerror(-err));
	return cmd_fail("trace", "%s", strerror(-err));
}

static int output_failed(const struct trace *trace, int err)
{
	if (err == -EPIPE)	/* nobody wants to read it: that is no error */
		return CMD_OK;
	return cmd_fail("trace", "%s: %s", err == -ENOMEM ? "story" :
			trace->opts->output ? trace->opts->output :
			"standard error", strerror(-err));
}

/* ---- recording ---- */

/* All that is certain, or all. */
static int tell(struct trace *trace, bool all)
{
	const struct event *event;
	int err = recorder_drain(&trace->recorder, all);

	while (!err && (event = recorder_next(&trace->recorder)))
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
	while (!err && !subject_over(&trace->subject, ROUND_MS));
	instance_stop(&trace->recorder.instance);
	if (!err)
		err = tell(trace, /* all = */ true);
	return err;
}

static int finish(struct trace *trace)
{
	struct recorder *recorder = &trace->recorder;
	__u64 lost = recorder_lost(recorder);
	__u64 missed = recorder_missed(recorder);
	int err = report_end(&trace->report, lost, missed);

	if (err)
		return err;
	if (lost)
		fprintf(stderr, "mmapdemo: trace: %llu events lost: enlarge "
			"the buffer with --buffer\n",
			(unsigned long long)lost);
	if (missed)
		fprintf(stderr, "mmapdemo: trace: %llu calls not observed: too "
			"many at once; see mmapdemo probes\n",
			(unsigned long long)missed);
	return 0;
}

/* ---- what to trace ---- */

static int follow_thread(int tid, void *data)
{
	struct trace *trace = data;
	int err = instance_follow(&trace->recorder.instance, tid);

	return err == -ESRCH ? 0 : err;
}

/* A task that ended meanwhile is no error. */
static int seed_task(int tid, void *data)
{
	struct trace *trace = data;
	struct maps maps = { 0 };
	int err = proc_maps(tid, &maps);

	if (!err)
		err = report_seed(&trace->report, tid, &maps,
				  /* hide = */ false);
	maps_free(&maps);
	return err == -ENOENT || err == -ESRCH ? 0 : err;
}

/*
 * The threads are listed twice: one may have begun while they were. Children
 * forked before the start are followed too, but nobody told of their fork.
 */
static int follow_process(struct trace *trace)
{
	struct instance *instance = &trace->recorder.instance;
	int pid = trace->opts->pid, err;

	err = proc_threads(pid, follow_thread, trace);
	if (!err)
		err = instance_start(instance);
	if (!err)
		err = proc_threads(pid, follow_thread, trace);
	if (!err)
		err = instance_followed(instance, seed_task, trace);
	return err;
}

static int start_process(struct trace *trace)
{
	int pid = trace->opts->pid, err;

	err = watch_process(&trace->subject.watch, pid);
	if (err)
		return cmd_fail("trace", "process %d: %s", pid,
				err == -EINVAL ? "it is a thread; give the "
				"process it belongs to" : strerror(-err));
	err = follow_process(trace);
	return err ? failed(trace, err) : CMD_OK;
}

static int start_command(struct trace *trace)
{
	static const struct maps nothing;
	struct command *command = &trace->subject.command;
	char **argv = trace->opts->command;
	int err;

	err = command_hold(command, argv, &trace->subject.watch.before);
	if (err)
		return cmd_fail("trace", "fork: %s", strerror(-err));
	err = instance_follow(&trace->recorder.instance, command->pid);
	if (!err)
		err = instance_start(&trace->recorder.instance);
	if (!err)
		err = report_seed(&trace->report, command->pid, &nothing,
				  /* hide = */ true);
	if (err) {
		command_kill(command);
		return failed(trace, err);
	}
	err = command_go(command);
	if (!err)
		return CMD_OK;
	cmd_fail("trace", "%s: %s", argv[0], strerror(-err));
	return err == -ENOENT ? 127 : 126;
}

static FILE *open_output(const struct trace_options *opts)
{
	int fd;

	if (opts->output)
		return fopen(opts->output, "we");
	fd = dup(STDERR_FILENO);	/* buffered, unlike stderr */
	return fd < 0 ? NULL : fdopen(fd, "we");
}

static int run(struct trace *trace)
{
	int err, status;

	err = recorder_open(&trace->recorder, trace->opts->buffer);
	if (err)
		return failed(trace, err);
	report_open(&trace->report, trace->out, trace->recorder.dev);
	status = trace->opts->pid ? start_process(trace) :
				    start_command(trace);
	if (status)
		return status;
	err = report_begin(&trace->report, trace->opts->command,
			   trace->opts->pid);
	if (!err)
		err = record(trace);
	if (!err)
		err = finish(trace);
	return err ? output_failed(trace, err) : CMD_OK;
}

int cmd_trace(int argc, char **argv)
{
	struct trace_options opts = { .buffer = 8 << 20 };
	struct trace trace = { .opts = &opts };
	int status = trace_parse(argc, argv, &opts);
	int err;

	if (status >= 0)
		return status;
	trace.out = open_output(&opts);
	if (!trace.out)
		return cmd_fail("trace", "%s: %s", opts.output ?: "stderr",
				strerror(errno));
	trace.report.json = opts.json;
	trace.report.story.brief = opts.brief;
	style_detect(&trace.report.story.style, trace.out, opts.colour);
	signal(SIGPIPE, SIG_IGN);
	err = watch_begin(&trace.subject.watch);
	if (err)
		return cmd_fail("trace", "signals: %s", strerror(-err));
	status = run(&trace);
	recorder_close(&trace.recorder);
	report_close(&trace.report);
	watch_end(&trace.subject.watch);
	fclose(trace.out);
	return subject_end(&trace.subject, status);
}
