// SPDX-License-Identifier: GPL-2.0-only
/*
 * The field "class" of pte_fault if no page can be mapped, because of a
 * poisoned page, a guard page, missing memory, or a full disk. The end of a
 * file is covered by this test and by fault_class_test.
 *
 * Depends on: the kernel.
 */
#include "fault_page.h"
#include "memcg.h"

#include <sys/mount.h>

#ifndef MADV_GUARD_INSTALL	/* since Linux 6.13 */
#define MADV_GUARD_INSTALL 102
#endif

/* ---- poisoned page ---- */

/*
 * Poison the page, as after a hardware memory error, in a child that the kernel
 * may kill.
 */
static int break_page(char *page)
{
	pid_t pid = fork_child();

	if (!pid) {
		signal(SIGBUS, SIG_DFL);
		_exit(!!madvise(page, page_size(), MADV_HWPOISON));
	}
	return wait_for(pid);
}

TEST_F(fault, broken_memory_is_hwpoison)
{
	const struct event *e;
	char pfn[32];
	int status;

	ASSERT_EQ(0, touch_write(self->page));
	snprintf(pfn, sizeof(pfn), "%#llx", pfn_of(self->page));
	status = break_page(self->page);
	if (status == 1)
		SKIP(return, "this kernel can't take memory out of use");
	EXPECT_TRUE(!status || status == 128 + SIGBUS);
	e = trace_touch(&self->trace, self->page, false);
	/* Unpoison the page, if the kernel allows this. */
	put("/sys/kernel/debug/hwpoison/unpoison-pfn", pfn);
	ASSERT_TRUE(class_is(e, "hwpoison"));
	EXPECT_EQ(SIGBUS, touch_signal.si_signo);
	EXPECT_TRUE(event_has(e, "ret", "hwpoison"));
	EXPECT_TRUE(event_is(e, "entry_before", "marker"));
	EXPECT_EQ(0, event_num(e, "pfn"));
}

/* ---- guards ---- */

/*
 * The VMA allows the touch. A touch that the VMA forbids causes no event: see
 * fault_class_test.
 */
TEST_F(fault, a_touch_of_a_guard_page_is_sigsegv)
{
	const struct event *e;

	if (madvise(self->page, page_size(), MADV_GUARD_INSTALL)) {
		ASSERT_TRUE(kernel_before(6, 13));
		SKIP(return, "no fault ends with SIGSEGV before 6.13");
	}
	e = trace_touch(&self->trace, self->page, true);
	ASSERT_TRUE(class_is(e, "sigsegv"));
	EXPECT_EQ(SIGSEGV, touch_signal.si_signo);
	EXPECT_TRUE(event_has(e, "ret", "sigsegv"));
	EXPECT_TRUE(event_is(e, "entry_before", "marker|guard"));
	EXPECT_TRUE(event_is(e, "entry_after", "marker|guard"));
}

/* ---- no memory ---- */

#define UNGIVEN (4 << 20)

/*
 * Read a byte into each page until the pages that the CPU has precharged to the
 * cgroup are used up. After that, the cgroup gets no more pages, and pread()
 * fails, because the kernel touches the page. A touch by the task itself would
 * be retried forever. The OOM killer does not kill the task, because its
 * oom_score_adj is -1000.
 */
static bool read_without_memory(const char *memcg, int file, char *pages)
{
	/* Lock all memory of the test except these pages. */
	if (mlockall(MCL_CURRENT) ||
	    failed(mmap(pages, UNGIVEN, PROT_READ | PROT_WRITE, MAP_PRIVATE |
			MAP_ANONYMOUS | MAP_FIXED, -1, 0)) ||
	    !memcg_put(memcg, "memory.max", "0"))
		return false;
	for (size_t at = 0; at < UNGIVEN; at += page_size())
		if (pread(file, pages + at, 1, 0) < 1)
			return true;
	return false;
}

static const struct event *last_fault_at(const struct trace *trace, char *pages)
{
	const struct event *last = NULL;

	for_each_event(e, trace)
		if (fault_within(e, pages, UNGIVEN))
			last = e;
	return last;
}

/* ---- no space left ---- */

/*
 * Create a file of @pages pages on a file system that has room for one page.
 * Return -1 with errno on failure.
 */
