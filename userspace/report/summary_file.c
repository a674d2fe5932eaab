// SPDX-License-Identifier: GPL-2.0-only
#include "report/summary_file.h"

#include <errno.h>
#include <string.h>

static int seed(int tid, const struct maps *maps, bool hide, void *data)
{
	struct digest_file *file = data;

	return world_seed(&file->digest.world, tid, maps, hide);
}

static int join(int tid, int with, void *data)
{
	struct digest_file *file = data;

	return world_join(&file->digest.world, tid, with);
}

/* A power of two: so many events are told together. */
#define PROGRESS_EVENTS 4096

static int read_events(struct digest_file *file,
		       const struct digest_visitor *visitor)
{
	const struct event *event;
	struct space *space;
	bool shown;
	int ret, err;

	while ((ret = recording_next(&file->recording, &event)) > 0) {
		err = digest_event(&file->digest, &event, &shown, &space);
		if (!err && shown && visitor)
			err = visitor->event(visitor->data, event, space);
		if (err)
			return err;
		if (!(event->order % PROGRESS_EVENTS) && event->order)
			progress_tell(&file->progress,
				      recording_done(&file->recording),
				      file->recording.bytes);
	}
	return ret;
}

int digest_file_read(struct digest_file *file, const char *path,
		     const struct digest_visitor *visitor)
{
	int err = recording_open(&file->recording, path);

	if (err)
		return err;
	told_read(&file->told, file->recording.about);
	symbols_open(&file->symbols, &file->told);
	file->digest.page_bytes = file->told.page_bytes;
	file->digest.device.dev = file->told.dev;
	file->digest.device.ino = file->told.ino;
	file->digest.stacks = file->recording.decoder.stack;
	file->digest.flushes_known = decoder_knows(&file->recording.decoder,
						   EVENT_FLUSH);
	err = told_tasks(&file->told, seed, join, file);
	if (!err && visitor && visitor->begin)
		err = visitor->begin(visitor->data);
	if (!err)
		err = read_events(file, visitor);
	progress_end(&file->progress);
	return err;
}

const char *digest_file_why(const struct digest_file *file, int err)
{
	if (file->recording.why)
		return file->recording.why;
	if (err == -ENODATA)
		return "no call stacks were recorded: record with --stack";
	return err == -EPROTO ? "it is damaged" : strerror(-err);
}

void digest_file_close(struct digest_file *file)
{
	symbols_close(&file->symbols);
	if (file->recording.tep)
		recording_close(&file->recording);
	digest_free(&file->digest);
}
