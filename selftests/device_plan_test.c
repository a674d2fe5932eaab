// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fault injection by plans. A plan answers faults in a range of pages with
 * SIGBUS, with an out-of-memory error, or after a delay. A plan applies to a
 * given number of faults.
 *
 * Depends on: the kernel.
 */
#include "device.h"
#include "region.h"

#include <pthread.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#define SECOND 1000000000ULL

FIXTURE(plan)
{
	int fd;
	char *map;
};

FIXTURE_VARIANT(plan)
{
	__u32 by;
};

FIXTURE_VARIANT_ADD(plan, page)
{
	.by = MMAPDEMO_BY_PAGE,
};

FIXTURE_VARIANT_ADD(plan, insert)
{
	.by = MMAPDEMO_BY_INSERT,
};

FIXTURE_VARIANT_ADD(plan, pfn)
{
	.by = MMAPDEMO_BY_PFN,
};

/*
 * With "around", faults hold only the per-VMA lock, if the kernel has such
 * locks.
 */
FIXTURE_VARIANT_ADD(plan, around)
{
	.by = MMAPDEMO_BY_AROUND,
};

FIXTURE_VARIANT_ADD(plan, huge)
{
	.by = MMAPDEMO_BY_HUGE,
};

FIXTURE_SETUP(plan)
{
	self->fd = region_open(HUGE, variant->by);
	ASSERT_LE(0, self->fd);
	self->map = device_map(self->fd, HUGE / page_size(), MAP_SHARED, 0);
	ASSERT_FALSE(failed(self->map));
}

FIXTURE_TEARDOWN(plan)
{
	close(self->fd);
}

static __u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * SECOND + time.tv_nsec;
}

/* ---- SIGBUS ---- */

TEST_F(plan, a_signal_comes_as_often_as_planned)
{
	ASSERT_EQ(0, region_plan(self->fd, 3, 5, MMAPDEMO_PLAN_SIGBUS, 3, 0));
	EXPECT_EQ(SIGBUS, touch_read(page_at(self->map, 3)));
	EXPECT_EQ(SIGBUS, touch_write(page_at(self->map, 4)));
	EXPECT_EQ(page_at(self->map, 4), touch_signal.si_addr);
	EXPECT_EQ(SIGBUS, touch_write(page_at(self->map, 4)));
	EXPECT_EQ(0, touch_write(page_at(self->map, 4)));
	EXPECT_EQ(0, touch_read(page_at(self->map, 3)));
	EXPECT_EQ(3, device_stat(self->fd).planned_faults);
	EXPECT_EQ(3, device_stat(self->fd).refused_faults);
}

TEST_F(plan, other_processes_are_not_affected)
{
	ASSERT_EQ(0, region_plan(self->fd, 3, 5, MMAPDEMO_PLAN_SIGBUS, 0, 0));
	EXPECT_EQ(0, touch_read(page_at(self->map, 2)));
	EXPECT_EQ(0, touch_read(page_at(self->map, 5)));
	/* A plan does not affect an access that causes no fault. */
	EXPECT_EQ(1, pwrite(self->fd, "x", 1, 3 * page_size()));
	for (int i = 0; i < 7; i++)
		EXPECT_EQ(SIGBUS, touch_read(page_at(self->map, 3)));
	EXPECT_EQ(7, device_stat(self->fd).planned_faults);
}

TEST_F(plan, mapped_pages_do_not_fault)
{
	ASSERT_EQ(0, touch_write(page_at(self->map, 3)));
	ASSERT_EQ(0, region_plan(self->fd, 0, 5, MMAPDEMO_PLAN_SIGBUS, 0, 0));
	EXPECT_EQ(0, touch_read(page_at(self->map, 3)));
	EXPECT_EQ(0, device_stat(self->fd).planned_faults);
}

TEST_F(plan, a_plan_can_be_cancelled)
{
	ASSERT_EQ(0, region_plan(self->fd, 3, 5, MMAPDEMO_PLAN_SIGBUS, 0, 0));
	ASSERT_EQ(0, region_plan(self->fd, 7, 8, MMAPDEMO_PLAN_SIGBUS, 0, 0));
	ASSERT_EQ(0, region_plan(self->fd, 4, 6, MMAPDEMO_PLAN_NOTHING, 0, 0));
	EXPECT_EQ(0, touch_read(page_at(self->map, 3)));
	EXPECT_EQ(SIGBUS, touch_read(page_at(self->map, 7)));
	ASSERT_EQ(0, region_plan(self->fd, 0, 512, MMAPDEMO_PLAN_NOTHING, 0,
				 0));
	EXPECT_EQ(0, touch_read(page_at(self->map, 7)));
}

