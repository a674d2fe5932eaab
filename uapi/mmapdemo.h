/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * mmapdemo - what did Linux do between mmap() and the first byte?
 *
 * The ABI of /dev/mmapdemo and of the mmapdemo:* trace events, with its
 * documentation. Every type here has a fixed width, natural alignment, no
 * holes, and the same meaning on every kernel.
 *
 * DOC: Growth
 *
 * There are no version numbers, because every program works with every module.
 *
 * The structure of a command starts with the member @size. New members are
 * added at its end. The caller stores the sizeof() of the structure in @size.
 *
 * If the structure is an answer, the module fills in the members that both the
 * caller and the module know. The module sets the rest of the caller's
 * structure to 0, and sets @size to the size of the module's structure. So the
 * caller finds 0 in a member that an older module does not know. The command
 * fails with EINVAL if @size is less than 8, with E2BIG if @size is more than a
 * page, and with EFAULT if the caller's structure can't be read or written.
 *
 * If the structure is a request, the module reads the members that both the
 * caller and the module know, and changes nothing in the structure. If a new
 * member is 0, the command behaves as it did before the member was added. The
 * command fails with E2BIG if the caller stores a number other than 0 in a
 * member that the module does not know.
 *
 * The number of a command contains a size, which stays the same when the
 * structure of the command grows. The module ignores the size in the number
 * that the caller passes. In the first versions of this header, the number
 * contained the sizeof() of the structure: MMAPDEMO_IOC_STAT was 0xc048de01,
 * and MMAPDEMO_IOC_PROBE was 0xc070de02. For these two commands, modules of the
 * first versions accept no other numbers. Each new command gets a new number.
 * An unknown command fails with ENOTTY.
 *
 * struct mmapdemo_run and struct mmapdemo_latency are elements of arrays, and
 * never grow. An array inside a structure does not grow either. Events may get
 * new fields, values and bits. Existing fields, values and bits keep their
 * meaning. So programs should look up the offset of each field in the event's
 * format file in tracefs, and expect values that have no name in this header.
 * 32-bit and 64-bit programs use the same layouts.
 */
#ifndef _UAPI_MMAPDEMO_H
#define _UAPI_MMAPDEMO_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define MMAPDEMO_DEVICE "/dev/mmapdemo"

/*
 * The names of a field's values are in a list of EM(value, name), whose last
 * element is EMe(value, name). To build a table from a list, define EM and EMe,
 * write the name of the list, and undefine EM and EMe. In this way, the module
 * builds the tables with which it prints values.
 */

/* ---- events ---- */

/**
 * enum mmapdemo_event - the trace events, as bit numbers
 * @MMAPDEMO_EVENT_DO_MMAP: a call of do_mmap(), whether it succeeded or failed
 * @MMAPDEMO_EVENT_GET_UNMAPPED_AREA: a search for a free range
 * @MMAPDEMO_EVENT_VMA_MERGE: an attempt to merge a range with its neighbours
 * @MMAPDEMO_EVENT_VMA_LINK: a new VMA was added to the tree
 * @MMAPDEMO_EVENT_PTE_FAULT: a page fault was handled
 * @MMAPDEMO_EVENT_VMA_SPLIT: a VMA was split in two
 * @MMAPDEMO_EVENT_VMA_UNLINK: the VMAs of a range were removed from the tree
 * @MMAPDEMO_EVENT_BRK: a call of brk(2)
 * @MMAPDEMO_EVENT_MREMAP: a call of mremap(2), whether it succeeded or failed
 * @MMAPDEMO_EVENT_DUP_MM: fork copied an address space
 * @MMAPDEMO_EVENT_PGD_ALLOC: the page table of a new address space was
 *	allocated
 * @MMAPDEMO_EVENT_EXIT_MMAP: an address space ended
 * @MMAPDEMO_EVENT_FAULT_TIME: where the time of a slow page fault went
 * @MMAPDEMO_EVENT_MMAP_LOCK_WAIT: a task waited for its mmap_lock
 * @MMAPDEMO_EVENT_PTE_FAULTS: up to 31 page faults of a task were handled
 * @MMAPDEMO_EVENT_FAULT_SIGNAL: a page fault ends in a signal
 * @MMAPDEMO_EVENTS: number of different events
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
	MMAPDEMO_EVENT_FAULT_TIME,
	MMAPDEMO_EVENT_MMAP_LOCK_WAIT,
	MMAPDEMO_EVENT_PTE_FAULTS,
	MMAPDEMO_EVENT_FAULT_SIGNAL,
	MMAPDEMO_EVENTS
};

/**
 * enum mmapdemo_fault_part - the parts of the duration of a fault
 * @MMAPDEMO_PART_WORK: the task ran: page tables, allocation, clearing and copying of
 *	pages, and interrupts
 * @MMAPDEMO_PART_RECLAIM: the task ran in direct reclaim
 * @MMAPDEMO_PART_COMPACTION: the task ran in direct compaction
 * @MMAPDEMO_PART_RECLAIM_SLEEP: the task slept in direct reclaim
 * @MMAPDEMO_PART_IO: the task waited for I/O, or for a page that another task reads
 * @MMAPDEMO_PART_SLEEP: the task slept for another reason
 * @MMAPDEMO_PART_LOCK: the task waited for mmap_lock between two attempts
 * @MMAPDEMO_PART_CPU: the task could run, and waited for a processor
 * @MMAPDEMO_PARTS: number of parts
 */
enum mmapdemo_fault_part {
	MMAPDEMO_PART_WORK,
	MMAPDEMO_PART_RECLAIM,
	MMAPDEMO_PART_COMPACTION,
	MMAPDEMO_PART_RECLAIM_SLEEP,
	MMAPDEMO_PART_IO,
	MMAPDEMO_PART_SLEEP,
	MMAPDEMO_PART_LOCK,
	MMAPDEMO_PART_CPU,
	MMAPDEMO_PARTS
};

/**
 * DOC: Fault class
 *
 * The class of a fault shows how the kernel handled the fault. The class is
 * derived from the page table entries before and after the fault, the kind of
 * VMA, the kind of access, and the return value of handle_mm_fault(). In the
 * list below, the kernel function that handles the fault is in brackets.
 */
