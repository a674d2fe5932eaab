// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/huge_text.h"
#include "base/format.h"
#include "event/vm_flags.h"
#include "inspect/huge_advice.h"
#include "inspect/huge_settings.h"
#include "inspect/huge_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long ull;

#define VMAS_SHORT 10	/* VMAs shown for each reason without --verbose */

/* ---- reasons ---- */

const char *huge_brief(const struct huge_part *parts, char text[HUGE_BRIEF_MAX])
{
	__u64 bytes = 0, most_bytes = 0;
	char size[FORMAT_MAX];
	int most = HUGE_NEXT;

	for (int i = 0; i < HUGE_REASONS; i++) {
		bytes += parts[i].bytes;
		if (i != HUGE_MAPPED && i != HUGE_NEXT &&
		    parts[i].bytes > most_bytes) {
			most = i;
			most_bytes = parts[i].bytes;
		}
	}
	format_size(size, most_bytes);
	snprintf(text, HUGE_BRIEF_MAX, "%s%s%s",
		 most_bytes ? huge_word(most) : "",
		 most_bytes < bytes && most_bytes ? " " : "",
		 most_bytes < bytes && most_bytes ? size : "");
	return text;
}

/* ---- VMAs ---- */

/* Print how far the ends of the VMA are from a multiple of 2 MiB. */
static void add_distance(struct line *line, const struct vma *vma)
{
	const __u64 below = vma->start % HUGE_BYTES;
	const __u64 above = -vma->end % HUGE_BYTES;
	char size[FORMAT_MAX];

	if (below)
		line_add(line, YELLOW, ": begins %s after a multiple of 2 MiB",
			 format_size(size, below));
	if (above)
		line_add(line, YELLOW, "%s ends %s before a multiple of 2 MiB",
			 below ? "," : ":", format_size(size, above));
}

/* Print the setting of shmem that applies to the VMA. "deny" applies to all shmem. */
static void add_shmem(struct line *line, const struct huge_space *space, size_t i)
{
	const struct huge_settings *settings = &space->settings;
	const bool sized = space->release.rules->sized &&
			   settings->shmem_size != HUGE_SET_INHERIT;

	if (settings->shmem == HUGE_SET_DENY)
		line_add(line, YELLOW, ": shmem_enabled is deny");
	else if (space->list[i].kind == HUGE_KIND_TMPFS)
		line_add(line, YELLOW, ": mounted with huge=%s",
			 huge_setting_word(space->list[i].mount));
	else
		line_add(line, YELLOW, ": %sshmem_enabled is %s",
			 sized ? "hugepages-2048kB/" : "", huge_setting_word(
			 sized ? settings->shmem_size : settings->shmem));
}

/* Print the file system, and whether its files can have folios of 2 MiB. */
static void add_file_system(struct line *line, const struct huge_space *space,
			    const struct vma *vma)
{
	static const char *const words[] = {
		[HUGE_FACT_UNKNOWN] = "",
		[HUGE_FACT_NO] = ", which has no folios of 2 MiB",
		[HUGE_FACT_YES] = ", which can have folios of 2 MiB",
	};
	const char *type = mounts_type(&space->mounts, vma->dev);

	if (*type)
		line_add(line, YELLOW, ": on %s%s", type,
			 words[huge_folios(space->release.rules, type)]);
}

static int show_vma(FILE *out, const struct style *style,
		    const struct huge_space *space, size_t i,
		    enum huge_reason reason)
{
	const struct vma *vma = &space->vmas->list[i];
	const struct huge_part *part = &space->list[i].of[reason];
	char title[VMA_TITLE_MAX], flags[FORMAT_MAX], size[FORMAT_MAX];
	struct line line;

	vma_names_title(space->names, i, title);
	line_begin(&line, style);
	line_add(&line, PLAIN, HUGE_INDENT "%012llx-%012llx %s ", (ull)vma->start,
		 (ull)vma->end, title);
	line_add(&line, DIM, "%s", format_vm_flags(flags, vma->flags));
	line_add(&line, PLAIN, " %s", format_size(size, part->bytes));
	if (part->resident && reason != HUGE_MAPPED)
		line_add(&line, PLAIN, ", %s in memory",
			 format_size(size, part->resident));
	if (reason == HUGE_RANGE)
		add_distance(&line, vma);
	if (reason == HUGE_SHMEM)
		add_shmem(&line, space, i);
	if (reason == HUGE_FILE)
		add_file_system(&line, space, vma);
	return line_end(&line, out);
}

/** struct ranked - a VMA, and the size of its blocks with a reason */
struct ranked {
	__u64 bytes;
	size_t vma;
};

