// SPDX-License-Identifier: GPL-2.0-only
/*
 * MMAPDEMO_IOC_COUNT counts faults by class and duration. Each fault of a
 * counted process is counted exactly once, in its class, and has exactly one
 * event. Faults of other processes are not counted.
 *
 * Depends on: the kernel.
 */
#include "count.h"

#include <pthread.h>

/* ---- counted faults ---- */

FIXTURE(count)
{
	int fd;
	char fault_around[32];
};

FIXTURE_SETUP(count)
{
	self->fd = device_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_TRUE(small_faults(self->fault_around,
				 sizeof(self->fault_around)));
}

FIXTURE_TEARDOWN(count)
{
	put(FAULT_AROUND, self->fault_around);
	close(self->fd);
}

/*
 * A function that touches PAGES pages, and the class of the faults that it
 * causes.
 */
FIXTURE_VARIANT(count)
{
	int class;
	bool device;
	int flags;
	void (*touch)(volatile char *base, size_t pages);
};

static void reads(volatile char *base, size_t pages)
{
	read_pages(base, pages);
}

FIXTURE_VARIANT_ADD(count, anon)
{
	.class = MMAPDEMO_FAULT_ANON, .touch = write_pages,
};

FIXTURE_VARIANT_ADD(count, anon_zero)
{
	.class = MMAPDEMO_FAULT_ANON_ZERO, .touch = reads,
};

FIXTURE_VARIANT_ADD(count, read)
{
	.class = MMAPDEMO_FAULT_READ, .device = true, .flags = MAP_SHARED,
	.touch = reads,
};

FIXTURE_VARIANT_ADD(count, shared)
{
	.class = MMAPDEMO_FAULT_SHARED, .device = true, .flags = MAP_SHARED,
	.touch = write_pages,
};

FIXTURE_VARIANT_ADD(count, cow)
{
	.class = MMAPDEMO_FAULT_COW, .device = true, .flags = MAP_PRIVATE,
	.touch = write_pages,
};

static char *map_variant(int fd, const FIXTURE_VARIANT(count) *variant)
{
	return variant->device ? device_map(fd, PAGES, variant->flags, 0) :
				 map_anon(PAGES * page_size());
}

TEST_F(count, each_fault_is_counted_once_in_its_class)
{
	int counter = count_open(self->fd, 0, 0);
	struct mmapdemo_faults before, after;
	char *map;

	ASSERT_LE(0, counter);
	/* The first round of the loop touches the memory that the loop itself needs. */
	for (int round = 0; round < 2; round++) {
		map = map_variant(self->fd, variant);
		ASSERT_FALSE(failed(map));
		ASSERT_TRUE(count_read(counter, &after));
		ASSERT_TRUE(count_read(counter, &before));
		variant->touch(map, PAGES);
		ASSERT_TRUE(count_read(counter, &after));
	}
	EXPECT_EQ(PAGES, faults_of(&after) - faults_of(&before));
	for (__u32 i = 0; i < MMAPDEMO_CLASSES_MAX; i++)
		EXPECT_EQ((int)i == variant->class ? PAGES : 0,
			  after.class[i].count - before.class[i].count);
	EXPECT_EQ(0, after.missed);
	EXPECT_LT(before.elapsed, after.elapsed);
	EXPECT_LE(after.class[variant->class].total -
		  before.class[variant->class].total,
		  after.elapsed - before.elapsed);
	close(counter);
}

/*
 * If both a counter and a trace are active, the number of counted faults equals
 * the number of events in each class.
 */
TEST_F(count, there_are_as_many_faults_as_events)
{
	static const char *const names[] = {
#define EM(value, name) [value] = name,
#define EMe EM
		MMAPDEMO_FAULT_CLASSES
#undef EM
#undef EMe
	};
	struct mmapdemo_faults before, after;
	char *map = map_variant(self->fd, variant);
	__u64 events[MMAPDEMO_FAULT_CLASS_COUNT] = { 0 };
	struct trace trace;
	int counter;

	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(trace_create(&trace));
	counter = count_open(self->fd, 0, 0);
	ASSERT_LE(0, counter);
	variant->touch(map_anon(page_size()), 1);
	ASSERT_TRUE(count_read(counter, &after));
	ASSERT_TRUE(trace_begin(&trace, "pte_fault"));
	ASSERT_TRUE(count_read(counter, &before));
	variant->touch(map, PAGES);
	ASSERT_TRUE(count_read(counter, &after));
	ASSERT_TRUE(trace_end(&trace));
	for (size_t i = 0; i < trace.count; i++)
		for (int class = 0; class < MMAPDEMO_FAULT_CLASS_COUNT; class++)
			if (fault_within(&trace.events[i], map,
					 PAGES * page_size()))
				events[class] += event_is(&trace.events[i],
							  "class",
							  names[class]);
	EXPECT_EQ(PAGES, events[variant->class]);
	for (int class = 0; class < MMAPDEMO_FAULT_CLASS_COUNT; class++) {
		EXPECT_EQ(events[class], after.class[class].count -
			  before.class[class].count) {
			TH_LOG("class %s", names[class]);
		}
	}
	close(counter);
	trace_destroy(&trace);
}

/* ---- counted processes ---- */

/* A child that touches its pages on request, and then reports to the test. */
struct worker {
	pid_t pid;
	int go;		/* the test writes a request to @go */
	int done;	/* the test reads the report from @done */
};

