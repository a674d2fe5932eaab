// SPDX-License-Identifier: GPL-2.0-only
#include "event/vm_flags.h"
#include "inspect/huge_text.h"
#include "inspect/neighbours_text.h"
#include "inspect/vma_list.h"
#include "system/proc.h"

#include <errno.h>
#include <string.h>

typedef unsigned long long ull;

const struct column vma_list_columns[] = {
	{ "ADDRESS", "first address of the VMA", COLUMN_NUMBER | COLUMN_ASCENDING },
	{ "END", "address after the last byte of the VMA",
	  COLUMN_NUMBER | COLUMN_ASCENDING | COLUMN_NAMED },
	{ "PERM", "permissions: read, write, execute, private or shared", 0 },
	{ "SIZE", "size of the VMA", COLUMN_NUMBER },
	{ "RSS", "resident memory", COLUMN_NUMBER },
	{ "PSS", "resident memory, each page divided by the number of its mappings",
	  COLUMN_NUMBER },
	{ "ANON", "resident memory that belongs to no file", COLUMN_NUMBER },
	{ "DIRTY", "resident memory that was modified and not written back",
	  COLUMN_NUMBER | COLUMN_NAMED },
	{ "SHARED", "resident memory mapped more than once, even if only "
		    "by one process",
	  COLUMN_NUMBER },
	{ "SWAP", "swapped-out memory", COLUMN_NUMBER },
	{ "HUGE", "resident memory mapped by huge pages", COLUMN_NUMBER },
	{ "NEXT", "memory of which the next touch maps a huge page", COLUMN_NUMBER },
	{ "TABLES", "size of the page tables of the VMA", COLUMN_NUMBER },
	{ "FAULTS", "number of page faults that --watch counted", COLUMN_NUMBER },
	{ "NAME", "name of the file, or kind of memory; a name after ? is a guess",
	  COLUMN_SHORTEN | COLUMN_KEEP },
	{ "SMALL", "why most of the other memory gets no huge page, and its size",
	  COLUMN_SHORTEN },
	{ "UNMERGED", "why the VMA was not merged with the VMA below",
	  COLUMN_SHORTEN },
	{ 0 }
};

/*
 * Columns that may be omitted if the terminal is too narrow, in the order of
 * omission.
 */
static const enum vma_list_amount dispensable[] = {
	VMA_LIST_HUGE, VMA_LIST_SWAP, VMA_LIST_SHARED, VMA_LIST_TABLES,
	VMA_LIST_PSS, VMA_LIST_ANON
};

/* Estimated widths. An amount such as "1023.9 MiB" is wider than WIDTH_AMOUNT. */
#define WIDTH_FIXED (18 + 14)
#define WIDTH_UNMERGED 12
#define WIDTH_LONGER_NAME 8	/* in tables without the column UNMERGED */
#define WIDTH_AMOUNT 9

/* Return true if amount @a of each VMA is known. */
static bool is_known(const struct vma_list *listing, enum vma_list_amount a)
{
	return a == VMA_LIST_TABLES ? !listing->walk_err :
	       a == VMA_LIST_NEXT ? listing->with_huge :
	       a == VMA_LIST_FAULTS ? listing->watched : true;
}

/* With --huge, the other amounts would leave no room for the reasons. */
static bool is_about_huge(enum vma_list_amount a)
{
	return a == VMA_LIST_SIZE || a == VMA_LIST_RSS || a == VMA_LIST_HUGE ||
	       a == VMA_LIST_NEXT;
}

/* Return true if the column of an amount is worth showing by default. */
static bool is_useful(const struct vma_list *listing, enum vma_list_amount a)
{
	if (listing->with_huge && a != VMA_LIST_FAULTS)
		return is_about_huge(a);
	switch (a) {
	case VMA_LIST_DIRTY:
		return false;
	case VMA_LIST_SWAP:
	case VMA_LIST_HUGE:
		return listing->sum.of[a];
	default:
		return is_known(listing, a);
	}
}

/*
 * Return true if the rows are in the order of addresses, so that adjacent VMAs
 * are in adjacent rows.
 */
static bool by_address(const struct columns_wanted *wanted)
{
	return !wanted->sorted || wanted->sort == VMA_LIST_ADDRESS ||
	       wanted->sort == VMA_LIST_END;
}