#define MMAPDEMO_FAULT_CLASSES					\
	EM(0,	"unknown")	/* a race: entries before and after don't match */ \
	EM(1,	"anon-zero")	/* the shared zero page [do_anonymous_page] */ \
	EM(2,	"anon")		/* a new page [do_anonymous_page] */	\
	EM(3,	"read")		/* a file page [do_read_fault] */	\
	EM(4,	"cow")		/* a private copy of a file page [do_cow_fault] */ \
	EM(5,	"shared")	/* a shared page of a file [do_shared_fault] */ \
	EM(6,	"swap")		/* a page from swap [do_swap_page] */	\
	EM(7,	"migration")	/* waited for a page migration [do_swap_page] */ \
	EM(8,	"marker")	/* a PTE marker: guard, poison [do_swap_page] */ \
	EM(9,	"numa")		/* a NUMA hint [do_numa_page] */	\
	EM(10,	"wp-reuse")	/* the same page is now writable [do_wp_page] */ \
	EM(11,	"wp-copy")	/* a copy in a new page [do_wp_page] */	\
	EM(12,	"wp-shared")	/* a shared page is now writable [do_wp_page] */ \
	EM(13,	"huge-zero")	/* huge zero page [do_huge_pmd_anonymous_page] */ \
	EM(14,	"huge-anon")	/* new huge page [do_huge_pmd_anonymous_page] */ \
	EM(15,	"huge-file")	/* a huge file page [do_set_pmd, huge_fault] */ \
	EM(16,	"huge-numa")	/* a NUMA hint [do_huge_pmd_numa_page] */ \
	EM(17,	"huge-wp")	/* a huge page is writable or copied [do_huge_pmd_wp_page] */ \
	EM(18,	"huge-split")	/* a huge page was split [do_huge_pmd_wp_page] */ \
	EM(19,	"hugetlb")	/* a page of hugetlbfs [hugetlb_fault] */ \
	EM(20,	"uffd")		/* userfaultfd [handle_userfault, do_uffd_rwp] */ \
	EM(21,	"spurious")	/* the entry was already valid */	\
	EM(22,	"sigbus")	/* VM_FAULT_SIGBUS: past end of file, I/O error */ \
	EM(23,	"sigsegv")	/* VM_FAULT_SIGSEGV: a guard page, for example */ \
	EM(24,	"oom")		/* VM_FAULT_OOM: no memory */		\
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

/* Values of the field "access" of pte_fault: the kind of access */
#define MMAPDEMO_ACCESSES	\
	EM(0,	"read")		\
	EM(1,	"write")	\
	EMe(2,	"exec")

enum mmapdemo_access {
	MMAPDEMO_ACCESS_READ,
	MMAPDEMO_ACCESS_WRITE,
	MMAPDEMO_ACCESS_EXEC
};

/* Values of the field "from" of pte_fault: the origin of the access */
#define MMAPDEMO_ORIGINS						\
	EM(0,	"user")		/* an instruction of the program */	\
	EM(1,	"kernel")	/* the kernel, for example in read(2) */ \
	EM(2,	"gup")		/* get_user_pages() on current->mm */	\
	EMe(3,	"remote")	/* ptrace(), process_vm_readv(), execve() */

enum mmapdemo_origin {
	MMAPDEMO_FROM_USER,
	MMAPDEMO_FROM_KERNEL,
	MMAPDEMO_FROM_GUP,
	MMAPDEMO_FROM_REMOTE
};

/*
 * Bits of the fields "before" and "after" of pte_fault: the page table levels
 * at which the entry for the address was populated. If a machine does not use a
 * level, the bit of this level is never set.
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

/*
 * The bits of a decoded page table entry. These bits have the same meaning on every
 * architecture.
 *
 * The bit uffd-wp is the bit that userfaultfd uses in page table entries. Since
 * Linux 7.3, two modes of userfaultfd use this bit: the mode WP protects a page
 * against writes, and the mode RWP protects a page against every access. In the mode
 * RWP, the entry also has the bit protnone, unless the page is absent. In the mode
 * WP, an entry has the bits uffd-wp and protnone if the entry is also a NUMA hint.
 */
#define MMAPDEMO_ENTRY_BITS						\
	EM(0x0001, "present")						\
	EM(0x0002, "write")	/* the processor may write */		\
	EM(0x0004, "exec")						\
	EM(0x0008, "young")	/* recently accessed */			\
	EM(0x0010, "dirty")						\
	EM(0x0020, "huge")	/* maps a page above the PTE level */	\
	EM(0x0040, "special")	/* no struct page, or mm ignores it */	\
	EM(0x0080, "zero")	/* the shared zero page */		\
	EM(0x0100, "anon")	/* an anonymous page */			\
	EM(0x0200, "protnone")	/* NUMA hint, or PROT_NONE */		\
	EM(0x0400, "swap")						\
	EM(0x0800, "migration")						\
	EM(0x1000, "marker")						\
	EM(0x2000, "device")	/* device-private or device-exclusive */ \
	EM(0x4000, "uffd-wp")	/* userfaultfd protects the page */	\
	EM(0x8000, "soft-dirty")					\
	EM(0x10000, "guard")	/* marker: a touch raises SIGSEGV */	\
	EM(0x20000, "table")	/* points to a table; not in events */	\
	EM(0x40000, "user")	/* accessible to the program; not in events */ \
	EM(0x80000, "uncached")	/* memory type, like the next two; not in events */ \
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

/*
 * Values of the field "outcome" of vma_merge: the neighbours that were merged
 * with the range
 */
#define MMAPDEMO_MERGES		\
	EM(0,	"none")		\
	EM(1,	"prev")		\
	EM(2,	"next")		\
	EMe(3,	"both")

#define MMAPDEMO_MERGE_PREV	0x1
#define MMAPDEMO_MERGE_NEXT	0x2

/*
 * Values of the field "cause" of vma_merge and vma_link: the operation on the
 * range
 */
#define MMAPDEMO_CAUSES							\
	EM(0,	"mmap")		/* mmap_region() */			\
	EM(1,	"brk")		/* do_brk_flags() */			\
	EM(2,	"change")	/* a change by mprotect, madvise, mlock … */ \
	EM(3,	"move")		/* copy_vma(): mremap that moves a mapping */ \
	EM(4,	"insert")	/* insert_vm_struct(): exec's stack, vdso */ \
	EMe(5,	"extend")	/* mremap that extends a mapping in place */

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
 * Values of the field "trigger" of events: the reason why the kernel was
 * running when the event happened. The field "nr" of events is the number of
 * the current system call, or -1 outside of system calls.
 */
#define MMAPDEMO_TRIGGERS						\
	EM(0,	"syscall")	/* a system call of the native table */	\
	EM(1,	"syscall32")	/* a system call of the 32-bit table */	\
	EM(2,	"exec")		/* the start of a program */		\
	EM(3,	"fork")		/* fork, vfork, clone, clone3 */	\
	EM(4,	"exit")		/* the task exits; nr is its system call */ \
	EM(5,	"exception")	/* no system call, but a fault or an interrupt */ \
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

/* Maximum number of faults in an event pte_faults */
#define MMAPDEMO_BATCH_MAX 31

/**
 * struct mmapdemo_batch_vma - a VMA in the field "vma" of pte_faults
 * @start: as the field "vma_start" of pte_fault
 * @end: as the field "vma_end" of pte_fault
 * @vm_flags: as in pte_fault
 * @pgoff: as in pte_fault
 * @ino: as in pte_fault
 * @dev: as in pte_fault
 * @mm: as in pte_fault
 */
struct mmapdemo_batch_vma {
	__u64 start;
	__u64 end;
	__u64 vm_flags;
	__u64 pgoff;
	__u64 ino;
	__u32 dev;
	__u32 mm;
};

