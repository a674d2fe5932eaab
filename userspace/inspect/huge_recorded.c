// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/huge_recorded.h"
#include "base/json.h"
#include "base/order.h"
#include "event/json.h"
#include "inspect/huge_advice.h"
#include "inspect/huge_text.h"
#include "inspect/huge_words.h"
#include "record/meta_machine.h"
#include "report/summary_text.h"
#include "report/where.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <json.h>

typedef unsigned long long ull;

#define TOUCHES_SHORT 10	/* first touches shown without --verbose */

/* ---- events ---- */

static int begin(void *data)
{
	struct huge_recorded *asked = data;

	first_touch_begin(&asked->touch, &asked->replay->meta);
	return 0;
}

/* Forget what happened before exec. */
static int enter(struct huge_recorded *asked, const struct space *space)
{
	if (asked->known && asked->space == space->number)
		return 0;
	first_touch_free(&asked->touch);
	table_free(&asked->ranges);
	asked->touch = (struct first_touch){ 0 };
	asked->known = true;
	asked->space = space->number;
	return begin(asked);
}

static int add(struct huge_recorded *asked, const struct fault_event *fault,
	       const struct space *space, enum huge_reason reason, __u64 bytes)
{
	const struct key key = { { fault->vma_start, reason } };
	struct row *row = table_row(&asked->ranges, &key);

	if (!row)
		return -ENOMEM;
	if (!row->name[0])
		summary_where(space, fault, row->name);
	row->stats.ns += bytes;
	row->until = fault->vm_flags;
	row->live = row->live > fault->vma_end ? row->live : fault->vma_end;
	return 0;
}

/* Print a first touch of the block, and the reason against a huge page. */
static int show_touch(struct huge_recorded *asked, const struct event *event,
		      const struct space *space, enum huge_reason reason)
{
	struct json_object *object;
	struct line line;
	int err;

	if (asked->count++ >= TOUCHES_SHORT && !asked->verbose && !asked->json)
		return 0;
	if (asked->json) {
		object = json_add_text(json_object_new_object(), "reason",
				       huge_word(reason));
		err = json_line(stdout, object);
		return err ? err : json_event(stdout, event);
	}
	err = summary_line(stdout, asked->style, asked->replay, event, space);
	if (err)
		return err;
	line_begin(&line, asked->style);
	line_add(&line, PLAIN, HUGE_INDENT "%s %s", asked->style->glyphs->arrow,
		 huge_reason_text(reason, true));
	return line_end(&line, stdout);
}

static int see_fault(struct huge_recorded *asked, const struct event *event,
		     const struct space *space)
{
	const struct fault_event *fault = &event->fault;
	struct touched touched;
	int err = first_touch_fault(&asked->touch, fault, space,
				    world_fault_time(&asked->replay->world, event),
				    &touched);

	if (err || touched.reason == HUGE_REASONS)
		return err;
	if (!asked->addressed)
		return add(asked, fault, space, touched.reason, touched.bytes);
	if (fault->address / HUGE_BYTES == asked->address / HUGE_BYTES)
		asked->output = show_touch(asked, event, space, touched.reason);
	return asked->output;
}

static int see_record(void *data, const struct event *event, const struct event *call,
		      const struct scene *scene)
{
	struct huge_recorded *asked = data;

	if (scene->task && scene->task->pid == (__u32)asked->pid)
		hugetlb_calls_see(&asked->failed, event, call);
	return 0;
}

static int see_event(void *data, const struct event *event,
		     const struct space *space)
{
	struct huge_recorded *asked = data;
	int err = 0;

	if (space && event->tid == (__u32)asked->pid)
		err = enter(asked, space);
	if (err || !space || !asked->known || space->number != asked->space ||
	    event->kind != MMAPDEMO_EVENT_PTE_FAULT)
		return err;
	return see_fault(asked, event, space);
}

/* ---- the memory as VMAs ---- */

/** struct memory - the ranges as if they were the VMAs of a process */
struct memory {
	struct huge_space space;
	struct vmas vmas;
	struct vma_names names;
};

static int by_address(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return ORDER(x->key.parts[0], y->key.parts[0]);
}

