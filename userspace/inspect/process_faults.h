/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The faults of each process in each interval. The data come from the events of
 * all tasks or, if events are not available, from the counters in /proc.
 */
#ifndef _PROCESS_FAULTS_H
#define _PROCESS_FAULTS_H

#include "inspect/load.h"
#include "system/proc.h"

#include <stdbool.h>

/**
 * struct process - a process, with all its threads
 * @pid: process id
 * @comm: name of the process, or "" if it is unknown
 * @ended: the process seems to have ended
 * @loads: faults that the process caused, in any address space
 * @counted: fault counters of the process in /proc at the last scan
 */
struct process {
	int pid;
	char comm[COMM_MAX];
	bool ended;
	struct fault_loads loads;
	struct proc_stat counted;
};

#define PROCESSES_SLOTS 1024

struct process_thread;

/**
 * struct process_faults - processes and their faults; a zeroed structure has no
 * processes
 * @list: the processes, which process_faults_sort() sorts
 * @count: number of entries in @list
 * @room: capacity of @list
 * @threads: hash table of the known tasks, by task id
 * @all: faults of all processes, including processes that have ended
 * @scans: number of scans of /proc so far
 */
struct process_faults {
	struct process **list;
	size_t count;
	size_t room;
	struct process_thread *threads[PROCESSES_SLOTS];
	struct fault_loads all;
	unsigned int scans;
};

/*
 * Take a fault, the time of a fault, a fork, an exec or an exit into account. Ignore
 * all other events. Return 0 or -ENOMEM.
 */
int process_faults_event(struct process_faults *processes,
			 const struct event *event);

/* Scan all processes in /proc. Return 0 or -errno. */
int process_faults_scan(struct process_faults *processes);

/*
 * End the current interval. Drop processes that have ended, unless they had
 * faults in this interval.
 */
void process_faults_turn(struct process_faults *processes);

/*
 * Sort the processes by @order in the last interval, largest first. BY_NUMBER
 * sorts by pid, lowest first. Processes that have had no faults at all come
 * last.
 */
void process_faults_sort(struct process_faults *processes,
			 enum fault_load_order order);

/* Return the process of a task, or NULL if the process is unknown. */
struct process *process_faults_of(const struct process_faults *processes,
				  __u32 tid);

void process_faults_free(struct process_faults *processes);

#endif /* _PROCESS_FAULTS_H */