/**
 * struct mmapdemo_batch_fault - a fault in the field "fault" of pte_faults
 * @delay: time from the end of the first fault of the event to the end of this fault, in
 *	ns
 * @ret: as in pte_fault, like the other members that have no other description
 * @vma: index of the VMA in the field "vma" of the event
 * @address: as in pte_fault
 * @trigger: as in pte_fault
 * @ip: as in pte_fault, with a sign
 * @pfn: as in pte_fault
 * @entry_before: as in pte_fault
 * @huge: as in pte_fault
 * @folio: 1 + log2 of the field of pte_fault; 0: the field is 0
 * @before: as in pte_fault
 * @duration: as in pte_fault; the highest value also stands for higher values
 * @retries: as in pte_fault
 * @access: as in pte_fault
 * @from: as in pte_fault
 * @fault_class: as the field "class" of pte_fault
 * @filled: as in pte_fault
 * @vma_lock: as in pte_fault
 * @after_seen: as in pte_fault
 * @nr: as in pte_fault
 * @entry_after: as in pte_fault
 * @after: as in pte_fault
 * @order: as in pte_fault
 *
 * The first member of each word has its lowest bits.
 */
struct mmapdemo_batch_fault {
	__u32 delay;
	__u32 ret;
	__u64 vma : 7;
	__u64 address : 57;
	__u64 trigger : 7;
	__s64 ip : 57;
	__u64 pfn : 40;
	__u64 entry_before : 24;
	__u64 huge : 5;
	__u64 folio : 4;
	__u64 before : 5;
	__u64 duration : 50;
	__u16 retries;
	__u8 access;
	__u8 from;
	__u8 fault_class;
	__u8 filled;
	__u8 vma_lock;
	__u8 after_seen;
	__s32 nr;
	__u32 entry_after : 22;
	__u32 after : 5;
	__u32 order : 5;
};

/**
 * DOC: Huge page verdict
 *
 * Values of the field "huge" of pte_fault: whether the first touch of an aligned block
 * of 2 MiB mapped a huge page, or the reason against a huge page. The reason is the first
 * test of the running kernel, in its order, of which the module sees that it failed. The
 * module does not see the settings. So "setting" and "shmem" mean that no other test
 * failed, and with another reason, the settings may also forbid huge pages.
 *
 * - none: the fault is not the first touch of a block; it failed; or hugetlbfs or a
 *   recording without this field
 * - mapped: a huge page is mapped: of anonymous memory, the huge zero page, or of a file
 * - table: another thread made a page table while the fault was waiting
 * - zero: the block was read first, so that the huge zero page was mapped. The write maps
 *   pages of 4 KiB. Since Linux 7.2, such a write maps a huge page
 * - kernel: the kernel or the processor has no transparent huge pages
 * - nohugepage: MADV_NOHUGEPAGE
 * - prctl: prctl(PR_SET_THP_DISABLE)
 * - prctl-advised: PR_SET_THP_DISABLE with PR_THP_DISABLE_EXCEPT_ADVISED, without
 *   MADV_HUGEPAGE
 * - special: VM_IO, VM_DONTEXPAND, VM_PFNMAP or VM_MIXEDMAP is set
 * - stack: exec writes the arguments of the program to a temporary stack
 * - setting: the settings "enabled" of transparent huge pages
 * - range: a part of the block is outside the VMA
 * - memory: no free huge page (THP_FAULT_FALLBACK or THP_FILE_FALLBACK grew)
 * - cgroup: the memory limit of the cgroup (THP_FAULT_FALLBACK_CHARGE or
 *   THP_FILE_FALLBACK_CHARGE grew)
 * - uffd: userfaultfd handles the touch
 * - shmem: the setting of shmem, or the mount option of tmpfs
 * - copy: a write copied a page of a private mapping of a file
 * - pgoff: address and file offset differ modulo 2 MiB
 * - file: the page cache had a smaller folio, or the file system has no huge pages
 * - driver: the memory of a device
 */
#define MMAPDEMO_HUGE_REASONS						\
	EM(0,	"none")							\
	EM(1,	"mapped")						\
	EM(2,	"unknown")						\
	EM(3,	"table")						\
	EM(4,	"zero")							\
	EM(5,	"kernel")						\
	EM(6,	"nohugepage")						\
	EM(7,	"prctl")						\
	EM(8,	"prctl-advised")					\
	EM(9,	"special")						\
	EM(10,	"stack")						\
	EM(11,	"setting")						\
	EM(12,	"range")						\
	EM(13,	"memory")						\
	EM(14,	"cgroup")						\
	EM(15,	"uffd")							\
	EM(16,	"shmem")						\
	EM(17,	"copy")							\
	EM(18,	"pgoff")						\
	EM(19,	"file")							\
	EMe(20,	"driver")

enum mmapdemo_huge_reason {
	MMAPDEMO_HUGE_NONE,
	MMAPDEMO_HUGE_MAPPED,
	MMAPDEMO_HUGE_UNKNOWN,
	MMAPDEMO_HUGE_TABLE,
	MMAPDEMO_HUGE_ZERO,
	MMAPDEMO_HUGE_KERNEL,
	MMAPDEMO_HUGE_NOHUGEPAGE,
	MMAPDEMO_HUGE_PRCTL,
	MMAPDEMO_HUGE_PRCTL_ADVISED,
	MMAPDEMO_HUGE_SPECIAL,
	MMAPDEMO_HUGE_STACK,
	MMAPDEMO_HUGE_SETTING,
	MMAPDEMO_HUGE_RANGE,
	MMAPDEMO_HUGE_MEMORY,
	MMAPDEMO_HUGE_CGROUP,
	MMAPDEMO_HUGE_UFFD,
	MMAPDEMO_HUGE_SHMEM,
	MMAPDEMO_HUGE_COPY,
	MMAPDEMO_HUGE_PGOFF,
	MMAPDEMO_HUGE_FILE,
	MMAPDEMO_HUGE_DRIVER,
	MMAPDEMO_HUGE_REASON_COUNT
};

/**
 * DOC: Merge verdict
 *
 * Values of the fields reason_prev and reason_next of vma_merge: the result for
 * each neighbour of the range. If a neighbour was not merged, the reason is the
 * first test of the running kernel that failed. Later tests might have failed,
 * too. In the list MMAPDEMO_REASONS, the struct member that the kernel compares
 * is in brackets.
 *
 * - special: the range has VM_IO, VM_PFNMAP, VM_MIXEDMAP or VM_DONTEXPAND.
 *   Mappings of device memory and of hugetlbfs have one of these flags.
 * - close: a VMA has vm_ops->close, which must be called when the VMA is
 *   removed. Linux 5.10 and 6.1 check whether the neighbour has vm_ops->close.
 *   Linux 6.12 and newer kernels check whether the VMA that the merge would
 *   remove has vm_ops->close.
 * - anon-vma: the range and the neighbour have pages that were touched
 *   separately, so the pages belong to different anon_vmas.
 * - faulted: the range has pages, but the neighbour has none. Since Linux 6.16,
 *   the kernel allows such a merge.
 * - forked: fork() copied the VMA, so the VMA may share pages with the parent
 *   process.
 * - anon-pgoff: the range and the neighbour map a file privately, and mremap() moved
 *   a mapping after its pages were written. So the indices of the anonymous pages
 *   are not contiguous across the border. Before Linux 7.3, the kernel allows such a
 *   merge.
 * - other-side: the neighbour could be merged, but not together with the
 *   neighbour on the other side.
 */
