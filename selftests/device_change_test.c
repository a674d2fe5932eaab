// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes to an existing mapping of the device: unmapping, moving, growing,
 * protecting and locking the mapping, and dropping its pages. The test also
 * checks how neighbouring mappings are merged.
 *
 * Depends on: the kernel.
 */
#include "device.h"

/*
 * A mapping of PAGES pages. Page i begins with a byte of the value i. The page
 * at @end is not mapped:
 *
 *	start                             end
 *	| 0 | 1 | 2 |  ...       | PAGES-1 |
 */
FIXTURE(mapping)
{
	int fd;
	size_t pages;	/* size of the device in pages */
	char *start;
	char *end;
};

FIXTURE_SETUP(mapping)
{
	self->fd = device_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->pages = device_pages(self->fd);
	self->start = hole((PAGES + 1) * page_size(), page_size());
	ASSERT_NE(NULL, self->start);
	self->start = mmap(self->start, PAGES * page_size(),
			   PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_FIXED_NOREPLACE, self->fd, 0);
	ASSERT_FALSE(failed(self->start));
	self->end = page_at(self->start, PAGES);
	write_pages(self->start, PAGES);
}

FIXTURE_TEARDOWN(mapping)
{
	close(self->fd);
}

/*
 * Return true if the pages from @first to @last - 1 still begin with the bytes
 * that the fixture wrote.
 */
static bool intact(const char *start, size_t first, size_t last)
{
	for (size_t i = first; i < last; i++)
		if (touch_read(start + i * page_size()) ||
		    start[i * page_size()] != (char)i)
			return false;
	return true;
}

/* ---- munmap ---- */

TEST_F(mapping, munmap_of_the_start_leaves_the_rest)
{
	ASSERT_EQ(0, munmap(self->start, 3 * page_size()));
	EXPECT_EQ(SIGSEGV, touch_read(page_at(self->start, 2)));
	EXPECT_TRUE(intact(self->start, 3, PAGES));
	EXPECT_EQ(1, vmas_in(self->start, self->end, NULL));
}

TEST_F(mapping, munmap_of_the_end_leaves_the_rest)
{
	ASSERT_EQ(0, munmap(page_at(self->start, PAGES - 3), 3 * page_size()));
	EXPECT_EQ(SIGSEGV, touch_read(page_at(self->start, PAGES - 3)));
	EXPECT_TRUE(intact(self->start, 0, PAGES - 3));
	EXPECT_EQ(1, vmas_in(self->start, self->end, NULL));
}

TEST_F(mapping, munmap_of_the_middle_leaves_two_mappings)
{
	struct vma vma;

	ASSERT_EQ(0, munmap(page_at(self->start, 10), 3 * page_size()));
	EXPECT_EQ(SIGSEGV, touch_read(page_at(self->start, 11)));
	EXPECT_TRUE(intact(self->start, 0, 10));
	EXPECT_TRUE(intact(self->start, 13, PAGES));
	EXPECT_EQ(2, vmas_in(self->start, self->end, NULL));
	ASSERT_TRUE(vma_of(page_at(self->start, 13), &vma));
	EXPECT_EQ(13 * page_size(), vma.offset);
}

TEST_F(mapping, untouched_pages_after_a_hole_are_the_right_ones)
{
	char *map = device_map(self->fd, PAGES, MAP_SHARED, 0);

	ASSERT_FALSE(failed(map));
	ASSERT_EQ(0, munmap(page_at(map, 10), page_size()));
	EXPECT_TRUE(intact(map, 0, 10));
	EXPECT_TRUE(intact(map, 11, PAGES));
}

/* ---- mremap ---- */

TEST_F(mapping, mremap_shrinks)
{
	ASSERT_EQ(self->start, mremap(self->start, PAGES * page_size(),
				      11 * page_size(), 0));
	EXPECT_TRUE(intact(self->start, 0, 11));
	EXPECT_EQ(SIGSEGV, touch_read(page_at(self->start, 11)));
}

TEST_F(mapping, mremap_moves_and_grows)
{
	__u64 pfn = pfn_of(page_at(self->start, 7));
	size_t pages = 2 * PAGES;
	char *moved;

	/* Map the next page, so that mremap() can't extend the mapping in place. */
	ASSERT_EQ(self->end, mmap(self->end, page_size(), PROT_NONE,
				  MAP_PRIVATE | MAP_ANONYMOUS |
				  MAP_FIXED_NOREPLACE, -1, 0));
	moved = mremap(self->start, PAGES * page_size(), pages * page_size(),
		       MREMAP_MAYMOVE);
	ASSERT_FALSE(failed(moved));
	ASSERT_NE(self->start, moved);
	EXPECT_EQ(SIGSEGV, touch_read(self->start));
	EXPECT_TRUE(intact(moved, 0, PAGES));
	EXPECT_EQ(pfn, pfn_of(page_at(moved, 7)));

	/* The added pages are the next pages of the region. */
	strcpy(page_at(moved, pages - 1), "last");
	self->start = device_map(self->fd, 1, MAP_SHARED, pages - 1);
	EXPECT_STREQ("last", self->start);
}

