/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * mmapdemo - what did Linux do between mmap() and the first byte?
 *
 * The ABI of /dev/mmapdemo and of the mmapdemo:* trace events, and their manual.
 * Every type here has a fixed width and natural alignment, has no holes, and means
 * the same on every kernel.
 *
 * DOC: Growth
 *
 * There are no version numbers. Programs and modules of all ages work together.
 *
 * The structure of a command grows at its end, and starts with @size. The caller
 * stores sizeof() of the structure that the caller was compiled with.
 *
 * If the structure is an answer, the module fills as many bytes as both sides know,
 * zeroes the rest of the caller's structure, and stores its own size. So the caller
 * reads 0 in a member that an older module does not know.
 *
 * If the structure is a question ("not changed" at @size), the module reads as many
 * bytes as both sides know. 0 in a new member requests the behaviour from before
 * the member existed. Any other value that an older module does not know fails with
 * E2BIG.
 *
 * A command keeps its number when its structure grows: the size in the number is
 * fixed, and the module accepts any size there. (The size was sizeof() at first.
 * Programs of that time call 0xc048de01 for MMAPDEMO_IOC_STAT and 0xc070de02 for
 * MMAPDEMO_IOC_PROBE, and modules of that time know only those.) A new command gets
 * a new number. An unknown command fails with ENOTTY.
 *
 * Elements of arrays never grow: struct mmapdemo_run, struct mmapdemo_latency.
 * Arrays inside a structure never grow either. Values, bits and fields of events
 * are added, and never change their meaning: find a field by the format in tracefs,
 * and expect values without a name. All layouts are the same for 32-bit programs.
 */
#ifndef _UAPI_MMAPDEMO_H
#define _UAPI_MMAPDEMO_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define MMAPDEMO_DEVICE "/dev/mmapdemo"

/*
 * The names of all values that an event can hold are lists of EM(value, name), in
 * which the last element is EMe(value, name). The module builds its print tables
 * from the lists, and a program can build its own: define EM and EMe, name the
 * list, undefine EM and EMe.
 */

/* ---- events ---- */

/**
 * enum mmapdemo_event - the trace events, as bit numbers
 * @MMAPDEMO_EVENT_DO_MMAP: a call of do_mmap(), successful or not
 * @MMAPDEMO_EVENT_GET_UNMAPPED_AREA: the search for a free range
 * @MMAPDEMO_EVENT_VMA_MERGE: an attempt to merge a range with its neighbours
 * @MMAPDEMO_EVENT_VMA_LINK: a new VMA is in the tree
 * @MMAPDEMO_EVENT_PTE_FAULT: a page fault was handled
 * @MMAPDEMO_EVENT_VMA_SPLIT: a VMA was split in two
 * @MMAPDEMO_EVENT_VMA_UNLINK: the VMAs of a range left the tree
 * @MMAPDEMO_EVENT_BRK: a call of brk(2)
 * @MMAPDEMO_EVENT_MREMAP: a call of mremap(2), successful or not
 * @MMAPDEMO_EVENT_DUP_MM: fork copied an address space
 * @MMAPDEMO_EVENT_PGD_ALLOC: an address space got its page table
 * @MMAPDEMO_EVENT_EXIT_MMAP: an address space ended
 * @MMAPDEMO_EVENTS: number of events
 *
 * The fields of each event are documented in module/trace/events.h.
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
 * The path of a fault through handle_pte_fault(). The class is derived from the
 * entry before the fault, the kind of VMA and the access, and is confirmed by the
 * entry after the fault and the returned code. The function of the kernel is in
 * brackets.
 */
