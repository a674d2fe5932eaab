// SPDX-License-Identifier: GPL-2.0-only
/*
 * The start and the end of a suspend. The suspend is simulated by the kernel's
 * own test of suspend, which freezes processes for a second but does not
 * suspend devices. The duration of a fault that is in progress during the
 * suspend is unknown. Faults after the suspend are counted and measured as
 * before the suspend.
 *
 * Depends on: the kernel.
 */
#include "count.h"

#include <linux/userfaultfd.h>
#include <pthread.h>

#define PM_TEST "/sys/power/pm_test"
#define PM_STATE "/sys/power/state"
#define PM_DELAY "/sys/module/suspend/parameters/pm_test_delay"

/*
 * A thread that waits in a fault until the test resolves the fault through
 * userfaultfd.
 */
struct sleeper {
	pid_t pid;
	int uffd;
	char *page;
};

FIXTURE(suspend)
{
	int fd;
	int counter;
	char *delay;	/* previous value of the parameter of the suspend test */
	struct sleeper sleeper;
	struct trace trace;
};

static bool sleeper_register(struct sleeper *sleeper)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range.start = (uintptr_t)sleeper->page,
		.range.len = page_size(),
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	sleeper->uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	return sleeper->uffd >= 0 && !ioctl(sleeper->uffd, UFFDIO_API, &api) &&
	       !ioctl(sleeper->uffd, UFFDIO_REGISTER, &range);
}

static void *sleeper_touch(void *page)
{
	touch_read(page);
	return NULL;
}

static bool suspend_test(void)
{
	return put(PM_STATE, "freeze");
}

FIXTURE_SETUP(suspend)
{
	self->delay = NULL;
	if (access(PM_TEST, W_OK))
		return;
	self->fd = device_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	self->sleeper.page = map_anon(page_size());
	ASSERT_FALSE(failed(self->sleeper.page));
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_TRUE(put(PM_TEST, "freezer"));
	self->delay = slurp(PM_DELAY);
	ASSERT_NE(NULL, self->delay);
	ASSERT_TRUE(put(PM_DELAY, "1"));
	self->counter = count_open(self->fd, 0, 0);
	ASSERT_LE(0, self->counter);
}

FIXTURE_TEARDOWN(suspend)
{
	if (!self->delay)
		return;
	put(PM_TEST, "none");
	put(PM_DELAY, self->delay);
	free(self->delay);
	trace_destroy(&self->trace);
	close(self->counter);
	close(self->fd);
}

/*
 * Return the counters of the class uffd. Only the sleeper causes faults of the
 * class uffd.
 */
static struct mmapdemo_latency counted(int counter)
{
	static struct mmapdemo_faults faults;

	if (!count_read(counter, &faults))
		memset(&faults, 0xcc, sizeof(faults));
	return faults.class[MMAPDEMO_FAULT_UFFD];
}

/*
 * Wait until the sleeper is in its fault. When the fault begins to wait,
 * userfaultfd sends a message.
 */
static bool sleeper_waits(struct sleeper *sleeper)
{
	struct uffd_msg message;

	return read(sleeper->uffd, &message, sizeof(message)) ==
	       sizeof(message);
}

/*
 * Let the sleeper fault. If @suspended is true, suspend during the fault. To be
 * frozen, a task leaves the fault. After the thaw, the task repeats the fault
 * if the page is still missing.
 */
static bool fault_through(struct sleeper *sleeper, bool suspended)
{
	struct uffdio_zeropage zero = {
		.range.start = (uintptr_t)sleeper->page,
		.range.len = page_size(),
	};
	pthread_t thread;
	bool done;

	if (madvise(sleeper->page, page_size(), MADV_DONTNEED) ||
	    pthread_create(&thread, NULL, sleeper_touch, sleeper->page))
		return false;
	done = sleeper_waits(sleeper);
	if (done && suspended)
		done = suspend_test() && sleeper_waits(sleeper);
	return !ioctl(sleeper->uffd, UFFDIO_ZEROPAGE, &zero) &&
	       !pthread_join(thread, NULL) && done;
}

TEST_F(suspend, the_duration_of_a_fault_is_not_known)
{
	struct mmapdemo_latency before, after;
	const struct event *e;

	if (!self->delay)
		SKIP(return, "the kernel cannot test suspend (CONFIG_PM_DEBUG)");
	ASSERT_TRUE(sleeper_register(&self->sleeper));
	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	before = counted(self->counter);
	ASSERT_TRUE(fault_through(&self->sleeper, true));
	after = counted(self->counter);
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(before.count + 1, after.count);
	EXPECT_EQ(before.buckets[0] + 1, after.buckets[0]);
	EXPECT_EQ(before.total, after.total);
	EXPECT_EQ(before.max, after.max);
	e = fault_at(&self->trace, self->sleeper.page);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_is(e, "duration", "0"));
}

TEST_F(suspend, counters_continue_afterwards)
{
	struct mmapdemo_latency before, after;

	if (!self->delay)
		SKIP(return, "the kernel cannot test suspend (CONFIG_PM_DEBUG)");
	ASSERT_TRUE(sleeper_register(&self->sleeper));
	ASSERT_TRUE(suspend_test());
	before = counted(self->counter);
	ASSERT_TRUE(fault_through(&self->sleeper, false));
	after = counted(self->counter);
	EXPECT_EQ(before.count + 1, after.count);
	EXPECT_EQ(before.buckets[0], after.buckets[0]);
	EXPECT_LT(before.total, after.total);
}

TEST_HARNESS_MAIN