/*
 * Return true if the column may be omitted. If the rows are sorted by address,
 * the column with the page tables must stay. If the rows are sorted by another
 * column, that column must stay.
 */
static bool may_drop(const struct columns_wanted *wanted, enum vma_list_amount a)
{
	return by_address(wanted) ? a != VMA_LIST_TABLES :
				    wanted->sort != VMA_LIST_FIRST_AMOUNT + (int)a;
}

static void choose_amounts(const struct vma_list *listing,
			   const struct columns_wanted *wanted,
			   const struct style *style,
			   bool shown[VMA_LIST_AMOUNTS])
{
	const int count = sizeof(dispensable) / sizeof(dispensable[0]);
	int width = WIDTH_FIXED + (by_address(wanted) ? WIDTH_UNMERGED :
							WIDTH_LONGER_NAME);

	for (int a = 0; a < VMA_LIST_AMOUNTS; a++) {
		shown[a] = is_useful(listing, a);
		if (shown[a] || columns_want(wanted, VMA_LIST_FIRST_AMOUNT + a))
			width += WIDTH_AMOUNT;
	}
	for (int i = 0; i < count && style->terminal && !listing->with_huge &&
			width > style->terminal; i++) {
		if (!may_drop(wanted, dispensable[i]))
			continue;
		width -= shown[dispensable[i]] ? WIDTH_AMOUNT : 0;
		shown[dispensable[i]] = false;
	}
}

/* Choose the columns, unless the user has named them. */
static struct columns_wanted choose(const struct vma_list *listing,
				    const struct columns_wanted *wanted,
				    const struct style *style)
{
	struct columns_wanted chosen = *wanted;
	bool shown[VMA_LIST_AMOUNTS];

	if (wanted->named && !wanted->added)
		return chosen;
	choose_amounts(listing, wanted, style, shown);
	chosen.count = 0;
	chosen.list[chosen.count++] = VMA_LIST_ADDRESS;
	chosen.list[chosen.count++] = VMA_LIST_PERM;
	for (int a = 0; a < VMA_LIST_AMOUNTS; a++) {
		if (shown[a])
			chosen.list[chosen.count++] = VMA_LIST_FIRST_AMOUNT + a;
	}
	chosen.list[chosen.count++] = VMA_LIST_NAME;
	if (listing->with_huge)
		chosen.list[chosen.count++] = VMA_LIST_SMALL;
	else if (by_address(wanted))
		chosen.list[chosen.count++] = VMA_LIST_UNMERGED;
	columns_add(&chosen, vma_list_columns, wanted);
	return chosen;
}

/*
 * Return the text for an amount of 0. The text for a PSS that may have been
 * rounded down is "0", not ".".
 */
static const char *no_amount(const struct vma_list *listing,
			     const struct vma_list_amounts *amounts,
			     enum vma_list_amount a)
{
	const __u64 *of = amounts->of;

	if ((a == VMA_LIST_TABLES || a == VMA_LIST_NEXT) &&
	    !is_known(listing, a))
		return "?";
	if (a == VMA_LIST_PSS && of[VMA_LIST_RSS] > of[VMA_LIST_HUGE])
		return "0";
	return ".";
}

static void add_amounts(struct columns *columns, const struct vma_list *listing,
			const struct vma_list_amounts *amounts,
			enum colour colour)
{
	char text[FORMAT_MAX];

	for (int a = 0; a < VMA_LIST_AMOUNTS; a++) {
		__u64 amount = amounts->of[a];

		if (a == VMA_LIST_FAULTS)
			snprintf(text, sizeof(text), "%llu", (ull)amount);
		else
			format_size(text, amount);
		if (!amount)
			strcpy(text, no_amount(listing, amounts, a));
		columns_number(columns, VMA_LIST_FIRST_AMOUNT + a,
			       amount ? colour : DIM, text, amount);
	}
}

static void add_address(struct columns *columns, enum vma_list_column column,
			__u64 address)
{
	char text[FORMAT_MAX];

	snprintf(text, sizeof(text), "%012llx", (ull)address);
	columns_number(columns, column, PLAIN, text, address);
}

