// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmap() itself, and the search for a free range. All hooks of this file run
 * with mmap_lock held for writing.
 */
#include "common.h"
#include "clock.h"
#include "compat/unmapped.h"
#include "mmapdemo.h"
#include "search.h"
#include "trace/dmesg.h"
#include "trace/events.h"
#include "trace/hooks.h"
#include "trace/kernel/symbols.h"
#include "trace/observe.h"

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

/* ---- do_mmap() ---- */

struct mmap_frame {
	u64 start;
	struct file *file;
	unsigned long addr;
	unsigned long len;
	unsigned long prot;
	unsigned long flags;
	unsigned long pgoff;
};

static bool do_mmap_enter(void *data, const unsigned long *args)
{
	struct mmap_frame *frame = data;

	*frame = (struct mmap_frame) {
		.file = (struct file *)args[0],
		.addr = args[1],
		.len = args[2],
		.prot = args[3],
		.flags = args[4],
		.pgoff = args[DO_MMAP_ARG_PGOFF],
		.start = ktime_get_mono_fast_ns(),
	};
	return true;
}

static void do_mmap_leave(void *data, unsigned long ret)
{
	const struct mmap_frame *frame = data;
	struct mmap_record r = {
		.duration = mmapdemo_clock_since(frame->start),
		.mm = mmapdemo_observe_mm(current->mm),
		.addr = frame->addr,
		.len = frame->len,
		.prot = frame->prot,
		.flags = frame->flags,
		.pgoff = frame->pgoff,
		.ret = ret,
		.trigger = mmapdemo_observe_trigger(),
	};

	mmapdemo_observe_file(&r.file, frame->file);
	trace_do_mmap(&r);
	mmapdemo_dmesg_mmap(&r);
}

struct probe mmapdemo_probe_do_mmap = {
	.symbols = DO_MMAP_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_DO_MMAP),
	.frame_size = sizeof(struct mmap_frame),
	.enter = do_mmap_enter,
	.leave = do_mmap_leave,
};

/* ---- get_unmapped_area() ---- */

struct search_frame {
	struct file *file;
	unsigned long addr;
	unsigned long len;
	unsigned long pgoff;
	unsigned long flags;
};

static bool search_enter(void *data, const unsigned long *args)
{
	struct search_frame *frame = data;

	*frame = (struct search_frame) {
		.file = (struct file *)args[0],
		.addr = args[1],
		.len = args[2],
		.pgoff = args[3],
		.flags = args[4],
	};
	return true;
}

/*
 * Store the name of the function that get_unmapped_area() chooses: the file's
 * own function, the function of shmem for shared anonymous memory, or otherwise
 * the function of the address space. The name must be one word, so cut off the
 * module name that %ps adds in brackets.
 */
static void search_name(struct search_record *r, const struct search_frame *f)
{
	mmapdemo_mm_search_name(current->mm, r->search, sizeof(r->search));
	r->topdown = strstr(r->search, "topdown");
	if (f->file && f->file->f_op->get_unmapped_area) {
		snprintf(r->search, sizeof(r->search), "%ps",
			 f->file->f_op->get_unmapped_area);
		r->search[strcspn(r->search, " ")] = '\0';
	} else if (!f->file && (f->flags & MAP_SHARED)) {
		strscpy(r->search, "shmem_get_unmapped_area",
			sizeof(r->search));
	}
}

static void search_leave(void *data, unsigned long ret)
{
	const struct search_frame *frame = data;
	struct search_record r = {
		.mm = mmapdemo_observe_mm(current->mm),
		.addr = frame->addr,
		.len = frame->len,
		.flags = frame->flags,
		.pgoff = frame->pgoff,
		.ret = ret,
		.trigger = mmapdemo_observe_trigger(),
	};

	search_name(&r, frame);
	if (!(frame->flags & MAP_FIXED))
		search_limits(current->mm, frame->addr, frame->flags, r.topdown,
			      &r.limits.start, &r.limits.end);
	mmapdemo_observe_file(&r.file, frame->file);
	trace_get_unmapped_area(&r);
	mmapdemo_dmesg_search(&r);
}

struct probe mmapdemo_probe_get_unmapped_area = {
	.symbols = GET_UNMAPPED_AREA_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_GET_UNMAPPED_AREA),
	.frame_size = sizeof(struct search_frame),
	.enter = search_enter,
	.leave = search_leave,
};
