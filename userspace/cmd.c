// SPDX-License-Identifier: GPL-2.0-only
/* What subcommands do alike: say that they failed, and take their options. */
#include "cmd.h"
#include "dev.h"
#include "format.h"
#include "mmapdemo.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void __attribute__((format(printf, 2, 0)))
say(const char *command, const char *format, va_list args)
{
	fprintf(stderr, "mmapdemo: %s: ", command);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

int cmd_fail(const char *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(command, format, args);
	va_end(args);
	return CMD_FAILED;
}

int cmd_misused(const char *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(command, format, args);
	va_end(args);
	fprintf(stderr, "Try: mmapdemo %s --help\n", command);
	return CMD_USAGE;
}

int cmd_method(const char *command, const char *text, int *method)
{
	*method = object_method(text);
	if (*method >= 0)
		return -1;
	return cmd_misused(command, "--method %s: not page, insert, pfn, remap, "
			   "around, huge or prepare", text);
}

int cmd_map_by(const char *command, const char *path, struct object *object,
	       int method)
{
	int err = method < 0 ? 0 : object_own(object, method);

	if (!err)
		return -1;
	object_close(object);
	if (err == -ENOTTY)
		return cmd_fail(command, "%s: --method is for %s only", path,
				MMAPDEMO_DEVICE);
	return cmd_fail(command, "%s: no region of its own: %s", path,
			dev_strerror(err));
}

int cmd_colour(const char *command, const char *text, enum when *when)
{
	if (!parse_when(text, when))
		return cmd_misused(command, "--color %s: it is auto, "
				   "always or never", text);
	return -1;
}

int cmd_pid(const char *command, const char *text, int *pid)
{
	if (parse_count(text, pid))
		return cmd_misused(command, "%s: not a process id", text);
	return -1;
}

int cmd_seconds(const char *command, const char *option, const char *text,
		int *ms)
{
	if (parse_seconds(text, ms))
		return cmd_misused(command, "%s %s: not a number of seconds, "
				   "0.01 or more", option, text);
	return -1;
}

int cmd_size(const char *command, const char *option, const char *text,
	     __u64 *bytes)
{
	if (parse_size(text, bytes))
		return cmd_misused(command, "%s %s: not a number of bytes",
				   option, text);
	return -1;
}

int cmd_buffer(const char *command, const char *text, __u64 *bytes)
{
	if (parse_buffer(text, bytes))
		return cmd_misused(command, "--buffer %s: not a sensible size",
				   text);
	return -1;
}

int cmd_option(const char *command, const char *help, int c, bool *json,
	       enum when *colour)
{
	switch (c) {
	case 'j':
		*json = true;
		return -1;
	case 'C':
		return cmd_colour(command, optarg, colour);
	case 'h':
		fputs(help, stdout);
		return cmd_written(command, 0);
	default:
		return cmd_misused(command, "wrong option");
	}
}

int cmd_options(int argc, char **argv, const char *command, const char *help,
		bool *json, enum when *colour)
{
	static const struct option longs[] = {
		{ "color", required_argument, NULL, 'C' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int c, status;

	while ((c = getopt_long(argc, argv, "jh", longs + !colour,
				NULL)) != -1) {
		status = cmd_option(command, help, c, json, colour);
		if (status >= 0)
			return status;
	}
	return -1;
}

int cmd_written(const char *command, int err)
{
	if (!err && fflush(stdout))
		err = -errno;
	if (!err || err == -EPIPE)
		return CMD_OK;
	return cmd_fail(command, "standard output: %s", strerror(-err));
}

int cmd_broken(const char *command, int err)
{
	return cmd_fail(command, "%s%s", ferror(stdout) ? "standard output: " :
			"", dev_strerror(err));
}

int cmd_no_process(const char *command, int pid, int err)
{
	return cmd_fail(command, "process %d: %s", pid, err == -EINVAL ?
			"it is a thread; give the process it belongs to" :
			strerror(-err));
}

int cmd_no_device(const char *command, int err)
{
	if (err == -ENOENT || err == -ENXIO)
		return cmd_fail(command, "the module is not loaded; run: sudo "
				"modprobe mmapdemo (or make load)");
	if (err == -EACCES)
		return cmd_fail(command, MMAPDEMO_DEVICE ": it needs root; "
				"run it with sudo");
	return cmd_fail(command, MMAPDEMO_DEVICE ": %s", strerror(-err));
}
