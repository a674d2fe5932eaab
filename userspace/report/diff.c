// SPDX-License-Identifier: GPL-2.0-only
#include "report/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

__s64 diff_ns(const struct diff_row *row)
{
	return row->sides[DIFF_B].ns - row->sides[DIFF_A].ns;
}

__s64 diff_faults(const struct diff_row *row)
{
	return row->sides[DIFF_B].count - row->sides[DIFF_A].count;
}

__u64 diff_size(__s64 more)
{
	return more < 0 ? -(__u64)more : (__u64)more;
}

static __u64 larger(__u64 a, __u64 b)
{
	return a > b ? a : b;
}

bool diff_alike(const struct diff_row *all, const struct diff_row *row)
{
	__u64 ns = larger(all->sides[DIFF_A].ns, all->sides[DIFF_B].ns);

	return !diff_faults(row) &&
	       row->failed[DIFF_A] == row->failed[DIFF_B] &&
	       diff_size(diff_ns(row)) < ns / 100 + 1;
}

/* ---- rows ---- */

static bool is_empty(const struct diff_row *row)
{
	return !row->sides[DIFF_A].count && !row->sides[DIFF_B].count;
}

static int by_name(const void *a, const void *b)
{
	const struct diff_row *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int most_first(const void *a, const void *b)
{
	const struct diff_row *x = a, *y = b;
	__u64 ns[] = { diff_size(diff_ns(x)), diff_size(diff_ns(y)) };
	__u64 faults[] = {
		diff_size(diff_faults(x)), diff_size(diff_faults(y))
	};

	if (ns[0] != ns[1])
		return ns[0] < ns[1] ? 1 : -1;
	if (faults[0] != faults[1])
		return faults[0] < faults[1] ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* Join rows with the same name. */
static void join(struct diff_table *table)
{
	size_t count = 0;

	if (table->count)
		qsort(table->rows, table->count, sizeof(*table->rows), by_name);
	for (size_t i = 0; i < table->count; i++) {
		struct diff_row *row = &table->rows[i];
		struct diff_row *last = count ? &table->rows[count - 1] : NULL;

		if (!last || strcmp(last->name, row->name)) {
			table->rows[count++] = *row;
			continue;
		}
		for (int side = 0; side < DIFF_SIDES; side++)
			stats_join(&last->sides[side], &row->sides[side]);
	}
	table->count = count;
	if (count)
		qsort(table->rows, count, sizeof(*table->rows), most_first);
}

/*
 * Copy the name of a file. All files without a name share one row, because the
 * same file can have different inode numbers in A and B.
 */
static void copy_name(struct diff_row *to, const struct row *row)
{
	bool nameless = row->key.parts[0] && !strncmp(row->name, "inode ", 6);

	strcpy(to->name, nameless ? "files without a name" : row->name);
}

static int compare_files(struct diff *diff)
{
	struct diff_table *table = &diff->names;
	size_t room = 1;

	for (int side = 0; side < DIFF_SIDES; side++)
		room += diff->files[side]->summary.by[BY_FILE].count;
	table->rows = calloc(room, sizeof(*table->rows));
	if (!table->rows)
		return -ENOMEM;
	for (int side = 0; side < DIFF_SIDES; side++) {
		const struct table *files =
			&diff->files[side]->summary.by[BY_FILE];

		for (size_t i = 0; i < files->count; i++) {
			struct diff_row *row = &table->rows[table->count++];

			copy_name(row, &files->rows[i]);
			row->sides[side] = files->rows[i].stats;
		}
	}
	join(table);
	return 0;
}

static int compare_classes(struct diff *diff)
{
	struct diff_table *table = &diff->classes;

	table->rows = calloc(MMAPDEMO_FAULT_CLASS_COUNT, sizeof(*table->rows));
	if (!table->rows)
		return -ENOMEM;
	for (int i = 0; i < MMAPDEMO_FAULT_CLASS_COUNT; i++) {
		struct diff_row *row = &table->rows[table->count];

		for (int side = 0; side < DIFF_SIDES; side++)
			row->sides[side] = diff->files[side]->
					   summary.classes[i].stats;
		if (is_empty(row))
			continue;
		snprintf(row->name, sizeof(row->name), "%s",
			 name_of(names_class, i));
		table->count++;
	}
	join(table);
	return 0;
}

/* Compare the system calls that were recorded in both A and B. */
static int compare_calls(struct diff *diff)
{
	struct diff_table *table = &diff->calls;

	table->rows = calloc(EVENT_CALLS, sizeof(*table->rows));
	if (!table->rows)
		return -ENOMEM;
	for (int i = 0; i < EVENT_CALLS; i++) {
		struct diff_row *row = &table->rows[table->count];
		bool recorded = true;

		for (int side = 0; side < DIFF_SIDES; side++) {
			const struct call_stats *call =
				&diff->files[side]->summary.calls.by[i];

			recorded = recorded && call->recorded;
			row->sides[side] = call->stats;
			row->failed[side] = call->failed;
		}
		if (!recorded || is_empty(row))
			continue;
		for (int side = 0; side < DIFF_SIDES; side++)
			stats_join(&diff->all_calls.sides[side],
				   &row->sides[side]);
		strcpy(row->name, calls_name(i));
		table->count++;
	}
	qsort(table->rows, table->count, sizeof(*table->rows), most_first);
	return 0;
}

/* ---- figures ---- */

static void figure(struct diff *diff, const char *name, const char *words,
		   enum diff_unit unit, __u64 a, __u64 b)
{
	if (diff->count < DIFF_FIGURES_MAX)
		diff->stats[diff->count++] = (struct diff_figure){
			name, words, unit, { a, b }
		};
}

static void compare_counts(struct diff *diff)
{
	static const char *const words[EVENT_KINDS] = {
		[MMAPDEMO_EVENT_DO_MMAP] = "requested mapping|s",
		[MMAPDEMO_EVENT_VMA_LINK] = "new VMA|s",
		[MMAPDEMO_EVENT_VMA_SPLIT] = "VMA split|s",
		[MMAPDEMO_EVENT_VMA_UNLINK] = "unmapped range|s",
		[MMAPDEMO_EVENT_BRK] = "brk() call|s",
		[MMAPDEMO_EVENT_MREMAP] = "mremap() call|s",
		[MMAPDEMO_EVENT_DUP_MM] = "address space|s copied by fork()",
		[EVENT_FORK] = "new task|s",
		[EVENT_EXEC] = "exec|s",
	};
	const struct summary *a = &diff->files[DIFF_A]->summary;
	const struct summary *b = &diff->files[DIFF_B]->summary;

	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		if (words[kind])
			figure(diff, event_layouts[kind].name, words[kind],
			       DIFF_COUNT, a->kinds[kind], b->kinds[kind]);
	}
}

static void compare_merges(struct diff *diff)
{
	static const char *const merged[] = {
		[MMAPDEMO_MERGE_PREV] = "merge|s with the VMA below",
		[MMAPDEMO_MERGE_NEXT] = "merge|s with the VMA above",
		[MMAPDEMO_MERGE_PREV | MMAPDEMO_MERGE_NEXT] =
			"merge|s with both neighbours",
	};
	static const struct {
		const char *name;
		const char *words;
	} refused[MMAPDEMO_CAUSE_COUNT] = {
		{ "refused_mmap", "failed merge|s of new mappings" },
		{ "refused_brk", "failed merge|s of memory added by brk()" },
		{ "refused_change", "failed merge|s of changed ranges" },
		{ "refused_move", "failed merge|s of moved ranges" },
		{ "refused_insert", "failed merge|s of inserted VMAs" },
		{ "refused_extend", "failed merge|s of memory added by mremap()" },
	};
	static const char *const names[] = {
		NULL, "merged_prev", "merged_next", "merged_both"
	};
	const struct summary *a = &diff->files[DIFF_A]->summary;
	const struct summary *b = &diff->files[DIFF_B]->summary;

	for (int i = 1; i < 4; i++)
		figure(diff, names[i], merged[i], DIFF_COUNT, a->outcomes[i],
		       b->outcomes[i]);
	for (int i = 0; i < MMAPDEMO_CAUSE_COUNT; i++)
		figure(diff, refused[i].name, refused[i].words, DIFF_COUNT,
		       a->refused[i], b->refused[i]);
}

static void compare_sizes(struct diff *diff)
{
	const struct summary *a = &diff->files[DIFF_A]->summary;
	const struct summary *b = &diff->files[DIFF_B]->summary;

	figure(diff, "mmap_ns", "spent in do_mmap()", DIFF_NS, a->mmaps.ns,
	       b->mmaps.ns);
	figure(diff, "fork_ns", "spent in fork()", DIFF_NS, a->forks.stats.ns,
	       b->forks.stats.ns);
	figure(diff, "exit_mmap_ns", "spent in exit_mmap()", DIFF_NS,
	       a->exits.stats.ns, b->exits.stats.ns);
	figure(diff, "ns", "from the first event to the last", DIFF_NS,
	       a->last - a->first, b->last - b->first);
	if (a->ran && b->ran)
		figure(diff, "run_ns", "from exec to exit of the command",
		       DIFF_NS, a->ran, b->ran);
	figure(diff, "mmap_failed", "failed mmap() call|s", DIFF_COUNT,
	       a->mmaps_failed, b->mmaps_failed);
	figure(diff, "mapped_bytes", "mapped by mmap()", DIFF_BYTES, a->mapped,
	       b->mapped);
	figure(diff, "filled_bytes", "of pages mapped at faulting addresses",
	       DIFF_BYTES, a->filled, b->filled);
	figure(diff, "around_bytes", "of pages mapped by fault-around",
	       DIFF_BYTES, a->around, b->around);
	figure(diff, "page_table_bytes", "of page tables allocated by faults",
	       DIFF_BYTES, a->tables * a->page_bytes,
	       b->tables * b->page_bytes);
	figure(diff, "vmas_most", "VMA|s in the largest address space",
	       DIFF_COUNT, a->map_count, b->map_count);
	figure(diff, "major", "major fault|s", DIFF_COUNT,
	       a->faults.majors, b->faults.majors);
	figure(diff, "retried", "retried fault|s", DIFF_COUNT,
	       a->retried, b->retried);
	figure(diff, "unhandled", "access|es that never reached "
	       "handle_mm_fault()", DIFF_COUNT, a->unhandled, b->unhandled);
	figure(diff, "awaited", a->waits.recorded && b->waits.recorded ?
	       "more fault|s waiting for the disk" :
	       "fault|s retried for the page cache",
	       DIFF_COUNT, a->awaited.count, b->awaited.count);
	figure(diff, "untimed", "fault|s of unknown duration", DIFF_COUNT,
	       a->faults.stats.untimed, b->faults.stats.untimed);
}

static void compare_latencies(struct diff *diff)
{
	static const struct {
		const char *name;
		const char *words;
		int percent;
	} percentiles[] = {
		{ "p50_ns", "median (P50) fault latency", 50 },
		{ "p90_ns", "90th percentile (P90) of fault latency", 90 },
		{ "p99_ns", "99th percentile (P99) of fault latency", 99 },
	};
	const struct class_stats *a = &diff->files[DIFF_A]->summary.faults;
	const struct class_stats *b = &diff->files[DIFF_B]->summary.faults;

	for (int i = 0; i < 3; i++)
		figure(diff, percentiles[i].name, percentiles[i].words,
		       DIFF_NS,
		       histogram_percentile(&a->durations, &a->stats,
					    percentiles[i].percent),
		       histogram_percentile(&b->durations, &b->stats,
					    percentiles[i].percent));
}

/* Compare the TLB flushes, if they were recorded in both A and B. */
static void compare_flushes(struct diff *diff)
{
	const struct summary *a = &diff->files[DIFF_A]->summary;
	const struct summary *b = &diff->files[DIFF_B]->summary;
	const struct flush_stats x = summary_flushes(a);
	const struct flush_stats y = summary_flushes(b);

	if (!a->flushes_known || !b->flushes_known)
		return;
	figure(diff, "tlb_flushes", "TLB flush|es", DIFF_COUNT, x.count,
	       y.count);
	figure(diff, "tlb_flushes_all", "full TLB flush|es",
	       DIFF_COUNT, x.all, y.all);
	figure(diff, "tlb_pages", "page|s in partial TLB flushes",
	       DIFF_COUNT, x.pages, y.pages);
	figure(diff, "tlb_requests",
	       "TLB shootdown request|s to other processors",
	       DIFF_COUNT, a->flushes[FLUSH_SEND].count,
	       b->flushes[FLUSH_SEND].count);
}

/*
 * Compare where the time of faults went, if both A and B have fault_time events. Omit a
 * part that is not known in A or B.
 */
static void compare_waits(struct diff *diff)
{
	static const struct {
		const char *name;
		const char *words;
	} parts[FAULT_PARTS] = {
		{ "part_work_ns", "spent by faults in work" },
		{ "part_reclaim_ns", "spent by faults in reclaim" },
		{ "part_compaction_ns", "spent by faults in compaction" },
		{ "part_reclaim_sleep_ns", "spent by faults asleep in reclaim" },
		{ "part_io_ns", "spent by faults waiting for the disk" },
		{ "part_sleep_ns", "spent by faults asleep" },
		{ "part_lock_ns", "spent by faults waiting for mmap_lock" },
		{ "part_cpu_ns", "spent by faults waiting for a CPU" },
	};
	const struct summary *a = &diff->files[DIFF_A]->summary;
	const struct summary *b = &diff->files[DIFF_B]->summary;

	if (!a->waits.recorded || !b->waits.recorded)
		return;
	for (int part = 0; part < FAULT_PARTS; part++) {
		if (!a->waits.hidden[part] && !b->waits.hidden[part])
			figure(diff, parts[part].name, parts[part].words, DIFF_NS,
			       waits_part_ns(a, part), waits_part_ns(b, part));
	}
	figure(diff, "lock_before_ns", "waited for mmap_lock before faults",
	       DIFF_NS, a->waits.before.ns, b->waits.before.ns);
	figure(diff, "locks_ns", "waited for mmap_lock in faults and calls",
	       DIFF_NS, a->waits.locks.ns, b->waits.locks.ns);
}

/* Return the change relative to the larger value. */
static double share(const struct diff_figure *figure)
{
	double a = figure->sides[DIFF_A], b = figure->sides[DIFF_B];

	if (a == b)
		return 0;
	return a > b ? (a - b) / a : (b - a) / b;
}

/*
 * Return the position of a figure: the overall times are first, then come
 * counts and sizes. All other times are last, because they always differ.
 */
static int place(const struct diff_figure *figure)
{
	if (!strcmp(figure->name, "ns"))
		return 0;
	if (!strcmp(figure->name, "run_ns"))
		return 1;
	return figure->unit == DIFF_NS ? 3 : 2;
}

static int larger_first(const void *a, const void *b)
{
	const struct diff_figure *x = a, *y = b;
	double more;

	if (place(x) != place(y))
		return place(x) - place(y);
	more = share(y) - share(x);
	if (more)
		return more > 0 ? 1 : -1;
	return strcmp(x->name, y->name);
}

int diff_make(struct diff *diff, const struct summary_file *a,
	      const struct summary_file *b)
{
	int err;

	*diff = (struct diff){
		.files = { a, b },
		.faults.sides = {
			a->summary.faults.stats, b->summary.faults.stats
		},
	};
	err = compare_classes(diff);
	if (!err)
		err = compare_files(diff);
	if (!err)
		err = compare_calls(diff);
	compare_counts(diff);
	compare_merges(diff);
	compare_sizes(diff);
	compare_flushes(diff);
	compare_waits(diff);
	compare_latencies(diff);
	qsort(diff->stats, diff->count, sizeof(diff->stats[0]),
	      larger_first);
	return err;
}

void diff_free(struct diff *diff)
{
	free(diff->classes.rows);
	free(diff->names.rows);
	free(diff->calls.rows);
}
