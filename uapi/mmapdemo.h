/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * mmapdemo - what did Linux do between mmap() and the first byte?
 *
 * The ABI of /dev/mmapdemo and of the mmapdemo:* trace events, and their
 * manual. Everything here is fixed width and naturally aligned, has no holes,
 * and means the same on every kernel.
 *
 * DOC: Growth
 *
 * There are no version numbers. Programs and modules of all ages work together.
 *
 * A command's structure grows at its end, and starts with @size: the caller
 * stores sizeof() of the structure it was compiled with. Of an answer the module
 * fills as many bytes as both sides know, zeroes the rest of the caller's, and
 * stores its own size: the caller sees 0 in what an older module does not know.
 * Of a question ("not changed" at @size) the module reads as many bytes as both
 * sides know: 0 in a new member asks for what was done before there was one, and
 * anything else that an older module does not know fails with E2BIG.
 *
 * A command keeps its number when its structure grows: the size in the number
 * is a fixed one, and the module accepts any. (It was sizeof() at first: programs
 * of that time call 0xc048de01 for MMAPDEMO_IOC_STAT, 0xc070de02 for
 * MMAPDEMO_IOC_PROBE, and modules of that time know only those.) A new command
 * gets a new number; an unknown one fails with ENOTTY.
 *
 * Elements of arrays never grow: struct mmapdemo_run, struct mmapdemo_latency;
 * nor do arrays inside of a structure. Values, bits and fields of events are
 * added, and never change their meaning: find a field by the format in tracefs,
 * and expect values without a name. All layouts are the same for 32-bit programs.
 */
#ifndef _UAPI_MMAPDEMO_H
#define _UAPI_MMAPDEMO_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define MMAPDEMO_DEVICE "/dev/mmapdemo"

/*
 * The names of all values an event can hold are lists of EM(value, name),
 * the last one EMe(value, name). The module builds its print tables from them,
 * a program its own: define EM and EMe, name the list, undefine them.
 */

/* ---- events ---- */

/**
 * enum mmapdemo_event - the trace events, as bit numbers
 * @MMAPDEMO_EVENT_DO_MMAP: one call of do_mmap(), successful or not
 * @MMAPDEMO_EVENT_GET_UNMAPPED_AREA: the search for a free range
 * @MMAPDEMO_EVENT_VMA_MERGE: could a neighbour be extended?
 * @MMAPDEMO_EVENT_VMA_LINK: a new VMA is in the tree
 * @MMAPDEMO_EVENT_PTE_FAULT: one page fault, handled
 * @MMAPDEMO_EVENT_VMA_SPLIT: a VMA was cut in two
 * @MMAPDEMO_EVENT_VMA_UNLINK: the VMAs of a range left the tree
 * @MMAPDEMO_EVENT_BRK: one call of brk(2)
 * @MMAPDEMO_EVENT_MREMAP: one call of mremap(2), successful or not
 * @MMAPDEMO_EVENT_DUP_MM: fork copied an address space
 * @MMAPDEMO_EVENT_PGD_ALLOC: an address space got its page table
 * @MMAPDEMO_EVENT_EXIT_MMAP: an address space ended
 * @MMAPDEMO_EVENTS: how many there are
 *
 * What each event says is documented in module/trace/events.h.
 */
enum mmapdemo_event {
	MMAPDEMO_EVENT_DO_MMAP,
	MMAPDEMO_EVENT_GET_UNMAPPED_AREA,
	MMAPDEMO_EVENT_VMA_MERGE,
	MMAPDEMO_EVENT_VMA_LINK,
	MMAPDEMO_EVENT_PTE_FAULT,
	MMAPDEMO_EVENT_VMA_SPLIT,
	MMAPDEMO_EVENT_VMA_UNLINK,
	MMAPDEMO_EVENT_BRK,
	MMAPDEMO_EVENT_MREMAP,
	MMAPDEMO_EVENT_DUP_MM,
	MMAPDEMO_EVENT_PGD_ALLOC,
	MMAPDEMO_EVENT_EXIT_MMAP,
	MMAPDEMO_EVENTS
};

/**
 * DOC: Fault class
 *
 * Which way a fault took through handle_pte_fault(), told from the entry seen
 * before, the kind of VMA and the access, and confirmed by the entry seen
 * after and the returned code. In brackets the kernel's function.
 */
#define MMAPDEMO_FAULT_CLASSES					\
	EM(0,	"unknown")	/* a race: the two entries contradict */ \
	EM(1,	"anon-zero")	/* shared zero page [do_anonymous_page] */ \
	EM(2,	"anon")		/* new page [do_anonymous_page] */ \
	EM(3,	"read")		/* file page [do_read_fault] */ \
	EM(4,	"cow")		/* private copy of one [do_cow_fault] */ \
	EM(5,	"shared")	/* file page to write to [do_shared_fault] */ \
	EM(6,	"swap")		/* from swap [do_swap_page] */ \
	EM(7,	"migration")	/* waited for page migration [do_swap_page] */ \
	EM(8,	"marker")	/* pte marker: guard, poison [do_swap_page] */ \
	EM(9,	"numa")		/* NUMA hint [do_numa_page] */ \
	EM(10,	"wp-reuse")	/* same page made writable [do_wp_page] */ \
	EM(11,	"wp-copy")	/* copied to a new page [do_wp_page] */ \
	EM(12,	"wp-shared")	/* shared page made writable [do_wp_page] */ \
	EM(13,	"huge-zero")	/* [do_huge_pmd_anonymous_page] */ \
	EM(14,	"huge-anon")	/* [do_huge_pmd_anonymous_page] */ \
	EM(15,	"huge-file")	/* file's huge page [do_set_pmd, huge_fault] */ \
	EM(16,	"huge-numa")	/* [do_huge_pmd_numa_page] */ \
	EM(17,	"huge-wp")	/* made writable or copied [do_huge_pmd_wp_page] */ \
	EM(18,	"huge-split")	/* became small entries [do_huge_pmd_wp_page] */ \
	EM(19,	"hugetlb")	/* [hugetlb_fault] */ \
	EM(20,	"uffd")		/* waited for userfaultfd [handle_userfault] */ \
	EM(21,	"spurious")	/* the entry was good already */ \
	EM(22,	"sigbus")	/* VM_FAULT_SIGBUS: past the end, I/O error */ \
	EM(23,	"sigsegv")	/* VM_FAULT_SIGSEGV */ \
	EM(24,	"oom")		/* VM_FAULT_OOM */ \
	EMe(25,	"hwpoison")	/* VM_FAULT_HWPOISON: broken memory */

