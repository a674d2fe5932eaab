// SPDX-License-Identifier: GPL-2.0-only
/* JSON of the address spaces, the segments, and the lives of VMAs. */
#include "base/format.h"
#include "base/json.h"
#include "event/vm_flags.h"
#include "report/html/object.h"

#include <stdlib.h>

#include <json.h>

#define LIVES 4096

static struct json_object *space_object(const struct html_page *page,
					const struct map_space *map_space)
{
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "mm", map_space->mm);
	object = json_add_number(object, "tid", map_space->tid);
	object = html_add_name(object, "name", map_space->name);
	object = json_add_number(object, "born", html_since(page, map_space->born));
	object = json_add_number(object, "last", html_since(page, map_space->last));
	object = json_add_number(object, "over", map_space->over);
	object = json_add_number(object, "faults", map_space->faults);
	object = json_add_number(object, "ns", map_space->ns);
	object = json_add_number(object, "first", map_space->segments);
	return json_add_number(object, "count", map_space->drawn);
}

void html_add_spaces(struct html_page *page)
{
	const struct map *map = &page->html->map;
	struct json_object *list = json_object_new_array();

	for (__u32 i = 0; i < map->drawn; i++)
		list = json_append(list, space_object(page,
				&map->spaces[map->order[i]]));
	html_add(page, "spaces", list);
	html_add_number(page, "spaces_all", map->space_count);
}

static struct json_object *segment_object(const struct segment *segment)
{
	struct json_object *object = json_object_new_object();

	object = html_add_hex(object, "start", segment->start);
	object = html_add_hex(object, "end", segment->end);
	object = json_add_number(object, "bytes",
				 segment->end - segment->start);
	object = json_add_number(object, "parts", segment->vmas);
	object = json_add_number(object, "bin", segment->bin);
	return json_add_number(object, "bins", segment->bins);
}

void html_add_segments(struct html_page *page)
{
	const struct map *map = &page->html->map;
	struct json_object *list = json_object_new_array();

	for (__u32 i = 0; i < map->segment_count; i++)
		list = json_append(list, segment_object(&map->segments[i]));
	html_add(page, "segments", list);
}

int html_drawn_as(const struct map *map, __u32 map_space)
{
	for (__u32 i = 0; i < map->drawn; i++) {
		if (map->order[i] == map_space)
			return i;
	}
	return -1;
}

static struct json_object *life_object(const struct html_page *page,
				       const struct vma_life *life, int map_space)
{
	const struct map *map = &page->html->map;
	const struct map_space *drawn = &map->spaces[life->map_space];
	const struct segment *from, *to;
	struct json_object *object = json_object_new_object();
	char flags[FORMAT_MAX];

	from = map_segment(map, drawn, life->start);
	to = map_segment(map, drawn, life->end - 1);
	object = json_add_number(object, "space", map_space);
	object = json_add_number(object, "from", from - map->segments);
	object = json_add_number(object, "to", to - map->segments);
	object = html_add_hex(object, "start", life->start);
	object = html_add_hex(object, "end", life->end);
	object = json_add_number(object, "bytes", life->end - life->start);
	object = json_add_number(object, "born", html_since(page, life->born));
	object = json_add_number(object, "died", html_since(page, life->died));
	object = json_add_number(object, "over", life->over);
	object = json_add_number(object, "origin", life->origin);
	object = json_add_text(object, "flags", life->flagged ?
			       format_vm_flags(flags, life->vm_flags) : "");
	object = html_add_name(object, "name", life->name);
	object = json_add_number(object, "faults", life->faults);
	return json_add_number(object, "ns", life->ns);
}

/* Sort lives by the duration of their faults, then by the length of the life. */
static int most_first(const void *a, const void *b)
{
	const struct vma_life *x = *(const struct vma_life *const *)a;
	const struct vma_life *y = *(const struct vma_life *const *)b;
	__u64 x_age = x->died - x->born, y_age = y->died - y->born;

	if (x->ns != y->ns)
		return x->ns < y->ns ? 1 : -1;
	if (x_age != y_age)
		return x_age < y_age ? 1 : -1;
	return (x > y) - (x < y);
}

static const struct vma_life **sorted_lives(const struct map *map,
					size_t *count)
{
	const struct vma_life **lives = calloc(map->life_count + 1,
					   sizeof(*lives));

	*count = 0;
	for (size_t i = 0; lives && i < map->life_count; i++) {
		const struct vma_life *life = &map->lives[i];
		const struct map_space *map_space = &map->spaces[life->map_space];

		if (map_space->chosen && vma_life_shown(life))
			lives[(*count)++] = life;
	}
	if (lives)
		qsort(lives, *count, sizeof(*lives), most_first);
	return lives;
}

void html_add_lives(struct html_page *page)
{
	const struct map *map = &page->html->map;
	struct json_object *list = json_object_new_array();
	size_t count, most = LIVES >> page->fewer;
	const struct vma_life **lives = sorted_lives(map, &count);

	for (size_t i = 0; lives && i < count && i < most; i++)
		list = json_append(list, life_object(page, lives[i],
				html_drawn_as(map, lives[i]->map_space)));
	free(lives);
	html_add(page, "lives", list);
	html_add_number(page, "lives_all", count);
}
