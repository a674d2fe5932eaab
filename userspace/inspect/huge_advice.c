// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/huge_advice.h"
#include "base/format.h"
#include "system/proc.h"

#include <string.h>

typedef unsigned long long ull;

/* ---- settings ---- */

/* Return the setting that decides about anonymous memory, and its file. */
static enum huge_setting setting_of(const struct huge_space *space,
				    const char **name)
{
	const bool sized = space->release.rules->sized &&
			   space->settings.size != HUGE_SET_INHERIT;

	*name = sized ? "hugepages-2048kB/enabled" : "enabled";
	return sized ? space->settings.size : space->settings.enabled;
}

void huge_advice_setting(struct line *line, const struct huge_space *space)
{
	const char *name;
	const char *word = huge_setting_word(setting_of(space, &name));

	line_add(line, PLAIN, " (transparent_hugepage/%s: %s)", name, word);
}

static void add_setting_advice(struct line *line,
			       const struct huge_space *space)
{
	const char *name;

	if (setting_of(space, &name) == HUGE_SET_NEVER)
		line_add(line, GREEN, "echo madvise >" PROC_THP "/%s; then ",
			 name);
	line_add(line, GREEN, "madvise(MADV_HUGEPAGE) asks for huge pages");
}

static void add_cgroup_advice(struct line *line, const struct huge_space *space)
{
	const enum huge_setting defrag = space->settings.defrag;

	line_add(line, GREEN, "raise memory.max of the cgroup; or "
		 "%smadvise(MADV_HUGEPAGE) reclaims memory for huge pages",
		 defrag == HUGE_SET_ADVISE || defrag == HUGE_SET_DEFER_ADVISE ?
		 "" : "echo madvise >" PROC_THP "/defrag; then ");
}

/*
 * Say what khugepaged makes of the pages. A block that has too many empty entries needs
 * MADV_COLLAPSE, which ignores the limits.
 */
static bool add_table_advice(struct line *line, const struct huge_space *space,
			     const struct huge_part *part)
{
	char size[FORMAT_MAX];

	if (space->release.rules->collapse)
		line_add(line, GREEN, "madvise(MADV_COLLAPSE) makes huge pages "
			 "at once%s", space->recorded ? "" : "; ");
	if (space->recorded)
		return space->release.rules->collapse;
	if (part->collapsible)
		line_add(line, GREEN, "khugepaged may make huge pages of %s "
			 "later", format_size(size, part->collapsible));
	else
		line_add(line, GREEN, "khugepaged makes no huge page, because "
			 "too many pages are missing, in swap or shared "
			 "(max_ptes_none %llu, max_ptes_swap %llu, "
			 "max_ptes_shared %llu)", (ull)space->max_none,
			 (ull)space->max_swap, (ull)space->max_shared);
	return true;
}

/* Return true if khugepaged can make huge pages of a file of the process. */
static bool has_eligible_file(const struct huge_space *space)
{
	for (size_t i = 0; i < space->vmas->count; i++) {
		if (space->list[i].of[HUGE_FILE].bytes &&
		    space->vmas->list[i].eligible == HUGE_FACT_YES)
			return true;
	}
	return false;
}

/*
 * THPeligible is 1 for files that are not written, if the kernel has
 * CONFIG_READ_ONLY_THP_FOR_FS.
 */
static bool add_file_advice(struct line *line, const struct huge_space *space)
{
	const char *const *types = space->release.rules->folios;
	const bool eligible = has_eligible_file(space);

	if (eligible)
		line_add(line, GREEN, "madvise(MADV_COLLAPSE) makes huge pages of "
			 "programs and libraries (CONFIG_READ_ONLY_THP_FOR_FS)");
	if (!types[0])
		return eligible;
	line_add(line, GREEN, "%son %s%s%s, madvise(MADV_HUGEPAGE) before the first "
		 "touch asks for folios of 2 MiB", eligible ? "; " : "", types[0],
		 types[1] ? " and " : "", types[1] ?: "");
	return true;
}

/*
 * Add an advice that helps if it is followed. Return false if there is none. What
 * the program asked for needs no advice.
 */
static bool add_advice(struct line *line, const struct huge_space *space,
		       enum huge_reason reason, const struct huge_advised *advised)
{
	const __u64 missed = advised->missed;

	switch (reason) {
	case HUGE_TABLE:
		return add_table_advice(line, space, &advised->part);
	case HUGE_ZERO:
		line_add(line, GREEN, "write to the memory before it is read");
		return true;
	case HUGE_SETTING:
		add_setting_advice(line, space);
		return true;
	case HUGE_RANGE:
		line_add(line, GREEN, "%llu more huge page%s would fit if each "
			 "mapping began at a multiple of 2 MiB", (ull)missed,
			 plural(missed));
		return missed;
	case HUGE_CGROUP:
		add_cgroup_advice(line, space);
		return true;
	case HUGE_EMPTY:
		line_add(line, GREEN, "raise the number of pages of the pool, "
			 "or map without MAP_NORESERVE to fail early");
		return true;
	case HUGE_SHMEM:
		line_add(line, GREEN, "set " PROC_THP "/shmem_enabled to "
			 "advise, or mount the tmpfs with huge=advise; then "
			 "madvise(MADV_HUGEPAGE) asks for huge pages");
		return true;
	case HUGE_FILE:
		return add_file_advice(line, space);
	case HUGE_PGOFF:
		line_add(line, GREEN, "map the file at an address whose "
			 "distance from the file offset is a multiple of 2 MiB");
		return true;
	default:
		return false;
	}
}

