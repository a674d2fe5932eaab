// SPDX-License-Identifier: GPL-2.0-only
/*
 * The inodes of regions.
 *
 * The kernel finds the VMAs that map a page through the page's address_space, and
 * an address_space belongs to an inode. That of /dev/mmapdemo is shared by all open
 * files, whose regions differ. So each region has an anonymous inode of its own,
 * and file->f_mapping of an open device is that of its region: as DRM does it
 * [drm_fs_inode_new()].
 */
#include "common.h"
#include "device/inode.h"

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/pseudo_fs.h>

/* "mmap" */
#define MMAPDEMO_MAGIC 0x6d6d6170

static struct vfsmount *inode_mount;

static int inode_init_fs_context(struct fs_context *context)
{
	return init_pseudo(context, MMAPDEMO_MAGIC) ? 0 : -ENOMEM;
}

/* No owner: the mount would be a reference of the module on itself. */
static struct file_system_type inode_fs = {
	.name		 = MMAPDEMO_NAME,
	.init_fs_context = inode_init_fs_context,
	.kill_sb	 = kill_anon_super,
};

/** mmapdemo_inode_init - mount what the inodes belong to, for the kernel only */
int mmapdemo_inode_init(void)
{
	inode_mount = kern_mount(&inode_fs);
	return PTR_ERR_OR_ZERO(inode_mount);
}

/** mmapdemo_inode_exit - unmount it; all inodes were given back */
void mmapdemo_inode_exit(void)
{
	kern_unmount(inode_mount);
}

/**
 * mmapdemo_inode_new - an inode for a region
 *
 * Its i_mapping has no pages: regions keep theirs [pages.c].
 *
 * Return: the inode, for iput(), or -ENOMEM.
 */
struct inode *mmapdemo_inode_new(void)
{
	struct inode *inode = alloc_anon_inode(inode_mount->mnt_sb);

	if (!IS_ERR(inode))
		mapping_set_gfp_mask(inode->i_mapping, GFP_HIGHUSER);
	return inode;
}
