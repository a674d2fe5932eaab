/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What many events come to. Events go in, in the order of their time; figures
 * are there at the end. No input or output.
 */
#ifndef _SUMMARY_H
#define _SUMMARY_H

#include "base/stats.h"
#include "base/timeseries.h"
#include "event/event.h"
#include "event/world.h"
#include "record/symbols.h"
#include "report/area.h"

/* What faults are told apart by. */
enum summary_by {
	BY_FILE,
	BY_VMA,
	BY_IP,
	BY_THREAD,
	BY_CALLER,
	BY_TABLES,
	BY_CLASS = BY_TABLES	/* is no table */
};

/**
 * struct by_name - what it is called
 * @word: as an option
 * @list: a list of them in JSON
 * @member: one of them in JSON
 * @title: the head of a column
 */
struct by_name {
	const char *word;
	const char *list;
	const char *member;
	const char *title;
};

/* By enum summary_by. */
extern const struct by_name by_names[BY_TABLES + 1];

/** struct class_stats - of the faults of a class */
struct class_stats {
	struct stats stats;
	struct histogram durations;
	__u64 majors;
};

/**
 * struct flush_stats - of flushes of the TLB
 * @count: how many
 * @all: those of all entries
 * @pages: of the others, together
 */
struct flush_stats {
	__u64 count;
	__u64 all;
	__u64 pages;
};

/**
 * struct summary - the figures
 * @page_bytes: size of a page
 * @device: dev and ino of /dev/mmapdemo, as in events; 0: not known
 * @events: of the subject
 * @hidden: ours, before the command's exec: not in any other figure
 * @first: when the first event began
 * @last: when the last one ended
 * @kinds: events of each kind
 * @faults: all of them
 * @classes: of each class; those of classes not known are in unknown
 * @retried: faults of more than one attempt
 * @awaited: faults that waited for a read under way, see fault_awaited()
 * @unseen: faults whose page table was not seen afterwards
 * @filled: bytes mapped by entries that faults filled with pages
 * @tables: page tables that faults allocated
 * @unhandled: faults with a signal that the module did not see: not in @faults
 * @signals: of the faults: SIGSEGV and SIGBUS
 * @calls: of the system, by enum event_call: how many, and how many failed
 * @mmaps: calls of mmap()
 * @mmaps_failed: those that failed
 * @mapped: bytes they asked for, failed ones excepted
 * @outcomes: of vma_merge
 * @refused: no merge although there was a neighbour, by cause
 * @reasons: neighbours of these, by why they were not merged
 * @map_count: most VMAs of an address space
 * @timeseries: all that over time
 * @flushes: of the TLB, on processors while they ran one of the subject's tasks,
 *	by enum flush_reason
 * @flushes_known: they were recorded
 * @stacks: call stacks were recorded
 * @areas: VMAs as they grow, the rows of @by VMA
 * @by: faults by file ...; by caller only if there are stacks
 */
struct summary {
	__u64 page_bytes;
	struct {
		__u32 dev;
		__u64 ino;
	} device;
	__u64 events;
	__u64 hidden;
	__u64 first;
	__u64 last;
	__u64 kinds[EVENT_KINDS];
	struct class_stats faults;
	struct class_stats classes[MMAPDEMO_FAULT_CLASS_COUNT];
	__u64 retried;
	__u64 awaited;
	__u64 unseen;
	__u64 unhandled;
	__u64 signals;
	struct {
		__u64 count;
		__u64 failed;
	} calls[EVENT_CALLS];
	__u64 filled;
	__u64 tables;
	struct stats mmaps;
	__u64 mmaps_failed;
	__u64 mapped;
	__u64 outcomes[4];
	__u64 refused[MMAPDEMO_CAUSE_COUNT];
	__u64 reasons[MMAPDEMO_REASON_COUNT];
	__u32 map_count;
	struct timeseries timeseries;
	struct flush_stats flushes[FLUSH_REASONS];
	bool flushes_known;
	bool stacks;
	struct areas areas;
	struct table by[BY_TABLES];
};

struct replay;

/* Before the first event. */
void summary_begin(struct summary *summary, const struct replay *replay);

/* Each event of a replay, as its visitor gets it. 0 or -ENOMEM. */
int summary_event(struct summary *summary, const struct event *event,
		  const struct event *call, const struct scene *scene);

/* All that really were flushes. */
struct flush_stats summary_flushes(const struct summary *summary);

/* After the last: sorts the tables. */
void summary_end(struct summary *summary);
void summary_free(struct summary *summary);

/* The row of a table that a fault counts in; NULL: no memory. */
struct row *summary_row(struct summary *summary, enum summary_by by,
			const struct event *event, const struct space *space);

/* After the last: VMAs that turned out to be parts of one are one row. */
void summary_join_vmas(struct summary *summary);

/*
 * The part of a key that says where code is: @offset of a file, or, where @ino
 * is 0, an address of @dev, which is an address space.
 */
struct code {
	__u64 ino;
	__u64 dev;
	__u64 offset;
};

struct code summary_code(const struct space *space, __u64 address);

/* What is there, or, if @call, before: a call returns behind it. Or NULL. */
const struct symbol *summary_symbol(struct symbols *symbols, struct code code,
				    bool call);

/* Of a row of the tables of instructions and callers. */
struct code summary_row_code(const struct row *row);

/*
 * How many frames of a fault's stack can be believed: it ends where nothing is
 * mapped, as it does where code was built without frame pointers.
 */
unsigned int summary_frames(const struct event *event,
			    const struct space *space);

/* Names of code; return @text. */
const char *summary_address(const struct space *space, __u64 address,
			    char text[ROW_NAME_MAX]);

/* The instruction that faulted; "exec" where no instruction of the program did. */
const char *summary_instruction(const struct space *space,
				const struct fault_event *fault,
				char text[ROW_NAME_MAX]);

#endif /* _SUMMARY_H */
