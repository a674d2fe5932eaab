// SPDX-License-Identifier: GPL-2.0-only
/*
 * The field "class" of pte_fault for memory that is registered with
 * userfaultfd. The tests cover pages that userfaultfd supplies, writes that it
 * allows, and markers that it leaves in the page table.
 *
 * Depends on: the kernel.
 */
#include "fault.h"

#include <linux/userfaultfd.h>
#include <time.h>

/* UFFD_FEATURE_WP_UNPOPULATED exists since Linux 6.4. */
#ifndef UFFD_FEATURE_WP_UNPOPULATED
#define UFFD_FEATURE_WP_UNPOPULATED (1 << 13)
#endif

/* UFFDIO_POISON exists since Linux 6.6. */
#ifndef UFFDIO_POISON
#define UFFD_FEATURE_POISON (1 << 14)
#define UFFDIO_POISON _IOWR(UFFDIO, 0x08, struct uffdio_poison)
struct uffdio_poison {
	struct uffdio_range range;
	__u64 mode;
	__s64 updated;
};
#endif

/* since Linux 7.3 */
#ifndef UFFDIO_RWPROTECT
#define UFFD_PAGEFAULT_FLAG_RWP (1 << 3)
#define UFFD_FEATURE_RWP (1 << 17)
#define UFFD_FEATURE_RWP_ASYNC (1 << 18)
#define UFFDIO_REGISTER_MODE_RWP ((__u64)1 << 3)
#define UFFDIO_RWPROTECT_MODE_RWP ((__u64)1 << 0)
#define UFFDIO_RWPROTECT _IOWR(UFFDIO, 0x09, struct uffdio_rwprotect)
struct uffdio_rwprotect {
	struct uffdio_range range;
	__u64 mode;
};
#endif

FIXTURE(uffd)
{
	struct trace trace;
	char around[32];
	char *page;	/* an untouched page */
	int fd;
};

FIXTURE_VARIANT(uffd)
{
	bool shared;
};

FIXTURE_VARIANT_ADD(uffd, anonymous) { .shared = false };
FIXTURE_VARIANT_ADD(uffd, in_memory) { .shared = true };

FIXTURE_SETUP(uffd)
{
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_TRUE(small_faults(self->around, sizeof(self->around)));
	self->page = variant->shared ?
			     device_map(memory_file(), PAGES, MAP_SHARED, 0) :
			     map_anon(PAGES * page_size());
	ASSERT_FALSE(failed(self->page));
	self->fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(uffd)
{
	put(FAULT_AROUND, self->around);
	trace_destroy(&self->trace);
	close(self->fd);
}

/*
 * Register a page with userfaultfd. Return false if the kernel does not support
 * all @features.
 */
static bool watch(int fd, char *page, __u64 features, __u64 mode)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	struct uffdio_register range = {
		.range.start = (uintptr_t)page,
		.range.len = page_size(),
		.mode = mode,
	};

	return !ioctl(fd, UFFDIO_API, &api) &&
	       !ioctl(fd, UFFDIO_REGISTER, &range);
}

static bool protect(int fd, __u64 page, bool on)
{
	struct uffdio_writeprotect range = {
		.range.start = page,
		.range.len = page_size(),
		.mode = on ? UFFDIO_WRITEPROTECT_MODE_WP : 0,
	};

	return !ioctl(fd, UFFDIO_WRITEPROTECT, &range);
}

/* Protect a page against every access, or end this protection. */
static bool forbid(int fd, __u64 page, bool on)
{
	struct uffdio_rwprotect range = {
		.range.start = page,
		.range.len = page_size(),
		.mode = on ? UFFDIO_RWPROTECT_MODE_RWP : 0,
	};

	return !ioctl(fd, UFFDIO_RWPROTECT, &range);
}

/* Supply a page of zeros to the task that waits for it. */
static bool supply(int fd, __u64 page)
{
	struct uffdio_zeropage zero = {
		.range.start = page,
		.range.len = page_size(),
	};

	return !ioctl(fd, UFFDIO_ZEROPAGE, &zero);
}

