/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables of libsmartcols. Each table declares its columns. Users select the
 * columns, and the sort column, by name.
 */
#ifndef _COLUMNS_H
#define _COLUMNS_H

#include "base/line.h"

#include <linux/types.h>

#define COLUMNS_MAX 16

/* Numbers are right-aligned and sorted in descending order. */
#define COLUMN_NUMBER (1U << 0)
/* The text may be truncated if the terminal is too narrow. */
#define COLUMN_SHORTEN (1U << 1)
/* With COLUMN_SHORTEN: truncate other columns first. */
#define COLUMN_KEEP (1U << 5)
/* The text may be wrapped if the terminal is too narrow. */
#define COLUMN_FOLD (1U << 4)
/* Shown only if the user names the column. */
#define COLUMN_NAMED (1U << 2)
/* Sorted in ascending order, although it is a number. */
#define COLUMN_ASCENDING (1U << 3)

/** struct column - a column of a table; @name: its heading, NULL: the end */
struct column {
	const char *name;
	const char *help;
	unsigned int flags;
};

/**
 * struct columns_wanted - columns to show, and order of the rows
 * @list: indices of the columns
 * @count: number of entries in @list
 * @named: the user chose the columns
 * @added: @list is shown in addition to the default columns
 * @sorted: rows are sorted by @sort
 * @sort: index of the column to sort by
 * @reversed: the order is the opposite of the usual one
 * @noheadings: print only the rows
 */
struct columns_wanted {
	int list[COLUMNS_MAX];
	int count;
	bool named;
	bool added;
	bool sorted;
	int sort;
	bool reversed;
	bool noheadings;
};

/**
 * struct columns - a table that is being filled
 * @style: colours and the width of the terminal
 * @table: the table of libsmartcols
 * @row: the row that is being filled
 * @place: index in @table of each column, -1: not shown
 * @sort: the column to sort by, NULL: rows stay in the order of insertion
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

/* Return the index of column @name, ignoring case; -1: there is none. */
int columns_find(const struct column *defs, const char *name);

/*
 * Parse "NAME,..." or "+NAME,...", ignoring case, into @wanted. Return NULL, or
 * the rest of the text from the first unknown name on.
 */
const char *columns_parse(struct columns_wanted *wanted,
			  const struct column *defs, const char *text);

/*
 * If the user named no columns, or added some by "+", set @wanted to the
 * default columns and those that were added.
 */
void columns_default(struct columns_wanted *wanted, const struct column *defs);

/* Return true if the column is in the list. */
bool columns_want(const struct columns_wanted *wanted, int column);

/*
 * Add the columns of @user that are not in the list yet. They go before the
 * columns at the end of the list that may be truncated or wrapped.
 */
void columns_add(struct columns_wanted *wanted, const struct column *defs,
		 const struct columns_wanted *user);

/* Start a table of the columns in the list. Return 0 or -ENOMEM. */
int columns_open(struct columns *columns, const struct column *defs,
		 const struct columns_wanted *wanted,
		 const struct style *style);

/* Start a row. */
void columns_row(struct columns *columns);

/* Fill a cell of the row, if the column is shown. */
void columns_text(struct columns *columns, int column, enum colour colour,
		  const char *text);

/* As columns_text(), with the number by which rows are sorted. */
void columns_number(struct columns *columns, int column, enum colour colour,
		    const char *text, __u64 number);

/* Sort the rows added so far. Rows added later stay below them. */
void columns_sort(struct columns *columns);

/* Print the table and free it. Return 0, or the first error as -errno. */
int columns_close(struct columns *columns, FILE *out);

#endif /* _COLUMNS_H */
