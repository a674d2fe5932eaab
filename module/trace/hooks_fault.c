// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page faults, from the touch of an address until the page is mapped.
 *
 * handle_mm_fault() is called once for each attempt to handle a fault, and is
 * the only function on the path that is never inlined. The hooks walk the page
 * table when the function is entered and when it returns. The difference
 * between the two walks shows what the function did.
 */
#include "common.h"
#include "clock.h"
#include "compat/fault.h"
#include "compat/finish.h"
#include "mmapdemo.h"
#include "probe/direct.h"
#include "probe/pending.h"
#include "trace/batch.h"
#include "trace/class.h"
#include "trace/dmesg.h"
#include "trace/events.h"
#include "trace/hooks.h"
#include "trace/huge_fault.h"
#include "trace/kernel/symbols.h"
#include "trace/observe.h"
#include "trace/retry.h"
#include "trace/stats.h"
#include "trace/wait.h"
#include "walk/walk.h"

#include <linux/hugetlb_inline.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/userfaultfd_k.h>

/* VM_FAULT_* as a plain number, as used in records and in the return value of a hook. */
#define RET(name) ((__force u32)VM_FAULT_##name)

/* Bits of fault_frame.recorded */
#define RECORDED	1	/* an event or the kernel log reports the fault */
#define JUDGED		2	/* a counter needs the member @huge of the record */

/* Data of one attempt to handle a fault, from entry to return. */
struct fault_frame {
	struct mm_struct *mm;
	struct vm_area_struct *vma;	/* valid while the lock is held, if @recorded */
	pmd_t *pmd;	/* result of mmapdemo_walk_locked(), or NULL */
	struct huge_mark huge;	/* valid if @recorded and not @pmd */
	struct moment start;
	u32 kind;
	u32 flags;
	u32 counted;	/* result of mmapdemo_stats_wanted() */
	u32 generation;	/* result of mmapdemo_stats_generation() */
	u8 recorded;	/* 0: @record serves only for counting by class */
	bool timed;	/* result of mmapdemo_wait_begin() */
	struct fault_record record;
};

static __always_inline u32 fault_kind(struct vm_area_struct *vma,
				      unsigned int flags)
{
	u32 kind = vma_is_anonymous(vma) ? MMAPDEMO_KIND_ANON : 0;

	if (likely((vma->vm_flags & (VM_SHARED | VM_HUGETLB | VM_READ)) ==
			   VM_READ &&
		   !userfaultfd_armed(vma) && !(flags & FAULT_FLAG_UNSHARE)))
		return kind;
	return kind |
	       (vma->vm_flags & VM_SHARED ? MMAPDEMO_KIND_SHARED : 0) |
	       (is_vm_hugetlb_page(vma) ? MMAPDEMO_KIND_HUGETLB : 0) |
	       (userfaultfd_armed(vma) ? MMAPDEMO_KIND_UFFD : 0) |
	       (userfaultfd_rwp(vma) ? MMAPDEMO_KIND_RWP : 0) |
	       (flags & FAULT_FLAG_UNSHARE ? MMAPDEMO_KIND_UNSHARE : 0) |
	       (vma_is_accessible(vma) ? 0 : MMAPDEMO_KIND_NO_ACCESS);
}

static __always_inline u32 fault_access(unsigned int flags)
{
	if (flags & FAULT_FLAG_WRITE)
		return MMAPDEMO_ACCESS_WRITE;
	return flags & FAULT_FLAG_INSTRUCTION ? MMAPDEMO_ACCESS_EXEC :
						MMAPDEMO_ACCESS_READ;
}

static __always_inline u32 fault_from(unsigned int flags, struct pt_regs *regs)
{
	if (regs)
		return user_mode(regs) ? MMAPDEMO_FROM_USER :
					 MMAPDEMO_FROM_KERNEL;
	return flags & FAULT_FLAG_REMOTE ? MMAPDEMO_FROM_REMOTE :
					   MMAPDEMO_FROM_GUP;
}

/*
 * Walk the page table. In a hugetlbfs VMA, page tables may be shared, and other
 * tasks may free the page tables. So the walk of such a VMA must not rely on
 * mmap_lock or the per-VMA lock.
 */
