// SPDX-License-Identifier: GPL-2.0-only
/*
 * The field "class" of pte_fault for memory that is registered with
 * userfaultfd. The tests cover pages that userfaultfd supplies, writes that it
 * allows, and markers that it leaves in the page table.
 *
 * Depends on: the kernel.
 */
#include "fault.h"

#include <linux/kvm.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
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

/* A thread that touches a page, and that can be stopped between two attempts. */
struct toucher {
	pthread_t thread;
	_Atomic pid_t tid;
	char *page;
	bool by_kernel;	/* a system call touches the page */
};

static int stopped[2], resumed[2];	/* pipes */

static void between_stop(int unused)
{
	char byte = 0;

	(void)unused;
	if (write(stopped[1], &byte, 1) != 1 || read(resumed[0], &byte, 1) != 1)
		_exit(1);
}

static void *toucher_run(void *data)
{
	struct toucher *toucher = data;

	/*
	 * Run the handler once, so that it touches all memory that it needs,
	 * and causes no faults later.
	 */
	raise(SIGUSR1);
	toucher->tid = gettid();
	if (toucher->by_kernel)
		access(toucher->page, F_OK);
	else
		touch_read(toucher->page);
	return NULL;
}

/* Wait for a message about a fault. Return the page, or 0. */
static __u64 message_wait(int fd)
{
	struct uffd_msg message;

	if (read(fd, &message, sizeof(message)) != sizeof(message))
		return 0;
	return message.arg.pagefault.address & -page_size();
}

/* Start a thread, and wait until it is in the fault. */
static bool toucher_start(struct toucher *toucher, int fd, char *page)
{
	char byte = 0;

	toucher->page = page;
	signal(SIGUSR1, between_stop);
	return !pipe2(stopped, O_CLOEXEC) && !pipe2(resumed, O_CLOEXEC) &&
	       write(resumed[1], &byte, 1) == 1 &&
	       !pthread_create(&toucher->thread, NULL, toucher_run, toucher) &&
	       read(stopped[0], &byte, 1) == 1 && message_wait(fd);
}

/* Trace the faults of the thread. */
static bool toucher_trace(struct toucher *toucher, struct trace *trace)
{
	char tid[16];

	snprintf(tid, sizeof(tid), "%d", toucher->tid);
	return trace_begin(trace, "pte_fault") &&
	       trace_put(trace, "set_event_pid", tid);
}

static bool toucher_end(struct toucher *toucher, int fd)
{
	bool done = supply(fd, (uintptr_t)toucher->page) &&
		    !pthread_join(toucher->thread, NULL);

	for (int i = 0; i < 2; i++) {
		close(stopped[i]);
		close(resumed[i]);
	}
	return done;
}

/* Trace the rest of the fault of the thread. Return the event of the fault, or NULL. */
static const struct event *toucher_rest(struct toucher *toucher,
					FIXTURE_DATA(uffd) *self)
{
	return toucher_trace(toucher, &self->trace) &&
	       toucher_end(toucher, self->fd) && trace_end(&self->trace) ?
		       fault_at(&self->trace, toucher->page) : NULL;
}

/*
 * A touch by a system call never locks only the VMA. For a touch that locks only
 * the VMA, the kernel does not mark the second attempt as a retry.
 */
TEST_F(uffd, the_duration_is_unknown_if_the_first_attempt_was_not_observed)
{
	struct toucher toucher = { .by_kernel = true };
	bool others = others_trace("pte_fault");
	const struct event *e;

	ASSERT_TRUE(watch(self->fd, self->page, 0,
			  UFFDIO_REGISTER_MODE_MISSING));
	ASSERT_TRUE(toucher_start(&toucher, self->fd, self->page));
	e = toucher_rest(&toucher, self);
	ASSERT_NE(NULL, e);
	EXPECT_EQ(others, event_num(e, "retries"));
	EXPECT_EQ(others, event_num(e, "duration") > 0);
}

/* The attempt is in progress while the event is disabled and enabled again. */
TEST_F(uffd, an_attempt_that_sleeps_while_the_event_is_disabled_is_forgotten)
{
	struct toucher toucher = { .by_kernel = true };
	bool others = others_trace("pte_fault");
	const struct event *e;

	ASSERT_TRUE(watch(self->fd, self->page, 0,
			  UFFDIO_REGISTER_MODE_MISSING));
	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_TRUE(toucher_start(&toucher, self->fd, self->page));
	ASSERT_TRUE(trace_end(&self->trace));
	e = toucher_rest(&toucher, self);
	ASSERT_NE(NULL, e);
	EXPECT_EQ(others, event_num(e, "retries"));
	EXPECT_EQ(others, event_num(e, "duration") > 0);
}

/*
 * Attempts may have been missed while the event was disabled, so the fault
 * begins again. The field "before" shows this, because the page table is populated
 * meanwhile.
 */
