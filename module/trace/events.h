/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trace events mmapdemo:*, and what users can rely on.
 *
 * DOC: Guarantees that hold for every event
 *
 * - Fields keep their name, type and meaning. New fields may be added. In the
 *   text of an event, a field is printed as key=value, except the arrays of
 *   pte_faults.
 * - An event contains only what was observed. No value is guessed. If the value
 *   of a field was not observed, the field has a special value, which is
 *   documented with the field.
 * - The task in the event's header (common_pid) is the task that caused the
 *   event.
 * - @mm is an id of the affected address space, not an address. Two events with
 *   the same id are about the same address space, as long as this address space
 *   exists. An id is a hash, so two address spaces can have the same id, but
 *   this is very unlikely. @mm stands for the task's own address space, with
 *   three exceptions: a pte_fault with from=remote; events during exec and
 *   fork; and an exit_mmap if another task drops the last reference to the
 *   address space.
 * - @trigger says why the kernel was running (MMAPDEMO_TRIGGERS). @nr is the
 *   number of the current system call, in the native table or, with
 *   trigger=syscall32, in the table of 32-bit programs. @nr is -1 outside of
 *   system calls, and if a task of a 32-bit program exits in a system call
 *   other than exit and exit_group. For example, @nr shows whether mprotect,
 *   madvise or mlock changed a mapping. The events brk and mremap do not have
 *   the fields @trigger and @nr, because these two events always stand for the
 *   system call of the same name. In pte_faults, each fault has these fields.
 * - Addresses are user addresses. No event contains a kernel pointer.
 * - File names are the last component of the path. Spaces, double quotes,
 *   backslashes and control characters are escaped as \ooo. An escaped name that is
 *   longer than 63 bytes is cut. The device and inode numbers identify the file.
 * - A device number is MAJOR << 20 | MINOR. Offsets (pgoff) are in pages,
 *   lengths are in bytes, and durations are in ns.
 * - After an event was disabled, its probes stay attached for the time that the
 *   module parameter linger sets. Events are enabled through tracefs or
 *   perf_event_open(2). A BPF raw tracepoint sees only events that are enabled
 *   in one of these ways.
 * - Every user who may read tracefs sees page frames, as in the kernel's own
 *   events kmem:mm_page_alloc and filemap:mm_filemap_add_to_page_cache. Only
 *   root may read tracefs, unless tracefs is mounted with gid=.
 *   /proc/PID/pagemap shows page frames only with CAP_SYS_ADMIN. To hide page
 *   frames from the group of gid=, too, set the module parameter frames to 0.
 *   With frames=0, every @pfn is 0.
 * - An event is unavailable if the self test of the module has found that the
 *   running kernel does not do what the module expects. Enabling an unavailable
 *   event fails with EOPNOTSUPP, and the kernel log has the reason. The self test
 *   runs when the module is loaded, if the module parameter selftest is 1.
 *   selftest=1 is the default on a kernel that is newer than the newest known
 *   kernel.
 * - With perf, a user needs CAP_SYS_ADMIN to open the events, regardless of the
 *   sysctl perf_event_paranoid and the module parameter frames. A perf event
 *   that a child inherits by fork() is always allowed.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mmapdemo

#if !defined(_MMAPDEMO_EVENTS_H) || defined(TRACE_HEADER_MULTI_READ)
#define _MMAPDEMO_EVENTS_H

#include <linux/tracepoint.h>

#include "mmapdemo.h"
#include "trace/batch.h"
#include "trace/names.h"
#include "trace/records.h"

extern bool mmapdemo_events_frames;

void mmapdemo_events_init(void);
void mmapdemo_events_refuse(u32 events);

#undef EM
#undef EMe
#define EM(value, name)		{ value, name },
#define EMe(value, name)	{ value, name }

/**
 * DOC: do_mmap - a mapping was requested
 * @mm:		address space
 * @addr:	requested address: a hint, or mandatory with MAP_FIXED
 * @len:	requested bytes
 * @prot:	requested PROT_*
 * @flags:	requested MAP_*
 * @pgoff:	offset into the file, in pages
 * @ret:	the address, or a negative errno
 * @duration:	duration of do_mmap(), without the earlier wait for mmap_lock
 * @dev:	device of the file, 0 for an anonymous mapping
 * @ino:	inode of the file, 0 for an anonymous mapping
 * @name:	name of the file
 * @trigger:	why the kernel was running: MMAPDEMO_TRIGGERS
 * @nr:		number of the current system call, or -1
 *
 * When: do_mmap() returns, whether it succeeded or failed. mmap(2) and shmat(2)
 * call do_mmap(). exec calls do_mmap() for each segment of a program. Events of
 * the same task during the call belong to the call. The faults of MAP_POPULATE
 * come after this event. For a file on overlayfs, @dev and @ino are the numbers
 * that stat(2) returns. Before Linux 6.7, vma_link and pte_fault contain the
 * numbers of the underlying file instead, as /proc/PID/maps does.
 * Locks: mmap_lock is held for writing.
 */
TRACE_EVENT(do_mmap,

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
		__field(u32, trigger)
		__field(s32, nr)
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
		__entry->trigger = r->trigger.kind;
		__entry->nr = r->trigger.nr;
	),

	TP_printk("mm=%#x addr=%#llx len=%#llx prot=%s flags=%s pgoff=%#llx dev=%u:%u ino=%llu name=%s ret=%#llx duration=%llu trigger=%s nr=%d",
		  __entry->mm, __entry->addr, __entry->len,
		  __print_flags(__entry->prot, "", MMAPDEMO_PROT_NAMES),
		  __print_flags(__entry->flags, "|", MMAPDEMO_MAP_NAMES),
		  __entry->pgoff, __entry->dev >> 20, __entry->dev & 0xfffff,
		  __entry->ino, __entry->name, __entry->ret,
		  __entry->duration,
		  __print_symbolic(__entry->trigger, MMAPDEMO_TRIGGERS),
		  __entry->nr)
);

