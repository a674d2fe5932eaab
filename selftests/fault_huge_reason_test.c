// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fields "huge" and "folio" of pte_fault: why the first touch of 2 MiB maps a huge
 * page or not. For each reason that can be provoked, a similar case has another answer.
 *
 * Depends on: the kernel.
 */
#include "fault.h"
#include "memcg.h"
#include "thp_setting.h"

#include <linux/userfaultfd.h>
#include <sched.h>
#include <sys/mount.h>

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(reason)
{
	struct trace trace;
	char *enabled;	/* the setting before the test, or NULL */
	char *page;	/* unmapped 4 MiB, aligned to HUGE */
};

/* If the task moves to another CPU, the counters of the kernel are not compared. */
FIXTURE_SETUP(reason)
{
	ASSERT_TRUE(run_on(sched_getcpu()));
	self->page = hole(2 * HUGE, HUGE);
	self->enabled = selected(THP "enabled");
	ASSERT_TRUE(trace_create(&self->trace));
	if (self->enabled)
		ASSERT_TRUE(put(THP "enabled", "always"));
}

FIXTURE_TEARDOWN(reason)
{
	trace_destroy(&self->trace);
	if (self->enabled)
		put(THP "enabled", self->enabled);
	free(self->enabled);
}

/* Every test uses this macro, because older harnesses run it even if the setup skips. */
#define SKIP_WITHOUT_THP()						\
do {									\
	if (!self->enabled)						\
		SKIP(return, "no transparent huge pages");		\
} while (0)

static char *map_at(char *page, size_t length, int flags, int fd, off_t offset)
{
	return mmap(page, length, RW, flags | MAP_FIXED_NOREPLACE, fd, offset);
}

