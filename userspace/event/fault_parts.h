/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of the duration of a page fault, from the event fault_time. The parts
 * sum to the duration.
 */
#ifndef _FAULT_PARTS_H
#define _FAULT_PARTS_H

#include "event/event.h"

/* The parts, in the order of module/trace/records.h */
enum fault_part {
	PART_WORK,
	PART_RECLAIM,
	PART_COMPACTION,
	PART_RECLAIM_SLEEP,
	PART_IO,
	PART_SLEEP,
	PART_LOCK,
	PART_CPU,
	FAULT_PARTS
};

/**
 * struct fault_part_name - names of a part
 * @name: name of the field of fault_time, also used in JSON and in exports
 * @words: what the task did, as the continuation of "16.4 ms"
 * @column: the heading of a column
 * @offset: offset of the field in struct slow_event
 */
struct fault_part_name {
	const char *name;
	const char *words;
	const char *column;
	size_t offset;
};

extern const struct fault_part_name fault_parts[FAULT_PARTS];

/* Words for slow_event.lock_before, which is not a part of the duration */
#define WORDS_LOCK_BEFORE "waiting for mmap_lock before the fault"

/* Return the duration of a part in ns, or -1 if it is not known. */
__s64 fault_part(const struct slow_event *slow, enum fault_part part);

/* Return true if at least one part is known. */
bool fault_parts_known(const struct slow_event *slow);

/* Return the largest part. If no part is known, return PART_WORK. */
enum fault_part fault_part_largest(const struct slow_event *slow);

/*
 * Return true if the fault is not a major fault, but waited for the disk. @slow is the
 * fault_time event of the fault, or NULL. @timed says whether fault_time events were
 * recorded. Without these events, and with a kernel that does not show the waits for
 * I/O, return fault_awaited(@fault, @dev, @ino).
 */
bool fault_waited_for_disk(const struct fault_event *fault,
			   const struct slow_event *slow, bool timed, __u32 dev,
			   __u64 ino);

/*
 * Copy the names of the first two functions of slow_event.where to @text, such as
 * "folio_wait_bit_common<filemap_fault". Return @text.
 */
const char *fault_asleep_in(const struct slow_event *slow,
			    char text[EVENT_NAME_MAX]);

#endif /* _FAULT_PARTS_H */
