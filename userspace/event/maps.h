/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mappings of one address space, as far as events and /proc/PID/maps show
 * them. Newer information replaces older information.
 */
#ifndef _MAPS_H
#define _MAPS_H

#include "event/event.h"

#include <stdio.h>

/**
 * struct mapping - a range of addresses, and what is mapped there
 * @start: address of the first byte
 * @end: address after the last byte
 * @offset: offset of @start in the file, in bytes
 * @ino: inode number; 0: anonymous memory
 * @dev: device number, MAJOR << 20 | MINOR
 * @born: time when mmap() was called for the mapping; 0: the call was not seen,
 *	or maps_first_touch() has already returned the time
 * @plain: result of mmap_is_plain() for the mmap() call at @born
 * @name: name of the file, or [heap], [stack] ...; "": anonymous memory, or an
 *	unknown name
 */
struct mapping {
	__u64 start;
	__u64 end;
	__u64 offset;
	__u64 ino;
	__u64 born;
	__u32 dev;
	bool plain;
	char name[EVENT_NAME_MAX];
};

struct maps_node;

/**
 * struct maps - mappings that do not overlap, sorted by address; zeroed maps
 * are empty
 * @root: root of a balanced tree. Several maps may share a subtree until one of
 *	the maps changes the subtree
 * @found: the last result of maps_find(), which is often the next result, too;
 *	NULL: there is none
 * @stack: end of the mapping that was last named [stack]; 0: there was no such
 *	mapping
 * @building: exec is building the stack, and will move the complete stack to
 *	its final address
 */
struct maps {
	struct maps_node *root;
	const struct mapping *found;
	__u64 stack;
	bool building;
};

#define MAPS_STACK "[stack]"

/* Map @mapping, and unmap what was mapped at its addresses. Return 0 or -ENOMEM. */
int maps_set(struct maps *maps, const struct mapping *mapping);

/* Unmap all addresses from @start to @end. Return 0 or -ENOMEM. */
int maps_clear(struct maps *maps, __u64 start, __u64 end);

/*
 * Make a cheap copy. The copy and the original share each node until one of the
 * two maps changes the node.
 */
void maps_copy(struct maps *to, const struct maps *from);
void maps_free(struct maps *maps);

/* Add the mappings listed in @file, which has the format of /proc/PID/maps. */
int maps_parse(struct maps *maps, FILE *file);

/*
 * Return the mapping that contains @address, or NULL. The mapping is valid
 * until the maps change.
 */
const struct mapping *maps_find(const struct maps *maps, __u64 address);

/*
 * Return the first mapping that ends after @address, or NULL. If a mapping ends
 * at @address, return the next mapping.
 */
const struct mapping *maps_after(const struct maps *maps, __u64 address);

/* As maps_after(), but skip [vsyscall], which is not a VMA. */
const struct mapping *maps_next_vma(const struct maps *maps, __u64 address);

/*
 * Return the time when the mapping that contains @address was created. Return 0
 * if the time is unknown, or if an earlier call has already returned the time.
 */
__u64 maps_first_touch(const struct maps *maps, __u64 address);

/*
 * Format an address as "libc.so.6+0x1b2f0", with the offset in the file, or as
 * "[stack]". For an address in memory without a name, the text is "".
 */
const char *maps_format(const struct maps *maps, __u64 address, char *text,
			size_t size);

#endif /* _MAPS_H */
