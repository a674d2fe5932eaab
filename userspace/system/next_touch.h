/* SPDX-License-Identifier: GPL-2.0-only */
/* Result of the next touch of memory that has no page yet. */
#ifndef _NEXT_TOUCH_H
#define _NEXT_TOUCH_H

#include <linux/types.h>

enum next_touch {
	TOUCH_FILLS,		/* fills a page */
	TOUCH_LOADS,		/* fills a page, which can only be read */
	TOUCH_UNKNOWN,		/* the end of the file is unknown */
	TOUCH_NOTHING,		/* SIGSEGV: nothing is mapped */
	TOUCH_PROTECTED,	/* SIGSEGV: PROT_NONE */
	TOUCH_GUARD,		/* SIGSEGV: a guard region, see madvise(2) */
	TOUCH_AFTER_END,	/* SIGBUS: after the end of the file */
	TOUCHES
};

/* Return the result of a touch of @address, by the current state in /proc. */
enum next_touch next_touch(int pid, __u64 address);

/* Return the result as text for people, after "empty: ", or a word for programs. */
const char *next_touch_text(enum next_touch touch);
const char *next_touch_word(enum next_touch touch);

#endif /* _NEXT_TOUCH_H */