TEST_F(plan, the_newest_plan_applies)
{
	ASSERT_EQ(0, region_plan(self->fd, 0, 9, MMAPDEMO_PLAN_SIGBUS, 0, 0));
	ASSERT_EQ(0, region_plan(self->fd, 4, 5, MMAPDEMO_PLAN_DELAY, 1, 1));
	EXPECT_EQ(0, touch_read(page_at(self->map, 4)));
	EXPECT_EQ(SIGBUS, touch_read(page_at(self->map, 5)));
}

/* ---- out of memory ---- */

TEST_F(plan, without_memory_the_kernel_tries_again)
{
	ASSERT_EQ(0, region_plan(self->fd, 3, 4, MMAPDEMO_PLAN_OOM, 2, 0));
	EXPECT_EQ(0, touch_write(page_at(self->map, 3)));
	EXPECT_EQ(2, device_stat(self->fd).planned_faults);
}

TEST_F(plan, without_memory_a_system_call_fails)
{
	int file = memfd_create("target", MFD_CLOEXEC);

	ASSERT_EQ(0, region_plan(self->fd, 3, 4, MMAPDEMO_PLAN_OOM, 0, 0));
	EXPECT_EQ(-1, write(file, page_at(self->map, 3), 1));
	EXPECT_EQ(EFAULT, errno);
	ASSERT_EQ(0, region_plan(self->fd, 3, 4, MMAPDEMO_PLAN_NOTHING, 0, 0));
	EXPECT_EQ(1, write(file, page_at(self->map, 3), 1));
	close(file);
}

/* ---- delay ---- */

TEST_F(plan, a_delay_is_seen_as_a_slow_major_fault)
{
	struct rusage before, after;
	__u64 start;

	ASSERT_EQ(0, region_plan(self->fd, 3, 4, MMAPDEMO_PLAN_DELAY, 1,
				 SECOND / 20));
	getrusage(RUSAGE_SELF, &before);
	start = now();
	EXPECT_EQ(0, touch_write(page_at(self->map, 3)));
	EXPECT_LE(start + SECOND / 20, now());
	getrusage(RUSAGE_SELF, &after);
	EXPECT_EQ(1, after.ru_majflt - before.ru_majflt);
	EXPECT_EQ(1, device_stat(self->fd).planned_faults);
	EXPECT_EQ(1, device_stat(self->fd).shared_faults);
	EXPECT_EQ(0, device_stat(self->fd).refused_faults);
}

TEST_F(plan, a_system_call_waits_too)
{
	int file = memfd_create("source", MFD_CLOEXEC);
	__u64 start;

	ASSERT_EQ(4, write(file, "late", 4));
	ASSERT_EQ(0, region_plan(self->fd, 3, 4, MMAPDEMO_PLAN_DELAY, 1,
				 SECOND / 20));
	start = now();
	EXPECT_EQ(4, pread(file, page_at(self->map, 3), 4, 0));
	EXPECT_LE(start + SECOND / 20, now());
	EXPECT_EQ(0, memcmp("late", page_at(self->map, 3), 4));
	close(file);
}

static void *touch_first(void *map)
{
	*(volatile char *)map = 1;
	return NULL;
}

/*
 * Start a thread that waits in a delay. The delay is longer than the test may
 * take. If the delayed fault held mmap_lock, mmap() would block. If a killed
 * process had to wait for the end of the delay, the test would take too long,
 * and fail.
 */
static int leave_one_waiting(int fd, char *map)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, touch_first, map))
		return 1;
	while (!device_stat(fd).planned_faults)
		sched_yield();
	return failed(mmap(NULL, page_size(), PROT_READ,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) ? 2 : 0;
}

TEST_F(plan, a_waiting_task_blocks_no_other_and_can_be_killed)
{
	__u64 start = now();
	pid_t pid;

	ASSERT_EQ(0, region_plan(self->fd, 0, 1, MMAPDEMO_PLAN_DELAY, 0,
				 MMAPDEMO_DELAY_MAX));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(leave_one_waiting(self->fd, self->map));
	EXPECT_EQ(0, wait_for(pid));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(touch_first(self->map) != NULL);
	while (device_stat(self->fd).planned_faults < 2)
		sched_yield();
	ASSERT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, wait_for(pid));
	/* No process has waited until the end of the delay. */
	EXPECT_GT(start + MMAPDEMO_DELAY_MAX, now());
}

