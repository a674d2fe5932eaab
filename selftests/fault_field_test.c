// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fields of pte_fault except "class", compared with /proc, the clock and
 * the counters of the kernel. The test also checks that each fault causes
 * exactly one event.
 *
 * Depends on: the kernel.
 */
#include "fault.h"
#include "region.h"

#include <linux/membarrier.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>

FIXTURE(field)
{
	struct trace trace;
	char around[32];
};

FIXTURE_SETUP(field)
{
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_TRUE(small_faults(self->around, sizeof(self->around)));
}

FIXTURE_TEARDOWN(field)
{
	put(FAULT_AROUND, self->around);
	trace_destroy(&self->trace);
}

/* ---- number of faults ---- */

TEST_F(field, each_anonymous_page_is_one_fault)
{
	size_t length = PAGES * page_size();
	char *map = map_anon(length);

	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	write_pages(map, PAGES);
	write_pages(map, PAGES);
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(PAGES, faults_in(&self->trace, map, length, "anon"));
	EXPECT_EQ(PAGES, faults_in(&self->trace, map, length, NULL));
	for (size_t i = 0; i < PAGES; i++)
		EXPECT_NE(NULL, fault_at(&self->trace, page_at(map, i)));
}

TEST_F(field, the_device_counts_the_same_faults)
{
	size_t length = PAGES * page_size();
	struct mmapdemo_stat before, after;
	int fd = device_open(O_RDWR);
	char *shared = device_map(fd, PAGES, MAP_SHARED, 0);
	char *private = device_map(fd, PAGES, MAP_PRIVATE, 0);

	ASSERT_FALSE(failed(shared) || failed(private));
	before = device_stat(fd);
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	read_pages(shared, 7);
	write_pages(shared, PAGES);
	write_pages(private, 11);
	read_pages(private, 13);
	ASSERT_TRUE(trace_end(&self->trace));
	after = device_stat(fd);
	EXPECT_EQ(after.read_faults - before.read_faults,
		  faults_in(&self->trace, shared, length, "read") +
		  faults_in(&self->trace, private, length, "read"));
	EXPECT_EQ(PAGES - 7, faults_in(&self->trace, shared, length, "shared"));
	EXPECT_EQ(after.shared_faults - before.shared_faults, PAGES - 7);
	EXPECT_EQ(11, faults_in(&self->trace, private, length, "cow"));
	EXPECT_EQ(after.cow_faults - before.cow_faults, 11);
	close(fd);
}

/*
 * Cause many kinds of faults: faults of the kernel and of get_user_pages(), a
 * fault with an error, a fault that copies, and a fault that reads from disk.
 */
