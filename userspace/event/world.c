// SPDX-License-Identifier: GPL-2.0-only
#include "event/world.h"

#include <errno.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>

/* ---- address spaces ---- */

struct space *world_space(const struct world *world, __u32 mm)
{
	return ids_find(&world->mms, mm);
}

/*
 * Set the id of an address space. Without the module, the id is 0, so the
 * address space can't be looked up by id.
 */
static int set_mm(struct world *world, struct space *space, __u32 mm)
{
	space->mm = mm;
	return mm ? ids_set(&world->mms, mm, space) : 0;
}

static struct space *new_space(struct world *world, __u32 mm)
{
	struct space *space = calloc(1, sizeof(*space));

	if (!space || set_mm(world, space, mm)) {
		free(space);
		return NULL;
	}
	space->number = world->seen++;
	space->files = &world->files;
	space->next = world->spaces;
	space->before = &world->spaces;
	if (space->next)
		space->next->before = &space->next;
	world->spaces = space;
	return space;
}

static void leave_family(struct space *space)
{
	struct family *family = space->family;

	space->family = NULL;
	if (family && !--family->spaces)
		free(family);
}

/* Add @copy to the family of @space. Return 0 or -ENOMEM. */
static int join_family(struct space *space, struct space *copy)
{
	if (!space->family) {
		space->family = calloc(1, sizeof(*space->family));
		if (!space->family)
			return -ENOMEM;
		space->family->spaces = 1;
	}
	if (copy->family == space->family)
		return 0;
	leave_family(copy);
	copy->family = space->family;
	copy->family->spaces++;
	return 0;
}

static void drop_space(struct world *world, struct space *space)
{
	struct task *task = space->entering ? world->tasks : NULL;

	for (; task; task = task->next) {
		if (task->entered == space)
			task->entered = NULL;
	}
	if (space->mm)
		ids_drop(&world->mms, space->mm);
	*space->before = space->next;
	if (space->next)
		space->next->before = space->before;
	leave_family(space);
	maps_free(&space->maps);
	free(space);
}

/*
 * Set the address space that exec is building for the task, or NULL if exec is
 * not building one.
 */
static void set_entered(struct task *task, struct space *space)
{
	if (task->entered)
		task->entered->entering--;
	task->entered = space;
	if (space)
		space->entering++;
}

/* If no process owns the address space yet, the process of @task becomes the owner. */
static void own(struct space *space, const struct task *task)
{
	if (space && !space->pid)
		space->pid = task->pid;
}

/*
 * Move the task to the address space @space. If @space is NULL, the task gets
 * no address space.
 */
static void settle(struct world *world, struct task *task, struct space *space)
{
	struct space *old = task->space;

	if (old == space)
		return;
	task->space = space;
	own(space, task);
	if (space)
		space->users++;
	if (old && old->ending == task)
		old->ending = NULL;
	if (old && !--old->users)
		drop_space(world, old);
}

/* ---- tasks ---- */

struct task *world_task(const struct world *world, __u32 tid)
{
	return ids_find(&world->tids, tid);
}

static struct task *get_task(struct world *world, __u32 tid)
{
	struct task *task = world_task(world, tid);

	if (task)
		return task;
	task = calloc(1, sizeof(*task));
	if (!task || ids_set(&world->tids, tid, task)) {
		free(task);
		return NULL;
	}
	task->tid = tid;
	task->pid = tid;
	task->next = world->tasks;
	task->before = &world->tasks;
	if (task->next)
		task->next->before = &task->next;
	world->tasks = task;
	return task;
}

static void forget_legacy(struct task *task)
{
	maps_free(&task->legacy);
	task->inherits = false;
}

static void inherit(struct task *task, struct space *space)
{
	space->maps = task->legacy;
	space->hidden = task->hide;
	space->seed = task->tid;
	task->legacy = (struct maps){ 0 };
	task->inherits = false;
}

static void drop_task(struct world *world, struct task *task)
{
	struct space *entered = task->entered;

	set_entered(task, NULL);
	if (entered && entered != task->space && !entered->users)
		drop_space(world, entered);
	settle(world, task, NULL);
	forget_legacy(task);
	ids_drop(&world->tids, task->tid);
	*task->before = task->next;
	if (task->next)
		task->next->before = task->before;
	free(task->call.parts);
	free(task);
}