/* Add a row to the last VMA, or to a new VMA if the ranges do not overlap. */
static void place(struct memory *memory, const struct row *row)
{
	struct vmas *vmas = &memory->vmas;
	struct vma *last = vmas->count ? &vmas->list[vmas->count - 1] : NULL;
	struct huge_part *part;

	if (!last || row->key.parts[0] >= last->end) {
		last = &vmas->list[vmas->count++];
		last->start = row->key.parts[0];
		last->flags = row->until;
		snprintf(last->name, sizeof(last->name), "%s",
			 strcmp(row->name, "anonymous") ? row->name : "");
		memory->space.list[vmas->count - 1].vma = last;
	}
	last->end = row->live > last->end ? row->live : last->end;
	part = &memory->space.list[vmas->count - 1].of[row->key.parts[1]];
	part->bytes += row->stats.ns;
	part->only += row->stats.ns;
	part = &memory->space.sum[row->key.parts[1]];
	part->bytes += row->stats.ns;
	part->only += row->stats.ns;
}

static void set_settings(struct huge_space *space, const struct huge_recorded *asked)
{
	const struct meta *meta = &asked->replay->meta;

	space->walk.pid = asked->pid;
	space->walk.fd = -1;
	space->recorded = true;
	space->failed = asked->failed;
	while (space->pool_count < HUGETLB_POOLS_MAX &&
	       meta_pool(meta, space->pool_count, &space->pools[space->pool_count]))
		space->pool_count++;
	space->release = asked->touch.release;
	space->settings = asked->touch.settings;
	space->max_none = strtoull(meta_setting(meta, "khugepaged/max_ptes_none"),
				   NULL, 10);
	space->max_swap = strtoull(meta_setting(meta, "khugepaged/max_ptes_swap"),
				   NULL, 10);
	space->max_shared = strtoull(meta_setting(meta, "khugepaged/max_ptes_shared"),
				     NULL, 10);
}

static int make(struct memory *memory, struct huge_recorded *asked)
{
	struct table *ranges = &asked->ranges;
	const size_t count = ranges->count + 1;

	*memory = (struct memory){
		.vmas.list = calloc(count, sizeof(struct vma)),
		.names.threads = calloc(count, sizeof(int)),
		.space.list = calloc(count, sizeof(struct huge_vma)),
	};
	memory->names.vmas = memory->space.vmas = &memory->vmas;
	memory->space.names = &memory->names;
	set_settings(&memory->space, asked);
	if (!memory->vmas.list || !memory->names.threads || !memory->space.list)
		return -ENOMEM;
	if (ranges->count)
		qsort(ranges->rows, ranges->count, sizeof(*ranges->rows),
		      by_address);
	for (size_t i = 0; i < ranges->count; i++)
		place(memory, &ranges->rows[i]);
	return 0;
}

static int show_all(struct huge_recorded *asked)
{
	struct memory memory;
	int err = make(&memory, asked);

	if (!err)
		err = asked->json ? huge_json_space(stdout, &memory.space) :
		      huge_text_space(stdout, asked->style, &memory.space,
				      asked->verbose);
	huge_space_free(&memory.space);
	vma_names_free(&memory.names);
	vmas_free(&memory.vmas);
	return err;
}

/* ---- the recording ---- */

/* Print that there were no first touches of the block, or how many were not printed. */
static int show_others(const struct huge_recorded *asked)
{
	struct line line;

	if (asked->json || (asked->count && (asked->verbose ||
					     asked->count <= TOUCHES_SHORT)))
		return 0;
	line_begin(&line, asked->style);
	if (asked->count)
		line_add(&line, DIM, HUGE_INDENT "... and %lu more",
			 asked->count - TOUCHES_SHORT);
	else
		line_add(&line, PLAIN, "the recording has no first touch of "
			 "anonymous memory in the 2 MiB at %llx",
			 (ull)(asked->address & -HUGE_BYTES));
	return line_end(&line, stdout);
}

int huge_recorded(struct huge_recorded *asked, const char *path)
{
	const struct replay_visitor visitor = {
		.begin = begin,
		.record = see_record,
		.event = see_event,
		.data = asked,
	};
	int err = replay_read(asked->replay, path, &visitor);

	if (!err && !asked->known)
		err = -ESRCH;
	if (!err)
		err = asked->output = asked->addressed ? show_others(asked) :
				      show_all(asked);
	first_touch_free(&asked->touch);
	table_free(&asked->ranges);
	return err;
}
