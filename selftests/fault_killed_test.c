// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks that never come back between two attempts of a fault: what is kept for
 * them is given up, and no other task takes it for its own.
 */
#include "fault.h"

#include <linux/userfaultfd.h>
#include <poll.h>
#include <sched.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

#define VICTIMS 10
#define HEIRS 200

/* A child in a fault that userfaultfd does not answer. */
struct victim {
	pid_t pid;
	int said;	/* a byte for each time its handler of SIGUSR1 runs */
};

static int victim_says;

/* Stays in here, between two attempts, from the second signal on. */
static void victim_handle(int unused)
{
	static int signals;
	char byte = 0;

	(void)unused;
	if (write(victim_says, &byte, 1) != 1)
		_exit(1);
	poll(NULL, 0, signals++ ? -1 : 0);
}

/* Registers the page, and writes down by which descriptor. */
static bool victim_register(char *page, int say)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range.start = (uintptr_t)page,
		.range.len = page_size(),
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int uffd = syscall(SYS_userfaultfd, 0);

	return uffd >= 0 && !ioctl(uffd, UFFDIO_API, &api) &&
	       !ioctl(uffd, UFFDIO_REGISTER, &range) &&
	       write(say, &uffd, sizeof(uffd)) == sizeof(uffd);
}

static void victim_run(char *page, int say)
{
	victim_says = say;
	signal(SIGUSR1, victim_handle);
	if (!victim_register(page, say))
		_exit(1);
	/* All the handler needs is there afterwards: it brings no fault. */
	raise(SIGUSR1);
	touch_read(page);
	_exit(1);
}

/* Reads the message of the fault in the name of the victim. */
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

/* Returns when it is in the fault. */
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

/* Returns when it is out of the fault, and will try again. */
static bool victim_signal(const struct victim *victim)
{
	char byte;

	return !kill(victim->pid, SIGUSR1) && read(victim->said, &byte, 1) == 1;
}

/* Returns when it has exited. */
static bool victim_kill(const struct victim *victim)
{
	kill(victim->pid, SIGKILL);
	close(victim->said);
	return wait_for(victim->pid) == 128 + SIGKILL;
}

FIXTURE(killed)
{
	int fd;
	char *page;	/* untouched */
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

/* Tasks between two attempts, as the module says; -1: it does not. */
static long long pending(int fd)
{
	__u32 probes = device_info(fd).probes;

	for (__u32 i = 0; i < probes; i++) {
		struct mmapdemo_probe probe = {
			.size = sizeof(probe), .index = i,
		};

		if (ioctl(fd, MMAPDEMO_IOC_PROBE, &probe) ||
		    probe.size < sizeof(probe))
			return -1;
		if (probe.events & 1ULL << MMAPDEMO_EVENT_PTE_FAULT)
			return probe.pending;
	}
	return -1;
}

/* Is there none? Others are between two attempts only for a moment. */
static bool pending_none(int fd)
{
	for (int i = 0; i < 1000; i++)
		if (!pending(fd))
			return true;
	return false;
}

TEST_F(killed, a_task_killed_in_a_fault_leaves_nothing)
{
	struct victim victim;

	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_TRUE(victim_start(&victim, self->page));
	ASSERT_TRUE(victim_kill(&victim));
	EXPECT_TRUE(pending_none(self->fd));
}

TEST_F(killed, a_task_killed_between_two_attempts_leaves_nothing)
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

/* Nobody looks when it exits: it is the age that tells. */
TEST_F(killed, what_exits_unseen_is_given_up_later)
{
	struct victim victim;

	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_TRUE(victim_start(&victim, self->page));
	ASSERT_TRUE(victim_signal(&victim));
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_TRUE(victim_kill(&victim));
	EXPECT_EQ(1, pending(self->fd));
	while (pending(self->fd) > 0)
		usleep(100000);
}

/* They get the memory of the structures of those killed, and their addresses. */
TEST_F(killed, no_other_task_takes_its_fault_for_its_own)
{
	struct victim victim;
	cpu_set_t one;
	pid_t pid;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(one), &one));
	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	for (int i = 0; i < VICTIMS; i++) {
		ASSERT_TRUE(victim_start(&victim, self->page));
		ASSERT_TRUE(victim_kill(&victim));
	}
	for (int i = 0; i < HEIRS; i++) {
		pid = fork_child();
		ASSERT_LE(0, pid);
		if (!pid) {
			touch_read(self->page);
			_exit(0);
		}
		ASSERT_EQ(0, wait_for(pid));
	}
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(HEIRS, faults_in(&self->trace, self->page, page_size(),
				   "anon-zero"));
	for_each_event(e, &self->trace)
		if (fault_within(e, self->page, page_size()))
			EXPECT_EQ(0, event_num(e, "retries"));
}

TEST_HARNESS_MAIN
