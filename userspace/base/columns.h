/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables of libsmartcols: the columns are declared once, users choose and sort
 * them by name.
 */
#ifndef _COLUMNS_H
#define _COLUMNS_H

#include "base/line.h"

#include <linux/types.h>

#define COLUMNS_MAX 16

/* A number is aligned to the right, and sorted largest first. */
#define COLUMN_NUMBER (1U << 0)
/* The text may be shortened where the terminal has no room. */
#define COLUMN_SHORTEN (1U << 1)
/* With COLUMN_SHORTEN: other texts are shortened first. */
#define COLUMN_KEEP (1U << 5)
/* The text continues in the next line where the terminal has no room. */
#define COLUMN_FOLD (1U << 4)
/* Only shown when it is named. */
#define COLUMN_NAMED (1U << 2)
/* Sorted smallest first, although it is a number. */
#define COLUMN_ASCENDING (1U << 3)

/** struct column - a column of a table; @name: its heading, NULL: the end */
struct column {
	const char *name;
	const char *help;
	unsigned int flags;
};

/**
 * struct columns_wanted - which columns, and in which order of rows
 * @list: indices of columns
 * @count: number of entries in @list
 * @named: the user named them
 * @added: @list is shown next to the columns that are shown anyway
 * @sorted: rows are sorted by @sort
 * @sort: index of a column
 * @noheadings: print rows alone
 */
struct columns_wanted {
	int list[COLUMNS_MAX];
	int count;
	bool named;
	bool added;
	bool sorted;
	int sort;
	bool noheadings;
};

/**
 * struct columns - a table that is being filled
 * @style: colours and the width of the terminal
 * @table: of libsmartcols
 * @row: the row that is being filled
 * @place: where a column is in @table, -1: not shown
 * @sort: the column by which rows are sorted, NULL: as they are added
 * @err: the first error, -errno
 */
struct columns {
	const struct style *style;
	struct libscols_table *table;
	struct libscols_line *row;
	int place[COLUMNS_MAX];
	struct libscols_column *sort;
	int err;
};

/* Index of the column called @name, in any case; -1: there is none. */
int columns_find(const struct column *defs, const char *name);

/*
 * Adds "NAME,..." or "+NAME,...", in any case, to @wanted. Returns NULL, or the
 * rest of the text, from the first unknown name on.
 */
const char *columns_parse(struct columns_wanted *wanted,
			  const struct column *defs, const char *text);

/*
 * Adds all columns that need not be named to those that the user added, unless the user
 * named the columns.
 */
void columns_default(struct columns_wanted *wanted, const struct column *defs);

/* Is the column in the list? */
bool columns_want(const struct columns_wanted *wanted, int column);

/*
 * Adds the columns of @user that are not in the list, before the last columns if those
 * may be shortened or fold.
 */
void columns_add(struct columns_wanted *wanted, const struct column *defs,
		 const struct columns_wanted *user);

/* Starts a table of the columns in the list. 0 or -ENOMEM. */
int columns_open(struct columns *columns, const struct column *defs,
		 const struct columns_wanted *wanted,
		 const struct style *style);

/* Starts a row. */
void columns_row(struct columns *columns);

/* Fills a cell of the row; does nothing if the column is not shown. */
void columns_text(struct columns *columns, int column, enum colour colour,
		  const char *text);

/* The same, with the number that rows are sorted by. */
void columns_number(struct columns *columns, int column, enum colour colour,
		    const char *text, __u64 number);

/* Sorts the rows that were added so far; rows added later stay below them. */
void columns_sort(struct columns *columns);

/* Prints the table and frees it. 0 or -errno: the first error of all. */
int columns_close(struct columns *columns, FILE *out);

#endif /* _COLUMNS_H */
