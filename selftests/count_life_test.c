// SPDX-License-Identifier: GPL-2.0-only
/*
 * MMAPDEMO_IOC_COUNT: start and end of counting, with one or several counters,
 * even while the counted processes run. The test also makes requests that must
 * be refused.
 *
 * Depends on: the kernel.
 */
#include "count.h"

#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>

/* Return true if the probe of faults is attached. */
static bool armed(int fd)
{
	__u32 probes = device_info(fd).probes;

	for (__u32 i = 0; i < probes; i++) {
		struct mmapdemo_probe probe = {
			.size = sizeof(probe), .index = i,
		};

		if (!ioctl(fd, MMAPDEMO_IOC_PROBE, &probe) &&
		    probe.events & 1ULL << MMAPDEMO_EVENT_PTE_FAULT &&
		    probe.state == MMAPDEMO_PROBE_ARMED)
			return true;
	}
	return false;
}

/*
 * Cause PAGES faults of the class "shared". Nothing else in the test causes
 * faults of this class.
 */
static bool work_shared(int fd)
{
	char *map = device_map(fd, PAGES, MAP_SHARED, 0);

	if (failed(map))
		return false;
	write_pages(map, PAGES);
	return !munmap(map, PAGES * page_size());
}

FIXTURE(life)
{
	int fd;
};

FIXTURE_SETUP(life)
{
	self->fd = device_open(O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(life)
{
	close(self->fd);
}

/* ---- start and end ---- */

TEST_F(life, the_last_close_detaches_the_probe)
{
	int one, two;

	ASSERT_FALSE(armed(self->fd));
	one = count_open(self->fd, 0, 0);
	ASSERT_LE(0, one);
	EXPECT_TRUE(armed(self->fd));
	two = count_open(self->fd, 0, MMAPDEMO_COUNT_ALL);
	ASSERT_LE(0, two);
	close(one);
	EXPECT_TRUE(armed(self->fd));
	close(two);
	EXPECT_FALSE(armed(self->fd));
}

TEST_F(life, counting_ends_with_the_task_that_began_it)
{
	int ready[2];
	pid_t pid;
	char byte;

	ASSERT_EQ(0, pipe(ready));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (count_open(self->fd, 0, 0) < 0 ||
		    write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			work();
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	EXPECT_TRUE(armed(self->fd));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, wait_for(pid));
	EXPECT_FALSE(armed(self->fd));
}

/* Fork a child that causes faults on request. Return its exit status. */
static int work_in_a_child(int fd, const int *ready, const int *go)
{
	pid_t pid = fork();
	char byte;

	if (pid)
		return pid < 0 ? 1 : wait_for(pid);
	pid = getpid();
	if (write(ready[1], &pid, sizeof(pid)) != sizeof(pid) ||
	    read(go[0], &byte, 1) != 1)
		_exit(2);
	_exit(work_shared(fd) ? 0 : 3);
}

/* While a process is traced by ptrace(), the kernel treats the tracer as its parent. */
TEST_F(life, a_traced_child_counts_for_its_parent)
{
	int ready[2], go[2], counter;
	pid_t root, child;

	ASSERT_EQ(0, pipe(ready));
	ASSERT_EQ(0, pipe(go));
	root = fork_child();
	ASSERT_LE(0, root);
	if (!root)
		_exit(work_in_a_child(self->fd, ready, go));
	ASSERT_EQ(sizeof(child), read(ready[0], &child, sizeof(child)));
	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, child, NULL, NULL));
	counter = count_open(self->fd, root, 0);
	ASSERT_LE(0, counter);
	ASSERT_EQ(1, write(go[1], "", 1));
	/*
	 * The child's parent can wait for the child only after the tracer has
	 * waited for the child.
	 */
	ASSERT_EQ(child, waitpid(child, NULL, 0));
	EXPECT_EQ(0, wait_for(root));
	EXPECT_EQ(PAGES, count_of(counter, MMAPDEMO_FAULT_SHARED));
	close(counter);
}