/**
 * DOC: get_unmapped_area - the kernel searched for a free range
 * @mm:		address space
 * @addr:	requested address, or hint
 * @len:	requested bytes
 * @flags:	requested MAP_*
 * @pgoff:	offset into the file, in pages
 * @topdown:	1: this address space is filled from the top; 0: from the bottom
 * @search:	name of the function that searched: the file's own function,
 *		the function of shmem for shared anonymous memory, or the
 *		function of the address space
 * @ret:	the address, or a negative errno
 * @dev:	device of the file, 0 for an anonymous mapping
 * @ino:	inode of the file, 0 for an anonymous mapping
 * @name:	name of the file
 * @trigger:	why the kernel was running: MMAPDEMO_TRIGGERS
 * @nr:		number of the current system call, or -1
 * @low:	lower limit of the search: lowest address at which the range may
 *		start. With MAP_FIXED, @low and @high are 0
 * @high:	upper limit of the search: highest address at which the range
 *		may end
 *
 * When: get_unmapped_area() returns, whether it succeeded or failed. mremap(2)
 * and shmat(2) call this function, too. For MAP_FIXED, the function returns the
 * address without a search. If the range at the hint is free, the kernel uses
 * this range, even if it is outside of the limits. If a search from the top
 * fails, the kernel searches from the bottom, with other limits than @low and
 * @high.
 * Locks: mmap_lock is held for writing.
 */
TRACE_EVENT(get_unmapped_area,

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
		__field(u32, trigger)
		__field(s32, nr)
		__field(u64, low)
		__field(u64, high)
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
		__entry->trigger = r->trigger.kind;
		__entry->nr = r->trigger.nr;
		__entry->low = r->limits.start;
		__entry->high = r->limits.end;
	),

	TP_printk("mm=%#x addr=%#llx len=%#llx flags=%s pgoff=%#llx search=%s topdown=%u dev=%u:%u ino=%llu name=%s ret=%#llx trigger=%s nr=%d low=%#llx high=%#llx",
		  __entry->mm, __entry->addr, __entry->len,
		  __print_flags(__entry->flags, "|", MMAPDEMO_MAP_NAMES),
		  __entry->pgoff, __entry->search, __entry->topdown,
		  __entry->dev >> 20, __entry->dev & 0xfffff, __entry->ino,
		  __entry->name, __entry->ret,
		  __print_symbolic(__entry->trigger, MMAPDEMO_TRIGGERS),
		  __entry->nr, __entry->low, __entry->high)
);

/**
 * DOC: vma_merge - an attempt to merge a range with its neighbours
 * @mm:		address space
 * @cause:	operation on the range: MMAPDEMO_CAUSES
 * @outcome:	neighbours that were merged with the range: MMAPDEMO_MERGES
 * @start:	start of the range
 * @end:	end of the range
 * @prev_start:	start of the previous VMA, which contained the address just
 *		below @start before the operation. @prev_start and @prev_end are
 *		0 if there was no such VMA
 * @prev_end:	end of the previous VMA before the operation. The end is above
 *		@start if the range replaced a part of this VMA
 * @next_start:	start of the next VMA, which contained the address @end before
 *		the operation. @next_start and @next_end are 0 if there was no
 *		such VMA
 * @next_end:	end of the next VMA before the operation
 * @result_start: start of the VMA that contains the range now
 * @result_end:	end of the VMA that contains the range now
 * @vm_flags:	VM_* of the VMA that contains the range now. The text also has
 *		prot=, as in /proc/PID/maps
 * @absorbed:	number of VMAs that were separate before the operation, and are
 *		now part of the VMA that contains the range
 * @map_count:	number of VMAs in the address space now. A merge does not depend
 *		on this number. But a new VMA or a split fails if
 *		vm.max_map_count is reached
 * @trigger:	why the kernel was running: MMAPDEMO_TRIGGERS
 * @nr:		number of the current system call, or -1
 * @reason_prev: "merged", or why the previous VMA was not merged with the
 *		range: MMAPDEMO_REASONS
 * @reason_next: "merged", or why the next VMA was not merged with the range
 * @flags_wanted: VM_* of the range, which were compared with those of the
 *		neighbours
 * @flags_diff_prev: VM_* that prevent a merge because they differ between the
 *		range and the previous VMA; 0 if there is no previous VMA
 * @flags_diff_next: VM_* that prevent a merge because they differ between the
 *		range and the next VMA; 0 if there is no next VMA
 * @pgoff:	offset of the range into the file. For anonymous memory, the
 *		address of the range divided by the page size, unless the memory
 *		was touched and then moved
 * @pgoff_prev:	offset at which the previous VMA ends. For a merge, this offset
 *		must equal @pgoff
 * @pgoff_next:	offset at which the next VMA begins. For a merge, this offset
 *		must equal @pgoff plus the number of pages of the range
 * @ret:	0, or a negative errno if the call fails. An error with
 *		cause=change (since Linux 6.7) means that the range could be
 *		neither merged nor split off. An error with cause=extend means
 *		that the range could not be added
 *
 * When: mmap_region(), do_brk_flags() or copy_vma() succeeded, or the kernel
 * tried a merge. The kernel tries a merge for a changed part of an existing
 * mapping (cause=change), and for the range by which mremap(2) extends a
 * mapping in place (cause=extend). The outcome is derived from the VMAs before
 * and after the operation. With cause=change and outcome=none, the VMA that
 * contains the range may still be the whole mapping with its old flags, which
 * the kernel will split next. A reason is the first test that failed, in the
 * kernel's order of tests. The reason is derived from the VMAs before the
 * operation. For mmap(2), the properties of the range that are compared include
 * those that the driver set before the last attempt to merge. The reason is
 * "unknown" if the VMAs do not explain the outcome, or if the module does not
 * know the kernel's rules. The module knows the rules of 5.10, 6.1, 6.12, 7.2, and
 * of kernels from 7.3 on.
 * Locks: mmap_lock is held for writing.
 */