static int by_size(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return (x->vma > y->vma) - (x->vma < y->vma);
}

static size_t rank(const struct huge_space *space, enum huge_reason reason,
		   struct ranked *ranked)
{
	size_t count = 0;

	for (size_t i = 0; i < space->vmas->count; i++) {
		const __u64 bytes = space->list[i].of[reason].bytes;

		if (bytes)
			ranked[count++] = (struct ranked){ bytes, i };
	}
	qsort(ranked, count, sizeof(*ranked), by_size);
	return count;
}

static int show_vmas(FILE *out, const struct style *style,
		     const struct huge_space *space, enum huge_reason reason,
		     bool verbose)
{
	struct ranked *ranked = calloc(space->vmas->count + 1, sizeof(*ranked));
	struct line line;
	size_t count, shown;
	int err = 0;

	if (!ranked)
		return -ENOMEM;
	count = rank(space, reason, ranked);
	shown = verbose || count < VMAS_SHORT ? count : VMAS_SHORT;
	for (size_t i = 0; !err && i < shown; i++)
		err = show_vma(out, style, space, ranked[i].vma, reason);
	free(ranked);
	if (err || shown == count)
		return err;
	line_begin(&line, style);
	line_add(&line, DIM, HUGE_INDENT "... and %zu more", count - shown);
	return line_end(&line, out);
}

/* ---- groups ---- */

static enum colour colour_of(enum huge_reason reason)
{
	return reason == HUGE_MAPPED || reason == HUGE_NEXT ? GREEN : BOLD;
}

/* Add what is not known of the blocks of a group. */
static void add_unseen(struct line *line, enum huge_reason reason,
		       __u32 unseen)
{
	if (reason == HUGE_UNKNOWN && unseen & huge_bit(HUGE_TABLE)) {
		line_add(line, PLAIN, ": pages of 4 KiB or huge pages; /proc "
			 "shows only the sum of the huge pages");
		unseen &= ~huge_bit(HUGE_TABLE);
	}
	if (reason != HUGE_NEXT && reason != HUGE_UNKNOWN &&
	    reason != HUGE_POOL)
		return;
	for (int i = 0; i < HUGE_REASONS; i++) {
		if (unseen & huge_bit(i) && huge_words(i)->unseen[0])
			line_add(line, DIM, "; %s", huge_words(i)->unseen);
	}
}

/* Print the pools from which the VMAs with a reason take their pages. */
static int show_pools(FILE *out, const struct style *style,
		      const struct huge_space *space, enum huge_reason reason)
{
	char size[FORMAT_MAX];
	struct line line;
	int err = 0;

	for (int i = 0; !err && i < space->pool_count; i++) {
		const struct hugetlb_pool *pool = &space->pools[i];
		bool used = false;

		for (size_t k = 0; k < space->vmas->count; k++)
			used |= space->list[k].of[reason].bytes &&
				huge_space_pool(space, &space->vmas->list[k]) ==
				pool;
		if (!used)
			continue;
		line_begin(&line, style);
		line_add(&line, PLAIN, HUGE_INDENT "pool of %s: %llu page%s, %llu "
			 "free, %llu of them reserved; %llu surplus of at most "
			 "%llu", format_size(size, pool->page_bytes),
			 (ull)pool->pages, plural(pool->pages),
			 (ull)pool->free, (ull)pool->reserved,
			 (ull)pool->surplus, (ull)pool->overcommit);
		err = line_end(&line, out);
	}
	return err;
}

static int show_group(FILE *out, const struct style *style,
		      const struct huge_space *space, enum huge_reason reason,
		      bool verbose)
{
	const struct huge_part *part = &space->sum[reason];
	const struct huge_advised advised = { *part, huge_advice_missed_all(space) };
	char size[FORMAT_MAX];
	struct line line;
	int err;

	line_begin(&line, style);
	line_add(&line, colour_of(reason), "%9s  %s",
		 format_size(size, part->bytes),
		 huge_reason_text(reason, space->recorded));
	if (reason == HUGE_SETTING)
		huge_advice_setting(&line, space);
	add_unseen(&line, reason, part->unseen);
	err = line_end(&line, out);
	if (!err)
		err = show_pools(out, style, space, reason);
	if (!err && part->only)
		err = huge_advice_show(out, style, space, reason, &advised);
	if (!err && reason == HUGE_TABLE)
		err = huge_advice_show_pace(out, style, space);
	if (!err)
		err = huge_advice_show_pool(out, style, space, reason);
	return err ? err : show_vmas(out, style, space, reason, verbose);
}

