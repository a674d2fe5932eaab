// SPDX-License-Identifier: GPL-2.0-only
#include "record/instance.h"
#include "event/event.h"
#include "system/writes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <tracefs.h>

#define PREFIX "mmapdemo-"
#define BYTES_MIN (64UL << 10)

/* ---- instances of other runs ---- */

#define TRY_AGAIN_MS 20
#define CLEAN_TIMES 250

/*
 * Return true if a signal that asks this program to end is pending, and is not
 * ignored.
 */
static bool interrupted(void)
{
	static const int ends[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };
	struct sigaction action;
	sigset_t waiting;

	if (sigpending(&waiting))
		return false;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (sigismember(&waiting, ends[i]) &&
		    !sigaction(ends[i], NULL, &action) &&
		    action.sa_handler != SIG_IGN)
			return true;
	}
	return false;
}

/*
 * Poll for the lock and for signals. A blocking call could wait forever,
 * because a stopped process may hold the lock.
 */
static int lock_file(int fd, int how)
{
	while (flock(fd, how | LOCK_NB)) {
		if (errno != EINTR && (errno != EWOULDBLOCK || how & LOCK_NB))
			return -errno;
		if (interrupted())
			return -EINTR;
		poll(NULL, 0, TRY_AGAIN_MS);
	}
	return 0;
}

/*
 * Each run of mmapdemo holds a lock on the directory of its instance. The
 * process id in the instance's name does not show whether the run is alive,
 * because the process id may belong to another PID namespace.
 */
static int lock_folder(const char *path, int how)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = lock_file(fd, how);
	if (!err)
		return fd;
	close(fd);
	return err;
}

static int lock_instance(struct tracefs_instance *tracefs)
{
	char *path = tracefs_instance_get_dir(tracefs);
	int fd = path ? lock_folder(path, LOCK_EX | LOCK_NB) : -ENOMEM;

	tracefs_put_tracing_file(path);
	return fd;
}

/*
 * Take the lock that protects the creation and removal of instances. A new
 * instance has no lock of its own yet.
 */
static int lock_all(void)
{
	char *path = tracefs_get_tracing_file("instances");
	int fd = path ? lock_folder(path, LOCK_EX) : -ENOMEM;

	tracefs_put_tracing_file(path);
	return fd;
}

/*
 * Disable the events before removing the instance. While a process reads the
 * events of an instance, the kernel does not remove the instance. An instance
 * that can't be removed costs nothing while its events are disabled.
 */
static bool destroy(struct tracefs_instance *tracefs)
{
	tracefs_trace_off(tracefs);
	tracefs_event_disable(tracefs, NULL, NULL);
	return !tracefs_instance_destroy(tracefs);
}

static void remove_instance(struct tracefs_instance *tracefs)
{
	destroy(tracefs);
	tracefs_instance_free(tracefs);
}

/*
 * Remove the instance @name if its run has ended. Return false if the instance
 * could not be removed.
 */
static bool remove_dead(const char *name)
{
	struct tracefs_instance *tracefs = tracefs_instance_create(name);
	int lock = tracefs ? lock_instance(tracefs) : -ENOMEM;
	bool gone = true;

	if (lock >= 0) {
		gone = destroy(tracefs);
		close(lock);
	}
	tracefs_instance_free(tracefs);
	return gone;
}

/*
 * Remove the instances of runs that have ended. Return false if one of these
 * instances could not be removed.
 */
static bool sweep(void)
{
	char **names = tracefs_instances(NULL);
	bool gone = true;

	for (int i = 0; names && names[i]; i++) {
		if (!strncmp(names[i], PREFIX, strlen(PREFIX)))
			gone &= remove_dead(names[i]);
	}
	tracefs_list_free(names);
	return gone;
}

/* ---- this run's instance ---- */

static int put(struct instance *instance, const char *file, const char *text,
	       const char *doing)
{
	instance->doing = doing;
	errno = 0;
	if (tracefs_instance_file_write(instance->tracefs, file, text) < 0)
		return errno ? -errno : -EIO;
	return 0;
}

/*
 * Set the buffer's size. Halve the size until there is enough memory.
 *
 * Write to events/enable before the resizing. The top-level trace buffer has
 * its minimum size until the first write that enables or disables an event.
 * Before Linux 6.7, if an instance is resized before the first such write, the
 * top-level buffer keeps its minimum size forever.
 */
static int size_buffer(struct instance *instance, size_t bytes)
{
	char text[32];
	int err;

	err = put(instance, "events/enable", "0",
		  "disabling events");
	if (err)
		return err;
	do {
		snprintf(text, sizeof(text), "%zu", bytes >> 10);
		err = put(instance, "buffer_size_kb", text,
			  "allocating the trace buffer");
		bytes /= 2;
	} while (err == -ENOMEM && bytes >= BYTES_MIN);
	return err;
}

