/* SPDX-License-Identifier: GPL-2.0-only */
/* mmapdemo why --huge */
#ifndef _WHY_HUGE_H
#define _WHY_HUGE_H

#include "base/line.h"

#include <linux/types.h>
#include <stdbool.h>

/**
 * struct why_huge - what is asked
 * @pid: the process
 * @address: the address to explain
 * @addressed: there is an @address; otherwise, explain all memory
 * @try: ask MADV_COLLAPSE
 * @json: write JSON
 * @verbose: print every VMA
 * @style: style of the output
 */
struct why_huge {
	int pid;
	__u64 address;
	bool addressed;
	bool try;
	bool json;
	bool verbose;
	const struct style *style;
};

/* Return the exit status. */
int why_huge(const struct why_huge *ask);

#endif /* _WHY_HUGE_H */
