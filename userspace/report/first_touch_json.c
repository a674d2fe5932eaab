// SPDX-License-Identifier: GPL-2.0-only
#include "base/json.h"
#include "report/first_touch.h"

#include <json.h>

static const char *const sides[] = {
	[FIRST_TOUCH_BEGIN] = "begin", [FIRST_TOUCH_END] = "end",
};

static struct json_object *reasons(const struct first_touch *touch)
{
	struct json_object *list = json_object_new_array(), *object;

	for (int reason = 0; reason < HUGE_REASONS; reason++) {
		if (!touch->small[reason])
			continue;
		object = json_add_text(json_object_new_object(), "reason",
				       huge_word(reason));
		object = json_add_number(object, "bytes", touch->small[reason]);
		list = json_append(list, object);
	}
	return list;
}

static struct json_object *vma_object(const struct row *vma)
{
	const enum first_touch_side side = first_touch_side(vma);
	const __u64 start = first_touch_start(vma);
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "vma", vma->name);
	object = json_add_number(object, "pid", vma->majors);
	object = json_add_number(object, "start", start);
	object = json_add_number(object, "end", vma->live);
	object = json_add_text(object, "side", sides[side]);
	object = json_add_number(object, "distance",
				 side == FIRST_TOUCH_BEGIN ? start % HUGE_BYTES :
							     -vma->live % HUGE_BYTES);
	return json_add_number(object, "bytes", vma->stats.ns);
}

static struct json_object *vmas(const struct first_touch *touch, size_t rows)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < touch->vmas.count && i < rows; i++)
		list = json_append(list, vma_object(&touch->vmas.rows[i]));
	return list;
}

struct json_object *first_touch_json(const struct first_touch *touch, size_t rows)
{
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "small_bytes", first_touch_small(touch));
	object = json_add_number(object, "huge_bytes", touch->huge);
	object = json_add_number(object, "smaller", touch->smaller);
	object = json_add_object(object, "reasons", reasons(touch));
	object = json_add_number(object, "short_bytes",
				 touch->sides[FIRST_TOUCH_SHORT]);
	return json_add_object(object, "ranges", vmas(touch, rows));
}
