// SPDX-License-Identifier: GPL-2.0-only
#include "report/forks_text.h"

typedef unsigned long long ull;

/*
 * Print how many pages were copied, possibly because of forks that were not
 * recorded.
 */
static void unsure_copies(struct printer *printer, const struct stats *copies)
{
	char time[FORMAT_MAX];
	struct line line;

	if (!copies->count)
		return;
	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%llu page%s", (ull)copies->count,
		 plural(copies->count));
	line_add(&line, PLAIN, " %s copied in %s (wp-copy), possibly because of "
		 "a fork that was not recorded",
		 copies->count == 1 ? "was" : "were",
		 printer_duration(printer, time, copies->ns));
	printer_line(printer, &line);
}

static bool has_huge_pages(const struct summary *summary)
{
	const struct class_stats *classes = summary->classes;

	return classes[MMAPDEMO_FAULT_HUGE_ANON].stats.count ||
	       classes[MMAPDEMO_FAULT_HUGE_WP].stats.count ||
	       classes[MMAPDEMO_FAULT_HUGE_SPLIT].stats.count;
}

/* Add the size of those page tables that are in reserve for splitting huge pages. */
static void add_reserve(struct line *line, const struct summary *summary)
{
	char size[FORMAT_MAX];

	if (summary->reserve_known && summary->reserve)
		line_add(line, PLAIN, ", %s of them in reserve for splitting "
			 "%llu huge page%s",
			 format_size(size, summary->reserve *
				     summary->page_bytes),
			 (ull)summary->reserve, plural(summary->reserve));
	else if (!summary->reserve_known && has_huge_pages(summary))
		line_add(line, PLAIN, ", an unknown part of them in reserve "
			 "for splitting huge pages");
}

static void add_fork(struct printer *printer, struct line *line,
		     const struct summary *summary)
{
	const struct space_stats *forks = &summary->forks;
	const struct stats *stats = &forks->stats;
	char time[FORMAT_MAX], size[FORMAT_MAX];

	line_add(line, BOLD, "%llu fork%s", (ull)stats->count,
		 plural(stats->count));
	line_add(line, PLAIN, " took %s in copy_process()",
		 printer_duration(printer, time, stats->ns));
	if (stats->max > 2 * stats_mean(stats))
		line_add(line, PLAIN, ", the longest %s,",
			 printer_duration(printer, time, stats->max));
	line_add(line, PLAIN, " and copied %llu VMA%s and %s of page tables",
		 (ull)forks->vmas, plural(forks->vmas),
		 format_size(size, forks->pgtables));
	add_reserve(line, summary);
}

static void add_copies(struct printer *printer, struct line *line,
		       const struct copy_stats *copies)
{
	const struct stats *copied = &copies->copied;
	const struct stats *reused = &copies->reused;
	char time[FORMAT_MAX];

	if (!copied->count && !reused->count)
		return;
	line_add(line, PLAIN, "; later writes copied %llu page%s in %s (%s)",
		 (ull)copied->count, plural(copied->count),
		 printer_duration(printer, time, copied->ns),
		 copies->split.count ? "wp-copy, huge-split" : "wp-copy");
	if (copies->children.count)
		line_add(line, PLAIN, ", including %llu in children (%s)",
			 (ull)copies->children.count,
			 printer_duration(printer, time, copies->children.ns));
	if (reused->count)
		line_add(line, PLAIN, "; %llu page%s %s written without a "
			 "copy in %s (wp-reuse)", (ull)reused->count,
			 plural(reused->count),
			 reused->count == 1 ? "was" : "were",
			 printer_duration(printer, time, reused->ns));
}

static void huge_copies(struct printer *printer,
			const struct copy_stats *copies)
{
	const struct stats *split = &copies->split;
	const struct stats *reused = &copies->huge_reused;
	char time[FORMAT_MAX];
	struct line line;

	if (!split->count && !reused->count)
		return;
	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%llu huge page%s", (ull)split->count,
		 plural(split->count));
	line_add(&line, PLAIN, " %s split by writes after fork in %s "
		 "(huge-split)", split->count == 1 ? "was" : "were",
		 printer_duration(printer, time, split->ns));
	line_add(&line, PLAIN, "; %llu huge page%s written without a copy in %s "
		 "(huge-wp)", (ull)reused->count,
		 reused->count == 1 ? " was" : "s were",
		 printer_duration(printer, time, reused->ns));
	printer_line(printer, &line);
}

static void hugetlb(struct printer *printer, const struct stats *stats)
{
	char time[FORMAT_MAX];
	struct line line;

	if (!stats->count)
		return;
	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%llu write%s", (ull)stats->count,
		 plural(stats->count));
	line_add(&line, PLAIN, " to hugetlb pages after fork took %s; some "
		 "writes may have copied the page",
		 printer_duration(printer, time, stats->ns));
	printer_line(printer, &line);
}

/* Print how many forks failed after they had begun to copy the address space. */
static void failed(struct printer *printer, const struct summary *summary)
{
	const __u64 count = summary->failed.count;
	struct line line;

	if (!count)
		return;
	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%llu %sfork%s", (ull)count,
		 summary->forks.stats.count ? "more " : "", plural(count));
	line_add(&line, PLAIN, " failed during or after the copy of the "
		 "address space");
	printer_line(printer, &line);
}

