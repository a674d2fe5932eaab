// SPDX-License-Identifier: GPL-2.0-only
#include "report/summary_file.h"

int summary_file_begin(void *data)
{
	struct summary_file *file = data;

	return summary_begin(&file->summary, &file->replay);
}

int summary_file_event(void *data, const struct event *event,
		       const struct event *call, const struct scene *scene)
{
	struct summary_file *file = data;

	return summary_event(&file->summary, event, call, scene);
}

void summary_file_close(struct summary_file *file)
{
	replay_close(&file->replay);
	summary_free(&file->summary);
}
