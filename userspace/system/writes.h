/* SPDX-License-Identifier: GPL-2.0-only */
/* Detection of writes to files by other processes, with inotify(7). */
#ifndef _WRITES_H
#define _WRITES_H

#include <stdbool.h>

/*
 * If the descriptor *@fd is positive, close it. The descriptor must be from
 * inotify_init1(IN_NONBLOCK). Return true if there were events.
 */
bool writes_end(int *fd);

#endif /* _WRITES_H */
