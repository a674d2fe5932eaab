// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo walk: the page tables of a process, as they are now */
#include "cmd.h"
#include "dev.h"
#include "format.h"
#include "json.h"
#include "names.h"
#include "proc.h"
#include "tell.h"
#include "walk.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json.h>

static const char help[] =
"Usage: mmapdemo walk [OPTION]... PID ADDRESS\n"
"       mmapdemo walk [OPTION]... PID START-END\n"
"       mmapdemo walk [OPTION]... PID\n"
"Translate an address of a process as the processor does, level by level; or\n"
"tell every populated entry of a range, equal neighbours as one line; or how many\n"
"tables and pages there are at each level. Addresses are hexadecimal, as in\n"
"/proc/PID/maps; the page tables may change meanwhile.\n"
"\n"
"  -j, --json         one JSON object per line, one line per run of equal entries\n"
"      --color WHEN   auto (default), always or never\n"
"  -h, --help\n";

/* What the processor can address with five levels. */
#define ADDRESSES (1ULL << 56)
#define PAGE 4096

typedef unsigned long long ull;

enum view {
	VIEW_ADDRESS,
	VIEW_RANGE,
	VIEW_ALL,
};

/** struct level - what there is of a level */
struct level {
	__u64 tables;
	__u64 leaves;
	__u64 empty_of_page;	/* leaves without a page: swapped out ... */
};

#define LEVELS 5

/**
 * struct walking - being done
 * @address: that is asked for, with VIEW_ADDRESS
 * @found: its entry of each level, PGD first
 */
struct walking {
	enum view view;
	bool json;
	enum when colour;
	__u64 address;
	struct walk walk;
	struct style style;
	struct mmapdemo_run found[LEVELS];
	struct level levels[LEVELS];
	__u64 bytes;
};

/* ---- options ---- */

/* "7f0012", "0x7f0012": up to @end. */
static bool parse_address(const char *text, char **end, __u64 *address)
{
	errno = 0;
	*address = strtoull(text, end, 16);
	return isxdigit((unsigned char)*text) && *end > text && !errno &&
	       *address < ADDRESSES;
}

/* An address, a range, or nothing: all. */
static bool parse_where(const char *text, struct walking *walking)
{
	struct walk *walk = &walking->walk;
	char *end;

	walk->end = ADDRESSES;
	if (!text)
		return true;
	if (!parse_address(text, &end, &walk->start))
		return false;
	walking->address = walk->start;
	walk->start &= -(__u64)PAGE;
	if (!*end) {
		walking->view = VIEW_ADDRESS;
		walk->end = walk->start + PAGE;
		return true;
	}
	walking->view = VIEW_RANGE;
	if (*end != '-' || !parse_address(end + 1, &end, &walk->end) || *end)
		return false;
	walk->end = (walk->end + PAGE - 1) & -(__u64)PAGE;
	return walk->end > walk->start;
}

/* -1: go on */
static int parse(int argc, char **argv, struct walking *walking)
{
	int status = cmd_options(argc, argv, "walk", help, &walking->json,
				 &walking->colour);

	if (status >= 0)
		return status;
	if (optind == argc || argc - optind > 2)
		return cmd_misused("walk", "a PID is needed, and an ADDRESS or "
				   "START-END at most");
	if (parse_pid(argv[optind], &walking->walk.pid))
		return cmd_misused("walk", "%s: not a process id",
				   argv[optind]);
	walking->view = VIEW_ALL;
	if (!parse_where(argv[optind + 1], walking))
		return cmd_misused("walk", "%s: neither an address, such as "
				   "7f0c5a1d2000, nor START-END",
				   argv[optind + 1]);
	return -1;
}

/* ---- an entry ---- */

/* The place of a level in lists that begin with PGD. */
static int index_of(__u32 level)
{
	int index = 0;

	while (index < LEVELS - 1 && level >> (index + 1))
		index++;
	return index;
}

static bool is_leaf(const struct mmapdemo_run *run)
{
	return !(run->entry & MMAPDEMO_ENTRY_TABLE);
}

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

/* ---- one address ---- */

static int index_in_table(const struct walking *walking, __u32 level)
{
	return walking->address >> walk_shift(&walking->walk, level) & 511;
}

