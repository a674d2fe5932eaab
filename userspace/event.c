// SPDX-License-Identifier: GPL-2.0-only
#include "event.h"

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
#define SIGNED(part, member)	FIELD(part, member, FIELD_SIGNED)
#define TEXT(part, member)	FIELD(part, member, FIELD_TEXT)
#define END			{ .name = NULL }

static const struct field mmap_fields[] = {
	NUMBER(mmap, mm),
	NUMBER(mmap, addr),
	NUMBER(mmap, len),
	NUMBER(mmap, prot, .flags = names_prot),
	NUMBER(mmap, flags, .flags = names_map),
	NUMBER(mmap, pgoff),
	NUMBER(mmap, dev),
	NUMBER(mmap, ino),
	TEXT(mmap, name),
	SIGNED(mmap, ret),
	NUMBER(mmap, duration),
	END
};

static const struct field search_fields[] = {
	NUMBER(search, mm),
	NUMBER(search, addr),
	NUMBER(search, len),
	NUMBER(search, flags, .flags = names_map),
	NUMBER(search, pgoff),
	TEXT(search, search),
	NUMBER(search, topdown),
	NUMBER(search, dev),
	NUMBER(search, ino),
	TEXT(search, name),
	SIGNED(search, ret),
	END
};

static const struct field merge_fields[] = {
	NUMBER(merge, mm),
	NUMBER(merge, cause, .values = names_cause),
	NUMBER(merge, outcome, .values = names_outcome),
	NUMBER(merge, start),
	NUMBER(merge, end),
	NUMBER(merge, prev_start),
	NUMBER(merge, prev_end),
	NUMBER(merge, next_start),
	NUMBER(merge, next_end),
	NUMBER(merge, result_start),
	NUMBER(merge, result_end),
	NUMBER(merge, vm_flags, .flags = names_vm),
	END
};

static const struct field link_fields[] = {
	NUMBER(link, mm),
	NUMBER(link, cause, .values = names_cause),
	NUMBER(link, start),
	NUMBER(link, end),
	NUMBER(link, vm_flags, .flags = names_vm),
	NUMBER(link, pgoff),
	NUMBER(link, dev),
	NUMBER(link, ino),
	TEXT(link, name),
	NUMBER(link, map_count),
	END
};

static const struct field fault_fields[] = {
	NUMBER(fault, mm),
	NUMBER(fault, address),
	NUMBER(fault, ip),
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
	NUMBER(fault, vma_start),
	NUMBER(fault, vma_end),
	NUMBER(fault, vm_flags, .flags = names_vm),
	NUMBER(fault, pgoff),
	NUMBER(fault, dev),
	NUMBER(fault, ino),
	END
};

static const struct field fork_fields[] = {
	NUMBER(fork, child_pid),
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

const struct event_layout event_layouts[EVENT_KINDS] = {
	[MMAPDEMO_EVENT_DO_MMAP] = { "mmapdemo", "do_mmap", mmap_fields },
	[MMAPDEMO_EVENT_GET_UNMAPPED_AREA] = {
		"mmapdemo", "get_unmapped_area", search_fields
	},
	[MMAPDEMO_EVENT_VMA_MERGE] = { "mmapdemo", "vma_merge", merge_fields },
	[MMAPDEMO_EVENT_VMA_LINK] = { "mmapdemo", "vma_link", link_fields },
	[MMAPDEMO_EVENT_PTE_FAULT] = { "mmapdemo", "pte_fault", fault_fields },
	[EVENT_FORK] = { "sched", "sched_process_fork", fork_fields },
	[EVENT_EXEC] = { "sched", "sched_process_exec", exec_fields },
	[EVENT_EXIT] = { "sched", "sched_process_exit", exit_fields },
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
	default:
		return event->time;
	}
}
