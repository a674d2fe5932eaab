// SPDX-License-Identifier: GPL-2.0-only
/*
 * The methods to map a region. The contents of a region are the same with every
 * method. Some operations on a mapping work only with some of the methods. The
 * methods also differ in the number of faults.
 *
 * Depends on: the kernel.
 */
#include "device.h"
#include "region.h"
#include "walk.h"

#include <sys/resource.h>

#define BLOCKS	2	/* 2 MiB blocks; MMAPDEMO_BY_REMAP allows no more */
#define BYTES	(BLOCKS * HUGE)
#define COUNT	(BYTES / page_size())

/*
 * Return true if the kernel calls .huge_fault for a device. Some kernels before
 * Linux 6.8, including 6.1, never call .huge_fault for a device.
 */
static bool huge_fault_is_called(void)
{
	return region_has_blocks() &&
	       (kernel_before(6, 0) || !kernel_before(6, 12));
}

FIXTURE(method)
{
	int fd;
};

FIXTURE_VARIANT(method)
{
	__u32 by;
	bool private;	/* true if private mappings work */
	bool at_once;	/* true if mmap() maps all pages at once */
};

FIXTURE_VARIANT_ADD(method, page)
{
	.by = MMAPDEMO_BY_PAGE, .private = true,
};

FIXTURE_VARIANT_ADD(method, insert)
{
	.by = MMAPDEMO_BY_INSERT, .private = true,
};

FIXTURE_VARIANT_ADD(method, pfn)
{
	.by = MMAPDEMO_BY_PFN,
};

FIXTURE_VARIANT_ADD(method, remap)
{
	.by = MMAPDEMO_BY_REMAP, .at_once = true,
};

FIXTURE_VARIANT_ADD(method, around)
{
	.by = MMAPDEMO_BY_AROUND, .private = true,
};

FIXTURE_VARIANT_ADD(method, huge)
{
	.by = MMAPDEMO_BY_HUGE,
};

FIXTURE_VARIANT_ADD(method, prepare)
{
	.by = MMAPDEMO_BY_PREPARE, .private = true, .at_once = true,
};

