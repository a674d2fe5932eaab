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

static int begin(struct export *export)
{
	const struct field *field =
		event_layouts[MMAPDEMO_EVENT_PTE_FAULT].fields;

	fputs("begin,tid,comm,cpu", export->out);
	for (; field->name; field++)
		fprintf(export->out, ",%s", field->name);
	fputs(",where,ip_where\n", export->out);
	return 0;
}

static void put_name(FILE *out, const char *name)
{
	char text[EXPORT_TEXT_MAX];

	put_cell(out, format_name(text, sizeof(text), name));
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
