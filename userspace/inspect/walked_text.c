// SPDX-License-Identifier: GPL-2.0-only
#include "base/format.h"
#include "inspect/walked.h"
#include "story/parts.h"
#include "system/proc.h"

#include <errno.h>

typedef unsigned long long ull;

/* ---- an entry ---- */

static void add_frames(struct line *line, const struct walk *walk,
		       const struct mmapdemo_run *run)
{
	__u64 step = walk_step(walk, run);
	__u64 last = run->frame + run->count * step - 1;

	if (!run->frame)
		return;
	if (run->entry & MMAPDEMO_ENTRY_SWAP)
		line_add(line, BOLD, " swap %u, page", run->swap);
	else
		line_add(line, BOLD, " pfn");
	line_add(line, BOLD, " %#llx", (ull)run->frame);
	if (step && last > run->frame)
		line_add(line, BOLD, "-%#llx", (ull)last);
}

/*
 * Print the bits of an entry. If the page tables were not walked, the
 * permissions are unknown, so print only the bits that are set.
 */
static void add_bits(const struct walked *walked, struct line *line,
		     const struct mmapdemo_run *run)
{
	if (!walked->why) {
		add_entry_bits(line, run->entry & ~MMAPDEMO_ENTRY_TABLE);
		return;
	}
	for (const struct name *bit = names_entry; bit->name; bit++) {
		if (run->entry & bit->value)
			line_add(line, PLAIN, " %s", bit->name);
	}
}

static int index_in_table(const struct walked *walked, __u64 address,
			  __u32 level)
{
	return address >> walk_shift(&walked->walk, level) & 511;
}

/* ---- one address ---- */

static int show_level(const struct walked *walked, int i, bool *over)
{
	const struct glyphs *glyphs = walked->style.glyphs;
	const struct name *level = &names_levels[i];
	const struct mmapdemo_run *run = &walked->found[i];
	struct line line;

	line_begin(&line, &walked->style);
	line_add(&line, DIM, "  %s ", level->name);
	if (level->value == MMAPDEMO_LEVEL_P4D && walked->walk.levels == 4) {
		line_add(&line, DIM, "  %s    folded: page tables have "
			 "four levels", glyphs->folded);
		return line_end(&line, stdout);
	}
	line_add(&line, PLAIN, "[%3d]",
		 index_in_table(walked, walked->address, level->value));
	if (walked->why && level->value != MMAPDEMO_LEVEL_PTE)
		return line_end(&line, stdout);
	*over = !run->count || walked_leaf(run);
	if (!run->count) {
		line_add(&line, YELLOW, "  %s empty: %s", glyphs->empty,
			 next_touch_text(walked->next));
		return line_end(&line, stdout);
	}
	line_add(&line, GREEN, "  %s", glyphs->there);
	line_add(&line, PLAIN, "%s", walked_leaf(run) ? "" : " table");
	add_frames(&line, &walked->walk, run);
	add_bits(walked, &line, run);
	return line_end(&line, stdout);
}

/* Print the offset in the page, and the physical address. */
static int show_end(const struct walked *walked)
{
	const struct mmapdemo_run *leaf = walked_leaf_of(walked);
	__u64 at = walked_physical(walked), bytes;
	struct line line;

	if (!leaf)
		return 0;
	bytes = 1ULL << walk_shift(&walked->walk, leaf->level);
	line_begin(&line, &walked->style);
	line_add(&line, PLAIN, "  byte %#llx of the page",
		 (ull)(walked->address & (bytes - 1)));
	if (at)
		line_add(&line, BOLD, ": physical address %#llx", (ull)at);
	else if (leaf->entry & MMAPDEMO_ENTRY_GUARD)
		line_add(&line, YELLOW, "; %s", next_touch_text(TOUCH_GUARD));
	else if (!(leaf->entry & MMAPDEMO_ENTRY_PRESENT))
		line_add(&line, YELLOW, ", which is not present");
	else
		line_add(&line, YELLOW, "; CAP_SYS_ADMIN is required to see "
			 "the physical address");
	return line_end(&line, stdout);
}

static int show_address(const struct walked *walked)
{
	char text[EVENT_NAME_MAX + 24], name[sizeof(text) * 4];
	struct maps maps = { 0 };
	struct line line;
	bool over = false;
	int err = proc_maps(walked->walk.pid, &maps);

	if (err)
		return err == -ENOENT ? -ESRCH : err;
	line_begin(&line, &walked->style);
	line_add(&line, BOLD, "%012llx", (ull)walked->address);
	if (!maps_find(&maps, walked->address)) {
		maps_free(&maps);
		line_add(&line, YELLOW, "  %s",
			 next_touch_text(TOUCH_NOTHING));
		return line_end(&line, stdout);
	}
	maps_format(&maps, walked->address, text, sizeof(text));
	maps_free(&maps);
	line_add(&line, PLAIN, "  %s", *text ?
		 format_name(name, sizeof(name), text) : "anonymous memory");
	err = line_end(&line, stdout);
	for (int i = 0; !err && !over && i < WALKED_LEVELS; i++)
		err = show_level(walked, i, &over);
	return err ? err : show_end(walked);
}

