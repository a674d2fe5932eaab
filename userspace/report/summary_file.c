// SPDX-License-Identifier: GPL-2.0-only
#include "report/summary_file.h"

#include <errno.h>
#include <string.h>

static int seed(int tid, const struct maps *maps, bool hide, void *data)
{
	struct summary_file *file = data;

	return world_seed(&file->summary.world, tid, maps, hide);
}

static int join(int tid, int with, void *data)
{
	struct summary_file *file = data;

	return world_join(&file->summary.world, tid, with);
}

/* A power of two: so many events are told together. */
#define PROGRESS_EVENTS 4096

static int read_events(struct summary_file *file,
		       const struct summary_visitor *visitor)
{
	const struct event *event;
	struct space *space;
	bool shown;
	int ret, err;

	while ((ret = trace_dat_next(&file->recording, &event)) > 0) {
		err = summary_event(&file->summary, &event, &shown, &space);
		if (!err && shown && visitor)
			err = visitor->event(visitor->data, event, space);
		if (err)
			return err;
		if (!(event->order % PROGRESS_EVENTS) && event->order)
			progress_tell(&file->progress,
				      trace_dat_done(&file->recording),
				      file->recording.bytes);
	}
	return ret;
}

int summary_file_read(struct summary_file *file, const char *path,
		      const struct summary_visitor *visitor)
{
	int err = trace_dat_open(&file->recording, path);

	if (err)
		return err;
	meta_read(&file->meta, file->recording.about);
	symbols_open(&file->symbols, &file->meta);
	file->summary.page_bytes = file->meta.page_bytes;
	file->summary.device.dev = file->meta.dev;
	file->summary.device.ino = file->meta.ino;
	file->summary.stacks = file->recording.decoder.stack;
	file->summary.flushes_known = decoder_knows(&file->recording.decoder,
						    EVENT_FLUSH);
	err = meta_tasks(&file->meta, seed, join, file);
	if (!err && visitor && visitor->begin)
		err = visitor->begin(visitor->data);
	if (!err)
		err = read_events(file, visitor);
	progress_end(&file->progress);
	return err;
}

const char *summary_file_why(const struct summary_file *file, int err)
{
	if (file->recording.why)
		return file->recording.why;
	if (err == -ENODATA)
		return "no call stacks were recorded: record with --stack";
	return err == -EPROTO ? "it is damaged" : strerror(-err);
}

void summary_file_close(struct summary_file *file)
{
	symbols_close(&file->symbols);
	if (file->recording.tep)
		trace_dat_close(&file->recording);
	summary_free(&file->summary);
}
