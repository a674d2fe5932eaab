// SPDX-License-Identifier: GPL-2.0-only
#include "base/printer.h"
#include "event/vm_flags.h"
#include "inspect/neighbours_text.h"
#include "inspect/vma_list.h"
#include "system/proc.h"

#include <errno.h>
#include <string.h>

typedef unsigned long long ull;

#define WIDTH_ADDRESS 18
#define WIDTH_COLUMN 10
#define WIDTH_NAME_MIN 10
#define WIDTH_NAME_MAX 22
#define WIDTH_APART 22

/** struct columns - the columns that have room; @style: style of the lines */
struct columns {
	const struct style *style;
	bool shown[VMA_LIST_COLUMNS];
};

/* Without a terminal, the width is unlimited. */
static int width_of(const struct style *style)
{
	return style->terminal ? style->width : LINE_MAX_BYTES;
}

/*
 * Hide swap, huge pages, page tables and faults if their sum is 0, but keep counted
 * faults. Without room for the rest, hide huge pages, swap and shared memory, in
 * this order.
 */
static void choose_columns(struct columns *columns,
			   const struct vma_list *listing)
{
	static const enum vma_list_column dispensable[] = {
		VMA_LIST_HUGE, VMA_LIST_SWAPPED, VMA_LIST_SHARED
	};
	int room = width_of(columns->style) - WIDTH_ADDRESS - WIDTH_APART;
	int count = 0;

	for (int c = 0; c < VMA_LIST_COLUMNS; c++) {
		columns->shown[c] = c < VMA_LIST_SWAPPED ||
				    listing->sum.of[c] ||
				    (c == VMA_LIST_FAULTS && listing->watched);
		count += columns->shown[c];
	}
	for (int i = 0; i < 3 && count * WIDTH_COLUMN > room; i++) {
		count -= columns->shown[dispensable[i]];
		columns->shown[dispensable[i]] = false;
	}
}

static void add_amount(struct line *line, int at, enum vma_list_column column,
		       __u64 amount)
{
	char size[FORMAT_MAX] = ".";

	if (column == VMA_LIST_FAULTS && amount)
		snprintf(size, sizeof(size), "%llu", (ull)amount);
	else if (amount)
		format_size(size, amount);
	printer_right(line, amount ? PLAIN : DIM, at, size);
}

/* Add @amounts, or the names of the columns if NULL. Return where the text begins. */
static int add_amounts(const struct columns *columns, struct line *line,
		       const struct vma_list_amounts *amounts)
{
	static const char *const heads[] = {
		"SIZE", "RESIDENT", "SHARED", "SWAP", "HUGE", "TABLES", "FAULTS"
	};
	int at = WIDTH_ADDRESS;

	for (int c = 0; c < VMA_LIST_COLUMNS; c++) {
		if (!columns->shown[c])
			continue;
		at += WIDTH_COLUMN;
		if (amounts)
			add_amount(line, at, c, amounts->of[c]);
		else
			printer_right(line, PLAIN, at, heads[c]);
	}
	return at + 2;
}

/* Add what fits: the differing flags by name, or the reason alone, or nothing. */
static void add_mergeable(struct line *line, const struct neighbours *pair,
			  int at)
{
	struct line whole = *line, brief = *line;

	line_to(&whole, at);
	line_add(&whole, DIM, "| ");
	neighbours_add_brief(&whole, &pair->mergeable);
	line_to(&brief, at);
	line_add(&brief, DIM, "| %s", name_of(names_reason,
					      mergeable_reason(&pair->mergeable)));
	if (whole.columns <= width_of(line->style))
		*line = whole;
	else if (brief.columns <= width_of(line->style))
		*line = brief;
}

/* Return the width of a name that is followed by other text. */
static int name_width(const struct style *style, int at)
{
	int width = width_of(style) - at - WIDTH_APART;

	if (width < WIDTH_NAME_MIN)
		return WIDTH_NAME_MIN;
	return width < WIDTH_NAME_MAX ? width : WIDTH_NAME_MAX;
}

static void add_name(struct line *line, const struct vma *vma, int at,
		     const struct neighbours *pair)
{
	int width = pair ? name_width(line->style, at) :
			     width_of(line->style) - at;
	char name[VMA_NAME_MAX];

	vma_title(vma, name);
	if (line->style->terminal)
		text_shorten(name, width);
	line_to(line, at);
	line_add(line, vma->name[0] ? BOLD : PLAIN, "%s", name);
	if (pair)
		add_mergeable(line, pair, at + width + 1);
}

static int write_vma(const struct vma_list *listing,
		     const struct columns *columns, size_t i,
		     const struct neighbours *pair)
{
	const struct vma *vma = &listing->vmas.list[i];
	char flags[FORMAT_MAX];
	struct line line;
	int at;

	line_begin(&line, columns->style);
	line_add(&line, PLAIN, "%012llx %s", (ull)vma->start,
		 format_vm_flags(flags, vma->flags));
	at = add_amounts(columns, &line, &listing->amounts[i]);
	add_name(&line, vma, at, pair);
	return line_end(&line, stdout);
}

static int write_edge(const struct columns *columns, const char *text,
		      const struct vma_list_amounts *amounts,
		      const char *behind)
{
	struct line line;
	int at;

	line_begin(&line, columns->style);
	line_add(&line, amounts ? BOLD : DIM, "%s", text);
	at = add_amounts(columns, &line, amounts);
	if (*behind)
		line_to(&line, at);
	line_add(&line, DIM, "%s", behind);
	return line_end(&line, stdout);
}

static int write_missing(const struct vma_list *listing,
			 const struct style *style)
{
	char size[FORMAT_MAX];
	struct line line;
	int err = listing->walk_err;

	if (!err)
		return 0;
	line_begin(&line, style);
	line_add(&line, DIM, "without the page tables of each, %s in all: %s",
		 format_size(size, proc_tables(listing->pid)),
		 err == -ENOENT || err == -ENXIO ? "the module is not loaded" :
		 err == -EACCES || err == -EPERM ? "they are for root" :
		 strerror(-err));
	return line_end(&line, stdout);
}

int vma_list_text(const struct vma_list *listing, const struct style *style)
{
	const struct vma_list_amounts *rest =
		&listing->amounts[listing->vmas.count];
	struct columns columns = { .style = style };
	char count[FORMAT_MAX + 8];
	size_t next = 0;
	int err;

	choose_columns(&columns, listing);
	err = write_edge(&columns, "ADDRESS      PERM", NULL, "NAME");
	for (size_t i = 0; !err && i < listing->vmas.count; i++)
		err = write_vma(listing, &columns, i,
				vma_list_neighbours(listing, i, &next));
	if (!err && rest->of[VMA_LIST_FAULTS])
		err = write_edge(&columns, "no more", rest,
				 "VMAs that were unmapped");
	snprintf(count, sizeof(count), "%zu VMA%s", listing->vmas.count,
		 plural(listing->vmas.count));
	if (!err)
		err = write_edge(&columns, count, &listing->sum, "");
	return err ? err : write_missing(listing, style);
}
