// SPDX-License-Identifier: GPL-2.0-only
/* Collection of the VMAs of a recording, during the first pass over the events. */
#include "report/html/map.h"
#include "base/format.h"
#include "event/vm_flags.h"
#include "report/html/map_space.h"
#include "report/where.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The VM_* flags that the map shows, which are rwx and shared. */
#define FLAGS_SHOWN (VM_READ | VM_WRITE | VM_EXEC | VM_MAYSHARE)

/* ---- events ---- */

static int on_link(struct map *map, struct map_space *map_space,
		   const struct event *event)
{
	static const __u8 origins[] = {
		[MMAPDEMO_CAUSE_MMAP] = ORIGIN_MMAP,
		[MMAPDEMO_CAUSE_BRK] = ORIGIN_BRK,
		[MMAPDEMO_CAUSE_CHANGE] = ORIGIN_CHANGE,
		[MMAPDEMO_CAUSE_MOVE] = ORIGIN_MOVE,
		[MMAPDEMO_CAUSE_INSERT] = ORIGIN_EXEC,
		[MMAPDEMO_CAUSE_EXTEND] = ORIGIN_MERGE,
	};
	const struct link_event *link = &event->link;
	struct vma_life life = {
		.start = link->start,
		.end = link->end,
		.vm_flags = link->vm_flags,
		.flagged = true,
		.origin = link->cause <= MMAPDEMO_CAUSE_EXTEND ?
			  origins[link->cause] : ORIGIN_MMAP,
	};

	life_name(&life, link->ino ? link->name :
		  world_label(link->vm_flags, link->cause, link->trigger));
	return map_space_set(map, map_space, &life, event->time);
}

/* Handle a merge, which has extended a neighbour over the range. */
static int on_merged(struct map *map, struct map_space *map_space,
		     const struct event *event)
{
	const struct merge_event *merge = &event->merge;
	const struct vma_life *known = map_space_find(map, map_space,
			merge->outcome & MMAPDEMO_MERGE_PREV ?
			merge->start - 1 : merge->end);
	struct vma_life life = {
		.start = merge->result_start,
		.end = merge->result_end,
		.vm_flags = merge->vm_flags,
		.flagged = true,
		.origin = merge->cause == MMAPDEMO_CAUSE_BRK ? ORIGIN_BRK :
							       ORIGIN_MERGE,
	};

	life_name(&life, merge->cause == MMAPDEMO_CAUSE_BRK ?
		  world_label(0, merge->cause, merge->trigger) :
		  known ? known->name : "");
	return map_space_set(map, map_space, &life, event->time);
}

/* Handle a change without a merge. The changed range can be a part of a VMA. */
static int on_changed(struct map *map, struct map_space *map_space,
		      const struct event *event)
{
	const struct merge_event *merge = &event->merge;
	const struct vma_life *known = map_space_find(map, map_space, merge->start);
	struct vma_life life;

	if (!known || merge->start >= merge->end)
		return 0;
	life = *known;
	life.start = merge->start;
	life.end = merge->end;
	life.faults = 0;
	life.ns = 0;
	life.vm_flags = merge->flags_wanted ? merge->flags_wanted :
					      merge->vm_flags;
	life.flagged = true;
	life.origin = ORIGIN_CHANGE;
	return map_space_set(map, map_space, &life, event->time);
}

static int on_merge(struct map *map, struct map_space *map_space,
		    const struct event *event)
{
	const struct merge_event *merge = &event->merge;

	if (merge->ret)
		return 0;
	if (merge->outcome)
		return on_merged(map, map_space, event);
	return merge->cause == MMAPDEMO_CAUSE_CHANGE ?
	       on_changed(map, map_space, event) : 0;
}

static int on_split(struct map *map, struct map_space *map_space,
		    const struct event *event)
{
	const struct split_event *split = &event->split;
	const struct vma_life *known = map_space_find(map, map_space, split->cut);
	struct vma_life life;

	if (!known || known->start >= split->cut)
		return 0;
	life = *known;
	life.start = split->cut;
	life.origin = ORIGIN_SPLIT;
	life.faults = 0;
	life.ns = 0;
	return map_space_set(map, map_space, &life, event->time);
}

/* Handle do_mmap(), in case new VMAs and merges are not observed. */
static int on_mmap(struct map *map, struct map_space *map_space,
		   const struct event *event)
{
	const struct mmap_event *call = &event->mmap;
	struct vma_life life = {
		.start = call->ret,
		.end = call->ret + ((call->len + map->page_bytes - 1) &
				    -map->page_bytes),
		.origin = ORIGIN_MMAP,
	};
	const struct vma_life *known;

	if (call->ret < 0)
		return 0;
	known = map_space_find(map, map_space, life.start);
	if (known && known->end >= life.end)
		return 0;
	life_name(&life, call->name);
	return map_space_set(map, map_space, &life, event_begin(event));
}

/* End the life of the initial stack. No event showed that exec moved this stack. */
static void end_first_stack(struct map *map, struct map_space *map_space,
			    __u64 time)
{
	for (size_t at = map_space->count; at-- > 0; ) {
		if (!strcmp(map_space_life(map, map_space, at)->name, "[stack]"))
			map_space_end(map, map_space, at, time);
	}
}

