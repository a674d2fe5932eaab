// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads of /proc/PID must be complete, or return an error. The tests also check
 * predictions of what the next touch of an address will do. The tests require
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

/* MADV_GUARD_INSTALL exists since Linux 6.13. */
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

TEST(vma_without_a_name_is_a_file_or_anonymous)
{
	struct vma vma = { 0 };
	char text[VMA_NAME_MAX];

	EXPECT_STREQ("anonymous memory", vma_title(&vma, text));
	vma.ino = 77;
	EXPECT_STREQ("a file", vma_title(&vma, text));
}

/* ---- a VMA of smaps ---- */

/* Parse lines of smaps, up to NULL. */
static void parse_lines(struct vmas *vmas, const char *const *lines)
{
	char line[4 * VMA_NAME_MAX];

	for (*vmas = (struct vmas){ 0 }; *lines; lines++) {
		snprintf(line, sizeof(line), "%s\n", *lines);
		if (parse_line(vmas, line))
			abort();
	}
}

static const char *const two_vmas[] = {
	"7f0000001000-7f0000003000 r--s 00005000 fe:103 77  /usr/lib/one.so",
	"Rss:                  12 kB",
	"Pss:                   7 kB",
	"Shared_Clean:          3 kB",
	"Shared_Dirty:          2 kB",
	"Private_Dirty:         4 kB",
	"Anonymous:             5 kB",
	"Swap:                  6 kB",
	"LazyFree:              1 kB",
	"AnonHugePages:      2048 kB",
	"ShmemPmdMapped:     4096 kB",
	"FilePmdMapped:      6144 kB",
	"ProtectionKey:         5",
	"VmFlags: rd mr ui ur zz",
	"7f0000003000-7f0000004000 rw-p 00000000 00:00 0",
	"Private_Hugetlb:    2048 kB",
	"Shared_Hugetlb:     4096 kB",
	"VmFlags: rd wr",
	NULL
};

TEST(a_vma_has_its_place_and_its_name)
{
	const struct vma *vma;
	struct vmas vmas;

	parse_lines(&vmas, two_vmas);
	ASSERT_EQ(2, vmas.count);
	vma = &vmas.list[0];
	EXPECT_EQ(0x7f0000001000, vma->start);
	EXPECT_EQ(0x7f0000003000, vma->end);
	EXPECT_EQ(0x5000, vma->offset);
	EXPECT_EQ(0xfe << 20 | 0x103, (int)vma->dev);
	EXPECT_EQ(77, vma->ino);
	EXPECT_STREQ("/usr/lib/one.so", vma->name);
	EXPECT_STREQ("", vmas.list[1].name);
	vmas_free(&vmas);
}

TEST(sizes_of_a_vma_are_in_bytes)
{
	const struct vma *vma;
	struct vmas vmas;

	parse_lines(&vmas, two_vmas);
	vma = &vmas.list[0];
	EXPECT_EQ(12 << 10, vma->resident);
	EXPECT_EQ(7 << 10, vma->proportional);
	EXPECT_EQ(5 << 10, vma->shared);
	EXPECT_EQ(6 << 10, vma->dirty);
	EXPECT_EQ(5 << 10, vma->anonymous);
	EXPECT_EQ(6 << 10, vma->swapped);
	EXPECT_EQ(1 << 10, vma->lazyfree);
	EXPECT_EQ(12288 << 10, vma->huge);
	vmas_free(&vmas);
}

TEST(hugetlbfs_is_part_of_the_resident_memory)
{
	const struct vma *vma;
	struct vmas vmas;

	parse_lines(&vmas, two_vmas);
	vma = &vmas.list[1];
	EXPECT_EQ(6144 << 10, vma->resident);
	EXPECT_EQ(2048 << 10, vma->proportional);
	EXPECT_EQ(4096 << 10, vma->shared);
	EXPECT_EQ(6144 << 10, vma->huge);
	vmas_free(&vmas);
}

