/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables of libsmartcols. Each table declares its columns. The user names the
 * columns to show, and the column by which the rows are sorted.
 */
#ifndef _COLUMNS_H
#define _COLUMNS_H

#include "base/line.h"

#include <linux/types.h>

#define COLUMNS_MAX 24

/*
 * The column contains numbers, which are right-aligned. The numbers are sorted in
 * descending order unless COLUMN_ASCENDING is set.
 */
#define COLUMN_NUMBER (1U << 0)
/* The text may be truncated if the terminal is too narrow. */
#define COLUMN_SHORTEN (1U << 1)
/* With COLUMN_SHORTEN: truncate this column less than other columns. */
#define COLUMN_KEEP (1U << 5)
/* The text may be wrapped if the terminal is too narrow. */
#define COLUMN_FOLD (1U << 4)
/* The column is not shown by default, but only if the user names it. */
#define COLUMN_NAMED (1U << 2)
/* With COLUMN_NUMBER: the numbers are sorted in ascending order. */
#define COLUMN_ASCENDING (1U << 3)

/**
 * struct column - a column of a table
 * @name: the heading; NULL in the entry after the last column
 * @help: description of the column in the help text
 * @flags: COLUMN_NUMBER and other flags
 */
struct column {
	const char *name;
	const char *help;
	unsigned int flags;
};

/**
 * struct columns_wanted - the columns to show, and the order of the rows
 * @list: indices of the columns
 * @count: number of entries in @list
 * @named: the user chose the columns
 * @added: @list is shown in addition to the default columns
 * @sorted: rows are sorted by @sort
 * @sort: index of the column to sort by
 * @reversed: sort in the opposite of the column's usual order
 * @noheadings: do not print the headings of the columns
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
 * @place: for each column, its index in @table; -1: the column is not shown
 * @sort: the column to sort by; NULL: the rows stay in the order of insertion
 * @err: the first error as -errno, or 0
 */
struct columns {
	const struct style *style;
	struct libscols_table *table;
	struct libscols_line *row;
	int place[COLUMNS_MAX];
	struct libscols_column *sort;
	int err;
};

/*
 * Return the index of the column @name, ignoring case, or -1 if there is no
 * such column.
 */
int columns_find(const struct column *defs, const char *name);

/*
 * Parse "NAME,..." or "+NAME,...", ignoring case, into @wanted. Return NULL on
 * success. If a name is unknown, return the rest of @text, from this name on.
 */
const char *columns_parse(struct columns_wanted *wanted,
			  const struct column *defs, const char *text);

/*
 * If the user named no columns, set @wanted to the default columns. If the user
 * added columns by "+", set @wanted to the default columns and the added
 * columns.
 */
void columns_default(struct columns_wanted *wanted, const struct column *defs);

/* Return true if the column is in the list of columns to show. */
bool columns_want(const struct columns_wanted *wanted, int column);

/*
 * Add the columns of @user to the list @wanted, if the list does not contain
 * them yet. If the last columns of the list may be truncated or wrapped, insert
 * the new columns before those columns.
 */
void columns_add(struct columns_wanted *wanted, const struct column *defs,
		 const struct columns_wanted *user);

/* Start a table with the columns in the list @wanted. Return 0 or -ENOMEM. */
int columns_open(struct columns *columns, const struct column *defs,
		 const struct columns_wanted *wanted,
		 const struct style *style);

/* Start a row. */
void columns_row(struct columns *columns);

/* Set the text of a cell in the current row, if the column is shown. */
void columns_text(struct columns *columns, int column, enum colour colour,
		  const char *text);

/* As columns_text(), but also set the number by which the column is sorted. */
void columns_number(struct columns *columns, int column, enum colour colour,
		    const char *text, __u64 number);

/* Sort the rows that were added so far. Rows that are added later stay below them. */
void columns_sort(struct columns *columns);

/*
 * Print the table unless an error has occurred. Free the table. Return 0, or the
 * first error as -errno.
 */
int columns_close(struct columns *columns, FILE *out);

#endif /* _COLUMNS_H */
