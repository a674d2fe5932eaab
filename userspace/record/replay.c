// SPDX-License-Identifier: GPL-2.0-only
#include "record/replay.h"

#include <errno.h>
#include <string.h>

static int seed(int tid, const struct maps *maps, bool hide, void *data)
{
	struct replay *replay = data;

	return world_seed(&replay->world, tid, maps, hide);
}

static int join(int tid, int with, void *data)
{
	struct replay *replay = data;

	return world_join(&replay->world, tid, with);
}

/*
 * Return true if the event contradicts itself, which world_event() does not
 * check.
 */
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

/*
 * Return true if @event ends a call that only the events of system calls show: any
 * madvise() or mprotect(), or an mmap() without a do_mmap event. Set @whole to the
 * whole call.
 */
static bool ends_call(struct call *call, const struct event *event,
		      struct event *whole)
{
	if (event->kind == MMAPDEMO_EVENT_DO_MMAP)
		call->entered = false;
	if (event->kind != EVENT_LEAVE + EVENT_CALL_MADVISE &&
	    event->kind != EVENT_LEAVE + EVENT_CALL_MPROTECT &&
	    event->kind != EVENT_LEAVE + EVENT_CALL_MMAP)
		return false;
	*whole = *event;
	return call_leave(call, whole, NULL);
}

static int replay_event(struct replay *replay, const struct event *event,
			const struct replay_visitor *visitor)
{
	const struct event *seen = event->kind < EVENT_SIGNAL ? event : NULL;
	const struct event *call = NULL;
	struct event whole;
	struct scene scene;
	int err;

	if (impossible(event))
		return -EPROTO;
	err = world_event(&replay->world, event, &scene);
	if (err)
		return err;
	if (event->kind >= EVENT_ENTER && event->kind < EVENT_LEAVE)
		call_enter(&scene.task->call, event);
	else if (ends_call(&scene.task->call, event, &whole))
		call = &whole;
	/* An mmap() that failed before do_mmap() is passed only to ->record(). */
	if (call && call->kind != MMAPDEMO_EVENT_DO_MMAP)
		seen = call;
	if (!scene.hidden && (!replay->first ||
			      event_begin(seen ?: event) < replay->first))
		replay->first = event_begin(seen ?: event);
	if (visitor->record)
		err = visitor->record(visitor->data, event, call, &scene);
	if (event->kind >= EVENT_LEAVE)
		scene.task->call.enter.kind = 0;
	if (!err)
		err = world_end(&replay->world, event, &scene);
	return !err && seen && !scene.hidden && visitor->event ?
	       visitor->event(visitor->data, seen, scene.space) : err;
}

/* Number of events between two updates of the displayed progress. */
#define PROGRESS_EVENTS 4096

static int read_events(struct replay *replay,
		       const struct replay_visitor *visitor)
{
	const struct event *event;
	int ret, err;

	while ((ret = trace_dat_next(&replay->recording, &event)) > 0) {
		err = replay_event(replay, event, visitor);
		if (err)
			return err;
		if (!(event->order % PROGRESS_EVENTS) && event->order)
			progress_show(&replay->progress,
				      trace_dat_done(&replay->recording),
				      replay->recording.bytes);
	}
	return ret;
}

int replay_read(struct replay *replay, const char *path,
		const struct replay_visitor *visitor)
{
	int err = trace_dat_open(&replay->recording, path);

	if (err)
		return err;
	meta_read(&replay->meta, replay->recording.about);
	symbols_open(&replay->symbols, &replay->meta);
	err = meta_tasks(&replay->meta, seed, join, replay);
	if (!err && visitor->begin)
		err = visitor->begin(visitor->data);
	if (!err)
		err = read_events(replay, visitor);
	progress_end(&replay->progress);
	return err;
}

const char *replay_why(const struct replay *replay, int err)
{
	if (replay->recording.why)
		return replay->recording.why;
	if (err == -ENODATA)
		return "no call stacks were recorded: record with --stack";
	return err == -EPROTO ? "the recording is damaged" : strerror(-err);
}

void replay_close(struct replay *replay)
{
	symbols_close(&replay->symbols);
	if (replay->recording.tep)
		trace_dat_close(&replay->recording);
	world_free(&replay->world);
	*replay = (struct replay){ 0 };
}
