// SPDX-License-Identifier: GPL-2.0-only
/* Lists and texts of the cells of a grid. */
#include "base/json.h"
#include "report/html/object.h"

#include <stdio.h>
#include <stdlib.h>

#include <json.h>

typedef unsigned long long ull;

static int by_key(const void *a, const void *b)
{
	const struct cell *x = *(const struct cell *const *)a;
	const struct cell *y = *(const struct cell *const *)b;

	return (x->key > y->key) - (x->key < y->key);
}

const struct cell **html_sorted_cells(const struct grid *grid)
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

/*
 * Put all cells into one string, because one JSON object for each cell would be
 * much larger. Return NULL if there is no memory.
 */
static char *text_of(const struct grid *grid)
{
	const struct cell **cells = html_sorted_cells(grid);
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
	if (out && fclose(out))
		out = NULL;
	if (!out || !cells) {
		free(text);
		text = NULL;
	}
	free(cells);
	return text;
}

/* Add the classes of each cell, in the order of the cells in the text. */
static void add_classes(struct html_page *page, const char *name,
			const struct grid *grid)
{
	const struct cell **cells = html_sorted_cells(grid);
	struct json_object *list = cells ? json_object_new_array() : NULL;

	for (__u32 i = 0; list && i < grid->count; i++)
		list = json_append(list, json_object_new_int64(cells[i]->classes));
	html_add(page, name, list);
	free(cells);
}

void html_add_layer(struct html_page *page, const char *name, const struct grid *grid)
{
	char member[32];

	snprintf(member, sizeof(member), "%s_columns", name);
	html_add_grid(page, name, member, grid);
	snprintf(member, sizeof(member), "%s_classes", name);
	add_classes(page, member, grid);
}

void html_add_grid(struct html_page *page, const char *name, const char *columns,
		   const struct grid *grid)
{
	char *text = text_of(grid);

	if (text)
		page->object = json_add_text(page->object, name, text);
	free(text);
	html_add_number(page, columns, HEAT_COLUMNS >> grid->fold);
}