static int configure(struct instance *instance, size_t bytes)
{
	int err;

	err = put(instance, "tracing_on", "0",
		  "switching recording off");
	/*
	 * Choose a clock whose times can be compared with CLOCK_MONOTONIC and
	 * between processors.
	 */
	if (!err)
		err = put(instance, "trace_clock", "mono",
			  "selecting the monotonic clock");
	if (!err)
		err = put(instance, "options/event-fork", "1",
			  "enabling the recording of children");
	/*
	 * When the buffer is full, keep the old events, because the start of
	 * the recording matters more than the end.
	 */
	if (!err)
		err = put(instance, "options/overwrite", "0",
			  "disabling the overwriting of events");
	if (!err)
		err = size_buffer(instance, bytes);
	return err;
}

/*
 * Remove the instances of runs that have ended, and retry for a few seconds. For
 * example, a child that was killed between fork() and exec() may keep files of
 * an instance open slightly longer than its parent.
 */
static void clean(void)
{
	bool gone = false;

	for (int i = 0; !gone && i < CLEAN_TIMES; i++) {
		int all;

		if (i)
			poll(NULL, 0, TRY_AGAIN_MS);
		all = lock_all();
		if (all < 0)
			return;
		gone = sweep();
		close(all);
	}
}

static int create_locked(struct instance *instance)
{
	int all = lock_all(), err = 0;
	char name[32];

	instance->doing = all == -EINTR ?
			  "waiting for another run of mmapdemo, which may be "
			  "suspended" :
			  "creating a trace instance";
	if (all < 0)
		return all;
	sweep();
	snprintf(name, sizeof(name), PREFIX "%d", getpid());
	errno = 0;
	instance->tracefs = tracefs_instance_create(name);
	if (!instance->tracefs)
		err = errno ? -errno : -EIO;
	else
		instance->lock = lock_instance(instance->tracefs);
	close(all);
	return err ?: instance->lock < 0 ? instance->lock : 0;
}

int instance_create(struct instance *instance, size_t bytes)
{
	int err = create_locked(instance);

	if (!err) {
		guard_begin(&instance->guard, clean);
		err = configure(instance, bytes);
	}
	if (err)
		instance_remove(instance);
	return err;
}

int instance_stacks(struct instance *instance)
{
	return put(instance, "options/userstacktrace", "1",
		   "enabling the recording of call stacks");
}

int instance_flushes(struct instance *instance)
{
	instance->kinds = (instance->kinds ?: EVENTS_MODULE) |
			  EVENT_BIT(EVENT_FLUSH);
	/* The value of TLB_FLUSH_ON_TASK_SWITCH is 0. */
	return put(instance, "events/tlb/tlb_flush/filter", "reason != 0",
		   "setting the filter for TLB flushes");
}

int instance_users(struct instance *instance)
{
	return put(instance, "events/exceptions/page_fault_kernel/filter",
		   "address < 0x100000000000000",
		   "setting the filter for the kernel's page faults");
}

/*
 * Apart from SIGSEGV and SIGBUS, the filter passes only signals that have no
 * handler and end the process. SIGCHLD, SIGCONT, SIGURG, SIGWINCH, and signals
 * that stop a process never pass.
 */
int instance_signals(struct instance *instance)
{
	return put(instance, "events/signal/signal_deliver/filter",
		   "sig == 7 || sig == 11 || (sa_handler == 0 && sig != 17 && "
		   "sig != 23 && sig != 28 && (sig < 18 || sig > 22))",
		   "setting the filter for signals");
}

/* Write all ids in one write, because each write waits for every processor. */
int instance_follow(struct instance *instance, const int *tids, size_t count)
{
	size_t size = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);
	int err;

	if (!out)
		return -errno;
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%d\n", tids[i]);
	err = fclose(out) ? -errno : 0;
	instance->doing = "selecting the tasks to record";
	errno = 0;
	if (!err && tracefs_instance_file_append(instance->tracefs,
						 "set_event_pid", text) < 0)
		err = errno ? -errno : -EIO;
	free(text);
	return err;
}

int instance_followed(struct instance *instance,
		      int (*visit)(int tid, void *data), void *data)
{
	char *list, *at, *end;
	int err = 0, tid;

	instance->doing = "reading the list of recorded tasks";
	errno = 0;
	list = tracefs_instance_file_read(instance->tracefs, "set_event_pid",
					  NULL);
	if (!list)	/* if the file is empty, errno is 0 */
		return -errno;
	for (at = list; !err; at = end) {
		tid = strtol(at, &end, 10);
		if (end == at)
			break;
		err = visit(tid, data);
	}
	free(list);
	return err;
}

