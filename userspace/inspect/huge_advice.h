/* SPDX-License-Identifier: GPL-2.0-only */
/* Advice of mmapdemo why --huge, and the settings on which the advice depends. */
#ifndef _HUGE_ADVICE_H
#define _HUGE_ADVICE_H

#include "base/line.h"
#include "inspect/huge_space.h"

#include <stdio.h>

#define HUGE_INDENT "           "

/**
 * struct huge_advised - the memory to which an advice applies
 * @part: the memory
 * @missed: how many more huge pages would fit if the VMAs were aligned
 */
struct huge_advised {
	struct huge_part part;
	__u64 missed;
};

/* Add the setting that decides about anonymous memory, and its file. */
void huge_advice_setting(struct line *line, const struct huge_space *space);

/*
 * Return how many more huge pages would fit if the VMA, or each VMA, began at a multiple
 * of 2 MiB.
 */
__u64 huge_advice_missed(const struct vma *vma);
__u64 huge_advice_missed_all(const struct huge_space *space);

/*
 * Print a line of advice, if there is an advice for the reason. Return 0 or -errno.
 */
int huge_advice_show(FILE *out, const struct style *style,
		     const struct huge_space *space, enum huge_reason reason,
		     const struct huge_advised *advised);

/* Print the calls with MAP_HUGETLB that failed, if there are any. Return 0 or -errno. */
int huge_advice_show_failed(FILE *out, const struct style *style,
			    const struct huge_space *space);

/*
 * If the reason is HUGE_SHMEM, print whether hugetlbfs has enough pages for the shared
 * anonymous memory. Return 0 or -errno.
 */
int huge_advice_show_pool(FILE *out, const struct style *style,
			  const struct huge_space *space, enum huge_reason reason);

/*
 * Print how many rounds khugepaged needs for the memory of which it may make huge pages.
 * Return 0 or -errno.
 */
int huge_advice_show_pace(FILE *out, const struct style *style,
			  const struct huge_space *space);

#endif /* _HUGE_ADVICE_H */
