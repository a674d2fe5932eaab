/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events in the form that timeline viewers draw. Each thread has slices, nested
 * or one after the other, and instants. Each address space has a counter of its
 * VMAs.
 *
 * The faults with which MAP_POPULATE fills a mapping come after do_mmap(). A
 * slice "mmap()" contains both.
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
 * @named: the name was written
 * @end: end of the last slice
 * @nr: the system call in which the last faults were; -1: in none
 * @faults: number of faults of @nr since the last slice of another kind
 * @first: start of the first of these faults
 * @begins: starts of the last TRACK_RECENT faults
 * @ends: ends of the last TRACK_RECENT faults
 * @call: the last do_mmap(), held until the faults that belong to it are known
 * @held: @call is held
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
 * struct slice - a slice or an instant
 * @track: track of the slice
 * @name: name to draw
 * @begin: ns of CLOCK_MONOTONIC
 * @end: ns of CLOCK_MONOTONIC; 0: not known yet
 * @event: event that the slice shows; NULL: "mmap()"
 * @space: address space of a fault, or NULL
 */
struct slice {
	const struct track *track;
	const char *name;
	__u64 begin;
	__u64 end;
	const struct event *event;
	const struct space *space;
};

/**
 * struct timeline_writer - callbacks that write a timeline
 * @thread: write the name of a thread; if the thread is the first thread of its
 *	process, write the name of the process, too
 * @enter: begin a slice, before all slices inside; or NULL
 * @leave: end a slice
 * @instant: write a @slice without length
 * @counter: write a new address space of the process @pid; or NULL
 * @count: write the new number of VMAs of an address space
 * @gap: write what the recording lacks, as a slice on track @number of a process of its
 *	own, from 0 on
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
 * @counters: counters by address space id
 * @begin: when the first event began; 0: there is no event yet
 * @end: when the last event ended
 */
struct timeline {
	const struct timeline_writer *writer;
	struct track *tracks;
	struct ids tids;
	struct ids counters;
	__u64 begin;
	__u64 end;
};

/* For an export whose @data begins with a struct timeline. 0 or -errno. */
int timeline_begin(struct export *export,
		   const struct timeline_writer *writer);
int timeline_event(struct export *export, const struct event *event,
		   const struct space *space);
int timeline_end(struct export *export);
void timeline_free(struct export *export);

/*
 * Call @put for each detail of a slice: the fields of its event and, for
 * faults, the names of the mapping and of the instruction.
 */
void timeline_details(const struct slice *slice,
		      void (*put)(void *data, const char *name,
				  const char *text, bool number),
		      void *data);

/* ---- parts of a timeline ---- */

/* Return the track of a thread. NULL: no memory. */
struct track *timeline_track(struct timeline *timeline, __u32 tid);

/* Write the name of a thread before its first slice. Return 0 or -ENOMEM. */
int timeline_name(struct export *export, struct track *track);

/* Update the number of VMAs after an event: 0 or -ENOMEM; free all counters. */
int timeline_count(struct export *export, const struct track *track,
		   const struct event *event);
void timeline_uncount(struct timeline *timeline);

/* Write what the recording lacks. */
void timeline_gaps(struct export *export);

#endif /* _TIMELINE_H */
