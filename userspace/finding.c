// SPDX-License-Identifier: GPL-2.0-only
#include "finding.h"
#include "format.h"
#include "json.h"
#include "tell.h"

#include <json.h>

typedef unsigned long long ull;

static const struct {
	const char *name;
	const char *advice;
} kinds[FINDING_KINDS] = {
	[FINDING_STORM] = { "fault-storm",
		"MAP_POPULATE, or madvise(MADV_POPULATE_WRITE), brings them in "
		"one call" },
	[FINDING_PINGPONG] = { "mprotect-ping-pong",
		"keep a second, writable mapping, or use protection keys: no "
		"call, no flush" },
	[FINDING_ALMOST] = { "almost-merged",
		"ask for the same of all, or at once for one large range: fewer "
		"VMAs" },
	[FINDING_CROWDED] = { "map-count",
		"mmap() fails at vm.max_map_count; see mmapdemo why --all for "
		"what keeps them apart" },
	[FINDING_DONTFORK] = { "dontfork",
		"a child that touches it gets SIGSEGV; MADV_DOFORK undoes it" },
	[FINDING_UNALIGNED] = { "unaligned",
		"align it to 2 MiB: ask for 2 MiB more, and begin at a "
		"multiple" },
};

/* ---- for people ---- */

static void add_finding(struct line *line, const struct finding *finding)
{
	char text[FORMAT_MAX];

	switch (finding->kind) {
	case FINDING_STORM:
		line_add(line, PLAIN, "%llu pages touched one by one, %s of "
			 "faults", (ull)finding->count,
			 format_duration(text, finding->ns,
					 line->style->glyphs->micro));
		break;
	case FINDING_PINGPONG:
		line_add(line, PLAIN, "%llu times mprotect() of the same range",
			 (ull)finding->count);
		if (finding->flushed)
			line_add(line, PLAIN, ", %llu flushed the TLB",
				 (ull)finding->flushes);
		break;
	case FINDING_ALMOST:
		line_add(line, PLAIN, "%llu times not one VMA with a neighbour "
			 "in %s: %s", (ull)finding->count, finding->nr < 0 ?
			 "no call" : name_of(names_syscall, finding->nr),
			 tell_reason(finding->reason));
		line_add(line, PLAIN, "%s", finding->flags ? ":" : "");
		tell_flags(line, names_vm_flags, finding->flags);
		break;
	case FINDING_CROWDED:
		line_add(line, PLAIN, "%llu VMAs, of %llu that there may be",
			 (ull)finding->count, (ull)finding->limit);
		break;
	case FINDING_DONTFORK:
		line_add(line, PLAIN, "MADV_DONTFORK was not undone");
		break;
	default:
		line_add(line, PLAIN, "%llu huge page%s fewer than the length "
			 "has room for", (ull)finding->count,
			 plural(finding->count));
	}
	if (finding->end)
		line_add(line, DIM, "  " RANGE, (ull)finding->start,
			 (ull)finding->end);
}

int finding_show(FILE *out, const struct style *style,
		 const struct finding *finding)
{
	struct line line;
	int err;

	line_begin(&line, style);
	line_add(&line, BOLD, "%-18s  ", kinds[finding->kind].name);
	add_finding(&line, finding);
	err = line_end(&line, out);
	if (err)
		return err;
	line_begin(&line, style);
	line_to(&line, 20);
	line_add(&line, DIM, "%s", kinds[finding->kind].advice);
	return line_end(&line, out);
}

/* ---- for programs ---- */

int finding_json(FILE *out, const struct finding *finding)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "finding", kinds[finding->kind].name);
	object = json_add_number(object, "count", finding->count);
	object = json_add_number(object, "ns", finding->ns);
	object = json_add_number(object, "start", finding->start);
	object = json_add_number(object, "end", finding->end);
	if (finding->kind == FINDING_ALMOST) {
		object = json_add_text(object, "reason",
				       name_of(names_reason, finding->reason));
		object = json_add_bits(object, "flags_names", names_vm_flags,
				       finding->flags);
		object = json_add_text(object, "call", finding->nr < 0 ? "" :
				       name_of(names_syscall, finding->nr));
	}
	if (finding->flushed)
		object = json_add_number(object, "flushes", finding->flushes);
	if (finding->limit)
		object = json_add_number(object, "limit", finding->limit);
	object = json_add_text(object, "advice", kinds[finding->kind].advice);
	return json_line(out, object);
}
