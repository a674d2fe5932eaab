/* SPDX-License-Identifier: GPL-2.0-only */
/* Full-screen drawing on a terminal. Only screen.c uses ncurses. */
#ifndef _SCREEN_H
#define _SCREEN_H

enum look { LOOK_PLAIN, LOOK_BOLD, LOOK_DIM, LOOK_BAR };

/* Results of screen_key() other than characters. */
enum {
	SCREEN_NONE = 0,
	SCREEN_ENTER = '\n',
	SCREEN_ESCAPE = 27,
	SCREEN_UP = 256, SCREEN_DOWN, SCREEN_PAGE_UP, SCREEN_PAGE_DOWN,
	SCREEN_HOME, SCREEN_END,
	SCREEN_OTHER,	/* a key that has no function, or the terminal was resized */
};

/*
 * Take over the terminal. Return 0, -ENOTTY if stdin or stdout is not a
 * terminal, or -ENOENT if the terminal type $TERM is not supported.
 */
int screen_open(void);

/* Restore the terminal. */
void screen_close(void);

int screen_rows(void);
int screen_columns(void);

/* Draw a whole line. Truncate the text if it does not fit. */
void screen_line(int row, const char *text, enum look look);

/* Clear the rows of the screen from @row on. */
void screen_rest(int row);

/* Show everything drawn so far. */
void screen_show(void);

/* Return the next typed key, or SCREEN_NONE if there is none. Do not wait for a key. */
int screen_key(void);

#endif /* _SCREEN_H */
