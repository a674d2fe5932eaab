// SPDX-License-Identifier: GPL-2.0-only
#include "event/event.h"
#include "event/vm_flags.h"

#include <string.h>

#define FIELD(part, member, kind, ...)					\
	{								\
		.name = #member,					\
		.type = kind,						\
		.offset = offsetof(struct event, part.member),		\
		.size = sizeof(((struct event *)0)->part.member),	\
		__VA_ARGS__						\
	}
#define NUMBER(part, member, ...)	\
	FIELD(part, member, FIELD_UNSIGNED, __VA_ARGS__)
#define ADDRESS(part, member, ...)	\
	FIELD(part, member, FIELD_ADDRESS, __VA_ARGS__)
#define SIGNED(part, member, ...)	\
	FIELD(part, member, FIELD_SIGNED, __VA_ARGS__)
#define TEXT(part, member)	FIELD(part, member, FIELD_TEXT)
#define END			{ .name = NULL }

static const struct field mmap_fields[] = {
	NUMBER(mmap, mm),
	ADDRESS(mmap, addr),
	NUMBER(mmap, len),
	NUMBER(mmap, prot, .flags = names_prot),
	NUMBER(mmap, flags, .flags = names_map),
	NUMBER(mmap, pgoff),
	NUMBER(mmap, dev),
	NUMBER(mmap, ino),
	TEXT(mmap, name),
	SIGNED(mmap, ret),
	NUMBER(mmap, duration),
	NUMBER(mmap, trigger, .values = names_trigger),
	SIGNED(mmap, nr, .values = names_syscall),
	END
};

static const struct field search_fields[] = {
	NUMBER(search, mm),
	ADDRESS(search, addr),
	NUMBER(search, len),
	NUMBER(search, flags, .flags = names_map),
	NUMBER(search, pgoff),
	TEXT(search, search),
	NUMBER(search, topdown),
	NUMBER(search, dev),
	NUMBER(search, ino),
	TEXT(search, name),
	SIGNED(search, ret),
	NUMBER(search, trigger, .values = names_trigger),
	SIGNED(search, nr, .values = names_syscall),
	ADDRESS(search, low),
	ADDRESS(search, high),
	END
};

static const struct field merge_fields[] = {
	NUMBER(merge, mm),
	NUMBER(merge, cause, .values = names_cause),
	NUMBER(merge, outcome, .values = names_outcome),
	ADDRESS(merge, start),
	ADDRESS(merge, end),
	ADDRESS(merge, prev_start),
	ADDRESS(merge, prev_end),
	ADDRESS(merge, next_start),
	ADDRESS(merge, next_end),
	ADDRESS(merge, result_start),
	ADDRESS(merge, result_end),
	NUMBER(merge, vm_flags, .flags = names_vm),
	NUMBER(merge, absorbed),
	NUMBER(merge, map_count),
	NUMBER(merge, trigger, .values = names_trigger),
	SIGNED(merge, nr, .values = names_syscall),
	NUMBER(merge, reason_prev, .values = names_reason),
	NUMBER(merge, reason_next, .values = names_reason),
	NUMBER(merge, flags_wanted, .flags = names_vm_flags),
	NUMBER(merge, flags_diff_prev, .flags = names_vm_flags),
	NUMBER(merge, flags_diff_next, .flags = names_vm_flags),
	NUMBER(merge, pgoff),
	NUMBER(merge, pgoff_prev),
	NUMBER(merge, pgoff_next),
	SIGNED(merge, ret),
	END
};

static const struct field link_fields[] = {
	NUMBER(link, mm),
	NUMBER(link, cause, .values = names_cause),
	ADDRESS(link, start),
	ADDRESS(link, end),
	NUMBER(link, vm_flags, .flags = names_vm),
	NUMBER(link, pgoff),
	NUMBER(link, dev),
	NUMBER(link, ino),
	TEXT(link, name),
	NUMBER(link, map_count),
	NUMBER(link, trigger, .values = names_trigger),
	SIGNED(link, nr, .values = names_syscall),
	ADDRESS(link, caller, .optional = true),
	END
};

