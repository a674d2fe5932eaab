/* SPDX-License-Identifier: GPL-2.0-only */
/* Why two VMAs are two, in words and as JSON. */
#ifndef _NEIGHBOURS_TEXT_H
#define _NEIGHBOURS_TEXT_H

#include "base/line.h"
#include "inspect/neighbours.h"

struct json_object;

/*
 * What the kernel said when it last tried to merge them, if that was recorded;
 * else the first difference that /proc shows.
 */
__u32 neighbours_verdict(const struct neighbours *pair);

/* The two, and all that is known of them, in some lines. 0 or -errno. */
int neighbours_show(FILE *out, const struct style *style,
		    const struct neighbours *pair);

/* The two and what the verdict is about, in one line. */
int neighbours_show_brief(FILE *out, const struct style *style,
			  const struct neighbours *pair);

/* "flags: write", as short as it gets, of what /proc shows. */
void neighbours_add_brief(struct line *line, const struct mergeable *mergeable);

/* An object of it all; NULL: no memory. */
struct json_object *neighbours_json(const struct neighbours *pair);

/* Adds "reasons", "unseen" ... of what keeps two apart. */
struct json_object *mergeable_json(struct json_object *object,
				   const struct mergeable *mergeable);

#endif /* _NEIGHBOURS_TEXT_H */