/*
 * Add the names of all mapped files. The name of a file is valid in all address
 * spaces.
 */
static int add_files(struct world *world, const struct maps *maps)
{
	const struct mapping *mapping = maps_after(maps, 0);
	int err = 0;

	for (; !err && mapping; mapping = maps_after(maps, mapping->end))
		err = files_add(&world->files, mapping);
	return err;
}

int world_seed(struct world *world, __u32 tid, const struct maps *maps,
	       bool hide)
{
	struct task *task = get_task(world, tid);

	if (!task)
		return -ENOMEM;
	forget_legacy(task);
	task->inherits = true;
	task->hide = hide;
	maps_copy(&task->legacy, maps);
	return add_files(world, maps);
}

/* ---- without the module ---- */

/*
 * Return the address space that exec is building for the task, or else the
 * task's address space. If the task has no address space yet, create one.
 */
static struct space *own_space(struct world *world, struct task *task)
{
	struct space *space = task->entered ?: task->space;

	if (space)
		return space;
	space = new_space(world, 0);
	if (!space)
		return NULL;
	if (task->inherits)
		inherit(task, space);
	settle(world, task, space);
	return space;
}

int world_join(struct world *world, __u32 tid, __u32 other)
{
	struct task *task = get_task(world, tid);
	struct task *with = get_task(world, other);
	struct space *space = task && with ? own_space(world, with) : NULL;

	if (!space)
		return -ENOMEM;
	task->pid = with->pid;
	settle(world, task, space);
	return 0;
}

/* ---- events ---- */

/*
 * Return true if the event can be about an address space that exec is building.
 * Exec allocates a page table, then creates the stack, and then writes the
 * arguments to the stack.
 */
static bool begins_space(const struct event *event)
{
	if (event->kind == MMAPDEMO_EVENT_PGD_ALLOC)
		return event->pgd.trigger == MMAPDEMO_TRIGGER_EXEC;
	if (event->kind == MMAPDEMO_EVENT_VMA_LINK)
		return event->link.cause == MMAPDEMO_CAUSE_INSERT &&
		       event->link.map_count == 1;
	return event->kind == MMAPDEMO_EVENT_PTE_FAULT &&
	       event->fault.from == MMAPDEMO_FROM_REMOTE;
}

/*
 * Note that exec is building the address space @space. If exec succeeds, the
 * task moves to @space.
 */
static void enter(struct world *world, struct task *task, struct space *space)
{
	struct space *failed = task->entered;

	own(space, task);
	set_entered(task, space);
	if (failed && failed != space && !failed->users)
		drop_space(world, failed);
}

static struct space *first_seen(struct world *world, const struct event *event,
				struct task *task)
{
	struct space *space = task->space;

	if (space && !space->mm && !begins_space(event)) {
		return set_mm(world, space, event_mm(event)) ? NULL : space;
	}
	space = new_space(world, event_mm(event));
	if (!space)
		return NULL;
	if (event->kind == MMAPDEMO_EVENT_PTE_FAULT && begins_space(event))
		return space;
	if (task->space || begins_space(event)) {
		enter(world, task, space);
		return space;
	}
	space->unsure = true;
	if (task->inherits)
		inherit(task, space);
	settle(world, task, space);
	return space;
}

/*
 * Return the id of the address space to which the event belongs. Return 0 if the
 * event belongs to the current address space of the task. When fork allocates a
 * page table, return 0, because the child is not known yet. When an unknown
 * address space ends, and for a fault_time event, return 0, so that no address space
 * is created. The pte_fault event that follows creates the address space.
 */
static __u32 place_of(struct world *world, const struct event *event)
{
	__u32 mm = event_mm(event);

	if (event->kind == MMAPDEMO_EVENT_PGD_ALLOC && !begins_space(event))
		return 0;
	if ((event->kind == MMAPDEMO_EVENT_EXIT_MMAP ||
	     event->kind == MMAPDEMO_EVENT_FAULT_TIME) && !world_space(world, mm))
		return 0;
	return mm;
}

