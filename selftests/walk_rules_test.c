// SPDX-License-Identifier: GPL-2.0-only
/*
 * MMAPDEMO_IOC_WALK: privileges, refused requests, and walks through memory
 * that changes during the walk.
 *
 * Depends on: the kernel.
 */
#include "fault.h"
#include "walk.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

#define HUGE (2 * MIB)
#define ROOM 64

/* MADV_COLLAPSE exists since Linux 6.1. */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

FIXTURE(walk)
{
	int fd;
	char *page;	/* PAGES pages; all of them were written to */
	struct walked walked;
	struct mmapdemo_run run[ROOM];
	struct mmapdemo_walk walk;	/* walk through @page; stores to @run */
};

FIXTURE_SETUP(walk)
{
	self->fd = device_open(O_RDONLY);
	ASSERT_LE(0, self->fd);
	self->page = map_anon(PAGES * page_size());
	ASSERT_FALSE(failed(self->page));
	write_pages(self->page, PAGES);
	memset(self->run, 0xcc, sizeof(self->run));
	self->walk = (struct mmapdemo_walk){
		.size = sizeof(self->walk),
		.start = (uintptr_t)self->page,
		.end = (uintptr_t)self->page + PAGES * page_size(),
		.runs = (uintptr_t)self->run,
		.room = ROOM,
	};
}

FIXTURE_TEARDOWN(walk)
{
	walked_free(&self->walked);
	close(self->fd);
}

/* ---- arguments ---- */

/*
 * Return the errno of a failed walk. Check that the walk has not changed the
 * structure.
 */
static int refused(int fd, const struct mmapdemo_walk *walk)
{
	struct {
		struct mmapdemo_walk walk;
		char after[4096];
	} copy = { .walk = *walk };

	if (!ioctl(fd, MMAPDEMO_IOC_WALK, &copy))
		return 0;
	return memcmp(&copy.walk, walk, sizeof(*walk)) ? -1 : errno;
}

