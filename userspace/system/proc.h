/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of processes, as read from /proc. */
#ifndef _PROC_H
#define _PROC_H

#include "base/pids.h"
#include "event/comms.h"
#include "event/maps.h"

/* Add the mappings of @pid to @maps. Return 0 or -errno. */
int proc_maps(int pid, struct maps *maps);

/* Call @visit for every thread of a process, until @visit fails. Return 0 or -errno. */
int proc_threads(int pid, int (*visit)(int tid, void *data), void *data);

/**
 * struct proc_stat - the kernel's counters of a process
 * @pid: id of the process
 * @comm: name of the process
 * @minor: number of page faults that the kernel counts as minor
 * @major: number of page faults that the kernel counts as major; see
 *	mmapdemo(1)
 * @born: when the process began, in clock ticks since boot
 */
struct proc_stat {
	int pid;
	char comm[COMM_MAX];
	__u64 minor;
	__u64 major;
	__u64 born;
};

/* Call @visit for every process until @visit fails. Return 0 or -errno. */
int proc_stats(int (*visit)(const struct proc_stat *stat, void *data),
	       void *data);

/*
 * Return the process of a task, and copy the name of the process. Return 0 if
 * the task has ended.
 */
int proc_process(int tid, char comm[COMM_MAX]);

/* Return true if a chain of living parents leads from @pid to one of @pids. */
bool proc_descends(int pid, const struct pids *pids);

/*
 * Return the process of a task that is alive. Return 0 if the task is a zombie,
 * or has ended.
 */
int proc_living(int tid);

/*
 * Get the stack pointer of a thread, or 0 if the thread is not waiting in the
 * kernel. Return 0, -EPERM if the caller may not trace the process, or another
 * -errno.
 */
int proc_stack_pointer(int tid, __u64 *pointer);

/*
 * Return the size of the page tables without the PGD, or 0 if the size is
 * unknown.
 */
__u64 proc_tables(int pid);

/* Return the maximum number of VMAs of a process, or 0 if the maximum is unknown. */
unsigned int proc_max_map_count(void);

/*
 * Read the THP setting: "always", "madvise" or "never". Return "" if the
 * setting is unknown.
 */
#define PROC_THP_MAX 16
const char *proc_thp(char text[PROC_THP_MAX]);

/* Read another THP setting: the file @name of the directory PROC_THP. */
#define PROC_THP "/sys/kernel/mm/transparent_hugepage"
const char *proc_thp_word(const char *name, char text[PROC_THP_MAX]);

/*
 * Return 0 if prctl(PR_SET_THP_DISABLE) has disabled huge pages in a process, 1
 * if not, and -1 if this is unknown.
 */
int proc_thp_enabled(int pid);

#endif /* _PROC_H */
