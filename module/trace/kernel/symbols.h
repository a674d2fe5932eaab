/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names of the probed functions, and the positions of their arguments.
 *
 * Each list of symbols contains candidates, of which the first that can be probed
 * is used. If the arguments of a function differ between kernels, their positions
 * are defined next to the symbols.
 */
#ifndef _MMAPDEMO_COMPAT_SYMBOLS_H
#define _MMAPDEMO_COMPAT_SYMBOLS_H

#include "compat/features.h"

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/mm.h>
#include <linux/version.h>

#define SYMBOLS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/*
 * Arguments: (file, addr, len, prot, flags, pgoff, …). Since Linux 6.6, commit
 * 592b5fad1677 ("mm: Re-introduce vm_flags to do_mmap()"), vm_flags precedes
 * pgoff.
 */
#define DO_MMAP_SYMBOLS		SYMBOLS("do_mmap")
#define DO_MMAP_ARG_PGOFF						\
	(__same_type(do_mmap,						\
		     unsigned long(struct file *, unsigned long,	\
				   unsigned long, unsigned long,	\
				   unsigned long, unsigned long,	\
				   unsigned long *, struct list_head *)) ? 5 : 6)

/*
 * Arguments: (file, addr, len, pgoff, flags). Since Linux 6.10,
 * get_unmapped_area() is an inline wrapper of __get_unmapped_area(), which has
 * vm_flags as an additional argument.
 */
#define GET_UNMAPPED_AREA_SYMBOLS \
	SYMBOLS("get_unmapped_area", "__get_unmapped_area")

/*
 * Arguments: (file, addr, len, vm_flags, pgoff, uf). Since Linux 7.3, the type of the
 * flags is a structure, which is passed in a register as long as it is one word.
 */
#define MMAP_REGION_SYMBOLS	SYMBOLS("mmap_region")
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
static_assert(sizeof(vma_flags_t) == sizeof(unsigned long));
#endif

/*
 * Arguments: (iterator, vma, addr, len, …). Before Linux 6.1, commit
 * 2e7ce7d354f2 ("mm/mmap: change do_brk_flags() to expand existing VMA"), the
 * arguments were (addr, len, …). The same patch series added mm_struct.mm_mt.
 */
#define BRK_SYMBOLS		SYMBOLS("do_brk_flags")
#ifdef HAS_MM_MT
#define BRK_ARG_ADDR		2
#else
#define BRK_ARG_ADDR		0
#endif
#define BRK_ARG_LEN		(BRK_ARG_ADDR + 1)

/*
 * Arguments: (vmap, addr, len, pgoff, …). Since Linux 7.3 ("mm: propagate VMA
 * anonymous page offset on map, remap, split + merge"), anon_pgoff follows pgoff.
 * Before 7.3, merges do not compare anon_pgoff. Returns the new VMA.
 */
#define COPY_VMA_SYMBOLS	SYMBOLS("copy_vma")
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 3, 0)
#define COPY_VMA_ARG_ANON_PGOFF	3
#else
#define COPY_VMA_ARG_ANON_PGOFF	4
#endif

/*
 * Arguments: (mm, vma). Returns 0 or an error. vma_link() is not probed,
 * because on some kernels mmap_region() and do_brk_flags() also call it.
 */
#define INSERT_SYMBOLS		SYMBOLS("insert_vm_struct")

/*
 * Arguments: (mm or iterator, vma, addr, new_below). Returns 0 or an error.
 * split_vma(), which only adds a check, is not probed, because some callers use
 * __split_vma() directly.
 */
#define SPLIT_SYMBOLS		SYMBOLS("__split_vma")

/*
 * UNLINK_PROBES(X) expands to X(name, symbol…) for each function that removes
 * VMAs from the tree. The hooks are in unlink.h. Before Linux 6.12 ("mm/vma:
 * introduce vma_munmap_struct for use in munmap operations"), one function
 * removed the VMAs. Since 6.12, one function gathers the VMAs, and another
 * function removes these VMAs.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define UNLINK_PROBES(X) \
	X(unlink, "do_mas_align_munmap", "__do_munmap")
#else
#define UNLINK_PROBES(X) \
	X(gather, "vms_gather_munmap_vmas") \
	X(unlink, "vms_complete_munmap_vmas")
#endif

/*
 * Returns the new task, or an error. dup_mm() and dup_mmap() are not probed,
 * because they may be inlined.
 */
#define COPY_PROCESS_SYMBOLS	SYMBOLS("copy_process")

/* Arguments: (mm). Returns the page table, or NULL. */
#define PGD_ALLOC_SYMBOLS	SYMBOLS("pgd_alloc")

/* Arguments: (mm). */
#define EXIT_MMAP_SYMBOLS	SYMBOLS("exit_mmap")

/*
 * LOCK_PROBES(X) expands to X(name, symbol…) for each function that waits for a
 * rw_semaphore, if the kernel has no tracepoints for such waits. The tracepoints exist
 * since Linux 5.19 ("locking: Add lock contention tracepoints"). The argument of each
 * function is the rw_semaphore. LOCK_PARTS are the parts that depend on the
 * tracepoints. PREEMPT_RT has no slow paths of rw_semaphore that can be probed.
 */
#if defined(HAS_TRACE_CONTENTION_BEGIN) || defined(CONFIG_PREEMPT_RT)
#define LOCK_PROBES(X)
#define LOCK_PARTS		BIT(MMAPDEMO_PART_LOCK)
#else
#define LOCK_PROBES(X) \
	X(lock_read, "rwsem_down_read_slowpath") \
	X(lock_write, "rwsem_down_write_slowpath")
#define LOCK_PARTS		0
#endif

/* Flag of the tracepoint contention_begin: LCB_F_READ, which is not in all headers */
#define LOCK_FOR_READING	(1U << 1)

/* Arguments: (vma, address, flags, regs). */
#define FAULT_SYMBOLS		SYMBOLS("handle_mm_fault")

/* Arguments: (sig, code, addr). */
#define SIG_FAULT_SYMBOLS	SYMBOLS("force_sig_fault")

/* Arguments: (addr, pkey). The signal is SIGSEGV with the code SEGV_PKUERR. */
#define SIG_PKEY_SYMBOLS	SYMBOLS("force_sig_pkuerr")

#endif /* _MMAPDEMO_COMPAT_SYMBOLS_H */
