// SPDX-License-Identifier: GPL-2.0-only
#include "digest.h"
#include "stock_call.h"
#include "unhandled.h"

#include <errno.h>

static int count_rows(struct digest *digest, const struct event *event,
		      const struct space *space)
{
	for (enum digest_by by = 0; by < BY_TABLES; by++) {
		struct row *row;

		if (by == BY_CALLER && !digest->stacks)
			continue;
		row = digest_row(digest, by, event, space);
		if (!row)
			return -ENOMEM;
		figures_add(&row->figures, event->fault.duration);
		row->majors += !!(event->fault.ret & FAULT_MAJOR);
	}
	return 0;
}

static void count_in(struct class_figures *figures,
		     const struct fault_event *fault)
{
	figures_add(&figures->figures, fault->duration);
	histogram_add(&figures->durations, fault->duration);
	figures->majors += !!(fault->ret & FAULT_MAJOR);
}

/* An entry that points to a table is filled when that is allocated. */
static void count_filled(struct digest *digest,
			 const struct fault_event *fault,
			 struct moment *moment)
{
	__u32 filled = fault->after & ~fault->before;
	__u64 bytes = 0, tables;
	bool present = fault->entry_after & MMAPDEMO_ENTRY_PRESENT;
	bool was = fault->entry_before & MMAPDEMO_ENTRY_PRESENT;

	if (!fault->after_seen) {
		digest->unseen++;
		return;
	}
	if (present && !was && !(fault->entry_after & MMAPDEMO_ENTRY_ZERO) &&
	    fault->order < 32)
		bytes = digest->page_bytes << fault->order;
	filled &= ~MMAPDEMO_LEVEL_PTE;
	tables = __builtin_popcount(filled);
	if (filled && fault->entry_after & MMAPDEMO_ENTRY_HUGE)
		tables--;
	digest->filled += bytes;
	moment->filled += bytes;
	digest->tables += tables;
	moment->tables += tables;
}

static int count_fault(struct digest *digest, const struct event *event,
		       const struct space *space)
{
	const struct fault_event *fault = &event->fault;
	struct moment *moment = history_at(&digest->history, event->time);
	__u32 class = fault->class;

	if (class >= MMAPDEMO_FAULT_CLASS_COUNT)
		class = MMAPDEMO_FAULT_UNKNOWN;
	count_in(&digest->faults, fault);
	count_in(&digest->classes[class], fault);
	digest->retried += fault->retries != 0;
	digest->awaited += fault_awaited(fault, digest->device.dev,
					 digest->device.ino);
	moment->faults++;
	moment->ns += fault->duration;
	count_filled(digest, fault, moment);
	return count_rows(digest, event, space);
}

static void count_mmap(struct digest *digest, const struct mmap_event *call)
{
	figures_add(&digest->mmaps, call->duration);
	if (call->ret < 0)
		digest->mmaps_failed++;
	else
		digest->mapped += call->len;
}

static void count_reason(struct digest *digest, __u64 end, __u32 reason)
{
	if (end && reason < MMAPDEMO_REASON_COUNT &&
	    reason != MMAPDEMO_REASON_INSIDE)
		digest->reasons[reason]++;
}

static void count_merge(struct digest *digest,
			const struct merge_event *merge)
{
	digest->outcomes[merge->outcome & 3]++;
	if (merge->outcome || (!merge->prev_end && !merge->next_end) ||
	    merge->cause >= MMAPDEMO_CAUSE_COUNT)
		return;
	digest->refused[merge->cause]++;
	count_reason(digest, merge->prev_end, merge->reason_prev);
	count_reason(digest, merge->next_end, merge->reason_next);
}

/* Of reasons that are not known nothing is. */
static void count_flush(struct digest *digest, const struct flush_event *flush)
{
	struct flush_figures *figures;

	if (flush->reason >= FLUSH_REASONS)
		return;
	figures = &digest->flushes[flush->reason];
	figures->count++;
	if (flush->pages == FLUSH_ALL)
		figures->all++;
	else
		figures->pages += flush->pages;
}

static void count_vmas(struct digest *digest, __u64 time, __u32 mm,
		       __u32 map_count)
{
	struct moment *moment = history_at(&digest->history, time);

	if (moment->vmas < map_count)
		moment->vmas = map_count;
	if (map_count <= digest->map_count)
		return;
	digest->map_count = map_count;
	digest->crowded = mm;
}

static int count(struct digest *digest, const struct event *event,
		 const struct space *space)
{
	if (!digest->events++)
		digest->first = event_begin(event);
	if (event_begin(event) < digest->first)
		digest->first = event_begin(event);
	digest->last = event->time;
	digest->kinds[event->kind]++;
	switch (event->kind) {
	case MMAPDEMO_EVENT_PTE_FAULT:
		return count_fault(digest, event, space);
	case MMAPDEMO_EVENT_DO_MMAP:
		count_mmap(digest, &event->mmap);
		break;
	case MMAPDEMO_EVENT_VMA_MERGE:
		count_merge(digest, &event->merge);
		count_vmas(digest, event->time, event->merge.mm,
			   event->merge.map_count);
		break;
	case MMAPDEMO_EVENT_VMA_LINK:
		count_vmas(digest, event->time, event->link.mm,
			   event->link.map_count);
		break;
	case MMAPDEMO_EVENT_VMA_SPLIT:
		count_vmas(digest, event->time, event->split.mm,
			   event->split.map_count);
		break;
	case MMAPDEMO_EVENT_DUP_MM:
		count_vmas(digest, event->time, event->dup.child_mm,
			   event->dup.map_count);
		break;
	case EVENT_FLUSH:
		count_flush(digest, &event->flush);
		break;
	case EVENT_SIGNAL:
		digest->signals += unhandled_signal(event);
		break;
	}
	return 0;
}