TRACE_EVENT(vma_merge,

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
		__field(u32, absorbed)
		__field(u32, map_count)
		__field(u32, trigger)
		__field(s32, nr)
		__field(u64, flags_wanted)
		__field(u64, flags_diff_prev)
		__field(u64, flags_diff_next)
		__field(u64, pgoff)
		__field(u64, pgoff_prev)
		__field(u64, pgoff_next)
		__field(s64, ret)
		__field(u8, reason_prev)
		__field(u8, reason_next)
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
		__entry->absorbed = r->absorbed;
		__entry->map_count = r->map_count;
		__entry->trigger = r->trigger.kind;
		__entry->nr = r->trigger.nr;
		__entry->flags_wanted = r->flags_wanted;
		__entry->flags_diff_prev = r->side_prev.flags_diff;
		__entry->flags_diff_next = r->side_next.flags_diff;
		__entry->pgoff = r->pgoff;
		__entry->pgoff_prev = r->side_prev.pgoff;
		__entry->pgoff_next = r->side_next.pgoff;
		__entry->ret = r->ret;
		__entry->reason_prev = r->side_prev.reason;
		__entry->reason_next = r->side_next.reason;
	),

	TP_printk("mm=%#x cause=%s outcome=%s range=%#llx-%#llx prev=%#llx-%#llx next=%#llx-%#llx result=%#llx-%#llx prot=%s vm_flags=%#llx absorbed=%u map_count=%u trigger=%s nr=%d reason_prev=%s reason_next=%s flags_wanted=%#llx flags_diff_prev=%s flags_diff_next=%s pgoff=%#llx pgoff_prev=%#llx pgoff_next=%#llx ret=%lld",
		  __entry->mm,
		  __print_symbolic(__entry->cause, MMAPDEMO_CAUSES),
		  __print_symbolic(__entry->outcome, MMAPDEMO_MERGES),
		  __entry->start, __entry->end,
		  __entry->prev_start, __entry->prev_end,
		  __entry->next_start, __entry->next_end,
		  __entry->result_start, __entry->result_end,
		  __print_flags(__entry->vm_flags & 0x87, "",
				MMAPDEMO_VM_NAMES),
		  __entry->vm_flags, __entry->absorbed,
		  __entry->map_count,
		  __print_symbolic(__entry->trigger, MMAPDEMO_TRIGGERS),
		  __entry->nr,
		  __print_symbolic(__entry->reason_prev, MMAPDEMO_REASONS),
		  __print_symbolic(__entry->reason_next, MMAPDEMO_REASONS),
		  __entry->flags_wanted,
		  __print_flags(__entry->flags_diff_prev, "|",
				MMAPDEMO_VM_FLAGS),
		  __print_flags(__entry->flags_diff_next, "|",
				MMAPDEMO_VM_FLAGS),
		  __entry->pgoff, __entry->pgoff_prev, __entry->pgoff_next,
		  __entry->ret)
);

/**
 * DOC: vma_link - a new VMA was added to the tree
 * @mm:		address space
 * @cause:	operation that created the VMA: MMAPDEMO_CAUSES
 * @start:	start of the VMA
 * @end:	end of the VMA
 * @vm_flags:	VM_* of the VMA. The text also has prot=, as in /proc/PID/maps
 * @pgoff:	offset into the file, in pages. For anonymous memory, @start
 *		divided by the page size, unless the memory was touched and then
 *		moved
 * @map_count:	number of VMAs in the address space, including this one
 * @dev:	device of the file, 0 for an anonymous mapping
 * @ino:	inode of the file, 0 for an anonymous mapping
 * @name:	name of the file
 * @trigger:	why the kernel was running: MMAPDEMO_TRIGGERS
 * @nr:		number of the current system call, or -1
 * @caller:	the word at the top of the user stack during the system call, if the
 *		word is a return address, that is, an address in executable memory
 *		at which a call instruction ends. A 64-bit function that has pushed
 *		nothing, such as mprotect() in libc, returns to this address. 0: the
 *		word is not a return address, or was not read
 *
 * When: mmap_region(), do_brk_flags() or copy_vma() succeeded without extending
 * a neighbour, or insert_vm_struct() inserted a VMA, such as exec's stack or
 * the vdso.
 * Locks: mmap_lock is held for writing.
 */
TRACE_EVENT(vma_link,

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
		__field(u32, trigger)
		__field(s32, nr)
		__field(u64, caller)
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
		__entry->trigger = r->trigger.kind;
		__entry->nr = r->trigger.nr;
		__entry->caller = r->caller;
	),

	TP_printk("mm=%#x cause=%s vma=%#llx-%#llx prot=%s vm_flags=%#llx pgoff=%#llx dev=%u:%u ino=%llu name=%s map_count=%u trigger=%s nr=%d caller=%#llx",
		  __entry->mm,
		  __print_symbolic(__entry->cause, MMAPDEMO_CAUSES),
		  __entry->start, __entry->end,
		  __print_flags(__entry->vm_flags & 0x87, "",
				MMAPDEMO_VM_NAMES),
		  __entry->vm_flags, __entry->pgoff, __entry->dev >> 20,
		  __entry->dev & 0xfffff, __entry->ino, __entry->name,
		  __entry->map_count,
		  __print_symbolic(__entry->trigger, MMAPDEMO_TRIGGERS),
		  __entry->nr, __entry->caller)
);

