// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reasons in vma_merge. For each reason, there is a case in which the
 * reason occurs, and a similar case in which the VMAs are merged. Debian's
 * kernels do not support names for anonymous memory. On these kernels, only
 * verdict_test covers the reason anon-name.
 *
 * Depends on: the kernel.
 */
#include "region.h"
#include "trace.h"

#include <linux/mempolicy.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW (PROT_READ | PROT_WRITE)

/* The kernel sets VM_SOFTDIRTY only after it has compared the flags. */
#define VM_SOFTDIRTY 0x8000000

/* Number of unmapped pages in an area. */
#define AREA 8

FIXTURE(verdict)
{
	struct trace trace;
	char *area;
	int file;
};

FIXTURE_SETUP(verdict)
{
	ASSERT_TRUE(trace_create(&self->trace));
	self->area = hole(AREA * page_size(), page_size());
	ASSERT_NE(NULL, self->area);
	self->file = memfd_create("file", MFD_CLOEXEC);
	ASSERT_EQ(0, ftruncate(self->file, 64 * page_size()));
}

FIXTURE_TEARDOWN(verdict)
{
	trace_destroy(&self->trace);
	close(self->file);
}

#define AT(page) page_at(self->area, page)

/*
 * Map pages in the area. If there is a @file, map its pages from page @first
 * on. Otherwise, map anonymous memory.
 */
static bool place_file(char *at, size_t pages, int prot, int file, size_t first)
{
	int flags = MAP_PRIVATE | MAP_FIXED_NOREPLACE |
		    (file < 0 ? MAP_ANONYMOUS : 0);

	return mmap(at, pages * page_size(), prot, flags, file,
		    first * page_size()) == at;
}

static bool place(char *at, size_t pages, int prot)
{
	return place_file(at, pages, prot, -1, 0);
}

static bool move(char *from, char *to)
{
	return mremap(from, page_size(), page_size(),
		      MREMAP_MAYMOVE | MREMAP_FIXED, to) == to;
}

/*
 * Return the vma_merge event of an action. Return NULL unless there is exactly
 * one event.
 */
#define MERGE_OF(what)							\
	({								\
		ASSERT_TRUE(trace_begin(&self->trace, "vma_merge"));	\
		ASSERT_TRUE(what);					\
		ASSERT_TRUE(trace_end(&self->trace));			\
		only_event(&self->trace, MMAPDEMO_EVENT_VMA_MERGE);	\
	})

static bool says(const struct event *e, const char *outcome, const char *prev,
		 const char *next)
{
	return e && event_is(e, "outcome", outcome) &&
	       event_is(e, "reason_prev", prev) &&
	       event_is(e, "reason_next", next);
}

#define EXPECT_MERGE(what, ...)						\
	({								\
		const struct event *e_ = MERGE_OF(what);		\
									\
		EXPECT_TRUE(says(e_, __VA_ARGS__)) {			\
			TH_LOG("%s", e_ ? e_->fields : "not exactly one event"); \
		}							\
		e_;							\
	})

#define NOBODY "no-neighbour"

/* ---- mmap() ---- */

TEST_F(verdict, no_neighbour)
{
	const struct event *e;

	e = EXPECT_MERGE(place(AT(1), 1, RW), "none", NOBODY, NOBODY);
	EXPECT_EQ(0, event_num(e, "pgoff_prev"));
	EXPECT_TRUE(event_is(e, "flags_diff_prev", ""));
	EXPECT_TRUE(event_is(e, "flags_diff_next", ""));
	EXPECT_EQ((uintptr_t)AT(1) / page_size(), event_num(e, "pgoff"));
	EXPECT_LT(1, event_num(e, "map_count"));
	EXPECT_MERGE(place(AT(3), 1, RW), "none", NOBODY, NOBODY);
	EXPECT_MERGE(place(AT(2), 1, RW), "both", "merged", "merged");
}

TEST_F(verdict, flags)
{
	const struct event *e;

	ASSERT_TRUE(place(AT(0), 1, PROT_READ) && place(AT(2), 1, PROT_NONE));
	e = EXPECT_MERGE(place(AT(1), 1, RW), "none", "flags", "flags");
	EXPECT_TRUE(event_is(e, "flags_diff_prev", "write|account"));
	EXPECT_TRUE(event_is(e, "flags_diff_next", "read|write|account"));
	EXPECT_EQ(event_num(e, "flags_wanted") & ~VM_SOFTDIRTY,
		  event_num(e, "vm_flags") & ~VM_SOFTDIRTY);
	munmap(AT(1), page_size());
	e = EXPECT_MERGE(place(AT(1), 1, PROT_READ), "prev", "merged", "flags");
	EXPECT_TRUE(event_is(e, "flags_diff_prev", ""));
	EXPECT_TRUE(event_is(e, "flags_diff_next", "read"));
}

