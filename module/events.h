/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trace events mmapdemo:*, and their contract.
 *
 * DOC: Guarantees, for every event
 *
 * - Fields keep their name, type and meaning; new ones are only added. The text
 *   is key=value, in this order.
 * - An event states what was observed. What could not be observed is said so by
 *   the field's documentation, never filled in by a guess.
 * - The task that the event's header names (common_pid) is the one that did it.
 * - @mm is an id of the address space acted on: equal ids mean equal address
 *   spaces while they live; it is not an address. It differs from the task's
 *   own only for a pte_fault with from=remote, or during exec.
 * - Addresses are user addresses. There is no kernel pointer in any event.
 * - File names are the last component of the path. Spaces, quotes, backslashes
 *   and what can't be printed are escaped as \ooo, as in /proc/PID/maps;
 *   a name longer than 63 bytes is cut. Device and inode identify the file.
 * - A device is MAJOR << 20 | MINOR. Offsets (pgoff) are in pages, lengths in
 *   bytes, durations in ns of CLOCK_MONOTONIC.
 * - Nothing is attached to the kernel while an event is disabled.
 * - perf needs CAP_SYS_ADMIN for them: they show page frame numbers.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mmapdemo

#if !defined(_MMAPDEMO_EVENTS_H) || defined(TRACE_HEADER_MULTI_READ)
#define _MMAPDEMO_EVENTS_H

#include <linux/tracepoint.h>

#include "mmapdemo.h"
#include "names.h"
#include "records.h"

void mmapdemo_events_init(void);
int mmapdemo_do_mmap_reg(void);
void mmapdemo_do_mmap_unreg(void);
int mmapdemo_get_unmapped_area_reg(void);
void mmapdemo_get_unmapped_area_unreg(void);
int mmapdemo_vma_merge_reg(void);
void mmapdemo_vma_merge_unreg(void);
int mmapdemo_vma_link_reg(void);
void mmapdemo_vma_link_unreg(void);
int mmapdemo_pte_fault_reg(void);
void mmapdemo_pte_fault_unreg(void);

#undef EM
#undef EMe
#define EM(value, name)		{ value, name },
#define EMe(value, name)	{ value, name }

/**
 * DOC: do_mmap - a mapping was asked for
 * @mm:		address space
 * @addr:	address asked for: a hint, or with MAP_FIXED an order
 * @len:	bytes asked for
 * @prot:	PROT_* asked for
 * @flags:	MAP_* asked for
 * @pgoff:	offset into the file
 * @ret:	the address, or a negative errno
 * @duration:	of the call
 * @dev:	device of the file, 0 for an anonymous mapping
 * @ino:	inode of the file, 0 for an anonymous mapping
 * @name:	name of the file
 *
 * When: do_mmap() returns, successful or not; for mmap(2), the parts of a
 * program that exec maps, shmat(2). The events of the same task since it was
 * called belong to it. Pages that MAP_POPULATE brings come afterwards.
 * Locks: mmap_lock held for writing.
 */
TRACE_EVENT_FN(do_mmap,

	TP_PROTO(const struct mmap_record *r),

	TP_ARGS(r),

	TP_STRUCT__entry(
		__field(u64, addr)
		__field(u64, len)
		__field(u64, pgoff)
		__field(s64, ret)
		__field(u64, duration)
		__field(u64, ino)
		__field(u32, dev)
		__field(u32, mm)
		__field(u32, prot)
		__field(u32, flags)
		__array(char, name, MMAPDEMO_NAME_MAX)
	),

	TP_fast_assign(
		__entry->addr = r->addr;
		__entry->len = r->len;
		__entry->pgoff = r->pgoff;
		__entry->ret = r->ret;
		__entry->duration = r->duration;
		__entry->ino = r->file.ino;
		__entry->dev = r->file.dev;
		__entry->mm = r->mm;
		__entry->prot = r->prot;
		__entry->flags = r->flags;
		memcpy(__entry->name, r->file.name, MMAPDEMO_NAME_MAX);
	),

	TP_printk("mm=%#x addr=%#llx len=%#llx prot=%s flags=%s pgoff=%#llx dev=%u:%u ino=%llu name=%s ret=%#llx duration=%llu",
		  __entry->mm, __entry->addr, __entry->len,
		  __print_flags(__entry->prot, "", MMAPDEMO_PROT_NAMES),
		  __print_flags(__entry->flags, "|", MMAPDEMO_MAP_NAMES),
		  __entry->pgoff, __entry->dev >> 20, __entry->dev & 0xfffff,
		  __entry->ino, __entry->name, __entry->ret,
		  __entry->duration),

	mmapdemo_do_mmap_reg, mmapdemo_do_mmap_unreg
);

