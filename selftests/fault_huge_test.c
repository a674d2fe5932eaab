// SPDX-License-Identifier: GPL-2.0-only
/*
 * The field "class" of pte_fault for page table entries that map 2 MiB:
 * transparent huge pages, huge pages of tmpfs, and pages of hugetlb.
 *
 * Depends on: the kernel.
 */
#include "fault.h"

#include <sched.h>
#include <sys/mount.h>

#define HUGE (2 * MIB)
#define NR_HUGEPAGES "/proc/sys/vm/nr_hugepages"

FIXTURE(huge)
{
	struct trace trace;
	char *page;	/* untouched anonymous memory, aligned to HUGE, or NULL */
};

/*
 * Every test of transparent huge pages uses this macro, because older versions of
 * the harness run the test even if the setup calls SKIP().
 */
#define SKIP_WITHOUT_THP()						\
do {									\
	if (!self->page)						\
		SKIP(return, "transparent huge pages are off");		\
} while (0)

FIXTURE_SETUP(huge)
{
	self->page = NULL;
	ASSERT_TRUE(trace_create(&self->trace));
	if (!thp_is_on())
		return;
	self->page = hole(HUGE, HUGE);
	ASSERT_EQ(self->page, mmap(self->page, HUGE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS |
				   MAP_FIXED_NOREPLACE, -1, 0));
	ASSERT_EQ(0, madvise(self->page, HUGE, MADV_HUGEPAGE));
}

FIXTURE_TEARDOWN(huge)
{
	trace_destroy(&self->trace);
}

TEST_F(huge, first_write_is_huge_anon)
{
	const struct event *e;
	char *middle;

	SKIP_WITHOUT_THP();
	middle = page_at(self->page, 77) + 5;
	e = trace_touch(&self->trace, middle, true);
	ASSERT_TRUE(class_is(e, "huge-anon"));
	EXPECT_EQ((uintptr_t)middle, event_num(e, "address"));
	EXPECT_EQ(9, event_num(e, "order"));
	EXPECT_EQ(pfn_of(middle), event_num(e, "pfn"));
	EXPECT_TRUE(event_has(e, "entry_after", "huge"));
	EXPECT_TRUE(event_has(e, "entry_after", "anon"));
	EXPECT_FALSE(event_has(e, "before", "PMD"));
	EXPECT_TRUE(event_has(e, "after", "PMD"));
	EXPECT_FALSE(event_has(e, "after", "PTE"));

	/* The fault has mapped all small pages of the huge page. */
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	write_pages(self->page, HUGE / page_size());
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(0, faults_in(&self->trace, self->page, HUGE, NULL));
}

TEST_F(huge, first_read_is_huge_zero)
{
	const struct event *e;

	SKIP_WITHOUT_THP();
	e = trace_touch(&self->trace, self->page, false);
	ASSERT_TRUE(class_is(e, "huge-zero"));
	EXPECT_EQ(9, event_num(e, "order"));
	EXPECT_TRUE(event_has(e, "entry_after", "huge"));
	EXPECT_FALSE(event_has(e, "entry_after", "anon"));
	EXPECT_FALSE(event_has(e, "entry_after", "write"));
}

TEST_F(huge, write_to_an_own_page_that_is_not_writable_is_huge_wp)
{
	const struct event *e;

	SKIP_WITHOUT_THP();
	ASSERT_EQ(0, touch_write(self->page));
	ASSERT_TRUE(put("/proc/self/clear_refs", "4"));
	e = trace_touch(&self->trace, self->page, true);
	ASSERT_TRUE(class_is(e, "huge-wp"));
	EXPECT_TRUE(event_has(e, "entry_before", "huge"));
	EXPECT_TRUE(event_has(e, "entry_after", "huge"));
	EXPECT_TRUE(event_has(e, "entry_after", "write"));
}

TEST_F(huge, write_while_a_child_has_the_page_is_huge_split)
{
	const struct event *e;
	struct bystander child;

	SKIP_WITHOUT_THP();
	ASSERT_EQ(0, touch_write(self->page));
	ASSERT_TRUE(bystander_fork(&child));
	e = trace_touch(&self->trace, self->page, true);
	ASSERT_TRUE(class_is(e, "huge-split"));
	EXPECT_TRUE(event_has(e, "entry_before", "huge"));
	EXPECT_FALSE(event_has(e, "entry_after", "huge"));
	EXPECT_TRUE(event_has(e, "after", "PTE"));
	EXPECT_EQ(0, event_num(e, "order"));
	EXPECT_EQ(pfn_of(self->page), event_num(e, "pfn"));
	ASSERT_TRUE(bystander_end(&child));
}

/* Create a file in a new tmpfs. The tmpfs exists until the test ends. */
static int huge_file(void)
{
	char path[] = "/var/tmp/mmapdemo-huge.XXXXXX";
	int fd = -1;

	if (unshare(CLONE_NEWNS) || !mkdtemp(path))
		return -1;
	if (!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	    !mount("huge", path, "tmpfs", 0, "huge=always")) {
		fd = open(path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		umount2(path, MNT_DETACH);
	}
	rmdir(path);
	return ftruncate(fd, HUGE) ? -1 : fd;
}

TEST_F(huge, a_huge_page_of_a_file_is_huge_file)
{
	char *map = hole(HUGE, HUGE);
	const struct event *e;
	int fd = huge_file();

	if (fd < 0)
		SKIP(return, "no tmpfs with huge pages");
	ASSERT_EQ(map, mmap(map, HUGE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0));
	e = trace_touch(&self->trace, map, true);
	ASSERT_TRUE(class_is(e, "huge-file"));
	EXPECT_EQ(9, event_num(e, "order"));
	EXPECT_EQ(pfn_of(map), event_num(e, "pfn"));
	EXPECT_FALSE(event_has(e, "entry_after", "anon"));
}

TEST_F(huge, hugetlb_is_hugetlb)
{
	char *saved = slurp(NR_HUGEPAGES);
	const struct event *e;
	char *map;

	ASSERT_TRUE(put(NR_HUGEPAGES, "2"));
	map = mmap(NULL, HUGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (failed(map))
		SKIP(goto restore, "no memory for hugetlb");
	e = trace_touch(&self->trace, map, true);
	EXPECT_TRUE(class_is(e, "hugetlb"));
	EXPECT_TRUE(e && event_is(e, "order", "9"));
	munmap(map, HUGE);
restore:
	put(NR_HUGEPAGES, saved);
	free(saved);
}

TEST_HARNESS_MAIN
