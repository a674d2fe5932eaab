// SPDX-License-Identifier: GPL-2.0-only
#include "session.h"
#include "cmd.h"
#include "dev.h"
#include "proc.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* ---- options ---- */

int session_option(const char *name, int c, struct session_options *opts)
{
	switch (c) {
	case 'p':
		return cmd_pids(name, optarg, &opts->pids);
	case 'o':
		opts->output = optarg;
		return -1;
	case 's':
		opts->stacks = true;
		return -1;
	case 'B':
		return cmd_buffer(name, optarg, &opts->buffer);
	default:
		return cmd_try(name);	/* getopt_long() has said why */
	}
}

int session_command(const char *name, char **rest,
		    struct session_options *opts)
{
	if (*rest)
		opts->command = rest;
	if (!opts->pids.count == !opts->command)
		return cmd_misused(name, "either a COMMAND or -p PID is "
				   "needed");
	return -1;
}

/* ---- errors ---- */

int session_failed(const struct session *session, int err)
{
	const struct recorder *recorder = &session->recorder;

	if (recorder->why && recorder->decoder.missing[0])
		return cmd_fail(session->name, "%s: %s",
				recorder->decoder.missing, recorder->why);
	if (recorder->why)
		return cmd_fail(session->name, "%s", recorder->why);
	if (recorder->instance.doing)
		return cmd_fail(session->name, "%s: %s",
				recorder->instance.doing, name_error(-err));
	return cmd_fail(session->name, "%s", name_error(-err));
}

void session_warn(const struct session *session, __u64 lost, __u64 missed)
{
	if (lost)
		fprintf(stderr, "mmapdemo: %s: %llu events lost: enlarge the "
			"buffer with --buffer\n", session->name,
			(unsigned long long)lost);
	if (missed)
		fprintf(stderr, "mmapdemo: %s: %llu calls not observed: too "
			"many at once; see mmapdemo probes\n", session->name,
			(unsigned long long)missed);
	if (dev_deaf())
		fprintf(stderr, "mmapdemo: %s: calls not observed: %s\n",
			session->name, name_error(EUNATCH));
}

/* ---- begin ---- */

static int follow_thread(int tid, void *data)
{
	struct session *session = data;
	int err = instance_follow(&session->recorder.instance, tid);

	return err == -ESRCH ? 0 : err;
}

/* A task that ended meanwhile is no error. */
static int seed_task(int tid, void *data)
{
	struct session *session = data;
	struct maps maps = { 0 };
	int err;

	recorder_maps(&session->recorder, tid);
	err = proc_maps(tid, &maps);
	if (!err)
		err = session->seed(tid, &maps, /* hide = */ false,
				    session->data);
	maps_free(&maps);
	return err == -ENOENT || err == -ESRCH ? 0 : err;
}

static int follow_threads(struct session *session)
{
	const struct pids *pids = &session->opts->pids;
	int err = 0;

	for (int i = 0; !err && i < pids->count; i++)
		err = proc_threads(pids->list[i], follow_thread, session);
	return err;
}

/*
 * The threads are listed twice: one may have begun while they were. Children
 * forked before the start are followed too, but nobody told of their fork.
 */
static int follow_processes(struct session *session)
{
	struct instance *instance = &session->recorder.instance;
	int err;

	err = follow_threads(session);
	if (!err)
		err = instance_start(instance);
	if (!err)
		err = follow_threads(session);
	if (!err)
		err = instance_followed(instance, seed_task, session);
	return err;
}

static int start_processes(struct session *session)
{
	const struct pids *pids = &session->opts->pids;
	int err;

	for (int i = 0; i < pids->count; i++) {
		err = watch_process(&session->subject.watch, pids->list[i]);
		if (err)
			return cmd_no_process(session->name, pids->list[i],
					      err);
	}
	err = follow_processes(session);
	return err ? session_failed(session, err) : CMD_OK;
}

static int start_command(struct session *session)
{
	static const struct maps nothing;
	struct instance *instance = &session->recorder.instance;
	struct command *command = &session->subject.command;
	char **argv = session->opts->command;
	int err;

	err = command_hold(command, argv, &session->subject.watch.before);
	if (err)
		return cmd_fail(session->name, "fork: %s", strerror(-err));
	err = instance_follow(instance, command->pid);
	if (!err)
		err = instance_start(instance);
	recorder_maps(&session->recorder, command->pid);
	if (!err)
		err = session->seed(command->pid, &nothing, /* hide = */ true,
				    session->data);
	if (err) {
		command_kill(command);
		return session_failed(session, err);
	}
	err = command_go(command);
	if (!err)
		return CMD_OK;
	cmd_fail(session->name, "%s: %s", argv[0], strerror(-err));
	return err == -ENOENT ? 127 : 126;
}

int session_start(struct session *session)
{
	return session->opts->pids.count ? start_processes(session) :
					   start_command(session);
}
