/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The subcommands print errors and choose the exit status. Functions in other
 * directories report an error by returning -errno or NULL.
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

/* Print "mmapdemo: COMMAND: what: why; what to do". Return CMD_FAILED. */
int cmd_fail(const char *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Print "Try: mmapdemo COMMAND --help". Return CMD_USAGE. */
int cmd_try(const char *command);

/* Print an error, as cmd_fail() does, and then call cmd_try(). Return CMD_USAGE. */
int cmd_misused(const char *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * cmd_pid() parses a process ID. cmd_process() also accepts "self", which means
 * this process. Both functions return -1 on success, otherwise the exit status.
 */
int cmd_pid(const char *command, const char *text, int *pid);
int cmd_process(const char *command, const char *text, int *pid);

/*
 * Return the path of an input file: @path or, if @path is "-", a path of
 * standard input. If standard input is not a regular file, first copy it to a
 * file. On failure, print the error and return NULL.
 */
const char *cmd_input(const char *command, const char *path);

/*
 * Open the output file @path. "-" means standard output. On failure, set errno
 * and return NULL.
 */
FILE *cmd_output(const char *path);

/*
 * Call this function after all writes to standard output. @err is 0, or the
 * -errno of a failed write. Flush standard output. On failure, print the error.
 * Return the exit status. A closed pipe is not a failure.
 */
int cmd_written(const char *command, int err);

/*
 * If @path is a recording, print that mmapdemo refuses to overwrite it. @path may
 * be NULL. Return -1 if @path may be written, otherwise the exit status.
 */
int cmd_not_over(const char *command, const char *path);

/*
 * If @method is -1, do nothing. Otherwise, the open file @object must be
 * /dev/mmapdemo. Create a private region of @object that is mapped by @method.
 * Return -1 on success, otherwise the exit status.
 */
int cmd_map_by(const char *command, const char *path, struct file *object,
	       int method);

/*
 * Print the error @err, which may be an error of standard output. Return
 * CMD_FAILED.
 */
int cmd_broken(const char *command, int err);

/*
 * Print the reason why a process can't be watched. @err is the -errno of
 * watch_process().
 */
int cmd_no_process(const char *command, int pid, int err);

/*
 * Print the reason why the memory of a process can't be read. @err is the
 * -errno of /proc, vmas_whole() or the device.
 */
int cmd_no_memory(const char *command, int pid, int err);

/* Print that permission was denied. Suggest sudo to users other than root. */
int cmd_needs_root(const char *command);

/*
 * Print the reason why the device can't be opened. @err is the -errno of
 * dev_open().
 */
int cmd_no_device(const char *command, int err);

/*
 * Print the reason why the file @path can't be opened. The file may be the
 * device. @err is the error of file_open().
 */
int cmd_not_open(const char *command, const char *path, int err);

#endif /* _CMD_H */
