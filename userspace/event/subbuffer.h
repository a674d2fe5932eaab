/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A sub-buffer of the kernel's ring buffer, split into records. The contents are not
 * trusted: the page may come from a damaged file.
 */
#ifndef _SUBBUFFER_H
#define _SUBBUFFER_H

#include <linux/types.h>
#include <stddef.h>

/**
 * struct page - a sub-buffer being split
 * @at: start of the next record
 * @end: after the last record
 * @time: time of the previous record
 */
struct page {
	const char *at;
	const char *end;
	__u64 time;
};

/** struct page_record - a record: @size bytes at @data, written at @time */
struct page_record {
	void *data;
	size_t size;
	__u64 time;
};

/* Start to split a page. 0, or -EPROTO: not a page. Does not copy @data. */
int page_open(struct page *page, const void *data, size_t size);

/* Return 1 with the next record; 0: there is none; -EPROTO: it exceeds the page. */
int page_next(struct page *page, struct page_record *record);

#endif /* _SUBBUFFER_H */
