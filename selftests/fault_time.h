/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for tests of the event fault_time: its parts, and what the program's own
 * clock says.
 */
#ifndef _MMAPDEMO_TEST_FAULT_TIME_H
#define _MMAPDEMO_TEST_FAULT_TIME_H

#include "fault.h"

#include <time.h>

#define MS 1000000ULL

/* Precision of the kernel's delay accounting */
#define TICK (10 * MS)

static const char *const parts[] = {
	"work", "reclaim", "compaction", "reclaim_sleep", "io", "sleep", "lock", "cpu"
};

#define PART_COUNT (sizeof(parts) / sizeof(parts[0]))

/* Return a part in ns, or 0 if it is not known. */
static inline __u64 part(const struct event *event, const char *name)
{
	long long ns = strtoll(event_value(event, name), NULL, 0);

	return ns < 0 ? 0 : ns;
}

/* Return true if the known parts of a fault sum to its duration. */
static inline bool sums(const struct event *event)
{
	__u64 sum = 0;

	for (size_t i = 0; i < PART_COUNT; i++)
		sum += part(event, parts[i]);
	if (sum == event_num(event, "duration"))
		return true;
	fprintf(stderr, "# the sum is %llu: %s\n", sum, event->fields);
	return false;
}

/* Return true if the part is the largest part of the fault. */
static inline bool mostly(const struct event *event, const char *name)
{
	for (size_t i = 0; i < PART_COUNT; i++)
		if (part(event, parts[i]) > part(event, name)) {
			fprintf(stderr, "# %s is not the largest: %s\n", name,
				event->fields);
			return false;
		}
	return true;
}

/* Return the fault_time of the fault in a page, or NULL. */
static inline const struct event *time_at(const struct trace *trace,
					  const void *page)
{
	for_each_event(e, trace)
		if (e->kind == MMAPDEMO_EVENT_FAULT_TIME &&
		    event_num(e, "address") - (uintptr_t)page < page_size())
			return e;
	return NULL;
}

static inline __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 * MS + now.tv_nsec;
}

/* Read or write a byte. Return the time that the program waited. */
static inline __u64 timed_access(volatile char *page, bool write)
{
	__u64 start = now_ns();

	if (write)
		*page = 0x5a;
	else
		(void)*page;
	return now_ns() - start;
}

/*
 * Trace an access to a page. Store the time that the program waited. Return the
 * event, or NULL if there is none.
 */
static inline const struct event *timed_touch(struct trace *trace, char *page,
					      bool write, __u64 *waited)
{
	timed_access(map_anon(page_size()), true);
	if (!trace_begin(trace, "fault_time pte_fault"))
		return NULL;
	*waited = timed_access(page, write);
	return trace_end(trace) ? time_at(trace, page) : NULL;
}

/* Return the time of a fault, with the wait for mmap_lock before the fault. */
static inline __u64 time_reported(const struct event *event)
{
	return event_num(event, "duration") + part(event, "lock_before");
}

/*
 * Return true if the event reports what the program waited, except the entry into the
 * kernel: at most 5 % or 50 us.
 */
static inline bool near(const struct event *event, __u64 waited)
{
	__u64 reported = time_reported(event);
	__u64 most = waited / 20 > 50000 ? waited / 20 : 50000;

	return reported <= waited && waited - reported <= most;
}

/*
 * Return true if the event reports at least half of what the program waited, and not
 * more. The rest of a wait of less than a few ms is long: the entry into the kernel, and
 * the output of the events. Emulated processors spend most time there.
 */
static inline bool mainly(const struct event *event, __u64 waited)
{
	__u64 reported = time_reported(event);

	return reported <= waited && reported >= waited / 2;
}

/*
 * Trace accesses to ACCESSES pages, which are @stride pages apart. Then test whether
 * the events report what the program waited. The test may be interrupted just before or
 * after a fault, so only most accesses must be near.
 */
#define ACCESSES 7

static inline bool all_near(struct trace *trace, char *map, size_t stride, bool write)
{
	__u64 waited[ACCESSES];
	int close = 0;

	timed_access(map_anon(page_size()), true);
	if (!trace_begin(trace, "fault_time pte_fault"))
		return false;
	for (int i = 0; i < ACCESSES; i++)
		waited[i] = timed_access(page_at(map, i * stride), write);
	if (!trace_end(trace))
		return false;
	for (int i = 0; i < ACCESSES; i++) {
		const struct event *e = time_at(trace, page_at(map, i * stride));

		if (!e || !near(e, waited[i]))
			fprintf(stderr, "# access %d waited %llu ns: %s\n", i, waited[i],
				e ? e->fields : "no event");
		if (!e || time_reported(e) > waited[i] || !sums(e))
			return false;
		close += near(e, waited[i]);
	}
	return close > ACCESSES / 2;
}

/* Return true if two times are equal within a tick, and within 5 %. */
static inline bool tick_equal(__u64 one, __u64 other)
{
	__u64 most = TICK + other / 20;

	if (one <= other + most && other <= one + most)
		return true;
	fprintf(stderr, "# %llu ns is not %llu ns\n", one, other);
	return false;
}

/* Return the sum of a part over all events. */
static inline __u64 part_sum(const struct trace *trace, const char *name)
{
	__u64 sum = 0;

	for_each_event(e, trace)
		if (e->kind == MMAPDEMO_EVENT_FAULT_TIME)
			sum += part(e, name);
	return sum;
}

#define SCHEDSTAT "/proc/thread-self/schedstat"

/*
 * Store for how long the task has waited for a processor, in ns. Return false if the
 * kernel does not count it (CONFIG_SCHED_INFO).
 */
static inline bool time_queued(__u64 *queued)
{
	char *text = slurp(SCHEDSTAT);
	unsigned long long ran = 0, waited = 0;

	if (text)
		sscanf(text, "%llu %llu", &ran, &waited);
	free(text);
	*queued = waited;
	return ran;
}

#endif /* _MMAPDEMO_TEST_FAULT_TIME_H */
