// SPDX-License-Identifier: GPL-2.0-only
#include "report/lint/touch.h"
#include "event/fault_parts.h"
#include "event/vm_flags.h"
#include "report/lint/malloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif

#define FAULT_AROUND (64ULL << 10)

/* ---- areas ---- */

static struct touches *touches_of(struct lint_touch *touch,
				  const struct area *area)
{
	size_t room = touch->room ? touch->room * 2 : 64;
	struct touches *list;

	if (area->id < touch->room)
		return &touch->list[area->id];
	list = reallocarray(touch->list, room, sizeof(*list));
	if (!list)
		return NULL;
	memset(list + touch->room, 0,
	       (room - touch->room) * sizeof(*list));
	touch->list = list;
	touch->room = room;
	return &list[area->id];
}

/* ---- faults ---- */

/* Return the page_use of a store to a page that the program had only loaded from. */
static enum page_use copied(const struct fault_event *fault)
{
	if (fault->entry_before & MMAPDEMO_ENTRY_ZERO)
		return USE_ZERO;
	return fault->ino && !(fault->entry_before & MMAPDEMO_ENTRY_ANON) ?
	       USE_COPY : USES;
}

/* Return the kind of use of the page. USES means that the fault is not counted. */
static enum page_use touch_of(const struct fault_event *fault)
{
	switch (fault->class) {
	case MMAPDEMO_FAULT_ANON:
	case MMAPDEMO_FAULT_COW:
	case MMAPDEMO_FAULT_SHARED:
	case MMAPDEMO_FAULT_HUGE_ANON:
		return USE_WRITE;
	case MMAPDEMO_FAULT_ANON_ZERO:
	case MMAPDEMO_FAULT_READ:
	case MMAPDEMO_FAULT_HUGE_ZERO:
		return USE_READ;
	case MMAPDEMO_FAULT_WP_COPY:
		return copied(fault);
	default:
		return USES;
	}
}

static bool is_huge(const struct fault_event *fault)
{
	return fault->class == MMAPDEMO_FAULT_HUGE_ANON ||
	       fault->class == MMAPDEMO_FAULT_HUGE_ZERO;
}

static bool is_small(const struct fault_event *fault)
{
	return fault->class == MMAPDEMO_FAULT_ANON && !fault->ino &&
	       !(fault->vm_flags & (VM_NOHUGEPAGE | VM_GROWSDOWN));
}

/* Return the size of the page or folio that the fault brought in. */
static __u64 bytes_brought(const struct fault_event *fault)
{
	if (is_huge(fault))
		return BLOCK_BYTES;
	return BLOCK_PAGE_BYTES << (fault->order < 9 ? fault->order : 0);
}

/* Return how many bytes the fault may have mapped. Fault-around maps up to 64 KiB. */
static __u64 bytes_around(const struct fault_event *fault)
{
	return fault->filled > 1 ? FAULT_AROUND : BLOCK_PAGE_BYTES;
}

/** struct span - a range of addresses */
struct span {
	__u64 start;
	__u64 end;
};

/* Return the aligned range of @bytes that contains the address, clipped to the VMA. */
static struct span span_of(const struct fault_event *fault, __u64 bytes)
{
	struct span span = { .start = fault->address & -bytes };

	span.end = span.start + bytes;
	if (span.start < fault->vma_start)
		span.start = fault->vma_start;
	if (span.end > fault->vma_end)
		span.end = fault->vma_end;
	return span;
}

static struct page_set span_pages(const struct page_block *block,
				  const struct fault_event *fault, __u64 bytes)
{
	struct span span = span_of(fault, bytes);

	return page_set_range(block->base, span.start, span.end);
}

/* Extend the range of touched pages by all pages that the fault may have mapped. */
static void extend(struct touches *touches, const struct fault_event *fault,
		   enum page_use kind)
{
	__u64 bytes = bytes_brought(fault);
	struct span span;

	if (kind == USE_READ && bytes < bytes_around(fault))
		bytes = bytes_around(fault);
	span = span_of(fault, bytes);
	if (!touches->high || touches->low > span.start)
		touches->low = span.start;
	if (touches->high < span.end)
		touches->high = span.end;
}

/*
 * Return which system call freed a page that is touched again. Return
 * TAKER_UNKNOWN for an anonymous page if the call was not recorded. Return
 * TAKERS if there was no call: the kernel may reclaim file pages at any time,
 * and two threads may touch a page at the same time.
 */
