/* SPDX-License-Identifier: GPL-2.0-only */
/* Decoder of raw trace records into struct event, by the formats of tracefs. */
#ifndef _DECODE_H
#define _DECODE_H

#include "event/event.h"

#include <event-parse.h>

/**
 * struct decode_number - how to copy a number out of a record
 * @from: offset in the record
 * @size: size in the record, at most 8 bytes
 * @sign: the number is signed
 * @to: offset in struct event
 * @to_size: size in struct event, 4 or 8 bytes
 */
struct decode_number {
	__u32 from;
	__u16 to;
	__u8 size;
	__u8 to_size;
	bool sign;
};

/** struct decode_text - a text in a record, described by @format */
struct decode_text {
	const struct field *field;
	const struct tep_format_field *format;
};

/* Ways to copy a number. Most numbers have the same size in both places. */
enum decode_how { DECODE_8, DECODE_4, DECODE_ANY, DECODE_HOWS };

/**
 * struct decode_binding - the fields of an event in this kernel
 * @numbers: the numbers, by enum decode_how; found once, copied often
 * @counts: number of @numbers, by enum decode_how
 * @texts: the texts, found once
 * @text_count: number of @texts
 * @bytes: minimum size of the record
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
 * struct decoder - decoder of all events
 * @tep: the formats
 * @type: common field of all events: the id of the event
 * @pid: common field of all events: the task
 * @kinds: kind of event + 1, by id; 0: not decoded
 * @bindings: fields of the event, by kind
 * @stack_id: id of the event of call stacks, 0: there is none
 * @stack: field of a call stack in the record
 * @missing: event or field that decoder_init() did not find
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
 * Prepare to decode the events of @kinds, see event_wanted(). -ENOENT: this kernel's
 * events lack decoder->missing. @tep is not taken over, and must outlive the decoder.
 */
int decoder_init(struct decoder *decoder, struct tep_handle *tep, __u32 kinds);

/* Add the optional events whose formats decoder->tep got later. 0 or -ENOENT. */
int decoder_more(struct decoder *decoder);

/* Return true if the event exists. All events before EVENT_FLUSH must exist. */
bool decoder_knows(const struct decoder *decoder, enum event_kind kind);

/* Return the events that exist, one bit each. */
__u32 decoder_kinds(const struct decoder *decoder);

/*
 * Decode a record. Return 1 if @event is filled, 0 for a record of something else,
 * -EPROTO if the record is shorter than its format requires.
 */
int decode(const struct decoder *decoder, const struct tep_record *record,
	   struct event *event);

/*
 * Decode the record after that of @event. Return 1 if the record is the call stack of
 * @event, which is filled in, 0 for a record of something else, -EPROTO if the record
 * is shorter than its format requires.
 */
int decode_stack(const struct decoder *decoder, const struct tep_record *record,
		 struct event *event);

#endif /* _DECODE_H */
