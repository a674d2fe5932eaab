// SPDX-License-Identifier: GPL-2.0-only
/*
 * Build ids of what a process has mapped, wherever that is.
 *
 * Depends on: nothing.
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"

#include "../userspace/format.c"
#include "../userspace/maps.c"
#include "../userspace/proc.c"
#include "../userspace/file_limit.c"
#include "../userspace/rings.c"
#include "../userspace/build_id.c"
#define add add_binary
#include "../userspace/binaries.c"
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

/* On a disk that only its own namespace has; then it waits to be killed. */
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

TEST_F(binaries, of_another_mount_namespace_have_one)
{
	binaries_of(&self->list, self->pid);
	ASSERT_NE(NULL, get(self));
	EXPECT_STREQ(self->id, get(self)->build_id);
}

/* Of the same path, and as it happens even of the same number. */
TEST_F(binaries, another_file_is_not_taken_for_it)
{
	const struct place nowhere = { .pid = self->pid };
	struct stat st;

	ASSERT_TRUE(copy_self(self->path));
	ASSERT_EQ(0, stat(self->path, &st));
	add_binary(&self->list, 0xfffff, st.st_ino, self->path, &nowhere);
	ASSERT_NE(NULL, get(self));
	EXPECT_STREQ("", get(self)->build_id);
}

TEST_F(binaries, the_same_file_is_known_without_its_process)
{
	const struct place nowhere = { .pid = self->pid };
	struct maps maps = { 0 };
	const struct mapping *mapping;

	ASSERT_EQ(0, proc_maps(getpid(), &maps));
	mapping = maps_find(&maps, (size_t)map_elsewhere);
	ASSERT_NE(NULL, mapping);
	add_binary(&self->list, mapping->dev, mapping->ino, "/proc/self/exe",
		   &nowhere);
	EXPECT_STREQ(self->id, self->list.list[0].build_id);
	maps_free(&maps);
}

TEST_HARNESS_MAIN