#define MMAPDEMO_REASONS						\
	EM(0,	"unknown")	/* nothing observed explains the outcome */ \
	EM(1,	"merged")	/* merged with the range */		\
	EM(2,	"not-tried")	/* the kernel did not try this neighbour */ \
	EM(3,	"special")	/* the range can't be merged [VM_SPECIAL] */ \
	EM(4,	"no-neighbour")	/* no VMA is adjacent on this side */	\
	EM(5,	"inside")	/* the VMA continues past the range */	\
	EM(6,	"policy")	/* another NUMA policy [mpol_equal] */	\
	EM(7,	"flags")	/* other flags: see flags_diff_* [vm_flags] */ \
	EM(8,	"file")		/* another file or open file [vm_file] */ \
	EM(9,	"close")	/* a VMA has .close [vm_ops->close] */	\
	EM(10,	"uffd")		/* another userfaultfd [vm_userfaultfd_ctx] */ \
	EM(11,	"anon-name")	/* another PR_SET_VMA_ANON_NAME [anon_name] */ \
	EM(12,	"anon-vma")	/* touched separately [anon_vma] */	\
	EM(13,	"faulted")	/* only the range has pages [anon_vma] */ \
	EM(14,	"forked")	/* copied by fork() [anon_vma_chain] */	\
	EM(15,	"pgoff")	/* the offsets do not continue [vm_pgoff] */ \
	EM(16,	"other-side")	/* no merge with both sides [anon_vma] */ \
	EMe(17,	"anon-pgoff")	/* private pages of a file were moved [anon_pgoff] */

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
	MMAPDEMO_REASON_ANON_PGOFF,
	MMAPDEMO_REASON_COUNT
};

/*
 * The VM_* flags that have the same value on every kernel, and their names in
 * vma_merge
 */
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
 * @size: size of this structure: see "Growth"
 * @features: MMAPDEMO_FEATURE_* bits
 * @events: trace events of this module, one bit per enum mmapdemo_event.
 *	MMAPDEMO_IOC_PROBE reports which of these events can be observed on this
 *	kernel
 * @region_bytes: size of the region of this file descriptor, in bytes
 * @page_bytes: size of a page, in bytes
 * @levels: number of page table levels in use: 4, or 5 with a P4D level
 * @probes: number of probes that MMAPDEMO_IOC_PROBE can report
 * @reserved: always 0
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

#define MMAPDEMO_FEATURE_STAT	(1ULL << 0)	/* the command MMAPDEMO_IOC_STAT */
#define MMAPDEMO_FEATURE_PROBE	(1ULL << 1)	/* the command MMAPDEMO_IOC_PROBE */
#define MMAPDEMO_FEATURE_DMESG	(1ULL << 2)	/* the module parameter dmesg */
#define MMAPDEMO_FEATURE_VMA_LOCK (1ULL << 3)	/* faults can hold per-VMA locks */
#define MMAPDEMO_FEATURE_WALK	(1ULL << 4)	/* the command MMAPDEMO_IOC_WALK */
#define MMAPDEMO_FEATURE_COUNT	(1ULL << 5)	/* the command MMAPDEMO_IOC_COUNT */
#define MMAPDEMO_FEATURE_REGION	(1ULL << 6)	/* the command MMAPDEMO_IOC_REGION */
#define MMAPDEMO_FEATURE_SELFTEST (1ULL << 7)	/* the command MMAPDEMO_IOC_SELFTEST */

/**
 * struct mmapdemo_stat - counters of the region of this file descriptor
 * @size: size of this structure: see "Growth"
 * @bytes: size of the region, in bytes
 * @resident_pages: number of pages that are allocated for the region. With
 *	MMAPDEMO_REGION_BACKED, number of the file's pages that are in the page
 *	cache
 * @read_faults: number of faults in which a page was supplied for a load
 * @shared_faults: number of faults in which a page was supplied for a store to
 *	a MAP_SHARED mapping
 * @cow_faults: number of faults in which a page was supplied for a store to a
 *	MAP_PRIVATE mapping, for which the kernel copies the page
 * @refused_faults: number of faults that failed because of the end of the
 *	region, a read error, a poisoned page, a lack of memory, a fatal signal,
 *	or a plan
 * @mmaps: number of calls that mmap() made to the driver. Since Linux 7.2, the
 *	kernel calls .mmap_prepare in every mmap(), before the kernel tries to
 *	merge the mapping. On older kernels, and for file-backed regions, the
 *	kernel calls .mmap, but only for mappings that were not merged
 * @mappings: number of mappings that were not merged, so that the kernel made a
 *	new VMA
 * @huge_faults: number of faults that mapped a block of 2 MiB by a PMD. The
 *	number stays 0 on kernels that never call .huge_fault of a device: on
 *	some kernels before Linux 6.8, and on all kernels without
 *	CONFIG_TRANSPARENT_HUGEPAGE
 * @around_pages: number of pages that faults mapped in addition to the touched
 *	pages
 * @planned_faults: number of faults answered by a plan of MMAPDEMO_IOC_PLAN
 * @method: enum mmapdemo_by
 * @flags: MMAPDEMO_REGION_*
 *
 * The counters are read one after the other, while faults continue.
 * /proc/PID/fdinfo/FD also shows all members of this structure except @size.
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

/* Values of mmapdemo_probe.state */
#define MMAPDEMO_PROBE_READY	0	/* not in use, but can be attached */
#define MMAPDEMO_PROBE_ARMED	1	/* attached and in use */
#define MMAPDEMO_PROBE_ABSENT	2	/* can't be attached: see error */

/* Values of mmapdemo_probe.method */
#define MMAPDEMO_METHOD_NONE		0
#define MMAPDEMO_METHOD_KRETPROBE	1
#define MMAPDEMO_METHOD_DIRECT		2	/* by an ftrace direct call */