TEST_F(life, counters_do_not_disturb_each_other)
{
	int counter[MMAPDEMO_COUNTERS_MAX];

	for (int i = 0; i < MMAPDEMO_COUNTERS_MAX; i++) {
		counter[i] = count_open(self->fd, 0, i % 2 ?
					MMAPDEMO_COUNT_ALL : 0);
		ASSERT_LE(0, counter[i]);
	}
	EXPECT_EQ(-1, count_open(self->fd, 0, 0));
	EXPECT_EQ(EBUSY, errno);
	ASSERT_TRUE(work_shared(self->fd));
	for (int i = 0; i < MMAPDEMO_COUNTERS_MAX; i++)
		EXPECT_EQ(PAGES, count_of(counter[i], MMAPDEMO_FAULT_SHARED));
	/*
	 * When one counter is closed, a new counter can be opened. The new
	 * counter starts at 0.
	 */
	close(counter[3]);
	counter[3] = count_open(self->fd, 0, 0);
	ASSERT_LE(0, counter[3]);
	EXPECT_EQ(0, count_of(counter[3], MMAPDEMO_FAULT_SHARED));
	for (int i = 0; i < MMAPDEMO_COUNTERS_MAX; i++)
		close(counter[i]);
	EXPECT_FALSE(armed(self->fd));
}

/* ---- during counting ---- */

/*
 * Fork children until @stop is readable. Each child waits until the write end of
 * @go is closed, and then causes faults.
 */
static void fork_until(int fd, int stop, int go, int started)
{
	struct pollfd end = { .fd = stop, .events = POLLIN };
	char byte;

	while (!poll(&end, 1, 0)) {
		pid_t pid = fork_child();

		if (!pid) {
			close(started);
			_exit(read(go, &byte, 1) || !work_shared(fd));
		}
		if (pid < 0 || write(started, "", 1) != 1)
			_exit(1);
	}
	close(started);
	while (wait(NULL) > 0)
		;
	_exit(0);
}

/*
 * A fork() may happen before, during or after the start of the counter. The
 * counter includes all children that exist when counting starts, and all later
 * children.
 */
TEST_F(life, a_child_forked_while_counting_begins_is_counted)
{
	int stop[2], go[2], started[2], counter;
	size_t children = 0;
	char bytes[4096];
	ssize_t n;
	pid_t pid;

	ASSERT_EQ(0, pipe2(stop, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(started, O_CLOEXEC));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(go[1]);
		fork_until(self->fd, stop[0], go[0], started[1]);
	}
	close(started[1]);
	for (int i = 0; i < 10; i++)
		children += read(started[0], bytes, 1) == 1;
	counter = count_open(self->fd, pid, 0);
	ASSERT_LE(0, counter);
	for (int i = 0; i < 10; i++)
		children += read(started[0], bytes, 1) == 1;
	ASSERT_EQ(1, write(stop[1], "", 1));
	while ((n = read(started[0], bytes, sizeof(bytes))) > 0)
		children += n;
	ASSERT_LE(20, children);
	close(go[1]);
	ASSERT_EQ(0, wait_for(pid));
	EXPECT_EQ(children * PAGES, count_of(counter, MMAPDEMO_FAULT_SHARED));
	close(counter);
	for (int i = 0; i < 2; i++)
		close(stop[i]);
	close(go[0]);
	close(started[0]);
}

static void *fork_in_a_thread(void *fd)
{
	pid_t pid = fork_child();

	if (!pid)
		_exit(!work_shared(*(int *)fd));
	return (void *)(intptr_t)wait_for(pid);
}

static void *work_in_a_thread(void *fd)
{
	return (void *)(intptr_t)!work_shared(*(int *)fd);
}

static void *create_in_a_thread(void *fd)
{
	pthread_t thread;
	void *status;

	return pthread_create(&thread, NULL, work_in_a_thread, fd) ||
	       pthread_join(thread, &status) ? (void *)1 : status;
}

