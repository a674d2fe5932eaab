/* SPDX-License-Identifier: GPL-2.0-only */
/* Construction of the JSON object that data.h describes. */
#ifndef _HTML_OBJECT_H
#define _HTML_OBJECT_H

#include "report/html/html.h"

struct json_object;

/**
 * struct html_page - data of a page that is being made. If there was no memory
 * for the object, @object is NULL, and stays NULL
 */
struct html_page {
	const struct html *html;
	const struct summary *summary;
	const struct meta *meta;
	struct symbols *symbols;
	int fewer;
	struct json_object *object;
};

/* html_add_NAME() adds the member NAME. */
void html_add_spaces(struct html_page *page);
void html_add_segments(struct html_page *page);
void html_add_lives(struct html_page *page);
void html_add_cells(struct html_page *page);
void html_add_waits(struct html_page *page);
void html_add_touches(struct html_page *page);
void html_add_notes(struct html_page *page);
void html_add_verdicts(struct html_page *page);

/*
 * Return the used cells, sorted by bin, column and class, part or reason. Return NULL if there is
 * no memory. The caller must free the result.
 */
const struct cell **html_sorted_cells(const struct grid *grid);

/*
 * Add the member @name, with all cells of a grid in the form of the member cells, and the
 * member @columns, the number of columns.
 */
void html_add_grid(struct html_page *page, const char *name, const char *columns,
		   const struct grid *grid);

/* Add the members @name, @name_columns and @name_classes of a layer of the picture. */
void html_add_layer(struct html_page *page, const char *name, const struct grid *grid);

/* Add where the time of a fault went. If @slow is NULL, add nothing. */
struct json_object *html_add_wait(const struct html_page *page,
				  struct json_object *object,
				  const struct slow_event *slow);

/*
 * Return the index of an address space in map.order, or -1 if the address space
 * is not drawn.
 */
int html_drawn_as(const struct map *map, __u32 map_space);

void html_add(struct html_page *page, const char *name,
	      struct json_object *value);
void html_add_number(struct html_page *page, const char *name, __u64 value);

/*
 * html_add_hex() adds an address to an object. html_add_name() adds a name, and
 * uses format_name() to escape the name.
 */
struct json_object *html_add_hex(struct json_object *object, const char *name,
				 __u64 value);
struct json_object *html_add_name(struct json_object *object, const char *name,
				  const char *text);

/*
 * Return @time relative to the first event, in ns. Return 0 for times before
 * the first event.
 */
__u64 html_since(const struct html_page *page, __u64 time);

#endif /* _HTML_OBJECT_H */
