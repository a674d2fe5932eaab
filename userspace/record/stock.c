// SPDX-License-Identifier: GPL-2.0-only
#include "record/stock.h"
#include "base/format.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * The last part of every record, as requested by sample_type: PERF_SAMPLE_TID |
 * PERF_SAMPLE_TIME.
 */
struct trailer {
	__u32 pid, tid;
	__u64 time;
};

/* PERF_RECORD_COMM */
struct renamed {
	struct perf_event_header header;
	__u32 pid, tid;
	char comm[];
};

void stock_follow(struct perf_rings *rings, int tid)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
		.sample_id_all = 1,
		.inherit = 1,
		.mmap = 1,
		.mmap2 = 1,
		.mmap_data = 1,
		.comm = 1,
		.comm_exec = 1,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
	};

	perf_rings_follow(rings, &attr, tid);
}

/* perf uses "//anon" as the name of memory that has no name. */
static void set_vma(struct vma_event *vma,
		    const struct perf_ring_mapping *mapping)
{
	bool named = mapping->ino || mapping->path[0] == '[';

	*vma = (struct vma_event){
		.start = mapping->address,
		.end = mapping->address + mapping->length,
		.pgoff = mapping->ino ? mapping->offset / sysconf(_SC_PAGESIZE) :
					0,
		.ino = mapping->ino,
		.dev = mapping->major << 20 | mapping->minor,
		.prot = mapping->prot,
		.flags = mapping->flags,
	};
	format_file(vma->name, sizeof(vma->name), named ? mapping->path : "");
}

bool stock_event(struct event *event, int cpu,
		 const struct perf_event_header *record)
{
	const char *end = (const char *)record + record->size;
	struct trailer trailer;

	memcpy(&trailer, end - sizeof(trailer), sizeof(trailer));
	*event = (struct event){
		.cpu = cpu,
		.tid = trailer.tid,
		.time = trailer.time,
	};
	switch (record->type) {
	case PERF_RECORD_MMAP2:
		event->kind = EVENT_VMA;
		set_vma(&event->vma, (const void *)record);
		return true;
	case PERF_RECORD_COMM:
		event->kind = EVENT_COMM;
		snprintf(event->comm.comm, sizeof(event->comm.comm), "%s",
			 ((const struct renamed *)record)->comm);
		return record->misc & PERF_RECORD_MISC_COMM_EXEC;
	default:
		return false;
	}
}
