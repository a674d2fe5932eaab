/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes of a tree: one, and all that come of it. */
#ifndef _MMAPDEMO_PROCESS_TREE_H
#define _MMAPDEMO_PROCESS_TREE_H

#include <linux/bitops.h>
#include <linux/pid.h>
#include <linux/sched.h>

/**
 * struct tree - who belongs to it
 * @root: the process it began with, which may have ended
 * @tgids: one bit for each process that there can be, by its number in the
 *	initial namespace
 */
struct tree {
	struct pid *root;
	unsigned long *tgids;
};

int mmapdemo_tree_init(struct tree *tree, u32 root);
void mmapdemo_tree_exit(struct tree *tree);

/* Does the current process belong to it? From inside a probe, too. */
static inline bool mmapdemo_tree_has_current(const struct tree *tree)
{
	return test_bit(current->tgid, tree->tgids);
}

#endif /* _MMAPDEMO_PROCESS_TREE_H */