TEST_F(uffd, an_attempt_from_before_the_event_was_disabled_is_forgotten)
{
	char *map = hole(4 * MIB, 2 * MIB), *page = page_at(map, 1);
	int shared = memory_file(), flags = MAP_FIXED;
	bool others = others_trace("pte_fault");
	struct toucher toucher = { };
	const struct event *e;
	char byte = 0;

	flags |= variant->shared ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
	ASSERT_NE(NULL, map);
	ASSERT_FALSE(failed(mmap(map, 2 * page_size(), PROT_READ | PROT_WRITE,
				 flags, variant->shared ? shared : -1, 0)));
	ASSERT_TRUE(watch(self->fd, page, 0, UFFDIO_REGISTER_MODE_MISSING));
	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_TRUE(toucher_start(&toucher, self->fd, page));
	ASSERT_EQ(0, pthread_kill(toucher.thread, SIGUSR1));
	ASSERT_EQ(1, read(stopped[0], &byte, 1));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(NULL, fault_at(&self->trace, page));
	ASSERT_EQ(0, touch_write(map));
	ASSERT_TRUE(toucher_trace(&toucher, &self->trace));
	ASSERT_EQ(1, write(resumed[1], &byte, 1));
	ASSERT_NE(0, message_wait(self->fd));
	ASSERT_TRUE(toucher_end(&toucher, self->fd));
	ASSERT_TRUE(trace_end(&self->trace));
	e = fault_at(&self->trace, page);
	ASSERT_TRUE(class_is(e, "uffd"));
	EXPECT_EQ(!others, event_has(e, "before", "PMD"));
	close(shared);
}

/* ---- a fault of a virtual machine ---- */

/* Map a page of the test at an address of the virtual machine. */
static bool vm_map(int vm, __u32 slot, __u64 address, char *page)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = address,
		.memory_size = page_size(),
		.userspace_addr = (uintptr_t)page,
	};

	return !ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region);
}

/* Let the processor of the virtual machine begin at the address 0. */
static bool vm_reset(int cpu)
{
	struct kvm_regs regs = { .rflags = 2 };
	struct kvm_sregs sregs;

	if (ioctl(cpu, KVM_GET_SREGS, &sregs))
		return false;
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	return !ioctl(cpu, KVM_SET_SREGS, &sregs) &&
	       !ioctl(cpu, KVM_SET_REGS, &regs);
}

static int kvm_open(void)
{
	if (access("/dev/kvm", F_OK) &&
	    system("modprobe -q kvm_amd || modprobe -q kvm_intel"))
		return -1;
	return open("/dev/kvm", O_RDWR | O_CLOEXEC);
}

/*
 * Create a virtual machine with two pages of memory, which are the pages at
 * @code and @page. Return its processor, or -1 on failure. Its code reads the
 * second page, and then halts.
 */
static int vm_create(int kvm, char *code, char *page)
{
	int vm = ioctl(kvm, KVM_CREATE_VM, 0), cpu;

	/* mov 0x1000, %al; hlt */
	memcpy(code, "\xa0\x00\x10\xf4", 4);
	if (vm < 0 || !vm_map(vm, 0, 0, code) || !vm_map(vm, 1, 0x1000, page))
		return -1;
	cpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	close(vm);
	return vm_reset(cpu) ? cpu : -1;
}

/*
 * Fork a child that ends the registration of the page when its parent waits in
 * a fault. The kernel then retries the fault, and maps the page.
 */
static pid_t unregister_later(int fd, char *page)
{
	struct uffdio_range range = {
		.start = (uintptr_t)page,
		.len = page_size(),
	};
	pid_t pid = fork_child();

	if (pid)
		return pid;
	_exit(!message_wait(fd) || ioctl(fd, UFFDIO_UNREGISTER, &range));
}

/*
 * KVM first tries to handle a fault without waiting. This attempt is not
 * retried. If it fails, KVM handles the fault in the usual way.
 */
TEST_F(uffd, an_attempt_of_kvm_that_may_not_wait_is_separate)
{
	char *code = map_anon(page_size());
	int kvm = kvm_open(), cpu;
	const struct event *e;
	pid_t pid;

	if (kvm < 0)
		SKIP(return, "no KVM on this machine");
	ASSERT_FALSE(failed(code));
	ASSERT_TRUE(watch(self->fd, self->page, 0,
			  UFFDIO_REGISTER_MODE_MISSING));
	pid = unregister_later(self->fd, self->page);
	ASSERT_LT(0, pid);
	cpu = vm_create(kvm, code, self->page);
	ASSERT_LE(0, cpu);
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_EQ(0, ioctl(cpu, KVM_RUN, 0));
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_EQ(0, wait_for(pid));
	e = fault_at(&self->trace, self->page);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_is(e, "from", "gup"));
	EXPECT_EQ(SYS_ioctl, event_num(e, "nr"));
	EXPECT_EQ(1, event_num(e, "retries"));
	close(cpu);
	close(kvm);
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
