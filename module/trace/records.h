/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records: what hooks observed, as plain values. Each event has its own
 * structure.
 *
 * A hook fills in a record, events.h writes the record to the trace ring
 * buffer, and dmesg.c prints the record. Records contain no kernel pointers.
 */
#ifndef _MMAPDEMO_RECORDS_H
#define _MMAPDEMO_RECORDS_H

#include "mmapdemo.h"
#include "walk/record.h"

#include <linux/types.h>

/* Size of an escaped file name, with its terminating NUL. */
#define MMAPDEMO_NAME_MAX 64

/**
 * struct file_record - the mapped file
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
 * struct trigger - why the kernel was running
 * @kind: enum mmapdemo_trigger
 * @nr: number of the current system call, or -1
 */
struct trigger {
	u32 kind;
	s32 nr;
};

/** struct span - addresses from @start to @end, exclusive; all 0: no addresses */
struct span {
	u64 start;
	u64 end;
};

/**
 * struct mmap_record - a call of do_mmap()
 * @mm: id of the address space
 * @addr: requested address, or hint
 * @len: requested bytes
 * @prot: requested PROT_*
 * @flags: requested MAP_*
 * @pgoff: offset into the file, in pages
 * @ret: address, or negative errno
 * @duration: duration of the call, in ns
 * @file: the mapped file
 * @trigger: why the kernel was running
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
 * @addr: requested address, or hint
 * @len: requested bytes
 * @flags: MAP_*
 * @pgoff: offset into the file, in pages
 * @ret: address that was found, or negative errno
 * @topdown: true if the address space is filled from the top down
 * @limits: limits of the search; all 0 with MAP_FIXED
 * @search: name of the function that searched for the range
 * @file: the file to be mapped
 * @trigger: why the kernel was running
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
 * struct merge_side - a neighbour of a range, and the reason why it was not merged
 *	with the range
 * @reason: enum mmapdemo_reason
 * @flags_diff: VM_* that prevent a merge
 * @pgoff: offset at the border, in pages
 */
struct merge_side {
	u32 reason;
	u64 flags_diff;
	u64 pgoff;
};

/**
 * struct merge_record - an attempt to merge a range with its neighbours
 * @mm: id of the address space
 * @cause: enum mmapdemo_cause
 * @outcome: MMAPDEMO_MERGES
 * @flags: VM_* of the resulting VMA
 * @range: the range to be mapped or changed
 * @prev: the VMA that contained the address @range.start - 1 before the
 *	operation, if any
 * @next: the VMA that contained the address @range.end before the operation, if
 *	any
 * @result: the VMA that contains @range.start now
 * @absorbed: number of VMAs that were separate before the operation, and are
 *	now part of @result
 * @map_count: number of VMAs in the address space now
 * @trigger: why the kernel was running
 * @flags_wanted: VM_* of the range, which were compared with those of the
 *	neighbours
 * @pgoff: offset of the range, in pages
 * @side_prev: why @prev was not merged with the range
 * @side_next: why @next was not merged with the range
 * @ret: 0, or the negative errno with which the call fails
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
 * @map_count: number of VMAs in the address space, including this one
 * @range: range of the VMA
 * @flags: VM_*
 * @pgoff: offset into the file, in pages
 * @file: the mapped file
 * @trigger: why the kernel was running
 * @caller: word at the top of the user stack if it is a return address,
 *	otherwise 0
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
	u64 caller;
};

/**
 * struct split_record - a split of a VMA
 * @mm: id of the address space
 * @map_count: number of VMAs in the address space, including both halves
 * @vma: range of the VMA before the split
 * @cut: address at which the upper half begins
 * @trigger: why the kernel was running
 * @caller: word at the top of the user stack if it is a return address,
 *	otherwise 0
 */
struct split_record {
	u32 mm;
	u32 map_count;
	struct span vma;
	u64 cut;
	struct trigger trigger;
	u64 caller;
};

/**
 * struct unlink_record - a removal of the VMAs of a range
 * @mm: id of the address space
 * @vmas: number of VMAs that were removed
 * @range: from the start of the first VMA to the end of the last
 * @trigger: why the kernel was running
 */
struct unlink_record {
	u32 mm;
	u32 vmas;
	struct span range;
	struct trigger trigger;
};

/**
 * struct brk_record - a call of brk(2)
 * @mm: id of the address space
 * @brk: requested end of the heap
 * @old: end of the heap when the call began
 * @ret: end of the heap now
 * @duration: duration of the call, in ns
 */
struct brk_record {
	u32 mm;
	u64 brk;
	u64 old;
	u64 ret;
	u64 duration;
};

/**
 * struct mremap_record - a call of mremap(2)
 * @mm: id of the address space
 * @addr: address of the mapping
 * @old_len: requested old size
 * @new_len: requested new size
 * @flags: MREMAP_*
 * @new_addr: requested new address, if @flags has MREMAP_FIXED or
 *	MREMAP_DONTUNMAP
 * @ret: address of the mapping now, or negative errno
 * @duration: duration of the call, in ns
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
 * struct dup_record - a copy of an address space that fork made
 * @mm: id of the original
 * @child_mm: id of the copy
 * @child_pid: PID of the child
 * @map_count: number of VMAs in the copy
 * @pgtables: size of the copy's page tables, in bytes
 * @duration: duration of copy_process(), in ns
 * @trigger: why the kernel was running
 * @huge: number of huge pages of anonymous memory in the copy; -1: unknown
 */