TEST_F(verdict, file)
{
	int other = memfd_create("other", MFD_CLOEXEC);

	ASSERT_EQ(0, ftruncate(other, 4 * page_size()));
	ASSERT_TRUE(place_file(AT(0), 1, RW, self->file, 0));
	EXPECT_MERGE(place_file(AT(1), 1, RW, other, 1), "none", "file", NOBODY);
	EXPECT_MERGE(place(AT(2), 1, RW), "none", "file", NOBODY);
	munmap(AT(1), 2 * page_size());
	EXPECT_MERGE(place_file(AT(1), 1, RW, self->file, 1), "prev", "merged",
		     NOBODY);
	close(other);
}

/* A file that was opened twice is two different open files. */
TEST_F(verdict, file_of_another_open)
{
	char path[32];
	int again;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->file);
	again = open(path, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, again);
	ASSERT_TRUE(place_file(AT(0), 1, RW, self->file, 0));
	EXPECT_MERGE(place_file(AT(1), 1, RW, again, 1), "none", "file", NOBODY);
	close(again);
}

TEST_F(verdict, pgoff)
{
	const struct event *e;

	ASSERT_TRUE(place_file(AT(0), 1, RW, self->file, 10));
	ASSERT_TRUE(place_file(AT(3), 1, RW, self->file, 13));
	e = EXPECT_MERGE(place_file(AT(1), 2, RW, self->file, 20), "none",
			 "pgoff", "pgoff");
	EXPECT_EQ(20, event_num(e, "pgoff"));
	EXPECT_EQ(11, event_num(e, "pgoff_prev"));
	EXPECT_EQ(13, event_num(e, "pgoff_next"));
	munmap(AT(1), 2 * page_size());
	EXPECT_MERGE(place_file(AT(1), 1, RW, self->file, 11), "prev", "merged",
		     NOBODY);
	EXPECT_MERGE(place_file(AT(2), 1, RW, self->file, 12), "both", "merged",
		     "merged");
}

/* When memory is moved, it keeps its page offset if it was touched. */
TEST_F(verdict, pgoff_of_moved_memory)
{
	const struct event *e;

	ASSERT_TRUE(place(AT(0), 1, RW) && place(AT(7), 1, RW));
	ASSERT_EQ(0, touch_write(AT(0)));
	ASSERT_TRUE(move(AT(0), AT(2)) && move(AT(7), AT(5)));
	e = EXPECT_MERGE(place(AT(3), 1, RW), "none", "pgoff", NOBODY);
	EXPECT_EQ((uintptr_t)AT(1) / page_size(), event_num(e, "pgoff_prev"));
	/*
	 * When memory is moved, it gets a new page offset if it was never
	 * touched.
	 */
	EXPECT_MERGE(place(AT(4), 1, RW), "both", "merged", "merged");
}

/*
 * Since Linux 7.3, written pages of a private file mapping keep their anonymous
 * page offset when mremap() moves them.
 */
TEST_F(verdict, anon_pgoff_of_moved_pages_of_a_file)
{
	const char *reason = kernel_before(7, 3) ? "merged" : "anon-pgoff";
	const char *outcome = kernel_before(7, 3) ? "prev" : "none";

	ASSERT_TRUE(place_file(AT(0), 1, RW, self->file, 0));
	write_pages(AT(0), 1);
	ASSERT_TRUE(move(AT(0), AT(3)));
	EXPECT_MERGE(place_file(AT(4), 1, RW, self->file, 1), outcome, reason,
		     NOBODY);
	munmap(AT(4), page_size());
	ASSERT_TRUE(move(AT(3), AT(0)));
	EXPECT_MERGE(place_file(AT(1), 1, RW, self->file, 1), "prev", "merged",
		     NOBODY);
}

/*
 * A new mapping replaces the middle of a VMA. The two remaining parts of the VMA
 * become the neighbours of the new mapping.
 */
TEST_F(verdict, range_that_is_cut_out)
{
	const struct event *e;

	ASSERT_TRUE(place_file(AT(0), 5, RW, self->file, 10));
	e = EXPECT_MERGE(mmap(AT(2), page_size(), RW, MAP_PRIVATE | MAP_FIXED,
			      self->file, 0) == AT(2), "none", "pgoff", "pgoff");
	EXPECT_EQ(12, event_num(e, "pgoff_prev"));
	EXPECT_EQ(13, event_num(e, "pgoff_next"));
	EXPECT_MERGE(mmap(AT(2), page_size(), RW, MAP_PRIVATE | MAP_FIXED,
			  self->file, 12 * page_size()) == AT(2), "both",
		     "merged", "merged");
}

