// SPDX-License-Identifier: GPL-2.0-only
#include "screen.h"
#include "line.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <curses.h>

static SCREEN *terminal;

void screen_close(void)
{
	endwin();
	delscreen(terminal);
}

int screen_open(void)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return -ENOTTY;
	terminal = newterm(NULL, stdout, stdin);
	if (!terminal)
		return -ENOENT;
	if (!tigetstr("cup")) {	/* "dumb", for one */
		screen_close();
		return -ENOENT;
	}
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(25);
	curs_set(0);
	return 0;
}

int screen_rows(void)
{
	return LINES;
}

int screen_columns(void)
{
	return COLS;
}

void screen_line(int row, const char *text, enum look look)
{
	static const attr_t attributes[] = {
		[LOOK_PLAIN] = A_NORMAL, [LOOK_BOLD] = A_BOLD,
		[LOOK_DIM] = A_DIM, [LOOK_BAR] = A_REVERSE,
	};

	if (row >= LINES)
		return;
	attrset(attributes[look]);
	move(row, 0);
	addnstr(text, text_bytes(text, COLS));
	attrset(A_NORMAL);
	/* Behind the last column of a line is the next one. */
	if (getcury(stdscr) == row)
		clrtoeol();
	if (look == LOOK_BAR)
		mvchgat(row, 0, -1, A_REVERSE, 0, NULL);
}

void screen_rest(int row)
{
	if (row < LINES && move(row, 0) == OK)
		clrtobot();
}

void screen_show(void)
{
	refresh();
}

int screen_key(void)
{
	int key = getch();

	switch (key) {
	case ERR:
		return SCREEN_NONE;
	case '\r':
	case KEY_ENTER:
		return SCREEN_ENTER;
	case KEY_UP:
		return SCREEN_UP;
	case KEY_DOWN:
		return SCREEN_DOWN;
	case KEY_PPAGE:
		return SCREEN_PAGE_UP;
	case KEY_NPAGE:
		return SCREEN_PAGE_DOWN;
	case KEY_HOME:
		return SCREEN_HOME;
	case KEY_END:
		return SCREEN_END;
	default:
		return key > 0 && key < 256 ? key : SCREEN_OTHER;
	}
}
