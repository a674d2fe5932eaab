/* SPDX-License-Identifier: GPL-2.0-only */
/* A tree of processes: one process and all its descendants. */
#ifndef _MMAPDEMO_PROCESS_TREE_H
#define _MMAPDEMO_PROCESS_TREE_H

#include <linux/bitops.h>
#include <linux/pid.h>
#include <linux/sched.h>

/**
 * struct tree - the processes of a tree
 * @root: the process at the root of the tree, which may have ended
 * @tgids: one bit for each possible process, indexed by its PID in the initial
 *	PID namespace
 */
struct tree {
	struct pid *root;
	unsigned long *tgids;
};

int mmapdemo_tree_init(struct tree *tree, u32 root);
void mmapdemo_tree_exit(struct tree *tree);

/*
 * Return true if the current process belongs to the tree. Probes may call this
 * function.
 */
static inline bool mmapdemo_tree_has_current(const struct tree *tree)
{
	return test_bit(current->tgid, tree->tgids);
}

#endif /* _MMAPDEMO_PROCESS_TREE_H */