/**
 * DOC: get_unmapped_area - a free range was looked for
 * @mm:		address space
 * @addr:	address asked for, or hint
 * @len:	bytes asked for
 * @flags:	MAP_* asked for
 * @pgoff:	offset into the file
 * @topdown:	1: this address space is filled from the top; 0: from the bottom
 * @search:	who searched: the function of the file, or of the address space
 * @ret:	the address, or a negative errno
 * @dev:	device of the file, 0 for an anonymous mapping
 * @ino:	inode of the file, 0 for an anonymous mapping
 * @name:	name of the file
 *
 * When: get_unmapped_area() returns, successful or not; also for MAP_FIXED,
 * where there is nothing to search, and for mremap(2) and shmat(2).
 * Locks: mmap_lock held for writing.
 */
TRACE_EVENT_FN(get_unmapped_area,

	TP_PROTO(const struct search_record *r),

	TP_ARGS(r),

	TP_STRUCT__entry(
		__field(u64, addr)
		__field(u64, len)
		__field(u64, pgoff)
		__field(s64, ret)
		__field(u64, ino)
		__field(u32, dev)
		__field(u32, mm)
		__field(u32, flags)
		__field(u32, topdown)
		__array(char, search, MMAPDEMO_NAME_MAX)
		__array(char, name, MMAPDEMO_NAME_MAX)
	),

	TP_fast_assign(
		__entry->addr = r->addr;
		__entry->len = r->len;
		__entry->pgoff = r->pgoff;
		__entry->ret = r->ret;
		__entry->ino = r->file.ino;
		__entry->dev = r->file.dev;
		__entry->mm = r->mm;
		__entry->flags = r->flags;
		__entry->topdown = r->topdown;
		memcpy(__entry->search, r->search, MMAPDEMO_NAME_MAX);
		memcpy(__entry->name, r->file.name, MMAPDEMO_NAME_MAX);
	),

	TP_printk("mm=%#x addr=%#llx len=%#llx flags=%s pgoff=%#llx search=%s topdown=%u dev=%u:%u ino=%llu name=%s ret=%#llx",
		  __entry->mm, __entry->addr, __entry->len,
		  __print_flags(__entry->flags, "|", MMAPDEMO_MAP_NAMES),
		  __entry->pgoff, __entry->search, __entry->topdown,
		  __entry->dev >> 20, __entry->dev & 0xfffff, __entry->ino,
		  __entry->name, __entry->ret),

	mmapdemo_get_unmapped_area_reg, mmapdemo_get_unmapped_area_unreg
);

/**
 * DOC: vma_merge - was a neighbour extended over a range?
 * @mm:		address space
 * @cause:	what wanted the range: MMAPDEMO_CAUSES
 * @outcome:	MMAPDEMO_MERGES: none, prev, next or both neighbours became one
 *		VMA with the range
 * @start:	of the range
 * @end:	of the range
 * @prev_start:	the VMA that reached up to @start before; all 0: there was none
 * @prev_end:	its end, may lie beyond @start when the range cut into it
 * @next_start:	the VMA that held @end before; all 0: there was none
 * @next_end:	its end
 * @result_start: the VMA that holds the range now
 * @result_end:	its end
 * @vm_flags:	its VM_* flags, rwxs named as /proc/PID/maps does
 *
 * When: mmap_region(), do_brk_flags() or copy_vma() succeeded, or a merge was
 * tried for a changed part of an existing mapping (cause=change). The outcome
 * is read from the tree of VMAs before and after. With cause=change and
 * outcome=none the result may still be the whole mapping, which is split next,
 * with the flags it had. Not told: mremap(2) that grows a mapping in place.
 * Locks: mmap_lock held for writing.
 */
