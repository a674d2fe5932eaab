// SPDX-License-Identifier: GPL-2.0-only
#include "report/export/export.h"
#include "base/format.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long ull;

static const struct export_format *const formats[] = {
	&export_csv, &export_folded, &export_chrome, &export_perfetto,
	&export_openmetrics,
};

const struct export_format *export_find(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (!strcmp(name, formats[i]->name))
			return formats[i];
	}
	return NULL;
}

/* Errors of @out are told as soon as they are seen. */
static int result(const struct export *export, int err)
{
	if (!err && ferror(export->out))
		return errno ? -errno : -EIO;
	return err;
}

int export_begin(struct export *export, const char *names)
{
	int err = comms_read(&export->comms, names);

	export->data = calloc(1, export->format->data_size + 1);
	if (!export->data)
		err = -ENOMEM;
	if (!err && export->format->begin)
		err = export->format->begin(export);
	return result(export, err);
}

int export_event(struct export *export, const struct event *event,
		 const struct space *space)
{
	int err;

	if (event->kind > EVENT_FLUSH)
		return 0;
	err = comms_event(&export->comms, event);

	if (!err)
		err = export->format->event(export, event, space);
	return result(export, err);
}

int export_end(struct export *export)
{
	return result(export, export->format->end(export));
}

void export_free(struct export *export)
{
	if (export->data && export->format->free)
		export->format->free(export);
	free(export->data);
	comms_free(&export->comms);
}

/* ---- fields ---- */

static void name_bits(const struct name *bits, __u64 value, char *text)
{
	size_t used = 0;

	for (*text = 0; bits->name; bits++) {
		if (value & bits->value)
			used += snprintf(text + used, EXPORT_TEXT_MAX - used,
					 "%s%s", used ? "|" : "", bits->name);
		if (used >= EXPORT_TEXT_MAX)
			return;
	}
}

bool export_field(const struct field *field, const struct event *event,
		  char text[EXPORT_TEXT_MAX])
{
	const char *at = (const char *)event + field->offset;
	__u64 value = 0;

	if (field->type == FIELD_TEXT) {
		format_name(text, EXPORT_TEXT_MAX, at);
		return false;
	}
	memcpy(&value, at, field->size);	/* little endian */
	if (field->values)
		snprintf(text, EXPORT_TEXT_MAX, "%s",
			 name_of(field->values, value));
	else if (field->flags)
		name_bits(field->flags, value, text);
	else if (field->type == FIELD_ADDRESS)
		snprintf(text, EXPORT_TEXT_MAX, "%#llx", (ull)value);
	else if (field->type == FIELD_SIGNED)
		snprintf(text, EXPORT_TEXT_MAX, "%lld", (long long)value);
	else
		snprintf(text, EXPORT_TEXT_MAX, "%llu", (ull)value);
	return !field->values && !field->flags && field->type != FIELD_ADDRESS;
}