/**
 * DOC: pte_fault - a page fault was handled
 * @mm:		address space that the page belongs to
 * @address:	the address that was touched. With from=gup and from=remote,
 *		@address is the start address of the page
 * @ip:		address of the user instruction that touched @address
 *		(from=user), or that entered the system call that touched
 *		@address. 0 for a kernel thread
 * @access:	kind of access: MMAPDEMO_ACCESSES
 * @from:	origin of the access: MMAPDEMO_ORIGINS
 * @class:	class of the fault: MMAPDEMO_FAULT_CLASSES
 * @before:	levels that were populated before the fault: MMAPDEMO_LEVELS
 * @after:	levels that are populated after the fault: MMAPDEMO_LEVELS. A
 *		level that is only in @after was filled during the fault
 * @after_seen:	1, or 0 if the fault had released the lock of another task's
 *		address space. If @after_seen is 0, @after, @entry_after, @pfn
 *		and @order could not be observed, and are 0
 * @entry_before: page table entry before the fault: MMAPDEMO_ENTRY_BITS; 0:
 *		none
 * @entry_after: page table entry after the fault: MMAPDEMO_ENTRY_BITS; 0: none
 * @pfn:	page frame of @address after the fault; 0: none, or the module
 *		parameter frames is 0
 * @order:	log2 of the number of pages that the entry maps: 0, 9 for a huge page
 *		of 2 MiB, or 18 for a huge page of 1 GiB
 * @ret:	VM_FAULT_* of the last attempt, and "major" if any attempt
 *		returned VM_FAULT_MAJOR. With "sigbus", @ret also has
 *		"after_end" if the page of @address is past the end of the file,
 *		or otherwise "within_file". Only mappings of regular files and
 *		block devices have "after_end" or "within_file"
 * @retries:	number of earlier attempts, which returned VM_FAULT_RETRY. 65535
 *		also stands for higher numbers
 * @vma_lock:	1 if the last attempt held only the per-VMA lock, otherwise 0
 * @duration:	time from the start of the first attempt to the end of the last
 *		attempt, without the wait for mmap_lock or the per-VMA lock
 *		before the first attempt. 0: not known, because the first
 *		attempt was not observed, because the machine was suspended
 *		during the fault, or because the kernel found the TSC unstable
 *		while the module used the TSC as its clock
 * @vma_start:	start of the VMA
 * @vma_end:	end of the VMA
 * @vm_flags:	VM_* of the VMA. The text also has prot=, as in /proc/PID/maps
 * @pgoff:	offset of the VMA into the file
 * @dev:	device of the file, 0 for anonymous memory
 * @ino:	inode of the file, 0 for anonymous memory
 * @filled:	number of page table entries around @address, and at @address
 *		itself, that were filled during the fault. Only the entries that
 *		fault-around may fill are counted, which are 16, or fewer at the
 *		ends of the VMA and of the page table. The number is 0 for
 *		classes other than read, cow and shared
 * @trigger:	why the kernel was running: MMAPDEMO_TRIGGERS; "exception" for a
 *		fault of a user instruction
 * @nr:		number of the current system call, or -1
 * @huge:	"mapped", or why the first touch of the aligned 2 MiB did not map a huge
 *		page: MMAPDEMO_HUGE_REASONS. "none" for all other faults
 * @folio:	number of pages of the folio that the first touch of the aligned 2 MiB
 *		mapped; 512 also stands for higher numbers. 0: not observed, because the
 *		fault is not a first touch, or the page is the zero page or belongs to no
 *		folio
 *
 * When: handle_mm_fault() returns from the last attempt to handle the fault. An
 * attempt that ends with VM_FAULT_RETRY is not a separate event. Instead,
 * @retries counts this attempt, and @duration includes its time. If the task is
 * killed before the next attempt, there is no event.
 * Locks: mmap_lock is held for reading, or the per-VMA lock is held. No lock is
 * held if @ret has "completed", so other threads may change the entry before
 * the module reads the entry. The event mirrors handle_mm_fault() and
 * handle_pte_fault() in mm/memory.c.
 */
TRACE_EVENT(pte_fault,

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
		__field(u8, filled)
		__field(u32, trigger)
		__field(s32, nr)
		__field(u16, huge)
		__field(u16, folio)
	),

	TP_fast_assign(
		__entry->address = r->address;
		__entry->ip = r->ip;
		__entry->pfn = READ_ONCE(mmapdemo_events_frames) ?
			r->after.pfn : 0;
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
		/* @retries, @access and @from, which are adjacent in both */
		*(u32 *)&__entry->retries = *(const u32 *)&r->retries;
		__entry->class = r->class;
		__entry->before = r->before.levels;
		__entry->after = r->after.levels;
		__entry->order = r->after.order;
		__entry->vma_lock = r->vma_lock;
		__entry->after_seen = r->after_seen;
		__entry->filled = r->filled;
		__entry->trigger = r->trigger.kind;
		__entry->nr = r->trigger.nr;
		/* @huge and @folio */
		*(u32 *)&__entry->huge = *(const u32 *)&r->huge;
	),

	TP_printk("mm=%#x address=%#llx ip=%#llx access=%s from=%s class=%s before=%s after=%s after_seen=%u entry_before=%s entry_after=%s pfn=%#llx order=%u ret=%s retries=%u vma_lock=%u duration=%llu vma=%#llx-%#llx prot=%s vm_flags=%#llx pgoff=%#llx dev=%u:%u ino=%llu filled=%u trigger=%s nr=%d huge=%s folio=%u",
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
		  __entry->dev & 0xfffff, __entry->ino, __entry->filled,
		  __print_symbolic(__entry->trigger, MMAPDEMO_TRIGGERS),
		  __entry->nr,
		  __print_symbolic(__entry->huge, MMAPDEMO_HUGE_REASONS),
		  __entry->folio)
);

/**
 * DOC: vma_split - a VMA was split in two
 * @mm:		address space
 * @start:	start of the VMA before the split
 * @end:	end of the VMA before the split
 * @cut:	address at which the lower half ends and the upper half begins
 * @map_count:	number of VMAs in the address space, including both halves
 * @trigger:	why the kernel was running: MMAPDEMO_TRIGGERS
 * @nr:		number of the current system call, or -1
 * @caller:	the word at the top of the user stack during the system call, if the
 *		word is a return address, that is, an address in executable memory
 *		at which a call instruction ends. A 64-bit function that has pushed
 *		nothing, such as mprotect() in libc, returns to this address. 0: the
 *		word is not a return address, or was not read
 *
 * When: __split_vma() succeeded. The kernel splits a VMA to unmap, replace or
 * change a part of the VMA. A part in the middle of a VMA takes two splits.
 * Locks: mmap_lock is held for writing.
 */