static void add_unmerged(struct columns *columns,
			 const struct neighbours *pair)
{
	struct style plain = *columns->style;
	struct line line;

	plain.colour = false;
	line_begin(&line, &plain);
	neighbours_add_brief(&line, &pair->mergeable);
	columns_text(columns, VMA_LIST_UNMERGED, DIM, line.text);
}

/* Add a row for VMA @i. Return true if the name of the VMA is a guess. */
static bool add_vma(struct columns *columns, const struct vma_list *listing,
		    size_t i, const struct neighbours *pair)
{
	const struct vma *vma = &listing->vmas.list[i];
	char flags[FORMAT_MAX], title[VMA_TITLE_MAX], small[HUGE_BRIEF_MAX];
	bool guessed = vma_names_title(&listing->names, i, title);

	columns_row(columns);
	add_address(columns, VMA_LIST_ADDRESS, vma->start);
	add_address(columns, VMA_LIST_END, vma->end);
	columns_text(columns, VMA_LIST_PERM, PLAIN,
		     format_vm_flags(flags, vma->flags));
	add_amounts(columns, listing, &listing->amounts[i], PLAIN);
	columns_text(columns, VMA_LIST_NAME, vma->name[0] ? BOLD : PLAIN,
		     title);
	if (listing->with_huge)
		columns_text(columns, VMA_LIST_SMALL, DIM,
			     huge_brief(listing->huge.list[i].of, small));
	if (pair)
		add_unmerged(columns, pair);
	return guessed;
}

/* ---- rows ---- */

/*
 * Return true if all rows whose amount in the sort column is 0 are folded into a
 * single row.
 */
static bool folds(const struct vma_list *listing,
		  const struct columns_wanted *chosen)
{
	return chosen->sorted && !chosen->reversed && !chosen->noheadings &&
	       !listing->all && columns_want(chosen, VMA_LIST_NAME) &&
	       chosen->sort >= VMA_LIST_FIRST_AMOUNT &&
	       chosen->sort < VMA_LIST_NAME &&
	       is_known(listing, chosen->sort - VMA_LIST_FIRST_AMOUNT);
}

/*
 * Return true if the amount in the column is 0. The amount in the column PSS
 * counts as 0 only if the RSS is also 0, because a PSS can be rounded down.
 */
static bool is_empty(const struct vma_list_amounts *amounts,
		     enum vma_list_amount a)
{
	return !amounts->of[a] &&
	       (a != VMA_LIST_PSS || !amounts->of[VMA_LIST_RSS]);
}

/** struct folded - number and sums of the rows that are folded into one row */
struct folded {
	size_t count;
	struct vma_list_amounts sum;
};

static void fold(struct folded *folded, const struct vma_list_amounts *amounts)
{
	folded->count++;
	for (int a = 0; a < VMA_LIST_AMOUNTS; a++)
		folded->sum.of[a] += amounts->of[a];
}

static void add_folded(struct columns *columns, const struct vma_list *listing,
		       const struct folded *folded, const char *column)
{
	char text[64];

	if (!folded->count)
		return;
	snprintf(text, sizeof(text), "%zu VMA%s without %s", folded->count,
		 plural(folded->count), column);
	columns_row(columns);
	columns_text(columns, VMA_LIST_ADDRESS, DIM, "... and");
	add_amounts(columns, listing, &folded->sum, PLAIN);
	columns_text(columns, VMA_LIST_NAME, DIM, text);
}

/*
 * Add a row for each VMA, except rows that are folded into one row. Return true
 * if at least one name is a guess.
 */
static bool add_rows(struct columns *columns, const struct vma_list *listing,
		     const struct columns_wanted *chosen)
{
	const bool folding = folds(listing, chosen);
	const int a = chosen->sort - VMA_LIST_FIRST_AMOUNT;
	struct folded folded = { 0 };
	const struct neighbours *pair;
	bool guesses = false;
	size_t next = 0;

	for (size_t i = 0; i < listing->vmas.count; i++) {
		pair = vma_list_neighbours(listing, i, &next);
		if (folding && is_empty(&listing->amounts[i], a))
			fold(&folded, &listing->amounts[i]);
		else
			guesses |= add_vma(columns, listing, i, pair);
	}
	columns_sort(columns);
	add_folded(columns, listing, &folded,
		   vma_list_columns[chosen->sort].name);
	return guesses;
}