TRACE_EVENT_FN(vma_merge,

	TP_PROTO(const struct merge_record *r),

	TP_ARGS(r),

	TP_STRUCT__entry(
		__field(u64, start)
		__field(u64, end)
		__field(u64, prev_start)
		__field(u64, prev_end)
		__field(u64, next_start)
		__field(u64, next_end)
		__field(u64, result_start)
		__field(u64, result_end)
		__field(u64, vm_flags)
		__field(u32, mm)
		__field(u32, cause)
		__field(u32, outcome)
	),

	TP_fast_assign(
		__entry->start = r->range.start;
		__entry->end = r->range.end;
		__entry->prev_start = r->prev.start;
		__entry->prev_end = r->prev.end;
		__entry->next_start = r->next.start;
		__entry->next_end = r->next.end;
		__entry->result_start = r->result.start;
		__entry->result_end = r->result.end;
		__entry->vm_flags = r->flags;
		__entry->mm = r->mm;
		__entry->cause = r->cause;
		__entry->outcome = r->outcome;
	),

	TP_printk("mm=%#x cause=%s outcome=%s range=%#llx-%#llx prev=%#llx-%#llx next=%#llx-%#llx result=%#llx-%#llx prot=%s vm_flags=%#llx",
		  __entry->mm,
		  __print_symbolic(__entry->cause, MMAPDEMO_CAUSES),
		  __print_symbolic(__entry->outcome, MMAPDEMO_MERGES),
		  __entry->start, __entry->end,
		  __entry->prev_start, __entry->prev_end,
		  __entry->next_start, __entry->next_end,
		  __entry->result_start, __entry->result_end,
		  __print_flags(__entry->vm_flags & 0x87, "",
				MMAPDEMO_VM_NAMES),
		  __entry->vm_flags),

	mmapdemo_vma_merge_reg, mmapdemo_vma_merge_unreg
);

/**
 * DOC: vma_link - a new VMA is in the tree
 * @mm:		address space
 * @cause:	what made it: MMAPDEMO_CAUSES
 * @start:	of the VMA
 * @end:	of the VMA
 * @vm_flags:	VM_*, rwxs named as /proc/PID/maps does
 * @pgoff:	offset into the file; for anonymous memory start / page size
 * @map_count:	VMAs of the address space, with this one
 * @dev:	device of the file, 0 for an anonymous mapping
 * @ino:	inode of the file, 0 for an anonymous mapping
 * @name:	name of the file
 *
 * When: mmap_region(), do_brk_flags() or copy_vma() succeeded and extended no
 * neighbour, or insert_vm_struct() inserted a VMA (exec's stack, vdso).
 * Locks: mmap_lock held for writing.
 */
TRACE_EVENT_FN(vma_link,

	TP_PROTO(const struct link_record *r),

	TP_ARGS(r),

	TP_STRUCT__entry(
		__field(u64, start)
		__field(u64, end)
		__field(u64, vm_flags)
		__field(u64, pgoff)
		__field(u64, ino)
		__field(u32, dev)
		__field(u32, mm)
		__field(u32, cause)
		__field(u32, map_count)
		__array(char, name, MMAPDEMO_NAME_MAX)
	),

	TP_fast_assign(
		__entry->start = r->range.start;
		__entry->end = r->range.end;
		__entry->vm_flags = r->flags;
		__entry->pgoff = r->pgoff;
		__entry->ino = r->file.ino;
		__entry->dev = r->file.dev;
		__entry->mm = r->mm;
		__entry->cause = r->cause;
		__entry->map_count = r->map_count;
		memcpy(__entry->name, r->file.name, MMAPDEMO_NAME_MAX);
	),

	TP_printk("mm=%#x cause=%s vma=%#llx-%#llx prot=%s vm_flags=%#llx pgoff=%#llx dev=%u:%u ino=%llu name=%s map_count=%u",
		  __entry->mm,
		  __print_symbolic(__entry->cause, MMAPDEMO_CAUSES),
		  __entry->start, __entry->end,
		  __print_flags(__entry->vm_flags & 0x87, "",
				MMAPDEMO_VM_NAMES),
		  __entry->vm_flags, __entry->pgoff, __entry->dev >> 20,
		  __entry->dev & 0xfffff, __entry->ino, __entry->name,
		  __entry->map_count),

	mmapdemo_vma_link_reg, mmapdemo_vma_link_unreg
);

/**
 * DOC: pte_fault - a page fault was handled
 * @mm:		address space the page belongs to
 * @address:	that was touched; a page address for from=gup and from=remote
 * @ip:		user instruction: the one that touched (from=user), else the one
 *		whose system call did; 0 for a kernel thread
 * @access:	MMAPDEMO_ACCESSES
 * @from:	MMAPDEMO_ORIGINS
 * @class:	MMAPDEMO_FAULT_CLASSES: which way the fault took
 * @before:	MMAPDEMO_LEVELS populated before
 * @after:	MMAPDEMO_LEVELS populated after; a level in @after and not in
 *		@before was filled meanwhile
 * @after_seen:	0: @after, @entry_after, @pfn and @order could not be observed,
 *		because the fault had released the lock of another task's address
 *		space, and are 0
 * @entry_before: MMAPDEMO_ENTRY_BITS of the entry before, 0: none
 * @entry_after: MMAPDEMO_ENTRY_BITS of the entry after, 0: none
 * @pfn:	page frame of @address after; 0: none
 * @order:	log2 of the pages that one entry maps: 0, or 9 for a huge page
 * @ret:	VM_FAULT_* of the last attempt and "major" of any
 * @retries:	attempts that returned VM_FAULT_RETRY before
 * @vma_lock:	1: the last attempt held only the lock of the VMA
 * @duration:	from the begin of the first attempt to the end of the last
 * @vma_start:	of the VMA
 * @vma_end:	of the VMA
 * @vm_flags:	of the VMA, rwxs named as /proc/PID/maps does
 * @pgoff:	offset of the VMA into the file
 * @dev:	device of the file, 0 for anonymous memory
 * @ino:	inode of the file, 0 for anonymous memory
 *
 * When: handle_mm_fault() returns for good. Attempts that end with
 * VM_FAULT_RETRY are not events of their own: they are counted in @retries and
 * their time is in @duration. A fault given up after a retry, because the task
 * was killed, is no event.
 * Locks: mmap_lock for reading or the VMA's lock; none if ret has "completed",
 * when other threads may change the entry before it is looked at.
 * Mirrors handle_mm_fault() and handle_pte_fault() in mm/memory.c.
 */
