// SPDX-License-Identifier: GPL-2.0-only
#include "event/subbuffer.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/*
 * The layout of a sub-buffer, as events/header_page and events/header_event
 * describe it. A sub-buffer contains a time, the size of its records (with
 * flags in the upper bits), and the records. A record begins with a word that
 * contains its type and the time since the previous record. In records of some
 * types, a second word follows.
 */
#define HEADER_BYTES	16
#define COMMIT_MASK	((1U << 27) - 1)
#define TYPE_BITS	5
#define DELTA_BITS	27
/*
 * The upper bits of a time. A record with an absolute time lacks these bits, so
 * copy these bits from the previous time.
 */
#define HIGH_BITS	(0x1fULL << 59)

enum {
	LONG = 0,	/* the second word contains the length */
	SHORT_MAX = 28,	/* types 1 to 28 give the length in words */
	PADDING,
	EXTEND,
	STAMP,
};

int page_open(struct page *page, const void *data, size_t size)
{
	__u64 header[2];

	if (size < HEADER_BYTES)
		return -EPROTO;
	memcpy(header, data, sizeof(header));
	page->time = header[0];
	page->at = (const char *)data + HEADER_BYTES;
	page->end = page->at + (header[1] & COMMIT_MASK);
	return (header[1] & COMMIT_MASK) > size - HEADER_BYTES ? -EPROTO : 0;
}

/* Take the next word. Return false if there is none. */
static bool take(struct page *page, __u32 *word)
{
	if (page->end - page->at < (ptrdiff_t)sizeof(*word))
		return false;
	memcpy(word, page->at, sizeof(*word));
	page->at += sizeof(*word);
	return true;
}

/* Take a record of @size bytes. */
static int take_record(struct page *page, size_t size,
		       struct page_record *record)
{
	record->data = (void *)page->at;
	record->size = size;
	record->time = page->time;
	if (size > (size_t)(page->end - page->at))
		return -EPROTO;
	/* Records are padded to full words. */
	page->at += size + (-size & 3);
	if (page->at > page->end)
		page->at = page->end;
	return 1;
}

int page_next(struct page *page, struct page_record *record)
{
	__u32 head, second = 0;

	while (take(page, &head)) {
		__u32 type = head & ((1 << TYPE_BITS) - 1);
		__u64 delta = head >> TYPE_BITS;

		/* Padding with a delta of 0 extends to the end of the sub-buffer. */
		if (type == PADDING && !delta)
			return 0;
		if ((type == LONG || type > SHORT_MAX) && !take(page, &second))
			return -EPROTO;
		if (type == EXTEND || type == STAMP)
			delta += (__u64)second << DELTA_BITS;
		if (type == STAMP)
			page->time = (page->time & HIGH_BITS) | delta;
		else
			page->time += delta;
		if (type > 0 && type <= SHORT_MAX)
			return take_record(page, type * sizeof(head), record);
		if (type != LONG && type != PADDING)
			continue;
		/* The length includes the size of the second word. */
		if (second < sizeof(second))
			return -EPROTO;
		second -= sizeof(second);
		if (type == LONG)
			return take_record(page, second, record);
		if (take_record(page, second, record) < 0)
			return -EPROTO;
	}
	return 0;
}
