// SPDX-License-Identifier: GPL-2.0-only
#include "report/lint/finding.h"
#include "base/format.h"
#include "base/json.h"
#include "event/json.h"
#include "report/lint/page_block.h"
#include "story/parts.h"

#include <json.h>

typedef unsigned long long ull;

#define AT_MORE 20	/* column of the second and later lines of a finding */
#define MAKERS_SHOWN 3

static const char *const kinds[FINDING_KINDS] = {
	[FINDING_CROWDED] = "map-count",
	[FINDING_STORM] = "fault-storm",
	[FINDING_AGAIN] = "touched-again",
	[FINDING_ZERO] = "zero-then-copy",
	[FINDING_COPIED] = "read-then-copy",
	[FINDING_MAJOR] = "major-faults",
	[FINDING_UNREAD] = "unused-read-ahead",
	[FINDING_RECLAIM] = "memory-short",
	[FINDING_COMPACTION] = "compaction",
	[FINDING_LOCK] = "mmap-lock",
	[FINDING_FORK] = "fork-then-exec",
	[FINDING_UNALIGNED] = "unaligned",
	[FINDING_SMALL] = "small-pages",
	[FINDING_POOL] = "hugetlb-failed",
	[FINDING_PINGPONG] = "mprotect-ping-pong",
	[FINDING_ALMOST] = "almost-merged",
	[FINDING_DONTFORK] = "dontfork",
};