static bool mixed_faults(int disk)
{
	size_t length = PAGES * page_size();
	char *anon = map_anon(length), *file, *locked;

	file = device_map(disk, PAGES, MAP_PRIVATE, 0);
	locked = mmap(NULL, length, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (failed(anon) || failed(file) || failed(locked))
		return false;
	read_pages(anon, PAGES);
	write_pages(anon, 7);
	read_pages(file, 3);
	write_pages(file, 5);
	if (pread(disk, page_at(anon, 11), page_size(), 0) < 0 ||
	    mprotect(anon, length, PROT_READ) ||
	    touch_write(anon) != SIGSEGV || ftruncate(disk, page_size()) ||
	    touch_read(page_at(file, PAGES - 1)) != SIGBUS)
		return false;
	munmap(locked, length);
	munmap(file, length);
	return !munmap(anon, length);
}

static void forget_pages(int fd)
{
	fsync(fd);
	put("/proc/sys/vm/drop_caches", "3");
}

/*
 * The kernel counts faults in mm_account_fault(). A fault of any origin is
 * counted for the task that calls handle_mm_fault(), unless handle_mm_fault()
 * returns VM_FAULT_RETRY or one of VM_FAULT_ERROR. A fault is counted as major
 * if it waited for the disk or was tried twice. So the kernel counts the faults
 * of all events, except events with an error in the field "ret" (sigbus,
 * sigsegv, oom, hwpoison). A touch that no VMA allows causes no event, and is
 * not counted either.
 */
TEST_F(field, all_faults_together_are_the_count_of_getrusage)
{
	struct rusage before, after;
	long minor = 0, major = 0, errors = 0;
	int disk;

	/* Touch all memory that the test itself uses. */
	disk = disk_file();
	ASSERT_LE(0, disk);
	ASSERT_TRUE(mixed_faults(disk));
	disk = disk_file();
	forget_pages(disk);
	getrusage(RUSAGE_SELF, &before);
	getrusage(RUSAGE_SELF, &after);

	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	getrusage(RUSAGE_SELF, &before);
	ASSERT_TRUE(mixed_faults(disk));
	getrusage(RUSAGE_SELF, &after);
	ASSERT_TRUE(trace_end(&self->trace));
	for_each_event(e, &self->trace) {
		bool waited = event_has(e, "ret", "major") ||
			      event_num(e, "retries");
		bool error = event_has(e, "ret", "sigbus");

		errors += error;
		major += !error && waited;
		minor += !error && !waited;
	}
	EXPECT_LE(1, errors);
	EXPECT_LE(2 * PAGES + 7, minor);
	EXPECT_EQ(after.ru_minflt - before.ru_minflt, minor);
	EXPECT_EQ(after.ru_majflt - before.ru_majflt, major);
}

/* ---- location ---- */

/*
 * Return true if the fields about the VMA match the line of this VMA in
 * /proc/self/maps.
 */
static bool vma_agrees(const struct event *e, const struct vma *vma)
{
	char prot[5] = "", *p = prot;

	for (int i = 0; i < 4; i++)
		if (strchr("rwxs", vma->prot[i]))
			*p++ = vma->prot[i];
	return event_range_is(e, "vma", (void *)vma->start,
			      (void *)vma->end) &&
	       event_is(e, "prot", prot) && event_file_is(e, vma) &&
	       (!vma->ino ||
		event_num(e, "pgoff") == vma->offset / page_size());
}

static bool agrees_with_proc(struct trace *trace, char *page, bool write)
{
	const struct event *e = trace_touch(trace, page, write);
	struct vma vma;

	return e && vma_of(page, &vma) && vma_agrees(e, &vma) &&
	       event_num(e, "address") == (uintptr_t)page &&
	       event_num(e, "pfn") && event_num(e, "pfn") == pfn_of(page);
}

TEST_F(field, vma_and_page_frame_are_those_of_proc)
{
	int fd = device_open(O_RDWR), disk = disk_file();
	char *map;

	map = map_anon(PAGES * page_size());
	EXPECT_TRUE(agrees_with_proc(&self->trace, page_at(map, 5), true));
	EXPECT_TRUE(agrees_with_proc(&self->trace, page_at(map, 6), false));
	map = device_map(fd, PAGES, MAP_SHARED, 3);
	EXPECT_TRUE(agrees_with_proc(&self->trace, page_at(map, 5), true));
	EXPECT_TRUE(agrees_with_proc(&self->trace, page_at(map, 6), false));
	map = device_map(disk, PAGES - 2, MAP_PRIVATE, 2);
	EXPECT_TRUE(agrees_with_proc(&self->trace, page_at(map, 5), true));
	EXPECT_TRUE(agrees_with_proc(&self->trace, page_at(map, 6), false));
	map = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, disk, 0);
	EXPECT_TRUE(agrees_with_proc(&self->trace, map, false));
	close(fd);
	close(disk);
}

