// SPDX-License-Identifier: GPL-2.0-only
/*
 * Separate regions: their creation, refused requests, limits, charging and
 * lifetime.
 *
 * Depends on: the kernel.
 */
#include "device.h"
#include "region.h"

#include "memcg.h"

#include <sys/resource.h>

#define PARAMETERS "/sys/module/mmapdemo/parameters/"

/* Check that the call fails with @error. */
#define EXPECT_REFUSED(error, call)			\
do {							\
	errno = 0;					\
	EXPECT_EQ(-1, call);				\
	EXPECT_EQ(error, errno);			\
} while (0)

FIXTURE(own)
{
	int fd;
};

FIXTURE_SETUP(own)
{
	self->fd = device_open(O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(own)
{
	close(self->fd);
}

/* ---- creation ---- */

TEST_F(own, has_the_requested_size_and_method)
{
	struct mmapdemo_stat stat;

	for (__u32 method = 0; method < MMAPDEMO_BY_COUNT; method++) {
		int fd = region_open(HUGE, method);

		ASSERT_LE(0, fd) {
			TH_LOG("%s", region_methods[method]);
		}
		stat = device_stat(fd);
		EXPECT_EQ(HUGE, stat.bytes);
		EXPECT_EQ(method, stat.method);
		EXPECT_EQ(0, stat.flags);
		EXPECT_EQ(HUGE, device_info(fd).region_bytes);
		EXPECT_EQ((off_t)HUGE, lseek(fd, 0, SEEK_END));
		close(fd);
	}
}

TEST_F(own, is_empty_and_separate)
{
	int other = region_open(PAGES * page_size(), MMAPDEMO_BY_PAGE);
	char byte = 'x';

	ASSERT_LE(0, other);
	ASSERT_EQ(1, pwrite(self->fd, "d", 1, 0));
	ASSERT_EQ(0, region_give(self->fd, PAGES * page_size(),
				 MMAPDEMO_BY_PAGE, 0));
	EXPECT_EQ(0, device_stat(self->fd).resident_pages);
	EXPECT_EQ(1, pread(self->fd, &byte, 1, 0));
	EXPECT_EQ('\0', byte);
	EXPECT_EQ(1, pwrite(self->fd, "s", 1, 0));
	EXPECT_EQ(1, pread(other, &byte, 1, 0));
	EXPECT_EQ('\0', byte);
	close(other);
	/* The default region is unchanged. */
	other = device_open(O_RDONLY);
	EXPECT_EQ(1, pread(other, &byte, 1, 0));
	EXPECT_EQ('d', byte);
	EXPECT_EQ(MMAPDEMO_BY_PAGE, device_stat(other).method);
	close(other);
}

TEST_F(own, a_descriptor_gets_only_one_region)
{
	ASSERT_EQ(0, region_give(self->fd, page_size(), MMAPDEMO_BY_PAGE, 0));
	EXPECT_REFUSED(EBUSY, region_give(self->fd, 2 * page_size(),
					  MMAPDEMO_BY_PAGE, 0));
	EXPECT_EQ(page_size(), device_stat(self->fd).bytes);
}

TEST_F(own, earlier_mappings_do_not_change)
{
	__u64 bytes = device_stat(self->fd).bytes;
	char *map = device_map(self->fd, 1, MAP_SHARED, 0);

	ASSERT_FALSE(failed(map));
	EXPECT_REFUSED(EBUSY, region_give(self->fd, page_size(),
					  MMAPDEMO_BY_PAGE, 0));
	ASSERT_EQ(0, munmap(map, page_size()));
	EXPECT_REFUSED(EBUSY, region_give(self->fd, page_size(),
					  MMAPDEMO_BY_PAGE, 0));
	EXPECT_EQ(bytes, device_stat(self->fd).bytes);
}

/*
 * The first region uses "remap". With "remap", a page that is removed from a
 * mapping never comes back.
 */
TEST_F(own, a_refused_second_region_takes_nothing_from_the_first)
{
	char *map;

	ASSERT_EQ(0, region_give(self->fd, page_size(), MMAPDEMO_BY_REMAP, 0));
	map = device_map(self->fd, 1, MAP_SHARED, 0);
	ASSERT_FALSE(failed(map));
	map[0] = 'f';
	EXPECT_REFUSED(EBUSY, region_give(self->fd, page_size(),
					  MMAPDEMO_BY_REMAP, 0));
	ASSERT_EQ(0, touch_read(map));
	EXPECT_EQ('f', map[0]);
}

TEST_F(own, a_read_only_descriptor_is_not_enough)
{
	int fd = device_open(O_RDONLY);

	EXPECT_REFUSED(EPERM, region_give(fd, page_size(), MMAPDEMO_BY_PAGE,
					  0));
	EXPECT_REFUSED(EPERM, region_resize(fd, page_size()));
	EXPECT_REFUSED(EPERM, region_punch(fd, 0, 1));
	EXPECT_REFUSED(EPERM, region_plan(fd, 0, 1, MMAPDEMO_PLAN_SIGBUS, 1,
					  0));
	close(fd);
}

TEST_F(own, the_shared_region_is_not_changed)
{
	size_t pages = device_pages(self->fd);

	EXPECT_REFUSED(EPERM, region_resize(self->fd, page_size()));
	EXPECT_REFUSED(EPERM, region_punch(self->fd, 0, 1));
	EXPECT_REFUSED(EPERM, region_plan(self->fd, 0, 1, MMAPDEMO_PLAN_SIGBUS,
					  1, 0));
	EXPECT_EQ(pages, device_pages(self->fd));
}

TEST_F(own, impossible_requests_are_refused)
{
	const struct {
		__u64 bytes;
		__u32 method;
		__u32 flags;
		int error;
	} cases[] = {
		{ 0, MMAPDEMO_BY_PAGE, 0, EINVAL },
		{ page_size() + 1, MMAPDEMO_BY_PAGE, 0, EINVAL },
		{ ~0ULL, MMAPDEMO_BY_PAGE, 0, EINVAL },
		{ 1ULL << 63, MMAPDEMO_BY_PAGE, 0, EINVAL },
		{ 1ULL << 62, MMAPDEMO_BY_PAGE, 0, EFBIG },
		{ page_size(), MMAPDEMO_BY_COUNT, 0, EINVAL },
		{ page_size(), ~0U, 0, EINVAL },
		{ page_size(), MMAPDEMO_BY_HUGE, 0, EINVAL },
		{ HUGE + page_size(), MMAPDEMO_BY_HUGE, 0, EINVAL },
		{ 2 * HUGE + page_size(), MMAPDEMO_BY_REMAP, 0, EFBIG },
		{ page_size(), MMAPDEMO_BY_PAGE,
		  MMAPDEMO_REGION_WRITE_COMBINING, EINVAL },
		{ page_size(), MMAPDEMO_BY_REMAP,
		  MMAPDEMO_REGION_WRITE_COMBINING | MMAPDEMO_REGION_UNCACHED,
		  EINVAL },
		{ page_size(), MMAPDEMO_BY_REMAP, 4, EINVAL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		EXPECT_EQ(-1, region_give(self->fd, cases[i].bytes,
					  cases[i].method, cases[i].flags));
		EXPECT_EQ(cases[i].error, errno) {
			TH_LOG("case %zu", i);
		}
	}
	/*
	 * The refused requests have left nothing allocated. A region can
	 * therefore still be created.
	 */
	EXPECT_EQ(0, region_give(self->fd, page_size(), MMAPDEMO_BY_PAGE, 0));
}

/*
 * A structure is refused if it is too short, longer than a page, or if a member
 * that the module does not know is not 0.
 */
TEST_F(own, structures_of_a_wrong_size_are_refused)
{
	const struct {
		unsigned long cmd;
		__u64 size;
	} cases[] = {
		{ MMAPDEMO_IOC_REGION, sizeof(struct mmapdemo_region) },
		{ MMAPDEMO_IOC_RESIZE, sizeof(struct mmapdemo_resize) },
		{ MMAPDEMO_IOC_PUNCH, sizeof(struct mmapdemo_punch) },
		{ MMAPDEMO_IOC_PAGES, sizeof(struct mmapdemo_pages) },
		{ MMAPDEMO_IOC_PLAN, sizeof(struct mmapdemo_plan) },
	};
	int fd = region_open(page_size(), MMAPDEMO_BY_PAGE);
	__u64 words[1024];

	ASSERT_LE(0, fd);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		/* MMAPDEMO_IOC_REGION needs a descriptor without a separate region. */
		int at = cases[i].cmd == MMAPDEMO_IOC_REGION ? self->fd : fd;

		memset(words, 0, sizeof(words));
		words[0] = cases[i].size - 1;
		EXPECT_REFUSED(EINVAL, ioctl(at, cases[i].cmd, words));
		words[0] = page_size() + 1;
		EXPECT_REFUSED(E2BIG, ioctl(at, cases[i].cmd, words));
		words[0] = cases[i].size + 8;
		words[cases[i].size / 8] = 1;
		EXPECT_REFUSED(E2BIG, ioctl(at, cases[i].cmd, words));
		EXPECT_REFUSED(EFAULT, ioctl(at, cases[i].cmd, NULL));
	}
	/* The member named "reserved" must be 0. */
	memset(words, 0, sizeof(words));
	words[0] = sizeof(struct mmapdemo_region);
	words[1] = page_size();
	words[3] = 1;
	EXPECT_REFUSED(EINVAL, ioctl(self->fd, MMAPDEMO_IOC_REGION, words));
	close(fd);
}

/* ---- sharing and limits ---- */

TEST_F(own, a_child_has_the_region_too)
{
	char *map;
	pid_t pid;

	ASSERT_EQ(0, region_give(self->fd, PAGES * page_size(),
				 MMAPDEMO_BY_PAGE, 0));
	map = device_map(self->fd, PAGES, MAP_SHARED, 0);
	ASSERT_FALSE(failed(map));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid) {
		char *mine = device_map(self->fd, PAGES, MAP_SHARED, 0);

		strcpy(page_at(mine, 3), "by fd");
		strcpy(page_at(map, 4), "by mapping");
		_exit(0);
	}
	ASSERT_EQ(0, wait_for(pid));
	EXPECT_STREQ("by fd", page_at(map, 3));
	EXPECT_STREQ("by mapping", page_at(map, 4));
	EXPECT_EQ(2, region_resident(self->fd, 0, PAGES));
}

static long regions_left(void)
{
	long bytes = 0;
	int fds[64], count = 0;

	/* Create regions of 1 MiB until the limit is reached. */
	while (count < 64 && (fds[count] = region_open(MIB, 0)) >= 0) {
		bytes += MIB;
		count++;
	}
	while (count--)
		close(fds[count]);
	return bytes;
}

/* A module parameter that a test changes temporarily. */
struct limit {
	char path[128];
	char old[32];
};

static bool limit_set(struct limit *limit, const char *name, const char *value)
{
	FILE *file;

	snprintf(limit->path, sizeof(limit->path), PARAMETERS "%s", name);
	file = fopen(limit->path, "re");
	if (!file)
		return false;
	if (!fgets(limit->old, sizeof(limit->old), file))
		limit->old[0] = '\0';
	fclose(file);
	return put(limit->path, value);
}

static bool limit_restore(const struct limit *limit)
{
	return put(limit->path, limit->old);
}

TEST_F(own, one_region_has_a_limit)
{
	struct limit limit;

	ASSERT_TRUE(limit_set(&limit, "region_max", "4M"));
	EXPECT_REFUSED(EFBIG, region_give(self->fd, 4 * MIB + page_size(),
					  MMAPDEMO_BY_PAGE, 0));
	EXPECT_EQ(0, region_give(self->fd, 4 * MIB, MMAPDEMO_BY_PAGE, 0));
	EXPECT_REFUSED(EFBIG, region_resize(self->fd, 4 * MIB + page_size()));
	EXPECT_EQ(4 * MIB, device_stat(self->fd).bytes);
	EXPECT_TRUE(limit_restore(&limit));
	EXPECT_EQ(0, region_resize(self->fd, 4 * MIB + page_size()));
}

TEST_F(own, all_regions_together_have_a_limit)
{
	struct limit limit;
	char *map;
	int fd;

	ASSERT_TRUE(limit_set(&limit, "regions_max", "8M"));
	ASSERT_EQ(8 * (long)MIB, regions_left());
	ASSERT_EQ(0, region_give(self->fd, 5 * MIB, MMAPDEMO_BY_PAGE, 0));
	EXPECT_EQ(3 * (long)MIB, regions_left());
	fd = device_open(O_RDWR);
	EXPECT_REFUSED(ENOSPC, region_give(fd, 4 * MIB, MMAPDEMO_BY_PAGE, 0));
	/* Refused requests must not count against the limit. */
	EXPECT_EQ(0, region_give(fd, 3 * MIB, MMAPDEMO_BY_PAGE, 0));
	EXPECT_REFUSED(ENOSPC, region_resize(fd, 4 * MIB));
	EXPECT_EQ(0, region_resize(fd, 2 * MIB));
	EXPECT_EQ((long)MIB, regions_left());
	/* A mapping keeps the region alive, even if no descriptor is open. */
	map = device_map(fd, 1, MAP_SHARED, 0);
	ASSERT_FALSE(failed(map));
	close(fd);
	EXPECT_EQ((long)MIB, regions_left());
	strcpy(map, "still here");
	EXPECT_STREQ("still here", map);
	ASSERT_EQ(0, munmap(map, page_size()));
	EXPECT_EQ(3 * (long)MIB, regions_left());
	EXPECT_TRUE(limit_restore(&limit));
}

TEST_F(own, a_limit_is_a_number_of_pages)
{
	struct limit limit;

	EXPECT_FALSE(limit_set(&limit, "region_max", "many"));
	EXPECT_FALSE(limit_set(&limit, "region_max", "0"));
	EXPECT_FALSE(limit_set(&limit, "region_max", "4097"));
	EXPECT_FALSE(limit_set(&limit, "region_max", "1048576G"));
	/* These sizes are 1 GiB and 4096 bytes, plus 2^64 bytes. */
	EXPECT_FALSE(limit_set(&limit, "region_max", "17179869185G"));
	EXPECT_FALSE(limit_set(&limit, "region_max", "18446744073709555712"));
	EXPECT_FALSE(limit_set(&limit, "region_max", "1MB"));
	EXPECT_FALSE(limit_set(&limit, "region_max", "M"));
	EXPECT_FALSE(limit_set(&limit, "regions_max", "4097"));
}

/* ---- fdinfo ---- */

static bool fdinfo_says(int fd, const char *wanted)
{
	char path[64], line[256];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		found |= !strcmp(line, wanted);
	if (file)
		fclose(file);
	return found;
}

TEST_F(own, fdinfo_shows_the_region)
{
	EXPECT_TRUE(fdinfo_says(self->fd, "mmapdemo-method:\tpage\n"));
	ASSERT_EQ(0, region_give(self->fd, HUGE, MMAPDEMO_BY_HUGE, 0));
	EXPECT_TRUE(fdinfo_says(self->fd, "mmapdemo-method:\thuge\n"));
	EXPECT_TRUE(fdinfo_says(self->fd, "mmapdemo-bytes:\t2097152\n"));
	EXPECT_TRUE(fdinfo_says(self->fd, "mmapdemo-flags:\t0x0\n"));
	EXPECT_TRUE(fdinfo_says(self->fd, "mmapdemo-huge_faults:\t0\n"));
	EXPECT_TRUE(fdinfo_says(self->fd, "mmapdemo-around_pages:\t0\n"));
	EXPECT_TRUE(fdinfo_says(self->fd, "mmapdemo-planned_faults:\t0\n"));
}

/* ---- charging ---- */

/*
 * Touch a region in a child, through a descriptor that was opened before the
 * fork.
 */
static int touch_in(const char *memcg, int fd, size_t pages)
{
	char *map = device_map(fd, pages, MAP_SHARED, 0);

	if (failed(map) || !memcg_put(memcg, "cgroup.procs", "0"))
		return 1;
	write_pages(map, pages);
	return 0;
}

/* Create a region whose memory is allocated at once, as one block. */
static int remap_in(const char *memcg)
{
	if (!memcg_put(memcg, "cgroup.procs", "0"))
		return 1;
	return region_open(4 * MIB, MMAPDEMO_BY_REMAP) < 0;
}

TEST_F(own, memory_is_charged_to_the_creator)
{
	const char *missing = memcg_missing();
	size_t pages = 4 * MIB / page_size();
	char memcg[128];
	pid_t pid;

	if (missing)
		SKIP(return, "%s", missing);
	ASSERT_TRUE(memcg_create(memcg, sizeof(memcg)));
	ASSERT_EQ(0, region_give(self->fd, 4 * MIB, MMAPDEMO_BY_HUGE, 0));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(touch_in(memcg, self->fd, pages));
	EXPECT_EQ(0, wait_for(pid));
	EXPECT_LE(4 * (long)MIB, memcg_get(memcg, "memory.current", ""));

	/*
	 * If a block does not fit into the limit of the cgroup, the creation of
	 * the region fails. The OOM killer does not run.
	 */
	ASSERT_TRUE(memcg_put(memcg, "memory.max", "6M"));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(remap_in(memcg));
	EXPECT_EQ(1, wait_for(pid));
	EXPECT_EQ(0, memcg_get(memcg, "memory.events", "oom_kill "));
	EXPECT_EQ(0, rmdir(memcg));
}

/* ---- memory statistics ---- */

static long meminfo(const char *key)
{
	FILE *file = fopen("/proc/meminfo", "re");
	long kib = -1;
	char line[128];

	while (file && kib < 0 && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, strlen(key)))
			kib = atol(line + strlen(key));
	if (file)
		fclose(file);
	return kib * KIB;
}

