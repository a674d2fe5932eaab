// SPDX-License-Identifier: GPL-2.0-only
#include "report/summary.h"
#include "event/unhandled.h"
#include "event/vm_flags.h"
#include "record/replay.h"

#include <errno.h>
#include <linux/sched.h>
#include <string.h>

const struct by_name by_names[] = {
	[BY_FILE] = { "file", "files", "file", "FILE" },
	[BY_VMA] = { "vma", "vmas", "vma", "VMA" },
	[BY_IP] = { "ip", "instructions", "ip", "INSTRUCTION" },
	[BY_THREAD] = { "thread", "threads", "tid", "THREAD" },
	[BY_CALLER] = { "caller", "callers", "caller", "CALLER" },
	[BY_CLASS] = { "class", "classes", "class", "CLASS" },
	[BY_MAKER] = { "maker", "makers", "caller", "CALLED FROM" },
	[BY_PART] = { "part", "parts", "part", "PART" },
	[BY_HOLDER] = { "holder", "holders", "holder", "HOLDER" },
};

static int count_rows(struct summary *summary, const struct event *event,
		      const struct space *space)
{
	for (enum summary_by by = 0; by < BY_TABLES; by++) {
		struct row *row;

		if (by == BY_CALLER && !summary->stacks)
			continue;
		row = summary_row(summary, by, event, space);
		if (!row)
			return -ENOMEM;
		stats_add(&row->stats, event->fault.duration);
		row->majors += !!(event->fault.ret & FAULT_MAJOR);
	}
	return 0;
}

static void count_in(struct class_stats *stats,
		     const struct fault_event *fault)
{
	stats_add(&stats->stats, fault->duration);
	histogram_add(&stats->durations, fault->duration);
	if (!(fault->ret & FAULT_MAJOR))
		return;
	stats->majors++;
	stats->majors_ns += fault->duration;
}

static void count_attempts(struct summary *summary,
			   const struct fault_event *fault,
			   const struct slow_event *slow)
{
	bool awaited = fault_waited_for_disk(fault, slow,
					     summary->waits.recorded,
					     summary->device.dev,
					     summary->device.ino);

	summary->retried += fault->retries != 0;
	if (awaited)
		stats_add(&summary->awaited, fault->duration);
	else if (!(fault->ret & FAULT_MAJOR))
		summary->retried_only += fault->retries != 0;
}

/*
 * Return the number of bytes that fault-around mapped. pte_fault.filled is the
 * number of filled entries.
 */
static __u64 mapped_around(const struct summary *summary,
			   const struct fault_event *fault)
{
	const __u32 own = !fault->entry_before && fault->entry_after;

	return fault->filled > own ?
	       (fault->filled - own) * summary->page_bytes : 0;
}

/*
 * Count the pages and page tables of a fault. The entry of a huge page is above
 * the PTE level.
 */
static void count_filled(struct summary *summary,
			 const struct fault_event *fault,
			 struct moment *moment)
{
	__u32 filled = fault->after & ~fault->before;
	__u64 bytes = 0, around = mapped_around(summary, fault), tables;
	bool present = fault->entry_after & MMAPDEMO_ENTRY_PRESENT;
	bool was = fault->entry_before & MMAPDEMO_ENTRY_PRESENT;

	if (!fault->after_seen) {
		summary->unseen++;
		return;
	}
	if (present && !was && !(fault->entry_after & MMAPDEMO_ENTRY_ZERO) &&
	    fault->order < 32)
		bytes = summary->page_bytes << fault->order;
	filled &= ~MMAPDEMO_LEVEL_PTE;
	tables = __builtin_popcount(filled);
	if (filled && fault->entry_after & MMAPDEMO_ENTRY_HUGE)
		tables--;
	summary->filled += bytes;
	moment->filled += bytes;
	summary->around += around;
	moment->around += around;
	summary->tables += tables;
	moment->tables += tables;
}

static void count_forked_copy(struct copy_stats *copies,
			      const struct fault_event *fault,
			      const struct space *space)
{
	stats_add(&copies->copied, fault->duration);
	if (space->copy)
		stats_add(&copies->children, fault->duration);
	if (fault->class == MMAPDEMO_FAULT_HUGE_SPLIT)
		stats_add(&copies->split, fault->duration);
}

static bool writes_read_only(const struct fault_event *fault)
{
	return fault->access == MMAPDEMO_ACCESS_WRITE &&
	       !(fault->entry_before & MMAPDEMO_ENTRY_WRITE);
}

/*
 * Ignore copies of the zero page, and of pages of privately mapped files. Such
 * pages are copied because a load came before the store, not because of fork. A
 * store that splits a huge page copies only the small page that it hits.
 */
