/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a process has huge pages, and why not elsewhere. The memory is judged in
 * blocks: a block is an aligned range of 2 MiB, as far as it is in a VMA.
 */
#ifndef _HUGE_SPACE_H
#define _HUGE_SPACE_H

#include "system/huge_rules.h"
#include "inspect/vma_names.h"
#include "report/hugetlb_calls.h"
#include "system/hugetlb.h"
#include "system/mounts.h"
#include "system/smaps.h"
#include "system/walk.h"

/**
 * struct huge_pages - a block with pages, or with a page table
 * @start: address of the first byte of the block that is in the VMA
 * @pages: number of pages in memory
 * @swapped: number of pages in swap
 * @shared: number of pages of anonymous memory that are mapped more than once
 * @table: the entry that maps the block is not empty
 * @huge: the pages are mapped as a huge page
 * @zero: the pages are the zero page
 */
struct huge_pages {
	__u64 start;
	__u32 pages;
	__u32 swapped;
	__u32 shared;
	bool table;
	bool huge;
	bool zero;
};

/**
 * struct huge_part - blocks with the same reason
 * @bytes: size of the blocks
 * @resident: memory in the blocks
 * @only: part of @bytes in blocks for which no other test fails, so that it
 *	helps to change the cause of the reason
 * @collapsible: part of @bytes in blocks with page tables of which khugepaged may make
 *	huge pages
 * @unseen: tests of these blocks whose result is not known, as bits
 *	1 << enum huge_reason
 */
struct huge_part {
	__u64 bytes;
	__u64 resident;
	__u64 only;
	__u64 collapsible;
	__u32 unseen;
};

/**
 * struct huge_vma - the blocks of a VMA, by enum huge_reason
 * @kind: enum huge_kind
 * @mount: the mount option "huge" of tmpfs
 * @vma: the VMA
 * @of: the blocks
 */
struct huge_vma {
	enum huge_kind kind;
	enum huge_setting mount;
	const struct vma *vma;
	struct huge_part of[HUGE_REASONS];
};

/**
 * struct huge_pace - files below khugepaged/
 * @pages: pages_to_scan: pages that khugepaged scans, before it sleeps
 * @sleep: scan_sleep_millisecs: how long khugepaged sleeps, in ms
 * @scans: full_scans: number of scans of all memory
 * @made: pages_collapsed: number of huge pages that khugepaged has made
 */
struct huge_pace {
	__u64 pages;
	__u64 sleep;
	__u64 scans;
	__u64 made;
};

/**
 * struct huge_space - the memory of a process
 * @walk: the process, and /dev/mmapdemo; without the device, /proc shows pages
 * @release: the rules of the running kernel
 * @settings: settings of the system
 * @sizes: settings of the smaller sizes of huge pages of anonymous memory
 * @shmem_sizes: the same for shared anonymous memory
 * @max_none: khugepaged/max_ptes_none
 * @max_swap: khugepaged/max_ptes_swap
 * @max_shared: khugepaged/max_ptes_shared
 * @pace: how fast khugepaged works
 * @allowed: THP_enabled of the process
 * @none_free: the kernel has no free block of 2 MiB
 * @cgroup_room: how many bytes the cgroup of the process can still get
 * @pools: pools of hugetlbfs
 * @pool_count: number of entries in @pools
 * @failed: calls with MAP_HUGETLB in the recording that failed
 * @mounts: file systems that the process can reach
 * @recorded: the memory is that of first touches in a recording
 * @knows_huge: huge pages are recognized in @pages
 * @vmas: VMAs of the process
 * @names: names of the VMAs
 * @pages: blocks with pages, sorted by address
 * @count: number of entries in @pages
 * @room: number of entries for which there is memory
 * @list: the result for each VMA
 * @sum: the sum of all VMAs
 */
struct huge_space {
	struct walk walk;
	struct huge_release release;
	struct huge_settings settings;
	enum huge_setting sizes[HUGE_SIZES];
	enum huge_setting shmem_sizes[HUGE_SIZES];
	__u64 max_none;
	__u64 max_swap;
	__u64 max_shared;
	struct huge_pace pace;
	enum huge_fact allowed;
	bool none_free;
	__u64 cgroup_room;
	struct hugetlb_pool pools[HUGETLB_POOLS_MAX];
	int pool_count;
	struct hugetlb_calls failed;
	struct mounts mounts;
	bool recorded;
	bool knows_huge;
	const struct vmas *vmas;
	const struct vma_names *names;
	struct huge_pages *pages;
	size_t count;
	size_t room;
	struct huge_vma *list;
	struct huge_part sum[HUGE_REASONS];
};

/**
 * struct huge_block - one block
 * @facts: what is known of the block
 * @verdict: the answer
 * @start: address of the first byte that is in the VMA
 * @end: address after the last byte that is in the VMA
 * @resident: memory in the block
 * @empty: number of pages of the block that are neither in memory nor in swap
 * @swapped: number of pages in swap
 * @shared: number of pages of anonymous memory that are mapped more than once
 * @vma: index of the VMA
 */
struct huge_block {
	struct huge_facts facts;
	struct huge_verdict verdict;
	__u64 start;
	__u64 end;
	__u64 resident;
	__u32 empty;
	__u32 swapped;
	__u32 shared;
	size_t vma;
};

/*
 * Open /dev/mmapdemo for the walk. Without the device, the walk reads /proc.
 * huge_space_free() closes the device.
 */
void huge_space_open(struct walk *walk);

/*
 * Read the pages of @space->vmas of the process @space->walk.pid, and judge all
 * blocks. Return 0 or -errno.
 */
int huge_space_read(struct huge_space *space);
void huge_space_free(struct huge_space *space);

/*
 * Find the block of an address. Return false if nothing is mapped at the
 * address.
 */
bool huge_space_block(const struct huge_space *space, __u64 address,
		      struct huge_block *block);

/*
 * Ask the kernel to collapse the pages of a block into a huge page
 * (MADV_COLLAPSE). Return 0 or -errno.
 */
int huge_space_collapse(const struct huge_space *space,
			const struct huge_block *block);

/*
 * Return true if the limits of khugepaged allow it to make a huge page of the pages of a
 * block.
 */
bool huge_space_collapsible(const struct huge_space *space,
			    const struct huge_block *block);

/* Return the largest smaller size that a touch of an address in a block can map, or 0. */
__u64 huge_space_smaller(const struct huge_space *space,
			 const struct huge_block *block, __u64 address);

/* Return the pool of hugetlbfs from which a VMA takes its pages, or NULL. */
const struct hugetlb_pool *huge_space_pool(const struct huge_space *space,
					   const struct vma *vma);

/*
 * Return how many more huge pages would fit into the VMA if the VMA began at a
 * multiple of 2 MiB.
 */
__u64 huge_vma_missed(const struct vma *vma);

#endif /* _HUGE_SPACE_H */
