/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of the reasons why two VMAs are not merged, as text and as JSON. */
#ifndef _NEIGHBOURS_TEXT_H
#define _NEIGHBOURS_TEXT_H

#include "base/line.h"
#include "inspect/neighbours.h"

struct json_object;

/*
 * Return the reason why the kernel did not merge the pair at the last recorded
 * attempt. If no attempt was recorded, return the first difference that /proc
 * shows.
 */
__u32 neighbours_verdict(const struct neighbours *pair);

/* If the reason is MMAPDEMO_REASON_FLAGS, return the flags that differ. */
__u64 neighbours_differing(const struct neighbours *pair);

/* Print the pair, and everything that is known about the pair. Return 0 or -errno. */
int neighbours_show(FILE *out, const struct style *style,
		    const struct neighbours *pair);

/*
 * Print the pair, and the reason why the pair is not merged, in one line.
 * Return 0 or -errno.
 */
int neighbours_show_brief(FILE *out, const struct style *style,
			  const struct neighbours *pair);

/* Add the first difference that /proc shows, in a short form such as "flags: write". */
void neighbours_add_brief(struct line *line, const struct mergeable *mergeable);

/*
 * Return an object with everything that is known about the pair. Return NULL if
 * there is no memory.
 */
struct json_object *neighbours_json(const struct neighbours *pair);

/* Add the members "reasons", "unseen" ... to @object. */
struct json_object *mergeable_json(struct json_object *object,
				   const struct mergeable *mergeable);

#endif /* _NEIGHBOURS_TEXT_H */
