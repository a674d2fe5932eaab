/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the time of faults went, and which tasks held mmap_lock. */
#ifndef _REPORT_WAITS_H
#define _REPORT_WAITS_H

#include "base/stats.h"
#include "event/fault_parts.h"
#include "event/world.h"

/* Number of slow faults that are kept unless the user requests more. */
#define SLOWEST_SHORT 3

/* Number of slow faults on the HTML page */
#define SLOWEST_PAGE 20

/**
 * struct slow_fault - one of the slowest faults
 * @tid: task of the fault
 * @begin: time when the fault began
 * @slow: where the time went
 * @place: name of the mapping
 * @ip: name of the instruction
 * @caller: return address in the function that called the faulting function, or ""
 */
struct slow_fault {
	__u32 tid;
	__u64 begin;
	struct slow_event slow;
	char place[ROW_NAME_MAX];
	char ip[ROW_NAME_MAX];
	char caller[ROW_NAME_MAX];
};

/**
 * struct waits - where the time of faults went
 * @recorded: the recording has fault_time events
 * @wanted: number of slow faults to keep; 0: SLOWEST_SHORT
 * @faults: durations of the faults that have a fault_time event
 * @unknown: those of @faults for which no part is known
 * @parts: durations of each part, without the faults that have no fault_time event.
 *	Parts of 0 ns are not counted
 * @durations: histograms of the durations of each part, also of the faults that have no
 *	fault_time event, and last the histogram of @unknown
 * @hidden: number of faults for which the part was not known, although other parts
 *	were known
 * @quick_max: duration of the longest fault that has no fault_time event
 * @before: waits for mmap_lock before faults
 * @read_bytes: bytes that the faults asked disks for
 * @reclaimed: pages that the faults reclaimed
 * @locks: all waits for mmap_lock, in faults and in system calls
 * @holders: waits for mmap_lock, by the system call and the TID of the holder. row.calls
 *	is the number of calls of the holder
 * @waiters: waits for mmap_lock, by the TID of the waiting task
 * @slowest: the faults for which the program waited longest, longest first
 * @count: number of @slowest
 */
struct waits {
	bool recorded;
	int wanted;
	struct stats faults;
	struct stats unknown;
	struct stats parts[FAULT_PARTS];
	struct histogram durations[FAULT_PARTS + 1];
	__u64 hidden[FAULT_PARTS];
	__u64 quick_max;
	struct stats before;
	__u64 read_bytes;
	__u64 reclaimed;
	struct stats locks;
	struct table holders;
	struct table waiters;
	struct slow_fault *slowest;
	int count;
};

struct decoder;
struct json_object;
struct printer;
struct summary;

/* Return how long the program waited, including the wait for mmap_lock. */
__u64 waits_time(const struct slow_event *slow);

/* Prepare for the first event. Return 0 or -ENOMEM. */
int waits_begin(struct waits *waits, const struct decoder *decoder);

/*
 * Count @event, a pte_fault event. @slow is the fault_time event of the same fault, or
 * NULL.
 */
void waits_fault(struct waits *waits, const struct event *event,
		 const struct space *space, const struct slow_event *slow);

/* Count @event, a mmap_lock_wait event. Return 0 or -ENOMEM. */
int waits_lock(struct waits *waits, const struct event *event);

/*
 * Return the time that all faults spent in a part, the number of faults that did, or the
 * longest time of a fault. The time of faults without a fault_time event is work.
 */
__u64 waits_part_ns(const struct summary *summary, enum fault_part part);
__u64 waits_part_faults(const struct summary *summary, enum fault_part part);
__u64 waits_part_max(const struct summary *summary, enum fault_part part);

/*
 * waits_holder_nr() and waits_holder_tid() return the system call and the task of a row
 * of waits.holders. The task is 0 if it is not known.
 */
__s64 waits_holder_nr(const struct row *row);
__u32 waits_holder_tid(const struct row *row);

/*
 * The fields of a fault_time event in the description of its fault. waits_adds() returns
 * true if pte_fault has no such field. waits_knows() returns true if the value in @time
 * is known.
 */
bool waits_adds(const struct field *field);
bool waits_knows(const struct event *time, const struct field *field);

void waits_free(struct waits *waits);

/*
 * Print the section about the time of faults; print the table of the parts; print the
 * table of the holders of mmap_lock; or print the slowest faults.
 */
void waits_text(struct printer *printer, const struct summary *summary);
void waits_text_parts(struct printer *printer, const struct summary *summary);
void waits_text_holders(struct printer *printer, const struct summary *summary,
			size_t rows);
void waits_text_slowest(struct printer *printer, const struct summary *summary);

/*
 * Return the fields that @slow adds to its fault, and whose values are known, as a JSON
 * object. Return NULL if there is no memory.
 */
struct json_object *waits_json_fault(const struct slow_event *slow);

/*
 * Return all of this as JSON, with at most @rows rows of the table of the holders. Return
 * NULL if there is no memory.
 */
struct json_object *waits_json(const struct summary *summary, size_t rows);

#endif /* _REPORT_WAITS_H */