/* Use the address range of the BIOS, which is not RAM. */
TEST_F(verdict, special)
{
	int mem = open("/dev/mem", O_RDONLY | O_CLOEXEC);

	if (mem < 0)
		SKIP(return, "no /dev/mem");
	EXPECT_MERGE(place_file(AT(0), 1, PROT_READ, mem, 0xf0), "none",
		     "special", "special");
	EXPECT_MERGE(place_file(AT(1), 1, PROT_READ, mem, 0xf1), "none",
		     "special", "special");
	EXPECT_MERGE(place_file(AT(4), 1, PROT_READ, self->file, 4), "none",
		     NOBODY, NOBODY);
	EXPECT_MERGE(place_file(AT(5), 1, PROT_READ, self->file, 5), "prev",
		     "merged", NOBODY);
	close(mem);
}

/*
 * Before Linux 7.2, the kernel tries to merge, and then asks the driver for the
 * flags. If there is a VMA below the range, the kernel tries again.
 */
TEST_F(verdict, special_below_all_vmas)
{
	int mem = open("/dev/mem", O_RDONLY | O_CLOEXEC);
	char *lowest = (char *)(64 * KIB);

	if (mem < 0)
		SKIP(return, "no /dev/mem");
	ASSERT_EQ(0, vmas_in(NULL, page_at(lowest, 2), NULL));
	ASSERT_TRUE(place_file(page_at(lowest, 1), 1, PROT_READ, mem, 0xf1));
	if (kernel_before(7, 2))
		EXPECT_MERGE(place_file(lowest, 1, PROT_READ, mem, 0xf0), "none",
			     NOBODY, "flags");
	else
		EXPECT_MERGE(place_file(lowest, 1, PROT_READ, mem, 0xf0), "none",
			     "special", "special");
	munmap(lowest, 2 * page_size());
	close(mem);
}

TEST_F(verdict, device_of_ours)
{
	int fd = device_open(O_RDWR);

	ASSERT_LE(0, fd);
	ASSERT_TRUE(place_file(AT(0), 1, RW, fd, 0));
	EXPECT_MERGE(place_file(AT(1), 1, RW, fd, 2), "none", "pgoff", NOBODY);
	munmap(AT(1), page_size());
	EXPECT_MERGE(place_file(AT(1), 1, RW, fd, 1), "prev", "merged", NOBODY);
	close(fd);
}

/*
 * Two VMAs that were touched separately have different anon_vmas, so only one
 * of them is merged.
 */
TEST_F(verdict, other_side)
{
	ASSERT_TRUE(place(AT(0), 1, RW) && place(AT(2), 1, RW));
	write_pages(AT(0), 1);
	write_pages(AT(2), 1);
	if (kernel_before(6, 1) || !kernel_before(6, 12))
		EXPECT_MERGE(place(AT(1), 1, RW), "prev", "merged",
			     "other-side");
	else	/* the kernel compares the next VMA first */
		EXPECT_MERGE(place(AT(1), 1, RW), "next", "other-side",
			     "merged");
	ASSERT_TRUE(place(AT(4), 1, RW));
	write_pages(AT(4), 1);
	ASSERT_TRUE(place(AT(6), 1, RW));
	EXPECT_MERGE(place(AT(5), 1, RW), "both", "merged", "merged");
}

/*
 * Linux 6.1 to 6.11 do not merge an untouched VMA with a touched VMA directly
 * above it.
 */
TEST_F(verdict, untouched_below_touched)
{
	ASSERT_TRUE(place(AT(0), 1, RW) && place(AT(2), 1, RW));
	write_pages(AT(2), 1);
	if (kernel_before(6, 1) || !kernel_before(6, 12))
		EXPECT_MERGE(place(AT(1), 1, RW), "both", "merged", "merged");
	else
		EXPECT_MERGE(place(AT(1), 1, RW), "next", "other-side",
			     "merged");
}

static bool place_page(char *at)
{
	return place(at, 1, RW);
}

static bool make_writable(char *at)
{
	return !mprotect(at, page_size(), RW);
}

/*
 * Make a change in a child. Return true if the change causes exactly one
 * vma_merge event, and the event is as expected.
 */
static bool child_says(struct trace *trace, bool (*does)(char *at), char *at,
		       const char *outcome, const char *prev, const char *next)
{
	pid_t pid = fork_child();

	if (!pid)
		_exit(!(trace_begin(trace, "vma_merge") && does(at) &&
			trace_end(trace) &&
			says(only_event(trace, MMAPDEMO_EVENT_VMA_MERGE),
			     outcome, prev, next)));
	return !wait_for(pid);
}

