/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Summary of the events of a recording. The events must be added in
 * chronological order. The figures are complete after summary_end(). This code
 * does no I/O.
 */
#ifndef _SUMMARY_H
#define _SUMMARY_H

#include "base/stats.h"
#include "base/timeseries.h"
#include "event/comms.h"
#include "event/event.h"
#include "event/world.h"
#include "report/area.h"
#include "report/calls.h"
#include "report/code.h"
#include "report/first_touch.h"
#include "report/makers.h"
#include "report/vforks.h"
#include "report/waits.h"

/* Criteria by which faults or VMAs are grouped into the rows of a table */
enum summary_by {
	BY_FILE,
	BY_VMA,
	BY_IP,
	BY_THREAD,
	BY_CALLER,
	BY_TABLES,
	BY_CLASS = BY_TABLES,	/* this criterion has no struct table */
	BY_MAKER,		/* this criterion groups VMAs, not faults */
	BY_PART,		/* parts of the time of faults */
	BY_HOLDER		/* holders of mmap_lock; groups waits, not faults */
};

/**
 * struct by_name - names of a criterion
 * @word: argument of the command-line option
 * @list: name of the list of rows in JSON
 * @member: name of the JSON member that contains the name of a row
 * @title: heading of the column of names
 */
struct by_name {
	const char *word;
	const char *list;
	const char *member;
	const char *title;
};

/* The array is indexed by enum summary_by. */
extern const struct by_name by_names[BY_HOLDER + 1];

/**
 * struct class_stats - statistics of the faults of a class
 * @stats: statistics of the durations
 * @durations: histogram of the durations
 * @majors: number of major faults
 * @majors_ns: sum of the known durations of the major faults
 */
struct class_stats {
	struct stats stats;
	struct histogram durations;
	__u64 majors;
	__u64 majors_ns;
};

/**
 * struct flush_stats - statistics of TLB flushes
 * @count: number of flushes
 * @all: number of full TLB flushes
 * @pages: number of pages that partial TLB flushes have flushed
 */
struct flush_stats {
	__u64 count;
	__u64 all;
	__u64 pages;
};

/**
 * struct space_stats - statistics of address spaces that were copied, or that
 *	ended
 * @stats: statistics of the durations
 * @vmas: total number of VMAs of the address spaces
 * @pgtables: total size of the page tables of the address spaces, in bytes
 */
struct space_stats {
	struct stats stats;
	__u64 vmas;
	__u64 pgtables;
};

/**
 * struct copy_stats - stores to anonymous pages that fork had write-protected
 * @copied: stores that copied the page, in address spaces that fork is known to
 *	have copied or created
 * @children: those of @copied in address spaces that fork created
 * @split: those of @copied that split a huge page, and copied one small page
 * @reused: stores that did not copy the page, in the same address spaces as
 *	@copied
 * @huge_reused: as @reused, but stores to huge pages
 * @hugetlb: stores to hugetlb pages, in the same address spaces as @copied. The
 *	events do not show whether the page was copied
 * @unsure: as @copied, but in address spaces that a fork without a recorded
 *	event may have copied
 */
struct copy_stats {
	struct stats copied;
	struct stats children;
	struct stats split;
	struct stats reused;
	struct stats huge_reused;
	struct stats hugetlb;
	struct stats unsure;
};

