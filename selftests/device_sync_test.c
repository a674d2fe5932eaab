// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file-backed region that several processes use at the same time, through the
 * device and through the file. All processes see the same data after a sync.
 *
 * Depends on: the kernel.
 */
#include "backed.h"

#include <pthread.h>
#include <sys/uio.h>

/* Use the region as another process. Return 0 if the contents are correct. */
static int use_too(int fd, int file)
{
	char *map = device_map(fd, PAGES, MAP_SHARED, 0);

	if (failed(map) || *map != 'p')
		return 1;
	*page_at(map, 1) = 'c';
	if (pwrite(file, "f", 1, 2 * page_size()) != 1 || sync_map(map))
		return 2;
	return *page_at(map, 2) != 'f' || byte_of(file, 0) != 'p';
}

TEST_F(backing, two_processes_and_the_file_see_each_other_after_sync)
{
	pid_t pid;

	SKIP_WITHOUT_OVERLAY();
	read_pages(self->map, PAGES);
	*self->map = 'p';
	pid = fork_child();
	if (!pid)
		_exit(use_too(self->fd, self->file));
	EXPECT_EQ(0, wait_for(pid));
	EXPECT_EQ('c', *page_at(self->map, 1));
	EXPECT_EQ('c', byte_of(self->file, page_size()));
	EXPECT_EQ('f', *page_at(self->map, 2));
}

TEST_F(backing, a_write_that_syncs_is_in_the_file)
{
	struct iovec bytes = { .iov_base = "d", .iov_len = 1 };

	SKIP_WITHOUT_OVERLAY();
	EXPECT_EQ(1, pwritev2(self->fd, &bytes, 1, page_size(), RWF_DSYNC));
	EXPECT_EQ('d', byte_of(self->file, page_size()));
	EXPECT_EQ(3, byte_of(self->file, 2 * page_size()));
}

/* ---- concurrent users ---- */

struct using {
	int fd;
	volatile char *map;
	_Atomic bool stop;
};

static void *load(void *data)
{
	struct using *using = data;

	while (!using->stop)
		(void)*using->map;
	return NULL;
}

static void *read_too(void *data)
{
	struct using *using = data;
	char bytes[256];

	while (!using->stop && pread(using->fd, bytes, sizeof(bytes), 0) > 0)
		;
	return NULL;
}

/*
 * A page is in use while a task holds a reference to the page. A task that waits
 * for the page holds a reference, and so does a store that causes no fault.
 */
TEST_F(backing, a_page_in_use_is_read_again_after_sync)
{
	struct using using = { .fd = self->fd, .map = self->map };
	pthread_t threads[3];

	SKIP_WITHOUT_OVERLAY();
	for (int i = 0; i < 3; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL,
					    i ? load : read_too, &using));
	for (int i = 0; i < 100; i++) {
		char byte = 'A' + i % 26;

		self->map[1] = byte;
		ASSERT_EQ(0, fsync(self->fd));
		ASSERT_EQ(1, pwrite(self->file, &byte, 1, 0));
		ASSERT_EQ(0, fsync(self->fd));
		ASSERT_EQ(byte, self->map[0]);
		ASSERT_EQ(byte, self->map[1]);
	}
	using.stop = true;
	for (int i = 0; i < 3; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
}

TEST_HARNESS_MAIN
