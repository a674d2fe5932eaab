// SPDX-License-Identifier: GPL-2.0-only
#include "html_data.h"
#include "digest_text.h"
#include "format.h"
#include "json.h"
#include "tell.h"

#include <stdio.h>
#include <stdlib.h>

#include <json.h>

#define ROWS 100
#define LIVES 4096

typedef unsigned long long ull;

/** struct page_data - being made; NULL objects: no memory, here and later */
struct page_data {
	const struct html *html;
	const struct digest *digest;
	const struct told *told;
	struct symbols *symbols;
	int fewer;
	struct json_object *object;
};

static void add(struct page_data *page, const char *name,
		struct json_object *value)
{
	page->object = json_add_object(page->object, name, value);
}

static void add_number(struct page_data *page, const char *name, __u64 value)
{
	page->object = json_add_number(page->object, name, value);
}

static struct json_object *add_hex(struct json_object *object,
				   const char *name, __u64 value)
{
	char text[FORMAT_MAX];

	snprintf(text, sizeof(text), "%llx", (ull)value);
	return json_add_text(object, name, text);
}

/* What a terminal must not see is no pleasure to read here, either. */
static struct json_object *add_name(struct json_object *object,
				    const char *name, const char *text)
{
	char safe[LINE_MAX_BYTES * 2];

	return json_add_text(object, name,
			     format_name(safe, sizeof(safe), text));
}

/* Of an event before the first one that was seen, too. */
static __u64 since(const struct page_data *page, __u64 time)
{
	return time > page->digest->first ? time - page->digest->first : 0;
}

/* ---- names and figures ---- */

static void add_report(struct page_data *page)
{
	static const char *const names[BY_TABLES] = {
		[BY_FILE] = "files", [BY_VMA] = "vmas",
		[BY_IP] = "instructions", [BY_THREAD] = "threads",
		[BY_CALLER] = "callers",
	};
	struct json_object *rows = json_object_new_object();

	add(page, "report", digest_object(page->digest, page->told,
				    page->symbols, ROWS));
	for (int i = 0; i < BY_TABLES; i++)
		rows = json_add_number(rows, names[i],
				       page->digest->by[i].count);
	add(page, "rows", rows);
}

static void add_absence(const char *function, const char *events, int error,
			void *data)
{
	struct json_object **list = data, *object = json_object_new_object();

	object = json_add_text(object, "function", function);
	object = json_add_text(object, "events", events);
	object = json_add_text(object, "why", name_attach_error(error));
	*list = json_append(*list, object);
}

static void add_absent(struct page_data *page)
{
	struct json_object *list = json_object_new_array();

	told_absent(page->told, add_absence, &list);
	add(page, "absent", list);
}

static void add_classes(struct page_data *page)
{
	struct json_object *list = json_object_new_array(), *object;

	for (int i = 0; i < MMAPDEMO_FAULT_CLASS_COUNT; i++) {
		object = json_add_text(json_object_new_object(), "name",
				       name_of(names_class, i));
		list = json_append(list, json_add_text(object, "what",
						       tell_class(i)));
	}
	add(page, "classes", list);
}

static void add_texts(struct page_data *page, const char *name,
		      const char *(*text)(int i), int count)
{
	struct json_object *list = json_object_new_array();

	for (int i = 0; i < count; i++)
		list = json_append(list, json_object_new_string(text(i)));
	add(page, name, list);
}

static const char *reason_name(int i)
{
	return name_of(names_reason, i);
}

static const char *origin_words(int i)
{
	static const char *const words[ORIGINS] = {
		[ORIGIN_BEFORE] = "was there when the recording began",
		[ORIGIN_FORK] = "copied by fork",
		[ORIGIN_MMAP] = "mapped by mmap",
		[ORIGIN_BRK] = "made by brk",
		[ORIGIN_EXEC] = "made by exec",
		[ORIGIN_MOVE] = "moved by mremap",
		[ORIGIN_MERGE] = "grown by a merge",
		[ORIGIN_SPLIT] = "split off",
		[ORIGIN_CHANGE] = "changed, as mprotect does",
		[ORIGIN_REST] = "left when a part was unmapped or replaced",
		[ORIGIN_FAULT] = "first seen by a fault",
	};

	return words[i];
}

