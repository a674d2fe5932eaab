// SPDX-License-Identifier: GPL-2.0-only
/*
 * A direct call takes over from a kretprobe. During this handover, each fault
 * must be observed exactly once.
 *
 * Depends on: the kernel.
 */
#include "trace.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#define TASKS 8		/* more tasks than processors, so that tasks preempt each other */
#define FAULTS 16	/* number of pages touched in each round */
#define ROUNDS 3

/* The results of each task, in memory that all tasks share. */
struct tasks {
	bool stop;
	struct {
		pid_t pid;
		char *pages;
		size_t touched;
	} task[TASKS];
};

FIXTURE(handover)
{
	struct trace trace;
	struct tasks *tasks;
	int fd;
};

static struct mmapdemo_probe fault_probe(int fd)
{
	struct mmapdemo_probe probe = { .size = sizeof(probe) };

	while (!ioctl(fd, MMAPDEMO_IOC_PROBE, &probe) &&
	       !(probe.events & 1 << MMAPDEMO_EVENT_PTE_FAULT))
		probe.index++;
	return probe;
}

/*
 * Make the module detach unused probes. Every successful write to the module
 * parameter attach has this effect.
 */
static bool settle(void)
{
	return put("/sys/module/mmapdemo/parameters/attach", "auto");
}

FIXTURE_SETUP(handover)
{
	self->fd = open(MMAPDEMO_DEVICE, O_RDWR | O_CLOEXEC);
	if (self->fd < 0)
		SKIP(return, "no device");
	ASSERT_TRUE(settle());
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_TRUE(trace_size(&self->trace, "32768"));
	self->tasks = mmap(NULL, sizeof(*self->tasks), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->tasks);
}

FIXTURE_TEARDOWN(handover)
{
	trace_destroy(&self->trace);
	munmap(self->tasks, sizeof(*self->tasks));
	close(self->fd);
}

/* Touch the same pages in each round. Drop the pages after each round. */
static void touch_pages(struct tasks *tasks, int which)
{
	size_t bytes = FAULTS * page_size();
	char *pages;

	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	tasks->task[which].pages = pages;
	while (!__atomic_load_n(&tasks->stop, __ATOMIC_RELAXED)) {
		write_pages(pages, FAULTS);
		tasks->task[which].touched += FAULTS;
		madvise(pages, bytes, MADV_DONTNEED);
	}
	_exit(0);
}

static void begin(struct tasks *tasks)
{
	tasks->stop = false;
	for (int i = 0; i < TASKS; i++) {
		pid_t pid;

		tasks->task[i].touched = 0;
		pid = fork();
		if (!pid)
			touch_pages(tasks, i);
		tasks->task[i].pid = pid;
	}
}

static void end(struct tasks *tasks)
{
	__atomic_store_n(&tasks->stop, true, __ATOMIC_RELAXED);
	for (int i = 0; i < TASKS; i++)
		waitpid(tasks->task[i].pid, NULL, 0);
}

/*
 * Return true if a kretprobe is attached at first, and a direct call then takes
 * over.
 */
static bool handed_over(int fd)
{
	struct mmapdemo_probe probe = fault_probe(fd);
	bool began = probe.method == MMAPDEMO_METHOD_KRETPROBE;

	while (probe.method == MMAPDEMO_METHOD_KRETPROBE &&
	       probe.error == EINPROGRESS)
		probe = fault_probe(fd);
	return began && probe.method == MMAPDEMO_METHOD_DIRECT;
}

static size_t seen(const struct trace *trace, pid_t pid, const char *pages)
{
	unsigned long first = (unsigned long)pages;
	size_t count = 0;

	for_each_event(e, trace) {
		unsigned long address = strtoul(event_value(e, "address"),
						NULL, 16);

		count += e->pid == pid && address >= first &&
			 address < first + FAULTS * page_size();
	}
	return count;
}