/* Handle a fault. Add the faulting VMA if no event has shown this VMA. */
static int on_fault(struct map *map, struct map_space *map_space,
		    const struct event *event, const struct space *space)
{
	const struct fault_event *fault = &event->fault;
	struct vma_life *life = map_space_find(map, map_space, fault->address);
	char name[ROW_NAME_MAX];
	struct vma_life seen = {
		.start = fault->vma_start,
		.end = fault->vma_end,
		.vm_flags = fault->vm_flags,
		.flagged = true,
		.origin = ORIGIN_FAULT,
	};
	bool same = life && life->start == seen.start && life->end == seen.end;

	if (same && !life->flagged) {
		life->vm_flags = seen.vm_flags;
		life->flagged = true;
	}
	if (!same || (life->vm_flags ^ seen.vm_flags) & FLAGS_SHOWN) {
		life_name(&seen, summary_where(space, fault, name));
		if (!strcmp(name, "[stack]") && !life)
			end_first_stack(map, map_space, event_begin(event));
		if (map_space_set(map, map_space, &seen, event_begin(event)))
			return -ENOMEM;
		life = map_space_find(map, map_space, fault->address);
	}
	map_space->faults++;
	map_space->ns += fault->duration;
	if (life) {
		life->faults++;
		life->ns += fault->duration;
	}
	return 0;
}

static int apply(struct map *map, struct map_space *map_space,
		 const struct event *event, const struct space *space)
{
	switch (event->kind) {
	case MMAPDEMO_EVENT_VMA_LINK:
		return on_link(map, map_space, event);
	case MMAPDEMO_EVENT_VMA_MERGE:
		return on_merge(map, map_space, event);
	case MMAPDEMO_EVENT_VMA_SPLIT:
		return on_split(map, map_space, event);
	case MMAPDEMO_EVENT_VMA_UNLINK:
		return map_space_clear(map, map_space, event->unlink.start,
			     event->unlink.end, event->time);
	case MMAPDEMO_EVENT_DO_MMAP:
		return on_mmap(map, map_space, event);
	case MMAPDEMO_EVENT_PTE_FAULT:
		return on_fault(map, map_space, event, space);
	default:
		return 0;
	}
}

/* ---- start and end of address spaces ---- */

/* Add the mappings that existed before the first event of the address space. */
static int seed(struct map *map, struct map_space *map_space,
		const struct maps *maps, __u8 origin)
{
	const struct mapping *mapping = maps_after(maps, 0);
	int err = 0;

	for (; !err && mapping && map->life_count < MAP_LIVES_KEPT;
	     mapping = maps_after(maps, mapping->end)) {
		struct vma_life life = {
			.start = mapping->start,
			.end = mapping->end,
			.born = map_space->born,
			.origin = origin,
		};

		life_name(&life, mapping->name);
		err = map_space_begin(map, map_space, &life);
	}
	return err;
}

/* Handle a fork. The VMAs of the child are copies of the parent's VMAs. */
static int on_copy(struct map *map, const struct map_space *parent,
		   const struct event *event, const struct world *world)
{
	const struct space *space = world_space(world, event->dup.child_mm);
	struct map_space *child;
	int err = 0;

	if (!space || map_space_of(map, space) ||
	    map->space_count == MAP_SPACES_KEPT)
		return 0;
	child = map_space_new(map, space, event);
	if (!child)
		return -ENOMEM;
	child->tid = event->dup.child_pid;
	child->last = event->time;
	strcpy(child->name, parent->name);
	for (size_t i = 0; !err && i < parent->count &&
	     map->life_count < MAP_LIVES_KEPT; i++) {
		struct vma_life life = *map_space_life(map, parent, i);

		life.born = child->born;
		life.faults = 0;
		life.ns = 0;
		life.origin = ORIGIN_FORK;
		err = map_space_begin(map, child, &life);
	}
	return err;
}

static void on_exit_mmap(struct map *map, const struct event *event)
{
	for (size_t i = map->space_count; i-- > 0; ) {
		struct map_space *map_space = &map->spaces[i];

		if (map_space->mm != event->exit_mmap.mm || map_space->over)
			continue;
		if (map_space->last < event->time)
			map_space->last = event->time;
		map_space->over = true;
		return;
	}
}

static void on_exec(struct map *map, const struct event *event,
		    const struct world *world)
{
	const struct task *task = world_task(world, event->tid);
	struct map_space *map_space = task && task->space ?
			      map_space_of(map, task->space) : NULL;

	if (map_space)
		snprintf(map_space->name, sizeof(map_space->name), "%s",
			 path_base(event->exec.filename));
}

int map_event(struct map *map, const struct event *event,
	      const struct space *space, const struct world *world)
{
	struct map_space *map_space;
	int err;

	if (event->kind == MMAPDEMO_EVENT_EXIT_MMAP)
		on_exit_mmap(map, event);
	if (event->kind == EVENT_EXEC)
		on_exec(map, event, world);
	if (!space || event->kind >= EVENT_FORK ||
	    event->kind == MMAPDEMO_EVENT_PGD_ALLOC)
		return 0;
	map_space = map_space_of(map, space);
	if (!map_space) {
		if (map->space_count == MAP_SPACES_KEPT)
			return 0;
		map_space = map_space_new(map, space, event);
		if (!map_space || seed(map, map_space, &space->maps, ORIGIN_BEFORE))
			return -ENOMEM;
	}
	map_space->last = event->time;
	err = apply(map, map_space, event, space);
	if (!err && event->kind == MMAPDEMO_EVENT_DUP_MM)
		err = on_copy(map, map_space, event, world);
	return err;
}

void map_free(struct map *map)
{
	for (size_t i = 0; i < map->space_count; i++)
		free(map->spaces[i].now);
	free(map->spaces);
	free(map->lives);
	free(map->by_number);
}