static int show_rules(FILE *out, const struct style *style,
		      const struct huge_space *space)
{
	struct line line;

	if (space->release.exact)
		return 0;
	line_begin(&line, style);
	line_add(&line, DIM, "the reasons follow the rules of Linux %s, "
		 "because the rules of the running kernel are not known",
		 space->release.of);
	return line_end(&line, out);
}

static int show_head(FILE *out, const struct style *style,
		     const struct huge_space *space)
{
	char size[FORMAT_MAX];
	struct line line;
	__u64 bytes = 0;

	for (int reason = 0; reason < HUGE_REASONS; reason++)
		bytes += space->sum[reason].bytes;
	line_begin(&line, style);
	line_add(&line, BOLD, "process %d: ", space->walk.pid);
	line_add(&line, PLAIN, "%s%s in %zu VMA%s, transparent_hugepage/enabled: "
		 "%s", format_size(size, bytes), space->recorded ?
		 " of first touches of anonymous memory" : "",
		 space->vmas->count, plural(space->vmas->count),
		 huge_setting_word(space->settings.enabled));
	return line_end(&line, out);
}

/* Print the smaller sizes that the settings allow. */
static int show_sizes(FILE *out, const struct style *style,
		      const enum huge_setting sizes[HUGE_SIZES], const char *of)
{
	char size[FORMAT_MAX];
	struct line line;
	int count = 0;

	line_begin(&line, style);
	line_add(&line, PLAIN, "smaller sizes of huge pages%s:", of);
	for (int i = 0; i < HUGE_SIZES; i++) {
		if (sizes[i] == HUGE_SET_UNKNOWN || sizes[i] == HUGE_SET_NEVER)
			continue;
		line_add(&line, PLAIN, "%s %s %s", count++ ? "," : "",
			 format_size(size, HUGE_SIZE_MIN << i),
			 huge_setting_word(sizes[i]));
	}
	return count ? line_end(&line, out) : 0;
}

/* Print all groups, largest first. */
int huge_text_space(FILE *out, const struct style *style,
		    const struct huge_space *space, bool verbose)
{
	bool shown[HUGE_REASONS] = { false };
	int err = show_head(out, style, space);

	if (!err)
		err = show_sizes(out, style, space->sizes, "");
	if (!err)
		err = show_sizes(out, style, space->shmem_sizes,
				 " of shared anonymous memory");
	while (!err) {
		int most = -1;

		for (int i = 0; i < HUGE_REASONS; i++) {
			if (!shown[i] && space->sum[i].bytes &&
			    (most < 0 || space->sum[i].bytes >
			     space->sum[most].bytes))
				most = i;
		}
		if (most < 0)
			break;
		shown[most] = true;
		err = show_group(out, style, space, most, verbose);
	}
	if (!err)
		err = huge_advice_show_failed(out, style, space);
	return err ? err : show_rules(out, style, space);
}

/* ---- one block ---- */

static int show_test(FILE *out, const struct style *style,
		     const struct huge_space *space,
		     const struct huge_block *block, enum huge_reason test)
{
	const __u32 bit = huge_bit(test);
	struct line line;

	line_begin(&line, style);
	if (block->verdict.failed & bit)
		line_add(&line, RED, "  %s %s", style->glyphs->no,
			 huge_words(test)->fails);
	else if (block->verdict.unseen & bit)
		line_add(&line, YELLOW, "  ? %s", huge_words(test)->unseen);
	else
		line_add(&line, PLAIN, "  %s %s", style->glyphs->yes,
			 huge_words(test)->passes);
	if (test == HUGE_RANGE && block->verdict.failed & bit)
		add_distance(&line, &space->vmas->list[block->vma]);
	if (test == HUGE_SETTING)
		huge_advice_setting(&line, space);
	if (test == HUGE_SHMEM && block->verdict.failed & bit)
		add_shmem(&line, space, block->vma);
	if (test == HUGE_FILE && block->verdict.failed & bit)
		add_file_system(&line, space, &space->vmas->list[block->vma]);
	return line_end(&line, out);
}

static int show_tests(FILE *out, const struct style *style,
		      const struct huge_space *space,
		      const struct huge_block *block)
{
	const __u8 *test = space->release.rules->tests[block->facts.kind];
	int err = 0;

	for (; !err && *test; test++)
		err = show_test(out, style, space, block, *test);
	return err;
}