#define MMAPDEMO_FAULT_CLASSES					\
	EM(0,	"unknown")	/* a race: the entries contradict each other */ \
	EM(1,	"anon-zero")	/* shared zero page [do_anonymous_page] */ \
	EM(2,	"anon")		/* new page [do_anonymous_page] */ \
	EM(3,	"read")		/* file page [do_read_fault] */ \
	EM(4,	"cow")		/* private copy of a file page [do_cow_fault] */ \
	EM(5,	"shared")	/* file page to store to [do_shared_fault] */ \
	EM(6,	"swap")		/* from swap [do_swap_page] */ \
	EM(7,	"migration")	/* waited for page migration [do_swap_page] */ \
	EM(8,	"marker")	/* PTE marker: guard, poison [do_swap_page] */ \
	EM(9,	"numa")		/* NUMA hint [do_numa_page] */ \
	EM(10,	"wp-reuse")	/* same page made writable [do_wp_page] */ \
	EM(11,	"wp-copy")	/* copied to a new page [do_wp_page] */ \
	EM(12,	"wp-shared")	/* shared page made writable [do_wp_page] */ \
	EM(13,	"huge-zero")	/* [do_huge_pmd_anonymous_page] */ \
	EM(14,	"huge-anon")	/* [do_huge_pmd_anonymous_page] */ \
	EM(15,	"huge-file")	/* file's huge page [do_set_pmd, huge_fault] */ \
	EM(16,	"huge-numa")	/* [do_huge_pmd_numa_page] */ \
	EM(17,	"huge-wp")	/* made writable or copied [do_huge_pmd_wp_page] */ \
	EM(18,	"huge-split")	/* split into PTEs [do_huge_pmd_wp_page] */ \
	EM(19,	"hugetlb")	/* [hugetlb_fault] */ \
	EM(20,	"uffd")		/* waited for userfaultfd [handle_userfault] */ \
	EM(21,	"spurious")	/* the entry was valid already */ \
	EM(22,	"sigbus")	/* VM_FAULT_SIGBUS: past the end, I/O error */ \
	EM(23,	"sigsegv")	/* VM_FAULT_SIGSEGV */ \
	EM(24,	"oom")		/* VM_FAULT_OOM */ \
	EMe(25,	"hwpoison")	/* VM_FAULT_HWPOISON: poisoned memory */

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

/* pte_fault's access: the kind of access by the instruction */
#define MMAPDEMO_ACCESSES	\
	EM(0,	"read")		\
	EM(1,	"write")	\
	EMe(2,	"exec")

enum mmapdemo_access {
	MMAPDEMO_ACCESS_READ,
	MMAPDEMO_ACCESS_WRITE,
	MMAPDEMO_ACCESS_EXEC
};

/* pte_fault's from: the origin of the access */
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
 * pte_fault's before and after: the levels of the page table in which the entry for
 * the address was populated. The bit of a folded level is never set.
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

/* A decoded page table entry, with the same bits on every architecture. */
#define MMAPDEMO_ENTRY_BITS						\
	EM(0x0001, "present")						\
	EM(0x0002, "write")	/* the processor may write */		\
	EM(0x0004, "exec")						\
	EM(0x0008, "young")	/* accessed */				\
	EM(0x0010, "dirty")						\
	EM(0x0020, "huge")	/* a leaf above the PTE level */	\
	EM(0x0040, "special")	/* no struct page that is counted */	\
	EM(0x0080, "zero")	/* the shared zero page */		\
	EM(0x0100, "anon")	/* an anonymous page */			\
	EM(0x0200, "protnone")	/* NUMA hint, or PROT_NONE */		\
	EM(0x0400, "swap")						\
	EM(0x0800, "migration")						\
	EM(0x1000, "marker")						\
	EM(0x2000, "device")	/* device private or exclusive */	\
	EM(0x4000, "uffd-wp")						\
	EM(0x8000, "soft-dirty")					\
	EM(0x10000, "guard")	/* a marker: a touch raises SIGSEGV */	\
	EM(0x20000, "table")	/* points to a table: not in events */	\
	EM(0x40000, "user")	/* accessible to the program: not in events */ \
	EM(0x80000, "uncached")	/* this and the next two: not in events */	\
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

/* vma_merge's outcome: the neighbours that became one VMA with the range */
#define MMAPDEMO_MERGES		\
	EM(0,	"none")		\
	EM(1,	"prev")		\
	EM(2,	"next")		\
	EMe(3,	"both")

#define MMAPDEMO_MERGE_PREV	0x1
#define MMAPDEMO_MERGE_NEXT	0x2

/* vma_merge's and vma_link's cause: the operation that needed the range */
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
 * trigger: the reason why the kernel was running when an event happened. The field
 * nr next to trigger is the number of the task's current system call, or -1 outside
 * of a system call.
 */