FIXTURE_SETUP(method)
{
	self->fd = region_open(BYTES, variant->by);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(method)
{
	close(self->fd);
}

static char *map_all(int fd)
{
	return device_map(fd, COUNT, MAP_SHARED, 0);
}

/* Return true if each page begins with its number, as written by write_pages(). */
static bool numbered(const char *map, size_t pages)
{
	for (size_t i = 0; i < pages; i++)
		if (map[i * page_size()] != (char)i)
			return false;
	return true;
}

/* ---- the same bytes ---- */

TEST_F(method, a_new_region_is_all_zeros)
{
	char *map = map_all(self->fd);

	ASSERT_FALSE(failed(map));
	EXPECT_TRUE(all_bytes(map, 0, BYTES));
	EXPECT_EQ((long)COUNT, region_resident(self->fd, 0, COUNT));
}

TEST_F(method, mappings_and_system_calls_see_the_same)
{
	char *a = map_all(self->fd), *b = map_all(self->fd);
	char byte;

	ASSERT_FALSE(failed(a) || failed(b));
	write_pages(a, COUNT);
	EXPECT_TRUE(numbered(b, COUNT));
	for (size_t i = 0; i < COUNT; i += 97) {
		ASSERT_EQ(1, pread(self->fd, &byte, 1, i * page_size()));
		EXPECT_EQ((char)i, byte);
		ASSERT_EQ(1, pwrite(self->fd, "w", 1, i * page_size() + 1));
		EXPECT_EQ('w', page_at(b, i)[1]);
	}
}

TEST_F(method, an_offset_selects_the_page)
{
	char *all = map_all(self->fd);
	char *one = device_map(self->fd, 3, MAP_SHARED, 511);

	ASSERT_FALSE(failed(all) || failed(one));
	write_pages(all, COUNT);
	EXPECT_EQ((char)511, *one);
	EXPECT_EQ((char)513, *page_at(one, 2));
	strcpy(page_at(one, 1), "page 512");
	EXPECT_STREQ("page 512", page_at(all, 512));
}

/* ---- the end ---- */

TEST_F(method, past_the_end_is_refused_early_or_late)
{
	char *map = device_map(self->fd, 2, MAP_SHARED, COUNT - 1);

	if (variant->at_once) {
		EXPECT_TRUE(failed(map));
		EXPECT_EQ(ENXIO, errno);
		EXPECT_TRUE(failed(device_map(self->fd, 1, MAP_SHARED, COUNT)));
		EXPECT_EQ(ENXIO, errno);
		EXPECT_FALSE(failed(device_map(self->fd, 1, MAP_SHARED,
					       COUNT - 1)));
		return;
	}
	ASSERT_FALSE(failed(map));
	EXPECT_EQ(0, touch_write(map));
	EXPECT_EQ(SIGBUS, touch_write(page_at(map, 1)));
	EXPECT_EQ(SIGBUS, touch_read(page_at(map, 1)));
	EXPECT_EQ(2, device_stat(self->fd).refused_faults);
}

/* ---- MAP_PRIVATE and fork ---- */

TEST_F(method, a_private_mapping_is_a_copy_or_refused)
{
	char *private = device_map(self->fd, COUNT, MAP_PRIVATE, 0);
	char *shared = map_all(self->fd);

	ASSERT_FALSE(failed(shared));
	write_pages(shared, COUNT);
	if (!variant->private) {
		EXPECT_TRUE(failed(private));
		private = device_map(self->fd, COUNT, MAP_PRIVATE, 0);
		EXPECT_TRUE(failed(private));
		EXPECT_EQ(EINVAL, errno);
		return;
	}
	ASSERT_FALSE(failed(private));
	EXPECT_TRUE(numbered(private, 7));
	private[0] = 'p';		/* the page was read before */
	*page_at(private, 9) = 'q';	/* the page was not read before */
	EXPECT_EQ(0, shared[0]);
	EXPECT_EQ(9, *page_at(shared, 9));
	strcpy(page_at(shared, 9), "new");
	EXPECT_EQ('q', *page_at(private, 9));
	EXPECT_EQ(0, page_at(private, 9)[1]);
	*page_at(shared, 5) = 's';
	EXPECT_EQ('s', *page_at(private, 5));
}

TEST_F(method, fork_shares_the_mapping)
{
	char *map = map_all(self->fd);
	pid_t pid;

	ASSERT_FALSE(failed(map));
	write_pages(map, 31);
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (!numbered(map, 31))
			_exit(1);
		strcpy(page_at(map, 1), "touched before");
		strcpy(page_at(map, 600), "first touch");
		_exit(0);
	}
	ASSERT_EQ(0, wait_for(pid));
	EXPECT_STREQ("touched before", page_at(map, 1));
	EXPECT_STREQ("first touch", page_at(map, 600));
}

/* ---- changes to the mapping ---- */

TEST_F(method, mprotect_forbids_and_allows_again)
{
	char *map = map_all(self->fd), *middle;

	ASSERT_FALSE(failed(map));
	write_pages(map, COUNT);
	middle = page_at(map, 10);
	ASSERT_EQ(0, mprotect(middle, page_size(), PROT_READ));
	EXPECT_EQ(0, touch_read(middle));
	EXPECT_EQ(SIGSEGV, touch_write(middle));
	EXPECT_EQ(0, touch_write(page_at(map, 11)));
	ASSERT_EQ(0, mprotect(middle, page_size(), PROT_NONE));
	EXPECT_EQ(SIGSEGV, touch_read(middle));
	ASSERT_EQ(0, mprotect(middle, page_size(), PROT_READ | PROT_WRITE));
	EXPECT_EQ(10, *middle);
	EXPECT_EQ(0, touch_write(middle));
	/*
	 * Change the protection of the whole mapping, so that the kernel need
	 * not split the VMA.
	 */
	ASSERT_EQ(0, mprotect(map, BYTES, PROT_READ));
	EXPECT_EQ(SIGSEGV, touch_write(page_at(map, 700)));
	ASSERT_EQ(0, mprotect(map, BYTES, PROT_READ | PROT_WRITE));
	EXPECT_EQ(0, touch_write(page_at(map, 700)));
	EXPECT_EQ((char)701, *page_at(map, 701));
}