TEST_F(mapping, mremap_past_the_end_is_sigbus_when_touched)
{
	char *map = device_map(self->fd, 2, MAP_SHARED, self->pages - 2);

	ASSERT_FALSE(failed(map));
	map = mremap(map, 2 * page_size(), 5 * page_size(), MREMAP_MAYMOVE);
	ASSERT_FALSE(failed(map));
	EXPECT_EQ(0, touch_write(page_at(map, 1)));
	EXPECT_EQ(SIGBUS, touch_write(page_at(map, 2)));
	EXPECT_EQ(SIGBUS, touch_read(page_at(map, 4)));
}

/* ---- madvise, mprotect, mlock, msync ---- */

TEST_F(mapping, dontneed_of_a_shared_mapping_keeps_the_data)
{
	__u64 pfn = pfn_of(self->start);

	ASSERT_EQ(0, madvise(self->start, PAGES * page_size(), MADV_DONTNEED));
	EXPECT_EQ(0, pfn_of(self->start));
	EXPECT_TRUE(intact(self->start, 0, PAGES));
	EXPECT_EQ(pfn, pfn_of(self->start));
}

TEST_F(mapping, dontneed_of_a_private_mapping_drops_the_copy)
{
	char *private = device_map(self->fd, PAGES, MAP_PRIVATE, 0);

	ASSERT_FALSE(failed(private));
	memset(private, 'p', PAGES * page_size());
	ASSERT_EQ(0, madvise(private, PAGES * page_size(), MADV_DONTNEED));
	EXPECT_TRUE(intact(private, 0, PAGES));
	EXPECT_EQ(pfn_of(self->start), pfn_of(private));
}

TEST_F(mapping, mprotect_forbids_and_allows_again)
{
	char *middle = page_at(self->start, 10);

	ASSERT_EQ(0, mprotect(middle, page_size(), PROT_READ));
	EXPECT_EQ(3, vmas_in(self->start, self->end, NULL));
	EXPECT_EQ(0, touch_read(middle));
	EXPECT_EQ(SIGSEGV, touch_write(middle));
	EXPECT_EQ(SEGV_ACCERR, touch_signal.si_code);
	EXPECT_EQ(0, touch_write(page_at(self->start, 11)));

	ASSERT_EQ(0, mprotect(middle, page_size(), PROT_READ | PROT_WRITE));
	EXPECT_EQ(1, vmas_in(self->start, self->end, NULL));
	EXPECT_EQ(0, touch_write(middle));
}

