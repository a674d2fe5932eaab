/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All tasks and address spaces, with their mappings. Events update them across
 * fork, exec and exit.
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
 * @mm: id in the events, 0: no event has shown the id yet
 * @number: order of appearance. Unlike ids, numbers are not reused
 * @seed: the task whose initial mappings the space has, 0: none
 * @pid: process of the first task that lived in the space, 0: none was seen
 * @users: number of tasks in the space
 * @entering: number of tasks that exec is moving to the space
 * @ending: the last task of the space, if it has ended; NULL: not ended
 * @hidden: not part of the story: the space of mmapdemo itself, before exec
 * @gone: the space has ended, and its tasks are about to end
 * @forked: fork copied the space, or created it as a copy
 * @copy: a fork made the space as a copy
 * @family: the space and those that share pages with it since a fork, NULL: none
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
 * @pid: id of the process: the first thread's. The task's own id if unknown
 * @space: address space of the task, NULL: not seen yet
 * @entered: space that exec is building; becomes @space when exec is done
 * @inherits: the task's address space, when first seen, has the mappings
 *	@legacy
 * @hide: the address space that gets @legacy is hidden
 * @legacy: mappings of the parent at the time of fork
 * @ending: when the task ended, if its address space still exists; 0: not ended
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
 * @spaces: spaces that are in use or may be used again
 * @tids: tasks by id
 * @mms: spaces by id
 * @files: names of files that are or were mapped, see space_file()
 * @seen: number of spaces seen so far
 * @forks: number of tasks that were forked, including threads
 * @stock: there is no module. Events are always about the address space of
 *	their task, and do not show when a space ends
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

/* Before the first event: add task @tid with a copy of @maps. 0 or -ENOMEM. */
int world_seed(struct world *world, __u32 tid, const struct maps *maps,
	       bool hide);

/* Before the first event: add @tid to the space of @other, a seeded task. */
int world_join(struct world *world, __u32 tid, __u32 other);

/**
 * struct scene - context of an event
 * @task: task of the event
 * @space: address space of the event; NULL: unknown, or may be gone
 * @hidden: the event is not part of the story, because @space is hidden
 * @ends: the event ends something that must exist until world_end()
 */
struct scene {
	struct task *task;
	struct space *space;
	bool hidden;
	bool ends;
};

/*
 * Process the next event: find its scene, create what is new in it, and apply
 * the event, unless it ends something. Return 0 or -ENOMEM.
 */
int world_event(struct world *world, const struct event *event,
		struct scene *scene);

/* After each event: apply the event if it ends something. 0 or -ENOMEM. */
int world_end(struct world *world, const struct event *event,
	      struct scene *scene);

/* Apply an event to the mappings of its space, and to nothing else. */
int space_apply(struct space *space, const struct event *event);

/* Add the name of a mapped file, or replace its previous name. */
int files_add(struct table *files, const struct mapping *mapping);

/* Return the name of a mapped file, or NULL if it is unknown. */
const char *space_file(const struct space *space, __u32 dev, __u64 ino);

/* Return the space or task that has this id now, or NULL. */
struct space *world_space(const struct world *world, __u32 mm);
struct task *world_task(const struct world *world, __u32 tid);

void world_free(struct world *world);

/*
 * Return a name for anonymous memory, by its VM_* flags, cause and trigger; or "". What
 * exec maps like brk() is the .bss of the program, which /proc/PID/maps does not name.
 * If randomize_va_space is less than 2, the heap begins at the end of .bss. They become
 * one VMA, which is [heap] from the first brk() on, as in /proc/PID/maps.
 */
const char *world_label(__u64 vm_flags, __u32 cause, __u32 trigger);

/* Return true if a call mapped private writable memory without other requests. */
bool mmap_is_plain(const struct mmap_event *call);

#endif /* _WORLD_H */
