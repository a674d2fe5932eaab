// SPDX-License-Identifier: GPL-2.0-only
/*
 * pte_fault's class: every way a fault on small pages can take is provoked. Not
 * provoked are those that need a race or a broken machine: migration, numa,
 * oom, hwpoison, spurious, unknown.
 */
#include "fault.h"

#include <linux/userfaultfd.h>
#include <sys/swap.h>
#include <sys/syscall.h>

FIXTURE(fault)
{
	struct trace trace;
	char around[32];
	char *page;	/* anonymous, private, untouched */
};

FIXTURE_SETUP(fault)
{
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_TRUE(small_faults(self->around, sizeof(self->around)));
	self->page = map_anon(PAGES * page_size());
	ASSERT_FALSE(failed(self->page));
}

FIXTURE_TEARDOWN(fault)
{
	put(FAULT_AROUND, self->around);
	trace_destroy(&self->trace);
}

/* ---- anonymous memory ---- */

TEST_F(fault, first_read_of_anonymous_memory_is_anon_zero)
{
	const struct event *e = trace_touch(&self->trace, self->page, false);

	ASSERT_TRUE(class_is(e, "anon-zero"));
	EXPECT_TRUE(event_is(e, "access", "read"));
	EXPECT_TRUE(event_has(e, "entry_after", "zero"));
	EXPECT_FALSE(event_has(e, "entry_after", "write"));
}

TEST_F(fault, first_write_of_anonymous_memory_is_anon)
{
	const struct event *e = trace_touch(&self->trace, self->page, true);

	ASSERT_TRUE(class_is(e, "anon"));
	EXPECT_TRUE(event_is(e, "access", "write"));
	EXPECT_TRUE(event_is(e, "entry_before", ""));
	EXPECT_TRUE(event_has(e, "entry_after", "anon"));
	EXPECT_TRUE(event_has(e, "entry_after", "write"));
	EXPECT_TRUE(event_has(e, "entry_after", "dirty"));
}

TEST_F(fault, write_after_the_zero_page_is_wp_copy)
{
	const struct event *e;

	ASSERT_EQ(0, touch_read(self->page));
	e = trace_touch(&self->trace, self->page, true);
	ASSERT_TRUE(class_is(e, "wp-copy"));
	EXPECT_TRUE(event_has(e, "entry_before", "zero"));
	EXPECT_TRUE(event_has(e, "entry_after", "anon"));
}

TEST_F(fault, write_while_a_child_has_the_page_is_wp_copy)
{
	const struct event *e;
	int pipes[2];
	pid_t pid;
	char byte;

	ASSERT_EQ(0, touch_write(self->page));
	ASSERT_EQ(0, pipe(pipes));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(pipes[1]);
		_exit(read(pipes[0], &byte, 1));	/* till we close */
	}
	e = trace_touch(&self->trace, self->page, true);
	ASSERT_TRUE(class_is(e, "wp-copy"));
	EXPECT_TRUE(event_has(e, "entry_before", "anon"));
	EXPECT_FALSE(event_has(e, "entry_before", "write"));
	close(pipes[1]);
	ASSERT_EQ(0, wait_for(pid));
}

/* Clearing the soft dirty bits takes the permission to write away. */
TEST_F(fault, write_to_an_own_page_that_is_not_writable_is_wp_reuse)
{
	const struct event *e;
	__u64 pfn;

	ASSERT_EQ(0, touch_write(self->page));
	pfn = pfn_of(self->page);
	/*
	 * A new page waits to be put on a list of pages, and that counts as a
	 * user: kernels before 5.19 copy it then. This empties the queues.
	 */
	if (kernel_before(5, 19))
		ASSERT_TRUE(put("/proc/sys/vm/compact_memory", "1"));
	ASSERT_TRUE(put("/proc/self/clear_refs", "4"));
	e = trace_touch(&self->trace, self->page, true);
	ASSERT_TRUE(class_is(e, "wp-reuse"));
	EXPECT_EQ(pfn, event_num(e, "pfn"));
	EXPECT_TRUE(event_has(e, "entry_before", "present"));
	EXPECT_FALSE(event_has(e, "entry_before", "write"));
	EXPECT_TRUE(event_has(e, "entry_after", "write"));
}

