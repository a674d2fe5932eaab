// SPDX-License-Identifier: GPL-2.0-only
/* Splits of VMAs, and removals of VMAs. */
#include "common.h"
#include "mmapdemo.h"
#include "trace/dmesg.h"
#include "trace/events.h"
#include "trace/hooks.h"
#include "trace/kernel/symbols.h"
#include "trace/kernel/unlink.h"
#include "trace/observe.h"
#include "trace/range.h"

#include <linux/mm.h>

/* ---- __split_vma() ---- */

struct split_frame {
	const struct vm_area_struct *vma;
	struct span span;
	u64 cut;
};

static bool split_enter(void *data, const unsigned long *args)
{
	const struct vm_area_struct *vma = (const void *)args[1];
	struct split_frame *frame = data;

	*frame = (struct split_frame) {
		.vma = vma,
		.span = { .start = vma->vm_start, .end = vma->vm_end },
		.cut = args[2],
	};
	return true;
}

/* frame->vma is now one of the two halves. */
static void split_leave(void *data, unsigned long ret)
{
	const struct split_frame *frame = data;
	struct split_record r = {
		.vma = frame->span,
		.cut = frame->cut,
	};

	if ((int)ret)
		return;
	mmap_assert_write_locked(frame->vma->vm_mm);
	r.mm = mmapdemo_observe_mm(frame->vma->vm_mm);
	r.map_count = frame->vma->vm_mm->map_count;
	r.trigger = mmapdemo_observe_trigger();
	r.caller = mmapdemo_range_caller(frame->vma->vm_mm, &r.trigger);
	trace_vma_split(&r);
	mmapdemo_dmesg_split(&r);
}

struct probe mmapdemo_probe_split = {
	.symbols = SPLIT_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_VMA_SPLIT),
	.frame_size = sizeof(struct split_frame),
	.enter = split_enter,
	.leave = split_leave,
};

/* ---- munmap() and similar operations ---- */

static void unlink_report(const struct mm_struct *mm, struct span range,
			  u32 vmas)
{
	struct unlink_record r = {
		.mm = mmapdemo_observe_mm(mm),
		.vmas = vmas,
		.range = range,
		.trigger = mmapdemo_observe_trigger(),
	};

	trace_vma_unlink(&r);
	mmapdemo_dmesg_unlink(&r);
}

#define UNLINK_PROBE(name, ...)					\
struct probe mmapdemo_probe_##name = {				\
	.symbols = SYMBOLS(__VA_ARGS__),			\
	.events = BIT(MMAPDEMO_EVENT_VMA_UNLINK),		\
	.keeps = name##_keeps,					\
	.frame_size = sizeof(struct unlink_frame),		\
	.enter = name##_enter,					\
	.leave = name##_leave,					\
};

UNLINK_PROBES(UNLINK_PROBE)