static void count_copy(struct copy_stats *copies,
		       const struct fault_event *fault,
		       const struct space *space)
{
	if (!(fault->entry_before & MMAPDEMO_ENTRY_ANON))
		return;
	if (space->forked && fault->class == MMAPDEMO_FAULT_WP_REUSE)
		stats_add(&copies->reused, fault->duration);
	if (space->forked && fault->class == MMAPDEMO_FAULT_HUGE_WP)
		stats_add(&copies->huge_reused, fault->duration);
	if (space->forked && fault->class == MMAPDEMO_FAULT_HUGETLB &&
	    writes_read_only(fault))
		stats_add(&copies->hugetlb, fault->duration);
	if (fault->class != MMAPDEMO_FAULT_WP_COPY &&
	    fault->class != MMAPDEMO_FAULT_HUGE_SPLIT)
		return;
	if (space->forked)
		count_forked_copy(copies, fault, space);
	else if (space->unsure)
		stats_add(&copies->unsure, fault->duration);
}

/*
 * Return true if the fault filled a page table entry of a kind that fork() does
 * not copy.
 */
static bool uncopied(const struct fault_event *fault)
{
	switch (fault->class) {
	case MMAPDEMO_FAULT_READ:
	case MMAPDEMO_FAULT_COW:
	case MMAPDEMO_FAULT_SHARED:
	case MMAPDEMO_FAULT_HUGE_FILE:
		return true;
	case MMAPDEMO_FAULT_HUGETLB:
		return fault->vm_flags & VM_MAYSHARE && !fault->entry_before;
	default:
		return false;
	}
}

static int count_fault(struct summary *summary, const struct event *event,
		       const struct space *space, const struct slow_event *slow)
{
	const struct fault_event *fault = &event->fault;
	struct moment *moment = timeseries_at(&summary->timeseries,
					      event->time);
	__u32 class = fault->class;
	struct touched touched;

	if (class >= MMAPDEMO_FAULT_CLASS_COUNT)
		class = MMAPDEMO_FAULT_UNKNOWN;
	count_in(&summary->faults, fault);
	count_in(&summary->classes[class], fault);
	count_attempts(summary, fault, slow);
	waits_fault(&summary->waits, event, space, slow);
	if (space)
		count_copy(&summary->copies, fault, space);
	if (space && space->copy && uncopied(fault))
		stats_add(&summary->uncopied, fault->duration);
	moment->faults++;
	timeseries_spend(&summary->timeseries, event->time, fault->duration);
	count_filled(summary, fault, moment);
	return first_touch_fault(&summary->first_touch, fault, space, slow,
				 &touched) ?:
	       count_rows(summary, event, space);
}

static void count_mmap(struct summary *summary, const struct mmap_event *call)
{
	stats_add(&summary->mmaps, call->duration);
	if (call->ret < 0)
		summary->mmaps_failed++;
	else
		summary->mapped += call->len;
}

static void count_reason(struct summary *summary, __u64 end, __u32 reason)
{
	if (merge_has_neighbour(end, reason) && reason < MMAPDEMO_REASON_COUNT)
		summary->reasons[reason]++;
}

static void count_merge(struct summary *summary,
			const struct merge_event *merge)
{
	summary->outcomes[merge->outcome & 3]++;
	if (!merge_refused(merge) || merge->cause >= MMAPDEMO_CAUSE_COUNT)
		return;
	summary->refused[merge->cause]++;
	count_reason(summary, merge->prev_end, merge->reason_prev);
	count_reason(summary, merge->next_end, merge->reason_next);
}

/* Count a TLB flush. Ignore a flush with an unknown reason. */
static void count_flush(struct summary *summary,
			const struct flush_event *flush)
{
	struct flush_stats *stats;

	if (flush->reason >= FLUSH_REASONS)
		return;
	stats = &summary->flushes[flush->reason];
	stats->count++;
	if (flush->pages == FLUSH_ALL)
		stats->all++;
	else
		stats->pages += flush->pages;
}

/* Return a task of the address space whose number of VMAs is in the event. */
static __u32 task_of_vmas(const struct event *event, const struct space *space)
{
	if (event->kind == MMAPDEMO_EVENT_DUP_MM)
		return event->dup.child_pid;
	return space && space->pid ? space->pid : event->tid;
}

static void count_vmas(struct summary *summary, const struct event *event,
		       const struct space *space)
{
	struct moment *moment = timeseries_at(&summary->timeseries,
					      event->time);
	const __u32 map_count = event_map_count(event);

	if (moment->vmas < map_count)
		moment->vmas = map_count;
	if (summary->map_count >= map_count)
		return;
	summary->map_count = map_count;
	summary->map_count_tid = task_of_vmas(event, space);
}

