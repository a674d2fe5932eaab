// SPDX-License-Identifier: GPL-2.0-only
/* Address spaces, and what was ever mapped there. */
#include "base/format.h"
#include "base/json.h"
#include "event/vm_flags.h"
#include "report/html/object.h"

#include <stdlib.h>

#include <json.h>

#define LIVES 4096

static struct json_object *plate_object(const struct html_page *page,
					const struct plate *plate)
{
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "mm", plate->mm);
	object = json_add_number(object, "tid", plate->tid);
	object = html_add_name(object, "name", plate->name);
	object = json_add_number(object, "born", html_since(page, plate->born));
	object = json_add_number(object, "last", html_since(page, plate->last));
	object = json_add_number(object, "faults", plate->faults);
	object = json_add_number(object, "ns", plate->ns);
	object = json_add_number(object, "first", plate->stretches);
	return json_add_number(object, "count", plate->drawn);
}

void html_add_plates(struct html_page *page)
{
	const struct atlas *atlas = &page->html->atlas;
	struct json_object *list = json_object_new_array();

	for (__u32 i = 0; i < atlas->drawn; i++)
		list = json_append(list, plate_object(page,
				&atlas->plates[atlas->order[i]]));
	html_add(page, "plates", list);
	html_add_number(page, "plates_all", atlas->plate_count);
}

static struct json_object *stretch_object(const struct stretch *stretch)
{
	struct json_object *object = json_object_new_object();

	object = html_add_hex(object, "start", stretch->start);
	object = html_add_hex(object, "end", stretch->end);
	object = json_add_number(object, "bytes",
				 stretch->end - stretch->start);
	object = json_add_number(object, "parts", stretch->vmas);
	object = json_add_number(object, "bin", stretch->bin);
	return json_add_number(object, "bins", stretch->bins);
}

void html_add_stretches(struct html_page *page)
{
	const struct atlas *atlas = &page->html->atlas;
	struct json_object *list = json_object_new_array();

	for (__u32 i = 0; i < atlas->stretch_count; i++)
		list = json_append(list, stretch_object(&atlas->stretches[i]));
	html_add(page, "stretches", list);
}

int html_drawn_as(const struct atlas *atlas, __u32 plate)
{
	for (__u32 i = 0; i < atlas->drawn; i++) {
		if (atlas->order[i] == plate)
			return i;
	}
	return -1;
}

static struct json_object *life_object(const struct html_page *page,
				       const struct life *life, int plate)
{
	const struct atlas *atlas = &page->html->atlas;
	const struct plate *drawn = &atlas->plates[life->plate];
	const struct stretch *from, *to;
	struct json_object *object = json_object_new_object();
	char flags[FORMAT_MAX];

	from = atlas_stretch(atlas, drawn, life->start);
	to = atlas_stretch(atlas, drawn, life->end - 1);
	object = json_add_number(object, "plate", plate);
	object = json_add_number(object, "from", from - atlas->stretches);
	object = json_add_number(object, "to", to - atlas->stretches);
	object = html_add_hex(object, "start", life->start);
	object = html_add_hex(object, "end", life->end);
	object = json_add_number(object, "bytes", life->end - life->start);
	object = json_add_number(object, "born", html_since(page, life->born));
	object = json_add_number(object, "died", html_since(page, life->died));
	object = json_add_number(object, "origin", life->origin);
	object = json_add_text(object, "flags", life->flagged ?
			       format_vm_flags(flags, life->vm_flags) : "");
	object = html_add_name(object, "name", life->name);
	object = json_add_number(object, "faults", life->faults);
	return json_add_number(object, "ns", life->ns);
}

/* Those that say most are those with faults, then those that lived long. */
static int most_first(const void *a, const void *b)
{
	const struct life *x = *(const struct life *const *)a;
	const struct life *y = *(const struct life *const *)b;
	__u64 x_age = x->died - x->born, y_age = y->died - y->born;

	if (x->ns != y->ns)
		return x->ns < y->ns ? 1 : -1;
	if (x_age != y_age)
		return x_age < y_age ? 1 : -1;
	return (x > y) - (x < y);
}

static const struct life **sorted_lives(const struct atlas *atlas,
					size_t *count)
{
	const struct life **lives = calloc(atlas->life_count + 1,
					   sizeof(*lives));

	*count = 0;
	for (size_t i = 0; lives && i < atlas->life_count; i++) {
		const struct life *life = &atlas->lives[i];
		const struct plate *plate = &atlas->plates[life->plate];

		if (plate->drawn && (life->died != life->born || life->faults))
			lives[(*count)++] = life;
	}
	if (lives)
		qsort(lives, *count, sizeof(*lives), most_first);
	return lives;
}

void html_add_lives(struct html_page *page)
{
	const struct atlas *atlas = &page->html->atlas;
	struct json_object *list = json_object_new_array();
	size_t count, most = LIVES >> page->fewer;
	const struct life **lives = sorted_lives(atlas, &count);

	for (size_t i = 0; lives && i < count && i < most; i++)
		list = json_append(list, life_object(page, lives[i],
				html_drawn_as(atlas, lives[i]->plate)));
	free(lives);
	html_add(page, "lives", list);
	html_add_number(page, "lives_all", count);
}
