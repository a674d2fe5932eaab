// SPDX-License-Identifier: GPL-2.0-only
/* Output of mmap() and of other calls that change mappings. */
#include "base/format.h"
#include "event/vm_flags.h"
#include "story/parts.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef unsigned long long ull;

static __u64 bytes(__u64 pages)
{
	return pages * sysconf(_SC_PAGESIZE);
}

/* Add the file and the file offset, such as " libc.so.6 @ 0x26000". */
static void add_file(struct line *line, const char *name, __u64 pgoff)
{
	line_add(line, BOLD, "%s", file_title(name));
	line_add(line, PLAIN, " @ %#llx", (ull)bytes(pgoff));
}

void add_result(struct line *line, __s64 ret)
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
		line_add(line, PLAIN, "the address is fixed, so there is no "
			 "search");
	else
		line_add(line, PLAIN, "%s, from the %s", search->search,
			 search->topdown ? "top" : "bottom");
	line_add(line, PLAIN, " %s ", story->style.glyphs->arrow);
	add_result(line, search->ret);
}

static void add_link(struct line *line, const struct link_event *link)
{
	const char *label = world_label(link->vm_flags, link->cause,
					link->trigger);
	char flags[FORMAT_MAX];

	line_add(line, PLAIN, RANGE " %s ", (ull)link->start, (ull)link->end,
		 format_vm_flags(flags, link->vm_flags));
	if (link->ino)
		add_file(line, link->name, link->pgoff);
	else
		line_add(line, BOLD, "%s", *label ? label : "anonymous");
	line_add(line, DIM, "  map_count %u", link->map_count);
}

static void add_pgd(struct line *line, const struct pgd_event *pgd)
{
	if (pgd->user)
		line_add(line, PLAIN, "entries in the user half: %u", pgd->user);
	else
		line_add(line, PLAIN, "user half: empty");
	line_add(line, PLAIN, "; %u PGD entries point to shared kernel tables",
		 pgd->shared);
}

static void add_part(const struct story *story, struct line *line,
		     const struct event *part, const struct space *space)
{
	const struct split_event *split = &part->split;
	const struct unlink_event *unlink = &part->unlink;

	switch (part->kind) {
	case MMAPDEMO_EVENT_GET_UNMAPPED_AREA:
		add_search(story, line, &part->search);
		break;
	case MMAPDEMO_EVENT_VMA_MERGE:
		add_merge(story, line, space, &part->merge);
		break;
	case MMAPDEMO_EVENT_VMA_LINK:
		add_link(line, &part->link);
		break;
	case MMAPDEMO_EVENT_VMA_SPLIT:
		line_add(line, PLAIN, RANGE " at ", (ull)split->start,
			 (ull)split->end);
		line_add(line, CYAN, "%llx", (ull)split->cut);
		line_add(line, DIM, "  map_count %u", split->map_count);
		break;
	case MMAPDEMO_EVENT_VMA_UNLINK:
		line_add(line, PLAIN, RANGE, (ull)unlink->start,
			 (ull)unlink->end);
		line_add(line, DIM, "  %u VMA%s", unlink->vmas,
			 unlink->vmas == 1 ? "" : "s");
		break;
	case MMAPDEMO_EVENT_PGD_ALLOC:
		add_pgd(line, &part->pgd);
		break;
	case EVENT_VMA:
		add_area(line, &part->vma);
		break;
	case MMAPDEMO_EVENT_MMAP_LOCK_WAIT:
		add_lock_wait(line, &part->lock);
		break;
	}
}

static const char *name_of_part(const struct event *part)
{
	return part->kind == EVENT_VMA ? "VMA" : event_layouts[part->kind].name;
}

static int print_part(const struct story *story, const struct event *part,
		      const struct task *task, const struct space *space,
		      const char *sign, const char *duration)
{
	struct line line;
	int indent;

	continue_line(story, &line, task);
	line_add(&line, DIM, "%s ", sign);
	indent = line.columns;
	line_add(&line, PLAIN, "%s", name_of_part(part));
	line_to(&line, indent + 18);
	line.hang = indent + 2;
	add_part(story, &line, part, space);
	line_right(&line, DIM, duration, /* force = */ true);
	return line_end(&line, story->out);
}

static int print_last(const struct story *story, const struct task *task)
{
	struct line line;
	int indent;

	continue_line(story, &line, task);
	line_add(&line, DIM, "%s ", story->style.glyphs->last);
	indent = line.columns;
	line_add(&line, PLAIN, "tlb_flush");
	line_to(&line, indent + 18);
	add_flushes(&line, task, "");
	return line_end(&line, story->out);
}

