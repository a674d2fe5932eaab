// SPDX-License-Identifier: GPL-2.0-only
/* How every subcommand says that it failed. */
#include "cmd.h"

#include <stdarg.h>
#include <stdio.h>

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
