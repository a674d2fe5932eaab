// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waits for mmap_lock: the event mmap_lock_wait, and the fields lock_before, holder
 * and holder_nr of fault_time. A thread changes the protection of a large mapping, or
 * unmaps many mappings. The test is a real-time task, so that it interrupts the thread
 * while the thread holds mmap_lock.
 *
 * Depends on: the kernel.
 */
#include "count.h"
#include "fault_time.h"

#include <pthread.h>
#include <sched.h>

#define TRIES 200
#define LARGE (64 << 20)

/* Number of mappings that one munmap() call unmaps. */
#define MANY 1024

/* Offset between the pages that are touched, each of which is a VMA of its own. */
#define STRIDE 3

struct writer {
	void (*write)(struct writer *writer);
	int cpu;
	char *map;
	_Atomic bool inside;	/* the thread is in the call, or just before it */
	_Atomic bool stop;
	_Atomic pid_t tid;
	pthread_t thread;
};

FIXTURE(lock)
{
	struct trace trace;
	struct writer writer;
	char *pages;
};

FIXTURE_VARIANT(lock)
{
	void (*write)(struct writer *writer);
	int nr;		/* number of the system call in which the lock is held */
	int cpu;	/* processor of the thread */
};

static void protect(struct writer *writer)
{
	writer->inside = true;
	mprotect(writer->map, LARGE, PROT_READ);
	mprotect(writer->map, LARGE, PROT_READ | PROT_WRITE);
}

/* The kernel removes all VMAs of the range before it may downgrade the lock. */
static void unmap(struct writer *writer)
{
	char *map = writer->map;

	mmap(map, MANY * page_size(), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
	     -1, 0);
	for (int i = 0; i < MANY; i += 2)
		mprotect(page_at(map, i), page_size(), PROT_NONE);
	writer->inside = true;
	munmap(map, MANY * page_size());
	writer->inside = false;
}

FIXTURE_VARIANT_ADD(lock, mprotect) { .write = protect, .nr = SYS_mprotect, .cpu = 0 };

/* The kernel may be preempted in mprotect(), but not while it removes VMAs. */
FIXTURE_VARIANT_ADD(lock, munmap) { .write = unmap, .nr = SYS_munmap, .cpu = 1 };

static void *writer_run(void *data)
{
	struct writer *writer = data;

	run_on(writer->cpu);
	writer->tid = gettid();
	while (!writer->stop)
		writer->write(writer);
	return NULL;
}

static bool writer_begin(struct writer *writer)
{
	/* While the range is unmapped, the test must map nothing there. */
	writer->map = hole(LARGE, page_size());
	return mmap(writer->map, LARGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_FIXED_NOREPLACE,
		    -1, 0) == writer->map &&
	       !pthread_create(&writer->thread, NULL, writer_run, writer);
}

/* Run before all tasks without real-time priority. */
static bool real_time(bool on)
{
	const struct sched_param param = { .sched_priority = on };

	return !sched_setscheduler(0, on ? SCHED_FIFO : SCHED_OTHER, &param);
}

/* Sleep until the thread is probably in its call. */
static void let_run(const struct writer *writer, int try)
{
	struct timespec delay = { .tv_nsec = 1000000 + try * 17000 };

	do {
		nanosleep(&delay, NULL);
		delay.tv_nsec = 50000;
	} while (!writer->inside);
}

