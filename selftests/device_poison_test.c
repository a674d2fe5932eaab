// SPDX-License-Identifier: GPL-2.0-only
/*
 * A poisoned page in a region. With every method, a touch of the page raises
 * SIGBUS with BUS_MCEERR_AR, and read(2) and write(2) fail with EIO. The other
 * pages are unchanged, and the poisoned page frame is never used again.
 *
 * As for a page of any file, the kernel replaces each page table entry of the
 * page by a poison mark. A mark stays in the page table until the program drops
 * the mark. The kernel does not replace entries that map frame numbers, because
 * it cannot find these entries.
 *
 * Depends on: the kernel.
 */
#include "device.h"
#include "region.h"

#define COUNT	1024UL	/* number of pages in two blocks of MMAPDEMO_BY_HUGE */
#define BROKEN	700UL

/* Bits in the entries of /proc/kpageflags. */
#define KPF_BUDDY	(1ULL << 10)
#define KPF_HWPOISON	(1ULL << 19)

static __u64 frame_flags(__u64 frame)
{
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	__u64 flags = 0;

	if (pread(fd, &flags, sizeof(flags), frame * sizeof(flags)) < 0)
		flags = 0;
	close(fd);
	return flags;
}

/*
 * Poison a page frame, as a machine check does. Ignore the error of the write,
 * which fails if the page can't be unmapped everywhere.
 */
static bool frame_break(__u64 frame)
{
	char address[32];

	snprintf(address, sizeof(address), "%#llx",
		 (unsigned long long)frame * page_size());
	put("/sys/devices/system/memory/hard_offline_page", address);
	return frame_flags(frame) & KPF_HWPOISON;
}

static __u64 frame_of(int fd, size_t page)
{
	__u64 shown = 0;

	region_pages(fd, page, page + 1, &shown);
	return shown & MMAPDEMO_PAGE_FRAME;
}

FIXTURE(poison)
{
	const char *missing;
	int fd;
	char *map;	/* maps the whole region; made before the poisoning */
	__u64 frame;
};

FIXTURE_VARIANT(poison)
{
	__u32 by;
	bool frames;	/* true if the method maps frame numbers */
	bool at_once;	/* true if mmap() maps all pages; holes are then refused */
};

FIXTURE_VARIANT_ADD(poison, page)
{
	.by = MMAPDEMO_BY_PAGE,
};

FIXTURE_VARIANT_ADD(poison, insert)
{
	.by = MMAPDEMO_BY_INSERT,
};

FIXTURE_VARIANT_ADD(poison, pfn)
{
	.by = MMAPDEMO_BY_PFN, .frames = true,
};

FIXTURE_VARIANT_ADD(poison, remap)
{
	.by = MMAPDEMO_BY_REMAP, .frames = true, .at_once = true,
};

FIXTURE_VARIANT_ADD(poison, around)
{
	.by = MMAPDEMO_BY_AROUND,
};

FIXTURE_VARIANT_ADD(poison, huge)
{
	.by = MMAPDEMO_BY_HUGE, .frames = true,
};

FIXTURE_VARIANT_ADD(poison, prepare)
{
	.by = MMAPDEMO_BY_PREPARE, .at_once = true,
};

/*
 * Every test uses this macro, because older versions of the harness run the
 * test even if the setup calls SKIP().
 */
#define SKIP_WITHOUT_POISON()					\
do {								\
	if (self->missing)					\
		SKIP(return, "%s", self->missing);		\
} while (0)

FIXTURE_SETUP(poison)
{
	self->missing = NULL;
	self->fd = region_open(COUNT * page_size(), variant->by);
	ASSERT_LE(0, self->fd);
	self->map = device_map(self->fd, COUNT, MAP_SHARED, 0);
	ASSERT_FALSE(failed(self->map));
	write_pages(self->map, COUNT);
	self->frame = frame_of(self->fd, BROKEN);
	ASSERT_NE(0, self->frame);
	if (!frame_break(self->frame))
		self->missing = "this kernel can't take memory out of use";
}

