// SPDX-License-Identifier: GPL-2.0-only
#include "cmd/session.h"
#include "base/format.h"
#include "base/ids.h"
#include "cmd/cmd.h"
#include "system/device.h"
#include "system/proc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int session_command(const char *name, char **rest,
		    struct session_options *opts)
{
	if (*rest)
		opts->command = rest;
	if (!opts->pids.count == !opts->command)
		return cmd_misused(name, "exactly one of COMMAND and -p PID "
				   "is required");
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
		fprintf(stderr, "mmapdemo: %s: %llu event%s lost; enlarge the "
			"buffer with --buffer\n", session->name,
			(unsigned long long)lost,
			lost == 1 ? " was" : "s were");
	if (missed)
		fprintf(stderr, "mmapdemo: %s: %llu kernel function call%s not "
			"observed, probably because too many calls were in progress "
			"at once; see mmapdemo probes\n", session->name,
			(unsigned long long)missed,
			missed == 1 ? " was" : "s were");
	for (int i = 0; i < session->gaps.count; i++)
		fprintf(stderr, "mmapdemo: %s: %s\n", session->name,
			session->gaps.list[i]);
}

/* ---- gaps ---- */

/* Add the process of the thread, if it lives, to the table @data. */
static int add_living(int tid, void *data)
{
	int pid = proc_living(tid);

	return pid ? ids_set(data, pid, data) : 0;
}

static int still_living(struct session *session)
{
	struct ids living = { 0 };
	int count;

	instance_followed(&session->recorder.instance, add_living, &living);
	count = living.count;
	ids_free(&living);
	return count;
}

bool session_over(struct session *session, int milliseconds)
{
	if (!target_over(&session->target, milliseconds))
		return false;
	watch_forget(&session->target.watch);
	session->ended = !session->target.interrupted;
	return !session->opts->follow || !session->ended ||
	       !still_living(session);
}

void session_unfollowed(struct session *session, const struct perf_rings *rings,
			const char *what)
{
	if (rings->unfollowed)
		gaps_add(&session->gaps, "perf could not follow %u thread%s, "
			 "whose %s are missing; raise ulimit -n",
			 rings->unfollowed, plural(rings->unfollowed), what);
}

void session_left(struct session *session)
{
	int left = session->ended ? still_living(session) : 0;

	if (left)
		gaps_add(&session->gaps, "%d process%s still running: "
			 "later events are missing; use --follow to wait for "
			 "%s", left, left == 1 ? " is" : "es are",
			 left == 1 ? "it" : "them");
}

/* The kernel counts lost events, but not the faults in them. */
static void note_batches(struct session *session)
{
	if (session->recorder.instance.kinds & EVENTS_BATCH &&
	    recorder_lost(&session->recorder))
		gaps_add(&session->gaps, "a lost event may have reported up to %d "
			 "faults", MMAPDEMO_BATCH_MAX);
}

void session_stop(struct session *session)
{
	struct instance *instance = &session->recorder.instance;
	bool switched = switches_written(&session->switches);

	instance_stop(instance);
	if (instance->disturbed)
		gaps_add(&session->gaps, "another program switched the recording, "
			 "or an event, off: later events are missing");
	else if (instance->touched)
		gaps_add(&session->gaps,
			 "another program read events of this recording, or "
			 "wrote to its tracefs files; events may be missing");
	if (dev_deaf())
		gaps_add(&session->gaps, "kernel function calls were not "
			 "observed: %s", name_error(EUNATCH));
	else if (switched && !session->recorder.stock)
		gaps_add(&session->gaps, SWITCHES_WRITTEN
			 "; events may be missing");
	session_unfollowed(session, &session->recorder.rings, "mappings");
	note_batches(session);
}

/* ---- start ---- */

/**
 * struct session_seed - a process @pid, and its task @tid that was passed to
 * session.seed
 */
struct session_seed {
	int pid;
	int tid;
};

/** struct tids - list of thread ids */
struct tids {
	int *list;
	size_t count;
};

