// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions that grow, shrink and get holes while they are mapped. Removed pages
 * disappear from all mappings at once. The other pages stay mapped.
 *
 * Depends on: the kernel.
 */
#include "device.h"
#include "region.h"
#include "walk.h"

#include <pthread.h>

/*
 * The tests resize the region between these two sizes:
 *
 *	0            half                 whole
 *	| stays      | removed and added  |
 */
FIXTURE(resize)
{
	int fd;
	size_t half;	/* number of pages in one half */
	size_t whole;
	char *map;
};

FIXTURE_VARIANT(resize)
{
	__u32 by;
	size_t half;
	bool private;
};

FIXTURE_VARIANT_ADD(resize, page)
{
	.by = MMAPDEMO_BY_PAGE, .half = PAGES, .private = true,
};

FIXTURE_VARIANT_ADD(resize, insert)
{
	.by = MMAPDEMO_BY_INSERT, .half = PAGES, .private = true,
};

FIXTURE_VARIANT_ADD(resize, pfn)
{
	.by = MMAPDEMO_BY_PFN, .half = PAGES,
};

FIXTURE_VARIANT_ADD(resize, around)
{
	.by = MMAPDEMO_BY_AROUND, .half = PAGES, .private = true,
};

FIXTURE_VARIANT_ADD(resize, huge)
{
	.by = MMAPDEMO_BY_HUGE, .half = 512,
};

FIXTURE_SETUP(resize)
{
	self->half = variant->half;
	self->whole = 2 * self->half;
	self->fd = region_open(self->whole * page_size(), variant->by);
	ASSERT_LE(0, self->fd);
	self->map = device_map(self->fd, self->whole, MAP_SHARED, 0);
	ASSERT_FALSE(failed(self->map));
}

FIXTURE_TEARDOWN(resize)
{
	close(self->fd);
}

static int resize(int fd, size_t pages)
{
	return region_resize(fd, pages * page_size());
}

/*
 * Return how many of the pages are mapped in the page table of a process.
 * Return -1 if the number is unknown. /proc/PID/pagemap does not show pages
 * that are mapped by frame number.
 */
static long mapped_in(pid_t pid, int fd, const char *first, size_t pages)
{
	struct mmapdemo_walk walk = {
		.start = (uintptr_t)first,
		.end = (uintptr_t)first + pages * page_size(),
		.room = 1024,
		.pid = pid,
		.levels = MMAPDEMO_LEVEL_PTE | MMAPDEMO_LEVEL_PMD,
	};
	struct walked walked;
	long count = walk_range(fd, &walk, &walked) ? -1 : 0;

	for (size_t i = 0; count >= 0 && i < walked.count; i++)
		if (!(walked.run[i].entry & MMAPDEMO_ENTRY_TABLE))
			count += walked.run[i].count <<
				 (level_shift(walked.run[i].level) - 12);
	walked_free(&walked);
	return count;
}

static long mapped(int fd, const char *first, size_t pages)
{
	return mapped_in(0, fd, first, pages);
}

/* ---- the end ---- */

TEST_F(resize, removed_pages_are_sigbus_and_return_as_zeros)
{
	char byte;

	write_pages(self->map, self->whole);
	ASSERT_EQ(0, resize(self->fd, self->half));
	EXPECT_EQ(self->half * page_size(), device_stat(self->fd).bytes);
	EXPECT_EQ(self->half, device_stat(self->fd).resident_pages);
	EXPECT_EQ(0, touch_read(page_at(self->map, self->half - 1)));
	EXPECT_EQ(SIGBUS, touch_read(page_at(self->map, self->half)));
	EXPECT_EQ(SIGBUS, touch_write(page_at(self->map, self->whole - 1)));
	EXPECT_EQ(0, pread(self->fd, &byte, 1, self->half * page_size()));
	EXPECT_EQ(-1, pwrite(self->fd, "x", 1, self->half * page_size()));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ((off_t)(self->half * page_size()),
		  lseek(self->fd, 0, SEEK_END));

	ASSERT_EQ(0, resize(self->fd, self->whole));
	EXPECT_EQ(self->half, device_stat(self->fd).resident_pages);
	for (size_t i = 0; i < self->whole; i++)
		ASSERT_EQ(i < self->half ? (char)i : 0,
			  *page_at(self->map, i));
}

TEST_F(resize, a_region_grows_under_a_mapping)
{
	char *map = device_map(self->fd, self->whole + self->half, MAP_SHARED,
			       0);

	ASSERT_FALSE(failed(map));
	write_pages(map, self->whole);
	EXPECT_EQ(SIGBUS, touch_write(page_at(map, self->whole)));
	ASSERT_EQ(0, resize(self->fd, self->whole + self->half));
	EXPECT_EQ(0, touch_write(page_at(map, self->whole)));
	EXPECT_EQ(1, *page_at(map, 1));
}

