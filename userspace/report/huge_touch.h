/* SPDX-License-Identifier: GPL-2.0-only */
/* The reason of a single first touch. */
#ifndef _HUGE_TOUCH_H
#define _HUGE_TOUCH_H

#include "report/first_touch.h"

/**
 * struct huge_touch - a first touch of anonymous memory
 * @reason: HUGE_MAPPED: it got a huge page; HUGE_REASONS: the fault was no first touch
 * @bytes: size of the page
 */
struct huge_touch {
	enum huge_reason reason;
	__u64 bytes;
};

/*
 * Count a fault, as first_touch_fault() does, and set *@result. Return 0 or -ENOMEM.
 */
int huge_touch(struct first_touch *touch, const struct fault_event *fault,
	       const struct space *space, const struct slow_event *slow,
	       struct huge_touch *result);

#endif /* _HUGE_TOUCH_H */
