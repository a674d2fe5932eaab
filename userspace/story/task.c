// SPDX-License-Identifier: GPL-2.0-only
/* Output of fork, exec and exit, one line each. */
#include "base/format.h"
#include "story/parts.h"

#include <linux/sched.h>

static void add_tables(struct line *line, __u32 vmas, __u64 pgtables)
{
	char size[FORMAT_MAX];

	line_add(line, PLAIN, "%u VMA%s, %s of page tables", vmas,
		 plural(vmas), format_size(size, pgtables));
}

int print_copy(const struct story *story, const struct event *event,
	       const struct task *task)
{
	const struct dup_event *dup = &event->dup;
	const struct event *table = call_part(&task->call,
					      MMAPDEMO_EVENT_PGD_ALLOC);
	const struct event *wait = call_part(&task->call,
					     MMAPDEMO_EVENT_MMAP_LOCK_WAIT);
	char duration[FORMAT_MAX];
	struct line line;

	begin_line(story, &line, event_begin(event), task);
	line_add(&line, BOLD, "fork");
	line_add(&line, PLAIN, ": child [%u] gets a copy: ", dup->child_pid);
	add_tables(&line, dup->map_count, dup->pgtables);
	if (table && !story->brief)
		line_add(&line, DIM, "; %u PGD entries point to shared kernel tables",
			 table->pgd.shared);
	if (wait && !story->brief) {
		line_add(&line, PLAIN, "; ");
		add_lock_wait(&line, &wait->lock);
	}
	add_flushes(&line, task, ", TLB flush: ");
	format_duration(duration, dup->duration, story->style.glyphs->micro);
	line_right(&line, DIM, duration, /* force = */ true);
	return line_end(&line, story->out);
}

int print_share(const struct story *story, const struct event *event,
		const struct task *task)
{
	bool thread = event->fork.clone_flags & CLONE_THREAD;
	bool share = event->fork.clone_flags & CLONE_VM;
	bool vfork = share && event->fork.clone_flags & CLONE_VFORK;
	struct line line;

	begin_line(story, &line, event->time, task);
	line_add(&line, BOLD, thread ? "thread" : vfork ? "vfork" :
			      share ? "clone" : "fork");
	line_add(&line, PLAIN, ": [%u] %s%s", event->fork.pid,
		 share ? "uses the same mappings" :
			 "starts with a copy of the mappings",
		 thread || !share ? "" : " until exec or exit");
	return line_end(&line, story->out);
}

int print_exec(const struct story *story, const struct event *event,
	       const struct task *task)
{
	char path[EVENT_PATH_MAX * 4];
	struct line line;

	begin_line(story, &line, event->time, task);
	line_add(&line, DIM, "exec: ");
	line_add(&line, PLAIN, "done, the process now runs ");
	line_add(&line, BOLD, "%s",
		 format_name(path, sizeof(path), event->exec.filename));
	if (task->left)
		line_add(&line, PLAIN, "; the %u old VMA%s removed",
			 task->left, task->left == 1 ? " was" : "s were");
	else
		line_add(&line, PLAIN, "; the process no longer has the "
			 "old mappings");
	return line_end(&line, story->out);
}

static int print_exit_at(const struct story *story, __u64 time,
			 const struct task *task)
{
	struct line line;

	begin_line(story, &line, time, task);
	line_add(&line, BOLD, "exit");
	return line_end(&line, story->out);
}

/*
 * Print the end of a task. If the address space ends, too, print nothing here:
 * print_exit_mmap() will print both ends. If the end of the address space is
 * never recorded, print_ended() will print the end of the task.
 */
int print_exit(const struct story *story, const struct event *event,
	       const struct task *task)
{
	if (!story->world.stock && task->space &&
	    (task->space->gone || task->space->users == 1))
		return 0;
	return print_exit_at(story, event->time, task);
}

int print_ended(const struct story *story, const struct task *task)
{
	return print_exit_at(story, task->ending, task);
}

int print_exit_mmap(const struct story *story, const struct event *event,
		    const struct task *task, const struct space *space)
{
	const struct exit_mmap_event *end = &event->exit_mmap;
	bool unfinished = task->entered && task->entered == space;
	char duration[FORMAT_MAX];
	struct line line;

	/*
	 * If exec freed the old address space, print nothing here:
	 * print_exec() reports it when exec is complete.
	 */
	if (end->trigger == MMAPDEMO_TRIGGER_EXEC && !unfinished)
		return 0;
	begin_line(story, &line, event_begin(event), task);
	line_add(&line, BOLD, unfinished ? "exec failed" :
		 end->trigger == MMAPDEMO_TRIGGER_FORK ? "fork failed" :
		 "exit");
	line_add(&line, PLAIN, ": ");
	add_tables(&line, end->map_count, end->pgtables);
	line_add(&line, PLAIN, " were freed");
	add_flushes(&line, task, ", TLB flush: ");
	format_duration(duration, end->duration, story->style.glyphs->micro);
	line_right(&line, DIM, duration, /* force = */ true);
	return line_end(&line, story->out);
}