/* ---- the address spaces ---- */

static struct json_object *plate_object(const struct page_data *page,
					const struct plate *plate)
{
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "mm", plate->mm);
	object = json_add_number(object, "tid", plate->tid);
	object = add_name(object, "name", plate->name);
	object = json_add_number(object, "born", since(page, plate->born));
	object = json_add_number(object, "last", since(page, plate->last));
	object = json_add_number(object, "faults", plate->faults);
	object = json_add_number(object, "ns", plate->ns);
	object = json_add_number(object, "first", plate->stretches);
	return json_add_number(object, "count", plate->drawn);
}

static void add_plates(struct page_data *page)
{
	const struct atlas *atlas = &page->html->atlas;
	struct json_object *list = json_object_new_array();

	for (__u32 i = 0; i < atlas->drawn; i++)
		list = json_append(list, plate_object(page,
				&atlas->plates[atlas->order[i]]));
	add(page, "plates", list);
	add_number(page, "plates_all", atlas->plate_count);
}

static struct json_object *stretch_object(const struct stretch *stretch)
{
	struct json_object *object = json_object_new_object();

	object = add_hex(object, "start", stretch->start);
	object = add_hex(object, "end", stretch->end);
	object = json_add_number(object, "bytes",
				 stretch->end - stretch->start);
	object = json_add_number(object, "parts", stretch->vmas);
	object = json_add_number(object, "bin", stretch->bin);
	return json_add_number(object, "bins", stretch->bins);
}

static void add_stretches(struct page_data *page)
{
	const struct atlas *atlas = &page->html->atlas;
	struct json_object *list = json_object_new_array();

	for (__u32 i = 0; i < atlas->stretch_count; i++)
		list = json_append(list, stretch_object(&atlas->stretches[i]));
	add(page, "stretches", list);
}

/* The place of a plate in the list of those drawn, or -1. */
static int drawn_as(const struct atlas *atlas, __u32 plate)
{
	for (__u32 i = 0; i < atlas->drawn; i++) {
		if (atlas->order[i] == plate)
			return i;
	}
	return -1;
}

static struct json_object *life_object(const struct page_data *page,
				       const struct life *life, int plate)
{
	const struct atlas *atlas = &page->html->atlas;
	const struct plate *drawn = &atlas->plates[life->plate];
	const struct stretch *from, *to;
	struct json_object *object = json_object_new_object();
	char flags[FORMAT_MAX];

	from = atlas_stretch(atlas, drawn, life->start);
	to = atlas_stretch(atlas, drawn, life->end - 1);
	object = json_add_number(object, "plate", plate);
	object = json_add_number(object, "from", from - atlas->stretches);
	object = json_add_number(object, "to", to - atlas->stretches);
	object = add_hex(object, "start", life->start);
	object = add_hex(object, "end", life->end);
	object = json_add_number(object, "bytes", life->end - life->start);
	object = json_add_number(object, "born", since(page, life->born));
	object = json_add_number(object, "died", since(page, life->died));
	object = json_add_number(object, "origin", life->origin);
	object = json_add_text(object, "flags", life->flagged ?
			       format_vm_flags(flags, life->vm_flags) : "");
	object = add_name(object, "name", life->name);
	object = json_add_number(object, "faults", life->faults);
	return json_add_number(object, "ns", life->ns);
}

/* Those that say most are those with faults, then those that lived long. */
static int most_first(const void *a, const void *b)
{
	const struct life *x = *(const struct life *const *)a;
	const struct life *y = *(const struct life *const *)b;
	__u64 x_age = x->died - x->born, y_age = y->died - y->born;

	if (x->ns != y->ns)
		return x->ns < y->ns ? 1 : -1;
	if (x_age != y_age)
		return x_age < y_age ? 1 : -1;
	return (x > y) - (x < y);
}

