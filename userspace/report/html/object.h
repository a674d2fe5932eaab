/* SPDX-License-Identifier: GPL-2.0-only */
/* The object of data.h while it is made, part by part. */
#ifndef _HTML_OBJECT_H
#define _HTML_OBJECT_H

#include "report/html/html.h"

struct json_object;

/** struct html_page - being made; NULL objects: no memory, here and later */
struct html_page {
	const struct html *html;
	const struct summary *summary;
	const struct meta *meta;
	struct symbols *symbols;
	int fewer;
	struct json_object *object;
};

/* Each adds what it is named after. */
void html_add_spaces(struct html_page *page);
void html_add_segments(struct html_page *page);
void html_add_lives(struct html_page *page);
void html_add_cells(struct html_page *page);
void html_add_notes(struct html_page *page);
void html_add_verdicts(struct html_page *page);

/* The place of a plate in the list of those drawn, or -1. */
int html_drawn_as(const struct map *map, __u32 map_space);

void html_add(struct html_page *page, const char *name,
	      struct json_object *value);
void html_add_number(struct html_page *page, const char *name, __u64 value);

/* To an object: an address; a name, with what a terminal would not show as \ooo. */
struct json_object *html_add_hex(struct json_object *object, const char *name,
				 __u64 value);
struct json_object *html_add_name(struct json_object *object, const char *name,
				  const char *text);

/* When, counted from the first event; what was before it is 0. */
__u64 html_since(const struct html_page *page, __u64 time);

#endif /* _HTML_OBJECT_H */
