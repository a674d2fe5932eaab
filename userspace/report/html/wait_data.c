// SPDX-License-Identifier: GPL-2.0-only
/* JSON about where the time of faults went. */
#include "base/json.h"
#include "report/html/object.h"

#include <stdlib.h>

#include <json.h>

/* ---- parts ---- */

static const char *part_name(int part)
{
	return part == WAIT_UNKNOWN ? "unknown" :
	       part == WAIT_BEFORE ? "lock_before" : fault_parts[part].name;
}

static const char *part_words(int part)
{
	return part == WAIT_UNKNOWN ? "not known" :
	       part == WAIT_BEFORE ? WORDS_LOCK_BEFORE : fault_parts[part].words;
}

static void add_parts(struct html_page *page)
{
	struct json_object *list = json_object_new_array(), *object;

	for (int part = 0; part < WAIT_PARTS; part++) {
		object = json_add_text(json_object_new_object(), "name",
				       part_name(part));
		list = json_append(list, json_add_text(object, "words",
						       part_words(part)));
	}
	html_add(page, "parts", list);
}

/* ---- one fault ---- */

static struct json_object *part_list(const struct slow_event *slow)
{
	struct json_object *list = json_object_new_array();

	for (int part = 0; part < WAIT_UNKNOWN; part++)
		list = json_append(list, json_object_new_int64(
				   wait_part(slow, part)));
	return list;
}

static struct json_object *add_holder(const struct html_page *page,
				      struct json_object *object,
				      const struct slow_event *slow)
{
	char call[NAME_CALL_MAX];

	if (!slow->holder)
		return object;
	object = json_add_number(object, "holder", slow->holder);
	object = html_add_name(object, "comm",
			       comms_name(&page->summary->comms, slow->holder));
	return slow->holder_nr < 0 ? object :
	       json_add_text(object, "call", name_call(call, slow->holder_nr));
}

struct json_object *html_add_wait(const struct html_page *page,
				  struct json_object *object,
				  const struct slow_event *slow)
{
	struct json_object *wait;
	char where[EVENT_NAME_MAX];

	if (!slow)
		return object;
	wait = json_add_object(json_object_new_object(), "parts",
			       part_list(slow));
	if (slow->read_bytes)
		wait = json_add_number(wait, "read", slow->read_bytes);
	if (slow->reclaimed)
		wait = json_add_number(wait, "reclaimed", slow->reclaimed);
	if (*slow->where)
		wait = html_add_name(wait, "where",
				     fault_asleep_in(slow, where));
	return json_add_object(object, "wait", add_holder(page, wait, slow));
}

/* ---- all faults ---- */

static void add_slowest(struct html_page *page)
{
	const struct waits *waits = &page->summary->waits;
	struct json_object *list = json_object_new_array(), *object;

	/* If no fault waited, the page has no section about waits. */
	for (int i = 0; waits->faults.count && i < waits->count; i++) {
		const struct slow_fault *fault = &waits->slowest[i];

		object = html_add_hex(json_object_new_object(), "address",
				      fault->slow.address);
		object = json_add_number(object, "time",
					 html_since(page, fault->begin));
		list = json_append(list, html_add_wait(page, object,
						       &fault->slow));
	}
	html_add(page, "slowest", list);
}

void html_add_waits(struct html_page *page)
{
	add_parts(page);
	html_add_layer(page, "waits", &page->html->heat.waits);
	add_slowest(page);
}
