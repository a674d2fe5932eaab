// SPDX-License-Identifier: GPL-2.0-only
/*
 * File-backed regions. As with any shared mapping of a file, the file shows a
 * store to the region at once, and the region shows a write to the file at
 * once. A region can't be backed by an unsuitable file. A store fails if the
 * file system has no space left.
 *
 * Depends on: the kernel.
 */
#include "backed.h"

#include <linux/fs.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* ---- from the file to the region ---- */

TEST_F(backing, a_touch_reads_the_file)
{
	SKIP_WITHOUT_OVERLAY();
	for (size_t i = 0; i < PAGES; i++)
		EXPECT_TRUE(all_bytes(page_at(self->map, i), i + 1,
				      page_size()));
	EXPECT_EQ(PAGES, device_stat(self->fd).resident_pages);
	EXPECT_EQ(1, device_stat(self->fd).mmaps);
	EXPECT_EQ(1, device_stat(self->fd).mappings);
}

TEST_F(backing, read_reads_the_file)
{
	char bytes[4] = "";

	SKIP_WITHOUT_OVERLAY();
	EXPECT_EQ(4, pread(self->fd, bytes, 4, 7 * page_size() - 2));
	EXPECT_EQ(0, memcmp("\x7\x7\x8\x8", bytes, 4));
}

TEST_F(backing, a_hole_in_the_file_reads_as_zeros)
{
	int file = variant->file();
	char *map;

	SKIP_WITHOUT_OVERLAY();
	ASSERT_EQ(0, ftruncate(file, PAGES * page_size()));
	map = device_map(region_over(file, PAGES * page_size()), PAGES,
			 MAP_SHARED, 0);
	ASSERT_FALSE(failed(map));
	EXPECT_TRUE(all_bytes(page_at(map, 5), 0, page_size()));
	page_at(map, 5)[9] = 'h';
	EXPECT_EQ(0, sync_map(map));
	EXPECT_EQ('h', byte_of(file, 5 * page_size() + 9));
}

TEST_F(backing, data_written_to_the_file_are_seen)
{
	char byte;

	SKIP_WITHOUT_OVERLAY();
	ASSERT_EQ(2, self->map[page_size()]);
	ASSERT_EQ(1, pwrite(self->file, "f", 1, page_size()));
	EXPECT_EQ('f', self->map[page_size()]);
	EXPECT_EQ(1, pread(self->fd, &byte, 1, page_size()));
	EXPECT_EQ('f', byte);
}

/* All mappings share the pages of the file, so no byte is stored twice. */
TEST_F(backing, mappings_share_the_pages_of_the_file)
{
	char *map = mmap(NULL, PAGES * page_size(), PROT_READ | PROT_WRITE,
			 MAP_SHARED, self->file, 0);

	SKIP_WITHOUT_OVERLAY();
	ASSERT_FALSE(failed(map));
	for (size_t i = 0; i < PAGES; i++) {
		*page_at(self->map, i) = 'r';
		*page_at(map, i) += 1;
		EXPECT_EQ('s', *page_at(self->map, i));
		EXPECT_EQ(pfn_of(page_at(map, i)),
			  pfn_of(page_at(self->map, i)));
	}
	EXPECT_EQ(PAGES, region_resident(self->fd, 0, PAGES));
}

/* ---- from the region to the file ---- */

TEST_F(backing, a_store_is_in_the_file)
{
	SKIP_WITHOUT_OVERLAY();
	self->map[3 * page_size() + 1] = 's';
	EXPECT_EQ('s', byte_of(self->file, 3 * page_size() + 1));
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ('s', byte_of(self->file, 3 * page_size() + 1));
	/* Bytes next to the store have not changed. */
	EXPECT_EQ(4, byte_of(self->file, 3 * page_size()));
	EXPECT_EQ(3, byte_of(self->file, 2 * page_size() + 1));
}

TEST_F(backing, a_store_after_msync_is_in_the_file_after_the_next_msync)
{
	SKIP_WITHOUT_OVERLAY();
	for (char byte = 'a'; byte < 'f'; byte++) {
		self->map[0] = byte;
		EXPECT_EQ(0, fdatasync(self->fd));
		EXPECT_EQ(byte, byte_of(self->file, 0));
	}
}

