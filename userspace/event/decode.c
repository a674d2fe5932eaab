// SPDX-License-Identifier: GPL-2.0-only
#include "event/decode.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- formats ---- */

static int bind_number(struct decode_number *number,
		       const struct tep_format_field *format)
{
	if (!format || format->offset < 0 ||
	    (format->size != 1 && format->size != 2 && format->size != 4 &&
	     format->size != 8))
		return -ENOENT;
	number->from = format->offset;
	number->size = format->size;
	number->sign = format->flags & TEP_FIELD_IS_SIGNED &&
		       format->size == sizeof(__u32);
	return 0;
}

static enum decode_how how(const struct decode_number *number)
{
	if (number->size != number->to_size)
		return DECODE_ANY;
	return number->size == sizeof(__u64) ? DECODE_8 : DECODE_4;
}

static int bind_field(struct decode_binding *binding, const struct field *field,
		      const struct tep_format_field *format)
{
	struct decode_number number = {
		.to = field->offset,
		.to_size = field->size,
	};
	struct decode_text *text = &binding->texts[binding->text_count];
	const size_t texts = sizeof(binding->texts) / sizeof(*text);

	if (field->type == FIELD_TEXT) {
		if (!format || (size_t)binding->text_count == texts)
			return -ENOENT;
		*text = (struct decode_text){ field, format };
		binding->text_count++;
		return 0;
	}
	/*
	 * If the format lacks an optional number, number.size is 0, and the
	 * number is decoded as 0.
	 */
	if (bind_number(&number, format) && (format || !field->optional))
		return -ENOENT;
	if (binding->bytes < number.from + number.size)
		binding->bytes = number.from + number.size;
	binding->numbers[how(&number)][binding->counts[how(&number)]++] = number;
	return 0;
}

/* Find the common fields, which have the same offset in all events. */
static int bind_common(struct decoder *decoder, struct tep_event *event)
{
	return bind_number(&decoder->type,
			   tep_find_common_field(event, "common_type")) ?:
	       bind_number(&decoder->pid,
			   tep_find_common_field(event, "common_pid"));
}

static int bind_event(struct decoder *decoder, int kind)
{
	const struct event_layout *layout = &event_layouts[kind];
	struct tep_event *event;

	snprintf(decoder->missing, sizeof(decoder->missing), "%s:%s",
		 layout->system, layout->name);
	event = tep_find_event_by_name(decoder->tep, layout->system,
				       layout->name);
	if (!event || event->id < 0 || event->id >= DECODE_IDS ||
	    bind_common(decoder, event))
		return -ENOENT;
	decoder->kinds[event->id] = kind + 1;
	for (int i = 0; layout->fields[i].name; i++) {
		const struct field *field = &layout->fields[i];

		if (!bind_field(&decoder->bindings[kind], field,
				tep_find_field(event, field->name)))
			continue;
		snprintf(decoder->missing, sizeof(decoder->missing), "%s.%s",
			 layout->name, field->name);
		return -ENOENT;
	}
	decoder->missing[0] = 0;
	return 0;
}

/* Find the fields of the user_stack event, if its format is known. */
static void bind_stack(struct decoder *decoder)
{
	struct tep_event *event;

	event = tep_find_event_by_name(decoder->tep, "ftrace", "user_stack");
	if (!event)
		return;
	decoder->stack = tep_find_field(event, "caller");
	decoder->stack_id = event->id;
}

int decoder_more(struct decoder *decoder)
{
	int err = 0;

	for (int kind = 0; !err && kind < EVENT_KINDS; kind++) {
		const struct event_layout *layout = &event_layouts[kind];

		if (!decoder_knows(decoder, kind) &&
		    tep_find_event_by_name(decoder->tep, layout->system,
					   layout->name))
			err = bind_event(decoder, kind);
	}
	return err;
}

int decoder_init(struct decoder *decoder, struct tep_handle *tep, __u64 kinds)
{
	int err = 0;

	memset(decoder, 0, sizeof(*decoder));
	decoder->tep = tep;
	for (int kind = 0; !err && kind < EVENT_KINDS; kind++) {
		if (event_wanted(kinds, kind))
			err = bind_event(decoder, kind);
	}
	if (!err)
		err = decoder_more(decoder);
	bind_stack(decoder);
	return err;
}

bool decoder_knows(const struct decoder *decoder, int kind)
{
	return event_wanted(0, kind) || decoder->bindings[kind].bytes;
}

bool decoder_has(const struct decoder *decoder, int kind,
		 size_t offset)
{
	const struct decode_binding *binding = &decoder->bindings[kind];

	for (int i = 0; i < binding->counts[DECODE_ANY]; i++) {
		if (binding->numbers[DECODE_ANY][i].to == offset)
			return binding->numbers[DECODE_ANY][i].size;
	}
	return binding->bytes;
}

__u64 decoder_kinds(const struct decoder *decoder)
{
	__u64 kinds = 0;

	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		if (decoder_knows(decoder, kind))
			kinds |= EVENT_BIT(kind);
	}
	return kinds;
}

/* ---- records ---- */