/* Fork a child that answers one fault of its parent. */
static pid_t answer_one(int fd)
{
	struct uffd_msg message;
	pid_t pid = fork_child();
	__u64 page;

	if (pid)
		return pid;
	if (read(fd, &message, sizeof(message)) != sizeof(message))
		_exit(1);
	page = message.arg.pagefault.address & -page_size();
	if (message.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_RWP)
		_exit(!forbid(fd, page, false));
	_exit(message.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP ?
		      !protect(fd, page, false) :
		      !supply(fd, page));
}

/*
 * Touch the page while a child answers the fault. Return the event of the fault, or
 * NULL if the child or the trace failed.
 */
static const struct event *touch_answered(FIXTURE_DATA(uffd) *self, bool write)
{
	pid_t pid = answer_one(self->fd);
	const struct event *e;

	if (pid < 0)
		return NULL;
	e = trace_touch(&self->trace, self->page, write);
	return wait_for(pid) ? NULL : e;
}

#define WP_SINCE "userfaultfd can't protect memory of files before 5.19"
#define UNPOPULATED_SINCE \
	"userfaultfd can't protect missing anonymous pages before 6.4"

TEST_F(uffd, a_page_that_userfaultfd_supplied_is_uffd)
{
	const struct event *e;

	ASSERT_TRUE(watch(self->fd, self->page, 0,
			  UFFDIO_REGISTER_MODE_MISSING));
	e = touch_answered(self, false);
	ASSERT_NE(NULL, e);
	ASSERT_TRUE(class_is(e, "uffd"));
	EXPECT_LE(1, event_num(e, "retries"));
	EXPECT_TRUE(event_is(e, "entry_before", ""));
	EXPECT_TRUE(event_has(e, "entry_after", "present"));
}

TEST_F(uffd, a_write_that_userfaultfd_allowed_is_uffd)
{
	const struct event *e;

	if (!watch(self->fd, self->page, UFFD_FEATURE_PAGEFAULT_FLAG_WP |
		   (variant->shared ? UFFD_FEATURE_WP_HUGETLBFS_SHMEM : 0),
		   UFFDIO_REGISTER_MODE_WP)) {
		ASSERT_TRUE(variant->shared && kernel_before(5, 19));
		SKIP(return, WP_SINCE);
	}
	ASSERT_EQ(0, touch_write(self->page));
	ASSERT_TRUE(protect(self->fd, (uintptr_t)self->page, true));
	e = touch_answered(self, true);
	ASSERT_NE(NULL, e);
	ASSERT_TRUE(class_is(e, "uffd"));
	EXPECT_LE(1, event_num(e, "retries"));
	EXPECT_TRUE(event_has(e, "entry_before", "uffd-wp"));
	EXPECT_FALSE(event_has(e, "entry_after", "uffd-wp"));
	EXPECT_TRUE(event_has(e, "entry_after", "write"));
}

#define RWP_SINCE "userfaultfd can't protect pages against reads before 7.3"

TEST_F(uffd, an_access_that_userfaultfd_allowed_is_uffd)
{
	const struct event *e;

	if (!watch(self->fd, self->page, UFFD_FEATURE_RWP,
		   UFFDIO_REGISTER_MODE_RWP)) {
		ASSERT_TRUE(kernel_before(7, 3));
		SKIP(return, RWP_SINCE);
	}
	ASSERT_EQ(0, touch_write(self->page));
	ASSERT_TRUE(forbid(self->fd, (uintptr_t)self->page, true));
	e = touch_answered(self, false);
	ASSERT_NE(NULL, e);
	ASSERT_TRUE(class_is(e, "uffd"));
	EXPECT_LE(1, event_num(e, "retries"));
	EXPECT_TRUE(event_has(e, "entry_before", "uffd-wp"));
	EXPECT_TRUE(event_has(e, "entry_before", "protnone"));
	EXPECT_FALSE(event_has(e, "entry_after", "uffd-wp"));
	EXPECT_FALSE(event_has(e, "entry_after", "protnone"));
}