/* ---- a range, a tree ---- */

static int show_run(const struct walked *walked,
		    const struct mmapdemo_run *run)
{
	__u64 end = walk_end(&walked->walk, run);
	char size[FORMAT_MAX];
	struct line line;

	line_begin(&line, &walked->style);
	line_add(&line, PLAIN, RANGE " %9s  ", (ull)run->address,
		 (ull)end, format_size(size, end - run->address));
	line_add(&line, DIM, "%s ", names_levels[walked_index(run->level)].name);
	line_add(&line, PLAIN, "%6u ", run->count);
	add_bits(walked, &line, run);
	add_frames(&line, &walked->walk, run);
	return line_end(&line, stdout);
}

/* Print a run of entries, indented by the level of the entries. */
static int show_branch(const struct walked *walked,
		       const struct mmapdemo_run *run)
{
	int level = walked_index(run->level);
	int first = index_in_table(walked, run->address, run->level);
	int depth = level - (level > 1 && walked->walk.levels == 4);
	struct line line;

	line_begin(&line, &walked->style);
	line_add(&line, DIM, "%*s%s ", 2 * depth, "", names_levels[level].name);
	line_add(&line, PLAIN, "[%3d", first);
	if (run->count > 1)
		line_add(&line, PLAIN, "-%3d", first + run->count - 1);
	line_add(&line, PLAIN, "]");
	line_to(&line, 22);
	line_add(&line, PLAIN, "%012llx ", (ull)run->address);
	if (walked_leaf(run))
		add_bits(walked, &line, run);
	else
		line_add(&line, GREEN, " table");
	add_frames(&line, &walked->walk, run);
	return line_end(&line, stdout);
}

/* ---- totals ---- */

static int show_sum(const struct walked *walked, int i)
{
	const struct walked_level *level = &walked->levels[i];
	struct line line;

	if (!level->tables && !level->leaves)
		return 0;
	line_begin(&line, &walked->style);
	line_add(&line, BOLD, "  %s ", names_levels[i].name);
	line_add(&line, PLAIN, "%10llu %10llu %12llu",
		 (ull)level->tables, (ull)(level->leaves - level->empty_of_page),
		 (ull)level->empty_of_page);
	return line_end(&line, stdout);
}

static int show_tables(const struct walked *walked)
{
	char size[FORMAT_MAX], mapped[FORMAT_MAX];
	struct line line;
	int err;

	line_begin(&line, &walked->style);
	line_add(&line, BOLD, "process %d: ", walked->walk.pid);
	line_add(&line, PLAIN, "%llu page tables (%s) on %u levels map %s",
		 (ull)walked_tables(walked),
		 format_size(size, walked_tables(walked) * WALK_PAGE),
		 walked->walk.levels, format_size(mapped, walked->bytes));
	err = line_end(&line, stdout);
	line_begin(&line, &walked->style);
	line_add(&line, DIM, "%16s %10s %12s", "to tables", "to pages",
		 "not present");
	if (!err)
		err = line_end(&line, stdout);
	for (int i = 0; !err && i < WALKED_LEVELS; i++)
		err = show_sum(walked, i);
	return err;
}

/*
 * Print the size of the page tables. The size is VmPTE in /proc/PID/status, which
 * does not include the PGD.
 */
static int show_pages(const struct walked *walked)
{
	const struct walked_level *pages = &walked->levels[WALKED_LEVELS - 1];
	char size[FORMAT_MAX], mapped[FORMAT_MAX];
	struct line line;

	line_begin(&line, &walked->style);
	line_add(&line, BOLD, "process %d: ", walked->walk.pid);
	line_add(&line, PLAIN, "%s of page tables map %s",
		 format_size(size, proc_tables(walked->walk.pid)),
		 format_size(mapped, walked->bytes));
	if (pages->empty_of_page)
		line_add(&line, PLAIN, "; %llu pages are not present",
			 (ull)pages->empty_of_page);
	return line_end(&line, stdout);
}

/* ---- output ---- */

static int show_missing(const struct walked *walked)
{
	struct line line;

	if (!walked->why)
		return 0;
	line_begin(&line, &walked->style);
	line_add(&line, DIM, "page tables and access rights are not shown: %s",
		 walked->why);
	return line_end(&line, stdout);
}

int walked_text_run(const struct walked *walked,
		    const struct mmapdemo_run *run)
{
	if (walked->view == WALKED_TREE)
		return show_branch(walked, run);
	return walked->view == WALKED_RANGE && walked_leaf(run) ?
	       show_run(walked, run) : 0;
}

int walked_text(const struct walked *walked)
{
	int err = 0;

	if (walked->view == WALKED_ADDRESS)
		err = show_address(walked);
	else if (walked->view == WALKED_ALL)
		err = walked->why ? show_pages(walked) : show_tables(walked);
	return err ? err : show_missing(walked);
}