static __always_inline void fault_find(struct fault_frame *frame)
{
	struct fault_record *r = &frame->record;

	if (likely(!(frame->kind & MMAPDEMO_KIND_HUGETLB))) {
		frame->pmd = mmapdemo_walk_locked(frame->mm, r->address,
						  &r->before);
	} else {
		frame->pmd = NULL;
		mmapdemo_walk(frame->mm, r->address, &r->before);
	}
}

/*
 * If this attempt is a retry, restore the data of the earlier attempts. If the
 * first attempt was not observed, the start time of the fault is unknown. Return true if
 * an earlier attempt was observed.
 */
static bool fault_resume(struct fault_frame *frame)
{
	struct fault_record *r = &frame->record;
	struct retry retry;

	if (!mmapdemo_retry_take(frame->mm, r->address, &retry)) {
		if (frame->flags & FAULT_FLAG_TRIED)
			moment_forget(&frame->start);
		return false;
	}
	if (!(retry.before.levels & MMAPDEMO_LEVEL_PMD))
		frame->pmd = NULL;
	r->changed = r->before.entry ^ retry.before.entry;
	r->before = retry.before;
	r->retries = min_t(u32, retry.count, U16_MAX);
	r->ret = retry.ret & RET(MAJOR);
	frame->start = retry.start;
	frame->huge.past = retry.huge;
	frame->generation = retry.generation;
	return true;
}

/* Fill in the members that describe the VMA. */
static __always_inline void fault_describe_vma(struct fault_frame *frame,
					       struct vm_area_struct *vma)
{
	struct fault_record *r = &frame->record;

	frame->vma = vma;
	r->vma = (struct span){ .start = vma->vm_start, .end = vma->vm_end };
	r->vma_flags = vma->vm_flags;
	r->vma_pgoff = vma->vm_pgoff;
}

/* Return true if the fault has a struct huge_mark. */
static bool fault_may_be_huge(const struct fault_frame *frame)
{
	return !frame->pmd && frame->recorded &&
	       !(frame->kind & MMAPDEMO_KIND_HUGETLB);
}

/*
 * The first attempt found no table of the last level, so the fault may map a huge page.
 * If @table is set, this attempt found a table, but not the page, which the first attempt
 * may have mapped. If @again is set, this is a retry.
 */
static void fault_begin_huge(struct fault_frame *frame, struct vm_area_struct *vma,
			     bool table, bool again)
{
	if (!frame->recorded && mmapdemo_stats_judges(frame->counted)) {
		frame->recorded = JUDGED;
		fault_describe_vma(frame, vma);
	}
	if (!fault_may_be_huge(frame))
		return;
	frame->huge.table = table;
	mmapdemo_huge_begin(&frame->huge, vma, frame->record.address, again);
}

/* Begin an attempt that may be a retry, or found no table of the last level. */
static noinline void fault_begin_slowly(struct fault_frame *frame,
					struct vm_area_struct *vma)
{
	const bool table = frame->pmd;
	const bool again = fault_resume(frame);

	if (!frame->pmd)
		fault_begin_huge(frame, vma, table && !frame->record.changed, again);
}

/*
 * Begin an attempt. record.before is from the first attempt, and record.changed
 * is from the last attempt.
 */
static __always_inline void fault_begin(struct fault_frame *frame,
					struct vm_area_struct *vma)
{
	struct fault_record *r = &frame->record;

	fault_find(frame);
	r->changed = 0;
	r->retries = 0;
	r->ret = 0;
	frame->start = mmapdemo_clock();
	if (mmapdemo_pending_any() ||
	    unlikely(frame->flags & FAULT_FLAG_TRIED || !frame->pmd))
		fault_begin_slowly(frame, vma);
	frame->timed = mmapdemo_wait_begin(r->address, &frame->start,
					   r->retries);
}

/*
 * Return true if the fault may fill entries around the address. A load of a file
 * page also maps neighbouring pages that are in the page cache
 * [do_fault_around()]. A driver may insert several page frames at once. A store to
 * a shared mapping of a file may map a whole folio.
 */
