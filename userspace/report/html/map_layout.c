// SPDX-License-Identifier: GPL-2.0-only
/* What of the atlas is drawn, and where: between the passes. */
#include "report/html/map.h"
#include "report/html/map_space.h"

#include <errno.h>
#include <stdlib.h>

#define STRETCHES_PER_PLATE 384
#define BINS_PER_STRETCH 24

/** struct edge - of a VMA: what begins there, and what ends, negative */
struct edge {
	__u64 address;
	int vmas;
	__s64 faults;
};

static int by_address(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

/* The edges of all VMAs that a plate ever had; their number, or -ENOMEM. */
static long edges_of(const struct atlas *atlas, __u32 plate,
		     struct edge **edges)
{
	long count = 0;

	*edges = calloc(2 * atlas->life_count + 1, sizeof(**edges));
	if (!*edges)
		return -ENOMEM;
	for (size_t i = 0; i < atlas->life_count; i++) {
		const struct life *life = &atlas->lives[i];

		if (life->plate != plate ||
		    (life->born == life->died && !life->faults))
			continue;
		(*edges)[count++] = (struct edge){ life->start, 1,
						   life->faults };
		(*edges)[count++] = (struct edge){ life->end, -1,
						   -life->faults };
	}
	qsort(*edges, count, sizeof(**edges), by_address);
	return count;
}

static __u32 pages_of(const struct atlas *atlas, const struct stretch *stretch)
{
	__u64 pages = (stretch->end - stretch->start) / atlas->page_bytes;

	return pages < BINS_PER_STRETCH ? pages : BINS_PER_STRETCH;
}

/*
 * Cuts at all edges, but takes neighbours together as long as they have not
 * more faults than @few. Their number; @out, if not NULL, has room.
 */
static __u32 cut(const struct atlas *atlas, const struct edge *edges,
		 long count, __s64 few, struct stretch *out)
{
	__s64 faults = 0, sum = 0;
	__u32 made = 0;
	int vmas = 0;

	for (long i = 0; i + 1 < count; i++) {
		struct stretch *last = out && made ? &out[made - 1] : NULL;

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
			out[made] = (struct stretch){
				.start = edges[i].address,
				.end = edges[i + 1].address,
				.vmas = 1,
			};
			out[made].bins = faults ? pages_of(atlas, &out[made]) :
						  1;
		}
		made++;
	}
	return made;
}

static int draw_plate(struct atlas *atlas, __u32 index, __u32 most)
{
	struct plate *plate = &atlas->plates[index];
	struct edge *edges;
	long count = edges_of(atlas, index, &edges);
	__s64 few = -1;

	if (count < 0)
		return count;
	while (cut(atlas, edges, count, few, NULL) > most)
		few = few < 0 ? 0 : few * 2 + 1;
	plate->stretches = atlas->stretch_count;
	plate->drawn = cut(atlas, edges, count, few,
			   &atlas->stretches[atlas->stretch_count]);
	atlas->stretch_count += plate->drawn;
	free(edges);
	return 0;
}

/* Less bins a stretch, until there are not too many of them. */
static void number_bins(struct atlas *atlas)
{
	__u32 most = BINS_PER_STRETCH;

	do {
		atlas->bins = 0;
		for (__u32 i = 0; i < atlas->stretch_count; i++) {
			struct stretch *stretch = &atlas->stretches[i];

			if (stretch->bins > most)
				stretch->bins = most;
			stretch->bin = atlas->bins;
			atlas->bins += stretch->bins;
		}
		most /= 2;
	} while (atlas->bins > ATLAS_BINS);
}

static const struct atlas *sorted;

static int longest_first(const void *a, const void *b)
{
	const struct plate *x = &sorted->plates[*(const __u32 *)a];
	const struct plate *y = &sorted->plates[*(const __u32 *)b];

	if (x->ns != y->ns)
		return x->ns < y->ns ? 1 : -1;
	return (x->number > y->number) - (x->number < y->number);
}

static int choose_plates(struct atlas *atlas)
{
	__u32 *order = calloc(atlas->plate_count + 1, sizeof(*order));

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < atlas->plate_count; i++)
		order[i] = i;
	sorted = atlas;
	qsort(order, atlas->plate_count, sizeof(*order), longest_first);
	for (size_t i = 0; i < atlas->plate_count && i < ATLAS_PLATES; i++)
		atlas->order[atlas->drawn++] = order[i];
	free(order);
	return 0;
}

/* What still lives is drawn up to the end. */
static void end_lives(struct atlas *atlas)
{
	for (size_t i = 0; i < atlas->life_count; i++) {
		struct life *life = &atlas->lives[i];

		if (!life->over)
			life->died = atlas->plates[life->plate].last;
	}
}

int atlas_lay_out(struct atlas *atlas)
{
	int err = choose_plates(atlas);

	end_lives(atlas);
	/* A fair share for the others, whatever the first ones want. */
	for (__u32 i = 0; !err && i < atlas->drawn; i++) {
		__u32 left = ATLAS_STRETCHES - atlas->stretch_count;
		__u32 others = (atlas->drawn - i - 1) * 16;

		err = draw_plate(atlas, atlas->order[i],
				 left - others < STRETCHES_PER_PLATE ?
				 left - others : STRETCHES_PER_PLATE);
	}
	number_bins(atlas);
	return err;
}

struct plate *atlas_plate(const struct atlas *atlas,
			  const struct space *space)
{
	struct plate *plate = plate_of(atlas, space);

	return plate && plate->drawn ? plate : NULL;
}

struct stretch *atlas_stretch(const struct atlas *atlas,
			      const struct plate *plate, __u64 address)
{
	const struct stretch *first = &atlas->stretches[plate->stretches];
	__u32 low = 0, high = plate->drawn;

	while (low < high) {
		__u32 middle = low + (high - low) / 2;

		if (first[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == plate->drawn || first[low].start > address)
		return NULL;
	return (struct stretch *)&first[low];
}