/**
 * struct mmapdemo_probe - a probed function
 * @size: size of this structure: see "Growth"
 * @index: in: number of the probe, from 0 to mmapdemo_info.probes - 1
 * @state: MMAPDEMO_PROBE_*
 * @method: MMAPDEMO_METHOD_* by which the probe is attached, or
 *	MMAPDEMO_METHOD_NONE if the probe is not attached. A probe may stay
 *	attached after its last use: see the module parameter linger
 * @error: 0 or a positive errno. If the probe can't be attached: ENOENT if this
 *	kernel does not have the function, or has only inlined copies of it;
 *	EINVAL if the kernel forbids probing the function; EBUSY if only
 *	MMAPDEMO_METHOD_DIRECT is allowed, but a BPF program or a live patch is
 *	attached to the function; EUNATCH if ftrace is disabled by sysctl
 *	kernel.ftrace_enabled=0, or if all kprobes are disabled. If the probe is
 *	armed: EUNATCH if calls are not observed, because ftrace or all kprobes
 *	are disabled. If the probe is attached by MMAPDEMO_METHOD_KRETPROBE
 *	although MMAPDEMO_METHOD_DIRECT would be better: EINPROGRESS if
 *	MMAPDEMO_METHOD_DIRECT will replace it soon, or the errno that prevented
 *	MMAPDEMO_METHOD_DIRECT
 * @events: events that need the probe, one bit per enum mmapdemo_event
 * @hits: number of calls observed since the module was loaded
 * @missed: number of calls since the module was loaded that were not observed,
 *	because too many calls were in progress, or because the processor was
 *	already handling another kprobe
 * @symbol: name of the probed function. Some probes can use one of several
 *	functions. If this kernel has none of these functions, @symbol is the
 *	name of the first function
 * @inside: number of calls in progress that will return through the module. The
 *	module can't be unloaded until these calls have returned. Such calls
 *	exist only with MMAPDEMO_METHOD_DIRECT, and may still be in progress
 *	after the probe was detached. The module adds up the counters of all
 *	CPUs, which it reads one after the other
 * @pending: number of tasks between two related calls, such as the two attempts
 *	to handle a fault. The module keeps the data of the first call until the
 *	second call. The module drops the data when the task exits, or if the
 *	second call does not follow within 30 s
 *
 * The command fails with EINVAL if @index is out of range, or if @size is so
 * small that the structure does not contain @index; with E2BIG if @size is more
 * than a page; with EPERM without CAP_SYS_ADMIN; and with EFAULT.
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

/* Values of mmapdemo_selftest.state */
#define MMAPDEMO_SELFTEST_NONE		0	/* the event was not tested */
#define MMAPDEMO_SELFTEST_PASSED	1
#define MMAPDEMO_SELFTEST_FAILED	2	/* the event is unavailable: see text */

/*
 * Bit of mmapdemo_selftest.flags: the kernel is newer than the newest known kernel
 */
#define MMAPDEMO_SELFTEST_NEWER		1

/**
 * struct mmapdemo_selftest - result of the self test for one event
 * @size: size of this structure: see "Growth"
 * @event: in: enum mmapdemo_event
 * @state: MMAPDEMO_SELFTEST_*
 * @flags: 0, or MMAPDEMO_SELFTEST_NEWER. All events have the same @flags
 * @error: 0 if the self test has run, or a positive errno: ECANCELED if the module
 *	parameter selftest is 0; EINPROGRESS if the self test has not ended; EUNATCH
 *	if ftrace or all kprobes are disabled; EAGAIN if calls of probed functions
 *	were missed; EOPNOTSUPP if the task that loaded the module has no address
 *	space, or has locked memory; ENOMEM; or another error with which a step of
 *	the self test failed. All events have the same @error
 * @text: why the event is unavailable, as a part of a sentence, or ""
 *
 * The self test runs when the module is loaded, if the module parameter selftest is
 * 1. selftest=1 is the default on a kernel that is newer than the newest known
 * kernel. The task that loads the module makes, touches, splits, merges and removes
 * a mapping. The module then compares the events with these steps. The self test
 * causes the events do_mmap, get_unmapped_area, vma_merge, vma_link, pte_fault,
 * vma_split and vma_unlink, and does not test other events. An event for which the
 * self test has failed can't be enabled: the attempt fails with EOPNOTSUPP. If
 * pte_fault is unavailable, MMAPDEMO_IOC_COUNT also fails with EOPNOTSUPP.
 *
 * The command fails with EINVAL if @event is unknown, or if @size is so small that
 * the structure does not contain @event; with E2BIG if @size is more than a page;
 * with EPERM without CAP_SYS_ADMIN; and with EFAULT.
 */
struct mmapdemo_selftest {
	__u64 size;
	__u32 event;
	__u32 state;
	__u32 flags;
	__u32 error;
	char text[160];
};

/**
 * struct mmapdemo_run - consecutive page table entries that are equal
 * @address: first address that the first entry maps
 * @frame: page frame of the first entry if the entry is present, or offset in
 *	the swap area, in pages, if the page is swapped out. The frames or
 *	offsets of the other entries follow without gaps, except that all zero
 *	pages have the same frame. 0 if the entry has neither a frame nor an
 *	offset, or if the caller does not have CAP_SYS_ADMIN
 * @count: number of entries
 * @entry: MMAPDEMO_ENTRY_* of each entry
 * @level: MMAPDEMO_LEVEL_* of all entries
 * @swap: number of the swap area, if @frame is an offset in one
 *
 * All entries of a run have the same level and the same bits, and their
 * addresses are contiguous. The address range of a run may contain runs of
 * other levels.
 *
 * The caller does not pass the size of an element, so this structure never
 * grows. New data would be returned in another structure, which the caller
 * would request by a new flag in struct mmapdemo_walk.
 */
struct mmapdemo_run {
	__u64 address;
	__u64 frame;
	__u32 count;
	__u32 entry;
	__u32 level;
	__u32 swap;
};

/* Minimum of mmapdemo_walk.room: room for one run of each level */
#define MMAPDEMO_RUNS_MIN 5

/*
 * Bit of mmapdemo_walk.flags: continue a walk that stopped at
 * mmapdemo_walk.start
 */
#define MMAPDEMO_WALK_CONTINUE	1

/**
 * struct mmapdemo_walk - a walk through the page tables of a process
 * @size: in: sizeof(struct mmapdemo_walk), which the module does not change
 * @start: in: first address. Out: address at which the walk stopped, or @end if
 *	the walk is complete
 * @end: in: end of the range, exclusive, which may be above the end of the
 *	address space
 * @runs: in: pointer to an array of @room struct mmapdemo_run, which the module
 *	fills in
 * @room: in: number of elements in the array, at least MMAPDEMO_RUNS_MIN
 * @count: out: number of elements that were filled in
 * @pid: in: PID of the process, or TID of one of its threads; 0: the caller
 * @levels: in: MMAPDEMO_LEVEL_* of the levels to return; 0: all levels
 * @flags: in: 0 for a new walk, or MMAPDEMO_WALK_CONTINUE. Out:
 *	MMAPDEMO_WALK_CONTINUE
 * @reserved: must be 0
 *
 * For each address of the range that is in a VMA, the command returns the
 * populated entries that cover the address, at each level in @levels. The runs
 * are sorted by the address of their first entry. An entry that points to a
 * table comes before the entries in the table. The first run of a level may
 * begin before @start.
 *
 * A call may stop before the end of the range: when @runs is full, after 8192
 * runs, or when a signal is pending. So repeat the call with the same structure
 * until @start is @end:
 *
 *	do
 *		ioctl(fd, MMAPDEMO_IOC_WALK, &walk), use(runs, walk.count);
 *	while (walk.start < walk.end);
 *
 * This loop returns each entry exactly once, however small @room is, but may
 * return a run in two parts. Empty ranges take little time: the walk skips
 * addresses outside of VMAs, and skips all addresses of a missing table at
 * once.
 *
 * Like a read of /proc/PID/pagemap, a walk does not stop the process. Each
 * entry is read atomically, and was correct when it was read. mmap_lock is held
 * for reading, and is dropped after at most 64 tables. An address that stays
 * mapped and populated during the walk is never missed.
 *
 * The caller needs CAP_SYS_PTRACE to walk another process, and CAP_SYS_ADMIN to get
 * frames and swap offsets, both in the initial user namespace.
 *
 * The command fails with EINVAL if @start or @end is not page-aligned, if
 * @start is greater than @end, if @levels or @flags has an unknown bit, if
 * @reserved is not 0, if @room is less than MMAPDEMO_RUNS_MIN, and if @size is
 * too small; with E2BIG if @size is more than a page, or bytes past the
 * module's structure are not 0; with ESRCH if there is no such process, or if
 * it has no address space, like a kernel thread or an exited process; and with
 * EPERM, EFAULT and ENOMEM. After an error other than EFAULT, the structure is
 * unchanged.
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

/*
 * Bit of mmapdemo_count.flags: count the faults of all processes, not only
 * those of a process tree
 */
