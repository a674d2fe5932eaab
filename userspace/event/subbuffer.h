/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A page of the kernel's ring buffer, cut into records. Nothing it says is
 * trusted: it may come out of a damaged file.
 */
#ifndef _SUBBUFFER_H
#define _SUBBUFFER_H

#include <linux/types.h>
#include <stddef.h>

/**
 * struct page - being cut
 * @at: what is next
 * @end: behind the last record
 * @time: of the record before
 */
struct page {
	const char *at;
	const char *end;
	__u64 time;
};

/** struct page_record - @size bytes at @data, written at @time */
struct page_record {
	void *data;
	size_t size;
	__u64 time;
};

/* -EPROTO: no such page. Does not copy @data. */
int page_open(struct page *page, const void *data, size_t size);

/* 1: the next record; 0: there is none; -EPROTO: it leaves the page. */
int page_next(struct page *page, struct page_record *record);

#endif /* _SUBBUFFER_H */
