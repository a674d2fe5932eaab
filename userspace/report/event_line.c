// SPDX-License-Identifier: GPL-2.0-only
/* Output of an event as a line of text. */
#include "base/format.h"
#include "record/replay.h"
#include "report/summary_text.h"
#include "report/where.h"
#include "story/parts.h"

typedef unsigned long long ull;

static void add_begin(struct line *line, __u64 first,
		      const struct event *event)
{
	double ms = (event_begin(event) - first) / 1e6;

	line_add(line, DIM, "%10.3f ms  ", event_begin(event) < first ? 0. : ms);
	line_add(line, PLAIN, "[%u] ", event->tid);
}

static void add_fault(struct line *line, const struct event *event,
		      const struct space *space, struct replay *replay)
{
	const struct fault_event *fault = &event->fault;
	const struct slow_event *slow = world_fault_time(&replay->world, event);
	char text[ROW_NAME_MAX], name[ROW_NAME_MAX * 4], time[FORMAT_MAX];

	line_add(line, BOLD, "%-10s ", name_of(names_class, fault->class));
	line_add(line, PLAIN, "%-5s %llx  ",
		 name_of(names_access, fault->access), (ull)fault->address);
	summary_where(space, fault, text);
	line_add(line, PLAIN, "%s", format_name(name, sizeof(name), text));
	summary_instruction(space, fault, text);
	line_add(line, DIM, "  by %s", format_name(name, sizeof(name), text));
	code_add_symbol(line, &replay->symbols, code_at(space, fault->ip),
			/* call = */ false);
	if (fault->ret & FAULT_MAJOR)
		line_add(line, RED, "  major");
	line_add(line, PLAIN, "  %s", !fault->duration ? "unknown duration" :
		 format_duration(time, fault->duration,
				 line->style->glyphs->micro));
	if (slow)
		add_largest_part(line, slow, ", ");
}

static void add_neighbour(struct line *line, const struct space *space,
			  const struct merge_event *merge, bool below)
{
	const __u64 start = below ? merge->prev_start : merge->next_start;
	const __u64 end = below ? merge->prev_end : merge->next_end;
	const __u32 reason = below ? merge->reason_prev : merge->reason_next;
	const struct mapping *mapping = maps_find(&space->maps, start);
	char name[EVENT_NAME_MAX * 4];

	if (!merge_has_neighbour(end, reason))
		return;
	line_add(line, PLAIN, "  VMA %s %llx-%llx",
		 below ? "below" : "above", (ull)start, (ull)end);
	if (mapping && mapping->name[0])
		line_add(line, PLAIN, " %s",
			 format_name(name, sizeof(name), mapping->name));
	line_add(line, PLAIN, ": ");
	add_refusal(line, merge, below);
}

static void add_vma_merge(struct line *line, const struct merge_event *merge,
		      const struct space *space)
{
	line_add(line, BOLD, "%-6s ", name_of(names_cause, merge->cause));
	line_add(line, PLAIN, "%llx-%llx", (ull)merge->start,
		 (ull)merge->end);
	add_neighbour(line, space, merge, /* below = */ true);
	add_neighbour(line, space, merge, /* below = */ false);
}

int summary_line(FILE *out, const struct style *style,
		 struct replay *replay, const struct event *event,
		 const struct space *space)
{
	struct line line;

	line_begin(&line, style);
	add_begin(&line, replay->first, event);
	if (event->kind == MMAPDEMO_EVENT_PTE_FAULT)
		add_fault(&line, event, space, replay);
	else
		add_vma_merge(&line, &event->merge, space);
	return line_end(&line, out);
}
