/* SPDX-License-Identifier: GPL-2.0-only */
/* Where two VMAs of a process touch, and what a recording tells of it. */
#ifndef _NEIGHBOURS_H
#define _NEIGHBOURS_H

#include "inspect/mergeable.h"
#include "record/replay.h"

/**
 * struct neighbours - between two VMAs
 * @below: the lower one
 * @above: the one that begins where @below ends
 * @mergeable: what keeps them apart
 * @tried: the last vma_merge that was refused here, or that cut them, if
 *	@recorded
 * @of_below: @tried is about a range that begins here: side prev counts
 * @recorded: there is one
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

/* All of a process, sorted by address. 0 or -ENOMEM. */
int neighbour_list_find(struct neighbour_list *pairs, const struct vmas *vmas,
			const struct verdict_rules *rules);
void neighbour_list_free(struct neighbour_list *pairs);

/*
 * What a recording tells of them: 0, -errno; -ESRCH: the process is not in it.
 * replay_why() of @replay, which is to be closed, has words for the others.
 */
int neighbour_list_recorded(struct neighbour_list *pairs, struct replay *replay,
			    const char *path, int pid);

/* Of the recorded one: enum mmapdemo_reason, and the flags that differed. */
__u32 neighbours_reason(const struct neighbours *pair);
__u64 neighbours_flags(const struct neighbours *pair);

#endif /* _NEIGHBOURS_H */
