/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of the reasons why two VMAs are not merged, as text and as JSON. */
#ifndef _NEIGHBOURS_TEXT_H
#define _NEIGHBOURS_TEXT_H

#include "base/line.h"
#include "inspect/neighbours.h"

struct json_object;

/*
 * Return the reason why the kernel did not merge the pair at the last recorded
 * attempt. If no attempt was recorded, or if the event shows no known reason,
 * return the result of mergeable_reason().
 */
__u32 neighbours_verdict(const struct neighbours *pair);

/*
 * Return the flags that differ according to /proc. If /proc shows no such flags,
 * return the flags that differed at the last recorded attempt to merge. Call
 * this function only if neighbours_verdict() returns MMAPDEMO_REASON_FLAGS.
 */
__u64 neighbours_differing(const struct neighbours *pair);

/*
 * Print the pair, the differences that /proc shows, and the last recorded
 * attempt to merge. If no attempt was recorded, print what /proc does not show.
 * Return 0 or -errno.
 */
int neighbours_show(FILE *out, const struct style *style,
		    const struct neighbours *pair);

/*
 * Print the pair in one line. If different flags or file offsets prevent the
 * merge, print the flags or offsets, too. Return 0 or -errno.
 */
int neighbours_show_brief(FILE *out, const struct style *style,
			  const struct neighbours *pair);

/* Add the first difference that /proc shows, in a short form such as "flags: write". */
void neighbours_add_brief(struct line *line, const struct mergeable *mergeable);

/* Return a JSON object that describes the pair, or NULL if out of memory. */
struct json_object *neighbours_json(const struct neighbours *pair);

/* Add the differences in @mergeable to @object, and return @object. */
struct json_object *mergeable_json(struct json_object *object,
				   const struct mergeable *mergeable);

#endif /* _NEIGHBOURS_TEXT_H */