/* Work on request. If @deep is true, an orphaned grandchild does the work. */
static void worker_run(int go, int done, bool deep)
{
	char byte;

	while (read(go, &byte, 1) == 1) {
		pid_t pid = deep ? fork() : 0;

		if (pid) {
			waitpid(pid, NULL, 0);
			continue;
		}
		if (deep && fork())
			_exit(0);
		work();
		if (write(done, "", 1) != 1 || deep)
			_exit(0);
	}
	_exit(0);
}

static bool worker_start(struct worker *worker, bool deep)
{
	int go[2], done[2];

	if (pipe2(go, O_CLOEXEC) || pipe2(done, O_CLOEXEC))
		return false;
	worker->pid = fork_child();
	if (!worker->pid) {
		prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
		close(go[1]);
		close(done[0]);
		worker_run(go[0], done[1], deep);
	}
	close(go[0]);
	close(done[1]);
	worker->go = go[1];
	worker->done = done[0];
	return worker->pid > 0;
}

static bool worker_works(struct worker *worker)
{
	char byte;

	return write(worker->go, "", 1) == 1 &&
	       read(worker->done, &byte, 1) == 1;
}

static void worker_end(struct worker *worker)
{
	kill(worker->pid, SIGKILL);
	wait_for(worker->pid);
	close(worker->go);
	close(worker->done);
}

FIXTURE(tree)
{
	int fd;
	struct worker worker;
	struct worker deep;
};

FIXTURE_SETUP(tree)
{
	self->fd = device_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	ASSERT_TRUE(worker_start(&self->worker, false));
	ASSERT_TRUE(worker_start(&self->deep, true));
	/*
	 * After its first work, a worker can wait without causing any more
	 * faults.
	 */
	ASSERT_TRUE(worker_works(&self->worker));
	ASSERT_TRUE(worker_works(&self->deep));
}

FIXTURE_TEARDOWN(tree)
{
	worker_end(&self->worker);
	worker_end(&self->deep);
	close(self->fd);
}

TEST_F(tree, other_processes_are_not_counted)
{
	int counter = count_open(self->fd, self->worker.pid, 0);
	/* The second counter counts all processes. */
	int all = count_open(self->fd, 0, MMAPDEMO_COUNT_ALL);

	ASSERT_LE(0, counter);
	ASSERT_LE(0, all);
	work();
	ASSERT_TRUE(worker_works(&self->deep));
	EXPECT_EQ(0, count_sum(counter));
	EXPECT_LE(2 * PAGES, count_of(all, MMAPDEMO_FAULT_ANON));
	ASSERT_TRUE(worker_works(&self->worker));
	EXPECT_EQ(PAGES, count_of(counter, MMAPDEMO_FAULT_ANON));
	close(all);
	close(counter);
}

TEST_F(tree, existing_children_are_counted)
{
	int counter = count_open(self->fd, 0, 0);
	__u64 before;

	ASSERT_LE(0, counter);
	work();
	before = count_of(counter, MMAPDEMO_FAULT_ANON);
	ASSERT_TRUE(worker_works(&self->worker));
	EXPECT_EQ(before + PAGES, count_of(counter, MMAPDEMO_FAULT_ANON));
	close(counter);
}

TEST_F(tree, later_children_are_counted_even_without_parents)
{
	int counter = count_open(self->fd, self->deep.pid, 0);

	ASSERT_LE(0, counter);
	for (__u64 round = 1; round <= 3; round++) {
		ASSERT_TRUE(worker_works(&self->deep));
		/* The start of a new process causes faults, too. */
		EXPECT_LE(round * PAGES,
			  count_of(counter, MMAPDEMO_FAULT_ANON));
		EXPECT_GT(round * 2 * PAGES,
			  count_of(counter, MMAPDEMO_FAULT_ANON));
	}
	close(counter);
}

TEST_F(tree, all_processes_are_counted_on_request)
{
	int counter = count_open(self->fd, 0, MMAPDEMO_COUNT_ALL);
	__u64 before;

	ASSERT_LE(0, counter);
	before = count_of(counter, MMAPDEMO_FAULT_ANON);
	work();
	ASSERT_TRUE(worker_works(&self->worker));
	ASSERT_TRUE(worker_works(&self->deep));
	EXPECT_LE(before + 3 * PAGES, count_of(counter, MMAPDEMO_FAULT_ANON));
	close(counter);
}

static void *work_until(void *stop)
{
	while (!*(volatile bool *)stop)
		work();
	return NULL;
}

TEST_F(tree, threads_are_counted_and_snapshots_are_consistent)
{
	int counter = count_open(self->fd, 0, 0);
	struct mmapdemo_faults faults;
	bool stop = false;
	pthread_t thread;
	__u64 last = 0;

	ASSERT_LE(0, counter);
	ASSERT_EQ(0, pthread_create(&thread, NULL, work_until, &stop));
	while (last < 100 * PAGES) {
		const struct mmapdemo_latency *anon;
		__u64 count = 0, least = 0, most = 0, low;

		ASSERT_TRUE(count_read(counter, &faults));
		anon = &faults.class[MMAPDEMO_FAULT_ANON];
		for (int i = 0; i < MMAPDEMO_LATENCY_BUCKETS; i++) {
			low = i ? 1ULL << (i - 1) : 0;
			count += anon->buckets[i];
			least += anon->buckets[i] * low;
			most += anon->buckets[i] * (i ? 2 * low - 1 : 0);
			if (anon->buckets[i])
				ASSERT_LE(low, anon->max);
		}
		ASSERT_EQ(count, anon->count);
		ASSERT_LE(least, anon->total);
		ASSERT_GE(most, anon->total);
		ASSERT_LE(last, count);
		last = count;
	}
	stop = true;
	pthread_join(thread, NULL);
	close(counter);
}

TEST_HARNESS_MAIN
