// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inherited perf events. While an administrator observes an unprivileged
 * process, the process must still be able to fork and to start threads.
 *
 * Depends on: the kernel.
 */
#include "trace.h"

#include <linux/perf_event.h>
#include <pthread.h>
#include <sys/syscall.h>

#define PARANOID "/proc/sys/kernel/perf_event_paranoid"
#define NOBODY 65534

FIXTURE(inherit)
{
	int go[2];
	char *paranoid;
};

FIXTURE_VARIANT(inherit)
{
	const char *event;
};

#define EVENT(name) \
	FIXTURE_VARIANT_ADD(inherit, name) { .event = #name }
EVENT(do_mmap);
EVENT(get_unmapped_area);
EVENT(vma_merge);
EVENT(vma_link);
EVENT(pte_fault);
EVENT(vma_split);
EVENT(vma_unlink);
EVENT(brk);
EVENT(mremap);
EVENT(dup_mm);
EVENT(pgd_alloc);
EVENT(exit_mmap);

FIXTURE_SETUP(inherit)
{
	ASSERT_EQ(0, pipe2(self->go, O_CLOEXEC));
	self->paranoid = slurp(PARANOID);
	ASSERT_NE(NULL, self->paranoid);
	/*
	 * With perf_event_paranoid=-1, perf itself allows every event. Only the
	 * module can then refuse to open its event.
	 */
	ASSERT_TRUE(put(PARANOID, "-1"));
}

FIXTURE_TEARDOWN(inherit)
{
	put(PARANOID, self->paranoid);
	free(self->paranoid);
	close(self->go[0]);
	close(self->go[1]);
}

/*
 * Return the id by which perf opens an event. Return 0 if there is no such
 * event.
 */
static __u64 event_id(const char *event)
{
	char path[128];
	__u64 id = 0;
	FILE *file;

	snprintf(path, sizeof(path), TRACEFS "/events/mmapdemo/%s/id", event);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%llu", &id) != 1)
		id = 0;
	fclose(file);
	return id;
}

static int event_open(__u64 id, pid_t pid)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = id,
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_TIME | PERF_SAMPLE_RAW,
		.inherit = 1,
	};

	return syscall(SYS_perf_event_open, &attr, pid, -1, -1, 0);
}

static void *thread_run(void *unused)
{
	return unused;
}

/*
 * Fork a chain of @depth processes. Each process starts a thread. Return the
 * first errno, or 0.
 */
static int fork_deep(int depth)
{
	pthread_t thread;
	pid_t pid;
	int err;

	err = pthread_create(&thread, NULL, thread_run, NULL);
	if (err)
		return err;
	pthread_join(thread, NULL);
	if (!depth)
		return 0;
	pid = fork();
	if (pid < 0)
		return errno;
	if (!pid)
		_exit(fork_deep(depth - 1));
	return wait_for(pid);
}

static int fork_as_nobody(int go)
{
	char byte;

	if (setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY) || read(go, &byte, 1) != 1)
		return 255;
	return fork_deep(2);
}

TEST_F(inherit, the_observed_process_forks_and_starts_threads)
{
	__u64 id = event_id(variant->event);
	int event, status;
	pid_t pid;

	ASSERT_NE(0, id);
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(fork_as_nobody(self->go[0]));
	event = event_open(id, pid);
	EXPECT_LE(0, event);
	ASSERT_EQ(1, write(self->go[1], "", 1));
	status = wait_for(pid);
	EXPECT_EQ(0, status) {
		TH_LOG("%s", strerror(status));
	}
	close(event);
}

/* A process may not open an event, even if the process has inherited this event. */
TEST_F(inherit, the_observed_process_cannot_open_the_event)
{
	__u64 id = event_id(variant->event);
	int event, status;
	pid_t pid;

	ASSERT_NE(0, id);
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid) {
		status = fork_as_nobody(self->go[0]);
		if (status)
			_exit(status);
		event = event_open(id, 0);
		_exit(event >= 0 || errno != EPERM ? 254 : 0);
	}
	event = event_open(id, pid);
	EXPECT_LE(0, event);
	ASSERT_EQ(1, write(self->go[1], "", 1));
	EXPECT_EQ(0, wait_for(pid));
	close(event);
}

TEST_HARNESS_MAIN