static void count_space(struct space_stats *spaces, __u64 duration,
			__u32 map_count, __u64 pgtables)
{
	stats_add(&spaces->stats, duration);
	spaces->vmas += map_count;
	spaces->pgtables += pgtables;
}

/*
 * Count the huge pages of a copy. If @huge is negative, the number is unknown,
 * and the sum is unknown, too.
 */
static void count_reserve(struct summary *summary, __s64 huge)
{
	if (huge < 0)
		summary->reserve_known = false;
	else
		summary->reserve += huge;
}

/*
 * Count the end of an address space that fork() made as a copy. @left counts
 * the copies that exec leaves. If no other address space has the pages any
 * longer, freeing the pages is not a cost of fork: without fork, the original
 * would have freed the pages.
 */
static void count_freed(struct summary *summary,
			const struct exit_mmap_event *exit_mmap,
			const struct family *family)
{
	stats_add(&summary->freed, exit_mmap->duration);
	if (exit_mmap->trigger == MMAPDEMO_TRIGGER_EXEC)
		stats_add(&summary->left, exit_mmap->duration);
	if (family && family->spaces == 1)
		stats_add(&summary->freed_last, exit_mmap->duration);
}

/*
 * Count the end of an address space. An address space that ends during fork()
 * is the copy of a fork that fails.
 */
static void count_exit(struct summary *summary,
		       const struct exit_mmap_event *exit_mmap,
		       const struct space *space)
{
	count_space(&summary->exits, exit_mmap->duration,
		    exit_mmap->map_count, exit_mmap->pgtables);
	if (exit_mmap->trigger == MMAPDEMO_TRIGGER_FORK)
		stats_add(&summary->failed, exit_mmap->duration);
	if (space && space->mm == exit_mmap->mm && space->copy)
		count_freed(summary, exit_mmap, space->family);
}

/*
 * Count children that share memory until exec. Other children may share memory,
 * too, but only vfork() and posix_spawn() set both flags.
 */
static void count_task(struct summary *summary, const struct fork_event *fork)
{
	const __u64 both = CLONE_VM | CLONE_VFORK;

	summary->shared += (fork->clone_flags & both) == both;
}

/*
 * Extend the time of the recording. In a damaged recording, the start of an
 * event may be after its end.
 */
static void count_time(struct summary *summary, const struct event *event)
{
	const __u64 begin = event_begin(event);

	if (!summary->events++)
		summary->first = begin;
	if (begin < summary->first)
		summary->first = begin;
	summary->last = event->time;
	timeseries_extend(&summary->timeseries,
			  begin < event->time ? begin : event->time,
			  event->time);
}

static int count(struct summary *summary, const struct event *event,
		 const struct scene *scene)
{
	const struct space *space = scene->space;
	const struct task *task = scene->task;

	count_time(summary, event);
	summary->kinds[event->kind]++;
	switch (event->kind) {
	case MMAPDEMO_EVENT_PTE_FAULT:
		return count_fault(summary, event, space,
				   task->slow_known ? &task->slow : NULL);
	case MMAPDEMO_EVENT_MMAP_LOCK_WAIT:
		return waits_lock(&summary->waits, event);
	case MMAPDEMO_EVENT_DO_MMAP:
		count_mmap(summary, &event->mmap);
		break;
	case MMAPDEMO_EVENT_VMA_MERGE:
		count_merge(summary, &event->merge);
		count_vmas(summary, event, space);
		break;
	case MMAPDEMO_EVENT_DUP_MM:
		count_space(&summary->forks, event->dup.duration,
			    event->dup.map_count, event->dup.pgtables);
		count_reserve(summary, event->dup.huge);
		count_vmas(summary, event, space);
		break;
	case MMAPDEMO_EVENT_EXIT_MMAP:
		count_exit(summary, &event->exit_mmap, space);
		break;
	case EVENT_FORK:
		count_task(summary, &event->fork);
		break;
	case MMAPDEMO_EVENT_VMA_LINK:
	case MMAPDEMO_EVENT_VMA_SPLIT:
		count_vmas(summary, event, space);
		break;
	case EVENT_FLUSH:
		count_flush(summary, &event->flush);
		break;
	case EVENT_SIGNAL:
		summary->signals += unhandled_signal(event);
		break;
	}
	return 0;
}

/*
 * Measure the run time of the command. The command begins with the first exec
 * of the task that the recorder stopped before the exec. The command ends when
 * its last thread ends. The first thread may end earlier.
 */
