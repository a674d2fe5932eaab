// SPDX-License-Identifier: GPL-2.0-only
/*
 * pte_fault's class, where userfaultfd decides: pages it supplies, writes it
 * allows, and the markers it leaves in the page table.
 *
 * Depends on: the kernel.
 */
#include "fault.h"

#include <linux/userfaultfd.h>

/* Linux 6.4 */
#ifndef UFFD_FEATURE_WP_UNPOPULATED
#define UFFD_FEATURE_WP_UNPOPULATED (1 << 13)
#endif

/* Linux 6.6 */
#ifndef UFFDIO_POISON
#define UFFD_FEATURE_POISON (1 << 14)
#define UFFDIO_POISON _IOWR(UFFDIO, 0x08, struct uffdio_poison)
struct uffdio_poison {
	struct uffdio_range range;
	__u64 mode;
	__s64 updated;
};
#endif

FIXTURE(uffd)
{
	struct trace trace;
	char around[32];
	char *page;	/* untouched */
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

/* False: the kernel does not know these features. */
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

/* A page of zeros. */
static bool supply(int fd, __u64 page)
{
	struct uffdio_zeropage zero = {
		.range.start = page,
		.range.len = page_size(),
	};

	return !ioctl(fd, UFFDIO_ZEROPAGE, &zero);
}

/* A child that answers one fault of its parent. */
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
	_exit(message.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP ?
		      !protect(fd, page, false) :
		      !supply(fd, page));
}

#define WP_SINCE "userfaultfd protects no memory of files before 5.19"
#define UNPOPULATED_SINCE \
	"userfaultfd protects no anonymous memory that is not there before 6.4"

TEST_F(uffd, a_page_that_userfaultfd_supplied_is_uffd)
{
	const struct event *e;
	pid_t pid;

	ASSERT_TRUE(watch(self->fd, self->page, 0,
			  UFFDIO_REGISTER_MODE_MISSING));
	pid = answer_one(self->fd);
	ASSERT_LE(0, pid);
	e = trace_touch(&self->trace, self->page, false);
	ASSERT_EQ(0, wait_for(pid));
	ASSERT_TRUE(class_is(e, "uffd"));
	EXPECT_LE(1, event_num(e, "retries"));
	EXPECT_TRUE(event_is(e, "entry_before", ""));
	EXPECT_TRUE(event_has(e, "entry_after", "present"));
}

TEST_F(uffd, a_write_that_userfaultfd_allowed_is_uffd)
{
	const struct event *e;
	pid_t pid;

	if (!watch(self->fd, self->page, UFFD_FEATURE_PAGEFAULT_FLAG_WP |
		   (variant->shared ? UFFD_FEATURE_WP_HUGETLBFS_SHMEM : 0),
		   UFFDIO_REGISTER_MODE_WP)) {
		ASSERT_TRUE(variant->shared && kernel_before(5, 19));
		SKIP(return, WP_SINCE);
	}
	ASSERT_EQ(0, touch_write(self->page));
	ASSERT_TRUE(protect(self->fd, (uintptr_t)self->page, true));
	pid = answer_one(self->fd);
	ASSERT_LE(0, pid);
	e = trace_touch(&self->trace, self->page, true);
	ASSERT_EQ(0, wait_for(pid));
	ASSERT_TRUE(class_is(e, "uffd"));
	EXPECT_LE(1, event_num(e, "retries"));
	EXPECT_TRUE(event_has(e, "entry_before", "uffd-wp"));
	EXPECT_FALSE(event_has(e, "entry_after", "uffd-wp"));
	EXPECT_TRUE(event_has(e, "entry_after", "write"));
}

/* What is not there can be protected too: a marker remembers. */
TEST_F(uffd, a_protected_page_that_is_not_there_is_marker)
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
		SKIP(return, "userfaultfd poisons no pages before 6.6");
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
