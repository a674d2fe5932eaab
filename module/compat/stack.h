/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The newest kernel's <linux/fs.h> and <linux/mm.h> on older kernels, as far as
 * a driver needs them to map another file instead of the device.
 */
#ifndef _MMAPDEMO_COMPAT_STACK_H
#define _MMAPDEMO_COMPAT_STACK_H

#include "compat/features.h"

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/shmem_fs.h>
#include <linux/version.h>

/*
 * Since Linux 6.17, commit 20ca475d9860 ("mm: rename call_mmap/mmap_prepare to
 * vfs_mmap/mmap_prepare"), vfs_mmap() also supports files that have
 * .mmap_prepare. The same patch series added can_mmap_file().
 */
#ifndef HAS_CAN_MMAP_FILE
#define vfs_mmap call_mmap
static inline bool can_mmap_file(struct file *file)
{
	return file->f_op->mmap;
}
#endif

/*
 * vma_mmap_file() turns a VMA into a mapping of @file. A driver calls
 * vma_mmap_file() in .mmap.
 *
 * If .mmap fails after vma_mmap_file() returned 0, .mmap must call
 * vma_unmap_file() before it returns.
 *
 * Before Linux 5.11, commit 1527f926fd04 ("mm: mmap: fix fput in error path
 * v2"), a failed mmap() dropped a reference on the file that was passed to
 * mmap(), even if .mmap had changed vm_file.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)

static inline int vma_mmap_file(struct vm_area_struct *vma, struct file *file)
{
	struct file *mapped = vma->vm_file;
	int ret;

	vma->vm_file = get_file(file);
	ret = vfs_mmap(file, vma);
	fput(ret ? file : mapped);
	return ret;
}

static inline void vma_unmap_file(struct vm_area_struct *vma,
				  struct file *mapped)
{
	fput(vma->vm_file);
	vma->vm_file = get_file(mapped);
}

#else

static inline int vma_mmap_file(struct vm_area_struct *vma, struct file *file)
{
	vma_set_file(vma, file);
	return vfs_mmap(file, vma);
}

static inline void vma_unmap_file(struct vm_area_struct *vma,
				  struct file *mapped)
{
}

#endif

/*
 * vm_flags_clear() exists since Linux 6.3, commit bc292ab00f6c ("mm: introduce
 * vma->vm_flags wrapper functions").
 */
#ifndef HAS_VM_FLAGS_SET
static inline void vm_flags_clear(struct vm_area_struct *vma,
				  unsigned long flags)
{
	vma->vm_flags &= ~flags;
}
#endif

/*
 * Return 0 if the seals of @file allow this mapping. Otherwise, return -EPERM.
 * Linux 6.14 ("mm: perform all memfd seal checks in a single place") and stable
 * updates of older releases check only the seals of the file that is passed to
 * mmap(). @file is another file. On other kernels, @file's own .mmap checks the
 * seals once more. Linux 5.10 does not export shmem_mapping().
 */
static inline int file_check_seals(struct file *file,
				   struct vm_area_struct *vma)
{
	unsigned int seals = 0;

	if (file_inode(file)->i_sb->s_magic == TMPFS_MAGIC)
		seals = SHMEM_I(file_inode(file))->seals;
	if (!(seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) ||
	    !(vma->vm_flags & VM_SHARED))
		return 0;
	if (vma->vm_flags & VM_WRITE)
		return -EPERM;
	vm_flags_clear(vma, VM_MAYWRITE);
	return 0;
}

/*
 * vfs_iter_write() calls file_start_write() since Linux 6.8, commit
 * 269aed7014b3 ("fs: move file_start_write() into vfs_iter_write()").
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
static inline ssize_t mmapdemo_vfs_iter_write(struct file *file,
					      struct iov_iter *iter,
					      loff_t *pos, rwf_t flags)
{
	ssize_t ret;

	file_start_write(file);
	ret = vfs_iter_write(file, iter, pos, flags);
	file_end_write(file);
	return ret;
}

#define vfs_iter_write mmapdemo_vfs_iter_write
#endif

#endif /* _MMAPDEMO_COMPAT_STACK_H */