TEST_F(field, address_and_instruction_are_those_of_the_touch)
{
	char *byte = map_anon(page_size()) + 1234;
	const struct event *e = trace_touch(&self->trace, byte, true);
	struct vma ip, text;

	ASSERT_NE(NULL, e);
	EXPECT_EQ((uintptr_t)byte, event_num(e, "address"));
	EXPECT_TRUE(event_is(e, "from", "user"));
	ASSERT_TRUE(vma_of((void *)event_num(e, "ip"), &ip));
	ASSERT_TRUE(vma_of((void *)vma_agrees, &text));
	EXPECT_EQ(text.start, ip.start);
	EXPECT_TRUE(event_is(e, "trigger", "exception"));
	EXPECT_TRUE(event_is(e, "nr", "-1"));
}

#ifdef __x86_64__
TEST_F(field, an_instruction_fetch_is_exec)
{
	int fd = memory_file();
	const struct event *e;
	char *code;

	ASSERT_EQ(1, pwrite(fd, "\xc3", 1, 0));		/* ret */
	code = mmap(NULL, page_size(), PROT_READ | PROT_EXEC, MAP_PRIVATE, fd,
		    0);
	ASSERT_FALSE(failed(code));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	((void (*)(void))code)();
	ASSERT_TRUE(trace_end(&self->trace));
	e = fault_at(&self->trace, code);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_is(e, "access", "exec"));
	EXPECT_TRUE(event_is(e, "prot", "rx"));
	EXPECT_TRUE(event_has(e, "entry_after", "exec"));
	EXPECT_EQ((uintptr_t)code, event_num(e, "ip"));
	close(fd);
}
#endif

static __u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

TEST_F(field, duration_is_within_that_of_the_touch)
{
	char *map = map_anon(page_size());
	const struct event *e;
	__u64 start, end;

	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	start = now();
	*map = 1;
	end = now();
	ASSERT_TRUE(trace_end(&self->trace));
	e = fault_at(&self->trace, map);
	ASSERT_NE(NULL, e);
	EXPECT_LT(0, event_num(e, "duration"));
	EXPECT_LE(event_num(e, "duration"), end - start);
}

/* ---- origin ---- */

TEST_F(field, the_kernel_touching_for_a_system_call_is_kernel)
{
	char *map = map_anon(page_size());
	int fd = memory_file();
	const struct event *e;
	struct vma vma;

	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_EQ(10, pread(fd, map + 7, 10, 0));
	ASSERT_TRUE(trace_end(&self->trace));
	e = fault_at(&self->trace, map);
	ASSERT_TRUE(class_is(e, "anon"));
	EXPECT_TRUE(event_is(e, "from", "kernel"));
	EXPECT_TRUE(event_is(e, "access", "write"));
	EXPECT_TRUE(event_is(e, "trigger", "syscall"));
	EXPECT_EQ(SYS_pread64, event_num(e, "nr"));
	/* The field "ip" is the address of the code that made the system call. */
	ASSERT_TRUE(vma_of((void *)event_num(e, "ip"), &vma));
	EXPECT_EQ('x', vma.prot[2]);
	close(fd);
}

/* Return true if all events in a range have this value in the field @key. */
static bool all_faults_are(const struct trace *trace, const char *start,
			   const char *key, const char *value)
{
	for_each_event(e, trace)
		if (fault_within(e, start, PAGES * page_size()) &&
		    !event_is(e, key, value))
			return false;
	return true;
}

/*
 * The last step of a fork stores the child's TID. The child itself runs this
 * step.
 */
TEST_F(field, fork_and_exec_fault_too)
{
	size_t forks = 0, execs = 0;
	pid_t pid = trace_exec(&self->trace);

	ASSERT_LT(0, pid);
	for_each_event(e, &self->trace) {
		if (e->pid != pid)
			continue;
		forks += event_is(e, "trigger", "fork") &&
			 event_is(e, "from", "kernel");
		execs += event_is(e, "trigger", "exec");
	}
	EXPECT_LT(0, forks);
	EXPECT_LT(0, execs);
}

