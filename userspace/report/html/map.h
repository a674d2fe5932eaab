/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was ever mapped where, and when, to draw it: plates of address spaces,
 * on which the holes are left out. Events go in, in the order of their time.
 * However many there are, what comes out has an upper bound.
 */
#ifndef _ATLAS_H
#define _ATLAS_H

#include "report/summary.h"

/* Upper bounds of what is drawn, and of what is remembered for it. */
#define ATLAS_PLATES 32
#define ATLAS_STRETCHES 1536
#define ATLAS_BINS 4096
#define ATLAS_PLATES_KEPT 4096
#define ATLAS_LIVES_KEPT 65536

/* How a VMA came to be what it is. */
enum origin {
	ORIGIN_BEFORE,
	ORIGIN_FORK,
	ORIGIN_MMAP,
	ORIGIN_BRK,
	ORIGIN_EXEC,
	ORIGIN_MOVE,
	ORIGIN_MERGE,
	ORIGIN_SPLIT,
	ORIGIN_CHANGE,
	ORIGIN_REST,
	ORIGIN_FAULT,
	ORIGINS
};

/**
 * struct life - a VMA, as long as it had the same range and flags
 * @start: first byte
 * @end: behind the last byte
 * @born: when it came, ns of CLOCK_MONOTONIC
 * @died: when it went or became another; if it did not, what was seen last
 * @faults: in it
 * @ns: they took
 * @plate: index of its address space
 * @vm_flags: VM_* of it, the lower 32
 * @origin: enum origin
 * @flagged: @vm_flags are known
 * @over: it died
 * @name: of the file, or [heap], [stack] ... ; "" if anonymous or not known
 */
struct life {
	__u64 start;
	__u64 end;
	__u64 born;
	__u64 died;
	__u64 faults;
	__u64 ns;
	__u32 plate;
	__u32 vm_flags;
	__u8 origin;
	bool flagged;
	bool over;
	char name[EVENT_NAME_MAX];
};

/**
 * struct stretch - addresses that are drawn as one
 * @start: first byte
 * @end: behind the last byte
 * @vmas: neighbours in it, holes between them; 1: pages lie side by side
 * @bin: the first of its bins, of all of the atlas
 * @bins: each is the same part of it
 */
struct stretch {
	__u64 start;
	__u64 end;
	__u32 vmas;
	__u32 bin;
	__u32 bins;
};

/**
 * struct plate - an address space
 * @number: of struct space
 * @mm: its id in the events
 * @tid: who was first seen in it
 * @born: when it was first seen
 * @last: when it was seen last
 * @over: it ended
 * @faults: in it
 * @ns: they took
 * @name: of its program, "" if not known
 * @now: lives that go on, by address
 * @count: of @now
 * @room: of @now
 * @stretches: what is drawn, by address; index into the atlas'
 * @drawn: how many of them
 */
struct plate {
	__u32 number;
	__u32 mm;
	__u32 tid;
	__u64 born;
	__u64 last;
	bool over;
	__u64 faults;
	__u64 ns;
	char name[EVENT_NAME_MAX];
	__u32 *now;
	size_t count;
	size_t room;
	__u32 stretches;
	__u32 drawn;
};

/**
 * struct atlas - all of it; all 0 is an empty one
 * @page_bytes: size of a page
 * @plates: in the order in which they were seen
 * @plate_count: of @plates
 * @lives: in the order in which they began
 * @life_count: of @lives
 * @by_number: indices of @plates, by the number of struct space; ~0: none
 * @numbers: of @by_number
 * @order: those that are drawn, as indices of @plates
 * @drawn: of @order
 * @stretches: of all that are drawn
 * @stretch_count: of @stretches
 * @bins: of all stretches
 */
struct atlas {
	__u64 page_bytes;
	struct plate *plates;
	size_t plate_count;
	struct life *lives;
	size_t life_count;
	__u32 *by_number;
	size_t numbers;
	__u32 order[ATLAS_PLATES];
	__u32 drawn;
	struct stretch stretches[ATLAS_STRETCHES];
	__u32 stretch_count;
	__u32 bins;
};

/* First pass: an event of the subject, and where, or NULL. 0 or -ENOMEM. */
int atlas_event(struct atlas *atlas, const struct event *event,
		const struct space *space, const struct world *world);

/* Between them: what to draw; plates with the longest faults first. */
int atlas_lay_out(struct atlas *atlas);

/* Second pass. NULL: not drawn. */
struct plate *atlas_plate(const struct atlas *atlas,
			  const struct space *space);
struct stretch *atlas_stretch(const struct atlas *atlas,
			      const struct plate *plate, __u64 address);

void atlas_free(struct atlas *atlas);

#endif /* _ATLAS_H */
