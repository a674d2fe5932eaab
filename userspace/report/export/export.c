// SPDX-License-Identifier: GPL-2.0-only
#include "report/export/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct export_format *const formats[] = {
	&export_csv, &export_folded, &export_folded_waits, &export_chrome,
	&export_perfetto, &export_openmetrics,
};

const struct export_format *export_format(int number)
{
	return number < (int)(sizeof(formats) / sizeof(formats[0])) ?
	       formats[number] : NULL;
}

/* Return @err if @err is not 0, or else the error of any earlier write. */
static int result(const struct export *export, int err)
{
	if (!err && ferror(export->out))
		return errno ? -errno : -EIO;
	return err;
}

int export_begin(struct export *export, const char *names)
{
	int err = comms_read(&export->comms, names);

	export->data = calloc(1, export->format->data_size + 1);
	if (!export->data)
		err = -ENOMEM;
	if (!err && export->format->begin)
		err = export->format->begin(export);
	return result(export, err);
}

int export_event(struct export *export, const struct event *event,
		 const struct space *space)
{
	int err;

	if (event->kind > EVENT_FLUSH)
		return 0;
	err = comms_event(&export->comms, event);

	if (!err)
		err = export->format->event(export, event, space);
	return result(export, err);
}

int export_end(struct export *export)
{
	return result(export, export->format->end(export));
}

void export_free(struct export *export)
{
	if (export->data && export->format->free)
		export->format->free(export);
	free(export->data);
	comms_free(&export->comms);
}
