// SPDX-License-Identifier: GPL-2.0-only
/* mmap() and the other calls that change the mappings. */
#include "tell.h"
#include "format.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef unsigned long long ull;

static __u64 bytes(__u64 pages)
{
	return pages * sysconf(_SC_PAGESIZE);
}

/* " libc.so.6 @ 0x26000" */
static void add_file(struct line *line, const char *name, __u64 pgoff)
{
	line_add(line, BOLD, "%s", name);
	line_add(line, PLAIN, " @ %#llx", (ull)bytes(pgoff));
}

static void add_result(struct line *line, __s64 ret)
{
	if (ret >= 0)
		line_add(line, CYAN, "%llx", (ull)ret);
	else
		line_add(line, RED, "%s (%s)", strerrorname_np(-ret) ?: "?",
			 strerror(-ret));
}

/* ---- the parts of a call ---- */

static void add_search(const struct story *story, struct line *line,
		       const struct search_event *search)
{
	if (search->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))
		line_add(line, PLAIN, "the address is fixed, nothing to "
			 "search");
	else
		line_add(line, PLAIN, "%s, from the %s", search->search,
			 search->topdown ? "top" : "bottom");
	line_add(line, PLAIN, " %s ", story->style.glyphs->arrow);
	add_result(line, search->ret);
}

static void add_owner(struct line *line, const struct space *space,
		      __u64 address)
{
	const struct mapping *mapping = maps_find(&space->maps, address);

	line_add(line, PLAIN, "%s", mapping && mapping->name[0] ?
		 mapping->name : "anonymous memory");
}

/* A part of a VMA was to change; could it join a neighbour instead? */
static void add_unmerged_change(struct line *line,
				const struct merge_event *merge)
{
	if (merge->result_start == merge->start &&
	    merge->result_end == merge->end)
		line_add(line, PLAIN, "none, the VMA changes as a whole");
	else
		line_add(line, PLAIN, "none, a part of " RANGE
			 " that will be split", (ull)merge->result_start,
			 (ull)merge->result_end);
}

/* The neighbours end and begin where the range does, or the range cut them. */
static void add_unmerged(struct line *line, const struct space *space,
			 const struct merge_event *merge)
{
	bool below = merge->prev_end, above = merge->next_end;

	line_add(line, PLAIN, "none, ");
	if (!below && !above)
		line_add(line, PLAIN, "no neighbour touches the range");
	if (below && above && merge->prev_start == merge->next_start) {
		line_add(line, PLAIN, "cut out of " RANGE " ",
			 (ull)merge->prev_start, (ull)merge->prev_end);
		add_owner(line, space, merge->prev_start);
		return;
	}
	if (below) {
		line_add(line, PLAIN, "%s with ", above ? "neither" : "not");
		add_owner(line, space, merge->start - 1);
		line_add(line, PLAIN, " below");
	}
	if (above) {
		line_add(line, PLAIN, "%s with ", below ? " nor" : "not");
		add_owner(line, space, merge->end);
		line_add(line, PLAIN, " above");
	}
}

static void add_merge(const struct story *story, struct line *line,
		      const struct space *space,
		      const struct merge_event *merge)
{
	static const char *const with[] = {
		"", "with the VMA below", "with the VMA above",
		"with the VMAs below and above"
	};

	if (!merge->outcome && merge->cause == MMAPDEMO_CAUSE_CHANGE) {
		add_unmerged_change(line, merge);
	} else if (!merge->outcome) {
		add_unmerged(line, space, merge);
	} else {
		line_add(line, GREEN, "%s", with[merge->outcome & 3]);
		line_add(line, PLAIN, " %s " RANGE, story->style.glyphs->arrow,
			 (ull)merge->result_start, (ull)merge->result_end);
	}
}

static void add_link(struct line *line, const struct link_event *link)
{
	char flags[FORMAT_MAX];

	line_add(line, PLAIN, RANGE " %s ", (ull)link->start, (ull)link->end,
		 format_vm_flags(flags, link->vm_flags));
	if (link->ino)
		add_file(line, link->name, link->pgoff);
	else
		line_add(line, BOLD, "%s",
			 *world_label(link->vm_flags, link->cause) ?
			 world_label(link->vm_flags, link->cause) :
			 "anonymous");
	line_add(line, DIM, "  map_count %u", link->map_count);
}

static int tell_part(const struct story *story, const struct event *part,
		     const struct task *task, const struct space *space,
		     const char *sign, const char *duration)
{
	struct line line;
	int indent;

	tell_more(story, &line, task);
	line_add(&line, DIM, "%s ", sign);
	indent = line.columns;
	line_add(&line, PLAIN, "%s", event_layouts[part->kind].name);
	line_to(&line, indent + 18);
	if (part->kind == MMAPDEMO_EVENT_GET_UNMAPPED_AREA)
		add_search(story, &line, &part->search);
	else if (part->kind == MMAPDEMO_EVENT_VMA_MERGE)
		add_merge(story, &line, space, &part->merge);
	else
		add_link(&line, &part->link);
	line_right(&line, DIM, duration, /* force = */ true);
	return line_end(&line, story->out);
}

/* @duration is what the first line had no room for, or "". */
static int tell_tree(const struct story *story, const struct task *task,
		     const struct space *space, const char *duration)
{
	const struct glyphs *glyphs = story->style.glyphs;
	int err = 0;

	for (int i = 0; !err && !story->brief && i < task->count; i++)
		err = tell_part(story, &task->parts[i], task, space,
				i + 1 < task->count ? glyphs->branch
						    : glyphs->last,
				i ? "" : duration);
	return err;
}