#define EXPECT_REFUSED(error, ...)					\
do {									\
	struct mmapdemo_walk bad = self->walk;				\
									\
	__VA_ARGS__;							\
	EXPECT_EQ(error, refused(self->fd, &bad)) {			\
		TH_LOG("%s", #__VA_ARGS__);				\
	}								\
} while (0)

TEST_F(walk, impossible_requests_are_refused)
{
	ASSERT_EQ(0, refused(self->fd, &self->walk));
	EXPECT_REFUSED(EINVAL, bad.start++);
	EXPECT_REFUSED(EINVAL, bad.end -= 8);
	EXPECT_REFUSED(EINVAL, bad.start = bad.end + page_size());
	EXPECT_REFUSED(EINVAL, bad.room = MMAPDEMO_RUNS_MIN - 1);
	EXPECT_REFUSED(EINVAL, bad.room = 0);
	EXPECT_REFUSED(EINVAL, bad.levels = 0x20);
	EXPECT_REFUSED(EINVAL, bad.levels = ~0U);
	EXPECT_REFUSED(EINVAL, bad.flags = 2);
	EXPECT_REFUSED(EINVAL, bad.reserved = 1);
	EXPECT_REFUSED(EINVAL, bad.size = sizeof(bad) - 1);
	EXPECT_REFUSED(EINVAL, bad.size = 0);
	EXPECT_REFUSED(E2BIG, bad.size = page_size() + 1);
	EXPECT_REFUSED(ESRCH, bad.pid = ~0U);
	EXPECT_REFUSED(EFAULT, bad.runs = 0);
	EXPECT_REFUSED(EFAULT, bad.runs = -page_size());
	EXPECT_EQ(-1, ioctl(self->fd, MMAPDEMO_IOC_WALK, NULL));
	EXPECT_EQ(EFAULT, errno);
}

/*
 * A longer structure comes from a program that is newer than this module. If an
 * additional member is not 0, it may request a feature that this module does
 * not support.
 */
TEST_F(walk, unknown_members_of_a_longer_structure_must_be_zero)
{
	struct {
		struct mmapdemo_walk walk;
		__u64 more;
	} longer = { .walk = self->walk };

	longer.walk.size = sizeof(longer);
	EXPECT_EQ(0, ioctl(self->fd, MMAPDEMO_IOC_WALK, &longer));
	EXPECT_EQ(sizeof(longer), longer.walk.size);
	longer.walk.start = self->walk.start;
	longer.more = 1;
	EXPECT_EQ(-1, ioctl(self->fd, MMAPDEMO_IOC_WALK, &longer));
	EXPECT_EQ(E2BIG, errno);
}

TEST_F(walk, a_walk_says_where_it_stopped)
{
	struct mmapdemo_walk walk = self->walk;
	struct mmapdemo_run *after = &self->run[MMAPDEMO_RUNS_MIN];

	walk.room = MMAPDEMO_RUNS_MIN;
	/* Each page is a separate run. */
	for (size_t i = 0; i < PAGES; i += 2)
		ASSERT_EQ(0, mprotect(page_at(self->page, i), page_size(),
				      PROT_READ));
	ASSERT_EQ(0, ioctl(self->fd, MMAPDEMO_IOC_WALK, &walk));
	EXPECT_EQ(MMAPDEMO_RUNS_MIN, walk.count);
	EXPECT_TRUE(all_bytes(after, 0xcc, sizeof(*after)));
	EXPECT_LT(self->walk.start, walk.start);
	EXPECT_GT(self->walk.end, walk.start);
	EXPECT_EQ(MMAPDEMO_WALK_CONTINUE, walk.flags);
	EXPECT_EQ(run_end(&self->run[walk.count - 1]), walk.start);
	EXPECT_EQ(self->walk.end, walk.end);
}

TEST_F(walk, an_empty_range_has_no_runs)
{
	struct mmapdemo_walk walk = self->walk;

	walk.end = walk.start;
	walk.count = 77;
	ASSERT_EQ(0, ioctl(self->fd, MMAPDEMO_IOC_WALK, &walk));
	EXPECT_EQ(0, walk.count);
	EXPECT_EQ(walk.end, walk.start);
	EXPECT_TRUE(all_bytes(self->run, 0xcc, sizeof(self->run)));
}

/*
 * One call is enough for this large range, because the walk visits only mapped
 * memory and skips missing tables.
 */
TEST_F(walk, empty_entries_are_skipped)
{
	size_t length = 64UL << 40;
	char *range = mmap(NULL, length, PROT_READ,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	struct mmapdemo_walk walk = self->walk;
	int pages = 0;

	ASSERT_FALSE(failed(range));
	madvise(range, length, MADV_NOHUGEPAGE);
	read_pages(range + length / 2, 1);
	walk.start = (uintptr_t)range;
	walk.end = walk.start + length;
	ASSERT_EQ(0, ioctl(self->fd, MMAPDEMO_IOC_WALK, &walk));
	EXPECT_EQ(walk.end, walk.start);
	/*
	 * Each run is in a table on the path to the page. Some tables on the
	 * path are shared with neighbouring mappings.
	 */
	EXPECT_GE(3 * device_info(self->fd).levels, walk.count);
	for (__u32 i = 0; i < walk.count; i++) {
		if (self->run[i].level != MMAPDEMO_LEVEL_PTE)
			continue;
		EXPECT_EQ((uintptr_t)range + length / 2, self->run[i].address);
		EXPECT_EQ(1, self->run[i].count);
		pages++;
	}
	EXPECT_EQ(1, pages);
	ASSERT_EQ(0, munmap(range, length));

	/*
	 * The address range of a process ends below these addresses, so there
	 * are no entries.
	 */
	walk.start = 1ULL << 62;
	walk.end = -page_size();
	ASSERT_EQ(0, ioctl(self->fd, MMAPDEMO_IOC_WALK, &walk));
	EXPECT_EQ(walk.end, walk.start);
	EXPECT_EQ(0, walk.count);
}

/* ---- processes ---- */

TEST_F(walk, a_walk_needs_a_process)
{
	pid_t child;

	/* kthreadd has no address space. */
	EXPECT_REFUSED(ESRCH, bad.pid = 2);
	child = fork_child();
	ASSERT_LE(0, child);
	if (!child)
		for (;;)
			pause();
	EXPECT_REFUSED(0, bad.pid = child);
	ASSERT_EQ(0, kill(child, SIGKILL));
	wait_for(child);
	EXPECT_REFUSED(ESRCH, bad.pid = child);
}

TEST_F(walk, our_own_pid_can_be_walked)
{
	self->walk.pid = getpid();
	ASSERT_EQ(0, walk_range(self->fd, &self->walk, &self->walked));
	EXPECT_EQ(PAGES, walked_entries(&self->walked, MMAPDEMO_LEVEL_PTE));
	EXPECT_EQ(pfn_of(self->page),
		  walked_leaf(&self->walked, self->page)->frame);
}

/* Walk as user nobody, through a descriptor that root opened. */
static int walk_unprivileged(int fd, struct mmapdemo_walk *walk)
{
	struct walked walked;

	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		return 1;
	walk->pid = getppid();
	if (refused(fd, walk) != EPERM)
		return 2;
	/*
	 * The process may see its own entries, but without page frames. Each
	 * level is therefore a single run.
	 */
	walk->pid = 0;
	if (walk_range(fd, walk, &walked))
		return 3;
	if (walked_entries(&walked, MMAPDEMO_LEVEL_PTE) != PAGES ||
	    walked.count != device_info(fd).levels)
		return 4;
	for (size_t i = 0; i < walked.count; i++)
		if (walked.run[i].frame || walked.run[i].swap)
			return 5;
	return 0;
}

TEST_F(walk, frames_and_other_processes_need_the_capability)
{
	pid_t pid = fork_child();

	ASSERT_LE(0, pid);
	if (!pid)
		_exit(walk_unprivileged(self->fd, &self->walk));
	EXPECT_EQ(0, wait_for(pid));
}

/* ---- races ---- */

/* Fork a process that fills page tables until the process is killed. */
static pid_t victim(void)
{
	pid_t pid = fork_child();

	if (pid)
		return pid;
	for (;;) {
		char *page = map_anon(8 * HUGE);

		for (size_t i = 0; i < 8; i++)
			write_pages(page + i * HUGE, PAGES);
		munmap(page, 8 * HUGE);
	}
}

TEST_F(walk, a_process_may_exit_meanwhile)
{
	struct mmapdemo_walk walk = {
		.end = -page_size(), .room = MMAPDEMO_RUNS_MIN,
	};
	int err;

	for (int round = 0; round < 10; round++) {
		walk.pid = victim();
		ASSERT_LT(0, (int)walk.pid);
		ASSERT_EQ(0, walk_range(self->fd, &walk, &self->walked));
		EXPECT_LT(0, self->walked.count);
		walked_free(&self->walked);

		ASSERT_EQ(0, kill(walk.pid, SIGKILL));
		do {
			err = walk_range(self->fd, &walk, &self->walked);
			walked_free(&self->walked);
		} while (!err);
		EXPECT_EQ(ESRCH, err);
		wait_for(walk.pid);
	}
}

/* Memory that changes during the walk, until @stop is true. */
struct storm {
	volatile bool stop;
	char *range;	/* room for 3 huge pages; the first two change */
	char *thp;	/* a huge page that is created and split repeatedly */
};

static void *storm_map(void *data)
{
	struct storm *storm = data;

	while (!storm->stop) {
		mmap(storm->range, 2 * HUGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		write_pages(storm->range, PAGES);
		write_pages(storm->range + HUGE, PAGES);
		munmap(storm->range, HUGE);
		madvise(storm->range + HUGE, HUGE, MADV_DONTNEED);
	}
	return NULL;
}

static void *storm_thp(void *data)
{
	struct storm *storm = data;

	while (!storm->stop) {
		write_pages(storm->thp, 3);
		madvise(storm->thp, HUGE, MADV_COLLAPSE);
		madvise(page_at(storm->thp, 7), page_size(), MADV_DONTNEED);
		mprotect(storm->thp, page_size(), PROT_READ);
		mprotect(storm->thp, page_size(), PROT_READ | PROT_WRITE);
		madvise(storm->thp, HUGE, MADV_DONTNEED);
	}
	return NULL;
}

static char *map_aligned(size_t length)
{
	char *range = hole(length, HUGE);

	return mmap(range, length, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

/*
 * Let a separate process change the memory, so that the pages of the test
 * itself do not change.
 */
static pid_t storm_start(struct storm *storm)
{
	pthread_t threads[2];
	pid_t pid = fork_child();

	if (pid)
		return pid;
	pthread_create(&threads[0], NULL, storm_map, storm);
	pthread_create(&threads[1], NULL, storm_thp, storm);
	for (;;)
		pause();
}

TEST_F(walk, unchanged_pages_in_a_storm_are_always_shown)
{
	struct storm storm = {
		.range = map_aligned(3 * HUGE),
		.thp = map_aligned(HUGE),
	};
	struct mmapdemo_walk walk = { .end = -page_size(), .room = 100 };
	char *still = storm.range + 2 * HUGE;

	ASSERT_FALSE(failed(storm.range) || failed(storm.thp));
	madvise(storm.thp, HUGE, MADV_HUGEPAGE);
	write_pages(still, PAGES);
	walk.pid = storm_start(&storm);
	ASSERT_LT(0, (int)walk.pid);
	for (int round = 0; round < 200; round++) {
		ASSERT_EQ(0, walk_range(self->fd, &walk, &self->walked));
		for (size_t i = 0; i < PAGES; i++)
			ASSERT_NE(NULL, walked_leaf(&self->walked,
						    page_at(still, i)));
		walked_free(&self->walked);
	}
	kill(walk.pid, SIGKILL);
	wait_for(walk.pid);
}

TEST_HARNESS_MAIN
