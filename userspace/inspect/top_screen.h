/* SPDX-License-Identifier: GPL-2.0-only */
/* mmapdemo top on a terminal: drawing and keys. */
#ifndef _TOP_SCREEN_H
#define _TOP_SCREEN_H

#include "base/line.h"
#include "inspect/top.h"

/**
 * struct top_screen - what the terminal shows of struct top
 * @style: style for the width of the terminal
 * @held: the user has frozen the figures by pressing the space bar
 * @pid: the highlighted process; 0: highlight the first line
 * @first: the first visible line of the list
 * @over: the user has asked to end the program
 */
struct top_screen {
	struct style style;
	bool held;
	int pid;
	size_t first;
	bool over;
};

/* Draw the screen. Return 0 or -errno. */
int top_screen_draw(struct top_screen *screen, const struct top *top);

/*
 * Process typed keys. Return 1 if the screen must be drawn again, 0 if not, or
 * -errno.
 */
int top_screen_keys(struct top_screen *screen, struct top *top);

#endif /* _TOP_SCREEN_H */
