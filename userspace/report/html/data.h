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
			      const struct summary *summary,
			      struct symbols *symbols, int fewer);

#endif /* _HTML_DATA_H */
