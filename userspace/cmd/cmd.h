/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The subcommands. They alone print errors and choose the exit status;
 * everything else returns -errno or NULL.
 */
#ifndef _CMD_H
#define _CMD_H

#include "base/line.h"
#include "base/pids.h"
#include "system/file.h"

#include <linux/types.h>

struct option;

enum {
	CMD_OK = 0,
	CMD_FAILED = 1,
	CMD_USAGE = 2,
};

int cmd_read(int argc, char **argv);
int cmd_write(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_count(int argc, char **argv);
int cmd_record(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_walk(int argc, char **argv);
int cmd_why(int argc, char **argv);
int cmd_maps(int argc, char **argv);
int cmd_top(int argc, char **argv);
int cmd_tour(int argc, char **argv);
int cmd_lint(int argc, char **argv);
int cmd_probes(int argc, char **argv);

/* One sentence on stderr: "mmapdemo: COMMAND: what: why; what to do". */
int cmd_fail(const char *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Where to read about the options; CMD_USAGE. */
int cmd_try(const char *command);

/* The next option, as getopt_long(), whose errors begin as ours do. */
int cmd_getopt(int argc, char **argv, const char *shorts,
	       const struct option *longs);

/* What is wrong, and where to read about the options. */
int cmd_misused(const char *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * What @text says: --color, a process id, the same or "self", more of
 * them, with commas, for each -p, the time or the size of an @option,
 * --buffer. -1, or the status when it says nothing of the kind.
 */
int cmd_colour(const char *command, const char *text, enum when *when);
int cmd_pid(const char *command, const char *text, int *pid);
int cmd_process(const char *command, const char *text, int *pid);
int cmd_pids(const char *command, const char *text, struct pids *pids);
int cmd_seconds(const char *command, const char *option, const char *text,
		int *ms);
int cmd_size(const char *command, const char *option, const char *text,
	     __u64 *bytes);
int cmd_buffer(const char *command, const char *text, __u64 *bytes);

/*
 * --json, --color ('C'), --help: -1, or the status; any other @c is wrong. @json
 * and @colour may be NULL where there is no such option.
 */
int cmd_option(const char *command, const char *help, int c, bool *json,
	       enum when *colour);

/*
 * All options of a command that has no others: -1, or the status. There is no
 * --color if @colour is NULL.
 */
int cmd_options(int argc, char **argv, const char *command, const char *help,
		bool *json, enum when *colour);

/*
 * -i and operands that are files: @path, or, if that is "-", a name of what is
 * at standard input, which is read to its end if it is a pipe. NULL: that
 * failed, it has been said why.
 */
const char *cmd_input(const char *command, const char *path);

/* -o: a file to write to, standard output if @path is "-". NULL: see errno. */
FILE *cmd_output(const char *path);

/*
 * The status when all is written to standard output, but perhaps buffered, or that
 * failed with -errno. That nobody wants to read it any more is no failure.
 */
int cmd_written(const char *command, int err);

/* Refuses to write to a recording: -1, or the status. @path can be NULL. */
int cmd_not_over(const char *command, const char *path);

/* Maps /dev/mmapdemo by it, unless it is -1: -1, or the status. */
int cmd_map_by(const char *command, const char *path, struct file *object,
	       int method);

/* The status of a failure of -errno, be it that standard output failed. */
int cmd_broken(const char *command, int err);

/* Why a process can't be watched: -errno of watch_process(). */
int cmd_no_process(const char *command, int pid, int err);

/* Why a process can't be read: -errno of /proc, vmas_whole() or the device. */
int cmd_no_memory(const char *command, int pid, int err);

/* Permission was denied. To root sudo is no help. */
int cmd_needs_root(const char *command);

/* Why the device can't be opened: -errno of dev_open(). */
int cmd_no_device(const char *command, int err);

/* Why @path can't be opened, which may be the device: error of file_open(). */
int cmd_not_open(const char *command, const char *path, int err);

#endif /* _CMD_H */
