/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session for mmapdemo trace, record and maps. The session consists of a
 * target and of the recorder of the target's events. Like a subcommand, a
 * session prints errors and chooses the exit status.
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
 * @pids: processes to observe; may be empty
 * @output: output file, or NULL
 * @buffer: size of the trace buffer of each processor, in bytes
 * @stacks: record call stacks
 * @single: record each fault as a separate event
 * @command: command to observe, or NULL
 * @quiet: print only errors
 * @follow: continue until all followed processes have ended
 */
struct session_options {
	struct pids pids;
	const char *output;
	__u64 buffer;
	bool stacks;
	bool single;
	char **command;
	bool quiet;
	bool follow;
};

/**
 * struct session - state of a session
 * @name: name of the subcommand, for messages
 * @opts: options
 * @target: the observed command or processes
 * @recorder: recorder of the events
 * @seed: callback for one task of each process that exists at the start;
 *	returns 0 or -errno
 * @join: callback for each other task @tid of a process that exists at the
 *	start; @with is the task of the same process that was passed to @seed;
 *	@join may be NULL
 * @data: last argument of @seed and @join
 * @ended: the target has ended by itself
 * @switches: watch of the switches of ftrace and kprobes
 * @gaps: the data that is missing in the recording
 * @seeds: processes for which @seed was called, each with the task that was
 *	passed
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

/*
 * Use @rest, the arguments after the options, as the command to observe. Return
 * -1 on success, otherwise the exit status.
 */
int session_command(const char *name, char **rest,
		    struct session_options *opts);

/*
 * Start recording, and let the target run. Return CMD_OK, or the exit status on
 * failure.
 */
int session_start(struct session *session);

/* Print the error @err of the recorder. Return CMD_FAILED. */
int session_failed(const struct session *session, int err);

/*
 * Wait up to @milliseconds for the end of the session. Return true if the
 * session is over.
 */
bool session_over(struct session *session, int milliseconds);

/*
 * Add a gap for the processes that are still running. Call this function before
 * the recorder stops following these processes.
 */
void session_left(struct session *session);

/* Stop recording, and add gaps if other programs have disturbed the recording. */
void session_stop(struct session *session);

/*
 * If perf could not follow all threads, add a gap. @what names the data that is
 * missing.
 */
void session_unfollowed(struct session *session, const struct perf_rings *rings,
			const char *what);

/*
 * Print how many events were lost and how many calls were missed, if any. Also
 * print all gaps.
 */
void session_warn(const struct session *session, __u64 lost, __u64 missed);

void session_free(struct session *session);

#endif /* _SESSION_H */