TEST_F(verdict, forked)
{
	ASSERT_TRUE(place(AT(0), 1, RW) && place(AT(4), 1, RW));
	write_pages(AT(0), 1);
	EXPECT_TRUE(child_says(&self->trace, place_page, AT(1), "none",
			       "forked", NOBODY));
	EXPECT_TRUE(child_says(&self->trace, place_page, AT(5), "prev",
			       "merged", NOBODY));
	/* In the parent, this memory was not inherited by fork. */
	EXPECT_MERGE(place(AT(1), 1, RW), "prev", "merged", NOBODY);
}

/* ---- mprotect() and others ---- */

TEST_F(verdict, inside)
{
	const struct event *e;

	ASSERT_TRUE(place(AT(0), 3, RW));
	/*
	 * Since Linux 6.6, mprotect(PROT_READ) clears VM_ACCOUNT of anonymous
	 * memory that was never touched.
	 */
	write_pages(AT(0), 3);
	e = EXPECT_MERGE(!mprotect(AT(1), page_size(), PROT_READ), "none",
			 "inside", "inside");
	EXPECT_TRUE(event_is(e, "flags_diff_prev", "write"));
	EXPECT_MERGE(!mprotect(AT(1), page_size(), RW), "both", "merged",
		     "merged");
	EXPECT_MERGE(!mprotect(AT(0), page_size(), PROT_READ), "none", NOBODY,
		     "inside");
	EXPECT_MERGE(!mprotect(AT(1), page_size(), PROT_READ), "prev", "merged",
		     "inside");
}

TEST_F(verdict, flags_of_madvise_and_mlock)
{
	const struct event *e;

	ASSERT_TRUE(place(AT(0), 3, RW));
	ASSERT_EQ(0, madvise(AT(0), page_size(), MADV_DONTFORK));
	ASSERT_EQ(0, mlock(AT(2), page_size()));
	e = EXPECT_MERGE(!madvise(AT(1), page_size(), MADV_DONTDUMP), "none",
			 "flags", "flags");
	EXPECT_TRUE(event_is(e, "flags_diff_prev", "dontcopy|dontdump"));
	EXPECT_TRUE(event_is(e, "flags_diff_next", "locked|dontdump"));
	ASSERT_EQ(0, madvise(AT(1), page_size(), MADV_DODUMP));
	EXPECT_MERGE(!madvise(AT(1), page_size(), MADV_DONTFORK), "prev",
		     "merged", "flags");
}

/* Page 1 was touched, but its neighbour was not. */
TEST_F(verdict, faulted)
{
	for (size_t page = 0; page < 6; page += 4)
		ASSERT_TRUE(place(AT(page + 1), 1, RW));
	write_pages(AT(1), 1);
	for (size_t page = 0; page < 6; page += 4) {
		ASSERT_EQ(0, mprotect(AT(page + 1), page_size(), PROT_READ));
		ASSERT_TRUE(place(AT(page), 1, RW));
	}
	if (kernel_before(6, 16))
		EXPECT_MERGE(!mprotect(AT(1), page_size(), RW), "none",
			     "faulted", NOBODY);
	else
		EXPECT_MERGE(!mprotect(AT(1), page_size(), RW), "prev",
			     "merged", NOBODY);
	EXPECT_MERGE(!mprotect(AT(5), page_size(), RW), "prev", "merged",
		     NOBODY);
}

/*
 * The range has pages that the child shares with its parent. The neighbour of
 * the range has no pages.
 */
TEST_F(verdict, forked_range)
{
	ASSERT_TRUE(place(AT(1), 1, RW) && place(AT(5), 1, PROT_READ));
	write_pages(AT(1), 1);
	ASSERT_EQ(0, mprotect(AT(1), page_size(), PROT_READ));
	ASSERT_TRUE(place(AT(0), 1, RW) && place(AT(4), 1, RW));
	EXPECT_TRUE(child_says(&self->trace, make_writable, AT(1), "none",
			       kernel_before(6, 16) ? "faulted" : "forked",
			       NOBODY));
	EXPECT_TRUE(child_says(&self->trace, make_writable, AT(5), "prev",
			       "merged", NOBODY));
}

static bool bind_to(char *at, size_t pages, int mode)
{
	unsigned long nodes = 1;

	return !syscall(SYS_mbind, at, pages * page_size(), mode, &nodes, 2, 0);
}

TEST_F(verdict, policy)
{
	ASSERT_TRUE(place(AT(0), 4, RW));
	EXPECT_MERGE(bind_to(AT(2), 1, MPOL_BIND), "none", "inside", "inside");
	EXPECT_MERGE(bind_to(AT(1), 1, MPOL_PREFERRED), "none", "inside",
		     "policy");
	EXPECT_MERGE(bind_to(AT(1), 1, MPOL_BIND), "next", "policy", "merged");
	/* New memory has the default policy, so it is not merged. */
	munmap(AT(3), page_size());
	EXPECT_MERGE(place(AT(3), 1, RW), "none", "policy", NOBODY);
	munmap(AT(0), page_size());
	EXPECT_MERGE(place(AT(0), 1, RW), "none", NOBODY, "policy");
}

