// SPDX-License-Identifier: GPL-2.0-only
#include "event/comms.h"
#include "base/format.h"
#include "base/tree.h"

#include <errno.h>
#include <sched.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The origins of a name, from the least to the most reliable origin */
enum origin { FROM_FORK, FROM_EXEC, FROM_KERNEL };

struct comm {
	__u32 tid;
	__u32 pid;		/* 0: the process ID is @tid, or is unknown */
	enum origin origin;
	char name[COMM_MAX];
};

static int by_tid(const void *a, const void *b)
{
	const struct comm *x = a, *y = b;

	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

static const struct comm *find(const struct comms *comms, __u32 tid)
{
	const struct comm key = { .tid = tid };

	return tree_find(&comms->tree, &key, by_tid);
}

/*
 * Return the entry of @tid. If there is none, add an entry without a name.
 * Return NULL if there is no memory.
 */
static struct comm *get(struct comms *comms, __u32 tid)
{
	const struct comm key = { .tid = tid };

	return tree_get(&comms->tree, &key, sizeof(key), by_tid);
}

static void append(struct comm *comm, const char *text, size_t bytes)
{
	size_t used = strlen(comm->name);

	snprintf(comm->name + used, sizeof(comm->name) - used, "%.*s",
		 (int)bytes, text);
}

int comms_read(struct comms *comms, const char *text)
{
	struct comm *comm = NULL;

	while (*text) {
		const char *end = strchrnul(text, '\n');
		char *name;
		unsigned long tid = strtoul(text, &name, 10);

		if (*text >= '0' && *text <= '9' && *name == ' ') {
			comm = get(comms, tid);
			if (!comm)
				return -ENOMEM;
			text = name + 1;
			comm->name[0] = 0;
			comm->origin = FROM_KERNEL;
		} else if (comm) {
			append(comm, "\n", 1);
		}
		if (comm)
			append(comm, text, end - text);
		text = end + !!*end;
	}
	return 0;
}

static int name_task(struct comms *comms, __u32 tid, const char *name,
		     enum origin origin)
{
	struct comm *comm = get(comms, tid);

	if (!comm)
		return -ENOMEM;
	if (comm->name[0] && comm->origin > origin)
		return 0;
	comm->origin = origin;
	snprintf(comm->name, sizeof(comm->name), "%s", name);
	return 0;
}

int comms_join(struct comms *comms, __u32 tid, __u32 pid)
{
	struct comm *comm = get(comms, tid);

	if (!comm)
		return -ENOMEM;
	comm->pid = pid == tid ? 0 : pid;
	return 0;
}

static int fork_task(struct comms *comms, const struct event *event)
{
	const bool thread = event->fork.clone_flags & CLONE_THREAD;
	const __u32 tid = event->fork.pid;

	return name_task(comms, tid, comms_name(comms, event->tid), FROM_FORK) ?:
	       comms_join(comms, tid, thread ? comms_process(comms, event->tid) :
					       tid);
}

int comms_event(struct comms *comms, const struct event *event)
{
	if (event->kind == EVENT_EXEC)
		return name_task(comms, event->tid,
				 path_base(event->exec.filename), FROM_EXEC);
	return event->kind == EVENT_FORK ? fork_task(comms, event) : 0;
}

__u32 comms_process(const struct comms *comms, __u32 tid)
{
	const struct comm *comm = find(comms, tid);

	return comm && comm->pid ? comm->pid : tid;
}

const char *comms_name(const struct comms *comms, __u32 tid)
{
	const struct comm *comm = find(comms, tid);

	return comm ? comm->name : "";
}

void comms_free(struct comms *comms)
{
	tdestroy(comms->tree, free);
	comms->tree = NULL;
}
