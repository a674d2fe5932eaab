/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All tasks, and all address spaces with their mappings. Events update the
 * tasks and address spaces, including at fork, exec and exit.
 */
#ifndef _WORLD_H
#define _WORLD_H

#include "base/ids.h"
#include "base/stats.h"
#include "event/call.h"
#include "event/maps.h"

/**
 * struct family - address spaces that fork copied from each other
 * @spaces: number of those that have not ended
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
 * @seed: the task from whose initial mappings the space was created; 0: none
 * @pid: process of the first task that was seen in the space; 0: none was seen
 * @users: number of tasks in the space
 * @entering: number of tasks that exec is moving to the space
 * @ending: the last task of the space, if this task has ended; otherwise NULL
 * @hidden: the space of mmapdemo itself before exec; its events are not shown
 * @gone: the address space has ended, and its tasks are about to end
 * @forked: fork copied the space, or created it as a copy
 * @copy: a fork made the space as a copy
 * @family: the space and those that share pages with it since a fork, NULL: none
 * @unsure: the space may have forked before the recording, or without an event
 * @brk: without the module: last known end of the heap, 0: unknown
 * @maps: mappings of the space
 * @files: the names of files in struct world
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
 *	is unknown, this is @tid
 * @space: address space of the task; NULL: not seen yet
 * @entered: address space that exec is building; becomes @space when exec is
 *	done
 * @inherits: when the task's address space is seen for the first time, it gets
 *	the mappings @legacy
 * @hide: the address space that gets @legacy is hidden
 * @legacy: mappings of the parent at the time of the fork
 * @ending: if the task has ended, but its address space still exists: when the
 *	task ended; otherwise 0
 * @left: for the story: number of VMAs of the address space that exec leaves;
 *	0: unknown
 * @call: call that the task is currently making
 * @owner: if @owned is set: name of the mapping at the start address of the
 *	call, or ""
 * @owned: there was a mapping at the start address of the call
 * @begun: with the module: start of the fault that the task is currently in;
 *	kind 0: no fault
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
	struct {
		int kind;
		__u64 time;
		struct touch_event touch;
	} begun;
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
 * Before the first event, add the task @tid, whose address space has the
 * mappings @maps. Return 0 or -ENOMEM.
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
 * @hidden: the event is not part of the story, because @space is hidden
 * @ends: the event ends a task or mapping that must exist until world_end()
 */
struct scene {
	struct task *task;
	struct space *space;
	bool hidden;
	bool ends;
};

/*
 * Process the next event. Find its task and address space, and create them if
 * they are new. Apply the event, unless it ends a task, a mapping or an address
 * space. Return 0 or -ENOMEM.
 */
int world_event(struct world *world, const struct event *event,
		struct scene *scene);

/*
 * Call this after each event. Apply the event if it ends a task, a mapping or
 * an address space. Return 0 or -ENOMEM.
 */
int world_end(struct world *world, const struct event *event,
	      struct scene *scene);

/* Apply an event only to the mappings of its address space. */
int space_apply(struct space *space, const struct event *event);

/* Add the name of a mapped file, or replace its previous name. */
int files_add(struct table *files, const struct mapping *mapping);

/* Return the name of a mapped file, or NULL if it is unknown. */
const char *space_file(const struct space *space, __u32 dev, __u64 ino);

/* Return the address space or the task that currently has this id, or NULL. */
struct space *world_space(const struct world *world, __u32 mm);
struct task *world_task(const struct world *world, __u32 tid);

void world_free(struct world *world);

/*
 * Return a name for anonymous memory according to its VM_* flags, cause and
 * trigger, or "". Exec maps the .bss of the program in the same way as brk()
 * maps the heap, but /proc/PID/maps does not name the .bss. If
 * randomize_va_space is less than 2, the heap begins at the end of the .bss.
 * The heap and the .bss then become one VMA. As in /proc/PID/maps, this VMA is
 * named [heap] from the first brk() on.
 */
const char *world_label(__u64 vm_flags, __u32 cause, __u32 trigger);

/*
 * Return true if an mmap() call mapped private writable memory, and requested
 * nothing else.
 */
bool mmap_is_plain(const struct mmap_event *call);

#endif /* _WORLD_H */
