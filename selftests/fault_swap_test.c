// SPDX-License-Identifier: GPL-2.0-only
/*
 * The field "class" of pte_fault for pages that were swapped out to a file or
 * to zram.
 *
 * Depends on: the kernel.
 */
#include "disk.h"
#include "fault.h"
#include "swap_area.h"

#include <pthread.h>

#define SWAP_PAGES 64
#define ZRAM "/sys/class/zram-control"

struct swap {
	char path[64];
	int zram;	/* number of the zram device, or -1 */
};

FIXTURE(swap)
{
	struct trace trace;
	struct swap swap;
	const char *missing;
	char *page;	/* a page of private anonymous memory */
};

FIXTURE_VARIANT(swap)
{
	const char *(*make)(struct swap *swap);
};

static const char *swap_file(struct swap *swap)
{
	strcpy(swap->path, "/var/tmp/mmapdemo-swap.XXXXXX");
	return swap_on(swap->path, mkstemp(swap->path), SWAP_PAGES);
}

/* Create a new zram device, so that other users of zram are not affected. */
static const char *swap_zram(struct swap *swap)
{
	char size[128], *number;

	if (access(ZRAM, F_OK) && system("modprobe -q zram"))
		return "no zram";
	number = slurp(ZRAM "/hot_add");
	swap->zram = number ? atoi(number) : -1;
	free(number);
	snprintf(size, sizeof(size), "/sys/block/zram%d/disksize", swap->zram);
	snprintf(swap->path, sizeof(swap->path), "/dev/zram%d", swap->zram);
	if (!put(size, "1M"))
		return "no device of zram";
	return swap_on(swap->path, open(swap->path, O_RDWR | O_CLOEXEC), SWAP_PAGES);
}

FIXTURE_VARIANT_ADD(swap, to_a_file) { .make = swap_file };
FIXTURE_VARIANT_ADD(swap, to_zram) { .make = swap_zram };

FIXTURE_SETUP(swap)
{
	self->swap.zram = -1;
	ASSERT_TRUE(trace_create(&self->trace));
	/*
	 * Until a page is in the list of reclaimable pages, madvise() finds the page
	 * only on the processor that allocated it.
	 */
	ASSERT_TRUE(run_on(sched_getcpu()));
	ASSERT_EQ(0, prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	self->page = map_anon(page_size());
	ASSERT_FALSE(failed(self->page));
	self->missing = variant->make(&self->swap);
}

FIXTURE_TEARDOWN(swap)
{
	char number[16];

	trace_destroy(&self->trace);
	swapoff(self->swap.path);
	if (variant->make == swap_file)
		unlink(self->swap.path);
	snprintf(number, sizeof(number), "%d", self->swap.zram);
	if (self->swap.zram >= 0)
		put(ZRAM "/hot_remove", number);
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

/*
 * Swap the page out. Retry if the page is not in the list of reclaimable pages
 * yet.
 */
static bool page_out(char *page)
{
	for (int i = 0; i < 100 && pfn_of(page); i++)
		madvise(page, page_size(), MADV_PAGEOUT);
	return !pfn_of(page);
}

TEST_F(swap, a_page_that_was_swapped_out_is_swap)
{
	const struct event *e;

	SKIP_WITHOUT_SWAP();
	strcpy(self->page, "swapped");
	ASSERT_TRUE(page_out(self->page));
	e = trace_touch(&self->trace, self->page, false);
	ASSERT_TRUE(class_is(e, "swap"));
	EXPECT_TRUE(event_has(e, "entry_before", "swap"));
	EXPECT_TRUE(event_has(e, "entry_after", "anon"));
	EXPECT_TRUE(event_has(e, "before", "PTE"));
	EXPECT_EQ(pfn_of(self->page), event_num(e, "pfn"));
	EXPECT_STREQ("swapped", self->page);
	/*
	 * zram completes a write at once, so the page has left the swap cache.
	 * A page that was written to a swap file may still be in the swap
	 * cache.
	 */
	if (variant->make == swap_zram)
		EXPECT_TRUE(event_has(e, "ret", "major"));
}

TEST_F(swap, a_write_to_a_page_that_was_swapped_out_is_swap)
{
	const struct event *e;

	SKIP_WITHOUT_SWAP();
	strcpy(self->page, "?wapped");
	ASSERT_TRUE(page_out(self->page));
	e = trace_touch(&self->trace, self->page, true);
	ASSERT_TRUE(class_is(e, "swap"));
	EXPECT_TRUE(event_is(e, "access", "write"));
	EXPECT_TRUE(event_has(e, "entry_before", "swap"));
	EXPECT_TRUE(event_has(e, "entry_after", "write"));
	EXPECT_STREQ("Zwapped", self->page);
}

/* ---- while another fault waits for a disk ---- */

struct helper {
	pthread_t thread;
	struct disk *disk;
	char *page;
};

/* While the disk holds a read, touch a page. Then let the read go on. */
static void *helper_run(void *data)
{
	struct helper *helper = data;

	disk_until_holding(helper->disk, FUSE_READ);
	touch_read(helper->page);
	helper->disk->hold = 0;
	return NULL;
}

/*
 * A page that another thread swaps in during a fault was not mapped by this
 * fault. The field "filled" counts new entries, and the entry of the page in
 * the swap area is replaced.
 */
TEST_F(swap, filled_does_not_count_a_page_that_was_swapped_in)
{
	struct helper helper = { .disk = disk_make(2 * page_size()) };
	const struct event *e;
	pid_t child = 0;
	char *map;
	int file;

	SKIP_WITHOUT_SWAP();
	ASSERT_NE(NULL, helper.disk);
	file = disk_mount(helper.disk, &child);
	if (access("/dev/fuse", F_OK))
		SKIP(return, "this kernel has no FUSE");
	ASSERT_LE(0, file);
	map = mmap(NULL, 2 * page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE,
		   file, 0);
	ASSERT_FALSE(failed(map));
	/* Read only the touched pages from the disk. */
	ASSERT_EQ(0, madvise(map, 2 * page_size(), MADV_RANDOM));
	helper.page = page_at(map, 1);
	ASSERT_EQ(0, touch_write(helper.page));
	ASSERT_TRUE(page_out(helper.page));
	helper.disk->hold = FUSE_READ;
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_EQ(0, pthread_create(&helper.thread, NULL, helper_run, &helper));
	EXPECT_EQ(0, touch_read(map));
	ASSERT_EQ(0, pthread_join(helper.thread, NULL));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_NE(0, pfn_of(helper.page));
	e = fault_at(&self->trace, map);
	ASSERT_TRUE(class_is(e, "read"));
	EXPECT_TRUE(event_has(e, "ret", "major"));
	EXPECT_EQ(1, event_num(e, "filled"));
	munmap(map, 2 * page_size());
	close(file);
	kill(child, SIGKILL);
	wait_for(child);
}

TEST_HARNESS_MAIN