TEST_F(mapping, a_read_only_descriptor_gives_no_writable_shared_mapping)
{
	int fd = device_open(O_RDONLY);
	char *map = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED,
			 fd, 0);

	EXPECT_TRUE(failed(map));
	EXPECT_EQ(EACCES, errno);
	map = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, fd, 0);
	ASSERT_FALSE(failed(map));
	EXPECT_EQ(-1, mprotect(map, page_size(), PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	/*
	 * A private mapping may be written to, even if the descriptor is
	 * read-only.
	 */
	map = device_map(fd, 1, MAP_PRIVATE, 0);
	ASSERT_FALSE(failed(map));
	EXPECT_EQ(0, touch_write(map));
	close(fd);
}

TEST_F(mapping, a_write_only_descriptor_gives_no_mapping)
{
	int fd = device_open(O_WRONLY);

	EXPECT_TRUE(failed(mmap(NULL, page_size(), PROT_WRITE, MAP_SHARED, fd,
				0)));
	EXPECT_EQ(EACCES, errno);
	close(fd);
}

TEST_F(mapping, populate_maps_all_pages_at_once)
{
	char *map = device_map(self->fd, PAGES, MAP_SHARED | MAP_POPULATE, 0);

	ASSERT_FALSE(failed(map));
	for (size_t i = 0; i < PAGES; i++)
		EXPECT_EQ(pfn_of(page_at(self->start, i)),
			  pfn_of(page_at(map, i)));
}

TEST_F(mapping, mlock_maps_all_pages_at_once)
{
	char *map = device_map(self->fd, PAGES, MAP_SHARED, 0);

	ASSERT_FALSE(failed(map));
	EXPECT_EQ(0, pfn_of(map));
	ASSERT_EQ(0, mlock(map, PAGES * page_size()));
	for (size_t i = 0; i < PAGES; i++)
		EXPECT_EQ(pfn_of(page_at(self->start, i)),
			  pfn_of(page_at(map, i)));
	EXPECT_EQ(0, munlock(map, PAGES * page_size()));
}

TEST_F(mapping, mlock_past_the_end_fails)
{
	char *map = device_map(self->fd, 2, MAP_SHARED, self->pages - 1);

	ASSERT_FALSE(failed(map));
	EXPECT_EQ(-1, mlock(map, 2 * page_size()));
	EXPECT_EQ(ENOMEM, errno);
}

TEST_F(mapping, msync_succeeds)
{
	size_t length = PAGES * page_size();

	EXPECT_EQ(0, msync(self->start, length, MS_SYNC));
	EXPECT_EQ(0, msync(self->start, length, MS_ASYNC));
	EXPECT_EQ(0, msync(self->start, length, MS_SYNC | MS_INVALIDATE));
	EXPECT_EQ(0, fsync(self->fd));
	EXPECT_TRUE(intact(self->start, 0, PAGES));
}

/* ---- neighbours ---- */

/* Map page @first of the device at an address. */
static bool place(int fd, char *address, size_t first, int prot, int flags)
{
	return mmap(address, page_size(), prot,
		    flags | MAP_FIXED_NOREPLACE, fd, first * page_size()) ==
	       address;
}

FIXTURE(neighbours)
{
	int fd;
	char *at;	/* two pages of address space, each for one mapping */
};

/*
 * Page 4 is mapped at @at, and page @second is mapped after page 4:
 *
 *	at          at + 1 page
 *	| page 4    | page @second, @prot, @flags |
 */
FIXTURE_VARIANT(neighbours)
{
	size_t second;
	int prot;
	int flags;
	bool other_open;
	int vmas;
};

FIXTURE_VARIANT_ADD(neighbours, contiguous)
{
	.second = 5, .prot = PROT_READ, .flags = MAP_SHARED, .vmas = 1,
};

FIXTURE_VARIANT_ADD(neighbours, same_page_twice)
{
	.second = 4, .prot = PROT_READ, .flags = MAP_SHARED, .vmas = 2,
};

FIXTURE_VARIANT_ADD(neighbours, gap_in_the_offset)
{
	.second = 6, .prot = PROT_READ, .flags = MAP_SHARED, .vmas = 2,
};

FIXTURE_VARIANT_ADD(neighbours, other_protection)
{
	.second = 5, .prot = PROT_READ | PROT_WRITE, .flags = MAP_SHARED,
	.vmas = 2,
};

FIXTURE_VARIANT_ADD(neighbours, private)
{
	.second = 5, .prot = PROT_READ, .flags = MAP_PRIVATE, .vmas = 2,
};

/*
 * The two mappings are not merged, because their open files (struct file)
 * differ. Both open files refer to the same device.
 */
FIXTURE_VARIANT_ADD(neighbours, other_open)
{
	.second = 5, .prot = PROT_READ, .flags = MAP_SHARED,
	.other_open = true, .vmas = 2,
};

FIXTURE_SETUP(neighbours)
{
	self->fd = device_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->at = hole(2 * page_size(), page_size());
	ASSERT_NE(NULL, self->at);
}

FIXTURE_TEARDOWN(neighbours)
{
	close(self->fd);
}

TEST_F(neighbours, become_one_vma_if_they_are_contiguous)
{
	int fd = variant->other_open ? device_open(O_RDWR) : self->fd;
	char bytes[2];

	ASSERT_TRUE(place(self->fd, self->at, 4, PROT_READ, MAP_SHARED));
	ASSERT_TRUE(place(fd, page_at(self->at, 1), variant->second,
			  variant->prot, variant->flags));
	EXPECT_EQ(variant->vmas, vmas_in(self->at, page_at(self->at, 2), NULL));

	/*
	 * Each page has its own data, both with and without a merge of the
	 * mappings.
	 */
	EXPECT_EQ(1, pwrite(fd, "4", 1, 4 * page_size()));
	bytes[0] = variant->second == 4 ? '4' : '2';
	EXPECT_EQ(1, pwrite(fd, bytes, 1, variant->second * page_size()));
	EXPECT_EQ('4', *self->at);
	EXPECT_EQ(bytes[0], *page_at(self->at, 1));
}

/*
 * Before Linux 7.2, the kernel calls .mmap, but not for a mapping that is
 * merged. Since Linux 7.2, the kernel calls .mmap_prepare for every mapping,
 * before the attempt to merge the mapping. On every kernel, the device counts
 * only new VMAs as mappings.
 */
TEST_F(neighbours, reach_the_driver_as_on_this_kernel_version)
{
	int fd = variant->other_open ? device_open(O_RDWR) : self->fd;
	struct mmapdemo_stat before = device_stat(self->fd), after;
	__u64 asked = kernel_before(7, 2) ? variant->vmas : 2;

	ASSERT_TRUE(place(self->fd, self->at, 4, PROT_READ, MAP_SHARED));
	ASSERT_TRUE(place(fd, page_at(self->at, 1), variant->second,
			  variant->prot, variant->flags));
	after = device_stat(self->fd);
	EXPECT_EQ(asked, after.mmaps - before.mmaps);
	EXPECT_EQ((__u64)variant->vmas, after.mappings - before.mappings);
}

TEST_HARNESS_MAIN
