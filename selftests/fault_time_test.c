// SPDX-License-Identifier: GPL-2.0-only
/*
 * The event fault_time: where the time of slow faults went. Each test makes a fault
 * slow in one way, and compares the parts with what another source says.
 *
 * Depends on: the kernel.
 */
#include "fault.h"
#include "late.h"
#include "memcg.h"

#include <sys/wait.h>
#include <time.h>

#define MS 1000000ULL

/* The disk takes this time for each request. */
#define DISK_NS (20 * MS)

FIXTURE(fault_time)
{
	struct trace trace;
};

FIXTURE_SETUP(fault_time)
{
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_EQ(0, prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
}

FIXTURE_TEARDOWN(fault_time)
{
	trace_destroy(&self->trace);
}

static const char *const parts[] = {
	"work", "reclaim", "compaction", "reclaim_sleep", "io", "sleep", "lock", "cpu"
};

#define PART_COUNT (sizeof(parts) / sizeof(parts[0]))

/* Return a part in ns, or 0 if it is not known. */
static __u64 part(const struct event *event, const char *name)
{
	long long ns = strtoll(event_value(event, name), NULL, 0);

	return ns < 0 ? 0 : ns;
}

/* Return true if the known parts of a fault sum to its duration. */
static bool sums(const struct event *event)
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
static bool mostly(const struct event *event, const char *name)
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
static const struct event *time_at(const struct trace *trace, const void *page)
{
	for_each_event(e, trace)
		if (e->kind == MMAPDEMO_EVENT_FAULT_TIME &&
		    event_num(e, "address") - (uintptr_t)page < page_size())
			return e;
	return NULL;
}

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 * MS + now.tv_nsec;
}

/*
 * Trace a touch of a page. Store the time that the program waited. Return the
 * event, or NULL if there is none.
 */
static const struct event *timed_touch(struct trace *trace, char *page, bool write,
				       __u64 *waited)
{
	char *warm = map_anon(page_size());
	__u64 start;

	if (!trace_begin(trace, "fault_time pte_fault"))
		return NULL;
	touch(warm, true);
	start = now_ns();
	touch(page, write);
	*waited = now_ns() - start;
	return trace_end(trace) ? time_at(trace, page) : NULL;
}

/*
 * Return true if the duration is near to what the program waited. The rest is the
 * exception, and the signal mask that touch() saves, which takes long in an emulator.
 */
static bool near(const struct event *event, __u64 waited)
{
	__u64 reported = event_num(event, "duration") + part(event, "lock_before");

	if (reported <= waited && waited - reported <= waited / 5 + MS)
		return true;
	fprintf(stderr, "# the program waited %llu ns: %s\n", waited, event->fields);
	return false;
}

/* Return for how long the task has waited for a processor, in ns. */
static __u64 time_queued(void)
{
	char *text = slurp("/proc/self/schedstat");
	unsigned long long queued = 0;

	if (text)
		sscanf(text, "%*u %llu", &queued);
	free(text);
	return queued;
}

/* ---- disks ---- */

/* Return a descriptor of a disk that takes DISK_NS for each request, or -1. */
static int slow_disk(void)
{
	if (access("/dev/nullb0", F_OK))
		system("modprobe -q null_blk nr_devices=1 irqmode=2 queue_mode=2 "
		       "completion_nsec=20000000 gb=1 submit_queues=1");
	return open("/dev/nullb0", O_RDONLY | O_CLOEXEC);
}

static void slow_disk_end(int fd)
{
	close(fd);
	system("rmmod null_blk");
}

TEST_F(fault_time, a_random_read_waits_for_the_disk)
{
	const struct event *e;
	int fd = slow_disk();
	__u64 waited;
	char *map;

	if (fd < 0)
		SKIP(return, "no null_blk");
	map = mmap(NULL, 64 * page_size(), PROT_READ, MAP_PRIVATE, fd, 0);
	ASSERT_FALSE(failed(map));
	ASSERT_EQ(0, madvise(map, 64 * page_size(), MADV_RANDOM));
	e = timed_touch(&self->trace, page_at(map, 9), false, &waited);
	munmap(map, 64 * page_size());
	slow_disk_end(fd);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(sums(e));
	EXPECT_TRUE(mostly(e, "io"));
	EXPECT_LE(DISK_NS, part(e, "io") + part(e, "cpu") + MS);
	EXPECT_TRUE(near(e, waited));
	EXPECT_EQ(page_size(), event_num(e, "read_bytes"));
	EXPECT_EQ(1, event_num(e, "cache_pages"));
	EXPECT_LE(1, event_num(e, "switches"));
	EXPECT_NE(NULL, strstr(event_value(e, "where"), "filemap"));
}

TEST_F(fault_time, the_event_precedes_the_pte_fault_of_the_same_fault)
{
	const struct event *e, *f;
	int fd = slow_disk();
	__u64 waited;
	char *map;

	if (fd < 0)
		SKIP(return, "no null_blk");
	map = mmap(NULL, page_size(), PROT_READ, MAP_PRIVATE, fd, 0);
	ASSERT_FALSE(failed(map));
	e = timed_touch(&self->trace, map, false, &waited);
	f = fault_at(&self->trace, map);
	munmap(map, page_size());
	slow_disk_end(fd);
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
	EXPECT_TRUE(near(e, waited));
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

TEST_F(fault_time, a_full_run_queue_is_cpu)
{
	char *page = map_anon(page_size());
	pid_t pid, spinners[SPINNERS];
	const struct event *e;
	int fd = uffd_for(page);
	__u64 queued;

	ASSERT_LE(0, fd);
	ASSERT_TRUE(run_on(sched_getcpu()));
	pid = answer_late(fd);
	ASSERT_TRUE(trace_begin(&self->trace, "fault_time pte_fault"));
	spinners_begin(spinners);
	queued = time_queued();
	touch(page, false);
	queued = time_queued() - queued;
	spinners_end(spinners);
	ASSERT_TRUE(trace_end(&self->trace));
	e = time_at(&self->trace, page);
	ASSERT_EQ(0, wait_for(pid));
	close(fd);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(sums(e));
	EXPECT_LT(0, part(e, "cpu"));
	/* The task may also wait before and after the fault. */
	EXPECT_LE(part(e, "cpu"), queued + MS);
	EXPECT_LT(LATE_NS, part(e, "sleep") + part(e, "cpu") + MS);
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
	char memcg[64], text[32];
	__u64 reclaimed = 0;
	char *map;
	int fd;

	if (missing)
		SKIP(return, "%s", missing);
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
	ASSERT_TRUE(trace_begin(&self->trace, "fault_time"));
	read_pages(map, size / page_size());
	ASSERT_TRUE(trace_end(&self->trace));
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
}

TEST_HARNESS_MAIN