TEST_F(field, map_populate_is_gup)
{
	size_t length = PAGES * page_size();
	char *map;

	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	map = mmap(NULL, length, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_FALSE(failed(map));
	EXPECT_EQ(PAGES, faults_in(&self->trace, map, length, "anon"));
	EXPECT_TRUE(all_faults_are(&self->trace, map, "from", "gup"));
	EXPECT_TRUE(all_faults_are(&self->trace, map, "trigger", "syscall"));
	EXPECT_EQ(SYS_mmap, event_num(fault_at(&self->trace, map), "nr"));
}

TEST_F(field, mlock_is_gup)
{
	size_t length = PAGES * page_size();
	char *map = map_anon(length);

	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_EQ(0, mlock(map, length));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(PAGES, faults_in(&self->trace, map, length, "anon"));
	EXPECT_TRUE(all_faults_are(&self->trace, map, "from", "gup"));
}

TEST_F(field, touching_another_process_is_remote)
{
	size_t length = PAGES * page_size();
	char *map = map_anon(length), *own = malloc(length);
	struct iovec local = { .iov_base = own, .iov_len = length };
	struct iovec remote = { .iov_base = map, .iov_len = length };
	struct bystander child;
	const struct event *e;

	ASSERT_FALSE(failed(map));
	memset(own, 'o', length);
	ASSERT_TRUE(bystander_fork(&child));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	*map = 1;
	ASSERT_EQ((ssize_t)length,
		  process_vm_writev(child.pid, &local, 1, &remote, 1, 0));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(PAGES + 1, faults_in(&self->trace, map, length, "anon"));
	e = fault_at(&self->trace, page_at(map, 1));
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_is(e, "from", "remote"));
	EXPECT_EQ(SYS_process_vm_writev, event_num(e, "nr"));
	EXPECT_EQ(getpid(), e->pid);
	EXPECT_EQ(pfn_in(child.pid, page_at(map, 1)), event_num(e, "pfn"));
	/*
	 * Faults of the test itself are in another address space than those of
	 * the child.
	 */
	for_each_event(mine, &self->trace)
		if (fault_within(mine, map, length))
			EXPECT_EQ(event_is(mine, "from", "user"),
				  event_num(mine, "mm") != event_num(e, "mm"));
	ASSERT_TRUE(bystander_end(&child));
	free(own);
}

/*
 * The page table of another process can be read only under a lock. When the
 * fault ends, the lock is already released.
 */
TEST_F(field, the_entry_after_a_remote_file_fault_is_unknown)
{
	char *map = device_map(memory_file(), PAGES, MAP_SHARED, 0);
	struct iovec local = { .iov_base = (char [1]) { }, .iov_len = 1 };
	struct iovec remote = { .iov_base = map, .iov_len = 1 };
	struct bystander child;
	const struct event *e;

	if (kernel_before(6, 0))
		SKIP(return, "before 6.0 a remote write fault on a file begins but never ends");
	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(bystander_fork(&child));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_EQ(1, process_vm_writev(child.pid, &local, 1, &remote, 1, 0));
	ASSERT_TRUE(trace_end(&self->trace));
	e = fault_at(&self->trace, map);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_is(e, "from", "remote"));
	EXPECT_TRUE(event_has(e, "ret", "completed"));
	EXPECT_EQ(0, event_num(e, "after_seen"));
	EXPECT_FALSE(event_has(e, "entry_after", "present"));
	EXPECT_EQ(0, event_num(e, "pfn"));
	ASSERT_TRUE(bystander_end(&child));
}

/* The task's own page table can be read without a lock. */
TEST_F(field, the_entry_after_a_file_fault_of_the_task_itself_is_known)
{
	char *map = device_map(memory_file(), PAGES, MAP_SHARED, 0);
	const struct event *e;

	ASSERT_FALSE(failed(map));
	e = trace_touch(&self->trace, map, true);
	ASSERT_TRUE(class_is(e, "shared"));
	/* Before 6.0, the fault is retried instead. */
	EXPECT_EQ(!kernel_before(6, 0), event_has(e, "ret", "completed"));
	EXPECT_EQ(1, event_num(e, "after_seen"));
	EXPECT_TRUE(event_has(e, "entry_after", "present"));
	EXPECT_EQ(pfn_of(map), event_num(e, "pfn"));
}