#define MMAPDEMO_TRIGGERS						\
	EM(0,	"syscall")	/* nr is from the native table */	\
	EM(1,	"syscall32")	/* nr is from the table of 32-bit programs */ \
	EM(2,	"exec")		/* a program is started */		\
	EM(3,	"fork")		/* fork, vfork, clone, clone3 */	\
	EM(4,	"exit")		/* the task ends; nr is its system call */	\
	EM(5,	"exception")	/* no system call: a fault, an interrupt */	\
	EMe(6,	"kernel")	/* a kernel thread */

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
 * vma_merge's reason_prev and reason_next: the outcome for a neighbour of the
 * range. If the neighbour did not merge, this is the first test that failed, in the
 * order of the running kernel; the VMAs may differ in more. What the kernel
 * compares is in brackets.
 *
 * - special: the range is VM_IO, VM_PFNMAP, VM_MIXEDMAP or VM_DONTEXPAND, as device
 *   memory and huge pages of hugetlbfs are.
 * - close: a driver with vm_ops->close must be called for each removed VMA.
 *   Before Linux 6.12 the kernel looks at the neighbour's, later at that of a VMA
 *   that the merge would remove.
 * - anon-vma: both VMAs were touched, but separately: their pages have different
 *   owners.
 * - faulted: the range was touched, but the neighbour never was. Linux 6.16 allows
 *   this merge.
 * - forked: the VMA was inherited by fork(), and its pages are shared with the
 *   parent.
 * - other-side: the neighbour would fit, but not together with the one on the other
 *   side.
 */
#define MMAPDEMO_REASONS						\
	EM(0,	"unknown")	/* no observation explains the outcome */ \
	EM(1,	"merged")	/* it became one VMA with the range */	\
	EM(2,	"not-tried")	/* the kernel did not try this side */	\
	EM(3,	"special")	/* the range never merges [VM_SPECIAL] */ \
	EM(4,	"no-neighbour")	/* no VMA touches the range there */	\
	EM(5,	"inside")	/* the changing VMA itself extends there */ \
	EM(6,	"policy")	/* different NUMA policy [mpol_equal] */	\
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

/* VM_* flags that are the same on every kernel, with vma_merge's names for them */
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
 * struct mmapdemo_info - features of this module and this kernel
 * @size: see "Growth"
 * @features: MMAPDEMO_FEATURE_* bits
 * @events: trace events built in, one bit per enum mmapdemo_event;
 *	MMAPDEMO_IOC_PROBE reports whether each can be observed on this kernel
 * @region_bytes: size of this file descriptor's region, in bytes
 * @page_bytes: size of a page, in bytes
 * @levels: levels of the page table in use: 4, or 5 with P4D
 * @probes: number of probes that MMAPDEMO_IOC_PROBE can report
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
#define MMAPDEMO_FEATURE_VMA_LOCK (1ULL << 3)	/* faults under per-VMA locks */
#define MMAPDEMO_FEATURE_WALK	(1ULL << 4)	/* MMAPDEMO_IOC_WALK */
#define MMAPDEMO_FEATURE_COUNT	(1ULL << 5)	/* MMAPDEMO_IOC_COUNT */
#define MMAPDEMO_FEATURE_REGION	(1ULL << 6)	/* MMAPDEMO_IOC_REGION */

/**
 * struct mmapdemo_stat - counters of this file descriptor's region
 * @size: see "Growth"
 * @bytes: size of the region, in bytes
 * @resident_pages: pages of the region; a touched page stays until the page is
 *	punched out or the region ends
 * @read_faults: pages supplied for a load
 * @shared_faults: pages supplied for a store to a MAP_SHARED mapping
 * @cow_faults: pages supplied to be copied for a store to a MAP_PRIVATE mapping
 * @refused_faults: touches past the end or of what can't be read (SIGBUS), failed
 *	allocations, and faults refused by a plan
 * @mmaps: times the kernel asked the driver how to serve a mapping: for every
 *	mmap() with .mmap_prepare, which is called before the kernel tries to merge;
 *	with .mmap, on kernels before 7.2, only for mappings that were not merged
 * @mappings: mappings that became a VMA of their own
 * @huge_faults: those of the faults above that were answered with a PMD. Stays 0
 *	with MMAPDEMO_BY_HUGE if the kernel never calls .huge_fault of a device: on
 *	some kernels before Linux 6.8, and on all without
 *	CONFIG_TRANSPARENT_HUGEPAGE
 * @around_pages: pages mapped next to the touched one
 * @planned_faults: faults answered by a plan of MMAPDEMO_IOC_PLAN
 * @method: enum mmapdemo_by
 * @flags: MMAPDEMO_REGION_*
 *
 * The counters are read one after the other, while faults go on. The same numbers
 * are in /proc/PID/fdinfo/FD.
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
#define MMAPDEMO_PROBE_READY	0	/* can be attached, not in use */
#define MMAPDEMO_PROBE_ARMED	1	/* attached */
#define MMAPDEMO_PROBE_ABSENT	2	/* can't be attached: see @error */

