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
 * struct glyphs - the signs beyond ASCII that are used, or replacements
 * @micro: for microseconds
 * @arrow: leads to
 * @branch: a part of what is above, more follow
 * @last: the last part
 * @there: an entry was there
 * @filled: it was filled now
 * @replaced: it was there and is another one now
 * @empty: there is none
 * @folded: this level does not exist
 * @yes: so it is
 * @no: so it is not
 * @bars: a little, more, ... all
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
 * struct style - how to write
 * @glyphs: signs that can be shown
 * @colour: colours can
 * @width: of lines, in columns
 * @terminal: columns that the terminal has, or COLUMNS says; 0: neither is known
 * @fold: where longer lines go on below, in columns; 0: nowhere
 */
struct style {
	const struct glyphs *glyphs;
	bool colour;
	int width;
	int terminal;
	int fold;
};

enum when { AUTO, ALWAYS, NEVER };

/* "auto", "always", "never", and NULL. */
const char *when_word(int when);

/* What suits @out and the locale. */
void style_detect(struct style *style, FILE *out, enum when colour);

/* For a terminal of so many columns. */
void style_fit(struct style *style, int columns);

/* ASCII, no colours: also what tests begin with. */
void style_plain(struct style *style, int width);

/* All signs and no colours: for what is not shown on a terminal. */
void style_page(struct style *style, int width);

#define LINE_MAX_BYTES 1024

#define LINE_RIGHT_MAX 32

/**
 * struct line - a line being written
 * @style: how to write
 * @used: bytes of @text
 * @columns: on the screen so far
 * @hang: column where it goes on below if it is folded; 0: where it begins, and some
 * @right: text for the right edge that the last of its lines gets, or ""
 * @right_colour: of that text
 * @text: what was added
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

/* Appends, unless the line is full. */
void line_add(struct line *line, enum colour colour, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Spaces up to @column, one at least. */
void line_to(struct line *line, int column);

/* Appends another one, unless there is no room for all of it. */
void line_join(struct line *line, const struct line *behind);

/*
 * @text, which is short, ends at the right edge. False: there is no room, nothing was
 * added. @force: where lines are folded it goes to the last of them, or else
 * beyond the edge. "" always fits.
 */
bool line_right(struct line *line, enum colour colour, const char *text,
		bool force);

/* Writes it, folded between words. 0 or -errno. */
int line_end(const struct line *line, FILE *out);

/* Columns that are left before it is folded; INT_MAX: it never is. */
int line_room(const struct line *line);

/* Columns of a text in UTF-8: Chinese letters have two. */
int text_columns(const char *text);

/* Bytes of its letters that fit into so many columns. */
size_t text_bytes(const char *text, int columns);

/* Leaves the begin of one that is longer, and ".."; or begin and end. */
void text_shorten(char *text, int columns);
void text_shorten_middle(char *text, int columns);

#endif /* _LINE_H */
