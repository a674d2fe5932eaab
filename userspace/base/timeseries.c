// SPDX-License-Identifier: GPL-2.0-only
#include "base/timeseries.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Initial width of the intervals, in ns. */
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

/* Merge each pair of adjacent intervals into one interval. */
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

/*
 * Compare times by their difference, because the start of the time series may
 * be before time 0.
 */
static bool is_before(__u64 a, __u64 b)
{
	return (__s64)(a - b) < 0;
}

static size_t index_of(const struct timeseries *timeseries, __u64 time)
{
	if (is_before(time, timeseries->begin))
		return 0;
	time = (time - timeseries->begin) / timeseries->width;
	return time < TIMESERIES_MOMENTS ? time : TIMESERIES_MOMENTS - 1;
}

/*
 * Return true if the width of the intervals can be doubled without setting the
 * highest bit of the width.
 */
static bool can_widen(const struct timeseries *timeseries)
{
	return !(timeseries->width >> 62);
}

/* Insert intervals before the first interval, so that @time is in an interval. */
static void begin_earlier(struct timeseries *timeseries, __u64 time)
{
	struct moment *moments = timeseries->moments;
	size_t steps;

	for (;;) {
		steps = (timeseries->begin - time - 1) / timeseries->width + 1;
		if (steps + index_of(timeseries, timeseries->end) <
		    TIMESERIES_MOMENTS || !can_widen(timeseries))
			break;
		widen(timeseries);
	}
	memmove(&moments[steps], moments,
		(TIMESERIES_MOMENTS - steps) * sizeof(*moments));
	memset(moments, 0, steps * sizeof(*moments));
	timeseries->begin -= steps * timeseries->width;
}

void timeseries_extend(struct timeseries *timeseries, __u64 begin, __u64 end)
{
	if (!timeseries->width) {
		timeseries->begin = begin;
		timeseries->end = end;
		timeseries->width = WIDTH;
	}
	if (is_before(begin, timeseries->begin))
		begin_earlier(timeseries, begin);
	if (is_before(timeseries->end, end))
		timeseries->end = end;
	while ((timeseries->end - timeseries->begin) / timeseries->width >=
	       TIMESERIES_MOMENTS && can_widen(timeseries))
		widen(timeseries);
}

struct moment *timeseries_at(struct timeseries *timeseries, __u64 time)
{
	return &timeseries->moments[index_of(timeseries, time)];
}

/*
 * In a damaged recording, a duration may begin before the first interval. The
 * whole duration is then added to the interval in which it ended.
 */
void timeseries_spend(struct timeseries *timeseries, __u64 end, __u64 ns)
{
	const size_t last = index_of(timeseries, end);
	__u64 begin = end - ns;
	size_t i = is_before(begin, timeseries->begin) ?
		   last : index_of(timeseries, begin);

	for (; i < last; i++) {
		const __u64 next = timeseries->begin +
				   (i + 1) * timeseries->width;

		timeseries->moments[i].ns += next - begin;
		ns -= next - begin;
		begin = next;
	}
	timeseries->moments[last].ns += ns;
}

int timeseries_count(const struct timeseries *timeseries)
{
	return timeseries->width ?
	       index_of(timeseries, timeseries->end) + 1 : 0;
}

__u64 timeseries_from(const struct timeseries *timeseries, int i, __u64 first)
{
	const __u64 begin = timeseries->begin + i * timeseries->width;

	return is_before(begin, first) ? 0 : begin - first;
}