TEST_F(fault, shared_anonymous_memory_is_a_file)
{
	char *map = mmap(NULL, 2 * page_size(), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ASSERT_FALSE(failed(map));
	EXPECT_TRUE(class_is(trace_touch(&self->trace, map, true), "shared"));
	map = page_at(map, 1);
	EXPECT_TRUE(class_is(trace_touch(&self->trace, map, false), "read"));
}

/* ---- swap ---- */

#define SWAP_PAGES 64

/* A swap file as mkswap makes it; leaves its path in @path. */
static bool swap_on(char *path)
{
	struct {
		char boot[1024];
		__u32 version, last_page, bad_pages;
	} header = { .version = 1, .last_page = SWAP_PAGES - 1 };
	char zeros[4096] = "";
	int fd = mkstemp(path);
	bool done = fd >= 0;

	for (int i = 0; done && i < SWAP_PAGES; i++)
		done = write(fd, zeros, page_size()) == (ssize_t)page_size();
	done = done &&
	       pwrite(fd, &header, sizeof(header), 0) == sizeof(header) &&
	       pwrite(fd, "SWAPSPACE2", 10, page_size() - 10) == 10 &&
	       !fsync(fd);
	close(fd);
	return done && !swapon(path, 0);
}

TEST_F(fault, a_page_that_was_swapped_out_is_swap)
{
	char path[] = "/var/tmp/mmapdemo-swap.XXXXXX";
	const struct event *e = NULL;

	if (!swap_on(path)) {
		unlink(path);
		SKIP(return, "no swap file on this file system");
	}
	strcpy(self->page, "swapped");
	/* It may be on its way to the list of reclaimable pages first. */
	for (int i = 0; i < 100 && pfn_of(self->page); i++)
		madvise(self->page, page_size(), MADV_PAGEOUT);
	EXPECT_EQ(0, pfn_of(self->page));
	e = trace_touch(&self->trace, self->page, false);
	EXPECT_TRUE(class_is(e, "swap"));
	EXPECT_TRUE(e && event_has(e, "entry_before", "swap"));
	EXPECT_TRUE(e && event_has(e, "entry_after", "anon"));
	EXPECT_STREQ("swapped", self->page);
	swapoff(path);
	unlink(path);
}

/* ---- userfaultfd ---- */

/* A child that answers one fault of its parent, by a page of zeros. */
static int answer_one(int uffd)
{
	struct uffdio_zeropage zero = { .range.len = page_size() };
	struct uffd_msg message;

	if (read(uffd, &message, sizeof(message)) != sizeof(message))
		return 1;
	zero.range.start = message.arg.pagefault.address & -page_size();
	return !!ioctl(uffd, UFFDIO_ZEROPAGE, &zero);
}

TEST_F(fault, a_page_that_userfaultfd_supplied_is_uffd)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range.start = (uintptr_t)self->page,
		.range.len = page_size(),
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	const struct event *e;
	pid_t pid;

	if (uffd < 0)
		SKIP(return, "no userfaultfd");
	ASSERT_EQ(0, ioctl(uffd, UFFDIO_API, &api));
	ASSERT_EQ(0, ioctl(uffd, UFFDIO_REGISTER, &range));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(answer_one(uffd));
	e = trace_touch(&self->trace, self->page, false);
	ASSERT_EQ(0, wait_for(pid));
	ASSERT_TRUE(class_is(e, "uffd"));
	EXPECT_LE(1, event_num(e, "retries"));
	close(uffd);
}

/* ---- files ---- */

FIXTURE(file)
{
	struct trace trace;
	char around[32];
	char *shared;
	char *private;
	int fd;
};

FIXTURE_VARIANT(file)
{
	int (*open)(void);
};

static int device_file(void)
{
	return device_open(O_RDWR);
}

FIXTURE_VARIANT_ADD(file, on_the_device) { .open = device_file };
FIXTURE_VARIANT_ADD(file, in_memory) { .open = memory_file };
FIXTURE_VARIANT_ADD(file, on_disk) { .open = disk_file };