static int place(struct world *world, const struct event *event,
		 struct scene *scene)
{
	struct task *task = get_task(world, event->tid);
	__u32 mm = place_of(world, event);
	struct space *space;

	scene->task = task;
	if (!task)
		return -ENOMEM;
	scene->space = world->stock ? own_space(world, task) : task->space;
	if (world->stock)
		return scene->space ? 0 : -ENOMEM;
	if (!mm)
		return 0;
	space = world_space(world, mm);
	if (!space) {
		space = first_seen(world, event, task);
	} else if (!task->space && !begins_space(event) &&
		   event->kind != MMAPDEMO_EVENT_EXIT_MMAP &&
		   event->kind != MMAPDEMO_EVENT_FAULT_TIME) {
		/* the task is a thread, or a child of vfork() */
		forget_legacy(task);
		settle(world, task, space);
	}
	scene->space = space;
	return space ? 0 : -ENOMEM;
}

/*
 * Return the task with the id @tid. If there is no such task, or if it has ended,
 * create a new task.
 */
static struct task *new_task(struct world *world, __u32 tid)
{
	struct task *task = world_task(world, tid);

	if (task && task->ending)
		drop_task(world, task);
	return get_task(world, tid);
}

static int apply_fork(struct world *world, const struct event *event,
		      struct task *parent)
{
	struct task *child = new_task(world, event->fork.pid);
	const struct maps *maps = parent->space ? &parent->space->maps :
						  &parent->legacy;

	if (!child)
		return -ENOMEM;
	world->forks++;
	child->pid = event->fork.clone_flags & CLONE_THREAD ? parent->pid :
							      child->tid;
	if (event->fork.clone_flags & CLONE_VM && parent->space) {
		settle(world, child, parent->space);
		return 0;
	}
	forget_legacy(child);
	child->inherits = true;
	maps_copy(&child->legacy, maps);
	return 0;
}

static int apply_dup(struct world *world, const struct event *event,
		     struct space *parent)
{
	struct task *child = get_task(world, event->dup.child_pid);
	const bool hidden = parent->hidden;
	struct space *space;
	struct maps maps;

	if (!child)
		return -ENOMEM;
	parent->forked = true;
	maps_copy(&maps, &parent->maps);
	space = world_space(world, event->dup.child_mm);
	if (!space)
		space = new_space(world, event->dup.child_mm);
	if (!space || join_family(parent, space)) {
		maps_free(&maps);
		return -ENOMEM;
	}
	maps_free(&space->maps);
	space->maps = maps;
	space->hidden = hidden;
	space->forked = true;
	space->copy = true;
	forget_legacy(child);
	settle(world, child, space);
	return 0;
}

/*
 * A successful exec ends the old address space. A failed exec ends the new
 * address space.
 */
static void apply_exit_mmap(struct world *world, const struct event *event,
			    struct task *task, struct space *space)
{
	if (!space || space->mm != event->exit_mmap.mm)
		return;
	leave_family(space);
	if (space->ending) {
		drop_task(world, space->ending);
		return;
	}
	if (task->entered == space) {
		set_entered(task, NULL);
		if (!space->users)
			drop_space(world, space);
		return;
	}
	if (event->exit_mmap.trigger == MMAPDEMO_TRIGGER_EXEC)
		task->left = event->exit_mmap.map_count;
	else
		space->gone = true;
}

/*
 * In some kernels, the address space ends before the task. In other kernels, the
 * address space ends after the task.
 */
static void apply_exit(struct world *world, const struct event *event,
		       struct task *task)
{
	if (!world->stock && task->space && task->space->users == 1 &&
	    !task->space->gone) {
		task->ending = event->time;
		task->space->ending = task;
	} else {
		drop_task(world, task);
	}
}

/*
 * If a thread that is not the thread group leader calls exec, the calling thread
 * gets the id of the leader. The address space that exec has built belongs to the
 * process with this id, even if no event has shown the id yet.
 */