static bool fault_fills_around(const struct fault_frame *frame,
			       const struct vm_area_struct *vma)
{
	if (frame->kind & (MMAPDEMO_KIND_ANON | MMAPDEMO_KIND_HUGETLB))
		return false;
	if (frame->record.access != MMAPDEMO_ACCESS_WRITE ||
	    vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP))
		return true;
	return frame->kind & MMAPDEMO_KIND_SHARED && vma->vm_file &&
	       store_maps_folio(vma->vm_file->f_mapping);
}

/* Set the window to the entries that do_fault_around() may fill by default. */
static void fault_window(struct walk *walk, const struct vm_area_struct *vma,
			 unsigned long addr)
{
	const unsigned long size = WALK_WINDOW * PAGE_SIZE;
	unsigned long start = max(addr & -size, vma->vm_start);
	unsigned long end = min(start + size, pmd_addr_end(addr, vma->vm_end));

	walk->below = (addr - start) >> PAGE_SHIFT;
	walk->window = (end - start) >> PAGE_SHIFT;
}

/* Fill in the members that only an event or the kernel log needs. */
static __always_inline void fault_describe(struct fault_frame *frame,
					   struct vm_area_struct *vma,
					   struct pt_regs *regs)
{
	struct fault_record *r = &frame->record;

	fault_describe_vma(frame, vma);
	r->mm = mmapdemo_observe_mm(frame->mm);
	r->from = fault_from(frame->flags, regs);
	r->vma_lock = frame->flags & FAULT_FLAG_VMA_LOCK;
	if (r->from == MMAPDEMO_FROM_USER) {
		r->ip = instruction_pointer(regs);
		r->trigger.kind = MMAPDEMO_TRIGGER_EXCEPTION;
		r->trigger.nr = -1;
	} else {
		r->ip = mmapdemo_observe_ip();
		r->trigger = mmapdemo_observe_trigger();
	}
	if (mmapdemo_dmesg_wants())
		mmapdemo_observe_file(&r->file, vma->vm_file);
	else
		mmapdemo_observe_inode(&r->file, vma->vm_file);
	if (fault_fills_around(frame, vma))
		fault_window(&r->before, vma, r->address & PAGE_MASK);
}

static __always_inline bool fault_enter(void *data, const unsigned long *args)
{
	struct vm_area_struct *vma = (struct vm_area_struct *)args[0];
	struct fault_frame *frame = data;
	struct fault_record *r = &frame->record;
	unsigned int flags = args[2];

	frame->generation = mmapdemo_stats_generation();
	frame->counted = mmapdemo_stats_wanted();
	frame->recorded = trace_pte_fault_enabled() || mmapdemo_batch_wanted() ||
			  mmapdemo_dmesg_wants() || trace_fault_time_enabled() ?
				  RECORDED : 0;
	if (!frame->recorded && !frame->counted)
		return false;
	frame->mm = vma->vm_mm;
	frame->kind = fault_kind(vma, flags);
	frame->flags = flags;
	r->address = args[1];
	r->access = fault_access(flags);
	r->before.window = 0;
	if (frame->recorded)
		fault_describe(frame, vma, (struct pt_regs *)args[3]);
	fault_begin(frame, vma);
	return true;
}

/*
 * Report where the time of a slow fault went. Take the end of the fault again, so that
 * readers of pte_faults sort the fault after fault_time.
 */
static noinline void fault_report_time(struct fault_frame *frame)
{
	struct fault_record *r = &frame->record;
	struct time_record time;

	if (!mmapdemo_wait_end(r->duration, &time))
		return;
	if (frame->counted)
		mmapdemo_stats_time(frame->counted, frame->generation, r->class,
				    &time);
	if (!(frame->recorded & RECORDED))
		return;
	trace_fault_time(r, &time);
	r->ended = mmapdemo_clock().ticks;
	if (mmapdemo_dmesg_wants())
		mmapdemo_dmesg_time(&time);
}

/* Drop the data of a slow fault that no event needs. */
static noinline void fault_drop_time(void)
{
	struct time_record time;

	mmapdemo_wait_end(0, &time);
}