/** enum mmapdemo_fault_class - the numbers of MMAPDEMO_FAULT_CLASSES */
enum mmapdemo_fault_class {
	MMAPDEMO_FAULT_UNKNOWN,
	MMAPDEMO_FAULT_ANON_ZERO,
	MMAPDEMO_FAULT_ANON,
	MMAPDEMO_FAULT_READ,
	MMAPDEMO_FAULT_COW,
	MMAPDEMO_FAULT_SHARED,
	MMAPDEMO_FAULT_SWAP,
	MMAPDEMO_FAULT_MIGRATION,
	MMAPDEMO_FAULT_MARKER,
	MMAPDEMO_FAULT_NUMA,
	MMAPDEMO_FAULT_WP_REUSE,
	MMAPDEMO_FAULT_WP_COPY,
	MMAPDEMO_FAULT_WP_SHARED,
	MMAPDEMO_FAULT_HUGE_ZERO,
	MMAPDEMO_FAULT_HUGE_ANON,
	MMAPDEMO_FAULT_HUGE_FILE,
	MMAPDEMO_FAULT_HUGE_NUMA,
	MMAPDEMO_FAULT_HUGE_WP,
	MMAPDEMO_FAULT_HUGE_SPLIT,
	MMAPDEMO_FAULT_HUGETLB,
	MMAPDEMO_FAULT_UFFD,
	MMAPDEMO_FAULT_SPURIOUS,
	MMAPDEMO_FAULT_SIGBUS,
	MMAPDEMO_FAULT_SIGSEGV,
	MMAPDEMO_FAULT_OOM,
	MMAPDEMO_FAULT_HWPOISON,
	MMAPDEMO_FAULT_CLASS_COUNT
};

/* pte_fault's access: what the instruction wanted to do */
#define MMAPDEMO_ACCESSES	\
	EM(0,	"read")		\
	EM(1,	"write")	\
	EMe(2,	"exec")

enum mmapdemo_access {
	MMAPDEMO_ACCESS_READ,
	MMAPDEMO_ACCESS_WRITE,
	MMAPDEMO_ACCESS_EXEC
};

/* pte_fault's from: who touched the page */
#define MMAPDEMO_ORIGINS						\
	EM(0,	"user")		/* an instruction of the program */	\
	EM(1,	"kernel")	/* the kernel, e.g. copying for read(2) */ \
	EM(2,	"gup")		/* get_user_pages() of its own memory */ \
	EMe(3,	"remote")	/* ptrace, process_vm_readv of another process; execve */

enum mmapdemo_origin {
	MMAPDEMO_FROM_USER,
	MMAPDEMO_FROM_KERNEL,
	MMAPDEMO_FROM_GUP,
	MMAPDEMO_FROM_REMOTE
};

/*
 * pte_fault's before and after: the levels of the page table whose entry for
 * the address was populated. A level that this machine folds away is never set.
 */
#define MMAPDEMO_LEVELS		\
	EM(0x01, "PGD")		\
	EM(0x02, "P4D")		\
	EM(0x04, "PUD")		\
	EM(0x08, "PMD")		\
	EMe(0x10, "PTE")

#define MMAPDEMO_LEVEL_PGD	0x01
#define MMAPDEMO_LEVEL_P4D	0x02
#define MMAPDEMO_LEVEL_PUD	0x04
#define MMAPDEMO_LEVEL_PMD	0x08
#define MMAPDEMO_LEVEL_PTE	0x10

/* An entry of a page table, decoded: the same bits for every architecture. */
#define MMAPDEMO_ENTRY_BITS						\
	EM(0x0001, "present")						\
	EM(0x0002, "write")	/* the processor may write */		\
	EM(0x0004, "exec")						\
	EM(0x0008, "young")	/* accessed */				\
	EM(0x0010, "dirty")						\
	EM(0x0020, "huge")	/* a leaf above the PTE level */	\
	EM(0x0040, "special")	/* no struct page behind it to count */	\
	EM(0x0080, "zero")	/* the shared zero page */		\
	EM(0x0100, "anon")	/* an anonymous page */			\
	EM(0x0200, "protnone")	/* NUMA hint, or PROT_NONE */		\
	EM(0x0400, "swap")						\
	EM(0x0800, "migration")						\
	EM(0x1000, "marker")						\
	EM(0x2000, "device")	/* device private or exclusive */	\
	EM(0x4000, "uffd-wp")						\
	EM(0x8000, "soft-dirty")					\
	EM(0x10000, "guard")	/* a marker: touching it is SIGSEGV */	\
	EM(0x20000, "table")	/* points to a table: not in events */	\
	EM(0x40000, "user")	/* the program may use it: not in events */ \
	EM(0x80000, "uncached")	/* so the next two: not in events */	\
	EM(0x100000, "write-combining")					\
	EMe(0x200000, "write-through")

