/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events as plain structures. module/trace/events.h documents the fields of
 * the module's events.
 */
#ifndef _EVENT_H
#define _EVENT_H

#include "event/names.h"
#include "mmapdemo.h"

#include <stdbool.h>
#include <stddef.h>

#define EVENT_NAME_MAX 64
#define EVENT_PATH_MAX 128

/* System calls whose start and end the kernel reports in events */
enum event_call {
	EVENT_CALL_MMAP,
	EVENT_CALL_MUNMAP,
	EVENT_CALL_MPROTECT,
	EVENT_CALL_MREMAP,
	EVENT_CALL_BRK,
	EVENT_CALL_MADVISE,
	EVENT_CALLS
};

/* The kinds of the module's events are those of enum mmapdemo_event. */
enum event_kind {
	EVENT_FORK = MMAPDEMO_EVENTS,
	EVENT_EXEC,
	EVENT_EXIT,
	EVENT_FLUSH,

	/* Signals, page faults and system calls, as the kernel's own events */
	EVENT_SIGNAL,
	EVENT_TOUCH,
	EVENT_KERNEL_TOUCH,
	EVENT_ENTER,
	EVENT_LEAVE = EVENT_ENTER + EVENT_CALLS,
	EVENT_KINDS = EVENT_LEAVE + EVENT_CALLS,

	/*
	 * Events from perf, which are used only without the module, and are
	 * never recorded
	 */
	EVENT_VMA = EVENT_KINDS,
	EVENT_COMM,
	EVENT_ALL_KINDS
};

/*
 * Sets of tracefs events, with one bit for each kind. 0 means EVENTS_MODULE.
 * EVENTS_WAITS, pte_faults and fault_signal are events of the module that older modules
 * and recordings lack.
 */
#define EVENT_BIT(kind) (1ULL << (kind))
#define EVENTS_WAITS (EVENT_BIT(MMAPDEMO_EVENT_FAULT_TIME) | \
		      EVENT_BIT(MMAPDEMO_EVENT_MMAP_LOCK_WAIT))
#define EVENTS_BATCH EVENT_BIT(MMAPDEMO_EVENT_PTE_FAULTS)
#define EVENTS_MODULE ((EVENT_BIT(EVENT_FLUSH) - 1) & \
		       ~(EVENTS_WAITS | EVENTS_BATCH | \
			 EVENT_BIT(MMAPDEMO_EVENT_FAULT_SIGNAL)))
#define EVENTS_FAULTS (EVENT_BIT(EVENT_SIGNAL) | EVENT_BIT(EVENT_TOUCH) | \
		       EVENT_BIT(EVENT_KERNEL_TOUCH))
#define EVENTS_STOCK (EVENT_BIT(EVENT_FORK) | EVENT_BIT(EVENT_EXEC) | \
		      EVENT_BIT(EVENT_EXIT) | EVENTS_FAULTS)
#define EVENTS_CALLS (EVENT_BIT(EVENT_KINDS) - EVENT_BIT(EVENT_ENTER))
#define EVENTS_CALL(call) (EVENT_BIT(EVENT_ENTER + (call)) | \
			   EVENT_BIT(EVENT_LEAVE + (call)))

/*
 * Events of the kernel that supplement the module's events. These events report
 * faults that never reach handle_mm_fault(), and system calls that the module's
 * probes do not observe, or observe only on success.
 */
#define EVENTS_OF_KERNEL (EVENTS_FAULTS | EVENTS_CALL(EVENT_CALL_MMAP) |	\
			  EVENTS_CALL(EVENT_CALL_MUNMAP) |			\
			  EVENTS_CALL(EVENT_CALL_MPROTECT) |		\
			  EVENTS_CALL(EVENT_CALL_MADVISE))

static inline bool event_wanted(__u64 kinds, int kind)
{
	return (kinds ?: EVENTS_MODULE) & EVENT_BIT(kind);
}

struct mmap_event {
	__u64 addr;
	__u64 len;
	__u64 pgoff;
	__s64 ret;
	__u64 duration;
	__u64 ino;
	__u32 dev;
	__u32 mm;
	__u32 prot;
	__u32 flags;
	char name[EVENT_NAME_MAX];
	__u32 trigger;
	__s64 nr;
};

