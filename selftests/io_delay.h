/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compare the waits for I/O of faults with the kernel's delay accounting.
 *
 * Since commit 152e11f6df29 ("sched/fair: Implement delayed dequeue", Linux 6.12), the
 * kernel may miss that a task begins to wait. Then the kernel accounts the time since
 * the begin of an earlier wait, which is more than the time of the access. Accesses for
 * which the kernel accounts more than they took are not compared.
 */
#ifndef _MMAPDEMO_TEST_IO_DELAY_H
#define _MMAPDEMO_TEST_IO_DELAY_H

#include "fault_time.h"
#include "taskstats.h"

struct io_delay {
	__u64 waited;		/* time of the access, in ns */
	__u64 accounted;	/* wait for I/O that the kernel accounts, in ns */
};

/*
 * Depending on the version, the kernel accounts the wait for a swapped page as swap-in,
 * as I/O, or as both.
 */
static inline __u64 io_accounted(const struct taskstats *before,
				 const struct taskstats *after)
{
	__u64 swapin = after->swapin_delay_total - before->swapin_delay_total;
	__u64 blkio = after->blkio_delay_total - before->blkio_delay_total;

	return swapin > blkio ? swapin : blkio;
}

/* Read a byte of each page. Store what each access took in @delays. */
static inline bool io_read(char *pages, size_t count, size_t step,
			   struct io_delay *delays)
{
	struct taskstats before, after;

	if (!taskstats_read(&before))
		return false;
	for (size_t i = 0; i < count; i++) {
		delays[i].waited = timed_access(page_at(pages, i * step), false);
		if (!taskstats_read(&after))
			return false;
		delays[i].accounted = io_accounted(&before, &after);
		before = after;
	}
	return true;
}

/*
 * Return true if the faults of io_read() waited for I/O as long as the kernel accounts.
 * Half of the waits must be comparable.
 */
static inline bool io_is_accounted(const struct trace *trace, const char *pages,
				   size_t count, size_t step,
				   const struct io_delay *delays)
{
	__u64 reported = 0, accounted = 0;
	size_t compared = 0, missed = 0;

	for (size_t i = 0; i < count; i++) {
		const struct event *e = time_at(trace, pages + i * step * page_size());

		if (delays[i].accounted > delays[i].waited) {
			missed++;
			continue;
		}
		if (e && part(e, "io")) {
			reported += part(e, "io");
			compared++;
		}
		accounted += delays[i].accounted;
	}
	if (missed)
		fprintf(stderr, "# the kernel missed the begin of %zu waits\n", missed);
	if (missed <= compared && tick_equal(reported, accounted))
		return true;
	fprintf(stderr, "# %zu waits were compared\n", compared);
	return false;
}

#endif /* _MMAPDEMO_TEST_IO_DELAY_H */
