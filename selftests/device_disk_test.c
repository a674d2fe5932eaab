// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions backed by a file on a failing, slow or removed disk. A touch raises
 * SIGBUS if the page can't be read. A write error is returned by one sync of
 * the region, and not by later syncs. A process that does not need the disk is
 * not blocked.
 *
 * Depends on: the kernel.
 */
#include "backing.h"
#include "disk.h"

#include <pthread.h>

FIXTURE(disk)
{
	struct disk *disk;	/* at first, every byte of page i is i + 1 */
	pid_t child;		/* child that serves the disk */
	int file;
	int fd;
	char *map;		/* a shared mapping of the whole region */
	char centisecs[32];
};

FIXTURE_VARIANT(disk)
{
	bool write_back;
};

FIXTURE_VARIANT_ADD(disk, written_through) { .write_back = false };
FIXTURE_VARIANT_ADD(disk, written_back) { .write_back = true };

FIXTURE_SETUP(disk)
{
	ASSERT_TRUE(periodic_set("0", self->centisecs,
				 sizeof(self->centisecs)));
	self->disk = disk_make(PAGES * page_size());
	ASSERT_NE(NULL, self->disk);
	self->disk->write_back = variant->write_back;
	for (size_t i = 0; i < PAGES; i++)
		fill_page(page_at(self->disk->bytes, i), i);
	self->child = 0;
	self->file = disk_mount(self->disk, &self->child);
	self->fd = region_over(self->file, PAGES * page_size());
	self->map = device_map(self->fd, PAGES, MAP_SHARED, 0);
}

FIXTURE_TEARDOWN(disk)
{
	self->disk->hold = 0;
	munmap(self->map, PAGES * page_size());
	close(self->fd);
	close(self->file);
	if (self->child) {
		kill(self->child, SIGKILL);
		wait_for(self->child);
	}
	put(CENTISECS, self->centisecs);
}

/*
 * Every test uses this macro, because older versions of the harness run the
 * test even if the setup calls SKIP().
 */
#define SKIP_WITHOUT_DISK()						\
do {									\
	if (access("/dev/fuse", F_OK))					\
		SKIP(return, "this kernel has no FUSE");		\
	ASSERT_LE(0, self->file);					\
	ASSERT_LE(0, self->fd);						\
	ASSERT_FALSE(failed(self->map));				\
} while (0)

/* Return the errno of a failed call, or 0 after success. */
static int error_of(int result)
{
	return result < 0 ? errno : 0;
}

/*
 * Return true if a thread is in an uninterruptible sleep, for example while it
 * waits for a lock.
 */
static bool waits(pid_t tid)
{
	char path[64], text[256] = "", *state;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	state = strrchr(text, ')');
	return state && !strncmp(state, ") D", 3);
}

/* ---- reading ---- */

TEST_F(disk, an_unreadable_page_is_sigbus_until_it_is_readable)
{
	char byte;

	SKIP_WITHOUT_DISK();
	ASSERT_EQ(1, *self->map);
	self->disk->read_error = EIO;
	EXPECT_EQ(SIGBUS, touch_read(page_at(self->map, 3)));
	EXPECT_EQ(BUS_ADRERR, touch_signal.si_code);
	EXPECT_EQ(page_at(self->map, 3), touch_signal.si_addr);
	EXPECT_EQ(SIGBUS, touch_write(page_at(self->map, 4)));
	EXPECT_EQ(2, device_stat(self->fd).refused_faults);
	EXPECT_EQ(EIO, error_of(pread(self->fd, &byte, 1, 5 * page_size())));
	/*
	 * With writeback, a write to a part of a page has to read the page
	 * first.
	 */
	EXPECT_EQ(variant->write_back ? EIO : 0,
		  error_of(pwrite(self->fd, "w", 1, 6 * page_size())));
	/* A page that was read before the failure is still available. */
	EXPECT_TRUE(all_bytes(self->map, 1, page_size()));

	self->disk->read_error = 0;
	for (size_t i = 0; i < PAGES; i++)
		EXPECT_TRUE(all_bytes(page_at(self->map, i) + 1, i + 1,
				      page_size() - 1));
	*page_at(self->map, 4) = 's';
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ('s', *page_at(self->disk->bytes, 4));
}