/*
 * Store the data of an unfinished fault: handle_mm_fault() released the lock,
 * and its caller will retry the fault.
 */
static noinline void fault_retry(struct fault_frame *frame, u32 ret)
{
	const struct fault_record *r = &frame->record;
	struct retry retry = {
		.mm = frame->mm,
		.address = r->address,
		.start = frame->start,
		.generation = frame->generation,
		.before = r->before,
		.ret = r->ret | ret,
		.count = r->retries + 1,
	};

	if (fault_may_be_huge(frame))
		retry.huge = mmapdemo_huge_retry(&frame->huge);
	/*
	 * With FAULT_FLAG_RETRY_NOWAIT, the caller retries the fault much
	 * later, or never.
	 */
	if (!(frame->flags & FAULT_FLAG_RETRY_NOWAIT)) {
		mmapdemo_retry_keep(&retry);
		if (frame->timed)
			mmapdemo_wait_retry(r->address);
	} else if (frame->timed && mmapdemo_wait_ends()) {
		fault_drop_time();
	}
}

/*
 * Return true if the page table can be walked after an attempt.
 * VM_FAULT_COMPLETED means that the lock was released, for example after a
 * store to a shared mapping of a file, to wait for writeback without the lock
 * [fault_dirty_shared_page()]. The current task's own page table can still be
 * walked without a lock, with interrupts disabled, as gup_fast does. Another
 * task's page table can't be walked without the lock.
 */
static bool after_visible(const struct fault_frame *frame, u32 ret)
{
	return !(ret & RET(COMPLETED)) || frame->mm == current->mm;
}

/* Return the number of entries that the fault filled around the address. */
static __always_inline u32 fault_filled(const struct fault_record *r)
{
	switch (r->class) {
	case MMAPDEMO_FAULT_READ:
	case MMAPDEMO_FAULT_COW:
	case MMAPDEMO_FAULT_SHARED:
		if (!r->before.window)
			return !!(r->after.levels & ~r->before.levels &
				  MMAPDEMO_LEVEL_PTE);
		return r->after.around - min(r->before.around, r->after.around);
	default:
		return 0;
	}
}

/* Prepare the walk after the last attempt. */
static __always_inline void fault_look(struct fault_record *r)
{
	r->after.below = r->before.below;
	r->after.window = r->before.window;
	r->after_seen = true;
	r->huge = MMAPDEMO_HUGE_NONE;
	r->folio = 0;
}

/* Walk the page table from the top, because the lock may be released. */
static __always_inline void fault_look_anew(struct fault_frame *frame, u32 ret)
{
	struct fault_record *r = &frame->record;

	if (after_visible(frame, ret)) {
		mmapdemo_walk(frame->mm, r->address, &r->after);
	} else {
		r->after = (struct walk) { };
		r->after_seen = false;
	}
}

/*
 * Return FAULT_RET_*, which says whether the page is past the end of the file.
 * VM_FAULT_SIGBUS alone does not show where the file ends. Return 0 for files
 * other than regular files and block devices. The lock is still held, because
 * handle_mm_fault() releases the lock only if it succeeds or returns
 * VM_FAULT_RETRY.
 */
static noinline u32 fault_end(const struct fault_frame *frame)
{
	const struct fault_record *r = &frame->record;
	const struct inode *inode;
	loff_t at;

	if (!frame->vma->vm_file)
		return 0;
	inode = frame->vma->vm_file->f_mapping->host;
	if (!S_ISREG(inode->i_mode) && !S_ISBLK(inode->i_mode))
		return 0;
	at = ((loff_t)r->vma_pgoff << PAGE_SHIFT) +
	     ((r->address & PAGE_MASK) - r->vma.start);
	return at < i_size_read(inode) ? FAULT_RET_WITHIN_FILE :
					 FAULT_RET_AFTER_END;
}

/*
 * Complete the record, and emit the events. If @huge is not set, the members @huge and
 * @folio of the record are 0.
 */
