// SPDX-License-Identifier: GPL-2.0-only
#include "report/html/heatmap.h"
#include "story/parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- keys ---- */

#define CLASS_BITS 5
#define COLUMN_BITS 8
#define BIN_BITS 12
#define USED (1U << (CLASS_BITS + COLUMN_BITS + BIN_BITS))

_Static_assert(MMAPDEMO_FAULT_CLASS_COUNT <= 1 << CLASS_BITS, "classes");
_Static_assert(HEAT_COLUMNS == 1 << COLUMN_BITS, "columns");
_Static_assert(MAP_BINS == 1 << BIN_BITS, "bins");
_Static_assert(MAP_BINS * MMAPDEMO_FAULT_CLASS_COUNT <= HEAT_CELLS,
	       "one column has room");
_Static_assert(WAIT_PARTS <= 1 << CLASS_BITS, "parts");
_Static_assert(MAP_BINS * WAIT_PARTS <= HEAT_WAITS, "one column has room");
_Static_assert(HUGE_REASONS <= 1 << CLASS_BITS, "reasons");
_Static_assert(MAP_BINS * HUGE_REASONS <= HEAT_TOUCHES, "one column has room");

static __u32 make_key(__u32 bin, __u32 column, __u32 class)
{
	return USED | bin << (COLUMN_BITS + CLASS_BITS) |
	       column << CLASS_BITS | class;
}

__u32 cell_bin(const struct cell *cell)
{
	return (cell->key & (USED - 1)) >> (COLUMN_BITS + CLASS_BITS);
}

__u32 cell_column(const struct cell *cell)
{
	return cell->key >> CLASS_BITS & (HEAT_COLUMNS - 1);
}

__u32 cell_class(const struct cell *cell)
{
	return cell->key & ((1 << CLASS_BITS) - 1);
}

/* ---- notes ---- */

static void *memdup(const void *from, size_t size)
{
	void *copy = malloc(size);

	return copy ? memcpy(copy, from, size) : NULL;
}

static void free_note(struct note *note)
{
	if (!note)
		return;
	free(note->slow);
	free(note->place);
	free(note->culprit);
	free(note->way);
	free(note->entry);
	free(note);
}

static struct note *new_note(const struct heat *heat,
			     const struct event *event,
			     const struct space *space,
			     const struct world *world,
			     const struct slow_event *slow,
			     const struct touched *touched, __u64 born)
{
	const struct fault_event *fault = &event->fault;
	struct note *note = calloc(1, sizeof(*note));
	struct line line;

	if (!note)
		return NULL;
	note->tid = event->tid;
	note->begin = event_begin(event);
	note->born = born;
	note->fault = *fault;
	note->slow = slow ? memdup(slow, sizeof(*slow)) : NULL;
	note->touched = *touched;
	line_begin(&line, &heat->story.style);
	add_place(&line, fault, space);
	note->place = strdup(line.text);
	line_begin(&line, &heat->story.style);
	add_culprit(&line, fault, world_task(world, event->tid), space);
	note->culprit = strdup(line.text);
	line_begin(&line, &heat->story.style);
	add_path(&heat->story, &line, fault);
	note->way = strdup(line.text);
	line_begin(&line, &heat->story.style);
	add_entry(&line, fault);
	note->entry = strdup(line.text);
	if (note->place && note->culprit && note->way && note->entry &&
	    !note->slow == !slow)
		return note;
	free_note(note);
	return NULL;
}

/* ---- grids ---- */

static int open_grid(struct grid *grid, __u32 most)
{
	grid->slots = most * 2;
	grid->most = most;
	grid->cells = calloc(grid->slots, sizeof(*grid->cells));
	return grid->cells ? 0 : -ENOMEM;
}

/* Return the cell of @key, or the free slot for this key. */
static struct cell *slot(const struct grid *grid, __u32 key)
{
	__u32 at = key * 0x9e3779b1U >> 7 & (grid->slots - 1);

	while (grid->cells[at].key && grid->cells[at].key != key)
		at = (at + 1) & (grid->slots - 1);
	return &grid->cells[at];
}

static void add_cell(struct cell *cell, const struct cell *other)
{
	struct note *shorter = other->note;

	cell->count += other->count;
	cell->ns += other->ns;
	cell->classes |= other->classes;
	if (!cell->note || cell->max < other->max) {
		cell->max = other->max;
		shorter = cell->note;
		cell->note = other->note;
	}
	free_note(shorter);
}

