// SPDX-License-Identifier: GPL-2.0-only
/*
 * MMAPDEMO_IOC_WALK: the answer of the command for each kind of page table entry.
 * For every page of a process, the answer must agree with /proc/PID/pagemap.
 *
 * Depends on: the kernel.
 */
#include "fault.h"
#include "walk.h"

#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/swap.h>

#define HUGE (2 * MIB)
#define NR_HUGEPAGES "/proc/sys/vm/nr_hugepages"

/* MADV_GUARD_INSTALL exists since Linux 6.13. */
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

/* The bits in the entry of a page that was written to. */
#define WRITTEN (MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_WRITE |	\
		 MMAPDEMO_ENTRY_YOUNG | MMAPDEMO_ENTRY_DIRTY |		\
		 MMAPDEMO_ENTRY_USER)
/* Bits of an entry that differ between machines. */
#define VARIES (MMAPDEMO_ENTRY_SOFT_DIRTY | MMAPDEMO_ENTRY_EXEC)

FIXTURE(walk)
{
	int fd;
	struct walked walked;
};

FIXTURE_SETUP(walk)
{
	self->fd = device_open(O_RDONLY);
	ASSERT_LE(0, self->fd);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
}

FIXTURE_TEARDOWN(walk)
{
	walked_free(&self->walked);
	close(self->fd);
}

/* Return the leaf entry that maps a page of this process. */
static struct mmapdemo_run leaf_of(int fd, const void *page)
{
	struct mmapdemo_run leaf = { 0 };
	struct walked walked;

	if (!walk_here(fd, page, page_size(), &walked) &&
	    walked_leaf(&walked, page))
		leaf = *walked_leaf(&walked, page);
	walked_free(&walked);
	return leaf;
}

static __u32 bits_of(int fd, const void *page)
{
	return leaf_of(fd, page).entry & ~VARIES;
}

/* ---- levels ---- */

TEST_F(walk, every_level_on_the_way_to_a_page_is_shown)
{
	static const __u32 levels[] = {
		MMAPDEMO_LEVEL_PGD, MMAPDEMO_LEVEL_P4D, MMAPDEMO_LEVEL_PUD,
		MMAPDEMO_LEVEL_PMD, MMAPDEMO_LEVEL_PTE,
	};
	bool five = device_info(self->fd).levels == 5;
	char *page = map_anon(page_size());
	size_t shown = 0;

	ASSERT_FALSE(failed(page));
	write_pages(page, 1);
	ASSERT_EQ(0, walk_here(self->fd, page, page_size(), &self->walked));
	for (size_t i = 0; i < 5; i++) {
		const struct mmapdemo_run *run = &self->walked.run[shown];
		__u64 size = 1ULL << level_shift(levels[i]);

		if (levels[i] == MMAPDEMO_LEVEL_P4D && !five)
			continue;
		ASSERT_LT(shown++, self->walked.count);
		EXPECT_EQ(levels[i], run->level);
		EXPECT_EQ(1, run->count);
		EXPECT_EQ((uintptr_t)page & -size, run->address);
		EXPECT_EQ(levels[i] != MMAPDEMO_LEVEL_PTE,
			  !!(run->entry & MMAPDEMO_ENTRY_TABLE));
		EXPECT_NE(0, run->entry & MMAPDEMO_ENTRY_PRESENT);
		EXPECT_NE(0, run->entry & MMAPDEMO_ENTRY_USER);
		EXPECT_NE(0, run->entry & MMAPDEMO_ENTRY_WRITE);
		EXPECT_NE(0, run->entry & MMAPDEMO_ENTRY_YOUNG);
		EXPECT_EQ(levels[i] == MMAPDEMO_LEVEL_PTE, run->frame != 0);
	}
	EXPECT_EQ(shown, self->walked.count);
}

TEST_F(walk, only_the_levels_asked_for_are_shown)
{
	char *page = map_anon(PAGES * page_size());
	struct mmapdemo_walk walk = {
		.start = (uintptr_t)page,
		.end = (uintptr_t)page + PAGES * page_size(),
		.room = 64,
	};

	ASSERT_FALSE(failed(page));
	write_pages(page, PAGES);
	for (__u32 level = 1; level <= MMAPDEMO_LEVEL_PTE; level *= 2) {
		walk.levels = level;
		ASSERT_EQ(0, walk_range(self->fd, &walk, &self->walked));
		EXPECT_EQ(walked_entries(&self->walked, level),
			  walked_entries(&self->walked, 0));
		if (level != MMAPDEMO_LEVEL_P4D) {
			EXPECT_LE(level == MMAPDEMO_LEVEL_PTE ? PAGES : 1,
				  walked_entries(&self->walked, 0));
		}
		walked_free(&self->walked);
	}
}

/* ---- kinds of entries ---- */

TEST_F(walk, untouched_memory_is_not_shown)
{
	char *page = map_anon(PAGES * page_size());

	ASSERT_FALSE(failed(page));
	ASSERT_EQ(0, walk_here(self->fd, page, PAGES * page_size(),
			       &self->walked));
	EXPECT_EQ(0, walked_entries(&self->walked, MMAPDEMO_LEVEL_PTE));
	EXPECT_EQ(0, leaf_of(self->fd, page).count);
}