static const struct field fault_fields[] = {
	NUMBER(fault, mm),
	ADDRESS(fault, address),
	ADDRESS(fault, ip),
	NUMBER(fault, access, .values = names_access),
	NUMBER(fault, from, .values = names_origin),
	NUMBER(fault, class, .values = names_class),
	NUMBER(fault, before, .flags = names_levels),
	NUMBER(fault, after, .flags = names_levels),
	NUMBER(fault, after_seen),
	NUMBER(fault, entry_before, .flags = names_entry),
	NUMBER(fault, entry_after, .flags = names_entry),
	NUMBER(fault, pfn),
	NUMBER(fault, order),
	NUMBER(fault, ret, .flags = names_ret),
	NUMBER(fault, retries),
	NUMBER(fault, vma_lock),
	NUMBER(fault, duration),
	ADDRESS(fault, vma_start),
	ADDRESS(fault, vma_end),
	NUMBER(fault, vm_flags, .flags = names_vm),
	NUMBER(fault, pgoff),
	NUMBER(fault, dev),
	NUMBER(fault, ino),
	NUMBER(fault, filled),
	NUMBER(fault, trigger, .values = names_trigger),
	SIGNED(fault, nr, .values = names_syscall),
	NUMBER(fault, huge, .values = names_huge, .optional = true),
	NUMBER(fault, folio, .optional = true),
	END
};

static const struct field split_fields[] = {
	NUMBER(split, mm),
	ADDRESS(split, start),
	ADDRESS(split, end),
	ADDRESS(split, cut),
	NUMBER(split, map_count),
	NUMBER(split, trigger, .values = names_trigger),
	SIGNED(split, nr, .values = names_syscall),
	ADDRESS(split, caller, .optional = true),
	END
};

static const struct field unlink_fields[] = {
	NUMBER(unlink, mm),
	ADDRESS(unlink, start),
	ADDRESS(unlink, end),
	NUMBER(unlink, vmas),
	NUMBER(unlink, trigger, .values = names_trigger),
	SIGNED(unlink, nr, .values = names_syscall),
	END
};

static const struct field brk_fields[] = {
	NUMBER(brk, mm),
	ADDRESS(brk, brk),
	ADDRESS(brk, old),
	ADDRESS(brk, ret),
	NUMBER(brk, duration),
	END
};

static const struct field mremap_fields[] = {
	NUMBER(mremap, mm),
	ADDRESS(mremap, addr),
	NUMBER(mremap, old_len),
	NUMBER(mremap, new_len),
	NUMBER(mremap, flags, .flags = names_mremap),
	ADDRESS(mremap, new_addr),
	SIGNED(mremap, ret),
	NUMBER(mremap, duration),
	END
};

static const struct field dup_fields[] = {
	NUMBER(dup, mm),
	NUMBER(dup, child_mm),
	NUMBER(dup, child_pid),
	NUMBER(dup, map_count),
	NUMBER(dup, pgtables),
	NUMBER(dup, duration),
	NUMBER(dup, trigger, .values = names_trigger),
	SIGNED(dup, nr, .values = names_syscall),
	SIGNED(dup, huge, .optional = true),
	END
};

static const struct field pgd_fields[] = {
	NUMBER(pgd, mm),
	NUMBER(pgd, user),
	NUMBER(pgd, kernel),
	NUMBER(pgd, shared),
	NUMBER(pgd, trigger, .values = names_trigger),
	SIGNED(pgd, nr, .values = names_syscall),
	END
};

static const struct field exit_mmap_fields[] = {
	NUMBER(exit_mmap, mm),
	NUMBER(exit_mmap, map_count),
	NUMBER(exit_mmap, pgtables),
	NUMBER(exit_mmap, duration),
	NUMBER(exit_mmap, trigger, .values = names_trigger),
	SIGNED(exit_mmap, nr, .values = names_syscall),
	END
};

static const struct field slow_fields[] = {
	NUMBER(slow, mm),
	ADDRESS(slow, address),
	NUMBER(slow, class, .values = names_class),
	NUMBER(slow, duration),
	SIGNED(slow, lock_before),
	SIGNED(slow, work),
	SIGNED(slow, reclaim),
	SIGNED(slow, compaction),
	SIGNED(slow, reclaim_sleep),
	SIGNED(slow, io),
	SIGNED(slow, sleep),
	SIGNED(slow, lock),
	SIGNED(slow, cpu),
	NUMBER(slow, read_bytes),
	NUMBER(slow, cache_pages),
	NUMBER(slow, reclaimed),
	NUMBER(slow, switches),
	NUMBER(slow, holder),
	SIGNED(slow, holder_nr, .values = names_syscall),
	TEXT(slow, where),
	ADDRESS(slow, ip),
	END
};

