/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of text with colours and columns, for terminals and for files. */
#ifndef _LINE_H
#define _LINE_H

#include <stdbool.h>
#include <stdio.h>

enum colour {
	PLAIN,
	DIM,
	BOLD,
	RED,
	GREEN,
	YELLOW,
	CYAN,
};

/* What switches a terminal to @colour; NULL for PLAIN. */
const char *colour_sequence(enum colour colour);

#define GLYPH_BARS 8

/**
 * struct glyphs - characters beyond ASCII, or their replacements
 * @micro: prefix of microseconds
 * @arrow: leads to
 * @branch: part of the line above; more parts follow
 * @last: last part of the line above
 * @there: the entry was there before
 * @filled: the entry was filled now
 * @replaced: the entry was there before, and has changed
 * @empty: there is no entry
 * @folded: this level does not exist
 * @yes: true
 * @no: false
 * @bars: bars of increasing height, up to the full one
 */
struct glyphs {
	const char *micro;
	const char *arrow;
	const char *branch;
	const char *last;
	const char *there;
	const char *filled;
	const char *replaced;
	const char *empty;
	const char *folded;
	const char *yes;
	const char *no;
	const char *bars[GLYPH_BARS];
};

/**
 * struct style - style of the output
 * @glyphs: characters that can be shown
 * @colour: colours can be shown
 * @width: width of lines, in columns
 * @terminal: columns of the terminal, or from COLUMNS; 0: unknown
 * @fold: column at which longer lines are folded; 0: never
 */
struct style {
	const struct glyphs *glyphs;
	bool colour;
	int width;
	int terminal;
	int fold;
};

enum when { AUTO, ALWAYS, NEVER };

/* Return "auto", "always" or "never"; NULL after the last. */
const char *when_word(int when);

/* Choose a style for @out and the locale. */
void style_detect(struct style *style, FILE *out, enum when colour);

/* Set the width of lines for a terminal of @columns. */
void style_fit(struct style *style, int columns);

/* Choose ASCII without colours. Tests begin with this style, too. */
void style_plain(struct style *style, int width);

/* Choose all glyphs without colours, for output that no terminal shows. */
void style_page(struct style *style, int width);

#define LINE_MAX_BYTES 1024

#define LINE_RIGHT_MAX 32

/**
 * struct line - a line being written
 * @style: style of the output
 * @used: bytes used in @text
 * @columns: columns used on the screen so far
 * @hang: column of continued lines after folding; 0: the line's indent plus 4
 * @right: text for the right edge of the last folded line, or ""
 * @right_colour: colour of @right
 * @text: text added so far
 */
struct line {
	const struct style *style;
	size_t used;
	int columns;
	int hang;
	enum colour right_colour;
	char right[LINE_RIGHT_MAX];
	char text[LINE_MAX_BYTES];
};

void line_begin(struct line *line, const struct style *style);

/* Append text, unless the line is full. */
void line_add(struct line *line, enum colour colour, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Append spaces up to @column, at least one. */
void line_to(struct line *line, int column);

/* Append @more, unless there is no room for all of @more. */
void line_join(struct line *line, const struct line *more);

/*
 * Add the short @text at the right edge. Return false and add nothing if there is no
 * room. With @force, @text without room goes to the last folded line, or beyond the
 * edge if lines are not folded. "" always fits.
 */
bool line_right(struct line *line, enum colour colour, const char *text,
		bool force);

/* Write the line, folded between words. Return 0 or -errno. */
int line_end(const struct line *line, FILE *out);

/* Return the columns left before the line is folded; INT_MAX: never. */
int line_room(const struct line *line);

/* Return the columns of a UTF-8 text. Chinese characters have two. */
int text_columns(const char *text);

/* Return the bytes of the characters of @text that fit into @columns. */
size_t text_bytes(const char *text, int columns);

/* Cut a longer text at its end, or in its middle, and put ".." there. */
void text_shorten(char *text, int columns);
void text_shorten_middle(char *text, int columns);

#endif /* _LINE_H */