TEST_F(walk, anonymous_pages_are_shown_with_their_frames)
{
	char *page = map_anon(PAGES * page_size());

	ASSERT_FALSE(failed(page));
	write_pages(page, PAGES);
	ASSERT_EQ(0, walk_here(self->fd, page, PAGES * page_size(),
			       &self->walked));
	EXPECT_EQ(PAGES, walked_entries(&self->walked, MMAPDEMO_LEVEL_PTE));
	for (size_t i = 0; i < PAGES; i++) {
		const struct mmapdemo_run *run =
			walked_leaf(&self->walked, page_at(page, i));

		ASSERT_NE(NULL, run);
		EXPECT_EQ(WRITTEN | MMAPDEMO_ENTRY_ANON, run->entry & ~VARIES);
		EXPECT_EQ(pfn_of(page_at(page, i)),
			  run_frame(run, page_at(page, i)));
	}
}

TEST_F(walk, zero_pages_are_one_run)
{
	char *page = map_anon(PAGES * page_size());
	const struct mmapdemo_run *run;

	ASSERT_FALSE(failed(page));
	read_pages(page, PAGES);
	ASSERT_EQ(0, walk_here(self->fd, page, PAGES * page_size(),
			       &self->walked));
	run = walked_at(&self->walked, MMAPDEMO_LEVEL_PTE, page);
	ASSERT_NE(NULL, run);
	EXPECT_EQ(PAGES, run->count);
	EXPECT_EQ(pfn_of(page), run->frame);
	EXPECT_NE(0, run->entry & MMAPDEMO_ENTRY_ZERO);
	EXPECT_NE(0, run->entry & MMAPDEMO_ENTRY_SPECIAL);
	EXPECT_EQ(0, run->entry & (MMAPDEMO_ENTRY_ANON | MMAPDEMO_ENTRY_WRITE |
				   MMAPDEMO_ENTRY_DIRTY));
}

/* walk_range() joins runs, so look at the answer of one call. */
TEST_F(walk, the_module_joins_zero_pages)
{
	char *page = map_anon(PAGES * page_size());
	struct mmapdemo_run runs[MMAPDEMO_RUNS_MIN];
	struct mmapdemo_walk walk = {
		.size = sizeof(walk),
		.start = (uintptr_t)page,
		.end = (uintptr_t)page + PAGES * page_size(),
		.levels = MMAPDEMO_LEVEL_PTE,
		.room = ARRAY_SIZE(runs),
		.runs = (uintptr_t)runs,
	};

	ASSERT_FALSE(failed(page));
	read_pages(page, PAGES);
	ASSERT_EQ(0, ioctl(self->fd, MMAPDEMO_IOC_WALK, &walk));
	ASSERT_EQ(1, walk.count);
	EXPECT_EQ(PAGES, runs[0].count);
}

TEST_F(walk, a_hole_ends_a_run)
{
	char *page = map_anon(PAGES * page_size());
	const struct mmapdemo_run *run;

	ASSERT_FALSE(failed(page));
	read_pages(page, 7);
	read_pages(page_at(page, 8), PAGES - 8);
	ASSERT_EQ(0, walk_here(self->fd, page, PAGES * page_size(),
			       &self->walked));
	run = walked_at(&self->walked, MMAPDEMO_LEVEL_PTE, page);
	ASSERT_NE(NULL, run);
	EXPECT_EQ(7, run->count);
	run = walked_at(&self->walked, MMAPDEMO_LEVEL_PTE, page_at(page, 8));
	ASSERT_NE(NULL, run);
	EXPECT_EQ(PAGES - 8, run->count);
	EXPECT_EQ(PAGES - 1, walked_entries(&self->walked, MMAPDEMO_LEVEL_PTE));
}

TEST_F(walk, removed_access_rights_are_not_shown)
{
	char *page = map_anon(page_size());

	ASSERT_FALSE(failed(page));
	write_pages(page, 1);
	ASSERT_EQ(0, mprotect(page, page_size(), PROT_READ));
	EXPECT_EQ((WRITTEN & ~MMAPDEMO_ENTRY_WRITE) | MMAPDEMO_ENTRY_ANON,
		  bits_of(self->fd, page));
	EXPECT_EQ(0, leaf_of(self->fd, page).entry & MMAPDEMO_ENTRY_EXEC);
	ASSERT_EQ(0, mprotect(page, page_size(), PROT_READ | PROT_EXEC));
	EXPECT_NE(0, leaf_of(self->fd, page).entry & MMAPDEMO_ENTRY_EXEC);
	ASSERT_EQ(0, mprotect(page, page_size(), PROT_NONE));
	EXPECT_EQ(MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_PROTNONE |
		  MMAPDEMO_ENTRY_ANON,
		  bits_of(self->fd, page) &
		  ~(MMAPDEMO_ENTRY_YOUNG | MMAPDEMO_ENTRY_DIRTY));
}

