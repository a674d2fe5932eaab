// SPDX-License-Identifier: GPL-2.0-only
#include "report/html/map_space.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE (~0U)

/* ---- all of them ---- */

static int number_plate(struct atlas *atlas, __u32 number, __u32 plate)
{
	size_t numbers = atlas->numbers ? atlas->numbers : 64;
	__u32 *list = atlas->by_number;

	while (numbers <= number)
		numbers *= 2;
	if (numbers > atlas->numbers) {
		list = reallocarray(list, numbers, sizeof(*list));
		if (!list)
			return -ENOMEM;
		memset(list + atlas->numbers, 0xff,
		       (numbers - atlas->numbers) * sizeof(*list));
		atlas->by_number = list;
		atlas->numbers = numbers;
	}
	list[number] = plate;
	return 0;
}

struct plate *plate_of(const struct atlas *atlas, const struct space *space)
{
	__u32 plate = space->number < atlas->numbers ?
		      atlas->by_number[space->number] : NONE;

	return plate == NONE ? NULL : &atlas->plates[plate];
}

struct plate *plate_new(struct atlas *atlas, const struct space *space,
			const struct event *event)
{
	struct plate *plate;

	if (!atlas->plates)
		atlas->plates = calloc(ATLAS_PLATES_KEPT,
				       sizeof(*atlas->plates));
	if (!atlas->plates ||
	    number_plate(atlas, space->number, atlas->plate_count))
		return NULL;
	plate = &atlas->plates[atlas->plate_count++];
	plate->number = space->number;
	plate->mm = space->mm;
	plate->tid = event->tid;
	plate->born = event_begin(event);
	return plate;
}

/* ---- what lives on one ---- */

struct life *plate_life(const struct atlas *atlas, const struct plate *plate,
			size_t at)
{
	return &atlas->lives[plate->now[at]];
}

/* The index of the first that ends behind @address. */
static size_t position(const struct atlas *atlas, const struct plate *plate,
		       __u64 address)
{
	size_t low = 0, high = plate->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (plate_life(atlas, plate, middle)->end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct life *plate_find(const struct atlas *atlas, const struct plate *plate,
			__u64 address)
{
	size_t at = position(atlas, plate, address);

	if (at == plate->count || plate_life(atlas, plate, at)->start > address)
		return NULL;
	return plate_life(atlas, plate, at);
}

static int reserve(struct plate *plate)
{
	size_t room = plate->room ? plate->room * 2 : 64;
	__u32 *now;

	if (plate->count < plate->room)
		return 0;
	now = reallocarray(plate->now, room, sizeof(*now));
	if (!now)
		return -ENOMEM;
	plate->now = now;
	plate->room = room;
	return 0;
}

int plate_begin(struct atlas *atlas, struct plate *plate,
		const struct life *life)
{
	size_t at = position(atlas, plate, life->start);

	if (life->start >= life->end || atlas->life_count == ATLAS_LIVES_KEPT)
		return 0;
	if (!atlas->lives)
		atlas->lives = calloc(ATLAS_LIVES_KEPT,
				      sizeof(*atlas->lives));
	if (!atlas->lives || reserve(plate))
		return -ENOMEM;
	memmove(&plate->now[at + 1], &plate->now[at],
		(plate->count++ - at) * sizeof(*plate->now));
	plate->now[at] = atlas->life_count;
	atlas->lives[atlas->life_count] = *life;
	atlas->lives[atlas->life_count++].plate = plate - atlas->plates;
	return 0;
}

void plate_end(struct atlas *atlas, struct plate *plate, size_t at, __u64 time)
{
	struct life *life = plate_life(atlas, plate, at);

	life->died = time;
	life->over = true;
	plate->count--;
	memmove(&plate->now[at], &plate->now[at + 1],
		(plate->count - at) * sizeof(*plate->now));
}

int plate_clear(struct atlas *atlas, struct plate *plate, __u64 start,
		__u64 end, __u64 time)
{
	size_t at = position(atlas, plate, start);

	if (start >= end)
		return 0;
	while (at < plate->count && plate_life(atlas, plate, at)->start < end) {
		struct life rest = *plate_life(atlas, plate, at);
		__u64 rest_end = rest.end;

		plate_end(atlas, plate, at, time);
		if (rest.born != time)
			rest.origin = ORIGIN_REST;
		rest.born = time;
		rest.faults = 0;
		rest.ns = 0;
		rest.end = start;
		if (rest.start < start && plate_begin(atlas, plate, &rest))
			return -ENOMEM;
		rest.start = end;
		rest.end = rest_end;
		if (rest_end > end)
			return plate_begin(atlas, plate, &rest);
		at = position(atlas, plate, start);
	}
	return 0;
}

int plate_set(struct atlas *atlas, struct plate *plate, struct life *life,
	      __u64 time)
{
	int err = plate_clear(atlas, plate, life->start, life->end, time);

	life->born = time;
	return err ? err : plate_begin(atlas, plate, life);
}

void life_name(struct life *life, const char *name)
{
	snprintf(life->name, sizeof(life->name), "%s", name);
}