TEST_F(field, a_debugger_is_remote)
{
	char *map = map_anon(page_size());
	struct bystander child;
	const struct event *e;
	int status;

	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(bystander_fork(&child));
	ASSERT_EQ(0, ptrace(PTRACE_ATTACH, child.pid, NULL, NULL));
	ASSERT_EQ(child.pid, waitpid(child.pid, &status, 0));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_EQ(0, ptrace(PTRACE_POKEDATA, child.pid, map, 0x6d6d));
	ASSERT_TRUE(trace_end(&self->trace));
	e = fault_at(&self->trace, map);
	ASSERT_TRUE(class_is(e, "anon"));
	EXPECT_TRUE(event_is(e, "from", "remote"));
	EXPECT_TRUE(event_is(e, "access", "write"));
	EXPECT_EQ(pfn_in(child.pid, map), event_num(e, "pfn"));
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, child.pid, NULL, NULL));
	ASSERT_TRUE(bystander_end(&child));
}

/* ---- lock ---- */

/*
 * Since 6.4, a touch locks only the VMA. The first touch of anonymous memory
 * still needs mmap_lock, and so does get_user_pages().
 */
TEST_F(field, vma_lock_is_set_if_only_the_vma_was_locked)
{
	char *map = map_anon(2 * page_size()), *populated;
	const struct event *e;

	ASSERT_FALSE(failed(map));
	ASSERT_EQ(0, touch_write(map));
	e = trace_touch(&self->trace, page_at(map, 1), true);
	ASSERT_TRUE(class_is(e, "anon"));
	EXPECT_EQ(!kernel_before(6, 4), event_num(e, "vma_lock"));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	populated = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	ASSERT_TRUE(trace_end(&self->trace));
	e = fault_at(&self->trace, populated);
	ASSERT_TRUE(class_is(e, "anon"));
	EXPECT_EQ(0, event_num(e, "vma_lock"));
}

/* ---- neighbouring pages ---- */

static __u64 pages_in(char *map, size_t pages)
{
	__u64 count = 0;

	for (size_t i = 0; i < pages; i++)
		count += !!pfn_of(page_at(map, i));
	return count;
}

/*
 * Touch a page. Return true if the field "filled" is the number of pages that
 * this touch mapped.
 */
static bool filled_by(struct trace *trace, char *map, size_t page, bool write)
{
	__u64 before = pages_in(map, PAGES);
	const struct event *e = trace_touch(trace, page_at(map, page), write);
	__u64 filled = pages_in(map, PAGES) - before;

	if (e && event_num(e, "filled") == filled && filled)
		return true;
	fprintf(stderr, "# expected filled=%llu, got %s\n", filled,
		e ? e->fields : "no fault");
	return false;
}

static bool filled_agrees(struct trace *trace, char *map, size_t page)
{
	return filled_by(trace, map, page, /* write = */ false);
}

TEST_F(field, filled_counts_the_pages_mapped_around)
{
	int fd = disk_file();
	char *map;

	ASSERT_LE(0, fd);
	ASSERT_TRUE(put(FAULT_AROUND, "65536"));
	map = device_map(fd, PAGES, MAP_PRIVATE, 0);
	ASSERT_FALSE(failed(map));
	EXPECT_TRUE(filled_agrees(&self->trace, map, 5));
	EXPECT_LT(1, pages_in(map, PAGES));
	for (size_t i = 0; i < PAGES; i++)
		if (!pfn_of(page_at(map, i)))
			EXPECT_TRUE(filled_agrees(&self->trace, map, i));
	EXPECT_EQ(PAGES, pages_in(map, PAGES));
	close(fd);
}

#define TABLES 32
#define TABLE_BYTES (2 * MIB)	/* memory that one page table maps */
#define BELOW 8