/*
 * Return true if the @size bytes at @offset are inside the record. @offset and
 * @size are not trusted, because they may come from a file.
 */
static bool inside(const struct tep_record *record, size_t offset, size_t size)
{
	size_t bytes = record->size;

	return offset <= bytes && size <= bytes - offset;
}

/* Return a number. The caller has checked that the number is inside the record. */
static __u64 number_of(const struct decode_number *number, const char *data)
{
	__u64 value = 0;
	__u32 narrow;

	if (number->size == sizeof(value)) {
		memcpy(&value, data + number->from, sizeof(value));
		return value;
	}
	if (number->size == sizeof(narrow)) {
		memcpy(&narrow, data + number->from, sizeof(narrow));
		return number->sign ? (__u64)(int)narrow : narrow;
	}
	memcpy(&value, data + number->from, number->size);
	return value;
}

static void decode_number(const struct decode_number *number, const char *data,
			  char *to)
{
	__u64 value = number_of(number, data);

	/* The machine is little-endian, so the low bytes of the value come first. */
	memcpy(to + number->to, &value, number->to_size);
}

/* Copy all numbers of an event. The caller has checked the size of the record. */
static void decode_numbers(const struct decode_binding *binding,
			   const char *data, char *to)
{
	const struct decode_number *number = binding->numbers[DECODE_8];

	for (int i = 0; i < binding->counts[DECODE_8]; i++, number++)
		memcpy(to + number->to, data + number->from, sizeof(__u64));
	number = binding->numbers[DECODE_4];
	for (int i = 0; i < binding->counts[DECODE_4]; i++, number++)
		memcpy(to + number->to, data + number->from, sizeof(__u32));
	number = binding->numbers[DECODE_ANY];
	for (int i = 0; i < binding->counts[DECODE_ANY]; i++, number++)
		decode_number(number, data, to);
}

static int decode_text(const struct decode_text *text,
		       const struct tep_record *record, char *to)
{
	const struct tep_format_field *format = text->format;
	size_t offset = format->offset, size = format->size;
	const char *from;
	__u32 where;

	if (!inside(record, offset, size))
		return -EPROTO;
	if (format->flags & TEP_FIELD_IS_DYNAMIC) {
		if (size != sizeof(where))
			return -EPROTO;
		/* A __data_loc field contains length << 16 | offset. */
		memcpy(&where, (char *)record->data + offset, sizeof(where));
		if (format->flags & TEP_FIELD_IS_RELATIVE)
			offset += size + (where & 0xffff);
		else
			offset = where & 0xffff;
		size = where >> 16;
	}
	if (!inside(record, offset, size))
		return -EPROTO;
	from = (char *)record->data + offset;
	if (size >= text->field->size)
		size = text->field->size - 1;
	size = strnlen(from, size);
	memcpy(to + text->field->offset, from, size);
	to[text->field->offset + size] = 0;
	return 0;
}

/* Read the common fields of a record. Return false if the record is too short. */
static bool read_common(const struct decoder *decoder,
			const struct tep_record *record, __u32 *id, __u32 *tid)
{
	if (!inside(record, decoder->type.from, decoder->type.size) ||
	    !inside(record, decoder->pid.from, decoder->pid.size))
		return false;
	*id = number_of(&decoder->type, record->data);
	*tid = number_of(&decoder->pid, record->data);
	return true;
}

int decode(const struct decoder *decoder, const struct tep_record *record,
	   struct event *event)
{
	const struct decode_binding *binding;
	__u32 id, tid;
	int err = 0;

	if (!read_common(decoder, record, &id, &tid))
		return -EPROTO;
	if (id >= DECODE_IDS || !decoder->kinds[id])
		return 0;
	event->kind = decoder->kinds[id] - 1;
	event->cpu = record->cpu;
	event->time = record->ts;
	event->tid = tid;
	event->frames = 0;
	/* Records of signals, page faults and system calls set only some members. */
	if (event->kind >= EVENT_SIGNAL)
		event->call = (struct call_event){ 0 };
	binding = &decoder->bindings[event->kind];
	if ((size_t)record->size < binding->bytes)
		return -EPROTO;
	decode_numbers(binding, record->data, (char *)event);
	for (int i = 0; !err && i < binding->text_count; i++)
		err = decode_text(&binding->texts[i], record, (char *)event);
	return err ? err : 1;
}

int decode_stack(const struct decoder *decoder, const struct tep_record *record,
		 struct event *event)
{
	const struct tep_format_field *stack = decoder->stack;
	__u64 frame;
	__u32 id, tid;

	if (!read_common(decoder, record, &id, &tid))
		return -EPROTO;
	if (!stack || decoder->stack_id != id || tid != event->tid)
		return 0;
	if (!inside(record, stack->offset, stack->size))
		return -EPROTO;
	for (int at = 0; at + (int)sizeof(frame) <= stack->size;
	     at += sizeof(frame)) {
		memcpy(&frame, (char *)record->data + stack->offset + at,
		       sizeof(frame));
		if (!frame || event->frames == EVENT_FRAMES_MAX)
			break;
		event->stack[event->frames++] = frame;
	}
	return 1;
}