static void count_run(struct summary *summary, const struct event *event,
		      const struct task *task)
{
	if (event->kind == EVENT_EXEC && task->hide && !summary->command) {
		summary->command = task->tid;
		summary->began = event->time;
		summary->threads = 1;
	}
	if (!summary->threads || task->pid != summary->command)
		return;
	if (event->kind == EVENT_EXEC)
		summary->threads = 1;	/* the other threads have ended */
	if (event->kind == EVENT_FORK)
		summary->threads += !!(event->fork.clone_flags & CLONE_THREAD);
	if (event->kind == EVENT_EXIT && !--summary->threads)
		summary->ran = event->time - summary->began;
}

int summary_event(struct summary *summary, const struct event *event,
		  const struct event *call, const struct scene *scene)
{
	struct event faults[2];
	size_t unhandled = unhandled_faults(scene->task, event, faults);
	int err;

	for (size_t i = 0; i < unhandled && !scene->hidden; i++)
		summary->unhandled += faults[i].touch.sig != 0;
	if (scene->hidden) {
		summary->hidden++;
		return 0;
	}
	count_run(summary, event, scene->task);
	err = comms_event(&summary->comms, event) ?:
	      vforks_event(&summary->vforks, event) ?:
	      makers_event(&summary->makers, event, scene);
	if (err)
		return err;
	calls_event(&summary->calls, event, &scene->task->call);
	if (call && call->kind == MMAPDEMO_EVENT_DO_MMAP)
		count_mmap(summary, &call->mmap);
	else if (call)
		event = call;
	return count(summary, event, scene);
}

/* Note the process of each thread that existed before the recording. */
static int join_threads(struct summary *summary, const struct world *world)
{
	const struct task *task = world->tasks;
	int err = 0;

	for (; !err && task; task = task->next)
		err = comms_join(&summary->comms, task->tid, task->pid);
	return err;
}

/*
 * If events about new VMAs are missing, note that the number of VMAs may be too
 * low.
 */
static void note_absent(const char *function, const char *events, int error,
			void *data)
{
	struct summary *summary = data;

	(void)function;
	(void)error;
	if (strstr(events, "vma_link") || strstr(events, "vma_split"))
		summary->gaps = true;
}

int summary_begin(struct summary *summary, const struct replay *replay)
{
	const struct decoder *decoder = &replay->recording.decoder;

	summary->page_bytes = replay->meta.page_bytes;
	summary->max_map_count = replay->meta.max_map_count;
	summary->lost = replay->meta.lost;
	summary->missed = replay->meta.missed;
	summary->gaps = replay->meta.gaps;
	meta_absent(&replay->meta, note_absent, summary);
	summary->device.dev = replay->meta.dev;
	summary->device.ino = replay->meta.ino;
	first_touch_begin(&summary->first_touch, &replay->meta);
	calls_begin(&summary->calls, decoder);
	summary->stacks = decoder->stack;
	summary->flushes_known = decoder_knows(decoder, EVENT_FLUSH);
	summary->reserve_known = decoder_has(decoder, MMAPDEMO_EVENT_DUP_MM,
					     offsetof(struct event, dup.huge));
	return waits_begin(&summary->waits, decoder) ?:
	       comms_read(&summary->comms, replay->recording.names) ?:
	       join_threads(summary, &replay->world) ?:
	       makers_begin(&summary->makers, &replay->world,
			    &summary->map_count, &summary->map_count_tid);
}

struct flush_stats summary_flushes(const struct summary *summary)
{
	struct flush_stats sum = { 0 };

	for (int i = 0; i < FLUSH_SEND; i++) {
		sum.count += summary->flushes[i].count;
		sum.all += summary->flushes[i].all;
		sum.pages += summary->flushes[i].pages;
	}
	return sum;
}

__u64 summary_fork_cost(const struct summary *summary)
{
	const struct copy_stats *copies = &summary->copies;

	return summary->forks.stats.ns + copies->copied.ns +
	       copies->reused.ns + copies->huge_reused.ns +
	       copies->hugetlb.ns + summary->freed.ns - summary->freed_last.ns;
}

void summary_end(struct summary *summary)
{
	summary_join_vmas(summary);
	makers_end(&summary->makers);
	table_sort(&summary->waits.holders);
	table_sort(&summary->waits.waiters);
	first_touch_end(&summary->first_touch);
	for (enum summary_by by = 0; by < BY_TABLES; by++)
		table_sort(&summary->by[by]);
}

void summary_free(struct summary *summary)
{
	comms_free(&summary->comms);
	vforks_free(&summary->vforks);
	areas_free(&summary->areas);
	makers_free(&summary->makers);
	waits_free(&summary->waits);
	first_touch_free(&summary->first_touch);
	for (enum summary_by by = 0; by < BY_TABLES; by++)
		table_free(&summary->by[by]);
}
