// SPDX-License-Identifier: GPL-2.0-only
/*
 * Output of what a recording lacks, as slices of a timeline. Each slice is as
 * long as the recording, because the kernel counts lost events, but does not
 * record when these events were lost.
 */
#include "base/format.h"
#include "report/export/timeline.h"

typedef unsigned long long ull;

static void put_gap(struct export *export, unsigned int *number,
		    const char *text)
{
	const struct timeline *timeline = export->data;

	timeline->writer->gap(export, (*number)++, text, timeline->begin,
			      timeline->end);
}

void timeline_gaps(struct export *export)
{
	const struct meta *meta = export->meta;
	char text[EXPORT_TEXT_MAX];
	unsigned int number = 0;

	if (meta->lost) {
		snprintf(text, sizeof(text), "%llu event%s lost",
			 (ull)meta->lost, meta->lost == 1 ? " was" : "s were");
		put_gap(export, &number, text);
	}
	if (meta->missed) {
		snprintf(text, sizeof(text), "%llu kernel function call%s not observed",
			 (ull)meta->missed,
			 meta->missed == 1 ? " was" : "s were");
		put_gap(export, &number, text);
	}
	for (size_t i = 0; i < meta->gaps; i++)
		put_gap(export, &number, format_name(text, sizeof(text),
						     meta_gap(meta, i)));
}