TEST_F(method, munmap_of_the_middle_leaves_the_rest)
{
	char *map = map_all(self->fd);

	ASSERT_FALSE(failed(map));
	write_pages(map, COUNT);
	ASSERT_EQ(0, munmap(page_at(map, 100), 3 * page_size()));
	EXPECT_TRUE(numbered(map, 100));
	EXPECT_EQ(SIGSEGV, touch_read(page_at(map, 101)));
	for (size_t i = 103; i < COUNT; i++)
		ASSERT_EQ((char)i, *page_at(map, i));
	EXPECT_EQ(2, vmas_in(map, page_at(map, COUNT), NULL));
}

TEST_F(method, mremap_moves_the_mapping)
{
	char *map = map_all(self->fd), *to = hole(BYTES, page_size());

	ASSERT_FALSE(failed(map) || !to);
	write_pages(map, COUNT);
	ASSERT_EQ(to, mremap(map, BYTES, BYTES, MREMAP_MAYMOVE | MREMAP_FIXED,
			     to));
	EXPECT_EQ(SIGSEGV, touch_read(map));
	EXPECT_TRUE(numbered(to, COUNT));
}

TEST_F(method, mremap_grows_the_mapping_or_fails)
{
	bool grows = variant->private;	/* a mapping of frames can't grow */
	char *map = device_map(self->fd, 3, MAP_SHARED, 0), *more;

	ASSERT_FALSE(failed(map));
	more = mremap(map, 3 * page_size(), 7 * page_size(), MREMAP_MAYMOVE);
	EXPECT_EQ(grows, !failed(more));
	if (!grows) {
		EXPECT_EQ(EFAULT, errno);
		EXPECT_EQ(0, touch_write(page_at(map, 2)));
		return;
	}
	strcpy(page_at(more, 6), "grown");
	map = device_map(self->fd, 7, MAP_SHARED, 0);
	EXPECT_STREQ("grown", page_at(map, 6));
}

TEST_F(method, dontneed_keeps_the_data_or_is_refused)
{
	char *map = map_all(self->fd);

	ASSERT_FALSE(failed(map));
	write_pages(map, COUNT);
	EXPECT_EQ(variant->private ? 0 : -1,
		  madvise(map, BYTES, MADV_DONTNEED));
	if (!variant->private)
		EXPECT_EQ(EINVAL, errno);
	EXPECT_TRUE(numbered(map, COUNT));
}

TEST_F(method, a_mapping_outlives_its_file_descriptor)
{
	int fd = region_open(BYTES, variant->by);
	char *map = map_all(fd);

	ASSERT_FALSE(failed(map));
	*map = 'a';
	close(fd);
	EXPECT_EQ('a', *map);
	EXPECT_EQ(0, touch_write(page_at(map, 800)));
	EXPECT_EQ(0, munmap(map, BYTES));
}

/* ---- a debugger ---- */

/*
 * Access the mapping through /proc/PID/mem. The kernel uses the same functions
 * for /proc/PID/mem as for ptrace().
 */
TEST_F(method, a_debugger_reads_and_writes_the_mapping)
{
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	char *map = map_all(self->fd), bytes[8192];

	ASSERT_LE(0, mem);
	ASSERT_FALSE(failed(map));
	write_pages(map, 4);
	ASSERT_EQ(8192, pread(mem, bytes, 8192, (uintptr_t)map + 100));
	EXPECT_EQ(1, bytes[page_size() - 100]);
	ASSERT_EQ(5, pwrite(mem, "poked", 5, (uintptr_t)map + 4094));
	EXPECT_EQ(0, memcmp("poked", map + 4094, 5));
	/* Untouched pages contain zeros, and are writable. */
	ASSERT_EQ(1, pread(mem, bytes, 1, (uintptr_t)page_at(map, 900)));
	EXPECT_EQ(0, bytes[0]);
	ASSERT_EQ(6, pwrite(mem, "first", 6, (uintptr_t)page_at(map, 901)));
	EXPECT_STREQ("first", page_at(map, 901));
	/* A write through /proc/PID/mem to a read-only mapping fails. */
	ASSERT_EQ(0, mprotect(map, BYTES, PROT_READ));
	EXPECT_EQ(-1, pwrite(mem, "x", 1, (uintptr_t)map));
	EXPECT_EQ(EIO, errno);
	close(mem);
}

