// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo maps: the address space of a process, VMA by VMA */
#include "border_text.h"
#include "cmd.h"
#include "dev.h"
#include "format.h"
#include "json.h"
#include "sheet.h"
#include "walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/utsname.h>

#include <json.h>

static const char help[] =
"Usage: mmapdemo maps [OPTION]... PID\n"
"Tell the mappings of a process: how much of each is in memory, of that shared\n"
"with others and in huge pages, in swap, how many bytes of page tables it takes,\n"
"and what keeps it apart from the one below, as mmapdemo why does.\n"
"\n"
"  -j, --json         one JSON object per line, one line per mapping\n"
"      --color WHEN   auto (default), always or never\n"
"  -h, --help\n";

typedef unsigned long long ull;

#define PAGE 4096
#define ADDRESSES (1ULL << 56)

enum column { SIZE, RESIDENT, SHARED, SWAPPED, HUGE, TABLES, COLUMNS };

static const struct {
	const char *head;
	const char *name;	/* in JSON */
} columns[COLUMNS] = {
	{ "SIZE", "size" },
	{ "RESIDENT", "resident" },
	{ "SHARED", "shared" },
	{ "SWAP", "swapped" },
	{ "HUGE", "huge" },
	{ "TABLES", "tables" },
};

/** struct amounts - of a VMA, or of all */
struct amounts {
	__u64 bytes[COLUMNS];
};

/**
 * struct listing - being made
 * @amounts: one for each VMA
 * @sum: of them
 * @shown: the columns there is room for
 * @walk_err: 0, or why page tables are not known: -errno
 */
struct listing {
	int pid;
	bool json;
	enum when colour;
	struct style style;
	struct vmas vmas;
	struct borders borders;
	struct amounts *amounts;
	struct amounts sum;
	bool shown[COLUMNS];
	struct walk walk;
	int walk_err;
};

/* -1: go on */
static int parse(int argc, char **argv, struct listing *listing)
{
	int status = cmd_options(argc, argv, "maps", help, &listing->json,
				 &listing->colour);

	if (status >= 0)
		return status;
	if (argc - optind != 1)
		return cmd_misused("maps", "it takes one PID");
	if (parse_pid(argv[optind], &listing->pid))
		return cmd_misused("maps", "%s: not a process id",
				   argv[optind]);
	return -1;
}

/* ---- page tables ---- */

/* A table is that of the first VMA it maps something of. */
static int see_run(const struct mmapdemo_run *run, void *data)
{
	struct listing *listing = data;
	__u64 bytes = 1ULL << walk_shift(&listing->walk, run->level);

	if (!(run->entry & MMAPDEMO_ENTRY_TABLE))
		return 0;
	for (__u32 i = 0; i < run->count; i++) {
		__u64 start = run->address + i * bytes;
		size_t at = vmas_behind(&listing->vmas, start);

		if (at < listing->vmas.count &&
		    listing->vmas.list[at].start < start + bytes)
			listing->amounts[at].bytes[TABLES] += PAGE;
	}
	return 0;
}

static int read_tables(struct listing *listing)
{
	struct walk *walk = &listing->walk;
	struct mmapdemo_info info;
	int err;

	*walk = (struct walk) {
		.fd = dev_open(),
		.pid = listing->pid,
		.end = ADDRESSES,
	};
	if (walk->fd < 0)
		return walk->fd;
	err = dev_info(walk->fd, &info);
	walk->levels = info.levels;
	if (!err)
		err = walk_runs(walk, see_run, listing);
	close(walk->fd);
	return err;
}

static void add_up(struct listing *listing)
{
	for (size_t i = 0; i < listing->vmas.count; i++) {
		const struct vma *vma = &listing->vmas.list[i];
		__u64 *bytes = listing->amounts[i].bytes;

		bytes[SIZE] = vma->end - vma->start;
		bytes[RESIDENT] = vma->resident;
		bytes[SHARED] = vma->shared;
		bytes[SWAPPED] = vma->swapped;
		bytes[HUGE] = vma->huge;
		for (int c = 0; c < COLUMNS; c++)
			listing->sum.bytes[c] += bytes[c];
	}
}