/* When a task exits, the kernel reads its robust futex list. */
static int exit_with(char *robust_list)
{
	/* 3 longs are the size of struct robust_list_head */
	return syscall(SYS_set_robust_list, robust_list, 3 * sizeof(long)) != 0;
}

/*
 * A task that exits must not be delayed, because no signal could end the delay.
 */
TEST_F(plan, a_task_that_exits_does_not_wait)
{
	__u64 start = now();
	pid_t pid;

	ASSERT_EQ(0, region_plan(self->fd, 0, 1, MMAPDEMO_PLAN_DELAY, 0,
				 MMAPDEMO_DELAY_MAX));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(exit_with(self->map));
	EXPECT_EQ(0, wait_for(pid));
	EXPECT_GT(start + MMAPDEMO_DELAY_MAX, now());
	/* During the exit, a fault occurred to which the plan applied. */
	EXPECT_EQ(1, device_stat(self->fd).planned_faults);
}

/* ---- freezing of a task that waits outside of a system call ---- */

/*
 * A cgroup of the cgroup freezer, which freezes tasks in the same way as a
 * suspend does.
 */
struct freezer {
	char mount[64];
	char group[80];
};

static bool freezer_create(struct freezer *freezer)
{
	snprintf(freezer->mount, sizeof(freezer->mount),
		 "/tmp/mmapdemo-freezer-%d", getpid());
	snprintf(freezer->group, sizeof(freezer->group), "%s/test",
		 freezer->mount);
	if (mkdir(freezer->mount, 0700))
		return false;
	if (!mount("mmapdemo", freezer->mount, "cgroup", 0, "freezer"))
		return !mkdir(freezer->group, 0700);
	rmdir(freezer->mount);
	return false;
}

static void freezer_destroy(const struct freezer *freezer)
{
	rmdir(freezer->group);
	umount(freezer->mount);
	rmdir(freezer->mount);
}

static bool freezer_put(const struct freezer *freezer, const char *name,
			const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", freezer->group, name);
	return put(path, text);
}

/* Return true if the requested freeze is complete. */
static bool freezer_frozen(const struct freezer *freezer)
{
	char path[128], state[16] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/freezer.state", freezer->group);
	file = fopen(path, "re");
	if (!file)
		return false;
	fgets(state, sizeof(state), file);
	fclose(file);
	return !strcmp(state, "FROZEN\n");
}

/* Return true if the task is in an uninterruptible or killable sleep (state D). */
static bool task_waits(pid_t pid)
{
	char path[64], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	fscanf(file, "%*d (%*[^)]) %c", &state);
	fclose(file);
	return state == 'D';
}

static int wait_in_system_call(void *map)
{
	return read(open("/dev/zero", O_RDONLY | O_CLOEXEC), map, 1) != 1;
}

static int wait_in_user_space(void *map)
{
	return touch_first(map) != NULL;
}

/*
 * Try to freeze a waiting child. Store in @frozen whether the child was frozen.
 * Then kill the child.
 */
static bool frozen_while(const struct freezer *freezer, int fd,
			 int (*wait)(void *map), void *map, bool *frozen)
{
	__u64 planned = device_stat(fd).planned_faults;
	pid_t pid = fork_child();
	char text[16];
	bool done;

	if (!pid)
		_exit(wait(map));
	while (device_stat(fd).planned_faults == planned || !task_waits(pid))
		sched_yield();
	snprintf(text, sizeof(text), "%d", pid);
	done = freezer_put(freezer, "tasks", text) &&
	       freezer_put(freezer, "freezer.state", "FROZEN");
	*frozen = freezer_frozen(freezer);
	done &= freezer_put(freezer, "freezer.state", "THAWED");
	kill(pid, SIGKILL);
	return wait_for(pid) == 128 + SIGKILL && done;
}

