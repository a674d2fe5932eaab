/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * First touches of anonymous memory: which of them got pages of 4 KiB instead of a huge
 * page, and why. Memory that was freed and touched again counts again.
 */
#ifndef _FIRST_TOUCH_H
#define _FIRST_TOUCH_H

#include "base/stats.h"
#include "event/world.h"
#include "system/huge_rules.h"

struct json_object;
struct meta;
struct printer;

/* Why the aligned 2 MiB are not inside the VMA */
enum first_touch_side {
	FIRST_TOUCH_BEGIN,	/* the VMA begins inside the 2 MiB */
	FIRST_TOUCH_END,	/* the VMA ends inside the 2 MiB */
	FIRST_TOUCH_SHORT,	/* the VMA is smaller than 2 MiB */
	FIRST_TOUCH_SIDES
};

/**
 * struct first_block - an aligned block of 2 MiB
 * @space: number of the address space
 * @base: address of the first byte
 * @reason: why the first touch of the block got a small page, as enum huge_reason.
 *	HUGE_TABLE: the first touch was not seen, or got a huge page
 * @start: start of the VMA at the time of @reason
 * @end: end of the VMA at the time of @reason
 * @zero: the huge zero page was mapped, because the block was read first
 * @recorded: the kernel module found @reason during the first touch
 */
struct first_block {
	__u32 space;
	__u64 base;
	enum huge_reason reason;
	__u64 start;
	__u64 end;
	bool zero;
	bool recorded;
};

/**
 * struct first_touch - first touches of anonymous memory
 * @release: the rules of the recorded kernel
 * @settings: the settings when the recording began
 * @known: the settings were recorded
 * @smaller: the settings allow smaller huge pages. The events do not show such pages, so
 *	that only the touched 4 KiB of them are in @small
 * @page_bytes: size of a page
 * @blocks: tree of the blocks that were touched
 * @last: the block of the last fault
 * @small: bytes of pages of 4 KiB, by the reason against a huge page
 * @huge: bytes of huge pages of 2 MiB
 * @sides: parts of @small for HUGE_RANGE, by enum first_touch_side
 * @vmas: VMAs that begin or end inside the 2 MiB: the key is the number of the space, the
 *	start of the VMA and the side; ns is the part of @sides in bytes; live is the last
 *	end of the VMA; majors is the process
 */
struct first_touch {
	struct huge_release release;
	struct huge_settings settings;
	bool known;
	bool smaller;
	__u64 page_bytes;
	void *blocks;
	struct first_block *last;
	__u64 small[HUGE_REASONS];
	__u64 huge;
	__u64 sides[FIRST_TOUCH_SIDES];
	struct table vmas;
};

/**
 * struct touched - what a fault has mapped
 * @reason: HUGE_MAPPED, or why the first touch got a small page. HUGE_REASONS: the fault
 *	was no first touch
 * @bytes: size of the page
 */
struct touched {
	enum huge_reason reason;
	__u64 bytes;
};

void first_touch_begin(struct first_touch *touch, const struct meta *meta);

/*
 * Count @fault, and set *@touched. @slow is the fault_time event of the same fault, or
 * NULL. Return 0 or -ENOMEM.
 */
int first_touch_fault(struct first_touch *touch, const struct fault_event *fault,
		      const struct space *space, const struct slow_event *slow,
		      struct touched *touched);

/* Sort the VMAs, those with most bytes first. */
void first_touch_end(struct first_touch *touch);
void first_touch_free(struct first_touch *touch);

/* Return the bytes of all pages of 4 KiB. */
__u64 first_touch_small(const struct first_touch *touch);

/*
 * first_touch_side() returns which end of a row of @vmas is inside the 2 MiB, and
 * first_touch_start() where the VMA begins.
 */
enum first_touch_side first_touch_side(const struct row *vma);
__u64 first_touch_start(const struct row *vma);

/* Size of a text of first_touch_why() */
#define FIRST_TOUCH_WHY 256

/* Write why first touches with this reason got a small page: "because ...". */
void first_touch_why(const struct first_touch *touch, enum huge_reason reason,
		     char why[FIRST_TOUCH_WHY]);

/* Print a line, unless the pages of 4 KiB would fit into a huge page. */
void first_touch_text(struct printer *printer, const struct first_touch *touch);

/* Return all of this as JSON. Return NULL if there is no memory. */
struct json_object *first_touch_json(const struct first_touch *touch, size_t rows);

#endif /* _FIRST_TOUCH_H */