FIXTURE_SETUP(file)
{
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_TRUE(small_faults(self->around, sizeof(self->around)));
	self->fd = variant->open();
	ASSERT_LE(0, self->fd);
	self->shared = device_map(self->fd, PAGES, MAP_SHARED, 0);
	self->private = device_map(self->fd, PAGES, MAP_PRIVATE, 0);
	ASSERT_FALSE(failed(self->shared) || failed(self->private));
}

FIXTURE_TEARDOWN(file)
{
	put(FAULT_AROUND, self->around);
	trace_destroy(&self->trace);
	close(self->fd);
}

TEST_F(file, first_read_is_read)
{
	const struct event *e;

	e = trace_touch(&self->trace, self->shared, false);
	EXPECT_TRUE(class_is(e, "read"));
	e = trace_touch(&self->trace, self->private, false);
	ASSERT_TRUE(class_is(e, "read"));
	EXPECT_EQ(pfn_of(self->shared), event_num(e, "pfn"));
	EXPECT_FALSE(event_has(e, "entry_after", "write"));
	EXPECT_FALSE(event_has(e, "entry_after", "anon"));
}

TEST_F(file, first_write_of_a_shared_mapping_is_shared)
{
	const struct event *e = trace_touch(&self->trace, self->shared, true);

	ASSERT_TRUE(class_is(e, "shared"));
	EXPECT_TRUE(event_has(e, "entry_after", "write"));
	EXPECT_FALSE(event_has(e, "entry_after", "anon"));
}

TEST_F(file, first_write_of_a_private_mapping_is_cow)
{
	const struct event *e = trace_touch(&self->trace, self->private, true);

	ASSERT_TRUE(class_is(e, "cow"));
	EXPECT_TRUE(event_is(e, "entry_before", ""));
	EXPECT_TRUE(event_has(e, "entry_after", "anon"));
}

TEST_F(file, write_after_read_of_a_private_mapping_is_wp_copy)
{
	const struct event *e;

	ASSERT_EQ(0, touch_read(self->private));
	e = trace_touch(&self->trace, self->private, true);
	ASSERT_TRUE(class_is(e, "wp-copy"));
	EXPECT_FALSE(event_has(e, "entry_before", "anon"));
	EXPECT_TRUE(event_has(e, "entry_after", "anon"));
}

/*
 * Only a file that is written back wants to know of the first write: any other
 * is writable at once. Clearing the soft dirty bits takes that away.
 */
TEST_F(file, write_after_read_of_a_shared_mapping_is_wp_shared)
{
	const struct event *e;

	ASSERT_EQ(0, touch_read(self->shared));
	if (variant->open != disk_file) {
		EXPECT_EQ(NULL, trace_touch(&self->trace, self->shared, true));
		ASSERT_TRUE(put("/proc/self/clear_refs", "4"));
	}
	e = trace_touch(&self->trace, self->shared, true);
	ASSERT_TRUE(class_is(e, "wp-shared"));
	EXPECT_EQ(pfn_of(self->shared), event_num(e, "pfn"));
	EXPECT_TRUE(event_has(e, "entry_after", "write"));
}

TEST_F(file, touching_past_the_end_is_sigbus)
{
	off_t end = variant->open == device_file ?
			    (off_t)device_info(self->fd).region_bytes :
			    (off_t)(PAGES * page_size());
	char *map = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED,
			 self->fd, end);
	const struct event *e;

	ASSERT_FALSE(failed(map));
	e = trace_touch(&self->trace, map, false);
	ASSERT_TRUE(class_is(e, "sigbus"));
	EXPECT_TRUE(event_has(e, "ret", "sigbus"));
	EXPECT_TRUE(event_is(e, "entry_after", ""));
	EXPECT_EQ(0, event_num(e, "pfn"));
	EXPECT_TRUE(class_is(trace_touch(&self->trace, map, true), "sigbus"));
}

TEST_F(file, a_touch_that_the_vma_forbids_is_no_fault)
{
	ASSERT_EQ(0, mprotect(self->shared, page_size(), PROT_READ));
	EXPECT_EQ(NULL, trace_touch(&self->trace, self->shared, true));
	EXPECT_EQ(SIGSEGV, touch_signal.si_signo);
	EXPECT_EQ(0, faults_in(&self->trace, self->shared, page_size(), NULL));
}

TEST_HARNESS_MAIN
