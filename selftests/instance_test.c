// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trace instance of a run. In this test, directories and files replace
 * tracefs.
 *
 * Depends on: nothing.
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"

#include "../userspace/event/names.c"
#include "../userspace/event/event.c"
#include "../userspace/system/guard.c"
#include "../userspace/record/instance.c"
#include "../userspace/system/writes.c"

#include <limits.h>
#include <sys/stat.h>

/* ---- libtracefs ---- */

struct tracefs_instance {
	char path[PATH_MAX];
};

static char root[] = "/tmp/instance_test.XXXXXX";
static char appended[1 << 16];
static int appends;
static char *names[8];

char *tracefs_get_tracing_file(const char *name)
{
	(void)name;
	return strdup(root);
}

void tracefs_put_tracing_file(char *name)
{
	free(name);
}

char **tracefs_instances(const char *regex)
{
	(void)regex;
	return names;
}

void tracefs_list_free(char **list)
{
	(void)list;
}

struct tracefs_instance *tracefs_instance_create(const char *name)
{
	struct tracefs_instance *instance = malloc(sizeof(*instance));

	snprintf(instance->path, sizeof(instance->path), "%s/%s", root, name);
	mkdir(instance->path, 0700);
	return instance;
}

char *tracefs_instance_get_file(struct tracefs_instance *instance,
				const char *file)
{
	char path[PATH_MAX + 128];

	snprintf(path, sizeof(path), "%s/%s", instance->path, file);
	return strdup(path);
}

char *tracefs_instance_get_dir(struct tracefs_instance *instance)
{
	return strdup(instance->path);
}

/*
 * @busy is the number of removals that fail with EBUSY. @removed_on is true if
 * tracing was on during a removal.
 */
static int busy;
static bool on, removed_on;

int tracefs_instance_destroy(struct tracefs_instance *instance)
{
	removed_on |= on;
	if (busy) {
		busy--;
		errno = EBUSY;
		return -1;
	}
	return rmdir(instance->path);
}

void tracefs_instance_free(struct tracefs_instance *instance)
{
	free(instance);
}

int tracefs_instance_file_append(struct tracefs_instance *instance,
				 const char *file, const char *text)
{
	(void)instance;
	(void)file;
	appends++;
	snprintf(appended, sizeof(appended), "%s", text);
	return strlen(text);
}

int tracefs_instance_file_write(struct tracefs_instance *instance,
				const char *file, const char *text)
{
	(void)instance;
	(void)file;
	return strlen(text);
}

char *tracefs_instance_file_read(struct tracefs_instance *instance,
				 const char *file, int *size)
{
	(void)instance;
	(void)file;
	(void)size;
	return NULL;
}

int tracefs_trace_off(struct tracefs_instance *instance)
{
	(void)instance;
	on = false;
	return 0;
}

int tracefs_trace_is_on(struct tracefs_instance *instance)
{
	(void)instance;
	return 1;
}

int tracefs_event_enable(struct tracefs_instance *instance, const char *system,
			 const char *event)
{
	(void)instance;
	(void)system;
	(void)event;
	return 0;
}

int tracefs_event_disable(struct tracefs_instance *instance,
			  const char *system, const char *event)
{
	return tracefs_event_enable(instance, system, event);
}

enum tracefs_enable_state
tracefs_event_is_enabled(struct tracefs_instance *instance, const char *system,
			 const char *event)
{
	(void)instance;
	(void)system;
	(void)event;
	return TRACEFS_ALL_ENABLED;
}

/* ---- tests ---- */

FIXTURE(instance)
{
	struct instance ours;
};

