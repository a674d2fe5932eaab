// SPDX-License-Identifier: GPL-2.0-only
#include "cmd/options.h"
#include "base/format.h"
#include "cmd/cmd.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define OPTIONS_MAX 16
#define HELP_COLUMNS 80

/* Return the value that getopt_long() returns for option @index. */
static int key_of(const struct cmd_usage *usage, int index)
{
	return usage->options[index].letter ?: 256 + index;
}

/* ---- help and shell completion ---- */

/* Write the names of all columns to @text, with @between between two names. */
static const char *column_names(char text[256], const struct column *defs,
				const char *between)
{
	size_t used = 0;

	text[0] = 0;
	for (int i = 0; defs[i].name && used < 256; i++)
		used += snprintf(text + used, 256 - used, "%s%s",
				 i ? between : "", defs[i].name);
	return text;
}

/*
 * Join the words of @option into a list such as "auto, always or never". @last is
 * the text between the last two words. @between is the text between other words.
 */
static const char *join_words(char text[512], const struct cmd_option *option,
			      const char *between, const char *last)
{
	size_t used = 0;

	text[0] = 0;
	for (int i = 0; option->word && option->word(i); i++)
		used += snprintf(text + used, 512 - used, "%s%s",
				 !i ? "" : option->word(i + 1) ? between : last,
				 option->word(i));
	return text;
}

/* Begin a line of the help with an option, such as "  -p, --pid PID,...". */
static void begin_line(struct line *line, const struct style *style,
		       const struct cmd_option *option)
{
	line_begin(line, style);
	if (option->letter)
		line_add(line, PLAIN, "  -%c, ", option->letter);
	else
		line_add(line, PLAIN, "      ");
	line_add(line, PLAIN, "--%s%s%s", option->name, option->arg ? " " : "",
		 option->arg ?: "");
}

static void show_columns(const struct column *column)
{
	if (!column)
		return;
	printf("\nColumns (if the description is in parentheses, use -o to show the "
	       "column):\n");
	for (; column->name; column++) {
		const char *text = column->help;

		printf("  %-9s %s%s%s\n", column->name,
		       column->flags & COLUMN_NAMED ? "(" : "", text,
		       column->flags & COLUMN_NAMED ? ")" : "");
	}
}

static int show_help(const struct cmd_usage *usage)
{
	const struct style style = { .fold = HELP_COLUMNS };
	const struct cmd_option *option;
	char words[512];
	struct line line;
	int hang = 0;

	for (option = usage->options; option->name; option++) {
		begin_line(&line, &style, option);
		hang = line.columns + 2 > hang ? line.columns + 2 : hang;
	}
	printf("%s\n", usage->text);
	for (option = usage->options; option->name; option++) {
		begin_line(&line, &style, option);
		line_to(&line, hang);
		line.hang = hang;
		line_add(&line, PLAIN, "%s", option->help);
		if (option->word)
			line_add(&line, PLAIN, ": %s",
				 join_words(words, option, ", ", " or "));
		line_end(&line, stdout);
	}
	show_columns(usage->columns);
	printf("\nExamples:\n%s", usage->examples);
	return cmd_written(usage->name, 0);
}

/*
 * Print a line for each spelling of each option. The fields are separated by
 * tabs: spelling, argument, possible words (separated by spaces), and help.
 */
static int list_options(const struct cmd_usage *usage)
{
	const struct cmd_option *option;
	char words[512], rest[1024];

	for (option = usage->options; option->name; option++) {
		if (option->take == option_sort)
			column_names(words, usage->columns, " ");
		else
			join_words(words, option, " ", " ");
		snprintf(rest, sizeof(rest), "%s\t%s\t%s", option->arg ?: "",
			 words, option->help);
		if (option->letter)
			printf("-%c\t%s\n", option->letter, rest);
		printf("--%s\t%s\n", option->name, rest);
	}
	return cmd_written(usage->name, 0);
}

/* ---- parsing ---- */

static void prepare(const struct cmd_usage *usage, struct option *longs,
		    char *shorts)
{
	const struct cmd_option *option = usage->options;
	int i;

	if (usage->runs)
		*shorts++ = '+';
	for (i = 0; option->name && i < OPTIONS_MAX; i++, option++) {
		longs[i] = (struct option){
			option->name, option->arg ? required_argument :
			no_argument, NULL, key_of(usage, i),
		};
		if (!option->letter)
			continue;
		*shorts++ = option->letter;
		if (option->arg)
			*shorts++ = ':';
	}
	longs[i] = (struct option){ 0 };
	*shorts = 0;
}

/*
 * Return the next option. getopt_long() prints its own errors, and begins them
 * with argv[0], so set argv[0] for the call.
 */
