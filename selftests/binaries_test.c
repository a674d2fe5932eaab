// SPDX-License-Identifier: GPL-2.0-only
/*
 * Build ids of the files that a process has mapped. Build ids are found even if
 * the process is in another mount namespace.
 *
 * Depends on: nothing.
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"

#include "../userspace/base/format.c"
#include "../userspace/event/maps.c"
#include "../userspace/system/proc.c"
#include "../userspace/system/file_limit.c"
#include "../userspace/system/perf_ring.c"
#include "../userspace/system/build_id.c"

/*
 * Open a file. If the name of the file contains "silent", block forever, like a
 * file on a server that does not answer.
 */
static int open_or_wait(const char *path)
{
	if (strstr(path, "silent"))
		pause();
	return build_id_open(path);
}

#define build_id_open open_or_wait
#include "../userspace/system/build_id_reader.c"
#undef build_id_open
#define add add_binary
#include "../userspace/record/binaries.c"
#undef add

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/wait.h>

static bool copy_self(const char *path)
{
	int from = open("/proc/self/exe", O_RDONLY);
	int to = open(path, O_RDWR | O_CREAT | O_EXCL, 0700);
	struct stat st;

	return from >= 0 && to >= 0 && !fstat(from, &st) &&
	       sendfile(to, from, NULL, st.st_size) == st.st_size;
}

/*
 * Map a copy of this program that exists only in a private mount namespace.
 * Then wait until the process is killed.
 */
static int map_elsewhere(const char *folder, int ready)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/program", folder);
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", folder, "tmpfs", 0, NULL) || !copy_self(path))
		return 1;
	fd = open(path, O_RDONLY);
	if (mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) ==
	    MAP_FAILED || write(ready, "", 1) != 1)
		return 1;
	pause();
	return 0;
}

FIXTURE(binaries)
{
	char folder[32];
	char path[64];
	char id[BUILD_ID_MAX];
	pid_t pid;
	struct binaries list;
};