struct search_event {
	__u64 addr;
	__u64 len;
	__u64 pgoff;
	__s64 ret;
	__u64 ino;
	__u32 dev;
	__u32 mm;
	__u32 flags;
	__u32 topdown;
	char search[EVENT_NAME_MAX];
	char name[EVENT_NAME_MAX];
	__u32 trigger;
	__s64 nr;
	__u64 low;
	__u64 high;
};

struct merge_event {
	__u64 start;
	__u64 end;
	__u64 prev_start;
	__u64 prev_end;
	__u64 next_start;
	__u64 next_end;
	__u64 result_start;
	__u64 result_end;
	__u64 vm_flags;
	__u32 mm;
	__u32 cause;
	__u32 outcome;
	__u32 absorbed;
	__u32 map_count;
	__u32 trigger;
	__s64 nr;
	__u64 flags_wanted;
	__u64 flags_diff_prev;
	__u64 flags_diff_next;
	__u64 pgoff;
	__u64 pgoff_prev;
	__u64 pgoff_next;
	__s64 ret;
	__u32 reason_prev;
	__u32 reason_next;
};

struct link_event {
	__u64 start;
	__u64 end;
	__u64 vm_flags;
	__u64 pgoff;
	__u64 ino;
	__u32 dev;
	__u32 mm;
	__u32 cause;
	__u32 map_count;
	char name[EVENT_NAME_MAX];
	__u32 trigger;
	__s64 nr;
	__u64 caller;
};

struct fault_event {
	__u64 address;
	__u64 ip;
	__u64 pfn;
	__u64 duration;
	__u64 vma_start;
	__u64 vma_end;
	__u64 vm_flags;
	__u64 pgoff;
	__u64 ino;
	__u32 dev;
	__u32 mm;
	__u32 entry_before;
	__u32 entry_after;
	__u32 ret;
	__u32 retries;
	__u32 access;
	__u32 from;
	__u32 class;
	__u32 before;
	__u32 after;
	__u32 order;
	__u32 vma_lock;
	__u32 after_seen;
	__u32 filled;
	__u32 huge;	/* enum mmapdemo_huge_reason */
	__u32 folio;
	__u32 trigger;
	__s64 nr;
};

/*
 * Return true if a VMA was adjacent to the address range of a merge event, on the
 * side to which the event's fields @end and @reason belong. If a part of a VMA
 * changes, the rest of the VMA does not count as adjacent, because the kernel has
 * no reason to merge the part with the rest.
 */
bool merge_has_neighbour(__u64 end, __u32 reason);

/* Return true if a VMA was adjacent to the address range, but was not merged. */
bool merge_refused(const struct merge_event *merge);

/*
 * Bits of fault_event.ret: VM_FAULT_MAJOR, the errors that end in a signal which
 * fault_signal reports (VM_FAULT_SIGBUS and VM_FAULT_SIGSEGV), and two bits that the
 * module adds
 */
#define FAULT_SIGNALLED		0x42
#define FAULT_MAJOR		0x4
#define FAULT_WITHIN_FILE	0x40000000
#define FAULT_AFTER_END		0x80000000U

/*
 * Return true if the page was in the page cache, but the kernel retried the fault.
 * Usually, another fault or readahead was reading the page, and the fault had to wait.
 * Such a fault is not a major fault.
 * @dev and @ino are the device and inode numbers of /dev/mmapdemo, or 0 if the
 * numbers are unknown.
 */
bool fault_awaited(const struct fault_event *fault, __u32 dev, __u64 ino);

struct split_event {
	__u64 start;
	__u64 end;
	__u64 cut;
	__u32 mm;
	__u32 map_count;
	__u32 trigger;
	__s64 nr;
	__u64 caller;
};

struct unlink_event {
	__u64 start;
	__u64 end;
	__u32 mm;
	__u32 vmas;
	__u32 trigger;
	__s64 nr;
};

struct brk_event {
	__u64 brk;
	__u64 old;
	__u64 ret;
	__u64 duration;
	__u32 mm;
};

