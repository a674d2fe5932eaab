/* SPDX-License-Identifier: GPL-2.0-only */
/* Why two VMAs are two, in words and as JSON. */
#ifndef _BORDER_TEXT_H
#define _BORDER_TEXT_H

#include "base/line.h"
#include "inspect/border.h"

struct json_object;

/*
 * What the kernel said when it last tried to merge them, if that was recorded;
 * else the first difference that /proc shows.
 */
__u32 border_verdict(const struct border *border);

/* The two, and all that is known of them, in some lines. 0 or -errno. */
int border_show(FILE *out, const struct style *style,
		const struct border *border);

/* The two and what the verdict is about, in one line. */
int border_show_brief(FILE *out, const struct style *style,
		      const struct border *border);

/* "flags: write", as short as it gets, of what /proc shows. */
void border_add_brief(struct line *line, const struct apart *apart);

/* An object of it all; NULL: no memory. */
struct json_object *border_json(const struct border *border);

/* Adds "reasons", "unseen" ... of what keeps two apart. */
struct json_object *border_json_apart(struct json_object *object,
				      const struct apart *apart);

#endif /* _BORDER_TEXT_H */