/* ---- mmap() ---- */

static void add_request(struct line *line, const struct mmap_event *call)
{
	static const __u32 usual = MAP_TYPE | MAP_ANONYMOUS | MAP_FIXED |
				   MAP_FIXED_NOREPLACE;
	char size[FORMAT_MAX], prot[FORMAT_MAX];
	__u64 vm_flags = call->prot & 7;

	if (call->flags & MAP_SHARED)	/* and MAP_SHARED_VALIDATE */
		vm_flags |= VM_MAYSHARE;
	if (call->addr)
		line_add(line, PLAIN, "%llx", (ull)call->addr);
	else
		line_add(line, PLAIN, "NULL");
	if (call->flags & MAP_FIXED_NOREPLACE)
		line_add(line, PLAIN, " fixed_noreplace");
	else if (call->flags & MAP_FIXED)
		line_add(line, PLAIN, " fixed");
	line_add(line, PLAIN, ", ");
	line_add(line, PLAIN, "%s, %s, ", format_size(size, call->len),
		 format_vm_flags(prot, vm_flags));
	if (call->ino)
		add_file(line, call->name, call->pgoff);
	else
		line_add(line, PLAIN, "anonymous");
	for (const struct name *flag = names_map; flag->name; flag++) {
		if (call->flags & flag->value & ~usual)
			line_add(line, PLAIN, ", %s", flag->name);
	}
}

int tell_mmap(struct story *story, const struct event *event,
	      struct task *task, const struct space *space)
{
	const struct mmap_event *call = &event->mmap;
	char duration[FORMAT_MAX];
	struct line line;
	bool placed;
	int err;

	tell_head(story, &line, event_begin(event), task);
	if (task->entered == space)
		line_add(&line, DIM, "exec: ");
	line_add(&line, CYAN, "mmap");
	line_add(&line, PLAIN, "(");
	add_request(&line, call);
	line_add(&line, PLAIN, ") = ");
	add_result(&line, call->ret);
	format_duration(duration, call->duration, story->style.glyphs->micro);
	placed = line_right(&line, DIM, duration,
			    story->brief || !task->count);
	err = line_end(&line, story->out);
	return err ? err : tell_tree(story, task, space,
				     placed ? "" : duration);
}

/* ---- the others ---- */

static const struct merge_event *find_merge(const struct task *task)
{
	for (int i = 0; i < task->count; i++) {
		if (task->parts[i].kind == MMAPDEMO_EVENT_VMA_MERGE)
			return &task->parts[i].merge;
	}
	return NULL;
}

static void add_change(struct line *line, const struct space *space,
		       const struct merge_event *merge, bool exec)
{
	line_add(line, CYAN, exec ? "change" : "mprotect/madvise/mlock");
	line_add(line, PLAIN, " of " RANGE " ", (ull)merge->start,
		 (ull)merge->end);
	add_owner(line, space, merge->start);
}

/* A call that merged, or did not: the events tell only roughly which. */
static void add_merging_call(const struct story *story, struct line *line,
			     const struct space *space,
			     const struct merge_event *merge, bool exec)
{
	char size[FORMAT_MAX];

	format_size(size, merge->end - merge->start);
	if (merge->cause == MMAPDEMO_CAUSE_CHANGE) {
		add_change(line, space, merge, exec);
	} else if (merge->cause == MMAPDEMO_CAUSE_BRK) {
		line_add(line, CYAN, "brk");
		line_add(line, PLAIN, "(%llx): the heap grows by %s",
			 (ull)merge->end, size);
	} else if (merge->cause == MMAPDEMO_CAUSE_MOVE) {
		line_add(line, CYAN, "mremap");
		line_add(line, PLAIN, ": %s move to ", size);
		line_add(line, CYAN, "%llx", (ull)merge->start);
	} else {
		line_add(line, CYAN, "mmap");
		line_add(line, PLAIN, " %s its end was not seen",
			 story->style.glyphs->arrow);
	}
}

static void add_call(const struct story *story, struct line *line,
		     const struct task *task, const struct space *space)
{
	const struct event *last = &task->parts[task->count - 1];
	const struct merge_event *merge = find_merge(task);

	bool exec = task->entered == space;

	if (exec)
		line_add(line, DIM, "exec: ");
	if (merge) {
		add_merging_call(story, line, space, merge, exec);
	} else if (last->kind != MMAPDEMO_EVENT_VMA_LINK) {
		line_add(line, CYAN, "mremap or shmat");
		line_add(line, PLAIN, ", or a call that failed");
	} else if (last->link.map_count == 1) {
		line_add(line, BOLD, "a new address space");
		line_add(line, PLAIN, ", the stack is its first VMA");
	} else {
		line_add(line, PLAIN, "a special mapping");
	}
}

static const struct space *space_of(const struct story *story, __u32 mm)
{
	static const struct space unknown;
	const struct space *space = story->world.spaces;

	while (space && space->mm != mm)
		space = space->next;
	return space ? space : &unknown;
}

int tell_parts(struct story *story, struct task *task)
{
	const struct space *space = space_of(story, event_mm(&task->parts[0]));
	struct line line;
	int err;

	tell_head(story, &line, task->parts[0].time, task);
	add_call(story, &line, task, space);
	err = line_end(&line, story->out);
	return err ? err : tell_tree(story, task, space, "");
}
