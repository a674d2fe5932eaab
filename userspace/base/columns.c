// SPDX-License-Identifier: GPL-2.0-only
#include "base/columns.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int columns_find(const struct column *defs, const char *name)
{
	for (int i = 0; defs[i].name; i++) {
		if (!strcasecmp(defs[i].name, name))
			return i;
	}
	return -1;
}

bool columns_want(const struct columns_wanted *wanted, int column)
{
	for (int i = 0; i < wanted->count; i++) {
		if (wanted->list[i] == column)
			return true;
	}
	return false;
}

const char *columns_parse(struct columns_wanted *wanted,
			  const struct column *defs, const char *text)
{
	char name[32];
	size_t length;
	int column;

	wanted->named = true;
	wanted->added = *text == '+';
	wanted->count = 0;
	for (text += wanted->added;; text += length + 1) {
		length = strcspn(text, ",");
		snprintf(name, sizeof(name), "%.*s", (int)length, text);
		column = length < sizeof(name) ? columns_find(defs, name) : -1;
		if (column < 0)
			return text;
		if (!columns_want(wanted, column))
			wanted->list[wanted->count++] = column;
		if (!text[length])
			return NULL;
	}
}

void columns_default(struct columns_wanted *wanted, const struct column *defs)
{
	const struct columns_wanted user = *wanted;

	if (user.named && !user.added)
		return;
	wanted->count = 0;
	for (int i = 0; defs[i].name; i++) {
		if (!(defs[i].flags & COLUMN_NAMED))
			wanted->list[wanted->count++] = i;
	}
	columns_add(wanted, defs, &user);
}

static void insert(struct columns_wanted *wanted, int at, int column)
{
	memmove(&wanted->list[at + 1], &wanted->list[at],
		(wanted->count - at) * sizeof(wanted->list[0]));
	wanted->list[at] = column;
	wanted->count++;
}

void columns_add(struct columns_wanted *wanted, const struct column *defs,
		 const struct columns_wanted *user)
{
	int at = wanted->count;

	while (at && defs[wanted->list[at - 1]].flags &
		     (COLUMN_SHORTEN | COLUMN_FOLD))
		at--;
	for (int i = 0; i < user->count; i++) {
		if (!columns_want(wanted, user->list[i]))
			insert(wanted, at++, user->list[i]);
	}
}

/* ---- the table ---- */

static int compare_numbers(struct libscols_cell *a, struct libscols_cell *b,
			   void *data)
{
	uintptr_t x = (uintptr_t)scols_cell_get_userdata(a);
	uintptr_t y = (uintptr_t)scols_cell_get_userdata(b);

	return data ? (x > y) - (x < y) : (x < y) - (x > y);
}

static int compare_texts(struct libscols_cell *a, struct libscols_cell *b,
			 void *data)
{
	return data ? scols_cmpstr_cells(b, a, NULL) :
		      scols_cmpstr_cells(a, b, NULL);
}

/*
 * Set the order of the rows. Without a data pointer, compare_numbers() sorts in
 * descending order, and compare_texts() sorts in ascending order. A data pointer
 * that is not NULL reverses the order.
 */
static void set_order(struct columns *columns, unsigned int flags,
		      bool reversed)
{
	const bool ascending = flags & COLUMN_ASCENDING;

	if (flags & COLUMN_NUMBER)
		scols_column_set_cmpfunc(columns->sort, compare_numbers,
					 ascending != reversed ? columns :
								 NULL);
	else
		scols_column_set_cmpfunc(columns->sort, compare_texts,
					 reversed ? columns : NULL);
}

/*
 * Return the width hint for libsmartcols. A hint below 1 is a share of the
 * terminal's width.
 */
static double kept_width(unsigned int flags)
{
	if (!(flags & (COLUMN_SHORTEN | COLUMN_FOLD)))
		return 1;
	return flags & COLUMN_KEEP ? 0.25 : 0.1;
}

