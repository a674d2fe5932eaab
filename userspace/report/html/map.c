// SPDX-License-Identifier: GPL-2.0-only
/* Which VMAs there were: the first pass. */
#include "report/html/map.h"
#include "base/format.h"
#include "event/vm_flags.h"
#include "report/html/map_space.h"
#include "report/where.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of VM_*, those that are shown: rwx and shared. */
#define FLAGS_SHOWN (VM_READ | VM_WRITE | VM_EXEC | VM_MAYSHARE)

/* ---- events ---- */

static int on_link(struct atlas *atlas, struct plate *plate,
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
	struct life life = {
		.start = link->start,
		.end = link->end,
		.vm_flags = link->vm_flags,
		.flagged = true,
		.origin = link->cause <= MMAPDEMO_CAUSE_EXTEND ?
			  origins[link->cause] : ORIGIN_MMAP,
	};

	life_name(&life, link->ino ? link->name :
		  world_label(link->vm_flags, link->cause));
	return plate_set(atlas, plate, &life, event->time);
}

/* A neighbour grew over the range. */
static int on_merged(struct atlas *atlas, struct plate *plate,
		     const struct event *event)
{
	const struct merge_event *merge = &event->merge;
	const struct life *known = plate_find(atlas, plate,
			merge->outcome & MMAPDEMO_MERGE_PREV ?
			merge->start - 1 : merge->end);
	struct life life = {
		.start = merge->result_start,
		.end = merge->result_end,
		.vm_flags = merge->vm_flags,
		.flagged = true,
		.origin = merge->cause == MMAPDEMO_CAUSE_BRK ? ORIGIN_BRK :
							       ORIGIN_MERGE,
	};

	life_name(&life, merge->cause == MMAPDEMO_CAUSE_BRK ? "[heap]" :
		  known ? known->name : "");
	return plate_set(atlas, plate, &life, event->time);
}

/* A range that becomes other than its neighbours, or a whole VMA. */
static int on_changed(struct atlas *atlas, struct plate *plate,
		      const struct event *event)
{
	const struct merge_event *merge = &event->merge;
	const struct life *known = plate_find(atlas, plate, merge->start);
	struct life life;

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
	return plate_set(atlas, plate, &life, event->time);
}

static int on_merge(struct atlas *atlas, struct plate *plate,
		    const struct event *event)
{
	const struct merge_event *merge = &event->merge;

	if (merge->ret)
		return 0;
	if (merge->outcome)
		return on_merged(atlas, plate, event);
	return merge->cause == MMAPDEMO_CAUSE_CHANGE ?
	       on_changed(atlas, plate, event) : 0;
}

static int on_split(struct atlas *atlas, struct plate *plate,
		    const struct event *event)
{
	const struct split_event *split = &event->split;
	const struct life *known = plate_find(atlas, plate, split->cut);
	struct life life;

	if (!known || known->start >= split->cut)
		return 0;
	life = *known;
	life.start = split->cut;
	life.origin = ORIGIN_SPLIT;
	life.faults = 0;
	life.ns = 0;
	return plate_set(atlas, plate, &life, event->time);
}

/* Where links and merges are not observed. */
static int on_mmap(struct atlas *atlas, struct plate *plate,
		   const struct event *event)
{
	const struct mmap_event *call = &event->mmap;
	struct life life = {
		.start = call->ret,
		.end = call->ret + ((call->len + atlas->page_bytes - 1) &
				    -atlas->page_bytes),
		.origin = ORIGIN_MMAP,
	};
	const struct life *known;

	if (call->ret < 0)
		return 0;
	known = plate_find(atlas, plate, life.start);
	if (known && known->end >= life.end)
		return 0;
	life_name(&life, call->name);
	return plate_set(atlas, plate, &life, event_begin(event));
}

/* exec moves the stack to its place when it is done; no event tells that. */
static void end_first_stack(struct atlas *atlas, struct plate *plate,
			    __u64 time)
{
	for (size_t at = plate->count; at-- > 0; ) {
		if (!strcmp(plate_life(atlas, plate, at)->name, "[stack]"))
			plate_end(atlas, plate, at, time);
	}
}

/* It names its VMA: corrects what was not observed. */
static int on_fault(struct atlas *atlas, struct plate *plate,
		    const struct event *event, const struct space *space)
{
	const struct fault_event *fault = &event->fault;
	struct life *life = plate_find(atlas, plate, fault->address);
	char name[ROW_NAME_MAX];
	struct life seen = {
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
			end_first_stack(atlas, plate, event_begin(event));
		if (plate_set(atlas, plate, &seen, event_begin(event)))
			return -ENOMEM;
		life = plate_find(atlas, plate, fault->address);
	}
	plate->faults++;
	plate->ns += fault->duration;
	if (life) {
		life->faults++;
		life->ns += fault->duration;
	}
	return 0;
}