#define MMAPDEMO_ENTRY_PRESENT		0x0001
#define MMAPDEMO_ENTRY_WRITE		0x0002
#define MMAPDEMO_ENTRY_EXEC		0x0004
#define MMAPDEMO_ENTRY_YOUNG		0x0008
#define MMAPDEMO_ENTRY_DIRTY		0x0010
#define MMAPDEMO_ENTRY_HUGE		0x0020
#define MMAPDEMO_ENTRY_SPECIAL		0x0040
#define MMAPDEMO_ENTRY_ZERO		0x0080
#define MMAPDEMO_ENTRY_ANON		0x0100
#define MMAPDEMO_ENTRY_PROTNONE		0x0200
#define MMAPDEMO_ENTRY_SWAP		0x0400
#define MMAPDEMO_ENTRY_MIGRATION	0x0800
#define MMAPDEMO_ENTRY_MARKER		0x1000
#define MMAPDEMO_ENTRY_DEVICE		0x2000
#define MMAPDEMO_ENTRY_UFFD_WP		0x4000
#define MMAPDEMO_ENTRY_SOFT_DIRTY	0x8000
#define MMAPDEMO_ENTRY_GUARD		0x10000
#define MMAPDEMO_ENTRY_TABLE		0x20000
#define MMAPDEMO_ENTRY_USER		0x40000
#define MMAPDEMO_ENTRY_UNCACHED		0x80000
#define MMAPDEMO_ENTRY_WRITE_COMBINING	0x100000
#define MMAPDEMO_ENTRY_WRITE_THROUGH	0x200000

/* vma_merge's outcome: which neighbours became one VMA with the range */
#define MMAPDEMO_MERGES		\
	EM(0,	"none")		\
	EM(1,	"prev")		\
	EM(2,	"next")		\
	EMe(3,	"both")

#define MMAPDEMO_MERGE_PREV	0x1
#define MMAPDEMO_MERGE_NEXT	0x2

/* vma_merge's and vma_link's cause: what wanted the range */
#define MMAPDEMO_CAUSES							\
	EM(0,	"mmap")		/* mmap_region() */			\
	EM(1,	"brk")		/* do_brk_flags() */			\
	EM(2,	"change")	/* mprotect, madvise, mlock … of a part */ \
	EM(3,	"move")		/* copy_vma(): mremap */		\
	EM(4,	"insert")	/* insert_vm_struct(): exec's stack, vdso */ \
	EMe(5,	"extend")	/* mremap that grows a mapping in place */

enum mmapdemo_cause {
	MMAPDEMO_CAUSE_MMAP,
	MMAPDEMO_CAUSE_BRK,
	MMAPDEMO_CAUSE_CHANGE,
	MMAPDEMO_CAUSE_MOVE,
	MMAPDEMO_CAUSE_INSERT,
	MMAPDEMO_CAUSE_EXTEND,
	MMAPDEMO_CAUSE_COUNT
};

/*
 * trigger: why the kernel was at work when an event happened. nr, beside it, is
 * the number of the system call the task is in, or -1 when it is in none.
 */
#define MMAPDEMO_TRIGGERS						\
	EM(0,	"syscall")	/* nr, of the table of the kernel */	\
	EM(1,	"syscall32")	/* nr, of the table of 32-bit programs */ \
	EM(2,	"exec")		/* a program is started */		\
	EM(3,	"fork")		/* fork, vfork, clone, clone3 */	\
	EM(4,	"exit")		/* the task ends; nr: in which call */	\
	EM(5,	"exception")	/* no call: a fault, an interrupt */	\
	EMe(6,	"kernel")	/* a thread of the kernel */

enum mmapdemo_trigger {
	MMAPDEMO_TRIGGER_SYSCALL,
	MMAPDEMO_TRIGGER_SYSCALL32,
	MMAPDEMO_TRIGGER_EXEC,
	MMAPDEMO_TRIGGER_FORK,
	MMAPDEMO_TRIGGER_EXIT,
	MMAPDEMO_TRIGGER_EXCEPTION,
	MMAPDEMO_TRIGGER_KERNEL
};

/**
 * DOC: Merge verdict
 *
 * vma_merge's reason_prev and reason_next: what became of a neighbour of the
 * range, or else the first test that kept them apart, in the order of the kernel
 * that runs; the two may differ in more. In brackets what the kernel compares.
 *
 * - special: the range is VM_IO, VM_PFNMAP, VM_MIXEDMAP or VM_DONTEXPAND, as the
 *   memory of a device is, and huge pages of hugetlbfs.
 * - close: a driver with vm_ops->close must hear of each VMA that goes. Before
 *   Linux 6.12 it is the neighbour's, then that of a VMA that would be removed.
 * - anon-vma: both were touched, apart from each other: their pages have
 *   different owners.
 * - faulted: the range was touched, the neighbour never. Linux 6.16 allows it.
 * - forked: inherited by fork(), pages are shared with the parent.
 * - other-side: would fit, but not together with the neighbour on the other side.
 */
#define MMAPDEMO_REASONS						\
	EM(0,	"unknown")	/* nothing observed explains the outcome */ \
	EM(1,	"merged")	/* it became one VMA with the range */	\
	EM(2,	"not-tried")	/* the kernel did not look there */	\
	EM(3,	"special")	/* the range never merges [VM_SPECIAL] */ \
	EM(4,	"no-neighbour")	/* no VMA touches the range there */	\
	EM(5,	"inside")	/* the changing VMA itself goes on there */ \
	EM(6,	"policy")	/* other NUMA policy [mpol_equal] */	\
	EM(7,	"flags")	/* flags_diff_* [vm_flags] */		\
	EM(8,	"file")		/* other file, or other open() [vm_file] */ \
	EM(9,	"close")	/* [vm_ops->close] */			\
	EM(10,	"uffd")		/* other userfaultfd [vm_userfaultfd_ctx] */ \
	EM(11,	"anon-name")	/* other PR_SET_VMA_ANON_NAME [anon_name] */ \
	EM(12,	"anon-vma")	/* [anon_vma] */			\
	EM(13,	"faulted")	/* [anon_vma] */			\
	EM(14,	"forked")	/* [anon_vma_chain] */			\
	EM(15,	"pgoff")	/* offsets not contiguous [vm_pgoff] */ \
	EMe(16,	"other-side")	/* [anon_vma] */

