/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the hooks observed, as plain values: one structure per event.
 *
 * A hook fills the record, events.h puts it into the trace ring buffer and
 * dmesg.c into words. No kernel pointer is in here, except names that only
 * have to live as long as the call that emits them.
 */
#ifndef _MMAPDEMO_RECORDS_H
#define _MMAPDEMO_RECORDS_H

#include <linux/types.h>

/* Longest file name kept, escaped, with its terminating NUL. */
#define MMAPDEMO_NAME_MAX 64

/**
 * struct file_record - the file behind a mapping
 * @ino: inode number, 0 for an anonymous mapping
 * @dev: device number as in /proc/PID/maps, MAJOR << 20 | MINOR
 * @name: last component of the path, escaped; "" for an anonymous mapping
 */
struct file_record {
	u64 ino;
	u32 dev;
	char name[MMAPDEMO_NAME_MAX];
};

/**
 * struct mmap_record - one call of do_mmap()
 * @mm: id of the address space
 * @addr: address asked for, or hint
 * @len: bytes asked for
 * @prot: PROT_* asked for
 * @flags: MAP_* asked for
 * @pgoff: offset into the file, in pages
 * @ret: address, or negative errno
 * @duration: of the call, in ns
 * @file: what is mapped
 */
struct mmap_record {
	u32 mm;
	u64 addr;
	u64 len;
	u64 prot;
	u64 flags;
	u64 pgoff;
	s64 ret;
	u64 duration;
	struct file_record file;
};

/**
 * struct search_record - one search for a free range
 * @mm: id of the address space
 * @addr: address asked for, or hint
 * @len: bytes asked for
 * @flags: MAP_*
 * @pgoff: offset into the file, in pages
 * @ret: address found, or negative errno
 * @topdown: the address space is filled from the top
 * @search: name of the function that searched: the file's or the mm's
 * @file: what is to be mapped
 */
struct search_record {
	u32 mm;
	u64 addr;
	u64 len;
	u64 flags;
	u64 pgoff;
	s64 ret;
	bool topdown;
	char search[MMAPDEMO_NAME_MAX];
	struct file_record file;
};

/** struct span - [start, end) in bytes; all zero: there is none */
struct span {
	u64 start;
	u64 end;
};

/**
 * struct merge_record - was a neighbour extended over a range?
 * @mm: id of the address space
 * @cause: enum mmapdemo_cause
 * @outcome: MMAPDEMO_MERGES
 * @flags: VM_* of the resulting VMA
 * @range: that was to be mapped or changed
 * @prev: the VMA that ended at range.start before, if any
 * @next: the VMA that began at range.end before, if any
 * @result: the VMA that holds range.start now
 */
struct merge_record {
	u32 mm;
	u32 cause;
	u32 outcome;
	u64 flags;
	struct span range;
	struct span prev;
	struct span next;
	struct span result;
};

/**
 * struct link_record - a new VMA in the tree
 * @mm: id of the address space
 * @cause: enum mmapdemo_cause
 * @map_count: VMAs of the address space, with this one
 * @range: of the VMA
 * @flags: VM_*
 * @pgoff: offset into the file, in pages
 * @file: what is mapped
 */
struct link_record {
	u32 mm;
	u32 cause;
	u32 map_count;
	struct span range;
	u64 flags;
	u64 pgoff;
	struct file_record file;
};

/**
 * struct walk - the way through the page table to one address
 * @levels: MMAPDEMO_LEVEL_* of the levels whose entry is populated
 * @entry: MMAPDEMO_ENTRY_* of the lowest populated entry; 0 when that one
 *	points to a table, or when there is none
 * @pfn: page frame of the address; 0 when the entry is not present
 * @order: log2 of the pages the entry maps
 */
struct walk {
	u32 levels;
	u32 entry;
	u64 pfn;
	u32 order;
};

/**
 * struct fault_record - one page fault
 * @mm: id of the address space
 * @address: that was touched
 * @ip: user instruction at or below which it happened, 0 when there is none
 * @access: enum mmapdemo_access
 * @from: enum mmapdemo_origin
 * @class: enum mmapdemo_fault_class
 * @before: the walk before the first attempt
 * @found: MMAPDEMO_ENTRY_* that the last attempt found
 * @after: the walk after the last one
 * @after_seen: @after was observed; false when the lock was gone by then
 * @ret: VM_FAULT_* of the last attempt, with VM_FAULT_MAJOR of any attempt
 * @retries: attempts that returned VM_FAULT_RETRY before
 * @vma_lock: handled under the VMA's lock, without mmap_lock
 * @duration: from the beginning of the first attempt, in ns
 * @vma: range of the VMA
 * @vma_flags: VM_* of the VMA
 * @vma_pgoff: offset of the VMA into the file, in pages
 * @file: what is mapped; its name is filled in for dmesg only
 */
struct fault_record {
	u32 mm;
	u64 address;
	u64 ip;
	u32 access;
	u32 from;
	u32 class;
	struct walk before;
	u32 found;
	struct walk after;
	bool after_seen;
	u32 ret;
	u32 retries;
	bool vma_lock;
	u64 duration;
	struct span vma;
	u64 vma_flags;
	u64 vma_pgoff;
	struct file_record file;
};

#endif /* _MMAPDEMO_RECORDS_H */
