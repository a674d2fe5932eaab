// SPDX-License-Identifier: GPL-2.0-only
/*
 * The event fault_time for pages that are swapped in, for tasks that memory.high
 * throttles, and for huge pages.
 *
 * Depends on: the kernel.
 */
#include "fault_time.h"
#include "io_delay.h"
#include "slow_disk.h"
#include "swap_area.h"

#define HUGE (2 * MIB)
#define NR_HUGEPAGES "/proc/sys/vm/nr_hugepages"
#define PAGE_CLUSTER "/proc/sys/vm/page-cluster"

/* The disk takes this time for each request. */
#define DISK_NS (20 * MS)

/* ---- swap ---- */

#define SWAP_PAGES 1024
#define PAGES_OUT 64

FIXTURE(swap)
{
	struct trace trace;
	struct slow_disk disk;
	const char *missing;
	char memcg[64];
	char *cluster;
	char *map;	/* PAGES_OUT pages that are swapped out */
};

/* Enter or leave a cgroup. */
static bool enter(const char *memcg)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	return memcg_put(memcg, "cgroup.procs", pid);
}

FIXTURE_SETUP(swap)
{
	struct slow_disk *disk = &self->disk;

	*self->memcg = '\0';
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_EQ(0, prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	self->cluster = slurp(PAGE_CLUSTER);
	self->missing = slow_disk_make(disk, DISK_NS, true);
	if (!self->missing)
		self->missing = memcg_missing();
	if (!self->missing)
		self->missing = swap_on(disk->path, open(disk->path, O_RDWR | O_CLOEXEC),
					SWAP_PAGES);
	if (self->missing)
		return;
	/* Each fault reads one page. */
	ASSERT_TRUE(put(PAGE_CLUSTER, "0"));
	ASSERT_TRUE(memcg_create(self->memcg, sizeof(self->memcg)));
	self->map = map_anon(PAGES_OUT * page_size());
	ASSERT_TRUE(enter(self->memcg));
	write_pages(self->map, PAGES_OUT);
	/* Since Linux 6.12, pages of zeros are not written to the disk. */
	*self->map = 'z';
	ASSERT_TRUE(swap_out(self->memcg, self->map, PAGES_OUT));
	ASSERT_TRUE(enter(CGROUP));
}

FIXTURE_TEARDOWN(swap)
{
	trace_destroy(&self->trace);
	swapoff(self->disk.path);
	slow_disk_end(&self->disk);
	put(PAGE_CLUSTER, self->cluster);
	if (*self->memcg)
		rmdir(self->memcg);
}

/*
 * Every test uses this macro, because older versions of the harness run the
 * test even if the setup calls SKIP().
 */
#define SKIP_WITHOUT_SWAP()					\
do {								\
	if (self->missing)					\
		SKIP(return, "%s", self->missing);		\
} while (0)

TEST_F(swap, a_page_that_is_swapped_in_waits_for_the_disk)
{
	const struct event *e;
	__u64 waited;

	SKIP_WITHOUT_SWAP();
	/* An emulator may delay a fault once. */
	for (int i = 7, most = 0; i < 12 && !most; i++) {
		e = timed_touch(&self->trace, page_at(self->map, i), false, &waited);
		ASSERT_NE(NULL, e);
		EXPECT_TRUE(sums(e));
		most = mostly(e, "io");
	}
	EXPECT_TRUE(mostly(e, "io"));
	EXPECT_LE(DISK_NS, part(e, "io") + part(e, "cpu") + MS);
	EXPECT_LE(time_reported(e), waited);
	EXPECT_TRUE(event_is(e, "class", "swap"));
	EXPECT_EQ(page_size(), event_num(e, "read_bytes"));
	EXPECT_LE(1, event_num(e, "switches"));
	EXPECT_NE(NULL, strstr(event_value(e, "where"), "swap"));
}

TEST_F(swap, the_time_is_what_the_program_waited)
{
	SKIP_WITHOUT_SWAP();
	EXPECT_TRUE(all_near(&self->trace, self->map, 5, false));
}

TEST_F(swap, io_is_what_the_kernel_accounts)
{
	struct io_delay delays[10];

	SKIP_WITHOUT_SWAP();
	ASSERT_TRUE(trace_begin(&self->trace, "fault_time"));
	if (!io_read(self->map, 10, 1, delays))
		SKIP(return, "no taskstats");
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_TRUE(io_is_accounted(&self->trace, self->map, 10, 1, delays));
}

/* ---- memory.high ---- */

/*
 * The charge of a huge page exceeds the limit so far that the kernel throttles the task
 * during the fault. After small charges, the task is throttled when it returns to user
 * mode, which is after the fault.
 */
TEST(memory_high_throttles_a_fault)
{
	struct trace trace = { 0 };
	const struct event *e;
	const char *missing = memcg_missing();
	char memcg[64], *map = hole(HUGE, HUGE);
	__u64 waited;

	if (kernel_before(5, 18))
		SKIP(return, "before 5.18 tasks are throttled only after the fault");
	if (!thp_is_on())
		SKIP(return, "transparent huge pages are off");
	if (missing)
		SKIP(return, "%s", missing);
	ASSERT_EQ(map, mmap(map, HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE |
			    MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
	ASSERT_EQ(0, madvise(map, HUGE, MADV_HUGEPAGE));
	ASSERT_TRUE(trace_create(&trace));
	ASSERT_TRUE(memcg_create(memcg, sizeof(memcg)));
	ASSERT_TRUE(memcg_put(memcg, "memory.high", "1M"));
	ASSERT_TRUE(trace_begin(&trace, "fault_time pte_fault"));
	ASSERT_TRUE(enter(memcg));
	waited = timed_access(map, true);
	ASSERT_TRUE(enter(CGROUP));
	ASSERT_TRUE(trace_end(&trace));
	munmap(map, HUGE);
	rmdir(memcg);
	e = time_at(&trace, map);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(sums(e));
	EXPECT_TRUE(mostly(e, "sleep"));
	EXPECT_LE(time_reported(e), waited);
	EXPECT_TRUE(event_is(e, "class", "huge-anon"));
	EXPECT_NE(NULL, strstr(event_value(e, "where"), "mem_cgroup_handle_over_high"));
	trace_destroy(&trace);
}

/* ---- huge pages ---- */

FIXTURE(huge)
{
	struct trace trace;
	const char *missing;
	char *map;	/* ACCESSES huge pages that were not touched */
	char *reserve;
};

FIXTURE_VARIANT(huge)
{
	bool hugetlb;
	const char *class;
};

FIXTURE_VARIANT_ADD(huge, transparent) { .hugetlb = false, .class = "huge-anon" };
FIXTURE_VARIANT_ADD(huge, hugetlb) { .hugetlb = true, .class = "hugetlb" };

FIXTURE_SETUP(huge)
{
	const size_t length = ACCESSES * HUGE;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
	char text[16];

	ASSERT_TRUE(trace_create(&self->trace));
	self->reserve = slurp(NR_HUGEPAGES);
	self->missing = NULL;
	if (variant->hugetlb) {
		snprintf(text, sizeof(text), "%d", ACCESSES);
		if (!self->reserve || !put(NR_HUGEPAGES, text))
			self->missing = "no pages of hugetlb";
		flags |= MAP_HUGETLB;
	} else if (!thp_is_on()) {
		self->missing = "transparent huge pages are off";
	}
	self->map = hole(length, HUGE);
	if (!self->missing && mmap(self->map, length, PROT_READ | PROT_WRITE, flags, -1,
				   0) != self->map)
		self->missing = "too few huge pages";
	if (!self->missing)
		ASSERT_TRUE(variant->hugetlb || !madvise(self->map, length, MADV_HUGEPAGE));
}

FIXTURE_TEARDOWN(huge)
{
	trace_destroy(&self->trace);
	munmap(self->map, ACCESSES * HUGE);
	if (variant->hugetlb && self->reserve)
		put(NR_HUGEPAGES, self->reserve);
}

/*
 * To clear a huge page takes long, but is work, so the fault has no event fault_time.
 * Only a task that waits for a processor meanwhile has one.
 */
TEST_F(huge, a_page_that_is_cleared_is_only_work)
{
	__u64 waited[ACCESSES];
	int close = 0, fast = 0;

	if (self->missing)
		SKIP(return, "%s", self->missing);
	ASSERT_TRUE(trace_begin(&self->trace, "fault_time pte_fault"));
	for (int i = 0; i < ACCESSES; i++)
		waited[i] = timed_access(self->map + i * HUGE, true);
	ASSERT_TRUE(trace_end(&self->trace));
	for (int i = 0; i < ACCESSES; i++) {
		const struct event *e = time_at(&self->trace, self->map + i * HUGE);
		const struct event *f = fault_at(&self->trace, self->map + i * HUGE);

		ASSERT_TRUE(class_is(f, variant->class));
		EXPECT_LT(event_num(f, "duration"), waited[i]);
		fast += !e;
		close += !e && mainly(f, waited[i]);
		if (e) {
			EXPECT_TRUE(sums(e));
			EXPECT_LT(0, part(e, "cpu") + part(e, "compaction") +
				  part(e, "reclaim") + part(e, "sleep"));
		}
	}
	EXPECT_LT(0, fast);
	EXPECT_LT(0, close);
}

TEST_HARNESS_MAIN