static const struct field lock_fields[] = {
	NUMBER(lock, mm),
	NUMBER(lock, duration),
	NUMBER(lock, write),
	NUMBER(lock, fault),
	NUMBER(lock, holder),
	SIGNED(lock, holder_nr, .values = names_syscall),
	NUMBER(lock, trigger, .values = names_trigger),
	SIGNED(lock, nr, .values = names_syscall),
	END
};

static const struct field batch_fields[] = {
	NUMBER(batch, time),
	NUMBER(batch, count),
	NUMBER(batch, vmas),
	NUMBER(batch, vma),
	NUMBER(batch, fault),
	END
};

static const struct field ended_fields[] = {
	NUMBER(ended, mm),
	ADDRESS(ended, address),
	NUMBER(ended, access, .values = names_access),
	NUMBER(ended, present),
	SIGNED(ended, sig),
	SIGNED(ended, code),
	ADDRESS(ended, ip),
	END
};

static const struct field fork_fields[] = {
	NUMBER(fork, pid),
	NUMBER(fork, clone_flags),
	END
};

static const struct field exec_fields[] = {
	NUMBER(exec, old_pid),
	TEXT(exec, filename),
	END
};

static const struct field exit_fields[] = {
	END
};

static const struct field flush_fields[] = {
	NUMBER(flush, reason, .values = names_flush),
	NUMBER(flush, pages),
	END
};

static const struct field signal_fields[] = {
	SIGNED(signal, sig),
	SIGNED(signal, code),
	{
		.name = "sa_handler",
		.type = FIELD_ADDRESS,
		.offset = offsetof(struct event, signal.handler),
		.size = sizeof(__u64),
	},
	END
};

static const struct field touch_fields[] = {
	ADDRESS(touch, address),
	ADDRESS(touch, ip),
	NUMBER(touch, error_code, .flags = names_error_code),
	END
};

/*
 * The field ip is omitted, because it contains the address of an instruction in
 * the kernel.
 */
static const struct field kernel_touch_fields[] = {
	ADDRESS(touch, address),
	NUMBER(touch, error_code, .flags = names_error_code),
	END
};

#define ARG(number, kind, member, ...)					\
	{								\
		.name = member,						\
		.type = kind,						\
		.offset = offsetof(struct event, call.args[number]),	\
		.size = sizeof(__u64),					\
		__VA_ARGS__						\
	}

static const struct field enter_mmap_fields[] = {
	ARG(0, FIELD_ADDRESS, "addr"),
	ARG(1, FIELD_UNSIGNED, "len"),
	ARG(2, FIELD_UNSIGNED, "prot", .flags = names_prot),
	ARG(3, FIELD_UNSIGNED, "flags", .flags = names_map),
	ARG(4, FIELD_SIGNED, "fd"),
	ARG(5, FIELD_UNSIGNED, "off"),
	END
};

static const struct field enter_munmap_fields[] = {
	ARG(0, FIELD_ADDRESS, "addr"),
	ARG(1, FIELD_UNSIGNED, "len"),
	END
};

static const struct field enter_mprotect_fields[] = {
	ARG(0, FIELD_ADDRESS, "start"),
	ARG(1, FIELD_UNSIGNED, "len"),
	ARG(2, FIELD_UNSIGNED, "prot", .flags = names_prot),
	END
};

static const struct field enter_mremap_fields[] = {
	ARG(0, FIELD_ADDRESS, "addr"),
	ARG(1, FIELD_UNSIGNED, "old_len"),
	ARG(2, FIELD_UNSIGNED, "new_len"),
	ARG(3, FIELD_UNSIGNED, "flags", .flags = names_mremap),
	ARG(4, FIELD_ADDRESS, "new_addr"),
	END
};

static const struct field enter_brk_fields[] = {
	ARG(0, FIELD_ADDRESS, "brk"),
	END
};

static const struct field enter_madvise_fields[] = {
	ARG(0, FIELD_ADDRESS, "start"),
	ARG(1, FIELD_UNSIGNED, "len_in"),
	ARG(2, FIELD_UNSIGNED, "behavior", .values = names_advice),
	END
};

static const struct field leave_fields[] = {
	SIGNED(call, ret),
	END
};

static const struct field vma_fields[] = {
	ADDRESS(vma, start),
	ADDRESS(vma, end),
	NUMBER(vma, prot, .flags = names_prot),
	NUMBER(vma, flags, .flags = names_map),
	NUMBER(vma, pgoff),
	NUMBER(vma, dev),
	NUMBER(vma, ino),
	TEXT(vma, name),
	END
};