TRACE_EVENT_FN(pte_fault,

	TP_PROTO(const struct fault_record *r),

	TP_ARGS(r),

	TP_STRUCT__entry(
		__field(u64, address)
		__field(u64, ip)
		__field(u64, pfn)
		__field(u64, duration)
		__field(u64, vma_start)
		__field(u64, vma_end)
		__field(u64, vm_flags)
		__field(u64, pgoff)
		__field(u64, ino)
		__field(u32, dev)
		__field(u32, mm)
		__field(u32, entry_before)
		__field(u32, entry_after)
		__field(u32, ret)
		__field(u16, retries)
		__field(u8, access)
		__field(u8, from)
		__field(u8, class)
		__field(u8, before)
		__field(u8, after)
		__field(u8, order)
		__field(u8, vma_lock)
		__field(u8, after_seen)
	),

	TP_fast_assign(
		__entry->address = r->address;
		__entry->ip = r->ip;
		__entry->pfn = r->after.pfn;
		__entry->duration = r->duration;
		__entry->vma_start = r->vma.start;
		__entry->vma_end = r->vma.end;
		__entry->vm_flags = r->vma_flags;
		__entry->pgoff = r->vma_pgoff;
		__entry->ino = r->file.ino;
		__entry->dev = r->file.dev;
		__entry->mm = r->mm;
		__entry->entry_before = r->before.entry;
		__entry->entry_after = r->after.entry;
		__entry->ret = r->ret;
		__entry->retries = r->retries;
		__entry->access = r->access;
		__entry->from = r->from;
		__entry->class = r->class;
		__entry->before = r->before.levels;
		__entry->after = r->after.levels;
		__entry->order = r->after.order;
		__entry->vma_lock = r->vma_lock;
		__entry->after_seen = r->after_seen;
	),

	TP_printk("mm=%#x address=%#llx ip=%#llx access=%s from=%s class=%s before=%s after=%s after_seen=%u entry_before=%s entry_after=%s pfn=%#llx order=%u ret=%s retries=%u vma_lock=%u duration=%llu vma=%#llx-%#llx prot=%s vm_flags=%#llx pgoff=%#llx dev=%u:%u ino=%llu",
		  __entry->mm, __entry->address, __entry->ip,
		  __print_symbolic(__entry->access, MMAPDEMO_ACCESSES),
		  __print_symbolic(__entry->from, MMAPDEMO_ORIGINS),
		  __print_symbolic(__entry->class, MMAPDEMO_FAULT_CLASSES),
		  __print_flags(__entry->before, "|", MMAPDEMO_LEVELS),
		  __print_flags(__entry->after, "|", MMAPDEMO_LEVELS),
		  __entry->after_seen,
		  __print_flags(__entry->entry_before, "|",
				MMAPDEMO_ENTRY_BITS),
		  __print_flags(__entry->entry_after, "|",
				MMAPDEMO_ENTRY_BITS),
		  __entry->pfn, __entry->order,
		  __print_flags(__entry->ret, "|", MMAPDEMO_RET_NAMES),
		  __entry->retries, __entry->vma_lock, __entry->duration,
		  __entry->vma_start, __entry->vma_end,
		  __print_flags(__entry->vm_flags & 0x87, "",
				MMAPDEMO_VM_NAMES),
		  __entry->vm_flags, __entry->pgoff, __entry->dev >> 20,
		  __entry->dev & 0xfffff, __entry->ino),

	mmapdemo_pte_fault_reg, mmapdemo_pte_fault_unreg
);

#endif /* _MMAPDEMO_EVENTS_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE events
#include <trace/define_trace.h>
