// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads of /proc/PID must be complete, or return an error. The tests also check
 * predictions of what the next touch of an address will do. They require
 * neither the module nor root.
 *
 * Depends on: nothing.
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"

#include "../userspace/base/format.c"
#include "../userspace/system/pagemap.c"
#include "../userspace/system/smaps.c"
#include "../userspace/system/next_touch.c"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* This value exists since Linux 6.13. */
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

/* ---- titles ---- */

/*
 * The name of anonymous hugetlb memory in /proc/PID/maps looks like that of a
 * deleted file.
 */
TEST(anonymous_hugetlb_memory_is_no_file)
{
	struct vma vma = { .name = "/anon_hugepage (deleted)" };
	char text[VMA_NAME_MAX];

	EXPECT_STREQ("anon_hugepage (deleted)", vma_title(&vma, text));
	vma.flags = VM_HUGETLB;
	EXPECT_STREQ("anonymous hugetlb memory", vma_title(&vma, text));
	strcpy(vma.name, "/mnt/huge/file");
	EXPECT_STREQ("file", vma_title(&vma, text));
}

/* ---- completeness ---- */

/*
 * A process that waits for a byte from @go, and then calls execve() or exits.
 * Both close the process's end of @over.
 */
FIXTURE(process)
{
	int pid;
	int go;
	int over;
	struct vmas vmas;
};

FIXTURE_VARIANT(process)
{
	bool execs;
};

FIXTURE_VARIANT_ADD(process, execs)
{
	.execs = true,
};

FIXTURE_VARIANT_ADD(process, ends)
{
	.execs = false,
};

static void wait_and_go(int go, bool execs)
{
	char *const cat[] = { "cat", NULL };
	char byte;

	if (read(go, &byte, 1) == 1 && execs)
		execvp("cat", cat);
	_exit(0);
}

FIXTURE_SETUP(process)
{
	int go[2], over[2], held[2];

	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(over, O_CLOEXEC));
	/*
	 * The test holds the other end of the pipe from which cat reads, so cat
	 * runs until the test ends.
	 */
	ASSERT_EQ(0, pipe2(held, O_CLOEXEC));
	self->pid = fork();
	ASSERT_LE(0, self->pid);
	if (!self->pid) {
		dup2(held[0], STDIN_FILENO);
		wait_and_go(go[0], variant->execs);
	}
	close(go[0]);
	close(over[1]);
	close(held[0]);
	self->go = go[1];
	self->over = over[0];
	ASSERT_EQ(0, vmas_read(&self->vmas, self->pid));
}

FIXTURE_TEARDOWN(process)
{
	kill(self->pid, SIGKILL);
	waitpid(self->pid, NULL, 0);
	vmas_free(&self->vmas);
}

TEST_F(process, is_read_completely_while_it_exists)
{
	EXPECT_LT(3U, self->vmas.count);
	EXPECT_EQ(0, vmas_whole(&self->vmas));
	EXPECT_EQ(0, vmas_whole(&self->vmas));
}

TEST_F(process, is_an_error_after_exec_or_exit)
{
	char byte = 0;

	ASSERT_EQ(1, write(self->go, &byte, 1));
	ASSERT_EQ(0, read(self->over, &byte, 1));
	if (!variant->execs)
		waitpid(self->pid, NULL, 0);
	EXPECT_EQ(-ESTALE, vmas_whole(&self->vmas));
}

TEST(zombie_has_no_memory)
{
	struct vmas vmas;
	siginfo_t info;
	int pid = fork();

	if (!pid)
		_exit(0);
	ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	ASSERT_EQ(0, vmas_read(&vmas, pid));
	EXPECT_EQ(-ENODATA, vmas_whole(&vmas));
	vmas_free(&vmas);
	waitpid(pid, NULL, 0);
}

/* ---- the next touch ---- */

static enum next_touch touch_at(const void *address)
{
	return next_touch(getpid(), (uintptr_t)address);
}

static char *map_memory(int prot, size_t pages)
{
	return mmap(NULL, pages * sysconf(_SC_PAGESIZE), prot,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

TEST(touch_of_memory_depends_on_its_protection)
{
	const long page = sysconf(_SC_PAGESIZE);
	char *at = map_memory(PROT_READ | PROT_WRITE, 4);

	ASSERT_NE(MAP_FAILED, at);
	EXPECT_EQ(TOUCH_FILLS, touch_at(at + 17));
	ASSERT_EQ(0, mprotect(at + page, page, PROT_READ));
	EXPECT_EQ(TOUCH_LOADS, touch_at(at + page));
	ASSERT_EQ(0, mprotect(at + 2 * page, page, PROT_NONE));
	EXPECT_EQ(TOUCH_PROTECTED, touch_at(at + 2 * page));
	ASSERT_EQ(0, munmap(at + 3 * page, page));
	EXPECT_EQ(TOUCH_NOTHING, touch_at(at + 3 * page));
}

TEST(touch_after_the_end_of_a_file_is_predicted)
{
	const long page = sysconf(_SC_PAGESIZE);
	int fd = memfd_create("proc_test", 0);
	char *at;

	ASSERT_EQ(0, ftruncate(fd, page + 1));
	at = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, at);
	if (touch_at(at) == TOUCH_UNKNOWN)
		SKIP(return, "only root sees a file that has no name");
	EXPECT_EQ(TOUCH_FILLS, touch_at(at));
	EXPECT_EQ(TOUCH_FILLS, touch_at(at + 2 * page - 1));
	EXPECT_EQ(TOUCH_AFTER_END, touch_at(at + 2 * page));
}

/* The signal that the touch raises confirms the prediction. */
TEST_SIGNAL(touch_of_a_guard_is_fatal, SIGSEGV)
{
	char *at = map_memory(PROT_READ | PROT_WRITE, 1);

	if (madvise(at, sysconf(_SC_PAGESIZE), MADV_GUARD_INSTALL)) {
		TH_LOG("no guard regions before Linux 6.13");
		raise(SIGSEGV);
	}
	/*
	 * Guard regions exist since Linux 6.13, but pagemap shows them only
	 * since Linux 6.15.
	 */
	if (touch_at(at) != TOUCH_GUARD && touch_at(at) != TOUCH_FILLS)
		_exit(1);
	*(volatile char *)at = 1;
}

TEST_HARNESS_MAIN
