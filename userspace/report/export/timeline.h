/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events in the form that timeline viewers draw. A thread has slices and
 * instants. Two slices of a thread are nested, or do not overlap. An address
 * space has a counter of its VMAs.
 *
 * The faults by which MAP_POPULATE or MAP_LOCKED fills a mapping come after
 * do_mmap(). The slice "mmap()" contains do_mmap() and these faults.
 */
#ifndef _TIMELINE_H
#define _TIMELINE_H

#include "report/export/export.h"

#define TRACK_RECENT 8

/**
 * struct track - track of a thread; times are ns of CLOCK_MONOTONIC
 * @next: next track in the list of all tracks
 * @tid: id of the thread
 * @pid: id of the process
 * @named: the name of the thread was written
 * @end: end of the last slice
 * @nr: the system call during which the last faults occurred; -1: none
 * @faults: number of faults during @nr since the last slice of another kind
 * @first: start of the first of @faults
 * @begins: starts of the last TRACK_RECENT faults
 * @ends: ends of the last TRACK_RECENT faults
 * @call: the last do_mmap(); it is written only when its first fault or another
 *	event follows
 * @held: @call was not written yet
 * @open: @call has faults, and the slice "mmap()" has begun
 */
struct track {
	struct track *next;
	__u32 tid;
	__u32 pid;
	bool named;
	__u64 end;
	__s64 nr;
	__u64 faults;
	__u64 first;
	__u64 begins[TRACK_RECENT];
	__u64 ends[TRACK_RECENT];
	struct event call;
	bool held;
	bool open;
};

/** struct counter - number of VMAs (@vmas) of the address space @mm */
struct counter {
	__u32 mm;
	__u64 vmas;
};

/**
 * struct slice - a slice or an instant of a thread
 * @track: track of the slice
 * @name: name to show
 * @begin: ns of CLOCK_MONOTONIC
 * @end: ns of CLOCK_MONOTONIC; 0: not known yet
 * @category: category; NULL: the name of @event, or "mmap()"
 * @event: event that the slice shows; NULL for the slice "mmap()", and for parts
 * @space: address space of a fault, or NULL
 */
struct slice {
	const struct track *track;
	const char *name;
	__u64 begin;
	__u64 end;
	const char *category;
	const struct event *event;
	const struct space *space;
};

/* Return the category of a slice. */
const char *timeline_category(const struct slice *slice);

/**
 * struct timeline_writer - callbacks of a format that writes a timeline
 * @thread: write the name of a thread and, if it is the first thread of its
 *	process, the name of the process
 * @enter: begin a slice, before the slices inside it are written; may be NULL
 * @leave: end a slice
 * @instant: write a @slice of length 0
 * @counter: write a new address space of the process @pid; may be NULL
 * @count: write the new number of VMAs of an address space
 * @gap: write a sentence about what the recording lacks, as a slice. Each
 *	sentence gets a track of its own: track @number, from 0 on
 */
struct timeline_writer {
	void (*thread)(struct export *export, const struct track *track,
		       const char *name);
	void (*enter)(struct export *export, const struct slice *slice);
	void (*leave)(struct export *export, const struct slice *slice);
	void (*instant)(struct export *export, const struct slice *slice);
	void (*counter)(struct export *export, __u32 pid, __u32 mm);
	void (*count)(struct export *export, __u32 pid,
		      const struct counter *counter, __u64 time);
	void (*gap)(struct export *export, unsigned int number,
		    const char *text, __u64 begin, __u64 end);
};

/**
 * struct timeline - state of a timeline
 * @writer: callbacks of the format
 * @tracks: list of all tracks
 * @tids: tracks by thread id
 * @counters: counters by id of the address space
 * @begin: time when the first event began; 0: there was no event so far
 * @end: time when the last event ended
 */
struct timeline {
	const struct timeline_writer *writer;
	struct track *tracks;
	struct ids tids;
	struct ids counters;
	__u64 begin;
	__u64 end;
};

/*
 * Callbacks for an export whose @data points to a struct timeline. The
 * callbacks return 0 or -errno.
 */
int timeline_begin(struct export *export,
		   const struct timeline_writer *writer);
int timeline_event(struct export *export, const struct event *event,
		   const struct space *space);
int timeline_end(struct export *export);
void timeline_free(struct export *export);

/*
 * Call @put for each detail of a slice. The details are the fields of the event
 * and, for a fault, the names of the mapping and of the instruction.
 */
void timeline_details(const struct slice *slice,
		      void (*put)(void *data, const char *name,
				  const char *text, bool number),
		      void *data);

/* ---- parts of a timeline ---- */

/* Return the track of a thread. Return NULL if there is no memory. */
struct track *timeline_track(struct timeline *timeline, __u32 tid);

/* Write the name of a thread, before its first slice. Return 0 or -ENOMEM. */
int timeline_name(struct export *export, struct track *track);

/*
 * timeline_count() updates the number of VMAs after an event, and returns 0 or
 * -ENOMEM. timeline_uncount() frees all counters.
 */
int timeline_count(struct export *export, const struct track *track,
		   const struct event *event);
void timeline_uncount(struct timeline *timeline);

/* Write what the recording lacks. */
void timeline_gaps(struct export *export);

#endif /* _TIMELINE_H */