/** enum mmapdemo_reason - the numbers of MMAPDEMO_REASONS */
enum mmapdemo_reason {
	MMAPDEMO_REASON_UNKNOWN,
	MMAPDEMO_REASON_MERGED,
	MMAPDEMO_REASON_NOT_TRIED,
	MMAPDEMO_REASON_SPECIAL,
	MMAPDEMO_REASON_NO_NEIGHBOUR,
	MMAPDEMO_REASON_INSIDE,
	MMAPDEMO_REASON_POLICY,
	MMAPDEMO_REASON_FLAGS,
	MMAPDEMO_REASON_FILE,
	MMAPDEMO_REASON_CLOSE,
	MMAPDEMO_REASON_UFFD,
	MMAPDEMO_REASON_ANON_NAME,
	MMAPDEMO_REASON_ANON_VMA,
	MMAPDEMO_REASON_FAULTED,
	MMAPDEMO_REASON_FORKED,
	MMAPDEMO_REASON_PGOFF,
	MMAPDEMO_REASON_OTHER_SIDE,
	MMAPDEMO_REASON_COUNT
};

/* VM_*, those that are the same on every kernel, as vma_merge names them */
#define MMAPDEMO_VM_FLAGS	\
	EM(0x1,		"read")	\
	EM(0x2,		"write") \
	EM(0x4,		"exec")	\
	EM(0x8,		"shared") \
	EM(0x10,	"mayread") \
	EM(0x20,	"maywrite") \
	EM(0x40,	"mayexec") \
	EM(0x80,	"mayshare") \
	EM(0x100,	"growsdown") \
	EM(0x200,	"uffd_missing") \
	EM(0x400,	"pfnmap") \
	EM(0x1000,	"uffd_wp") \
	EM(0x2000,	"locked") \
	EM(0x4000,	"io")	\
	EM(0x8000,	"seq_read") \
	EM(0x10000,	"rand_read") \
	EM(0x20000,	"dontcopy") \
	EM(0x40000,	"dontexpand") \
	EM(0x80000,	"lockonfault") \
	EM(0x100000,	"account") \
	EM(0x200000,	"noreserve") \
	EM(0x400000,	"hugetlb") \
	EM(0x800000,	"sync")	\
	EM(0x2000000,	"wipeonfork") \
	EM(0x4000000,	"dontdump") \
	EM(0x8000000,	"softdirty") \
	EM(0x10000000,	"mixedmap") \
	EM(0x20000000,	"hugepage") \
	EM(0x40000000,	"nohugepage") \
	EMe(0x80000000,	"mergeable")

/* ---- commands ---- */

/**
 * struct mmapdemo_info - what this module and this kernel offer
 * @size: see "Growth"
 * @features: MMAPDEMO_FEATURE_* bits
 * @events: the trace events built in, one bit per enum mmapdemo_event; whether
 *	each can be observed on this kernel is told by MMAPDEMO_IOC_PROBE
 * @region_bytes: size of the region behind this file descriptor, in bytes
 * @page_bytes: size of a page, in bytes
 * @levels: levels of the page table in use: 4, or 5 with P4D
 * @probes: how many probes MMAPDEMO_IOC_PROBE can be asked about
 * @reserved: 0
 */
struct mmapdemo_info {
	__u64 size;
	__u64 features;
	__u64 events;
	__u64 region_bytes;
	__u32 page_bytes;
	__u32 levels;
	__u32 probes;
	__u32 reserved;
};

#define MMAPDEMO_FEATURE_STAT	(1ULL << 0)	/* MMAPDEMO_IOC_STAT */
#define MMAPDEMO_FEATURE_PROBE	(1ULL << 1)	/* MMAPDEMO_IOC_PROBE */
#define MMAPDEMO_FEATURE_DMESG	(1ULL << 2)	/* module parameter dmesg */
#define MMAPDEMO_FEATURE_VMA_LOCK (1ULL << 3)	/* faults may hold only this */
#define MMAPDEMO_FEATURE_WALK	(1ULL << 4)	/* MMAPDEMO_IOC_WALK */
#define MMAPDEMO_FEATURE_COUNT	(1ULL << 5)	/* MMAPDEMO_IOC_COUNT */
#define MMAPDEMO_FEATURE_REGION	(1ULL << 6)	/* MMAPDEMO_IOC_REGION */

/**
 * struct mmapdemo_stat - counters of the region behind this file descriptor
 * @size: see "Growth"
 * @bytes: size of the region, in bytes
 * @resident_pages: pages it has; one that was touched stays until it is punched
 *	out, or the region ends
 * @read_faults: pages supplied to a reader
 * @shared_faults: pages supplied to a writer of a MAP_SHARED mapping
 * @cow_faults: pages supplied to be copied for a MAP_PRIVATE writer
 * @refused_faults: touches past the end and of what can't be read (SIGBUS), failed
 *	allocations, and what was planned to be refused
 * @mmaps: times the kernel asked the driver how to serve a mapping: for every
 *	mmap() with .mmap_prepare, which is called before a merge is tried; with
 *	.mmap, on kernels before 7.2, only for those that were not merged
 * @mappings: mappings that became a VMA of their own
 * @huge_faults: of the faults above, those answered with a PMD. It stays 0 with
 *	MMAPDEMO_BY_HUGE where the kernel never asks a device for one: some before
 *	Linux 6.8, and all without CONFIG_TRANSPARENT_HUGEPAGE
 * @around_pages: pages mapped beside the one that was touched
 * @planned_faults: faults answered as MMAPDEMO_IOC_PLAN said
 * @method: enum mmapdemo_by
 * @flags: MMAPDEMO_REGION_*
 *
 * The counters are read one after the other, without stopping the others.
 * The same numbers are in /proc/PID/fdinfo/FD.
 */
struct mmapdemo_stat {
	__u64 size;
	__u64 bytes;
	__u64 resident_pages;
	__u64 read_faults;
	__u64 shared_faults;
	__u64 cow_faults;
	__u64 refused_faults;
	__u64 mmaps;
	__u64 mappings;
	__u64 huge_faults;
	__u64 around_pages;
	__u64 planned_faults;
	__u32 method;
	__u32 flags;
};