/* mmapdemo_probe.method */
#define MMAPDEMO_METHOD_NONE		0
#define MMAPDEMO_METHOD_KRETPROBE	1
#define MMAPDEMO_METHOD_DIRECT		2	/* a direct call of ftrace */

/**
 * struct mmapdemo_probe - a probed function
 * @size: see "Growth"
 * @index: in: number of the probe, 0 … mmapdemo_info.probes - 1
 * @state: MMAPDEMO_PROBE_*
 * @method: MMAPDEMO_METHOD_* by which the probe is attached; with
 *	MMAPDEMO_PROBE_READY, the method by which the probe is still attached, for
 *	the time of the module parameter linger
 * @error: errno (positive) of the attempt to attach, or 0 if the probe can be
 *	attached: ENOENT if the function is inlined or not in this kernel; EINVAL if
 *	the kernel forbids probing the function; EBUSY if only
 *	MMAPDEMO_METHOD_DIRECT is allowed, but a BPF program or a live patch is
 *	attached already; EUNATCH if ftrace was switched off by sysctl
 *	kernel.ftrace_enabled=0. While the probe is attached: EUNATCH if ftrace is
 *	switched off, and calls are not observed; otherwise the reason why the probe
 *	does not use MMAPDEMO_METHOD_DIRECT although that would be better,
 *	EINPROGRESS if the probe is about to use it
 * @events: events that need the probe, one bit per enum mmapdemo_event
 * @hits: calls observed since the module was loaded
 * @missed: calls that could not be observed since then, because too many calls were
 *	in progress at once, or the processor was in another kprobe
 * @symbol: the function attached to, or the first candidate if there is none
 * @inside: calls in progress that will return through the module, which can't be
 *	unloaded until then; with MMAPDEMO_METHOD_DIRECT only, and also after the
 *	probe was detached. The counters of all CPUs are read one after the other
 * @pending: tasks between two calls that belong together, as for a fault that the
 *	kernel tries again: what the first call observed is kept for the second one.
 *	The data is dropped when the task exits, or does not come back for 30 s
 *
 * Fails with EINVAL if @index is out of range, or past the end of the caller's
 * @size. Needs CAP_SYS_ADMIN, as reading tracefs does.
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
 * struct mmapdemo_run - consecutive equal entries of a page table
 * @address: first address that the first entry maps
 * @frame: page frame of the first entry if present; offset in the swap area, in
 *	pages, if swapped out. Those of the other entries follow one after the
 *	other, except that zero pages are all the same page. 0: the entry has none,
 *	or the caller does not have CAP_SYS_ADMIN
 * @count: number of entries; each maps as much memory as an entry of its level does
 * @entry: MMAPDEMO_ENTRY_* of each entry
 * @level: MMAPDEMO_LEVEL_* of all entries
 * @swap: number of the swap area; with @frame
 *
 * Entries are equal if they are of one level, their addresses follow one another,
 * and their bits and frames are as described above. Runs of other levels may come
 * in between.
 *
 * The caller does not pass the size of an element, so this structure does not grow.
 * New data will be in another structure, requested by a flag of struct
 * mmapdemo_walk.
 */
struct mmapdemo_run {
	__u64 address;
	__u64 frame;
	__u32 count;
	__u32 entry;
	__u32 level;
	__u32 swap;
};

/* Minimum room of a walk: an entry of each level */
#define MMAPDEMO_RUNS_MIN 5

/* mmapdemo_walk.flags: @start is where another walk stopped */
#define MMAPDEMO_WALK_CONTINUE	1

