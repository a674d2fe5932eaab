/* SPDX-License-Identifier: GPL-2.0-only */
/* Plates of the atlas while they are filled: which VMAs live where. */
#ifndef _MAP_SPACE_H
#define _MAP_SPACE_H

#include "report/html/map.h"

/* That of an address space, NULL: none so far. */
struct map_space *map_space_of(const struct map *map, const struct space *space);

/* A new one, first seen in @event. NULL: no memory. */
struct map_space *map_space_new(struct map *map, const struct space *space,
				const struct event *event);

/* One of the lives that go on, by address; and that which holds @address. */
struct vma_life *map_space_life(const struct map *map,
				const struct map_space *map_space, size_t at);
struct vma_life *map_space_find(const struct map *map,
				const struct map_space *map_space,
				__u64 address);

/*
 * A life begins, where nothing lives now. One too many is not remembered. 0 or
 * -ENOMEM, as the next.
 */
int map_space_begin(struct map *map, struct map_space *map_space,
		    const struct vma_life *life);

/* ... at @time, wherever: what lived there makes way. */
int map_space_set(struct map *map, struct map_space *map_space,
		  struct vma_life *life, __u64 time);

/* What lives in the range ends; beyond it it goes on, as VMAs of their own. */
int map_space_clear(struct map *map, struct map_space *map_space, __u64 start,
		    __u64 end, __u64 time);

/* One of them ends. */
void map_space_end(struct map *map, struct map_space *map_space, size_t at,
		   __u64 time);

void life_name(struct vma_life *life, const char *name);

#endif /* _MAP_SPACE_H */
