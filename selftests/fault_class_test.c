// SPDX-License-Identifier: GPL-2.0-only
/*
 * The field "class" of pte_fault, for small pages that are new or already in
 * memory. The other classes are covered by
 * fault_{swap,uffd,huge,numa,error}_test. The class "unknown" occurs only after
 * a race that a test can't force, so only class_test covers this class.
 *
 * Depends on: the kernel.
 */
#include "fault_page.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/uio.h>

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
	struct bystander child;

	ASSERT_EQ(0, touch_write(self->page));
	ASSERT_TRUE(bystander_fork(&child));
	e = trace_touch(&self->trace, self->page, true);
	ASSERT_TRUE(class_is(e, "wp-copy"));
	EXPECT_TRUE(event_has(e, "entry_before", "anon"));
	EXPECT_FALSE(event_has(e, "entry_before", "write"));
	ASSERT_TRUE(bystander_end(&child));
}

/*
 * A pin for reading is a long-term reader, which must not see stores of the
 * child. The page is therefore copied.
 */
TEST_F(fault, reading_by_a_pin_while_a_child_has_the_page_is_wp_copy)
{
	struct iovec remote = { .iov_base = self->page, .iov_len = 1 };
	struct iovec local = { .iov_base = (char [1]) { }, .iov_len = 1 };
	const struct event *e;
	struct bystander child;
	__u64 pfn;

	if (kernel_before(5, 19))
		SKIP(return, "before 5.19 a pin for reading does not copy the page");
	ASSERT_EQ(0, touch_write(self->page));
	ASSERT_TRUE(bystander_fork(&child));
	pfn = pfn_of(self->page);
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_EQ(1, process_vm_readv(getpid(), &local, 1, &remote, 1, 0));
	ASSERT_TRUE(trace_end(&self->trace));
	e = fault_at(&self->trace, self->page);
	ASSERT_TRUE(class_is(e, "wp-copy"));
	EXPECT_TRUE(event_is(e, "access", "read"));
	EXPECT_FALSE(event_has(e, "entry_before", "write"));
	EXPECT_FALSE(event_has(e, "entry_after", "write"));
	EXPECT_NE(pfn, event_num(e, "pfn"));
	EXPECT_EQ(pfn_of(self->page), event_num(e, "pfn"));
	ASSERT_TRUE(bystander_end(&child));
}

/* The page becomes write-protected when its soft-dirty bit is cleared. */
TEST_F(fault, write_to_an_own_page_that_is_not_writable_is_wp_reuse)
{
	const struct event *e;
	int node = 0;
	__u64 pfn;

	ASSERT_EQ(0, touch_write(self->page));
	pfn = pfn_of(self->page);
	/*
	 * A new page is in a per-CPU LRU batch, which holds a reference to the
	 * page. Kernels before 5.19 would copy the page because of the batch's
	 * reference. move_pages() flushes the batches first, even if it has no
	 * pages to move.
	 */
	if (kernel_before(5, 19))
		ASSERT_EQ(0, syscall(SYS_move_pages, 0, 0L, NULL, &node, &node,
				     0));
	ASSERT_TRUE(put("/proc/self/clear_refs", "4"));
	e = trace_touch(&self->trace, self->page, true);
	ASSERT_TRUE(class_is(e, "wp-reuse"));
	EXPECT_EQ(pfn, event_num(e, "pfn"));
	EXPECT_TRUE(event_has(e, "entry_before", "present"));
	EXPECT_FALSE(event_has(e, "entry_before", "write"));
	EXPECT_TRUE(event_has(e, "entry_after", "write"));
}

/* With PROT_NONE, the page table entry looks like a NUMA hint. */
TEST_F(fault, write_of_a_debugger_to_a_page_without_access_is_wp_copy)
{
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	const struct event *e;
	struct bystander child;
	ssize_t written;

	ASSERT_LE(0, mem);
	ASSERT_EQ(0, touch_write(self->page));
	ASSERT_TRUE(bystander_fork(&child));
	ASSERT_EQ(0, mprotect(self->page, page_size(), PROT_NONE));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	written = pwrite(mem, "x", 1, (uintptr_t)self->page);
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_TRUE(bystander_end(&child));
	close(mem);
	if (written != 1)
		SKIP(return, "/proc/self/mem can't override protection on this kernel");
	e = fault_at(&self->trace, self->page);
	ASSERT_TRUE(class_is(e, "wp-copy"));
	EXPECT_TRUE(event_has(e, "entry_before", "present"));
	EXPECT_TRUE(event_has(e, "entry_before", "protnone"));
	EXPECT_TRUE(event_has(e, "entry_after", "protnone"));
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

/* ---- two threads ---- */

struct writers {
	pthread_t thread[2];
	atomic_bool stop;
	char *page;
	size_t bytes;
};

static void *write_on(void *data)
{
	struct writers *writers = data;

	while (!writers->stop)
		*(volatile char *)writers->page = 1;
	return NULL;
}

/*
 * mmap() holds mmap_lock while it frees the old pages, beginning with the first
 * page. All pages together take so long to free that both writers can find no
 * entry for the first page, and then wait for the lock.
 */
static bool replace(struct writers *writers)
{
	for (size_t at = page_size(); at < writers->bytes; at += page_size())
		writers->page[at] = 1;
	return !failed(mmap(writers->page, writers->bytes,
			    PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
}

/* Two threads write to the first page of a mapping that is replaced repeatedly. */
static bool replace_under(struct writers *writers)
{
	bool replaced = true;
	int started;

	writers->stop = false;
	for (started = 0; started < 2; started++)
		if (pthread_create(&writers->thread[started], NULL, write_on,
				   writers))
			break;
	for (int i = 0; replaced && i < 4; i++)
		replaced = replace(writers);
	writers->stop = true;
	for (int i = 0; i < started; i++)
		pthread_join(writers->thread[i], NULL);
	return started == 2 && replaced;
}

TEST_F(fault, the_second_of_two_touches_is_spurious)
{
	struct writers writers = { .bytes = 2048 * page_size() };
	const struct event *second = NULL;

	writers.page = mmap(NULL, writers.bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_FALSE(failed(writers.page));
	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	for (int i = 0; !second && i < 100; i++) {
		ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
		ASSERT_TRUE(replace_under(&writers));
		ASSERT_TRUE(trace_end(&self->trace));
		for_each_event(e, &self->trace)
			if (fault_within(e, writers.page, page_size()) &&
			    event_is(e, "class", "spurious"))
				second = e;
	}
	ASSERT_NE(NULL, second);
	EXPECT_TRUE(event_has(second, "entry_before", "write"));
	EXPECT_TRUE(event_has(second, "entry_after", "write"));
	EXPECT_TRUE(event_has(second, "before", "PTE"));
	EXPECT_FALSE(event_has(second, "ret", "major"));
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
 * If the file has writeback, the read maps the page read-only, so the next
 * write faults. For any other file, the read maps the page writable. The test
 * then write-protects the page by clearing its soft-dirty bit.
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
