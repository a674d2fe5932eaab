/* SPDX-License-Identifier: GPL-2.0-only */
/* What the next access to memory without a page will do. */
#ifndef _NEXT_TOUCH_H
#define _NEXT_TOUCH_H

#include <linux/types.h>

enum next_touch {
	TOUCH_FILLS,		/* maps a page */
	TOUCH_LOADS,		/* maps a page if it is a load */
	TOUCH_UNKNOWN,		/* the end of the file is unknown */
	TOUCH_NOTHING,		/* SIGSEGV: nothing is mapped */
	TOUCH_PROTECTED,	/* SIGSEGV: PROT_NONE */
	TOUCH_GUARD,		/* SIGSEGV: a guard region, see madvise(2) */
	TOUCH_AFTER_END,	/* SIGBUS: after the end of the file */
	TOUCHES
};

/* Return what an access to @address will do, by the state in /proc. */
enum next_touch next_touch(int pid, __u64 address);

/* Return the result as text, for use after "empty: "; as a word. */
const char *next_touch_text(enum next_touch touch);
const char *next_touch_word(enum next_touch touch);

#endif /* _NEXT_TOUCH_H */