FIXTURE_SETUP(lock)
{
	size_t length = (STRIDE * TRIES + 1) * page_size();

	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_EQ(0, prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	ASSERT_TRUE(run_on(0));
	self->pages = mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_FALSE(failed(self->pages));
	/* The first fault in a VMA without an anon_vma needs mmap_lock. */
	for (int i = 0; i < TRIES; i++)
		ASSERT_EQ(0, mprotect(page_at(self->pages, STRIDE * i + 1),
				      page_size(), PROT_READ | PROT_WRITE));
	self->writer.write = variant->write;
	self->writer.cpu = variant->cpu;
	ASSERT_TRUE(writer_begin(&self->writer));
	while (!self->writer.tid)
		sched_yield();
	ASSERT_TRUE(real_time(true));
}

FIXTURE_TEARDOWN(lock)
{
	real_time(false);
	self->writer.stop = true;
	pthread_join(self->writer.thread, NULL);
	trace_destroy(&self->trace);
}

static bool held_by_writer(const struct event *event, const struct writer *writer, int nr)
{
	return event_num(event, "holder") == (__u64)writer->tid &&
	       event_num(event, "holder_nr") == (__u64)nr;
}

/* The kernel shows waits for locks, except PREEMPT_RT before Linux 5.19. */
#define SKIP_WITHOUT_LOCKS(cpu)						\
	if (!access("/sys/kernel/realtime", F_OK) && kernel_before(5, 19)) \
		SKIP(return, "this kernel does not show waits for locks"); \
	if (sysconf(_SC_NPROCESSORS_ONLN) <= (cpu))			\
		SKIP(return, "needs two processors")

TEST_F(lock, a_fault_that_waits_for_mmap_lock_has_the_holder)
{
	size_t waits = 0, held = 0, close = 0, holders = 0;
	__u64 waited[TRIES];

	SKIP_WITHOUT_LOCKS(variant->cpu);
	ASSERT_TRUE(trace_begin(&self->trace, "fault_time mmap_lock_wait pte_fault"));
	for (int i = 0; i < TRIES; i++) {
		let_run(&self->writer, i);
		waited[i] = timed_access(page_at(self->pages, STRIDE * i + 1), true);
	}
	ASSERT_TRUE(trace_end(&self->trace));
	for_each_event(e, &self->trace)
		if (e->kind == MMAPDEMO_EVENT_MMAP_LOCK_WAIT) {
			EXPECT_EQ(0, event_num(e, "write"));
			EXPECT_EQ(1, event_num(e, "fault"));
			waits++;
		}
	for (int i = 0; i < TRIES; i++) {
		const struct event *e = time_at(&self->trace,
						page_at(self->pages, STRIDE * i + 1));

		if (!e || !event_num(e, "holder"))
			continue;
		EXPECT_TRUE(sums(e));
		EXPECT_LT(0, part(e, "lock_before") + part(e, "lock"));
		EXPECT_LE(time_reported(e), waited[i]);
		holders++;
		close += mainly(e, waited[i]);
		held += held_by_writer(e, &self->writer, variant->nr);
	}
	fprintf(stderr, "# %zu of %d faults waited, %zu with the holder; %zu of %zu "
		"are most of what the program waited\n", waits, TRIES, held, close, holders);
	EXPECT_LT(0, waits);
	EXPECT_LT(0, held);
	EXPECT_LE(holders, 2 * close);
}

TEST_F(lock, a_counter_counts_the_wait_before_a_fault)
{
	struct mmapdemo_faults faults;
	int fd = device_open(O_RDWR), counter;
	__u64 before = 0;

	SKIP_WITHOUT_LOCKS(variant->cpu);
	ASSERT_LE(0, fd);
	counter = count_open(fd, getpid(), MMAPDEMO_COUNT_PARTS);
	ASSERT_LE(0, counter);
	for (int i = 0; i < TRIES; i++) {
		let_run(&self->writer, i);
		touch_write(page_at(self->pages, STRIDE * i + 1));
	}
	ASSERT_TRUE(count_read(counter, &faults));
	close(counter);
	close(fd);
	EXPECT_TRUE(faults.known & 1 << MMAPDEMO_PART_LOCK);
	for (__u32 i = 0; i < faults.classes; i++)
		before += faults.parts[i].lock_before +
			  faults.parts[i].part[MMAPDEMO_PART_LOCK];
	EXPECT_LT(0, before);
}

TEST_F(lock, a_call_that_waits_for_mmap_lock_has_the_holder)
{
	size_t waits = 0, held = 0;

	SKIP_WITHOUT_LOCKS(variant->cpu);
	ASSERT_TRUE(trace_begin(&self->trace, "mmap_lock_wait"));
	for (int i = 0; i < TRIES; i++) {
		let_run(&self->writer, i);
		munmap(page_at(self->pages, STRIDE * i + 1), page_size());
	}
	ASSERT_TRUE(trace_end(&self->trace));
	for_each_event(e, &self->trace) {
		if (event_num(e, "fault"))	/* of this program's own memory */
			continue;
		EXPECT_EQ(1, event_num(e, "write"));
		EXPECT_EQ(SYS_munmap, event_num(e, "nr"));
		waits++;
		held += held_by_writer(e, &self->writer, variant->nr);
	}
	EXPECT_LT(0, waits);
	/* Most of the time, munmap() holds the lock for reading. */
	if (variant->nr != SYS_munmap)
		EXPECT_LT(0, held);
}

TEST_HARNESS_MAIN