FIXTURE_TEARDOWN(poison)
{
	close(self->fd);
}

/*
 * Return true if a touch raises SIGBUS with the right reason and the right
 * address.
 */
static bool touch_is_refused(char *page, bool write)
{
	return touch(page, write) == SIGBUS &&
	       touch_signal.si_code == BUS_MCEERR_AR &&
	       touch_signal.si_addr == page;
}

/* Return true if all pages except the poisoned page are readable and unchanged. */
static bool others_are_there(char *map)
{
	for (size_t i = 0; i < COUNT; i++)
		if (i != BROKEN && map[i * page_size()] != (char)i)
			return false;
	return true;
}

TEST_F(poison, a_touch_is_a_signal_that_says_why)
{
	struct mmapdemo_stat before = device_stat(self->fd);
	char *map;

	SKIP_WITHOUT_POISON();
	map = device_map(self->fd, COUNT, MAP_SHARED, 0);
	if (variant->at_once) {
		ASSERT_TRUE(failed(map));
		EXPECT_EQ(EHWPOISON, errno);
		map = device_map(self->fd, BROKEN, MAP_SHARED, 0);
		ASSERT_FALSE(failed(map));
		EXPECT_EQ((char)(BROKEN - 1), *page_at(map, BROKEN - 1));
		map = device_map(self->fd, COUNT - BROKEN - 1, MAP_SHARED,
				 BROKEN + 1);
		ASSERT_FALSE(failed(map));
		EXPECT_EQ((char)(BROKEN + 1), *map);
		/* A mapping that begins or ends with the poisoned page fails. */
		EXPECT_TRUE(failed(device_map(self->fd, 2, MAP_SHARED, BROKEN)));
		EXPECT_EQ(EHWPOISON, errno);
		EXPECT_TRUE(failed(device_map(self->fd, 2, MAP_SHARED,
					      BROKEN - 1)));
		EXPECT_EQ(EHWPOISON, errno);
		return;
	}
	ASSERT_FALSE(failed(map));
	/* A touch of a neighbouring page must not map the poisoned page. */
	EXPECT_EQ((char)(BROKEN + 1), *page_at(map, BROKEN + 1));
	EXPECT_TRUE(touch_is_refused(page_at(map, BROKEN), false));
	EXPECT_TRUE(touch_is_refused(page_at(map, BROKEN), true));
	EXPECT_EQ(before.refused_faults + 2,
		  device_stat(self->fd).refused_faults);
	EXPECT_TRUE(others_are_there(map));
}

TEST_F(poison, a_poisoned_page_is_not_copied)
{
	char *map;

	SKIP_WITHOUT_POISON();
	map = device_map(self->fd, COUNT, MAP_PRIVATE, 0);
	if (variant->frames || variant->at_once) {
		EXPECT_TRUE(failed(map));
		return;
	}
	ASSERT_FALSE(failed(map));
	EXPECT_TRUE(touch_is_refused(page_at(map, BROKEN), true));
	EXPECT_TRUE(touch_is_refused(page_at(map, BROKEN), false));
	EXPECT_EQ(0, touch_write(page_at(map, BROKEN - 1)));
	EXPECT_EQ((char)(BROKEN + 1), *page_at(map, BROKEN + 1));
}

TEST_F(poison, a_poisoned_page_leaves_existing_mappings)
{
	SKIP_WITHOUT_POISON();
	if (variant->frames) {
		EXPECT_EQ(0, touch_read(page_at(self->map, BROKEN)));
		EXPECT_NE(0, madvise(self->map, COUNT * page_size(),
				     MADV_DONTNEED));
		return;
	}
	EXPECT_TRUE(touch_is_refused(page_at(self->map, BROKEN), true));
	ASSERT_EQ(0, madvise(self->map, COUNT * page_size(), MADV_DONTNEED));
	EXPECT_TRUE(touch_is_refused(page_at(self->map, BROKEN), true));
	EXPECT_TRUE(others_are_there(self->map));
}