static void *read_byte(void *at)
{
	return (void *)(uintptr_t)*(volatile char *)at;
}

TEST_F_TIMEOUT(disk, a_slow_read_blocks_no_other_access, 60)
{
	pthread_t thread;
	char *other_map, other;
	__u64 before;
	void *byte;

	SKIP_WITHOUT_DISK();
	read_pages(self->map, 3);
	self->disk->hold = FUSE_READ;
	ASSERT_EQ(0, pthread_create(&thread, NULL, read_byte,
				    page_at(self->map, 7)));
	disk_until_holding(self->disk, FUSE_READ);
	/*
	 * Without the disk, the region can be mapped, and resident pages can be
	 * touched and read.
	 */
	other_map = device_map(self->fd, 1, MAP_SHARED, 0);
	ASSERT_FALSE(failed(other_map));
	ASSERT_EQ(0, madvise(self->map, 3 * page_size(), MADV_DONTNEED));
	EXPECT_EQ(2, *page_at(self->map, 1));
	EXPECT_EQ(1, pread(self->fd, &other, 1, 2 * page_size()));
	EXPECT_EQ(3, other);
	EXPECT_EQ(1, *other_map);
	before = device_stat(self->fd).read_faults;
	self->disk->hold = 0;
	ASSERT_EQ(0, pthread_join(thread, &byte));
	EXPECT_EQ((void *)8, byte);
	/*
	 * The fault took two attempts, and is counted at most once. On 5.10, the
	 * second attempt maps the page by fault-around, without a call of .fault.
	 */
	EXPECT_GE(before + 1, device_stat(self->fd).read_faults);
}

TEST_F_TIMEOUT(disk, a_process_that_waits_for_anothers_read_can_be_killed, 60)
{
	pthread_t thread;
	void *byte;
	pid_t pid;

	SKIP_WITHOUT_DISK();
	/*
	 * Close the file before the fork. If the child inherited the file, the
	 * child's exit would wait for the disk.
	 */
	close(self->file);
	self->file = -1;
	self->disk->hold = FUSE_READ;
	ASSERT_EQ(0, pthread_create(&thread, NULL, read_byte,
				    page_at(self->map, 7)));
	disk_until_holding(self->disk, FUSE_READ);
	pid = fork_child();
	if (!pid)
		_exit(touch_read(page_at(self->map, 7)));
	while (!waits(pid))
		sched_yield();
	ASSERT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, wait_for(pid));
	self->disk->hold = 0;
	ASSERT_EQ(0, pthread_join(thread, &byte));
	EXPECT_EQ((void *)8, byte);
}

/* ---- writing ---- */

/*
 * One sync of the region returns the error. One sync of the file also returns
 * the error.
 */
TEST_F(disk, a_failed_write_is_reported_once)
{
	int other;

	SKIP_WITHOUT_DISK();
	*self->map = 'w';
	self->disk->write_error = EIO;
	EXPECT_EQ(EIO, error_of(sync_map(self->map)));
	EXPECT_EQ(1, *self->disk->bytes);
	self->disk->write_error = 0;
	other = dup(self->fd);
	EXPECT_EQ(0, fsync(other));
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ('w', *self->map);
	EXPECT_EQ(EIO, error_of(fsync(self->file)));
	EXPECT_EQ(0, fsync(self->file));

	*self->map = 'x';
	EXPECT_EQ(0, fsync(self->fd));
	EXPECT_EQ('x', *self->disk->bytes);
	close(other);
}

TEST_F(disk, a_failed_flush_is_reported_once)
{
	SKIP_WITHOUT_DISK();
	*self->map = 'f';
	self->disk->sync_error = EIO;
	EXPECT_EQ(EIO, error_of(fsync(self->fd)));
	self->disk->sync_error = 0;
	EXPECT_EQ(0, fsync(self->fd));
	EXPECT_EQ('f', *self->disk->bytes);
}