/*
 * A thread forks a child. Then a thread creates another thread. The counter still
 * includes the whole process.
 */
TEST_F(life, children_of_threads_are_counted)
{
	void *(*const routines[])(void *fd) = {
		fork_in_a_thread, create_in_a_thread, work_in_a_thread,
	};
	int counter = count_open(self->fd, 0, 0);

	ASSERT_LE(0, counter);
	for (__u64 i = 0; i < ARRAY_SIZE(routines); i++) {
		pthread_t thread;
		void *status;

		ASSERT_EQ(0, pthread_create(&thread, NULL, routines[i],
					    &self->fd));
		ASSERT_EQ(0, pthread_join(thread, &status));
		ASSERT_EQ(NULL, status);
		EXPECT_EQ((i + 1) * PAGES,
			  count_of(counter, MMAPDEMO_FAULT_SHARED));
	}
	close(counter);
}

TEST_F(life, counters_come_and_go_while_faults_are_handled)
{
	pid_t pid[2];

	for (int i = 0; i < 2; i++) {
		pid[i] = fork_child();
		ASSERT_LE(0, pid[i]);
		while (!pid[i])
			work();
	}
	for (int round = 0; round < 20; round++) {
		int all = count_open(self->fd, 0, MMAPDEMO_COUNT_ALL);
		int tree = count_open(self->fd, pid[round % 2], 0);
		__u64 seen;

		ASSERT_LE(0, tree);
		ASSERT_LE(0, all);
		do
			seen = count_of(tree, MMAPDEMO_FAULT_ANON);
		while (seen < PAGES);
		EXPECT_LE(seen, count_of(all, MMAPDEMO_FAULT_ANON));
		close(round & 4 ? tree : all);
		close(round & 4 ? all : tree);
	}
	EXPECT_FALSE(armed(self->fd));
	for (int i = 0; i < 2; i++) {
		kill(pid[i], SIGKILL);
		wait_for(pid[i]);
	}
}

static void *touch_thread(void *page)
{
	touch_read(page);
	return NULL;
}

/*
 * Start a fault that waits for userfaultfd. Return the address of the faulting
 * page. Return 0 on failure.
 */
static __u64 fault_begin(int uffd, char *page, pthread_t *thread)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range.start = (uintptr_t)page,
		.range.len = page_size(),
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct uffd_msg message;

	if (ioctl(uffd, UFFDIO_API, &api) ||
	    ioctl(uffd, UFFDIO_REGISTER, &range) ||
	    pthread_create(thread, NULL, touch_thread, page) ||
	    read(uffd, &message, sizeof(message)) != sizeof(message))
		return 0;
	return message.arg.pagefault.address & -page_size();
}

static bool fault_end(int uffd, __u64 page, pthread_t thread)
{
	struct uffdio_zeropage zero = {
		.range.start = page,
		.range.len = page_size(),
	};

	return !ioctl(uffd, UFFDIO_ZEROPAGE, &zero) &&
	       !pthread_join(thread, NULL);
}

TEST_F(life, a_fault_is_counted_by_counters_open_when_it_began)
{
	int before = count_open(self->fd, 0, 0), gone, later;
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	pthread_t thread;
	__u64 page;

	ASSERT_LE(0, before);
	gone = count_open(self->fd, 0, 0);
	ASSERT_LE(0, gone);
	ASSERT_LE(0, uffd);
	page = fault_begin(uffd, map_anon(page_size()), &thread);
	ASSERT_NE(0, page);
	later = count_open(self->fd, 0, 0);
	ASSERT_LE(0, later);
	close(gone);
	ASSERT_TRUE(fault_end(uffd, page, thread));
	EXPECT_EQ(1, count_of(before, MMAPDEMO_FAULT_UFFD));
	EXPECT_EQ(0, count_of(later, MMAPDEMO_FAULT_UFFD));
	close(before);
	close(later);
	close(uffd);
}

