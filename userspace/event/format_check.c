// SPDX-License-Identifier: GPL-2.0-only
#include "event/format_check.h"

#include <errno.h>
#include <regex.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <event-parse.h>

#define WORD "[A-Za-z_][A-Za-z0-9_]*"

/*
 * FIELD matches the line of a field, such as "__data_loc char[] name", "unsigned
 * long args[6]" or "const char * name".
 */
#define FIELD "\tfield: ?(" WORD "(\\[\\])?[ *]+)+" WORD "(\\[[A-Za-z0-9_+ ]*\\])?;" \
	"\toffset:[0-9]{1,7};\tsize:[0-9]{1,7};(\tsigned:[01];)?\n"

/* EVENT matches the format up to the last field. */
#define EVENT "^name: " WORD "\nID: [0-9]{1,5}\nformat:\n(" FIELD "|\n)+$"
#define PAGE "^(" FIELD ")+$"

/** struct pattern - a pattern that is compiled when it is first used */
struct pattern {
	const char *text;
	regex_t regex;
	bool compiled;
};

static struct pattern event_pattern = { .text = EVENT };
static struct pattern page_pattern = { .text = PAGE };

static int matches(const char *text, struct pattern *pattern)
{
	int ret;

	if (!pattern->compiled &&
	    regcomp(&pattern->regex, pattern->text, REG_EXTENDED | REG_NOSUB))
		return -ENOMEM;
	pattern->compiled = true;
	ret = regexec(&pattern->regex, text, 0, NULL, 0);
	return ret == REG_ESPACE ? -ENOMEM : ret ? -EPROTO : 0;
}

/*
 * Copy @text to a new string that has room for @room more bytes. Return NULL if
 * there is no memory.
 */
static char *copy(const char *text, size_t size, size_t room)
{
	char *copied = malloc(size + room + 1);

	if (!copied)
		return NULL;
	memcpy(copied, text, size);
	copied[size] = 0;
	return copied;
}

static int known(int err, enum tep_errno wrong)
{
	return err ? err : wrong ? -EPROTO : 0;
}

/*
 * Pass only the fields to libtraceevent. The format also contains an expression
 * that prints the fields. This expression is not needed, and is not trusted.
 */
int format_text_event(struct tep_handle *tep, const char *text, size_t size,
		      const char *system)
{
	static const char print[] = "\nprint fmt: \"\"\n";
	const char *end = memmem(text, size, print, strlen("\nprint fmt:"));
	enum tep_errno wrong = 0;
	char *fields;
	int err;

	if (!end)
		return -EPROTO;
	size = end - text;
	fields = copy(text, size, sizeof(print));
	if (!fields)
		return -ENOMEM;
	err = strlen(fields) == size ? matches(fields, &event_pattern) : -EPROTO;
	if (!err) {
		strcat(fields, print);
		wrong = tep_parse_event(tep, fields, strlen(fields), system);
	}
	free(fields);
	return known(err, wrong);
}

int format_text_page(struct tep_handle *tep, const char *text, size_t size)
{
	enum tep_errno wrong = 0;
	char *fields = copy(text, size, 0);
	int err;

	if (!fields)
		return -ENOMEM;
	err = strlen(fields) == size ? matches(fields, &page_pattern) : -EPROTO;
	if (!err)
		wrong = tep_parse_header_page(tep, fields, size, sizeof(long));
	free(fields);
	return known(err, wrong);
}
