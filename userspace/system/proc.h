/* SPDX-License-Identifier: GPL-2.0-only */
/* What /proc tells of a process. */
#ifndef _PROC_H
#define _PROC_H

#include "base/pids.h"
#include "event/comms.h"
#include "event/maps.h"

/* Its mappings, added to @maps. 0 or -errno. */
int proc_maps(int pid, struct maps *maps);

/* Calls @visit for every thread, until that fails. 0 or -errno. */
int proc_threads(int pid, int (*visit)(int tid, void *data), void *data);

/**
 * struct proc_stat - what the kernel counts of a process
 * @pid: its id
 * @comm: its name
 * @minor: page faults that read nothing from a disk
 * @major: those that did
 * @born: when it began, in ticks since boot
 */
struct proc_stat {
	int pid;
	char comm[COMM_MAX];
	__u64 minor;
	__u64 major;
	__u64 born;
};

/* Calls @visit for every process, until that fails. 0 or -errno. */
int proc_stats(int (*visit)(const struct proc_stat *stat, void *data),
	       void *data);

/* The process of a task, and its name; 0: the task is gone. */
int proc_process(int tid, char comm[COMM_MAX]);

/* Does a process descend from one of these, by processes that live? */
bool proc_descends(int pid, const struct pids *pids);

/* The process of a task that lives; 0: it ended, be it waited for or not. */
int proc_living(int tid);

/* Bytes of its page tables, the PGD not counted; 0: not known. */
__u64 proc_tables(int pid);

/* How many VMAs a process may have, 0: it is not told. */
unsigned int proc_max_map_count(void);

/* Bytes that a process may have: the machine's, or less by its cgroups. */
__u64 proc_memory(int pid);

/* Which anonymous memory gets huge pages: "always", "madvise", "never"; "". */
#define PROC_THP_MAX 16
const char *proc_thp(char text[PROC_THP_MAX]);

#endif /* _PROC_H */