TEST_F(handover, each_fault_is_observed_once)
{
	struct tasks *tasks = self->tasks;
	__u64 missed = fault_probe(self->fd).missed;

	for (int round = 0; round < ROUNDS; round++) {
		ASSERT_TRUE(settle());
		ASSERT_TRUE(trace_put(&self->trace, "trace", ""));
		ASSERT_TRUE(trace_put(&self->trace, "tracing_on", "1"));
		ASSERT_TRUE(trace_switch(&self->trace, "pte_fault", true));
		begin(tasks);
		EXPECT_TRUE(handed_over(self->fd));
		end(tasks);
		ASSERT_TRUE(trace_end(&self->trace));
		for (int i = 0; i < TASKS; i++)
			EXPECT_EQ(tasks->task[i].touched,
				  seen(&self->trace, tasks->task[i].pid,
				       tasks->task[i].pages));
	}
	EXPECT_EQ(missed, fault_probe(self->fd).missed);
}

TEST_F(handover, a_lingering_probe_is_used_again)
{
	struct mmapdemo_probe probe;

	ASSERT_TRUE(trace_switch(&self->trace, "pte_fault", true));
	ASSERT_TRUE(handed_over(self->fd));
	ASSERT_TRUE(trace_switch(&self->trace, "pte_fault", false));
	probe = fault_probe(self->fd);
	EXPECT_EQ(MMAPDEMO_PROBE_READY, probe.state);
	EXPECT_EQ(MMAPDEMO_METHOD_DIRECT, probe.method);
	ASSERT_TRUE(trace_switch(&self->trace, "pte_fault", true));
	probe = fault_probe(self->fd);
	EXPECT_EQ(MMAPDEMO_PROBE_ARMED, probe.state);
	EXPECT_EQ(MMAPDEMO_METHOD_DIRECT, probe.method);
	ASSERT_TRUE(trace_switch(&self->trace, "pte_fault", false));
	ASSERT_TRUE(settle());
	EXPECT_EQ(MMAPDEMO_METHOD_NONE, fault_probe(self->fd).method);
}

/*
 * A probe that is disarmed keeps its trampoline. The trampoline forwards calls
 * without reporting them.
 */
TEST_F(handover, a_lingering_probe_observes_nothing)
{
	char *pages = mmap(NULL, FAULTS * page_size(), PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	__u64 hits;

	ASSERT_TRUE(trace_switch(&self->trace, "pte_fault", true));
	ASSERT_TRUE(handed_over(self->fd));
	ASSERT_TRUE(trace_switch(&self->trace, "pte_fault", false));
	hits = fault_probe(self->fd).hits;
	write_pages(pages, FAULTS);
	EXPECT_EQ(MMAPDEMO_METHOD_DIRECT, fault_probe(self->fd).method);
	EXPECT_EQ(hits, fault_probe(self->fd).hits);
}

/* Return the time in ms. */
static __u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000ULL + time.tv_nsec / 1000000;
}

/*
 * The event is enabled for longer than probes linger. After it is disabled, the probe
 * still stays attached for this time.
 */
TEST_F(handover, a_probe_lingers_after_the_event_was_disabled)
{
	const char *parameter = "/sys/module/mmapdemo/parameters/linger";
	__u64 began = now(), lingers, disabled;
	char text[32];

	ASSERT_TRUE(trace_switch(&self->trace, "pte_fault", true));
	ASSERT_TRUE(handed_over(self->fd));
	while (now() - began < 1000)
		;
	lingers = now() - began;
	snprintf(text, sizeof(text), "%llu", lingers);
	ASSERT_TRUE(put(parameter, text));
	disabled = now();
	ASSERT_TRUE(trace_switch(&self->trace, "pte_fault", false));
	while (now() < disabled + lingers / 2) {
		__u32 method = fault_probe(self->fd).method;

		if (now() < disabled + lingers)
			ASSERT_EQ(MMAPDEMO_METHOD_DIRECT, method);
	}
	ASSERT_TRUE(put(parameter, "5000"));
}

TEST_HARNESS_MAIN
