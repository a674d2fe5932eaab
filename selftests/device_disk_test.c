// SPDX-License-Identifier: GPL-2.0-only
/*
 * A region over a file on a disk that fails, is full, slow, or gone: who touches a
 * page that can't be read, and who asks whether all is written, is told; and what
 * can be saved is.
 */
#include "backing.h"
#include "disk.h"

#include <pthread.h>

FIXTURE(disk)
{
	struct disk *disk;	/* its page i is full of the byte i + 1 */
	pid_t child;		/* who serves it */
	int file;
	int fd;
	char *map;		/* all of the region, shared */
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

/* In each test: older harnesses go on after a SKIP in the setup. */
#define SKIP_WITHOUT_DISK()						\
do {									\
	if (access("/dev/fuse", F_OK))					\
		SKIP(return, "this kernel has no FUSE");		\
	ASSERT_LE(0, self->file);					\
	ASSERT_LE(0, self->fd);						\
	ASSERT_FALSE(failed(self->map));				\
} while (0)

/* The errno of a call that failed; 0: it did not. */
static int error_of(int result)
{
	return result < 0 ? errno : 0;
}

/* Waits for something that no ordinary signal ends, as a lock. */
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

TEST_F(disk, what_can_not_be_read_is_sigbus_until_it_can)
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
	EXPECT_EQ(EIO, error_of(pwrite(self->fd, "w", 1, 6 * page_size())));
	/* What was read before is there. */
	EXPECT_TRUE(all_bytes(self->map, 1, page_size()));

	self->disk->read_error = 0;
	for (size_t i = 0; i < PAGES; i++)
		EXPECT_TRUE(all_bytes(page_at(self->map, i), i + 1,
				      page_size()));
	*page_at(self->map, 4) = 's';
	EXPECT_EQ(0, sync_map(self->map));
	EXPECT_EQ('s', *page_at(self->disk->bytes, 4));
}

static void *read_byte(void *at)
{
	return (void *)(uintptr_t)*(volatile char *)at;
}

TEST_F_TIMEOUT(disk, a_read_that_takes_long_holds_up_nobody_else, 60)
{
	pthread_t thread;
	char *behind, other;
	void *byte;

	SKIP_WITHOUT_DISK();
	read_pages(self->map, 3);
	self->disk->hold = FUSE_READ;
	ASSERT_EQ(0, pthread_create(&thread, NULL, read_byte,
				    page_at(self->map, 7)));
	disk_until_holding(self->disk, FUSE_READ);
	/* Mappings, stores, new faults, other sizes; but for the disk. */
	behind = device_map(self->fd, 1, MAP_SHARED, PAGES);
	ASSERT_FALSE(failed(behind));
	*page_at(self->map, 1) = 's';
	ASSERT_EQ(0, madvise(self->map, 3 * page_size(), MADV_DONTNEED));
	EXPECT_EQ('s', *page_at(self->map, 1));
	EXPECT_EQ(1, pread(self->fd, &other, 1, 2 * page_size()));
	EXPECT_EQ(3, other);
	EXPECT_EQ(0, region_resize(self->fd, 2 * PAGES * page_size()));
	EXPECT_EQ(SIGBUS, touch_read(behind));
	self->disk->hold = 0;
	ASSERT_EQ(0, pthread_join(thread, &byte));
	EXPECT_EQ((void *)8, byte);
}

TEST_F_TIMEOUT(disk, who_waits_for_what_another_reads_can_be_killed, 60)
{
	pthread_t thread;
	void *byte;
	pid_t pid;

	SKIP_WITHOUT_DISK();
	/* Who has it open tells the disk when he ends, and waits for that. */
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

struct task {
	int fd;
	_Atomic pid_t tid;
	_Atomic bool done;
};

static void *sync_region(void *data)
{
	struct task *task = data;
	long ret = fsync(task->fd);

	task->done = true;
	return (void *)ret;
}

static void *write_file(void *data)
{
	struct task *task = data;

	task->tid = gettid();
	return (void *)pwrite(task->fd, "w", 1, 0);
}

/*
 * A sync reads again what is not dirty. Nor is, since the sync began, what another
 * write took to the file: it waits there, as somebody else writes.
 */
TEST_F_TIMEOUT(disk, a_sync_does_not_read_again_what_is_on_its_way, 60)
{
	struct task syncing = { .fd = self->fd }, writing = { .fd = self->file };
	char *page = page_at(self->map, 3);
	pthread_t syncer, writer;
	void *ret;

	SKIP_WITHOUT_DISK();
	if (variant->write_back)	/* nobody waits for the disk */
		return;
	read_pages(self->map, PAGES);
	self->disk->hold = FUSE_FSYNC;
	ASSERT_EQ(0, pthread_create(&syncer, NULL, sync_region, &syncing));
	disk_until_holding(self->disk, FUSE_FSYNC);
	ASSERT_EQ(0, pthread_create(&writer, NULL, write_file, &writing));
	while (!writing.tid || !waits(writing.tid))
		sched_yield();
	ASSERT_TRUE(put(CENTISECS, "1"));
	*page = 's';
	while (pfn_of(page))
		sched_yield();
	self->disk->hold = FUSE_WRITE;
	disk_until_holding(self->disk, FUSE_WRITE);
	for (int i = 0; i < 1000 && !syncing.done; i++)
		sched_yield();
	EXPECT_EQ('s', *page);
	self->disk->hold = 0;
	ASSERT_EQ(0, pthread_join(syncer, &ret));
	EXPECT_EQ(NULL, ret);
	ASSERT_EQ(0, pthread_join(writer, &ret));
	EXPECT_EQ((void *)1, ret);
	EXPECT_EQ('s', *page);
	EXPECT_EQ(0, fsync(self->fd));
	EXPECT_EQ('s', *page_at(self->disk->bytes, 3));
}

/*
 * What the file system did not take is tried again. What it took, and could not
 * write later, is its own loss: it tells of that, and so do we.
 */
TEST_F(disk, what_can_not_be_written_is_told_once)
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
	EXPECT_EQ(variant->write_back ? 1 : 'w', *self->disk->bytes);
	/* Who has the file open is told by it. */
	EXPECT_EQ(variant->write_back ? EIO : 0, error_of(fsync(self->file)));
	EXPECT_EQ(0, fsync(self->file));

	*self->map = 'x';
	EXPECT_EQ(0, fsync(self->fd));
	EXPECT_EQ('x', *self->disk->bytes);
	close(other);
}

