/* SPDX-License-Identifier: GPL-2.0-only */
/* Limit of open files: perf needs one file for each thread and processor. */
#ifndef _FILE_LIMIT_H
#define _FILE_LIMIT_H

/* Raise the limit of this program, not of its commands, to the hard limit. */
void file_limit_raise(void);

/* In a child: restore the previous limit. */
void file_limit_restore(void);

#endif /* _FILE_LIMIT_H */
