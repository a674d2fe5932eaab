// SPDX-License-Identifier: GPL-2.0-only
#include "event/fault_parts.h"

#include <string.h>

#define PART(part, member, text, heading)			\
	[PART_##part] = {					\
		.name = #member,				\
		.words = text,					\
		.column = heading,				\
		.offset = offsetof(struct slow_event, member),	\
	}

const struct fault_part_name fault_parts[FAULT_PARTS] = {
	PART(WORK, work, "work", "work"),
	PART(RECLAIM, reclaim, "reclaiming memory", "reclaim"),
	PART(COMPACTION, compaction, "compacting memory", "compaction"),
	PART(RECLAIM_SLEEP, reclaim_sleep, "asleep while reclaiming memory",
	     "asleep in reclaim"),
	PART(IO, io, "waiting for the disk", "disk"),
	PART(SLEEP, sleep, "asleep", "asleep"),
	PART(LOCK, lock, "waiting for mmap_lock", "mmap_lock"),
	PART(CPU, cpu, "waiting for a CPU", "wait for CPU"),
};

__s64 fault_part(const struct slow_event *slow, enum fault_part part)
{
	__s64 ns;

	memcpy(&ns, (const char *)slow + fault_parts[part].offset, sizeof(ns));
	return ns;
}

bool fault_parts_known(const struct slow_event *slow)
{
	for (int part = 0; part < FAULT_PARTS; part++) {
		if (fault_part(slow, part) >= 0)
			return true;
	}
	return false;
}

enum fault_part fault_part_largest(const struct slow_event *slow)
{
	enum fault_part largest = PART_WORK;

	for (int part = 0; part < FAULT_PARTS; part++) {
		if (fault_part(slow, part) > fault_part(slow, largest))
			largest = part;
	}
	return largest;
}

bool fault_waited_for_disk(const struct fault_event *fault,
			   const struct slow_event *slow, bool timed, __u32 dev,
			   __u64 ino)
{
	if (!timed || (slow && slow->io < 0))
		return fault_awaited(fault, dev, ino);
	return slow && slow->io && !(fault->ret & FAULT_MAJOR);
}

const char *fault_asleep_in(const struct slow_event *slow,
			    char text[EVENT_NAME_MAX])
{
	char *second;

	strcpy(text, slow->where);
	second = strchr(text, '<');
	if (second)
		second[1 + strcspn(second + 1, "<")] = 0;
	return text;
}
