/* SPDX-License-Identifier: GPL-2.0-only */
/* mmapdemo top on a terminal: what is drawn, and what the keys do. */
#ifndef _TOP_SCREEN_H
#define _TOP_SCREEN_H

#include "base/line.h"
#include "inspect/top.h"

/**
 * struct top_screen - what is seen of struct top
 * @style: as the terminal is wide
 * @held: by the space bar: the figures stay as they are
 * @pid: the process under the bar, 0: the first, whichever that is
 * @first: the first line that is shown of the list
 * @over: it is to end
 */
struct top_screen {
	struct style style;
	bool held;
	int pid;
	size_t first;
	bool over;
};

/* 0 or -errno. */
int top_screen_draw(struct top_screen *screen, const struct top *top);

/* Does what was typed: 1, and it is to be drawn; 0: nothing was; or -errno. */
int top_screen_keys(struct top_screen *screen, struct top *top);

#endif /* _TOP_SCREEN_H */
