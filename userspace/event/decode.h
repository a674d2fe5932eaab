/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decoder that converts raw trace records to struct event, according to the
 * formats in tracefs or in a recording.
 */
#ifndef _DECODE_H
#define _DECODE_H

#include "event/event.h"

#include <event-parse.h>

/**
 * struct decode_number - how to copy a number out of a record
 * @from: offset in the record
 * @to: offset in struct event
 * @size: size in the record, at most 8 bytes
 * @to_size: size in struct event, 4 or 8 bytes
 * @sign: the number has 4 bytes and is signed
 */
struct decode_number {
	__u32 from;
	__u16 to;
	__u8 size;
	__u8 to_size;
	bool sign;
};

/**
 * struct decode_text - how to copy a string out of a record
 * @field: the string in struct event
 * @format: the string in the record
 */
struct decode_text {
	const struct field *field;
	const struct tep_format_field *format;
};

/*
 * How to copy a number. DECODE_8 and DECODE_4 are for numbers that have the same
 * size in the record and in struct event: 8 or 4 bytes. DECODE_ANY is for all
 * other numbers.
 */
enum decode_how { DECODE_8, DECODE_4, DECODE_ANY, DECODE_HOWS };

/**
 * struct decode_binding - the fields of all events of one kind
 * @numbers: the numeric fields, by enum decode_how
 * @counts: number of @numbers, by enum decode_how
 * @texts: the string fields
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
 * @type: the field for the event's id, which has the same offset in all events
 * @pid: the field for the task's id, which has the same offset in all events
 * @kinds: kind plus 1 of each event, indexed by the event's id; 0: the event is
 *	not decoded
 * @bindings: fields of each event, by kind
 * @stack_id: id of the event for call stacks; 0: there are no call stacks
 * @stack: field that contains the frames in the event for call stacks
 * @missing: name of the event or field that decoder_init() did not find
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
 * Prepare to decode the kinds of events in @kinds, see event_wanted(). Return 0,
 * or -ENOENT if @tep lacks the event or field that decoder->missing names. The
 * caller still owns @tep, and must not free @tep before the last use of the
 * decoder.
 */
int decoder_init(struct decoder *decoder, struct tep_handle *tep, __u64 kinds);

/*
 * Add optional events whose formats were added to decoder->tep later. Return 0
 * or -ENOENT.
 */
int decoder_more(struct decoder *decoder);

/*
 * Return true if events of @kind can be decoded. For the kinds in EVENTS_MODULE,
 * always return true.
 */
bool decoder_knows(const struct decoder *decoder, int kind);

/*
 * Return true if events of @kind have the optional number at @offset in struct
 * event.
 */
bool decoder_has(const struct decoder *decoder, int kind,
		 size_t offset);

/* Return the kinds for which decoder_knows() is true, as one bit for each kind. */
__u64 decoder_kinds(const struct decoder *decoder);

/*
 * Decode a record. Return 1 if @event was filled in, 0 if the record is an
 * event that is not decoded, or -EPROTO if the record is shorter than its
 * format requires.
 */
int decode(const struct decoder *decoder, const struct tep_record *record,
	   struct event *event);

/*
 * Decode the record that follows @event. If the record is the call stack of
 * @event, add the stack to @event and return 1. Return 0 for any other record,
 * or -EPROTO if the record is shorter than its format requires.
 */
int decode_stack(const struct decoder *decoder, const struct tep_record *record,
		 struct event *event);

#endif /* _DECODE_H */