static const struct field comm_fields[] = {
	TEXT(comm, comm),
	END
};

const struct event_layout event_layouts[EVENT_ALL_KINDS] = {
	[MMAPDEMO_EVENT_DO_MMAP] = { "mmapdemo", "do_mmap", mmap_fields },
	[MMAPDEMO_EVENT_GET_UNMAPPED_AREA] = {
		"mmapdemo", "get_unmapped_area", search_fields
	},
	[MMAPDEMO_EVENT_VMA_MERGE] = { "mmapdemo", "vma_merge", merge_fields },
	[MMAPDEMO_EVENT_VMA_LINK] = { "mmapdemo", "vma_link", link_fields },
	[MMAPDEMO_EVENT_PTE_FAULT] = { "mmapdemo", "pte_fault", fault_fields },
	[MMAPDEMO_EVENT_VMA_SPLIT] = { "mmapdemo", "vma_split", split_fields },
	[MMAPDEMO_EVENT_VMA_UNLINK] = {
		"mmapdemo", "vma_unlink", unlink_fields
	},
	[MMAPDEMO_EVENT_BRK] = { "mmapdemo", "brk", brk_fields },
	[MMAPDEMO_EVENT_MREMAP] = { "mmapdemo", "mremap", mremap_fields },
	[MMAPDEMO_EVENT_DUP_MM] = { "mmapdemo", "dup_mm", dup_fields },
	[MMAPDEMO_EVENT_PGD_ALLOC] = { "mmapdemo", "pgd_alloc", pgd_fields },
	[MMAPDEMO_EVENT_EXIT_MMAP] = {
		"mmapdemo", "exit_mmap", exit_mmap_fields
	},
	[MMAPDEMO_EVENT_FAULT_TIME] = {
		"mmapdemo", "fault_time", slow_fields
	},
	[MMAPDEMO_EVENT_MMAP_LOCK_WAIT] = {
		"mmapdemo", "mmap_lock_wait", lock_fields
	},
	[MMAPDEMO_EVENT_PTE_FAULTS] = {
		"mmapdemo", "pte_faults", batch_fields
	},
	[MMAPDEMO_EVENT_FAULT_SIGNAL] = {
		"mmapdemo", "fault_signal", ended_fields
	},
	[EVENT_FORK] = { "task", "task_newtask", fork_fields },
	[EVENT_EXEC] = { "sched", "sched_process_exec", exec_fields },
	[EVENT_EXIT] = { "sched", "sched_process_exit", exit_fields },
	[EVENT_FLUSH] = { "tlb", "tlb_flush", flush_fields },
	[EVENT_SIGNAL] = { "signal", "signal_deliver", signal_fields },
	[EVENT_TOUCH] = { "exceptions", "page_fault_user", touch_fields },
	[EVENT_KERNEL_TOUCH] = {
		"exceptions", "page_fault_kernel", kernel_touch_fields
	},
#define CALL(call, name)							\
	[EVENT_ENTER + EVENT_CALL_##call] = {				\
		"syscalls", "sys_enter_" #name, enter_##name##_fields	\
	},								\
	[EVENT_LEAVE + EVENT_CALL_##call] = {				\
		"syscalls", "sys_exit_" #name, leave_fields		\
	}
	CALL(MMAP, mmap),
	CALL(MUNMAP, munmap),
	CALL(MPROTECT, mprotect),
	CALL(MREMAP, mremap),
	CALL(BRK, brk),
	CALL(MADVISE, madvise),
	[EVENT_VMA] = { "perf", "mmap2", vma_fields },
	[EVENT_COMM] = { "perf", "comm", comm_fields },
};

__u32 event_mm(const struct event *event)
{
	switch (event->kind) {
	case MMAPDEMO_EVENT_DO_MMAP:
		return event->mmap.mm;
	case MMAPDEMO_EVENT_GET_UNMAPPED_AREA:
		return event->search.mm;
	case MMAPDEMO_EVENT_VMA_MERGE:
		return event->merge.mm;
	case MMAPDEMO_EVENT_VMA_LINK:
		return event->link.mm;
	case MMAPDEMO_EVENT_PTE_FAULT:
		return event->fault.mm;
	case MMAPDEMO_EVENT_VMA_SPLIT:
		return event->split.mm;
	case MMAPDEMO_EVENT_VMA_UNLINK:
		return event->unlink.mm;
	case MMAPDEMO_EVENT_BRK:
		return event->brk.mm;
	case MMAPDEMO_EVENT_MREMAP:
		return event->mremap.mm;
	case MMAPDEMO_EVENT_DUP_MM:
		return event->dup.mm;
	case MMAPDEMO_EVENT_PGD_ALLOC:
		return event->pgd.mm;
	case MMAPDEMO_EVENT_EXIT_MMAP:
		return event->exit_mmap.mm;
	case MMAPDEMO_EVENT_FAULT_TIME:
		return event->slow.mm;
	case MMAPDEMO_EVENT_MMAP_LOCK_WAIT:
		return event->lock.mm;
	case MMAPDEMO_EVENT_FAULT_SIGNAL:
		return event->ended.mm;
	default:
		return 0;
	}
}

