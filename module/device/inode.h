/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The inodes of regions. Each region has its own inode, so mm treats it as a
 * separate file.
 */
#ifndef _MMAPDEMO_INODE_H
#define _MMAPDEMO_INODE_H

struct inode;

int mmapdemo_inode_init(void);
void mmapdemo_inode_exit(void);
struct inode *mmapdemo_inode_new(unsigned int order);

#endif /* _MMAPDEMO_INODE_H */
