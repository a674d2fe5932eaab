// SPDX-License-Identifier: GPL-2.0-only
#include "report/area.h"
#include "base/order.h"
#include "report/where.h"

#include <search.h>
#include <stdlib.h>

/* Two overlapping areas of one file in one address space compare as equal. */
static int compare(const void *a, const void *b)
{
	const struct area *x = a, *y = b;

	if (x->space != y->space)
		return ORDER(x->space, y->space);
	if (x->ino != y->ino)
		return ORDER(x->ino, y->ino);
	if (x->dev != y->dev)
		return ORDER(x->dev, y->dev);
	return x->end <= y->start ? -1 : x->start >= y->end;
}

struct area *areas_find(const struct areas *areas, const struct area *like)
{
	struct area **found = tfind(like, &areas->tree, compare);

	return found ? *found : NULL;
}

struct area *area_whole(struct area *area)
{
	while (area->into) {
		if (area->into->into)
			area->into = area->into->into;	/* shorten the chain */
		area = area->into;
	}
	return area;
}

/*
 * Return the range of the faulting VMA as an area. A damaged recording may
 * contain a range whose end is not above its start. Change such a range to one
 * byte, because an area must compare as equal to itself.
 */
static struct area memory_of(const struct fault_event *fault,
			     const struct space *space)
{
	struct area area = {
		.space = space->number, .ino = fault->ino, .dev = fault->dev,
		.start = fault->vma_start, .end = fault->vma_end,
	};

	if (area.start == ~0ULL)
		area.start--;
	if (area.end <= area.start)
		area.end = area.start + 1;
	return area;
}

static struct area *new_area(struct areas *areas, const struct area *like,
			     const struct fault_event *fault,
			     const struct space *space)
{
	struct area *area = calloc(1, sizeof(*area));

	if (!area)
		return NULL;
	*area = *like;
	area->id = areas->count++;
	area->mm = fault->mm;
	summary_where(space, fault, area->name);
	area->next = areas->all;
	areas->all = area;
	return area;
}

static void cover(struct area *area, __u64 start, __u64 end)
{
	if (area->start > start)
		area->start = start;
	if (area->end < end)
		area->end = end;
}

/* Merge all areas that overlap @area into @area. @area must not be in the tree. */
static struct area *settle(struct areas *areas, struct area *area)
{
	struct area *other;

	while ((other = areas_find(areas, area))) {
		tdelete(other, &areas->tree, compare);
		cover(area, other->start, other->end);
		other->into = area;
	}
	return tsearch(area, &areas->tree, compare) ? area : NULL;
}

static bool holds(const struct area *area, const struct area *like)
{
	return area && area->space == like->space && area->ino == like->ino &&
	       area->dev == like->dev && area->start <= like->start &&
	       area->end >= like->end;
}

static struct area *find(struct areas *areas, const struct fault_event *fault,
			 const struct space *space)
{
	const struct area like = memory_of(fault, space);
	struct area *area;

	if (holds(areas->last, &like))
		return areas->last;
	area = areas_find(areas, &like);
	if (holds(area, &like))
		return area;
	if (!area)
		area = new_area(areas, &like, fault, space);
	else
		tdelete(area, &areas->tree, compare);
	if (!area)
		return NULL;
	cover(area, like.start, like.end);
	return settle(areas, area);
}

struct area *areas_fault(struct areas *areas, const struct fault_event *fault,
			 const struct space *space)
{
	struct area *area = find(areas, fault, space);

	areas->last = area;
	if (area) {
		area->vm_flags = fault->vm_flags;
		area->pid = space->pid;
	}
	return area;
}

static void nothing(void *area)
{
	(void)area;
}

void areas_free(struct areas *areas)
{
	struct area *area = areas->all, *next;

	tdestroy(areas->tree, nothing);
	for (; area; area = next) {
		next = area->next;
		free(area);
	}
	*areas = (struct areas){ 0 };
}
