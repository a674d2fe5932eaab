// SPDX-License-Identifier: GPL-2.0-only
/* Output of a VMA that perf has reported. */
#include "base/format.h"
#include "event/vm_flags.h"
#include "story/parts.h"

#include <sys/mman.h>
#include <unistd.h>

typedef unsigned long long ull;

void add_area(struct line *line, const struct vma_event *vma)
{
	__u64 vm_flags = vma->prot & 7;
	char flags[FORMAT_MAX];

	if (vma->flags & MAP_SHARED)
		vm_flags |= VM_MAYSHARE;
	line_add(line, PLAIN, RANGE " %s ", (ull)vma->start, (ull)vma->end,
		 format_vm_flags(flags, vm_flags));
	line_add(line, BOLD, "%s", *vma->name ? vma->name : "anonymous");
	if (vma->ino)
		line_add(line, PLAIN, " @ %#llx",
			 (ull)vma->pgoff * sysconf(_SC_PAGESIZE));
}

int print_vma(const struct story *story, const struct event *event,
	      const struct task *task)
{
	struct line line;

	begin_line(story, &line, event->time, task);
	if (task->entered)
		line_add(&line, DIM, "exec: ");
	line_add(&line, CYAN, "VMA");
	line_add(&line, PLAIN, " ");
	add_area(&line, &event->vma);
	return line_end(&line, story->out);
}