FIXTURE_SETUP(binaries)
{
	int ready[2], fd;
	char byte;

	if (geteuid())
		SKIP(return, "needs root");
	fd = build_id_open("/proc/self/exe");
	build_id_of(fd, self->id);
	close(fd);
	if (!self->id[0])
		SKIP(return, "this program was linked without a build id");
	strcpy(self->folder, "/tmp/binaries.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->folder));
	snprintf(self->path, sizeof(self->path), "%s/program", self->folder);
	ASSERT_EQ(0, pipe(ready));
	self->pid = fork();
	if (!self->pid)
		_exit(map_elsewhere(self->folder, ready[1]));
	close(ready[1]);
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	close(ready[0]);
	binaries_open(&self->list);
}

FIXTURE_TEARDOWN(binaries)
{
	kill(self->pid, SIGKILL);
	waitpid(self->pid, NULL, 0);
	unlink(self->path);
	rmdir(self->folder);
	binaries_close(&self->list);
}

static const struct binary *get(FIXTURE_DATA(binaries) *self)
{
	for (size_t i = 0; i < self->list.count; i++) {
		if (!strcmp(self->list.list[i].path, self->path))
			return &self->list.list[i];
	}
	return NULL;
}

/*
 * Add the program of the child to the list with its path and inode, but without a
 * range of addresses. So the file cannot be opened through /proc/PID/map_files.
 */
static void add_self(FIXTURE_DATA(binaries) *self)
{
	const struct mapping *mapping;
	struct binary nowhere = { .pid = self->pid };
	struct maps maps = { 0 };

	mapping = proc_maps(getpid(), &maps) ? NULL :
		  maps_find(&maps, (size_t)map_elsewhere);
	if (mapping) {
		nowhere.dev = mapping->dev;
		nowhere.ino = mapping->ino;
		add_binary(&self->list, &nowhere, "/proc/self/exe");
	}
	maps_free(&maps);
}

TEST_F(binaries, of_another_mount_namespace_have_build_ids)
{
	binaries_of(&self->list, self->pid);
	binaries_finish(&self->list);
	ASSERT_NE(NULL, get(self));
	EXPECT_EQ(0, self->list.unread);
	EXPECT_STREQ(self->id, get(self)->build_id);
}

/*
 * The binary that the child mapped has the same path as a file outside of the
 * child's mount namespace. In this test, the inode numbers are the same, too,
 * but the devices differ.
 */
TEST_F(binaries, another_file_is_not_mistaken_for_the_binary)
{
	struct binary nowhere = { .pid = self->pid, .dev = 0xfffff };
	struct stat st;

	ASSERT_TRUE(copy_self(self->path));
	ASSERT_EQ(0, stat(self->path, &st));
	nowhere.ino = st.st_ino;
	add_binary(&self->list, &nowhere, self->path);
	binaries_finish(&self->list);
	ASSERT_NE(NULL, get(self));
	EXPECT_STREQ("", get(self)->build_id);
}

TEST_F(binaries, the_same_file_is_known_without_its_process)
{
	add_self(self);
	binaries_finish(&self->list);
	EXPECT_STREQ(self->id, self->list.list[0].build_id);
}

/* An inode number is unique only within a file system. */
TEST_F(binaries, a_file_is_its_device_and_its_inode)
{
	struct binary binary = { .dev = 1, .ino = 7 };

	add_binary(&self->list, &binary, "/one");
	add_binary(&self->list, &binary, "/the/same");
	binary.dev = 2;
	add_binary(&self->list, &binary, "/other");
	ASSERT_EQ(2, self->list.count);
	EXPECT_STREQ("/one", self->list.list[0].path);
	EXPECT_STREQ("/other", self->list.list[1].path);
}

/*
 * Opening a file that does not answer blocks only the reader process, and not
 * the recorder.
 */
TEST_F(binaries, a_file_that_does_not_answer_is_skipped)
{
	const struct binary silent = { .ino = 1 };

	add_binary(&self->list, &silent, "/silent");
	add_self(self);
	binaries_read(&self->list);
	EXPECT_EQ(0, self->list.answered);
	binaries_finish(&self->list);
	EXPECT_EQ(1, self->list.unread);
	EXPECT_STREQ("", self->list.list[0].build_id);
	EXPECT_STREQ(self->id, self->list.list[1].build_id);
}

/*
 * The recorder waits only for the first few files that do not answer. It counts
 * all remaining files as unread.
 */
TEST_F(binaries, many_files_that_do_not_answer_are_counted)
{
	struct binary silent = { 0 };

	for (int i = 0; i < 1000; i++) {
		silent.ino = i + 1;
		add_binary(&self->list, &silent, "/silent");
	}
	add_self(self);
	binaries_finish(&self->list);
	EXPECT_EQ(1001, self->list.unread);
}

/* Make more requests than the socket of the reader can hold at once. */
TEST_F(binaries, many_files_are_read)
{
	struct binary none = { 0 };
	char path[PATH_MAX];

	memset(path, '/', sizeof(path) - 1);
	path[sizeof(path) - 1] = 0;
	for (int i = 0; i < 3000; i++) {
		none.ino = i + 1;
		add_binary(&self->list, &none, path);
	}
	add_self(self);
	binaries_finish(&self->list);
	EXPECT_EQ(0, self->list.unread);
	EXPECT_STREQ(self->id, self->list.list[3000].build_id);
}

/* The reader process keeps no file descriptor of the recorder open. */
TEST_F(binaries, the_reader_keeps_no_descriptor)
{
	int pipe_fds[2];
	char byte;

	ASSERT_EQ(0, pipe(pipe_fds));
	add_binary(&self->list, &(const struct binary){ .ino = 1 }, "/silent");
	binaries_read(&self->list);
	close(pipe_fds[1]);
	EXPECT_EQ(0, read(pipe_fds[0], &byte, 1));
	close(pipe_fds[0]);
}

/* Map code repeatedly, without reading the perf ring. */
static bool map_often(int times)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	void *map = NULL;

	for (; times && map != MAP_FAILED; times--) {
		map = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd,
			   0);
		if (map != MAP_FAILED)
			munmap(map, 4096);
	}
	close(fd);
	return map != MAP_FAILED;
}

TEST_F(binaries, anonymous_code_is_no_file)
{
	binaries_follow(&self->list, getpid());
	if (!self->list.rings.fd_count)
		SKIP(return, "there is no perf");
	ASSERT_NE(MAP_FAILED, mmap(NULL, 4096, PROT_READ | PROT_EXEC,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	binaries_drain(&self->list);
	EXPECT_EQ(0, self->list.count);
	ASSERT_TRUE(map_often(1));
	binaries_drain(&self->list);
	EXPECT_EQ(1, self->list.count);
}

/*
 * Before Linux 6.0, perf reports lost records only with the next record that
 * fits.
 */
TEST_F(binaries, files_without_room_are_counted)
{
	binaries_follow(&self->list, getpid());
	if (!self->list.rings.fd_count)
		SKIP(return, "there is no perf");
	ASSERT_TRUE(map_often(100));
	binaries_drain(&self->list);
	EXPECT_EQ(0, perf_rings_lost(&self->list.rings));
	ASSERT_TRUE(map_often(10000));
	binaries_drain(&self->list);
	ASSERT_TRUE(map_often(100));
	binaries_drain(&self->list);
	EXPECT_LT(0, (long)perf_rings_lost(&self->list.rings));
}

TEST_HARNESS_MAIN