static int show_level(const struct walking *walking, int i, bool *over)
{
	const struct name *level = &names_levels[i];
	const struct mmapdemo_run *run = &walking->found[i];
	struct line line;

	line_begin(&line, &walking->style);
	line_add(&line, DIM, "  %s ", level->name);
	if (level->value == MMAPDEMO_LEVEL_P4D && walking->walk.levels == 4) {
		line_add(&line, DIM, "  %s    folded: this processor walks "
			 "four levels", walking->style.glyphs->folded);
		return line_end(&line, stdout);
	}
	line_add(&line, PLAIN, "[%3d] ", index_in_table(walking, level->value));
	*over = !run->count || is_leaf(run);
	if (!run->count) {
		line_add(&line, YELLOW, " %s empty: the next touch faults, and "
			 "fills it", walking->style.glyphs->empty);
		return line_end(&line, stdout);
	}
	line_add(&line, GREEN, " %s", walking->style.glyphs->there);
	line_add(&line, PLAIN, "%s", is_leaf(run) ? "" : " table");
	add_frames(&line, &walking->walk, run);
	tell_bits(&line, run->entry & ~MMAPDEMO_ENTRY_TABLE);
	return line_end(&line, stdout);
}

/* The leaf of the address, or NULL. */
static const struct mmapdemo_run *leaf_of(const struct walking *walking)
{
	for (int i = 0; i < LEVELS; i++) {
		if (walking->found[i].count && is_leaf(&walking->found[i]))
			return &walking->found[i];
	}
	return NULL;
}

/* 0: there is none, or it may not be known. */
static __u64 physical(const struct walking *walking)
{
	const struct mmapdemo_run *leaf = leaf_of(walking);
	__u64 bytes;

	if (!leaf || !leaf->frame || !(leaf->entry & MMAPDEMO_ENTRY_PRESENT))
		return 0;
	bytes = 1ULL << walk_shift(&walking->walk, leaf->level);
	return leaf->frame * PAGE + (walking->address & (bytes - 1));
}

/* Where in the page, and so where in memory. */
static int show_end(const struct walking *walking)
{
	const struct mmapdemo_run *leaf = leaf_of(walking);
	__u64 at = physical(walking), bytes;
	struct line line;

	if (!leaf)
		return 0;
	bytes = 1ULL << walk_shift(&walking->walk, leaf->level);
	line_begin(&line, &walking->style);
	line_add(&line, PLAIN, "  byte %#llx of the page",
		 (ull)(walking->address & (bytes - 1)));
	if (at)
		line_add(&line, BOLD, ": physical address %#llx", (ull)at);
	else if (!(leaf->entry & MMAPDEMO_ENTRY_PRESENT))
		line_add(&line, YELLOW, ", which is not in memory");
	else
		line_add(&line, YELLOW, ", whose place only root may know");
	return line_end(&line, stdout);
}

static int show_address(const struct walking *walking)
{
	char text[EVENT_NAME_MAX + 24], name[sizeof(text) * 4];
	struct maps maps = { 0 };
	struct line line;
	bool over = false;
	int err = proc_maps(walking->walk.pid, &maps);

	line_begin(&line, &walking->style);
	line_add(&line, BOLD, "%012llx", (ull)walking->address);
	if (err || !maps_find(&maps, walking->address)) {
		maps_free(&maps);
		line_add(&line, YELLOW, "  nothing is mapped there: a touch is "
			 "SIGSEGV");
		return line_end(&line, stdout);
	}
	maps_format(&maps, walking->address, text, sizeof(text));
	maps_free(&maps);
	line_add(&line, PLAIN, "  %s", *text ?
		 format_name(name, sizeof(name), text) : "anonymous memory");
	err = line_end(&line, stdout);
	for (int i = 0; !err && !over && i < LEVELS; i++)
		err = show_level(walking, i, &over);
	return err ? err : show_end(walking);
}

/* ---- a range ---- */

static int show_run(const struct walking *walking,
		    const struct mmapdemo_run *run)
{
	__u64 end = walk_end(&walking->walk, run);
	char size[FORMAT_MAX];
	struct line line;

	line_begin(&line, &walking->style);
	line_add(&line, PLAIN, "%012llx-%012llx %9s  ", (ull)run->address,
		 (ull)end, format_size(size, end - run->address));
	line_add(&line, DIM, "%s ", names_levels[index_of(run->level)].name);
	line_add(&line, PLAIN, "%6u ", run->count);
	tell_bits(&line, run->entry & ~MMAPDEMO_ENTRY_TABLE);
	add_frames(&line, &walking->walk, run);
	return line_end(&line, stdout);
}

/* ---- everything ---- */

static __u64 tables(const struct walking *walking)
{
	__u64 count = 1;	/* the PGD */

	for (int i = 0; i < LEVELS; i++)
		count += walking->levels[i].tables;
	return count;
}

static int show_sum(const struct walking *walking, int i)
{
	const struct level *level = &walking->levels[i];
	struct line line;

	if (!level->tables && !level->leaves)
		return 0;
	line_begin(&line, &walking->style);
	line_add(&line, BOLD, "  %s ", names_levels[i].name);
	line_add(&line, PLAIN, "%10llu %10llu %12llu",
		 (ull)level->tables, (ull)(level->leaves - level->empty_of_page),
		 (ull)level->empty_of_page);
	return line_end(&line, stdout);
}

