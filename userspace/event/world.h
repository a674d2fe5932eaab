/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tasks, their address spaces and the mappings there, updated by the events through
 * fork, exec and exit.
 */
#ifndef _WORLD_H
#define _WORLD_H

#include "base/ids.h"
#include "base/stats.h"
#include "event/call.h"
#include "event/maps.h"

/**
 * struct space - an address space
 * @next: next in the list of all spaces
 * @before: pointer to this space in the list of all spaces
 * @mm: id in the events, 0: no event has shown the id yet
 * @number: order of appearance; ids are used again, numbers are not
 * @seed: task whose mappings the space began with, 0: none
 * @pid: the first task that lived in the space, 0: none was seen
 * @users: number of tasks that live in the space
 * @entering: number of tasks that exec takes to the space
 * @ending: the task of @users that has ended, NULL: none
 * @hidden: not part of the story: this program's space, before the command's exec
 * @gone: the space has ended, and its tasks are about to end
 * @forked: a fork copied the space, or made it as a copy
 * @copy: a fork made the space as a copy
 * @unsure: the space may have forked before the recording, or without an event
 * @brk: without the module: last known end of the heap, 0: unknown
 * @maps: mappings of the space
 * @files: names of files, those of struct world
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
	__u64 brk;
	struct maps maps;
	struct table *files;
};

/**
 * struct task - a thread
 * @next: next in the list of all tasks
 * @before: pointer to this task in the list of all tasks
 * @tid: id of the task
 * @space: address space of the task, NULL: not seen yet
 * @entered: space that exec takes the task to; becomes @space when exec is done
 * @inherits: the task begins with @legacy if it begins in an unknown address space
 * @hide: the address space that begins with @legacy is hidden
 * @legacy: mappings of the parent at the time of fork
 * @ending: when the task ended, before its address space did; 0: the task lives
 * @left: for the story: VMAs of the address space that exec leaves, 0: unknown
 * @call: call that the task is in
 * @owner: if @owned: name of the mapping where the call begins, or ""
 * @owned: something was mapped where the call begins
 * @begun: with the module: start of the fault that the task is in; kind 0: none
 */
struct task {
	struct task *next;
	struct task **before;
	__u32 tid;
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
 * @tasks: tasks that were seen and live
 * @spaces: spaces that are in use or may be used again
 * @tids: tasks by id
 * @mms: spaces by id
 * @files: names of files that are or were mapped somewhere, see space_file()
 * @seen: number of spaces seen so far
 * @forks: number of tasks that were forked, including threads
 * @stock: there is no module: events are always in their task's address space, and
 *	do not show when a space ends
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

/* Before the first event: add the task @tid, with a copy of @maps. 0 or -ENOMEM. */
int world_seed(struct world *world, __u32 tid, const struct maps *maps,
	       bool hide);

/* Before the first event: add @tid in the space of @other, which was seeded before. */
int world_join(struct world *world, __u32 tid, __u32 other);

/**
 * struct scene - scene of an event
 * @task: task of the event
 * @space: address space of the event; NULL: unknown, or may be gone
 * @hidden: the event is not part of the story, because @space is not
 * @ends: the event ends something, which exists until world_end()
 */
struct scene {
	struct task *task;
	struct space *space;
	bool hidden;
	bool ends;
};

/*
 * Process the next event: find its scene, create what is new there, and change maps,
 * spaces and tasks, unless the event ends something. Return 0 or -ENOMEM.
 */
int world_event(struct world *world, const struct event *event,
		struct scene *scene);

/* After each event: apply the event if it ends something. Return 0 or -ENOMEM. */
int world_end(struct world *world, const struct event *event,
	      struct scene *scene);

/* Apply the changes of an event to the maps of its space alone. */
int space_apply(struct space *space, const struct event *event);

/* Add the name of a mapped file, or replace its previous name. */
int files_add(struct table *files, const struct mapping *mapping);

/* Return the name of a mapped file, or NULL if it is unknown. */
const char *space_file(const struct space *space, __u32 dev, __u64 ino);

/* Return the space or task that has the id now, or NULL. */
struct space *world_space(const struct world *world, __u32 mm);
struct task *world_task(const struct world *world, __u32 tid);

void world_free(struct world *world);

/*
 * Return the name of anonymous memory by VM_* flags, cause and trigger, "": none. What
 * exec maps like brk() is the .bss of the program, which /proc/PID/maps does not name.
 */
const char *world_label(__u64 vm_flags, __u32 cause, __u32 trigger);

#endif /* _WORLD_H */
