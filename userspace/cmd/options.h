/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options of a subcommand. A single table describes the options for the parser,
 * for --help, and for --list-options. Shell completion calls --list-options.
 *
 * glibc's argp is not used: argp adds text to each error and to the help, lets
 * $ARGP_HELP_FMT change the help, and does not know which words an option
 * accepts.
 */
#ifndef _CMD_OPTIONS_H
#define _CMD_OPTIONS_H

#include "base/columns.h"
#include "base/line.h"
#include "base/pids.h"
#include "system/file.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * struct given - an option that the user gave, and its argument
 * @command: name of the command
 * @option: the option, such as "--pid"
 * @text: the argument, such as "1,2"
 * @columns: columns of the table that the command prints; NULL: none
 */
struct given {
	const char *command;
	const char *option;
	const char *text;
	const struct column *columns;
};

/**
 * struct cmd_option - an option
 * @name: long name, without the two dashes
 * @letter: short name; 0: none
 * @arg: name of the argument; NULL: the option has no argument, and sets a bool
 * @help: description
 * @at: offset of the value in the struct of options
 * @take: function that stores the argument and returns -1, or prints an error
 *	and returns the exit status. If @take is NULL, an option with @word
 *	stores the number of the word, and an option without an argument stores
 *	true
 * @word: function that returns the possible argument with the index @number, or
 *	NULL after the last word. If @word is NULL, the possible arguments are
 *	not a list of words
 */
struct cmd_option {
	const char *name;
	int letter;
	const char *arg;
	const char *help;
	size_t at;
	int (*take)(const struct given *given, void *value);
	const char *(*word)(int number);
};

#define OPTION_FLAG(letter, name, type, member, help) \
	{ name, letter, NULL, help, offsetof(type, member), NULL, NULL }
#define OPTION_VALUE(letter, name, arg, take, type, member, help) \
	{ name, letter, arg, help, offsetof(type, member), take, NULL }
#define OPTION_WORD(letter, name, arg, word, take, type, member, help) \
	{ name, letter, arg, help, offsetof(type, member), take, word }

/* Options that many commands have, and the entry that ends each table of options. */
#define OPTION_JSON(type, member, help) \
	OPTION_FLAG('j', "json", type, member, help)
#define OPTION_COLOUR(type, member) \
	OPTION_WORD(0, "color", "WHEN", when_word, NULL, type, member, \
		    "when to use colours (default auto)")
#define OPTION_METHOD(type, member) \
	OPTION_WORD('m', "method", "M", file_method, NULL, type, member, \
		    "create a separate region of 2 MiB in /dev/mmapdemo, and " \
		    "map this region by method M")
#define OPTION_BUFFER(type, member) \
	OPTION_VALUE(0, "buffer", "SIZE", option_buffer, type, member, \
		     "size of the trace buffer of each CPU (default 8M)")
/* Options of commands that print a table. @member is of type struct columns_wanted. */
#define OPTION_COLUMNS(type, member) \
	OPTION_VALUE('o', "output", "COLUMN,...", option_columns, type, member, \
		     "print these columns in this order; with a + before the " \
		     "first name, add these columns to the usual columns"), \
	OPTION_VALUE(0, "sort", "COLUMN", option_sort, type, member, \
		     "sort the rows by this column: addresses and text in " \
		     "ascending order, other numbers in descending order; " \
		     "a - before COLUMN reverses the order"), \
	OPTION_FLAG('n', "noheadings", type, member.noheadings, \
		    "print no headings and no totals")
#define OPTION_END \
	{ "help", 'h', NULL, "show this help", 0, NULL, NULL }, \
	{ NULL, 0, NULL, NULL, 0, NULL, NULL }

/**
 * struct cmd_usage - usage of a command
 * @name: name of the command
 * @text: lines of the help before the options
 * @examples: lines of the help after the options
 * @columns: columns of the table that the command prints; NULL: none
 * @runs: the operands are a command to run and the arguments of this command
 * @options: the options; OPTION_END follows the last option
 */
struct cmd_usage {
	const char *name;
	const char *text;
	const char *examples;
	const struct column *columns;
	bool runs;
	struct cmd_option options[];
};

/*
 * Parse the options into @opts. The operands begin at optind. Return -1 on
 * success. Return the exit status on failure, and after --help.
 */
int cmd_parse(const struct cmd_usage *usage, int argc, char **argv, void *opts);

/*
 * Functions for cmd_option.take. option_text() stores a pointer to the argument.
 * option_file() stores a pointer to the path that cmd_input() returns for the
 * argument.
 */
int option_text(const struct given *given, void *value);
int option_file(const struct given *given, void *value);

/*
 * option_pids() adds process IDs to a struct pids. option_seconds() stores a time
 * in milliseconds as an int.
 */
int option_pids(const struct given *given, void *pids);
int option_seconds(const struct given *given, void *ms);

/*
 * option_size() stores a number of bytes as a __u64. option_buffer() stores the
 * size of a trace buffer as a __u64. option_number() stores an int that is at
 * least 1.
 */
int option_size(const struct given *given, void *bytes);
int option_buffer(const struct given *given, void *bytes);
int option_number(const struct given *given, void *number);

/*
 * option_columns() stores the argument of -o in a struct columns_wanted.
 * option_sort() stores the argument of --sort in a struct columns_wanted.
 */
int option_columns(const struct given *given, void *wanted);
int option_sort(const struct given *given, void *wanted);

#endif /* _CMD_OPTIONS_H */
