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
 * @tried: if @recorded is set: the last vma_merge event that did not merge the
 *	two VMAs, or that separated them
 * @of_below: the range of @tried begins at the end of @below. The reason is
 *	then in the "prev" fields of @tried
 * @recorded: @tried is valid
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

/* Find all pairs of a process, sorted by address. Return 0 or -ENOMEM. */
int neighbour_list_find(struct neighbour_list *pairs, const struct vmas *vmas,
			const struct verdict_rules *rules);
void neighbour_list_free(struct neighbour_list *pairs);

/*
 * Find the attempts to merge in a recording. Return 0, -ESRCH if the process is
 * not in the recording, or another -errno. replay_why() returns the message for
 * this error. The caller must close @replay.
 */
int neighbour_list_recorded(struct neighbour_list *pairs, struct replay *replay,
			    const char *path, int pid);

/* Return the reason in @tried (enum mmapdemo_reason), and the flags that differ. */
__u32 neighbours_reason(const struct neighbours *pair);
__u64 neighbours_flags(const struct neighbours *pair);

#endif /* _NEIGHBOURS_H */
