// SPDX-License-Identifier: GPL-2.0-only
#include "report/summary.h"
#include "event/unhandled.h"

#include <errno.h>

static int count_rows(struct summary *summary, const struct event *event,
		      const struct space *space)
{
	for (enum summary_by by = 0; by < BY_TABLES; by++) {
		struct row *row;

		if (by == BY_CALLER && !summary->stacks)
			continue;
		row = summary_row(summary, by, event, space);
		if (!row)
			return -ENOMEM;
		stats_add(&row->stats, event->fault.duration);
		row->majors += !!(event->fault.ret & FAULT_MAJOR);
	}
	return 0;
}

static void count_in(struct class_stats *stats,
		     const struct fault_event *fault)
{
	stats_add(&stats->stats, fault->duration);
	histogram_add(&stats->durations, fault->duration);
	stats->majors += !!(fault->ret & FAULT_MAJOR);
}

/* An entry that points to a table is filled when that is allocated. */
static void count_filled(struct summary *summary,
			 const struct fault_event *fault,
			 struct moment *moment)
{
	__u32 filled = fault->after & ~fault->before;
	__u64 bytes = 0, tables;
	bool present = fault->entry_after & MMAPDEMO_ENTRY_PRESENT;
	bool was = fault->entry_before & MMAPDEMO_ENTRY_PRESENT;

	if (!fault->after_seen) {
		summary->unseen++;
		return;
	}
	if (present && !was && !(fault->entry_after & MMAPDEMO_ENTRY_ZERO) &&
	    fault->order < 32)
		bytes = summary->page_bytes << fault->order;
	filled &= ~MMAPDEMO_LEVEL_PTE;
	tables = __builtin_popcount(filled);
	if (filled && fault->entry_after & MMAPDEMO_ENTRY_HUGE)
		tables--;
	summary->filled += bytes;
	moment->filled += bytes;
	summary->tables += tables;
	moment->tables += tables;
}

static int count_fault(struct summary *summary, const struct event *event,
		       const struct space *space)
{
	const struct fault_event *fault = &event->fault;
	struct moment *moment = timeseries_at(&summary->timeseries,
					      event->time);
	__u32 class = fault->class;

	if (class >= MMAPDEMO_FAULT_CLASS_COUNT)
		class = MMAPDEMO_FAULT_UNKNOWN;
	count_in(&summary->faults, fault);
	count_in(&summary->classes[class], fault);
	summary->retried += fault->retries != 0;
	summary->awaited += fault_awaited(fault, summary->device.dev,
					  summary->device.ino);
	moment->faults++;
	moment->ns += fault->duration;
	count_filled(summary, fault, moment);
	return count_rows(summary, event, space);
}

static void count_mmap(struct summary *summary, const struct mmap_event *call)
{
	stats_add(&summary->mmaps, call->duration);
	if (call->ret < 0)
		summary->mmaps_failed++;
	else
		summary->mapped += call->len;
}

static void count_reason(struct summary *summary, __u64 end, __u32 reason)
{
	if (end && reason < MMAPDEMO_REASON_COUNT &&
	    reason != MMAPDEMO_REASON_INSIDE)
		summary->reasons[reason]++;
}

static void count_merge(struct summary *summary,
			const struct merge_event *merge)
{
	summary->outcomes[merge->outcome & 3]++;
	if (merge->outcome || (!merge->prev_end && !merge->next_end) ||
	    merge->cause >= MMAPDEMO_CAUSE_COUNT)
		return;
	summary->refused[merge->cause]++;
	count_reason(summary, merge->prev_end, merge->reason_prev);
	count_reason(summary, merge->next_end, merge->reason_next);
}

/* Of reasons that are not known nothing is. */
static void count_flush(struct summary *summary,
			const struct flush_event *flush)
{
	struct flush_stats *stats;

	if (flush->reason >= FLUSH_REASONS)
		return;
	stats = &summary->flushes[flush->reason];
	stats->count++;
	if (flush->pages == FLUSH_ALL)
		stats->all++;
	else
		stats->pages += flush->pages;
}

static void count_vmas(struct summary *summary, __u64 time, __u32 mm,
		       __u32 map_count)
{
	struct moment *moment = timeseries_at(&summary->timeseries, time);

	if (moment->vmas < map_count)
		moment->vmas = map_count;
	if (map_count <= summary->map_count)
		return;
	summary->map_count = map_count;
	summary->crowded = mm;
}