static void rename_task(struct world *world, struct task *task,
			struct task *old)
{
	if (old->entered)
		old->entered->pid = task->tid;
	if (!world->stock)
		enter(world, task, old->entered);
	set_entered(old, NULL);
	drop_task(world, old);
}

static void apply_exec(struct world *world, const struct event *event,
		       struct task *task)
{
	struct task *old = world_task(world, event->exec.old_pid);

	if (old && old != task)
		rename_task(world, task, old);
	task->pid = task->tid;
	forget_legacy(task);
	if (task->entered || world->stock)
		settle(world, task, task->entered);
	else if (task->space)
		task->space->hidden = false;
	set_entered(task, NULL);
	task->left = 0;
}

static int apply(struct world *world, const struct event *event,
		 struct scene *scene)
{
	struct space *space = scene->space;
	struct task *task = scene->task;
	int err;

	switch (event->kind) {
	case MMAPDEMO_EVENT_DUP_MM:
		err = apply_dup(world, event, space);
		/*
		 * If the child was the only task in @space, @space may have
		 * been freed.
		 */
		scene->space = world_space(world, event->dup.mm);
		return err;
	case MMAPDEMO_EVENT_EXIT_MMAP:
		apply_exit_mmap(world, event, task, space);
		return 0;
	case EVENT_FORK:
		return apply_fork(world, event, task);
	case EVENT_EXEC:
		apply_exec(world, event, task);
		return 0;
	case EVENT_EXIT:
		apply_exit(world, event, task);
		return 0;
	case EVENT_LEAVE ... EVENT_KINDS - 1:
		/* With the module, the module's events have applied the change. */
		return world->stock ? space_apply(space, event) : 0;
	case EVENT_COMM:
		enter(world, task, new_space(world, 0));
		return 0;
	default:
		return space ? space_apply(space, event) : 0;
	}
}

/*
 * Return true if the event is hidden. If the address space is unknown, the
 * result depends on what world_seed() has set for the task.
 */
static bool is_hidden(const struct event *event, const struct scene *scene)
{
	const struct task *task = scene->task;

	if (event->kind == EVENT_EXEC)
		return false;
	return scene->space ? scene->space->hidden :
			      task->inherits && task->hide;
}

/*
 * The fault_time event comes just before the pte_fault event of the same fault. If
 * the pte_fault event is of another fault, the own pte_fault event was lost.
 */
static void note_fault_time(struct task *task, const struct event *event)
{
	if (event->kind == MMAPDEMO_EVENT_FAULT_TIME) {
		task->slow = event->slow;
		task->slow_known = true;
	} else if (event->kind == MMAPDEMO_EVENT_PTE_FAULT) {
		task->slow_known = task->slow_known &&
				   task->slow.mm == event->fault.mm &&
				   task->slow.address == event->fault.address &&
				   task->slow.duration == event->fault.duration;
		task->slow.mm = 0;
	}
}

const struct slow_event *world_fault_time(const struct world *world,
					  const struct event *event)
{
	const struct task *task = world_task(world, event->tid);

	return task && task->slow_known ? &task->slow : NULL;
}

int world_event(struct world *world, const struct event *event,
		struct scene *scene)
{
	int err = place(world, event, scene);

	if (err)
		return err;
	note_fault_time(scene->task, event);
	scene->hidden = is_hidden(event, scene);
	scene->ends = event->kind >= EVENT_FORK ||
		      event->kind == MMAPDEMO_EVENT_VMA_UNLINK ||
		      event->kind == MMAPDEMO_EVENT_EXIT_MMAP;
	return scene->ends ? 0 : apply(world, event, scene);
}

int world_end(struct world *world, const struct event *event,
	      struct scene *scene)
{
	int err = scene->ends ? apply(world, event, scene) : 0;

	if (scene->ends && event->kind < EVENT_SIGNAL &&
	    event->kind != MMAPDEMO_EVENT_VMA_UNLINK)
		scene->space = NULL;	/* the space may have been freed */
	return err;
}

void world_free(struct world *world)
{
	while (world->tasks)
		drop_task(world, world->tasks);
	while (world->spaces)
		drop_space(world, world->spaces);
	ids_free(&world->tids);
	ids_free(&world->mms);
	table_free(&world->files);
}