/* mmapdemo_probe.state */
#define MMAPDEMO_PROBE_READY	0	/* can be attached, nobody listens */
#define MMAPDEMO_PROBE_ARMED	1	/* attached */
#define MMAPDEMO_PROBE_ABSENT	2	/* can't be attached: see @error */

/* mmapdemo_probe.method */
#define MMAPDEMO_METHOD_NONE		0
#define MMAPDEMO_METHOD_KRETPROBE	1
#define MMAPDEMO_METHOD_DIRECT		2	/* ftrace calls us directly */

/**
 * struct mmapdemo_probe - one probed function
 * @size: see "Growth"
 * @index: in: which probe, 0 … mmapdemo_info.probes - 1
 * @state: MMAPDEMO_PROBE_*
 * @method: MMAPDEMO_METHOD_*, how it is attached; with MMAPDEMO_PROBE_READY how it
 *	still is, for the time of the module parameter linger
 * @error: errno (positive) of the attempt to attach: ENOENT when the function
 *	is inlined or not in this kernel, EINVAL when the kernel forbids
 *	probing it, EBUSY when only MMAPDEMO_METHOD_DIRECT is allowed, and
 *	somebody else is there, EUNATCH when ftrace was switched off, by sysctl
 *	kernel.ftrace_enabled=0; 0 when it can be attached. While it is attached:
 *	EUNATCH when ftrace is switched off, and calls are not observed; otherwise
 *	why not by MMAPDEMO_METHOD_DIRECT, if that would have been better:
 *	EINPROGRESS when it follows
 * @events: the events that need it, one bit per enum mmapdemo_event
 * @hits: calls observed since the module was loaded
 * @missed: calls that could not be observed since then, because too many were
 *	under way at once, or the processor was in another kprobe
 * @symbol: the function attached to, or the first candidate when there is none
 * @inside: calls under way, also after it was detached, that will return through
 *	the module, which can't be unloaded before; with MMAPDEMO_METHOD_DIRECT
 *	only. The counters of all CPUs are read one after the other
 * @pending: tasks between two calls that are one step: what the first call saw is
 *	kept for the second, for example of a fault that the kernel tries again. It
 *	is given up when the task exits, or does not come back for 10 s
 *
 * Fails with EINVAL when @index is out of range, or behind the caller's @size.
 * Needs CAP_SYS_ADMIN, as reading tracefs does.
 */
struct mmapdemo_probe {
	__u64 size;
	__u32 index;
	__u32 state;
	__u32 method;
	__u32 error;
	__u64 events;
	__u64 hits;
	__u64 missed;
	char symbol[64];
	__u64 inside;
	__u64 pending;
};

/**
 * struct mmapdemo_run - equal entries of a page table that follow each other
 * @address: first address that the first of them maps
 * @frame: its page frame, if present; its offset in the swap area, in pages, if
 *	swapped out. The others' follow one after the other, except that zero
 *	pages are all the same one. 0: the entry has none, or the caller does not
 *	have CAP_SYS_ADMIN
 * @count: how many entries; each maps as much as one of its level does
 * @entry: MMAPDEMO_ENTRY_* of each of them
 * @level: MMAPDEMO_LEVEL_*, the one level they are of
 * @swap: number of the swap area; with @frame
 *
 * Equal are entries of one level whose addresses follow each other, and whose
 * bits and frames are as said. Other levels' runs may be told in between.
 *
 * The caller's array says nothing of the size of its elements: this structure does
 * not grow. What it has no room for will be another structure, by a flag of
 * struct mmapdemo_walk.
 */
struct mmapdemo_run {
	__u64 address;
	__u64 frame;
	__u32 count;
	__u32 entry;
	__u32 level;
	__u32 swap;
};

/* What any walk needs room for: an entry of each level */
#define MMAPDEMO_RUNS_MIN 5

/* mmapdemo_walk.flags: @start is where another walk stopped */
#define MMAPDEMO_WALK_CONTINUE	1

/**
 * struct mmapdemo_walk - a look at the page tables of a process
 * @size: in: sizeof(struct mmapdemo_walk); not changed
 * @start: in: first address. Out: where the walk stopped; @end when it is over
 * @end: in: behind the last address; above what a process can have is nothing
 * @runs: in: pointer to @room struct mmapdemo_run, to be filled
 * @room: in: at least MMAPDEMO_RUNS_MIN
 * @count: out: how many were filled
 * @pid: in: the process, or one of its threads; 0: the caller itself
 * @levels: in: MMAPDEMO_LEVEL_* to be told of; 0: all
 * @flags: in: 0, or MMAPDEMO_WALK_CONTINUE. Out: MMAPDEMO_WALK_CONTINUE
 * @reserved: 0
 *
 * Tells of every populated entry that maps an address of the range which is
 * mapped (has a VMA), sorted by the address of the run's first entry, a table
 * before what is in it. The entries on the way to the first address are told
 * too, and begin before it.
 *
 * One call does not always get to the end: @runs was full, or, however much
 * room there is, 8192 are; or a signal came. So call it again with the
 * structure as it is, until @start is @end:
 *
 *	do
 *		ioctl(fd, MMAPDEMO_IOC_WALK, &walk), use(runs, walk.count);
 *	while (walk.start < walk.end);
 *
 * This tells each entry once, however small @room is; a run may then be told in
 * two parts. Empty ranges cost nothing: a table that is not there is skipped at
 * the level where it is missing, and what is not mapped is not looked at.
 *
 * It is racy, as /proc/PID/pagemap is. Each entry was read in one piece, and is
 * true of that moment; the process does not stand still meanwhile. mmap_lock is
 * held for reading, and dropped after every 64 tables at most. An address that
 * is mapped and touched all the time is never missed.
 *
 * To look at another process the caller needs CAP_SYS_PTRACE; to see frames and
 * places in swap CAP_SYS_ADMIN; both in the initial user namespace.
 *
 * Fails with EINVAL for addresses that are no multiple of the page size or in
 * the wrong order, for bits that are not known, @room below MMAPDEMO_RUNS_MIN,
 * @size too small; E2BIG when @size is more than a page, or what is behind our
 * structure is not 0; ESRCH when there is no such process, or it has no address
 * space: a kernel thread, a process that has exited; EPERM; EFAULT; ENOMEM. The
 * structure is not changed then, except by EFAULT.
 */
