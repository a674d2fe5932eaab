// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trace events' definitions, and what arms the probes when one is enabled.
 */
#include "common.h"
#include "compat/fault.h"
#include "mmapdemo.h"
#include "probes.h"

#include <linux/capability.h>
#include <linux/mman.h>
#include <linux/perf_event.h>
#include <linux/trace_events.h>

#define CREATE_TRACE_POINTS
#include "events.h"

/* names.h writes the kernel's numbers down. */
static_assert(VM_READ == 0x1 && VM_WRITE == 0x2 && VM_EXEC == 0x4 &&
	      VM_MAYSHARE == 0x80);

/* ... and uapi/mmapdemo.h those of MMAPDEMO_VM_FLAGS. */
static_assert(VM_SHARED == 0x8 && VM_MAYREAD == 0x10 && VM_MAYWRITE == 0x20 &&
	      VM_MAYEXEC == 0x40 && VM_GROWSDOWN == 0x100 &&
	      VM_PFNMAP == 0x400 && VM_LOCKED == 0x2000 && VM_IO == 0x4000 &&
	      VM_SEQ_READ == 0x8000 && VM_RAND_READ == 0x10000 &&
	      VM_DONTCOPY == 0x20000 && VM_DONTEXPAND == 0x40000 &&
	      VM_LOCKONFAULT == 0x80000 && VM_ACCOUNT == 0x100000 &&
	      VM_NORESERVE == 0x200000 && VM_HUGETLB == 0x400000 &&
	      VM_SYNC == 0x800000 && VM_WIPEONFORK == 0x2000000 &&
	      VM_DONTDUMP == 0x4000000 && VM_MIXEDMAP == 0x10000000 &&
	      VM_HUGEPAGE == 0x20000000 && VM_NOHUGEPAGE == 0x40000000);
#ifdef CONFIG_USERFAULTFD
static_assert(VM_UFFD_MISSING == 0x200 && VM_UFFD_WP == 0x1000);
#endif
#ifdef CONFIG_KSM
static_assert(VM_MERGEABLE == 0x80000000);
#endif
static_assert(MAP_SHARED == 0x1 && MAP_PRIVATE == 0x2 && MAP_FIXED == 0x10 &&
	      MAP_ANONYMOUS == 0x20 && MAP_GROWSDOWN == 0x100 &&
	      MAP_DENYWRITE == 0x800 && MAP_EXECUTABLE == 0x1000 &&
	      MAP_LOCKED == 0x2000 && MAP_NORESERVE == 0x4000 &&
	      MAP_POPULATE == 0x8000 && MAP_NONBLOCK == 0x10000 &&
	      MAP_STACK == 0x20000 && MAP_HUGETLB == 0x40000 &&
	      MAP_SYNC == 0x80000 && MAP_FIXED_NOREPLACE == 0x100000);
static_assert(MREMAP_MAYMOVE == 0x1 && MREMAP_FIXED == 0x2 &&
	      MREMAP_DONTUNMAP == 0x4);
#define RET_IS(name, number) \
	static_assert((__force u32)VM_FAULT_##name == (number))
RET_IS(OOM, 0x1);
RET_IS(SIGBUS, 0x2);
RET_IS(MAJOR, 0x4);
RET_IS(HWPOISON, 0x10);
RET_IS(HWPOISON_LARGE, 0x20);
RET_IS(SIGSEGV, 0x40);
RET_IS(NOPAGE, 0x100);
RET_IS(LOCKED, 0x200);
RET_IS(RETRY, 0x400);
RET_IS(FALLBACK, 0x800);
RET_IS(DONE_COW, 0x1000);
RET_IS(NEEDDSYNC, 0x2000);
RET_IS(COMPLETED, 0x4000);

#define EVENT_SWITCH(event, EVENT)					\
int mmapdemo_##event##_reg(void)					\
{									\
	return mmapdemo_probes_arm(BIT(MMAPDEMO_EVENT_##EVENT),		\
				   BIT(MMAPDEMO_EVENT_##EVENT));	\
}									\
									\
void mmapdemo_##event##_unreg(void)					\
{									\
	mmapdemo_probes_disarm(BIT(MMAPDEMO_EVENT_##EVENT));		\
}

EVENT_SWITCH(do_mmap, DO_MMAP)
EVENT_SWITCH(get_unmapped_area, GET_UNMAPPED_AREA)
EVENT_SWITCH(vma_merge, VMA_MERGE)
EVENT_SWITCH(vma_link, VMA_LINK)
EVENT_SWITCH(pte_fault, PTE_FAULT)
EVENT_SWITCH(vma_split, VMA_SPLIT)
EVENT_SWITCH(vma_unlink, VMA_UNLINK)
EVENT_SWITCH(brk, BRK)
EVENT_SWITCH(mremap, MREMAP)
EVENT_SWITCH(dup_mm, DUP_MM)
EVENT_SWITCH(pgd_alloc, PGD_ALLOC)
EVENT_SWITCH(exit_mmap, EXIT_MMAP)

#ifdef CONFIG_PERF_EVENTS
/*
 * Stricter than perf_event_paranoid: page frame numbers help Rowhammer, and
 * /proc/PID/pagemap shows them to CAP_SYS_ADMIN only.
 */
static int events_perf_perm(struct trace_event_call *call,
			    struct perf_event *event)
{
	return capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
}
#endif

/** mmapdemo_events_init - restrict who may use the events through perf */
void mmapdemo_events_init(void)
{
#ifdef CONFIG_PERF_EVENTS
	event_do_mmap.perf_perm = events_perf_perm;
	event_get_unmapped_area.perf_perm = events_perf_perm;
	event_vma_merge.perf_perm = events_perf_perm;
	event_vma_link.perf_perm = events_perf_perm;
	event_pte_fault.perf_perm = events_perf_perm;
	event_vma_split.perf_perm = events_perf_perm;
	event_vma_unlink.perf_perm = events_perf_perm;
	event_brk.perf_perm = events_perf_perm;
	event_mremap.perf_perm = events_perf_perm;
	event_dup_mm.perf_perm = events_perf_perm;
	event_pgd_alloc.perf_perm = events_perf_perm;
	event_exit_mmap.perf_perm = events_perf_perm;
#endif
}
