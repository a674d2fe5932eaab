// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks that end between two attempts to handle a fault. The module must
 * release the slots of such tasks, and must not use their data for the faults
 * of other tasks.
 *
 * Depends on: the kernel.
 */
#include "count.h"

#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

#define VICTIMS 10
#define HEIRS 100

/* Number of tasks. The module has fewer slots. */
#define CROWD 300

/* A child that waits in a fault that is never resolved through userfaultfd. */
struct victim {
	pid_t pid;
	int said;	/* pipe; each run of the SIGUSR1 handler writes one byte */
};

static int victim_says;

/*
 * The handler of SIGUSR1. At the second signal, the task stays in the handler,
 * and so stays between two attempts to handle the fault.
 */
static void victim_handle(int unused)
{
	static __thread int signals;
	char byte = 0;

	(void)unused;
	if (write(victim_says, &byte, 1) != 1)
		_exit(1);
	poll(NULL, 0, signals++ ? -1 : 0);
}

static bool pages_register(int uffd, char *page, size_t pages)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range.start = (uintptr_t)page,
		.range.len = pages * page_size(),
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	return !ioctl(uffd, UFFDIO_API, &api) &&
	       !ioctl(uffd, UFFDIO_REGISTER, &range);
}

static void victim_run(char *page, int say)
{
	int uffd = syscall(SYS_userfaultfd, 0);

	victim_says = say;
	signal(SIGUSR1, victim_handle);
	if (!pages_register(uffd, page, 1) ||
	    write(say, &uffd, sizeof(uffd)) != sizeof(uffd))
		_exit(1);
	/*
	 * Run the handler once, so that it touches all memory that it needs,
	 * and causes no faults later.
	 */
	raise(SIGUSR1);
	touch_read(page);
	_exit(1);
}

/* Read the message about the victim's fault from the userfaultfd of the victim. */
static bool victim_in_fault(const struct victim *victim, int number)
{
	int pidfd = syscall(SYS_pidfd_open, victim->pid, 0);
	int uffd = syscall(SYS_pidfd_getfd, pidfd, number, 0);
	struct uffd_msg message;
	bool done;

	done = read(uffd, &message, sizeof(message)) == sizeof(message);
	close(pidfd);
	close(uffd);
	return done;
}

/* Start a victim and wait until it is in the fault. */
static bool victim_start(struct victim *victim, char *page)
{
	int pipes[2], number;
	char byte;

	if (pipe2(pipes, O_CLOEXEC))
		return false;
	victim->pid = fork_child();
	if (!victim->pid)
		victim_run(page, pipes[1]);
	close(pipes[1]);
	victim->said = pipes[0];
	return victim->pid > 0 &&
	       read(pipes[0], &number, sizeof(number)) == sizeof(number) &&
	       read(pipes[0], &byte, 1) == 1 && victim_in_fault(victim, number);
}

/*
 * Send a signal to a victim. Wait until the victim has left the fault. After
 * the signal, the victim would retry the fault.
 */
static bool victim_signal(const struct victim *victim)
{
	char byte;

	return !kill(victim->pid, SIGUSR1) && read(victim->said, &byte, 1) == 1;
}

/* Kill a victim and wait until it has exited. */
static bool victim_kill(const struct victim *victim)
{
	kill(victim->pid, SIGKILL);
	close(victim->said);
	return wait_for(victim->pid) == 128 + SIGKILL;
}

FIXTURE(killed)
{
	int fd;
	char *page;	/* an untouched page */
	struct trace trace;
};

FIXTURE_SETUP(killed)
{
	self->fd = device_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	self->page = map_anon(page_size());
	ASSERT_FALSE(failed(self->page));
	ASSERT_TRUE(trace_create(&self->trace));
}

FIXTURE_TEARDOWN(killed)
{
	trace_destroy(&self->trace);
	munmap(self->page, page_size());
	close(self->fd);
}

static bool probe_at(int fd, __u32 index, struct mmapdemo_probe *probe)
{
	*probe = (struct mmapdemo_probe) {
		.size = sizeof(*probe), .index = index,
	};
	return !ioctl(fd, MMAPDEMO_IOC_PROBE, probe) &&
	       probe->size >= sizeof(*probe);
}

