/* SPDX-License-Identifier: GPL-2.0-only */
/* Pairs of adjacent VMAs of a process, and recorded attempts to merge them. */
#ifndef _NEIGHBOURS_H
#define _NEIGHBOURS_H

#include "inspect/mergeable.h"
#include "record/replay.h"

/**
 * struct neighbours - a pair of adjacent VMAs
 * @below: the lower VMA
 * @above: the VMA that begins at the end of @below
 * @mergeable: the differences between the two VMAs
 * @tried: the last recorded vma_merge event whose range begins or ends between
 *	the two VMAs
 * @of_below: true: the range of @tried begins between the two VMAs, and the
 *	reason is in the "prev" fields of @tried; false: the range ends between
 *	the two VMAs, and the reason is in the "next" fields
 * @recorded: @tried shows a reason why the two VMAs are separate
 */
struct neighbours {
	const struct vma *below;
	const struct vma *above;
	struct mergeable mergeable;
	struct event tried;
	bool of_below;
	bool recorded;
};

struct neighbour_list {
	struct neighbours *list;
	size_t count;
};

/* List the adjacent pairs in @vmas, sorted by address. Return 0 or -ENOMEM. */
int neighbour_list_find(struct neighbour_list *pairs, const struct vmas *vmas,
			const struct verdict_rules *rules);
void neighbour_list_free(struct neighbour_list *pairs);

/*
 * Find the attempts to merge in a recording. Return 0, -ESRCH if the recording
 * has no address space of the process, or an error for which replay_why()
 * returns a message. The caller must close @replay.
 */
int neighbour_list_recorded(struct neighbour_list *pairs, struct replay *replay,
			    const char *path, int pid);

/* Return the reason in @pair->tried, an enum mmapdemo_reason. */
__u32 neighbours_reason(const struct neighbours *pair);

/* Return the flags that differ according to @pair->tried. */
__u64 neighbours_flags(const struct neighbours *pair);

#endif /* _NEIGHBOURS_H */