static int uffd_open(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	return fd >= 0 && !ioctl(fd, UFFDIO_API, &api) ? fd : -1;
}

static bool uffd_watch(int fd, char *at)
{
	struct uffdio_register request = {
		.range = { .start = (uintptr_t)at, .len = page_size() },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	return !ioctl(fd, UFFDIO_REGISTER, &request);
}

TEST_F(verdict, uffd)
{
	int one = uffd_open(), other = uffd_open();
	const struct event *e;

	ASSERT_TRUE(one >= 0 && other >= 0);
	ASSERT_TRUE(place(AT(0), 3, RW));
	ASSERT_TRUE(uffd_watch(one, AT(0)));
	e = EXPECT_MERGE(uffd_watch(other, AT(1)), "none", "uffd", "inside");
	EXPECT_TRUE(event_is(e, "flags_diff_prev", ""));
	EXPECT_TRUE(event_is(e, "flags_diff_next", "uffd_missing"));
	EXPECT_MERGE(uffd_watch(other, AT(2)), "prev", "merged", NOBODY);
	/* New memory is not registered with userfaultfd, so it is not merged. */
	EXPECT_MERGE(place(AT(3), 1, RW), "none", "flags", NOBODY);
	close(other);
	close(one);
}

/*
 * Names for anonymous memory exist since Linux 5.17, on kernels that are
 * configured for them.
 */
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

static bool name_memory(char *at, const char *name)
{
	return !prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, at, page_size(), name);
}

TEST_F(verdict, anon_name)
{
	ASSERT_TRUE(place(AT(0), 3, RW));
	if (!name_memory(AT(0), "one"))
		SKIP(return, "the kernel has no CONFIG_ANON_VMA_NAME");
	EXPECT_MERGE(name_memory(AT(1), "two"), "none", "anon-name", "inside");
	EXPECT_MERGE(name_memory(AT(2), "two"), "prev", "merged", NOBODY);
	/* New memory has no name, so it is not merged. */
	EXPECT_MERGE(place(AT(3), 1, RW), "none", "anon-name", NOBODY);
	EXPECT_MERGE(place(AT(4), 1, RW), "prev", "merged", NOBODY);
}

/* PR_SET_MEMORY_MERGE exists since Linux 6.4. */
#ifndef PR_SET_MEMORY_MERGE
#define PR_SET_MEMORY_MERGE 67
#endif

/*
 * prctl() makes all new memory mergeable. Before Linux 6.17, the kernel set
 * VM_MERGEABLE on a VMA only after its attempt to merge the VMA.
 */
TEST_F(verdict, flags_of_ksm)
{
	ASSERT_TRUE(place(AT(0), 1, RW));
	EXPECT_EQ(kernel_before(6, 4) ? -1 : 0,
		  prctl(PR_SET_MEMORY_MERGE, 1, 0, 0, 0));
	if (!kernel_before(6, 4) && kernel_before(6, 17)) {
		const struct event *e = EXPECT_MERGE(place(AT(1), 1, RW),
						     "none", "flags", NOBODY);

		EXPECT_TRUE(event_is(e, "flags_diff_prev", "mergeable"));
	} else {
		EXPECT_MERGE(place(AT(1), 1, RW), "prev", "merged", NOBODY);
	}
	prctl(PR_SET_MEMORY_MERGE, 0, 0, 0, 0);
	ASSERT_TRUE(place(AT(4), 1, RW));
	EXPECT_MERGE(place(AT(5), 1, RW), "prev", "merged", NOBODY);
}

/* A mapping of System V shared memory has .close, because its users are counted. */
TEST_F(verdict, close)
{
	int id = shmget(IPC_PRIVATE, 4 * page_size(), IPC_CREAT | 0600);

	ASSERT_LE(0, id);
	ASSERT_EQ(AT(0), shmat(id, AT(0), 0));
	ASSERT_EQ(0, shmctl(id, IPC_RMID, NULL));
	ASSERT_EQ(0, mprotect(AT(2), 2 * page_size(), PROT_READ));
	/*
	 * The merge would move only the border between two VMAs, and would
	 * remove no VMA.
	 */
	if (kernel_before(6, 12))
		EXPECT_MERGE(!mprotect(AT(1), page_size(), PROT_READ), "none",
			     "inside", "close");
	else
		EXPECT_MERGE(!mprotect(AT(1), page_size(), PROT_READ), "next",
			     "inside", "merged");
	EXPECT_MERGE(!mprotect(AT(0), page_size(), PROT_READ), "none", NOBODY,
		     "close");
	munmap(AT(0), 4 * page_size());
	ASSERT_TRUE(place_file(AT(0), 4, RW, self->file, 0));
	ASSERT_EQ(0, mprotect(AT(2), 2 * page_size(), PROT_READ));
	EXPECT_MERGE(!mprotect(AT(1), page_size(), PROT_READ), "next", "inside",
		     "merged");
	EXPECT_MERGE(!mprotect(AT(0), page_size(), PROT_READ), "next", NOBODY,
		     "merged");
}

