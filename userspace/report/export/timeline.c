// SPDX-License-Identifier: GPL-2.0-only
#include "report/export/timeline.h"
#include "event/fault_parts.h"
#include "base/format.h"
#include "report/where.h"

#include <errno.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

/* ---- slices ---- */

static void put_slice(struct export *export, const struct slice *slice)
{
	const struct timeline *timeline = export->data;
	struct slice begun = *slice;

	begun.end = 0;
	if (timeline->writer->enter)
		timeline->writer->enter(export, &begun);
	timeline->writer->leave(export, slice);
}

const char *timeline_category(const struct slice *slice)
{
	if (slice->category)
		return slice->category;
	return slice->event ? event_layouts[slice->event->kind].name : "mmap()";
}

static struct slice slice_of(const struct track *track,
			     const struct event *event)
{
	__u64 begin = event_begin(event);

	return (struct slice){
		.track = track,
		.name = event_layouts[event->kind].name,
		.begin = begin > event->time ? event->time : begin,
		.end = event->time,
		.event = event,
	};
}

/*
 * Return the slice "mmap()", which contains the call @track->call and the
 * faults that follow the call.
 */
static struct slice call_slice(const struct track *track)
{
	struct slice slice = slice_of(track, &track->call);

	slice.name = "mmap()";
	slice.end = 0;
	slice.event = NULL;
	return slice;
}

static void put_call(struct export *export, struct track *track)
{
	struct slice slice = slice_of(track, &track->call);

	put_slice(export, &slice);
	track->held = false;
}

/*
 * End the slice of the last do_mmap(), because no more faults can belong to
 * this slice.
 */
static void end_call(struct export *export, struct track *track)
{
	const struct timeline *timeline = export->data;
	struct slice slice = call_slice(track);

	if (track->held)
		put_call(export, track);
	if (!track->open)
		return;
	slice.end = track->end;
	timeline->writer->leave(export, &slice);
	track->open = false;
}

/*
 * Return true if the fault occurred while the last mmap() populated or locked
 * the page.
 */
static bool populates(const struct track *track, const struct event *event)
{
	const struct mmap_event *call = &track->call.mmap;
	const struct fault_event *fault = &event->fault;

	return (track->held || track->open) &&
	       event->kind == MMAPDEMO_EVENT_PTE_FAULT &&
	       fault->trigger == MMAPDEMO_TRIGGER_SYSCALL &&
	       fault->nr == SYS_mmap && fault->mm == call->mm &&
	       call->ret > 0 && fault->address >= (__u64)call->ret &&
	       fault->address - call->ret < call->len + 4096;
}

static void open_call(struct export *export, struct track *track)
{
	const struct timeline *timeline = export->data;
	struct slice slice = call_slice(track);

	if (!track->held)
		return;
	if (timeline->writer->enter)
		timeline->writer->enter(export, &slice);
	put_call(export, track);
	track->open = true;
}

/*
 * Record a fault, and forget the faults that occurred during other system calls.
 * @begin is when the fault, or the wait before the fault, began.
 */
static void remember(struct track *track, const struct slice *slice, __u64 begin)
{
	const struct fault_event *fault = &slice->event->fault;
	__s64 nr = fault->trigger == MMAPDEMO_TRIGGER_SYSCALL ? fault->nr : -1;
	__u64 at;

	if (track->nr != nr)
		track->faults = 0;
	if (!track->faults)
		track->first = begin;
	track->nr = nr;
	at = track->faults++ % TRACK_RECENT;
	track->begins[at] = begin;
	track->ends[at] = slice->end;
}

/*
 * Return a start for the slice of a system call that began at @begin, so that
 * the slice contains all faults that ended after @begin. The start is computed:
 * the timestamp of the call's event minus the duration. The duration is measured
 * before the timestamp is taken, so the computed start is a little too late, and
 * can be after the start of the first fault. The slice must begin before this fault,
 * because the order of slices that begin at the same time is not defined. The slice
 * never begins before the end of the previous fault.
 */
