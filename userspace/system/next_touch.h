/* SPDX-License-Identifier: GPL-2.0-only */
/* Prediction of what the next access to memory without a page will do. */
#ifndef _NEXT_TOUCH_H
#define _NEXT_TOUCH_H

#include "system/smaps.h"

#include <linux/types.h>
#include <stdbool.h>

struct stat;

enum next_touch {
	TOUCH_FILLS,		/* any access maps a page */
	TOUCH_LOADS,		/* a load maps a page, a store raises a signal */
	TOUCH_EXECUTES,		/* only the execution of code is sure to map a page */
	TOUCH_UNKNOWN,		/* unknown, because the end of the file is unknown */
	TOUCH_NOTHING,		/* SIGSEGV: nothing is mapped */
	TOUCH_PROTECTED,	/* SIGSEGV: PROT_NONE */
	TOUCH_GUARD,		/* SIGSEGV: a guard region, see madvise(2) */
	TOUCH_AFTER_END,	/* SIGBUS: after the end of the file */
	TOUCHES
};

/* Return what an access to @address will do, according to the state in /proc. */
enum next_touch next_touch(int pid, __u64 address);

/*
 * Get the attributes of the file that a VMA maps. Return false if the file can't
 * be found.
 */
bool vma_stat(int pid, const struct vma *vma, struct stat *st);

/*
 * next_touch_text() returns the prediction as a text that is printed after
 * "empty: ". next_touch_word() returns the prediction as a single word.
 */
const char *next_touch_text(enum next_touch touch);
const char *next_touch_word(enum next_touch touch);

#endif /* _NEXT_TOUCH_H */
