// SPDX-License-Identifier: GPL-2.0-only
#include "base/screen.h"
#include "base/line.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <curses.h>

static SCREEN *terminal;

/* ---- crashes ---- */

static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
static struct termios modes;
static const char *ends[2];

/* Restore the terminal without endwin(), which is not async-signal-safe. */
static void restore(int sig)
{
	for (int i = 0; i < 2; i++) {
		if (ends[i] && write(STDOUT_FILENO, ends[i],
				     strlen(ends[i])) < 0)
			break;
	}
	tcsetattr(STDIN_FILENO, TCSANOW, &modes);
	raise(sig);
}

static const char *capability(const char *name)
{
	const char *text = tigetstr(name);

	return text == (const char *)-1 ? NULL : text;
}

static void prepare_crash(bool open)
{
	const struct sigaction action = {
		.sa_handler = open ? restore : SIG_DFL,
		.sa_flags = SA_RESETHAND,
	};

	ends[0] = open ? capability("cnorm") : NULL;
	ends[1] = open ? capability("rmcup") : NULL;
	for (size_t i = 0; i < sizeof(crashes) / sizeof(*crashes); i++)
		sigaction(crashes[i], &action, NULL);
}

/* ---- the screen ---- */

void screen_close(void)
{
	prepare_crash(false);
	endwin();
	delscreen(terminal);
}

int screen_open(void)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return -ENOTTY;
	if (tcgetattr(STDIN_FILENO, &modes))
		return -ENOTTY;
	terminal = newterm(NULL, stdout, stdin);
	if (!terminal)
		return -ENOENT;
	if (!tigetstr("cup")) {	/* no cursor movement, as on a "dumb" terminal */
		screen_close();
		return -ENOENT;
	}
	prepare_crash(true);
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
	/* If the text fills the line, the cursor is on the next line. */
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
