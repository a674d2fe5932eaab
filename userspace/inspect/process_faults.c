// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/process_faults.h"
#include "base/format.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct process_thread {
	struct process_thread *next;
	__u32 tid;
	struct process *process;
};

/* ---- tasks and processes ---- */

static struct process_thread **slot(const struct process_faults *processes,
				    __u32 tid)
{
	struct process_thread *const *slot =
		&processes->threads[tid % PROCESSES_SLOTS];

	while (*slot && (*slot)->tid != tid)
		slot = &(*slot)->next;
	return (struct process_thread **)slot;
}

struct process *process_faults_of(const struct process_faults *processes,
				  __u32 tid)
{
	struct process_thread *thread = *slot(processes, tid);

	return thread ? thread->process : NULL;
}

/* Add a thread, or replace an earlier task that had the same id. */
static int add_thread(struct process_faults *processes, __u32 tid,
		      struct process *process)
{
	struct process_thread **link = slot(processes, tid);

	if (!*link)
		*link = calloc(1, sizeof(**link));
	if (!*link)
		return -ENOMEM;
	(*link)->tid = tid;
	(*link)->process = process;
	return 0;
}

static void drop_thread(struct process_thread **link)
{
	struct process_thread *thread = *link;

	*link = thread->next;
	free(thread);
}

static struct process *add_process(struct process_faults *processes, int pid,
				   const char *comm)
{
	struct process *process;

	if (processes->count == processes->room) {
		size_t room = processes->room ? 2 * processes->room : 64;
		struct process **list = reallocarray(processes->list, room,
						     sizeof(*list));

		if (!list)
			return NULL;
		processes->list = list;
		processes->room = room;
	}
	process = calloc(1, sizeof(*process));
	if (!process)
		return NULL;
	process->pid = pid;
	snprintf(process->comm, sizeof(process->comm), "%s", comm);
	if (add_thread(processes, pid, process)) {
		free(process);
		return NULL;
	}
	processes->list[processes->count++] = process;
	return process;
}

/*
 * Return the process of a task. If the task is new, find its process in /proc.
 * If the task has already ended, use the id of the task as the pid.
 */
static struct process *get_process(struct process_faults *processes, __u32 tid)
{
	struct process *process = process_faults_of(processes, tid);
	char comm[COMM_MAX];
	int pid;

	if (process)
		return process;
	pid = proc_process(tid, comm) ?: (int)tid;
	process = process_faults_of(processes, pid);
	if (!process)
		process = add_process(processes, pid, comm);
	if (!process || add_thread(processes, tid, process))
		return NULL;
	return process;
}

/* ---- events ---- */

static int see_fault(struct process_faults *processes,
		     const struct event *event)
{
	struct process *process = get_process(processes, event->tid);

	if (!process)
		return -ENOMEM;
	process->ended = false;
	fault_load_fault(&process->loads.now, &event->fault);
	fault_load_fault(&processes->all.now, &event->fault);
	return 0;
}

/* Count where the time of a fault went, just before the event of the fault itself. */
static int see_time(struct process_faults *processes, const struct event *event)
{
	struct process *process = get_process(processes, event->tid);

	if (!process)
		return -ENOMEM;
	fault_load_time(&process->loads.now, &event->slow);
	fault_load_time(&processes->all.now, &event->slow);
	return 0;
}

static int see_fork(struct process_faults *processes, const struct event *event)
{
	struct process *parent = get_process(processes, event->tid), *old;

	if (!parent)
		return -ENOMEM;
	if (event->fork.clone_flags & CLONE_THREAD)
		return add_thread(processes, event->fork.pid, parent);
	old = process_faults_of(processes, event->fork.pid);
	if (old)
		old->ended = true;
	return add_process(processes, event->fork.pid, parent->comm) ? 0 :
								       -ENOMEM;
}

static int see_exec(struct process_faults *processes, const struct event *event)
{
	struct process *process = get_process(processes, event->tid);

	if (!process)
		return -ENOMEM;
	snprintf(process->comm, sizeof(process->comm), "%.*s",
		 COMM_MAX - 1, path_base(event->exec.filename));
	return 0;
}

/*
 * If the first thread ends, mark the process as ended. A later fault of another
 * thread clears the mark of the process.
 */
