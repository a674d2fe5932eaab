/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What html/ draws, as one object of JSON. Times are ns since the first event,
 * addresses are texts (numbers of JavaScript have 53 bits).
 *
 *	report		what report --json says, tables cut after 100 rows
 *	rows		how many rows there are, whole
 *	levels		of the page table
 *	classes		each: name, what: becomes of the page
 *	reasons		names, of verdicts
 *	origins		how a VMA came to be
 *	plates		address spaces, those with the longest faults first: mm,
 *			tid, name, born, last, faults, ns; first and count of
 *			stretches
 *	plates_all	how many there are
 *	elsewhere	faults and ns that are not drawn
 *	stretches	each: start, end, parts, first bin, bins
 *	columns		of each plate, from its born to its last
 *	cells		numbers: by how much bin << 13 | column << 5 | class is
 *			larger than before, faults, ns
 *	lives		VMAs: plate, from and to (stretches), start, end, born,
 *			died, origin, flags, name, faults, ns
 *	lives_all	how many there were
 *	tales		faults told in words, each with its bin
 *	verdicts	plate, stretch, part of it (0 to 1), time, merged, reason,
 *			words
 *	verdicts_all	how many there were
 */
#ifndef _HTML_DATA_H
#define _HTML_DATA_H

#include "report/html/html.h"

struct json_object;

/* @fewer: halves the numbers of lives, tales and verdicts. NULL: no memory. */
struct json_object *html_data(const struct html *html,
			      const struct digest *digest,
			      struct symbols *symbols, int fewer);

/* ---- the parts of it ---- */

/** struct html_page - being made; NULL objects: no memory, here and later */
struct html_page {
	const struct html *html;
	const struct digest *digest;
	const struct told *told;
	struct symbols *symbols;
	int fewer;
	struct json_object *object;
};

/* Each adds what it is named after. */
void html_add_plates(struct html_page *page);
void html_add_stretches(struct html_page *page);
void html_add_lives(struct html_page *page);
void html_add_cells(struct html_page *page);
void html_add_tales(struct html_page *page);
void html_add_verdicts(struct html_page *page);

/* The place of a plate in the list of those drawn, or -1. */
int html_drawn_as(const struct atlas *atlas, __u32 plate);

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

#endif /* _HTML_DATA_H */