static const struct life **sorted_lives(const struct atlas *atlas,
					size_t *count)
{
	const struct life **lives = calloc(atlas->life_count + 1,
					   sizeof(*lives));

	*count = 0;
	for (size_t i = 0; lives && i < atlas->life_count; i++) {
		const struct life *life = &atlas->lives[i];
		const struct plate *plate = &atlas->plates[life->plate];

		if (plate->drawn && (life->died != life->born || life->faults))
			lives[(*count)++] = life;
	}
	if (lives)
		qsort(lives, *count, sizeof(*lives), most_first);
	return lives;
}

static void add_lives(struct page_data *page)
{
	const struct atlas *atlas = &page->html->atlas;
	struct json_object *list = json_object_new_array();
	size_t count, most = LIVES >> page->fewer;
	const struct life **lives = sorted_lives(atlas, &count);

	for (size_t i = 0; lives && i < count && i < most; i++)
		list = json_append(list, life_object(page, lives[i],
				drawn_as(atlas, lives[i]->plate)));
	free(lives);
	add(page, "lives", list);
	add_number(page, "lives_all", count);
}

/* ---- faults ---- */

static int by_key(const void *a, const void *b)
{
	const struct cell *x = *(const struct cell *const *)a;
	const struct cell *y = *(const struct cell *const *)b;

	return (x->key > y->key) - (x->key < y->key);
}

/* Those in use, in the order of bin, column and class. */
static const struct cell **sorted_cells(const struct grid *grid)
{
	const struct cell **cells = calloc(grid->count + 1, sizeof(*cells));
	__u32 count = 0;

	for (__u32 i = 0; cells && i < grid->slots; i++) {
		if (grid->cells[i].key)
			cells[count++] = &grid->cells[i];
	}
	if (cells)
		qsort(cells, count, sizeof(*cells), by_key);
	return cells;
}

/* As a text: an object for each number would take ten times the memory. */
static void add_cells(struct page_data *page)
{
	const struct grid *grid = &page->html->heat.all;
	const struct cell **cells = sorted_cells(grid);
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	__u32 last = 0;

	for (__u32 i = 0; out && cells && i < grid->count; i++) {
		__u32 key = cell_bin(cells[i]) << 13 |
			    cell_column(cells[i]) << 5 | cell_class(cells[i]);

		fprintf(out, "%s%u %llu %llu", i ? " " : "", key - last,
			(ull)cells[i]->count, (ull)cells[i]->ns);
		last = key;
	}
	if (out && !fclose(out) && cells)
		page->object = json_add_text(page->object, "cells", text);
	free(text);
	free(cells);
	add_number(page, "columns", HEAT_COLUMNS >> grid->fold);
}

/* Where in each table, from the top; -1: there is no such level. */
static struct json_object *indices(const struct page_data *page, __u64 address)
{
	struct json_object *list = json_object_new_array();
	bool folded = page->told->levels != 5;

	for (int level = 4; level >= 0; level--) {
		int shift = 12 + 9 * level, index;

		/* Five levels, or the upper two are one. */
		if (folded && level == 4)
			shift = 12 + 9 * 3;
		index = folded && level == 3 ? -1 :
			(int)(address >> shift & 511);
		list = json_append(list, json_object_new_int(index));
	}
	return list;
}

static struct json_object *add_words(struct json_object *object,
				     const struct tale *tale)
{
	object = add_name(object, "place", tale->place);
	object = add_name(object, "culprit", tale->culprit);
	object = json_add_text(object, "way", tale->way);
	return json_add_text(object, "entry", tale->entry);
}