static __u64 begin_around(const struct track *track, __u64 begin)
{
	__u64 i, at;

	for (i = 1; i <= track->faults && i <= TRACK_RECENT; i++) {
		at = (track->faults - i) % TRACK_RECENT;
		if (track->ends[at] <= begin)
			return begin;
		if (track->begins[at] <= begin)
			return track->begins[at] - 1;
	}
	return i <= track->faults && track->first <= begin ?
	       track->first - 1 : begin;
}

/* ---- the parts of a fault ---- */

/* The category of the slices for the parts of a fault, and for the wait before it */
#define PART "part"

static void put_part(struct export *export, const struct track *track,
		     const char *name, __u64 begin, __u64 end)
{
	const struct slice slice = {
		.track = track, .name = name, .begin = begin, .end = end,
		.category = PART,
	};

	put_slice(export, &slice);
}

/*
 * Write the wait for mmap_lock before the fault, after the end of the previous slice.
 * Return when the wait began.
 */
static __u64 put_wait(struct export *export, const struct track *track,
		      const struct slow_event *slow, __u64 fault)
{
	const __s64 ns = slow ? slow->lock_before : 0;
	__u64 begin = track->end + 1;

	if (ns <= 0 || fault <= begin + 1)
		return fault;
	if ((__u64)ns < fault - begin)
		begin = fault - ns;
	put_part(export, track, WORDS_LOCK_BEFORE, begin, fault - 1);
	return begin;
}

/*
 * Write the parts of a fault, one after the other. The order of the parts in the fault
 * is not known. The parts leave 1 ns at both ends of the fault, because the order of
 * slices that begin at the same time is not defined.
 */
static void put_parts(struct export *export, const struct slow_event *slow,
		      const struct slice *fault)
{
	__u64 at = fault->begin + 1;

	for (int part = 0; part < FAULT_PARTS; part++) {
		const __s64 ns = fault_part(slow, part);
		__u64 end = fault->end - 1;

		if (ns <= 0 || at >= end)
			continue;
		if ((__u64)ns < end - at)
			end = at + ns;
		put_part(export, fault->track, fault_parts[part].words, at, end);
		at = end;
	}
}

static void put_slow(struct export *export, const struct slow_event *slow,
		     const struct slice *slice)
{
	const struct timeline *timeline = export->data;

	if (timeline->writer->enter)
		timeline->writer->enter(export, slice);
	put_parts(export, slow, slice);
	timeline->writer->leave(export, slice);
}

static void put_fault(struct export *export, struct track *track,
		      const struct event *event, const struct space *space)
{
	const struct slow_event *slow = world_fault_time(export->world, event);
	struct slice slice = slice_of(track, event);
	char name[64];

	if (populates(track, event))
		open_call(export, track);
	else
		end_call(export, track);
	snprintf(name, sizeof(name), "pte_fault %s",
		 name_of(names_class, event->fault.class));
	slice.name = name;
	slice.space = space;
	if (slice.begin <= track->end)
		slice.begin = track->end + 1;
	if (slice.end < slice.begin)
		slice.end = slice.begin;
	remember(track, &slice, put_wait(export, track, slow, slice.begin));
	if (slow)
		put_slow(export, slow, &slice);
	else
		put_slice(export, &slice);
	track->end = slice.end;
}

static void put_other(struct export *export, struct track *track,
		      const struct event *event)
{
	struct slice slice = slice_of(track, event);

	if (event->kind == MMAPDEMO_EVENT_DO_MMAP) {
		track->call = *event;
		track->held = true;
	} else {
		slice.begin = begin_around(track, slice.begin);
		put_slice(export, &slice);
	}
	track->end = slice.end;
	track->faults = 0;
}

/* ---- events ---- */

static int seed(int tid, const struct maps *maps, bool hide, void *data)
{
	struct export *export = data;
	struct track *track = timeline_track(export->data, tid);

	(void)maps;
	if (!track)
		return -ENOMEM;
	if (export->meta->pids.count == 1 && !hide)
		track->pid = export->meta->pid;
	else if (pids_have(&export->meta->pids, tid))
		track->pid = tid;
	return 0;
}