static char *map_anon_at(char *page, size_t length)
{
	return map_at(page, length, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Return true if the fault has this reason. Otherwise, print the event. */
static bool reason_is(const struct event *e, const char *reason)
{
	if (e && event_is(e, "huge", reason))
		return true;
	fprintf(stderr, "# expected huge=%s, got %s\n", reason,
		e ? e->fields : "no fault");
	return false;
}

#define TOUCH(address, write) trace_touch(&self->trace, address, write)
#define EXPECT_REASON(address, write, reason)				\
	EXPECT_TRUE(reason_is(TOUCH(address, write), reason))

/* Map 2 MiB, touch them, and unmap them. */
#define EXPECT_NEW(reason)						\
do {									\
	ASSERT_EQ(self->page, map_anon_at(self->page, HUGE));		\
	EXPECT_REASON(self->page, true, reason);			\
	munmap(self->page, HUGE);					\
} while (0)

/* ---- anonymous memory ---- */

TEST_F(reason, a_huge_page_is_mapped)
{
	const struct event *e;

	SKIP_WITHOUT_THP();
	ASSERT_EQ(self->page, map_anon_at(self->page, HUGE));
	e = TOUCH(page_at(self->page, 77), true);
	ASSERT_TRUE(class_is(e, "huge-anon"));
	EXPECT_TRUE(reason_is(e, "mapped"));
	EXPECT_EQ(512, event_num(e, "folio"));
}

TEST_F(reason, only_the_first_touch_has_a_reason)
{
	const struct event *e;

	SKIP_WITHOUT_THP();
	ASSERT_EQ(self->page, map_anon_at(self->page, HUGE));
	ASSERT_EQ(0, madvise(self->page, HUGE, MADV_NOHUGEPAGE));
	e = TOUCH(self->page, true);
	EXPECT_TRUE(reason_is(e, "nohugepage"));
	EXPECT_TRUE(e && event_is(e, "folio", "1"));
	e = TOUCH(page_at(self->page, 1), true);
	EXPECT_TRUE(reason_is(e, "none"));
	EXPECT_TRUE(e && event_is(e, "folio", "0"));
	/* MADV_DONTNEED removes the page table only since Linux 6.14, if it is empty. */
	ASSERT_EQ(0, madvise(self->page, HUGE, MADV_DONTNEED));
	ASSERT_EQ(0, madvise(self->page, HUGE, MADV_HUGEPAGE));
	e = TOUCH(self->page, true);
	EXPECT_TRUE(reason_is(e, e && event_has(e, "before", "PMD") ? "none" :
								      "mapped"));
}

TEST_F(reason, a_missing_page_at_the_end_is_range)
{
	SKIP_WITHOUT_THP();
	ASSERT_EQ(self->page, map_anon_at(self->page, HUGE - page_size()));
	EXPECT_REASON(self->page, true, "range");
}

TEST_F(reason, a_missing_page_at_the_start_is_range)
{
	char *start = page_at(self->page, 1);

	SKIP_WITHOUT_THP();
	ASSERT_EQ(start, map_anon_at(start, 2 * HUGE - page_size()));
	EXPECT_REASON(start, true, "range");
	EXPECT_REASON(self->page + HUGE, true, "mapped");
}

TEST_F(reason, prctl_is_the_reason)
{
	SKIP_WITHOUT_THP();
	ASSERT_EQ(0, prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	EXPECT_NEW("prctl");
	ASSERT_EQ(0, prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0));
	EXPECT_NEW("mapped");
}

TEST_F(reason, prctl_can_leave_huge_pages_to_advice)
{
	SKIP_WITHOUT_THP();
	if (prctl(PR_SET_THP_DISABLE, 1, PR_THP_DISABLE_EXCEPT_ADVISED, 0, 0))
		SKIP(return, "before Linux 6.18, prctl() forbids all huge pages");
	EXPECT_NEW("prctl-advised");
	ASSERT_EQ(self->page, map_anon_at(self->page, HUGE));
	ASSERT_EQ(0, madvise(self->page, HUGE, MADV_HUGEPAGE));
	EXPECT_REASON(self->page, true, "mapped");
}

TEST_F(reason, the_setting_is_the_reason)
{
	SKIP_WITHOUT_THP();
	ASSERT_TRUE(put(THP "enabled", "never"));
	EXPECT_NEW("setting");
	ASSERT_TRUE(put(THP "enabled", "madvise"));
	EXPECT_NEW("setting");
	ASSERT_EQ(self->page, map_anon_at(self->page, HUGE));
	ASSERT_EQ(0, madvise(self->page, HUGE, MADV_HUGEPAGE));
	EXPECT_REASON(self->page, true, "mapped");
}

TEST_F(reason, a_setting_by_size_is_the_reason)
{
	char *size = selected(THP "hugepages-2048kB/enabled");

	if (!size)
		SKIP(return, "before Linux 6.8, there is one setting for all sizes");
	ASSERT_TRUE(put(THP "hugepages-2048kB/enabled", "never"));
	EXPECT_NEW("setting");
	ASSERT_TRUE(put(THP "hugepages-2048kB/enabled", "always"));
	EXPECT_NEW("mapped");
	put(THP "hugepages-2048kB/enabled", size);
	free(size);
}

/* The folio is smaller than 2 MiB, but larger than a page. */
TEST_F(reason, folio_is_the_size_of_a_smaller_huge_page)
{
	char *size = selected(THP "hugepages-64kB/enabled");
	const struct event *e;

	if (!size)
		SKIP(return, "before Linux 6.8, there are no smaller huge pages");
	ASSERT_EQ(self->page, map_anon_at(self->page, HUGE - page_size()));
	ASSERT_TRUE(put(THP "hugepages-64kB/enabled", "always"));
	e = TOUCH(self->page, true);
	put(THP "hugepages-64kB/enabled", size);
	free(size);
	EXPECT_TRUE(reason_is(e, "range"));
	EXPECT_TRUE(e && event_is(e, "folio", "16"));
}

/* Since Linux 7.2, a write replaces the huge zero page with a huge page. */
TEST_F(reason, memory_that_was_read_first)
{
	const struct event *e;

	SKIP_WITHOUT_THP();
	ASSERT_EQ(self->page, map_anon_at(self->page, HUGE));
	e = TOUCH(self->page, false);
	EXPECT_TRUE(reason_is(e, "mapped"));
	ASSERT_TRUE(class_is(e, "huge-zero"));
	e = TOUCH(self->page, true);
	EXPECT_TRUE(reason_is(e, kernel_before(7, 2) ? "zero" : "mapped"));
	if (kernel_before(7, 2))
		EXPECT_REASON(page_at(self->page, 1), true, "none");
}

TEST_F(reason, a_write_to_a_shared_huge_page_has_no_reason)
{
	struct bystander child;

	SKIP_WITHOUT_THP();
	ASSERT_EQ(self->page, map_anon_at(self->page, HUGE));
	ASSERT_EQ(0, touch_write(self->page));
	ASSERT_TRUE(bystander_fork(&child));
	EXPECT_REASON(self->page, true, "none");
	ASSERT_TRUE(bystander_end(&child));
}

/* Write in a cgroup that has no room for 2 MiB. */
static int write_in_cgroup(const char *memcg, char *page)
{
	return !memcg_put(memcg, "memory.max", "1572864") ||
	       !memcg_put(memcg, "cgroup.procs", "0") || touch_write(page);
}

TEST_F(reason, a_full_cgroup_is_the_reason)
{
	const char *missing = memcg_missing();
	char memcg[128];
	pid_t pid;

	SKIP_WITHOUT_THP();
	if (missing)
		SKIP(return, "%s", missing);
	ASSERT_TRUE(memcg_create(memcg, sizeof(memcg)));
	ASSERT_EQ(self->page, map_anon_at(self->page, HUGE));
	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	pid = fork_child();
	if (!pid)
		_exit(write_in_cgroup(memcg, self->page));
	EXPECT_EQ(0, wait_for(pid));
	ASSERT_TRUE(trace_end(&self->trace));
	rmdir(memcg);
	EXPECT_TRUE(reason_is(fault_at(&self->trace, self->page), "cgroup"));
	EXPECT_REASON(self->page, true, "mapped");
}

/* ---- userfaultfd ---- */

static bool watch(int fd, char *page)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range.start = (uintptr_t)page,
		.range.len = HUGE,
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	return !ioctl(fd, UFFDIO_API, &api) && !ioctl(fd, UFFDIO_REGISTER, &range);
}

/* Fork a child that answers one fault of its parent with a page of zeros. */
static pid_t answer_one(int fd, char *page)
{
	struct uffdio_zeropage zero = {
		.range.start = (uintptr_t)page, .range.len = page_size(),
	};
	struct uffd_msg message;
	pid_t pid = fork_child();

	if (!pid)
		_exit(read(fd, &message, sizeof(message)) != sizeof(message) ||
		      ioctl(fd, UFFDIO_ZEROPAGE, &zero));
	return pid;
}

TEST_F(reason, userfaultfd_is_the_reason)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	const struct event *e;
	pid_t pid;

	SKIP_WITHOUT_THP();
	ASSERT_EQ(self->page, map_anon_at(self->page, 2 * HUGE));
	ASSERT_TRUE(watch(fd, self->page));
	pid = answer_one(fd, self->page);
	e = TOUCH(self->page, false);
	EXPECT_EQ(0, wait_for(pid));
	EXPECT_TRUE(reason_is(e, "uffd"));
	EXPECT_REASON(self->page + HUGE, true, "mapped");
}

