/* SPDX-License-Identifier: GPL-2.0-only */
/* A terminal, drawn on as a whole: all of ncurses that is used. */
#ifndef _SCREEN_H
#define _SCREEN_H

enum look { LOOK_PLAIN, LOOK_BOLD, LOOK_DIM, LOOK_BAR };

/* Keys that are no letters. */
enum {
	SCREEN_NONE = 0,
	SCREEN_ENTER = '\n',
	SCREEN_ESCAPE = 27,
	SCREEN_UP = 256, SCREEN_DOWN, SCREEN_PAGE_UP, SCREEN_PAGE_DOWN,
	SCREEN_HOME, SCREEN_END,
	SCREEN_OTHER,	/* not one of ours; or the size has changed */
};

/* -ENOTTY; -ENOENT: $TERM is no terminal that can be drawn on. */
int screen_open(void);

/* All is as it was before. */
void screen_close(void);

int screen_rows(void);
int screen_columns(void);

/* The whole line; what has no room is cut. */
void screen_line(int row, const char *text, enum look look);

/* Nothing from that line on. */
void screen_rest(int row);

/* Shows what was drawn. */
void screen_show(void);

/* What was typed, SCREEN_NONE: nothing more. Does not wait. */
int screen_key(void);

#endif /* _SCREEN_H */
