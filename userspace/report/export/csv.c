// SPDX-License-Identifier: GPL-2.0-only
/* Export as CSV: one row per fault, quoted as in RFC 4180. Rows end with \n. */
#include "base/format.h"
#include "report/export/export.h"
#include "report/where.h"

#include <string.h>

static void put_cell(FILE *out, const char *text)
{
	if (!text[strcspn(text, ",\"")]) {
		fputs(text, out);
		return;
	}
	putc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	putc('"', out);
}

/* Return the heading of a field of fault_time. There is another column "where". */
static const char *time_column(const struct field *field)
{
	return strcmp(field->name, "where") ? field_member(field) : "asleep_in";
}

static int begin(struct export *export)
{
	const struct field *field =
		event_layouts[MMAPDEMO_EVENT_PTE_FAULT].fields;
	const struct field *time_fields =
		event_layouts[MMAPDEMO_EVENT_FAULT_TIME].fields;

	fputs("begin,tid,comm,cpu", export->out);
	for (; field->name; field++)
		fprintf(export->out, ",%s", field->name);
	fputs(",where,ip_where,slow", export->out);
	for (field = time_fields; field->name; field++) {
		if (waits_adds(field))
			fprintf(export->out, ",%s", time_column(field));
	}
	putc('\n', export->out);
	return 0;
}

static void put_name(FILE *out, const char *name)
{
	char text[EXPORT_TEXT_MAX];

	put_cell(out, format_name(text, sizeof(text), name));
}

/* Write where the time of a fault went. Leave the cells empty if this is not known. */
static void put_time(const struct export *export, const struct event *fault)
{
	const struct field *field =
		event_layouts[MMAPDEMO_EVENT_FAULT_TIME].fields;
	const struct slow_event *slow = world_fault_time(export->world, fault);
	struct event time = { .kind = MMAPDEMO_EVENT_FAULT_TIME };
	char text[EXPORT_TEXT_MAX];

	putc(',', export->out);
	if (export->summary->waits.recorded)
		putc(slow ? '1' : '0', export->out);
	if (slow)
		time.slow = *slow;
	for (; field->name; field++) {
		if (!waits_adds(field))
			continue;
		putc(',', export->out);
		if (!slow || !waits_knows(&time, field))
			continue;
		export_field(field, &time, text);
		put_cell(export->out, text);
	}
}

static int put_event(struct export *export, const struct event *event,
		     const struct space *space)
{
	const struct field *field =
		event_layouts[MMAPDEMO_EVENT_PTE_FAULT].fields;
	char text[EXPORT_TEXT_MAX], name[ROW_NAME_MAX];
	FILE *out = export->out;

	if (event->kind != MMAPDEMO_EVENT_PTE_FAULT)
		return 0;
	fprintf(out, "%llu,%u,", event_begin(event), event->tid);
	put_name(out, comms_name(&export->comms, event->tid));
	fprintf(out, ",%d", event->cpu);
	for (; field->name; field++) {
		putc(',', out);
		export_field(field, event, text);
		put_cell(out, text);
	}
	putc(',', out);
	put_name(out, summary_where(space, &event->fault, name));
	putc(',', out);
	put_name(out, summary_instruction(space, &event->fault, name));
	put_time(export, event);
	putc('\n', out);
	return 0;
}

static int end(struct export *export)
{
	(void)export;
	return 0;
}

const struct export_format export_csv = {
	.name = "csv",
	.begin = begin,
	.event = put_event,
	.end = end,
};