/* ---- exec ---- */

TEST_F(reason, the_first_stack_of_exec_is_temporary)
{
	bool seen = false;
	pid_t pid;

	SKIP_WITHOUT_THP();
	pid = trace_exec(&self->trace);
	ASSERT_LT(0, pid);
	for_each_event(e, &self->trace) {
		seen |= event_is(e, "huge", "stack") && event_is(e, "trigger", "exec");
		EXPECT_TRUE(!event_is(e, "huge", "stack") || e->pid == pid);
	}
	EXPECT_TRUE(seen);
}

/* ---- files ---- */

/* Create a file of 6 MiB in a new tmpfs. The tmpfs exists until the test ends. */
static int tmpfs_file(const char *options)
{
	char path[] = "/var/tmp/mmapdemo-huge.XXXXXX";
	int fd = -1;

	if (unshare(CLONE_NEWNS) || !mkdtemp(path))
		return -1;
	if (!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	    !mount("huge", path, "tmpfs", 0, options)) {
		fd = open(path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		umount2(path, MNT_DETACH);
	}
	rmdir(path);
	return ftruncate(fd, 3 * HUGE) ? -1 : fd;
}

static int huge_file(void)
{
	return tmpfs_file("huge=always");
}

static int small_file(void)
{
	return tmpfs_file("huge=never");
}

TEST_F(reason, tmpfs_maps_a_huge_page)
{
	const struct event *e;

	SKIP_WITHOUT_THP();
	ASSERT_EQ(self->page, map_at(self->page, HUGE, MAP_SHARED, huge_file(), HUGE));
	e = TOUCH(self->page, true);
	EXPECT_TRUE(reason_is(e, "mapped"));
	EXPECT_TRUE(e && event_is(e, "folio", "512"));
}

TEST_F(reason, the_mount_option_is_the_reason)
{
	const struct event *e;

	SKIP_WITHOUT_THP();
	ASSERT_EQ(self->page, map_at(self->page, HUGE, MAP_SHARED, small_file(), HUGE));
	e = TOUCH(self->page, true);
	EXPECT_TRUE(reason_is(e, "shmem"));
	EXPECT_TRUE(e && event_is(e, "folio", "1"));
}

TEST_F(reason, shared_anonymous_memory_has_its_own_setting)
{
	char *setting = selected(THP "shmem_enabled");
	const struct event *e;

	SKIP_WITHOUT_THP();
	ASSERT_TRUE(put(THP "shmem_enabled", "advise"));
	ASSERT_EQ(self->page, map_at(self->page, 2 * HUGE, MAP_SHARED | MAP_ANONYMOUS,
				     -1, 0));
	EXPECT_REASON(self->page, true, "shmem");
	ASSERT_EQ(0, madvise(self->page, 2 * HUGE, MADV_HUGEPAGE));
	e = TOUCH(self->page + HUGE, true);
	put(THP "shmem_enabled", setting);
	free(setting);
	EXPECT_TRUE(reason_is(e, "mapped"));
}

TEST_F(reason, a_page_in_the_page_cache_is_the_reason)
{
	int fd = small_file();

	SKIP_WITHOUT_THP();
	ASSERT_EQ(1, pwrite(fd, "x", 1, HUGE + 3 * page_size()));
	ASSERT_EQ(self->page, map_at(self->page, 2 * HUGE, MAP_SHARED, fd, HUGE));
	EXPECT_REASON(self->page, true, "file");
	EXPECT_REASON(self->page + HUGE, true, "shmem");
}

TEST_F(reason, shmem_obeys_madvise)
{
	SKIP_WITHOUT_THP();
	ASSERT_EQ(self->page, map_at(self->page, HUGE, MAP_SHARED, huge_file(), 0));
	ASSERT_EQ(0, madvise(self->page, HUGE, MADV_NOHUGEPAGE));
	EXPECT_REASON(self->page, true, "nohugepage");
}

TEST_F(reason, a_file_offset_is_the_reason)
{
	SKIP_WITHOUT_THP();
	ASSERT_EQ(self->page, map_at(self->page, HUGE, MAP_SHARED, huge_file(),
				     page_size()));
	EXPECT_REASON(self->page, true, "pgoff");
}

TEST_F(reason, the_vma_of_a_file_may_end_too_early)
{
	SKIP_WITHOUT_THP();
	ASSERT_EQ(self->page, map_at(self->page, HUGE - page_size(), MAP_SHARED,
				     huge_file(), 0));
	EXPECT_REASON(self->page, true, "range");
}

TEST_F(reason, a_write_to_a_private_mapping_is_copied)
{
	SKIP_WITHOUT_THP();
	ASSERT_EQ(self->page, map_at(self->page, HUGE, MAP_PRIVATE, huge_file(), 0));
	EXPECT_REASON(self->page, true, "copy");
}

TEST_F(reason, a_read_of_a_private_mapping_is_not_copied)
{
	SKIP_WITHOUT_THP();
	ASSERT_EQ(self->page, map_at(self->page, HUGE, MAP_PRIVATE, huge_file(), 0));
	EXPECT_REASON(self->page, false, "mapped");
}

TEST_F(reason, a_file_on_disk_has_smaller_folios)
{
	const struct event *e;

	SKIP_WITHOUT_THP();
	ASSERT_EQ(self->page, map_at(self->page, HUGE, MAP_SHARED, disk_file(), 0));
	e = TOUCH(self->page, false);
	EXPECT_TRUE(reason_is(e, "file"));
	EXPECT_TRUE(e && event_num(e, "folio") > 0 && event_num(e, "folio") < 512);
}

TEST_F(reason, a_device_is_the_reason)
{
	SKIP_WITHOUT_THP();
	ASSERT_EQ(self->page, map_at(self->page, HUGE, MAP_SHARED,
				     device_open(O_RDWR), 0));
	EXPECT_REASON(self->page, true, "driver");
}

TEST_F(reason, hugetlbfs_has_no_reason)
{
	char *saved = slurp("/proc/sys/vm/nr_hugepages");
	char *map;

	ASSERT_TRUE(put("/proc/sys/vm/nr_hugepages", "2"));
	map = mmap(NULL, HUGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (!failed(map))
		EXPECT_REASON(map, true, "none");
	put("/proc/sys/vm/nr_hugepages", saved);
	free(saved);
}

TEST_HARNESS_MAIN
