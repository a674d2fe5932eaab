/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every function of the kernel that is observed.
 *
 * To add one: write its enter() and leave() in a hooks_*.c, name its symbols
 * in compat/symbols.h, and list its struct probe here.
 */
#ifndef _MMAPDEMO_HOOKS_H
#define _MMAPDEMO_HOOKS_H

#include "compat/change.h"
#include "compat/symbols.h"
#include "probes.h"

/* hooks_mmap.c: mmap(), and where a range is free */
extern struct probe mmapdemo_probe_do_mmap;
extern struct probe mmapdemo_probe_get_unmapped_area;

/* hooks_merge.c: what becomes of a range */
extern struct probe mmapdemo_probe_mmap_region;
extern struct probe mmapdemo_probe_brk;
extern struct probe mmapdemo_probe_copy_vma;
#define PROBE_DECLARE(name, ...) extern struct probe mmapdemo_probe_##name;
CHANGE_PROBES(PROBE_DECLARE)
extern struct probe mmapdemo_probe_insert;

/* hooks_unmap.c: VMAs that are cut in two, and that go */
extern struct probe mmapdemo_probe_split;
UNLINK_PROBES(PROBE_DECLARE)

/* hooks_mm.c: address spaces, brk() and mremap() */
extern struct probe mmapdemo_probe_sys_brk;
extern struct probe mmapdemo_probe_sys_mremap;
extern struct probe mmapdemo_probe_copy_process;
extern struct probe mmapdemo_probe_pgd_alloc;
extern struct probe mmapdemo_probe_exit_mmap;

/* hooks_fault.c: from the first touch to the page */
extern struct probe mmapdemo_probe_fault;

#define PROBE(name) (&mmapdemo_probe_##name)
#define PROBE_LIST(name, ...) PROBE(name),

#define MMAPDEMO_PROBES {		\
	PROBE(do_mmap),			\
	PROBE(get_unmapped_area),	\
	PROBE(mmap_region),		\
	PROBE(brk),			\
	PROBE(copy_vma),		\
	CHANGE_PROBES(PROBE_LIST)	\
	PROBE(insert),			\
	PROBE(split),			\
	UNLINK_PROBES(PROBE_LIST)	\
	PROBE(sys_brk),			\
	PROBE(sys_mremap),		\
	PROBE(copy_process),		\
	PROBE(pgd_alloc),		\
	PROBE(exit_mmap),		\
	PROBE(fault),			\
}

#endif /* _MMAPDEMO_HOOKS_H */
