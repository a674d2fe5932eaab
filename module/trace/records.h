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

#include "walk/record.h"

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
 * struct trigger - why the kernel was at work
 * @kind: enum mmapdemo_trigger
 * @nr: number of the system call the task is in, -1: in none
 */
struct trigger {
	u32 kind;
	s32 nr;
};

/** struct span - [start, end) in bytes; all zero: there is none */
struct span {
	u64 start;
	u64 end;
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
 * @trigger: why
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
	struct trigger trigger;
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
 * @limits: of the search; all zero: nothing was searched
 * @search: name of the function that searched: the file's or the mm's
 * @file: what is to be mapped
 * @trigger: why
 */
struct search_record {
	u32 mm;
	u64 addr;
	u64 len;
	u64 flags;
	u64 pgoff;
	s64 ret;
	bool topdown;
	struct span limits;
	char search[MMAPDEMO_NAME_MAX];
	struct file_record file;
	struct trigger trigger;
};

/**
 * struct merge_side - a neighbour of a range, and why it is not merged with it
 * @reason: enum mmapdemo_reason
 * @flags_diff: VM_* that keep the two apart
 * @pgoff: the offset at the border, in pages
 */
struct merge_side {
	u32 reason;
	u64 flags_diff;
	u64 pgoff;
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
 * @absorbed: VMAs that were one each before, and are part of @result now
 * @map_count: VMAs of the address space now
 * @trigger: why
 * @flags_wanted: VM_* the range was compared with
 * @pgoff: offset of the range, in pages
 * @side_prev: why @prev was not extended
 * @side_next: why @next was not
 * @ret: 0, or the negative errno the call fails with
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
	u32 absorbed;
	u32 map_count;
	struct trigger trigger;
	u64 flags_wanted;
	u64 pgoff;
	struct merge_side side_prev;
	struct merge_side side_next;
	s32 ret;
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
 * @trigger: why
 */
struct link_record {
	u32 mm;
	u32 cause;
	u32 map_count;
	struct span range;
	u64 flags;
	u64 pgoff;
	struct file_record file;
	struct trigger trigger;
};

/**
 * struct split_record - a VMA was cut in two
 * @mm: id of the address space
 * @map_count: VMAs of the address space, with both halves
 * @vma: as it was
 * @cut: where the upper half begins
 * @trigger: why
 */
struct split_record {
	u32 mm;
	u32 map_count;
	struct span vma;
	u64 cut;
	struct trigger trigger;
};

/**
 * struct unlink_record - the VMAs of a range left the tree
 * @mm: id of the address space
 * @vmas: how many they were
 * @range: from the begin of the first to the end of the last
 * @trigger: why
 */
struct unlink_record {
	u32 mm;
	u32 vmas;
	struct span range;
	struct trigger trigger;
};

/**
 * struct brk_record - one call of brk(2)
 * @mm: id of the address space
 * @brk: end of the heap asked for
 * @old: where it was when the call began
 * @ret: where it is now
 * @duration: of the call, in ns
 */
struct brk_record {
	u32 mm;
	u64 brk;
	u64 old;
	u64 ret;
	u64 duration;
};

/**
 * struct mremap_record - one call of mremap(2)
 * @mm: id of the address space
 * @addr: of the mapping
 * @old_len: bytes of it that are meant
 * @new_len: bytes asked for
 * @flags: MREMAP_*
 * @new_addr: address asked for, with MREMAP_FIXED or _DONTUNMAP
 * @ret: address now, or negative errno
 * @duration: of the call, in ns
 */
struct mremap_record {
	u32 mm;
	u64 addr;
	u64 old_len;
	u64 new_len;
	u64 flags;
	u64 new_addr;
	s64 ret;
	u64 duration;
};

/**
 * struct dup_record - fork copied an address space
 * @mm: id of the one copied
 * @child_mm: id of the copy
 * @child_pid: the task that lives in it
 * @map_count: VMAs of the copy
 * @pgtables: bytes of page tables of the copy
 * @duration: of copy_process(), in ns
 * @trigger: why
 */
struct dup_record {
	u32 mm;
	u32 child_mm;
	s32 child_pid;
	u32 map_count;
	u64 pgtables;
	u64 duration;
	struct trigger trigger;
};

/**
 * struct pgd_record - an address space got its page table
 * @mm: id of the address space
 * @user: populated entries of the top level, for addresses of programs
 * @kernel: populated entries of the top level, for addresses of the kernel
 * @shared: those of @kernel that are the caller's own entries
 * @trigger: why
 */
struct pgd_record {
	u32 mm;
	u32 user;
	u32 kernel;
	u32 shared;
	struct trigger trigger;
};

/**
 * struct exit_record - an address space ended
 * @mm: its id
 * @map_count: VMAs it had
 * @pgtables: bytes of page tables it had
 * @duration: of exit_mmap(), in ns
 * @trigger: why
 */
struct exit_record {
	u32 mm;
	u32 map_count;
	u64 pgtables;
	u64 duration;
	struct trigger trigger;
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
 * @filled: entries around the address that were filled meanwhile; 0: none, or
 *	not counted
 * @ret: VM_FAULT_* of the last attempt, with VM_FAULT_MAJOR of any attempt, and
 *	FAULT_RET_*
 * @retries: attempts that returned VM_FAULT_RETRY before
 * @vma_lock: handled under the VMA's lock, without mmap_lock
 * @trigger: why
 * @duration: from the beginning of the first attempt, in ns; 0: not known
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
	u32 filled;
	u32 ret;
	u32 retries;
	bool vma_lock;
	struct trigger trigger;
	u64 duration;
	struct span vma;
	u64 vma_flags;
	u64 vma_pgoff;
	struct file_record file;
};

#endif /* _MMAPDEMO_RECORDS_H */