/*
 * The test tolerates that other programs change the values by up to half of the
 * region's size.
 */
TEST(memory_of_a_region_is_seen_in_meminfo)
{
	const long bytes = 2 * HUGE;

	for (__u32 by = 0; by < MMAPDEMO_BY_COUNT; by++) {
		long cached = meminfo("Cached:"), shmem = meminfo("Shmem:");
		long unevictable = meminfo("Unevictable:");
		int fd = region_open(bytes, by);
		char *map = device_map(fd, bytes / page_size(), MAP_SHARED, 0);

		ASSERT_FALSE(failed(map)) {
			TH_LOG("%s", region_methods[by]);
		}
		write_pages(map, bytes / page_size());
		EXPECT_LT(bytes / 2, meminfo("Cached:") - cached);
		EXPECT_LT(bytes / 2, meminfo("Unevictable:") - unevictable);
		EXPECT_GT(bytes / 2, meminfo("Shmem:") - shmem);
		munmap(map, bytes);
		close(fd);
		EXPECT_GT(bytes / 2, meminfo("Cached:") - cached);
		EXPECT_GT(bytes / 2, meminfo("Unevictable:") - unevictable);
	}
}

/* Return how many pages of a mapping are resident, as reported by mincore(2). */
static long pages_in_core(char *map, size_t pages)
{
	unsigned char *vector = calloc(pages, 1);
	long count = 0;

	if (!vector || mincore(map, pages * page_size(), vector))
		count = -1;
	for (size_t i = 0; count >= 0 && i < pages; i++)
		count += vector[i] & 1;
	free(vector);
	return count;
}

