// SPDX-License-Identifier: GPL-2.0-only
#include "base/json.h"
#include "event/json.h"
#include "event/names.h"
#include "inspect/walked.h"

#include <json.h>

/*
 * Return the end of the range, limited to the addresses that the page tables
 * can map.
 */
static __u64 end_of(const struct walk *walk)
{
	const __u64 most = 512ULL << walk_shift(walk, MMAPDEMO_LEVEL_PGD);

	return walk->end < most ? walk->end : most;
}

int walked_json_begin(const struct walked *walked)
{
	struct json_object *object = json_header("mmapdemo-walk", NULL,
						 walked->walk.pid);

	object = json_add_number(object, "start", walked->walk.start);
	object = json_add_number(object, "end", end_of(&walked->walk));
	object = json_add_number(object, "levels", walked->walk.levels);
	if (walked->why)
		object = json_add_text(object, "unobserved", walked->why);
	return json_line(stdout, object);
}

int walked_json_run(const struct walked *walked,
		    const struct mmapdemo_run *run)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "level",
			       names_levels[walked_index(run->level)].name);
	object = json_add_number(object, "start", run->address);
	object = json_add_number(object, "end", walk_end(&walked->walk, run));
	object = json_add_number(object, "count", run->count);
	object = json_add_number(object, "entry", run->entry);
	object = json_add_bits(object, "entry_names", names_entry, run->entry);
	object = json_add_number(object, "frame", run->frame);
	object = json_add_number(object, "swap", run->swap);
	return json_line(stdout, object);
}

int walked_json(const struct walked *walked)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "event", "summary");
	object = json_add_number(object, "mapped", walked->bytes);
	if (walked->view == WALKED_ALL && !walked->why)
		object = json_add_number(object, "tables",
					 walked_tables(walked));
	if (walked->view == WALKED_ADDRESS && walked_physical(walked))
		object = json_add_number(object, "physical",
					 walked_physical(walked));
	if (walked->view == WALKED_ADDRESS && !walked_leaf_of(walked))
		object = json_add_text(object, "touch",
				       next_touch_word(walked->next));
	return json_line(stdout, object);
}
