// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device's memory is charged to the memory cgroup of who touches it first,
 * and so is limited by it.
 */
#include "device.h"

#include <sys/stat.h>

#define CGROUP "/sys/fs/cgroup"

/* Much more than a CPU's stock of charges, which memory.current includes. */
#define MANY_PAGES 1009

static bool file_put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done;

	if (fd < 0)
		return false;
	done = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return done;
}

FIXTURE(memcg)
{
	const char *missing;
	char path[128];
	int fd;
};

/* In each test: older harnesses go on after a SKIP in the setup. */
#define SKIP_WITHOUT_MEMCG()					\
do {								\
	if (self->missing)					\
		SKIP(return, "%s", self->missing);		\
} while (0)

static const char *memcg_missing(void)
{
	if (kernel_before(5, 11))
		return "before 5.11 mapped pages can't be charged";
	if (access(CGROUP "/cgroup.controllers", F_OK))
		return "no cgroup2 mounted on " CGROUP;
	if (!file_put(CGROUP "/cgroup.subtree_control", "+memory"))
		return "the memory controller is not available";
	return device_reload() ? NULL : NO_RELOAD;
}

static bool memcg_put(const char *memcg, const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", memcg, name);
	return file_put(path, text);
}

/* The number behind a key of a file of the group; "" for the only one. */
static long memcg_get(const char *memcg, const char *name, const char *key)
{
	char path[256], line[256];
	long value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", memcg, name);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, key, strlen(key)))
			continue;
		value = atol(line + strlen(key));
		break;
	}
	if (file)
		fclose(file);
	return value;
}

FIXTURE_SETUP(memcg)
{
	self->fd = -1;
	snprintf(self->path, sizeof(self->path), CGROUP "/mmapdemo-test-%d",
		 getpid());
	self->missing = memcg_missing();
	if (self->missing)
		return;
	ASSERT_EQ(0, mkdir(self->path, 0755));
	self->fd = device_open(O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(memcg)
{
	close(self->fd);
	rmdir(self->path);
}

/* Runs in a child, which joins the group before it touches. */
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
	/* The pages stay, with their charge, when who touched them is gone. */
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
	/* Nobody else is concerned. */
	EXPECT_EQ(1, pwrite(self->fd, "x", 1, MANY_PAGES * page_size()));
}

TEST_HARNESS_MAIN