TEST_F(disk, an_error_between_two_syncs_is_shown_by_the_next)
{
	SKIP_WITHOUT_DISK();
	self->disk->write_error = EIO;
	*self->map = 'p';
	ASSERT_EQ(0, sync_file_range(self->file, 0, 0,
				     SYNC_FILE_RANGE_WRITE));
	/*
	 * If the disk never fails a write, the timeout of the harness ends the
	 * test.
	 */
	while (!self->disk->failed)
		sched_yield();
	self->disk->write_error = 0;
	EXPECT_EQ(EIO, error_of(fsync(self->fd)));
	EXPECT_EQ(0, fsync(self->fd));
}

TEST_F(disk, a_write_that_syncs_is_on_the_disk)
{
	struct iovec byte = { .iov_base = "d", .iov_len = 1 };

	SKIP_WITHOUT_DISK();
	EXPECT_EQ(1, pwritev2(self->fd, &byte, 1, page_size(), RWF_DSYNC));
	EXPECT_EQ('d', *page_at(self->disk->bytes, 1));
	EXPECT_TRUE(all_bytes(page_at(self->disk->bytes, 1) + 1, 2,
			      page_size() - 1));
}

/*
 * Pages that are still dirty when the region is freed are written back by the
 * next sync of the file.
 */
TEST_F(disk, the_last_close_loses_nothing)
{
	SKIP_WITHOUT_DISK();
	*self->map = 'l';
	ASSERT_EQ(0, munmap(self->map, PAGES * page_size()));
	EXPECT_EQ(0, close(self->fd));
	self->fd = -1;
	EXPECT_EQ(0, fsync(self->file));
	EXPECT_EQ('l', *self->disk->bytes);
}

TEST_F(disk, a_removed_disk_hangs_no_task)
{
	SKIP_WITHOUT_DISK();
	*self->map = 'g';
	ASSERT_EQ(0, kill(self->child, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, wait_for(self->child));
	self->child = 0;
	EXPECT_EQ(SIGBUS, touch_read(page_at(self->map, 3)));
	EXPECT_EQ(-1, sync_map(self->map));
	EXPECT_EQ('g', *self->map);
	EXPECT_EQ(0, munmap(self->map, PAGES * page_size()));
	EXPECT_EQ(0, close(self->fd));
	self->fd = -1;
}

/* ---- direct I/O ---- */

struct direct {
	int from;
	char *to;
};

static void *read_direct(void *data)
{
	const struct direct *direct = data;

	return (void *)pread(direct->from, direct->to, page_size(),
			     7 * page_size());
}

/*
 * After a sync, the page is clean. Direct I/O that began before the sync then stores
 * into the page without a fault.
 */
TEST_F(disk, late_direct_io_is_in_the_file)
{
	int file = memfd_create("file", MFD_CLOEXEC), fd;
	struct direct direct;
	char path[64];
	pthread_t thread;
	void *length;

	SKIP_WITHOUT_DISK();
	ASSERT_EQ(0, ftruncate(file, PAGES * page_size()));
	fd = region_over(file, PAGES * page_size());
	direct.to = device_map(fd, PAGES, MAP_SHARED, 0);
	ASSERT_FALSE(failed(direct.to));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->file);
	direct.from = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	ASSERT_LE(0, direct.from);

	self->disk->hold = FUSE_READ;
	ASSERT_EQ(0, pthread_create(&thread, NULL, read_direct, &direct));
	disk_until_holding(self->disk, FUSE_READ);
	EXPECT_EQ(0, sync_map(direct.to));
	self->disk->hold = 0;
	ASSERT_EQ(0, pthread_join(thread, &length));
	ASSERT_EQ((void *)page_size(), length);
	EXPECT_EQ(8, byte_of(file, 0));
	EXPECT_TRUE(all_bytes(direct.to, 8, page_size()));
	close(direct.from);
	munmap(direct.to, PAGES * page_size());
	close(fd);
	close(file);
}

TEST_HARNESS_MAIN
