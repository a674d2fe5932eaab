// SPDX-License-Identifier: GPL-2.0-only
/*
 * File-backed regions: the limit on their size, and holes in them. A store next
 * to a hole must reach the file.
 *
 * Depends on: the kernel.
 */
#include "backed.h"

#include <pthread.h>
#include <sched.h>

#define HALF (PAGES / 2)

static int resize(int fd, size_t pages)
{
	return region_resize(fd, pages * page_size());
}

/*
 * The end of a file-backed region is checked when a VMA is created or extended.
 * No VMA can reach past the end.
 */
TEST_F(backing, a_region_has_the_requested_size)
{
	size_t all = PAGES * page_size();
	size_t half = HALF * page_size();
	int fd = region_over(self->file, half);
	char copy[PAGES * page_size()];
	__u64 pages[PAGES];

	SKIP_WITHOUT_OVERLAY();
	read_pages(self->map, PAGES);
	EXPECT_EQ(-1, resize(self->fd, HALF));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_TRUE(failed(device_map(fd, PAGES, MAP_SHARED, 0)));
	EXPECT_EQ(ENXIO, errno);
	EXPECT_TRUE(failed(device_map(fd, 1, MAP_SHARED, HALF)));
	EXPECT_EQ(ENXIO, errno);
	EXPECT_TRUE(failed(mremap(self->map, all, 2 * all, MREMAP_MAYMOVE)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_FALSE(failed(device_map(fd, HALF, MAP_SHARED, 0)));
	EXPECT_EQ((ssize_t)half, pwrite(fd, self->map, all, 0));
	EXPECT_EQ((ssize_t)half, pread(fd, copy, all, 0));
	EXPECT_EQ(0, pread(fd, copy, all, half));
	ASSERT_EQ(0, region_pages(fd, 0, PAGES, pages));
	for (size_t i = 0; i < PAGES; i++)
		EXPECT_EQ(i < HALF, !!(pages[i] & MMAPDEMO_PAGE_RESIDENT));
	close(fd);
}

TEST_F(backing, a_hole_is_in_the_file_too)
{
	SKIP_WITHOUT_OVERLAY();
	for (size_t i = 1; i < 7; i++)
		*page_at(self->map, i) = 'b';
	ASSERT_EQ(0, region_punch(self->fd, 2, 6));
	for (size_t i = 2; i < 6; i++) {
		EXPECT_EQ(0, byte_of(self->file, i * page_size()));
		EXPECT_TRUE(all_bytes(page_at(self->map, i), 0, page_size()));
	}
	*page_at(self->map, 3) = 'a';
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ('a', byte_of(self->file, 3 * page_size()));
	EXPECT_EQ(0, byte_of(self->file, 4 * page_size()));
	/* The pages next to the hole are unchanged. */
	EXPECT_EQ('b', byte_of(self->file, page_size()));
	EXPECT_EQ('b', byte_of(self->file, 6 * page_size()));
	EXPECT_EQ(7, byte_of(self->file, 6 * page_size() + 1));
}

/*
 * A hole can't reach past the end of the region, even if the file continues
 * there.
 */
TEST_F(backing, a_hole_ends_with_the_region)
{
	int fd = region_over(self->file, HALF * page_size());

	SKIP_WITHOUT_OVERLAY();
	ASSERT_EQ(0, region_punch(fd, HALF - 1, PAGES));
	EXPECT_EQ(0, region_punch(fd, HALF + 1, PAGES));
	EXPECT_EQ(HALF - 1, byte_of(self->file, (HALF - 2) * page_size()));
	EXPECT_EQ(0, byte_of(self->file, (HALF - 1) * page_size()));
	for (size_t i = HALF; i < PAGES; i++)
		EXPECT_EQ((char)(i + 1), byte_of(self->file, i * page_size()));
	close(fd);
}

TEST(a_file_without_holes_gives_a_region_without_holes)
{
	int file = file_in_memory(), fd;
	char *map;

	ASSERT_TRUE(fill_file(file, PAGES));
	fd = region_over(file, PAGES * page_size());
	map = device_map(fd, PAGES, MAP_SHARED, 0);
	ASSERT_FALSE(failed(map));
	*page_at(map, 3) = 'k';
	ASSERT_EQ(0, fcntl(file, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));
	EXPECT_EQ(-1, region_punch(fd, 2, 6));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ('k', *page_at(map, 3));
	close(fd);
	close(file);
}

/* ---- concurrent stores ---- */

/*
 * A thread that increments a counter in each page as fast as possible. The
 * thread records its last store to each page.
 */
struct storing {
	volatile unsigned long *counters;	/* one counter in each page */
	unsigned long done[PAGES];
	_Atomic unsigned long rounds;
	_Atomic bool stop;
};

static void store_one(struct storing *storing, size_t i, unsigned long value)
{
	storing->counters[i * page_size() / sizeof(value)] = value;
	storing->done[i] = value;
}

static void *store(void *data)
{
	struct storing *storing = data;

	for (unsigned long value = 1; !storing->stop; value++) {
		for (size_t i = 0; i < PAGES; i++)
			store_one(storing, i, value);
		storing->rounds = value;
	}
	return NULL;
}

/*
 * Wait until the thread has completed a whole round that began after this call.
 */
static void wait_for_round(struct storing *storing)
{
	unsigned long now = storing->rounds;

	while (storing->rounds < now + 2)
		sched_yield();
}

/*
 * Return the first page, from page @from on, whose last store is not in the
 * file. Return PAGES if there is no such page.
 */
static size_t first_lost(const struct storing *storing, int file, size_t from)
{
	unsigned long value;
	size_t i = from;

	while (i < PAGES &&
	       pread(file, &value, sizeof(value), i * page_size()) ==
	       sizeof(value) && value == storing->done[i])
		i++;
	return i;
}

TEST_F(backing, no_store_is_lost_next_to_or_after_a_hole)
{
	struct storing storing = { .counters = (void *)self->map };
	pthread_t thread;

	SKIP_WITHOUT_OVERLAY();
	ASSERT_EQ(0, pthread_create(&thread, NULL, store, &storing));
	for (int i = 0; i < 20; i++) {
		wait_for_round(&storing);
		EXPECT_EQ(0, fsync(self->fd));
		EXPECT_EQ(0, region_punch(self->fd, 3, HALF));
	}
	wait_for_round(&storing);
	storing.stop = true;
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ(PAGES, first_lost(&storing, self->file, 0));
}

TEST_HARNESS_MAIN
