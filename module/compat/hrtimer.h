/* SPDX-License-Identifier: GPL-2.0-only */
/* The newest kernel's <linux/hrtimer.h> on older kernels. */
#ifndef _MMAPDEMO_COMPAT_HRTIMER_H
#define _MMAPDEMO_COMPAT_HRTIMER_H

#include "compat/features.h"

#include <linux/hrtimer.h>

/*
 * Before Linux 6.13, commit 908a1d775422 ("hrtimers: Introduce hrtimer_setup() to
 * replace hrtimer_init()"), the function of a timer was set on its own.
 */
#ifndef HAS_HRTIMER_SETUP
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#endif /* _MMAPDEMO_COMPAT_HRTIMER_H */