struct mmapdemo_walk {
	__u64 size;
	__u64 start;
	__u64 end;
	__u64 runs;
	__u32 room;
	__u32 count;
	__u32 pid;
	__u32 levels;
	__u32 flags;
	__u32 reserved;
};

/* mmapdemo_count.flags: every process, whoever's child it is */
#define MMAPDEMO_COUNT_ALL	1

/* How many counters can be open at once */
#define MMAPDEMO_COUNTERS_MAX	8

/**
 * struct mmapdemo_count - whose faults to count
 * @size: in: sizeof(struct mmapdemo_count); not changed
 * @pid: the root of a tree of processes: it, all that descend from it now, and
 *	all that will; 0: the caller
 * @flags: 0; or MMAPDEMO_COUNT_ALL, and @pid 0
 *
 * The call returns a file descriptor, with close-on-exec set. The faults are
 * counted that begin and end between this call and the descriptor's last close,
 * be it by exit; read(2) tells how many there were, of which class, and how long
 * they took. No event is written for that, and nothing else than one test done
 * for other processes. Counting changes nothing for others who count, or listen
 * to events; a fault counted is what one pte_fault event is, in the same class
 * and with the same duration.
 *
 * Counted are faults that the tree's tasks had, in whoever's memory; so one that
 * a debugger brought there by ptrace is the debugger's. A process stays in the
 * tree when its parent ends. One whose parent had ended before the call belongs
 * to who adopted it. A tree needs 512 KiB of kernel memory.
 *
 * The module can't be unloaded while a descriptor is open. The line
 * mmapdemo-count of /proc/PID/fdinfo/FD names the root of the tree, or "all".
 *
 * Fails with EPERM without CAP_SYS_ADMIN, as reading tracefs does; ESRCH when
 * there is no such process, or @pid is but a thread of one; EBUSY when
 * MMAPDEMO_COUNTERS_MAX are open; EINVAL for flags that are not known, @pid with
 * MMAPDEMO_COUNT_ALL, @size too small; E2BIG when @size is more than a page, or
 * what is behind our structure is not 0; EFAULT, EMFILE, ENOMEM; and as told by
 * mmapdemo_probe.error, when faults can't be observed.
 */
struct mmapdemo_count {
	__u64 size;
	__u32 pid;
	__u32 flags;
};

/*
 * Bucket 0 is for durations that are not known, bucket i for 2^(i-1) to 2^i - 1
 * ns, the last for more
 */
#define MMAPDEMO_LATENCY_BUCKETS 40

/* Room for more classes than there are */
#define MMAPDEMO_CLASSES_MAX	32

/**
 * struct mmapdemo_latency - the faults of one class
 * @count: how many; the sum of @buckets
 * @total: how long all of them took, in ns, of which it is known
 * @max: how long the longest took, in ns
 * @buckets: how many took how long
 *
 * The duration of a fault is not known when the machine was suspended meanwhile,
 * or when the kernel found that the TSC, by which it was to be measured, is no
 * clock.
 */
struct mmapdemo_latency {
	__u64 count;
	__u64 total;
	__u64 max;
	__u64 buckets[MMAPDEMO_LATENCY_BUCKETS];
};

/**
 * struct mmapdemo_faults - what was counted, so far
 * @size: of this structure, as the module knows it; it grows after @class
 * @elapsed: since counting began, in ns
 * @missed: faults since then, of any process, that could not be observed
 * @classes: classes that the module knows; those behind are 0
 * @buckets: MMAPDEMO_LATENCY_BUCKETS
 * @class: by enum mmapdemo_fault_class
 * @by_class: the same for C++, where class is a keyword
 *
 * Every read(2) of MMAPDEMO_IOC_COUNT's descriptor begins with the first byte of
 * a new snapshot, and gives as much of it as there is room for; less than 8
 * bytes is EINVAL. Nothing is reset: the difference of two is what happened
 * between. What one CPU counted in one class is told as of one moment, so count,
 * total and buckets always belong together; CPUs and classes are read one after
 * the other, without stopping them.
 */
struct mmapdemo_faults {
	__u64 size;
	__u64 elapsed;
	__u64 missed;
	__u32 classes;
	__u32 buckets;
#ifdef __cplusplus
	struct mmapdemo_latency by_class[MMAPDEMO_CLASSES_MAX];
#else
	struct mmapdemo_latency class[MMAPDEMO_CLASSES_MAX];
#endif
};

/* ---- regions ---- */

/* By what means a driver maps its pages: module/method_NAME.c is about each */
#define MMAPDEMO_BYS		\
	EM(0,	"page")		/* .fault, vmf->page */ \
	EM(1,	"insert")	/* .fault, vmf_insert_page() */ \
	EM(2,	"pfn")		/* .fault, vmf_insert_pfn() */ \
	EM(3,	"remap")	/* mmap(), remap_pfn_range() */ \
	EM(4,	"around")	/* vm_insert_pages() */ \
	EM(5,	"huge")		/* .huge_fault, vmf_insert_pfn_pmd() */ \
	EMe(6,	"prepare")	/* mmap(), vm_insert_pages() */

/** enum mmapdemo_by - the numbers of MMAPDEMO_BYS */
enum mmapdemo_by {
	MMAPDEMO_BY_PAGE,
	MMAPDEMO_BY_INSERT,
	MMAPDEMO_BY_PFN,
	MMAPDEMO_BY_REMAP,
	MMAPDEMO_BY_AROUND,
	MMAPDEMO_BY_HUGE,
	MMAPDEMO_BY_PREPARE,
	MMAPDEMO_BY_COUNT
};

