// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address spaces: creation of the page table, copy by fork, and end. This file
 * also has the hooks for the system calls brk() and mremap().
 */
#include "common.h"
#include "clock.h"
#include "mmapdemo.h"
#include "syscall.h"
#include "trace/dmesg.h"
#include "trace/events.h"
#include "trace/hooks.h"
#include "trace/kernel/symbols.h"
#include "trace/observe.h"
#include "walk/huge.h"

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

/* ---- brk() ---- */

struct brk_frame {
	u64 start;
	u64 brk;
	u64 old;
};

static bool brk_enter(struct brk_frame *frame, unsigned long brk)
{
	*frame = (struct brk_frame) {
		.brk = brk,
		.old = READ_ONCE(current->mm->brk),
		.start = ktime_get_mono_fast_ns(),
	};
	return true;
}

static bool sys_brk_enter(void *data, const unsigned long *args)
{
	return brk_enter(data, syscall_argument(args, 0));
}

static void sys_brk_leave(void *data, unsigned long ret)
{
	const struct brk_frame *frame = data;
	struct brk_record r = {
		.duration = mmapdemo_clock_since(frame->start),
		.mm = mmapdemo_observe_mm(current->mm),
		.brk = frame->brk,
		.old = frame->old,
		.ret = ret,
	};

	trace_brk(&r);
	mmapdemo_dmesg_brk(&r);
}

struct probe mmapdemo_probe_sys_brk = {
	.symbols = SYMBOLS(SYSCALL_SYMBOL(brk)),
	.events = BIT(MMAPDEMO_EVENT_BRK),
	.frame_size = sizeof(struct brk_frame),
	.enter = sys_brk_enter,
	.leave = sys_brk_leave,
};

#ifdef CONFIG_IA32_EMULATION
static bool ia32_brk_enter(void *data, const unsigned long *args)
{
	return brk_enter(data, syscall_argument_i386(args, 0));
}

struct probe mmapdemo_probe_ia32_brk = {
	.symbols = SYMBOLS(SYSCALL_SYMBOL_I386(brk)),
	.events = BIT(MMAPDEMO_EVENT_BRK),
	.frame_size = sizeof(struct brk_frame),
	.enter = ia32_brk_enter,
	.leave = sys_brk_leave,
};
#endif

/* ---- mremap() ---- */

struct mremap_frame {
	u64 start;
	u64 addr;
	u64 old_len;
	u64 new_len;
	u64 flags;
	u64 new_addr;
};

typedef unsigned long (*argument_fn)(const unsigned long *args, unsigned int n);

static __always_inline bool mremap_enter(struct mremap_frame *frame,
					 const unsigned long *args,
					 argument_fn argument)
{
	*frame = (struct mremap_frame) {
		.addr = argument(args, 0),
		.old_len = argument(args, 1),
		.new_len = argument(args, 2),
		.flags = argument(args, 3),
		.new_addr = argument(args, 4),
		.start = ktime_get_mono_fast_ns(),
	};
	return true;
}

static bool sys_mremap_enter(void *data, const unsigned long *args)
{
	return mremap_enter(data, args, syscall_argument);
}

static void sys_mremap_leave(void *data, unsigned long ret)
{
	const struct mremap_frame *frame = data;
	struct mremap_record r = {
		.duration = mmapdemo_clock_since(frame->start),
		.mm = mmapdemo_observe_mm(current->mm),
		.addr = frame->addr,
		.old_len = frame->old_len,
		.new_len = frame->new_len,
		.flags = frame->flags,
		.new_addr = frame->new_addr,
		.ret = ret,
	};

	trace_mremap(&r);
	mmapdemo_dmesg_mremap(&r);
}

struct probe mmapdemo_probe_sys_mremap = {
	.symbols = SYMBOLS(SYSCALL_SYMBOL(mremap)),
	.events = BIT(MMAPDEMO_EVENT_MREMAP),
	.frame_size = sizeof(struct mremap_frame),
	.enter = sys_mremap_enter,
	.leave = sys_mremap_leave,
};

#ifdef CONFIG_IA32_EMULATION
static bool ia32_mremap_enter(void *data, const unsigned long *args)
{
	return mremap_enter(data, args, syscall_argument_i386);
}

struct probe mmapdemo_probe_ia32_mremap = {
	.symbols = SYMBOLS(SYSCALL_SYMBOL_I386(mremap)),
	.events = BIT(MMAPDEMO_EVENT_MREMAP),
	.frame_size = sizeof(struct mremap_frame),
	.enter = ia32_mremap_enter,
	.leave = sys_mremap_leave,
};
#endif

/* ---- fork ---- */