static enum taker taken(const struct page_block *block,
			const struct event *event)
{
	const struct fault_event *fault = &event->fault;
	enum taker taker = page_block_taker(block, fault->address);

	if (taker < TAKERS)
		return taker;
	return fault->ino || event_begin(event) <= block->ended ?
	       TAKERS : TAKER_UNKNOWN;
}

static bool is_by_program(const struct fault_event *fault)
{
	return fault->from == MMAPDEMO_FROM_USER ||
	       fault->from == MMAPDEMO_FROM_KERNEL;
}

/*
 * Return true if the fault waited for a read of the file. If another fault
 * started the read, the fault is not a major fault, but waited for the disk, or was
 * retried.
 */
static bool has_waited(const struct lint_touch *touch, const struct fault_event *fault,
		       const struct slow_event *slow)
{
	return is_by_program(fault) && fault->ino &&
	       (fault->ret & FAULT_MAJOR ||
		fault_waited_for_disk(fault, slow, touch->timed, 0, 0));
}

/* Count a fault that waited for a read of the file. */
static void see_wait(struct touches *touches, const struct fault_event *fault,
		     const struct slow_event *slow)
{
	stats_add(&touches->majors, slow && slow->io > 0 ? (__u64)slow->io :
							   fault->duration);
	touches->read_bytes += slow ? slow->read_bytes : 0;
}

/* Return true if the program stored to the page before the page was freed. */
static bool was_stored(const struct page_block *block,
		       const struct fault_event *fault)
{
	return page_set_has(&block->pages[USE_WRITE], fault->address) &&
	       !page_set_has(&block->pages[USE_READ], fault->address);
}

static void see_touch(struct touches *touches, struct page_block *block,
		      const struct event *event, enum page_use kind)
{
	const struct fault_event *fault = &event->fault;
	struct page_set pages = span_pages(block, fault, bytes_brought(fault));
	bool copy = kind == USE_ZERO || kind == USE_COPY;
	bool again = !copy && page_set_has(&block->touched, fault->address);
	enum taker taker = again ? taken(block, event) : TAKERS;

	page_set_add(&block->touched, pages);
	page_block_return(block, pages);
	block->ended = event->time;
	if (!is_by_program(fault))
		return;
	if (taker < TAKERS) {
		stats_add(&touches->again[taker], fault->duration);
		touches->nr[taker] = taker == TAKER_UNKNOWN ? -1 :
						   block->nr[taker];
		page_set_add(&block->again[taker], pages);
	}
	if (again || is_huge(fault) ||
	    (kind == USE_ZERO && was_stored(block, fault)))
		return;
	page_set_add(&block->pages[kind], kind == USE_READ ?
		     span_pages(block, fault, bytes_around(fault)) : pages);
	stats_add(&block->faults[kind], fault->duration);
}

/*
 * Count a first touch, and add the size of the touched mapping. A mapping is
 * the range of one mmap() call, and may be only a part of the VMA.
 */
static void see_piece(struct touches *touches, const struct space *space,
		      const struct fault_event *fault)
{
	const struct mapping *mapping = maps_find(&space->maps, fault->address);
	__u64 bytes = mapping ? mapping->end - mapping->start :
				fault->vma_end - fault->vma_start;

	touches->firsts++;
	touches->piece_pages += bytes > BLOCK_PAGE_BYTES ?
				bytes / BLOCK_PAGE_BYTES : 1;
	if (mapping)
		touches->by_malloc += is_malloc_mapping(mapping);
}

/*
 * Return true if the block was empty, and if a huge page at the addresses of
 * the block would fit into the VMA.
 */
static bool had_room_for_huge(const struct page_block *block,
			      const struct fault_event *fault)
{
	return !(fault->before & MMAPDEMO_LEVEL_PMD) &&
	       block->base >= fault->vma_start &&
	       block->base + BLOCK_BYTES <= fault->vma_end;
}

/*
 * Return whether the page was touched before. A page that madvise() has freed
 * is still part of the same mapping.
 */
static enum touch_order order_of(const struct page_block *block, __u64 address)
{
	enum taker taker = page_block_taker(block, address);

	if (!page_set_has(&block->touched, address))
		return TOUCH_FIRST;
	return taker == TAKERS || taker == TAKER_MADVISE ? TOUCH_LATER :
							    TOUCH_NEW_MAPPING;
}

