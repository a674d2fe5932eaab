// SPDX-License-Identifier: GPL-2.0-only
#include "instance.h"
#include "event.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tracefs.h>

#define PREFIX "mmapdemo-"
#define BYTES_MIN (64UL << 10)

/* ---- left by others ---- */

/* A run that lives: of that process id, and it is this program. */
static bool run_lives(int pid)
{
	char path[32], comm[32] = "", own[32] = "";
	FILE *file;

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/proc/%d/comm",
			 i ? getpid() : pid);
		file = fopen(path, "re");
		if (!file)
			return false;
		if (!fgets(i ? own : comm, sizeof(own), file))
			*comm = 0;
		fclose(file);
	}
	return !strcmp(comm, own);
}

static void remove_instance(struct tracefs_instance *tracefs)
{
	tracefs_trace_off(tracefs);
	tracefs_event_disable(tracefs, NULL, NULL);
	tracefs_instance_destroy(tracefs);
	tracefs_instance_free(tracefs);
}

/* The process that made an instance, 0: it is not one of ours. */
static int maker(const char *name)
{
	char end;
	int pid;

	return sscanf(name, PREFIX "%d%c", &pid, &end) == 1 ? pid : 0;
}

void instance_sweep(void)
{
	char **names = tracefs_instances(NULL);

	for (int i = 0; names && names[i]; i++) {
		struct tracefs_instance *tracefs;
		int pid = maker(names[i]);

		if (!pid || (pid != getpid() && run_lives(pid)))
			continue;
		tracefs = tracefs_instance_create(names[i]);
		if (tracefs)
			remove_instance(tracefs);
	}
	tracefs_list_free(names);
}

/* ---- our own ---- */

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
 * As much as there is memory for. Everybody's buffer is small until the first
 * event is switched; before Linux 6.7 it stays so when an instance gets another
 * size earlier.
 */
static int size_buffer(struct instance *instance, size_t bytes)
{
	char text[32];
	int err;

	err = put(instance, "events/enable", "0", "events/enable");
	if (err)
		return err;
	do {
		snprintf(text, sizeof(text), "%zu", bytes >> 10);
		err = put(instance, "buffer_size_kb", text,
			  "memory for the trace buffer");
		bytes /= 2;
	} while (err == -ENOMEM && bytes >= BYTES_MIN);
	return err;
}

static int configure(struct instance *instance, size_t bytes)
{
	int err;

	err = put(instance, "tracing_on", "0", "tracing_on");
	/* Comparable with our clock, and between processors. */
	if (!err)
		err = put(instance, "trace_clock", "mono", "trace_clock");
	if (!err)
		err = put(instance, "options/event-fork", "1", "event-fork");
	/* The begin of a story is worth more than its end. */
	if (!err)
		err = put(instance, "options/overwrite", "0", "overwrite");
	if (!err)
		err = size_buffer(instance, bytes);
	return err;
}

int instance_create(struct instance *instance, size_t bytes)
{
	char name[32];
	int err;

	snprintf(name, sizeof(name), PREFIX "%d", getpid());
	instance->doing = "creating a tracefs instance";
	errno = 0;
	instance->tracefs = tracefs_instance_create(name);
	if (!instance->tracefs)
		return errno ? -errno : -EIO;
	err = configure(instance, bytes);
	if (err)
		instance_remove(instance);
	return err;
}

int instance_stacks(struct instance *instance)
{
	return put(instance, "options/userstacktrace", "1",
		   "options/userstacktrace");
}

int instance_flushes(struct instance *instance)
{
	int err;

	/* TLB_FLUSH_ON_TASK_SWITCH is 0. */
	err = put(instance, "events/tlb/tlb_flush/filter", "reason != 0",
		  "the filter of tlb_flush");
	return err ? err : put(instance, "events/tlb/tlb_flush/enable", "1",
			       "tlb_flush");
}

int instance_users(struct instance *instance)
{
	return put(instance, "events/exceptions/page_fault_kernel/filter",
		   "address < 0x100000000000000",
		   "the filter of page_fault_kernel");
}

/*
 * SIGSEGV and SIGBUS, and what ends a process: not SIGCHLD, SIGCONT, SIGURG,
 * SIGWINCH, nor those that stop it.
 */
int instance_signals(struct instance *instance)
{
	return put(instance, "events/signal/signal_deliver/filter",
		   "sig == 7 || sig == 11 || (sa_handler == 0 && sig != 17 && "
		   "sig != 23 && sig != 28 && (sig < 18 || sig > 22))",
		   "the filter of signal_deliver");
}

int instance_follow(struct instance *instance, int tid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d\n", tid);
	instance->doing = "set_event_pid";
	errno = 0;
	if (tracefs_instance_file_append(instance->tracefs, "set_event_pid",
					 text) < 0)
		return errno ? -errno : -EIO;
	return 0;
}

int instance_followed(struct instance *instance,
		      int (*visit)(int tid, void *data), void *data)
{
	char *list, *at, *end;
	int err = 0, tid;

	instance->doing = "set_event_pid";
	errno = 0;
	list = tracefs_instance_file_read(instance->tracefs, "set_event_pid",
					  NULL);
	if (!list)
		return errno ? -errno : -EIO;
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
	return err ? err : put(instance, "tracing_on", "1", "tracing_on");
}

void instance_stop(struct instance *instance)
{
	tracefs_trace_off(instance->tracefs);
}

/* "overrun: 17" in a processor's stats. */
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
	if (instance->tracefs)
		remove_instance(instance->tracefs);
	instance->tracefs = NULL;
}