TRACE_EVENT(vma_split,

	TP_PROTO(const struct split_record *r),

	TP_ARGS(r),

	TP_STRUCT__entry(
		__field(u64, start)
		__field(u64, end)
		__field(u64, cut)
		__field(u32, mm)
		__field(u32, map_count)
		__field(u32, trigger)
		__field(s32, nr)
		__field(u64, caller)
	),

	TP_fast_assign(
		__entry->start = r->vma.start;
		__entry->end = r->vma.end;
		__entry->cut = r->cut;
		__entry->mm = r->mm;
		__entry->map_count = r->map_count;
		__entry->trigger = r->trigger.kind;
		__entry->nr = r->trigger.nr;
		__entry->caller = r->caller;
	),

	TP_printk("mm=%#x vma=%#llx-%#llx cut=%#llx map_count=%u trigger=%s nr=%d caller=%#llx",
		  __entry->mm, __entry->start, __entry->end, __entry->cut,
		  __entry->map_count,
		  __print_symbolic(__entry->trigger, MMAPDEMO_TRIGGERS),
		  __entry->nr, __entry->caller)
);

/**
 * DOC: vma_unlink - the VMAs of a range were removed from the tree
 * @mm:		address space
 * @start:	start of the first VMA
 * @end:	end of the last VMA. There may be holes between the VMAs
 * @vmas:	number of VMAs that were removed
 * @trigger:	why the kernel was running: MMAPDEMO_TRIGGERS
 * @nr:		number of the current system call, or -1
 *
 * When: munmap(2) succeeded, or another operation that unmaps memory in the
 * same way: a MAP_FIXED mapping that replaces other mappings, brk(2) that
 * shrinks the heap, or mremap(2) that shrinks or moves a mapping. There is one
 * event for the whole range. There is no event if nothing was mapped in the
 * range. A VMA that is only partly unmapped was split first. VMAs that
 * disappear in a merge are counted in @absorbed of vma_merge. The VMAs of an
 * address space that ends are counted in @map_count of exit_mmap.
 * Locks: mmap_lock is held for writing. At the end of munmap(2), mmap_lock may
 * be held only for reading.
 */
TRACE_EVENT(vma_unlink,

	TP_PROTO(const struct unlink_record *r),

	TP_ARGS(r),

	TP_STRUCT__entry(
		__field(u64, start)
		__field(u64, end)
		__field(u32, mm)
		__field(u32, vmas)
		__field(u32, trigger)
		__field(s32, nr)
	),

	TP_fast_assign(
		__entry->start = r->range.start;
		__entry->end = r->range.end;
		__entry->mm = r->mm;
		__entry->vmas = r->vmas;
		__entry->trigger = r->trigger.kind;
		__entry->nr = r->trigger.nr;
	),

	TP_printk("mm=%#x range=%#llx-%#llx vmas=%u trigger=%s nr=%d",
		  __entry->mm, __entry->start, __entry->end, __entry->vmas,
		  __print_symbolic(__entry->trigger, MMAPDEMO_TRIGGERS),
		  __entry->nr)
);

/**
 * DOC: brk - a process requested another end of its heap
 * @mm:		address space
 * @brk:	requested end of the heap; 0 if the call only queries the
 *		current end
 * @old:	end of the heap when the call began. Another thread may have
 *		moved the end since then
 * @ret:	end of the heap now: @brk, or the old end if the request failed
 * @duration:	duration of the call, including the wait for mmap_lock
 *
 * When: brk(2) returns. Events of the same task during the call belong to the
 * call: vma_merge and vma_link if the heap grows, vma_split and vma_unlink if
 * the heap shrinks.
 * Locks: none.
 */
TRACE_EVENT(brk,

	TP_PROTO(const struct brk_record *r),

	TP_ARGS(r),

	TP_STRUCT__entry(
		__field(u64, brk)
		__field(u64, old)
		__field(u64, ret)
		__field(u64, duration)
		__field(u32, mm)
	),

	TP_fast_assign(
		__entry->brk = r->brk;
		__entry->old = r->old;
		__entry->ret = r->ret;
		__entry->duration = r->duration;
		__entry->mm = r->mm;
	),

	TP_printk("mm=%#x brk=%#llx old=%#llx ret=%#llx duration=%llu",
		  __entry->mm, __entry->brk, __entry->old, __entry->ret,
		  __entry->duration)
);

/**
 * DOC: mremap - a process requested to resize or move a mapping
 * @mm:		address space
 * @addr:	address of the mapping
 * @old_len:	requested old size
 * @new_len:	requested new size
 * @flags:	MREMAP_*
 * @new_addr:	requested new address. Meaningful only if @flags has "fixed" or
 *		"dontunmap"
 * @ret:	address of the mapping now, or a negative errno
 * @duration:	duration of the call, including the wait for mmap_lock
 *
 * When: mremap(2) returns, whether it succeeded or failed. Events of the same
 * task during the call belong to the call. If the mapping moves, these events
 * are get_unmapped_area, vma_merge, vma_link and vma_unlink.
 * Locks: none.
 */
TRACE_EVENT(mremap,

	TP_PROTO(const struct mremap_record *r),

	TP_ARGS(r),

	TP_STRUCT__entry(
		__field(u64, addr)
		__field(u64, old_len)
		__field(u64, new_len)
		__field(u64, new_addr)
		__field(s64, ret)
		__field(u64, duration)
		__field(u32, mm)
		__field(u32, flags)
	),

	TP_fast_assign(
		__entry->addr = r->addr;
		__entry->old_len = r->old_len;
		__entry->new_len = r->new_len;
		__entry->new_addr = r->new_addr;
		__entry->ret = r->ret;
		__entry->duration = r->duration;
		__entry->mm = r->mm;
		__entry->flags = r->flags;
	),

	TP_printk("mm=%#x addr=%#llx old_len=%#llx new_len=%#llx flags=%s new_addr=%#llx ret=%#llx duration=%llu",
		  __entry->mm, __entry->addr, __entry->old_len,
		  __entry->new_len,
		  __print_flags(__entry->flags, "|", MMAPDEMO_MREMAP_NAMES),
		  __entry->new_addr, __entry->ret, __entry->duration)
);

