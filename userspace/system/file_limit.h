/* SPDX-License-Identifier: GPL-2.0-only */
/* The limit of open files. perf needs one file per thread and processor. */
#ifndef _FILE_LIMIT_H
#define _FILE_LIMIT_H

/* Raise the soft limit to the hard limit, but not for observed commands. */
void file_limit_raise(void);

/* In a child: restore the original limit. */
void file_limit_restore(void);

#endif /* _FILE_LIMIT_H */
