// SPDX-License-Identifier: GPL-2.0-only
/* Effects of events on the maps of an address space. */
#include "base/format.h"
#include "event/vm_flags.h"
#include "event/world.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NO_CAUSE (~0U)

const char *world_label(__u64 vm_flags, __u32 cause, __u32 trigger)
{
	if (vm_flags & VM_GROWSDOWN)
		return cause == MMAPDEMO_CAUSE_INSERT ? MAPS_STACK : "";
	if (cause == MMAPDEMO_CAUSE_BRK)
		return trigger == MMAPDEMO_TRIGGER_EXEC ? "" : "[heap]";
	if (cause != MMAPDEMO_CAUSE_INSERT)
		return "";
	if (vm_flags & (VM_IO | VM_PFNMAP))
		return "[vvar]";
	return vm_flags & VM_EXEC ? "[vdso]" : "";
}

static __u64 round_up(__u64 bytes)
{
	const __u64 page = sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) & -page;
}

/* ---- names of files ---- */

static struct key file_key(__u32 dev, __u64 ino)
{
	return (struct key){ { ino, dev } };
}

int files_add(struct table *files, const struct mapping *mapping)
{
	const struct key key = file_key(mapping->dev, mapping->ino);
	struct row *row;

	if (!mapping->ino || !mapping->name[0])
		return 0;
	row = table_row(files, &key);
	if (!row)
		return -ENOMEM;
	strcpy(row->name, mapping->name);
	return 0;
}

const char *space_file(const struct space *space, __u32 dev, __u64 ino)
{
	const struct key key = file_key(dev, ino);
	const struct row *row = space->files ?
				table_find(space->files, &key) : NULL;

	return row ? row->name : NULL;
}

/* ---- events ---- */

static int set_mapping(struct space *space, const struct mapping *mapping)
{
	return files_add(space->files, mapping) ?:
	       maps_set(&space->maps, mapping);
}

static void name_mapping(struct mapping *mapping, const char *name,
			 const char *label)
{
	snprintf(mapping->name, sizeof(mapping->name), "%.*s",
		 EVENT_NAME_MAX - 1, mapping->ino ? file_title(name) : label);
}

bool mmap_is_plain(const struct mmap_event *call)
{
	return !call->addr && call->prot == (PROT_READ | PROT_WRITE) &&
	       call->flags == (MAP_PRIVATE | MAP_ANONYMOUS);
}

static int apply_mmap(const struct event *event, struct space *space)
{
	const struct mmap_event *call = &event->mmap;
	__u64 page = sysconf(_SC_PAGESIZE);
	struct mapping mapping = {
		.start = call->ret,
		.end = call->ret + round_up(call->len),
		.offset = call->ino ? call->pgoff * page : 0,
		.ino = call->ino,
		.dev = call->dev,
		.born = event_begin(event),
		.plain = mmap_is_plain(call),
	};

	if (call->ret < 0)
		return 0;
	name_mapping(&mapping, call->name, "");
	return set_mapping(space, &mapping);
}

static int apply_link(const struct event *event, struct space *space)
{
	const struct link_event *link = &event->link;
	struct mapping mapping = {
		.start = link->start,
		.end = link->end,
		.offset = link->ino ? link->pgoff * sysconf(_SC_PAGESIZE) : 0,
		.ino = link->ino,
		.dev = link->dev,
	};

	name_mapping(&mapping, link->name,
		     world_label(link->vm_flags, link->cause,
				 link->trigger));
	if (!mapping.ino && !strcmp(mapping.name, MAPS_STACK))
		space->maps.building = true;
	return set_mapping(space, &mapping);
}

/* Extend the mapping @known, so that it reaches from @start to @end. */
static int grow(struct space *space, const struct mapping *known, __u64 start,
		__u64 end)
{
	struct mapping mapping = *known;

	mapping.offset -= mapping.ino ? mapping.start - start : 0;
	mapping.start = start;
	mapping.end = end;
	return set_mapping(space, &mapping);
}

/*
 * Apply a merge if brk() caused it, or if mremap() caused it by moving a mapping.
 * Any other merge is followed by a do_mmap or mremap event, or does not change
 * what is mapped.
 */
static int apply_merge(const struct event *event, struct space *space)
{
	const struct merge_event *merge = &event->merge;
	bool prev = merge->outcome & MMAPDEMO_MERGE_PREV;
	struct mapping heap = {
		.start = merge->result_start,
		.end = merge->result_end,
	};
	const struct mapping *known;

	if (!merge->outcome)
		return 0;
	if (merge->cause == MMAPDEMO_CAUSE_BRK) {
		name_mapping(&heap, "", world_label(0, merge->cause,
						    merge->trigger));
		return set_mapping(space, &heap);
	}
	if (merge->cause != MMAPDEMO_CAUSE_MOVE)
		return 0;
	known = maps_find(&space->maps, prev ? merge->prev_start :
						merge->next_start);
	return known ? grow(space, known, merge->result_start,
			    merge->result_end) : 0;
}

/*
 * Extend a mapping in place. With the module, other events show that a mapping
 * moved or shrank.
 */
static int apply_mremap(const struct event *event, struct space *space)
{
	const struct mremap_event *call = &event->mremap;
	__u64 end = call->addr + round_up(call->new_len);
	const struct mapping *known = maps_find(&space->maps, call->addr);

	if (call->ret < 0 || (__u64)call->ret != call->addr || !known ||
	    known->end >= end)
		return 0;
	return grow(space, known, known->start, end);
}