TEST_F(backing, a_store_is_in_the_file_after_the_last_close)
{
	SKIP_WITHOUT_OVERLAY();
	self->map[page_size()] = 'c';
	ASSERT_EQ(0, close(self->fd));
	ASSERT_EQ(0, munmap(self->map, PAGES * page_size()));
	EXPECT_EQ('c', byte_of(self->file, page_size()));
	self->fd = -1;
}

TEST_F(backing, write_is_in_the_file)
{
	SKIP_WITHOUT_OVERLAY();
	EXPECT_EQ(9, pwrite(self->fd, "spanning", 9, 2 * page_size() - 3));
	EXPECT_STREQ("spanning", self->map + 2 * page_size() - 3);
	EXPECT_EQ(0, fsync(self->fd));
	EXPECT_EQ('p', byte_of(self->file, 2 * page_size() - 2));
	EXPECT_EQ('g', byte_of(self->file, 2 * page_size() + 4));
}

/*
 * The write to the file faults on a page of the region while it holds the locks
 * of the file.
 */
TEST_F(backing, the_file_is_written_from_its_own_region)
{
	SKIP_WITHOUT_OVERLAY();
	ASSERT_EQ(0, madvise(self->map, PAGES * page_size(), MADV_DONTNEED));
	EXPECT_EQ(100, pwrite(self->file, page_at(self->map, 5), 100,
			      page_size()));
	EXPECT_EQ(6, self->map[page_size() + 99]);
	EXPECT_EQ(2, self->map[page_size() + 100]);
}

/* The source and the destination of the write are the same page. */
TEST_F(backing, write_from_the_page_itself)
{
	SKIP_WITHOUT_OVERLAY();
	EXPECT_EQ((ssize_t)page_size(), pwrite(self->fd, page_at(self->map, 4),
					       page_size(), 4 * page_size() +
					       page_size() / 2));
	EXPECT_TRUE(all_bytes(page_at(self->map, 4), 5,
			      page_size() + page_size() / 2));
	EXPECT_EQ(6, page_at(self->map, 5)[page_size() - 1]);
}