/**
 * struct mmapdemo_walk - a walk through the page tables of a process
 * @size: in: sizeof(struct mmapdemo_walk); not changed
 * @start: in: first address. Out: where the walk stopped; @end if complete
 * @end: in: end of the range, exclusive; above the address space of a process there
 *	is nothing
 * @runs: in: pointer to an array of @room struct mmapdemo_run, to be filled
 * @room: in: size of the array, at least MMAPDEMO_RUNS_MIN
 * @count: out: number of elements filled
 * @pid: in: the process, or one of its threads; 0: the caller
 * @levels: in: MMAPDEMO_LEVEL_* to return; 0: all
 * @flags: in: 0, or MMAPDEMO_WALK_CONTINUE. Out: MMAPDEMO_WALK_CONTINUE
 * @reserved: 0
 *
 * Returns every populated entry that maps an address of the range in a VMA, sorted
 * by the address of the run's first entry, a table before its contents. The entries
 * on the way to the first address are included, and begin before it.
 *
 * One call does not always reach the end: it stops when @runs is full, after 8192
 * runs whatever the room, or on a signal. So repeat the call with the structure as
 * it is, until @start is @end:
 *
 *	do
 *		ioctl(fd, MMAPDEMO_IOC_WALK, &walk), use(runs, walk.count);
 *	while (walk.start < walk.end);
 *
 * This returns each entry once, however small @room is, but may return a run in two
 * parts. Empty ranges cost nothing: a missing table is skipped at the level where
 * it is missing, and addresses outside of VMAs are skipped.
 *
 * The walk is racy, as /proc/PID/pagemap is. Each entry was read in one piece, and
 * is correct for that moment; the process is not stopped. mmap_lock is held for
 * reading, and dropped after every 64 tables at most. An address that is mapped and
 * touched all the time is never missed.
 *
 * The caller needs CAP_SYS_PTRACE to walk another process, and CAP_SYS_ADMIN to get
 * frames and swap offsets, both in the initial user namespace.
 *
 * Fails with EINVAL for addresses that are not a multiple of the page size or in
 * the wrong order, for unknown bits, for @room below MMAPDEMO_RUNS_MIN, and for a
 * @size that is too small; E2BIG if @size is more than a page, or bytes past the
 * module's structure are not 0; ESRCH if there is no such process, or the process
 * has no address space, as a kernel thread or a process that has exited; EPERM;
 * EFAULT; ENOMEM. Then the structure is not changed, except with EFAULT.
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

/* mmapdemo_count.flags: count every process, not a tree */
#define MMAPDEMO_COUNT_ALL	1

/* Maximum number of open counters */
#define MMAPDEMO_COUNTERS_MAX	8

/**
 * struct mmapdemo_count - the processes whose faults are counted
 * @size: in: sizeof(struct mmapdemo_count); not changed
 * @pid: the root of a tree of processes: this process with all present and future
 *	descendants; 0: the caller
 * @flags: 0; or MMAPDEMO_COUNT_ALL, and @pid 0
 *
 * The call returns a file descriptor, with close-on-exec set. The descriptor
 * counts the faults that begin and end between this call and the last close of
 * the descriptor, also by exit. read(2) returns the number of faults, by class and
 * duration. No event is written for this, and other processes pay for one test at
 * most. Counting does not affect other counters, or users of events. A counted fault
 * is the same as one pte_fault event, with the same class and the same duration.
 *
 * A counter counts the faults that tasks of the tree take, in any process's
 * memory: a fault that a debugger causes by ptrace is the debugger's. A process
 * stays in the tree when its parent ends. A process whose parent ended before the
 * call belongs to the process that adopted it. A tree needs 512 KiB of kernel
 * memory.
 *
 * The module can't be unloaded while a descriptor is open. The line mmapdemo-count
 * of /proc/PID/fdinfo/FD contains the root of the tree, or "all".
 *
 * Fails with EPERM without CAP_SYS_ADMIN, as reading tracefs does; ESRCH if there
 * is no such process, or @pid is a thread that is not the group leader; EBUSY if
 * MMAPDEMO_COUNTERS_MAX counters are open; EINVAL for unknown flags, for @pid with
 * MMAPDEMO_COUNT_ALL, and for a @size that is too small; E2BIG if @size is more
 * than a page, or bytes past the module's structure are not 0; EFAULT; EMFILE;
 * ENOMEM; and the errors of mmapdemo_probe.error if faults can't be observed.
 */
struct mmapdemo_count {
	__u64 size;
	__u32 pid;
	__u32 flags;
};

/*
 * Number of buckets. Bucket 0 counts unknown durations, bucket i durations of
 * 2^(i-1) to 2^i - 1 ns, the last bucket all longer ones, too
 */
#define MMAPDEMO_LATENCY_BUCKETS 40

/* Size of the array of classes, with room for new classes */
#define MMAPDEMO_CLASSES_MAX	32