static int apply(struct atlas *atlas, struct plate *plate,
		 const struct event *event, const struct space *space)
{
	switch (event->kind) {
	case MMAPDEMO_EVENT_VMA_LINK:
		return on_link(atlas, plate, event);
	case MMAPDEMO_EVENT_VMA_MERGE:
		return on_merge(atlas, plate, event);
	case MMAPDEMO_EVENT_VMA_SPLIT:
		return on_split(atlas, plate, event);
	case MMAPDEMO_EVENT_VMA_UNLINK:
		return plate_clear(atlas, plate, event->unlink.start,
			     event->unlink.end, event->time);
	case MMAPDEMO_EVENT_DO_MMAP:
		return on_mmap(atlas, plate, event);
	case MMAPDEMO_EVENT_PTE_FAULT:
		return on_fault(atlas, plate, event, space);
	default:
		return 0;
	}
}

/* ---- address spaces that begin and end ---- */

/* What is mapped there that no event has told. */
static int seed(struct atlas *atlas, struct plate *plate,
		const struct maps *maps, __u8 origin)
{
	const struct mapping *mapping = maps_after(maps, 0);
	int err = 0;

	for (; !err && mapping && atlas->life_count < ATLAS_LIVES_KEPT;
	     mapping = maps_after(maps, mapping->end)) {
		struct life life = {
			.start = mapping->start,
			.end = mapping->end,
			.born = plate->born,
			.origin = origin,
		};

		life_name(&life, mapping->name);
		err = plate_begin(atlas, plate, &life);
	}
	return err;
}

/* fork: the child's is a copy, flags and all. */
static int on_copy(struct atlas *atlas, const struct plate *parent,
		   const struct event *event, const struct world *world)
{
	const struct space *space = world_space(world, event->dup.child_mm);
	struct plate *child;
	int err = 0;

	if (!space || plate_of(atlas, space) ||
	    atlas->plate_count == ATLAS_PLATES_KEPT)
		return 0;
	child = plate_new(atlas, space, event);
	if (!child)
		return -ENOMEM;
	child->tid = event->dup.child_pid;
	child->last = event->time;
	strcpy(child->name, parent->name);
	for (size_t i = 0; !err && i < parent->count &&
	     atlas->life_count < ATLAS_LIVES_KEPT; i++) {
		struct life life = *plate_life(atlas, parent, i);

		life.born = child->born;
		life.faults = 0;
		life.ns = 0;
		life.origin = ORIGIN_FORK;
		err = plate_begin(atlas, child, &life);
	}
	return err;
}

static void close_plate(struct atlas *atlas, struct plate *plate, __u64 time)
{
	while (plate->count)
		plate_end(atlas, plate, plate->count - 1, time);
	free(plate->now);
	plate->now = NULL;
	plate->room = 0;
	plate->over = true;
}

static void on_exit_mmap(struct atlas *atlas, const struct event *event)
{
	for (size_t i = atlas->plate_count; i-- > 0; ) {
		struct plate *plate = &atlas->plates[i];

		if (plate->mm != event->exit_mmap.mm || plate->over)
			continue;
		if (plate->last < event->time)
			plate->last = event->time;
		close_plate(atlas, plate, event->time);
		return;
	}
}

static void on_exec(struct atlas *atlas, const struct event *event,
		    const struct world *world)
{
	const struct task *task = world_task(world, event->tid);
	struct plate *plate = task && task->space ?
			      plate_of(atlas, task->space) : NULL;

	if (plate)
		snprintf(plate->name, sizeof(plate->name), "%s",
			 path_base(event->exec.filename));
}

int atlas_event(struct atlas *atlas, const struct event *event,
		const struct space *space, const struct world *world)
{
	struct plate *plate;
	int err;

	if (event->kind == MMAPDEMO_EVENT_EXIT_MMAP)
		on_exit_mmap(atlas, event);
	if (event->kind == EVENT_EXEC)
		on_exec(atlas, event, world);
	if (!space || event->kind >= EVENT_FORK ||
	    event->kind == MMAPDEMO_EVENT_PGD_ALLOC)
		return 0;
	plate = plate_of(atlas, space);
	if (!plate) {
		if (atlas->plate_count == ATLAS_PLATES_KEPT)
			return 0;
		plate = plate_new(atlas, space, event);
		if (!plate || seed(atlas, plate, &space->maps, ORIGIN_BEFORE))
			return -ENOMEM;
	}
	plate->last = event->time;
	err = apply(atlas, plate, event, space);
	if (!err && event->kind == MMAPDEMO_EVENT_DUP_MM)
		err = on_copy(atlas, plate, event, world);
	return err;
}

void atlas_free(struct atlas *atlas)
{
	for (size_t i = 0; i < atlas->plate_count; i++)
		free(atlas->plates[i].now);
	free(atlas->plates);
	free(atlas->lives);
	free(atlas->by_number);
}