/* Closing the counter detaches the probe while a fault is in progress. */
TEST_F(life, a_fault_may_outlive_its_counter)
{
	int counter = count_open(self->fd, 0, 0);
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	pthread_t thread;
	__u64 page;

	ASSERT_LE(0, counter);
	ASSERT_LE(0, uffd);
	page = fault_begin(uffd, map_anon(page_size()), &thread);
	ASSERT_NE(0, page);
	close(counter);
	EXPECT_FALSE(armed(self->fd));
	EXPECT_TRUE(fault_end(uffd, page, thread));
	close(uffd);
}

/* ---- fdinfo and errors ---- */

/* Return true if a line in /proc/self/fdinfo/FD names the counted process. */
static bool fdinfo_says(int fd, const char *who)
{
	char path[64], line[64];
	char *text;
	bool says;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	snprintf(line, sizeof(line), "\nmmapdemo-count:\t%s\n", who);
	text = slurp(path);
	says = text && strstr(text, line);
	free(text);
	return says;
}

TEST_F(life, fdinfo_shows_the_counted_process)
{
	int mine = count_open(self->fd, 0, 0);
	int all = count_open(self->fd, 0, MMAPDEMO_COUNT_ALL);
	char pid[16];
	int first;

	first = count_open(self->fd, 1, 0);
	ASSERT_LE(0, mine);
	ASSERT_LE(0, all);
	ASSERT_LE(0, first);
	snprintf(pid, sizeof(pid), "%d", getpid());
	EXPECT_TRUE(fdinfo_says(mine, pid));
	EXPECT_TRUE(fdinfo_says(first, "1"));
	EXPECT_TRUE(fdinfo_says(all, "all"));
	close(mine);
	close(all);
	close(first);
}

/*
 * Count the first process of a new PID namespace. Return 0 if the fdinfo of the
 * counter shows this process as PID 1 in the namespace.
 */