__s64 event_nr(const struct event *event)
{
	switch (event->kind) {
	case MMAPDEMO_EVENT_DO_MMAP:
		return event->mmap.nr;
	case MMAPDEMO_EVENT_GET_UNMAPPED_AREA:
		return event->search.nr;
	case MMAPDEMO_EVENT_VMA_MERGE:
		return event->merge.nr;
	case MMAPDEMO_EVENT_VMA_LINK:
		return event->link.nr;
	case MMAPDEMO_EVENT_VMA_SPLIT:
		return event->split.nr;
	case MMAPDEMO_EVENT_VMA_UNLINK:
		return event->unlink.nr;
	case MMAPDEMO_EVENT_PGD_ALLOC:
		return event->pgd.nr;
	case MMAPDEMO_EVENT_MMAP_LOCK_WAIT:
		return event->lock.nr;
	default:
		return -1;
	}
}

__u32 event_map_count(const struct event *event)
{
	switch (event->kind) {
	case MMAPDEMO_EVENT_VMA_MERGE:
		return event->merge.map_count;
	case MMAPDEMO_EVENT_VMA_LINK:
		return event->link.map_count;
	case MMAPDEMO_EVENT_VMA_SPLIT:
		return event->split.map_count;
	case MMAPDEMO_EVENT_DUP_MM:
		return event->dup.map_count;
	default:
		return 0;
	}
}

__u64 event_begin(const struct event *event)
{
	switch (event->kind) {
	case MMAPDEMO_EVENT_DO_MMAP:
		return event->time - event->mmap.duration;
	case MMAPDEMO_EVENT_PTE_FAULT:
		return event->time - event->fault.duration;
	case MMAPDEMO_EVENT_BRK:
		return event->time - event->brk.duration;
	case MMAPDEMO_EVENT_MREMAP:
		return event->time - event->mremap.duration;
	case MMAPDEMO_EVENT_DUP_MM:
		return event->time - event->dup.duration;
	case MMAPDEMO_EVENT_EXIT_MMAP:
		return event->time - event->exit_mmap.duration;
	case MMAPDEMO_EVENT_FAULT_TIME:
		return event->time - event->slow.duration;
	case MMAPDEMO_EVENT_MMAP_LOCK_WAIT:
		return event->time - event->lock.duration;
	case EVENT_LEAVE ... EVENT_KINDS - 1:
		return event->time - event->call.duration;
	default:
		return event->time;
	}
}

bool merge_has_neighbour(__u64 end, __u32 reason)
{
	return end && reason != MMAPDEMO_REASON_INSIDE;
}

bool merge_refused(const struct merge_event *merge)
{
	return !merge->outcome &&
	       (merge_has_neighbour(merge->prev_end, merge->reason_prev) ||
		merge_has_neighbour(merge->next_end, merge->reason_next));
}

/*
 * A kernel with per-VMA locks also retries a fault if the driver has no
 * .map_pages, or if a private page needs an anon_vma. Exclude faults that were
 * retried only for these reasons, because these faults did not wait.
 */
bool fault_awaited(const struct fault_event *fault, __u32 dev, __u64 ino)
{
	if (!fault->ino || fault->ret & FAULT_MAJOR ||
	    fault->vm_flags & VM_NO_CACHE ||
	    (fault->dev == dev && fault->ino == ino))
		return false;
	switch (fault->class) {
	case MMAPDEMO_FAULT_READ:
	case MMAPDEMO_FAULT_SHARED:
	case MMAPDEMO_FAULT_HUGE_FILE:
		return fault->retries;
	case MMAPDEMO_FAULT_COW:
		return fault->retries > 1;
	default:
		return false;
	}
}

const char *field_member(const struct field *field)
{
	return strcmp(field->name, "cpu") ? field->name : "cpu_wait";
}