/*
 * The range is the beginning of a VMA with .close. A merge moves only the border
 * between two VMAs.
 */
TEST_F(verdict, close_of_a_beginning)
{
	int id = shmget(IPC_PRIVATE, 4 * page_size(), IPC_CREAT | 0600);

	ASSERT_LE(0, id);
	ASSERT_EQ(AT(0), shmat(id, AT(0), 0));
	ASSERT_EQ(0, shmctl(id, IPC_RMID, NULL));
	ASSERT_EQ(0, mprotect(AT(0), page_size(), PROT_READ));
	if (kernel_before(6, 12))
		EXPECT_MERGE(!mprotect(AT(1), page_size(), PROT_READ), "none",
			     "close", "inside");
	else
		EXPECT_MERGE(!mprotect(AT(1), page_size(), PROT_READ), "prev",
			     "merged", "inside");
}

/* ---- mremap(), brk() ---- */

TEST_F(verdict, anon_vma)
{
	for (size_t page = 0; page < 8; page += 3)
		ASSERT_TRUE(place(AT(page), 1, RW));
	write_pages(AT(0), 1);
	write_pages(AT(3), 1);
	EXPECT_MERGE(move(AT(3), AT(1)), "none", "anon-vma", NOBODY);
	ASSERT_EQ(0, munmap(AT(1), page_size()));
	EXPECT_MERGE(move(AT(6), AT(1)), "prev", "merged", NOBODY);
}

TEST_F(verdict, extension)
{
	const struct event *e;

	ASSERT_TRUE(place(AT(0), 1, RW));
	e = EXPECT_MERGE(mremap(AT(0), page_size(), 2 * page_size(), 0) == AT(0),
			 "prev", "merged", NOBODY);
	EXPECT_TRUE(event_is(e, "cause", "extend"));
	EXPECT_TRUE(event_range_is(e, "range", AT(1), AT(2)));
	EXPECT_TRUE(event_range_is(e, "prev", AT(0), AT(1)));
	EXPECT_TRUE(event_range_is(e, "result", AT(0), AT(2)));
	ASSERT_TRUE(place(AT(3), 1, PROT_READ));
	e = EXPECT_MERGE(mremap(AT(0), 2 * page_size(), 3 * page_size(), 0) ==
			 AT(0), "prev", "merged",
			 kernel_before(6, 0) ? "not-tried" : "flags");
	EXPECT_TRUE(event_is(e, "cause", "extend"));
	/*
	 * The extension fills the gap before the next VMA, so the next VMA is
	 * merged, too.
	 */
	ASSERT_TRUE(place(AT(5), 1, PROT_READ));
	if (kernel_before(6, 0))
		e = EXPECT_MERGE(mremap(AT(3), page_size(), 2 * page_size(),
					0) == AT(3), "prev", "merged",
				 "not-tried");
	else
		e = EXPECT_MERGE(mremap(AT(3), page_size(), 2 * page_size(),
					0) == AT(3), "both", "merged", "merged");
	EXPECT_TRUE(event_is(e, "cause", "extend"));
}

static bool extend_page(char *at)
{
	return mremap(at, page_size(), 2 * page_size(), 0) == at;
}

/* The pages that the extension adds were not inherited by fork. */
TEST_F(verdict, extension_after_fork)
{
	const char *outcome = kernel_before(6, 16) ? "prev" : "both";
	const char *next = kernel_before(6, 0) ? "not-tried" :
			   kernel_before(6, 16) ? "faulted" : "merged";

	ASSERT_TRUE(place(AT(0), 1, RW) && place(AT(2), 1, RW));
	write_pages(AT(0), 1);
	EXPECT_TRUE(child_says(&self->trace, extend_page, AT(0), outcome,
			       "merged", next));
}

/* Since Linux 6.0, an extension is a merge, and special VMAs are not merged. */
TEST_F(verdict, extension_that_fails)
{
	int fd = region_open(4 * page_size(), MMAPDEMO_BY_AROUND);
	const struct event *e;

	ASSERT_LE(0, fd);
	ASSERT_TRUE(place_file(AT(0), 1, RW, fd, 0));
	if (kernel_before(6, 0)) {
		e = EXPECT_MERGE(extend_page(AT(0)), "prev", "merged",
				 "special");
		EXPECT_TRUE(event_is(e, "ret", "0"));
	} else {
		e = EXPECT_MERGE(!extend_page(AT(0)), "none", "special",
				 "special");
		EXPECT_EQ(-ENOMEM, (int)strtol(event_value(e, "ret"), NULL, 0));
	}
	EXPECT_TRUE(event_is(e, "cause", "extend"));
	close(fd);
}

