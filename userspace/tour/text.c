// SPDX-License-Identifier: GPL-2.0-only
#include "tour/text.h"

#include <stdio.h>
#include <string.h>

/*
 * The contents of all text files. Before each file, there is a line that consists
 * of a form feed, the language and the number of the scene: "\fen/04".
 */
asm(".pushsection .rodata\n"
    "tour_begin:	.incbin \"tour.txt\"\n"
    "		.byte 0\n"
    ".popsection\n");

extern const char tour_begin[];

static struct passage line_at(const struct tour_text *text, const char *at)
{
	const char *end = memchr(at, '\n', text->end - at);

	return (struct passage){ at, (end ? end : text->end) - at };
}

/* Return the start of the next line, or NULL if there is none. */
static const char *end_of_line(const struct tour_text *text,
			       struct passage line)
{
	const char *at = line.text + line.length + 1;

	return at < text->end ? at : NULL;
}

bool tour_text(struct tour_text *text, const char *language, int scene,
	       const struct tour_text *common)
{
	char mark[32];
	const char *begin, *end;

	snprintf(mark, sizeof(mark), "\f%s/%02d\n", language, scene);
	begin = strstr(tour_begin, mark);
	if (!begin)
		return false;
	begin += strlen(mark);
	end = strchr(begin, '\f');
	*text = (struct tour_text) {
		.begin = begin,
		.end = end ? end : begin + strlen(begin),
		.common = common,
	};
	return true;
}

struct passage tour_title(const struct tour_text *text)
{
	return line_at(text, text->begin);
}

static bool is_sentence(struct passage line)
{
	return line.length > 2 && line.text[1] == ' ' &&
	       (*line.text == '-' || *line.text == '?');
}

struct passage tour_line(const struct tour_text *text, const char **at)
{
	struct passage line = { NULL, 0 }, next;

	if (!*at) {
		*at = end_of_line(text, tour_title(text));
		if (*at && **at == '\n')
			++*at;
	}
	if (!*at || is_sentence(line_at(text, *at)))
		return line;
	line = line_at(text, *at);
	*at = end_of_line(text, line);
	/* The empty line before the claims is not part of the text. */
	if (!line.length && *at) {
		next = line_at(text, *at);
		if (is_sentence(next))
			return (struct passage){ NULL, 0 };
	}
	return line;
}

/*
 * Skip the first @skip lines that begin with @start. Return the text after
 * @start in the next line that begins with @start.
 */
static struct passage find(const struct tour_text *text, const char *start,
			   int skip)
{
	int length = strlen(start);

	for (const char *at = text->begin; at;
	     at = end_of_line(text, line_at(text, at))) {
		struct passage line = line_at(text, at);

		if (line.length < length || memcmp(at, start, length) || skip--)
			continue;
		return (struct passage){ at + length, line.length - length };
	}
	return (struct passage){ NULL, 0 };
}

struct passage tour_claim(const struct tour_text *text, int number)
{
	return find(text, "- ", number);
}

struct passage tour_sentence(const struct tour_text *text, const char *key)
{
	struct passage passage;
	char start[64];

	snprintf(start, sizeof(start), "? %s: ", key);
	passage = find(text, start, 0);
	if (!passage.text && text->common)
		passage = find(text->common, start, 0);
	return passage;
}