/**
 * struct mmapdemo_latency - counters of one fault class
 * @count: number of faults; the sum of @buckets
 * @total: sum of all known durations, in ns
 * @max: longest duration, in ns
 * @buckets: number of faults by duration
 *
 * The duration of a fault is unknown if the machine was suspended during the fault,
 * or if the kernel found that the TSC, which was to measure the duration, is no
 * clock.
 */
struct mmapdemo_latency {
	__u64 count;
	__u64 total;
	__u64 max;
	__u64 buckets[MMAPDEMO_LATENCY_BUCKETS];
};

/**
 * struct mmapdemo_faults - the faults counted so far
 * @size: size of this structure, as the module knows it; it grows after @class
 * @elapsed: time since counting began, in ns
 * @missed: faults of any process since then that could not be observed
 * @classes: number of classes that the module knows; the classes after these are 0
 * @buckets: MMAPDEMO_LATENCY_BUCKETS
 * @class: counters, indexed by enum mmapdemo_fault_class
 * @by_class: @class for C++, where class is a keyword
 *
 * Every read(2) of MMAPDEMO_IOC_COUNT's descriptor takes a new snapshot and starts
 * with its first byte; it returns as much of the snapshot as there is room for.
 * Less than 8 bytes of room is EINVAL. Nothing is reset: the difference of two
 * snapshots is what happened between them. The counters of one CPU and one class
 * are read at one moment, so count, total and buckets always belong together. CPUs
 * and classes are read one after the other, while faults go on.
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

/* Methods of mapping pages; module/device/method_NAME.c describes each */
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

/* mmapdemo_region.flags, at most one; the first two: only with MMAPDEMO_BY_REMAP, x86 */
#define MMAPDEMO_REGION_WRITE_COMBINING	1	/* as for frame buffers */
#define MMAPDEMO_REGION_UNCACHED	2	/* as for registers */
#define MMAPDEMO_REGION_BACKED		4	/* backed by a file */

