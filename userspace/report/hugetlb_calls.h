/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls of mmap() with MAP_HUGETLB that failed, because a pool of hugetlbfs had too few
 * pages. Some programs then use small pages.
 */
#ifndef _HUGETLB_CALLS_H
#define _HUGETLB_CALLS_H

#include "event/event.h"

/**
 * struct hugetlb_calls - calls that failed; if zeroed, there are none
 * @count: number of calls
 * @pages: largest number of pages of 2 MiB that a call requested
 */
struct hugetlb_calls {
	__u64 count;
	__u64 pages;
};

/*
 * Handle what was passed to replay_visitor.record. @event has the call if the kernel called
 * do_mmap(). Otherwise, @call has it, or is NULL.
 */
void hugetlb_calls_see(struct hugetlb_calls *calls, const struct event *event,
		       const struct event *call);

#endif /* _HUGETLB_CALLS_H */
