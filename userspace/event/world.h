/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which task lives in which address space, and what is mapped there: follows
 * the events through fork, exec and exit.
 */
#ifndef _WORLD_H
#define _WORLD_H

#include "base/ids.h"
#include "base/stats.h"
#include "event/call.h"
#include "event/maps.h"

/**
 * struct space - an address space
 * @next: in the list of all
 * @before: what points to it in that
 * @mm: its id in the events, 0: none of them told it yet
 * @number: it was the so manieth to be seen: ids are used again
 * @users: tasks that live in it
 * @entering: tasks that exec takes to it
 * @ending: the task of @users that has ended, NULL: none
 * @hidden: not part of the story: ours, before the command's exec
 * @gone: it ended, and its tasks are about to
 * @brk: without the module: where the heap ended last, 0: not known
 * @maps: what is mapped in it
 * @files: the world's
 */
struct space {
	struct space *next;
	struct space **before;
	__u32 mm;
	__u32 number;
	unsigned int users;
	unsigned int entering;
	struct task *ending;
	bool hidden;
	bool gone;
	__u64 brk;
	struct maps maps;
	struct table *files;
};

/**
 * struct task - a thread
 * @next: in the list of all
 * @before: what points to it in that
 * @tid: its id
 * @space: where it lives, NULL: not seen yet
 * @entered: where exec is taking it, becomes @space when exec is done
 * @inherits: it begins with @legacy if it begins in an unknown address space
 * @hide: ... and that one is hidden
 * @legacy: what its parent had mapped when it was forked
 * @ending: when it ended, though its address space had not yet; 0: it lives
 * @left: for the story: VMAs of the address space that exec leaves, 0: unknown
 * @call: that it is in
 * @owner: what was mapped where the call begins: its name, or "" ...
 * @owned: ... if something was
 * @begun: with the module: the fault that it is in, as it began; no kind: none
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
 * struct world - all of it
 * @tasks: that were seen and live
 * @spaces: that are in use or may be again
 * @tids: the tasks by their id
 * @mms: the spaces by theirs
 * @files: names of those that are mapped somewhere, or were, see world_file()
 * @seen: spaces so far
 * @forks: tasks that were forked, threads included
 * @stock: there is no module: events have no address space but that of their
 *	task, and do not tell when one ends
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

/* Before the first event: @tid exists, with these mappings (copied). */
int world_seed(struct world *world, __u32 tid, const struct maps *maps,
	       bool hide);

/* ... or it lives where @other does, which was seeded before. */
int world_join(struct world *world, __u32 tid, __u32 other);

/**
 * struct scene - of an event
 * @task: whose it is
 * @space: where it happened; NULL: not known, or it may be gone
 * @hidden: it is not part of the story, as @space is not
 * @ends: it ends something, which is there until world_end()
 */
struct scene {
	struct task *task;
	struct space *space;
	bool hidden;
	bool ends;
};

/*
 * The next event: finds its scene, where what is new is created, and changes maps,
 * spaces and tasks, unless the event ends something. 0 or -ENOMEM.
 */
int world_event(struct world *world, const struct event *event,
		struct scene *scene);

/* After each event: what it ends is gone. 0 or -ENOMEM. */
int world_end(struct world *world, const struct event *event,
	      struct scene *scene);

/* What an event changes in the maps of its space alone. */
int space_apply(struct space *space, const struct event *event);

/* A mapped file has a name, which may be another one than before. */
int files_add(struct table *files, const struct mapping *mapping);

/* What a mapped file is called, NULL: nobody has said. */
const char *space_file(const struct space *space, __u32 dev, __u64 ino);

/* Those of that id now; NULL: there is none. */
struct space *world_space(const struct world *world, __u32 mm);
struct task *world_task(const struct world *world, __u32 tid);

void world_free(struct world *world);

/* A name for anonymous memory, "" if it has none: VM_* flags tell. */
const char *world_label(__u64 vm_flags, __u32 cause);

#endif /* _WORLD_H */
