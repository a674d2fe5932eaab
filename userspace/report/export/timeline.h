/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events as what viewers of timelines draw: for each thread slices, one
 * inside the other or one behind the other, and instants; for each address
 * space how many VMAs it has.
 *
 * The faults with which MAP_POPULATE fills a mapping come after do_mmap(): both
 * are put into a slice of their own, "mmap()".
 */
#ifndef _TIMELINE_H
#define _TIMELINE_H

#include "report/export/export.h"

#define TRACK_RECENT 8

/**
 * struct track - a thread
 * @next: in the list of all
 * @tid: its id
 * @pid: of its process
 * @named: its name was told
 * @end: of its last slice
 * @nr: the system call in which its last faults were, -1: in none
 * @faults: how many these were, since its last slice of another kind
 * @first: when the first of them began
 * @begins: when each of the last ones did
 * @ends: and when it ended
 * @call: its last do_mmap(), which waits for the faults that belong to it
 * @held: it waits
 * @open: it has faults, "mmap()" has begun
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

/** struct counter - address space @mm has @vmas */
struct counter {
	__u32 mm;
	__u64 vmas;
};

/**
 * struct slice - or an instant
 * @track: where
 * @name: what is drawn
 * @begin: ns of CLOCK_MONOTONIC
 * @end: the same, 0 as long as it is not known
 * @event: what it shows, NULL: "mmap()"
 * @space: where that happened, or NULL
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
 * struct timeline_writer - writes it
 * @thread: its name, and that of its process if that is its first thread
 * @enter: a slice begins: before all that it holds, or NULL
 * @leave: it ends
 * @instant: @slice has no length
 * @counter: there is a new address space, of process @pid; or NULL
 * @count: so many VMAs has it now
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
};

/**
 * struct timeline - under way
 * @writer: writes it
 * @tracks: the threads
 * @tids: the same by their id
 * @counters: the address spaces by theirs
 */
struct timeline {
	const struct timeline_writer *writer;
	struct track *tracks;
	struct ids tids;
	struct ids counters;
};

/* All for an export whose @data begins with a struct timeline. */
int timeline_begin(struct export *export,
		   const struct timeline_writer *writer);
int timeline_event(struct export *export, const struct event *event,
		   const struct space *space);
int timeline_end(struct export *export);
void timeline_free(struct export *export);

/*
 * Calls @put for what is to be told of a slice: the fields of its event, and
 * for faults where it was.
 */
void timeline_details(const struct slice *slice,
		      void (*put)(void *data, const char *name,
				  const char *text, bool number),
		      void *data);

/* ---- the parts of it ---- */

/* The track of a thread; NULL: no memory. */
struct track *timeline_track(struct timeline *timeline, __u32 tid);

/* Has its name written before its first slice. */
int timeline_name(struct export *export, struct track *track);

/* What an event changes in the number of VMAs; and forgets all numbers. */
int timeline_count(struct export *export, const struct track *track,
		   const struct event *event);
void timeline_uncount(struct timeline *timeline);

#endif /* _TIMELINE_H */