static struct json_object *tale_object(const struct page_data *page,
				       const struct cell *cell)
{
	const struct tale *tale = cell->tale;
	const struct fault_event *fault = &tale->fault;
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "bin", cell_bin(cell));
	object = json_add_number(object, "class", cell_class(cell));
	object = json_add_number(object, "time", since(page, tale->begin));
	object = json_add_number(object, "ns", fault->duration);
	object = json_add_number(object, "tid", tale->tid);
	object = add_hex(object, "address", fault->address);
	object = json_add_text(object, "access",
			       name_of(names_access, fault->access));
	object = json_add_number(object, "before", fault->before);
	object = json_add_number(object, "after", fault->after_seen ?
				 fault->after : fault->before);
	object = json_add_number(object, "seen", fault->after_seen);
	object = json_add_number(object, "changed", fault->after_seen &&
				 fault->entry_before != fault->entry_after);
	object = json_add_number(object, "order", fault->order);
	object = add_hex(object, "pfn", fault->pfn);
	object = json_add_object(object, "index",
				 indices(page, fault->address));
	if (tale->born)
		object = json_add_number(object, "waited",
					 tale->begin - tale->born);
	return add_words(object, tale);
}

static void add_tales(struct page_data *page)
{
	const struct grid *grid = &page->html->heat.told;
	struct json_object *list = json_object_new_array();
	const struct cell **cells = sorted_cells(grid);

	for (__u32 i = 0; cells && i < grid->count; i += 1 << page->fewer)
		list = json_append(list, tale_object(page, cells[i]));
	free(cells);
	add(page, "tales", list);
	add_number(page, "elsewhere", page->html->heat.elsewhere);
	add_number(page, "elsewhere_ns", page->html->heat.elsewhere_ns);
}

/* ---- merges ---- */

/* The boundary between two stretches belongs to both. */
static struct json_object *verdict_object(const struct page_data *page,
					  const struct verdict *verdict)
{
	const struct atlas *atlas = &page->html->atlas;
	const struct plate *plate = &atlas->plates[verdict->plate];
	__u64 inside = verdict->address - verdict->above;
	const struct stretch *stretch = atlas_stretch(atlas, plate, inside);
	struct json_object *object;
	double part;

	if (!stretch)
		return NULL;	/* it is in no VMA that is known */
	part = (double)(verdict->address - stretch->start) /
	       (stretch->end - stretch->start);
	object = json_add_number(json_object_new_object(), "plate",
				 drawn_as(atlas, verdict->plate));
	object = json_add_number(object, "stretch",
				 stretch - atlas->stretches);
	object = json_add_object(object, "part", json_object_new_double(part));
	object = json_add_number(object, "time", since(page, verdict->time));
	object = json_add_number(object, "merged", verdict->merged);
	object = json_add_number(object, "reason", verdict->reason);
	object = add_hex(object, "address", verdict->address);
	return add_name(object, "words", verdict->words);
}

static void add_verdicts(struct page_data *page)
{
	const struct heat *heat = &page->html->heat;
	struct json_object *list = json_object_new_array(), *object;

	for (__u32 i = 0; i < heat->verdict_count; i += 1 << page->fewer) {
		object = verdict_object(page, &heat->verdicts[i]);
		if (object)
			list = json_append(list, object);
	}
	add(page, "verdicts", list);
	add_number(page, "verdicts_all", heat->verdict_seen);
}

struct json_object *html_data(const struct html *html,
			      const struct digest *digest,
			      struct symbols *symbols, int fewer)
{
	struct page_data page = {
		.html = html,
		.digest = digest,
		.told = symbols->told,
		.symbols = symbols,
		.fewer = fewer,
		.object = json_object_new_object(),
	};

	add_report(&page);
	add_absent(&page);
	add_number(&page, "levels", page.told->levels);
	add_classes(&page);
	add_texts(&page, "reasons", reason_name, MMAPDEMO_REASON_COUNT);
	add_texts(&page, "origins", origin_words, ORIGINS);
	add_plates(&page);
	add_stretches(&page);
	add_cells(&page);
	add_lives(&page);
	add_tales(&page);
	add_verdicts(&page);
	return page.object;
}
