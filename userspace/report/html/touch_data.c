// SPDX-License-Identifier: GPL-2.0-only
/* JSON about first touches, and why they map huge pages or not. */
#include "base/json.h"
#include "report/html/object.h"

#include <stdio.h>

#include <json.h>

static struct json_object *reason_object(const struct html_page *page, int reason)
{
	char words[FIRST_TOUCH_WHY + 16], why[FIRST_TOUCH_WHY];

	first_touch_why(&page->summary->first_touch, reason, why);
	snprintf(words, sizeof(words), "4 KiB, %s", why);
	return json_add_text(json_add_text(json_object_new_object(), "name",
					   huge_word(reason)),
			     "words", reason == HUGE_MAPPED ? "a huge page" : words);
}

static void add_reasons(struct html_page *page)
{
	struct json_object *list = json_object_new_array();

	for (int reason = 0; reason < HUGE_REASONS; reason++)
		list = json_append(list, reason_object(page, reason));
	html_add(page, "huge_reasons", list);
}

void html_add_touches(struct html_page *page)
{
	add_reasons(page);
	html_add_layer(page, "touches", &page->html->heat.touches);
}
