// SPDX-License-Identifier: GPL-2.0-only
/*
 * Output of a page fault: the access, the path through the kernel, and the page
 * table entry.
 */
#include "base/format.h"
#include "event/vm_flags.h"
#include "story/parts.h"

#include <string.h>

/**
 * struct way - how the kernel handles a class of faults
 * @colour: colour in which the class is shown
 * @path: kernel functions that handle the fault, outermost first
 * @what: what happened to the page
 * @major: text for major faults, which is shown instead of @what; NULL: @what
 *	is shown for major faults, too
 */
struct way {
	enum colour colour;
	const char *path[2];
	const char *what;
	const char *major;
};

#define WAY(class, colour, outer, inner, what, major)	\
	[MMAPDEMO_FAULT_##class] = { colour, { outer, inner }, what, major }

static const struct way ways[MMAPDEMO_FAULT_CLASS_COUNT] = {
	WAY(UNKNOWN, RED, "handle_pte_fault", NULL,
	    "another task changed the entry during the fault", NULL),
	WAY(ANON_ZERO, GREEN, "do_anonymous_page", NULL,
	    "never written: the shared zero page", NULL),
	WAY(ANON, CYAN, "do_anonymous_page", NULL,
	    "a new page, zeroed", NULL),
	WAY(READ, GREEN, "do_fault", "do_read_fault",
	    "from the page cache",
	    "read from the disk (major fault)"),
	WAY(COW, YELLOW, "do_fault", "do_cow_fault",
	    "a private copy of the file's page",
	    "read from the disk (major fault), then copied"),
	WAY(SHARED, CYAN, "do_fault", "do_shared_fault",
	    "the file's own page, writable",
	    "read from the disk (major fault), writable"),
	WAY(SWAP, GREEN, "do_swap_page", NULL,
	    "from the swap cache",
	    "read from swap (major fault)"),
	WAY(MIGRATION, YELLOW, "do_swap_page", "migration_entry_wait",
	    "waited for the migration of the page", NULL),
	WAY(MARKER, YELLOW, "do_swap_page", "handle_pte_marker",
	    "a PTE marker instead of a page", NULL),
	WAY(NUMA, GREEN, "do_numa_page", NULL,
	    "a NUMA hinting fault", NULL),
	WAY(WP_REUSE, GREEN, "do_wp_page", "wp_page_reuse",
	    "the page had no other user, so it was made writable, not copied", NULL),
	WAY(WP_COPY, YELLOW, "do_wp_page", "wp_page_copy",
	    "copied on write", NULL),
	WAY(WP_SHARED, CYAN, "do_wp_page", "wp_page_shared",
	    "the page was made writable (after .page_mkwrite of its file, if it "
	    "has one)",
	    NULL),
	WAY(HUGE_ZERO, GREEN, "do_huge_pmd_anonymous_page", NULL,
	    "never written: the shared huge zero page", NULL),
	WAY(HUGE_ANON, CYAN, "do_huge_pmd_anonymous_page", NULL,
	    "a new huge page, zeroed", NULL),
	WAY(HUGE_FILE, GREEN, "do_fault", "do_set_pmd",
	    "a huge page of the file",
	    "a huge page, read from the disk (major fault)"),
	WAY(HUGE_NUMA, GREEN, "do_huge_pmd_numa_page", NULL,
	    "a NUMA hinting fault of a huge page", NULL),
	WAY(HUGE_WP, YELLOW, "do_huge_pmd_wp_page", NULL,
	    "the huge page was made writable", NULL),
	WAY(HUGE_SPLIT, YELLOW, "do_huge_pmd_wp_page", NULL,
	    "the huge page was split", NULL),
	WAY(HUGETLB, CYAN, "hugetlb_fault", NULL,
	    "a page of the hugetlb pool", NULL),
	WAY(UFFD, YELLOW, "handle_userfault", NULL,
	    "waited for the userfaultfd handler", NULL),
	WAY(SPURIOUS, GREEN, "handle_pte_fault", NULL,
	    "nothing to do: the entry was already valid", NULL),
	WAY(SIGBUS, RED, "handle_mm_fault", NULL,
	    "no page (after the end of the file, no space left, or an I/O "
	    "error): SIGBUS", NULL),
	WAY(SIGSEGV, RED, "handle_mm_fault", NULL,
	    "access not allowed: SIGSEGV", NULL),
	WAY(OOM, RED, "handle_mm_fault", NULL,
	    "out of memory", NULL),
	WAY(HWPOISON, RED, "handle_mm_fault", NULL,
	    "a hardware memory error (poisoned page): SIGBUS", NULL),
};

/*
 * Return the reason for a SIGBUS. The kernel does not report the reason, so the
 * text can list several reasons.
 */
static const char *why_no_page(const struct fault_event *fault,
			       const struct way *way)
{
	if (fault->ret & FAULT_AFTER_END)
		return "after the end of the file: SIGBUS";
	if (!(fault->ret & FAULT_WITHIN_FILE))
		return fault->ino ? way->what :
		       "there is no page for the address: SIGBUS";
	if (fault->vm_flags & VM_HUGETLB)
		return "no huge page is left in the pool, quota or cgroup: SIGBUS";
	if (fault->access == MMAPDEMO_ACCESS_WRITE &&
	    (fault->vm_flags & VM_SHARED))
		return "the file system refused the write, no space is left, or "
		       "an I/O error occurred: SIGBUS";
	return "an I/O error occurred, or no space is left: SIGBUS";
}

#define COPY_OF_KERNEL_PAGE "a private copy of a page of the kernel"

/* Return what happened to the page. The text may be more precise than the class. */
static const char *what_happened(const struct story *story,
				 const struct fault_event *fault,
				 const struct way *way)
{
	bool file_page = fault->class == MMAPDEMO_FAULT_READ ||
			 fault->class == MMAPDEMO_FAULT_SHARED;

	if (fault->class == MMAPDEMO_FAULT_SIGBUS)
		return why_no_page(fault, way);
	if (file_page && !fault->ino)
		return "a page of the kernel, not of a file";
	if (fault->class == MMAPDEMO_FAULT_COW && !fault->ino)
		return COPY_OF_KERNEL_PAGE;
	if (file_page && fault->ino == story->device.ino &&
	    fault->dev == story->device.dev)
		return "supplied by the driver's fault()";
	if (fault->class == MMAPDEMO_FAULT_WP_COPY) {
		if (fault->entry_before & MMAPDEMO_ENTRY_ZERO)
			return "a new page instead of the zero page";
		if (fault->entry_before & MMAPDEMO_ENTRY_ANON)
			return "a copy: the old page may have had other users";
		return fault->ino ? "a private copy of the file's page" :
				    COPY_OF_KERNEL_PAGE;
	}
	if (fault->class == MMAPDEMO_FAULT_HUGE_WP &&
	    fault->entry_after & ~fault->entry_before & MMAPDEMO_ENTRY_ANON)
		return "a new huge page instead of the huge zero page";
	return way->major && fault->ret & FAULT_MAJOR ? way->major :
							   way->what;
}

static const struct way *way_of(const struct fault_event *fault)
{
	return &ways[fault->class < MMAPDEMO_FAULT_CLASS_COUNT ? fault->class :
		     MMAPDEMO_FAULT_UNKNOWN];
}

const char *class_text(__u32 class)
{
	return ways[class].what;
}

/* ---- first line: the access ---- */

void add_place(struct line *line, const struct fault_event *fault,
	       const struct space *space)
{
	char text[EVENT_NAME_MAX + 24];

	maps_format(&space->maps, fault->address, text, sizeof(text));
	line_add(line, PLAIN, "%s", *text ? text : "anonymous");
}

void add_culprit(struct line *line, const struct fault_event *fault,
		 const struct task *task, const struct space *space)
{
	static const char *const origins[] = {
		[MMAPDEMO_FROM_USER] = "by ",
		[MMAPDEMO_FROM_KERNEL] = "by the kernel for ",
		[MMAPDEMO_FROM_GUP] = "pinned by the kernel for ",
		[MMAPDEMO_FROM_REMOTE] = "by another process at ",
	};
	char text[EVENT_NAME_MAX + 24];

	if (task && task->entered == space) {
		line_add(line, DIM, "by exec");
		return;
	}
	if (fault->access == MMAPDEMO_ACCESS_EXEC &&
	    fault->ip == fault->address)
		return;
	/*
	 * In a remote access, fault->ip is an address in the task's own address
	 * space.
	 */
	maps_format(fault->from == MMAPDEMO_FROM_REMOTE && task && task->space ?
		    &task->space->maps : &space->maps, fault->ip, text,
		    sizeof(text));
	line_add(line, DIM, "%s", origins[fault->from & 3]);
	if (*text)
		line_add(line, DIM, "%s", text);
	else if (fault->ip)
		line_add(line, DIM, "%llx", (unsigned long long)fault->ip);
	else
		line_add(line, DIM, "a kernel thread");
	/* Omit system calls that names_syscall does not name. */
	if (fault->nr >= 0 && *name_of(names_syscall, fault->nr) != '?')
		line_add(line, DIM, " (%s)",
			 name_of(names_syscall, fault->nr));
}

/*
 * Print the first line of a fault. Set *@placed if this line contains the
 * duration.
 */
static int print_first(const struct story *story, const struct event *event,
		       const struct task *task, const struct space *space,
		       const char *duration, bool *placed)
{
	const struct fault_event *fault = &event->fault;
	const struct slow_event *slow = world_fault_time(&story->world, event);
	const struct way *way = way_of(fault);
	struct line line, culprit;
	int indent;

	begin_line(story, &line, event_begin(event), task);
	indent = line.columns;
	line_add(&line, way->colour, "fault");
	line_add(&line, PLAIN, " %012llx  %-5s  ",
		 (unsigned long long)fault->address,
		 name_of(names_access, fault->access));
	add_place(&line, fault, space);
	line_begin(&culprit, &story->style);
	add_culprit(&culprit, fault, task, space);
	if (story->brief)
		line_add(&culprit, way->colour, "  %s",
			 name_of(names_class, fault->class));
	if (story->brief && slow)
		add_largest_part(&culprit, slow, "  ");
	add_at(&line, indent + 50, &culprit);
	*placed = line_right(&line, DIM, duration, story->brief);
	return line_end(&line, story->out);
}

/* ---- second line: the path ---- */

void add_first_touch(const struct story *story, struct line *line,
		     const struct space *space, __u64 address, __u64 time)
{
	__u64 born = maps_first_touch(&space->maps, address);
	char text[FORMAT_MAX];

	if (born)
		line_add(line, BOLD, ", first touch %s after mmap",
			 format_duration(text, time - born,
					 story->style.glyphs->micro));
}

void add_path(const struct story *story, struct line *line,
	      const struct fault_event *fault)
{
	const struct way *way = way_of(fault);

	line_add(line, PLAIN, "%s", way->path[0]);
	if (way->path[1])
		line_add(line, PLAIN, " %s %s", story->style.glyphs->arrow,
			 way->path[1]);
	line_add(line, PLAIN, ": ");
	line_add(line, way->colour, "%s", what_happened(story, fault, way));
	if (fault->retries)
		line_add(line, YELLOW, ", after %u %s", fault->retries,
			 fault->retries > 1 ? "retries" : "retry");
}

static int print_second(const struct story *story, const struct event *event,
			const struct task *task, const struct space *space,
			const char *duration)
{
	struct line line;

	continue_line(story, &line, task);
	add_path(story, &line, &event->fault);
	add_first_touch(story, &line, space, event->fault.address,
			event_begin(event));
	line_right(&line, DIM, duration, /* force = */ true);
	return line_end(&line, story->out);
}

/* ---- third line: the page table ---- */

static void add_level(const struct story *story, struct line *line,
		      const struct fault_event *fault,
		      const struct name *level)
{
	const struct glyphs *glyphs = story->style.glyphs;
	bool before = fault->before & level->value;
	bool after = fault->after_seen ? fault->after & level->value : before;
	bool lowest = fault->after < level->value * 2;
	enum colour colour = PLAIN;
	const char *sign = fault->after_seen ? glyphs->empty : "?";

	if (level->value == MMAPDEMO_LEVEL_P4D && story->levels == 4) {
		sign = glyphs->folded;
	} else if (after && !before) {
		sign = glyphs->filled;
		colour = GREEN;
	} else if (after && lowest && fault->after_seen &&
		   fault->entry_before != fault->entry_after) {
		sign = glyphs->replaced;
		colour = YELLOW;
	} else if (after) {
		sign = glyphs->there;
	}
	line_add(line, DIM, "%s ", level->name);
	line_add(line, colour, "%s  ", sign);
}

void add_entry_bits(struct line *line, __u32 entry)
{
	if (entry & MMAPDEMO_ENTRY_PRESENT)
		line_add(line, PLAIN, " r%c%c",
			 entry & MMAPDEMO_ENTRY_WRITE ? 'w' : '-',
			 entry & MMAPDEMO_ENTRY_EXEC ? 'x' : '-');
	for (const struct name *bit = names_entry; bit->name; bit++) {
		if (bit->value > MMAPDEMO_ENTRY_EXEC && entry & bit->value)
			line_add(line, PLAIN, " %s", bit->name);
	}
}

void add_entry(struct line *line, const struct fault_event *fault)
{
	__u32 entry = fault->entry_after;

	if (!fault->after_seen) {
		line_add(line, PLAIN, " the new entry is unknown, because "
			 "the address space was already unlocked");
		return;
	}
	if (!entry)
		return;
	if (fault->pfn)
		line_add(line, BOLD, " pfn %#llx",
			 (unsigned long long)fault->pfn);
	if (fault->order && fault->order < 32)
		line_add(line, PLAIN, " (%u pages)", 1U << fault->order);
	/*
	 * Omit the soft-dirty bit, because a write sets it together with the
	 * dirty bit.
	 */
	add_entry_bits(line, entry & ~MMAPDEMO_ENTRY_SOFT_DIRTY);
	if (fault->filled > 1)
		line_add(line, GREEN, ", %u more entr%s filled",
			 fault->filled - 1, fault->filled > 2 ? "ies" : "y");
}

static int print_table(const struct story *story, const struct event *event,
		       const struct task *task)
{
	const struct fault_event *fault = &event->fault;
	const struct name *level;
	struct line line;

	continue_line(story, &line, task);
	for (level = names_levels; level->name; level++) {
		if (level->value == MMAPDEMO_LEVEL_PTE && fault->order)
			break;	/* the entry of a huge page is at a higher level */
		add_level(story, &line, fault, level);
	}
	add_entry(&line, fault);
	add_huge(&line, fault);
	add_flushes(&line, task, ", TLB flush: ");
	return line_end(&line, story->out);
}

int print_fault(struct story *story, const struct event *event,
		const struct task *task, const struct space *space)
{
	const struct slow_event *slow = world_fault_time(&story->world, event);
	char duration[FORMAT_MAX];
	bool placed;
	int err;

	if (event->fault.duration)
		format_duration(duration, event->fault.duration,
				story->style.glyphs->micro);
	else
		strcpy(duration, "unknown");
	err = print_first(story, event, task, space, duration, &placed);
	if (!err && !story->brief)
		err = print_second(story, event, task, space,
				   placed ? "" : duration);
	if (!err && !story->brief)
		err = print_table(story, event, task);
	if (!err && !story->brief && slow)
		err = print_fault_time(story, slow, task);
	return err;
}