/*
 * Before Linux 6.7, if a VMA has .close, the kernel extends the VMA without an
 * attempt to merge.
 */
TEST_F(verdict, extension_of_one_with_close)
{
	int id = shmget(IPC_PRIVATE, 4 * page_size(), IPC_CREAT | 0600);
	const struct event *e;

	ASSERT_LE(0, id);
	ASSERT_EQ(AT(0), shmat(id, AT(0), 0));
	ASSERT_EQ(0, shmctl(id, IPC_RMID, NULL));
	ASSERT_EQ(0, munmap(AT(2), 2 * page_size()));
	e = EXPECT_MERGE(mremap(AT(0), 2 * page_size(), 3 * page_size(), 0) ==
			 AT(0), "prev", "merged", NOBODY);
	EXPECT_TRUE(event_is(e, "cause", "extend"));
	EXPECT_TRUE(event_range_is(e, "range", AT(2), AT(3)));
}

/*
 * The VMA is moved to the next page, but the old mapping stays. A single VMA
 * could not represent both mappings.
 */
TEST_F(verdict, not_tried)
{
	int flags = MREMAP_MAYMOVE | MREMAP_FIXED | 4 /* MREMAP_DONTUNMAP */;

	if (kernel_before(6, 1))
		SKIP(return, "before 6.1 the new VMA merges with the old VMA");
	ASSERT_TRUE(place(AT(0), 1, RW));
	EXPECT_MERGE(mremap(AT(0), page_size(), page_size(), flags, AT(1)) ==
		     AT(1), "none", "not-tried", NOBODY);
	ASSERT_TRUE(place(AT(5), 1, RW));
	EXPECT_MERGE(move(AT(5), AT(2)), "prev", "merged", NOBODY);
}

/* Return the event whose range begins at @start. */
static const struct event *merge_at(const struct trace *trace, const void *start)
{
	for_each_event(e, trace) {
		if (event_num(e, "range") == (uintptr_t)start)
			return e;
	}
	return NULL;
}

/*
 * Make all changes before the trace is read, because a read of the trace
 * allocates memory.
 */
TEST_F(verdict, brk)
{
	size_t page = page_size();
	int failed;
	char *heap;

	ASSERT_NE((void *)-1, sbrk(2 * page));
	heap = (char *)(((uintptr_t)sbrk(0) + page - 1) & -page);
	ASSERT_TRUE(trace_begin(&self->trace, "vma_merge"));
	failed = brk(heap) || brk(heap + page) ||
		 mprotect(heap, page, PROT_READ) || brk(heap + 2 * page);
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_EQ(0, failed);
	EXPECT_TRUE(says(merge_at(&self->trace, heap), "prev", "merged",
			 NOBODY));
	EXPECT_TRUE(says(merge_at(&self->trace, heap + page), "none", "flags",
			 NOBODY));
}

/* ---- the limit ---- */

static const char limit[] = "/proc/sys/vm/max_map_count";

TEST_F(verdict, change_that_fails)
{
	const struct event *e;
	char *old, count[16];
	int failed;

	ASSERT_TRUE(place(AT(0), 3, RW));
	old = slurp(limit);
	ASSERT_NE(NULL, old);
	snprintf(count, sizeof(count), "%d", vmas_of_process());
	ASSERT_TRUE(trace_begin(&self->trace, "vma_merge"));
	put(limit, count);
	failed = mprotect(AT(1), page_size(), PROT_READ);
	put(limit, old);
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(-1, failed);
	e = only_event(&self->trace, MMAPDEMO_EVENT_VMA_MERGE);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(says(e, "none", "inside", "inside"));
	EXPECT_TRUE(event_is(e, "map_count", count));
	/* Before Linux 6.12, the kernel splits the VMA in a separate function. */
	EXPECT_EQ(kernel_before(6, 12) ? 0 : -ENOMEM,
		  (int)strtol(event_value(e, "ret"), NULL, 0));
	EXPECT_MERGE(!mprotect(AT(1), page_size(), PROT_READ), "none", "inside",
		     "inside");
	free(old);
}

/* ---- random changes ---- */

#define PLACES 12
#define CHANGES 2000

/*
 * Make random changes in children. Each child soon replaces all memory that it
 * has inherited.
 */
#define CHILDREN 16
#define CHILD_CHANGES 40

/*
 * The sequence of random numbers is always the same, so that failures are
 * reproducible.
 */
static unsigned int chance(unsigned int below)
{
	static __u32 state = 1;

	state = state * 1664525 + 1013904223;
	return (state >> 16) % below;
}

