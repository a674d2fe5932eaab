// SPDX-License-Identifier: GPL-2.0-only
/* Output of the reason why the first touch of 2 MiB mapped no huge page. */
#include "base/format.h"
#include "story/parts.h"
#include "system/huge_rules.h"

static const char *const against_huge[] = {
	[MMAPDEMO_HUGE_UNKNOWN] = "unknown reason",
	[MMAPDEMO_HUGE_TABLE] = "a page table was there",
	[MMAPDEMO_HUGE_ZERO] = "was read first",
	[MMAPDEMO_HUGE_KERNEL] = "not supported",
	[MMAPDEMO_HUGE_NOHUGEPAGE] = "MADV_NOHUGEPAGE",
	[MMAPDEMO_HUGE_PRCTL] = "prctl()",
	[MMAPDEMO_HUGE_PRCTL_ADVISED] = "prctl(), no MADV_HUGEPAGE",
	[MMAPDEMO_HUGE_SPECIAL] = "special VMA",
	[MMAPDEMO_HUGE_STACK] = "temporary stack",
	[MMAPDEMO_HUGE_SETTING] = "setting",
	[MMAPDEMO_HUGE_MEMORY] = "none was free",
	[MMAPDEMO_HUGE_CGROUP] = "cgroup limit",
	[MMAPDEMO_HUGE_UFFD] = "userfaultfd",
	[MMAPDEMO_HUGE_SHMEM] = "setting of shmem",
	[MMAPDEMO_HUGE_COPY] = "copied page",
	[MMAPDEMO_HUGE_PGOFF] = "file offset",
	[MMAPDEMO_HUGE_FILE] = "page cache",
};

/* The aligned 2 MiB are not inside the VMA. */
static void add_huge_range(struct line *line, const struct fault_event *fault)
{
	const __u64 block = fault->address & -HUGE_BYTES;
	char size[FORMAT_MAX];

	if (fault->vma_start > block)
		line_add(line, PLAIN, "VMA begins %s after 2 MiB border",
			 format_size(size, fault->vma_start - block));
	else
		line_add(line, PLAIN, "VMA ends %s before 2 MiB border",
			 format_size(size, block + HUGE_BYTES - fault->vma_end));
}

void add_huge(struct line *line, const struct fault_event *fault)
{
	const size_t count = sizeof(against_huge) / sizeof(*against_huge);
	const bool range = fault->huge == MMAPDEMO_HUGE_RANGE;

	if (fault->vma_end - fault->vma_start < HUGE_BYTES ||
	    (!range && (fault->huge >= count || !against_huge[fault->huge])))
		return;
	line_add(line, PLAIN, ", no huge page: ");
	if (range)
		add_huge_range(line, fault);
	else
		line_add(line, PLAIN, "%s", against_huge[fault->huge]);
	if (fault->folio > 1)
		line_add(line, PLAIN, ", folio of %u pages", fault->folio);
}
