// SPDX-License-Identifier: GPL-2.0-only
#include "line.h"

#include <errno.h>
#include <langinfo.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const struct glyphs utf8 = {
	.micro = "µ",
	.arrow = "→",
	.branch = "├",
	.last = "└",
	.there = "■",
	.filled = "+",
	.replaced = "≠",
	.empty = "·",
	.folded = "–",
	.yes = "✓",
	.no = "✗",
	.bars = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" },
};

static const struct glyphs ascii = {
	.micro = "u",
	.arrow = "->",
	.branch = "|",
	.last = "`",
	.there = "#",
	.filled = "+",
	.replaced = "~",
	.empty = ".",
	.folded = "-",
	.yes = "ok",
	.no = "WRONG",
	.bars = { ".", ":", "-", "=", "+", "*", "%", "#" },
};

static const char *const codes[] = {
	[DIM] = "\033[2m",
	[BOLD] = "\033[1m",
	[RED] = "\033[31m",
	[GREEN] = "\033[32m",
	[YELLOW] = "\033[33m",
	[CYAN] = "\033[36m",
};

#define RESET "\033[0m"
#define WIDTH_MIN 72
#define WIDTH_MAX 120
#define WIDTH_DEFAULT 100
#define FOLD_INDENT 4

/* 0: not known. */
static int detect_columns(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;

	if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return columns && atoi(columns) > 0 ? atoi(columns) : 0;
}

void style_fit(struct style *style, int columns)
{
	style->width = columns < WIDTH_MIN ? WIDTH_MIN :
		       columns > WIDTH_MAX ? WIDTH_MAX : columns;
}

void style_detect(struct style *style, FILE *out, enum when colour)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
	bool able = isatty(fileno(out)) && term && strcmp(term, "dumb");

	style->glyphs = strcmp(nl_langinfo(CODESET), "UTF-8") ? &ascii : &utf8;
	style->terminal = detect_columns(fileno(out));
	style_fit(style, style->terminal ?: WIDTH_DEFAULT);
	style->fold = !style->terminal || style->terminal > WIDTH_MIN ?
		      style->terminal : WIDTH_MIN;
	style->colour = colour == ALWAYS ||
			(colour == AUTO && able && !(none && *none));
}

bool parse_when(const char *text, enum when *when)
{
	static const char *const names[] = { "auto", "always", "never" };

	for (int i = 0; i < 3; i++) {
		if (!strcmp(text, names[i])) {
			*when = (enum when)i;
			return true;
		}
	}
	return false;
}

void style_plain(struct style *style, int width)
{
	*style = (struct style){ .glyphs = &ascii, .width = width };
}

void style_page(struct style *style, int width)
{
	*style = (struct style){ .glyphs = &utf8, .width = width };
}

int text_columns(const char *text)
{
	int columns = 0;

	for (; *text; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}

size_t text_bytes(const char *text, int columns)
{
	size_t bytes = 0;

	for (; text[bytes]; bytes++) {
		if ((text[bytes] & 0xc0) != 0x80 && !columns--)
			break;
	}
	return bytes;
}

void text_shorten(char *text, int columns)
{
	if (text_columns(text) > columns && columns >= 3)
		strcpy(text + text_bytes(text, columns - 2), "..");
}

void text_shorten_middle(char *text, int columns)
{
	int whole = text_columns(text), head = (columns - 1) / 2;
	char *end = text + text_bytes(text, whole - (columns - 2 - head));

	if (whole <= columns || columns < 3)
		return;
	text += text_bytes(text, head);
	memcpy(text, "..", 2);
	memmove(text + 2, end, strlen(end) + 1);
}

void line_begin(struct line *line, const struct style *style)
{
	line->style = style;
	line->used = 0;
	line->columns = 0;
	line->text[0] = 0;
}

static void append(struct line *line, const char *text)
{
	size_t length = strlen(text);

	memcpy(line->text + line->used, text, length + 1);
	line->used += length;
}

void line_add(struct line *line, enum colour colour, const char *format, ...)
{
	bool paint = line->style->colour && colour != PLAIN;
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (line->used + strlen(text) + 2 * sizeof(RESET) > sizeof(line->text))
		return;
	if (paint)
		append(line, codes[colour]);
	append(line, text);
	if (paint)
		append(line, RESET);
	line->columns += text_columns(text);
}

void line_join(struct line *line, const struct line *behind)
{
	if (line->used + behind->used >= sizeof(line->text))
		return;
	append(line, behind->text);
	line->columns += behind->columns;
}

void line_to(struct line *line, int column)
{
	int missing = column - line->columns;

	line_add(line, PLAIN, "%*s", missing > 1 ? missing : 1, "");
}

bool line_right(struct line *line, enum colour colour, const char *text,
		bool force)
{
	int column = line->style->width - text_columns(text);

	if (!*text)
		return true;
	if (line->columns + 2 > column && !force)
		return false;
	line_add(line, PLAIN, " ");
	line_to(line, column);
	line_add(line, colour, "%s", text);
	return true;
}

/*
 * Bytes of @text for so many columns: up to a space behind a word, or all. A word
 * that is longer stays whole; codes of colours take no column.
 */
static size_t fold(const char *text, int columns)
{
	size_t at = strspn(text, " "), space = 0;
	int used = at;
	bool word = false;

	for (; text[at]; at++) {
		if (text[at] == '\033') {
			at += strcspn(text + at, "m");
			continue;
		}
		if (text[at] != ' ')
			word = true;
		else if (word && text[at - 1] != ' ' &&
			 (!space || used <= columns))
			space = at;
		used += ((unsigned char)text[at] & 0xc0) != 0x80;
		if (used > columns && space)
			return space;
	}
	return at;
}

int line_end(const struct line *line, FILE *out)
{
	const char *text = line->text;
	int width = line->style->fold ?: LINE_MAX_BYTES;
	int indent = strspn(text, " ") + FOLD_INDENT;
	size_t bytes = fold(text, width);

	while (text[bytes]) {
		fprintf(out, "%.*s\n%*s", (int)bytes, text, indent, "");
		text += bytes + strspn(text + bytes, " ");
		bytes = fold(text, width - indent);
	}
	if (fputs(text, out) < 0 || putc('\n', out) < 0)
		return errno ? -errno : -EIO;
	return 0;
}