#define MMAPDEMO_COUNT_ALL	1

/* Bit of mmapdemo_count.flags: also count the time of faults by part */
#define MMAPDEMO_COUNT_PARTS	2

/* Bit of mmapdemo_count.flags: also count why first touches map huge pages or not */
#define MMAPDEMO_COUNT_HUGE	4

/* Maximum number of counters that can be open at the same time */
#define MMAPDEMO_COUNTERS_MAX	8

/**
 * struct mmapdemo_count - the processes whose faults are counted
 * @size: in: sizeof(struct mmapdemo_count), which the module does not change
 * @pid: PID of the root of a process tree, which consists of this process and
 *	all its present and future descendants; 0: the caller
 * @flags: 0, or some of MMAPDEMO_COUNT_ALL, MMAPDEMO_COUNT_PARTS and
 *	MMAPDEMO_COUNT_HUGE. With MMAPDEMO_COUNT_ALL, @pid must be 0
 *
 * The call returns a file descriptor of a new counter, with close-on-exec set.
 * The counter counts the faults that begin after this call, and that end before
 * the last close of the descriptor. read(2) returns the number of faults by
 * class and duration: see struct mmapdemo_faults. Faults are counted even if no
 * event is enabled. While a counter is open, each fault that the counter does
 * not count takes at most one more test. A counter does not affect other
 * counters or the recording of events. If the event pte_fault is enabled, each
 * counted fault has one pte_fault event with the same class and duration.
 *
 * A fault belongs to the task that causes the fault, even if the fault is in
 * the memory of another process. For example, a fault that a debugger causes by
 * ptrace belongs to the debugger. A process stays in the tree when its parent
 * exits. A process whose parent exited before the call belongs to the process
 * that adopted it. A counter of a process tree needs 512 KiB of kernel memory.
 *
 * The module can't be unloaded while the descriptor of a counter is open. The line
 * "mmapdemo-count" in /proc/PID/fdinfo/FD contains the PID of the root of the tree,
 * or "all".
 *
 * The command fails with EPERM without CAP_SYS_ADMIN; with ESRCH if there is no
 * such process, or if @pid is a thread other than the group leader; with EBUSY
 * if MMAPDEMO_COUNTERS_MAX counters are open; with EINVAL if a flag is unknown,
 * if @pid is not 0 with MMAPDEMO_COUNT_ALL, and if @size is too small; with
 * E2BIG if @size is more than a page, or bytes past the module's structure are
 * not 0; with EOPNOTSUPP if the self test has failed for pte_fault; with EFAULT,
 * EMFILE and ENOMEM; and with the errors of mmapdemo_probe.error if faults can't
 * be observed.
 */
struct mmapdemo_count {
	__u64 size;
	__u32 pid;
	__u32 flags;
};

/*
 * Number of buckets in a log2 histogram. Bucket 0 counts faults of unknown
 * duration. Bucket i counts faults that took 2^(i-1) to 2^i - 1 ns. The last
 * bucket also counts all longer faults.
 */
#define MMAPDEMO_LATENCY_BUCKETS 40

/* Size of the array of fault classes, which has room for new classes */
#define MMAPDEMO_CLASSES_MAX	32

/* Size of the array of reasons against huge pages, which has room for new reasons */
#define MMAPDEMO_HUGE_REASONS_MAX	32

/**
 * struct mmapdemo_latency - counters for one fault class
 * @count: number of faults, which is the sum of @buckets
 * @total: sum of all known durations, in ns
 * @max: longest duration, in ns
 * @buckets: number of faults by duration
 *
 * The duration of a fault is unknown if the machine was suspended during the
 * fault, or if the duration was measured by the TSC and the kernel found the
 * TSC unstable.
 */
struct mmapdemo_latency {
	__u64 count;
	__u64 total;
	__u64 max;
	__u64 buckets[MMAPDEMO_LATENCY_BUCKETS];
};

/**
 * struct mmapdemo_parts - where the time of the faults of one class went
 * @lock_before: waits for mmap_lock before the faults, in ns, which are not a part of
 *	mmapdemo_latency.total. The time is 0 if MMAPDEMO_PART_LOCK is not known
 * @part: time in ns, indexed by enum mmapdemo_fault_part. The parts sum to
 *	mmapdemo_latency.total. The time of a part that is not known is in another part
 */
struct mmapdemo_parts {
	__u64 lock_before;
	__u64 part[MMAPDEMO_PARTS];
};

/**
 * struct mmapdemo_faults - the faults counted so far
 * @size: size of the module's structure, in which new members are added after
 *	@class
 * @elapsed: time since counting began, in ns
 * @missed: number of calls of handle_mm_fault(), by all processes, that were not
 *	observed since counting began. A fault that is retried takes several calls
 * @classes: number of classes that the module knows. The remaining elements of
 *	@class are 0
 * @buckets: always MMAPDEMO_LATENCY_BUCKETS
 * @class: counters, indexed by enum mmapdemo_fault_class
 * @by_class: the name of @class for C++ programs, because class is a keyword of
 *	C++
 * @known: the parts that this kernel shows, one bit per enum mmapdemo_fault_part, or 0
 *	without MMAPDEMO_COUNT_PARTS
 * @lost: number of slow faults whose parts are not known, because too many tasks
 *	waited at the same time. Their whole time is in MMAPDEMO_PART_WORK
 * @parts: where the time went, indexed by enum mmapdemo_fault_class, or 0 without
 *	MMAPDEMO_COUNT_PARTS. @parts of a class may contain a fault that @class does not
 *	contain yet, or the other way round
 * @reasons: number of reasons that the module knows, or 0 without MMAPDEMO_COUNT_HUGE.
 *	The remaining elements of @huge are 0
 * @reserved: 0
 * @huge: number of faults that found no page table of the last level, and so were the
 *	first touch of their 2 MiB, indexed by enum mmapdemo_huge_reason:
 *	MMAPDEMO_HUGE_MAPPED if a huge page was mapped, or why not
 *
 * Each read(2) from the descriptor of MMAPDEMO_IOC_COUNT takes a new snapshot,
 * and returns the snapshot, or as much of its beginning as fits into the
 * buffer. If the buffer is smaller than 8 bytes, read(2) fails with EINVAL.
 * Counters are never reset. To count the faults between two snapshots, subtract
 * the first from the second. For each CPU and class, all counters are read at
 * the same moment, so @count, @total and @buckets of struct mmapdemo_latency
 * are always consistent. The CPUs and classes are read one after the other,
 * while faults continue.
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
	__u64 known;
	__u64 lost;
	struct mmapdemo_parts parts[MMAPDEMO_CLASSES_MAX];
	__u32 reasons;
	__u32 reserved;
	__u64 huge[MMAPDEMO_HUGE_REASONS_MAX];
};

/* ---- regions ---- */