/**
 * struct mmapdemo_region - a new region for an open device
 * @size: in: sizeof(struct mmapdemo_region); not changed
 * @bytes: size of the region, not 0: a multiple of the page size; with
 *	MMAPDEMO_BY_HUGE a multiple of 2 MiB
 * @method: enum mmapdemo_by
 * @flags: MMAPDEMO_REGION_*
 * @backing: with MMAPDEMO_REGION_BACKED, the descriptor of the file; otherwise 0
 * @reserved: 0
 *
 * An open device shows the default region, which open files share, until the open
 * device is given a region of its own. This works once, and only before the first
 * mmap() of the open device. The bytes and counters of the region belong to this
 * open file alone, so to all processes that got it by fork, dup(2) or a socket.
 * The region lives until the last descriptor and the last mapping are gone. Each
 * page is charged to the memory cgroup of the task that created the page: by the
 * first touch or, with MMAPDEMO_BY_REMAP and MMAPDEMO_BY_PREPARE, by this call.
 * The pages are in the page cache, so mincore(2) and cachestat(2) see them. They count
 * as "Cached" and "Unevictable" in /proc/meminfo, and as "file" and "unevictable" in
 * the cgroup's memory.stat, but not as "shmem" or "kernel".
 *
 * The memory is never swapped. So all of @bytes, touched or not, count for
 * RLIMIT_MEMLOCK of the user who makes this call, until the region ends, together
 * with the memory of io_uring(7) and AF_XDP. Callers with CAP_IPC_LOCK are exempt,
 * and so are file-backed regions, which have no memory of their own.
 *
 * mmap() of the region fails with EINVAL for MAP_PRIVATE with MMAPDEMO_BY_PFN,
 * MMAPDEMO_BY_REMAP and MMAPDEMO_BY_HUGE: there is no page that the kernel could
 * copy from. With MMAPDEMO_BY_REMAP and MMAPDEMO_BY_PREPARE everything is mapped
 * at once, and a mapping that reaches past the end fails with ENXIO. With the
 * other methods, a touch past the end raises SIGBUS. If a page is poisoned (a
 * hardware memory error), mmap() fails with EHWPOISON, or a touch raises SIGBUS with
 * BUS_MCEERR_AR; read(2), write(2) and ptrace(2) fail with EIO.
 *
 * MMAPDEMO_BY_HUGE allocates blocks of 2 MiB. It allocates single pages if no block is
 * free, before Linux 5.19, and without CONFIG_TRANSPARENT_HUGEPAGE.
 *
 * With MMAPDEMO_REGION_BACKED, which needs MMAPDEMO_BY_PAGE, a region is
 * file-backed: a mapping of the region is a mapping of the file, at the same
 * offset, also in /proc/PID/maps and for msync(2). The file system answers the
 * faults, notices stores and writes the data. The region ends at the end of the
 * file if that comes first. A touch of what is past the end of the file, can't be
 * read, or has no room on the disk raises SIGBUS. A mapping that reaches past the
 * region's own end fails with ENXIO, and mremap(2) can't grow a mapping. PROT_EXEC
 * fails with EPERM, also where READ_IMPLIES_EXEC of personality(2) adds it. fsync(2)
 * returns the errors of the file system, once; close(2) neither returns them nor
 * waits for the file system. read(2) and write(2) are those of the file; write(2)
 * fails with ENOSPC past the end, and may take effect as if after a concurrent
 * truncation of the file. MMAPDEMO_IOC_PUNCH punches a hole into the file.
 * resident_pages and MMAPDEMO_IOC_PAGES show the file's pages in the page cache,
 * and around_pages stays 0. The file is opened once more, with the permissions of
 * the descriptor, which may be closed afterwards. While the region exists, sealing
 * a memfd against writing fails with EBUSY. mlock(2) of such a mapping returns 0
 * and locks nothing: the kernel skips mappings that can't grow.
 *
 * Fails with EBUSY if the open file has a region of its own, or was mapped; EFBIG
 * if @bytes is more than the module parameter region_max, or, with
 * MMAPDEMO_BY_REMAP, more than 4 MiB, the largest block of contiguous memory;
 * ENOSPC if all such regions together would have more than regions_max; EINVAL for
 * other invalid @bytes, for methods and flags that are unknown or do not go
 * together, and for a @size that is too small; E2BIG if @size is more than a page,
 * or bytes past the module's structure are not 0; EPERM if the descriptor is not
 * open for writing; EFAULT; ENOMEM, also if the user's regions would exceed
 * RLIMIT_MEMLOCK; EINTR after a signal that kills. region_max and regions_max also
 * apply to file-backed regions, although these have no memory. For @backing:
 * EBADF; EINVAL if the descriptor is not that of a regular file, or the file is in
 * /proc or /sys, is on persistent memory (DAX), or is watched by fanotify(7) to be
 * filled in before it is read; EACCES if the descriptor is not open for reading
 * and writing, or is open with O_APPEND; EPERM if the file is sealed; and the
 * errors of open(2). After an error nothing has changed.
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
 * struct mmapdemo_resize - a new size for a region
 * @size: in: sizeof(struct mmapdemo_resize); not changed
 * @bytes: new size, as in struct mmapdemo_region
 *
 * The counterpart of ftruncate(2). When the call returns, the pages past the new
 * end are gone, together with private copies. A touch there raises SIGBUS, until
 * the region grows again: then the pages are zeros.
 *
 * Fails with EPERM for the default region; if the descriptor is not open for
 * writing; and if the region was created with CAP_IPC_LOCK and is to grow, but the
 * caller does not have CAP_IPC_LOCK. Fails with EOPNOTSUPP with MMAPDEMO_BY_REMAP,
 * MMAPDEMO_BY_PREPARE and MMAPDEMO_REGION_BACKED; EINTR after a signal that kills;
 * and otherwise as MMAPDEMO_IOC_REGION.
 */
struct mmapdemo_resize {
	__u64 size;
	__u64 bytes;
};

/**
 * struct mmapdemo_punch - a hole in a region
 * @size: in: sizeof(struct mmapdemo_punch); not changed
 * @start: first byte: a multiple of the page size; with MMAPDEMO_BY_HUGE a multiple
 *	of 2 MiB
 * @end: end of the hole, exclusive, with the same alignment; what is past the end
 *	of the region is ignored
 *
 * The counterpart of FALLOC_FL_PUNCH_HOLE. When the call returns, the pages are
 * gone, and are zeros when they are touched again. Private copies stay. As for a file,
 * the entry of a poisoned page also stays in a mapping: there a touch raises SIGBUS
 * until the range is unmapped or dropped with MADV_DONTNEED.
 *
 * Fails with EPERM for the default region, and if the descriptor is not open for
 * writing; EOPNOTSUPP with MMAPDEMO_BY_REMAP and MMAPDEMO_BY_PREPARE; EINVAL for a
 * range that is not aligned, or if @end is before @start, and for a @size that is
 * too small; E2BIG; EFAULT; EINTR after a signal that kills; and with
 * MMAPDEMO_REGION_BACKED as fallocate(2) of the file.
 */
