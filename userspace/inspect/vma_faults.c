// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/vma_faults.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_SHIFT 12

/* ---- rows ---- */

/*
 * Return true if the row and the arguments have the same file and, unless the
 * memory is anonymous, the same difference between address and file offset.
 */
static bool fits(const struct vma_faults_row *row, __u32 dev, __u64 ino,
		 __u64 start, __u64 offset)
{
	return row->dev == dev && row->ino == ino &&
	       ((!dev && !ino) || row->offset - row->start == offset - start);
}

static bool fits_row(const struct vma_faults_row *row,
		     const struct vma_faults_row *other)
{
	return fits(row, other->dev, other->ino, other->start, other->offset);
}

/* Return the index of the first row that begins at @start or above. */
static size_t position(const struct vma_faults *faults, __u64 start)
{
	size_t low = 0, high = faults->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (faults->rows[middle].start < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int insert(struct vma_faults *faults, size_t at,
		  const struct vma_faults_row *row)
{
	if (faults->count == faults->room) {
		size_t room = faults->room ? 2 * faults->room : 64;
		struct vma_faults_row *rows = reallocarray(faults->rows, room,
							   sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		faults->rows = rows;
		faults->room = room;
	}
	memmove(&faults->rows[at + 1], &faults->rows[at],
		(faults->count - at) * sizeof(*row));
	faults->rows[at] = *row;
	faults->count++;
	return 0;
}

static void drop(struct vma_faults *faults, size_t at)
{
	faults->count--;
	memmove(&faults->rows[at], &faults->rows[at + 1],
		(faults->count - at) * sizeof(*faults->rows));
}

/*
 * A growing VMA can absorb other VMAs. Merge the rows of the absorbed VMAs into
 * the row of the growing VMA.
 */
static void take_in(struct vma_faults *faults, size_t at)
{
	struct vma_faults_row *row = &faults->rows[at], *next = row + 1;

	while (at + 1 < faults->count && next->start < row->end) {
		if (!fits_row(row, next)) {
			at++;
			next++;
			continue;
		}
		if (row->low > next->low)
			row->low = next->low;
		if (row->high < next->high)
			row->high = next->high;
		fault_loads_add(&row->loads, &next->loads);
		drop(faults, at + 1);
	}
}

/* ---- events ---- */

static int see_fault(struct vma_faults *faults, const struct fault_event *fault)
{
	const struct vma_faults_row fresh = {
		.start = fault->vma_start,
		.end = fault->vma_end,
		.low = fault->address,
		.high = fault->address,
		/*
		 * Use an offset of 0 for anonymous memory, because its pgoff
		 * has no meaning.
		 */
		.offset = fault->dev || fault->ino ?
			  fault->pgoff << PAGE_SHIFT : 0,
		.ino = fault->ino,
		.dev = fault->dev,
	};
	size_t at = position(faults, fresh.start);
	struct vma_faults_row *row;

	while (at < faults->count && faults->rows[at].start == fresh.start &&
	       !fits_row(&faults->rows[at], &fresh))
		at++;
	if (at == faults->count || faults->rows[at].start != fresh.start) {
		if (insert(faults, at, &fresh))
			return -ENOMEM;
		take_in(faults, at);
	}
	row = &faults->rows[at];
	if (row->end != fresh.end) {
		row->end = fresh.end;
		take_in(faults, at);
	}
	if (row->low > fault->address)
		row->low = fault->address;
	if (row->high < fault->address)
		row->high = fault->address;
	fault_load_fault(&row->loads.now, fault);
	return 0;
}

/*
 * If all addresses with faults are unmapped, add the faults of the row to
 * @faults->gone. If only some of the addresses are unmapped, keep the faults of
 * the row.
 */
static void see_unlink(struct vma_faults *faults, __u64 start, __u64 end)
{
	for (size_t i = 0; i < faults->count; ) {
		struct vma_faults_row *row = &faults->rows[i];
		bool low = row->low >= start && row->low < end;
		bool high = row->high >= start && row->high < end;

		if (low && high) {
			fault_loads_add(&faults->gone, &row->loads);
			drop(faults, i);
			continue;
		}
		if (low)
			row->low = end;
		if (high)
			row->high = start - 1;
		i++;
	}
}

int vma_faults_event(struct vma_faults *faults, const struct event *event,
		     bool own)
{
	__u32 mm = event_mm(event);

	/*
	 * The id of the address space is new at the first fault of the process,
	 * and after each exec.
	 */
	if (own && event->kind == MMAPDEMO_EVENT_PTE_FAULT &&
	    event->fault.from != MMAPDEMO_FROM_REMOTE && mm != faults->mm) {
		vma_faults_free(faults);
		faults->mm = mm;
	}
	if (!mm || mm != faults->mm)
		return 0;
	if (event->kind == MMAPDEMO_EVENT_PTE_FAULT)
		return see_fault(faults, &event->fault);
	if (event->kind == MMAPDEMO_EVENT_VMA_UNLINK)
		see_unlink(faults, event->unlink.start, event->unlink.end);
	return 0;
}

void vma_faults_turn(struct vma_faults *faults)
{
	fault_loads_turn(&faults->gone);
	for (size_t i = 0; i < faults->count; i++)
		fault_loads_turn(&faults->rows[i].loads);
}

/* ---- current VMAs ---- */

static size_t place_of(const struct vma_faults_row *row,
		       const struct vmas *vmas)
{
	size_t at = vmas_after(vmas, row->low);
	const struct vma *vma = &vmas->list[at];

	if (at < vmas->count && vma->start <= row->low &&
	    row->high < vma->end &&
	    fits(row, vma->dev, vma->ino, vma->start, vma->offset))
		return at;
	return vmas->count;
}

void vma_faults_place(const struct vma_faults *faults, const struct vmas *vmas,
		      struct fault_loads *loads)
{
	memset(loads, 0, (vmas->count + 1) * sizeof(*loads));
	loads[vmas->count] = faults->gone;
	for (size_t i = 0; i < faults->count; i++)
		fault_loads_add(&loads[place_of(&faults->rows[i], vmas)],
				&faults->rows[i].loads);
}

void vma_faults_free(struct vma_faults *faults)
{
	free(faults->rows);
	*faults = (struct vma_faults){ 0 };
}