/* Only one test may fail, because otherwise the advice would not help. */
static int show_block_advice(FILE *out, const struct style *style,
			     const struct huge_space *space,
			     const struct huge_block *block)
{
	const struct huge_verdict *verdict = &block->verdict;
	const __u32 others = verdict->failed & ~huge_bit(HUGE_TABLE) &
			     ~huge_bit(verdict->reason);

	const struct huge_advised advised = {
		.missed = huge_advice_missed(&space->vmas->list[block->vma]),
		.part.collapsible = huge_space_collapsible(space, block) ?
				    HUGE_BYTES : 0,
	};

	return others ? 0 : huge_advice_show(out, style, space,
					     verdict->reason, &advised);
}

/* Print how much of a page table khugepaged would have to fill. */
static int show_entries(FILE *out, const struct style *style,
			const struct huge_space *space,
			const struct huge_block *block)
{
	struct line line;

	if (block->facts.kind != HUGE_KIND_ANON ||
	    block->facts.entry != HUGE_ENTRY_TABLE)
		return 0;
	line_begin(&line, style);
	line_add(&line, PLAIN, "khugepaged: %u of 512 pages are missing "
		 "(max_ptes_none %llu), %u are in swap (max_ptes_swap %llu), "
		 "%u are shared (max_ptes_shared %llu)", block->empty,
		 (ull)space->max_none, block->swapped, (ull)space->max_swap,
		 block->shared, (ull)space->max_shared);
	return line_end(&line, out);
}

static int show_smaller(FILE *out, const struct style *style,
			const struct huge_space *space,
			const struct huge_block *block, __u64 address)
{
	const __u64 bytes = huge_space_smaller(space, block, address);
	const bool shared = block->facts.kind == HUGE_KIND_SHARED;
	char size[FORMAT_MAX];
	struct line line;

	if (!bytes)
		return 0;
	line_begin(&line, style);
	line_add(&line, PLAIN, "a touch of %llx can map %s, if nothing is mapped "
		 "there (transparent_hugepage/hugepages-%llukB/%senabled)",
		 (ull)address, format_size(size, bytes), (ull)bytes >> 10,
		 shared ? "shmem_" : "");
	return line_end(&line, out);
}

static const struct {
	int err;
	const char *text;
} errors[] = {
	{ 0, "the 2 MiB are now mapped by a huge page" },
	{ EAGAIN, "pages are locked, pinned or not on an LRU list; "
			    "try again" },
	{ EBUSY, "the memory cgroup has no room for a huge page" },
	{ EINVAL, "the kernel refuses huge pages for this memory, or "
			    "has no MADV_COLLAPSE (Linux 6.1)" },
	{ ENOMEM, "there is no free huge page" },
	{ EPERM, "root is required" },
	{ ESRCH, "the process has ended" },
	{ ERANGE, "not called, because the aligned 2 MiB are not inside "
		      "the VMA" },
};

const char *huge_try_text(int err)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		if (errors[i].err == -err)
			return errors[i].text;
	}
	return strerror(-err);
}

static int show_try(FILE *out, const struct style *style,
		    const struct huge_try *try)
{
	struct line line;

	if (!try->asked)
		return 0;
	line_begin(&line, style);
	line_add(&line, try->err ? YELLOW : GREEN, "MADV_COLLAPSE: %s%s%s",
		 try->err && try->err != -ERANGE ?
		 strerrorname_np(-try->err) : "",
		 try->err && try->err != -ERANGE ? ": " : "",
		 huge_try_text(try->err));
	return line_end(&line, out);
}

int huge_text_block(FILE *out, const struct style *style,
		    const struct huge_space *space,
		    const struct huge_block *block, __u64 address,
		    const struct huge_try *try)
{
	const enum huge_reason reason = block->verdict.reason;
	char title[VMA_TITLE_MAX], flags[FORMAT_MAX];
	struct line line;
	int err;

	vma_names_title(space->names, block->vma, title);
	line_begin(&line, style);
	line_add(&line, BOLD, "%012llx-%012llx ", (ull)block->facts.address,
		 (ull)(block->facts.address + HUGE_BYTES));
	line_add(&line, PLAIN, "%s", title);
	line_add(&line, DIM, " %s", format_vm_flags(flags,
						    block->facts.flags));
	line_add(&line, colour_of(reason), ": %s", huge_words(reason)->fails);
	add_unseen(&line, reason, block->verdict.unseen);
	err = line_end(&line, out);
	if (!err)
		err = show_tests(out, style, space, block);
	if (!err)
		err = show_entries(out, style, space, block);
	if (!err)
		err = show_smaller(out, style, space, block, address);
	if (!err)
		err = show_block_advice(out, style, space, block);
	if (!err)
		err = show_try(out, style, try);
	return err ? err : show_rules(out, style, space);
}