TEST_F(walk, pages_of_files_are_not_anonymous_until_they_are_copied)
{
	int file = memory_file();
	char *shared = mmap(NULL, 2 * page_size(), PROT_READ | PROT_WRITE,
			    MAP_SHARED, file, 0);
	char *private = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
			     MAP_PRIVATE, file, 0);

	ASSERT_FALSE(failed(shared) || failed(private));
	write_pages(shared, 1);
	EXPECT_EQ(WRITTEN, bits_of(self->fd, shared));

	read_pages(private, 1);
	EXPECT_EQ(MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_USER,
		  bits_of(self->fd, private) & ~MMAPDEMO_ENTRY_YOUNG);
	EXPECT_EQ(leaf_of(self->fd, shared).frame,
		  leaf_of(self->fd, private).frame);

	write_pages(private, 1);
	EXPECT_EQ(WRITTEN | MMAPDEMO_ENTRY_ANON, bits_of(self->fd, private));
	EXPECT_EQ(pfn_of(private), leaf_of(self->fd, private).frame);
}

TEST_F(walk, fork_removes_the_right_to_write)
{
	char *page = map_anon(page_size());
	struct mmapdemo_walk walk = {
		.start = (uintptr_t)page,
		.end = (uintptr_t)page + page_size(),
		.room = 64,
	};
	const struct mmapdemo_run *run;

	ASSERT_FALSE(failed(page));
	write_pages(page, 1);
	walk.pid = fork_child();
	ASSERT_LE(0, (int)walk.pid);
	if (!walk.pid)
		for (;;)
			pause();
	EXPECT_EQ(0, leaf_of(self->fd, page).entry & MMAPDEMO_ENTRY_WRITE);
	ASSERT_EQ(0, walk_range(self->fd, &walk, &self->walked));
	run = walked_leaf(&self->walked, page);
	ASSERT_NE(NULL, run);
	EXPECT_EQ(0, run->entry & MMAPDEMO_ENTRY_WRITE);
	EXPECT_EQ(pfn_of(page), run->frame);

	write_pages(page, 1);
	EXPECT_NE(0, leaf_of(self->fd, page).entry & MMAPDEMO_ENTRY_WRITE);
	EXPECT_NE(leaf_of(self->fd, page).frame, run->frame);
	kill(walk.pid, SIGKILL);
	wait_for(walk.pid);
}

TEST_F(walk, pages_of_the_device_are_not_anonymous)
{
	int fd = device_open(O_RDWR);
	char *page = device_map(fd, 1, MAP_SHARED, 0);

	ASSERT_FALSE(failed(page));
	write_pages(page, 1);
	EXPECT_EQ(WRITTEN, bits_of(self->fd, page));
	EXPECT_EQ(pfn_of(page), leaf_of(self->fd, page).frame);
	close(fd);
}

TEST_F(walk, guard_pages_are_shown)
{
	char *page = map_anon(3 * page_size());

	ASSERT_FALSE(failed(page));
	if (madvise(page_at(page, 1), page_size(), MADV_GUARD_INSTALL))
		SKIP(return, "no guard pages before 6.13");
	EXPECT_EQ(MMAPDEMO_ENTRY_MARKER | MMAPDEMO_ENTRY_GUARD,
		  bits_of(self->fd, page_at(page, 1)));
	EXPECT_EQ(0, leaf_of(self->fd, page_at(page, 1)).frame);
	EXPECT_EQ(0, leaf_of(self->fd, page).count);
}

/* UFFD_FEATURE_WP_HUGETLBFS_SHMEM exists since Linux 5.19. */
#ifndef UFFD_FEATURE_WP_HUGETLBFS_SHMEM
#define UFFD_FEATURE_WP_HUGETLBFS_SHMEM (1 << 12)
#endif

/*
 * Write-protect memory with userfaultfd. Return the userfaultfd. Return -1 if
 * the kernel does not support the protection of this memory.
 */
static int uffd_protect(char *page, size_t length)
{
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = length == page_size() ?
			    UFFD_FEATURE_PAGEFAULT_FLAG_WP :
			    UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
	};
	struct uffdio_register range = {
		.range = { (uintptr_t)page, length },
		.mode = UFFDIO_REGISTER_MODE_WP,
	};
	struct uffdio_writeprotect protect = {
		.range = range.range,
		.mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd >= 0 && !ioctl(fd, UFFDIO_API, &api) &&
	    !ioctl(fd, UFFDIO_REGISTER, &range) &&
	    !ioctl(fd, UFFDIO_WRITEPROTECT, &protect))
		return fd;
	close(fd);
	return -1;
}

TEST_F(walk, protection_by_userfaultfd_is_shown)
{
	char *page = map_anon(page_size());
	int fd;

	ASSERT_FALSE(failed(page));
	write_pages(page, 1);
	EXPECT_EQ(0, bits_of(self->fd, page) & MMAPDEMO_ENTRY_UFFD_WP);
	fd = uffd_protect(page, page_size());
	if (fd < 0)
		SKIP(return, "userfaultfd cannot write-protect here");
	EXPECT_NE(0, bits_of(self->fd, page) & MMAPDEMO_ENTRY_UFFD_WP);
	EXPECT_EQ(0, bits_of(self->fd, page) & MMAPDEMO_ENTRY_WRITE);
	close(fd);
}

