/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The report as one HTML page with figures and pictures. The events are read
 * twice. The first pass collects the mappings, the second pass collects the
 * faults.
 */
#ifndef _HTML_H
#define _HTML_H

#include "record/symbols.h"
#include "report/html/heatmap.h"

/** struct html - a page that is being made; a zeroed page is empty */
struct html {
	struct map map;
	struct heat heat;
};

/*
 * Maximum size of the page. If a recording has too many faults, mappings and
 * merges, the page shows only some of them.
 */
#define HTML_BYTES_MAX (5 * 1000 * 1000)

/* Return true if the file at @path is an HTML page that this program wrote. */
bool html_is_page(const char *path);

/*
 * Call this function between the two passes. The first pass calls map_event(),
 * and the second pass calls heat_event(). Return 0 or -ENOMEM.
 */
int html_turn(struct html *html, const struct meta *meta);

/* Write the page. Call this function after both passes. Return 0 or -errno. */
int html_write(FILE *out, struct html *html, const struct summary *summary,
	       struct symbols *symbols);

void html_free(struct html *html);

#endif /* _HTML_H */