/* Join each pair of adjacent columns. */
static int fold(struct grid *grid)
{
	struct grid half = { .fold = grid->fold + 1 };

	if (open_grid(&half, grid->most))
		return -ENOMEM;
	for (__u32 i = 0; i < grid->slots; i++) {
		const struct cell *old = &grid->cells[i];
		__u32 key = make_key(cell_bin(old), cell_column(old) / 2,
				     cell_class(old));
		struct cell *cell;

		if (!old->key)
			continue;
		cell = slot(&half, key);
		half.count += !cell->key;
		cell->key = key;
		add_cell(cell, old);
	}
	free(grid->cells);
	*grid = half;
	return 0;
}

/*
 * Return the cell of a fault. Return NULL if there is no memory, or if the grid
 * is full. Set *@full if the grid is full, even with a single column.
 */
static struct cell *get_cell(struct grid *grid, __u32 bin, __u32 column,
			     __u32 class, bool *full)
{
	struct cell *cell;
	__u32 key;

	*full = false;
	for (;;) {
		key = make_key(bin, column >> grid->fold, class);
		cell = slot(grid, key);
		if (cell->key)
			return cell;
		if (grid->count < grid->most)
			break;
		*full = grid->fold == COLUMN_BITS;
		if (*full || fold(grid))
			return NULL;
	}
	grid->count++;
	cell->key = key;
	return cell;
}

static void close_grid(struct grid *grid)
{
	for (__u32 i = 0; grid->cells && i < grid->slots; i++)
		free_note(grid->cells[i].note);
	free(grid->cells);
}

/* ---- faults ---- */

static __u32 bin_of(const struct segment *segment, __u64 address)
{
	__u64 length = segment->end - segment->start;

	return segment->bin + (__u32)((double)(address - segment->start) /
				      length * segment->bins);
}

static __u32 column_of(const struct map_space *map_space, __u64 time)
{
	double part;

	if (time <= map_space->born || map_space->last <= map_space->born)
		return 0;
	part = (double)(time - map_space->born) / (map_space->last - map_space->born);
	return part < 1 ? part * HEAT_COLUMNS : HEAT_COLUMNS - 1;
}

/*
 * Keep only the note about the longest fault of each cell. The wait for mmap_lock before
 * a fault counts.
 */
static int note_longest(struct heat *heat, const struct event *event,
			const struct space *space, const struct world *world,
			const struct slow_event *slow,
			const struct touched *touched, __u32 bin, __u32 column,
			__u32 class)
{
	__u64 ns = slow ? waits_time(slow) : event->fault.duration, born;
	struct cell *cell;
	bool full;

	/*
	 * Call maps_first_touch() for every fault, because it returns the time
	 * of a mapping only once, at the first fault of the mapping.
	 */
	born = maps_first_touch(&space->maps, event->fault.address);
	cell = get_cell(&heat->noted, bin, column, class, &full);
	if (!cell)
		return full ? 0 : -ENOMEM;
	if (cell->count++ && ns <= cell->max)
		return 0;
	cell->max = ns;
	free_note(cell->note);
	cell->note = new_note(heat, event, space, world, slow, touched, born);
	return cell->note ? 0 : -ENOMEM;
}

/* Add a fault to a grid of waits or touches. Return 0 or -ENOMEM. */
static int add_to(struct grid *grid, __u32 bin, __u32 column, __u32 kind, __u32 class,
		  __u64 ns)
{
	bool full;
	struct cell *cell = get_cell(grid, bin, column, kind, &full);

	if (!cell)
		return -ENOMEM;
	cell->count++;
	cell->ns += ns;
	cell->classes |= 1U << class;
	return 0;
}

static int add_wait(struct heat *heat, const struct slow_event *slow, __u32 bin,
		    __u32 column, __u32 class)
{
	return !slow ? 0 : add_to(&heat->waits, bin, column, wait_largest(slow), class,
				  waits_time(slow));
}

static int add_touch(struct heat *heat, const struct touched *touched,
		     const struct fault_event *fault, __u32 bin, __u32 column,
		     __u32 class)
{
	return touched->reason == HUGE_REASONS ? 0 :
	       add_to(&heat->touches, bin, column, touched->reason, class,
		      fault->duration);
}