static int join(int tid, int with, void *data)
{
	(void)with;
	return seed(tid, NULL, /* hide = */ false, data);
}

int timeline_begin(struct export *export, const struct timeline_writer *writer)
{
	struct timeline *timeline = export->data;

	timeline->writer = writer;
	return meta_tasks(export->meta, seed, join, export);
}

/*
 * Set up the track of a new task. An earlier task with the same id may have
 * left a track.
 */
static int fork_track(struct export *export, const struct event *event)
{
	struct track *child = timeline_track(export->data, event->fork.pid);
	struct track *parent = timeline_track(export->data, event->tid);

	if (!child || !parent)
		return -ENOMEM;
	end_call(export, child);
	child->pid = event->fork.clone_flags & CLONE_THREAD ? parent->pid :
							      child->tid;
	child->named = false;
	return 0;
}

static bool has_length(const struct event *event)
{
	switch (event->kind) {
	case MMAPDEMO_EVENT_DO_MMAP:
	case MMAPDEMO_EVENT_BRK:
	case MMAPDEMO_EVENT_MREMAP:
	case MMAPDEMO_EVENT_DUP_MM:
	case MMAPDEMO_EVENT_EXIT_MMAP:
		return true;
	}
	return false;
}

static void see_time(struct timeline *timeline, const struct event *event)
{
	__u64 begin = event_begin(event);

	if (!timeline->begin || begin < timeline->begin)
		timeline->begin = begin;
	if (event->time > timeline->end)
		timeline->end = event->time;
}

int timeline_event(struct export *export, const struct event *event,
		   const struct space *space)
{
	struct timeline *timeline = export->data;
	struct track *track = timeline_track(timeline, event->tid);
	struct slice slice;
	int err = 0;

	if (!track)
		return -ENOMEM;
	see_time(timeline, event);
	if (event->kind == EVENT_FORK)
		err = fork_track(export, event);
	if (event->kind == EVENT_EXEC)
		track->named = false;
	if (!err && !track->named)
		err = timeline_name(export, track);
	if (err)
		return err;
	if (event->kind == MMAPDEMO_EVENT_PTE_FAULT) {
		put_fault(export, track, event, space);
		return 0;
	}
	if (event->kind == EVENT_FLUSH) {
		slice = slice_of(track, event);
		timeline->writer->instant(export, &slice);
		return 0;
	}
	if (event->kind != MMAPDEMO_EVENT_FAULT_TIME)
		end_call(export, track);
	if (has_length(event)) {
		put_other(export, track, event);
	} else {
		slice = slice_of(track, event);
		timeline->writer->instant(export, &slice);
	}
	return timeline_count(export, track, event);
}

int timeline_end(struct export *export)
{
	struct timeline *timeline = export->data;

	for (struct track *track = timeline->tracks; track;
	     track = track->next)
		end_call(export, track);
	timeline_gaps(export);
	return 0;
}

void timeline_free(struct export *export)
{
	struct timeline *timeline = export->data;

	while (timeline->tracks) {
		struct track *track = timeline->tracks;

		timeline->tracks = track->next;
		free(track);
	}
	ids_free(&timeline->tids);
	timeline_uncount(timeline);
}

void timeline_details(const struct slice *slice,
		      void (*put)(void *data, const char *name,
				  const char *text, bool number),
		      void *data)
{
	const struct event *event = slice->event;
	char text[EXPORT_TEXT_MAX], name[ROW_NAME_MAX];
	const struct field *field;
	bool number;

	if (!event)
		return;
	for (field = event_layouts[event->kind].fields; field->name; field++) {
		number = export_field(field, event, text);
		put(data, field->name, text, number);
	}
	if (!slice->space)
		return;
	summary_where(slice->space, &event->fault, name);
	put(data, "where", format_name(text, sizeof(text), name), false);
	summary_instruction(slice->space, &event->fault, name);
	put(data, "ip_where", format_name(text, sizeof(text), name), false);
}