/*
 * Print the parts of a call. The line of the first part shows @duration, which
 * is "" if the line of the call already shows the duration of the call. If
 * @flushed is set, the call flushed the TLB.
 */
static int print_tree(const struct story *story, const struct task *task,
		      const struct space *space, const char *duration,
		      bool flushed)
{
	const struct glyphs *glyphs = story->style.glyphs;
	int err = 0;

	if (story->brief)
		return 0;
	for (int i = 0; !err && i < task->call.count; i++)
		err = print_part(story, &task->call.parts[i], task, space,
				 i + 1 < task->call.count || flushed ?
				 glyphs->branch : glyphs->last,
				 i ? "" : duration);
	return !err && flushed ? print_last(story, task) : err;
}

/* ---- mmap() ---- */

static void add_request(struct line *line, const struct mmap_event *call)
{
	static const __u32 usual = MAP_TYPE | MAP_ANONYMOUS | MAP_FIXED |
				   MAP_FIXED_NOREPLACE;
	char size[FORMAT_MAX], prot[FORMAT_MAX];
	__u64 vm_flags = call->prot & 7;

	if (call->flags & MAP_SHARED)	/* MAP_SHARED_VALIDATE contains MAP_SHARED */
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

int print_duration(const struct story *story, struct line *line,
			 __u64 ns, const struct task *task,
			 const struct space *space)
{
	char duration[FORMAT_MAX];
	bool placed;
	int err;

	format_duration(duration, ns, story->style.glyphs->micro);
	placed = line_right(line, DIM, duration,
			    story->brief || !task->call.count);
	err = line_end(line, story->out);
	return err ? err : print_tree(story, task, space,
				      placed ? "" : duration, task->call.flushed);
}

int print_mmap(struct story *story, const struct event *event,
	       struct task *task, const struct space *space)
{
	const struct mmap_event *call = &event->mmap;
	struct line line;

	begin_line(story, &line, event_begin(event), task);
	if (task->entered == space)
		line_add(&line, DIM, "exec: ");
	line_add(&line, CYAN, "mmap");
	line_add(&line, PLAIN, "(");
	add_request(&line, call);
	line_add(&line, PLAIN, ") = ");
	add_result(&line, call->ret);
	return print_duration(story, &line, call->duration, task, space);
}

/* ---- brk(), mremap() ---- */

static void add_heap(struct line *line, const struct brk_event *call)
{
	char size[FORMAT_MAX];

	if (call->brk && call->ret != call->brk)
		line_add(line, RED, "failed, the heap still ends at %llx",
			 (ull)call->ret);
	else if (call->ret > call->old)
		line_add(line, PLAIN, "the heap grows by %s",
			 format_size(size, call->ret - call->old));
	else if (call->ret < call->old)
		line_add(line, PLAIN, "the heap shrinks by %s",
			 format_size(size, call->old - call->ret));
	else
		line_add(line, PLAIN, "the heap ends at %llx", (ull)call->ret);
}

int print_brk(struct story *story, const struct event *event,
	      struct task *task, const struct space *space)
{
	const struct brk_event *call = &event->brk;
	struct line line;

	begin_line(story, &line, event_begin(event), task);
	line_add(&line, CYAN, "brk");
	if (call->brk)
		line_add(&line, PLAIN, "(%llx): ", (ull)call->brk);
	else
		line_add(&line, PLAIN, "(NULL): ");
	add_heap(&line, call);
	return print_duration(story, &line, call->duration, task, space);
}

int print_mremap(struct story *story, const struct event *event,
		 struct task *task, const struct space *space)
{
	const struct mremap_event *call = &event->mremap;
	char size[FORMAT_MAX];
	struct line line;

	begin_line(story, &line, event_begin(event), task);
	line_add(&line, CYAN, "mremap");
	line_add(&line, PLAIN, "(%llx, %s", (ull)call->addr,
		 format_size(size, call->old_len));
	line_add(&line, PLAIN, " %s %s", story->style.glyphs->arrow,
		 format_size(size, call->new_len));
	for (const struct name *flag = names_mremap; flag->name; flag++) {
		if (call->flags & flag->value)
			line_add(&line, PLAIN, ", %s", flag->name);
	}
	if (call->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) && call->new_addr)
		line_add(&line, PLAIN, ", %llx", (ull)call->new_addr);
	line_add(&line, PLAIN, ") = ");
	add_result(&line, call->ret);
	return print_duration(story, &line, call->duration, task, space);
}

/* ---- other calls ---- */

static void add_change(struct line *line, const struct space *space,
		       const struct merge_event *merge, bool exec)
{
	line_add(line, CYAN, "%s", exec ? "change" :
		 name_of(names_syscall, merge->nr));
	line_add(line, PLAIN, " of " RANGE " ", (ull)merge->start,
		 (ull)merge->end);
	add_owner(line, space, merge->start);
}

