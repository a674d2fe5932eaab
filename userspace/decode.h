/* SPDX-License-Identifier: GPL-2.0-only */
/* Raw trace records into struct event, by the formats that tracefs tells. */
#ifndef _DECODE_H
#define _DECODE_H

#include "event.h"

#include <event-parse.h>

/* An event of this kernel, its fields in the order of its layout. */
struct decode_binding {
	int id;
	struct tep_format_field *fields[EVENT_FIELDS_MAX];
};

struct decoder {
	struct tep_handle *tep;
	struct tep_format_field *type;	/* of all events: which it is ... */
	struct tep_format_field *pid;	/* ... and of whom */
	struct decode_binding bindings[EVENT_KINDS];
	int stack_id;			/* 0: there are no stacks */
	struct tep_format_field *stack;
	char missing[EVENT_NAME_MAX];	/* what decoder_init() did not find */
};

/* -ENOENT: this kernel's events lack decoder->missing. Does not keep @tep. */
int decoder_init(struct decoder *decoder, struct tep_handle *tep);

/*
 * 1: @event is filled. 0: a record of something else.
 * -EPROTO: the record is shorter than its format says.
 */
int decode(const struct decoder *decoder, struct tep_record *record,
	   struct event *event);

/*
 * The record behind that of @event: 1 if it is its stack, which is filled in. 0
 * and -EPROTO as above.
 */
int decode_stack(const struct decoder *decoder, struct tep_record *record,
		 struct event *event);

#endif /* _DECODE_H */
