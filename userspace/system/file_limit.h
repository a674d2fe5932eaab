/* SPDX-License-Identifier: GPL-2.0-only */
/* How many files may be open: perf takes one for each thread and processor. */
#ifndef _FILE_LIMIT_H
#define _FILE_LIMIT_H

/* As many as the administrator allows; of us, not of what we start. */
void file_limit_raise(void);

/* In a child: as many as before. */
void file_limit_restore(void);

#endif /* _FILE_LIMIT_H */