static const char *const advices[ADVICES] = {
	[ADVICE_LIMIT] = "system calls fail at the limit; if the program was "
		"built with -fno-omit-frame-pointer, mmapdemo record --stack "
		"finds the code that made the VMAs",
	[ADVICE_LIMIT_FRAMES] = "system calls fail at the limit; to find the "
		"code that made the VMAs, build the program with "
		"-fno-omit-frame-pointer",
	[ADVICE_LIMIT_CODE] = "system calls fail at the limit; mmapdemo report "
		"--by maker lists all code that made VMAs",
	[ADVICE_LIMIT_BEFORE] = "system calls fail at the limit; to find "
		"what made the VMAs from before the recording, use mmapdemo "
		"record -- COMMAND",
	[ADVICE_POPULATE] = "MAP_POPULATE, or madvise(MADV_POPULATE_WRITE), "
		"maps the pages in one call",
	[ADVICE_POPULATE_OLD] = "MAP_POPULATE maps the pages in one call",
	[ADVICE_POPULATE_WRITE] =
		"madvise(MADV_POPULATE_WRITE) maps the pages in one call",
	[ADVICE_POPULATE_READ] =
		"madvise(MADV_POPULATE_READ) maps the pages in one call",
	[ADVICE_POPULATE_EACH] = "MAP_POPULATE in each mmap() call "
		"maps the pages of that call",
	[ADVICE_POPULATE_WRITE_EACH] = "madvise(MADV_POPULATE_WRITE) after "
		"each mmap() call maps the pages of that call",
	[ADVICE_POPULATE_READ_EACH] = "madvise(MADV_POPULATE_READ) after each "
		"mmap() call maps the pages of that call",
	[ADVICE_HUGE_SHARED] = "every process that maps the pages has its own "
		"faults: use huge pages (MAP_HUGETLB or shmem_enabled; "
		"PostgreSQL: huge_pages=on)",
	[ADVICE_POPULATE_MALLOC] = "madvise(MADV_POPULATE_WRITE) maps the pages "
		"in one call; or let glibc's malloc() take blocks below 32 MiB "
		"from the heap instead of mmap(): with mallopt(), set "
		"M_MMAP_THRESHOLD to 32 MiB and M_TOP_PAD to 16 MiB",
	[ADVICE_LARGER] = "the memory was mapped a few pages at a time: map "
		"more pages in each mmap() call, then populate the memory",
	[ADVICE_TOP_PAD] = "grow the heap in larger steps, to get huge pages; "
		"for glibc, set M_TOP_PAD to 16 MiB and M_MMAP_THRESHOLD to 32 "
		"MiB with mallopt()",
	[ADVICE_HUGETLB] = "request huge pages; for glibc, set "
		"GLIBC_TUNABLES=glibc.malloc.hugetlb=1",
	[ADVICE_KEEP_ADVISED] =
		"keep memory that is used again soon: free less memory, or "
		"free the memory later",
	[ADVICE_KEEP_HEAP] = "do not trim the heap; for glibc, set "
		"M_TRIM_THRESHOLD to more than the size of the heap, and "
		"M_MMAP_THRESHOLD to 32 MiB, with mallopt()",
	[ADVICE_KEEP] = "keep the memory for the next use",
	[ADVICE_KEEP_MAPPED] = "keep the memory for the next use; or let glibc's "
		"malloc() take blocks below 32 MiB from the heap instead of "
		"mmap(): with mallopt(), set M_MMAP_THRESHOLD to 32 MiB and M_TRIM_THRESHOLD to more "
		"than the size of the heap",
	[ADVICE_KEEP_FILE] = "keep the file mapped for the next use",
	[ADVICE_STORE_FIRST] = "write to each page before the first read: this "
		"takes one fault per page instead of two",
	[ADVICE_READ_AHEAD] = "madvise(MADV_POPULATE_READ) reads the file and "
		"maps it in one call",
	[ADVICE_READ_AHEAD_OLD] = "MAP_POPULATE reads the file and maps it in "
		"one call",
	[ADVICE_NOT_RANDOM] = "MADV_RANDOM disables read-ahead: do not use "
		"MADV_RANDOM, or use MADV_POPULATE_READ before "
		"MADV_RANDOM",
	[ADVICE_NOT_RANDOM_OLD] =
		"MADV_RANDOM disables read-ahead: do not use "
		"MADV_RANDOM",
	[ADVICE_READ_AHEAD_OFF] = "each fault read only one page, because read-ahead is "
		"off: do not use POSIX_FADV_RANDOM, or let MADV_POPULATE_READ "
		"read the file in one call",
	[ADVICE_READ_LESS] = "madvise(MADV_RANDOM) reads only the pages that are used; "
		"or reduce the read_ahead_kb of the disk",
	[ADVICE_MEMORY_MAX] = "raise memory.max of the cgroup, or use less memory",
	[ADVICE_MEMORY_HIGH] = "raise memory.high of the cgroup, or use less memory",
	[ADVICE_LESS_MEMORY] = "the machine or a cgroup had too little free memory: use "
		"less memory",
	[ADVICE_DEFER] = "write \"defer\" to /sys/kernel/mm/transparent_hugepage/defrag: "
		"khugepaged then makes the huge pages later",
	[ADVICE_LOCK] = "the call makes other threads wait: make fewer calls, each for "
		"a larger range",
	[ADVICE_LOCK_OLD] = "the call makes other threads wait: make fewer calls, each "
		"for a larger range; since Linux 6.4, most faults do not wait for "
		"mmap_lock",
	[ADVICE_LOCK_FORK] = "other threads wait while the page tables are copied: "
		"posix_spawn() and vfork() copy nothing",
	[ADVICE_SPAWN] = "posix_spawn() and vfork() copy nothing; in a shell "
		"script, use builtins",
	[ADVICE_ALIGN] = "align the memory to 2 MiB: map 2 MiB more than needed, "
		"and use the memory from the first multiple of 2 MiB on",
	[ADVICE_ALIGN_MALLOC] = "align the memory to 2 MiB with aligned_alloc(); "
		"or let glibc's malloc() take blocks below 32 MiB from the heap "
		"instead of mmap(): with mallopt(), set M_MMAP_THRESHOLD to 32 "
		"MiB and M_TOP_PAD to 16 MiB",
	[ADVICE_HUGE_ASK] = "madvise(MADV_HUGEPAGE) asks for huge pages: "
		"then one fault maps 2 MiB",
	[ADVICE_HUGE_ENABLE] = "write \"madvise\" to "
		"/sys/kernel/mm/transparent_hugepage/enabled: then "
		"madvise(MADV_HUGEPAGE) asks for huge pages",
	[ADVICE_HUGE_STORE] = "write to the memory before the first read: before "
		"Linux 7.2, a write to the huge zero page maps a page of 4 KiB",
	[ADVICE_HUGE_COMMIT] = "make the memory accessible in multiples of 2 MiB; "
		"or madvise(MADV_COLLAPSE) makes huge pages later",
	[ADVICE_HUGE_COMMIT_OLD] = "make the memory accessible in multiples of 2 "
		"MiB",
	[ADVICE_HUGE_FRAGMENTED] = "free memory was fragmented: write 1 to "
		"/proc/sys/vm/compact_memory before the program starts, or "
		"reserve huge pages at boot (hugetlbfs)",
	[ADVICE_POOL] = "the pool of hugetlbfs has too few pages: raise "
		"vm.nr_hugepages; a program that only tries MAP_HUGETLB, such as "
		"PostgreSQL with huge_pages=try, uses small pages instead",
	[ADVICE_MAP_TWICE] = "map the memory a second time, writable (see "
		"memfd_create()): this avoids the mprotect() calls and the TLB "
		"flushes",
	[ADVICE_PROTECTION_KEYS] = "keep a second, writable mapping, or use "
		"protection keys: this avoids the mprotect() calls and the TLB "
		"flushes",
	[ADVICE_SAME] = "use the same attributes for all ranges, or one call "
		"for a large range: this makes fewer VMAs",
	[ADVICE_DOFORK] = "use MADV_DONTFORK once for the whole mapping, or "
		"undo MADV_DONTFORK with MADV_DOFORK: this makes fewer VMAs",
};