/*
 * In asynchronous mode, the kernel ends the protection without a message to the
 * program.
 */
TEST_F(uffd, an_access_that_userfaultfd_noted_is_uffd)
{
	const struct event *e;

	if (!watch(self->fd, self->page,
		   UFFD_FEATURE_RWP | UFFD_FEATURE_RWP_ASYNC,
		   UFFDIO_REGISTER_MODE_RWP)) {
		ASSERT_TRUE(kernel_before(7, 3));
		SKIP(return, RWP_SINCE);
	}
	ASSERT_EQ(0, touch_write(self->page));
	ASSERT_TRUE(forbid(self->fd, (uintptr_t)self->page, true));
	e = trace_touch(&self->trace, self->page, false);
	ASSERT_TRUE(class_is(e, "uffd"));
	EXPECT_EQ(0, event_num(e, "retries"));
	EXPECT_TRUE(event_has(e, "entry_before", "uffd-wp"));
	EXPECT_FALSE(event_has(e, "entry_after", "uffd-wp"));
}

/*
 * Even a page that is missing can be write-protected. The kernel then puts a
 * marker into the page table.
 */
TEST_F(uffd, a_touch_of_a_protected_missing_page_is_marker)
{
	const struct event *e;

	if (!watch(self->fd, self->page, variant->shared ?
		   UFFD_FEATURE_WP_HUGETLBFS_SHMEM : UFFD_FEATURE_WP_UNPOPULATED,
		   UFFDIO_REGISTER_MODE_WP)) {
		ASSERT_TRUE(kernel_before(6, variant->shared ? 0 : 4));
		SKIP(return, "%s", variant->shared ? WP_SINCE :
						     UNPOPULATED_SINCE);
	}
	ASSERT_TRUE(protect(self->fd, (uintptr_t)self->page, true));
	e = trace_touch(&self->trace, self->page, false);
	ASSERT_TRUE(class_is(e, "marker"));
	EXPECT_TRUE(event_is(e, "entry_before", "marker|uffd-wp"));
	EXPECT_TRUE(event_has(e, "entry_after", "present"));
	EXPECT_TRUE(event_has(e, "entry_after", "uffd-wp"));
	EXPECT_FALSE(event_has(e, "entry_after", "write"));
}

/* ---- between two attempts ---- */

#define LATE_NS 50000000

/*
 * Fork a child that answers one fault of its parent after a delay. If @signal
 * is not 0, the child first sends this signal to its parent.
 */
static pid_t answer_later(int fd, int signal)
{
	const struct timespec delay = { .tv_nsec = LATE_NS };
	struct uffd_msg message;
	pid_t pid = fork_child();

	if (pid)
		return pid;
	if (read(fd, &message, sizeof(message)) != sizeof(message))
		_exit(1);
	/* The signal makes the parent leave the fault, and then retry it. */
	if (signal && (kill(getppid(), signal) ||
		       read(fd, &message, sizeof(message)) != sizeof(message)))
		_exit(1);
	nanosleep(&delay, NULL);
	_exit(!supply(fd, message.arg.pagefault.address & -page_size()));
}

TEST_F(uffd, all_attempts_are_one_fault_and_part_of_its_duration)
{
	const struct event *e;
	pid_t pid;

	ASSERT_TRUE(watch(self->fd, self->page, 0,
			  UFFDIO_REGISTER_MODE_MISSING));
	pid = answer_later(self->fd, 0);
	ASSERT_LE(0, pid);
	e = trace_touch(&self->trace, self->page, false);
	ASSERT_EQ(0, wait_for(pid));
	ASSERT_TRUE(class_is(e, "uffd"));
	EXPECT_LE(1, event_num(e, "retries"));
	EXPECT_LE(LATE_NS, event_num(e, "duration"));
}

static char *between_page;	/* page that the handler touches or unmaps */

static void between_touch(int unused)
{
	(void)unused;
	if (between_page)
		(void)*(volatile char *)between_page;
}