/*
 * Create a swap file of 64 pages in the format of mkswap. Enable the file with
 * this priority.
 */
static bool swap_make(char *path, int priority)
{
	struct {
		char boot[1024];
		__u32 version, last_page, bad_pages;
	} header = { .version = 1, .last_page = 63 };
	char page[4096] = "";
	int fd = mkstemp(path);
	bool made = fd >= 0;

	for (int i = 0; i < 64; i++)
		made &= write(fd, page, sizeof(page)) == sizeof(page);
	made &= pwrite(fd, &header, sizeof(header), 0) == sizeof(header) &&
		pwrite(fd, "SWAPSPACE2", 10, sizeof(page) - 10) == 10 &&
		!fsync(fd);
	close(fd);
	return made && !swapon(path, SWAP_FLAG_PREFER | priority);
}

/* Return the pagemap entry of an address in this process. */
static __u64 pagemap_of(const void *address)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	__u64 entry = 0;

	pread(fd, &entry, sizeof(entry),
	      (uintptr_t)address / page_size() * sizeof(entry));
	close(fd);
	return entry;
}

TEST_F(walk, soft_dirty_pages_are_those_written_since_clearing)
{
	char *page = map_anon(2 * page_size());

	ASSERT_FALSE(failed(page));
	write_pages(page, 2);
	if (!(pagemap_of(page) >> 55 & 1))
		SKIP(return, "the kernel has no soft-dirty bits");
	ASSERT_TRUE(put("/proc/self/clear_refs", "4"));
	write_pages(page, 1);
	EXPECT_NE(0, leaf_of(self->fd, page).entry & MMAPDEMO_ENTRY_SOFT_DIRTY);
	EXPECT_EQ(0, leaf_of(self->fd, page_at(page, 1)).entry &
		  MMAPDEMO_ENTRY_SOFT_DIRTY);
}

/* Return 0 if user nobody sees neither the page frame nor the swap offset. */
static int walk_as_nobody(int fd, const char *page)
{
	struct mmapdemo_run run;

	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		return 1;
	run = leaf_of(fd, page);
	if (!(run.entry & MMAPDEMO_ENTRY_SWAP))
		return 2;
	return run.frame || run.swap ? 3 : 0;
}

/* The page is swapped out to the second swap area, whose number is not 0. */
TEST_F(walk, a_page_that_was_swapped_out_is_shown_with_its_place)
{
	char other[] = "/var/tmp/mmapdemo-swap.XXXXXX";
	char path[] = "/var/tmp/mmapdemo-swap.XXXXXX";
	char *page = map_anon(page_size());
	struct mmapdemo_run run;
	__u64 entry;
	pid_t pid;

	ASSERT_FALSE(failed(page));
	write_pages(page, 1);
	if (!swap_make(other, 0) || !swap_make(path, 0x7fff)) {
		swapoff(other);
		unlink(other);
		unlink(path);
		SKIP(return, "can't swap to a file here");
	}
	/* Retry if the page is not in the list of reclaimable pages yet. */
	for (int i = 0; i < 100 && pfn_of(page); i++)
		madvise(page, page_size(), MADV_PAGEOUT);
	entry = pagemap_of(page);
	EXPECT_NE(0, entry & 1ULL << 62);
	run = leaf_of(self->fd, page);
	EXPECT_EQ(MMAPDEMO_ENTRY_SWAP, run.entry & ~VARIES);
	EXPECT_EQ(entry & 0x1f, run.swap);
	EXPECT_EQ(entry >> 5 & ((1ULL << 50) - 1), run.frame);
	EXPECT_NE(0, run.frame);
	EXPECT_NE(0, run.swap);
	EXPECT_EQ(entry >> 55 & 1, !!(run.entry & MMAPDEMO_ENTRY_SOFT_DIRTY));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(walk_as_nobody(self->fd, page));
	EXPECT_EQ(0, wait_for(pid));
	swapoff(path);
	swapoff(other);
	unlink(path);
	unlink(other);
}

/* ---- huge pages ---- */

