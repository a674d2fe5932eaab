// SPDX-License-Identifier: GPL-2.0-only
/*
 * A region over a file: what is stored there reaches the file, and the other
 * way round, after sync; and what is not a file, or has no room, is refused.
 */
#include "backed.h"

#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* ---- from the file ---- */

TEST_F(backing, a_touch_reads_the_file)
{
	for (size_t i = 0; i < PAGES; i++)
		EXPECT_TRUE(all_bytes(page_at(self->map, i), i + 1,
				      page_size()));
	EXPECT_EQ(PAGES, device_stat(self->fd).resident_pages);
}

TEST_F(backing, read_reads_the_file)
{
	char bytes[4] = "";

	EXPECT_EQ(4, pread(self->fd, bytes, 4, 7 * page_size() - 2));
	EXPECT_EQ(0, memcmp("\x7\x7\x8\x8", bytes, 4));
}

TEST_F(backing, a_hole_of_the_file_is_zeros)
{
	int file = variant->file();
	char *map;

	ASSERT_EQ(0, ftruncate(file, PAGES * page_size()));
	map = device_map(region_over(file, PAGES * page_size()), PAGES,
			 MAP_SHARED, 0);
	ASSERT_FALSE(failed(map));
	EXPECT_TRUE(all_bytes(page_at(map, 5), 0, page_size()));
	page_at(map, 5)[9] = 'h';
	EXPECT_EQ(0, sync_map(map));
	EXPECT_EQ('h', byte_of(file, 5 * page_size() + 9));
}

TEST_F(backing, what_was_written_to_the_file_is_seen_after_sync)
{
	ASSERT_EQ(2, self->map[page_size()]);
	ASSERT_EQ(1, pwrite(self->file, "f", 1, page_size()));
	EXPECT_EQ(2, self->map[page_size()]);
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ('f', self->map[page_size()]);
	/* fsync(), too. */
	ASSERT_EQ(1, pwrite(self->file, "g", 1, page_size()));
	EXPECT_EQ(0, fsync(self->fd));
	EXPECT_EQ('g', self->map[page_size()]);
}

/* ---- to the file ---- */

TEST_F(backing, a_store_is_in_the_file_after_msync)
{
	self->map[3 * page_size() + 1] = 's';
	EXPECT_EQ(4, byte_of(self->file, 3 * page_size() + 1));
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ('s', byte_of(self->file, 3 * page_size() + 1));
	/* And nothing else is. */
	EXPECT_EQ(4, byte_of(self->file, 3 * page_size()));
	EXPECT_EQ(3, byte_of(self->file, 2 * page_size() + 1));
}

/* The page must be mapped read-only again, or the second one is not noticed. */
TEST_F(backing, a_store_after_msync_is_in_the_file_after_the_next)
{
	for (char byte = 'a'; byte < 'f'; byte++) {
		self->map[0] = byte;
		EXPECT_EQ(0, fdatasync(self->fd));
		EXPECT_EQ(byte, byte_of(self->file, 0));
	}
}

TEST_F(backing, a_store_is_in_the_file_after_the_last_close)
{
	self->map[page_size()] = 'c';
	ASSERT_EQ(0, close(self->fd));
	EXPECT_EQ(2, byte_of(self->file, page_size()));
	ASSERT_EQ(0, munmap(self->map, PAGES * page_size()));
	EXPECT_EQ('c', byte_of(self->file, page_size()));
	self->fd = -1;
}

TEST_F(backing, write_is_in_the_file_after_sync)
{
	EXPECT_EQ(9, pwrite(self->fd, "spanning", 9, 2 * page_size() - 3));
	EXPECT_STREQ("spanning", self->map + 2 * page_size() - 3);
	EXPECT_EQ(2, byte_of(self->file, 2 * page_size() - 3));
	EXPECT_EQ(0, fsync(self->fd));
	EXPECT_EQ('p', byte_of(self->file, 2 * page_size() - 2));
	EXPECT_EQ('g', byte_of(self->file, 2 * page_size() + 4));
}

/* The source of what is written is what it is written to. */
TEST_F(backing, write_from_the_page_itself)
{
	EXPECT_EQ((ssize_t)page_size(), pwrite(self->fd, page_at(self->map, 4),
					       page_size(), 4 * page_size() +
					       page_size() / 2));
	EXPECT_TRUE(all_bytes(page_at(self->map, 4), 5,
			      page_size() + page_size() / 2));
	EXPECT_EQ(6, page_at(self->map, 5)[page_size() - 1]);
}