/* Make a random change. The pages may be mapped or not, so the calls may fail. */
static void change(char *area, int file)
{
	static const int prots[] = { PROT_NONE, PROT_READ, RW, RW };
	static const int advices[] = { MADV_DONTFORK, MADV_DOFORK,
				       MADV_DONTDUMP, MADV_DODUMP };
	size_t page = chance(PLACES - 3), pages = 1 + chance(3);
	char *at = page_at(area, page), *to = page_at(area, chance(PLACES));
	size_t length = pages * page_size();

	switch (chance(12)) {
	case 0:
	case 1:
		mmap(at, length, prots[chance(4)], ANON | MAP_FIXED, -1, 0);
		break;
	case 2:
		mmap(at, length, RW, MAP_PRIVATE | MAP_FIXED, file,
		     (page + 2 * !chance(4)) * page_size());
		break;
	case 3:
		mmap(at, length, RW, MAP_SHARED | MAP_FIXED, file,
		     page * page_size());
		break;
	case 4:
	case 5:
	case 6:
		mprotect(at, length, prots[chance(4)]);
		break;
	case 7:
		madvise(at, length, advices[chance(4)]);
		break;
	case 8:
		munmap(at, length);
		break;
	case 9:
		if (to + length <= at || to >= at + length)
			mremap(at, length, length,
			       MREMAP_MAYMOVE | MREMAP_FIXED, to);
		break;
	case 10:
		mremap(at, page_size(), 2 * page_size(), 0);
		break;
	case 11:
		bind_to(at, pages, chance(2) ? MPOL_BIND : MPOL_DEFAULT);
		break;
	}
	/*
	 * The file ends far above these pages. A touch can therefore not raise
	 * SIGBUS, but only SIGSEGV.
	 */
	if (chance(2))
		touch_write(at);
}

/*
 * Return true if the reason of this side and the outcome agree: the reason must
 * be "merged" exactly if this side was merged.
 */
static bool agrees(const struct event *e, const char *key, const char *side)
{
	bool merged = event_is(e, "outcome", "both") ||
		      event_is(e, "outcome", side);

	return !event_is(e, key, "unknown") &&
	       merged == event_is(e, key, "merged");
}

static size_t count_reason(const struct trace *trace, const char *reason)
{
	size_t count = 0;

	for_each_event(e, trace)
		count += event_is(e, "reason_prev", reason) +
			 event_is(e, "reason_next", reason);
	return count;
}

/* Return the number of events. Return -1 if a reason contradicts the outcome. */
static int check_changes(struct trace *trace, char *area, int file,
			 size_t changes)
{
	if (!trace_begin(trace, "vma_merge"))
		return -1;
	while (changes--)
		change(area, file);
	if (!trace_end(trace))
		return -1;
	for_each_event(e, trace) {
		if (agrees(e, "reason_prev", "prev") &&
		    agrees(e, "reason_next", "next"))
			continue;
		fprintf(stderr, "# disagrees: %s\n", e->fields);
		return -1;
	}
	return trace->count;
}

TEST_F(verdict, many_changes_go_as_the_verdict_says)
{
	static const char *const reasons[] = {
		"merged", "no-neighbour", "inside", "flags", "file", "pgoff",
		"policy",
	};
	char *area = hole((PLACES + 3) * page_size(), page_size());

	ASSERT_NE(NULL, area);
	ASSERT_LT(CHANGES / 2, check_changes(&self->trace, area, self->file,
					     CHANGES));
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		EXPECT_LT(9, count_reason(&self->trace, reasons[i])) {
			TH_LOG("%s", reasons[i]);
		}
	}
}

TEST_F(verdict, changes_after_fork_do_so_too)
{
	char *area = hole((PLACES + 3) * page_size(), page_size());
	size_t *forked = mmap(NULL, page_size(), RW, MAP_SHARED | MAP_ANONYMOUS,
			      -1, 0);

	ASSERT_TRUE(area && !failed(forked));
	for (size_t i = 0; i < CHILDREN; i++) {
		pid_t pid;

		for (size_t page = 0; page < PLACES; page += 2) {
			mmap(page_at(area, page), page_size(), RW,
			     ANON | MAP_FIXED, -1, 0);
			touch_write(page_at(area, page));
		}
		/*
		 * Let each child start at another position in the sequence of
		 * random numbers.
		 */
		chance(1);
		pid = fork_child();
		if (!pid) {
			if (check_changes(&self->trace, area, self->file,
					  CHILD_CHANGES) <= 0)
				_exit(1);
			*forked += count_reason(&self->trace, "forked");
			_exit(0);
		}
		ASSERT_EQ(0, wait_for(pid));
	}
	EXPECT_LT(9, *forked);
}

TEST_HARNESS_MAIN