/* Query the probe of faults. */
static bool probe_ask(int fd, struct mmapdemo_probe *probe)
{
	for (__u32 i = 0; probe_at(fd, i, probe); i++)
		if (probe->events & 1ULL << MMAPDEMO_EVENT_PTE_FAULT)
			return true;
	return false;
}

/*
 * Return how many tasks the module considers to be between two attempts, or inside
 * another observed call; or -1 if a probe cannot be queried.
 */
static long long pending(int fd)
{
	__u32 probes = device_info(fd).probes;
	struct mmapdemo_probe probe;
	long long tasks = 0;
	__u32 i;

	for (i = 0; probe_at(fd, i, &probe); i++)
		tasks += probe.pending;
	return i && i == probes ? tasks : -1;
}

/*
 * Wait until no task is between two attempts. Return false if this takes too
 * long.
 */
static bool pending_none(int fd)
{
	for (int i = 0; i < 1000; i++)
		if (!pending(fd))
			return true;
	return false;
}

TEST_F(killed, a_task_killed_in_a_fault_leaves_no_slot)
{
	struct victim victim;

	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_TRUE(victim_start(&victim, self->page));
	ASSERT_TRUE(victim_kill(&victim));
	EXPECT_TRUE(pending_none(self->fd));
}

TEST_F(killed, a_task_killed_between_two_attempts_leaves_no_slot)
{
	struct victim victim[VICTIMS];

	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	for (int i = 0; i < VICTIMS; i++) {
		ASSERT_TRUE(victim_start(&victim[i], self->page));
		ASSERT_TRUE(victim_signal(&victim[i]));
		EXPECT_LE(i + 1, pending(self->fd));
	}
	for (int i = 0; i < VICTIMS; i++)
		ASSERT_TRUE(victim_kill(&victim[i]));
	EXPECT_TRUE(pending_none(self->fd));
}

/*
 * The task is still alive, so the module can only see from the age of the slot
 * that the slot is stale.
 */
TEST_F(killed, an_unfinished_fault_is_dropped_later)
{
	struct victim victim;

	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_TRUE(victim_start(&victim, self->page));
	ASSERT_TRUE(victim_signal(&victim));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(1, pending(self->fd));
	while (pending(self->fd) > 0)
		usleep(100000);
	ASSERT_TRUE(victim_kill(&victim));
}

/* The fault is observed, because a fault of another process would be counted. */
TEST_F(killed, a_fault_that_is_not_wanted_takes_no_slot)
{
	struct bystander counted;
	struct victim victim;
	int counter;

	ASSERT_TRUE(pending_none(self->fd));
	ASSERT_TRUE(bystander_fork(&counted));
	counter = count_open(self->fd, counted.pid, 0);
	ASSERT_LE(0, counter);
	ASSERT_TRUE(victim_start(&victim, self->page));
	ASSERT_TRUE(victim_signal(&victim));
	EXPECT_EQ(others_trace("pte_fault"), pending(self->fd));
	ASSERT_TRUE(victim_kill(&victim));
	close(counter);
	ASSERT_TRUE(bystander_end(&counted));
}

/* ---- more tasks than slots ---- */

static void *crowd_touch(void *page)
{
	/*
	 * Touch everything that the handler needs, including the stack of this
	 * thread.
	 */
	raise(SIGUSR1);
	return (void *)(uintptr_t)*(volatile char *)page;
}

/*
 * Start CROWD threads. Return true when all threads are between two attempts.
 * Return false on failure.
 */
static bool crowd_start(void)
{
	static pthread_t thread[CROWD];
	char *pages = map_anon(CROWD * page_size()), byte;
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC), pipes[2];
	struct uffd_msg message;

	if (pipe(pipes) || !pages_register(uffd, pages, CROWD))
		return false;
	victim_says = pipes[1];
	signal(SIGUSR1, victim_handle);
	for (int i = 0; i < CROWD; i++)
		if (pthread_create(&thread[i], NULL, crowd_touch,
				   page_at(pages, i)) ||
		    read(pipes[0], &byte, 1) != 1 ||
		    read(uffd, &message, sizeof(message)) != sizeof(message))
			return false;
	for (int i = 0; i < CROWD; i++)
		if (pthread_kill(thread[i], SIGUSR1) ||
		    read(pipes[0], &byte, 1) != 1)
			return false;
	return true;
}

static int crowd_run(int say)
{
	if (!crowd_start() || write(say, "", 1) != 1)
		return 1;
	return pause();
}

