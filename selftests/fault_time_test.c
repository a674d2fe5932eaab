// SPDX-License-Identifier: GPL-2.0-only
/*
 * The event fault_time: where the time of slow faults went. Each test makes a fault
 * slow in one way, and compares the parts with what another source says.
 *
 * Depends on: the kernel.
 */
#include "fault_time.h"
#include "io_delay.h"
#include "late.h"
#include "memcg.h"
#include "slow_disk.h"

#include <sys/wait.h>

/* The disk takes this time for each request. */
#define DISK_NS (20 * MS)

FIXTURE(fault_time)
{
	struct trace trace;
	struct slow_disk disk;
};

FIXTURE_SETUP(fault_time)
{
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_EQ(0, prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
}

FIXTURE_TEARDOWN(fault_time)
{
	trace_destroy(&self->trace);
	slow_disk_end(&self->disk);
}

/* ---- disks ---- */

#define DISK_PAGES 1024

/* Create a disk that takes DISK_NS for each request, and map it. */
static const char *map_disk(struct slow_disk *disk, char **map, int advice)
{
	const char *missing = slow_disk_make(disk, DISK_NS, false);
	int fd;

	if (missing)
		return missing;
	fd = open(disk->path, O_RDONLY | O_CLOEXEC);
	*map = mmap(NULL, DISK_PAGES * page_size(), PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	return failed(*map) || madvise(*map, DISK_PAGES * page_size(), advice) ?
		       "the disk can't be mapped" : NULL;
}

TEST_F(fault_time, a_random_read_waits_for_the_disk)
{
	const struct event *e;
	const char *missing;
	__u64 waited;
	char *map;

	missing = map_disk(&self->disk, &map, MADV_RANDOM);
	if (missing)
		SKIP(return, "%s", missing);
	e = timed_touch(&self->trace, page_at(map, 9), false, &waited);
	munmap(map, DISK_PAGES * page_size());
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(sums(e));
	EXPECT_TRUE(mostly(e, "io"));
	EXPECT_LE(DISK_NS, part(e, "io") + part(e, "cpu") + MS);
	EXPECT_LE(time_reported(e), waited);
	EXPECT_EQ(page_size(), event_num(e, "read_bytes"));
	EXPECT_EQ(1, event_num(e, "cache_pages"));
	EXPECT_LE(1, event_num(e, "switches"));
	EXPECT_NE(NULL, strstr(event_value(e, "where"), "filemap"));
}

TEST_F(fault_time, the_time_is_what_the_program_waited)
{
	const char *missing;
	char *map;

	missing = map_disk(&self->disk, &map, MADV_RANDOM);
	if (missing)
		SKIP(return, "%s", missing);
	EXPECT_TRUE(all_near(&self->trace, map, 5, false));
	munmap(map, DISK_PAGES * page_size());
}

/* The kernel's delay accounting is another source for the same waits. */
TEST_F(fault_time, io_is_what_the_kernel_accounts)
{
	struct io_delay delays[10];
	const char *missing;
	char *map;

	missing = map_disk(&self->disk, &map, MADV_RANDOM);
	if (missing)
		SKIP(return, "%s", missing);
	ASSERT_TRUE(trace_begin(&self->trace, "fault_time"));
	if (!io_read(map, 10, 7, delays))
		SKIP(return, "no taskstats");
	ASSERT_TRUE(trace_end(&self->trace));
	munmap(map, DISK_PAGES * page_size());
	EXPECT_LE(10 * DISK_NS, part_sum(&self->trace, "io") +
				part_sum(&self->trace, "cpu") + 10 * MS);
	EXPECT_TRUE(io_is_accounted(&self->trace, map, 10, 7, delays));
}

TEST_F(fault_time, a_sequential_read_waits_for_the_disk)
{
	static struct io_delay delays[DISK_PAGES];
	__u64 bytes = 0, pages = 0;
	const char *missing;
	size_t waits = 0;
	char *map;

	missing = map_disk(&self->disk, &map, MADV_SEQUENTIAL);
	if (missing)
		SKIP(return, "%s", missing);
	ASSERT_TRUE(trace_size(&self->trace, "4096"));
	ASSERT_TRUE(trace_begin(&self->trace, "fault_time"));
	if (!io_read(map, DISK_PAGES, 1, delays))
		SKIP(return, "no taskstats");
	ASSERT_TRUE(trace_end(&self->trace));
	munmap(map, DISK_PAGES * page_size());
	for_each_event(e, &self->trace) {
		EXPECT_TRUE(sums(e));
		waits += part(e, "io") > 0;
		bytes += event_num(e, "read_bytes");
		pages += event_num(e, "cache_pages");
	}
	EXPECT_LT(0, waits);
	/* A fault that does not wait may also ask for pages. */
	EXPECT_GT(DISK_PAGES, waits);
	EXPECT_LT(waits, pages);
	EXPECT_EQ(pages * page_size(), bytes);
	EXPECT_TRUE(io_is_accounted(&self->trace, map, DISK_PAGES, 1, delays));
}

/*
 * madvise() asks for the pages just before the fault. The pages of one request may
 * arrive before the fault, so make a few requests.
 */
TEST_F(fault_time, a_page_that_was_asked_for_before_is_io)
{
	const char *missing;
	size_t waits = 0;
	char *map;

	missing = map_disk(&self->disk, &map, MADV_NORMAL);
	if (missing)
		SKIP(return, "%s", missing);
	ASSERT_TRUE(trace_begin(&self->trace, "fault_time"));
	for (int i = 0; i < 10; i++) {
		ASSERT_EQ(0, madvise(page_at(map, 64 * i), 8 * page_size(),
				     MADV_WILLNEED));
		read_pages(page_at(map, 64 * i + 3), 1);
	}
	ASSERT_TRUE(trace_end(&self->trace));
	munmap(map, DISK_PAGES * page_size());
	for_each_event(e, &self->trace) {
		EXPECT_TRUE(sums(e));
		if (!part(e, "io"))
			continue;
		EXPECT_TRUE(mostly(e, "io"));
		EXPECT_EQ(0, event_num(e, "read_bytes"));
		EXPECT_EQ(0, event_num(e, "cache_pages"));
		waits++;
	}
	EXPECT_LT(0, waits);
}

TEST_F(fault_time, the_event_precedes_the_pte_fault_of_the_same_fault)
{
	const struct event *e, *f;
	const char *missing;
	__u64 waited;
	char *map;

	missing = map_disk(&self->disk, &map, MADV_NORMAL);
	if (missing)
		SKIP(return, "%s", missing);
	e = timed_touch(&self->trace, map, false, &waited);
	f = fault_at(&self->trace, map);
	munmap(map, DISK_PAGES * page_size());
	ASSERT_NE(NULL, e);
	ASSERT_EQ(e + 1, f);
	EXPECT_EQ(event_num(e, "duration"), event_num(f, "duration"));
	EXPECT_EQ(event_num(e, "ip"), event_num(f, "ip"));
	EXPECT_EQ(event_num(e, "mm"), event_num(f, "mm"));
	EXPECT_TRUE(event_is(e, "class", "read"));
	/* read ahead */
	EXPECT_LT(page_size(), event_num(e, "read_bytes"));
	EXPECT_EQ(event_num(e, "read_bytes") / page_size(),
		  event_num(e, "cache_pages"));
}

TEST_F(fault_time, a_fast_fault_has_no_event)
{
	char *map = map_anon(PAGES * page_size());
	size_t slow;

	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(trace_begin(&self->trace, "fault_time pte_fault"));
	write_pages(map, PAGES);
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(PAGES, faults_in(&self->trace, map, PAGES * page_size(), "anon"));
	/* Each event is of a task that was switched out. */
	for_each_event(e, &self->trace)
		if (e->kind == MMAPDEMO_EVENT_FAULT_TIME)
			EXPECT_LE(1, event_num(e, "switches"));
	slow = events_of(&self->trace, MMAPDEMO_EVENT_FAULT_TIME);
	EXPECT_GT(PAGES, slow);
}

/* ---- userfaultfd ---- */

TEST_F(fault_time, a_late_answer_of_userfaultfd_is_sleep)
{
	char *page = map_anon(page_size());
	const struct event *e;
	int fd = uffd_for(page);
	__u64 waited;
	pid_t pid;

	ASSERT_LE(0, fd);
	pid = answer_late(fd);
	e = timed_touch(&self->trace, page, false, &waited);
	ASSERT_EQ(0, wait_for(pid));
	close(fd);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(sums(e));
	EXPECT_TRUE(mostly(e, "sleep"));
	EXPECT_LE(time_reported(e), waited);
	EXPECT_TRUE(event_is(e, "class", "uffd"));
	EXPECT_NE(NULL, strstr(event_value(e, "where"), "handle_userfault"));
	EXPECT_EQ(0, event_num(e, "read_bytes"));
}

/* ---- processors ---- */

#define SPINNERS 8

static void spinners_begin(pid_t *pids)
{
	for (int i = 0; i < SPINNERS; i++) {
		pids[i] = fork_child();
		if (!pids[i])
			while (true)
				getppid();
	}
}

static void spinners_end(const pid_t *pids)
{
	for (int i = 0; i < SPINNERS; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
}

/*
 * Touch a page that is supplied late, while other processes run on this processor.
 * Return the event, and set *@queued to the time for which the task waited for the
 * processor, including the time just before and after the fault.
 */
static const struct event *queued_touch(struct trace *trace, __u64 *queued)
{
	pid_t pid, spinners[SPINNERS];
	char *page = map_anon(page_size());
	int fd = uffd_for(page);
	__u64 before;
	bool done;

	pid = answer_late(fd);
	spinners_begin(spinners);
	done = trace_begin(trace, "fault_time pte_fault");
	time_queued(&before);
	touch(page, false);
	time_queued(queued);
	*queued -= before;
	spinners_end(spinners);
	done &= trace_end(trace) && !wait_for(pid);
	close(fd);
	return done ? time_at(trace, page) : NULL;
}

/* The scheduler's statistics are another source for the wait. */
TEST_F(fault_time, a_full_run_queue_is_cpu)
{
	bool equal = false;
	__u64 queued;

	if (!time_queued(&queued))
		SKIP(return, "the kernel does not count how long tasks wait to run");
	ASSERT_TRUE(run_on(sched_getcpu()));
	for (int i = 0; i < 10 && !equal; i++) {
		const struct event *e = queued_touch(&self->trace, &queued);

		ASSERT_NE(NULL, e);
		EXPECT_TRUE(sums(e));
		EXPECT_LT(LATE_NS, part(e, "sleep") + part(e, "cpu") + MS);
		/* If the task waited only during the fault, the times are equal. */
		equal = part(e, "cpu") > 0 &&
			queued <= part(e, "cpu") + MS + queued / 20 &&
			part(e, "cpu") <= queued + MS;
		if (!equal)
			fprintf(stderr, "# try %d: the task waited %llu ns for the "
				"processor, %llu ns of it during the fault\n", i,
				queued, part(e, "cpu"));
	}
	EXPECT_TRUE(equal);
}

/* Number of task switches, of which a million are made in "make soak". */
static int switches(void)
{
	return getenv("SOAK") ? 1000000 : 20000;
}

/* Exchange bytes with a child, so that each byte causes a task switch. */
static bool ping_pong(int count)
{
	int there[2], back[2];
	pid_t pid;
	char byte;

	if (pipe(there) || pipe(back))
		return false;
	pid = fork_child();
	if (!pid) {
		close(there[1]);
		while (read(there[0], &byte, 1) == 1)
			if (write(back[1], &byte, 1) != 1)
				_exit(1);
		_exit(0);
	}
	for (int i = 0; i < count / 2; i++)
		if (write(there[1], "", 1) != 1 || read(back[0], &byte, 1) != 1)
			return false;
	close(there[1]);
	close(there[0]);
	close(back[0]);
	close(back[1]);
	return !wait_for(pid);
}

/* While a task sleeps in a fault, each switch looks for the data of the next task. */
TEST_F(fault_time, many_task_switches_do_no_harm)
{
	char *page = map_anon(page_size());
	struct uffdio_zeropage zero = {
		.range = { .start = (uintptr_t)page, .len = page_size() },
	};
	int fd = uffd_for(page);
	struct uffd_msg message;
	const struct event *e;
	pid_t pid;

	ASSERT_LE(0, fd);
	ASSERT_TRUE(run_on(sched_getcpu()));
	/* The child switches tasks while its parent is in the fault. */
	pid = fork_child();
	if (!pid) {
		if (read(fd, &message, sizeof(message)) != sizeof(message) ||
		    !ping_pong(switches()))
			_exit(1);
		_exit(!!ioctl(fd, UFFDIO_ZEROPAGE, &zero));
	}
	ASSERT_TRUE(trace_begin(&self->trace, "fault_time pte_fault"));
	touch(page, false);
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_EQ(0, wait_for(pid));
	close(fd);
	e = time_at(&self->trace, page);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(sums(e));
	EXPECT_TRUE(mostly(e, "sleep"));
}

/* ---- memory ---- */

#define LIMIT (16 << 20)

TEST_F(fault_time, a_limit_of_memory_is_reclaim)
{
	const char *missing = memcg_missing();
	size_t reclaims = 0, size = 2 * LIMIT;
	struct taskstats before, after;
	__u64 reclaimed = 0, accounted, reclaim;
	char memcg[64], text[32];
	char *map;
	int fd;

	if (missing)
		SKIP(return, "%s", missing);
	if (!taskstats_read(&before))
		SKIP(return, "no taskstats");
	ASSERT_TRUE(memcg_create(memcg, sizeof(memcg)));
	snprintf(text, sizeof(text), "%d", LIMIT);
	ASSERT_TRUE(memcg_put(memcg, "memory.max", text));
	snprintf(text, sizeof(text), "%d", getpid());
	ASSERT_TRUE(memcg_put(memcg, "cgroup.procs", text));
	fd = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	ASSERT_EQ(0, ftruncate(fd, size));
	map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(trace_size(&self->trace, "8192"));
	ASSERT_TRUE(taskstats_read(&before));
	ASSERT_TRUE(trace_begin(&self->trace, "fault_time"));
	read_pages(map, size / page_size());
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_TRUE(taskstats_read(&after));
	put(CGROUP "/cgroup.procs", text);
	munmap(map, size);
	close(fd);
	rmdir(memcg);
	for_each_event(e, &self->trace) {
		EXPECT_TRUE(sums(e));
		reclaims += part(e, "reclaim") > 0;
		reclaimed += event_num(e, "reclaimed");
	}
	EXPECT_LT(0, reclaims);
	/* What does not fit was reclaimed. */
	EXPECT_LE((size - LIMIT) / page_size() / 2, reclaimed);
	/*
	 * The kernel's accounting includes waits for a processor during reclaim, and a
	 * little time before and after each of many short reclaims.
	 */
	reclaim = part_sum(&self->trace, "reclaim") +
		  part_sum(&self->trace, "reclaim_sleep");
	accounted = after.freepages_delay_total - before.freepages_delay_total;
	EXPECT_LE(reclaim, accounted + accounted / 20 + TICK);
	EXPECT_LE(accounted, reclaim + reclaim / 10 + TICK +
		  part_sum(&self->trace, "cpu"));
}

TEST_HARNESS_MAIN