static void shared(struct printer *printer, const struct summary *summary)
{
	struct line line;

	if (!summary->shared)
		return;
	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%llu call%s", (ull)summary->shared,
		 plural(summary->shared));
	line_add(&line, PLAIN, " of vfork() or posix_spawn() copied no address space");
	printer_line(printer, &line);
}

/* Print how long parents waited until their child called exec or exited. */
static void suspensions(struct printer *printer, const struct vforks *vforks)
{
	const struct stats *stats = &vforks->stats;
	const __u64 unknown = vforks->began - stats->count;
	char time[FORMAT_MAX];
	struct line line;

	if (!vforks->began)
		return;
	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%llu suspension%s", (ull)vforks->began,
		 plural(vforks->began));
	line_add(&line, PLAIN, " of %s until exec or exit of the child",
		 vforks->began == 1 ? "a parent" : "parents");
	if (stats->count)
		line_add(&line, PLAIN, ": %s%s",
			 printer_duration(printer, time, stats->ns),
			 stats->count == 1 ? "" : " in total");
	if (stats->max > 2 * stats_mean(stats))
		line_add(&line, PLAIN, ", the longest %s",
			 printer_duration(printer, time, stats->max));
	if (stats->count)
		line_add(&line, PLAIN, "; this time does not include creating "
			 "the child, or the parent's wait for a processor "
			 "afterwards");
	if (unknown)
		line_add(&line, PLAIN, "; the duration of %llu suspension%s is "
			 "unknown", (ull)unknown, plural(unknown));
	printer_line(printer, &line);
}

static void freed(struct printer *printer, const struct summary *summary)
{
	const struct stats *stats = &summary->freed;
	const struct stats *left = &summary->left;
	const struct stats *last = &summary->freed_last;
	char time[FORMAT_MAX];
	struct line line;

	if (!stats->count)
		return;
	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%llu copied address space%s", (ull)stats->count,
		 plural(stats->count));
	line_add(&line, PLAIN, " %s freed: exit_mmap() took %s",
		 stats->count == 1 ? "was" : "were",
		 printer_duration(printer, time, stats->ns));
	if (left->count)
		line_add(&line, PLAIN, ", including %s for %llu of them that "
			 "exec replaced",
			 printer_duration(printer, time, left->ns),
			 (ull)left->count);
	if (last->count)
		line_add(&line, PLAIN, ", including %s for %llu of them that "
			 "outlived the original and all other copies (not a "
			 "cost of fork)",
			 printer_duration(printer, time, last->ns),
			 (ull)last->count);
	printer_line(printer, &line);
}

static void add_cost(struct printer *printer, struct line *line, __u64 ns,
		     const char *what)
{
	char time[FORMAT_MAX];

	line_add(line, PLAIN, "%s %s", what,
		 printer_duration(printer, time, ns));
}

/* Print the total cost of all forks, and its parts. */
static void cost(struct printer *printer, const struct summary *summary)
{
	const struct copy_stats *copies = &summary->copies;
	const __u64 children = copies->children.ns;
	char time[FORMAT_MAX];
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, BOLD, "total cost of fork: %s",
		 printer_duration(printer, time, summary_fork_cost(summary)));
	add_cost(printer, &line, summary->forks.stats.ns, ": copy_process()");
	add_cost(printer, &line, copies->copied.ns - children,
		 ", copying pages in parents");
	add_cost(printer, &line, children, ", copying pages in children");
	add_cost(printer, &line, copies->reused.ns + copies->huge_reused.ns,
		 ", writes without a copy");
	if (copies->hugetlb.count)
		add_cost(printer, &line, copies->hugetlb.ns,
			 ", writes to hugetlb pages");
	add_cost(printer, &line, summary->freed.ns - summary->freed_last.ns,
		 ", freeing copied address spaces");
	printer_line(printer, &line);
}

/* Print which costs the total does not include. */
static void left_out(struct printer *printer, const struct summary *summary)
{
	const __u64 forks = summary->forks.stats.count;
	const __u64 freed = summary->freed.count;
	const struct stats *uncopied = &summary->uncopied;
	char time[FORMAT_MAX];
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, DIM, "the total does not include ");
	if (uncopied->count)
		line_add(&line, DIM, "%llu fault%s on file pages and shared "
			 "memory in children (%s), ", (ull)uncopied->count,
			 plural(uncopied->count),
			 printer_duration(printer, time, uncopied->ns));
	line_add(&line, DIM, "%sentry into the kernel, waking children, "
		 "waiting for a processor afterwards, or the cost of "
		 "recording", summary->failed.count ? "failed forks, " : "");
	if (freed < forks)
		line_add(&line, DIM, "; %llu copied address space%s not freed "
			 "before the end of the recording",
			 (ull)(forks - freed), forks - freed == 1 ?
			 " was" : "s were");
	printer_line(printer, &line);
}

static void forks(struct printer *printer, const struct summary *summary)
{
	struct line line;

	line_begin(&line, printer->style);
	add_fork(printer, &line, summary);
	add_copies(printer, &line, &summary->copies);
	printer_line(printer, &line);
	huge_copies(printer, &summary->copies);
	hugetlb(printer, &summary->copies.hugetlb);
	freed(printer, summary);
	cost(printer, summary);
	left_out(printer, summary);
}

void forks_text(struct printer *printer, const struct summary *summary)
{
	shared(printer, summary);
	suspensions(printer, &summary->vforks);
	if (summary->forks.stats.count)
		forks(printer, summary);
	failed(printer, summary);
	unsure_copies(printer, &summary->copies.unsure);
}
