// SPDX-License-Identifier: GPL-2.0-only
#include "maps.h"
#include "format.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The index of the first mapping that ends behind @address. */
static size_t position(const struct maps *maps, __u64 address)
{
	size_t low = 0, high = maps->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (maps->list[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int reserve(struct maps *maps, size_t count)
{
	size_t room = maps->room ? maps->room : 64;
	struct mapping *list;

	while (room < count)
		room *= 2;
	if (room == maps->room)
		return 0;
	list = realloc(maps->list, room * sizeof(*list));
	if (!list)
		return -ENOMEM;
	maps->list = list;
	maps->room = room;
	return 0;
}

static void move_start(struct mapping *mapping, __u64 start)
{
	mapping->offset += start - mapping->start;
	mapping->start = start;
}

/* Makes place for the range; returns the index where it belongs. */
static size_t cut(struct maps *maps, __u64 start, __u64 end)
{
	size_t first = position(maps, start), last;
	struct mapping *list = maps->list;

	if (first < maps->count && list[first].start < start) {
		if (list[first].end > end) {	/* a hole in the middle */
			memmove(&list[first + 1], &list[first],
				(maps->count - first) * sizeof(*list));
			maps->count++;
			move_start(&list[first + 1], end);
		}
		list[first++].end = start;
	}
	for (last = first; last < maps->count && list[last].end <= end; last++)
		;
	if (last < maps->count && list[last].start < end)
		move_start(&list[last], end);
	memmove(&list[first], &list[last],
		(maps->count - last) * sizeof(*list));
	maps->count -= last - first;
	return first;
}

int maps_set(struct maps *maps, const struct mapping *mapping)
{
	struct mapping copy = *mapping;
	size_t at;

	if (copy.start >= copy.end)
		return 0;
	if (reserve(maps, maps->count + 2))
		return -ENOMEM;
	at = cut(maps, copy.start, copy.end);
	memmove(&maps->list[at + 1], &maps->list[at],
		(maps->count - at) * sizeof(*maps->list));
	maps->list[at] = copy;
	maps->count++;
	return 0;
}

int maps_clear(struct maps *maps, __u64 start, __u64 end)
{
	if (start >= end)
		return 0;
	if (reserve(maps, maps->count + 1))
		return -ENOMEM;
	cut(maps, start, end);
	return 0;
}

int maps_copy(struct maps *to, const struct maps *from)
{
	*to = (struct maps){ 0 };
	if (!from->count)
		return 0;
	if (reserve(to, from->count))
		return -ENOMEM;
	memcpy(to->list, from->list, from->count * sizeof(*to->list));
	to->count = from->count;
	return 0;
}

void maps_free(struct maps *maps)
{
	free(maps->list);
	*maps = (struct maps){ 0 };
}

static int parse_line(struct maps *maps, const char *line)
{
	unsigned int major, minor;
	struct mapping mapping = { 0 };
	unsigned long long start, end, offset, ino;
	int name = 0;

	if (sscanf(line, "%llx-%llx %*s %llx %x:%x %llu %n", &start, &end,
		   &offset, &major, &minor, &ino, &name) < 6 || !name)
		return -EPROTO;
	mapping.start = start;
	mapping.end = end;
	mapping.offset = offset;
	mapping.ino = ino;
	mapping.dev = major << 20 | minor;
	format_name(mapping.name, sizeof(mapping.name),
		    path_base(line + name));
	return maps_set(maps, &mapping);
}

int maps_parse(struct maps *maps, FILE *file)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	int err = 0;

	while (!err && (length = getline(&line, &room, file)) > 0) {
		line[strcspn(line, "\n")] = 0;
		err = parse_line(maps, line);
	}
	free(line);
	return err;
}

struct mapping *maps_find(const struct maps *maps, __u64 address)
{
	size_t at = position(maps, address);

	if (at == maps->count || maps->list[at].start > address)
		return NULL;
	return &maps->list[at];
}

const char *maps_name(const struct maps *maps, __u32 dev, __u64 ino)
{
	for (size_t i = 0; i < maps->count; i++) {
		const struct mapping *mapping = &maps->list[i];

		if (mapping->ino == ino && mapping->dev == dev &&
		    mapping->name[0])
			return mapping->name;
	}
	return NULL;
}

const char *maps_format(const struct maps *maps, __u64 address, char *text,
			size_t size)
{
	const struct mapping *mapping = maps_find(maps, address);
	unsigned long long offset;

	text[0] = 0;
	if (!mapping || (!mapping->ino && !mapping->name[0]))
		return text;
	offset = address - mapping->start + mapping->offset;
	if (!strcmp(mapping->name, "[stack]"))	/* it grows downwards */
		snprintf(text, size, "%s", mapping->name);
	else if (mapping->name[0])
		snprintf(text, size, "%s+%#llx", mapping->name, offset);
	else
		snprintf(text, size, "inode %llu+%#llx",
			 (unsigned long long)mapping->ino, offset);
	return text;
}
