// SPDX-License-Identifier: GPL-2.0-only
#include "base/line.h"

#include <errno.h>
#include <langinfo.h>
#include <limits.h>
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

const char *colour_sequence(enum colour colour)
{
	return codes[colour];
}

/* Return the width of the terminal @fd, or else $COLUMNS, or else 0. */
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

const char *when_word(int when)
{
	static const char *const words[] = { "auto", "always", "never", NULL };

	return words[when];
}

void style_plain(struct style *style, int width)
{
	*style = (struct style){ .glyphs = &ascii, .width = width };
}

void style_page(struct style *style, int width)
{
	*style = (struct style){ .glyphs = &utf8, .width = width };
}

/* Ranges of characters that take two columns on terminals. */
static const struct {
	unsigned int first;
	unsigned int last;
} wide[] = {
	{ 0x1100, 0x115f }, { 0x2e80, 0xa4cf }, { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 },
	{ 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f }, { 0x20000, 0x3fffd },
};

/*
 * Return the number of bytes of the character at @text. Set *@columns to the
 * number of columns of the character. @text must not be "".
 */
static size_t letter(const char *text, int *columns)
{
	unsigned char first = text[0];
	size_t more = first < 0xc0 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
	unsigned int code = first & (more ? 0x3f >> more : 0xff);
	size_t bytes = 1;

	for (; bytes <= more && (text[bytes] & 0xc0) == 0x80; bytes++)
		code = code << 6 | (text[bytes] & 0x3f);
	*columns = 1;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		if (code >= wide[i].first && code <= wide[i].last)
			*columns = 2;
	}
	return bytes;
}

int text_columns(const char *text)
{
	int columns = 0, more;

	for (; *text; columns += more)
		text += letter(text, &more);
	return columns;
}

size_t text_bytes(const char *text, int columns)
{
	size_t bytes = 0, more;
	int its;

	for (; text[bytes]; bytes += more) {
		more = letter(text + bytes, &its);
		columns -= its;
		if (columns < 0)
			break;
	}
	return bytes;
}

/*
 * If @at is inside parentheses that follow a space, as in "file (deleted)",
 * return the index of the space. Otherwise, return @at.
 */
static size_t before_parenthesis(const char *text, size_t at)
{
	for (size_t i = at; i > 2 && text[i - 1] != ')'; i--) {
		if (text[i - 1] == '(' && text[i - 2] == ' ')
			return i - 2;
	}
	return at;
}

void text_shorten(char *text, int columns)
{
	size_t bytes = text_bytes(text, columns - 2);

	if (text_columns(text) > columns && columns >= 3)
		strcpy(text + before_parenthesis(text, bytes), "..");
}

/*
 * If @text ends with a space and words in parentheses, as in "file (deleted)",
 * return the text from the space on. Otherwise, return "".
 */
static char *last_parenthesis(char *text)
{
	char *end = text + strlen(text), *begin = strrchr(text, '(');

	if (!begin || begin - 2 < text || begin[-1] != ' ' || end[-1] != ')')
		return end;
	return begin - 1;
}

static void shorten_middle(char *text, int columns, int head)
{
	int whole = text_columns(text), tail = columns - 2 - head, its;
	char *end = text + text_bytes(text, whole - tail);

	while (text_columns(end) > tail)
		end += letter(end, &its);
	text += before_parenthesis(text, text_bytes(text, head));
	memcpy(text, "..", 2);
	memmove(text + 2, end, strlen(end) + 1);
}

void text_shorten_middle(char *text, int columns)
{
	char *last = last_parenthesis(text);
	int kept = text_columns(last), head = (columns - 1) / 2;

	if (text_columns(text) <= columns || columns < 3)
		return;
	if (kept <= columns - 2 - head) {
		shorten_middle(text, columns, head);
	} else if (kept + 2 < columns / 2 + head) {
		shorten_middle(text, columns, columns - 2 - kept);
	} else {
		strcpy(last, "..");
		text_shorten_middle(text, columns);
	}
}

