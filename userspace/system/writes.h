/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that others may write to meanwhile: inotify(7) says whether they did. */
#ifndef _WRITES_H
#define _WRITES_H

#include <stdbool.h>

/* Closes @fd, of inotify_init1(IN_NONBLOCK), if it is > 0. Was there an event? */
bool writes_end(int *fd);

#endif /* _WRITES_H */