TEST_F(backing, a_write_of_nothing_writes_nothing)
{
	char *bad = hole(page_size(), page_size());

	SKIP_WITHOUT_OVERLAY();
	EXPECT_EQ(-1, pwrite(self->fd, bad, 1, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(1, byte_of(self->file, 0));
}

TEST_F(backing, a_private_store_is_never_in_the_file)
{
	char *private = device_map(self->fd, PAGES, MAP_PRIVATE, 0);

	SKIP_WITHOUT_OVERLAY();
	ASSERT_FALSE(failed(private));
	private[0] = 'p';
	self->map[1] = 's';
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ(1, byte_of(self->file, 0));
	EXPECT_EQ('s', byte_of(self->file, 1));
	EXPECT_EQ('p', private[0]);
	EXPECT_EQ(1, self->map[0]);
}

/* A child inherits the descriptor, stores to the region, and is killed. */
TEST_F(backing, stores_before_sigkill_are_in_the_file)
{
	int pipes[2];
	char byte;
	pid_t pid;

	SKIP_WITHOUT_OVERLAY();
	ASSERT_EQ(0, munmap(self->map, PAGES * page_size()));
	ASSERT_EQ(0, pipe(pipes));
	pid = fork_child();
	if (!pid) {
		self->map = device_map(self->fd, PAGES, MAP_SHARED, 0);
		for (size_t i = 0; i < PAGES; i++)
			page_at(self->map, i)[i] = 'k';
		if (write(pipes[1], "k", 1) == 1)
			pause();
		_exit(1);
	}
	/* After this close, only the child holds a descriptor. */
	ASSERT_EQ(0, close(self->fd));
	self->fd = -1;
	ASSERT_EQ(1, read(pipes[0], &byte, 1));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, wait_for(pid));
	for (size_t i = 0; i < PAGES; i++)
		EXPECT_EQ('k', byte_of(self->file, i * page_size() + i));
}

/* ---- a frozen file system ---- */

#define FROZEN "/var/tmp"

static int freeze(unsigned long request)
{
	int fd = open(FROZEN, O_RDONLY | O_CLOEXEC);
	int ret = ioctl(fd, request, 0);

	close(fd);
	return ret;
}

/* Fork a child that thaws the file system after 20 s, even if the test hangs. */
static pid_t thaw_later(void)
{
	pid_t pid = fork_child();

	if (!pid) {
		sleep(20);
		freeze(FITHAW);
		_exit(1);
	}
	return pid;
}

static int thaw(pid_t later)
{
	int was_frozen = !freeze(FITHAW);

	kill(later, SIGKILL);
	wait_for(later);
	return was_frozen;
}

TEST_F_TIMEOUT(backing, a_process_that_stored_is_killed_during_a_freeze, 60)
{
	pid_t pid, later;
	int pipes[2];
	char byte;

	if (variant->file != file_on_disk)
		return;
	ASSERT_EQ(0, munmap(self->map, PAGES * page_size()));
	ASSERT_EQ(0, pipe(pipes));
	pid = fork_child();
	if (!pid) {
		self->map = device_map(self->fd, PAGES, MAP_SHARED, 0);
		write_pages(self->map, PAGES);
		if (write(pipes[1], "k", 1) == 1)
			pause();
		_exit(1);
	}
	ASSERT_EQ(0, close(self->fd));
	self->fd = -1;
	ASSERT_EQ(1, read(pipes[0], &byte, 1));
	later = thaw_later();
	if (freeze(FIFREEZE)) {
		kill(pid, SIGKILL);
		thaw(later);
		SKIP(return, "the file system of " FROZEN " can't be frozen");
	}
	kill(pid, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, wait_for(pid));
	EXPECT_TRUE(thaw(later));
	EXPECT_EQ(3, byte_of(self->file, 3 * page_size()));
}

/* ---- no store is lost ---- */

struct storing {
	volatile unsigned long *counters;	/* one counter in each page */
	volatile bool stop;
	volatile unsigned long rounds;
};

static void *store(void *argument)
{
	struct storing *storing = argument;
	size_t step = page_size() / sizeof(unsigned long);

	while (!storing->stop) {
		storing->rounds++;
		for (size_t i = 0; i < PAGES; i++)
			storing->counters[i * step] = storing->rounds;
	}
	return NULL;
}

TEST_F(backing, no_store_is_lost_while_pages_are_written)
{
	struct storing storing = { .counters = (void *)self->map };
	unsigned long seen = 0;
	pthread_t thread;

	SKIP_WITHOUT_OVERLAY();
	ASSERT_EQ(0, pthread_create(&thread, NULL, store, &storing));
	for (int i = 0; i < 50; i++) {
		while (storing.rounds == seen)
			sched_yield();
		seen = storing.rounds;
		EXPECT_EQ(0, sync_map(self->map));
	}
	storing.stop = true;
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, sync_map(self->map));
	for (size_t i = 0; i < PAGES; i++) {
		EXPECT_EQ((ssize_t)sizeof(seen),
			  pread(self->file, &seen, sizeof(seen),
				i * page_size()));
		EXPECT_EQ(storing.rounds, seen);
	}
}

/* Direct I/O into the mapping stores into a clean page without causing a fault. */
TEST_F(backing, direct_io_into_the_mapping_is_in_the_file)
{
	int source = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	SKIP_WITHOUT_OVERLAY();
	ASSERT_TRUE(fill_file(source, PAGES));
	ASSERT_EQ(0, fsync(source));
	ASSERT_EQ(0, fcntl(source, F_SETFL, O_DIRECT));
	self->map[0] = 'd';
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ((ssize_t)page_size(), pread(source, self->map, page_size(),
					      7 * page_size()));
	EXPECT_EQ(8, self->map[0]);
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ(8, byte_of(self->file, 0));
	EXPECT_EQ(8, byte_of(self->file, page_size() - 1));
	close(source);
}

/*
 * The file size limit of the caller (RLIMIT_FSIZE) does not apply to a sync,
 * because the caller does not itself write to the file.
 */
