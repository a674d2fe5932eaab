// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the first touch to the page.
 *
 * handle_mm_fault() is entered once for every attempt to handle a fault, and is
 * the only function on the way that no compiler inlines. The page table is
 * walked when it is entered and when it returns; the difference tells what the
 * functions below did.
 */
#include "class.h"
#include "common.h"
#include "compat/fault.h"
#include "compat/symbols.h"
#include "dmesg.h"
#include "events.h"
#include "hooks.h"
#include "mmapdemo.h"
#include "observe.h"
#include "retry.h"
#include "stats.h"
#include "walk.h"

#include <linux/hugetlb_inline.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/timekeeping.h>
#include <linux/userfaultfd_k.h>

/* VM_FAULT_* as a plain number, which is what records and registers hold. */
#define RET(name) ((__force u32)VM_FAULT_##name)

/* From one attempt's entry to its return. */
struct fault_frame {
	struct mm_struct *mm;
	u64 start;
	u32 kind;
	u32 flags;
	bool told;	/* record is complete; else it is enough to count by */
	struct fault_record record;
};

static u32 fault_kind(struct vm_area_struct *vma, unsigned int flags)
{
	return (vma_is_anonymous(vma) ? MMAPDEMO_KIND_ANON : 0) |
	       (vma->vm_flags & VM_SHARED ? MMAPDEMO_KIND_SHARED : 0) |
	       (is_vm_hugetlb_page(vma) ? MMAPDEMO_KIND_HUGETLB : 0) |
	       (userfaultfd_armed(vma) ? MMAPDEMO_KIND_UFFD : 0) |
	       (flags & FAULT_FLAG_UNSHARE ? MMAPDEMO_KIND_UNSHARE : 0);
}

static u32 fault_access(unsigned int flags)
{
	if (flags & FAULT_FLAG_WRITE)
		return MMAPDEMO_ACCESS_WRITE;
	return flags & FAULT_FLAG_INSTRUCTION ? MMAPDEMO_ACCESS_EXEC :
						MMAPDEMO_ACCESS_READ;
}

static u32 fault_from(unsigned int flags, struct pt_regs *regs)
{
	if (regs)
		return user_mode(regs) ? MMAPDEMO_FROM_USER :
					 MMAPDEMO_FROM_KERNEL;
	return flags & FAULT_FLAG_REMOTE ? MMAPDEMO_FROM_REMOTE :
					   MMAPDEMO_FROM_GUP;
}

/*
 * A page of a file comes with its neighbours that are in the page cache: those
 * are looked at that do_fault_around() maps unless it was told otherwise.
 */
static void fault_window(struct fault_frame *frame, struct vm_area_struct *vma)
{
	struct walk *walk = &frame->record.before;
	unsigned long addr = frame->record.address & PAGE_MASK;
	unsigned long start = max(addr & -SZ_64K, vma->vm_start);
	unsigned long end = min(start + SZ_64K, pmd_addr_end(addr, vma->vm_end));

	walk->below = 0;
	walk->above = 0;
	if (!frame->told ||
	    frame->kind & (MMAPDEMO_KIND_ANON | MMAPDEMO_KIND_HUGETLB))
		return;
	walk->below = (addr - start) >> PAGE_SHIFT;
	walk->above = ((end - addr) >> PAGE_SHIFT) - 1;
}

/* The first attempt says what the fault began with, the last what it found. */
static void fault_begin(struct fault_frame *frame)
{
	struct fault_record *r = &frame->record;
	struct retry retry;

	mmapdemo_walk(frame->mm, r->address, &r->before);
	r->found = r->before.entry;
	frame->start = ktime_get_mono_fast_ns();
	if (!mmapdemo_retry_take(frame->mm, r->address, &retry))
		return;
	r->before = retry.before;
	r->retries = retry.count;
	r->ret = retry.ret & RET(MAJOR);
	frame->start = retry.start;
}