static __always_inline void fault_report(struct fault_frame *frame, bool huge)
{
	struct fault_record *r = &frame->record;

	r->filled = fault_filled(r);
	if (unlikely(r->ret & RET(SIGBUS)))
		r->ret |= fault_end(frame);
	trace_pte_fault(r);
	if (mmapdemo_batch_wanted()) {
		if (huge)
			mmapdemo_batch_add_huge(r);
		else
			mmapdemo_batch_add(r);
	}
	if (mmapdemo_dmesg_wants())
		mmapdemo_dmesg_fault(r);
}

/* Finish a fault after the second walk. */
static __always_inline void fault_conclude(struct fault_frame *frame, bool slow,
					   bool huge)
{
	struct fault_record *r = &frame->record;

	r->class = mmapdemo_class(r, frame->kind);
	if (frame->counted)
		mmapdemo_stats_fault(frame->counted, frame->generation,
				     r->class, r->duration);
	if (unlikely(slow))
		fault_report_time(frame);
	if (frame->recorded & RECORDED)
		fault_report(frame, huge);
}

/* As fault_finish(), if there was no table of the last level, or for hugetlbfs. */
static noinline void fault_finish_huge(struct fault_frame *frame, u32 ret,
				       bool slow)
{
	struct fault_record *r = &frame->record;

	fault_look(r);
	fault_look_anew(frame, ret);
	if (fault_may_be_huge(frame) && !(r->ret & RET_ERRORS))
		mmapdemo_huge_end(r, &frame->huge, frame->mm);
	if (frame->counted && r->huge)
		mmapdemo_stats_huge(frame->counted, frame->generation, r->huge);
	fault_conclude(frame, slow, true);
}

/*
 * Finish a fault that needs an event, or whose class is known only after
 * another walk of the page table.
 */
static noinline void fault_finish(struct fault_frame *frame, u32 ret, bool slow)
{
	struct fault_record *r = &frame->record;

	if (unlikely(!frame->pmd)) {
		fault_finish_huge(frame, ret, slow);
		return;
	}
	fault_look(r);
	if (likely(!(ret & RET(COMPLETED))))
		mmapdemo_walk_on(frame->pmd, r->address, &r->after);
	else
		fault_look_anew(frame, ret);
	fault_conclude(frame, slow, false);
}

/* Count a fault that needs no event, and whose class is known. */
static __always_inline void fault_count(struct fault_frame *frame, bool slow)
{
	const struct fault_record *r = &frame->record;

	mmapdemo_stats_fault(frame->counted, frame->generation, r->class,
			     r->duration);
	if (unlikely(slow))
		fault_report_time(frame);
}

static __always_inline void fault_leave(void *data, unsigned long ret)
{
	struct fault_frame *frame = data;
	struct fault_record *r = &frame->record;
	bool slow;

	if (unlikely(ret & RET(RETRY))) {
		fault_retry(frame, ret);
		return;
	}
	r->duration = mmapdemo_clock_ns(&frame->start, &r->ended);
	r->ret |= ret;
	slow = mmapdemo_wait_wanted() && frame->timed && mmapdemo_wait_ends();
	r->class = frame->recorded ? MMAPDEMO_FAULT_UNKNOWN :
				 mmapdemo_class_early(r, frame->kind);
	if (r->class == MMAPDEMO_FAULT_UNKNOWN)
		fault_finish(frame, ret, slow);
	else
		fault_count(frame, slow);
}

struct probe mmapdemo_probe_fault = {
	.symbols = FAULT_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_PTE_FAULT) |
		  BIT(MMAPDEMO_EVENT_PTE_FAULTS) |
		  BIT(MMAPDEMO_EVENT_FAULT_TIME) |
		  BIT(MMAPDEMO_EVENT_MMAP_LOCK_WAIT),
	.hot = true,
	.keeps = BIT(MMAPDEMO_PENDING_FAULT),
	.frame_size = sizeof(struct fault_frame),
	.enter = fault_enter,
	.leave = fault_leave,
};

#ifdef MMAPDEMO_HAVE_DIRECT
MMAPDEMO_DIRECT_HOT(fault, fault_enter, fault_leave);
#endif