/* Add a row for the faults in VMAs that no longer exist, and a row with the sums. */
static void add_sums(struct columns *columns, const struct vma_list *listing)
{
	const struct vma_list_amounts *rest =
		&listing->amounts[listing->vmas.count];
	char count[FORMAT_MAX + 8], small[HUGE_BRIEF_MAX];

	if (rest->of[VMA_LIST_FAULTS]) {
		columns_row(columns);
		columns_text(columns, VMA_LIST_ADDRESS, DIM, "former");
		add_amounts(columns, listing, rest, PLAIN);
		columns_text(columns, VMA_LIST_NAME, DIM,
			     "VMAs that no longer exist");
	}
	snprintf(count, sizeof(count), "%zu VMA%s", listing->vmas.count,
		 plural(listing->vmas.count));
	columns_row(columns);
	columns_text(columns, VMA_LIST_ADDRESS, BOLD, count);
	add_amounts(columns, listing, &listing->sum, BOLD);
	if (listing->with_huge)
		columns_text(columns, VMA_LIST_SMALL, BOLD,
			     huge_brief(listing->huge.sum, small));
}

/*
 * Print the parts of the resident memory. Print hugetlbfs only if pages of
 * hugetlbfs are resident.
 */
static int write_parts(const struct vma_list *listing,
		       const struct style *style)
{
	static const char *const names[] = {
		"anonymous", "file", "shmem", "hugetlb"
	};
	char size[FORMAT_MAX];
	struct line line;

	line_begin(&line, style);
	line_add(&line, PLAIN, "RSS %s:",
		 format_size(size, listing->sum.of[VMA_LIST_RSS]));
	for (int part = 0; part < VMA_LIST_PARTS; part++) {
		if (part < VMA_LIST_OF_HUGETLB || listing->parts[part])
			line_add(&line, PLAIN, "%s %s %s", part ? "," : "",
				 format_size(size, listing->parts[part]),
				 names[part]);
	}
	return line_end(&line, stdout);
}

/* Print the details that the table does not show. */
static int write_details(const struct vma_list *listing,
			 const struct style *style)
{
	char size[FORMAT_MAX];
	struct line line;
	int err = 0;

	if (listing->lazyfree) {
		line_begin(&line, style);
		line_add(&line, PLAIN, "%s of the RSS can be freed at any "
			 "time (MADV_FREE)",
			 format_size(size, listing->lazyfree));
		err = line_end(&line, stdout);
	}
	if (err || !listing->reserve)
		return err;
	line_begin(&line, style);
	line_add(&line, DIM, "VmPTE is %s larger than TABLES, because VmPTE "
		 "includes page tables in reserve for splitting huge pages",
		 format_size(size, listing->reserve));
	return line_end(&line, stdout);
}

static int write_guesses(bool guesses, const struct style *style)
{
	struct line line;

	if (!guesses)
		return 0;
	line_begin(&line, style);
	line_add(&line, DIM, "a name after ? is guessed from addresses and "
		 "flags");
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
	line_add(&line, DIM, "page tables (%s in total) are not shown for each "
		 "VMA: %s",
		 format_size(size, proc_tables(listing->pid)),
		 err == -ENOENT || err == -ENXIO ? "the module is not loaded" :
		 err == -EACCES || err == -EPERM ? "root is required" :
		 strerror(-err));
	return line_end(&line, stdout);
}

int vma_list_text(const struct vma_list *listing,
		  const struct columns_wanted *wanted,
		  const struct style *style)
{
	const struct columns_wanted chosen = choose(listing, wanted, style);
	struct columns columns;
	bool guesses = false;
	int err = columns_open(&columns, vma_list_columns, &chosen, style);

	if (!err)
		guesses = add_rows(&columns, listing, &chosen);
	if (!wanted->noheadings)
		add_sums(&columns, listing);
	err = columns_close(&columns, stdout);
	if (err || wanted->noheadings)
		return err;
	return write_parts(listing, style) ?:
	       write_details(listing, style) ?:
	       write_guesses(guesses && columns_want(&chosen, VMA_LIST_NAME),
			     style) ?:
	       write_missing(listing, style);
}