struct mmapdemo_punch {
	__u64 size;
	__u64 start;
	__u64 end;
};

/* Bits of a page in the answer of MMAPDEMO_IOC_PAGES */
#define MMAPDEMO_PAGE_RESIDENT	(1ULL << 63)
#define MMAPDEMO_PAGE_HUGE	(1ULL << 62)	/* part of a block of 2 MiB */
#define MMAPDEMO_PAGE_FRAME	((1ULL << 55) - 1) /* with CAP_SYS_ADMIN, or 0 */

/**
 * struct mmapdemo_pages - the pages of a region
 * @size: in: sizeof(struct mmapdemo_pages); not changed
 * @start: first byte, a multiple of the page size
 * @end: end of the range, exclusive, a multiple of the page size
 * @pages: in: pointer to an array with a __u64 for each page, to be filled with
 *	MMAPDEMO_PAGE_*; 0 for a page that was never touched, or is past the end
 *
 * The counterpart of mincore(2). The pages are looked at one after the other, and
 * none is created. Frames are visible as in /proc/PID/pagemap.
 *
 * Fails with EINVAL if @start or @end is not aligned or @end is before @start, and
 * for a @size that is too small; E2BIG; EFAULT; EINTR after a signal that kills.
 */
struct mmapdemo_pages {
	__u64 size;
	__u64 start;
	__u64 end;
	__u64 pages;
};

/* mmapdemo_plan.answer */
#define MMAPDEMO_PLAN_NOTHING	0	/* as without a plan */
#define MMAPDEMO_PLAN_SIGBUS	1	/* as on an I/O error */
#define MMAPDEMO_PLAN_OOM	2	/* as when memory is exhausted */
#define MMAPDEMO_PLAN_DELAY	3	/* as on a slow disk */

/* Maximum number of plans of a region, and maximum delay in ns */
#define MMAPDEMO_PLANS_MAX	64
#define MMAPDEMO_DELAY_MAX	60000000000ULL

/**
 * struct mmapdemo_plan - an answer to future faults
 * @size: in: sizeof(struct mmapdemo_plan); not changed
 * @start: first byte of the region, a multiple of the page size
 * @end: end of the range, exclusive, a multiple of the page size; not @start
 * @delay: with MMAPDEMO_PLAN_DELAY, the delay in ns, at most MMAPDEMO_DELAY_MAX;
 *	otherwise 0
 * @answer: MMAPDEMO_PLAN_*; MMAPDEMO_PLAN_NOTHING removes all plans that have a
 *	page in the range
 * @times: number of faults to answer, in all pages of the range together; 0: all
 *
 * The newest plan for a page applies. A plan answers faults, so pages that are
 * mapped already are not affected: use MADV_DONTNEED, or plan first. read(2) and
 * write(2) ignore plans. While there is a plan, no page is mapped that was not
 * touched.
 *
 * A delayed fault is a major fault, waits without mmap_lock if the kernel can try
 * the fault again, and ends when its task is killed. A task that exits does not
 * wait. A waiting task can be frozen, as for a suspend, but not in a system call,
 * and not if the kernel can't try the fault again.
 *
 * After MMAPDEMO_PLAN_OOM the kernel repeats an access of a program until the fault
 * gets another answer, so set @times; a system call fails with ENOMEM or EFAULT.
 *
 * Fails with EPERM for the default region, and if the descriptor is not open for
 * writing; EOPNOTSUPP with MMAPDEMO_BY_REMAP, which has no faults; ENOSPC if there
 * are MMAPDEMO_PLANS_MAX plans; EINVAL for an invalid range, for an unknown answer,
 * for a @delay that is too long, is missing, or comes with another answer, and for
 * a @size that is too small; E2BIG; EFAULT; ENOMEM.
 */
struct mmapdemo_plan {
	__u64 size;
	__u64 start;
	__u64 end;
	__u64 delay;
	__u32 answer;
	__u32 times;
};

/* The numbers contain the sizes of the time when they were fixed: see "Growth" */
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