struct dup_record {
	u32 mm;
	u32 child_mm;
	s32 child_pid;
	u32 map_count;
	u64 pgtables;
	u64 duration;
	struct trigger trigger;
	s32 huge;
};

/**
 * struct pgd_record - the page table of a new address space
 * @mm: id of the address space
 * @user: number of populated top-level entries for user addresses
 * @kernel: number of populated top-level entries for kernel addresses
 * @shared: how many entries of @kernel equal those in the current page table
 * @trigger: why the kernel was running
 */
struct pgd_record {
	u32 mm;
	u32 user;
	u32 kernel;
	u32 shared;
	struct trigger trigger;
};

/**
 * struct exit_record - the end of an address space
 * @mm: id of the address space
 * @map_count: number of VMAs that the address space had
 * @pgtables: size of the page tables that the address space had, in bytes
 * @duration: duration of exit_mmap(), in ns
 * @trigger: why the kernel was running
 */
struct exit_record {
	u32 mm;
	u32 map_count;
	u64 pgtables;
	u64 duration;
	struct trigger trigger;
};

/**
 * struct fault_record - a page fault
 * @mm: id of the address space
 * @ended: lower half of the ticks of the clock of durations when the last attempt
 *	ended
 * @address: the touched address
 * @ip: address of the user instruction that touched @address, or that entered
 *	the system call that touched @address; 0: none
 * @before: result of the walk before the first attempt
 * @after: result of the walk after the last attempt
 * @changed: MMAPDEMO_ENTRY_* that another task had changed when the last attempt
 *	began; 0 if there was only one attempt
 * @ret: VM_FAULT_* of the last attempt, VM_FAULT_MAJOR if any attempt returned
 *	it, and FAULT_RET_*
 * @retries: number of earlier attempts, which returned VM_FAULT_RETRY; U16_MAX also
 *	stands for higher numbers. The members from @retries to @after_seen have the
 *	layout of struct mmapdemo_batch_fault
 * @access: enum mmapdemo_access
 * @from: enum mmapdemo_origin
 * @class: enum mmapdemo_fault_class
 * @filled: number of entries around the address that were filled during the
 *	fault; 0: none, or not counted
 * @vma_lock: true if the last attempt held only the per-VMA lock
 * @after_seen: true if @after was observed, false if the lock was already
 *	released
 * @huge: enum mmapdemo_huge_reason
 * @folio: number of pages of the folio of the first touch, 0: not observed
 * @trigger: why the kernel was running
 * @duration: time from the start of the first attempt to the end of the last,
 *	in ns; 0: not known
 * @vma: range of the VMA
 * @vma_flags: VM_* of the VMA
 * @vma_pgoff: offset of the VMA into the file, in pages
 * @file: the mapped file; its name is filled in only for the kernel log
 */
struct fault_record {
	u32 mm;
	u32 ended;
	u64 address;
	u64 ip;
	struct walk before;
	struct walk after;
	u32 changed;
	u32 ret;
	u16 retries;
	u8 access;
	u8 from;
	u8 class;
	u8 filled;
	bool vma_lock;
	bool after_seen;
	u16 huge;
	u16 folio;
	struct trigger trigger;
	u64 duration;
	struct span vma;
	u64 vma_flags;
	u64 vma_pgoff;
	struct file_record file;
};

/* Value of a part that the running kernel does not show. */
#define PART_NOT_KNOWN (-1)

/**
 * struct lock_holder - the task that held mmap_lock for writing when a wait began
 * @pid: TID of the task, or 0 if no writer held the lock, or the holder is not known
 * @nr: number of the task's system call, or -1
 */
struct lock_holder {
	s32 pid;
	s32 nr;
};

/**
 * struct time_record - where the time of a slow fault went
 * @lock_before: wait for mmap_lock before the fault, in ns, or PART_NOT_KNOWN
 * @part: the parts of the duration, in ns, or PART_NOT_KNOWN
 * @holder: the task for which the fault waited longest
 * @switches: how often the task was switched out
 * @read_bytes: bytes that the task asked disks for
 * @cache_pages: pages that the task added to the page cache
 * @reclaimed: pages that the task reclaimed
 * @where: names of the functions in which the task slept longest, the innermost
 *	first, separated by "<"
 */
struct time_record {
	s64 lock_before;
	s64 part[MMAPDEMO_PARTS];
	struct lock_holder holder;
	u32 switches;
	u64 read_bytes;
	u64 cache_pages;
	u64 reclaimed;
	char where[MMAPDEMO_NAME_MAX];
};

/**
 * struct lock_record - a wait for the mmap_lock of the task's own address space
 * @mm: id of the address space
 * @duration: duration of the wait, in ns
 * @write: true if the task wanted the lock for writing
 * @fault: true if the task was in a page fault
 * @holder: the task that held the lock
 * @trigger: why the kernel was running
 */
struct lock_record {
	u32 mm;
	u64 duration;
	bool write;
	bool fault;
	struct lock_holder holder;
	struct trigger trigger;
};

/**
 * struct signal_record - a page fault that ends in a signal
 * @mm: id of the address space
 * @address: the touched address
 * @ip: address of the user instruction that touched @address
 * @access: enum mmapdemo_access
 * @sig: SIGSEGV or SIGBUS
 * @code: si_code of the signal
 * @present: true if the entry was present, or the address is not a user address
 */
struct signal_record {
	u32 mm;
	u64 address;
	u64 ip;
	u32 access;
	s32 sig;
	s32 code;
	bool present;
};

#endif /* _MMAPDEMO_RECORDS_H */
