// SPDX-License-Identifier: GPL-2.0-only
#include "report/vforks.h"

#include <errno.h>
#include <linux/sched.h>
#include <stdlib.h>

/**
 * struct suspension - a parent that waits for its child
 * @next: next in the list of all suspensions
 * @before: the pointer to this suspension in the list
 * @parent: task that is suspended
 * @child: task for which the parent waits
 * @since: time of the event that reported the new child
 */
struct suspension {
	struct suspension *next;
	struct suspension **before;
	__u32 parent;
	__u32 child;
	__u64 since;
};

static void drop(struct vforks *vforks, struct suspension *suspension)
{
	ids_drop(&vforks->parents, suspension->parent);
	ids_drop(&vforks->children, suspension->child);
	*suspension->before = suspension->next;
	if (suspension->next)
		suspension->next->before = suspension->before;
	free(suspension);
}

/*
 * End a suspension. An event that began before the suspension does not show
 * that the suspension is over. For example, the parent's own clone() call began
 * earlier.
 */
static void end(struct vforks *vforks, struct suspension *suspension,
		__u64 time)
{
	if (!suspension || time <= suspension->since)
		return;
	stats_add(&vforks->stats, time - suspension->since);
	drop(vforks, suspension);
}

/*
 * Drop a suspension whose end was not seen. A new suspension of the same parent
 * or child shows that the event about the end was lost.
 */
static void forget(struct vforks *vforks, struct suspension *suspension)
{
	if (suspension)
		drop(vforks, suspension);
}

static int begin(struct vforks *vforks, const struct event *event)
{
	struct suspension *suspension = calloc(1, sizeof(*suspension));

	if (!suspension)
		return -ENOMEM;
	forget(vforks, ids_find(&vforks->parents, event->tid));
	forget(vforks, ids_find(&vforks->children, event->fork.pid));
	vforks->began++;
	suspension->parent = event->tid;
	suspension->child = event->fork.pid;
	suspension->since = event->time;
	suspension->before = &vforks->all;
	suspension->next = vforks->all;
	if (suspension->next)
		suspension->next->before = &suspension->next;
	vforks->all = suspension;
	return ids_set(&vforks->parents, event->tid, suspension) ?:
	       ids_set(&vforks->children, event->fork.pid, suspension);
}

/*
 * Return true if the event shows that the child has given up the shared memory.
 * Exec gives up the memory before it maps the program, so the first mapping of
 * exec shows that the child has given up the memory. At exit, the child gives
 * up the memory before the exit event or, since Linux 6.16, immediately after
 * this event.
 */
static bool child_done(const struct event *event)
{
	return event->kind == EVENT_EXEC || event->kind == EVENT_EXIT ||
	       (event->kind == MMAPDEMO_EVENT_DO_MMAP &&
		event->mmap.trigger == MMAPDEMO_TRIGGER_EXEC);
}

int vforks_event(struct vforks *vforks, const struct event *event)
{
	/*
	 * Ignore TLB flushes, because the switch from the parent to another
	 * task may cause a flush.
	 */
	if (vforks->all && event->kind != EVENT_FLUSH)
		end(vforks, ids_find(&vforks->parents, event->tid),
		    event_begin(event));
	if (vforks->all && child_done(event))
		end(vforks, ids_find(&vforks->children, event->tid),
		    event_begin(event));
	return event->kind == EVENT_FORK &&
	       event->fork.clone_flags & CLONE_VFORK ?
	       begin(vforks, event) : 0;
}

void vforks_free(struct vforks *vforks)
{
	while (vforks->all)
		drop(vforks, vforks->all);
	ids_free(&vforks->parents);
	ids_free(&vforks->children);
}