static int add_tid(int tid, void *data)
{
	struct tids *tids = data;
	int *list = reallocarray(tids->list, tids->count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	tids->list = list;
	list[tids->count++] = tid;
	return 0;
}

/*
 * Record the events of all threads of the processes. On an error about a
 * process, set *@failed to this process.
 */
static int follow_threads(struct session *session, int *failed)
{
	const struct pids *pids = &session->opts->pids;
	struct tids tids = { 0 };
	int err = 0;

	for (int i = 0; !err && i < pids->count; i++) {
		err = proc_threads(pids->list[i], add_tid, &tids);
		*failed = err ? pids->list[i] : 0;
	}
	if (!err)
		err = instance_follow(&session->recorder.instance, tids.list,
				      tids.count);
	free(tids.list);
	return err;
}

/*
 * Return the task of process @pid that was passed to session.seed, or 0 if no
 * task of this process was passed.
 */
static int seeded(const struct session *session, int pid)
{
	for (size_t i = 0; i < session->seed_count; i++) {
		if (session->seeds[i].pid == pid)
			return session->seeds[i].tid;
	}
	return 0;
}

static int seed_process(struct session *session, int pid, int tid)
{
	struct session_seed *seeds;
	struct maps maps = { 0 };
	int err = proc_maps(tid, &maps);

	if (!err)
		err = session->seed(tid, &maps, /* hide = */ false,
				    session->data);
	maps_free(&maps);
	if (err)
		return err;
	seeds = reallocarray(session->seeds, session->seed_count + 1,
			     sizeof(*seeds));
	if (!seeds)
		return -ENOMEM;
	session->seeds = seeds;
	seeds[session->seed_count++] = (struct session_seed){ pid, tid };
	return 0;
}

/*
 * Pass a task to session.seed, or to session.join. Ignore a task that has ended
 * in the meantime.
 */
static int seed_task(int tid, void *data)
{
	struct session *session = data;
	int pid = proc_living(tid), with, err;

	if (!pid)
		return 0;
	recorder_maps(&session->recorder, tid);
	with = seeded(session, pid);
	if (!with)
		err = seed_process(session, pid, tid);
	else
		err = session->join ? session->join(tid, with, session->data) :
				      0;
	return err == -ENOENT || err == -ESRCH ? 0 : err;
}

/*
 * List the threads twice, because a thread may begin during the first listing.
 * Then pass all followed tasks to the callbacks. The followed tasks include
 * children that were forked before recording began. No event shows their fork.
 */
static int follow_processes(struct session *session, int *failed)
{
	struct instance *instance = &session->recorder.instance;
	int err;

	err = follow_threads(session, failed);
	if (!err)
		err = instance_start(instance);
	if (!err)
		err = follow_threads(session, failed);
	if (!err)
		err = instance_followed(instance, seed_task, session);
	return err;
}

static int start_processes(struct session *session)
{
	const struct pids *pids = &session->opts->pids;
	int err, failed = 0;

	for (int i = 0; i < pids->count; i++) {
		err = watch_process(&session->target.watch, pids->list[i]);
		if (err)
			return cmd_no_process(session->name, pids->list[i],
					      err);
	}
	err = follow_processes(session, &failed);
	if (failed)
		return cmd_no_process(session->name, failed, err);
	if (err)
		return session_failed(session, err);
	instance_watch(&session->recorder.instance);
	return CMD_OK;
}

static int start_command(struct session *session)
{
	static const struct maps nothing;
	struct instance *instance = &session->recorder.instance;
	struct workload *command = &session->target.command;
	char **argv = session->opts->command;
	int err;

	err = workload_hold(command, argv, &session->target.watch.before);
	if (err)
		return cmd_fail(session->name, "cannot create a process: %s",
				strerror(-err));
	err = instance_follow(instance, &command->pid, 1);
	if (!err)
		err = instance_start(instance);
	recorder_maps(&session->recorder, command->pid);
	if (!err)
		err = session->seed(command->pid, &nothing, /* hide = */ true,
				    session->data);
	if (err) {
		workload_kill(command);
		return session_failed(session, err);
	}
	/*
	 * Call instance_watch() before the command begins, so that the call
	 * does not slow the command down.
	 */
	instance_watch(instance);
	err = workload_go(command);
	if (!err)
		return CMD_OK;
	cmd_fail(session->name, "%s: %s", argv[0], strerror(-err));
	return err == -ENOENT ? 127 : 126;
}

int session_start(struct session *session)
{
	switches_listen(&session->switches);
	return session->opts->pids.count ? start_processes(session) :
					   start_command(session);
}

void session_free(struct session *session)
{
	free(session->seeds);
	session->seeds = NULL;
	session->seed_count = 0;
}