struct mremap_event {
	__u64 addr;
	__u64 old_len;
	__u64 new_len;
	__u64 new_addr;
	__s64 ret;
	__u64 duration;
	__u32 mm;
	__u32 flags;
};

struct dup_event {
	__u64 pgtables;
	__u64 duration;
	__u32 mm;
	__u32 child_mm;
	__u32 child_pid;
	__u32 map_count;
	__u32 trigger;
	__s64 nr;
	__s64 huge;
};

struct pgd_event {
	__u32 mm;
	__u32 user;
	__u32 kernel;
	__u32 shared;
	__u32 trigger;
	__s64 nr;
};

struct exit_mmap_event {
	__u64 pgtables;
	__u64 duration;
	__u32 mm;
	__u32 map_count;
	__u32 trigger;
	__s64 nr;
};

/* The fields of fault_time. A part of the duration is -1 if it is not known. */
struct slow_event {
	__u64 address;
	__u64 duration;
	__s64 lock_before;
	__s64 work;
	__s64 reclaim;
	__s64 compaction;
	__s64 reclaim_sleep;
	__s64 io;
	__s64 sleep;
	__s64 lock;
	__s64 cpu;
	__u64 read_bytes;
	__u64 cache_pages;
	__u64 reclaimed;
	__u64 ip;
	__u32 mm;
	__u32 class;
	__u32 switches;
	__u32 holder;
	__s64 holder_nr;
	char where[EVENT_NAME_MAX];
};

struct lock_event {
	__u64 duration;
	__u32 mm;
	__u32 write;
	__u32 fault;
	__u32 holder;
	__s64 holder_nr;
	__u32 trigger;
	__s64 nr;
};

/*
 * The fields of pte_faults. @vma and @fault are the size of an array, shifted left by 16
 * bits, plus the offset of the array in the record: see event/batch.h.
 */
struct batch_event {
	__u64 time;
	__u32 count;
	__u32 vmas;
	__u32 vma;
	__u32 fault;
};

struct ended_event {
	__u64 address;
	__u64 ip;
	__u32 mm;
	__u32 access;
	__u32 present;
	__s64 sig;
	__s64 code;
};

/* Some fields of task:task_newtask */
struct fork_event {
	__u32 pid;
	__u64 clone_flags;
};

/* Some fields of sched:sched_process_exec */
struct exec_event {
	__u32 old_pid;
	char filename[EVENT_PATH_MAX];
};

/* The fields of tlb:tlb_flush. Some kernels do not have this event. */
struct flush_event {
	__u32 reason;
	__u64 pages;
};

/* Some fields of signal:signal_deliver */
struct signal_event {
	__s64 sig;
	__s64 code;
	__u64 handler;	/* address of the handler, SIG_DFL or SIG_IGN */
};

/*
 * The fields of exceptions:page_fault_{user,kernel}, which report the start of
 * a fault. For page_fault_kernel, @ip is not set. If a signal is known to have
 * ended the fault, @sig and @code describe the signal.
 */
struct touch_event {
	__u64 address;
	__u64 ip;
	__u64 error_code;
	__s64 sig;
	__s64 code;
};

/* Bits of @error_code on x86 */
#define TOUCH_PROTECTION	0x1	/* the page was present */
#define TOUCH_WRITE		0x2
#define TOUCH_EXEC		0x10

/*
 * The fields of syscalls:sys_enter_* (@args) and sys_exit_* (@ret). When the
 * start and the end of a call have been matched, the sys_exit_* event also has
 * @args and @duration.
 */
struct call_event {
	__u64 args[6];
	__s64 ret;
	__u64 duration;
};

/* The current state of a VMA, from perf's PERF_RECORD_MMAP2 */
struct vma_event {
	__u64 start;
	__u64 end;
	__u64 pgoff;
	__u64 ino;
	__u32 dev;
	__u32 prot;
	__u32 flags;
	char name[EVENT_NAME_MAX];
};

/* The start of a new address space at exec, from perf's PERF_RECORD_COMM */
struct comm_event {
	char comm[16];
};

