// SPDX-License-Identifier: GPL-2.0-only
/* JSON of the faults, of notes about faults, and of verdicts about merges. */
#include "base/json.h"
#include "event/names.h"
#include "report/html/object.h"

#include <stdio.h>
#include <stdlib.h>

#include <json.h>

/* ---- faults ---- */

void html_add_cells(struct html_page *page)
{
	html_add_grid(page, "cells", "columns", &page->html->heat.all);
}

/*
 * Return the index in the page table at each level, top level first. The index
 * is -1 if the level does not exist.
 */
static struct json_object *indices(const struct html_page *page, __u64 address)
{
	struct json_object *list = json_object_new_array();
	bool folded = page->meta->levels != 5;

	for (int level = 4; level >= 0; level--) {
		int shift = 12 + 9 * level, index;

		/* There is no P4D if the page table has four levels. */
		if (folded && level == 4)
			shift = 12 + 9 * 3;
		index = folded && level == 3 ? -1 :
			(int)(address >> shift & 511);
		list = json_append(list, json_object_new_int(index));
	}
	return list;
}

static struct json_object *add_words(struct json_object *object,
				     const struct note *note)
{
	object = html_add_name(object, "place", note->place);
	object = html_add_name(object, "culprit", note->culprit);
	object = json_add_text(object, "way", note->way);
	return json_add_text(object, "entry", note->entry);
}

static struct json_object *note_object(const struct html_page *page,
				       const struct cell *cell)
{
	const struct note *note = cell->note;
	const struct fault_event *fault = &note->fault;
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "bin", cell_bin(cell));
	object = json_add_number(object, "class", cell_class(cell));
	object = json_add_number(object, "time", html_since(page, note->begin));
	object = json_add_number(object, "ns", fault->duration);
	object = json_add_number(object, "tid", note->tid);
	object = html_add_hex(object, "address", fault->address);
	object = json_add_text(object, "access",
			       name_of(names_access, fault->access));
	object = json_add_number(object, "before", fault->before);
	object = json_add_number(object, "after", fault->after_seen ?
				 fault->after : fault->before);
	object = json_add_number(object, "seen", fault->after_seen);
	object = json_add_number(object, "changed", fault->after_seen &&
				 fault->entry_before != fault->entry_after);
	object = json_add_number(object, "order", fault->order);
	object = html_add_hex(object, "pfn", fault->pfn);
	object = json_add_object(object, "index",
				 indices(page, fault->address));
	if (note->born)
		object = json_add_number(object, "waited",
					 note->begin - note->born);
	object = html_add_wait(page, object, note->slow);
	if (note->touched.reason != HUGE_REASONS)
		object = json_add_number(object, "huge", note->touched.reason);
	return add_words(object, note);
}

void html_add_notes(struct html_page *page)
{
	const struct heat *heat = &page->html->heat;
	const struct grid *grid = &heat->noted;
	struct json_object *list = json_object_new_array();
	const struct cell **cells = html_sorted_cells(grid);

	for (__u32 i = 0; cells && i < grid->count; i += 1 << page->fewer)
		list = json_append(list, note_object(page, cells[i]));
	free(cells);
	html_add(page, "notes", list);
	html_add_number(page, "elsewhere", heat->elsewhere.count);
	html_add_number(page, "elsewhere_ns", heat->elsewhere.ns);
	html_add_number(page, "outside", heat->outside.count);
	html_add_number(page, "outside_ns", heat->outside.ns);
}

/* ---- merges ---- */

/*
 * Return the segment in which to draw the boundary: the segment of the range to
 * be merged, or, if the range is in no known VMA, the segment of the neighbour.
 */
static const struct segment *verdict_segment(const struct map *map,
					     const struct verdict *verdict)
{
	const struct map_space *map_space = &map->spaces[verdict->map_space];
	const struct segment *segment = map_segment(map, map_space,
			verdict->address - verdict->above);

	return segment ? segment : map_segment(map, map_space,
			verdict->address - !verdict->above);
}

static struct json_object *verdict_object(const struct html_page *page,
					  const struct verdict *verdict)
{
	const struct map *map = &page->html->map;
	const struct segment *segment = verdict_segment(map, verdict);
	struct json_object *object;
	double part;

	if (!segment)
		return NULL;
	part = (double)(verdict->address - segment->start) /
	       (segment->end - segment->start);
	object = json_add_number(json_object_new_object(), "space",
				 html_drawn_as(map, verdict->map_space));
	object = json_add_number(object, "segment",
				 segment - map->segments);
	object = json_add_object(object, "part", json_object_new_double(part));
	object = json_add_number(object, "time",
				 html_since(page, verdict->time));
	object = json_add_number(object, "merged", verdict->merged);
	object = json_add_number(object, "reason", verdict->reason);
	object = html_add_hex(object, "address", verdict->address);
	return html_add_name(object, "words", verdict->words);
}

void html_add_verdicts(struct html_page *page)
{
	const struct heat *heat = &page->html->heat;
	struct json_object *list = json_object_new_array(), *object;

	for (__u32 i = 0; i < heat->verdict_count; i += 1 << page->fewer) {
		object = verdict_object(page, &heat->verdicts[i]);
		if (object)
			list = json_append(list, object);
	}
	html_add(page, "verdicts", list);
	html_add_number(page, "verdicts_all", heat->verdict_seen);
}
