/* SPDX-License-Identifier: GPL-2.0-only */
/* What /proc tells of a process. */
#ifndef _PROC_H
#define _PROC_H

#include "maps.h"

/* Its mappings, added to @maps. 0 or -errno. */
int proc_maps(int pid, struct maps *maps);

/* Calls @visit for every thread, until that fails. 0 or -errno. */
int proc_threads(int pid, int (*visit)(int tid, void *data), void *data);

/* How many VMAs a process may have, 0: it is not told. */
unsigned int proc_max_map_count(void);

#endif /* _PROC_H */