static void see_exit(struct process_faults *processes, __u32 tid)
{
	struct process_thread **link = slot(processes, tid);

	if (!*link)
		return;
	if ((*link)->process->pid == (int)tid)
		(*link)->process->ended = true;
	else
		drop_thread(link);
}

int process_faults_event(struct process_faults *processes,
			 const struct event *event)
{
	switch (event->kind) {
	case MMAPDEMO_EVENT_PTE_FAULT:
		return see_fault(processes, event);
	case MMAPDEMO_EVENT_FAULT_TIME:
		return see_time(processes, event);
	case EVENT_FORK:
		return see_fork(processes, event);
	case EVENT_EXEC:
		return see_exec(processes, event);
	case EVENT_EXIT:
		see_exit(processes, event->tid);
		return 0;
	default:
		return 0;
	}
}

/* ---- /proc ---- */

static void add_counts(struct fault_load *load, __u64 minor, __u64 major)
{
	load->stats.count += minor + major;
	load->major += major;
}

/*
 * Count the new faults of a process. Faults from before the first scan are not
 * counted.
 */
static int see_stat(const struct proc_stat *stat, void *data)
{
	struct process_faults *processes = data;
	struct process *process = process_faults_of(processes, stat->pid);
	const struct proc_stat *before;

	if (process && process->counted.born != stat->born)
		process->ended = true;
	if (!process || process->ended)
		process = add_process(processes, stat->pid, stat->comm);
	if (!process)
		return -ENOMEM;
	if (!processes->scans)
		process->counted = *stat;
	before = &process->counted;
	add_counts(&process->loads.now, stat->minor - before->minor,
		   stat->major - before->major);
	add_counts(&processes->all.now, stat->minor - before->minor,
		   stat->major - before->major);
	process->counted = *stat;
	memcpy(process->comm, stat->comm, sizeof(process->comm));
	return 0;
}

int process_faults_scan(struct process_faults *processes)
{
	int err = proc_stats(see_stat, processes);

	processes->scans++;
	return err;
}

/* ---- intervals ---- */

static bool is_over(const struct process *process)
{
	return !process->loads.last.stats.count &&
	       (process->ended || (kill(process->pid, 0) && errno == ESRCH));
}

/*
 * Drop unwanted processes. Drop the tasks of a process before the process,
 * because each task points to its process.
 */
static void forget(struct process_faults *processes,
		   bool (*unwanted)(const struct process *process))
{
	size_t kept = 0;

	for (int i = 0; i < PROCESSES_SLOTS; i++) {
		struct process_thread **link = &processes->threads[i];

		while (*link) {
			if (unwanted((*link)->process))
				drop_thread(link);
			else
				link = &(*link)->next;
		}
	}
	for (size_t i = 0; i < processes->count; i++) {
		if (unwanted(processes->list[i]))
			free(processes->list[i]);
		else
			processes->list[kept++] = processes->list[i];
	}
	processes->count = kept;
}

static bool is_ended(const struct process *process)
{
	return process->ended && !process->loads.last.stats.count;
}

void process_faults_turn(struct process_faults *processes)
{
	fault_loads_turn(&processes->all);
	for (size_t i = 0; i < processes->count; i++) {
		struct process *process = processes->list[i];

		fault_loads_turn(&process->loads);
		process->ended |= is_over(process);
	}
	forget(processes, is_ended);
}

static enum fault_load_order order_now;

static int in_order(const void *a, const void *b)
{
	const struct process *x = *(struct process *const *)a;
	const struct process *y = *(struct process *const *)b;
	bool x_had = x->loads.total.stats.count;
	bool y_had = y->loads.total.stats.count;

	return y_had - x_had ?:
	       fault_loads_compare(&x->loads, &y->loads, order_now) ?:
	       x->pid - y->pid;
}

void process_faults_sort(struct process_faults *processes,
			 enum fault_load_order order)
{
	order_now = order;
	if (processes->count)
		qsort(processes->list, processes->count,
		      sizeof(*processes->list), in_order);
}

static bool any(const struct process *process)
{
	(void)process;
	return true;
}

void process_faults_free(struct process_faults *processes)
{
	forget(processes, any);
	free(processes->list);
	*processes = (struct process_faults){ 0 };
}