static int gather(struct listing *listing)
{
	struct utsname system;
	int err = vmas_read(&listing->vmas, listing->pid);

	if (err)
		return cmd_fail("maps", "process %d: %s", listing->pid,
				err == -EACCES || err == -EPERM ?
				"it is somebody else's; run it with sudo" :
				strerror(-err));
	uname(&system);
	listing->amounts = calloc(listing->vmas.count + 1, sizeof(*listing->amounts));
	if (!listing->amounts || borders_find(&listing->borders, &listing->vmas,
				apart_rules(system.release).rules))
		return cmd_fail("maps", "%s", strerror(ENOMEM));
	listing->walk_err = read_tables(listing);
	add_up(listing);
	return -1;
}

/* ---- for people ---- */

#define WIDTH_ADDRESS 18
#define WIDTH_COLUMN 10
#define WIDTH_NAME_MIN 10
#define WIDTH_NAME_MAX 22
#define WIDTH_APART 22

/*
 * Where nothing is swapped, and nothing huge, nobody misses the column; where
 * there is no room for all, these go.
 */
static void choose_columns(struct listing *listing)
{
	static const enum column dispensable[] = { HUGE, SWAPPED, SHARED };
	int room = listing->style.width - WIDTH_ADDRESS - WIDTH_APART;
	int count = 0;

	for (int c = 0; c < COLUMNS; c++) {
		listing->shown[c] = c < SWAPPED || listing->sum.bytes[c];
		count += listing->shown[c];
	}
	for (int i = 0; i < 3 && count * WIDTH_COLUMN > room; i++) {
		count -= listing->shown[dispensable[i]];
		listing->shown[dispensable[i]] = false;
	}
}

/* Returns where the text behind begins. */
static int add_bytes(const struct listing *listing, struct line *line,
		     const struct amounts *amounts)
{
	int at = WIDTH_ADDRESS;

	for (int c = 0; c < COLUMNS; c++) {
		char size[FORMAT_MAX] = ".";

		if (!listing->shown[c])
			continue;
		at += WIDTH_COLUMN;
		if (amounts && amounts->bytes[c])
			format_size(size, amounts->bytes[c]);
		sheet_right(line, amounts && !amounts->bytes[c] ? DIM : PLAIN, at,
			    amounts ? size : columns[c].head);
	}
	return at + 2;
}

/* What fits: the names of what differs, or only of the reason, or nothing. */
static void add_apart(struct line *line, const struct border *border, int at)
{
	struct line whole = *line, brief = *line;

	line_to(&whole, at);
	line_add(&whole, DIM, "| ");
	border_add_brief(&whole, &border->apart);
	line_to(&brief, at);
	line_add(&brief, DIM, "| %s", name_of(names_reason,
					      apart_first(&border->apart)));
	if (whole.columns <= line->style->width)
		*line = whole;
	else if (brief.columns <= line->style->width)
		*line = brief;
}

/* Of the name, where something else follows. */
static int name_width(const struct style *style, int at)
{
	int width = style->width - at - WIDTH_APART;

	if (width < WIDTH_NAME_MIN)
		return WIDTH_NAME_MIN;
	return width < WIDTH_NAME_MAX ? width : WIDTH_NAME_MAX;
}

static void add_name(struct line *line, const struct vma *vma, int at,
		     const struct border *border)
{
	int width = border ? name_width(line->style, at) :
			     line->style->width - at;
	char name[VMA_NAME_MAX];

	vma_title(vma, name);
	text_shorten(name, width);
	line_to(line, at);
	line_add(line, vma->name[0] ? BOLD : PLAIN, "%s", name);
	if (border)
		add_apart(line, border, at + width + 1);
}

static int show_vma(const struct listing *listing, size_t i,
		    const struct border *border)
{
	const struct vma *vma = &listing->vmas.list[i];
	char flags[FORMAT_MAX];
	struct line line;
	int at;

	line_begin(&line, &listing->style);
	line_add(&line, PLAIN, "%012llx %s", (ull)vma->start,
		 format_vm_flags(flags, vma->flags));
	at = add_bytes(listing, &line, &listing->amounts[i]);
	add_name(&line, vma, at, border);
	return line_end(&line, stdout);
}