/*
 * Add a call that removed mappings and did not try to merge VMAs, such as
 * munmap().
 */
static void add_removal(struct line *line, const struct space *space,
			const struct unlink_event *unlink, bool exec)
{
	const char *name = name_of(names_syscall, unlink->nr);

	line_add(line, CYAN, "%s", exec || *name == '?' ? "munmap" : name);
	line_add(line, PLAIN, " of " RANGE " ", (ull)unlink->start,
		 (ull)unlink->end);
	add_owner(line, space, unlink->start);
}

/*
 * Add a call that tried to merge VMAs. The vma_merge event does not contain the
 * arguments of the call.
 */
static void add_merging_call(const struct story *story, struct line *line,
			     const struct space *space,
			     const struct merge_event *merge,
			     const struct task *task)
{
	char size[FORMAT_MAX];

	format_size(size, merge->end - merge->start);
	if (merge->cause == MMAPDEMO_CAUSE_CHANGE) {
		add_change(line, space, merge, task->entered == space);
	} else if (merge->cause == MMAPDEMO_CAUSE_BRK) {
		line_add(line, CYAN, "brk");
		line_add(line, PLAIN, "(%llx): the heap %s by %s",
			 (ull)merge->end, merge->ret ? "failed to grow" :
			 "grows", size);
	} else if (merge->cause == MMAPDEMO_CAUSE_EXTEND) {
		line_add(line, CYAN, "mremap");
		line_add(line, PLAIN, " in place: ");
		add_owner(line, space, merge->start - 1);
		line_add(line, PLAIN, " %s by %s",
			 merge->ret ? "failed to grow" : "grows", size);
	} else if (merge->cause == MMAPDEMO_CAUSE_MOVE) {
		line_add(line, CYAN, "mremap");
		line_add(line, PLAIN, ": %s %s to ",
			 merge->ret ? "failed to move" : "moves", size);
		line_add(line, CYAN, "%llx", (ull)merge->start);
	} else {
		line_add(line, CYAN, "mmap");
		line_add(line, PLAIN, " %s %s", story->style.glyphs->arrow,
			 task->call.goes_on ? "more parts of the call follow" :
			 "the end of the call was not recorded");
	}
}

/* Add a call of which only waits for mmap_lock were recorded. */
static void add_waiting_call(struct line *line, const struct lock_event *wait)
{
	char call[NAME_CALL_MAX];

	line_add(line, CYAN, "%s", wait->nr >= 0 ? name_call(call, wait->nr) :
				   name_of(names_trigger, wait->trigger));
}

static void add_call(const struct story *story, struct line *line,
		     const struct task *task, const struct space *space)
{
	const struct event *last = call_change(&task->call);
	const struct event *merge = call_part(&task->call,
					      MMAPDEMO_EVENT_VMA_MERGE);
	bool exec = task->entered == space;

	if (exec)
		line_add(line, DIM, "exec: ");
	if (!last) {
		add_waiting_call(line, &task->call.parts[0].lock);
	} else if (merge) {
		add_merging_call(story, line, space, &merge->merge, task);
	} else if (last->kind == MMAPDEMO_EVENT_VMA_UNLINK) {
		add_removal(line, space, &last->unlink, exec);
	} else if (last->kind == MMAPDEMO_EVENT_VMA_SPLIT) {
		line_add(line, CYAN, "%s",
			 name_of(names_syscall, last->split.nr));
		line_add(line, PLAIN, ": no event of this call was recorded "
			 "after the split");
	} else if (last->kind == MMAPDEMO_EVENT_PGD_ALLOC) {
		line_add(line, BOLD, "a page table");
		line_add(line, PLAIN, " for a new address space");
	} else if (last->kind != MMAPDEMO_EVENT_VMA_LINK) {
		line_add(line, CYAN, "mremap or shmat");
		line_add(line, PLAIN, ", or a call that failed");
	} else if (last->link.map_count == 1) {
		line_add(line, BOLD, "a new address space");
		line_add(line, PLAIN, "; the stack is the first VMA");
	} else {
		line_add(line, PLAIN, "a special mapping");
	}
}

static const struct space *space_of(const struct story *story, __u32 mm)
{
	static const struct space unknown;
	const struct space *space = world_space(&story->world, mm);

	return space ? space : &unknown;
}

int print_parts(struct story *story, struct task *task)
{
	const struct event *first = &task->call.parts[0];
	const struct space *space = space_of(story, event_mm(first));
	struct line line;
	int err;

	begin_line(story, &line, first->time, task);
	add_call(story, &line, task, space);
	err = line_end(&line, story->out);
	return err ? err : print_tree(story, task, space, "", false);
}
