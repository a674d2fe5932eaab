// SPDX-License-Identifier: GPL-2.0-only
#include "base/format.h"
#include "cmd/cmd.h"
#include "cmd/top.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
"Usage: mmapdemo top [OPTION]...\n"
"Show the processes that have most page faults, of which classes these are, and\n"
"how long they take, until q or Ctrl-C; Enter shows one process's VMAs. Without\n"
"the module, or without root, it counts what /proc counts.\n"
"\n"
"  -I, --interval SECS show every SECS seconds what came since (default 2)\n"
"  -p, --pid PID       begin with the VMAs of this process\n"
"  -s, --sort WHICH    by faults (default), major, time, mean, or number: by PID,\n"
"                      or by address\n"
"  -b, --batch         write text, interval after interval, instead of drawing\n"
"  -n, --iterations N  end after N intervals\n"
"  -j, --json          as --batch, one JSON object per line, one line per process\n"
"                      or VMA\n"
"      --color WHEN    auto (default), always or never; of --batch\n"
"      --buffer SIZE   trace buffer of each processor (default 8M)\n"
"  -h, --help\n";

static bool parse_order(const char *text, enum fault_load_order *order)
{
	static const char *const names[] = {
		[BY_FAULTS] = "faults", [BY_MAJOR] = "major",
		[BY_TIME] = "time", [BY_MEAN] = "mean",
		[BY_NUMBER] = "number",
	};

	for (int i = 0; i <= BY_NUMBER; i++) {
		if (!strcmp(text, names[i])) {
			*order = (enum fault_load_order)i;
			return true;
		}
	}
	return false;
}

/* -1: go on */
static int parse_option(int c, struct top_options *opts)
{
	switch (c) {
	case 'I':
		return cmd_seconds("top", "--interval", optarg,
				   &opts->interval_ms);
	case 'p':
		if (opts->pid)
			return cmd_misused("top", "-p: one process at a time");
		return cmd_pid("top", optarg, &opts->pid);
	case 's':
		if (!parse_order(optarg, &opts->order))
			return cmd_misused("top", "--sort %s: it is faults, "
					   "major, time, mean or number",
					   optarg);
		return -1;
	case 'b':
		opts->batch = true;
		return -1;
	case 'n':
		if (parse_count(optarg, &opts->iterations))
			return cmd_misused("top", "--iterations %s: not a "
					   "number, 1 or more", optarg);
		return -1;
	case 'B':
		return cmd_buffer("top", optarg, &opts->buffer);
	default:
		return cmd_option("top", help, c, &opts->json,
				  &opts->colour);
	}
}

int top_parse(int argc, char **argv, struct top_options *opts)
{
	static const struct option longs[] = {
		{ "interval", required_argument, NULL, 'I' },
		{ "pid", required_argument, NULL, 'p' },
		{ "sort", required_argument, NULL, 's' },
		{ "batch", no_argument, NULL, 'b' },
		{ "iterations", required_argument, NULL, 'n' },
		{ "json", no_argument, NULL, 'j' },
		{ "color", required_argument, NULL, 'C' },
		{ "buffer", required_argument, NULL, 'B' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int c, status;

	while ((c = cmd_getopt(argc, argv, "I:p:s:bn:jh", longs)) != -1) {
		status = parse_option(c, opts);
		if (status >= 0)
			return status;
	}
	if (optind < argc)
		return cmd_misused("top", "%s: it takes no arguments",
				   argv[optind]);
	opts->batch |= opts->json;
	return -1;
}