FIXTURE_SETUP(instance)
{
	strcpy(root, "/tmp/instance_test.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(root));
	memset(names, 0, sizeof(names));
	appends = 0;
	self->ours = (struct instance){ 0 };
	ASSERT_EQ(0, instance_create(&self->ours, 1 << 20));
}

FIXTURE_TEARDOWN(instance)
{
	instance_remove(&self->ours);
	EXPECT_EQ(0, rmdir(root));
}

static bool exists(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	return !access(path, F_OK);
}

static void make(const char *name)
{
	tracefs_instance_free(tracefs_instance_create(name));
}

/*
 * One write passes the TIDs of many threads to the kernel, because the kernel
 * waits for all processors at each write.
 */
TEST_F(instance, tasks_are_followed_by_one_write)
{
	int tids[1000];

	for (int i = 0; i < 1000; i++)
		tids[i] = 4000000 + i;
	EXPECT_EQ(0, instance_follow(&self->ours, tids, 1000));
	EXPECT_EQ(1, appends);
	EXPECT_EQ(8000, strlen(appended));
	EXPECT_EQ(0, strncmp("4000000\n4000001\n", appended, 16));
	EXPECT_STREQ("4000999\n", appended + 7992);
}

/*
 * A lock on an instance shows that its run is alive. The PID in the name of an
 * instance is not enough, because the run may be in another PID namespace.
 */
TEST_F(instance, a_locked_instance_is_kept)
{
	struct instance next = { 0 };
	char own[32];
	int pid;

	snprintf(own, sizeof(own), PREFIX "%d", getpid());
	names[0] = own;
	names[1] = PREFIX "2147483647";
	names[2] = "somebody-else";
	make(names[1]);
	make(names[2]);
	pid = fork();
	if (!pid)
		_exit(instance_create(&next, 1 << 20) ? 1 : 0);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_TRUE(exists(names[0]));
	EXPECT_FALSE(exists(names[1]));
	EXPECT_TRUE(exists(names[2]));
	EXPECT_EQ(0, rmdir(strcat(strcat(strcpy(appended, root), "/"),
				  names[2])));
	/*
	 * The run ended without removing its instance. The guard process of the
	 * run may still exist for a moment.
	 */
	snprintf(appended, sizeof(appended), PREFIX "%d", pid);
	names[3] = appended;
	while (exists(appended))
		clean();
}

/*
 * A child of the run may keep files open for a moment, but nothing is recorded
 * any longer.
 */
TEST_F(instance, a_busy_instance_is_removed_later)
{
	names[0] = PREFIX "2147483647";
	make(names[0]);
	busy = 3;
	on = true;
	clean();
	EXPECT_FALSE(exists(names[0]));
	EXPECT_FALSE(removed_on);
	EXPECT_EQ(0, busy);
}

static int open_in(const struct instance *instance, const char *name)
{
	char *path = tracefs_instance_get_file(instance->tracefs, name);
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	free(path);
	return fd;
}

/* The run detects access by other programs, both reads and writes. */
TEST_F(instance, access_by_others_is_detected)
{
	int on_fd = open_in(&self->ours, "tracing_on");
	int pipe_fd = open_in(&self->ours, "trace_pipe");
	char byte;

	EXPECT_EQ(1, write(pipe_fd, "x", 1));
	instance_watch(&self->ours);
	instance_stop(&self->ours);
	EXPECT_FALSE(self->ours.touched);
	instance_watch(&self->ours);
	EXPECT_EQ(1, write(on_fd, "0", 1));
	EXPECT_EQ(1, write(on_fd, "1", 1));
	instance_stop(&self->ours);
	EXPECT_TRUE(self->ours.touched);
	instance_watch(&self->ours);
	EXPECT_EQ(1, pread(pipe_fd, &byte, 1, 0));
	instance_stop(&self->ours);
	EXPECT_TRUE(self->ours.touched);
	close(on_fd);
	close(pipe_fd);
	unlink(strcat(self->ours.tracefs->path, "/tracing_on"));
	*strrchr(self->ours.tracefs->path, '/') = 0;
	unlink(strcat(self->ours.tracefs->path, "/trace_pipe"));
	*strrchr(self->ours.tracefs->path, '/') = 0;
}

/*
 * While a run that is stopped by SIGSTOP holds the lock, a second run waits for
 * the lock. The second run can be terminated.
 */
TEST_F(instance, a_waiting_run_can_be_interrupted)
{
	struct instance next = { 0 };
	int status, pid, lock = open(root, O_RDONLY);
	sigset_t ends;

	ASSERT_EQ(0, flock(lock, LOCK_EX));
	pid = fork();
	if (!pid) {
		close(lock);
		sigemptyset(&ends);
		sigaddset(&ends, SIGTERM);
		sigprocmask(SIG_BLOCK, &ends, NULL);
		raise(SIGTERM);
		_exit(instance_create(&next, 1 << 20) == -EINTR ? 0 : 1);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	close(lock);
}

TEST_HARNESS_MAIN
