/* SPDX-License-Identifier: GPL-2.0-only */
/* Raw trace records into struct event, by the formats that tracefs tells. */
#ifndef _DECODE_H
#define _DECODE_H

#include "event/event.h"

#include <event-parse.h>

/**
 * struct decode_number - a number on its way out of a record
 * @from: where it is in the record
 * @size: there, at most 8 bytes
 * @sign: it is signed
 * @to: where it goes in struct event
 * @to_size: there, 4 or 8 bytes
 */
struct decode_number {
	__u32 from;
	__u16 to;
	__u8 size;
	__u8 to_size;
	bool sign;
};

/** struct decode_text - a text, found by @format */
struct decode_text {
	const struct field *field;
	const struct tep_format_field *format;
};

/* How a number is copied; most are as wide there as here. */
enum decode_how { DECODE_8, DECODE_4, DECODE_ANY, DECODE_HOWS };

/**
 * struct decode_binding - an event of this kernel
 * @numbers: where they are: found once, copied often; by enum decode_how
 * @counts: of each
 * @texts: the same of texts
 * @text_count: of @texts
 * @bytes: of the record, at least
 */
struct decode_binding {
	struct decode_number numbers[DECODE_HOWS][EVENT_FIELDS_MAX];
	int counts[DECODE_HOWS];
	struct decode_text texts[2];
	int text_count;
	size_t bytes;
};

#define DECODE_IDS (1 << 16)

/**
 * struct decoder - all of them
 * @tep: the formats
 * @type: of all events: which it is ...
 * @pid: ... and of whom
 * @kinds: kind of event + 1, by id; 0: not ours
 * @bindings: of each kind
 * @stack_id: of call stacks, 0: there are none
 * @stack: where they are in the record
 * @missing: what decoder_init() did not find
 */
struct decoder {
	struct tep_handle *tep;
	struct decode_number type;
	struct decode_number pid;
	__u8 kinds[DECODE_IDS];
	struct decode_binding bindings[EVENT_ALL_KINDS];
	__u32 stack_id;
	const struct tep_format_field *stack;
	char missing[EVENT_NAME_MAX];
};

/*
 * For those of @kinds, see event_wanted(). -ENOENT: this kernel's events lack
 * decoder->missing. Does not keep @tep.
 */
int decoder_init(struct decoder *decoder, struct tep_handle *tep, __u32 kinds);

/* The same for formats that @tep got later, of events that need not be. */
int decoder_more(struct decoder *decoder);

/* Is there such an event? All before EVENT_FLUSH must be. */
bool decoder_knows(const struct decoder *decoder, enum event_kind kind);

/* Those that there are, one bit each. */
__u32 decoder_kinds(const struct decoder *decoder);

/*
 * 1: @event is filled. 0: a record of something else.
 * -EPROTO: the record is shorter than its format says.
 */
int decode(const struct decoder *decoder, const struct tep_record *record,
	   struct event *event);

/*
 * The record behind that of @event: 1 if it is its stack, which is filled in. 0
 * and -EPROTO as above.
 */
int decode_stack(const struct decoder *decoder, const struct tep_record *record,
		 struct event *event);

#endif /* _DECODE_H */
