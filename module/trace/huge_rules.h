/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules by which the kernel decides whether a touch of 2 MiB of memory maps a huge
 * page. The rules depend only on their arguments. The program uses the same rules for
 * the next touch.
 */
#ifndef _MMAPDEMO_HUGE_RULES_H
#define _MMAPDEMO_HUGE_RULES_H

#include "mmapdemo.h"

#include <linux/types.h>

#define HUGE_BYTES (2ULL << 20)

/**
 * enum huge_reason - the answer, and the tests of the kernel
 * @HUGE_NONE: no answer
 * @HUGE_MAPPED: a huge page is mapped
 * @HUGE_UNKNOWN: the facts are not enough for an answer
 * @HUGE_TABLE: a page table exists, because a part of the 2 MiB was touched
 * @HUGE_ZERO: the huge zero page is mapped, because the memory was read first
 * @HUGE_KERNEL: the kernel or the processor has no transparent huge pages
 * @HUGE_NOHUGEPAGE: MADV_NOHUGEPAGE
 * @HUGE_PRCTL: prctl(PR_SET_THP_DISABLE)
 * @HUGE_ADVISED: prctl(PR_SET_THP_DISABLE, PR_THP_DISABLE_EXCEPT_ADVISED)
 *	without MADV_HUGEPAGE
 * @HUGE_SPECIAL: VM_IO, VM_DONTEXPAND, VM_PFNMAP or VM_MIXEDMAP is set
 * @HUGE_STACK: the temporary stack of execve()
 * @HUGE_SETTING: the setting "enabled" of the system
 * @HUGE_RANGE: the aligned 2 MiB are not inside the VMA
 * @HUGE_MEMORY: no block of 2 MiB is free
 * @HUGE_CGROUP: the memory limit of the cgroup leaves no room for 2 MiB
 * @HUGE_UFFD: userfaultfd handles the touch
 * @HUGE_SHMEM: the setting of shmem, or the mount option of tmpfs
 * @HUGE_COPY: a private mapping of a file, whose pages are copied by a write
 * @HUGE_PGOFF: address and file offset differ modulo 2 MiB
 * @HUGE_FILE: only a folio of 2 MiB in the page cache can be mapped
 * @HUGE_DRIVER: the driver of the device, or the kernel itself, maps the memory
 * @HUGE_NEXT: the next touch maps a huge page, if the kernel finds a free one
 * @HUGE_ACCESS: PROT_NONE allows no access
 * @HUGE_EMPTY: the pool of hugetlbfs has no free page
 * @HUGE_POOL: hugetlbfs takes its pages from a pool
 * @HUGE_REASONS: number of values
 */
enum huge_reason {
	HUGE_NONE = MMAPDEMO_HUGE_NONE,
	HUGE_MAPPED = MMAPDEMO_HUGE_MAPPED,
	HUGE_UNKNOWN = MMAPDEMO_HUGE_UNKNOWN,
	HUGE_TABLE = MMAPDEMO_HUGE_TABLE,
	HUGE_ZERO = MMAPDEMO_HUGE_ZERO,
	HUGE_KERNEL = MMAPDEMO_HUGE_KERNEL,
	HUGE_NOHUGEPAGE = MMAPDEMO_HUGE_NOHUGEPAGE,
	HUGE_PRCTL = MMAPDEMO_HUGE_PRCTL,
	HUGE_ADVISED = MMAPDEMO_HUGE_PRCTL_ADVISED,
	HUGE_SPECIAL = MMAPDEMO_HUGE_SPECIAL,
	HUGE_STACK = MMAPDEMO_HUGE_STACK,
	HUGE_SETTING = MMAPDEMO_HUGE_SETTING,
	HUGE_RANGE = MMAPDEMO_HUGE_RANGE,
	HUGE_MEMORY = MMAPDEMO_HUGE_MEMORY,
	HUGE_CGROUP = MMAPDEMO_HUGE_CGROUP,
	HUGE_UFFD = MMAPDEMO_HUGE_UFFD,
	HUGE_SHMEM = MMAPDEMO_HUGE_SHMEM,
	HUGE_COPY = MMAPDEMO_HUGE_COPY,
	HUGE_PGOFF = MMAPDEMO_HUGE_PGOFF,
	HUGE_FILE = MMAPDEMO_HUGE_FILE,
	HUGE_DRIVER = MMAPDEMO_HUGE_DRIVER,
	/* The other values do not occur in events. */
	HUGE_NEXT = MMAPDEMO_HUGE_REASON_COUNT,
	HUGE_ACCESS,
	HUGE_EMPTY,
	HUGE_POOL,
	HUGE_REASONS
};