/* ---- text ---- */

static void add_time(struct line *line, __u64 ns)
{
	char text[FORMAT_MAX];

	if (ns)
		line_add(line, PLAIN, ", costing %s",
			 format_duration(text, ns, line->style->glyphs->micro));
}

/* Add the text of a finding about faults. */
static void add_faults(struct line *line, const struct finding *finding)
{
	char call[NAME_CALL_MAX];
	ull count = finding->count;

	switch (finding->kind) {
	case FINDING_STORM:
		line_add(line, PLAIN, "%llu pages touched one by one", count);
		break;
	case FINDING_AGAIN:
		line_add(line, PLAIN, "%llu touches of %llu pages that ", count,
			 (ull)finding->pages);
		if (finding->nr < 0)
			line_add(line, PLAIN, "had been removed");
		else
			line_add(line, PLAIN, "%s had removed",
				 name_call(call, finding->nr));
		break;
	case FINDING_ZERO:
		line_add(line, PLAIN, "%llu pages read, then written",
			 count);
		break;
	case FINDING_COPIED:
		line_add(line, PLAIN, "%llu file pages read, then "
			 "copied", count);
		break;
	case FINDING_SMALL:
		line_add(line, PLAIN, "%llu pages of 4 KiB touched instead of "
			 "%llu huge page%s", (ull)finding->pages, count,
			 plural(count));
		break;
	case FINDING_MAJOR:
		line_add(line, PLAIN, "%llu faults waited for file reads",
			 count);
		break;
	default:
		line_add(line, PLAIN, "%llu huge page%s lost to misalignment",
			 count, plural(count));
	}
	add_time(line, finding->ns);
}

/* Add the text of a finding about waits. */
static void add_waits(struct line *line, const struct finding *finding)
{
	ull count = finding->count;
	char text[FORMAT_MAX], used[FORMAT_MAX], call[NAME_CALL_MAX];

	switch (finding->kind) {
	case FINDING_UNREAD:
		line_add(line, PLAIN, "%llu fault%s read %s, of which %s was used", count,
			 plural(count), format_size(text, finding->bytes),
			 format_size(used, finding->pages * BLOCK_PAGE_BYTES));
		break;
	case FINDING_RECLAIM:
		line_add(line, PLAIN, "%llu fault%s freed memory first", count,
			 plural(count));
		break;
	case FINDING_COMPACTION:
		line_add(line, PLAIN, "%llu fault%s moved pages to get a huge page", count,
			 plural(count));
		break;
	default:
		line_add(line, PLAIN, "%llu wait%s for mmap_lock, held in %s", count,
			 plural(count), name_call(call, finding->nr));
	}
	add_time(line, finding->ns);
	if (finding->kind == FINDING_RECLAIM && finding->limit)
		line_add(line, PLAIN, "; the limit of %s is %s", finding->name,
			 format_size(text, finding->limit));
}

static void add_fork(struct line *line, const struct finding *finding)
{
	char text[FORMAT_MAX];

	line_add(line, PLAIN, "%llu address spaces copied before exec, costing %s",
		 (ull)finding->count,
		 format_duration(text, finding->ns,
				 line->style->glyphs->micro));
}

/* Add the text of a finding about calls or VMAs. */
static void add_vmas(struct line *line, const struct finding *finding)
{
	char call[NAME_CALL_MAX];
	ull count = finding->count;

	switch (finding->kind) {
	case FINDING_POOL:
		line_add(line, PLAIN, "%llu call%s of mmap(MAP_HUGETLB) failed, "
			 "which requested %llu pages of 2 MiB", count,
			 plural(count), (ull)finding->pages);
		break;
	case FINDING_PINGPONG:
		line_add(line, PLAIN, "%llu calls alternately removed and "
			 "restored access rights", count);
		if (finding->flushed && finding->flushes)
			line_add(line, PLAIN, ", with a TLB flush in %llu of the "
				 "calls",
				 (ull)finding->flushes);
		add_time(line, finding->ns);
		break;
	case FINDING_ALMOST:
		line_add(line, PLAIN, "%llu extra VMAs", count);
		if (finding->nr >= 0)
			line_add(line, PLAIN, " due to %s",
				 name_call(call, finding->nr));
		line_add(line, PLAIN, ": %s", reason_text(finding->reason));
		line_add(line, PLAIN, "%s", finding->flags ? ":" : "");
		add_flag_names(line, names_vm_flags, finding->flags);
		break;
	case FINDING_DONTFORK:
		line_add(line, PLAIN, "%llu extra VMAs due to MADV_DONTFORK "
			 "on some ranges but not on adjacent ranges", count);
		break;
	default:
		line_add(line, PLAIN, "%llu of %llu VMAs used "
			 "(vm.max_map_count)", count, (ull)finding->limit);
	}
}

