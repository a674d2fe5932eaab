// SPDX-License-Identifier: GPL-2.0-only
/* What every subcommand does alike: say that it failed, take --color. */
#include "cmd.h"
#include "mmapdemo.h"

#include <errno.h>
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

int cmd_colour(const char *command, const char *text, enum when *when)
{
	if (!parse_when(text, when))
		return cmd_misused(command, "--color %s: it is auto, "
				   "always or never", text);
	return -1;
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