/* The kinds of memory for which the kernel makes different tests. */
enum huge_kind {
	HUGE_KIND_ANON,
	HUGE_KIND_SHARED,	/* shared anonymous memory, which is shmem */
	HUGE_KIND_TMPFS,	/* other shmem: tmpfs, memfd and SysV */
	HUGE_KIND_FILE,
	HUGE_KIND_DRIVER,
	HUGE_KIND_POOL,		/* hugetlbfs */
	HUGE_KINDS
};

/**
 * enum huge_entry - the page table entry that maps 2 MiB
 * @HUGE_ENTRY_NONE: the entry is empty
 * @HUGE_ENTRY_BARE: no page is mapped, but a page table can exist
 * @HUGE_ENTRY_TABLE: the entry points to a page table, or is a swap entry
 * @HUGE_ENTRY_ZERO: the entry maps the huge zero page
 * @HUGE_ENTRY_HUGE: the entry maps a huge page
 * @HUGE_ENTRY_UNKNOWN: the entry maps 512 pages, perhaps as one huge page
 */
enum huge_entry {
	HUGE_ENTRY_NONE,
	HUGE_ENTRY_BARE,
	HUGE_ENTRY_TABLE,
	HUGE_ENTRY_ZERO,
	HUGE_ENTRY_HUGE,
	HUGE_ENTRY_UNKNOWN,
};

/* The words in the files of /sys/kernel/mm/transparent_hugepage */
enum huge_setting {
	HUGE_SET_UNKNOWN,
	HUGE_SET_NEVER,
	HUGE_SET_ADVISE,	/* "madvise", and for shmem "advise" */
	HUGE_SET_ALWAYS,
	HUGE_SET_INHERIT,
	HUGE_SET_WITHIN_SIZE,
	HUGE_SET_DENY,
	HUGE_SET_FORCE,
	HUGE_SET_DEFER,
	HUGE_SET_DEFER_ADVISE,	/* "defer+madvise" */
};

/**
 * struct huge_settings - settings of the system
 * @supported: the kernel has transparent huge pages
 * @enabled: transparent_hugepage/enabled
 * @defrag: transparent_hugepage/defrag
 * @size: transparent_hugepage/hugepages-2048kB/enabled
 * @shmem: transparent_hugepage/shmem_enabled
 * @shmem_size: transparent_hugepage/hugepages-2048kB/shmem_enabled
 */
struct huge_settings {
	bool supported;
	enum huge_setting enabled;
	enum huge_setting defrag;
	enum huge_setting size;
	enum huge_setting shmem;
	enum huge_setting shmem_size;
};

/* An answer to a question */
enum huge_fact { HUGE_FACT_UNKNOWN, HUGE_FACT_NO, HUGE_FACT_YES };

/* The kind of touch for which there is an answer */
enum huge_access { HUGE_TOUCH_ANY, HUGE_TOUCH_READ, HUGE_TOUCH_WRITE };

