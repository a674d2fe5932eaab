// SPDX-License-Identifier: GPL-2.0-only
#include "report/first_touch.h"
#include "base/order.h"
#include "base/tree.h"
#include "record/meta_machine.h"
#include "report/where.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- settings ---- */

static enum huge_setting setting_of(const struct meta *meta, const char *name)
{
	return huge_setting_parse(meta_setting(meta, name));
}

static bool allows_smaller(const struct meta *meta)
{
	char name[40];

	for (int i = 0; i < HUGE_SIZES; i++) {
		const char *word;

		snprintf(name, sizeof(name), "hugepages-%llukB/enabled",
			 HUGE_SIZE_MIN << i >> 10);
		word = meta_setting(meta, name);
		if (*word && strcmp(word, "never"))
			return true;
	}
	return false;
}

/* Older recordings have only one setting, and no settings of sizes. */
void first_touch_begin(struct first_touch *touch, const struct meta *meta)
{
	enum huge_setting enabled = setting_of(meta, "enabled");
	enum huge_setting size = setting_of(meta, "hugepages-2048kB/enabled");

	if (enabled == HUGE_SET_UNKNOWN)
		enabled = huge_setting_parse(meta->thp);
	touch->release = huge_release(meta->kernel);
	touch->known = enabled != HUGE_SET_UNKNOWN;
	touch->smaller = allows_smaller(meta);
	touch->page_bytes = meta->page_bytes;
	touch->settings = (struct huge_settings){
		.supported = true,
		.enabled = enabled,
		.size = size == HUGE_SET_UNKNOWN ? HUGE_SET_INHERIT : size,
	};
}

/* ---- blocks ---- */

static int compare(const void *a, const void *b)
{
	const struct first_block *x = a, *y = b;

	return x->space != y->space ? ORDER(x->space, y->space) :
				      ORDER(x->base, y->base);
}

/* Return the block of an address. Return NULL if there is no memory. */
static struct first_block *block_at(struct first_touch *touch,
				    const struct space *space, __u64 address)
{
	const struct first_block like = {
		.space = space->number, .base = address & -HUGE_BYTES,
		.reason = HUGE_TABLE,
	};

	if (!touch->last || compare(touch->last, &like))
		touch->last = tree_get(&touch->blocks, &like, sizeof(like),
				       compare);
	return touch->last;
}

/* ---- reasons ---- */

/*
 * Older recordings do not show prctl(), free memory and the room in the cgroup. If all
 * other tests pass, one of these is the reason.
 */
static enum huge_reason judge(const struct first_touch *touch,
			      const struct fault_event *fault)
{
	const struct huge_facts facts = {
		.address = fault->address & -HUGE_BYTES,
		.start = fault->vma_start,
		.end = fault->vma_end,
		.flags = fault->vm_flags,
		.kind = HUGE_KIND_ANON,
		.entry = fault->before & MMAPDEMO_LEVEL_PMD ?
			 HUGE_ENTRY_TABLE : HUGE_ENTRY_NONE,
		.allowed = HUGE_FACT_YES,
		.eligible = HUGE_FACT_YES,
		.settings = touch->settings,
	};

	return mmapdemo_huge_judge(touch->release.rules, &facts).reason;
}

static void set_reason(struct first_block *block, const struct fault_event *fault,
		       enum huge_reason reason)
{
	block->reason = reason;
	block->start = fault->vma_start;
	block->end = fault->vma_end;
}

/* Return true if the reason was recorded: for this fault, or for the first touch. */
static bool is_recorded(const struct fault_event *fault, struct first_block *block)
{
	if (fault->huge > HUGE_MAPPED && fault->huge < MMAPDEMO_HUGE_REASON_COUNT &&
	    fault->huge != HUGE_TABLE) {
		set_reason(block, fault, fault->huge);
		block->recorded = true;
	} else if (!(fault->before & MMAPDEMO_LEVEL_PMD)) {
		block->recorded = false;
	}
	return block->recorded;
}

/*
 * If only the page table is in the way, the reason is that of the touch that made the
 * page table. The VMA may have been smaller at that time.
 */
static enum huge_reason reason_of(const struct first_touch *touch,
				  const struct fault_event *fault,
				  const struct slow_event *slow,
				  struct first_block *block)
{
	enum huge_reason reason;

	if (is_recorded(fault, block))
		return block->reason;
	reason = judge(touch, fault);
	if (reason == HUGE_TABLE)
		return block->zero ? HUGE_ZERO : block->reason;
	if (reason == HUGE_NEXT)
		reason = slow && slow->compaction > 0 ? HUGE_MEMORY :
							HUGE_UNKNOWN;
	if (!(fault->before & MMAPDEMO_LEVEL_PMD))
		block->zero = false;
	set_reason(block, fault, reason);
	return reason;
}

