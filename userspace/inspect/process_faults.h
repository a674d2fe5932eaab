/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes by the page faults they have, interval by interval: out of the
 * events of all tasks or, where there are none, of what /proc counts.
 */
#ifndef _PROCESS_FAULTS_H
#define _PROCESS_FAULTS_H

#include "inspect/load.h"
#include "system/proc.h"

#include <stdbool.h>

/**
 * struct process - with all its threads
 * @pid: its id
 * @comm: its name, "" if it is not known
 * @ended: it did, as far as was told
 * @loads: faults that it had, in whoever's memory
 * @counted: by /proc, when it was last looked at
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
 * struct process_faults - all that had faults; all 0: none yet
 * @list: in no order before process_faults_sort()
 * @count: of @list
 * @room: of @list
 * @threads: tasks that are known, by the remainder of their id
 * @all: what all of them had, those that ended included
 * @scans: of /proc, so far
 */
struct process_faults {
	struct process **list;
	size_t count;
	size_t room;
	struct process_thread *threads[PROCESSES_SLOTS];
	struct fault_loads all;
	unsigned int scans;
};

/* A fault, fork, exec, or exit; others are nothing. 0 or -ENOMEM. */
int process_faults_event(struct process_faults *processes,
			 const struct event *event);

/* Looks at all there are in /proc. 0 or -errno. */
int process_faults_scan(struct process_faults *processes);

/* An interval is over; who ended before it is forgotten. */
void process_faults_turn(struct process_faults *processes);

/*
 * By the last interval: the most first, but the lowest pid. Those without any
 * fault so far are the last.
 */
void process_faults_sort(struct process_faults *processes,
			 enum fault_load_order order);

/* That of a task; NULL: not known. */
struct process *process_faults_of(const struct process_faults *processes,
				  __u32 tid);

void process_faults_free(struct process_faults *processes);

#endif /* _PROCESS_FAULTS_H */