/* mmapdemo_region.flags, one at most; the first two with MMAPDEMO_BY_REMAP on x86 */
#define MMAPDEMO_REGION_WRITE_COMBINING	1	/* as frame buffers are mapped */
#define MMAPDEMO_REGION_UNCACHED	2	/* as registers are */
#define MMAPDEMO_REGION_BACKED		4	/* it is a file */

/**
 * struct mmapdemo_region - a region of one's own
 * @size: in: sizeof(struct mmapdemo_region); not changed
 * @bytes: size of the region: a multiple of the page size, not 0; with
 *	MMAPDEMO_BY_HUGE of 2 MiB
 * @method: enum mmapdemo_by
 * @flags: MMAPDEMO_REGION_*
 * @backing: descriptor of the file, with MMAPDEMO_REGION_BACKED; or 0
 * @reserved: 0
 *
 * An open device shows the region that all who open it share, until it is given
 * one of its own: once, and only as long as nobody mapped it. The region has the
 * bytes and counters of this open file alone, so of everybody who got it by
 * fork, dup(2) or a socket. It lives until the last descriptor and the last
 * mapping are gone. Its memory is charged to the memory cgroup of whoever made
 * a page come into being, by the first touch or, with MMAPDEMO_BY_REMAP and
 * MMAPDEMO_BY_PREPARE, by this call, and counted as "Cached" and "Shmem" in
 * /proc/meminfo, and "file" and "shmem" in the group's memory.stat; the latter has
 * it in "kernel", too.
 *
 * The memory is never swapped. So all of @bytes, touched or not, count for
 * RLIMIT_MEMLOCK of the user who makes this call, together with what io_uring(7) and
 * AF_XDP count for it, until the region's end; except with CAP_IPC_LOCK, and for
 * a region that is a file, which has no memory of its own.
 *
 * mmap() of it fails with EINVAL for MAP_PRIVATE with MMAPDEMO_BY_PFN,
 * MMAPDEMO_BY_REMAP and MMAPDEMO_BY_HUGE: there is no page that the kernel could
 * copy from. With MMAPDEMO_BY_REMAP and MMAPDEMO_BY_PREPARE everything is mapped
 * at once, and a mapping that reaches past the end fails with ENXIO; with the
 * others touching it there is SIGBUS. Where the memory of a page is broken mmap()
 * fails with EHWPOISON, or touching it is SIGBUS with BUS_MCEERR_AR; read(2),
 * write(2) and ptrace(2) fail with EIO.
 *
 * With MMAPDEMO_REGION_BACKED, and MMAPDEMO_BY_PAGE only, a region is a file: a
 * mapping of the region is a mapping of the file, at the same offset, and is one in
 * /proc/PID/maps and to msync(2). The file system answers its faults, notices what
 * is stored and writes it. The region ends where the file does, if that is before;
 * touching what is past the end of the file, can't be read, or has no room on the
 * disk is SIGBUS. A mapping that reaches past the region's own end fails with ENXIO,
 * and can't be made larger by mremap(2). fsync(2) returns the errors of the file
 * system, once; close(2) does not, and does not wait for it. read(2) and write(2)
 * are those of the file; write(2) fails with ENOSPC past the end, and may be done as
 * if after a truncation of the file at the same time. MMAPDEMO_IOC_PUNCH makes a
 * hole in the file. resident_pages and MMAPDEMO_IOC_PAGES are about the pages that
 * the page cache has of the file, and
 * around_pages stays 0. The file is opened once more, with the rights of the
 * descriptor, which may be closed. A memfd can't be sealed against writing
 * meanwhile: EBUSY. mlock(2) of such a mapping returns 0 and locks nothing: the
 * kernel passes over mappings that can't grow.
 *
 * Fails with EBUSY when the open file has a region of its own, or was mapped;
 * EFBIG when @bytes is more than the module parameter region_max, or, with
 * MMAPDEMO_BY_REMAP, than 4 MiB, the largest block of contiguous memory; ENOSPC
 * when all such regions together would have more than regions_max; EINVAL for
 * other @bytes, methods and flags that are not known or do not go together,
 * @size too small; EOPNOTSUPP for flags that this processor does not have; E2BIG
 * when @size is more than a page, or what is behind our structure is not 0;
 * EPERM when the descriptor can't be written to; EFAULT; ENOMEM, also when the
 * user's regions would have more than RLIMIT_MEMLOCK; EINTR after a signal that
 * kills. region_max and regions_max hold for regions over files, too, although
 * these have no memory. For @backing EBADF; EINVAL when it is not a regular file,
 * one of /proc or /sys, one on persistent memory (DAX), or one that fanotify(7)
 * watches to fill it in before it is read; EACCES when it can't be read and written,
 * or is open with O_APPEND; EPERM when it is sealed; and as open(2).
 * Nothing is changed then.
 */
struct mmapdemo_region {
	__u64 size;
	__u64 bytes;
	__u32 method;
	__u32 flags;
	__s32 backing;
	__u32 reserved;
};

/**
 * struct mmapdemo_resize - another size for a region
 * @size: in: sizeof(struct mmapdemo_resize); not changed
 * @bytes: as in struct mmapdemo_region
 *
 * What ftruncate(2) is for a file. Pages behind the new end are gone when the
 * call returns, private copies of them too, and touching a mapping there is
 * SIGBUS, until the region grows again: then they are zeros.
 *
 * Fails with EPERM for the region that all share, and when the descriptor can't
 * be written to, or the region was made with CAP_IPC_LOCK, is to grow, and the caller
 * does not have it; EOPNOTSUPP with MMAPDEMO_BY_REMAP, MMAPDEMO_BY_PREPARE and
 * MMAPDEMO_REGION_BACKED; EINTR after a signal that kills; and otherwise as
 * MMAPDEMO_IOC_REGION.
 */
