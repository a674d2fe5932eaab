// SPDX-License-Identifier: GPL-2.0-only
#include "report/html/object.h"
#include "base/format.h"
#include "base/json.h"
#include "base/line.h"

#include <stdio.h>

void html_add(struct html_page *page, const char *name,
	      struct json_object *value)
{
	page->object = json_add_object(page->object, name, value);
}

void html_add_number(struct html_page *page, const char *name, __u64 value)
{
	page->object = json_add_number(page->object, name, value);
}

struct json_object *html_add_hex(struct json_object *object, const char *name,
				 __u64 value)
{
	char text[FORMAT_MAX];

	snprintf(text, sizeof(text), "%llx", (unsigned long long)value);
	return json_add_text(object, name, text);
}

struct json_object *html_add_name(struct json_object *object, const char *name,
				  const char *text)
{
	char safe[LINE_MAX_BYTES * 2];

	return json_add_text(object, name,
			     format_name(safe, sizeof(safe), text));
}

__u64 html_since(const struct html_page *page, __u64 time)
{
	return time > page->summary->first ? time - page->summary->first : 0;
}
