// SPDX-License-Identifier: GPL-2.0-only
/*
 * Layout of the map: the choice of what to draw, and where. The layout is made
 * between the two passes over the events.
 */
#include "report/html/map.h"
#include "report/html/map_space.h"

#include <errno.h>
#include <stdlib.h>

#define SEGMENTS_PER_SPACE 384
#define BINS_PER_SEGMENT 24

/**
 * struct edge - start or end of a VMA; at an end, @vmas and @faults are
 * negative
 */
struct edge {
	__u64 address;
	int vmas;
	__s64 faults;
};

bool vma_life_shown(const struct vma_life *life)
{
	return !life->over || life->born != life->died || life->faults;
}

static int by_address(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

/*
 * Collect the edges of all VMAs of an address space. Return the number of
 * edges, or -ENOMEM.
 */
static long edges_of(const struct map *map, __u32 map_space,
		     struct edge **edges)
{
	long count = 0;

	*edges = calloc(2 * map->life_count + 1, sizeof(**edges));
	if (!*edges)
		return -ENOMEM;
	for (size_t i = 0; i < map->life_count; i++) {
		const struct vma_life *life = &map->lives[i];

		if (life->map_space != map_space || !vma_life_shown(life))
			continue;
		(*edges)[count++] = (struct edge){ life->start, 1,
						   life->faults };
		(*edges)[count++] = (struct edge){ life->end, -1,
						   -life->faults };
	}
	qsort(*edges, count, sizeof(**edges), by_address);
	return count;
}

static __u32 pages_of(const struct map *map, const struct segment *segment)
{
	__u64 pages = (segment->end - segment->start) / map->page_bytes;

	return pages < BINS_PER_SEGMENT ? pages : BINS_PER_SEGMENT;
}

/*
 * Cut an address space into segments at all edges. Join adjacent segments that
 * have at most @few faults in total. If @few is -1, do not join segments.
 * Return the number of segments. If @out is not NULL, write the segments to
 * @out.
 */
static __u32 cut(const struct map *map, const struct edge *edges,
		 long count, __s64 few, struct segment *out)
{
	__s64 faults = 0, sum = 0;
	__u32 made = 0;
	int vmas = 0;

	for (long i = 0; i + 1 < count; i++) {
		struct segment *last = out && made ? &out[made - 1] : NULL;

		vmas += edges[i].vmas;
		faults += edges[i].faults;
		if (edges[i].address == edges[i + 1].address || !vmas)
			continue;
		sum += faults;
		if (made && few >= 0 && sum <= few) {
			if (last) {
				last->end = edges[i + 1].address;
				last->vmas++;
				last->bins = 1;
			}
			continue;
		}
		sum = faults;
		if (out) {
			out[made] = (struct segment){
				.start = edges[i].address,
				.end = edges[i + 1].address,
				.vmas = 1,
			};
			out[made].bins = faults ? pages_of(map, &out[made]) :
						  1;
		}
		made++;
	}
	return made;
}

static int draw_space(struct map *map, __u32 index, __u32 most)
{
	struct map_space *map_space = &map->spaces[index];
	struct edge *edges;
	long count = edges_of(map, index, &edges);
	__s64 few = -1;

	if (count < 0)
		return count;
	while (cut(map, edges, count, few, NULL) > most)
		few = few < 0 ? 0 : few * 2 + 1;
	map_space->segments = map->segment_count;
	map_space->drawn = cut(map, edges, count, few,
			       &map->segments[map->segment_count]);
	map->segment_count += map_space->drawn;
	free(edges);
	return 0;
}

/*
 * Number the bins. Halve the maximum number of bins per segment until all
 * segments have at most MAP_BINS bins in total.
 */
static void number_bins(struct map *map)
{
	__u32 most = BINS_PER_SEGMENT;

	do {
		map->bins = 0;
		for (__u32 i = 0; i < map->segment_count; i++) {
			struct segment *segment = &map->segments[i];

			if (segment->bins > most)
				segment->bins = most;
			segment->bin = map->bins;
			map->bins += segment->bins;
		}
		most /= 2;
	} while (map->bins > MAP_BINS);
}

static const struct map *sorted;

static int longest_first(const void *a, const void *b)
{
	const struct map_space *x = &sorted->spaces[*(const __u32 *)a];
	const struct map_space *y = &sorted->spaces[*(const __u32 *)b];

	if (x->ns != y->ns)
		return x->ns < y->ns ? 1 : -1;
	return (x->number > y->number) - (x->number < y->number);
}

static int choose_spaces(struct map *map)
{
	__u32 *order = calloc(map->space_count + 1, sizeof(*order));

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < map->space_count; i++)
		order[i] = i;
	sorted = map;
	qsort(order, map->space_count, sizeof(*order), longest_first);
	for (size_t i = 0; i < map->space_count && i < MAP_SPACES; i++) {
		map->order[map->drawn++] = order[i];
		map->spaces[order[i]].chosen = true;
	}
	free(order);
	return 0;
}

/*
 * For each VMA that still exists, end the life at the time when the address
 * space was last seen.
 */
static void end_lives(struct map *map)
{
	for (size_t i = 0; i < map->life_count; i++) {
		struct vma_life *life = &map->lives[i];

		if (!life->over)
			life->died = map->spaces[life->map_space].last;
	}
}

int map_lay_out(struct map *map)
{
	int err = choose_spaces(map);

	end_lives(map);
	/* Leave at least 16 segments for each of the address spaces that come later. */
	for (__u32 i = 0; !err && i < map->drawn; i++) {
		__u32 left = MAP_SEGMENTS - map->segment_count;
		__u32 others = (map->drawn - i - 1) * 16;

		err = draw_space(map, map->order[i],
				 left - others < SEGMENTS_PER_SPACE ?
				 left - others : SEGMENTS_PER_SPACE);
	}
	number_bins(map);
	return err;
}

struct map_space *map_space_chosen(const struct map *map,
				   const struct space *space)
{
	struct map_space *map_space = map_space_of(map, space);

	return map_space && map_space->chosen ? map_space : NULL;
}

struct segment *map_segment(const struct map *map,
			    const struct map_space *map_space, __u64 address)
{
	const struct segment *first = &map->segments[map_space->segments];
	__u32 low = 0, high = map_space->drawn;

	while (low < high) {
		__u32 middle = low + (high - low) / 2;

		if (first[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == map_space->drawn || first[low].start > address)
		return NULL;
	return (struct segment *)&first[low];
}
