/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of text, with colours and wrapping, for terminals and for files. */
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

/* Return the escape sequence for @colour; NULL for PLAIN. */
const char *colour_sequence(enum colour colour);

#define GLYPH_BARS 8

/**
 * struct glyphs - characters beyond ASCII, or their replacements in ASCII
 * @micro: "micro", as in the unit of microseconds
 * @arrow: an arrow to the right
 * @branch: begins a line that belongs to the line above; more such lines follow
 * @last: begins the last line that belongs to the line above
 * @there: the page table entry existed before the fault
 * @filled: the fault filled the page table entry
 * @replaced: the fault changed a page table entry that existed before
 * @empty: the page table entry is empty
 * @folded: the kernel's page tables do not have this level
 * @yes: a claim is true
 * @no: a claim is false
 * @bars: bars of increasing height; the last bar fills the character cell
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
 * @glyphs: the characters to use
 * @colour: use colours
 * @width: number of columns up to the right edge of a line
 * @terminal: width of the terminal, or $COLUMNS; 0: unknown
 * @fold: number of columns after which lines are wrapped; 0: lines are not
 *	wrapped
 */
struct style {
	const struct glyphs *glyphs;
	bool colour;
	int width;
	int terminal;
	int fold;
};

enum when { AUTO, ALWAYS, NEVER };

/*
 * Return the word for @when: "auto", "always" or "never". Return NULL for
 * NEVER + 1.
 */
const char *when_word(int when);

/*
 * Choose the style that suits the file @out and the current locale. @colour
 * says whether to use colours.
 */
void style_detect(struct style *style, FILE *out, enum when colour);

/* Set style->width for a terminal with @columns columns. */
void style_fit(struct style *style, int columns);

/* Choose ASCII characters and no colours. Only tests use this style. */
void style_plain(struct style *style, int width);

/*
 * Choose UTF-8 characters and no colours. This style is for pages, not for
 * terminals.
 */
void style_page(struct style *style, int width);

#define LINE_MAX_BYTES 1024

#define LINE_RIGHT_MAX 32

/**
 * struct line - a line being written
 * @style: style of the output
 * @used: bytes used in @text
 * @columns: width of @text, in columns
 * @hang: indent of the second and later lines after wrapping; 0: the indent of
 *	the first line plus 4
 * @right: text for the right edge of the last wrapped line, or ""
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

/* Append a formatted text if there is room for all of it. */
void line_add(struct line *line, enum colour colour, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Append spaces up to @column, and at least one space. */
void line_to(struct line *line, int column);

/* Append @more if there is room for all of @more. */
void line_join(struct line *line, const struct line *more);

/*
 * Add the short @text at the right edge of the line, and return true. If there
 * is no room and @force is false, add nothing and return false. If there is no
 * room and @force is true, line_end() writes @text after the wrapped text. If
 * lines are not wrapped, @text then extends beyond the edge. An empty text always
 * fits.
 */
bool line_right(struct line *line, enum colour colour, const char *text,
		bool force);

/* Write the line, wrapped between words. Return 0 or -errno. */
int line_end(const struct line *line, FILE *out);

/*
 * Return the number of columns left before the line is wrapped, or INT_MAX if
 * lines are not wrapped.
 */
int line_room(const struct line *line);

/* Return the width of a UTF-8 text. Chinese characters take two columns. */
int text_columns(const char *text);

/* Return how many bytes from the start of @text fit into @columns columns. */
size_t text_bytes(const char *text, int columns);

/*
 * Shorten @text if it is wider than @columns columns. text_shorten() replaces
 * the end of @text with "..". text_shorten_middle() replaces the middle.
 */
void text_shorten(char *text, int columns);
void text_shorten_middle(char *text, int columns);

#endif /* _LINE_H */