/* Methods to map pages. module/device/method_NAME.c describes each method. */
#define MMAPDEMO_BYS		\
	EM(0,	"page")		/* .fault returns vmf->page */		\
	EM(1,	"insert")	/* .fault calls vmf_insert_page() */	\
	EM(2,	"pfn")		/* .fault calls vmf_insert_pfn() */	\
	EM(3,	"remap")	/* mmap() calls remap_pfn_range() */	\
	EM(4,	"around")	/* .fault calls vm_insert_pages() */	\
	EM(5,	"huge")		/* .huge_fault calls vmf_insert_pfn_pmd() */ \
	EMe(6,	"prepare")	/* mmap() calls vm_insert_pages() */

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

/*
 * Bits of mmapdemo_region.flags, of which at most one may be set. The first two
 * bits need MMAPDEMO_BY_REMAP and an x86 processor.
 */
#define MMAPDEMO_REGION_WRITE_COMBINING	1	/* memory type, as for frame buffers */
#define MMAPDEMO_REGION_UNCACHED	2	/* memory type, as for registers */
#define MMAPDEMO_REGION_BACKED		4	/* the region is backed by a file */

/**
 * struct mmapdemo_region - a new region for an open device
 * @size: in: sizeof(struct mmapdemo_region), which the module does not change
 * @bytes: size of the region: not 0, and a multiple of the page size, or, with
 *	MMAPDEMO_BY_HUGE, of 2 MiB
 * @method: enum mmapdemo_by
 * @flags: MMAPDEMO_REGION_*
 * @backing: with MMAPDEMO_REGION_BACKED, a descriptor of the file; otherwise 0
 * @reserved: must be 0
 *
 * After open(2), each open file of the device uses the default region, which
 * all of these open files share. This command gives one open file a separate
 * region. The command succeeds only once, and only before the first mmap() of
 * the open file. Processes that share the open file, by fork(2) or through a
 * socket, also share the memory and the counters of the region. The region
 * exists until the last descriptor is closed and the last mapping is removed.
 * With MMAPDEMO_BY_REMAP and MMAPDEMO_BY_PREPARE, this call allocates all
 * pages. With the other methods, each page is allocated on first touch, and
 * with MMAPDEMO_BY_HUGE, each block of 2 MiB. Each page is charged to the
 * memory cgroup of the task that allocates the page. The pages are in the page
 * cache, so mincore(2) and cachestat(2) report them as resident. The pages
 * count as "Cached" and "Unevictable" in /proc/meminfo, and as "file" and
 * "unevictable" in the cgroup's memory.stat, but not as "shmem" or "kernel".
 *
 * The memory is never swapped out. So the whole size of the region counts
 * towards the RLIMIT_MEMLOCK of the calling user until the region ends, even if
 * some pages were never touched. The memory of io_uring(7) and AF_XDP also
 * counts towards the RLIMIT_MEMLOCK of a user. Callers with CAP_IPC_LOCK are
 * exempt from RLIMIT_MEMLOCK. File-backed regions do not count, because a
 * file-backed region allocates no memory.
 *
 * With MMAPDEMO_BY_PFN, MMAPDEMO_BY_REMAP and MMAPDEMO_BY_HUGE, mmap() with
 * MAP_PRIVATE fails with EINVAL, because these methods map frames, not pages
 * that the kernel can copy. With MMAPDEMO_BY_REMAP and MMAPDEMO_BY_PREPARE,
 * mmap() maps all pages at once, and fails with ENXIO if the mapping would
 * reach past the end of the region. With the other methods, a touch past the
 * end raises SIGBUS. A page is called poisoned if its memory has a hardware
 * error. If a page is poisoned, an mmap() that would map the page at once fails
 * with EHWPOISON, and a touch of the page raises SIGBUS with BUS_MCEERR_AR.
 * read(2), write(2) and ptrace(2) of a poisoned page fail with EIO.
 *
 * MMAPDEMO_BY_HUGE allocates blocks of 2 MiB. If no block is free,
 * MMAPDEMO_BY_HUGE allocates single pages. Before Linux 5.19, and on kernels
 * without CONFIG_TRANSPARENT_HUGEPAGE, MMAPDEMO_BY_HUGE always allocates single
 * pages.
 *
 * MMAPDEMO_REGION_BACKED creates a file-backed region, and requires
 * MMAPDEMO_BY_PAGE. A mapping of a file-backed region is a mapping of the file
 * at the same offset. /proc/PID/maps and msync(2) treat such a mapping as a
 * mapping of the file. The file system handles faults, tracks stores and writes
 * the data to disk. The region ends after @bytes or at the end of the file,
 * whichever comes first. A touch raises SIGBUS if the page is past the end of
 * the file, if the page can't be read, or if the disk has no room for the page.
 * mmap() fails with ENXIO if the mapping would reach past @bytes, and mremap(2)
 * can't extend a mapping. mmap() with PROT_EXEC fails with EPERM, even if the
 * kernel added PROT_EXEC because of the personality(2) flag READ_IMPLIES_EXEC.
 * fsync(2) returns each error of the file system once. close(2) returns no
 * errors and does not wait for the file system. read(2) and write(2) access the
 * file. Past the end of the region, write(2) fails with ENOSPC. A write(2) that
 * races with a truncation of the file may take effect after the truncation.
 * MMAPDEMO_IOC_PUNCH punches a hole into the file. mmapdemo_stat.resident_pages
 * is the number of the file's pages that are in the page cache, and
 * MMAPDEMO_IOC_PAGES reports these pages. mmapdemo_stat.around_pages stays 0.
 * The command opens the file again, with the credentials of the open file
 * @backing. So the caller may close @backing after the command. If @backing is
 * a memfd, nobody can seal the memfd against writing while the region exists:
 * fcntl(2) fails with EBUSY. mlock(2) of a mapping of the region returns 0, but
 * locks nothing, because the kernel skips mappings that can't grow.
 *
 * The command fails with EBUSY if the open file already has a separate region,
 * or was mapped; with EFBIG if @bytes is more than the module parameter
 * region_max, or, with MMAPDEMO_BY_REMAP, more than 4 MiB, which is the size of
 * the largest block of contiguous memory; with ENOSPC if all separate regions
 * together would exceed the module parameter regions_max; with EINVAL if @bytes
 * is otherwise invalid, if the method or the flags are unknown or can't be
 * combined, and if @size is too small; with E2BIG if @size is more than a page,
 * or bytes past the module's structure are not 0; with EPERM if the descriptor
 * is not open for writing; with EFAULT; with ENOMEM if there is no memory, or
 * if the user's regions would exceed RLIMIT_MEMLOCK; and with EINTR after a
 * fatal signal. region_max and regions_max also apply to file-backed regions,
 * although file-backed regions allocate no memory. The command also fails with
 * EBADF if @backing is not an open descriptor; with EINVAL if the file is not a
 * regular file, is in /proc or /sys, is on persistent memory (DAX), or is
 * filled in by a listener of fanotify(7) before it is read; with EACCES if the
 * descriptor is not open for reading and writing, or is open with O_APPEND;
 * with EPERM if the file is sealed against writing; and with the errors of
 * open(2). After an error, the open file of the device still has its old
 * region.
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
 * @size: in: sizeof(struct mmapdemo_resize), which the module does not change
 * @bytes: new size of the region, as in struct mmapdemo_region
 *
 * This command is the counterpart of ftruncate(2). When the command returns,
 * the pages past the new end have been freed, together with all private copies
 * of these pages. A touch past the end raises SIGBUS. If the region grows
 * again, the new pages contain zeros.
 *
 * The command fails with EPERM for the default region; if the descriptor is not
 * open for writing; and if the caller does not have CAP_IPC_LOCK, but wants to
 * enlarge a region that was created with CAP_IPC_LOCK. The command fails with
 * EOPNOTSUPP for regions of MMAPDEMO_BY_REMAP, MMAPDEMO_BY_PREPARE and
 * MMAPDEMO_REGION_BACKED, which can't be resized; with EINTR after a fatal
 * signal; and with the errors that MMAPDEMO_IOC_REGION returns for @bytes and
 * @size.
 */