static struct libscols_column *add_column(struct columns *columns,
					  const struct column *def, int flags)
{
	struct libscols_column *column;

	if (def->flags & COLUMN_NUMBER)
		flags |= SCOLS_FL_RIGHT;
	if (def->flags & COLUMN_SHORTEN)
		flags |= SCOLS_FL_TRUNC;
	if (def->flags & COLUMN_FOLD)
		flags |= SCOLS_FL_WRAP;
	column = scols_table_new_column(columns->table, def->name,
					kept_width(def->flags), flags);
	if (!column)
		columns->err = -ENOMEM;
	return column;
}

static void set_width(struct columns *columns)
{
	const struct style *style = columns->style;

	if (style->terminal) {
		scols_table_set_termforce(columns->table,
					  SCOLS_TERMFORCE_ALWAYS);
		scols_table_set_termwidth(columns->table, style->terminal);
	} else {
		scols_table_set_termforce(columns->table,
					  SCOLS_TERMFORCE_NEVER);
	}
}

int columns_open(struct columns *columns, const struct column *defs,
		 const struct columns_wanted *wanted, const struct style *style)
{
	struct libscols_column *column;

	*columns = (struct columns){
		.style = style, .table = scols_new_table(),
	};
	if (!columns->table)
		return columns->err = -ENOMEM;
	memset(columns->place, 0xff, sizeof(columns->place));
	scols_table_enable_noheadings(columns->table, wanted->noheadings);
	scols_table_enable_minout(columns->table, true);
	scols_table_enable_noencoding(columns->table, true);
	scols_table_enable_colors(columns->table, style->colour);
	set_width(columns);
	for (int i = 0; !columns->err && i < wanted->count; i++) {
		column = add_column(columns, &defs[wanted->list[i]], 0);
		columns->place[wanted->list[i]] = i;
		if (wanted->sorted && wanted->sort == wanted->list[i])
			columns->sort = column;
	}
	if (!columns->err && wanted->sorted && !columns->sort) {
		columns->sort = add_column(columns, &defs[wanted->sort],
					   SCOLS_FL_HIDDEN);
		columns->place[wanted->sort] = wanted->count;
	}
	if (columns->sort)
		set_order(columns, defs[wanted->sort].flags, wanted->reversed);
	return columns->err;
}

void columns_row(struct columns *columns)
{
	if (columns->err)
		return;
	columns->row = scols_table_new_line(columns->table, NULL);
	if (!columns->row)
		columns->err = -ENOMEM;
}

static struct libscols_cell *cell_of(const struct columns *columns, int column)
{
	if (columns->err || columns->place[column] < 0)
		return NULL;
	return scols_line_get_cell(columns->row, columns->place[column]);
}

void columns_text(struct columns *columns, int column, enum colour colour,
		  const char *text)
{
	struct libscols_cell *cell = cell_of(columns, column);

	if (!cell)
		return;
	if (scols_cell_set_data(cell, text) ||
	    (colour && scols_cell_set_color(cell, colour_sequence(colour))))
		columns->err = -ENOMEM;
}

void columns_number(struct columns *columns, int column, enum colour colour,
		    const char *text, __u64 number)
{
	struct libscols_cell *cell = cell_of(columns, column);

	columns_text(columns, column, colour, text);
	if (cell)
		scols_cell_set_userdata(cell, (void *)(uintptr_t)number);
}

void columns_sort(struct columns *columns)
{
	if (!columns->err && columns->sort &&
	    scols_sort_table(columns->table, columns->sort))
		columns->err = -ENOMEM;
}

/* Print the lines without trailing blanks. Truncated text may end with blanks. */
static void print_lines(const char *text, FILE *out)
{
	while (*text) {
		size_t length = strcspn(text, "\n"), end = length;

		while (end && text[end - 1] == ' ')
			end--;
		fprintf(out, "%.*s\n", (int)end, text);
		text += length + !!text[length];
	}
}

int columns_close(struct columns *columns, FILE *out)
{
	char *text = NULL;

	if (!columns->err)
		columns->err = scols_print_table_to_string(columns->table, &text);
	if (!columns->err) {
		errno = 0;
		print_lines(text, out);
	}
	if (!columns->err && ferror(out))
		columns->err = errno ? -errno : -EIO;
	free(text);
	scols_unref_table(columns->table);
	return columns->err;
}
