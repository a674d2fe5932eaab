// SPDX-License-Identifier: GPL-2.0-only
#include "base/json.h"
#include "event/names.h"
#include "inspect/top_text.h"

#include <errno.h>
#include <json.h>

static struct json_object *add_classes(struct json_object *object,
				       const struct fault_load *load)
{
	struct json_object *classes = json_object_new_object();

	for (int class = 0; class < MMAPDEMO_CLASSES_MAX; class++) {
		if (load->classes[class])
			classes = json_add_number(classes,
						  name_of(names_class, class),
						  load->classes[class]);
	}
	return json_add_object(object, "classes", classes);
}

/*
 * Add the statistics of faults. If events are not available, omit the members
 * that only events can show.
 */
static struct json_object *add_load(struct json_object *object,
				    const struct top *top,
				    const struct fault_load *load)
{
	object = json_add_number(object, "faults", load->stats.count);
	object = json_add_number(object, "major", load->major);
	if (!top->observed)
		return object;
	object = json_add_number(object, "ns", load->stats.ns);
	object = json_add_number(object, "max_ns", load->stats.max);
	object = json_add_number(object, "untimed", load->stats.untimed);
	return add_classes(object, load);
}

/* Add where the time went, except parts of 0 ns. */
static struct json_object *add_time(struct json_object *object, const struct top *top,
				    const struct fault_load *load)
{
	struct json_object *parts;

	if (!top->timed)
		return object;
	parts = json_object_new_object();
	for (int part = 0; part < FAULT_PARTS; part++) {
		if (fault_load_part(load, part))
			parts = json_add_number(parts, fault_parts[part].name,
						fault_load_part(load, part));
	}
	object = json_add_object(object, "parts", parts);
	return json_add_number(object, "lock_before", load->lock_before);
}

/* Add what is not known of where the time went. */
static struct json_object *add_unknown(struct json_object *object,
				       const struct top *top)
{
	struct json_object *list;

	if (!top->timed)
		return object;
	list = json_object_new_array();
	for (int part = 0; part < FAULT_PARTS; part++) {
		if (top->parts_unknown >> part & 1)
			list = json_append(list, json_object_new_string(
						fault_parts[part].name));
	}
	object = json_add_object(object, "parts_not_known", list);
	return json_add_number(object, "parts_lost", top_load(top)->unparted);
}

static int write_process(FILE *out, const struct top *top,
			 const struct process *process)
{
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "pid", process->pid);
	object = json_add_text(object, "comm", process->comm);
	object = add_load(object, top, &process->loads.last);
	object = add_time(object, top, &process->loads.last);
	return json_line(out, object);
}

static int write_vma(FILE *out, const struct top *top, size_t i)
{
	const struct fault_loads *loads = &top->loads[i];
	struct json_object *object = json_object_new_object();

	if (i < top->vmas.count) {
		const struct vma *vma = &top->vmas.list[i];

		object = json_add_number(object, "start", vma->start);
		object = json_add_number(object, "end", vma->end);
		object = json_add_text(object, "name", vma->name);
	} else {
		object = json_add_text(object, "vma", "no more");
	}
	object = add_load(object, top, &loads->last);
	object = json_add_number(object, "since", loads->total.stats.count);
	return json_line(out, object);
}

static int write_list(FILE *out, const struct top *top)
{
	int err = 0;

	for (size_t i = 0; !err && top->sorted && i <= top->vmas.count; i++) {
		if (top->loads[top->sorted[i]].last.stats.count)
			err = write_vma(out, top, top->sorted[i]);
	}
	for (size_t i = 0; !err && !top->pid && i < top->processes.count; i++) {
		const struct process *process = top->processes.list[i];

		if (process->loads.last.stats.count)
			err = write_process(out, top, process);
	}
	return err;
}

int top_json(FILE *out, const struct top *top)
{
	struct json_object *object;
	int err = write_list(out, top);

	if (err)
		return err;
	object = json_object_new_object();
	object = json_add_text(object, "event", "interval");
	object = json_add_number(object, "elapsed", top->elapsed);
	object = add_load(object, top, top_load(top));
	object = add_time(object, top, top_load(top));
	object = add_unknown(object, top);
	if (top->observed) {
		object = json_add_number(object, "lost", top->lost);
		object = json_add_number(object, "missed", top->missed);
		if (top->deaf)
			object = json_add_text(object, "switched_off",
					       name_error(EUNATCH));
	} else {
		object = json_add_text(object, "unobserved", top->why);
	}
	return json_line(out, object);
}