/**
 * struct summary - figures of a recording
 * @page_bytes: size of a page, in bytes
 * @device: dev and ino of /dev/mmapdemo, as in events; 0: unknown
 * @events: number of events of the target
 * @hidden: number of events of mmapdemo itself before the command's exec. No
 *	other figure includes these events
 * @first: time when the first event began
 * @last: time when the last event ended
 * @began: time when the command's exec was complete; 0: the exec was not seen
 * @command: process of the command; 0: the process was not seen
 * @threads: number of the command's threads that have not ended
 * @ran: time from the command's exec to the exit of its last thread; 0: unknown
 * @kinds: number of events, by kind
 * @faults: statistics of all faults
 * @classes: statistics of faults, by class; faults of an unknown class count as
 *	MMAPDEMO_FAULT_UNKNOWN
 * @retried: faults that took more than one attempt
 * @retried_only: number of faults in @retried that are neither major nor in
 *	@awaited
 * @awaited: faults that waited for the disk, but are not major; see
 *	fault_waited_for_disk()
 * @unseen: number of faults after which the module could not see the page table
 *	entry
 * @filled: number of bytes that faults mapped at faulting addresses where nothing
 *	was mapped before, without the zero page
 * @around: number of bytes that fault-around mapped next to the faulting
 *	addresses
 * @tables: number of page tables that faults allocated
 * @unhandled: number of accesses that ended in a signal, and never reached
 *	handle_mm_fault(), where the module observes faults. These accesses are
 *	not counted in @faults
 * @signals: number of SIGSEGV and SIGBUS signals that faults raised
 * @calls: statistics of system calls
 * @mmaps: statistics of the mappings that mmap(), exec and shmat() requested
 * @mmaps_failed: number of @mmaps that failed
 * @mapped: number of bytes of the @mmaps that succeeded
 * @forks: address spaces that fork() copied
 * @reserve: huge pages of anonymous memory that fork() copied. For each of
 *	these huge pages, the copy has a page table in reserve, which is
 *	included in @forks.pgtables
 * @reserve_known: the recording has the number of huge pages for each fork
 * @shared: number of children of vfork() or posix_spawn(), which share their
 *	parent's memory until exec
 * @copies: pages that stores copied because of fork()
 * @uncopied: faults on file pages and shared memory, in address spaces that
 *	fork() created. fork() does not copy the page table entries of such
 *	pages
 * @vforks: parents that vfork() suspended
 * @exits: address spaces that ended
 * @freed: those of @exits that were copies made by fork()
 * @left: those of @freed that exec left
 * @freed_last: those of @freed that shared no pages with another address space
 *	any longer
 * @failed: those of @exits that were incomplete copies, because the fork failed
 * @outcomes: number of vma_merge events, by outcome
 * @refused: number of ranges that were not merged, see merge_refused(), by
 *	cause
 * @reasons: number of neighbours of the ranges in @refused, by the reason
 *	against the merge
 * @max_map_count: limit on the number of VMAs; 0: unknown
 * @map_count: highest number of VMAs of an address space, before the first
 *	event or after any event
 * @map_count_tid: a task of the address space that had @map_count VMAs; 0:
 *	unknown
 * @lost: number of events for which the buffer had no room
 * @missed: number of calls of probed functions that were not observed
 * @gaps: events are missing for other reasons, for example because a function
 *	was not observed
 * @timeseries: faults and VMAs over time
 * @flushes: TLB flushes on processors that were running one of the target's
 *	tasks, by enum flush_reason
 * @flushes_known: TLB flushes were recorded
 * @stacks: call stacks were recorded
 * @comms: names of tasks
 * @areas: the areas, which are the rows of the table BY_VMA
 * @makers: the makers of VMAs
 * @waits: where the time of faults went
 * @first_touch: why first touches did not get huge pages
 * @by: tables of faults, by enum summary_by; BY_CALLER is empty without @stacks
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
	__u64 began;
	__u32 command;
	__u32 threads;
	__u64 ran;
	__u64 kinds[EVENT_KINDS];
	struct class_stats faults;
	struct class_stats classes[MMAPDEMO_FAULT_CLASS_COUNT];
	__u64 retried;
	__u64 retried_only;
	struct stats awaited;
	__u64 unseen;
	__u64 unhandled;
	__u64 signals;
	struct calls calls;
	__u64 filled;
	__u64 around;
	__u64 tables;
	struct stats mmaps;
	__u64 mmaps_failed;
	__u64 mapped;
	struct space_stats forks;
	__u64 reserve;
	bool reserve_known;
	__u64 shared;
	struct copy_stats copies;
	struct stats uncopied;
	struct vforks vforks;
	struct space_stats exits;
	struct stats freed;
	struct stats left;
	struct stats freed_last;
	struct stats failed;
	__u64 outcomes[4];
	__u64 refused[MMAPDEMO_CAUSE_COUNT];
	__u64 reasons[MMAPDEMO_REASON_COUNT];
	__u64 max_map_count;
	__u32 map_count;
	__u32 map_count_tid;
	__u64 lost;
	__u64 missed;
	bool gaps;
	struct timeseries timeseries;
	struct flush_stats flushes[FLUSH_REASONS];
	bool flushes_known;
	bool stacks;
	struct comms comms;
	struct areas areas;
	struct makers makers;
	struct waits waits;
	struct first_touch first_touch;
	struct table by[BY_TABLES];
};

struct replay;

/* Prepare @summary for the first event. Return 0 or -ENOMEM. */
int summary_begin(struct summary *summary, const struct replay *replay);

/* Count an event that was passed to replay_visitor.record. Return 0 or -ENOMEM. */
int summary_event(struct summary *summary, const struct event *event,
		  const struct event *call, const struct scene *scene);

/* Return the sum of all TLB flushes except FLUSH_SEND and FLUSH_WRONG_CPU. */
struct flush_stats summary_flushes(const struct summary *summary);

/*
 * Return the total cost of fork(): the duration of copy_process(), of the
 * writes to pages that fork() had write-protected, and of freeing the copies.
 * Freeing a copy is not included if no other address space had the pages any
 * longer.
 */
__u64 summary_fork_cost(const struct summary *summary);

/* After the last event, complete the figures, and sort the tables. */
void summary_end(struct summary *summary);
void summary_free(struct summary *summary);

/*
 * Return the row of table @by for the fault @event. Return NULL if there is no
 * memory.
 */
struct row *summary_row(struct summary *summary, enum summary_by by,
			const struct event *event, const struct space *space);

/* After the last event, join the rows of areas that became one area. */
void summary_join_vmas(struct summary *summary);

/*
 * Return the process of a row of the table BY_VMA, or 0 if the process is
 * unknown.
 */
__u32 summary_row_pid(const struct row *row);

/* Return the code that a row of the table BY_IP or BY_CALLER is about. */
struct code summary_row_code(const struct row *row);

/*
 * Return how many frames of an event's call stack are credible. Only the frames
 * before the first frame in unmapped memory are credible. Code without frame
 * pointers can lead to frames in unmapped memory.
 */
unsigned int summary_frames(const struct event *event,
			    const struct space *space);

/* Write the name of the code at @address. Return @text. */
const char *summary_address(const struct space *space, __u64 address,
			    char text[ROW_NAME_MAX]);

/*
 * Write the name of the faulting instruction, or "exec" if the kernel caused
 * the fault during exec. Return @text.
 */
const char *summary_instruction(const struct space *space,
				const struct fault_event *fault,
				char text[ROW_NAME_MAX]);

#endif /* _SUMMARY_H */
