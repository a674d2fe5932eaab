/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parser of the records in a sub-buffer of the kernel's ring buffer. The
 * contents are not trusted: the sub-buffer may come from a damaged file.
 */
#ifndef _SUBBUFFER_H
#define _SUBBUFFER_H

#include <linux/types.h>
#include <stddef.h>

/**
 * struct page - a sub-buffer that is being parsed
 * @at: start of the next record
 * @end: end of the last record
 * @time: time of the previous record
 */
struct page {
	const char *at;
	const char *end;
	__u64 time;
};

/**
 * struct page_record - a record
 * @data: start of the record
 * @size: size of the record, in bytes
 * @time: time when the record was written
 */
struct page_record {
	void *data;
	size_t size;
	__u64 time;
};

/*
 * Start to parse a sub-buffer. @data is not copied. Return 0, or -EPROTO if the
 * sub-buffer has fewer bytes than its header says.
 */
int page_open(struct page *page, const void *data, size_t size);

/*
 * Return 1 and the next record, 0 if no record is left, or -EPROTO if the
 * record is damaged.
 */
int page_next(struct page *page, struct page_record *record);

#endif /* _SUBBUFFER_H */
