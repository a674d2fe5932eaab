// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo: the main program, which runs the subcommands */
#include "base/version.h"
#include "cmd/cmd.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;	/* NULL for an alias of the previous command */
} commands[] = {
	{ "tour", cmd_tour, "Take a guided tour of mmap(), scene by scene" },
	{ "read", cmd_read, "Copy a file to stdout through a mapping" },
	{ "write", cmd_write, "Copy stdin to a file through a mapping" },
	{ "trace", cmd_trace, "Run a command and show its mappings and faults" },
	{ "count", cmd_count, "Count page faults by class and duration" },
	{ "stat", cmd_count, NULL },	/* perf has a command of this name */
	{ "record", cmd_record, "Record mappings and faults in a file (trace.dat)" },
	{ "report", cmd_report, "Summarize a recording" },
	{ "diff", cmd_diff, "Compare two recordings" },
	{ "lint", cmd_lint, "Find inefficient memory use of a command" },
	{ "walk", cmd_walk, "Show the page tables of a process" },
	{ "why", cmd_why, "Explain why adjacent VMAs of a process were not merged" },
	{ "maps", cmd_maps, "Show the mappings of a process, with their memory" },
	{ "top", cmd_top, "Show the processes that currently have the most faults" },
	{ "probes", cmd_probes, "Show which kernel functions are observed" },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *out)
{
	fputs("Usage: mmapdemo COMMAND [ARGUMENT]...\n"
	      "What did Linux do between mmap() and the first byte?\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		if (commands[i].what)
			fprintf(out, "  %-7s %s\n", commands[i].name,
				commands[i].what);
	fputs("\nmmapdemo COMMAND --help describes the options of a command.\n"
	      "mmapdemo --version prints the version. The manual is mmapdemo(1).\n",
	      out);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	setlocale(LC_ALL, "");
	/* Write numbers in files and in JSON in the same form in all locales. */
	setlocale(LC_NUMERIC, "C");
	for (size_t i = 0; i < COMMANDS; i++) {
		if (!strcmp(name, commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	}
	if (!strcmp(name, "--help") || !strcmp(name, "-h")) {
		usage(stdout);
		return cmd_written("--help", 0);
	}
	if (!strcmp(name, "--version") || !strcmp(name, "-V")) {
		puts("mmapdemo " MMAPDEMO_VERSION);
		return cmd_written("--version", 0);
	}
	if (*name)
		fprintf(stderr, "mmapdemo: %s: unknown command\n",
			name);
	usage(stderr);
	return CMD_USAGE;
}
