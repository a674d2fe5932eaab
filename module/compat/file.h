/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of stacked file systems, and files that a listener of fanotify(7) fills
 * in.
 */
#ifndef _MMAPDEMO_COMPAT_FILE_H
#define _MMAPDEMO_COMPAT_FILE_H

#include "compat/features.h"

#include <linux/fs.h>

/*
 * Older kernels lack FAN_PRE_ACCESS of fanotify(7), so no listener fills in a
 * file on access.
 */
#ifndef FMODE_FSNOTIFY_HSM
#define FMODE_FSNOTIFY_HSM(mode) 0
#endif

/*
 * These functions return the path and the inode that /proc/PID/maps shows for a
 * mapping of a file in a stacked file system. Before Linux 6.7, commit
 * def3ae83da02 ("fs: store real path instead of fake path in backing file
 * f_path"), vm_file had the path of the file that the user opened, but the
 * inode of the underlying file system.
 */
#ifndef HAS_FILE_USER_PATH

static inline const struct path *file_user_path(const struct file *file)
{
	return &file->f_path;
}

static inline const struct inode *file_user_inode(const struct file *file)
{
	return file_inode(file);
}

#endif

#endif /* _MMAPDEMO_COMPAT_FILE_H */