struct mmapdemo_resize {
	__u64 size;
	__u64 bytes;
};

/**
 * struct mmapdemo_punch - pages to be taken out of a region
 * @size: in: sizeof(struct mmapdemo_punch); not changed
 * @start: first byte: a multiple of the page size, with MMAPDEMO_BY_HUGE of 2 MiB
 * @end: behind the last one, likewise; what is behind the region is left out
 *
 * What FALLOC_FL_PUNCH_HOLE is for a file: the pages are gone when the call
 * returns, and are zeros when they are touched again. Private copies stay.
 *
 * Fails as MMAPDEMO_IOC_RESIZE, and with EINVAL when @end is before @start.
 */
struct mmapdemo_punch {
	__u64 size;
	__u64 start;
	__u64 end;
};

/* What MMAPDEMO_IOC_PAGES tells of a page */
#define MMAPDEMO_PAGE_RESIDENT	(1ULL << 63)
#define MMAPDEMO_PAGE_HUGE	(1ULL << 62)	/* part of a block of 2 MiB */
#define MMAPDEMO_PAGE_FRAME	((1ULL << 55) - 1) /* with CAP_SYS_ADMIN, or 0 */

/**
 * struct mmapdemo_pages - which pages a region has
 * @size: in: sizeof(struct mmapdemo_pages); not changed
 * @start: first byte, a multiple of the page size
 * @end: behind the last one, likewise
 * @pages: in: pointer to a __u64 for each, to be filled with MMAPDEMO_PAGE_*; 0
 *	for a page that nobody touched, or that is behind the end
 *
 * What mincore(2) is for a mapping. The pages are looked at one after the other;
 * none comes into being by that. Frames are told as /proc/PID/pagemap does.
 *
 * Fails with EINVAL when @start or @end are none, @size is too small; E2BIG,
 * EFAULT; EINTR after a signal that kills.
 */
struct mmapdemo_pages {
	__u64 size;
	__u64 start;
	__u64 end;
	__u64 pages;
};

/* mmapdemo_plan.answer */
#define MMAPDEMO_PLAN_NOTHING	0	/* as if nothing had been planned */
#define MMAPDEMO_PLAN_SIGBUS	1	/* as on an I/O error */
#define MMAPDEMO_PLAN_OOM	2	/* as without memory */
#define MMAPDEMO_PLAN_DELAY	3	/* as on a slow disk */

/* How many plans a region has at most, and how long a delay is, in ns */
#define MMAPDEMO_PLANS_MAX	64
#define MMAPDEMO_DELAY_MAX	60000000000ULL

/**
 * struct mmapdemo_plan - how faults are to be answered
 * @size: in: sizeof(struct mmapdemo_plan); not changed
 * @start: first byte of the region, a multiple of the page size
 * @end: behind the last one, likewise; not @start
 * @delay: how long, in ns, at most MMAPDEMO_DELAY_MAX; with MMAPDEMO_PLAN_DELAY
 * @answer: MMAPDEMO_PLAN_*; MMAPDEMO_PLAN_NOTHING forgets all plans that have a
 *	page in the range
 * @times: how many faults, whichever pages of the range they are for; 0: all
 *
 * The newest plan for a page counts. Faults are meant, so pages that are mapped
 * already are not concerned: use MADV_DONTNEED, or plan first. read(2) and
 * write(2) go on as usual. While there is a plan, no page is mapped that was not
 * touched.
 *
 * A delayed fault is a major one, waits without mmap_lock if the kernel can try
 * again, and ends when its task is killed; a task that exits does not wait. A task
 * that waits can be frozen, as for a suspend, but not in a system call, nor where the
 * kernel can't try again.
 * After MMAPDEMO_PLAN_OOM the kernel repeats an access of a program until it is
 * answered otherwise, so give it a number of @times; a system call gets ENOMEM or
 * EFAULT.
 *
 * Fails with EPERM for the region that all share, and when the descriptor can't
 * be written to; EOPNOTSUPP with MMAPDEMO_BY_REMAP: there are no faults; ENOSPC
 * when there are MMAPDEMO_PLANS_MAX; EINVAL for a range that is none, answers not
 * known, a @delay that is too long or for nothing, @size too small; E2BIG,
 * EFAULT, ENOMEM.
 */
struct mmapdemo_plan {
	__u64 size;
	__u64 start;
	__u64 end;
	__u64 delay;
	__u32 answer;
	__u32 times;
};

/* Numbers with the sizes of their time: see "Growth" */
#define MMAPDEMO_IOC(direction, number, bytes)	\
	_IOC(direction, 0xde, number, bytes)
#define MMAPDEMO_IOC_INFO	MMAPDEMO_IOC(_IOC_READ | _IOC_WRITE, 0, 48)
#define MMAPDEMO_IOC_STAT	MMAPDEMO_IOC(_IOC_READ | _IOC_WRITE, 1, 104)
#define MMAPDEMO_IOC_PROBE	MMAPDEMO_IOC(_IOC_READ | _IOC_WRITE, 2, 120)
#define MMAPDEMO_IOC_WALK	MMAPDEMO_IOC(_IOC_READ | _IOC_WRITE, 3, 56)
#define MMAPDEMO_IOC_COUNT	MMAPDEMO_IOC(_IOC_WRITE, 4, 16)
#define MMAPDEMO_IOC_REGION	MMAPDEMO_IOC(_IOC_WRITE, 5, 32)
#define MMAPDEMO_IOC_RESIZE	MMAPDEMO_IOC(_IOC_WRITE, 6, 16)
#define MMAPDEMO_IOC_PUNCH	MMAPDEMO_IOC(_IOC_WRITE, 7, 24)
#define MMAPDEMO_IOC_PAGES	MMAPDEMO_IOC(_IOC_WRITE, 8, 32)
#define MMAPDEMO_IOC_PLAN	MMAPDEMO_IOC(_IOC_WRITE, 9, 40)

#endif /* _UAPI_MMAPDEMO_H */