static bool copy_process_enter(void *data, const unsigned long *args)
{
	*(u64 *)data = ktime_get_mono_fast_ns();
	return true;
}

/* The new task does not run yet, so it has not changed its address space. */
static void copy_process_leave(void *data, unsigned long ret)
{
	u64 duration = mmapdemo_clock_since(*(u64 *)data);
	const struct task_struct *child = (const void *)ret;
	struct dup_record r = { .duration = duration };

	if (IS_ERR(child) || !child->mm || !current->mm ||
	    child->mm == current->mm)
		return;
	r.mm = mmapdemo_observe_mm(current->mm);
	r.child_mm = mmapdemo_observe_mm(child->mm);
	r.child_pid = child->pid;
	r.map_count = READ_ONCE(child->mm->map_count);
	r.pgtables = mm_pgtables_bytes(child->mm);
	r.trigger = mmapdemo_observe_trigger();
	r.huge = mmapdemo_walk_huge(child->mm);
	trace_dup_mm(&r);
	mmapdemo_dmesg_dup(&r);
}

struct probe mmapdemo_probe_copy_process = {
	.symbols = COPY_PROCESS_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_DUP_MM),
	.frame_size = sizeof(u64),
	.enter = copy_process_enter,
	.leave = copy_process_leave,
};

/* ---- the page table ---- */

/*
 * Return the number of top-level entries for user addresses, which are the
 * first entries of the table.
 */
static unsigned int pgd_user_entries(void)
{
	return pgd_index(TASK_SIZE_MAX - 1) + 1;
}

static bool pgd_alloc_enter(void *data, const unsigned long *args)
{
	*(const struct mm_struct **)data = (const void *)args[0];
	return true;
}

/*
 * Count populated top-level entries. With four levels, pgd_none() is always
 * false, so test the entry's value instead.
 */
static void pgd_count(struct pgd_record *r, const pgd_t *pgd, const pgd_t *own)
{
	unsigned int user = pgd_user_entries();
	unsigned int i;

	for (i = 0; i < PTRS_PER_PGD; i++) {
		pgdval_t value = pgd_val(READ_ONCE(pgd[i]));

		if (!value)
			continue;
		if (i < user) {
			r->user++;
			continue;
		}
		r->kernel++;
		r->shared += value == pgd_val(READ_ONCE(own[i]));
	}
}

static void pgd_alloc_leave(void *data, unsigned long ret)
{
	const struct mm_struct *mm = *(const struct mm_struct **)data;
	struct pgd_record r = {
		.mm = mmapdemo_observe_mm(mm),
		.trigger = mmapdemo_observe_trigger(),
	};

	if (!ret)
		return;
	/*
	 * A kernel thread has no address space of its own, and uses the address
	 * space of another task.
	 */
	pgd_count(&r, (const pgd_t *)ret, current->active_mm->pgd);
	trace_pgd_alloc(&r);
	mmapdemo_dmesg_pgd(&r);
}

struct probe mmapdemo_probe_pgd_alloc = {
	.symbols = PGD_ALLOC_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_PGD_ALLOC),
	.frame_size = sizeof(struct mm_struct *),
	.enter = pgd_alloc_enter,
	.leave = pgd_alloc_leave,
};

/* ---- the end ---- */

struct exit_frame {
	u64 start;
	u64 pgtables;
	u32 mm;
	u32 map_count;
};

/* No task uses the address space any longer, so no task can change it. */
static bool exit_mmap_enter(void *data, const unsigned long *args)
{
	const struct mm_struct *mm = (const void *)args[0];
	struct exit_frame *frame = data;

	*frame = (struct exit_frame) {
		.mm = mmapdemo_observe_mm(mm),
		.map_count = READ_ONCE(mm->map_count),
		.pgtables = mm_pgtables_bytes(mm),
		.start = ktime_get_mono_fast_ns(),
	};
	return true;
}

static void exit_mmap_leave(void *data, unsigned long ret)
{
	const struct exit_frame *frame = data;
	struct exit_record r = {
		.duration = mmapdemo_clock_since(frame->start),
		.mm = frame->mm,
		.map_count = frame->map_count,
		.pgtables = frame->pgtables,
		.trigger = mmapdemo_observe_trigger(),
	};

	trace_exit_mmap(&r);
	mmapdemo_dmesg_exit_mmap(&r);
}

struct probe mmapdemo_probe_exit_mmap = {
	.symbols = EXIT_MMAP_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_EXIT_MMAP),
	.frame_size = sizeof(struct exit_frame),
	.enter = exit_mmap_enter,
	.leave = exit_mmap_leave,
};