static char *map_thp(void)
{
	char *page = hole(HUGE, HUGE);

	if (!thp_is_on())
		return NULL;
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	mmap(page, HUGE, PROT_READ | PROT_WRITE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	return madvise(page, HUGE, MADV_HUGEPAGE) ? NULL : page;
}

TEST_F(walk, a_huge_page_is_a_leaf_of_the_pmd)
{
	char *page = map_thp();
	struct mmapdemo_run run;

	if (!page)
		SKIP(return, "transparent huge pages are off");
	write_pages(page, 1);
	/*
	 * Even if a walk begins in the middle of a huge page, it returns the
	 * whole huge page.
	 */
	run = leaf_of(self->fd, page_at(page, 77));
	EXPECT_EQ(MMAPDEMO_LEVEL_PMD, run.level);
	EXPECT_EQ((uintptr_t)page, run.address);
	EXPECT_EQ(1, run.count);
	EXPECT_EQ(WRITTEN | MMAPDEMO_ENTRY_ANON | MMAPDEMO_ENTRY_HUGE,
		  run.entry & ~VARIES);
	EXPECT_EQ(pfn_of(page), run.frame);

	/*
	 * The huge page was split. One of its 512 small pages is dropped, so
	 * 511 are left.
	 */
	ASSERT_EQ(0, madvise(page_at(page, 5), page_size(), MADV_DONTNEED));
	ASSERT_EQ(0, walk_here(self->fd, page, HUGE, &self->walked));
	EXPECT_EQ(511, walked_entries(&self->walked, MMAPDEMO_LEVEL_PTE));
	EXPECT_EQ(NULL, walked_leaf(&self->walked, page_at(page, 5)));
	EXPECT_NE(NULL, walked_leaf(&self->walked, page_at(page, 6)));
}

TEST_F(walk, protection_of_a_huge_page_is_shown)
{
	char *page = map_thp();
	struct mmapdemo_run run;
	int fd;

	if (!page)
		SKIP(return, "transparent huge pages are off");
	write_pages(page, 1);
	EXPECT_EQ(0, leaf_of(self->fd, page).entry & MMAPDEMO_ENTRY_UFFD_WP);
	fd = uffd_protect(page, HUGE);
	if (fd < 0)
		SKIP(return, "uffd_protect() protects only single pages here");
	run = leaf_of(self->fd, page);
	EXPECT_EQ(MMAPDEMO_LEVEL_PMD, run.level);
	EXPECT_NE(0, run.entry & MMAPDEMO_ENTRY_UFFD_WP);
	close(fd);
}

TEST_F(walk, a_huge_page_of_1_gib_is_a_leaf_of_the_pud)
{
	char *map = map_gib();
	struct mmapdemo_run run;

	if (failed(map))
		SKIP(return, "no huge page of 1 GiB");
	write_pages(map, 1);
	run = leaf_of(self->fd, map + GIB / 2);
	EXPECT_EQ(MMAPDEMO_LEVEL_PUD, run.level);
	EXPECT_EQ((uintptr_t)map, run.address);
	EXPECT_EQ(1, run.count);
	EXPECT_NE(0, run.entry & MMAPDEMO_ENTRY_HUGE);
	EXPECT_EQ(pfn_of(map), run.frame);
	munmap(map, GIB);
}

TEST_F(walk, the_huge_zero_page_is_shown)
{
	char *page = map_thp();
	struct mmapdemo_run run;

	if (!page)
		SKIP(return, "transparent huge pages are off");
	read_pages(page, 1);
	run = leaf_of(self->fd, page);
	EXPECT_EQ(MMAPDEMO_LEVEL_PMD, run.level);
	EXPECT_NE(0, run.entry & MMAPDEMO_ENTRY_HUGE);
	EXPECT_NE(0, run.entry & MMAPDEMO_ENTRY_ZERO);
	EXPECT_EQ(0, run.entry & (MMAPDEMO_ENTRY_ANON | MMAPDEMO_ENTRY_WRITE));
	EXPECT_EQ(pfn_of(page), run.frame);
}

TEST_F(walk, pages_of_hugetlb_are_leaves_of_the_pmd)
{
	char *saved = slurp(NR_HUGEPAGES), *page;
	struct mmapdemo_run run;

	ASSERT_TRUE(put(NR_HUGEPAGES, "2"));
	page = mmap(NULL, HUGE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (failed(page))
		SKIP(goto restore, "no memory for hugetlb");
	write_pages(page, 1);
	run = leaf_of(self->fd, page_at(page, 77));
	EXPECT_EQ(MMAPDEMO_LEVEL_PMD, run.level);
	EXPECT_EQ(WRITTEN | MMAPDEMO_ENTRY_HUGE, run.entry & ~VARIES);
	EXPECT_EQ((uintptr_t)page, run.address);
	EXPECT_EQ(pfn_of(page), run.frame);
	ASSERT_EQ(0, mprotect(page, HUGE, PROT_NONE));
	run = leaf_of(self->fd, page);
	EXPECT_EQ(MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_PROTNONE |
		  MMAPDEMO_ENTRY_HUGE,
		  run.entry & ~(VARIES | MMAPDEMO_ENTRY_YOUNG |
				MMAPDEMO_ENTRY_DIRTY));
	EXPECT_EQ(pfn_of(page), run.frame);
	munmap(page, HUGE);
restore:
	put(NR_HUGEPAGES, saved);
	free(saved);
}

/*
 * On kernels with THP and without THP, the entry at the PMD level is neither
 * empty nor present.
 */
TEST_F(walk, protection_of_a_missing_hugetlb_page_is_a_marker)
{
	char *saved = slurp(NR_HUGEPAGES), *page;
	int fd = -1;

	ASSERT_TRUE(put(NR_HUGEPAGES, "2"));
	page = mmap(NULL, HUGE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (failed(page))
		SKIP(goto restore, "no memory for hugetlb");
	fd = uffd_protect(page, HUGE);
	if (fd < 0)
		SKIP(goto unmap, "userfaultfd can't protect hugetlb here");
	EXPECT_EQ(MMAPDEMO_ENTRY_MARKER | MMAPDEMO_ENTRY_UFFD_WP |
		  MMAPDEMO_ENTRY_HUGE,
		  leaf_of(self->fd, page).entry);
	EXPECT_EQ(MMAPDEMO_LEVEL_PMD, leaf_of(self->fd, page).level);
	EXPECT_EQ(0, leaf_of(self->fd, page).frame);
	close(fd);
unmap:
	munmap(page, HUGE);
restore:
	put(NR_HUGEPAGES, saved);
	free(saved);
}

/* ---- a whole process ---- */

/*
 * Return true if the run that maps a page agrees with the entry of the page in
 * pagemap.
 */
static bool agrees(__u64 entry, const struct walked *walked, const void *page)
{
	const struct mmapdemo_run *run = walked_leaf(walked, page);
	__u32 bits = run ? run->entry : 0;
	bool present = entry >> 63, swapped = entry >> 62 & 1;
	bool good;

	if (!present && !swapped)
		return !bits || bits & MMAPDEMO_ENTRY_MARKER;
	if (!run || present != !!(bits & MMAPDEMO_ENTRY_PRESENT) ||
	    swapped != !!(bits & MMAPDEMO_ENTRY_SWAP))
		return false;
	/*
	 * pagemap sets the soft-dirty bit for all pages of a new VMA, but the
	 * bit of the entry may be 0.
	 */
	if (bits & MMAPDEMO_ENTRY_SOFT_DIRTY && !(entry >> 55 & 1))
		return false;
	good = !present ||
	       (entry & ((1ULL << 55) - 1)) == run_frame(run, page);
	/*
	 * Some pages are special. pagemap shows them neither as anonymous pages
	 * nor as pages of a file.
	 */
	return good && (!present || bits & (MMAPDEMO_ENTRY_SPECIAL |
					    MMAPDEMO_ENTRY_ZERO) ||
			!(entry >> 61 & 1) == !!(bits & MMAPDEMO_ENTRY_ANON));
}

/*
 * Compare each page of each VMA. Return the number of populated pages. Return
 * -1 if a page differs.
 */
static long compare(pid_t pid, const struct walked *walked)
{
	long populated = 0;
	char path[64], line[512];
	struct vma vma;
	FILE *maps;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	while (maps && fgets(line, sizeof(line), maps)) {
		if (!vma_parse(line, &vma) || strstr(vma.name, "[vsyscall]"))
			continue;
		for (unsigned long at = vma.start; at < vma.end;
		     at += page_size()) {
			__u64 entry = 0;

			pread(fd, &entry, sizeof(entry),
			      at / page_size() * sizeof(entry));
			if (!agrees(entry, walked, (void *)at)) {
				fprintf(stderr, "# %lx %s: pagemap has %llx\n",
					at, vma.name, entry);
				populated = -1;
				goto out_close;
			}
			populated += entry >> 62 && 1;
		}
	}
out_close:
	if (maps)
		fclose(maps);
	close(fd);
	return populated;
}

/* Fork a child that maps all kinds of memory and then stops. */
static pid_t stand_still(void)
{
	char *page = map_anon(3 * 2 * MIB);
	char *file = mmap(NULL, PAGES * page_size(), PROT_READ | PROT_WRITE,
			  MAP_SHARED, memory_file(), 0);
	pid_t pid;

	write_pages(page, PAGES);
	read_pages(page_at(page, 700), PAGES);
	write_pages(page_at(page, 1400), 3);
	mprotect(page_at(page, 1400), page_size(), PROT_NONE);
	write_pages(file, 7);
	read_pages(page_at(file, 11), 3);
	pid = fork_child();
	if (!pid) {
		write_pages(page_at(page, 3), PAGES);
		read_pages(file, PAGES);
		raise(SIGSTOP);
		for (;;)
			pause();
	}
	waitpid(pid, NULL, WUNTRACED);
	return pid;
}

TEST_F(walk, every_page_of_another_process_agrees_with_pagemap)
{
	struct mmapdemo_walk walk = { .end = -page_size(), .room = 8192 };
	long populated;

	walk.pid = stand_still();
	ASSERT_LT(0, (int)walk.pid);
	ASSERT_EQ(0, walk_range(self->fd, &walk, &self->walked));
	populated = compare(walk.pid, &self->walked);
	EXPECT_LT(4 * PAGES, populated);
	EXPECT_EQ((__u64)populated,
		  walked_entries(&self->walked, MMAPDEMO_LEVEL_PTE));
	kill(walk.pid, SIGKILL);
	wait_for(walk.pid);
}

TEST_F(walk, a_small_buffer_needs_more_calls_for_the_same_runs)
{
	struct mmapdemo_walk walk = { .end = -page_size(), .room = 8192 };

	walk.pid = stand_still();
	ASSERT_LT(0, (int)walk.pid);
	ASSERT_EQ(0, walk_range(self->fd, &walk, &self->walked));
	/* The number of runs depends on how scattered the page frames are. */
	ASSERT_LT(MMAPDEMO_RUNS_MIN, self->walked.count);
	for (walk.room = MMAPDEMO_RUNS_MIN;
	     walk.room < 100 && walk.room < self->walked.count; walk.room += 9) {
		struct walked other;

		ASSERT_EQ(0, walk_range(self->fd, &walk, &other));
		EXPECT_LT(self->walked.calls, other.calls);
		ASSERT_EQ(self->walked.count, other.count) {
			TH_LOG("with room for %u", walk.room);
		}
		EXPECT_EQ(0, memcmp(self->walked.run, other.run,
				    other.count * sizeof(*other.run)));
		walked_free(&other);
	}
	kill(walk.pid, SIGKILL);
	wait_for(walk.pid);
}

/*
 * The first page of each table is present. If a walk stopped between the entry
 * that points to a table and the first entry in the table, the next call would
 * return the former again. With step 1, these entries are one run. With step 2,
 * each of them is a run.
 */
TEST_F(walk, a_small_buffer_repeats_no_table)
{
	const size_t tables = 12;

	for (size_t step = 1; step <= 2; step++) {
		size_t length = tables * step * HUGE;
		char *map = mmap(hole(length, HUGE), length,
				 PROT_READ | PROT_WRITE, MAP_PRIVATE |
				 MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		struct mmapdemo_walk walk = {
			.start = (uintptr_t)map,
			.end = (uintptr_t)map + length,
			.levels = MMAPDEMO_LEVEL_PMD | MMAPDEMO_LEVEL_PTE,
		};

		ASSERT_FALSE(failed(map));
		for (size_t i = 0; i < tables; i++)
			write_pages(map + i * step * HUGE, 1);
		for (walk.room = MMAPDEMO_RUNS_MIN; walk.room < 12; walk.room++) {
			ASSERT_EQ(0, walk_range(self->fd, &walk, &self->walked));
			EXPECT_LT(1, self->walked.calls);
			EXPECT_EQ(tables, walked_entries(&self->walked,
							 MMAPDEMO_LEVEL_PMD));
			EXPECT_EQ(tables, walked_entries(&self->walked,
							 MMAPDEMO_LEVEL_PTE));
			walked_free(&self->walked);
		}
		ASSERT_EQ(0, munmap(map, length));
	}
}

/*
 * A range that is walked in parts returns the tables on the path once for each
 * part.
 */
TEST_F(walk, a_walk_in_parts_finds_the_same_leaves)
{
	size_t pages = 3 * HUGE / page_size();
	char *page = hole(3 * HUGE, HUGE);
	struct walked part;
	__u64 sum = 0;

	ASSERT_EQ(page, mmap(page, 3 * HUGE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			     -1, 0));
	for (size_t i = 0; i + 3 <= pages; i += 7)
		read_pages(page_at(page, i), 3);
	ASSERT_EQ(0, walk_here(self->fd, page, 3 * HUGE, &self->walked));
	for (size_t at = 0; at < pages; at += 128) {
		ASSERT_EQ(0, walk_here(self->fd, page_at(page, at),
				       128 * page_size(), &part));
		EXPECT_EQ(1, walked_entries(&part, MMAPDEMO_LEVEL_PGD));
		EXPECT_EQ(1, walked_entries(&part, MMAPDEMO_LEVEL_PMD));
		sum += walked_entries(&part, MMAPDEMO_LEVEL_PTE);
		walked_free(&part);
	}
	EXPECT_EQ(sum, walked_entries(&self->walked, MMAPDEMO_LEVEL_PTE));
	EXPECT_EQ((pages - 3) / 7 * 3 + 3, sum);
}

/* ---- walks longer than one hold of the lock ---- */

/* Number of PTE tables for one mapping. */
#define TABLES 81

/* Map memory with one page in each PTE table. */
static char *map_tables(void)
{
	char *map = mmap(hole(TABLES * HUGE, HUGE), TABLES * HUGE,
			 PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
			 MAP_FIXED_NOREPLACE, -1, 0);

	for (size_t i = 0; !failed(map) && i < TABLES; i++)
		write_pages(map + i * HUGE + i * page_size(), 1);
	return map;
}

TEST_F(walk, a_large_mapping_is_shown_as_a_whole)
{
	char *map = map_tables();

	ASSERT_FALSE(failed(map));
	ASSERT_EQ(0, walk_here(self->fd, map, TABLES * HUGE, &self->walked));
	EXPECT_EQ(1, self->walked.calls);
	EXPECT_EQ(TABLES, walked_entries(&self->walked, MMAPDEMO_LEVEL_PTE));
	EXPECT_EQ(TABLES, walked_entries(&self->walked, MMAPDEMO_LEVEL_PMD));
	for (size_t i = 0; i < TABLES; i++) {
		const char *page = map + i * HUGE + i * page_size();
		const struct mmapdemo_run *run = walked_leaf(&self->walked,
							     page);

		ASSERT_NE(NULL, run);
		EXPECT_EQ(pfn_of(page), run_frame(run, page));
	}
}

static void signal_ignored(int unused)
{
	(void)unused;
}

/*
 * Fork a child that waits until the kernel needs a page of the parent. The
 * child then sends a signal to the parent, and supplies the page. When the
 * kernel continues, the signal is pending.
 */
static pid_t signal_and_supply(int uffd, const void *page)
{
	struct uffdio_copy copy = {
		.src = (uintptr_t)page,
		.len = page_size(),
	};
	struct uffd_msg message;
	pid_t pid = fork_child();

	if (pid)
		return pid;
	if (read(uffd, &message, sizeof(message)) != sizeof(message) ||
	    kill(getppid(), SIGUSR1))
		_exit(1);
	copy.dst = message.arg.pagefault.address & -page_size();
	_exit(!!ioctl(uffd, UFFDIO_COPY, &copy));
}

TEST_F(walk, a_signal_ends_a_walk_early)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct mmapdemo_walk *walk = (void *)map_anon(page_size());
	struct mmapdemo_walk *want = (void *)map_anon(page_size());
	struct uffdio_register range = {
		.range = { (uintptr_t)walk, page_size() },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	char *map = map_tables();
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	pid_t pid;

	if (uffd < 0)
		SKIP(return, "no userfaultfd");
	ASSERT_FALSE(failed(map) || failed(walk) || failed(want));
	*want = (struct mmapdemo_walk) {
		.size = sizeof(*want),
		.start = (uintptr_t)map,
		.end = (uintptr_t)map + TABLES * HUGE,
		.levels = MMAPDEMO_LEVEL_PTE,
		.room = 1024,
		.runs = (uintptr_t)calloc(1024, sizeof(struct mmapdemo_run)),
	};
	signal(SIGUSR1, signal_ignored);
	ASSERT_EQ(0, ioctl(uffd, UFFDIO_API, &api));
	ASSERT_EQ(0, ioctl(uffd, UFFDIO_REGISTER, &range));
	pid = signal_and_supply(uffd, want);
	ASSERT_LE(0, pid);
	ASSERT_EQ(0, ioctl(self->fd, MMAPDEMO_IOC_WALK, walk));
	EXPECT_EQ(0, wait_for(pid));
	/*
	 * The walk has returned all entries that it has passed. A second call
	 * continues the walk.
	 */
	EXPECT_LT(walk->start, walk->end);
	EXPECT_EQ((walk->start - want->start) / HUGE, walk->count);
	EXPECT_LT(0, walk->count);
	ASSERT_EQ(0, ioctl(self->fd, MMAPDEMO_IOC_WALK, walk));
	EXPECT_EQ(walk->end, walk->start);
	EXPECT_GT(TABLES, walk->count);
	free((void *)(uintptr_t)want->runs);
	close(uffd);
}

/* ---- the target process ---- */

static void *walk_in_thread(void *walk)
{
	return (void *)(intptr_t)ioctl(device_open(O_RDONLY), MMAPDEMO_IOC_WALK,
				       walk);
}

/*
 * The walk has to store its result in a page that is not supplied yet. In the
 * meantime, the target process exits. The file that the target had mapped can
 * then be sealed, because the memory of the target was freed.
 */
TEST_F(walk, a_process_ends_while_its_reader_waits)
{
	struct uffdio_api api = { .api = UFFD_API };
	void *runs = map_anon(page_size());
	struct uffdio_register range = {
		.range = { (uintptr_t)runs, page_size() },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct uffdio_zeropage zero = { .range = range.range };
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	int file = memfd_create("mapped", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct mmapdemo_walk walk = {
		.size = sizeof(walk),
		.room = page_size() / sizeof(struct mmapdemo_run),
		.runs = (uintptr_t)runs,
	};
	struct bystander child;
	struct uffd_msg message;
	pthread_t thread;
	void *ret;
	char *map;

	if (uffd < 0)
		SKIP(return, "no userfaultfd");
	ASSERT_EQ(0, ftruncate(file, page_size()));
	map = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, file,
		   0);
	ASSERT_FALSE(failed(map) || failed(runs));
	write_pages(map, 1);
	ASSERT_TRUE(bystander_fork(&child));
	ASSERT_EQ(0, munmap(map, page_size()));
	walk.pid = child.pid;
	walk.start = (uintptr_t)map;
	walk.end = walk.start + page_size();
	ASSERT_EQ(0, ioctl(uffd, UFFDIO_API, &api));
	ASSERT_EQ(0, ioctl(uffd, UFFDIO_REGISTER, &range));
	ASSERT_EQ(0, pthread_create(&thread, NULL, walk_in_thread, &walk));
	ASSERT_EQ(sizeof(message), read(uffd, &message, sizeof(message)));
	EXPECT_EQ(-1, fcntl(file, F_ADD_SEALS, F_SEAL_WRITE));
	EXPECT_EQ(EBUSY, errno);
	EXPECT_TRUE(bystander_end(&child));
	EXPECT_EQ(0, fcntl(file, F_ADD_SEALS, F_SEAL_WRITE));
	ASSERT_EQ(0, ioctl(uffd, UFFDIO_ZEROPAGE, &zero));
	ASSERT_EQ(0, pthread_join(thread, &ret));
	EXPECT_EQ(NULL, ret);
	EXPECT_LT(0, walk.count);
	close(uffd);
	close(file);
}

TEST_HARNESS_MAIN