TEST_F(method, a_debugger_gets_nothing_past_the_end)
{
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	char *map, byte;

	ASSERT_LE(0, mem);
	map = device_map(self->fd, 2, MAP_SHARED, COUNT - 1);
	ASSERT_EQ(variant->at_once, failed(map));
	if (failed(map))
		return;
	EXPECT_EQ(1, pread(mem, &byte, 1, (uintptr_t)page_at(map, 1) - 1));
	EXPECT_EQ(-1, pread(mem, &byte, 1, (uintptr_t)page_at(map, 1)));
	EXPECT_EQ(EIO, errno);
	close(mem);
}

/* ---- number of faults ---- */

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

/*
 * The test itself may cause up to this many faults: on its stack, on its heap,
 * and in the C library.
 */
#define OWN_FAULTS 30

/*
 * Touch every page once. Return the number of faults that the device handled.
 * Store the number of all faults in @all.
 */
static long walk_faults(int fd, char *map, bool write, long *all)
{
	struct mmapdemo_stat before = device_stat(fd), after;

	*all = faults();
	if (write)
		write_pages(map, COUNT);
	else
		read_pages(map, COUNT);
	*all = faults() - *all;
	after = device_stat(fd);
	return write ? after.shared_faults - before.shared_faults :
		       after.read_faults - before.read_faults;
}

static long faults_expected(__u32 by)
{
	switch (by) {
	case MMAPDEMO_BY_REMAP:
	case MMAPDEMO_BY_PREPARE:
		return 0;
	case MMAPDEMO_BY_HUGE:
		return huge_fault_is_called() ? BLOCKS : COUNT;
	default:
		return COUNT;
	}
}

TEST_F(method, the_first_walk_takes_the_expected_faults)
{
	char *map = map_all(self->fd);
	long wanted = faults_expected(variant->by), all;

	ASSERT_FALSE(failed(map));
	EXPECT_EQ(wanted, walk_faults(self->fd, map, false, &all));
	EXPECT_LE(wanted, all);
	EXPECT_GE(wanted + OWN_FAULTS, all);
	/* A touch of a mapped page causes no fault. */
	EXPECT_EQ(0, walk_faults(self->fd, map, false, &all));
	EXPECT_GE(OWN_FAULTS, all);
}

/*
 * Map resident pages a second time, and touch each of them. The method "around"
 * maps 16 pages per fault.
 */