TEST_F(killed, a_fault_without_a_slot_is_missed)
{
	struct mmapdemo_probe before, crowded, after;
	struct mmapdemo_faults faults;
	int pipes[2], counter;
	pid_t pid;
	char byte;

	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_TRUE(pending_none(self->fd));
	ASSERT_TRUE(probe_ask(self->fd, &before));
	ASSERT_EQ(0, pipe(pipes));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(crowd_run(pipes[1]));
	close(pipes[1]);
	ASSERT_EQ(1, read(pipes[0], &byte, 1));
	ASSERT_TRUE(probe_ask(self->fd, &crowded));
	EXPECT_LT(0, crowded.missed - before.missed);
	EXPECT_LT(0, crowded.pending);
	/* A task outside of the crowd may also have found no free slot. */
	EXPECT_LE(CROWD, crowded.pending + crowded.missed - before.missed);
	kill(pid, SIGKILL);
	ASSERT_EQ(128 + SIGKILL, wait_for(pid));
	EXPECT_TRUE(pending_none(self->fd));
	ASSERT_TRUE(probe_ask(self->fd, &after));
	EXPECT_GT(CROWD, after.missed - before.missed);
	/* A counter does not include faults that were missed before its start. */
	counter = count_open(self->fd, 0, 0);
	ASSERT_LE(0, counter);
	ASSERT_TRUE(count_read(counter, &faults));
	EXPECT_EQ(0, faults.missed);
	close(counter);
}

/* ---- threads that share the address space of the exited thread ---- */

static void thread_exit(int unused)
{
	(void)unused;
	syscall(SYS_exit, 0);
}

/* A thread that waits for its turn, and then touches the page. */
struct heir {
	pthread_t thread;
	pthread_mutex_t turn;
	char *page;
};

static void *heir_run(void *data)
{
	struct heir *heir = data;

	pthread_mutex_lock(&heir->turn);
	touch_read(heir->page);
	return NULL;
}

static void *page_touch(void *page)
{
	touch_read(page);
	return NULL;
}

/* Start a thread that touches the page, and that exits between two attempts. */
static bool thread_between(int uffd, char *page)
{
	struct uffd_msg message;
	pthread_t thread;

	return !pthread_create(&thread, NULL, page_touch, page) &&
	       read(uffd, &message, sizeof(message)) == sizeof(message) &&
	       !pthread_kill(thread, SIGUSR1) && !pthread_join(thread, NULL);
}

/*
 * Start all threads before any of them touches the page, so that some of the
 * threads get the task structs of exited threads.
 */
static bool heirs_start(struct heir *heirs, char *page)
{
	for (int i = 0; i < HEIRS; i++) {
		heirs[i].page = page;
		pthread_mutex_init(&heirs[i].turn, NULL);
		pthread_mutex_lock(&heirs[i].turn);
		if (pthread_create(&heirs[i].thread, NULL, heir_run, &heirs[i]))
			return false;
	}
	return true;
}

/* Let one thread after the other touch the page. Drop the page after each touch. */
static bool heirs_touch(struct heir *heirs, char *page)
{
	for (int i = 0; i < HEIRS; i++) {
		pthread_mutex_unlock(&heirs[i].turn);
		if (pthread_join(heirs[i].thread, NULL) ||
		    madvise(page, page_size(), MADV_DONTNEED))
			return false;
	}
	return true;
}

TEST_F(killed, no_other_task_continues_the_fault_of_an_exited_task)
{
	static struct heir heirs[HEIRS];
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC);

	/*
	 * A processor reuses memory that it has freed itself, so run on only
	 * one processor.
	 */
	ASSERT_TRUE(run_on(sched_getcpu()));
	signal(SIGUSR1, thread_exit);
	ASSERT_TRUE(pages_register(uffd, self->page, 1));
	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	for (int i = 0; i < VICTIMS; i++)
		ASSERT_TRUE(thread_between(uffd, self->page));
	close(uffd);
	ASSERT_TRUE(heirs_start(heirs, self->page));
	ASSERT_TRUE(heirs_touch(heirs, self->page));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(HEIRS, faults_in(&self->trace, self->page, page_size(),
				   "anon-zero"));
	for_each_event(e, &self->trace)
		if (fault_within(e, self->page, page_size()))
			EXPECT_EQ(0, event_num(e, "retries"));
}

TEST_HARNESS_MAIN