int instance_want(struct instance *instance, int kind, bool wanted)
{
	const struct event_layout *layout = &event_layouts[kind];
	int (*change)(struct tracefs_instance *tracefs, const char *system,
		      const char *event) = wanted ? tracefs_event_enable :
						    tracefs_event_disable;

	instance->doing = layout->name;
	errno = 0;
	if (change(instance->tracefs, layout->system, layout->name))
		return errno ? -errno : -EIO;
	return 0;
}

int instance_start(struct instance *instance)
{
	int err = 0;

	for (int kind = 0; !err && kind < EVENT_KINDS; kind++) {
		if (event_wanted(instance->kinds, kind))
			err = instance_want(instance, kind, true);
	}
	return err ? err : put(instance, "tracing_on", "1",
			       "switching recording on");
}

/* ---- writes by other programs ---- */

/*
 * An inotify watch of a directory covers the files in it, but not the files in
 * its subdirectories.
 */
static void watch_writes(struct instance *instance, const char *name,
			 __u32 what)
{
	char *path = tracefs_instance_get_file(instance->tracefs, name);

	if (path)
		inotify_add_watch(instance->writes, path, what);
	tracefs_put_tracing_file(path);
}

void instance_watch(struct instance *instance)
{
	const struct event_layout *layout;
	char path[128];

	instance->writes = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (instance->writes < 0) {
		instance->writes = 0;
		return;
	}
	watch_writes(instance, ".", IN_MODIFY);
	watch_writes(instance, "trace_pipe", IN_ACCESS);
	watch_writes(instance, "events", IN_MODIFY);
	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		if (!event_wanted(instance->kinds, kind))
			continue;
		layout = &event_layouts[kind];
		snprintf(path, sizeof(path), "events/%s", layout->system);
		watch_writes(instance, path, IN_MODIFY);
		snprintf(path, sizeof(path), "events/%s/%s", layout->system,
			 layout->name);
		watch_writes(instance, path, IN_MODIFY);
	}
}

/* ---- the end ---- */

static bool is_enabled(const struct instance *instance, int kind)
{
	const struct event_layout *layout = &event_layouts[kind];

	return tracefs_event_is_enabled(instance->tracefs, layout->system,
					layout->name) ==
	       TRACEFS_ALL_ENABLED;
}

void instance_stop(struct instance *instance)
{
	bool whole = tracefs_trace_is_on(instance->tracefs) == 1;

	for (int kind = 0; whole && kind < EVENT_VMA; kind++)
		whole = !event_wanted(instance->kinds, kind) ||
			is_enabled(instance, kind);
	instance->disturbed = !whole;
	instance->touched = writes_end(&instance->writes);
	/* The module then writes the faults that are still in batches. */
	if (event_wanted(instance->kinds, MMAPDEMO_EVENT_PTE_FAULTS))
		instance_want(instance, MMAPDEMO_EVENT_PTE_FAULTS, false);
	tracefs_trace_off(instance->tracefs);
}

/* Parse a line such as "overrun: 17" in the statistics of a processor. */
static __u64 read_count(const char *stats, const char *name)
{
	const char *at = strstr(stats, name);

	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

char *instance_stats(struct instance *instance, int cpu)
{
	char path[48];

	snprintf(path, sizeof(path), "per_cpu/cpu%d/stats", cpu);
	return tracefs_instance_file_read(instance->tracefs, path, NULL);
}

__u64 instance_lost_on(struct instance *instance, int cpu)
{
	char *stats = instance_stats(instance, cpu);
	__u64 lost = 0;

	if (stats)
		lost = read_count(stats, "\noverrun: ") +
		       read_count(stats, "\ncommit overrun: ") +
		       read_count(stats, "\ndropped events: ");
	free(stats);
	return lost;
}

__u64 instance_unread_on(struct instance *instance, int cpu)
{
	char *stats = instance_stats(instance, cpu);
	__u64 unread = stats ? read_count(stats, "entries: ") : 0;

	free(stats);
	return unread;
}

__u64 instance_lost(struct instance *instance)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	__u64 lost = 0;

	for (long cpu = 0; cpu < cpus; cpu++)
		lost += instance_lost_on(instance, cpu);
	return lost;
}

void instance_remove(struct instance *instance)
{
	if (!instance->tracefs)
		return;
	writes_end(&instance->writes);
	remove_instance(instance->tracefs);
	guard_end(&instance->guard);
	if (instance->lock >= 0)
		close(instance->lock);
	instance->tracefs = NULL;
}
