/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists of process IDs, such as those given by "-p A,B -p C". */
#ifndef _PIDS_H
#define _PIDS_H

#include <stdbool.h>

#define PIDS_MAX 64

struct pids {
	int list[PIDS_MAX];
	int count;
};

static inline bool pids_have(const struct pids *pids, int pid)
{
	for (int i = 0; i < pids->count; i++) {
		if (pids->list[i] == pid)
			return true;
	}
	return false;
}

#endif /* _PIDS_H */
