// SPDX-License-Identifier: GPL-2.0-only
#include "report/html/map_space.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE (~0U)

/* ---- address spaces ---- */

static int number_space(struct map *map, __u32 number, __u32 map_space)
{
	size_t numbers = map->numbers ? map->numbers : 64;
	__u32 *list = map->by_number;

	while (numbers <= number)
		numbers *= 2;
	if (numbers > map->numbers) {
		list = reallocarray(list, numbers, sizeof(*list));
		if (!list)
			return -ENOMEM;
		memset(list + map->numbers, 0xff,
		       (numbers - map->numbers) * sizeof(*list));
		map->by_number = list;
		map->numbers = numbers;
	}
	list[number] = map_space;
	return 0;
}

struct map_space *map_space_of(const struct map *map, const struct space *space)
{
	__u32 map_space = space->number < map->numbers ?
		      map->by_number[space->number] : NONE;

	return map_space == NONE ? NULL : &map->spaces[map_space];
}

struct map_space *map_space_new(struct map *map, const struct space *space,
				const struct event *event)
{
	struct map_space *map_space;

	if (!map->spaces)
		map->spaces = calloc(MAP_SPACES_KEPT,
				     sizeof(*map->spaces));
	if (!map->spaces ||
	    number_space(map, space->number, map->space_count))
		return NULL;
	map_space = &map->spaces[map->space_count++];
	map_space->number = space->number;
	map_space->mm = space->mm;
	map_space->tid = event->tid;
	map_space->born = event_begin(event);
	return map_space;
}

/* ---- VMAs of an address space ---- */

struct vma_life *map_space_life(const struct map *map,
				const struct map_space *map_space, size_t at)
{
	return &map->lives[map_space->now[at]];
}

/* Return the index in @now of the first life whose range ends after @address. */
static size_t position(const struct map *map, const struct map_space *map_space,
		       __u64 address)
{
	size_t low = 0, high = map_space->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map_space_life(map, map_space, middle)->end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct vma_life *map_space_find(const struct map *map,
				const struct map_space *map_space,
				__u64 address)
{
	size_t at = position(map, map_space, address);

	if (at == map_space->count ||
	    map_space_life(map, map_space, at)->start > address)
		return NULL;
	return map_space_life(map, map_space, at);
}

static int reserve(struct map_space *map_space)
{
	size_t room = map_space->room ? map_space->room * 2 : 64;
	__u32 *now;

	if (map_space->count < map_space->room)
		return 0;
	now = reallocarray(map_space->now, room, sizeof(*now));
	if (!now)
		return -ENOMEM;
	map_space->now = now;
	map_space->room = room;
	return 0;
}

int map_space_begin(struct map *map, struct map_space *map_space,
		    const struct vma_life *life)
{
	size_t at = position(map, map_space, life->start);

	if (life->start >= life->end || map->life_count == MAP_LIVES_KEPT)
		return 0;
	if (!map->lives)
		map->lives = calloc(MAP_LIVES_KEPT, sizeof(*map->lives));
	if (!map->lives || reserve(map_space))
		return -ENOMEM;
	memmove(&map_space->now[at + 1], &map_space->now[at],
		(map_space->count++ - at) * sizeof(*map_space->now));
	map_space->now[at] = map->life_count;
	map->lives[map->life_count] = *life;
	map->lives[map->life_count++].map_space = map_space - map->spaces;
	return 0;
}

void map_space_end(struct map *map, struct map_space *map_space, size_t at,
		   __u64 time)
{
	struct vma_life *life = map_space_life(map, map_space, at);

	life->died = time;
	life->over = true;
	map_space->count--;
	memmove(&map_space->now[at], &map_space->now[at + 1],
		(map_space->count - at) * sizeof(*map_space->now));
}

int map_space_clear(struct map *map, struct map_space *map_space, __u64 start,
		    __u64 end, __u64 time)
{
	size_t at = position(map, map_space, start);

	if (start >= end)
		return 0;
	while (at < map_space->count &&
	       map_space_life(map, map_space, at)->start < end) {
		struct vma_life rest = *map_space_life(map, map_space, at);
		__u64 rest_end = rest.end;

		map_space_end(map, map_space, at, time);
		if (rest.born != time)
			rest.origin = ORIGIN_REST;
		rest.born = time;
		rest.faults = 0;
		rest.ns = 0;
		rest.end = start;
		if (rest.start < start && map_space_begin(map, map_space, &rest))
			return -ENOMEM;
		rest.start = end;
		rest.end = rest_end;
		if (rest_end > end)
			return map_space_begin(map, map_space, &rest);
		at = position(map, map_space, start);
	}
	return 0;
}

int map_space_set(struct map *map, struct map_space *map_space,
		  struct vma_life *life, __u64 time)
{
	int err = map_space_clear(map, map_space, life->start, life->end, time);

	life->born = time;
	return err ? err : map_space_begin(map, map_space, life);
}

void life_name(struct vma_life *life, const char *name)
{
	snprintf(life->name, sizeof(life->name), "%s", name);
}
