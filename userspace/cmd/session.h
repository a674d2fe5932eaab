/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Session: a subject and its recorder, for mmapdemo trace, record and maps.
 * Like a subcommand, a session prints errors and chooses the exit status.
 */
#ifndef _SESSION_H
#define _SESSION_H

#include "base/gaps.h"
#include "event/maps.h"
#include "record/recorder.h"
#include "system/switches.h"
#include "system/target.h"

#include <linux/types.h>
#include <stdbool.h>

/**
 * struct session_options - options of a session
 * @pids: processes to observe, may be empty
 * @output: output file, or NULL
 * @buffer: size of the trace buffer of each processor, in bytes
 * @stacks: record call stacks
 * @command: command to observe, or NULL
 * @quiet: print only errors
 * @follow: continue until all followed processes have ended
 */
struct session_options {
	struct pids pids;
	const char *output;
	__u64 buffer;
	bool stacks;
	char **command;
	bool quiet;
	bool follow;
};

/**
 * struct session - state of a session
 * @name: name of the subcommand, for messages
 * @opts: options
 * @target: the subject
 * @recorder: recorder of the events
 * @seed: called for one task of each process that exists at the start; returns
 *	0 or -errno
 * @join: called for each other task @tid of such a process; @with is the task
 *	of @seed; may be NULL
 * @data: argument of @seed and @join
 * @ended: the subject has ended by itself
 * @switches: switches of ftrace and kprobes, being watched
 * @gaps: what is missing
 * @seeds: processes that @seed was called for, with their tasks
 * @seed_count: number of @seeds
 */
struct session {
	const char *name;
	const struct session_options *opts;
	struct target target;
	struct recorder recorder;
	int (*seed)(int tid, const struct maps *maps, bool hide, void *data);
	int (*join)(int tid, int with, void *data);
	void *data;
	bool ended;
	struct switches switches;
	struct gaps gaps;
	struct session_seed *seeds;
	size_t seed_count;
};

#define SESSION_BUFFER (8 << 20)

/* Take the remaining arguments as the command. -1, or the exit status. */
int session_command(const char *name, char **rest,
		    struct session_options *opts);

/* Start recording, and let the subject run. CMD_OK, or the exit status. */
int session_start(struct session *session);

/* Print why the recorder failed. Return CMD_FAILED. */
int session_failed(const struct session *session, int err);

/* Wait up to @milliseconds. Return true if the session is over. */
bool session_over(struct session *session, int milliseconds);

/* Add a gap for processes that still run. Call this while they are followed. */
void session_left(struct session *session);

/* Stop recording, and add gaps for disturbances. */
void session_stop(struct session *session);

/* Add a gap for threads that perf could not follow. */
void session_unfollowed(struct session *session, const struct perf_rings *rings,
			const char *what);

/* Print what was lost, if anything, and all gaps. */
void session_warn(const struct session *session, __u64 lost, __u64 missed);

void session_free(struct session *session);

#endif /* _SESSION_H */
