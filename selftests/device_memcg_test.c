// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page of the device is charged to the memory cgroup of the process that
 * touches the page first. The limit of this cgroup applies.
 *
 * Depends on: the kernel.
 */
#include "device.h"
#include "memcg.h"
#include "region.h"

/*
 * Many more pages than a CPU precharges. Precharged pages are included in
 * memory.current.
 */
#define MANY_PAGES 1009

FIXTURE(memcg)
{
	const char *missing;
	char path[128];
	int fd;
};

/*
 * Every test uses this macro, because older versions of the harness run the
 * test even if the setup calls SKIP().
 */
#define SKIP_WITHOUT_MEMCG()					\
do {								\
	if (self->missing)					\
		SKIP(return, "%s", self->missing);		\
} while (0)

static const char *charging_missing(void)
{
	const char *missing = memcg_missing();

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

/* Join the cgroup, and then touch the pages. This function runs in a child. */
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
	/*
	 * After the process has exited, the pages are still allocated and still
	 * charged.
	 */
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

/* Keys of memory.stat. Before Linux 5.18, there is no key "kernel". */
static const char *const keys[] = { "file ", "unevictable ", "shmem ", "kernel " };

/*
 * Changes of the cgroup's memory.stat. @grown is the change while the region
 * exists. @left is the change that remains after the region is freed.
 */
struct shown {
	long grown[ARRAY_SIZE(keys)];
	long left[ARRAY_SIZE(keys)];
};

static void shown_read(const char *memcg, long *values)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		values[i] = memcg_get(memcg, "memory.stat", keys[i]) -
			    values[i];
}

static int region_in(const char *memcg, __u32 method, __u64 bytes,
		     struct shown *shown)
{
	struct shown before = { };
	int fd;

	if (!memcg_put(memcg, "cgroup.procs", "0"))
		return 1;
	shown_read(memcg, before.grown);
	*shown = before;
	memcpy(shown->left, before.grown, sizeof(shown->left));
	fd = region_open(bytes, method);
	for (__u64 at = 0; at < bytes; at += page_size())
		if (pwrite(fd, "x", 1, at) != 1)
			return 1;
	shown_read(memcg, shown->grown);
	close(fd);
	shown_read(memcg, shown->left);
	return 0;
}

/*
 * The memory of the device is counted as unevictable memory of files, and not
 * as other memory. The kernel counts some unevictable pages late.
 */
TEST_F(memcg, the_group_counts_the_memory_as_memory_of_files)
{
	struct shown *shown = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const long bytes = 2 * HUGE;
	/* For a while, up to 64 pages of each CPU may be missing in the total. */
	const long late = 64 * sysconf(_SC_NPROCESSORS_ONLN) * page_size();
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
		EXPECT_LE(bytes - late, shown->grown[0]);
		EXPECT_LT(bytes / 2, shown->grown[1]);
		EXPECT_GT(bytes / 2, shown->grown[2]);
		EXPECT_GT(bytes / 2, shown->grown[3]);
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
			EXPECT_GT(bytes / 2, shown->left[i]) {
				TH_LOG("%s%s", keys[i], region_methods[by]);
			}
		}
	}
}

/*
 * If each of so many regions left one page charged, the sum would be more than
 * CPUs precharge and slabs take.
 */
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

TEST_F(memcg, all_memory_of_the_group_is_uncharged)
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

TEST_F(memcg, the_limit_of_the_group_applies)
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
	/* The limit does not affect other cgroups. */
	EXPECT_EQ(1, pwrite(self->fd, "x", 1, MANY_PAGES * page_size()));
}

/*
 * Size of a region whose pages are all allocated at once. The allocation takes
 * so long that SIGKILL arrives before the allocation ends.
 */
#define PREPARED (512 * MIB)

static int prepare_in(const char *memcg)
{
	if (!memcg_put(memcg, "cgroup.procs", "0"))
		return 1;
	region_open(PREPARED, MMAPDEMO_BY_PREPARE);
	return 2;
}

TEST_F(memcg, a_task_that_takes_all_pages_at_once_can_be_killed)
{
	pid_t pid;

	SKIP_WITHOUT_MEMCG();
	if (memcg_get(self->path, "memory.peak", "") < 0)
		SKIP(return, "before 5.19 a cgroup has no memory.peak");
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