TEST(mincore_sees_the_pages_of_a_region)
{
	const size_t pages = 2 * HUGE / page_size();

	for (__u32 by = 0; by < MMAPDEMO_BY_COUNT; by++) {
		int fd = region_open(pages * page_size(), by);
		char *map = device_map(fd, pages, MAP_SHARED, 0);
		long resident = region_resident(fd, 0, pages);

		ASSERT_FALSE(failed(map)) {
			TH_LOG("%s", region_methods[by]);
		}
		EXPECT_EQ(resident, pages_in_core(map, pages));
		ASSERT_EQ(1, pwrite(fd, "x", 1, 3 * page_size()));
		resident = region_resident(fd, 0, pages);
		EXPECT_LT(0, resident);
		EXPECT_EQ(resident, pages_in_core(map, pages));
		munmap(map, pages * page_size());
		close(fd);
	}
}

/* The system call number of cachestat(2), which exists since Linux 6.5. */
#ifndef SYS_cachestat
#define SYS_cachestat 451
#endif

struct cached {
	__u64 cache, dirty, writeback, evicted, recently_evicted;
};

TEST(cachestat_sees_the_pages_of_a_region)
{
	const struct { __u64 off, len; } all = { };
	struct cached cached;
	int fd = region_open(PAGES * page_size(), MMAPDEMO_BY_PFN);

	ASSERT_LE(0, fd);
	ASSERT_EQ(1, pwrite(fd, "x", 1, 3 * page_size()));
	ASSERT_EQ(1, pwrite(fd, "x", 1, 5 * page_size()));
	if (syscall(SYS_cachestat, fd, &all, &cached, 0)) {
		ASSERT_EQ(ENOSYS, errno);
		SKIP(return, "this kernel has no cachestat(2)");
	}
	EXPECT_EQ(2, cached.cache);
	EXPECT_EQ(0, cached.evicted);
	close(fd);
}

