// SPDX-License-Identifier: GPL-2.0-only
#include "base/timeseries.h"

#include <string.h>

/* Of the first moments, ns. */
#define WIDTH 1024

static void add(struct moment *to, const struct moment *moment)
{
	to->faults += moment->faults;
	to->ns += moment->ns;
	to->filled += moment->filled;
	to->tables += moment->tables;
	if (to->vmas < moment->vmas)
		to->vmas = moment->vmas;
}

/* Two become one. */
static void widen(struct history *history)
{
	struct moment *moments = history->moments;

	for (int i = 0; i < HISTORY_MOMENTS / 2; i++) {
		struct moment pair = moments[2 * i];

		add(&pair, &moments[2 * i + 1]);
		moments[i] = pair;
	}
	memset(&moments[HISTORY_MOMENTS / 2], 0,
	       HISTORY_MOMENTS / 2 * sizeof(*moments));
	history->width *= 2;
}

struct moment *history_at(struct history *history, __u64 time)
{
	if (!history->width) {
		history->begin = time;
		history->width = WIDTH;
	}
	if (time < history->begin)
		time = history->begin;
	/* The highest bit is never set: no width overflows. */
	while ((time - history->begin) / history->width >= HISTORY_MOMENTS &&
	       !(history->width >> 62))
		widen(history);
	time = (time - history->begin) / history->width;
	return &history->moments[time < HISTORY_MOMENTS ?
				 time : HISTORY_MOMENTS - 1];
}

int history_count(const struct history *history, __u64 time)
{
	if (!history->width)
		return 0;
	if (time < history->begin)
		return 1;
	time = (time - history->begin) / history->width + 1;
	return time < HISTORY_MOMENTS ? time : HISTORY_MOMENTS;
}