int huge_advice_show(FILE *out, const struct style *style,
		     const struct huge_space *space, enum huge_reason reason,
		     const struct huge_advised *advised)
{
	struct line line;

	line_begin(&line, style);
	line_add(&line, PLAIN, HUGE_INDENT "%s ", style->glyphs->arrow);
	return add_advice(&line, space, reason, advised) ?
	       line_end(&line, out) : 0;
}

/* The kernel and the C library choose where heap and stack begin. */
__u64 huge_advice_missed(const struct vma *vma)
{
	return strcmp(vma->name, "[heap]") && strcmp(vma->name, "[stack]") ?
	       huge_vma_missed(vma) : 0;
}

__u64 huge_advice_missed_all(const struct huge_space *space)
{
	__u64 missed = 0;

	for (size_t i = 0; i < space->vmas->count; i++) {
		if (space->list[i].of[HUGE_RANGE].only)
			missed += huge_advice_missed(&space->vmas->list[i]);
	}
	return missed;
}

/* ---- khugepaged ---- */

/*
 * khugepaged also scans memory that already has huge pages, and the memory of other
 * processes. /proc does not show where khugepaged is.
 */
int huge_advice_show_pace(FILE *out, const struct style *style,
			  const struct huge_space *space)
{
	const __u64 bytes = space->sum[HUGE_TABLE].collapsible;
	const struct huge_pace *pace = &space->pace;
	const __u64 round = pace->pages * WALK_PAGE;
	const __u64 rounds = round ? (bytes + round - 1) / round : 0;
	const bool seconds = pace->sleep && pace->sleep % 1000 == 0;
	char size[FORMAT_MAX];
	struct line line;

	if (!rounds)
		return 0;
	line_begin(&line, style);
	line_add(&line, PLAIN, HUGE_INDENT "khugepaged scans %s every %llu %s: at "
		 "least %llu round%s for this memory; it has made %llu huge "
		 "page%s in %llu full scan%s", format_size(size, round),
		 (ull)(seconds ? pace->sleep / 1000 : pace->sleep),
		 seconds ? "s" : "ms", (ull)rounds, plural(rounds),
		 (ull)pace->made, plural(pace->made), (ull)pace->scans,
		 plural(pace->scans));
	return line_end(&line, out);
}

/* ---- hugetlbfs instead of shmem ---- */

/* Return the pool of pages of 2 MiB, or NULL. */
static const struct hugetlb_pool *pool_of(const struct huge_space *space)
{
	for (int i = 0; i < space->pool_count; i++) {
		if (space->pools[i].page_bytes == HUGE_BYTES)
			return &space->pools[i];
	}
	return NULL;
}

/*
 * Return how many huge pages the shared anonymous memory with a reason needs. Less than
 * 2 MiB would waste most of a page. SysV shared memory can be on hugetlbfs, too (SHM_HUGETLB).
 */
static __u64 pages_of(const struct huge_space *space, enum huge_reason reason)
{
	__u64 pages = 0;

	for (size_t i = 0; i < space->vmas->count; i++) {
		const struct vma *vma = &space->vmas->list[i];

		if (space->list[i].of[reason].bytes &&
		    vma->end - vma->start >= HUGE_BYTES &&
		    (space->list[i].kind == HUGE_KIND_SHARED ||
		     !strncmp(vma->name, "/SYSV", 5)))
			pages += (vma->end - vma->start + HUGE_BYTES - 1) /
				 HUGE_BYTES;
	}
	return pages;
}

/*
 * A program that asks for MAP_HUGETLB, and takes other memory if the pool has too few
 * pages, leaves no trace in /proc.
 */
int huge_advice_show_pool(FILE *out, const struct style *style,
			  const struct huge_space *space, enum huge_reason reason)
{
	const struct hugetlb_pool *pool = pool_of(space);
	const __u64 pages = pool ? pages_of(space, reason) : 0;
	const __u64 left = pool ? pool->free - pool->reserved : 0;
	struct line line;

	if (reason != HUGE_SHMEM || !pages)
		return 0;
	line_begin(&line, style);
	line_add(&line, PLAIN, HUGE_INDENT "%s ", style->glyphs->arrow);
	line_add(&line, GREEN, "or map with MAP_HUGETLB, for which the pool of "
		 "2 MiB needs %llu free page%s and has %llu", (ull)pages,
		 plural(pages), (ull)left);
	if (left < pages)
		line_add(&line, GREEN, " (vm.nr_hugepages); a program that only "
			 "tries this, such as PostgreSQL with huge_pages=try, "
			 "then takes small pages");
	return line_end(&line, out);
}

/* The pool is that of the time when the recording began. */
int huge_advice_show_failed(FILE *out, const struct style *style,
			    const struct huge_space *space)
{
	const struct hugetlb_calls *failed = &space->failed;
	const struct hugetlb_pool *pool = pool_of(space);
	struct line line;

	if (!failed->count)
		return 0;
	line_begin(&line, style);
	line_add(&line, YELLOW, "mmap(MAP_HUGETLB) failed %llu time%s, for %llu "
		 "page%s of 2 MiB", (ull)failed->count, plural(failed->count),
		 (ull)failed->pages, plural(failed->pages));
	if (pool)
		line_add(&line, PLAIN, "; the pool of hugetlbfs had %llu free "
			 "page%s (vm.nr_hugepages)",
			 (ull)(pool->free - pool->reserved),
			 plural(pool->free - pool->reserved));
	return line_end(&line, out);
}
