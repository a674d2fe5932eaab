// SPDX-License-Identifier: GPL-2.0-only
#include "cmd/cmd.h"
#include "cmd/trace.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
"Usage: mmapdemo trace [OPTION]... [--] COMMAND [ARGUMENT]...\n"
"       mmapdemo trace [OPTION]... -p PID\n"
"Run COMMAND and tell on standard error how its memory is mapped and faulted\n"
"in, that of its threads and children too; or do so for a running process.\n"
"Without the module, what the kernel's own tracepoints and perf do.\n"
"\n"
"  -p, --pid PID,...   trace these processes, until they end or Ctrl-C\n"
"  -f, --follow        go on until all that COMMAND started has ended\n"
"  -o, --output FILE   write to FILE instead (-: standard output)\n"
"  -j, --json          one JSON object per line, one line per event\n"
"  -b, --brief         one line per call and fault\n"
"      --color WHEN    auto (default), always or never\n"
"      --buffer SIZE   trace buffer of each processor (default 8M)\n"
"  -h, --help\n";

/* -1: go on */
static int parse_option(int c, struct trace_options *opts)
{
	switch (c) {
	case 'b':
		opts->brief = true;
		return -1;
	case 'j':
	case 'C':
	case 'h':
		return cmd_option("trace", help, c, &opts->json, &opts->colour);
	default:
		return session_option("trace", c, &opts->session);
	}
}

int trace_parse(int argc, char **argv, struct trace_options *opts)
{
	static const struct option longs[] = {
		{ "pid", required_argument, NULL, 'p' },
		{ "follow", no_argument, NULL, 'f' },
		{ "output", required_argument, NULL, 'o' },
		{ "json", no_argument, NULL, 'j' },
		{ "brief", no_argument, NULL, 'b' },
		{ "color", required_argument, NULL, 'C' },
		{ "buffer", required_argument, NULL, 'B' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int c, status;

	/* +: the command's options are its own */
	while ((c = cmd_getopt(argc, argv, "+p:fo:jbh", longs)) != -1) {
		status = parse_option(c, opts);
		if (status >= 0)
			return status;
	}
	return session_command("trace", argv + optind, &opts->session);
}