/**
 * struct huge_facts - what is known of 2 MiB of memory
 * @address: address of the first byte, a multiple of 2 MiB
 * @start: address of the first byte of the VMA
 * @end: address after the last byte of the VMA
 * @offset: file offset of @start, in bytes
 * @flags: VM_* of the VMA
 * @kind: enum huge_kind
 * @entry: enum huge_entry
 * @touch: enum huge_access
 * @allowed: prctl(PR_SET_THP_DISABLE) was not called, or THP_enabled in
 *	/proc/PID/status
 * @advised_only: PR_SET_THP_DISABLE was called with PR_THP_DISABLE_EXCEPT_ADVISED
 * @eligible: THPeligible of the VMA in /proc/PID/smaps
 * @mount: the mount option "huge" of tmpfs
 * @file_size: size of the file, in bytes
 * @sized: @file_size is known
 * @folios: the file system can have folios of 2 MiB
 * @uncached: no page of the file is in the page cache
 * @stack: the VMA is the temporary stack of execve()
 * @none_free: the kernel has no free block of 2 MiB
 * @cgroup_full: the cgroup of the process has no room for 2 MiB
 * @pool_free: the pool of hugetlbfs has a page that is neither in use nor reserved
 * @pool_grows: the pool of hugetlbfs may get more pages
 * @settings: settings of the system
 */
struct huge_facts {
	u64 address;
	u64 start;
	u64 end;
	u64 offset;
	u64 flags;
	enum huge_kind kind;
	enum huge_entry entry;
	enum huge_access touch;
	enum huge_fact allowed;
	enum huge_fact advised_only;
	enum huge_fact eligible;
	enum huge_setting mount;
	u64 file_size;
	bool sized;
	enum huge_fact folios;
	bool uncached;
	bool stack;
	bool none_free;
	bool cgroup_full;
	bool pool_free;
	bool pool_grows;
	struct huge_settings settings;
};

#define HUGE_TESTS_MAX 16
#define HUGE_FILE_SYSTEMS 4

/**
 * struct huge_rules - the rules of a kernel
 * @tests: for each kind of memory, the tests in the order in which the kernel
 *	makes them. An element is the enum huge_reason of memory that fails the
 *	test. Each array ends with 0
 * @sized: each size of huge pages has its own setting
 * @first_page: with within_size, the first page of a block may get a huge page that
 *	extends beyond the end of the file
 * @zero_replaced: a write replaces the huge zero page with a huge page
 * @collapse: the kernel has MADV_COLLAPSE
 * @folios: file systems of which a file can have folios of 2 MiB. MADV_HUGEPAGE asks for
 *	such folios. The array ends with NULL
 * @no_folios: file systems that are known to have no such folios
 */
struct huge_rules {
	u8 tests[HUGE_KINDS][HUGE_TESTS_MAX];
	bool sized;
	bool first_page;
	bool zero_replaced;
	bool collapse;
	const char *folios[HUGE_FILE_SYSTEMS];
	const char *no_folios[HUGE_FILE_SYSTEMS];
};

/**
 * struct huge_verdict - the answer for 2 MiB of memory
 * @reason: HUGE_MAPPED, HUGE_NEXT, HUGE_UNKNOWN or the first test that fails.
 *	The existence of a page table is the kernel's first test, but is the
 *	reason only if no other test fails: the touch that made the page table
 *	failed the same other test
 * @failed: all tests that fail, as bits 1 << enum huge_reason
 * @unseen: tests whose result is not known, as bits 1 << enum huge_reason
 */
struct huge_verdict {
	enum huge_reason reason;
	u32 failed;
	u32 unseen;
};

struct huge_verdict mmapdemo_huge_judge(const struct huge_rules *rules,
					const struct huge_facts *facts);

/*
 * Each variable contains the rules of the kernel series in its name.
 * kernel/huge.h selects the rules to use.
 */
extern const struct huge_rules mmapdemo_huge_5_10;
extern const struct huge_rules mmapdemo_huge_6_1;
extern const struct huge_rules mmapdemo_huge_6_12;
extern const struct huge_rules mmapdemo_huge_7_2;

static inline u32 huge_bit(enum huge_reason reason)
{
	return 1U << reason;
}

#endif /* _MMAPDEMO_HUGE_RULES_H */