static void second_walk(struct __test_metadata *_metadata, int fd, __u32 by,
			bool write)
{
	char *map = map_all(fd), *to = hole(BYTES, HUGE);
	int prot = write ? PROT_READ | PROT_WRITE : PROT_READ;
	long wanted = faults_expected(by), all;

	ASSERT_FALSE(failed(map) || !to);
	write_pages(map, COUNT);
	map = mmap(to, BYTES, prot, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
	ASSERT_EQ(to, map);
	if (by == MMAPDEMO_BY_AROUND)
		wanted = COUNT / 16;
	EXPECT_EQ(wanted, walk_faults(fd, map, write, &all));
	EXPECT_LE(wanted, all);
	EXPECT_GE(wanted + OWN_FAULTS, all);
	EXPECT_EQ(by == MMAPDEMO_BY_AROUND ? COUNT - wanted : 0,
		  device_stat(fd).around_pages);
	EXPECT_EQ(COUNT, device_stat(fd).resident_pages);
	EXPECT_TRUE(numbered(map, COUNT));
}

TEST_F(method, the_second_walk_takes_the_expected_faults)
{
	second_walk(_metadata, self->fd, variant->by, false);
}

TEST_F(method, a_second_walk_with_stores_takes_the_expected_faults)
{
	second_walk(_metadata, self->fd, variant->by, true);
}

/* ---- specific to one method ---- */

/*
 * Return a bit mask of the first 16 pages of an aligned mapping. The bit of a
 * page is set if the page has a page table entry.
 */
static unsigned int entries(const char *map)
{
	unsigned int found = 0;

	for (size_t i = 0; i < 16; i++)
		found |= !!pfn_of(map + i * page_size()) << i;
	return found;
}

#define PAGE_BIT(nr) (1U << (nr))

/*
 * Map @pages pages of the region at the address @to. The first page is page
 * @first.
 */
static char *map_there(int fd, char *to, size_t pages, int flags, size_t first)
{
	char *map = mmap(to, pages * page_size(), PROT_READ | PROT_WRITE,
			 flags | MAP_FIXED_NOREPLACE, fd, first * page_size());

	return map == to ? map : MAP_FAILED;
}

/*
 * If the touched page is new, a fault maps only this page. If the touched page
 * is already resident, the fault also maps its resident neighbours.
 */
TEST(around_maps_resident_pages_that_are_not_mapped)
{
	int fd = region_open(BYTES, MMAPDEMO_BY_AROUND);
	char *all, *map, *to = hole(BYTES, HUGE);

	ASSERT_LE(0, fd);
	all = map_all(fd);
	ASSERT_FALSE(failed(all) || !to);
	map = map_there(fd, to, COUNT, MAP_SHARED, 0);
	ASSERT_FALSE(failed(map));
	/*
	 * Touch pages 2, 3 and 7 in the mapping @all. Then touch page 4, which
	 * is new, in the mapping @map.
	 */
	EXPECT_EQ(0, touch_write(page_at(all, 2)) | touch_write(page_at(all, 3)) |
		     touch_write(page_at(all, 7)));
	EXPECT_EQ(0, touch_write(page_at(map, 4)));
	EXPECT_EQ(PAGE_BIT(4), entries(map));
	EXPECT_EQ(0, device_stat(fd).around_pages);
	/* Touch page 3, which is resident, in the mapping @map. */
	EXPECT_EQ(0, touch_write(page_at(map, 3)));
	EXPECT_EQ(PAGE_BIT(2) | PAGE_BIT(3) | PAGE_BIT(4) | PAGE_BIT(7),
		  entries(map));
	EXPECT_EQ(2, device_stat(fd).around_pages);
	EXPECT_EQ(5, device_stat(fd).shared_faults);
	/* All pages are writable, even those mapped by fault-around. */
	write_pages(map, 16);
	EXPECT_TRUE(numbered(all, 16));
	EXPECT_EQ(16, device_stat(fd).resident_pages);
	close(fd);
}

/*
 * Fault-around must not map pages past the end of the mapping, even if the
 * region continues there.
 */
TEST(around_stays_inside_of_the_mapping)
{
	int fd = region_open(BYTES, MMAPDEMO_BY_AROUND);
	char *all, *map, *to = hole(HUGE, HUGE);
	size_t i;

	ASSERT_LE(0, fd);
	all = map_all(fd);
	ASSERT_FALSE(failed(all) || !to);
	write_pages(all, 64);
	map = map_there(fd, page_at(to, 3), 5, MAP_SHARED, 20);
	ASSERT_FALSE(failed(map));
	EXPECT_EQ(0, touch_write(page_at(map, 1)));
	EXPECT_EQ(4, device_stat(fd).around_pages);
	for (i = 0; i < 5; i++)
		EXPECT_EQ(pfn_of(page_at(all, 20 + i)),
			  pfn_of(page_at(map, i)));
	close(fd);
}

/* A store to a private mapping maps and copies only the touched page. */
TEST(around_maps_no_neighbours_of_a_private_copy)
{
	int fd = region_open(BYTES, MMAPDEMO_BY_AROUND);
	char *all, *map, *to = hole(HUGE, HUGE);

	ASSERT_LE(0, fd);
	all = map_all(fd);
	ASSERT_FALSE(failed(all) || !to);
	write_pages(all, 16);
	map = map_there(fd, to, 16, MAP_PRIVATE, 0);
	ASSERT_FALSE(failed(map));
	EXPECT_EQ(0, touch_write(page_at(map, 5)));
	EXPECT_EQ(PAGE_BIT(5), entries(map));
	EXPECT_EQ(0, device_stat(fd).around_pages);
	EXPECT_TRUE(numbered(all, 16));
	close(fd);
}

TEST(huge_faults_are_counted_and_shown)
{
	int fd = region_open(BYTES, MMAPDEMO_BY_HUGE);
	const struct mmapdemo_run *leaf;
	struct walked walked;
	__u64 shown[2];
	char *map;

	ASSERT_LE(0, fd);
	map = map_all(fd);
	ASSERT_FALSE(failed(map));
	/* Huge pages can be mapped at the address that the device chose. */
	EXPECT_EQ(0, (uintptr_t)map % HUGE);
	EXPECT_EQ(0, touch_write(page_at(map, 700)));
	EXPECT_EQ(huge_fault_is_called(), device_stat(fd).huge_faults);
	EXPECT_EQ(1, device_stat(fd).shared_faults);
	if (!region_has_blocks()) {
		EXPECT_EQ(1, device_stat(fd).resident_pages);
		ASSERT_EQ(0, region_pages(fd, 699, 701, shown));
		EXPECT_EQ(0, shown[0]);
		EXPECT_EQ(MMAPDEMO_PAGE_RESIDENT,
			  shown[1] & ~MMAPDEMO_PAGE_FRAME);
		close(fd);
		return;
	}
	/*
	 * All pages of the touched block are resident. No page of the other
	 * block is resident.
	 */
	EXPECT_EQ(512, device_stat(fd).resident_pages);
	ASSERT_EQ(0, region_pages(fd, 511, 513, shown));
	EXPECT_EQ(0, shown[0]);
	EXPECT_EQ(MMAPDEMO_PAGE_RESIDENT | MMAPDEMO_PAGE_HUGE,
		  shown[1] & ~MMAPDEMO_PAGE_FRAME);
	ASSERT_EQ(0, walk_here(fd, page_at(map, 700), page_size(), &walked));
	leaf = walked_leaf(&walked, page_at(map, 700));
	ASSERT_NE(NULL, leaf);
	EXPECT_EQ(huge_fault_is_called() ? MMAPDEMO_LEVEL_PMD :
					   MMAPDEMO_LEVEL_PTE, leaf->level);
	EXPECT_EQ((shown[1] & MMAPDEMO_PAGE_FRAME) + 700 - 512,
		  run_frame(leaf, page_at(map, 700)));
	walked_free(&walked);
	close(fd);
}

/*
 * If the address and the offset of a mapping differ modulo 2 MiB, faults map
 * single pages instead of huge pages.
 */
TEST(a_huge_block_is_mapped_where_it_fits)
{
	int fd = region_open(BYTES, MMAPDEMO_BY_HUGE);
	char *map, *to = hole(BYTES + HUGE, HUGE);

	ASSERT_LE(0, fd);
	ASSERT_NE(NULL, to);
	map = device_map(fd, COUNT - 100, MAP_SHARED, 100);
	ASSERT_FALSE(failed(map));
	EXPECT_EQ(100 * page_size(), (uintptr_t)map % HUGE);
	/* The first block of 2 MiB is only partly mapped. */
	EXPECT_EQ(0, touch_read(map));
	EXPECT_EQ(0, device_stat(fd).huge_faults);
	EXPECT_EQ(0, touch_read(page_at(map, 412)));
	EXPECT_EQ(huge_fault_is_called(), device_stat(fd).huge_faults);

	to = page_at(to, 1);
	map = mmap(to, BYTES, PROT_READ, MAP_SHARED | MAP_FIXED_NOREPLACE, fd,
		   0);
	ASSERT_EQ(to, map);
	read_pages(map, COUNT);
	EXPECT_EQ(huge_fault_is_called(), device_stat(fd).huge_faults);
	close(fd);
}

/*
 * A huge page must not map addresses past the end of the mapping, even if the
 * region continues there.
 */
TEST(huge_stays_inside_of_the_mapping)
{
	int fd = region_open(BYTES, MMAPDEMO_BY_HUGE);
	char *map, *to = hole(BYTES, HUGE);

	ASSERT_LE(0, fd);
	ASSERT_NE(NULL, to);
	map = map_there(fd, to, 512 + 100, MAP_SHARED, 0);
	ASSERT_FALSE(failed(map));
	EXPECT_EQ(0, touch_write(page_at(map, 512 + 99)));
	EXPECT_EQ(0, device_stat(fd).huge_faults);
	EXPECT_EQ(SIGSEGV, touch_read(page_at(map, 512 + 100)));
	/* The mapping contains the whole first block. */
	EXPECT_EQ(0, touch_write(page_at(map, 511)));
	EXPECT_EQ(huge_fault_is_called(), device_stat(fd).huge_faults);
	close(fd);
}

/* The device chooses the address only if the program does not propose one. */
TEST(huge_accepts_the_proposed_address)
{
	int fd = region_open(BYTES, MMAPDEMO_BY_HUGE);
	char *to = hole(BYTES + HUGE, HUGE);

	ASSERT_LE(0, fd);
	ASSERT_NE(NULL, to);
	to = page_at(to, 1);
	EXPECT_EQ(to, mmap(to, BYTES, PROT_READ, MAP_SHARED, fd, 0));
	close(fd);
}

/*
 * Return true if the kernel log reports that the memory type of a mapping
 * conflicts with that of another mapping.
 */
static bool kernel_objected(int log)
{
	char line[8192];
	ssize_t length;

	while ((length = read(log, line, sizeof(line) - 1)) > 0) {
		line[length] = '\0';
		if (strstr(line, "map pfn RAM range req"))
			return true;
	}
	return false;
}

/*
 * Return the memory type in the page table entries of a mapping. Return ~0 if
 * its entries have different types.
 */
static __u32 memtype_of(int fd, const char *map)
{
	const __u32 memtypes = MMAPDEMO_ENTRY_UNCACHED |
			       MMAPDEMO_ENTRY_WRITE_COMBINING |
			       MMAPDEMO_ENTRY_WRITE_THROUGH;
	__u32 found = ~0U, runs = 0;
	struct walked walked;
	size_t entries = 0;

	walk_here(fd, map, BYTES, &walked);
	for (size_t i = 0; i < walked.count; i++) {
		if (walked.run[i].level != MMAPDEMO_LEVEL_PTE)
			continue;
		entries += walked.run[i].count;
		if (!runs++)
			found = walked.run[i].entry & memtypes;
		else if (found != (walked.run[i].entry & memtypes))
			found = ~0U;
	}
	walked_free(&walked);
	return entries == COUNT ? found : ~0U;
}

/*
 * Return true if the page attribute table (PAT) is enabled. The PAT offers more
 * memory types than the bits PWT and PCD alone can select.
 */
static bool pat_enabled(void)
{
	return !access("/sys/kernel/debug/x86/pat_memtype_list", F_OK);
}

TEST(other_memory_types_show_the_same_bytes)
{
	const __u32 flags[] = {
		MMAPDEMO_REGION_WRITE_COMBINING, MMAPDEMO_REGION_UNCACHED, 0,
	};
	const __u32 memtypes[] = {
		pat_enabled() ? MMAPDEMO_ENTRY_WRITE_COMBINING :
				MMAPDEMO_ENTRY_UNCACHED,
		MMAPDEMO_ENTRY_UNCACHED, 0,
	};
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	ASSERT_LE(0, log);
	ASSERT_LE(0, lseek(log, 0, SEEK_END));
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		int fd = device_open(O_RDWR);
		char *map, byte;

		ASSERT_EQ(0, region_give(fd, BYTES, MMAPDEMO_BY_REMAP,
					 flags[i]));
		EXPECT_EQ(flags[i], device_stat(fd).flags);
		map = map_all(fd);
		ASSERT_FALSE(failed(map));
		EXPECT_EQ(memtypes[i], memtype_of(fd, map));
		EXPECT_TRUE(all_bytes(map, 0, page_size()));
		write_pages(map, COUNT);
		EXPECT_TRUE(numbered(map, COUNT));
		EXPECT_EQ(1, pread(fd, &byte, 1, 77 * page_size()));
		EXPECT_EQ(77, byte);
		/* The memory type stays the same when the protection changes. */
		ASSERT_EQ(0, mprotect(map, BYTES, PROT_READ));
		EXPECT_TRUE(numbered(map, COUNT));
		EXPECT_EQ(memtypes[i], memtype_of(fd, map));
		munmap(map, BYTES);
		close(fd);
	}
	EXPECT_FALSE(kernel_objected(log));
	close(log);
}

TEST(remapped_memory_is_one_block)
{
	int fd = region_open(BYTES, MMAPDEMO_BY_REMAP);
	__u64 shown[1024];

	ASSERT_LE(0, fd);
	ASSERT_EQ(1024, COUNT);
	ASSERT_EQ(0, region_pages(fd, 0, COUNT, shown));
	for (size_t i = 0; i < COUNT; i++)
		ASSERT_EQ((shown[0] & MMAPDEMO_PAGE_FRAME) + i,
			  shown[i] & MMAPDEMO_PAGE_FRAME);
	close(fd);
}

TEST_HARNESS_MAIN
