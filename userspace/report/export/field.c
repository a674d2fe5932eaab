// SPDX-License-Identifier: GPL-2.0-only
/* Text of the fields of events. */
#include "base/format.h"
#include "report/export/export.h"

#include <string.h>

typedef unsigned long long ull;

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
	/*
	 * The machine is little-endian, so these bytes are the low bytes of the
	 * value.
	 */
	memcpy(&value, at, field->size);
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