TEST_F(poison, read_and_write_fail_with_EIO)
{
	off_t at = BROKEN * page_size();
	char bytes[8192];

	SKIP_WITHOUT_POISON();
	EXPECT_EQ(-1, pread(self->fd, bytes, 1, at + 5));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(-1, pwrite(self->fd, "x", 1, at + 5));
	EXPECT_EQ(EIO, errno);
	/*
	 * Access the bytes just before the poisoned page, and the bytes just
	 * after it.
	 */
	EXPECT_EQ(7, pread(self->fd, bytes, sizeof(bytes), at - 7));
	EXPECT_EQ(7, pwrite(self->fd, bytes, sizeof(bytes), at - 7));
	EXPECT_EQ(1, pread(self->fd, bytes, 1, at + page_size()));
	EXPECT_EQ((char)(BROKEN + 1), bytes[0]);
}

/* For a mapping of frame numbers, the kernel calls the driver's .access. */
TEST_F(poison, a_debugger_gets_EIO)
{
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	char byte;

	SKIP_WITHOUT_POISON();
	ASSERT_LE(0, mem);
	if (variant->frames) {
		EXPECT_EQ(-1, pread(mem, &byte, 1,
				    (uintptr_t)page_at(self->map, BROKEN)));
		EXPECT_EQ(EIO, errno);
		EXPECT_EQ(-1, pwrite(mem, "x", 1,
				     (uintptr_t)page_at(self->map, BROKEN)));
		EXPECT_EQ(EIO, errno);
	}
	ASSERT_EQ(1, pread(mem, &byte, 1,
			   (uintptr_t)page_at(self->map, BROKEN - 1)));
	EXPECT_EQ((char)(BROKEN - 1), byte);
	close(mem);
}

/*
 * After a hole is punched, a touch gets a new page in another frame. The test
 * drops the poison mark before the touch, because a touch of the mark would
 * raise SIGBUS.
 */
TEST_F(poison, a_hole_removes_the_page_from_the_region)
{
	size_t first = BROKEN & -512UL;

	SKIP_WITHOUT_POISON();
	if (variant->at_once) {
		EXPECT_EQ(-1, region_punch(self->fd, first, first + 512));
		return;
	}
	ASSERT_EQ(0, region_punch(self->fd, first, first + 512));
	if (!variant->frames)
		ASSERT_EQ(0, madvise(page_at(self->map, BROKEN), page_size(),
				     MADV_DONTNEED));
	EXPECT_EQ(0, touch_read(page_at(self->map, BROKEN)));
	EXPECT_TRUE(all_bytes(page_at(self->map, BROKEN), 0, page_size()));
	EXPECT_NE(0, frame_of(self->fd, BROKEN));
	EXPECT_NE(self->frame, frame_of(self->fd, BROKEN));
	EXPECT_EQ(KPF_HWPOISON, frame_flags(self->frame) &
				(KPF_HWPOISON | KPF_BUDDY));
}

TEST_F(poison, the_end_of_the_region_frees_the_other_pages)
{
	SKIP_WITHOUT_POISON();
	ASSERT_EQ(0, munmap(self->map, COUNT * page_size()));
	ASSERT_EQ(0, close(self->fd));
	self->fd = region_open(COUNT * page_size(), variant->by);
	ASSERT_LE(0, self->fd);
	self->map = device_map(self->fd, COUNT, MAP_SHARED, 0);
	ASSERT_FALSE(failed(self->map));
	EXPECT_TRUE(all_bytes(self->map, 0, COUNT * page_size()));
	for (size_t i = 0; i < COUNT; i++)
		ASSERT_NE(self->frame, frame_of(self->fd, i));
	EXPECT_EQ(KPF_HWPOISON, frame_flags(self->frame) &
				(KPF_HWPOISON | KPF_BUDDY));
}

TEST_HARNESS_MAIN
