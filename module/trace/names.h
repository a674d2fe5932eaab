/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of flags, for the print formats of the events.
 *
 * All numbers are literals, because the format files of the events contain
 * these numbers, and libtraceevent, perf and bpftrace read these files without
 * the kernel's headers. events.c asserts at build time that the literals equal
 * the kernel's numbers.
 */
#ifndef _MMAPDEMO_NAMES_H
#define _MMAPDEMO_NAMES_H

#define MMAPDEMO_PROT_NAMES	\
	{ 0x1, "r" },		\
	{ 0x2, "w" },		\
	{ 0x4, "x" }

#define MMAPDEMO_MAP_NAMES	\
	{ 0x00001, "shared" },	\
	{ 0x00002, "private" },	\
	{ 0x00010, "fixed" },	\
	{ 0x00020, "anonymous" }, \
	{ 0x00100, "growsdown" }, \
	{ 0x00800, "denywrite" }, \
	{ 0x01000, "executable" }, \
	{ 0x02000, "locked" },	\
	{ 0x04000, "noreserve" }, \
	{ 0x08000, "populate" }, \
	{ 0x10000, "nonblock" }, \
	{ 0x20000, "stack" },	\
	{ 0x40000, "hugetlb" },	\
	{ 0x80000, "sync" },	\
	{ 0x100000, "fixed_noreplace" }

#define MMAPDEMO_MREMAP_NAMES	\
	{ 0x1, "maymove" },	\
	{ 0x2, "fixed" },	\
	{ 0x4, "dontunmap" }

/*
 * "s" stands for VM_MAYSHARE, as in /proc/PID/maps. The kernel clears VM_SHARED
 * for a MAP_SHARED mapping of a file that was opened only for reading.
 */
#define MMAPDEMO_VM_NAMES	\
	{ 0x1, "r" },		\
	{ 0x2, "w" },		\
	{ 0x4, "x" },		\
	{ 0x80, "s" }

/*
 * VM_FAULT_* are results of handle_mm_fault(). FAULT_RET_* are details of
 * VM_FAULT_SIGBUS.
 */
#define FAULT_RET_WITHIN_FILE	0x40000000
#define FAULT_RET_AFTER_END	0x80000000U

#define MMAPDEMO_RET_NAMES	\
	{ 0x0001, "oom" },	\
	{ 0x0002, "sigbus" },	\
	{ 0x0004, "major" },	\
	{ 0x0008, "write" },	\
	{ 0x0010, "hwpoison" },	\
	{ 0x0020, "hwpoison_large" }, \
	{ 0x0040, "sigsegv" },	\
	{ 0x0100, "nopage" },	\
	{ 0x0200, "locked" },	\
	{ 0x0400, "retry" },	\
	{ 0x0800, "fallback" },	\
	{ 0x1000, "done_cow" },	\
	{ 0x2000, "needdsync" }, \
	{ 0x4000, "completed" },	\
	{ FAULT_RET_WITHIN_FILE, "within_file" },	\
	{ FAULT_RET_AFTER_END, "after_end" }

#endif /* _MMAPDEMO_NAMES_H */
