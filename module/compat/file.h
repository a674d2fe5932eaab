/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that stand for others, or are filled in by others. */
#ifndef _MMAPDEMO_COMPAT_FILE_H
#define _MMAPDEMO_COMPAT_FILE_H

#include <linux/fs.h>
#include <linux/version.h>

/* Where fanotify(7) has no FAN_PRE_ACCESS there are no such files. */
#ifndef FMODE_FSNOTIFY_HSM
#define FMODE_FSNOTIFY_HSM(mode) 0
#endif

/*
 * Which file a mapping of a stacked file system is of, as /proc/PID/maps has it.
 * Before Linux 6.7, commit def3ae83da02 ("fs: store real path instead of fake path in
 * backing file f_path"), the path of a VMA's file is the user's, and the inode is the
 * one of the file system below.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)

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