/**
 * DOC: dup_mm - fork copied an address space
 * @mm:		address space that was copied
 * @child_mm:	id of the copy
 * @child_pid:	PID of the child, in the same PID namespace as common_pid
 * @map_count:	number of VMAs in the copy, which has all VMAs except those with
 *		MADV_DONTFORK
 * @pgtables:	size in bytes of the copy's page tables, without the top level.
 *		The size includes tables that are kept in reserve to split huge
 *		pages: see @huge
 * @duration:	duration of copy_process(), which also copies the rest of the
 *		task
 * @trigger:	why the kernel was running: MMAPDEMO_TRIGGERS
 * @nr:		number of the current system call
 * @huge:	number of huge pages of anonymous memory in the copy, each of
 *		which has a page table in reserve that maps nothing. -1:
 *		unknown, because another task held the copy's mmap_lock for
 *		writing, or because the copy has too many VMAs or page tables to
 *		count the huge pages in a probe
 *
 * When: copy_process() created a task with a new address space. There is no
 * event for a new thread or for vfork(2), because the child shares its parent's
 * address space. There is no event if copy_process() failed, but there may be a
 * pgd_alloc and an exit_mmap of the unfinished copy. The child does not run
 * yet, so it has not changed the copy.
 * Locks: none.
 */
TRACE_EVENT(dup_mm,

	TP_PROTO(const struct dup_record *r),

	TP_ARGS(r),

	TP_STRUCT__entry(
		__field(u64, pgtables)
		__field(u64, duration)
		__field(u32, mm)
		__field(u32, child_mm)
		__field(s32, child_pid)
		__field(u32, map_count)
		__field(u32, trigger)
		__field(s32, nr)
		__field(s32, huge)
	),

	TP_fast_assign(
		__entry->pgtables = r->pgtables;
		__entry->duration = r->duration;
		__entry->mm = r->mm;
		__entry->child_mm = r->child_mm;
		__entry->child_pid = r->child_pid;
		__entry->map_count = r->map_count;
		__entry->trigger = r->trigger.kind;
		__entry->nr = r->trigger.nr;
		__entry->huge = r->huge;
	),

	TP_printk("mm=%#x child_mm=%#x child_pid=%d map_count=%u pgtables=%llu duration=%llu trigger=%s nr=%d huge=%d",
		  __entry->mm, __entry->child_mm, __entry->child_pid,
		  __entry->map_count, __entry->pgtables, __entry->duration,
		  __print_symbolic(__entry->trigger, MMAPDEMO_TRIGGERS),
		  __entry->nr, __entry->huge)
);

/**
 * DOC: pgd_alloc - the page table of a new address space was allocated
 * @mm:		address space, which is not in use yet
 * @user:	number of populated top-level entries for user addresses. The
 *		number is 0, because the lower levels are filled later, by the
 *		first fault or by fork
 * @kernel:	number of populated top-level entries for kernel addresses
 * @shared:	how many entries of @kernel are equal to those in the task's current
 *		page table, so that both page tables share the tables below
 * @trigger:	why the kernel was running: MMAPDEMO_TRIGGERS
 * @nr:		number of the current system call, or -1
 *
 * When: pgd_alloc() succeeded. fork and exec call this function.
 * Locks: none.
 */
TRACE_EVENT(pgd_alloc,

	TP_PROTO(const struct pgd_record *r),

	TP_ARGS(r),

	TP_STRUCT__entry(
		__field(u32, mm)
		__field(u32, user)
		__field(u32, kernel)
		__field(u32, shared)
		__field(u32, trigger)
		__field(s32, nr)
	),

	TP_fast_assign(
		__entry->mm = r->mm;
		__entry->user = r->user;
		__entry->kernel = r->kernel;
		__entry->shared = r->shared;
		__entry->trigger = r->trigger.kind;
		__entry->nr = r->trigger.nr;
	),

	TP_printk("mm=%#x user=%u kernel=%u shared=%u trigger=%s nr=%d",
		  __entry->mm, __entry->user, __entry->kernel, __entry->shared,
		  __print_symbolic(__entry->trigger, MMAPDEMO_TRIGGERS),
		  __entry->nr)
);

/**
 * DOC: exit_mmap - an address space ended
 * @mm:		id of the address space. The id may be reused from now on
 * @map_count:	number of VMAs that the address space had
 * @pgtables:	size in bytes of the page tables that the address space had,
 *		without the top level
 * @duration:	duration of exit_mmap(), which unmaps everything
 * @trigger:	why the kernel was running (MMAPDEMO_TRIGGERS): for example
 *		"exit", or "exec", which replaces the address space
 * @nr:		number of the current system call, or -1
 *
 * When: exit_mmap() returns. The kernel calls exit_mmap() after the last task
 * has left the address space, and after the last other reference, such as that
 * of a reader of /proc/PID/maps, was dropped. There is also an event for an
 * address space that exec or fork created but could not finish.
 * Locks: none.
 */
TRACE_EVENT(exit_mmap,

	TP_PROTO(const struct exit_record *r),

	TP_ARGS(r),

	TP_STRUCT__entry(
		__field(u64, pgtables)
		__field(u64, duration)
		__field(u32, mm)
		__field(u32, map_count)
		__field(u32, trigger)
		__field(s32, nr)
	),

	TP_fast_assign(
		__entry->pgtables = r->pgtables;
		__entry->duration = r->duration;
		__entry->mm = r->mm;
		__entry->map_count = r->map_count;
		__entry->trigger = r->trigger.kind;
		__entry->nr = r->trigger.nr;
	),

	TP_printk("mm=%#x map_count=%u pgtables=%llu duration=%llu trigger=%s nr=%d",
		  __entry->mm, __entry->map_count, __entry->pgtables,
		  __entry->duration,
		  __print_symbolic(__entry->trigger, MMAPDEMO_TRIGGERS),
		  __entry->nr)
);

