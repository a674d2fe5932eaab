/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A subject and its recorder: what mmapdemo trace and mmapdemo record share. As
 * subcommands do, it prints errors and chooses the exit status.
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
 * struct session_options - those of both commands
 * @pids: to observe, or none
 * @output: file, or NULL
 * @buffer: bytes for each processor
 * @stacks: record call stacks
 * @command: to observe, or NULL
 * @quiet: say nothing but errors
 * @follow: go on until all that is followed has ended
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
 * struct session - under way
 * @name: of the subcommand, for messages
 * @opts: what was asked for
 * @target: what is observed
 * @recorder: observes
 * @seed: called with a task of every process there is at the begin; 0 or -errno
 * @join: called with each other task of it, and with the one before; or NULL
 * @data: for both
 * @ended: what is observed has ended by itself
 * @switches: of those who observe for it, listened to
 * @gaps: what is missing
 * @seeds: the processes of @seed, and their tasks
 * @seed_count: of @seeds
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

/* The rest of the arguments is the command. -1: go on; else the exit status. */
int session_command(const char *name, char **rest,
		    struct session_options *opts);

/* Begins: the subject is let go. The exit status if that is not CMD_OK. */
int session_start(struct session *session);

/* Says why the recorder failed; CMD_FAILED. */
int session_failed(const struct session *session, int err);

/* Waits some time. Is it over? */
bool session_over(struct session *session, int milliseconds);

/* Finds processes that go on, while they are followed. */
void session_left(struct session *session);

/* Records nothing from now on, and finds gaps. */
void session_stop(struct session *session);

/* One more gap: threads of which perf said nothing. */
void session_unfollowed(struct session *session, const struct perf_rings *rings,
			const char *what);

/* Says what was lost, if something was, and all gaps. */
void session_warn(const struct session *session, __u64 lost, __u64 missed);

void session_free(struct session *session);

#endif /* _SESSION_H */
