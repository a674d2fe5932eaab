/* SPDX-License-Identifier: GPL-2.0-only */
/* A test of the hooks on the running kernel, when the module is loaded. */
#ifndef _MMAPDEMO_SELFTEST_H
#define _MMAPDEMO_SELFTEST_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/types.h>

struct mmapdemo_selftest;

extern u32 mmapdemo_selftest_failed;

/** mmapdemo_selftest_refuses - return true if the self test failed for an event */
static inline bool mmapdemo_selftest_refuses(u32 event)
{
	return READ_ONCE(mmapdemo_selftest_failed) & BIT(event);
}

void mmapdemo_selftest_init(void);
int mmapdemo_selftest_read(u32 event, struct mmapdemo_selftest *out);
void mmapdemo_selftest_explain(u32 event);

#endif /* _MMAPDEMO_SELFTEST_H */