/*
 * The pages of a region hold the only copy of its data, so they must not be
 * freed when the page cache is dropped.
 */
TEST(dropping_caches_leaves_the_pages)
{
	for (__u32 by = 0; by < MMAPDEMO_BY_COUNT; by++) {
		int fd = region_open(HUGE, by);
		char byte = 0;

		ASSERT_EQ(1, pwrite(fd, "x", 1, 3 * page_size()));
		EXPECT_EQ(0, posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
		EXPECT_TRUE(put("/proc/sys/vm/drop_caches", "1"));
		put("/proc/sys/vm/compact_memory", "1");
		ASSERT_EQ(1, pread(fd, &byte, 1, 3 * page_size()));
		EXPECT_EQ('x', byte) {
			TH_LOG("%s", region_methods[by]);
		}
		close(fd);
	}
}

/* ---- RLIMIT_MEMLOCK ---- */

/* UID of a user who has no other locked memory. */
#define SOMEBODY 4242

static int lock_limit(size_t pages)
{
	const struct rlimit limit = {
		.rlim_cur = pages * page_size(),
		.rlim_max = pages * page_size(),
	};

	return setrlimit(RLIMIT_MEMLOCK, &limit);
}

/* Become the user SOMEBODY, with this limit, or exit with status 100. */
static void become_somebody(size_t pages)
{
	if (lock_limit(pages) || setresuid(SOMEBODY, SOMEBODY, SOMEBODY))
		_exit(100);
}

static int give_pages(int fd, size_t pages)
{
	return region_give(fd, pages * page_size(), MMAPDEMO_BY_PAGE, 0) ?
	       errno : 0;
}

static int resize_pages(int fd, size_t pages)
{
	return region_resize(fd, pages * page_size()) ? errno : 0;
}

/*
 * Return the number of the first step that has a wrong result. Return 0 if
 * every step has the right result.
 */
static int regions_of_somebody(const int *fd)
{
	int step = 0;
	bool right =
		(++step, give_pages(fd[0], 9) == ENOMEM) &&
		(++step, give_pages(fd[0], 4) == 0) &&
		(++step, give_pages(fd[1], 5) == ENOMEM) &&
		(++step, give_pages(fd[1], 4) == 0) &&
		(++step, resize_pages(fd[0], 5) == ENOMEM) &&
		(++step, resize_pages(fd[0], 3) == 0) &&
		(++step, resize_pages(fd[1], 5) == 0) &&
		(++step, give_pages(fd[2], 1) == ENOMEM) &&
		(++step, resize_pages(fd[1], 1) == 0) &&
		(++step, give_pages(fd[2], 5) == ENOMEM) &&
		(++step, give_pages(fd[2], 4) == 0);

	return right ? 0 : step;
}

TEST(regions_of_a_user_must_fit_into_RLIMIT_MEMLOCK)
{
	const int fd[] = {
		device_open(O_RDWR), device_open(O_RDWR), device_open(O_RDWR),
	};
	pid_t pid = fork_child();

	ASSERT_LE(0, pid);
	if (!pid) {
		become_somebody(8);
		_exit(regions_of_somebody(fd));
	}
	EXPECT_EQ(0, wait_for(pid));
	/*
	 * The charge is removed from the user, even if another user's process
	 * releases the regions.
	 */
	close(fd[1]);
	close(fd[2]);
	close(fd[0]);
}

TEST(released_memory_can_be_charged_again)
{
	for (int i = 0; i < 3; i++) {
		int fd = device_open(O_RDWR);
		pid_t pid = fork_child();

		ASSERT_LE(0, pid);
		if (!pid) {
			become_somebody(8);
			_exit(give_pages(fd, 8));
		}
		EXPECT_EQ(0, wait_for(pid));
		close(fd);
	}
}

/*
 * Pages of a file-backed region are in the page cache, and so are not charged
 * as locked memory.
 */
TEST(a_region_over_a_file_is_not_charged)
{
	int file = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	int fd = device_open(O_RDWR);
	const struct mmapdemo_region region = {
		.size = sizeof(region),
		.bytes = 64 * page_size(),
		.flags = MMAPDEMO_REGION_BACKED,
		.backing = file,
	};
	pid_t pid = fork_child();

	ASSERT_LE(0, pid);
	if (!pid) {
		become_somebody(8);
		_exit(ioctl(fd, MMAPDEMO_IOC_REGION, &region) ? errno : 0);
	}
	EXPECT_EQ(0, wait_for(pid));
	close(fd);
	close(file);
}

TEST(CAP_IPC_LOCK_exempts_from_the_limit)
{
	int fd = device_open(O_RDWR);
	pid_t pid = fork_child();

	ASSERT_LE(0, pid);
	if (!pid)
		_exit(lock_limit(0) ? 100 : give_pages(fd, 64));
	EXPECT_EQ(0, wait_for(pid));
	close(fd);
}

/*
 * Nobody is charged for a region of root. So a user without CAP_IPC_LOCK can
 * shrink such a region, but can't let it grow, even within RLIMIT_MEMLOCK.
 */
static int resize_for_root(int fd)
{
	int step = 0;
	bool right =
		(++step, resize_pages(fd, 5) == EPERM) &&
		(++step, resize_pages(fd, 4) == 0) &&
		(++step, resize_pages(fd, 3) == 0) &&
		(++step, resize_pages(fd, 4) == EPERM);

	return right ? 0 : step;
}

TEST(a_region_of_root_grows_only_with_CAP_IPC_LOCK)
{
	int fd = region_open(4 * page_size(), MMAPDEMO_BY_PAGE);
	pid_t pid = fork_child();

	ASSERT_LE(0, pid);
	if (!pid) {
		become_somebody(64);
		_exit(resize_for_root(fd));
	}
	EXPECT_EQ(0, wait_for(pid));
	EXPECT_EQ(3 * page_size(), device_stat(fd).bytes);
	EXPECT_EQ(0, resize_pages(fd, 5));
	close(fd);
}

TEST_HARNESS_MAIN