TEST_F(backing, sync_ignores_the_limits_of_the_caller)
{
	struct rlimit none = { .rlim_cur = 0, .rlim_max = RLIM_INFINITY };

	SKIP_WITHOUT_OVERLAY();
	self->map[0] = 'l';
	ASSERT_EQ(0, setrlimit(RLIMIT_FSIZE, &none));
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ('l', byte_of(self->file, 0));
}

TEST_F(backing, append_mode_of_the_file_does_not_matter)
{
	SKIP_WITHOUT_OVERLAY();
	ASSERT_EQ(0, fcntl(self->file, F_SETFL, O_APPEND));
	self->map[0] = 'a';
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ('a', byte_of(self->file, 0));
	EXPECT_EQ((off_t)(PAGES * page_size()),
		  lseek(self->file, 0, SEEK_END));
}

/* ---- a shorter file ---- */

TEST_F(backing, a_touch_after_the_end_of_the_file_is_sigbus)
{
	int fd = region_over(self->file, 2 * PAGES * page_size());
	char *map = device_map(fd, 2 * PAGES, MAP_SHARED, 0);
	char byte;

	SKIP_WITHOUT_OVERLAY();
	ASSERT_FALSE(failed(map));
	EXPECT_EQ(0, touch_write(page_at(map, PAGES - 1)));
	EXPECT_EQ(SIGBUS, touch_read(page_at(map, PAGES)));
	EXPECT_EQ(SIGBUS, touch_write(page_at(map, 2 * PAGES - 1)));
	EXPECT_EQ(0, pread(fd, &byte, 1, PAGES * page_size()));
	EXPECT_EQ(-1, pwrite(fd, "x", 1, PAGES * page_size()));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(lseek(self->file, 0, SEEK_END), lseek(fd, 0, SEEK_END));
	/* Make the file as long as the region. */
	ASSERT_EQ(0, ftruncate(self->file, 2 * PAGES * page_size()));
	EXPECT_EQ(0, touch_write(page_at(map, PAGES)));
	EXPECT_EQ(0, fsync(fd));
	EXPECT_EQ(0x5a, byte_of(self->file, PAGES * page_size()));
	close(fd);
}

TEST_F(backing, a_truncated_file_stays_truncated)
{
	off_t end = 3 * page_size() + 100;

	SKIP_WITHOUT_OVERLAY();
	write_pages(self->map, PAGES);
	ASSERT_EQ(0, ftruncate(self->file, end));
	self->map[end] = 't';
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ(end, lseek(self->file, 0, SEEK_END));
	EXPECT_EQ(1, byte_of(self->file, page_size()));
	EXPECT_EQ(4, self->map[end - 1]);
	EXPECT_EQ(SIGBUS, touch_read(page_at(self->map, 4)));
	/* Data that were truncated must not come back when the file grows again. */
	ASSERT_EQ(0, ftruncate(self->file, PAGES * page_size()));
	EXPECT_EQ(0, *page_at(self->map, 4));
}

struct syncing {
	int fd;
	_Atomic bool began;
};

static void *sync_all(void *data)
{
	struct syncing *syncing = data;

	syncing->began = true;
	return (void *)(long)fsync(syncing->fd);
}

/*
 * If a file is truncated while it is being written back, the writeback must not
 * extend the file.
 */
TEST_F(backing, a_file_truncated_during_writeback_stays_truncated)
{
	SKIP_WITHOUT_OVERLAY();
	for (int i = 0; i < 100; i++) {
		struct syncing syncing = { .fd = self->fd };
		pthread_t thread;

		ASSERT_EQ(0, ftruncate(self->file, PAGES * page_size()));
		write_pages(self->map, PAGES);
		ASSERT_EQ(0, pthread_create(&thread, NULL, sync_all, &syncing));
		while (!syncing.began)
			sched_yield();
		ASSERT_EQ(0, ftruncate(self->file, 0));
		ASSERT_EQ(0, pthread_join(thread, NULL));
		ASSERT_EQ(0, lseek(self->file, 0, SEEK_END));
		ASSERT_EQ(-1, byte_of(self->file, 0));
	}
}

/* ---- plans ---- */

/*
 * All pages of the file are in the page cache. Without a plan, the fault at page
 * 2 would map page 3, too.
 */
