// SPDX-License-Identifier: GPL-2.0-only
#include "record/meta_machine.h"
#include "base/json.h"
#include "system/machine.h"
#include "system/thp.h"

#include <json.h>

/* ---- write ---- */

static struct json_object *machine_object(void)
{
	struct json_object *object = json_object_new_object();
	struct machine machine;

	machine_read(&machine);
	object = json_add_text(object, "node", machine.node);
	object = json_add_text(object, "date", machine.date);
	object = json_add_text(object, "cpu", machine.cpu);
	object = json_add_number(object, "cpus", machine.cpus);
	return json_add_number(object, "memory_bytes", machine.memory);
}

static void add_setting(const char *name, const char *word, __u64 number, void *data)
{
	struct json_object **object = data;

	*object = word ? json_add_text(*object, name, word) :
			 json_add_number(*object, name, number);
}

static struct json_object *settings_object(void)
{
	struct json_object *object = json_object_new_object();

	thp_settings(add_setting, &object);
	return object;
}

struct json_object *meta_machine_add(struct json_object *object)
{
	struct hugetlb_pool pools[HUGETLB_POOLS_MAX];
	const int count = hugetlb_pools(pools);

	object = json_add_object(object, "machine", machine_object());
	object = json_add_object(object, "thp_settings", settings_object());
	return json_add_object(object, "hugetlb", hugetlb_json_all(pools, count));
}

/* ---- read ---- */

bool meta_machine(const struct meta *meta, struct meta_machine *machine)
{
	struct json_object *object = json_get(meta->object, "machine");

	*machine = (struct meta_machine){
		.node = json_get_text(object, "node"),
		.date = json_get_text(object, "date"),
		.cpu = json_get_text(object, "cpu"),
		.cpus = json_get_number(object, "cpus"),
		.memory = json_get_number(object, "memory_bytes"),
	};
	return json_object_is_type(object, json_type_object);
}

static struct json_object *settings(const struct meta *meta)
{
	struct json_object *object = json_get(meta->object, "thp_settings");

	return json_object_is_type(object, json_type_object) ? object : NULL;
}

static bool is_value(struct json_object *value)
{
	return json_object_is_type(value, json_type_string) ||
	       json_object_is_type(value, json_type_int);
}

const char *meta_setting(const struct meta *meta, const char *name)
{
	struct json_object *value = json_get(settings(meta), name);

	return is_value(value) ? json_object_get_string(value) : "";
}

void meta_settings(const struct meta *meta,
		   void (*visit)(const char *name, struct json_object *value,
				 void *data), void *data)
{
	struct json_object *object = settings(meta);

	if (!object)
		return;
	json_object_object_foreach(object, name, value) {
		if (is_value(value))
			visit(name, value, data);
	}
}

bool meta_pool(const struct meta *meta, size_t index, struct hugetlb_pool *pool)
{
	struct json_object *list = json_get_list(meta->object, "hugetlb");
	struct json_object *object;

	if (!list || index >= json_object_array_length(list))
		return false;
	object = json_object_array_get_idx(list, index);
	*pool = (struct hugetlb_pool){
		.page_bytes = json_get_number(object, "page_bytes"),
		.pages = json_get_number(object, "pages"),
		.free = json_get_number(object, "free"),
		.reserved = json_get_number(object, "reserved"),
		.surplus = json_get_number(object, "surplus"),
		.overcommit = json_get_number(object, "overcommit"),
	};
	return true;
}