TEST_F(disk, a_disk_that_does_not_flush_is_told_once)
{
	SKIP_WITHOUT_DISK();
	*self->map = 'f';
	self->disk->sync_error = EIO;
	EXPECT_EQ(EIO, error_of(fsync(self->fd)));
	self->disk->sync_error = 0;
	EXPECT_EQ(0, fsync(self->fd));
	EXPECT_EQ('f', *self->disk->bytes);
}

/* Of those that are written together the file system loses all, or none. */
TEST_F(disk, a_full_disk_gets_what_fits)
{
	size_t room = 5, there = 0;

	SKIP_WITHOUT_DISK();
	if (variant->write_back)
		return;
	self->disk->room = room * page_size();
	for (size_t i = 0; i < PAGES; i++)
		*page_at(self->map, i) = 'f';
	EXPECT_EQ(ENOSPC, error_of(sync_map(self->map)));
	for (size_t i = 0; i < PAGES; i++)
		there += *page_at(self->disk->bytes, i) == 'f';
	EXPECT_EQ(room, there);
	/* The others are kept, and written when there is room. */
	self->disk->room = PAGES * page_size();
	EXPECT_EQ(0, sync_map(self->map));
	for (size_t i = 0; i < PAGES; i++) {
		EXPECT_EQ('f', *page_at(self->disk->bytes, i));
		EXPECT_EQ((char)(i + 1), page_at(self->disk->bytes, i)[1]);
	}
}

TEST_F(disk, an_error_of_a_periodic_write_is_told_by_the_next_sync)
{
	SKIP_WITHOUT_DISK();
	if (variant->write_back)	/* by the file system's own */
		return;
	self->disk->write_error = EIO;
	ASSERT_TRUE(put(CENTISECS, "1"));
	*self->map = 'p';
	/* The harness ends a test that waits in vain. */
	while (!self->disk->failed)
		sched_yield();
	self->disk->write_error = 0;
	EXPECT_EQ(EIO, error_of(fsync(self->fd)));
	EXPECT_EQ('p', *self->disk->bytes);
	EXPECT_EQ(0, fsync(self->fd));
}

TEST_F(disk, the_last_close_gives_up_what_can_not_be_written)
{
	SKIP_WITHOUT_DISK();
	if (variant->write_back)	/* the file system may try again */
		return;
	*self->map = 'l';
	self->disk->write_error = EIO;
	ASSERT_EQ(0, munmap(self->map, PAGES * page_size()));
	EXPECT_EQ(0, close(self->fd));
	self->fd = -1;
	self->disk->write_error = 0;
	EXPECT_EQ(0, fsync(self->file));
	EXPECT_EQ(1, *self->disk->bytes);
}

TEST_F(disk, shrinking_gives_up_what_can_not_be_written_and_tells)
{
	size_t last = PAGES - 1;

	SKIP_WITHOUT_DISK();
	if (variant->write_back)	/* the file system may try again */
		return;
	*page_at(self->map, last) = 'c';
	self->disk->write_error = EIO;
	EXPECT_EQ(0, region_resize(self->fd, last * page_size()));
	self->disk->write_error = 0;
	EXPECT_EQ(EIO, error_of(fsync(self->fd)));
	EXPECT_EQ(0, fsync(self->fd));
	EXPECT_EQ(PAGES, *page_at(self->disk->bytes, last));
}

TEST_F(disk, a_disk_that_is_gone_hangs_nobody)
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

/* It ends, with a store that no fault told of, when its page was just written. */
TEST_F(disk, what_direct_io_stores_late_is_in_the_file_after_a_while)
{
	int file = memfd_create("file", MFD_CLOEXEC), fd;
	struct direct direct;
	char path[64], byte = 0;
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

	ASSERT_TRUE(put(CENTISECS, "1"));
	self->disk->hold = FUSE_READ;
	ASSERT_EQ(0, pthread_create(&thread, NULL, read_direct, &direct));
	disk_until_holding(self->disk, FUSE_READ);
	EXPECT_EQ(0, sync_map(direct.to));
	self->disk->hold = 0;
	ASSERT_EQ(0, pthread_join(thread, &length));
	ASSERT_EQ((void *)page_size(), length);
	/* The harness ends a test that waits in vain. */
	while (pread(file, &byte, 1, 0) == 1 && byte != 8)
		sched_yield();
	EXPECT_TRUE(all_bytes(direct.to, 8, page_size()));
	close(direct.from);
	munmap(direct.to, PAGES * page_size());
	close(fd);
	close(file);
}

TEST_HARNESS_MAIN
