// SPDX-License-Identifier: GPL-2.0-only
#include "record/trace_dat_header.h"
#include "event/format_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_SIZE_MAX	(1U << 20)
#define CPUS_MAX	8192

/**
 * struct cursor - position of the parser in the header
 * @at: next byte to parse
 * @end: end of the header
 * @bad: the header is damaged
 */
struct cursor {
	const char *at;
	const char *end;
	bool bad;
};

static const char *take(struct cursor *cursor, __u64 size)
{
	const char *at = cursor->at;

	if (cursor->bad || size > (__u64)(cursor->end - at)) {
		cursor->bad = true;
		return NULL;
	}
	cursor->at += size;
	return at;
}

static __u64 take_number(struct cursor *cursor, size_t size)
{
	const char *at = take(cursor, size);
	__u64 number = 0;

	if (at)	/* the header has the byte order of this machine */
		memcpy(&number, at, size);
	return number;
}

/* Take a string that ends with a NUL. Return "" if no NUL follows. */
static const char *take_name(struct cursor *cursor)
{
	const char *at = cursor->at;
	const char *end = cursor->bad ? NULL :
			  memchr(at, 0, cursor->end - at);

	if (!end) {
		cursor->bad = true;
		return "";
	}
	cursor->at = end + 1;
	return at;
}

static void take_word(struct cursor *cursor, const char *word)
{
	if (strcmp(take_name(cursor), word))
		cursor->bad = true;
}

static void take_machine(struct trace_dat *recording, struct cursor *cursor)
{
	take(cursor, sizeof(TRACE_DAT_MAGIC) + 2);
	recording->page_size = take_number(cursor, 4);
	if (recording->page_size < 4096 ||
	    recording->page_size > PAGE_SIZE_MAX)
		cursor->bad = true;
}

/* Take the number of formats, then the formats of the events of @system. */
static void take_list(struct trace_dat *recording, struct cursor *cursor,
		      const char *system)
{
	__u32 events = take_number(cursor, 4);
	const char *text;
	__u64 size;

	for (; events && !cursor->bad; events--) {
		size = take_number(cursor, 8);
		text = take(cursor, size);
		if (text && format_text_event(recording->tep, text, size,
				      system))
			cursor->bad = true;
	}
}

static void take_pages_format(struct trace_dat *recording,
			      struct cursor *cursor)
{
	const char *text;
	__u64 size;

	take_word(cursor, TRACE_DAT_PAGE);
	size = take_number(cursor, 8);
	text = take(cursor, size);
	if (text && format_text_page(recording->tep, text, size))
		cursor->bad = true;
	take_word(cursor, TRACE_DAT_EVENT);
	take(cursor, take_number(cursor, 8));
	take_list(recording, cursor, "ftrace");
}

static void take_system(struct trace_dat *recording, struct cursor *cursor)
{
	const char *system = take_name(cursor);

	take_list(recording, cursor, system);
}

static void take_formats(struct trace_dat *recording, struct cursor *cursor)
{
	for (__u32 n = take_number(cursor, 4); n && !cursor->bad; n--)
		take_system(recording, cursor);
	take(cursor, take_number(cursor, 4));	/* contents of kallsyms */
	take(cursor, take_number(cursor, 4));	/* formats of trace_printk() */
}

static void take_options(struct cursor *cursor)
{
	take_word(cursor, TRACE_DAT_OPTIONS);
	while (!cursor->bad && take_number(cursor, 2))
		take(cursor, take_number(cursor, 4));
}

static void take_names(struct trace_dat *recording, struct cursor *cursor)
{
	__u64 size = take_number(cursor, 8);
	const char *text = take(cursor, size);

	if (text)
		recording->names = strndup(text, size);
}

/*
 * Take the positions of the pages. All pages must be between the header and the
 * checksums.
 */
static void take_where(struct trace_dat *recording, struct cursor *cursor,
		       const struct trace_dat_end *end)
{
	__u64 last = recording->bytes - sizeof(*end) - end->meta_bytes -
		     end->sums_bytes;
	__u64 pages = 0;

	take_word(cursor, TRACE_DAT_WHERE);
	for (__u32 cpu = 0; cpu < recording->cpus && !cursor->bad; cpu++) {
		__u64 at = take_number(cursor, 8);
		__u64 bytes = take_number(cursor, 8);

		if (at < end->header_bytes || at > last || bytes > last - at ||
		    bytes % recording->page_size)
			cursor->bad = true;
		recording->lanes[cpu].begin = at;
		recording->lanes[cpu].at = at;
		recording->lanes[cpu].end = at + bytes;
		recording->lanes[cpu].sum = recording->sums + pages;
		pages += bytes / recording->page_size;
	}
	if (pages * sizeof(*recording->sums) != end->sums_bytes)
		cursor->bad = true;
}

int trace_dat_header(struct trace_dat *recording, const char *header,
		     const struct trace_dat_end *end)
{
	struct cursor cursor = { header, header + end->header_bytes, false };

	take_machine(recording, &cursor);
	take_pages_format(recording, &cursor);
	take_formats(recording, &cursor);
	take_names(recording, &cursor);
	recording->cpus = take_number(&cursor, 4);
	if (cursor.bad || recording->cpus > CPUS_MAX)
		return -EPROTO;
	recording->lanes = calloc(recording->cpus + 1, sizeof(struct lane));
	if (!recording->lanes || !recording->names)
		return -ENOMEM;
	take_options(&cursor);
	take_where(recording, &cursor, end);
	return cursor.bad ? -EPROTO : 0;
}
