/* SPDX-License-Identifier: GPL-2.0-only */
/* What becomes of a touch of memory that has no page yet. */
#ifndef _NEXT_TOUCH_H
#define _NEXT_TOUCH_H

#include <linux/types.h>

enum next_touch {
	TOUCH_FILLS,		/* a page */
	TOUCH_LOADS,		/* ... that may be read only */
	TOUCH_UNKNOWN,		/* it is not known where the file ends */
	TOUCH_NOTHING,		/* SIGSEGV: nothing is mapped */
	TOUCH_PROTECTED,	/* SIGSEGV: PROT_NONE */
	TOUCH_GUARD,		/* SIGSEGV: a guard region, see madvise(2) */
	TOUCH_AFTER_END,	/* SIGBUS: after the end of the file */
	TOUCHES
};

/* Of @address of a process, as /proc tells it now. */
enum next_touch next_touch(int pid, __u64 address);

/* For people, behind "empty: "; and one word, for programs. */
const char *next_touch_text(enum next_touch touch);
const char *next_touch_word(enum next_touch touch);

#endif /* _NEXT_TOUCH_H */