TEST_F(resize, every_process_loses_removed_pages)
{
	struct bystander child;
	long had;

	write_pages(self->map, self->whole);
	EXPECT_EQ((long)self->whole,
		  mapped(self->fd, self->map, self->whole));
	/*
	 * With some methods, fork() copies the page table entries, so that the
	 * child has mapped pages without any touch.
	 */
	ASSERT_TRUE(bystander_fork(&child));
	had = mapped_in(child.pid, self->fd, self->map, self->half);
	ASSERT_EQ(0, resize(self->fd, self->half));
	EXPECT_EQ(0, mapped(self->fd, page_at(self->map, self->half),
			    self->half));
	EXPECT_EQ(0, mapped_in(child.pid, self->fd,
			       page_at(self->map, self->half), self->half));
	EXPECT_EQ(had, mapped_in(child.pid, self->fd, self->map, self->half));
	EXPECT_EQ((long)self->half, mapped(self->fd, self->map, self->half));
	EXPECT_TRUE(bystander_end(&child));
}

TEST_F(resize, private_copies_of_removed_pages_are_lost_too)
{
	char *private = device_map(self->fd, self->whole, MAP_PRIVATE, 0);

	ASSERT_EQ(!variant->private, failed(private));
	if (failed(private))
		return;
	write_pages(private, self->whole);
	/*
	 * When a page is removed from the region, private copies of the page
	 * are lost, too.
	 */
	ASSERT_EQ(0, region_punch(self->fd, self->whole - 1, self->whole));
	ASSERT_EQ(0, resize(self->fd, self->half));
	EXPECT_EQ(SIGBUS, touch_read(page_at(private, self->half)));
	EXPECT_EQ(SIGBUS, touch_read(page_at(private, self->whole - 1)));
	EXPECT_EQ((char)(self->half - 1),
		  *page_at(private, self->half - 1));
	ASSERT_EQ(0, resize(self->fd, self->whole));
	EXPECT_EQ(0, *page_at(private, self->whole - 1));
}

