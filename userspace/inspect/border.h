/* SPDX-License-Identifier: GPL-2.0-only */
/* Where two VMAs of a process touch, and what a recording tells of it. */
#ifndef _BORDER_H
#define _BORDER_H

#include "inspect/apart.h"
#include "record/replay.h"

/**
 * struct border - between two VMAs
 * @below: the lower one
 * @above: the one that begins where @below ends
 * @apart: what keeps them apart
 * @tried: the last vma_merge that was refused here, or that cut them, if
 *	@recorded
 * @of_below: @tried is about a range that begins here: side prev counts
 * @recorded: there is one
 */
struct border {
	const struct vma *below;
	const struct vma *above;
	struct apart apart;
	struct event tried;
	bool of_below;
	bool recorded;
};

struct borders {
	struct border *list;
	size_t count;
};

/* All of a process, sorted by address. 0 or -ENOMEM. */
int borders_find(struct borders *borders, const struct vmas *vmas,
		 const struct verdict_rules *rules);
void borders_free(struct borders *borders);

/*
 * What a recording tells of them: 0, -errno; -ESRCH: the process is not in it.
 * replay_why() of @replay, which is to be closed, has words for the others.
 */
int borders_recorded(struct borders *borders, struct replay *replay,
		     const char *path, int pid);

/* Of the recorded one: enum mmapdemo_reason, and the flags that differed. */
__u32 border_reason(const struct border *border);
__u64 border_flags(const struct border *border);

#endif /* _BORDER_H */