static void add_what(struct line *line, const struct finding *finding)
{
	switch (finding->kind) {
	case FINDING_FORK:
		add_fork(line, finding);
		break;
	case FINDING_UNREAD:
	case FINDING_RECLAIM:
	case FINDING_COMPACTION:
	case FINDING_LOCK:
		add_waits(line, finding);
		break;
	case FINDING_CROWDED:
	case FINDING_POOL:
	case FINDING_PINGPONG:
	case FINDING_ALMOST:
	case FINDING_DONTFORK:
		add_vmas(line, finding);
		break;
	default:
		add_faults(line, finding);
	}
}

static void add_range(struct line *line, const struct finding *finding)
{
	if (finding->name[0])
		line_add(line, PLAIN, "  %s", finding->name);
	line_add(line, DIM, "  " RANGE, (ull)finding->start,
		 (ull)finding->end);
	if (finding->ranges > 1)
		line_add(line, DIM, " and %llu more",
			 (ull)finding->ranges - 1);
}

/* Begin the second or a later line of a finding. */
static void begin_more(struct line *line, const struct style *style)
{
	line_begin(line, style);
	line_to(line, AT_MORE);
}

/*
 * Return the number of makers to show. A maker is shown only if it made at
 * least 1 % as many VMAs as the first maker.
 */
static size_t makers_shown(const struct finding *finding)
{
	const struct table *table;
	size_t count = 0;

	if (!finding->makers)
		return 0;
	table = &finding->makers->boundaries.causes;
	while (count < table->count && count < MAKERS_SHOWN &&
	       table->rows[count].stats.max * 100 >= table->rows[0].stats.max)
		count++;
	return count;
}

int finding_lines(const struct finding *finding)
{
	return 2 + makers_shown(finding);
}

/* Write the makers that have made the most VMAs, one maker per line. */
static int show_makers(FILE *out, const struct style *style,
		       const struct finding *finding, struct symbols *symbols)
{
	int err = 0;

	for (size_t i = 0; !err && i < makers_shown(finding); i++) {
		struct line line;

		begin_more(&line, style);
		maker_add(&line, &finding->makers->boundaries.causes.rows[i],
			  symbols);
		err = line_end(&line, out);
	}
	return err;
}

int finding_show(FILE *out, const struct style *style,
		 const struct finding *finding, struct symbols *symbols)
{
	struct line line;
	int err;

	line_begin(&line, style);
	line_add(&line, BOLD, "%-18s  ", kinds[finding->kind]);
	add_what(&line, finding);
	if (finding->ranges)
		add_range(&line, finding);
	err = line_end(&line, out);
	if (!err)
		err = show_makers(out, style, finding, symbols);
	if (err)
		return err;
	begin_more(&line, style);
	line_add(&line, DIM, "%s", advices[finding->advice]);
	return line_end(&line, out);
}

/* ---- JSON ---- */

static struct json_object *add_cause(struct json_object *object,
				     const struct finding *finding)
{
	if (finding->kind == FINDING_ALMOST) {
		object = json_add_text(object, "reason",
				       name_of(names_reason, finding->reason));
		object = json_add_bits(object, "flags_names", names_vm_flags,
				       finding->flags);
	}
	if (finding->kind == FINDING_ALMOST || finding->kind == FINDING_AGAIN ||
	    finding->kind == FINDING_LOCK)
		object = json_add_text(object, "call", finding->nr < 0 ? "" :
				       name_of(names_syscall, finding->nr));
	if (finding->pages)
		object = json_add_number(object, "pages", finding->pages);
	if (finding->bytes)
		object = json_add_number(object, "bytes", finding->bytes);
	if (finding->flushed)
		object = json_add_number(object, "flushes", finding->flushes);
	if (finding->limit)
		object = json_add_number(object, "limit", finding->limit);
	return object;
}

int finding_json(FILE *out, const struct finding *finding,
		 struct symbols *symbols)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "finding", kinds[finding->kind]);
	object = json_add_number(object, "count", finding->count);
	object = json_add_number(object, "ns", finding->ns);
	object = json_add_number(object, "ranges", finding->ranges);
	object = json_add_number(object, "start", finding->start);
	object = json_add_number(object, "end", finding->end);
	object = json_add_text(object, "name", finding->name);
	object = add_cause(object, finding);
	if (finding->makers)
		object = json_add_object(object, "makers",
					 makers_json(finding->makers, symbols,
						     makers_shown(finding)));
	object = json_add_text(object, "advice", advices[finding->advice]);
	return json_line(out, object);
}
