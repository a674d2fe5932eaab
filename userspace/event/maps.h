/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is mapped where in one address space, as far as events and
 * /proc/PID/maps have told: newer news overwrite older ones.
 */
#ifndef _MAPS_H
#define _MAPS_H

#include "event/event.h"

#include <stdio.h>

/**
 * struct mapping - a range and what is behind it
 * @start: first byte
 * @end: behind the last byte
 * @offset: of @start in the file, in bytes
 * @ino: inode, 0: anonymous memory
 * @dev: device, MAJOR << 20 | MINOR
 * @born: when mmap() was called for it, 0: not seen
 * @name: of the file, or [heap], [stack] ... ; "" if anonymous or not known
 */
struct mapping {
	__u64 start;
	__u64 end;
	__u64 offset;
	__u64 ino;
	__u64 born;
	__u32 dev;
	char name[EVENT_NAME_MAX];
};

struct maps_node;

/**
 * struct maps - sorted by address, not overlapping; all 0: empty
 * @root: of a balanced tree, whose parts several address spaces share until one
 *	of them changes a part
 * @found: what was looked for last, often is next; NULL: unknown
 * @stack: where the mapping ends that was named [stack] last, 0: none was
 * @building: it is exec's, which moves it when all is on it
 */
struct maps {
	struct maps_node *root;
	const struct mapping *found;
	__u64 stack;
	bool building;
};

#define MAPS_STACK "[stack]"

/* The range is @mapping now, whatever it was before. 0 or -ENOMEM. */
int maps_set(struct maps *maps, const struct mapping *mapping);

/* Nothing is mapped in the range any more. 0 or -ENOMEM. */
int maps_clear(struct maps *maps, __u64 start, __u64 end);

/* Costs nothing: both share all they have until one changes. */
void maps_copy(struct maps *to, const struct maps *from);
void maps_free(struct maps *maps);

/* Adds what a file in the format of /proc/PID/maps tells. */
int maps_parse(struct maps *maps, FILE *file);

/* The mapping that holds @address, or NULL; valid until a change. */
const struct mapping *maps_find(const struct maps *maps, __u64 address);

/* The first that ends after @address, or NULL: the next one, given its end. */
const struct mapping *maps_after(const struct maps *maps, __u64 address);

/*
 * When the mapping that holds @address was born, the first time that somebody
 * asks; 0 after that, or if it is not known. Nothing else changes.
 */
__u64 maps_first_touch(const struct maps *maps, __u64 address);

/* "libc.so.6+0x1b2f0": the offset is the file's; "" for anonymous memory. */
const char *maps_format(const struct maps *maps, __u64 address, char *text,
			size_t size);

#endif /* _MAPS_H */