TEST_F(resize, impossible_sizes_are_refused)
{
	EXPECT_EQ(-1, region_resize(self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, region_resize(self->fd, page_size() - 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, region_resize(self->fd, 1ULL << 62));
	EXPECT_EQ(EFBIG, errno);
	if (variant->by == MMAPDEMO_BY_HUGE) {
		EXPECT_EQ(-1, resize(self->fd, 1));
		EXPECT_EQ(EINVAL, errno);
		EXPECT_EQ(-1, region_punch(self->fd, 0, 1));
		EXPECT_EQ(EINVAL, errno);
	}
	EXPECT_EQ(self->whole * page_size(), device_stat(self->fd).bytes);
}

TEST(a_region_mapped_at_once_keeps_its_size)
{
	static const __u32 fixed[] = { MMAPDEMO_BY_REMAP, MMAPDEMO_BY_PREPARE };

	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++) {
		int fd = region_open(PAGES * page_size(), fixed[i]);

		ASSERT_LE(0, fd);
		EXPECT_EQ(-1, resize(fd, PAGES - 1));
		EXPECT_EQ(EOPNOTSUPP, errno);
		EXPECT_EQ(-1, region_punch(fd, 0, 1));
		EXPECT_EQ(EOPNOTSUPP, errno);
		close(fd);
	}
}

/* ---- holes ---- */

TEST_F(resize, a_hole_is_zeros_again)
{
	size_t first = self->half, end = self->whole;
	char byte = 'x';

	write_pages(self->map, self->whole);
	ASSERT_EQ(0, region_punch(self->fd, first, end));
	EXPECT_EQ((long)first, region_resident(self->fd, 0, self->whole));
	EXPECT_EQ(0, mapped(self->fd, page_at(self->map, first), end - first));
	EXPECT_EQ(1, pread(self->fd, &byte, 1, first * page_size()));
	EXPECT_EQ(0, byte);
	for (size_t i = 0; i < self->whole; i++)
		ASSERT_EQ(i < first ? (char)i : 0, *page_at(self->map, i));
	EXPECT_EQ(0, touch_write(page_at(self->map, first)));
	EXPECT_EQ(self->whole * page_size(), device_stat(self->fd).bytes);
}

TEST_F(resize, a_hole_leaves_private_copies)
{
	char *private = device_map(self->fd, self->whole, MAP_PRIVATE, 0);

	ASSERT_EQ(!variant->private, failed(private));
	if (failed(private))
		return;
	write_pages(self->map, self->whole);
	strcpy(page_at(private, 3), "mine");
	EXPECT_EQ(4, *page_at(private, 4));
	ASSERT_EQ(0, region_punch(self->fd, 2, 6));
	EXPECT_STREQ("mine", page_at(private, 3));
	EXPECT_EQ(0, *page_at(private, 4));
	EXPECT_EQ(6, *page_at(private, 6));
}

TEST_F(resize, ranges_of_holes_are_checked)
{
	EXPECT_EQ(0, region_punch(self->fd, 0, 0));
	EXPECT_EQ(-1, region_punch(self->fd, self->half, 0));
	EXPECT_EQ(EINVAL, errno);
	/* The part of a range past the end of the region is ignored. */
	write_pages(self->map, self->whole);
	EXPECT_EQ(0, region_punch(self->fd, self->half, 4 * self->whole));
	EXPECT_EQ(0, region_punch(self->fd, self->whole, 4 * self->whole));
	EXPECT_EQ((long)self->half, region_resident(self->fd, 0, self->whole));
}

/* ---- resident pages ---- */

TEST(pages_are_shown_with_their_frames)
{
	int fd = region_open(PAGES * page_size(), MMAPDEMO_BY_PAGE);
	char *map = device_map(fd, PAGES, MAP_SHARED, 0);
	__u64 shown[PAGES + 3];

	ASSERT_FALSE(failed(map));
	for (size_t i = 0; i < PAGES; i += 3)
		EXPECT_EQ(0, touch_write(page_at(map, i)));
	/*
	 * The query itself must not allocate pages. The query shows no pages
	 * past the end.
	 */
	for (int twice = 0; twice < 2; twice++) {
		ASSERT_EQ(0, region_pages(fd, 0, PAGES + 3, shown));
		for (size_t i = 0; i < PAGES + 3; i++)
			EXPECT_EQ(i < PAGES && i % 3 == 0 ?
				  MMAPDEMO_PAGE_RESIDENT |
				  pfn_of(page_at(map, i)) : 0, shown[i]);
	}
	/* Query a part of the region. */
	ASSERT_EQ(0, region_pages(fd, 5, 8, shown));
	EXPECT_EQ(0, shown[0]);
	EXPECT_EQ(MMAPDEMO_PAGE_RESIDENT | pfn_of(page_at(map, 6)), shown[1]);
	EXPECT_EQ(0, shown[2]);
	close(fd);
}

TEST(pages_of_the_shared_region_are_shown_too)
{
	int fd = device_open(O_RDWR);
	char *map = device_map(fd, 1, MAP_SHARED, 12);
	__u64 shown;

	ASSERT_FALSE(failed(map));
	EXPECT_EQ(0, touch_write(map));
	ASSERT_EQ(0, region_pages(fd, 12, 13, &shown));
	EXPECT_EQ(MMAPDEMO_PAGE_RESIDENT | pfn_of(map), shown);
	close(fd);
}

/* Query the pages as user nobody, through a descriptor that root opened. */
static int pages_unprivileged(int fd)
{
	__u64 shown;

	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		return 1;
	return region_pages(fd, 0, 1, &shown) || shown != MMAPDEMO_PAGE_RESIDENT ?
	       2 : 0;
}

TEST(frames_are_shown_to_the_administrator_only)
{
	int fd = region_open(page_size(), MMAPDEMO_BY_PAGE);
	pid_t pid;

	ASSERT_EQ(1, pwrite(fd, "x", 1, 0));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(pages_unprivileged(fd));
	EXPECT_EQ(0, wait_for(pid));
	close(fd);
}

TEST(a_query_without_a_valid_range_is_refused)
{
	int fd = region_open(page_size(), MMAPDEMO_BY_PAGE);
	__u64 shown[4];
	struct mmapdemo_pages pages = {
		.size = sizeof(pages), .start = 1, .end = page_size(),
		.pages = (uintptr_t)shown,
	};

	EXPECT_EQ(-1, ioctl(fd, MMAPDEMO_IOC_PAGES, &pages));
	EXPECT_EQ(EINVAL, errno);
	pages.start = 2 * page_size();
	EXPECT_EQ(-1, ioctl(fd, MMAPDEMO_IOC_PAGES, &pages));
	EXPECT_EQ(EINVAL, errno);
	pages.start = 0;
	pages.pages = 8;
	EXPECT_EQ(-1, ioctl(fd, MMAPDEMO_IOC_PAGES, &pages));
	EXPECT_EQ(EFAULT, errno);
	close(fd);
}

/* ---- races ---- */

/*
 * A thread that touches the mapping as fast as possible while the test shrinks
 * the region, grows it, and punches holes into it. The thread counts its
 * touches and its signals. The test runs two of these threads.
 */
struct toucher {
	pthread_t thread;
	char *map;
	size_t pages;
	bool write;
	_Atomic bool *stop;
	_Atomic long touched;
	_Atomic long signals;
};

static __thread sigjmp_buf race_env;

static void race_signal(int signal)
{
	siglongjmp(race_env, signal);
}

static void race_touch(struct toucher *t, volatile char *at)
{
	if (sigsetjmp(race_env, 1)) {
		t->signals++;
		return;
	}
	if (t->write)
		*at = 'r';
	else
		(void)*at;
	t->touched++;
}

static void *race_run(void *data)
{
	struct toucher *t = data;

	for (size_t i = 0; !*t->stop; i = (i + 7) % t->pages)
		race_touch(t, page_at(t->map, i));
	return NULL;
}

/*
 * Return true if each thread had enough touches and enough signals for a useful
 * test.
 */
static bool race_rich(struct toucher *touchers, int count)
{
	for (int i = 0; i < count; i++)
		if (touchers[i].touched < 1000 || touchers[i].signals < 20)
			return false;
	return true;
}

TEST_F(resize, threads_never_see_removed_pages)
{
	struct sigaction action = { .sa_handler = race_signal }, old;
	_Atomic bool stop = false;
	struct toucher touchers[2];
	int rounds = 0;

	ASSERT_EQ(0, sigaction(SIGBUS, &action, &old));
	for (int i = 0; i < 2; i++) {
		touchers[i] = (struct toucher){
			.map = self->map, .pages = self->whole,
			.write = i, .stop = &stop,
		};
		ASSERT_EQ(0, pthread_create(&touchers[i].thread, NULL, race_run,
					    &touchers[i]));
	}
	do {
		EXPECT_EQ(0, resize(self->fd, self->half));
		/* Until the region grows, removed pages can't come back. */
		EXPECT_EQ(0, mapped(self->fd, page_at(self->map, self->half),
				    self->half));
		EXPECT_EQ(0, region_resident(self->fd, self->half,
					     self->whole));
		EXPECT_EQ(0, resize(self->fd, self->whole));
		EXPECT_EQ(0, region_punch(self->fd, 0, self->half));
	} while (++rounds < 30 || !race_rich(touchers, 2));
	stop = true;
	for (int i = 0; i < 2; i++)
		pthread_join(touchers[i].thread, NULL);
	ASSERT_EQ(0, sigaction(SIGBUS, &old, NULL));

	/* The counter of resident pages agrees with the list of pages. */
	EXPECT_EQ((long)device_stat(self->fd).resident_pages,
		  region_resident(self->fd, 0, self->whole));
	ASSERT_EQ(0, resize(self->fd, self->half));
	ASSERT_EQ(0, region_punch(self->fd, 0, self->half));
	EXPECT_EQ(0, device_stat(self->fd).resident_pages);
	EXPECT_EQ(0, mapped(self->fd, self->map, self->whole));
	EXPECT_TRUE(all_bytes(self->map, 0, self->half * page_size()));
}

/* A thread that punches holes as fast as possible. */
struct puncher {
	pthread_t thread;
	int fd;
	size_t pages;
	_Atomic bool *stop;
	_Atomic long holes;
};

static void *punch_run(void *data)
{
	struct puncher *p = data;

	while (!*p->stop)
		p->holes += !region_punch(p->fd, 0, p->pages);
	return NULL;
}

/*
 * Even while holes are punched and another thread stores to the page, a page
 * that write(2) adds is visible in every mapping at once. A mapping shows the
 * written bytes, or zeros if a hole was punched after the write.
 */
TEST_F(resize, data_written_into_a_hole_is_in_every_mapping)
{
	volatile __u64 *word = (void *)(self->map + 8);
	_Atomic bool stop = false;
	struct toucher toucher = {
		.map = self->map, .pages = 1, .write = true, .stop = &stop,
	};
	struct puncher puncher = {
		.fd = self->fd, .pages = self->half, .stop = &stop,
	};
	__u64 written, seen, stale = 0;

	ASSERT_EQ(0, pthread_create(&toucher.thread, NULL, race_run, &toucher));
	ASSERT_EQ(0, pthread_create(&puncher.thread, NULL, punch_run, &puncher));
	for (written = 1; written < 2000 || puncher.holes < 200 ||
			  toucher.touched < 1000; written++) {
		if (pwrite(self->fd, &written, 8, 8) != 8)
			break;
		seen = *word;
		stale += seen && seen != written;
	}
	stop = true;
	pthread_join(toucher.thread, NULL);
	pthread_join(puncher.thread, NULL);
	EXPECT_LE(2000, written);
	EXPECT_EQ(0, stale);
}

TEST_HARNESS_MAIN