static enum first_touch_side side_of(const struct first_block *block)
{
	if (block->end - block->start < HUGE_BYTES)
		return FIRST_TOUCH_SHORT;
	return block->base < block->start ? FIRST_TOUCH_BEGIN : FIRST_TOUCH_END;
}

static int add_range(struct first_touch *touch, const struct fault_event *fault,
		     const struct space *space, const struct first_block *block,
		     __u64 bytes)
{
	const enum first_touch_side side = side_of(block);
	const struct key key = { { space->number, block->start, side } };
	struct row *row;

	touch->sides[side] += bytes;
	if (side == FIRST_TOUCH_SHORT)
		return 0;
	row = table_row(&touch->vmas, &key);
	if (!row)
		return -ENOMEM;
	if (!row->name[0])
		summary_where(space, fault, row->name);
	row->stats.ns += bytes;
	row->live = block->end;
	row->majors = space->pid;
	return 0;
}

/* ---- faults ---- */

static bool is_zero(const struct fault_event *fault)
{
	return fault->entry_before & MMAPDEMO_ENTRY_ZERO;
}

/*
 * Return the number of bytes that a small fault has mapped for the first time. The zero
 * page does not count.
 */
static __u64 mapped_by(const struct first_touch *touch,
		       const struct fault_event *fault)
{
	switch (fault->class) {
	case MMAPDEMO_FAULT_ANON:
		return touch->page_bytes;
	case MMAPDEMO_FAULT_WP_COPY:
	case MMAPDEMO_FAULT_HUGE_SPLIT:
		return is_zero(fault) ? touch->page_bytes : 0;
	default:
		return 0;
	}
}

static int small_fault(struct first_touch *touch, const struct fault_event *fault,
		       const struct space *space, const struct slow_event *slow,
		       struct touched *touched)
{
	const __u64 bytes = mapped_by(touch, fault);
	struct first_block *block;
	enum huge_reason reason;

	if (!bytes && fault->class != MMAPDEMO_FAULT_ANON_ZERO)
		return 0;
	block = block_at(touch, space, fault->address);
	if (!block)
		return -ENOMEM;
	if (fault->class == MMAPDEMO_FAULT_HUGE_SPLIT)
		block->zero = true;
	reason = reason_of(touch, fault, slow, block);
	if (!bytes)
		return 0;
	*touched = (struct touched){ reason, bytes };
	touch->small[reason] += bytes;
	return reason == HUGE_RANGE ?
	       add_range(touch, fault, space, block, bytes) : 0;
}

static int huge_fault(struct first_touch *touch, const struct fault_event *fault,
		      const struct space *space, struct touched *touched)
{
	struct first_block *block = block_at(touch, space, fault->address);

	if (!block)
		return -ENOMEM;
	block->reason = HUGE_TABLE;
	block->recorded = false;
	block->zero = fault->class == MMAPDEMO_FAULT_HUGE_ZERO;
	if (block->zero)
		return 0;
	*touched = (struct touched){ HUGE_MAPPED, HUGE_BYTES };
	touch->huge += HUGE_BYTES;
	return 0;
}

int first_touch_fault(struct first_touch *touch, const struct fault_event *fault,
		      const struct space *space, const struct slow_event *slow,
		      struct touched *touched)
{
	*touched = (struct touched){ .reason = HUGE_REASONS };
	if (!space || fault->ino)
		return 0;
	return fault->class == MMAPDEMO_FAULT_HUGE_ANON ||
	       fault->class == MMAPDEMO_FAULT_HUGE_ZERO ?
	       huge_fault(touch, fault, space, touched) :
	       small_fault(touch, fault, space, slow, touched);
}

/* ---- results ---- */

__u64 first_touch_small(const struct first_touch *touch)
{
	__u64 bytes = 0;

	for (int i = 0; i < HUGE_REASONS; i++)
		bytes += touch->small[i];
	return bytes;
}

enum first_touch_side first_touch_side(const struct row *vma)
{
	return vma->key.parts[2];
}

__u64 first_touch_start(const struct row *vma)
{
	return vma->key.parts[1];
}

void first_touch_end(struct first_touch *touch)
{
	table_sort(&touch->vmas);
}

void first_touch_free(struct first_touch *touch)
{
	tdestroy(touch->blocks, free);
	table_free(&touch->vmas);
	touch->blocks = NULL;
	touch->last = NULL;
}