static void between_unmap(int unused)
{
	(void)unused;
	munmap(between_page, between_page ? 3 * page_size() : 0);
}

/* Trace one fault. SIGUSR1 arrives after the first attempt, and calls @handler. */
static bool trace_between(struct trace *trace, int fd, char *page,
			  void (*handler)(int), char *between)
{
	bool done;
	pid_t pid;

	/*
	 * Run the handler once, so that it touches all memory that it needs,
	 * and causes no faults later.
	 */
	signal(SIGUSR1, handler);
	between_page = NULL;
	raise(SIGUSR1);
	between_page = between;
	pid = answer_later(fd, SIGUSR1);
	done = pid > 0 && trace_begin(trace, "pte_fault vma_unlink") &&
	       !touch_read(page);
	return trace_end(trace) && !wait_for(pid) && done;
}

TEST_F(uffd, a_fault_elsewhere_between_two_attempts_is_separate)
{
	char *elsewhere = map_anon(2 * page_size());
	const struct event *e;

	ASSERT_FALSE(failed(elsewhere));
	/*
	 * The kernel may retry a fault if no page of the VMA was touched
	 * before, so touch one page.
	 */
	write_pages(page_at(elsewhere, 1), 1);
	ASSERT_TRUE(watch(self->fd, self->page, 0,
			  UFFDIO_REGISTER_MODE_MISSING));
	ASSERT_TRUE(trace_between(&self->trace, self->fd, self->page,
				  between_touch, elsewhere));
	e = fault_at(&self->trace, elsewhere);
	ASSERT_TRUE(class_is(e, "anon-zero"));
	EXPECT_EQ(0, event_num(e, "retries"));
	ASSERT_TRUE(class_is(fault_at(&self->trace, self->page), "uffd"));
}

/*
 * At the start of munmap(), the module stores data for the end of munmap(). The
 * stored data must not overwrite the data of the fault.
 */
TEST_F(uffd, unmapping_between_two_attempts_is_separate)
{
	char *range = map_anon(3 * page_size());
	const struct event *e;

	ASSERT_FALSE(failed(range));
	ASSERT_EQ(0, mprotect(page_at(range, 1), page_size(), PROT_READ));
	ASSERT_TRUE(watch(self->fd, self->page, 0,
			  UFFDIO_REGISTER_MODE_MISSING));
	ASSERT_TRUE(trace_between(&self->trace, self->fd, self->page,
				  between_unmap, range));
	e = fault_at(&self->trace, self->page);
	ASSERT_TRUE(class_is(e, "uffd"));
	EXPECT_LE(2, event_num(e, "retries"));
	EXPECT_LE(LATE_NS, event_num(e, "duration"));
	e = only_event(&self->trace, MMAPDEMO_EVENT_VMA_UNLINK);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_range_is(e, "range", range, page_at(range, 3)));
	EXPECT_EQ(3, event_num(e, "vmas"));
}

TEST_F(uffd, a_page_that_userfaultfd_poisoned_is_hwpoison)
{
	struct uffdio_poison poison = {
		.range.start = (uintptr_t)self->page,
		.range.len = page_size(),
	};
	const struct event *e;

	if (!watch(self->fd, self->page, UFFD_FEATURE_POISON,
		   UFFDIO_REGISTER_MODE_MISSING)) {
		ASSERT_TRUE(kernel_before(6, 6));
		SKIP(return, "userfaultfd can't poison pages before 6.6");
	}
	ASSERT_EQ(0, ioctl(self->fd, UFFDIO_POISON, &poison));
	e = trace_touch(&self->trace, self->page, false);
	ASSERT_TRUE(class_is(e, "hwpoison"));
	EXPECT_EQ(SIGBUS, touch_signal.si_signo);
	EXPECT_TRUE(event_is(e, "entry_before", "marker"));
	EXPECT_TRUE(event_is(e, "entry_after", "marker"));
	EXPECT_EQ(0, event_num(e, "pfn"));
}

TEST_HARNESS_MAIN
