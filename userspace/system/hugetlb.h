/* SPDX-License-Identifier: GPL-2.0-only */
/* The pools from which hugetlbfs takes its pages. */
#ifndef _HUGETLB_H
#define _HUGETLB_H

#include <linux/types.h>

/**
 * struct hugetlb_pool - a pool of hugetlbfs
 * @page_bytes: size of a page
 * @pages: number of pages
 * @free: those of @pages that are not in use
 * @reserved: those of @free that are promised to mappings
 * @surplus: those of @pages that exceed the size of the pool
 * @overcommit: maximum of @surplus
 */
struct hugetlb_pool {
	__u64 page_bytes;
	__u64 pages;
	__u64 free;
	__u64 reserved;
	__u64 surplus;
	__u64 overcommit;
};

#define HUGETLB_POOLS_MAX 8

/* Read the pools, smallest page first. Return their number. */
int hugetlb_pools(struct hugetlb_pool pools[HUGETLB_POOLS_MAX]);

struct json_object;

/* Return a pool, or all pools, as JSON. Return NULL if there is no memory. */
struct json_object *hugetlb_json(const struct hugetlb_pool *pool);
struct json_object *hugetlb_json_all(const struct hugetlb_pool *pools, int count);

#endif /* _HUGETLB_H */
