/* SPDX-License-Identifier: GPL-2.0-only */
/* Structures that grow: the callers' may be older or newer than ours. */
#ifndef _MMAPDEMO_GROWTH_H
#define _MMAPDEMO_GROWTH_H

#include <linux/types.h>

int mmapdemo_growth_answer(void __user *arg, const void *out, size_t size);
int mmapdemo_growth_question(void *out, size_t size, const void __user *arg);

#endif /* _MMAPDEMO_GROWTH_H */
