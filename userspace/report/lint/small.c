// SPDX-License-Identifier: GPL-2.0-only
#include "report/lint/small.h"
#include "base/order.h"
#include "event/vm_flags.h"
#include "report/lint/page_block.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A block with fewer touched pages would waste most of a huge page. */
#define DENSE_PAGES (BLOCK_PAGES / 2)

/* Memory with fewer touched pages is not worth a finding, as for a heap. */
#define ENOUGH_PAGES (2 * BLOCK_PAGES)

void lint_small_begin(struct lint_small *small, const struct meta *meta)
{
	first_touch_begin(&small->touch, meta);
	small->known = small->touch.known;
}

/* MADV_NOHUGEPAGE was asked for, even if the kernel tests a setting first. */
static bool is_small(const struct fault_event *fault, const struct touched *touched)
{
	return touched->reason > HUGE_UNKNOWN && touched->reason < HUGE_REASONS &&
	       !(fault->vm_flags & VM_NOHUGEPAGE);
}

int lint_small_fault(struct lint_small *small, const struct fault_event *fault,
		     const struct space *space, const struct slow_event *slow)
{
	struct key key = { { space->number, fault->address & -BLOCK_BYTES } };
	struct touched touched;
	struct row *row;
	int err;

	if (!small->known)
		return 0;
	err = first_touch_fault(&small->touch, fault, space, slow, &touched);
	if (err || !is_small(fault, &touched))
		return err;
	key.parts[2] = touched.reason;
	row = table_row(&small->blocks, &key);
	if (!row || !areas_fault(&small->areas, fault, space))
		return -ENOMEM;
	stats_add(&row->stats, fault->duration);
	return 0;
}

/* ---- findings ---- */

static enum advice advice_for_setting(const struct first_touch *touch)
{
	const struct huge_settings *settings = &touch->settings;
	const bool sized = touch->release.rules->sized &&
			   settings->size != HUGE_SET_INHERIT;

	return (sized ? settings->size : settings->enabled) == HUGE_SET_NEVER ?
	       ADVICE_HUGE_ENABLE : ADVICE_HUGE_ASK;
}

/*
 * Return the advice for a reason, or ADVICES. A block that is inside the memory in the
 * end was not inside when it was touched.
 */
static enum advice advice_for(const struct lint_small *small, enum huge_reason reason)
{
	switch (reason) {
	case HUGE_SETTING:
		return advice_for_setting(&small->touch);
	case HUGE_ZERO:
		return ADVICE_HUGE_STORE;
	case HUGE_RANGE:
		return small->touch.release.rules->collapse ?
		       ADVICE_HUGE_COMMIT : ADVICE_HUGE_COMMIT_OLD;
	case HUGE_MEMORY:
		return ADVICE_HUGE_FRAGMENTED;
	default:
		return ADVICES;
	}
}

/* The heap has its own advice; see lint_touch_findings(). */
static const struct area *area_of(const struct lint_small *small, const struct row *row)
{
	const struct area like = {
		.space = row->key.parts[0],
		.start = row->key.parts[1],
		.end = row->key.parts[1] + BLOCK_BYTES,
	};
	const struct area *area = areas_find(&small->areas, &like);

	return area && area->start <= like.start && area->end >= like.end &&
	       strcmp(area->name, "[heap]") ? area : NULL;
}

/* Add a block to the finding about its memory and its reason. */
static int add_block(struct findings *found, const struct area *area,
		     enum advice advice, const struct row *row)
{
	const struct finding new = {
		.kind = FINDING_SMALL,
		.advice = advice,
		.ranges = 1,
		.start = area->start,
		.end = area->end,
		.space = area->space,
	};
	struct finding *last = found->count ? &found->list[found->count - 1] : NULL;
	int err;

	if (!last || last->advice != advice || last->space != area->space ||
	    last->start != area->start) {
		err = findings_add(found, &new);
		if (err)
			return err;
		last = &found->list[found->count - 1];
		snprintf(last->name, sizeof(last->name), "%s", area->name);
	}
	last->count++;
	last->ns += row->stats.ns;
	last->pages += row->stats.count;
	return 0;
}

/* Bring the blocks of each memory and reason together. */
static int by_reason(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return ORDER(x->key.parts[0], y->key.parts[0]) ?:
	       ORDER(x->key.parts[2], y->key.parts[2]) ?:
	       ORDER(x->key.parts[1], y->key.parts[1]);
}

static int find_all(struct lint_small *small, struct findings *found)
{
	struct table *blocks = &small->blocks;
	int err = 0;

	if (blocks->count)
		qsort(blocks->rows, blocks->count, sizeof(*blocks->rows), by_reason);
	for (size_t i = 0; !err && i < blocks->count; i++) {
		const struct row *row = &blocks->rows[i];
		const enum advice advice = advice_for(small, row->key.parts[2]);
		const struct area *area = area_of(small, row);

		if (area && advice != ADVICES && row->stats.count >= DENSE_PAGES)
			err = add_block(found, area, advice, row);
	}
	return err;
}

int lint_small_findings(struct lint_small *small, struct findings *findings)
{
	struct findings found = { 0 };
	int err = find_all(small, &found);

	for (size_t i = 0; !err && i < found.count; i++) {
		if (found.list[i].pages >= ENOUGH_PAGES)
			err = findings_add(findings, &found.list[i]);
	}
	findings_free(&found);
	return err;
}

void lint_small_free(struct lint_small *small)
{
	first_touch_free(&small->touch);
	areas_free(&small->areas);
	table_free(&small->blocks);
}