/* A flag that the program does not know is shown as "other". */
TEST(flags_of_a_vma_include_key_and_unknown_ones)
{
	struct vmas vmas;

	parse_lines(&vmas, two_vmas);
	EXPECT_EQ(VM_READ | VM_MAYSHARE | 0x10 | VMA_UFFD_MINOR | VMA_UFFD_RWP |
		  OTHER(8) | 5ULL << 32, vmas.list[0].flags);
	EXPECT_EQ(VM_READ | VM_WRITE, vmas.list[1].flags);
	vmas_free(&vmas);
}

TEST(a_long_name_is_cut_at_its_start)
{
	char line[4 * VMA_NAME_MAX], name[3 * VMA_NAME_MAX] = "";
	const char *const lines[] = { line, NULL };
	struct vmas vmas;

	/* Each directory of the path has ten characters, with its slash. */
	while (strlen(name) < 2 * VMA_NAME_MAX)
		strcat(name, "/directory");
	snprintf(line, sizeof(line), "1000-2000 r--p 00000000 fe:01 7  %s", name);
	parse_lines(&vmas, lines);
	EXPECT_EQ(VMA_NAME_MAX / 10 * 10, strlen(vmas.list[0].name));
	EXPECT_STREQ(name + strlen(name) - VMA_NAME_MAX / 10 * 10,
		     vmas.list[0].name);
	vmas_free(&vmas);
	/* There is no slash in this name. */
	memset(name, 'n', 2 * VMA_NAME_MAX);
	snprintf(line, sizeof(line), "1000-2000 r--p 00000000 fe:01 7  %s", name);
	parse_lines(&vmas, lines);
	EXPECT_EQ(VMA_NAME_MAX - 1, strlen(vmas.list[0].name));
	vmas_free(&vmas);
}

TEST(a_policy_belongs_to_the_vma_that_starts_there)
{
	char known[] = "7f0000003000 bind:0 anon=1", other[] = "7f0000002000 prefer:1";
	struct vmas vmas;

	parse_lines(&vmas, two_vmas);
	EXPECT_EQ(0, parse_policy(&vmas, known));
	EXPECT_EQ(0, parse_policy(&vmas, other));
	EXPECT_STREQ("", vmas.list[0].policy);
	EXPECT_STREQ("bind:0", vmas.list[1].policy);
	vmas_free(&vmas);
}

TEST(the_vma_after_an_address_ends_above_it)
{
	struct vmas vmas;

	parse_lines(&vmas, two_vmas);
	EXPECT_EQ(0, vmas_after(&vmas, 0));
	EXPECT_EQ(0, vmas_after(&vmas, 0x7f0000002fff));
	EXPECT_EQ(1, vmas_after(&vmas, 0x7f0000003000));
	EXPECT_EQ(2, vmas_after(&vmas, 0x7f0000004000));
	vmas_free(&vmas);
}

/* Only a kernel without NUMA lacks the file numa_maps. */
TEST(policies_are_known_unless_numa_maps_cannot_be_read)
{
	struct vmas vmas;

	ASSERT_EQ(0, vmas_read(&vmas, getpid()));
	EXPECT_TRUE(vmas.policies);
	EXPECT_TRUE(access("/proc/self/numa_maps", R_OK) || vmas.list[0].policy[0]);
	vmas_free(&vmas);
}

/* ---- completeness ---- */

/*
 * A process that waits for a byte from @go, and then calls execve() or exits.
 * Both execve() and exit close the process's end of @over.
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
	ASSERT_EQ(0, mprotect(at + page, page, PROT_READ | PROT_EXEC));
	EXPECT_EQ(TOUCH_LOADS, touch_at(at + page));
	ASSERT_EQ(0, mprotect(at + page, page, PROT_EXEC));
	EXPECT_EQ(TOUCH_EXECUTES, touch_at(at + page));
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
	/* A file of whole pages ends at the start of a page. */
	ASSERT_EQ(0, ftruncate(fd, page));
	EXPECT_EQ(TOUCH_FILLS, touch_at(at + page - 1));
	EXPECT_EQ(TOUCH_AFTER_END, touch_at(at + page));
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