static int add_fault(struct heat *heat, const struct map *map,
		     const struct event *event, const struct space *space,
		     const struct world *world)
{
	const struct slow_event *slow = world_fault_time(world, event);
	const struct fault_event *fault = &event->fault;
	const struct map_space *map_space = map_space_chosen(map, space);
	const struct segment *segment = map_space ?
		map_segment(map, map_space, fault->address) : NULL;
	struct undrawn *undrawn = map_space ? &heat->outside : &heat->elsewhere;
	__u32 class = fault->class < MMAPDEMO_FAULT_CLASS_COUNT ?
		      fault->class : MMAPDEMO_FAULT_UNKNOWN;
	struct touched touched;
	__u32 bin, column;
	struct cell *cell;
	bool full;

	if (map_space &&
	    first_touch_fault(&heat->first, fault, space, slow, &touched))
		return -ENOMEM;
	if (!segment) {
		undrawn->count++;
		undrawn->ns += fault->duration;
		return 0;
	}
	bin = bin_of(segment, fault->address);
	column = column_of(map_space, event_begin(event));
	cell = get_cell(&heat->all, bin, column, class, &full);
	if (!cell)
		return -ENOMEM;
	cell->count++;
	cell->ns += fault->duration;
	if (cell->max < fault->duration)
		cell->max = fault->duration;
	if (add_wait(heat, slow, bin, column, class) ||
	    add_touch(heat, &touched, fault, bin, column, class))
		return -ENOMEM;
	return note_longest(heat, event, space, world, slow, &touched, bin, column,
			    class);
}

/* ---- verdicts ---- */

/* Remove every second verdict to make room. */
static void thin_out(struct heat *heat)
{
	heat->verdict_count /= 2;
	for (__u32 i = 0; i < HEAT_VERDICTS / 2; i++) {
		heat->verdicts[i] = heat->verdicts[2 * i];
		free(heat->verdicts[2 * i + 1].words);
	}
	heat->verdict_step *= 2;
}

static int add_side(struct heat *heat, const struct verdict *verdict,
		    const char *words)
{
	struct verdict *added;

	if (heat->verdict_seen++ % heat->verdict_step)
		return 0;
	if (heat->verdict_count == HEAT_VERDICTS)
		thin_out(heat);
	added = &heat->verdicts[heat->verdict_count];
	*added = *verdict;
	added->words = strdup(words);
	if (!added->words)
		return -ENOMEM;
	heat->verdict_count++;
	return 0;
}

/* Add a verdict for each neighbour of the range. */
static int add_verdicts(struct heat *heat, const struct map *map,
			const struct event *event, const struct space *space)
{
	const struct merge_event *merge = &event->merge;
	const struct map_space *map_space = map_space_chosen(map, space);
	struct verdict verdict = { .time = event->time };
	struct line line;
	int err = 0;

	if (!map_space)
		return 0;
	line_begin(&line, &heat->story.style);
	add_merge(&heat->story, &line, space, merge);
	verdict.map_space = map_space - map->spaces;
	verdict.address = merge->start;
	verdict.merged = merge->outcome & MMAPDEMO_MERGE_PREV;
	verdict.reason = merge->reason_prev;
	if (merge_has_neighbour(merge->prev_end, merge->reason_prev))
		err = add_side(heat, &verdict, line.text);
	verdict.address = merge->end;
	verdict.above = true;
	verdict.merged = merge->outcome & MMAPDEMO_MERGE_NEXT;
	verdict.reason = merge->reason_next;
	if (!err && merge_has_neighbour(merge->next_end, merge->reason_next))
		err = add_side(heat, &verdict, line.text);
	return err;
}

/* ---- the whole map ---- */

int heat_begin(struct heat *heat, const struct meta *meta)
{
	style_page(&heat->story.style, LINE_MAX_BYTES);
	heat->story.levels = meta->levels;
	heat->story.device.dev = meta->dev;
	heat->story.device.ino = meta->ino;
	heat->verdict_step = 1;
	first_touch_begin(&heat->first, meta);
	return open_grid(&heat->all, HEAT_CELLS) ?:
	       open_grid(&heat->noted, HEAT_NOTES) ?:
	       open_grid(&heat->waits, HEAT_WAITS) ?:
	       open_grid(&heat->touches, HEAT_TOUCHES);
}

int heat_event(struct heat *heat, const struct map *map,
	       const struct event *event, const struct space *space,
	       const struct world *world)
{
	if (!space)
		return 0;
	if (event->kind == MMAPDEMO_EVENT_PTE_FAULT)
		return add_fault(heat, map, event, space, world);
	if (event->kind == MMAPDEMO_EVENT_VMA_MERGE)
		return add_verdicts(heat, map, event, space);
	return 0;
}

void heat_free(struct heat *heat)
{
	for (__u32 i = 0; i < heat->verdict_count; i++)
		free(heat->verdicts[i].words);
	close_grid(&heat->all);
	close_grid(&heat->noted);
	close_grid(&heat->waits);
	close_grid(&heat->touches);
	first_touch_free(&heat->first);
}