/**
 * DOC: fault_time - where the time of a slow page fault went
 * @mm:		address space of the fault
 * @address:	the touched address
 * @class:	class of the fault: MMAPDEMO_FAULT_CLASSES
 * @duration:	duration of the fault, as in pte_fault
 * @lock_before: wait for mmap_lock before the fault, which is not a part of
 *		@duration, in ns
 * @work:	time in ns in which the task ran: page tables, allocation, clearing
 *		and copying of pages, and interrupts
 * @reclaim:	time in ns in which the task ran in direct reclaim
 * @compaction:	time in ns in which the task ran in direct compaction
 * @reclaim_sleep: time in ns in which the task slept in direct reclaim
 * @io:		time in ns in which the task waited for I/O, or for a page that
 *		another task reads
 * @sleep:	time in ns in which the task slept for another reason
 * @lock:	wait for mmap_lock between two attempts, in ns
 * @cpu:	time in ns in which the task could run, and waited for a processor. Without
 *		CONFIG_SCHED_INFO, only the time after a preemption; the time after a sleep
 *		belongs to the sleep
 * @read_bytes:	bytes that the task asked disks for during the fault
 * @cache_pages: pages that the task added to the page cache during the fault
 * @reclaimed:	pages that the task reclaimed during the fault
 * @switches:	how often the task was switched out during the fault
 * @holder:	TID of the task that held mmap_lock for writing when the longest wait
 *		for mmap_lock began. 0: no task held the lock for writing, or the
 *		holder is not known
 * @holder_nr:	number of the system call in which @holder was, or -1
 * @where:	names of the kernel functions in which the task slept longest, the
 *		innermost first, separated by "<"; "" if the task did not sleep
 * @ip:		address of the instruction, as in pte_fault
 *
 * When: just before the pte_fault of the same fault, if the task slept, waited for
 * a processor, reclaimed or compacted memory during the fault, or waited for
 * mmap_lock before the fault. @work, @reclaim, @compaction, @reclaim_sleep, @io,
 * @sleep, @lock and @cpu sum to @duration. The time between two attempts of a fault
 * that was retried belongs to the fault. A part that the kernel does not show is
 * -1, and its time is in @work or @sleep. If the module had no room for the data of
 * the fault, all parts are -1. There is no event if @duration is not known.
 * @lock_before is known only for page faults: get_user_pages() has no
 * @lock_before. A fault that occurs during another fault belongs to that other fault.
 * Locks: as for pte_fault.
 */
TRACE_EVENT(fault_time,

	TP_PROTO(const struct fault_record *r, const struct time_record *t),

	TP_ARGS(r, t),

	TP_STRUCT__entry(
		__field(u64, address)
		__field(u64, duration)
		__field(s64, lock_before)
		__field(s64, work)
		__field(s64, reclaim)
		__field(s64, compaction)
		__field(s64, reclaim_sleep)
		__field(s64, io)
		__field(s64, sleep)
		__field(s64, lock)
		__field(s64, cpu)
		__field(u64, read_bytes)
		__field(u64, cache_pages)
		__field(u64, reclaimed)
		__field(u64, ip)
		__field(u32, mm)
		__field(u32, class)
		__field(u32, switches)
		__field(s32, holder)
		__field(s32, holder_nr)
		__array(char, where, MMAPDEMO_NAME_MAX)
	),

	TP_fast_assign(
		__entry->address = r->address;
		__entry->duration = r->duration;
		__entry->lock_before = t->lock_before;
		__entry->work = t->part[MMAPDEMO_PART_WORK];
		__entry->reclaim = t->part[MMAPDEMO_PART_RECLAIM];
		__entry->compaction = t->part[MMAPDEMO_PART_COMPACTION];
		__entry->reclaim_sleep = t->part[MMAPDEMO_PART_RECLAIM_SLEEP];
		__entry->io = t->part[MMAPDEMO_PART_IO];
		__entry->sleep = t->part[MMAPDEMO_PART_SLEEP];
		__entry->lock = t->part[MMAPDEMO_PART_LOCK];
		__entry->cpu = t->part[MMAPDEMO_PART_CPU];
		__entry->read_bytes = t->read_bytes;
		__entry->cache_pages = t->cache_pages;
		__entry->reclaimed = t->reclaimed;
		__entry->ip = r->ip;
		__entry->mm = r->mm;
		__entry->class = r->class;
		__entry->switches = t->switches;
		__entry->holder = t->holder.pid;
		__entry->holder_nr = t->holder.nr;
		memcpy(__entry->where, t->where, MMAPDEMO_NAME_MAX);
	),

	TP_printk("mm=%#x address=%#llx class=%s duration=%llu lock_before=%lld work=%lld reclaim=%lld compaction=%lld reclaim_sleep=%lld io=%lld sleep=%lld lock=%lld cpu=%lld read_bytes=%llu cache_pages=%llu reclaimed=%llu switches=%u holder=%d holder_nr=%d where=%s ip=%#llx",
		  __entry->mm, __entry->address,
		  __print_symbolic(__entry->class, MMAPDEMO_FAULT_CLASSES),
		  __entry->duration, __entry->lock_before, __entry->work,
		  __entry->reclaim, __entry->compaction, __entry->reclaim_sleep,
		  __entry->io, __entry->sleep, __entry->lock, __entry->cpu,
		  __entry->read_bytes, __entry->cache_pages, __entry->reclaimed,
		  __entry->switches, __entry->holder, __entry->holder_nr,
		  __entry->where, __entry->ip)
);

