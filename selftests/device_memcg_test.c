// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device's memory is charged to the memory cgroup of the first toucher and is
 * limited by the cgroup.
 *
 * Depends on: the kernel.
 */
#include "device.h"
#include "memcg.h"
#include "region.h"

/* Many more pages than a CPU's charge stock, which memory.current includes. */
#define MANY_PAGES 1009

FIXTURE(memcg)
{
	const char *missing;
	char path[128];
	int fd;
};

/* Used in each test: older harnesses continue after SKIP() in the setup. */
#define SKIP_WITHOUT_MEMCG()					\
do {								\
	if (self->missing)					\
		SKIP(return, "%s", self->missing);		\
} while (0)

static const char *charging_missing(void)
{
	const char *missing = memcg_missing();

	if (kernel_before(5, 11))
		return "before 5.11 mapped pages can't be charged";
	if (missing)
		return missing;
	return device_reload() ? NULL : NO_RELOAD;
}

FIXTURE_SETUP(memcg)
{
	self->fd = -1;
	self->missing = charging_missing();
	if (self->missing)
		return;
	ASSERT_TRUE(memcg_create(self->path, sizeof(self->path)));
	self->fd = device_open(O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(memcg)
{
	close(self->fd);
	rmdir(self->path);
}

/* Join the cgroup before touching the pages. Runs in a child. */
static int touch_in(const char *memcg, int fd, long *before, long *after)
{
	char *map = device_map(fd, MANY_PAGES, MAP_SHARED, 0);

	if (failed(map) || !memcg_put(memcg, "cgroup.procs", "0"))
		return 1;
	*before = memcg_get(memcg, "memory.current", "");
	write_pages(map, MANY_PAGES);
	*after = memcg_get(memcg, "memory.current", "");
	return 0;
}

TEST_F(memcg, first_touch_is_charged_to_the_group)
{
	long *seen = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long bytes = MANY_PAGES * page_size();
	pid_t pid;

	SKIP_WITHOUT_MEMCG();
	ASSERT_FALSE(failed(seen));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(touch_in(self->path, self->fd, &seen[0], &seen[1]));
	ASSERT_EQ(0, wait_for(pid));
	ASSERT_LE(0, seen[0]);
	EXPECT_LT(seen[0], bytes / 2);
	EXPECT_LE(bytes, seen[1]);
	/* The pages and their charge remain after the exit of the process. */
	EXPECT_LE(bytes, memcg_get(self->path, "memory.current", ""));
}

static int write_in(const char *memcg, int fd)
{
	size_t length = MANY_PAGES * page_size();
	char *zeros = mmap(NULL, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);

	if (failed(zeros) || !memcg_put(memcg, "cgroup.procs", "0"))
		return 1;
	return pwrite(fd, zeros, length, 0) != (ssize_t)length;
}

TEST_F(memcg, write_is_charged_to_the_group)
{
	long bytes = MANY_PAGES * page_size();
	pid_t pid;

	SKIP_WITHOUT_MEMCG();
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(write_in(self->path, self->fd));
	ASSERT_EQ(0, wait_for(pid));
	EXPECT_LE(bytes, memcg_get(self->path, "memory.current", ""));
}

/* Growth of the cgroup's memory.stat by a region, and the rest after its end. */
struct shown {
	long file, shmem, file_left, shmem_left;
};

static long stat_of(const char *memcg, const char *key)
{
	return memcg_get(memcg, "memory.stat", key);
}

static int region_in(const char *memcg, __u32 method, __u64 bytes,
		     struct shown *shown)
{
	long file, shmem;
	int fd;

	if (!memcg_put(memcg, "cgroup.procs", "0"))
		return 1;
	file = stat_of(memcg, "file ");
	shmem = stat_of(memcg, "shmem ");
	fd = region_open(bytes, method);
	for (__u64 at = 0; at < bytes; at += page_size())
		if (pwrite(fd, "x", 1, at) != 1)
			return 1;
	shown->file = stat_of(memcg, "file ") - file;
	shown->shmem = stat_of(memcg, "shmem ") - shmem;
	close(fd);
	shown->file_left = stat_of(memcg, "file ") - file;
	shown->shmem_left = stat_of(memcg, "shmem ") - shmem;
	return 0;
}

TEST_F(memcg, the_group_shows_it_as_memory_of_files)
{
	struct shown *shown = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const long bytes = 2 * HUGE;
	pid_t pid;

	SKIP_WITHOUT_MEMCG();
	ASSERT_FALSE(failed(shown));
	for (__u32 by = 0; by < MMAPDEMO_BY_COUNT; by++) {
		pid = fork_child();
		ASSERT_LE(0, pid);
		if (!pid)
			_exit(region_in(self->path, by, bytes, shown));
		ASSERT_EQ(0, wait_for(pid)) {
			TH_LOG("%s", region_methods[by]);
		}
		EXPECT_LE(bytes, shown->file);
		EXPECT_LE(bytes, shown->shmem);
		EXPECT_GT(bytes / 2, shown->file_left);
		EXPECT_GT(bytes / 2, shown->shmem_left);
	}
}

/* One page of each region is more than a CPU's stock plus slabs. */
#define REGIONS 1000

/* Create, map, touch, unmap and close regions. No charge may remain. */
static int regions_in(const char *memcg, __u32 method)
{
	const size_t pages = method == MMAPDEMO_BY_HUGE ? HUGE / page_size() :
							  PAGES;

	if (!memcg_put(memcg, "cgroup.procs", "0"))
		return 1;
	for (int i = 0; i < REGIONS; i++) {
		int fd = region_open(pages * page_size(), method);
		char *map = device_map(fd, pages, MAP_SHARED, 0);

		if (failed(map))
			return 2;
		write_pages(map, 3);
		munmap(map, pages * page_size());
		close(fd);
	}
	return 0;
}

TEST_F(memcg, the_group_gets_all_of_it_back)
{
	const long one_each = REGIONS * page_size();
	pid_t pid;

	SKIP_WITHOUT_MEMCG();
	for (__u32 by = 0; by < MMAPDEMO_BY_COUNT; by++) {
		pid = fork_child();
		ASSERT_LE(0, pid);
		if (!pid)
			_exit(regions_in(self->path, by));
		ASSERT_EQ(0, wait_for(pid));
		EXPECT_GT(one_each / 2,
			  memcg_get(self->path, "memory.current", "")) {
			TH_LOG("%s", region_methods[by]);
		}
	}
}

TEST_F(memcg, the_limit_of_the_group_is_a_limit)
{
	long ignored;
	pid_t pid;

	SKIP_WITHOUT_MEMCG();
	ASSERT_TRUE(memcg_put(self->path, "memory.max", "2M"));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(touch_in(self->path, self->fd, &ignored, &ignored));
	EXPECT_EQ(128 + SIGKILL, wait_for(pid));
	EXPECT_LT(0, memcg_get(self->path, "memory.events", "oom_kill "));
	EXPECT_GE((2 * MIB) / page_size(),
		  device_stat(self->fd).resident_pages);
	/* Other cgroups are not affected. */
	EXPECT_EQ(1, pwrite(self->fd, "x", 1, MANY_PAGES * page_size()));
}

/* Size with all pages at once, large enough for the kill to arrive in time. */
#define PREPARED (512 * MIB)

static int prepare_in(const char *memcg)
{
	if (!memcg_put(memcg, "cgroup.procs", "0"))
		return 1;
	region_open(PREPARED, MMAPDEMO_BY_PREPARE);
	return 2;
}

TEST_F(memcg, who_takes_all_pages_at_once_can_be_killed)
{
	pid_t pid;

	SKIP_WITHOUT_MEMCG();
	if (memcg_get(self->path, "memory.peak", "") < 0)
		SKIP(return, "before 5.19 a group has no memory.peak");
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(prepare_in(self->path));
	while (memcg_get(self->path, "memory.current", "") < (long)(8 * MIB))
		usleep(1000);
	kill(pid, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, wait_for(pid));
	EXPECT_GT((long)PREPARED, memcg_get(self->path, "memory.peak", ""));
}

TEST_HARNESS_MAIN