static int see_image(struct lint_touch *touch, const struct fault_event *fault,
		     const struct space *space)
{
	const struct key key = { { space->number, fault->dev, fault->ino } };

	return !fault->ino || !(fault->vm_flags & VM_EXEC) ||
	       table_row(&touch->images, &key) ? 0 : -ENOMEM;
}

int lint_touch_fault(struct lint_touch *touch, const struct event *event,
		     const struct space *space, const struct slow_event *slow,
		     enum touch_order *order)
{
	const struct fault_event *fault = &event->fault;
	enum page_use kind = touch_of(fault);
	struct page_block *block;
	struct touches *touches;
	struct area *area;

	*order = TOUCH_LATER;
	if (fault->from == MMAPDEMO_FROM_REMOTE || kind == USES)
		return 0;
	area = areas_fault(&touch->areas, fault, space);
	touches = area ? touches_of(touch, area) : NULL;
	block = area ? page_block(&touch->blocks, area, fault->address) : NULL;
	if (!touches || !block || see_image(touch, fault, space))
		return -ENOMEM;
	*order = order_of(block, fault->address);
	extend(touches, fault, kind);
	if (has_waited(touch, fault, slow))
		see_wait(touches, fault, slow);
	if (is_small(fault) && had_room_for_huge(block, fault))
		touches->small++;
	if (*order != TOUCH_LATER)
		see_piece(touches, space, fault);
	see_touch(touches, block, event, kind);
	return 0;
}

/*
 * Return true if the range was unmapped by mremap(). A vma_unlink event of
 * mremap() is ignored, because the mremap event that follows contains the whole
 * result.
 */
static bool is_by_mremap(const struct unlink_event *unlink)
{
	return unlink->trigger == MMAPDEMO_TRIGGER_SYSCALL &&
	       unlink->nr == SYS_mremap;
}

void lint_touch_unlink(struct lint_touch *touch,
		       const struct unlink_event *unlink,
		       const struct space *space)
{
	bool known = unlink->trigger == MMAPDEMO_TRIGGER_SYSCALL;

	if (is_by_mremap(unlink))
		return;
	page_blocks_unmap(&touch->blocks, space->number, unlink->start,
			  unlink->end, known ? unlink->nr : -1);
}

static void unmap_by_mremap(struct lint_touch *touch,
			    const struct space *space, __u64 start, __u64 end)
{
	if (start < end)
		page_blocks_unmap(&touch->blocks, space->number, start, end,
				  SYS_mremap);
}

/* With MREMAP_FIXED, mremap() unmaps everything at the new address, too. */
void lint_touch_mremap(struct lint_touch *touch,
		       const struct mremap_event *mremap,
		       const struct space *space)
{
	__u64 start = mremap->addr, end = start + mremap->old_len;
	__u64 kept = start + mremap->new_len;

	if (mremap->ret < 0 || end < start || kept < start)
		return;
	unmap_by_mremap(touch, space, kept, end);
	if ((__u64)mremap->ret == start)
		return;
	unmap_by_mremap(touch, space, mremap->ret,
			mremap->ret + mremap->new_len);
	page_blocks_move(&touch->blocks, space->number, start,
			 kept < end ? kept : end);
}

static bool gives_back(__u64 advice)
{
	return advice == MADV_DONTNEED || advice == MADV_FREE ||
	       advice == MADV_REMOVE || advice == MADV_DONTNEED_LOCKED;
}

/*
 * If madvise() returned -ENOMEM, a part of the range is not mapped, but the
 * advice was applied to the rest of the range.
 */
void lint_touch_madvise(struct lint_touch *touch,
			const struct call_event *call,
			const struct space *space)
{
	__u64 start = call->args[0], end = start + call->args[1];

	if ((!call->ret || call->ret == -ENOMEM) && end > start &&
	    gives_back(call->args[2]))
		page_blocks_unmap(&touch->blocks, space->number, start, end,
				  SYS_madvise);
}

void lint_touch_free(struct lint_touch *touch)
{
	areas_free(&touch->areas);
	page_blocks_free(&touch->blocks);
	dense_runs_free(&touch->runs);
	table_free(&touch->sharers);
	table_free(&touch->images);
	table_free(&touch->files);
	free(touch->list);
	*touch = (struct lint_touch){ 0 };
}