TEST_F(backing, a_write_of_nothing_takes_no_page)
{
	char *bad = hole(page_size(), page_size());

	EXPECT_EQ(-1, pwrite(self->fd, bad, 1, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, device_stat(self->fd).resident_pages);
}

TEST_F(backing, a_private_store_is_never_in_the_file)
{
	char *private = device_map(self->fd, PAGES, MAP_PRIVATE, 0);

	ASSERT_FALSE(failed(private));
	private[0] = 'p';
	self->map[1] = 's';
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ(1, byte_of(self->file, 0));
	EXPECT_EQ('s', byte_of(self->file, 1));
	EXPECT_EQ('p', private[0]);
	EXPECT_EQ(1, self->map[0]);
}

TEST_F(backing, a_store_is_in_the_file_after_a_while)
{
	char before[32];

	ASSERT_TRUE(periodic_set("1", before, sizeof(before)));
	self->map[0] = 'w';
	/* The harness ends a test that waits in vain. */
	while (byte_of(self->file, 0) != 'w')
		usleep(1000);
	EXPECT_TRUE(put(CENTISECS, before));
}

/* Kept by whoever got the descriptor, and stored by who is killed. */
TEST_F(backing, what_was_stored_before_sigkill_is_in_the_file)
{
	int pipes[2];
	char byte;
	pid_t pid;

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
	/* The child's is the last. */
	ASSERT_EQ(0, close(self->fd));
	self->fd = -1;
	ASSERT_EQ(1, read(pipes[0], &byte, 1));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, wait_for(pid));
	for (size_t i = 0; i < PAGES; i++)
		EXPECT_EQ('k', byte_of(self->file, i * page_size() + i));
}

/* ---- no store is lost ---- */