#define FLUSH_ALL (~0ULL)	/* value of flush_event.pages for a full TLB flush */

/* The kernel's enum tlb_flush_reason. Older kernels lack FLUSH_WRONG_CPU. */
enum flush_reason {
	FLUSH_TASK_SWITCH,
	FLUSH_REMOTE,
	FLUSH_LOCAL,
	FLUSH_LOCAL_MM,
	FLUSH_SEND,		/* request to other processors, not a flush */
	FLUSH_WRONG_CPU,	/* request that no longer applies to this processor */
	FLUSH_REASONS
};

/* Maximum number of frames that the kernel records for a call stack. */
#define EVENT_FRAMES_MAX 8

/**
 * struct event - an event
 * @kind: enum mmapdemo_event, or enum event_kind
 * @cpu: processor of the event
 * @tid: task that caused the event
 * @time: time when the event ended and was recorded, in ns of CLOCK_MONOTONIC
 * @order: number of events that were read before this event; sorts events that
 *	have the same @time
 * @frames: number of entries of @stack; 0: the stack was not recorded
 * @stack: call stack in user mode: the address of the instruction that faulted, or,
 *	in a system call, of the instruction after the call; then the return addresses
 */
struct event {
	int kind;
	int cpu;
	__u32 tid;
	__u64 time;
	__u64 order;
	__u32 frames;
	__u64 stack[EVENT_FRAMES_MAX];
	union {
		struct mmap_event mmap;
		struct search_event search;
		struct merge_event merge;
		struct link_event link;
		struct fault_event fault;
		struct split_event split;
		struct unlink_event unlink;
		struct brk_event brk;
		struct mremap_event mremap;
		struct dup_event dup;
		struct pgd_event pgd;
		struct exit_mmap_event exit_mmap;
		struct slow_event slow;
		struct lock_event lock;
		struct batch_event batch;
		struct fork_event fork;
		struct exec_event exec;
		struct flush_event flush;
		struct signal_event signal;
		struct ended_event ended;
		struct touch_event touch;
		struct call_event call;
		struct vma_event vma;
		struct comm_event comm;
	};
};

/* ---- descriptions of the fields, for the decoder and for JSON ---- */

enum field_type {
	FIELD_UNSIGNED,
	FIELD_ADDRESS,	/* unsigned number that is shown in hexadecimal */
	FIELD_SIGNED,
	FIELD_TEXT,
};

/**
 * struct field - one field of an event
 * @name: name in the event's format, and in JSON; NULL ends a list
 * @type: type in struct event
 * @offset: offset in struct event
 * @size: size in struct event
 * @values: names of the field's values, or NULL
 * @flags: names of the field's bits, or NULL
 * @optional: older modules lack the field; in struct event, the field is then 0
 */
struct field {
	const char *name;
	enum field_type type;
	size_t offset;
	size_t size;
	const struct name *values;
	const struct name *flags;
	bool optional;
};

struct event_layout {
	const char *system;
	const char *name;
	const struct field *fields;
};

#define EVENT_FIELDS_MAX 32

extern const struct event_layout event_layouts[EVENT_ALL_KINDS];

/*
 * Return the name of a field in outputs where each event has the member "cpu", which is
 * the processor. There, the part "cpu" of a fault has another name.
 */
const char *field_member(const struct field *field);

/* Return true if events of this kind are reported. The faults of pte_faults are. */
static inline bool event_is_reported(int kind)
{
	return kind != MMAPDEMO_EVENT_PTE_FAULTS;
}

/* Return the id of the event's address space, or 0 if the event has no such id. */
__u32 event_mm(const struct event *event);

/*
 * Return the number of the system call that caused @event. Return -1 if no system
 * call caused @event, or if the function does not support events of this kind.
 */
__s64 event_nr(const struct event *event);

/*
 * Return the number of VMAs of the address space after the event, or 0 if the
 * number is unknown. For dup_mm, return the number of the child's VMAs.
 */
__u32 event_map_count(const struct event *event);

/* Return the start of the event: its end minus its duration. */
__u64 event_begin(const struct event *event);

#endif /* _EVENT_H */
