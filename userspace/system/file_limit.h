/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The limit on the number of open files. perf needs one open file per thread
 * and processor.
 */
#ifndef _FILE_LIMIT_H
#define _FILE_LIMIT_H

/*
 * Raise the soft limit to the hard limit for this process. The observed command
 * gets the original limit.
 */
void file_limit_raise(void);

/* Restore the original limit in a child process. */
void file_limit_restore(void);

#endif /* _FILE_LIMIT_H */
