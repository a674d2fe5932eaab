// SPDX-License-Identifier: GPL-2.0-only
#include "decode.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int bind_event(struct decoder *decoder, int kind)
{
	const struct event_layout *layout = &event_layouts[kind];
	struct decode_binding *binding = &decoder->bindings[kind];
	struct tep_event *event;

	event = tep_find_event_by_name(decoder->tep, layout->system,
				       layout->name);
	if (!event) {
		snprintf(decoder->missing, sizeof(decoder->missing), "%s:%s",
			 layout->system, layout->name);
		return -ENOENT;
	}
	binding->id = event->id;
	decoder->type = tep_find_common_field(event, "common_type");
	decoder->pid = tep_find_common_field(event, "common_pid");
	for (int i = 0; layout->fields[i].name; i++) {
		binding->fields[i] = tep_find_field(event,
						    layout->fields[i].name);
		if (binding->fields[i])
			continue;
		snprintf(decoder->missing, sizeof(decoder->missing), "%s.%s",
			 layout->name, layout->fields[i].name);
		return -ENOENT;
	}
	return 0;
}

/* There is one if call stacks were recorded. */
static void bind_stack(struct decoder *decoder)
{
	struct tep_event *event;

	event = tep_find_event_by_name(decoder->tep, "ftrace", "user_stack");
	if (event)
		decoder->stack = tep_find_field(event, "caller");
	if (decoder->stack)
		decoder->stack_id = event->id;
}

int decoder_init(struct decoder *decoder, struct tep_handle *tep)
{
	int err = 0;

	memset(decoder, 0, sizeof(*decoder));
	decoder->tep = tep;
	for (int kind = 0; !err && kind < EVENT_KINDS; kind++)
		err = bind_event(decoder, kind);
	bind_stack(decoder);
	return err;
}

/* Offset and size come out of a file. */
static bool inside(const struct tep_record *record, size_t offset, size_t size)
{
	size_t bytes = record->size;

	return offset <= bytes && size <= bytes - offset;
}

static int read_number(struct tep_format_field *format,
		       const struct tep_record *record,
		       unsigned long long *value)
{
	if (!format || !inside(record, format->offset, format->size) ||
	    tep_read_number_field(format, record->data, value))
		return -EPROTO;
	return 0;
}

static int decode_number(const struct field *field,
			 struct tep_format_field *format,
			 const struct tep_record *record, void *to)
{
	unsigned long long value;
	__u32 narrow;

	if (read_number(format, record, &value))
		return -EPROTO;
	if (format->flags & TEP_FIELD_IS_SIGNED && format->size == sizeof(narrow))
		value = (int)value;
	narrow = value;
	if (field->size == sizeof(narrow))
		memcpy(to, &narrow, sizeof(narrow));
	else
		memcpy(to, &value, sizeof(value));
	return 0;
}

static int decode_text(const struct field *field,
		       struct tep_format_field *format,
		       const struct tep_record *record, void *to)
{
	size_t offset = format->offset, size = format->size;
	unsigned long long where;

	if (format->flags & TEP_FIELD_IS_DYNAMIC) {
		/* __data_loc: length << 16 | offset */
		if (read_number(format, record, &where))
			return -EPROTO;
		if (format->flags & TEP_FIELD_IS_RELATIVE)
			offset += size + (where & 0xffff);
		else
			offset = where & 0xffff;
		size = where >> 16 & 0xffff;
	}
	if (!inside(record, offset, size))
		return -EPROTO;
	snprintf(to, field->size, "%.*s", (int)size,
		 (const char *)record->data + offset);
	return 0;
}

static int decode_fields(const struct decoder *decoder, int kind,
			 const struct tep_record *record, struct event *event)
{
	const struct decode_binding *binding = &decoder->bindings[kind];
	const struct field *field = event_layouts[kind].fields;
	int err = 0;

	for (int i = 0; !err && field[i].name; i++) {
		void *to = (char *)event + field[i].offset;

		if (field[i].type == FIELD_TEXT)
			err = decode_text(&field[i], binding->fields[i],
					  record, to);
		else
			err = decode_number(&field[i], binding->fields[i],
					    record, to);
	}
	return err;
}

int decode(const struct decoder *decoder, struct tep_record *record,
	   struct event *event)
{
	unsigned long long id, tid;
	int kind, err;

	if (read_number(decoder->type, record, &id) ||
	    read_number(decoder->pid, record, &tid))
		return -EPROTO;
	for (kind = 0; kind < EVENT_KINDS; kind++) {
		if (decoder->bindings[kind].id == (int)id)
			break;
	}
	if (kind == EVENT_KINDS)
		return 0;
	memset(event, 0, sizeof(*event));
	event->kind = kind;
	event->cpu = record->cpu;
	event->time = record->ts;
	event->tid = tid;
	err = decode_fields(decoder, kind, record, event);
	return err ? err : 1;
}

int decode_stack(const struct decoder *decoder, struct tep_record *record,
		 struct event *event)
{
	const struct tep_format_field *stack = decoder->stack;
	unsigned long long id, tid;
	__u64 frame;

	if (read_number(decoder->type, record, &id) ||
	    read_number(decoder->pid, record, &tid))
		return -EPROTO;
	if (!stack || decoder->stack_id != (int)id || tid != event->tid)
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