static int show_edge(const struct listing *listing, const char *text,
		     const struct amounts *amounts, const char *behind)
{
	struct line line;
	int at;

	line_begin(&line, &listing->style);
	line_add(&line, amounts ? BOLD : DIM, "%s", text);
	at = add_bytes(listing, &line, amounts);
	if (*behind)
		line_to(&line, at);
	line_add(&line, DIM, "%s", behind);
	return line_end(&line, stdout);
}

static int show_missing(const struct listing *listing)
{
	struct line line;
	int err = listing->walk_err;

	if (!err)
		return 0;
	line_begin(&line, &listing->style);
	line_add(&line, DIM, "without the page tables: %s",
		 err == -ENOENT || err == -ENXIO ? "the module is not loaded" :
		 err == -EACCES || err == -EPERM ? "they are for root" :
		 strerror(-err));
	return line_end(&line, stdout);
}

static int show_all(struct listing *listing)
{
	const struct borders *borders = &listing->borders;
	char count[FORMAT_MAX + 8];
	size_t next = 0;
	int err;

	choose_columns(listing);
	err = show_edge(listing, "ADDRESS      PERM", NULL,
			"NAME");
	for (size_t i = 0; !err && i < listing->vmas.count; i++) {
		const struct border *border = NULL;

		if (next < borders->count &&
		    borders->list[next].above == &listing->vmas.list[i])
			border = &borders->list[next++];
		err = show_vma(listing, i, border);
	}
	snprintf(count, sizeof(count), "%zu VMAs", listing->vmas.count);
	if (!err)
		err = show_edge(listing, count, &listing->sum, "");
	return err ? err : show_missing(listing);
}

/* ---- for programs ---- */

static struct json_object *add_amounts(const struct listing *listing,
				   struct json_object *object,
				   const struct amounts *amounts)
{
	for (int c = 0; c < COLUMNS; c++) {
		if (c != TABLES || !listing->walk_err)
			object = json_add_number(object, columns[c].name,
						 amounts->bytes[c]);
	}
	return object;
}

static int write_vma(const struct listing *listing, size_t i,
		     const struct border *border)
{
	const struct vma *vma = &listing->vmas.list[i];
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "start", vma->start);
	object = json_add_number(object, "end", vma->end);
	object = json_add_bits(object, "vm_flags_names", vma_flags,
			       vma->flags);
	object = json_add_number(object, "dev", vma->dev);
	object = json_add_number(object, "ino", vma->ino);
	object = json_add_number(object, "offset", vma->offset);
	object = json_add_text(object, "name", vma->name);
	object = json_add_text(object, "policy", vma->policy);
	object = add_amounts(listing, object, &listing->amounts[i]);
	if (border)
		object = json_add_object(object, "apart", border_json_apart(
					json_object_new_object(),
					&border->apart));
	return json_line(stdout, object);
}

static int write_all(const struct listing *listing)
{
	const struct borders *borders = &listing->borders;
	struct json_object *object;
	size_t next = 0;
	int err;

	err = json_line(stdout, json_header("mmapdemo-maps", NULL,
					    listing->pid));
	for (size_t i = 0; !err && i < listing->vmas.count; i++) {
		const struct border *border = NULL;

		if (next < borders->count &&
		    borders->list[next].above == &listing->vmas.list[i])
			border = &borders->list[next++];
		err = write_vma(listing, i, border);
	}
	if (err)
		return err;
	object = json_object_new_object();
	object = json_add_text(object, "event", "summary");
	object = json_add_number(object, "vmas", listing->vmas.count);
	object = add_amounts(listing, object, &listing->sum);
	return json_line(stdout, object);
}

static int show(struct listing *listing)
{
	int err = listing->json ? write_all(listing) : show_all(listing);

	if (!err && fflush(stdout))
		err = -errno;
	if (!err || err == -EPIPE)
		return CMD_OK;
	return cmd_fail("maps", "standard output: %s", strerror(-err));
}

int cmd_maps(int argc, char **argv)
{
	struct listing listing = { 0 };
	int status = parse(argc, argv, &listing);

	if (status >= 0)
		return status;
	style_detect(&listing.style, stdout, listing.colour);
	status = gather(&listing);
	if (status < 0)
		status = show(&listing);
	free(listing.amounts);
	borders_free(&listing.borders);
	vmas_free(&listing.vmas);
	return status;
}