struct mmapdemo_resize {
	__u64 size;
	__u64 bytes;
};

/**
 * struct mmapdemo_punch - a hole in a region
 * @size: in: sizeof(struct mmapdemo_punch), which the module does not change
 * @start: first byte of the hole, a multiple of the page size, or of 2 MiB with
 *	MMAPDEMO_BY_HUGE
 * @end: end of the hole, exclusive, aligned like @start. The part of the hole
 *	past the end of the region is ignored
 *
 * This command is the counterpart of FALLOC_FL_PUNCH_HOLE. When the command
 * returns, the pages in the hole have been freed, and the next touch finds
 * zeros. Private copies of the pages stay. A mapping also keeps the page table
 * entry of a poisoned page, as a mapping of a file does. So a touch of this
 * page raises SIGBUS until munmap(2) or MADV_DONTNEED removes the entry.
 *
 * The command fails with EPERM for the default region, and if the descriptor is
 * not open for writing; with EOPNOTSUPP for regions of MMAPDEMO_BY_REMAP and
 * MMAPDEMO_BY_PREPARE; with EINVAL if the range is not aligned, if @end is less
 * than @start, and if @size is too small; with E2BIG and EFAULT; with EINTR
 * after a fatal signal; and, with MMAPDEMO_REGION_BACKED, with the errors of
 * fallocate(2).
 */
struct mmapdemo_punch {
	__u64 size;
	__u64 start;
	__u64 end;
};

/* Bits that MMAPDEMO_IOC_PAGES returns for a page */
#define MMAPDEMO_PAGE_RESIDENT	(1ULL << 63)
#define MMAPDEMO_PAGE_HUGE	(1ULL << 62)	/* the page is part of a block of 2 MiB */
#define MMAPDEMO_PAGE_FRAME	((1ULL << 55) - 1) /* page frame; 0 without CAP_SYS_ADMIN */

/**
 * struct mmapdemo_pages - the pages of a region
 * @size: in: sizeof(struct mmapdemo_pages), which the module does not change
 * @start: first byte, a multiple of the page size
 * @end: end of the range, exclusive, a multiple of the page size
 * @pages: in: pointer to an array with a __u64 for each page. The module stores
 *	MMAPDEMO_PAGE_* in each element, or 0 if the page is not resident or is
 *	past the end of the region
 *
 * This command is the counterpart of mincore(2). The pages are inspected one by
 * one, and no page is allocated. Page frames are shown only with CAP_SYS_ADMIN,
 * as in /proc/PID/pagemap.
 *
 * The command fails with EINVAL if @start or @end is not aligned, if @end is
 * less than @start, and if @size is too small; with E2BIG and EFAULT; and with
 * EINTR after a fatal signal.
 */
struct mmapdemo_pages {
	__u64 size;
	__u64 start;
	__u64 end;
	__u64 pages;
};

/* Values of mmapdemo_plan.answer */
#define MMAPDEMO_PLAN_NOTHING	0	/* the fault is handled without a plan */
#define MMAPDEMO_PLAN_SIGBUS	1	/* the fault fails, as after an I/O error */
#define MMAPDEMO_PLAN_OOM	2	/* the fault fails, as without free memory */
#define MMAPDEMO_PLAN_DELAY	3	/* the fault is delayed, as by a slow disk */

/* Maximum number of plans for a region, and maximum delay in ns */
#define MMAPDEMO_PLANS_MAX	64
#define MMAPDEMO_DELAY_MAX	60000000000ULL

/**
 * struct mmapdemo_plan - an answer to future faults
 * @size: in: sizeof(struct mmapdemo_plan), which the module does not change
 * @start: first byte of the range, a multiple of the page size
 * @end: end of the range, exclusive, a multiple of the page size, greater than
 *	@start
 * @delay: the delay in ns, at most MMAPDEMO_DELAY_MAX, if @answer is
 *	MMAPDEMO_PLAN_DELAY; otherwise 0
 * @answer: MMAPDEMO_PLAN_*. MMAPDEMO_PLAN_NOTHING completely removes each plan
 *	that covers a page in the range
 * @times: number of faults to answer in the whole range; 0: all faults
 *
 * If there are several plans for a page, the newest applies. A plan answers
 * faults, so it has no effect on pages that are already mapped. Make the plan
 * before the first touch, or unmap the pages with MADV_DONTNEED. read(2) and
 * write(2) ignore plans. While the region has a plan, a fault maps only the
 * touched page.
 *
 * If the kernel can retry a delayed fault, the task waits without mmap_lock and
 * without the per-VMA lock, and the fault counts as a major fault. A fatal
 * signal ends the delay, and an exiting task does not wait. A waiting task can
 * be frozen, for example by a suspend, unless the task is in a system call or
 * the kernel can't retry the fault.
 *
 * If the answer is MMAPDEMO_PLAN_OOM, the kernel lets the program repeat its
 * access until the fault gets another answer. So set @times with
 * MMAPDEMO_PLAN_OOM. A system call that touches the page fails with ENOMEM or
 * EFAULT.
 *
 * The command fails with EPERM for the default region, and if the descriptor is
 * not open for writing; with EOPNOTSUPP for regions of MMAPDEMO_BY_REMAP, which
 * have no faults; with ENOSPC if there are already MMAPDEMO_PLANS_MAX plans;
 * with EINVAL if the range is invalid, if @answer is unknown, if @delay is too
 * long, is missing, or is set for another answer, and if @size is too small;
 * and with E2BIG, EFAULT and ENOMEM.
 */
struct mmapdemo_plan {
	__u64 size;
	__u64 start;
	__u64 end;
	__u64 delay;
	__u32 answer;
	__u32 times;
};

/*
 * The size in the number of a command never changes, even if the structure
 * grows: see "Growth".
 */
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
#define MMAPDEMO_IOC_SELFTEST	MMAPDEMO_IOC(_IOC_READ | _IOC_WRITE, 10, 184)

#endif /* _UAPI_MMAPDEMO_H */