static int file_without_space(size_t pages)
{
	char dir[] = "/tmp/fault_error_test.XXXXXX", path[64], size[32];
	int fd = -1;

	snprintf(size, sizeof(size), "size=%zu", page_size());
	if (!mkdtemp(dir))
		return -1;
	if (!mount("none", dir, "tmpfs", 0, size)) {
		snprintf(path, sizeof(path), "%s/file", dir);
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		umount2(dir, MNT_DETACH);
	}
	rmdir(dir);
	if (fd >= 0 && ftruncate(fd, pages * page_size()))
		return -1;
	return fd;
}

TEST_F(fault, sigbus_says_where_the_file_ends)
{
	int fd = file_without_space(2);
	const struct event *e;
	char *map;

	ASSERT_LE(0, fd);
	map = mmap(NULL, 3 * page_size(), PROT_READ | PROT_WRITE, MAP_SHARED,
		   fd, 0);
	ASSERT_FALSE(failed(map));
	ASSERT_EQ(0, touch_write(map));
	e = trace_touch(&self->trace, page_at(map, 1), true);
	ASSERT_TRUE(class_is(e, "sigbus"));
	EXPECT_TRUE(event_has(e, "ret", "within_file"));
	EXPECT_FALSE(event_has(e, "ret", "after_end"));
	e = trace_touch(&self->trace, page_at(map, 2), true);
	ASSERT_TRUE(class_is(e, "sigbus"));
	EXPECT_TRUE(event_has(e, "ret", "after_end"));
	EXPECT_FALSE(event_has(e, "ret", "within_file"));
	munmap(map, 3 * page_size());
	close(fd);
}

/*
 * Open a disk of this machine for reading. The disk may have the size 0. Return
 * -1 if there is no disk.
 */
static int disk_device(void)
{
	DIR *disks = opendir("/sys/block");
	struct dirent *entry;
	char path[300];
	int fd = -1;

	while (disks && fd < 0 && (entry = readdir(disks))) {
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		if (entry->d_name[0] != '.')
			fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	}
	if (disks)
		closedir(disks);
	return fd;
}

TEST_F(fault, sigbus_says_where_the_disk_ends)
{
	int fd = disk_device();
	const struct event *e;
	off_t end;
	char *map;

	if (fd < 0)
		SKIP(return, "no disk");
	end = lseek(fd, 0, SEEK_END);
	ASSERT_LE(0, end);
	end = (end + page_size() - 1) & -page_size();
	map = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, fd, end);
	ASSERT_FALSE(failed(map));
	e = trace_touch(&self->trace, map, false);
	ASSERT_TRUE(class_is(e, "sigbus"));
	EXPECT_TRUE(event_has(e, "ret", "after_end"));
	EXPECT_FALSE(event_has(e, "ret", "within_file"));
	munmap(map, page_size());
	close(fd);
}

TEST_F(fault, no_memory_is_oom)
{
	const char *missing = memcg_missing();
	char *pages = map_anon(UNGIVEN);
	int file = memory_file();
	char memcg[128];
	const struct event *e;
	pid_t pid;

	if (missing)
		SKIP(return, "%s", missing);
	ASSERT_LE(0, file);
	ASSERT_FALSE(failed(pages));
	ASSERT_TRUE(memcg_create(memcg, sizeof(memcg)));
	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	pid = fork_child();
	if (!pid)
		_exit(!put("/proc/self/oom_score_adj", "-1000") ||
		      !memcg_put(memcg, "cgroup.procs", "0") ||
		      !read_without_memory(memcg, file, pages));
	EXPECT_EQ(0, wait_for(pid));
	ASSERT_TRUE(trace_end(&self->trace));
	rmdir(memcg);
	/*
	 * mlockall() may have caused earlier faults in this range, so check the
	 * last fault.
	 */
	e = last_fault_at(&self->trace, pages);
	ASSERT_TRUE(class_is(e, "oom"));
	EXPECT_EQ(pid, e->pid);
	EXPECT_TRUE(event_has(e, "ret", "oom"));
	EXPECT_TRUE(event_is(e, "from", "kernel"));
	EXPECT_TRUE(event_is(e, "entry_after", ""));
}

TEST_HARNESS_MAIN
