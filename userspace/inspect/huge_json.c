// SPDX-License-Identifier: GPL-2.0-only
#include "base/json.h"
#include "event/json.h"
#include "inspect/huge_settings.h"
#include "inspect/huge_text.h"

#include <errno.h>
#include <string.h>

#include <json.h>

/* ---- parts ---- */

static struct json_object *reason_json(enum huge_reason reason,
				       const struct huge_part *part)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "reason", huge_word(reason));
	object = json_add_number(object, "bytes", part->bytes);
	if (reason == HUGE_TABLE)
		object = json_add_number(object, "collapsible",
					 part->collapsible);
	return json_add_number(object, "resident", part->resident);
}

struct json_object *huge_json_reasons(struct json_object *object,
				      const struct huge_part *parts)
{
	struct json_object *list = json_object_new_array();

	for (int reason = 0; reason < HUGE_REASONS; reason++) {
		if (parts[reason].bytes)
			list = json_append(list, reason_json(reason,
							     &parts[reason]));
	}
	return json_add_object(object, "reasons", list);
}

static struct json_object *add_vma(struct json_object *object,
				   const struct vma *vma)
{
	object = json_add_number(object, "start", vma->start);
	object = json_add_number(object, "end", vma->end);
	object = json_add_bits(object, "vm_flags_names", vma_flags,
			       vma->flags);
	return json_add_text(object, "name", vma->name);
}

/* Return the settings of the smaller sizes that the kernel has, by size in KiB. */
static struct json_object *sizes_json(const enum huge_setting sizes[HUGE_SIZES])
{
	struct json_object *object = json_object_new_object();
	char name[24];

	for (int i = 0; i < HUGE_SIZES; i++) {
		snprintf(name, sizeof(name), "%llu", HUGE_SIZE_MIN << i >> 10);
		if (sizes[i] != HUGE_SET_UNKNOWN)
			object = json_add_text(object, name,
					       huge_setting_word(sizes[i]));
	}
	return object;
}

static struct json_object *add_pace(struct json_object *object,
				    const struct huge_pace *pace)
{
	object = json_add_number(object, "pages_to_scan", pace->pages);
	object = json_add_number(object, "scan_sleep_millisecs", pace->sleep);
	object = json_add_number(object, "full_scans", pace->scans);
	return json_add_number(object, "pages_collapsed", pace->made);
}

static int write_head(FILE *out, const struct huge_space *space)
{
	const struct huge_settings *settings = &space->settings;
	struct json_object *object = json_header("mmapdemo-why-huge", NULL,
						 space->walk.pid);

	object = json_add_number(object, "recorded", space->recorded);
	object = json_add_text(object, "rules", space->release.of);
	object = json_add_text(object, "enabled",
			       huge_setting_word(settings->enabled));
	object = json_add_text(object, "defrag",
			       huge_setting_word(settings->defrag));
	object = json_add_text(object, "size_enabled",
			       huge_setting_word(settings->size));
	object = json_add_text(object, "shmem_enabled",
			       huge_setting_word(settings->shmem));
	object = json_add_text(object, "size_shmem_enabled",
			       huge_setting_word(settings->shmem_size));
	object = json_add_object(object, "sizes", sizes_json(space->sizes));
	object = json_add_object(object, "shmem_sizes",
				 sizes_json(space->shmem_sizes));
	object = json_add_number(object, "max_ptes_none", space->max_none);
	object = json_add_number(object, "max_ptes_swap", space->max_swap);
	object = json_add_number(object, "max_ptes_shared", space->max_shared);
	object = add_pace(object, &space->pace);
	if (!space->recorded && space->cgroup_room != ~0ULL)
		object = json_add_number(object, "cgroup_room",
					 space->cgroup_room);
	if (space->recorded) {
		object = json_add_number(object, "hugetlb_failed", space->failed.count);
		object = json_add_number(object, "hugetlb_wanted", space->failed.pages);
	}
	object = json_add_object(object, "hugetlb",
				 hugetlb_json_all(space->pools,
						  space->pool_count));
	return json_line(out, object);
}

/* ---- the process ---- */

int huge_json_space(FILE *out, const struct huge_space *space)
{
	struct json_object *object;
	int err = write_head(out, space);

	for (size_t i = 0; !err && i < space->vmas->count; i++) {
		object = add_vma(json_object_new_object(),
				 &space->vmas->list[i]);
		object = huge_json_reasons(object, space->list[i].of);
		err = json_line(out, object);
	}
	if (err)
		return err;
	object = json_object_new_object();
	object = json_add_text(object, "event", "summary");
	object = json_add_number(object, "vmas", space->vmas->count);
	object = huge_json_reasons(object, space->sum);
	return json_line(out, object);
}

/* ---- one block ---- */

static const char *result_of(const struct huge_verdict *verdict, __u8 test)
{
	return verdict->failed & huge_bit(test) ? "fails" :
	       verdict->unseen & huge_bit(test) ? "unseen" : "passes";
}

static struct json_object *add_tests(struct json_object *object,
				     const struct huge_space *space,
				     const struct huge_block *block)
{
	const __u8 *test = space->release.rules->tests[block->facts.kind];
	struct json_object *list = json_object_new_array();

	for (; *test; test++) {
		struct json_object *item = json_object_new_object();

		item = json_add_text(item, "test", huge_word(*test));
		item = json_add_text(item, "result",
				     result_of(&block->verdict, *test));
		list = json_append(list, item);
	}
	return json_add_object(object, "tests", list);
}

/* An errno of 0 means success. */
static struct json_object *add_try(struct json_object *object,
				   const struct huge_try *try)
{
	struct json_object *tried;

	if (!try->asked)
		return object;
	tried = json_add_number(json_object_new_object(), "errno", -try->err);
	tried = json_add_text(tried, "text", huge_try_text(try->err));
	return json_add_object(object, "try", tried);
}

int huge_json_block(FILE *out, const struct huge_space *space,
		    const struct huge_block *block, __u64 address,
		    const struct huge_try *try)
{
	struct json_object *object;
	int err = write_head(out, space);

	if (err)
		return err;
	object = json_add_number(json_object_new_object(), "address",
				 block->facts.address);
	object = json_add_text(object, "reason",
			       huge_word(block->verdict.reason));
	object = json_add_number(object, "resident", block->resident);
	object = json_add_number(object, "missing", block->empty);
	object = json_add_number(object, "swapped", block->swapped);
	object = json_add_number(object, "shared", block->shared);
	object = json_add_number(object, "smaller_bytes",
				 huge_space_smaller(space, block, address));
	object = add_vma(object, &space->vmas->list[block->vma]);
	object = add_tests(object, space, block);
	object = add_try(object, try);
	return json_line(out, object);
}