/**
 * DOC: mmap_lock_wait - a task waited for the mmap_lock of its own address space
 * @mm:		address space
 * @duration:	duration of the wait
 * @write:	1: the task wanted the lock for writing; 0: for reading
 * @fault:	1: the task was in a page fault, before the fault is handled or between
 *		two attempts
 * @holder:	TID of the task that held the lock for writing when the wait began. 0:
 *		no task held the lock for writing, or the holder is not known
 * @holder_nr:	number of the system call in which @holder was, or -1
 * @trigger:	why the kernel was running: MMAPDEMO_TRIGGERS
 * @nr:		number of the current system call, or -1
 *
 * When: the wait ends. There is no event if the task got the lock at once. On 5.10,
 * the wait includes the time in which the task spins; on newer kernels, the wait of a
 * writer begins after the task has spun.
 * Locks: mmap_lock is held as the task wanted, unless a signal ended the wait.
 */
TRACE_EVENT(mmap_lock_wait,

	TP_PROTO(const struct lock_record *r),

	TP_ARGS(r),

	TP_STRUCT__entry(
		__field(u64, duration)
		__field(u32, mm)
		__field(u32, write)
		__field(u32, fault)
		__field(s32, holder)
		__field(s32, holder_nr)
		__field(u32, trigger)
		__field(s32, nr)
	),

	TP_fast_assign(
		__entry->duration = r->duration;
		__entry->mm = r->mm;
		__entry->write = r->write;
		__entry->fault = r->fault;
		__entry->holder = r->holder.pid;
		__entry->holder_nr = r->holder.nr;
		__entry->trigger = r->trigger.kind;
		__entry->nr = r->trigger.nr;
	),

	TP_printk("mm=%#x duration=%llu write=%u fault=%u holder=%d holder_nr=%d trigger=%s nr=%d",
		  __entry->mm, __entry->duration, __entry->write, __entry->fault,
		  __entry->holder, __entry->holder_nr,
		  __print_symbolic(__entry->trigger, MMAPDEMO_TRIGGERS),
		  __entry->nr)
);

/**
 * DOC: pte_faults - several page faults of a task were handled
 * @count:	number of faults, from 1 to 31
 * @vmas:	number of different VMAs of the faults
 * @time:	CLOCK_MONOTONIC at the end of the first fault, in ns
 * @vma:	the VMAs, as struct mmapdemo_batch_vma of uapi/mmapdemo.h
 * @fault:	the faults, as struct mmapdemo_batch_fault. The faults are in the order
 *		of their ends, and have all fields of pte_fault
 *
 * When: the batch of this CPU is full (31 faults of one VMA, or fewer of several VMAs), the
 * CPU switches tasks, a tick occurs or, without ticks, 10 ms have passed since the first
 * fault, or a user of this event comes or goes. The faults are those for which there would be a
 * pte_fault event. All of them are faults of the task in the event's header, on this CPU.
 * A fault can be older than other events that precede this event in the ring buffer. With
 * the trace clock "mono", @time and the delay of the fault show the order.
 * Locks: none, or those of the last fault, as for pte_fault.
 */
TRACE_EVENT(pte_faults,

	TP_PROTO(const struct batch_record *b),

	TP_ARGS(b),

	TP_STRUCT__entry(
		__field(u64, time)
		__field(u32, count)
		__field(u32, vmas)
		__dynamic_array(u64, vma,
				b->vmas * sizeof(b->vma[0]) / sizeof(u64))
		__dynamic_array(u64, fault,
				b->count * sizeof(b->fault[0]) / sizeof(u64))
	),

	TP_fast_assign(
		__entry->time = b->time;
		__entry->count = b->count;
		__entry->vmas = b->vmas;
		memcpy(__get_dynamic_array(vma), b->vma,
		       b->vmas * sizeof(b->vma[0]));
		memcpy(__get_dynamic_array(fault), b->fault,
		       b->count * sizeof(b->fault[0]));
	),

	TP_printk("count=%u vmas=%u time=%llu", __entry->count, __entry->vmas,
		  __entry->time)
);

/**
 * DOC: fault_signal - a page fault ends in a signal
 * @mm:		address space of the fault
 * @address:	the touched address
 * @ip:		address of the instruction, as in pte_fault
 * @access:	kind of access: MMAPDEMO_ACCESSES
 * @present:	1: the entry of the page table was present, or the address is not a user
 *		address, for which the processor's answer is not shown. For a pointer
 *		that user space passed to a vsyscall: 0
 * @sig:	SIGSEGV or SIGBUS
 * @code:	si_code of the signal: SEGV_MAPERR if no VMA contains the address,
 *		SEGV_ACCERR if the VMA does not permit the access, and others
 *
 * When: force_sig_fault() or force_sig_pkuerr() begins, before the signal is sent. If
 * the kernel found a VMA that permits the access, and handle_mm_fault() failed, then the
 * pte_fault of the fault precedes. There is no event for a signal that has another cause,
 * such as a processor exception other than a page fault, or for memory that the hardware
 * reports as faulty, whose pte_fault has the class "hwpoison".
 * Locks: none.
 */
TRACE_EVENT(fault_signal,

	TP_PROTO(const struct signal_record *r),

	TP_ARGS(r),

	TP_STRUCT__entry(
		__field(u64, address)
		__field(u64, ip)
		__field(u32, mm)
		__field(u32, access)
		__field(u32, present)
		__field(s32, sig)
		__field(s32, code)
	),

	TP_fast_assign(
		__entry->address = r->address;
		__entry->ip = r->ip;
		__entry->mm = r->mm;
		__entry->access = r->access;
		__entry->present = r->present;
		__entry->sig = r->sig;
		__entry->code = r->code;
	),

	TP_printk("mm=%#x address=%#llx access=%s present=%u sig=%d code=%d ip=%#llx",
		  __entry->mm, __entry->address,
		  __print_symbolic(__entry->access, MMAPDEMO_ACCESSES),
		  __entry->present, __entry->sig, __entry->code, __entry->ip)
);

#endif /* _MMAPDEMO_EVENTS_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH trace
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE events
#include <trace/define_trace.h>
