/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A report as one page: the digest's figures, and pictures. The events are read
 * twice: first what was mapped, then what happened there.
 */
#ifndef _HTML_H
#define _HTML_H

#include "record/symbols.h"
#include "report/html/heatmap.h"

/** struct html - a page in the making; all 0 is an empty one */
struct html {
	struct map map;
	struct heat heat;
};

/*
 * The page as a whole is not larger than this, whatever was recorded: less is
 * told of single faults, mappings and merges where there are very many.
 */
#define HTML_BYTES_MAX (5 * 1000 * 1000)

/* Between the passes. 0 or -ENOMEM, as are heat_event() and map_event(). */
/* Is that file a page of ours? */
bool html_is_page(const char *path);

int html_turn(struct html *html, const struct meta *meta);

/* After both: writes the page. 0 or -errno. */
int html_write(FILE *out, struct html *html, const struct summary *summary,
	       struct symbols *symbols);

void html_free(struct html *html);

#endif /* _HTML_H */
