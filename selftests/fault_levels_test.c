// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page table levels in pte_fault, on machines with four and with five levels.
 *
 * Depends on: the kernel.
 */
#include "fault.h"

FIXTURE(levels)
{
	struct trace trace;
	char around[32];
	int levels;
};

FIXTURE_SETUP(levels)
{
	int fd = device_open(O_RDONLY);

	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_TRUE(small_faults(self->around, sizeof(self->around)));
	self->levels = device_info(fd).levels;
	close(fd);
}

FIXTURE_TEARDOWN(levels)
{
	put(FAULT_AROUND, self->around);
	trace_destroy(&self->trace);
}

#ifdef __x86_64__
/* The kernel shows the flag la57 only if five-level paging is in use. */
TEST_F(levels, there_are_as_many_levels_as_the_processor_walks)
{
	char *cpuinfo = slurp("/proc/cpuinfo");

	ASSERT_NE(NULL, cpuinfo);
	EXPECT_EQ(strstr(cpuinfo, " la57") ? 5 : 4, self->levels);
	free(cpuinfo);
}

/*
 * With five levels, the kernel uses an address above 47 bits only if mmap()
 * requests it.
 */
TEST_F(levels, an_address_of_more_than_47_bits_needs_five_levels)
{
	char *wish = (char *)(1UL << 52);
	char *map = mmap(wish, page_size(), PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const struct event *e;

	ASSERT_FALSE(failed(map));
	EXPECT_EQ(self->levels == 5, map == wish);
	e = trace_touch(&self->trace, map, true);
	ASSERT_TRUE(class_is(e, "anon"));
	EXPECT_EQ(self->levels == 5, event_has(e, "after", "P4D"));
	EXPECT_EQ(self->levels == 5, event_is(e, "before", ""));
	EXPECT_EQ(pfn_of(map), event_num(e, "pfn"));
}
#endif

static bool levels_are(const struct event *e, int levels, const char *before,
		       const char *after)
{
	char wanted[2][32];

	/* In a process, the tables above the PUD level exist already. */
	for (int i = 0; i < 2; i++)
		snprintf(wanted[i], sizeof(wanted[i]), "%s%s",
			 levels == 5 ? "PGD|P4D" : "PGD", i ? after : before);
	return e && event_is(e, "before", wanted[0]) &&
	       event_is(e, "after", wanted[1]) && event_is(e, "after_seen", "1");
}

/*
 * The first touches are at these four pages:
 *
 *	map                       + 2 MiB          + 1 GiB
 *	| 1st | 2nd | ...         | 3rd | ...      | 4th | ...
 */
TEST_F(levels, levels_are_filled_as_they_are_needed)
{
	char *map = hole(2 * GIB, GIB), *again;
	int levels = self->levels;

	ASSERT_NE(NULL, map);
	ASSERT_EQ(map, mmap(map, 2 * GIB, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
			    MAP_FIXED_NOREPLACE, -1, 0));
	EXPECT_TRUE(levels_are(trace_touch(&self->trace, map, true), levels,
			       "", "|PUD|PMD|PTE"));
	EXPECT_TRUE(levels_are(trace_touch(&self->trace, page_at(map, 1), true),
			       levels, "|PUD|PMD", "|PUD|PMD|PTE"));
	EXPECT_TRUE(levels_are(trace_touch(&self->trace, map + 2 * MIB, false),
			       levels, "|PUD", "|PUD|PMD|PTE"));
	EXPECT_TRUE(levels_are(trace_touch(&self->trace, map + GIB, false),
			       levels, "", "|PUD|PMD|PTE"));
	/* The third page is present, but not writable. */
	again = map + 2 * MIB;
	EXPECT_TRUE(levels_are(trace_touch(&self->trace, again, true), levels,
			       "|PUD|PMD|PTE", "|PUD|PMD|PTE"));
	/* When a page is dropped, the PTE table that mapped it stays. */
	ASSERT_EQ(0, madvise(map, page_size(), MADV_DONTNEED));
	EXPECT_TRUE(levels_are(trace_touch(&self->trace, map, true), levels,
			       "|PUD|PMD", "|PUD|PMD|PTE"));
}

TEST_F(levels, the_highest_level_is_filled_too)
{
	char *map = hole(512 * GIB, 512 * GIB);
	bool five = self->levels == 5;
	const struct event *e;

	if (!map)
		SKIP(return, "no space for 1 TiB");
	ASSERT_EQ(map, mmap(map, page_size(), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			    -1, 0));
	e = trace_touch(&self->trace, map, true);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_is(e, "before", five ? "PGD" : ""));
	EXPECT_TRUE(event_is(e, "after", five ? "PGD|P4D|PUD|PMD|PTE" :
						"PGD|PUD|PMD|PTE"));
}

TEST_F(levels, a_huge_page_of_1_gib_needs_no_pmd)
{
	char *map = map_gib(), *page = failed(map) ? NULL : map + GIB / 2;
	const struct event *e;

	if (failed(map))
		SKIP(return, "no huge page of 1 GiB");
	e = trace_touch(&self->trace, page, true);
	EXPECT_TRUE(levels_are(e, self->levels, "", "|PUD"));
	EXPECT_TRUE(class_is(e, "hugetlb"));
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_is(e, "order", "18"));
	EXPECT_EQ(pfn_of(page), event_num(e, "pfn"));
	munmap(map, GIB);
}

TEST_HARNESS_MAIN