static int next_option(int argc, char **argv, const char *shorts,
		       const struct option *longs)
{
	char *const command = argv[0];
	char name[64];
	int c;

	snprintf(name, sizeof(name), "mmapdemo: %s", command);
	argv[0] = name;
	c = getopt_long(argc, argv, shorts, longs, NULL);
	argv[0] = command;
	return c;
}

static int take_value(const struct cmd_usage *usage,
		      const struct cmd_option *option, void *value)
{
	char name[64], words[512];
	const struct given given = {
		usage->name, name, optarg, usage->columns,
	};
	int number = 0;

	snprintf(name, sizeof(name), "--%s", option->name);
	while (option->word && option->word(number) &&
	       strcmp(option->word(number), optarg))
		number++;
	if (option->word && !option->word(number))
		return cmd_misused(usage->name, "%s %s: must be %s", name,
				   optarg, join_words(words, option, ", ", " or "));
	if (option->take)
		return option->take(&given, value);
	*(int *)value = number;
	return -1;
}

static int take(const struct cmd_usage *usage, int key, void *opts)
{
	const struct cmd_option *option = usage->options;
	void *value;

	while (option->name && key_of(usage, option - usage->options) != key)
		option++;
	if (!option->name)
		return cmd_try(usage->name);	/* getopt_long() printed the error */
	if (key == 'h')
		return show_help(usage);
	value = (char *)opts + option->at;
	if (option->arg || option->take)
		return take_value(usage, option, value);
	*(bool *)value = true;
	return -1;
}

int cmd_parse(const struct cmd_usage *usage, int argc, char **argv, void *opts)
{
	struct option longs[OPTIONS_MAX + 1];
	char shorts[2 * OPTIONS_MAX + 2];
	int key, status = -1;

	if (argc == 2 && !strcmp(argv[1], "--list-options"))
		return list_options(usage);
	prepare(usage, longs, shorts);
	optind = 0;	/* reset getopt: cmd_lint() calls cmd_record(), too */
	while (status < 0 &&
	       (key = next_option(argc, argv, shorts, longs)) != -1)
		status = take(usage, key, opts);
	return status;
}

/* ---- values ---- */

static int is_not(const struct given *given, const char *what)
{
	return cmd_misused(given->command, "%s %s: must be %s", given->option,
			   given->text, what);
}

int option_text(const struct given *given, void *value)
{
	*(const char **)value = given->text;
	return -1;
}

int option_file(const struct given *given, void *value)
{
	const char *path = cmd_input(given->command, given->text);

	*(const char **)value = path;
	return path ? -1 : CMD_FAILED;
}

int option_pids(const struct given *given, void *value)
{
	struct pids *pids = value;
	const char *text = given->text;
	char word[16];
	size_t length;
	int pid;

	for (;; text += length + 1) {
		length = strcspn(text, ",");
		snprintf(word, sizeof(word), "%.*s", (int)length, text);
		if (length >= sizeof(word) || parse_count(word, &pid))
			return cmd_misused(given->command,
					   "-p: '%.*s' is not a process ID",
					   (int)length, text);
		if (pids->count == PIDS_MAX)
			return cmd_misused(given->command,
					   "-p: at most %d processes are "
					   "allowed",
					   PIDS_MAX);
		if (!pids_have(pids, pid))
			pids->list[pids->count++] = pid;
		if (!text[length])
			return -1;
	}
}

int option_seconds(const struct given *given, void *ms)
{
	if (parse_seconds(given->text, ms))
		return is_not(given, "a number of seconds from 0.01 to 1000000");
	return -1;
}

int option_size(const struct given *given, void *bytes)
{
	if (parse_size(given->text, bytes))
		return is_not(given, "a number of bytes, such as 4096 or 64K, below 2^64");
	return -1;
}

int option_buffer(const struct given *given, void *bytes)
{
	if (parse_buffer(given->text, bytes))
		return is_not(given, "a number of bytes from 4K to 1T");
	return -1;
}

int option_number(const struct given *given, void *number)
{
	if (parse_count(given->text, number))
		return is_not(given, "a whole number, 1 or more");
	return -1;
}

int option_columns(const struct given *given, void *wanted)
{
	const char *wrong = columns_parse(wanted, given->columns, given->text);
	char names[256];

	if (!wrong)
		return -1;
	return cmd_misused(given->command, "%s: unknown column '%.*s'; the "
			   "columns are %s", given->option,
			   (int)strcspn(wrong, ","), wrong,
			   column_names(names, given->columns, ", "));
}

int option_sort(const struct given *given, void *value)
{
	struct columns_wanted *wanted = value;
	char names[256];

	wanted->sorted = true;
	wanted->reversed = *given->text == '-';
	wanted->sort = columns_find(given->columns,
				    given->text + wanted->reversed);
	if (wanted->sort >= 0)
		return -1;
	return cmd_misused(given->command, "%s %s: must be one of %s; to "
			   "reverse the order, put - before the name",
			   given->option, given->text,
			   column_names(names, given->columns, ", "));
}