TEST_F(backing, a_plan_applies_to_pages_in_the_page_cache)
{
	SKIP_WITHOUT_OVERLAY();
	ASSERT_EQ(0, region_plan(self->fd, 3, 4, MMAPDEMO_PLAN_SIGBUS, 2, 0));
	EXPECT_EQ(0, touch_read(page_at(self->map, 2)));
	EXPECT_EQ(SIGBUS, touch_read(page_at(self->map, 3)));
	EXPECT_EQ(SIGBUS, touch_write(page_at(self->map, 3)));
	EXPECT_EQ(2, device_stat(self->fd).planned_faults);
	EXPECT_EQ(2, device_stat(self->fd).refused_faults);
	EXPECT_EQ(4, *page_at(self->map, 3));
}

/* ---- errors ---- */

FIXTURE(disk)
{
	int file;	/* a file of PAGES pages that is one hole */
	int filler;
	int fd;
	char *map;
};

/* Make a small file system that has no free space. */
FIXTURE_SETUP(disk)
{
	char options[32], page[4096] = "";
	char dir[] = "/tmp/mmapdemo-disk.XXXXXX";

	snprintf(options, sizeof(options), "size=%zu",
		 2 * PAGES * page_size());
	ASSERT_NE(NULL, mkdtemp(dir));
	ASSERT_EQ(0, mount("disk", dir, "tmpfs", 0, options));
	self->file = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	self->filler = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	/* The file system is freed only when these two files are closed. */
	EXPECT_EQ(0, umount2(dir, MNT_DETACH));
	EXPECT_EQ(0, rmdir(dir));
	ASSERT_LE(0, self->file);
	ASSERT_LE(0, self->filler);
	ASSERT_EQ(0, ftruncate(self->file, PAGES * page_size()));
	self->fd = region_over(self->file, PAGES * page_size());
	ASSERT_LE(0, self->fd);
	self->map = device_map(self->fd, PAGES, MAP_SHARED, 0);
	ASSERT_FALSE(failed(self->map));
	while (write(self->filler, page, sizeof(page)) == sizeof(page))
		;
	ASSERT_EQ(ENOSPC, errno);
}

FIXTURE_TEARDOWN(disk)
{
	close(self->fd);
	close(self->file);
	close(self->filler);
}

static size_t stores_done(char *map)
{
	size_t done = 0;

	for (size_t i = 0; i < PAGES; i++)
		done += touch_write(page_at(map, i)) == 0;
	return done;
}

/*
 * If there is no space, a store must fail at once. A store must not appear to
 * succeed and then be lost.
 */
TEST_F(disk, a_full_disk_refuses_stores_and_loses_none)
{
	size_t room = 5;

	EXPECT_EQ(SIGBUS, touch_write(self->map));
	EXPECT_EQ(1, device_stat(self->fd).refused_faults);
	EXPECT_EQ(0, fsync(self->fd));
	ASSERT_EQ(0, fallocate(self->filler, FALLOC_FL_PUNCH_HOLE |
			       FALLOC_FL_KEEP_SIZE, 0, room * page_size()));
	EXPECT_EQ(room, stores_done(self->map));
	ASSERT_EQ(0, ftruncate(self->filler, 0));
	EXPECT_EQ(PAGES, stores_done(self->map));
	EXPECT_EQ(0, fsync(self->fd));
	for (size_t i = 0; i < PAGES; i++)
		EXPECT_EQ(0x5a, byte_of(self->file, i * page_size()));
}

