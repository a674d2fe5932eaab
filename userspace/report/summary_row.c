// SPDX-License-Identifier: GPL-2.0-only
/* The keys and the names of rows in the tables of faults. */
#include "base/format.h"
#include "event/vm_flags.h"
#include "report/summary.h"
#include "report/where.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef unsigned long long ull;

/* ---- names ---- */

const char *summary_address(const struct space *space, __u64 address,
			    char text[ROW_NAME_MAX])
{
	maps_format(&space->maps, address, text, ROW_NAME_MAX);
	if (!*text)
		snprintf(text, ROW_NAME_MAX, "%#llx", (ull)address);
	return text;
}

/* Return true if the kernel caused the fault while it set up the stack during exec. */
static bool is_by_exec(const struct space *space,
		       const struct fault_event *fault)
{
	return fault->trigger == MMAPDEMO_TRIGGER_EXEC &&
	       !maps_find(&space->maps, fault->ip);
}

const char *summary_instruction(const struct space *space,
				const struct fault_event *fault,
				char text[ROW_NAME_MAX])
{
	return is_by_exec(space, fault) ? strcpy(text, "exec") :
	       summary_address(space, fault->ip, text);
}

/* ---- code ---- */

struct code summary_row_code(const struct row *row)
{
	return (struct code){
		row->key.parts[0], row->key.parts[1], row->key.parts[2]
	};
}

/*
 * Count the credible frames. If another process caused the fault, no frame is
 * credible, because the call stack is from that process.
 */
unsigned int summary_frames(const struct event *event,
			    const struct space *space)
{
	unsigned int frames = 0;

	if (event->kind == MMAPDEMO_EVENT_PTE_FAULT &&
	    event->fault.from == MMAPDEMO_FROM_REMOTE)
		return 0;
	while (frames < event->frames &&
	       maps_find(&space->maps, event->stack[frames]))
		frames++;
	return frames;
}

/* ---- keys ---- */

/* The key of anonymous memory includes its name. */
static struct key key_file(const struct space *space,
			   const struct fault_event *fault)
{
	char text[ROW_NAME_MAX];
	struct key key = { { fault->ino, fault->dev } };

	if (!fault->ino) {
		summary_where(space, fault, text);
		memcpy(&key.parts[2], text, 2 * sizeof(key.parts[2]));
		for (size_t i = strlen(text) + 1; i < 16; i++)
			((char *)&key.parts[2])[i] = 0;
	}
	return key;
}

/* Use the area as the key, because a heap has a different VMA each time it grows. */
static struct key key_vma(const struct area *area)
{
	return (struct key){ { area->mm, area->id, (uintptr_t)area } };
}

static struct area *row_area(const struct row *row)
{
	return (struct area *)(uintptr_t)row->key.parts[2];
}

__u32 summary_row_pid(const struct row *row)
{
	return row_area(row)->pid;
}

static struct key key_code(const struct space *space, __u64 address)
{
	const struct code code = code_at(space, address);

	if (!address)
		return (struct key){ { 0 } };
	return (struct key){ { code.ino, code.dev, code.offset } };
}

/*
 * Return the caller of the faulting function, as a return address. Return 0 if
 * the caller is unknown.
 */
static __u64 caller(const struct event *event, const struct space *space)
{
	return summary_frames(event, space) > 1 ? event->stack[1] : 0;
}

static struct row *find_row(struct summary *summary, enum summary_by by,
			    const struct event *event,
			    const struct space *space)
{
	const struct fault_event *fault = &event->fault;
	struct key key = { { event->tid } };
	const struct area *area;

	if (by == BY_FILE)
		key = key_file(space, fault);
	if (by == BY_VMA) {
		area = areas_fault(&summary->areas, fault, space);
		if (!area)
			return NULL;
		key = key_vma(area);
	}
	if (by == BY_IP)
		key = is_by_exec(space, fault) ? (struct key){ { 0, 0, 1 } } :
						 key_code(space, fault->ip);
	else if (by == BY_CALLER)
		key = key_code(space, caller(event, space));
	return table_row(&summary->by[by], &key);
}

static void name_row(struct row *row, enum summary_by by,
		     const struct event *event, const struct space *space)
{
	const struct fault_event *fault = &event->fault;

	switch (by) {
	case BY_FILE:
		summary_where(space, fault, row->name);
		return;
	case BY_VMA:	/* summary_join_vmas() sets the name */
		return;
	case BY_IP:
		summary_instruction(space, fault, row->name);
		return;
	case BY_CALLER:
		if (caller(event, space))
			summary_address(space, caller(event, space), row->name);
		else
			strcpy(row->name, "no caller was seen");
		return;
	default:
		snprintf(row->name, sizeof(row->name), "%u", event->tid);
	}
}

struct row *summary_row(struct summary *summary, enum summary_by by,
			const struct event *event, const struct space *space)
{
	struct row *row = find_row(summary, by, event, space);

	if (row && !row->name[0])
		name_row(row, by, event, space);
	return row;
}

/* ---- VMAs ---- */

static void name_vma(struct row *row, const struct area *area)
{
	char flags[FORMAT_MAX];

	snprintf(row->name, sizeof(row->name), "%llx-%llx %s %.64s (mm %#x)",
		 (ull)area->start, (ull)area->end,
		 format_vm_flags(flags, area->vm_flags), area->name, area->mm);
}

/*
 * If another area has absorbed the area of a row, add the figures of the row to
 * the row of that other area.
 */
static void join_row(struct table *table, struct row *row)
{
	const struct key key = key_vma(area_whole(row_area(row)));
	struct row *whole = table_row(table, &key);

	if (whole == row)
		return;
	stats_join(&whole->stats, &row->stats);
	whole->majors += row->majors;
	row->stats.count = 0;
}

void summary_join_vmas(struct summary *summary)
{
	struct table *table = &summary->by[BY_VMA];
	size_t left = 0;

	for (size_t i = 0; i < table->count; i++)
		join_row(table, &table->rows[i]);
	for (size_t i = 0; i < table->count; i++) {
		struct row *row = &table->rows[i];

		if (!row->stats.count)
			continue;
		name_vma(row, row_area(row));
		table->rows[left++] = *row;
	}
	table->count = left;
}