/* Each is counted when it ends, if that is an event. */
static void count_call(struct digest *digest, const struct event *event)
{
	int which = event->kind - EVENT_LEAVE;

	if (which < 0 || which >= EVENT_CALLS)
		return;
	digest->calls[which].count++;
	digest->calls[which].failed += event->call.ret < 0;
}

/*
 * The kernel's own events, @event becomes the whole call if it ends one. False:
 * it is nothing for visitors.
 */
static bool see_own(struct digest *digest, const struct event **eventp,
		    struct task *task, bool hidden)
{
	const struct event *event = *eventp;
	struct event fault;

	if (unhandled_fault(task, event, &fault) && !hidden)
		digest->unhandled += fault.touch.sig != 0;
	if (event->kind == MMAPDEMO_EVENT_DO_MMAP)
		task->calls = false;
	if (event->kind < EVENT_SIGNAL)
		return true;
	if (!hidden)
		count_call(digest, event);
	if (event->kind >= EVENT_ENTER && event->kind < EVENT_LEAVE) {
		task->call = *event;
		task->calls = true;
	}
	if (event->kind != EVENT_LEAVE + EVENT_CALL_MADVISE &&
	    event->kind != EVENT_LEAVE + EVENT_CALL_MPROTECT &&
	    event->kind != EVENT_LEAVE + EVENT_CALL_MMAP)
		return false;
	digest->call = *event;
	if (!stock_leave(&digest->call, task, NULL))
		return false;
	/* Of mmap() only those are left that did not get to do_mmap(). */
	if (digest->call.kind == MMAPDEMO_EVENT_DO_MMAP) {
		if (!hidden)
			count_mmap(digest, &digest->call.mmap);
		return false;
	}
	*eventp = &digest->call;
	return true;
}

/* Does it contradict itself? The world believes what it is told. */
static bool impossible(const struct event *event)
{
	if (event->kind < EVENT_FORK && !event_mm(event))
		return true;
	if (event->kind == MMAPDEMO_EVENT_DUP_MM)
		return !event->dup.child_mm ||
		       event->dup.child_mm == event->dup.mm ||
		       event->dup.child_pid == event->tid;
	return event->kind == EVENT_FORK && event->fork.pid == event->tid;
}

int digest_event(struct digest *digest, const struct event **eventp,
		 bool *shown, struct space **space)
{
	const struct event *event = *eventp;
	/* The end of something: how it was before; the others: how it became */
	bool before = (event->kind >= EVENT_FORK &&
		       event->kind < EVENT_SIGNAL) ||
		      event->kind == MMAPDEMO_EVENT_VMA_UNLINK ||
		      event->kind == MMAPDEMO_EVENT_EXIT_MMAP;
	struct task *task;
	bool visited;
	int err;

	if (impossible(event))
		return -EPROTO;
	err = world_place(&digest->world, event, &task, space);
	if (err)
		return err;
	*shown = event->kind == EVENT_EXEC || !world_hidden(task, *space);
	visited = see_own(digest, &event, task, !*shown);
	if (!before)
		err = world_apply(&digest->world, event, task, *space);
	if (err)
		return err;
	/* The child may have left it, if that was its own. */
	if (event->kind == MMAPDEMO_EVENT_DUP_MM)
		*space = world_space(&digest->world, event->dup.mm);
	if (*shown)
		err = count(digest, event, *space);
	else
		digest->hidden++;
	if (!err && before) {
		err = world_apply(&digest->world, event, task, *space);
		if (event->kind != MMAPDEMO_EVENT_VMA_UNLINK)
			*space = NULL;	/* it may be gone */
	}
	*eventp = event;
	*shown &= visited;
	return err;
}

struct flush_figures digest_flushes(const struct digest *digest)
{
	struct flush_figures sum = { 0 };

	for (int i = 0; i < FLUSH_SEND; i++) {
		sum.count += digest->flushes[i].count;
		sum.all += digest->flushes[i].all;
		sum.pages += digest->flushes[i].pages;
	}
	return sum;
}

void digest_end(struct digest *digest)
{
	digest_join_vmas(digest);
	for (enum digest_by by = 0; by < BY_TABLES; by++)
		table_sort(&digest->by[by]);
}

void digest_free(struct digest *digest)
{
	world_free(&digest->world);
	areas_free(&digest->areas);
	for (enum digest_by by = 0; by < BY_TABLES; by++)
		table_free(&digest->by[by]);
}