static int show_all(const struct walking *walking)
{
	char size[FORMAT_MAX], mapped[FORMAT_MAX];
	struct line line;
	int err;

	line_begin(&line, &walking->style);
	line_add(&line, BOLD, "process %d: ", walking->walk.pid);
	line_add(&line, PLAIN, "%llu page tables of %u levels, %s, map %s",
		 (ull)tables(walking), walking->walk.levels,
		 format_size(size, tables(walking) * PAGE),
		 format_size(mapped, walking->bytes));
	err = line_end(&line, stdout);
	line_begin(&line, &walking->style);
	line_add(&line, DIM, "%16s %10s %12s", "to tables", "to pages",
		 "to no page");
	if (!err)
		err = line_end(&line, stdout);
	for (int i = 0; !err && i < LEVELS; i++)
		err = show_sum(walking, i);
	return err;
}

/* ---- for programs ---- */

static int write_header(const struct walking *walking)
{
	struct json_object *object = json_header("mmapdemo-walk", NULL,
						 walking->walk.pid);

	object = json_add_number(object, "start", walking->walk.start);
	object = json_add_number(object, "end", walking->walk.end);
	object = json_add_number(object, "levels", walking->walk.levels);
	return json_line(stdout, object);
}

static int write_run(const struct walking *walking,
		     const struct mmapdemo_run *run)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "level",
			       names_levels[index_of(run->level)].name);
	object = json_add_number(object, "start", run->address);
	object = json_add_number(object, "end", walk_end(&walking->walk, run));
	object = json_add_number(object, "count", run->count);
	object = json_add_number(object, "entry", run->entry);
	object = json_add_bits(object, "entry_names", names_entry, run->entry);
	object = json_add_number(object, "frame", run->frame);
	object = json_add_number(object, "swap", run->swap);
	return json_line(stdout, object);
}

static int write_summary(const struct walking *walking)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "event", "summary");
	object = json_add_number(object, "mapped", walking->bytes);
	if (walking->view == VIEW_ALL)
		object = json_add_number(object, "tables", tables(walking));
	if (walking->view == VIEW_ADDRESS && physical(walking))
		object = json_add_number(object, "physical",
					 physical(walking));
	return json_line(stdout, object);
}

/* ---- walking ---- */

static int see_run(const struct mmapdemo_run *run, void *data)
{
	struct walking *walking = data;
	struct level *level = &walking->levels[index_of(run->level)];

	walking->found[index_of(run->level)] = *run;
	if (!is_leaf(run)) {
		level->tables += run->count;
	} else {
		level->leaves += run->count;
		if (run->entry & MMAPDEMO_ENTRY_PRESENT)
			walking->bytes += walk_end(&walking->walk, run) -
					  run->address;
		else
			level->empty_of_page += run->count;
	}
	if (walking->json)
		return write_run(walking, run);
	return walking->view == VIEW_RANGE && is_leaf(run) ?
	       show_run(walking, run) : 0;
}

static int show(const struct walking *walking)
{
	if (walking->json)
		return write_summary(walking);
	switch (walking->view) {
	case VIEW_ADDRESS:
		return show_address(walking);
	case VIEW_ALL:
		return show_all(walking);
	default:
		return 0;
	}
}

static int failed(const struct walking *walking, int err)
{
	switch (err) {
	case -EPIPE:
		return CMD_OK;
	case -EPERM:
		return cmd_fail("walk", "it needs root; run it with sudo");
	case -ESRCH:
		return cmd_fail("walk", "process %d: there is none, or it has "
				"no memory of its own", walking->walk.pid);
	default:
		return cmd_fail("walk", "%s", strerror(-err));
	}
}

int cmd_walk(int argc, char **argv)
{
	static struct walking walking;
	struct mmapdemo_info info;
	int status = parse(argc, argv, &walking);
	int err;

	if (status >= 0)
		return status;
	walking.walk.fd = dev_open();
	if (walking.walk.fd < 0)
		return cmd_no_device("walk", walking.walk.fd);
	style_detect(&walking.style, stdout, walking.colour);
	err = dev_info(walking.walk.fd, &info);
	walking.walk.levels = info.levels;
	if (!err && walking.json)
		err = write_header(&walking);
	if (!err)
		err = walk_runs(&walking.walk, see_run, &walking);
	if (!err)
		err = show(&walking);
	if (!err && fflush(stdout))
		err = -errno;
	close(walking.walk.fd);
	return err ? failed(&walking, err) : CMD_OK;
}