/* Map pages of a file on both sides of a boundary between two page tables. */
static bool map_across(char *boundary, int fd)
{
	return !failed(mmap(page_at(boundary, -BELOW), 2 * BELOW * page_size(),
			    PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0));
}

/*
 * Allocate two page tables one after the other, so that the second table is
 * probably the next page of memory after the first table. Fill the beginning of
 * the second table. Then free the first table, so that a later fault allocates
 * this table again.
 */
static bool fill_tables(char *boundary, int fd)
{
	if (!map_across(boundary, fd) ||
	    touch_read(page_at(boundary, -BELOW)) || touch_read(boundary))
		return false;
	return !munmap(page_at(boundary, -BELOW), BELOW * page_size());
}

/*
 * A fault maps pages around only in its own page table. The page of memory
 * after this table is not part of the table, even if it looks like a table.
 */
TEST_F(field, filled_does_not_count_beyond_the_page_table)
{
	char *range = hole(2 * TABLES * TABLE_BYTES, TABLE_BYTES);
	char *boundary = range + TABLE_BYTES;
	int fd = disk_file();

	ASSERT_LE(0, fd);
	ASSERT_NE(NULL, range);
	ASSERT_TRUE(put(FAULT_AROUND, "65536"));
	for (size_t i = 0; i < TABLES; i++)
		ASSERT_TRUE(fill_tables(boundary + i * 2 * TABLE_BYTES, fd));
	/* The kernel frees page tables after an RCU grace period. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	for (size_t i = 0; i < TABLES; i++) {
		char *at = boundary + i * 2 * TABLE_BYTES;

		ASSERT_TRUE(map_across(at, fd));
		ASSERT_EQ(0, touch_read(page_at(at, -BELOW)));
	}
	ASSERT_TRUE(trace_end(&self->trace));
	for (size_t i = 0; i < TABLES; i++) {
		char *first = page_at(boundary + i * 2 * TABLE_BYTES, -BELOW);
		const struct event *e = fault_at(&self->trace, first);

		ASSERT_TRUE(class_is(e, "read"));
		EXPECT_EQ(pages_in(first, BELOW), event_num(e, "filled"));
	}
	munmap(range, 2 * TABLES * TABLE_BYTES);
	close(fd);
}

TEST_F(field, filled_is_one_without_pages_around)
{
	int fd = disk_file(), device = device_open(O_RDWR);
	const struct event *e;
	char *map;

	map = device_map(fd, PAGES, MAP_PRIVATE, 0);
	EXPECT_TRUE(filled_agrees(&self->trace, map, 5));
	EXPECT_EQ(1, pages_in(map, PAGES));
	e = trace_touch(&self->trace, page_at(map, 7), true);
	ASSERT_TRUE(class_is(e, "cow"));
	EXPECT_EQ(1, event_num(e, "filled"));
	map = device_map(device, PAGES, MAP_SHARED, 0);
	EXPECT_TRUE(filled_agrees(&self->trace, map, 5));
	EXPECT_EQ(1, pages_in(map, PAGES));
	close(device);
	close(fd);
}

/* A store maps no pages around, even if they are in the page cache. */
TEST_F(field, filled_by_a_store_is_one_next_to_mapped_pages)
{
	int fd = disk_file();
	char *map;

	ASSERT_LE(0, fd);
	ASSERT_TRUE(put(FAULT_AROUND, "65536"));
	map = device_map(fd, PAGES, MAP_SHARED, 0);
	ASSERT_FALSE(failed(map));
	EXPECT_TRUE(filled_by(&self->trace, map, 3, /* write = */ true));
	EXPECT_TRUE(filled_by(&self->trace, map, 4, /* write = */ true));
	EXPECT_TRUE(filled_agrees(&self->trace, map, 5));
	close(fd);
}

#define FOLIO_64K							\
	"/sys/kernel/mm/transparent_hugepage/hugepages-64kB/shmem_enabled"

/* Since Linux 6.11, a store to shared memory maps a whole folio. */
TEST_F(field, filled_by_a_store_counts_the_pages_of_a_folio)
{
	char *map = hole(MIB, MIB);

	if (access(FOLIO_64K, F_OK))
		SKIP(return, "this kernel has no folios of 64 KiB in shared memory");
	ASSERT_NE(NULL, map);
	ASSERT_EQ(0, prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0));
	ASSERT_TRUE(put(FOLIO_64K, "always"));
	map = mmap(map, MIB, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	ASSERT_FALSE(failed(map));
	EXPECT_TRUE(filled_by(&self->trace, map, 5, /* write = */ true));
	EXPECT_LT(1, pages_in(map, PAGES));
	EXPECT_TRUE(put(FOLIO_64K, "never"));
	munmap(map, MIB);
}

TEST_F(field, filled_is_not_counted_in_anonymous_memory)
{
	const struct event *e = trace_touch(&self->trace,
					    map_anon(page_size()), true);

	ASSERT_TRUE(class_is(e, "anon"));
	EXPECT_EQ(0, event_num(e, "filled"));
}

/* ---- waiting for the disk ---- */

TEST_F(field, a_page_read_from_disk_is_one_major_fault)
{
	size_t length = PAGES * page_size();
	struct rusage before, after;
	const struct event *e;
	int fd = disk_file();
	char *map;

	ASSERT_LE(0, fd);
	map = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
	ASSERT_FALSE(failed(map));
	ASSERT_EQ(0, madvise(map, length, MADV_RANDOM));
	forget_pages(fd);
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	getrusage(RUSAGE_SELF, &before);
	read_pages(map, PAGES);
	getrusage(RUSAGE_SELF, &after);
	ASSERT_TRUE(trace_end(&self->trace));
	if (after.ru_majflt - before.ru_majflt < PAGES)
		SKIP(return, "this file system keeps its pages in memory");
	EXPECT_EQ(PAGES, faults_in(&self->trace, map, length, NULL));
	EXPECT_EQ(PAGES, faults_in(&self->trace, map, length, "read"));
	for (size_t i = 0; i < PAGES; i++) {
		e = fault_at(&self->trace, page_at(map, i));
		ASSERT_NE(NULL, e);
		EXPECT_TRUE(event_has(e, "ret", "major"));
		/*
		 * The fault released the lock to wait for the disk, and was
		 * then retried.
		 */
		EXPECT_LE(1, event_num(e, "retries"));
		EXPECT_EQ(pfn_of(page_at(map, i)), event_num(e, "pfn"));
		EXPECT_FALSE(event_has(e, "before", "PTE"));
	}
	close(fd);
}

/* The device delays the fault, as a slow disk would. */
TEST_F(field, a_delay_of_the_device_is_one_major_fault)
{
	int fd = region_open(page_size(), MMAPDEMO_BY_PAGE);
	char *map = device_map(fd, 1, MAP_SHARED, 0);
	const struct event *e;

	ASSERT_FALSE(failed(map));
	ASSERT_EQ(0, region_plan(fd, 0, 1, MMAPDEMO_PLAN_DELAY, 1, 1));
	e = trace_touch(&self->trace, map, true);
	ASSERT_TRUE(class_is(e, "shared"));
	EXPECT_TRUE(event_has(e, "ret", "major"));
	EXPECT_LE(1, event_num(e, "retries"));
	EXPECT_EQ(1, device_stat(fd).planned_faults);
	close(fd);
}

TEST_F(field, a_page_in_the_cache_is_a_minor_fault)
{
	int fd = disk_file();
	char *map = mmap(NULL, page_size(), PROT_READ, MAP_PRIVATE, fd, 0);
	const struct event *e;

	ASSERT_FALSE(failed(map));
	e = trace_touch(&self->trace, map, false);
	ASSERT_TRUE(class_is(e, "read"));
	EXPECT_FALSE(event_has(e, "ret", "major"));
	EXPECT_EQ(0, event_num(e, "retries"));
	close(fd);
}

TEST_HARNESS_MAIN
