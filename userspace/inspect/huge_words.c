// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/huge_words.h"

static const struct huge_words texts[HUGE_REASONS] = {
	[HUGE_MAPPED] = { "mapped by huge pages", "", "" },
	[HUGE_NEXT] = { "the next touch maps a huge page", "", "" },
	[HUGE_UNKNOWN] = { "unknown", "", "" },
	[HUGE_ACCESS] = {
		"no access is allowed (PROT_NONE)",
		"access is allowed", ""
	},
	[HUGE_TABLE] = {
		"a page table exists, because a part of the 2 MiB "
		"was touched before a huge page was possible",
		"no page table exists",
		"/proc does not show page tables without pages"
	},
	[HUGE_ZERO] = {
		"the huge zero page is mapped, because the memory was "
		"read first; a write maps 4 KiB pages", "", ""
	},
	[HUGE_KERNEL] = {
		"the kernel or the processor has no transparent "
		"huge pages", "the kernel has transparent huge pages", ""
	},
	[HUGE_NOHUGEPAGE] = {
		"madvise(MADV_NOHUGEPAGE) was called",
		"MADV_NOHUGEPAGE is not set", ""
	},
	[HUGE_PRCTL] = {
		"prctl(PR_SET_THP_DISABLE) was called",
		"prctl() does not disable huge pages",
		"/proc/PID/status does not show THP_enabled"
	},
	[HUGE_ADVISED] = {
		"prctl() allows huge pages only after "
		"MADV_HUGEPAGE (PR_THP_DISABLE_EXCEPT_ADVISED)",
		"prctl() does not require MADV_HUGEPAGE",
		"/proc does not show whether prctl() requires MADV_HUGEPAGE"
	},
	[HUGE_SPECIAL] = {
		"the VMA has one of the flags VM_IO, "
		"VM_DONTEXPAND, VM_PFNMAP and VM_MIXEDMAP",
		"the VMA has no special flags", ""
	},
	[HUGE_STACK] = {
		"the VMA is the temporary stack of execve()",
		"the VMA is not a temporary stack", ""
	},
	[HUGE_SETTING] = {
		"the setting of the system does not allow huge "
		"pages here", "the setting of the system allows huge pages",
		"the setting of the system cannot be read"
	},
	[HUGE_RANGE] = {
		"the aligned 2 MiB are not inside the VMA",
		"the aligned 2 MiB are inside the VMA", ""
	},
	[HUGE_MEMORY] = {
		"no block of 2 MiB is free",
		"a block of 2 MiB is free",
		"no block of 2 MiB is free, so the kernel has to compact memory "
		"first"
	},
	[HUGE_CGROUP] = {
		"the limit of the memory cgroup leaves no room for "
		"2 MiB, and the setting defrag allows no reclaim here",
		"the memory cgroup has room for 2 MiB",
		"the memory cgroup has no room for 2 MiB, so the kernel has to "
		"reclaim memory first"
	},
	[HUGE_UFFD] = {
		"userfaultfd handles the touch",
		"userfaultfd does not handle missing pages", ""
	},
	[HUGE_SHMEM] = {
		"the setting of shmem, or the mount option of tmpfs, "
		"does not allow huge pages here",
		"the setting of shmem allows huge pages",
		"the setting of shmem, or the size of the file, is not known"
	},
	[HUGE_COPY] = {
		"the mapping is private, so a write copies a page of "
		"4 KiB", "a write does not copy the page", ""
	},
	[HUGE_PGOFF] = {
		"address and file offset differ modulo 2 MiB",
		"address and file offset are equal modulo 2 MiB", ""
	},
	[HUGE_FILE] = {
		"the file system decides: only a folio of 2 MiB in "
		"the page cache can be mapped as a huge page",
		"the file has no pages yet",
		"the file has pages, and /proc does not show their size"
	},
	[HUGE_DRIVER] = {
		"a driver or the kernel itself maps this memory", "",
		""
	},
	[HUGE_EMPTY] = {
		"the pool of hugetlbfs has no free page, so the next "
		"touch raises SIGBUS", "the pool of hugetlbfs has a page for "
		"the mapping", "the pool of hugetlbfs is empty, but may grow"
	},
	[HUGE_POOL] = {
		"the next touch takes a huge page from the pool of "
		"hugetlbfs", "", ""
	},
};

const struct huge_words *huge_words(enum huge_reason reason)
{
	return &texts[reason];
}

const char *huge_reason_text(enum huge_reason reason, bool recorded)
{
	if (reason == HUGE_UNKNOWN && recorded)
		return "unknown: a huge page was possible, so no memory was free, "
		       "the cgroup had no room, or prctl() disabled huge pages";
	return texts[reason].fails;
}
