// SPDX-License-Identifier: GPL-2.0-only
/*
 * The inodes of regions, and the file system that contains them.
 *
 * To find the VMAs that map a page, the kernel uses the address_space of the
 * page. An address_space belongs to an inode. All open files of /dev/mmapdemo
 * share the inode of the device node, but may have different regions. So each
 * region has a separate anonymous inode, as in DRM [drm_fs_inode_new()], and
 * file->f_mapping of an open device is the address_space of this inode. The
 * address_space also holds the region's pages: see pages.c.
 */
#include "common.h"
#include "compat/pagecache.h"
#include "device/inode.h"
#include "device/pages.h"

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/pseudo_fs.h>

/* the letters "mmap" in ASCII */
#define MMAPDEMO_MAGIC 0x6d6d6170

static struct vfsmount *inode_mount;

static int inode_init_fs_context(struct fs_context *context)
{
	return init_pseudo(context, MMAPDEMO_MAGIC) ? 0 : -ENOMEM;
}

/*
 * There is no .owner. With an .owner, the mount would prevent the unloading of
 * the module.
 */
static struct file_system_type inode_fs = {
	.name		 = MMAPDEMO_NAME,
	.init_fs_context = inode_init_fs_context,
	.kill_sb	 = kill_anon_super,
};

/** mmapdemo_inode_init - mount the kernel-internal file system of the inodes */
int mmapdemo_inode_init(void)
{
	inode_mount = kern_mount(&inode_fs);
	return PTR_ERR_OR_ZERO(inode_mount);
}

/**
 * mmapdemo_inode_exit - unmount the file system after all inodes were released
 */
void mmapdemo_inode_exit(void)
{
	kern_unmount(inode_mount);
}

/**
 * mmapdemo_inode_new - create an inode for a region
 * @order: highest order that a folio of the region may have
 *
 * The pages are allocated with GFP_USER. __GFP_HIGHMEM is not set, because the
 * module accesses the pages through the kernel's mapping. __GFP_MOVABLE is not
 * set, because the pages never move.
 *
 * Return: the inode, or -ENOMEM. The caller releases the inode with iput(), which
 * frees the pages.
 */
struct inode *mmapdemo_inode_new(unsigned int order)
{
	struct inode *inode = alloc_anon_inode(inode_mount->mnt_sb);

	if (IS_ERR(inode))
		return inode;
	inode->i_mapping->a_ops = &mmapdemo_pages_aops;
	mapping_set_gfp_mask(inode->i_mapping, GFP_USER);
	mapping_set_unevictable(inode->i_mapping);
	if (order)
		mapping_set_large_folios(inode->i_mapping);
	return inode;
}
