// SPDX-License-Identifier: GPL-2.0-only
/* Tracks of the threads of a timeline, and their names. */
#include "base/format.h"
#include "report/export/timeline.h"

#include <errno.h>
#include <stdlib.h>

struct track *timeline_track(struct timeline *timeline, __u32 tid)
{
	struct track *track = ids_find(&timeline->tids, tid);

	if (track)
		return track;
	track = calloc(1, sizeof(*track));
	if (!track || ids_set(&timeline->tids, tid, track)) {
		free(track);
		return NULL;
	}
	track->tid = track->pid = tid;
	track->next = timeline->tracks;
	timeline->tracks = track;
	return track;
}

static void name_one(struct export *export, struct track *track)
{
	const struct timeline *timeline = export->data;
	char name[4 * COMM_MAX];

	format_name(name, sizeof(name),
		    comms_name(&export->comms, track->tid));
	timeline->writer->thread(export, track, name);
	track->named = true;
}

/*
 * Name the first thread of a process before the other threads, because the name
 * of the first thread is also the name of the process. The first thread's own
 * @pid is not used: in an inconsistent recording, it may be the id of another
 * process.
 */
int timeline_name(struct export *export, struct track *track)
{
	struct track *first = timeline_track(export->data, track->pid);

	if (!first)
		return -ENOMEM;
	if (!first->named)
		name_one(export, first);
	if (!track->named)
		name_one(export, track);
	return 0;
}
