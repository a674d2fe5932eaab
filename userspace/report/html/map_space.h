/* SPDX-License-Identifier: GPL-2.0-only */
/* Address spaces and their current VMAs, during the first pass. */
#ifndef _MAP_SPACE_H
#define _MAP_SPACE_H

#include "report/html/map.h"

/* Return the map_space of an address space, or NULL if there is none. */
struct map_space *map_space_of(const struct map *map, const struct space *space);

/*
 * Add an address space that was first seen in @event. Return NULL if there is
 * no memory.
 */
struct map_space *map_space_new(struct map *map, const struct space *space,
				const struct event *event);

/* Return current life number @at, in the order of addresses. */
struct vma_life *map_space_life(const struct map *map,
				const struct map_space *map_space, size_t at);
/* Return the current life that contains @address, or NULL. */
struct vma_life *map_space_find(const struct map *map,
				const struct map_space *map_space,
				__u64 address);

/*
 * Begin a life in a range that has no current lives. If there are already
 * MAP_LIVES_KEPT lives, do nothing. Return 0 or -ENOMEM.
 */
int map_space_begin(struct map *map, struct map_space *map_space,
		    const struct vma_life *life);

/*
 * End all current lives in the range of @life, then begin @life at @time.
 * Return 0 or -ENOMEM.
 */
int map_space_set(struct map *map, struct map_space *map_space,
		  struct vma_life *life, __u64 time);

/*
 * End all current lives in the range. For the parts of these lives outside the
 * range, begin new lives. Return 0 or -ENOMEM.
 */
int map_space_clear(struct map *map, struct map_space *map_space, __u64 start,
		    __u64 end, __u64 time);

/* End current life number @at. */
void map_space_end(struct map *map, struct map_space *map_space, size_t at,
		   __u64 time);

void life_name(struct vma_life *life, const char *name);

#endif /* _MAP_SPACE_H */
