/* SPDX-License-Identifier: GPL-2.0-only */
/* Detection of writes to files by other processes, with inotify(7). */
#ifndef _WRITES_H
#define _WRITES_H

#include <stdbool.h>

/*
 * Close @fd of inotify_init1(IN_NONBLOCK), if positive. Return true if it has
 * events.
 */
bool writes_end(int *fd);

#endif /* _WRITES_H */
