// SPDX-License-Identifier: GPL-2.0-only
#include "report/html/data.h"
#include "base/format.h"
#include "base/json.h"
#include "report/html/object.h"
#include "report/summary_text.h"
#include "story/parts.h"

#include <stdio.h>

#include <json.h>

#define ROWS 100

/* ---- names and figures ---- */

static void add_report(struct html_page *page)
{
	struct json_object *rows = json_object_new_object();

	html_add(page, "report", summary_object(page->summary, page->meta,
				    page->symbols, ROWS));
	for (int i = 0; i < BY_TABLES; i++)
		rows = json_add_number(rows, by_names[i].list,
				       page->summary->by[i].count);
	rows = json_add_number(rows, by_names[BY_MAKER].list,
			       page->summary->makers.boundaries.causes.count);
	rows = json_add_number(rows, "holders", page->summary->waits.holders.count);
	html_add(page, "rows", rows);
}

static void add_classes(struct html_page *page)
{
	struct json_object *list = json_object_new_array(), *object;

	for (int i = 0; i < MMAPDEMO_FAULT_CLASS_COUNT; i++) {
		object = json_add_text(json_object_new_object(), "name",
				       name_of(names_class, i));
		list = json_append(list, json_add_text(object, "what",
						       class_text(i)));
	}
	html_add(page, "classes", list);
}

static void add_texts(struct html_page *page, const char *name,
		      const char *(*text)(int i), int count)
{
	struct json_object *list = json_object_new_array();

	for (int i = 0; i < count; i++)
		list = json_append(list, json_object_new_string(text(i)));
	html_add(page, name, list);
}

static const char *reason_name(int i)
{
	return name_of(names_reason, i);
}

static const char *origin_words(int i)
{
	static const char *const words[ORIGINS] = {
		[ORIGIN_BEFORE] = "present when the recording began",
		[ORIGIN_FORK] = "copied by fork",
		[ORIGIN_MMAP] = "mapped by mmap",
		[ORIGIN_BRK] = "created by brk",
		[ORIGIN_EXEC] = "created by exec",
		[ORIGIN_MOVE] = "moved by mremap",
		[ORIGIN_MERGE] = "enlarged by a merge",
		[ORIGIN_SPLIT] = "split off from a larger mapping",
		[ORIGIN_CHANGE] = "changed (for example by mprotect)",
		[ORIGIN_REST] = "left over when a part was unmapped or replaced",
		[ORIGIN_FAULT] = "first seen when a fault occurred",
	};

	return words[i];
}

/* ---- the whole object ---- */

struct json_object *html_data(const struct html *html,
			      const struct summary *summary,
			      struct symbols *symbols, int fewer)
{
	struct html_page page = {
		.html = html,
		.summary = summary,
		.meta = symbols->meta,
		.symbols = symbols,
		.fewer = fewer,
		.object = json_object_new_object(),
	};

	add_report(&page);
	html_add_number(&page, "levels", page.meta->levels);
	add_classes(&page);
	add_texts(&page, "reasons", reason_name, MMAPDEMO_REASON_COUNT);
	add_texts(&page, "origins", origin_words, ORIGINS);
	html_add_spaces(&page);
	html_add_segments(&page);
	html_add_cells(&page);
	html_add_waits(&page);
	html_add_touches(&page);
	html_add_lives(&page);
	html_add_notes(&page);
	html_add_verdicts(&page);
	return page.object;
}
