/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The subcommands. They alone print errors and choose the exit status;
 * everything else returns -errno or NULL.
 */
#ifndef _CMD_H
#define _CMD_H

#include "system/file.h"

#include <stdio.h>

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

/* What is wrong, and where to read about the options. */
int cmd_misused(const char *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A process id, or also "self", of the operand @text: -1, or the status. */
int cmd_pid(const char *command, const char *text, int *pid);
int cmd_process(const char *command, const char *text, int *pid);

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
