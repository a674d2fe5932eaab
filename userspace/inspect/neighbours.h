/* SPDX-License-Identifier: GPL-2.0-only */
/* Pairs of adjacent VMAs of a process, and their merge attempts in a recording. */
#ifndef _NEIGHBOURS_H
#define _NEIGHBOURS_H

#include "inspect/mergeable.h"
#include "record/replay.h"

/**
 * struct neighbours - a pair of adjacent VMAs
 * @below: the lower VMA
 * @above: the VMA that begins where @below ends
 * @mergeable: the differences between the two VMAs
 * @tried: the last vma_merge that was refused here or cut the two apart, if
 *	@recorded
 * @of_below: the range of @tried begins here: its side prev counts
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
 * Find the merge attempts in a recording. Return 0 or -errno; -ESRCH: the process
 * is not in the recording. For other errors, replay_why() of @replay has the words.
 * The caller closes @replay.
 */
int neighbour_list_recorded(struct neighbour_list *pairs, struct replay *replay,
			    const char *path, int pid);

/* Return the reason of @tried, enum mmapdemo_reason. Return the differing flags. */
__u32 neighbours_reason(const struct neighbours *pair);
__u64 neighbours_flags(const struct neighbours *pair);

#endif /* _NEIGHBOURS_H */