static int count_in_a_namespace(int fd)
{
	pid_t pid;

	if (unshare(CLONE_NEWPID | CLONE_NEWNS) ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return 1;
	pid = fork();
	if (pid)
		return pid < 0 ? 2 : wait_for(pid);
	if (mount("proc", "/proc", "proc", 0, NULL))
		_exit(3);
	_exit(fdinfo_says(count_open(fd, 0, 0), "1") ? 0 : 4);
}

TEST_F(life, fdinfo_has_the_pid_in_the_namespace_of_the_reader)
{
	pid_t pid = fork_child();

	ASSERT_LE(0, pid);
	if (!pid)
		_exit(count_in_a_namespace(self->fd));
	EXPECT_EQ(0, wait_for(pid));
}

TEST_F(life, a_short_read_gives_the_beginning)
{
	int counter = count_open(self->fd, 0, 0);
	__u64 size[2] = { 0, ~0ULL };
	char byte[7];

	ASSERT_LE(0, counter);
	ASSERT_EQ(8, read(counter, size, 8));
	EXPECT_EQ(sizeof(struct mmapdemo_faults), size[0]);
	EXPECT_EQ(~0ULL, size[1]);
	EXPECT_EQ(-1, read(counter, byte, 7));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, read(counter, (void *)-4096L,
			   sizeof(struct mmapdemo_faults)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, write(counter, byte, 7));
	EXPECT_EQ(FD_CLOEXEC, fcntl(counter, F_GETFD));
	close(counter);
}

static int refused(int fd, __u64 size, __u32 pid, __u32 flags)
{
	struct {
		struct mmapdemo_count count;
		char after[4096];
	} count = { .count = { .size = size, .pid = pid, .flags = flags } };
	int ret = ioctl(fd, MMAPDEMO_IOC_COUNT, &count);

	if (ret < 0)
		return errno;
	close(ret);
	return 0;
}

static void *count_in_a_thread(void *fd)
{
	return (void *)(intptr_t)count_open(*(int *)fd, 0, 0);
}

TEST_F(life, a_thread_counts_its_whole_process)
{
	pthread_t thread;
	void *counter;
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	ASSERT_EQ(0, pthread_create(&thread, NULL, count_in_a_thread,
				    &self->fd));
	ASSERT_EQ(0, pthread_join(thread, &counter));
	ASSERT_LE(0, (intptr_t)counter);
	EXPECT_TRUE(fdinfo_says((intptr_t)counter, pid));
	ASSERT_TRUE(work_shared(self->fd));
	EXPECT_EQ(PAGES, count_of((intptr_t)counter, MMAPDEMO_FAULT_SHARED));
	close((intptr_t)counter);
}

/* Store the TID of the thread, and wait for the end of the process. */
static void *show_tid(void *tid)
{
	*(_Atomic pid_t *)tid = gettid();
	pause();
	return NULL;
}

TEST_F(life, impossible_requests_are_refused)
{
	__u64 size = sizeof(struct mmapdemo_count);
	pid_t gone = fork_child();
	_Atomic pid_t tid = 0;
	pthread_t thread;

	if (!gone)
		_exit(0);
	wait_for(gone);
	EXPECT_EQ(0, refused(self->fd, size, 0, 0));
	EXPECT_EQ(0, refused(self->fd, size + 8, 0, 0));
	EXPECT_EQ(EINVAL, refused(self->fd, size - 1, 0, 0));
	EXPECT_EQ(EINVAL, refused(self->fd, 0, 0, 0));
	EXPECT_EQ(E2BIG, refused(self->fd, page_size() + 1, 0, 0));
	EXPECT_EQ(EINVAL, refused(self->fd, size, 0,
				  MMAPDEMO_COUNT_HUGE << 1));
	EXPECT_EQ(EINVAL, refused(self->fd, size, getpid(),
				  MMAPDEMO_COUNT_ALL));
	EXPECT_EQ(ESRCH, refused(self->fd, size, gone, 0));
	EXPECT_EQ(ESRCH, refused(self->fd, size, ~0U, 0));
	/* A thread is not a process. */
	ASSERT_EQ(0, pthread_create(&thread, NULL, show_tid, (void *)&tid));
	while (!tid)
		sched_yield();
	EXPECT_EQ(ESRCH, refused(self->fd, size, tid, 0));
	EXPECT_EQ(-1, ioctl(self->fd, MMAPDEMO_IOC_COUNT, NULL));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_FALSE(armed(self->fd));
}

/*
 * The request fails after counting has started, because no file descriptor is
 * left.
 */
TEST_F(life, without_a_free_descriptor_no_counter_is_opened)
{
	struct rlimit before, none;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &before));
	none = before;
	none.rlim_cur = 0;
	for (int i = 0; i <= MMAPDEMO_COUNTERS_MAX; i++) {
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
		EXPECT_EQ(-1, count_open(self->fd, 0, i % 2));
		EXPECT_EQ(EMFILE, errno);
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &before));
	}
	EXPECT_FALSE(armed(self->fd));
}

TEST_F(life, counting_is_for_the_administrator)
{
	pid_t pid = fork_child();

	ASSERT_LE(0, pid);
	if (!pid) {
		if (setresuid(65534, 65534, 65534))
			_exit(1);
		_exit(count_open(self->fd, 0, 0) == -1 && errno == EPERM ?
		      0 : 2);
	}
	EXPECT_EQ(0, wait_for(pid));
}

TEST(the_module_stays_while_a_counter_is_open)
{
	int fd = device_open(O_RDWR), counter;

	ASSERT_LE(0, fd);
	counter = count_open(fd, 0, 0);
	ASSERT_LE(0, counter);
	close(fd);
	EXPECT_EQ(-1, syscall(SYS_delete_module, "mmapdemo", O_NONBLOCK));
	EXPECT_EQ(EWOULDBLOCK, errno);
	work();
	EXPECT_LT(0, count_sum(counter));
	close(counter);
	if (!device_reload())
		SKIP(return, NO_RELOAD);
}

TEST_HARNESS_MAIN
