/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All kernel functions that the module observes.
 *
 * To add a function, write its enter() and leave() in a hooks_*.c, add its
 * symbols to kernel/symbols.h, and add its struct probe to MMAPDEMO_PROBES().
 */
#ifndef _MMAPDEMO_HOOKS_H
#define _MMAPDEMO_HOOKS_H

#include "probe/probes.h"
#include "trace/kernel/change.h"
#include "trace/kernel/symbols.h"

/* brk() and mremap() of 32-bit programs, on kernels that can run such programs */
#ifdef CONFIG_IA32_EMULATION
#define IA32_PROBES(X) \
	X(ia32_brk) \
	X(ia32_mremap)
#else
#define IA32_PROBES(X)
#endif

/* A list of all probes, which expands to X(name, …) for each probe. */
#define MMAPDEMO_PROBES(X)						\
	/* hooks_mmap.c: mmap(), and the search for a free range */	\
	X(do_mmap)							\
	X(get_unmapped_area)						\
	/* hooks_merge.c: merges of new ranges */					\
	X(mmap_region)							\
	X(brk)								\
	X(copy_vma)							\
	X(insert)							\
	/* hooks_change.c: changes to parts of mappings */			\
	CHANGE_PROBES(X)						\
	X(extend)							\
	/* hooks_unmap.c: VMAs that are split or unmapped */		\
	X(split)							\
	UNLINK_PROBES(X)						\
	/* hooks_mm.c: address spaces, brk() and mremap() */		\
	X(sys_brk)							\
	X(sys_mremap)							\
	IA32_PROBES(X)							\
	X(copy_process)							\
	X(pgd_alloc)							\
	X(exit_mmap)							\
	/* hooks_fault.c: page faults */				\
	X(fault)							\
	/* hooks_signal.c: page faults that end in a signal */	\
	X(sig_fault)							\
	X(sig_pkey)							\
	/* hooks_wait.c: waits for mmap_lock */				\
	LOCK_PROBES(X)

#define PROBE_DECLARE(name, ...) extern struct probe mmapdemo_probe_##name;
MMAPDEMO_PROBES(PROBE_DECLARE)

#endif /* _MMAPDEMO_HOOKS_H */
