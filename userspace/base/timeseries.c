// SPDX-License-Identifier: GPL-2.0-only
#include "base/timeseries.h"

#include <string.h>

/* Width of the first moments, in ns. */
#define WIDTH 1024

static void add(struct moment *to, const struct moment *moment)
{
	to->faults += moment->faults;
	to->ns += moment->ns;
	to->filled += moment->filled;
	to->around += moment->around;
	to->tables += moment->tables;
	if (to->vmas < moment->vmas)
		to->vmas = moment->vmas;
}

/* Merge pairs of moments. */
static void widen(struct timeseries *timeseries)
{
	struct moment *moments = timeseries->moments;

	for (int i = 0; i < TIMESERIES_MOMENTS / 2; i++) {
		struct moment pair = moments[2 * i];

		add(&pair, &moments[2 * i + 1]);
		moments[i] = pair;
	}
	memset(&moments[TIMESERIES_MOMENTS / 2], 0,
	       TIMESERIES_MOMENTS / 2 * sizeof(*moments));
	timeseries->width *= 2;
}

struct moment *timeseries_at(struct timeseries *timeseries, __u64 time)
{
	if (!timeseries->width) {
		timeseries->begin = time;
		timeseries->width = WIDTH;
	}
	if (time < timeseries->begin)
		time = timeseries->begin;
	/* The highest bit of the width is never set, so the width can't overflow. */
	while ((time - timeseries->begin) / timeseries->width >=
	       TIMESERIES_MOMENTS && !(timeseries->width >> 62))
		widen(timeseries);
	time = (time - timeseries->begin) / timeseries->width;
	return &timeseries->moments[time < TIMESERIES_MOMENTS ?
				    time : TIMESERIES_MOMENTS - 1];
}

int timeseries_count(const struct timeseries *timeseries, __u64 time)
{
	if (!timeseries->width)
		return 0;
	if (time < timeseries->begin)
		return 1;
	time = (time - timeseries->begin) / timeseries->width + 1;
	return time < TIMESERIES_MOMENTS ? time : TIMESERIES_MOMENTS;
}