/* What is only of interest to who reads of each fault. */
static void fault_describe(struct fault_record *r, struct vm_area_struct *vma,
			   unsigned int flags, struct pt_regs *regs)
{
	r->mm = mmapdemo_observe_mm(vma->vm_mm);
	r->from = fault_from(flags, regs);
	r->vma_lock = flags & FAULT_FLAG_VMA_LOCK;
	r->trigger = mmapdemo_observe_trigger();
	r->vma = (struct span){ .start = vma->vm_start, .end = vma->vm_end };
	r->vma_flags = vma->vm_flags;
	r->vma_pgoff = vma->vm_pgoff;
	r->ip = r->from == MMAPDEMO_FROM_USER ? instruction_pointer(regs) :
						mmapdemo_observe_ip();
	if (mmapdemo_dmesg_wants())
		mmapdemo_observe_file(&r->file, vma->vm_file);
	else
		mmapdemo_observe_inode(&r->file, vma->vm_file);
}

static bool fault_enter(void *data, const unsigned long *args)
{
	struct vm_area_struct *vma = (struct vm_area_struct *)args[0];
	struct fault_frame *frame = data;
	struct fault_record *r = &frame->record;
	unsigned int flags = args[2];

	frame->told = trace_pte_fault_enabled() || mmapdemo_dmesg_wants();
	if (!frame->told && !mmapdemo_stats_wants())
		return false;
	frame->mm = vma->vm_mm;
	frame->kind = fault_kind(vma, flags);
	frame->flags = flags;
	r->address = args[1];
	r->access = fault_access(flags);
	r->retries = 0;
	r->ret = 0;
	if (frame->told)
		fault_describe(r, vma, flags, (struct pt_regs *)args[3]);
	fault_window(frame, vma);
	fault_begin(frame);
	return true;
}

/* The fault is not over: the lock is gone, the caller will try again. */
static void fault_retry(const struct fault_frame *frame, u32 ret)
{
	const struct fault_record *r = &frame->record;
	struct retry retry = {
		.mm = frame->mm,
		.address = r->address,
		.start = frame->start,
		.before = r->before,
		.ret = r->ret | ret,
		.count = r->retries + 1,
	};

	/* Who can't wait will not be back, or much later. */
	if (!(frame->flags & FAULT_FLAG_RETRY_NOWAIT))
		mmapdemo_retry_keep(&retry);
}

/*
 * With VM_FAULT_COMPLETED the lock is gone, as after every first write to a page
 * of a file. Our own page table can still be walked as gup_fast does it: without
 * a lock, as this CPU answers no TLB flush meanwhile. Another task's can't.
 */
static bool after_visible(const struct fault_frame *frame, u32 ret)
{
	return !(ret & RET(COMPLETED)) || frame->mm == current->mm;
}

static u32 fault_filled(const struct fault_record *r)
{
	switch (r->class) {
	case MMAPDEMO_FAULT_READ:
	case MMAPDEMO_FAULT_COW:
	case MMAPDEMO_FAULT_SHARED:
		return r->after.around - min(r->before.around, r->after.around);
	default:
		return 0;
	}
}

static void fault_leave(void *data, unsigned long ret)
{
	u64 now = ktime_get_mono_fast_ns();
	struct fault_frame *frame = data;
	struct fault_record *r = &frame->record;

	if (ret & RET(RETRY)) {
		fault_retry(frame, ret);
		return;
	}
	r->duration = now - frame->start;
	r->ret |= ret;
	r->after_seen = after_visible(frame, ret);
	r->after = (struct walk) {
		.below = r->before.below,
		.above = r->before.above,
	};
	if (r->after_seen)
		mmapdemo_walk(frame->mm, r->address, &r->after);
	r->class = mmapdemo_class(r, frame->kind);
	mmapdemo_stats_fault(r->class, frame->start, r->duration);
	if (!frame->told)
		return;
	r->filled = fault_filled(r);
	trace_pte_fault(r);
	mmapdemo_dmesg_fault(r);
}

struct probe mmapdemo_probe_fault = {
	.symbols = FAULT_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_PTE_FAULT),
	.hot = true,
	.frame_size = sizeof(struct fault_frame),
	.enter = fault_enter,
	.leave = fault_leave,
};