struct storing {
	volatile unsigned long *counters;	/* one in each page */
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

/* Direct I/O stores without a fault, into a page that is not dirty any more. */
TEST_F(backing, what_direct_io_reads_into_it_is_in_the_file)
{
	int source = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

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

/* Whoever waits for it is not who writes: his limit on files is not asked. */
TEST_F(backing, sync_does_not_ask_the_limits_of_the_caller)
{
	struct rlimit none = { .rlim_cur = 0, .rlim_max = RLIM_INFINITY };

	self->map[0] = 'l';
	ASSERT_EQ(0, setrlimit(RLIMIT_FSIZE, &none));
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ('l', byte_of(self->file, 0));
}

TEST_F(backing, what_others_do_with_their_descriptor_does_not_matter)
{
	ASSERT_EQ(0, fcntl(self->file, F_SETFL, O_APPEND));
	self->map[0] = 'a';
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ('a', byte_of(self->file, 0));
	EXPECT_EQ((off_t)(PAGES * page_size()),
		  lseek(self->file, 0, SEEK_END));
}

/* ---- a file that is shorter ---- */

TEST_F(backing, behind_the_end_of_the_file_is_sigbus)
{
	int fd = region_over(self->file, 2 * PAGES * page_size());
	char *map = device_map(fd, 2 * PAGES, MAP_SHARED, 0);
	char byte;

	ASSERT_FALSE(failed(map));
	EXPECT_EQ(0, touch_write(page_at(map, PAGES - 1)));
	EXPECT_EQ(SIGBUS, touch_read(page_at(map, PAGES)));
	EXPECT_EQ(SIGBUS, touch_write(page_at(map, 2 * PAGES - 1)));
	EXPECT_EQ(0, pread(fd, &byte, 1, PAGES * page_size()));
	EXPECT_EQ(-1, pwrite(fd, "x", 1, PAGES * page_size()));
	EXPECT_EQ(ENOSPC, errno);
	/* There is more of it now. */
	ASSERT_EQ(0, ftruncate(self->file, 2 * PAGES * page_size()));
	EXPECT_EQ(0, touch_write(page_at(map, PAGES)));
	EXPECT_EQ(0, fsync(fd));
	EXPECT_EQ(0x5a, byte_of(self->file, PAGES * page_size()));
	close(fd);
}

TEST_F(backing, a_truncated_file_stays_so)
{
	off_t end = 3 * page_size() + 100;

	write_pages(self->map, PAGES);
	ASSERT_EQ(0, ftruncate(self->file, end));
	self->map[end] = 't';
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ(end, lseek(self->file, 0, SEEK_END));
	EXPECT_EQ(1, byte_of(self->file, page_size()));
	/* As a mapping of the file: zeros up to the end of the page. */
	EXPECT_EQ(4, self->map[end - 1]);
	EXPECT_TRUE(all_bytes(self->map + end, 0, page_size() - 100));
	EXPECT_EQ(SIGBUS, touch_read(page_at(self->map, 4)));
	/* What is behind the end, in its last page, is nowhere. */
	self->map[end] = 't';
	EXPECT_EQ(0, sync_map(self->map));
	ASSERT_EQ(0, ftruncate(self->file, PAGES * page_size()));
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ(0, self->map[end]);
	EXPECT_EQ(0, *page_at(self->map, 4));
}

/* ---- errors ---- */

FIXTURE(disk)
{
	int file;	/* PAGES long, nothing but a hole */
	int filler;
	int fd;
	char *map;
};

/* A small file system that is full. */
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
	/* It lives as long as these. */
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

/* So a touch fails before a store can. [56a8c8eb1eaf, Linux 5.18] */
#define HOLES_TAKE_ROOM \
	"before 5.18 the holes of a file in tmpfs take room when they are read"

static size_t pages_in(int file)
{
	size_t pages = 0;

	for (size_t i = 0; i < PAGES; i++)
		pages += byte_of(file, i * page_size()) == 'd';
	return pages;
}

TEST_F(disk, a_full_one_loses_nothing_that_fits)
{
	size_t room = 5;

	if (kernel_before(5, 18))
		SKIP(return, HOLES_TAKE_ROOM);
	for (size_t i = 0; i < PAGES; i++)
		*page_at(self->map, i) = 'd';
	EXPECT_EQ(-1, fsync(self->fd));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(0, pages_in(self->file));

	/* Some fit. */
	ASSERT_EQ(0, fallocate(self->filler, FALLOC_FL_PUNCH_HOLE |
			       FALLOC_FL_KEEP_SIZE, 0, room * page_size()));
	EXPECT_EQ(-1, sync_map(self->map));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(room, pages_in(self->file));
	/* Those that don't are still there. */
	for (size_t i = 0; i < PAGES; i++)
		EXPECT_EQ('d', *page_at(self->map, i));

	/* All do, without being stored once more. */
	ASSERT_EQ(0, ftruncate(self->filler, 0));
	EXPECT_EQ(0, fsync(self->fd));
	EXPECT_EQ(PAGES, pages_in(self->file));
	EXPECT_EQ(0, fsync(self->fd));
}

TEST_F(disk, an_error_is_told_once)
{
	int fd;

	if (kernel_before(5, 18))
		SKIP(return, HOLES_TAKE_ROOM);
	*self->map = 'd';
	ASSERT_EQ(-1, fsync(self->fd));
	/* It is tried again; of those who share the open file one is told. */
	*self->map = 'd';
	fd = dup(self->fd);
	ASSERT_EQ(-1, fsync(fd));
	EXPECT_EQ(ENOSPC, errno);
	ASSERT_EQ(0, ftruncate(self->filler, 0));
	EXPECT_EQ(0, fsync(self->fd));
	EXPECT_EQ(0, fsync(fd));
	EXPECT_EQ('d', byte_of(self->file, 0));
	close(fd);
}

/* A file that nobody may write to any more. */
TEST(what_can_not_be_written_is_eio)
{
	int file = file_in_memory();
	char *map;
	int fd;

	ASSERT_TRUE(fill_file(file, PAGES));
	fd = region_over(file, PAGES * page_size());
	map = device_map(fd, PAGES, MAP_SHARED, 0);
	ASSERT_FALSE(failed(map));
	*map = 'e';
	ASSERT_EQ(0, fcntl(file, F_ADD_SEALS, F_SEAL_WRITE));
	EXPECT_EQ(-1, fsync(fd));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ('e', *map);
	EXPECT_EQ(1, byte_of(file, 0));
	/* Nor is it forgotten by asking. */
	EXPECT_EQ(-1, msync(map, page_size(), MS_SYNC));
	EXPECT_EQ(EIO, errno);
}

/* ---- what is refused ---- */

static int refused(int file, int error)
{
	int fd = region_over(file, PAGES * page_size());

	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == error;
}

TEST(only_a_file_that_can_be_read_and_written_will_do)
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
	EXPECT_TRUE(refused(open(path, O_RDONLY), EACCES));
	EXPECT_TRUE(refused(open(path, O_WRONLY), EACCES));
	EXPECT_TRUE(refused(open(path, O_RDWR | O_APPEND), EACCES));
	EXPECT_FALSE(refused(open(path, O_RDWR), EACCES));
}

TEST_HARNESS_MAIN