TEST(a_file_sealed_against_future_writes_is_mapped_read_only)
{
	int file = file_in_memory(), fd;
	char *map;

	ASSERT_TRUE(fill_file(file, PAGES));
	fd = region_over(file, PAGES * page_size());
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fcntl(file, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));
	EXPECT_TRUE(failed(device_map(fd, PAGES, MAP_SHARED, 0)));
	EXPECT_EQ(EPERM, errno);
	map = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, fd, 0);
	ASSERT_FALSE(failed(map));
	EXPECT_EQ(1, *map);
	EXPECT_EQ(-1, mprotect(map, page_size(), PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	close(fd);
	close(file);
}

/*
 * A file can't be sealed against writes while it backs a region, because a
 * program may store to the region. Even an unmapped region prevents the seal.
 */
TEST(a_seal_and_a_region_exclude_each_other)
{
	int file = file_in_memory(), fd;

	ASSERT_TRUE(fill_file(file, PAGES));
	fd = region_over(file, PAGES * page_size());
	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, fcntl(file, F_ADD_SEALS, F_SEAL_WRITE));
	EXPECT_EQ(EBUSY, errno);
	ASSERT_EQ(0, close(fd));
	ASSERT_EQ(0, fcntl(file, F_ADD_SEALS, F_SEAL_WRITE));
	EXPECT_EQ(-1, region_over(file, PAGES * page_size()));
	EXPECT_EQ(EPERM, errno);
	close(file);
}

/* ---- refused files ---- */

/*
 * PROT_EXEC is refused, because security modules would check the device instead
 * of the file.
 */
TEST(a_file_is_not_executed_through_the_device)
{
	int file = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	void *map;
	int fd;

	ASSERT_TRUE(fill_file(file, PAGES));
	fd = region_over(file, PAGES * page_size());
	ASSERT_LE(0, fd);
	map = mmap(NULL, page_size(), PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	EXPECT_TRUE(failed(map));
	EXPECT_EQ(EPERM, errno);
	map = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, fd, 0);
	ASSERT_FALSE(failed(map));
	EXPECT_EQ(-1, mprotect(map, page_size(), PROT_READ | PROT_EXEC));
	EXPECT_EQ(EACCES, errno);
	close(fd);
	close(file);
}

/*
 * Even a read-only shared mapping of an append-only file is refused, because
 * the mapping could be made writable later. If the file is open for writing,
 * mmap() of the file itself refuses shared mappings, too.
 */
TEST(an_append_only_file_is_not_shared)
{
	char path[] = "/var/tmp/mmapdemo-append.XXXXXX";
	int file = mkostemp(path, O_CLOEXEC), flags, fd;
	void *map;

	ASSERT_TRUE(fill_file(file, PAGES));
	fd = region_over(file, PAGES * page_size());
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ioctl(file, FS_IOC_GETFLAGS, &flags));
	flags |= FS_APPEND_FL;
	ASSERT_EQ(0, ioctl(file, FS_IOC_SETFLAGS, &flags));
	map = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, fd, 0);
	EXPECT_TRUE(failed(map));
	EXPECT_EQ(EACCES, errno);
	map = mmap(NULL, page_size(), PROT_READ, MAP_PRIVATE, fd, 0);
	EXPECT_FALSE(failed(map));
	flags &= ~FS_APPEND_FL;
	EXPECT_EQ(0, ioctl(file, FS_IOC_SETFLAGS, &flags));
	EXPECT_EQ(0, unlink(path));
	close(fd);
	close(file);
}

static int refused(int file, int error)
{
	int fd = region_over(file, PAGES * page_size());

	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == error;
}

TEST(only_a_readable_and_writable_file_is_accepted)
{
	int pipes[2];
	char path[64];
	int file = file_on_disk();

	ASSERT_EQ(0, ftruncate(file, PAGES * page_size()));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	ASSERT_EQ(0, pipe(pipes));
	EXPECT_TRUE(refused(-1, EBADF));
	EXPECT_TRUE(refused(12345, EBADF));
	EXPECT_TRUE(refused(pipes[0], EINVAL));
	EXPECT_TRUE(refused(device_open(O_RDWR), EINVAL));
	EXPECT_TRUE(refused(open("/tmp", O_RDONLY), EINVAL));
	EXPECT_TRUE(refused(open("/proc/self/comm", O_RDWR), EINVAL));
	EXPECT_TRUE(refused(open("/sys/module/mmapdemo/parameters/attach", O_RDWR),
			    EINVAL));
	EXPECT_TRUE(refused(open(path, O_RDONLY), EACCES));
	EXPECT_TRUE(refused(open(path, O_WRONLY), EACCES));
	EXPECT_TRUE(refused(open(path, O_RDWR | O_APPEND), EACCES));
	EXPECT_FALSE(refused(open(path, O_RDWR), EACCES));
}

TEST_HARNESS_MAIN