TEST_F(plan, a_waiting_task_can_be_frozen_except_in_a_system_call)
{
	struct freezer freezer;
	bool frozen;

	if (!freezer_create(&freezer))
		SKIP(return, "needs CONFIG_CGROUP_FREEZER");
	ASSERT_EQ(0, region_plan(self->fd, 0, 1, MMAPDEMO_PLAN_DELAY, 0,
				 MMAPDEMO_DELAY_MAX));
	EXPECT_TRUE(frozen_while(&freezer, self->fd, wait_in_user_space,
				 self->map, &frozen));
	EXPECT_TRUE(frozen);
	EXPECT_TRUE(frozen_while(&freezer, self->fd, wait_in_system_call,
				 self->map, &frozen));
	EXPECT_FALSE(frozen);
	freezer_destroy(&freezer);
}

static int leave_one_waiting_for_nothing(int shown)
{
	int fd = region_open(page_size(), MMAPDEMO_BY_PAGE);
	char *map = device_map(fd, 1, MAP_SHARED, 0);

	if (failed(map) || region_plan(fd, 0, 1, MMAPDEMO_PLAN_DELAY, 0,
				       MMAPDEMO_DELAY_MAX) ||
	    leave_one_waiting(fd, map) || munmap(map, page_size()) ||
	    close(fd) || write(shown, "w", 1) != 1)
		return 1;
	return pause();
}

/*
 * A thread still waits in the module, although its mapping was removed and its
 * file was closed.
 */
TEST(the_module_stays_while_a_task_waits)
{
	int pipes[2];
	char byte;
	pid_t pid;

	if (!device_reload())
		SKIP(return, NO_RELOAD);
	ASSERT_EQ(0, pipe(pipes));
	pid = fork_child();
	if (!pid)
		_exit(leave_one_waiting_for_nothing(pipes[1]));
	close(pipes[1]);
	ASSERT_EQ(1, read(pipes[0], &byte, 1));
	EXPECT_EQ(-1, syscall(SYS_delete_module, "mmapdemo", O_NONBLOCK));
	EXPECT_EQ(EWOULDBLOCK, errno);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, wait_for(pid));
	EXPECT_TRUE(device_reload());
}

/* ---- refused plans ---- */

TEST_F(plan, impossible_requests_are_refused)
{
	const struct {
		size_t first;
		size_t end;
		__u32 answer;
		__u64 delay;
	} cases[] = {
		{ 1, 1, MMAPDEMO_PLAN_SIGBUS, 0 },
		{ 2, 1, MMAPDEMO_PLAN_SIGBUS, 0 },
		{ 0, 1, MMAPDEMO_PLAN_SIGBUS, 1 },
		{ 0, 1, MMAPDEMO_PLAN_DELAY, 0 },
		{ 0, 1, MMAPDEMO_PLAN_DELAY, MMAPDEMO_DELAY_MAX + 1 },
		{ 0, 1, MMAPDEMO_PLAN_DELAY + 1, 0 },
		{ 0, 1, ~0U, 0 },
	};
	struct mmapdemo_plan plan = {
		.size = sizeof(plan), .start = 1, .end = page_size(),
		.answer = MMAPDEMO_PLAN_SIGBUS,
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		EXPECT_EQ(-1, region_plan(self->fd, cases[i].first,
					  cases[i].end, cases[i].answer, 1,
					  cases[i].delay));
		EXPECT_EQ(EINVAL, errno) {
			TH_LOG("case %zu", i);
		}
	}
	EXPECT_EQ(-1, ioctl(self->fd, MMAPDEMO_IOC_PLAN, &plan));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, touch_read(self->map));
}

TEST_F(plan, the_number_of_plans_is_limited)
{
	for (int i = 0; i < MMAPDEMO_PLANS_MAX; i++)
		ASSERT_EQ(0, region_plan(self->fd, i, i + 1,
					 MMAPDEMO_PLAN_SIGBUS, 1, 0));
	EXPECT_EQ(-1, region_plan(self->fd, 99, 100, MMAPDEMO_PLAN_SIGBUS, 1,
				  0));
	EXPECT_EQ(ENOSPC, errno);
	/* A plan that has answered all its faults makes room for another plan. */
	EXPECT_EQ(SIGBUS, touch_read(page_at(self->map, 5)));
	EXPECT_EQ(0, region_plan(self->fd, 99, 100, MMAPDEMO_PLAN_SIGBUS, 1,
				 0));
}

TEST(without_faults_there_is_nothing_to_plan)
{
	int fd = region_open(page_size(), MMAPDEMO_BY_REMAP);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, region_plan(fd, 0, 1, MMAPDEMO_PLAN_SIGBUS, 1, 0));
	EXPECT_EQ(EOPNOTSUPP, errno);
	close(fd);
}

TEST_HARNESS_MAIN