void line_begin(struct line *line, const struct style *style)
{
	line->style = style;
	line->used = 0;
	line->columns = 0;
	line->hang = 0;
	line->right[0] = 0;
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

void line_join(struct line *line, const struct line *more)
{
	if (line->used + more->used >= sizeof(line->text))
		return;
	append(line, more->text);
	line->columns += more->columns;
}

void line_to(struct line *line, int column)
{
	int missing = column - line->columns;

	line_add(line, PLAIN, "%*s", missing > 1 ? missing : 1, "");
}

int line_room(const struct line *line)
{
	return line->style->fold ? line->style->fold - line->columns : INT_MAX;
}

bool line_right(struct line *line, enum colour colour, const char *text,
		bool force)
{
	int column = line->style->width - text_columns(text);

	if (!*text)
		return true;
	if (line->columns + 2 > column && !force)
		return false;
	if (line->columns + 2 > column && line->style->fold) {
		snprintf(line->right, sizeof(line->right), "%s", text);
		line->right_colour = colour;
		return true;
	}
	line_add(line, PLAIN, " ");
	line_to(line, column);
	line_add(line, colour, "%s", text);
	return true;
}

/* Chinese text may be wrapped before any character that is not in this list. */
static bool may_fold(const char *text, int columns)
{
	static const char *const ends[] = {
		"，", "。", "、", "：", "；", "）", "！", "？", "”", "」",
	};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (!strncmp(text, ends[i], strlen(ends[i])))
			return false;
	}
	return columns == 2;
}

/*
 * Return how many bytes of @text to print in a line of @columns columns. The
 * line may end after any word, and in Chinese text after most characters. A word
 * that is too long is not split. Colour codes take no columns.
 */
static size_t fold(const char *text, int columns)
{
	size_t at = strspn(text, " "), bytes, place = 0;
	int used = at, its, last = 0;
	bool word = false;

	for (; text[at]; at += bytes) {
		if (text[at] == '\033') {
			bytes = strcspn(text + at, "m") + 1;
			continue;
		}
		bytes = letter(text + at, &its);
		if (word && (!place || used <= columns) &&
		    (text[at] == ' ' ? text[at - 1] != ' ' :
		     may_fold(text + at, its) && last == 2))
			place = at;
		word |= text[at] != ' ';
		last = its;
		used += its;
		if (used > columns && place)
			return place;
	}
	return at;
}

/* Return the width of a text that may contain colour codes. */
static int shown_columns(const char *text)
{
	int columns = 0, its;

	while (*text) {
		if (*text == '\033') {
			text += strcspn(text, "m") + 1;
			continue;
		}
		text += letter(text, &its);
		columns += its;
	}
	return columns;
}

/*
 * Write line->right at the right edge of a line whose first @used columns are
 * filled. If the text does not fit there, write it on a line of its own.
 */
static void put_right(const struct line *line, FILE *out, int used)
{
	const int columns = text_columns(line->right);
	const struct style *style = line->style;
	const bool paint = style->colour && line->right_colour != PLAIN;
	int missing = style->width - columns - used;

	if (used + 2 + columns > style->fold) {
		putc('\n', out);
		missing = style->width - columns;
	}
	fprintf(out, "%*s%s%s%s", missing > 2 ? missing : 2, "",
		paint ? codes[line->right_colour] : "", line->right,
		paint ? RESET : "");
}

int line_end(const struct line *line, FILE *out)
{
	const char *text = line->text;
	int width = line->style->fold ?: LINE_MAX_BYTES, used = 0;
	int indent = line->hang ?: (int)strspn(text, " ") + FOLD_INDENT;
	size_t bytes = fold(text, width);

	while (text[bytes]) {
		fprintf(out, "%.*s\n%*s", (int)bytes, text, indent, "");
		text += bytes + strspn(text + bytes, " ");
		bytes = fold(text, width - indent);
		used = indent;
	}
	fputs(text, out);
	if (line->right[0])
		put_right(line, out, used + shown_columns(text));
	if (putc('\n', out) < 0 || ferror(out))
		return errno ? -errno : -EIO;
	return 0;
}