/* Move or shrink a mapping. Without the module, no other event shows these changes. */
static int apply_move(const struct event *event, struct space *space)
{
	const struct mremap_event *call = &event->mremap;
	const struct mapping *known = maps_find(&space->maps, call->addr);
	struct mapping mapping;
	int err;

	if (call->ret < 0 || !known)
		return 0;
	if ((__u64)call->ret == call->addr)
		return maps_clear(&space->maps,
				  call->addr + round_up(call->new_len),
				  call->addr + round_up(call->old_len));
	mapping = *known;
	mapping.offset += mapping.ino ? call->addr - mapping.start : 0;
	mapping.start = call->ret;
	mapping.end = call->ret + round_up(call->new_len);
	err = call->flags & MREMAP_DONTUNMAP ? 0 :
	      maps_clear(&space->maps, call->addr,
			 call->addr + round_up(call->old_len));
	return err ? err : set_mapping(space, &mapping);
}

/* Change the heap. Without the module, no other event shows this change. */
static int apply_brk(const struct event *event, struct space *space)
{
	struct mapping heap = {
		.start = round_up(event->brk.old),
		.end = round_up(event->brk.ret),
	};

	if (heap.end < heap.start)
		return maps_clear(&space->maps, heap.end, heap.start);
	name_mapping(&heap, "", world_label(0, MMAPDEMO_CAUSE_BRK, 0));
	return set_mapping(space, &heap);
}

static int apply_munmap(const struct event *event, struct space *space)
{
	const struct call_event *call = &event->call;

	return call->ret ? 0 :
	       maps_clear(&space->maps, call->args[0],
			  call->args[0] + round_up(call->args[1]));
}

/* Remove the stack that exec has built. No event showed that exec moved it. */
static int move_stack(struct maps *maps)
{
	const struct mapping *first = maps_find(maps, maps->stack - 1);

	maps->building = false;
	return first && !strcmp(first->name, MAPS_STACK) ?
	       maps_clear(maps, first->start, first->end) : 0;
}

/*
 * Give @mapping a name. @mapping has VM_GROWSDOWN, and was found by a fault at an
 * address where no mapping was known. If a mapping is known at the end of
 * @mapping, that mapping has grown downwards. Otherwise, @mapping is the stack,
 * unless the final place of the stack is already known.
 */
static int name_grown(struct maps *maps, struct mapping *mapping)
{
	const struct mapping *above = maps_find(maps, mapping->end - 1);
	int err = 0;

	if (above && !above->ino) {
		strcpy(mapping->name, above->name);
		mapping->born = above->born;
	} else if (!maps->stack || maps->building) {
		err = maps->building ? move_stack(maps) : 0;
		strcpy(mapping->name, MAPS_STACK);
	}
	return err;
}

/* Add the VMA of a fault, if no event has shown its mapping. */
static int apply_fault(const struct event *event, struct space *space)
{
	const struct fault_event *fault = &event->fault;
	const struct mapping *known = maps_find(&space->maps, fault->address);
	__u64 offset = fault->ino ? fault->pgoff * sysconf(_SC_PAGESIZE) : 0;
	struct mapping mapping;
	const char *name;
	int err = 0;

	if (known && known->ino == fault->ino && known->dev == fault->dev &&
	    (!fault->ino || known->start - known->offset ==
			    fault->vma_start - offset))
		return 0;
	mapping = (struct mapping){
		.start = fault->vma_start,
		.end = fault->vma_end,
		.offset = offset,
		.ino = fault->ino,
		.dev = fault->dev,
	};
	name = space_file(space, fault->dev, fault->ino);
	name_mapping(&mapping, name ? name : "",
		     world_label(fault->vm_flags, NO_CAUSE, 0));
	if (!fault->ino && fault->vm_flags & VM_GROWSDOWN)
		err = name_grown(&space->maps, &mapping);
	return err ? err : set_mapping(space, &mapping);
}

/* Leave @born at 0. Only the event at the end of mmap() sets @born. */
static int apply_vma(const struct event *event, struct space *space)
{
	const struct vma_event *vma = &event->vma;
	struct mapping mapping = {
		.start = vma->start,
		.end = vma->end,
		.offset = vma->pgoff * sysconf(_SC_PAGESIZE),
		.ino = vma->ino,
		.dev = vma->dev,
	};

	name_mapping(&mapping, vma->name, vma->name);
	return set_mapping(space, &mapping);
}

int space_apply(struct space *space, const struct event *event)
{
	switch (event->kind) {
	case MMAPDEMO_EVENT_DO_MMAP:
		return apply_mmap(event, space);
	case MMAPDEMO_EVENT_VMA_LINK:
		return apply_link(event, space);
	case MMAPDEMO_EVENT_VMA_MERGE:
		return apply_merge(event, space);
	case MMAPDEMO_EVENT_PTE_FAULT:
		return apply_fault(event, space);
	case MMAPDEMO_EVENT_VMA_UNLINK:
		return maps_clear(&space->maps, event->unlink.start,
				  event->unlink.end);
	case MMAPDEMO_EVENT_MREMAP:
		return apply_mremap(event, space) ?:
		       (space->mm ? 0 : apply_move(event, space));
	case MMAPDEMO_EVENT_BRK:
		return space->mm ? 0 : apply_brk(event, space);
	case EVENT_LEAVE + EVENT_CALL_MUNMAP:
		return apply_munmap(event, space);
	case EVENT_VMA:
		return apply_vma(event, space);
	default:
		return 0;
	}
}
