/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All tasks, and all address spaces with their mappings. Events, including
 * fork, exec and exit, update the tasks and address spaces.
 */
#ifndef _WORLD_H
#define _WORLD_H

#include "base/ids.h"
#include "base/stats.h"
#include "event/call.h"
#include "event/maps.h"

/**
 * struct family - address spaces that are copies of one another, made by fork
 * @spaces: number of address spaces in the family that have not ended
 */
struct family {
	unsigned int spaces;
};

/**
 * struct space - an address space
 * @next: next in the list of all spaces
 * @before: the pointer to this space in the list of all spaces
 * @mm: id in the events; 0: no event has shown the id yet
 * @number: sequence number in the order of appearance. Unlike ids, numbers are
 *	not reused
 * @seed: task whose initial mappings became the first mappings of the space; 0:
 *	there was no such task
 * @pid: process of the first task that was seen in the space; 0: no task was
 *	seen
 * @users: number of tasks in the space
 * @entering: number of tasks that exec is moving to the space
 * @ending: the last task of the space, if this task has ended; otherwise NULL
 * @hidden: mmapdemo used the space before exec started the command; the events
 *	of the space are not shown
 * @gone: the address space has ended, and its tasks are about to end
 * @forked: fork made a copy of the space, or made the space as a copy
 * @copy: the space is a copy, made by fork
 * @family: the group of spaces that share pages with the space because of
 *	forks; NULL: no other space shares pages
 * @unsure: fork may have copied the space before the recording, or without an
 *	event
 * @brk: without the module: last known end of the heap; 0: unknown
 * @maps: mappings of the space
 * @files: the table of file names in struct world
 */
struct space {
	struct space *next;
	struct space **before;
	__u32 mm;
	__u32 number;
	__u32 seed;
	__u32 pid;
	unsigned int users;
	unsigned int entering;
	struct task *ending;
	bool hidden;
	bool gone;
	bool forked;
	bool copy;
	bool unsure;
	struct family *family;
	__u64 brk;
	struct maps maps;
	struct table *files;
};

/**
 * struct task - a thread
 * @next: next in the list of all tasks
 * @before: the pointer to this task in the list of all tasks
 * @tid: id of the task
 * @pid: id of the process, which is the id of its first thread. If the process
 *	is unknown, @pid is equal to @tid
 * @space: address space of the task; NULL: not seen yet
 * @entered: address space that exec is building; becomes @space when exec is
 *	done
 * @inherits: the task's address space gets the mappings @legacy when this
 *	address space is first seen
 * @hide: the address space that gets @legacy is hidden
 * @legacy: mappings of the parent at the time of the fork, or mappings that were
 *	passed to world_seed()
 * @ending: time when the task ended, if its address space still exists;
 *	otherwise 0
 * @left: number of VMAs of the address space that exec leaves, for the output
 *	of trace; 0: unknown
 * @call: call that the task is currently making
 * @owner: if @owned is set: name of the mapping at the start address of the
 *	call, or ""
 * @owned: there was a mapping at the start address of the call
 * @slow: the last fault_time event of the task
 * @slow_known: @slow is about the current fault. Before the pte_fault event: @slow
 *	is about the next fault
 * @begun: with the module: the event at the start of the task's current fault;
 *	if its kind is 0, the task is not in a fault
 * @failed: 1 + number of the page of the task's last fault, if the signal of this
 *	fault is still to come; otherwise 0
 */
struct task {
	struct task *next;
	struct task **before;
	__u32 tid;
	__u32 pid;
	struct space *space;
	struct space *entered;
	bool inherits;
	bool hide;
	struct maps legacy;
	__u64 ending;
	__u32 left;
	struct call call;
	bool owned;
	char owner[EVENT_NAME_MAX];
	struct slow_event slow;
	bool slow_known;
	struct {
		int kind;
		__u64 time;
		struct touch_event touch;
	} begun;
	__u64 failed;
};

/**
 * struct world - all tasks and address spaces
 * @tasks: tasks that were seen and have not ended
 * @spaces: address spaces that are in use, or may be used again
 * @tids: tasks by id
 * @mms: address spaces by id
 * @files: names of files that are or were mapped, see space_file()
 * @seen: number of address spaces that were seen so far
 * @forks: number of tasks that were forked, including threads
 * @stock: there is no module. Every event is about the address space of its
 *	task, and no event shows when an address space ends
 */
struct world {
	struct task *tasks;
	struct space *spaces;
	struct ids tids;
	struct ids mms;
	struct table files;
	__u32 seen;
	unsigned int forks;
	bool stock;
};

/*
 * Before the first event, add the task @tid, whose address space has the mappings
 * @maps. If @hide is set, the address space is hidden until exec. Return 0 or
 * -ENOMEM.
 */
int world_seed(struct world *world, __u32 tid, const struct maps *maps,
	       bool hide);

/*
 * Before the first event, add the task @tid to the address space of the task
 * @other, for which world_seed() was called.
 */
int world_join(struct world *world, __u32 tid, __u32 other);

/**
 * struct scene - context of an event
 * @task: task of the event
 * @space: address space of the event; NULL: unknown, or possibly freed
 * @hidden: the event is not shown, because @space is hidden
 * @ends: the event is not applied before world_end(), because it may end a task,
 *	a mapping or an address space
 */
struct scene {
	struct task *task;
	struct space *space;
	bool hidden;
	bool ends;
};

/*
 * Process the next event. Find its task and address space, and create them if
 * they are new. Apply the event, unless it may end a task, a mapping or an
 * address space. Return 0 or -ENOMEM.
 */
int world_event(struct world *world, const struct event *event,
		struct scene *scene);

/*
 * Call this function after each world_event(). If world_event() has not applied
 * the event, apply the event. Return 0 or -ENOMEM.
 */
int world_end(struct world *world, const struct event *event,
	      struct scene *scene);

/* Apply @event to the mappings of @space. Return 0 or -ENOMEM. */
int space_apply(struct space *space, const struct event *event);

/* Add the name of a mapped file, or replace its previous name. */
int files_add(struct table *files, const struct mapping *mapping);

/* Return the name of a mapped file, or NULL if the name is unknown. */
const char *space_file(const struct space *space, __u32 dev, __u64 ino);

/*
 * Return where the time of @event, a pte_fault event, went, or NULL if this is not
 * known. Call this function after world_event(), before the next event of the task.
 */
const struct slow_event *world_fault_time(const struct world *world,
					  const struct event *event);

/* Return the address space with the id @mm or the task with the id @tid, or NULL. */
struct space *world_space(const struct world *world, __u32 mm);
struct task *world_task(const struct world *world, __u32 tid);

void world_free(struct world *world);

/*
 * Derive a name for anonymous memory from its VM_* flags, cause and trigger.
 * Return "" if the memory has no name. Exec maps the .bss of the program in the
 * same way as brk() maps the heap, but /proc/PID/maps does not name the .bss.
 * If randomize_va_space is less than 2, the heap begins at the end of the .bss.
 * The heap and the .bss then become one VMA. As in /proc/PID/maps, this VMA is
 * named [heap] from the first brk() on.
 */
const char *world_label(__u64 vm_flags, __u32 cause, __u32 trigger);

/*
 * Return true if an mmap() call without a hint requested private, anonymous
 * memory that is readable and writable, and had no other flags.
 */
bool mmap_is_plain(const struct mmap_event *call);

#endif /* _WORLD_H */