static int count(struct summary *summary, const struct event *event,
		 const struct space *space)
{
	if (!summary->events++)
		summary->first = event_begin(event);
	if (event_begin(event) < summary->first)
		summary->first = event_begin(event);
	summary->last = event->time;
	summary->kinds[event->kind]++;
	switch (event->kind) {
	case MMAPDEMO_EVENT_PTE_FAULT:
		return count_fault(summary, event, space);
	case MMAPDEMO_EVENT_DO_MMAP:
		count_mmap(summary, &event->mmap);
		break;
	case MMAPDEMO_EVENT_VMA_MERGE:
		count_merge(summary, &event->merge);
		count_vmas(summary, event->time, event->merge.mm,
			   event->merge.map_count);
		break;
	case MMAPDEMO_EVENT_VMA_LINK:
		count_vmas(summary, event->time, event->link.mm,
			   event->link.map_count);
		break;
	case MMAPDEMO_EVENT_VMA_SPLIT:
		count_vmas(summary, event->time, event->split.mm,
			   event->split.map_count);
		break;
	case MMAPDEMO_EVENT_DUP_MM:
		count_vmas(summary, event->time, event->dup.child_mm,
			   event->dup.map_count);
		break;
	case EVENT_FLUSH:
		count_flush(summary, &event->flush);
		break;
	case EVENT_SIGNAL:
		summary->signals += unhandled_signal(event);
		break;
	}
	return 0;
}

/* Each is counted when it ends, if that is an event. */
static void count_call(struct summary *summary, const struct event *event)
{
	int which = event->kind - EVENT_LEAVE;

	if (which < 0 || which >= EVENT_CALLS)
		return;
	summary->calls[which].count++;
	summary->calls[which].failed += event->call.ret < 0;
}

/*
 * The kernel's own events, @event becomes the whole call if it ends one. False:
 * it is nothing for visitors.
 */
static bool see_own(struct summary *summary, const struct event **eventp,
		    struct task *task, bool hidden)
{
	const struct event *event = *eventp;
	struct event fault;

	if (unhandled_fault(task, event, &fault) && !hidden)
		summary->unhandled += fault.touch.sig != 0;
	if (event->kind == MMAPDEMO_EVENT_DO_MMAP)
		task->call.entered = false;
	if (event->kind < EVENT_SIGNAL)
		return true;
	if (!hidden)
		count_call(summary, event);
	if (event->kind >= EVENT_ENTER && event->kind < EVENT_LEAVE)
		call_enter(&task->call, event);
	if (event->kind != EVENT_LEAVE + EVENT_CALL_MADVISE &&
	    event->kind != EVENT_LEAVE + EVENT_CALL_MPROTECT &&
	    event->kind != EVENT_LEAVE + EVENT_CALL_MMAP)
		return false;
	summary->call = *event;
	if (!call_leave(&task->call, &summary->call, NULL))
		return false;
	/* Of mmap() only those are left that did not get to do_mmap(). */
	if (summary->call.kind == MMAPDEMO_EVENT_DO_MMAP) {
		if (!hidden)
			count_mmap(summary, &summary->call.mmap);
		return false;
	}
	*eventp = &summary->call;
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

int summary_event(struct summary *summary, const struct event **eventp,
		  bool *shown, struct space **space)
{
	struct scene scene;
	int err;

	if (impossible(*eventp))
		return -EPROTO;
	err = world_event(&summary->world, *eventp, &scene);
	if (err)
		return err;
	*shown = see_own(summary, eventp, scene.task, scene.hidden) &&
		 !scene.hidden;
	if (scene.hidden)
		summary->hidden++;
	else
		err = count(summary, *eventp, scene.space);
	if (!err)
		err = world_end(&summary->world, *eventp, &scene);
	*space = scene.space;
	return err;
}

struct flush_stats summary_flushes(const struct summary *summary)
{
	struct flush_stats sum = { 0 };

	for (int i = 0; i < FLUSH_SEND; i++) {
		sum.count += summary->flushes[i].count;
		sum.all += summary->flushes[i].all;
		sum.pages += summary->flushes[i].pages;
	}
	return sum;
}

void summary_end(struct summary *summary)
{
	summary_join_vmas(summary);
	for (enum summary_by by = 0; by < BY_TABLES; by++)
		table_sort(&summary->by[by]);
}

void summary_free(struct summary *summary)
{
	world_free(&summary->world);
	areas_free(&summary->areas);
	for (enum summary_by by = 0; by < BY_TABLES; by++)
		table_free(&summary->by[by]);
}
