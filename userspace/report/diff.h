/* SPDX-License-Identifier: GPL-2.0-only */
/* Comparison of two recordings, A and B, of the same command. */
#ifndef _DIFF_H
#define _DIFF_H

#include "base/line.h"
#include "report/summary_file.h"

enum diff_side { DIFF_A, DIFF_B, DIFF_SIDES };

enum diff_unit { DIFF_COUNT, DIFF_NS, DIFF_BYTES };

/**
 * struct diff_row - faults of a class, faults in all files with the same name,
 * or calls of a system call
 * @name: name of the class, of the files, or of the system call
 * @sides: number and durations in A and in B
 * @failed: number of calls that failed, in A and in B; 0 for faults
 */
struct diff_row {
	char name[ROW_NAME_MAX];
	struct stats sides[DIFF_SIDES];
	__u64 failed[DIFF_SIDES];
};

/**
 * struct diff_table - a table; @rows: sorted by the change of time, largest
 * change first
 */
struct diff_table {
	struct diff_row *rows;
	size_t count;
};

/**
 * struct diff_figure - a figure that is not in a table
 * @name: name in JSON
 * @words: name in text; the letters between a vertical bar and the next space
 *	are the ending of the plural
 * @unit: unit of both values
 * @sides: the values in A and in B
 */
struct diff_figure {
	const char *name;
	const char *words;
	enum diff_unit unit;
	__u64 sides[DIFF_SIDES];
};

#define DIFF_FIGURES_MAX 64

/**
 * struct diff - comparison of two recordings
 * @files: the recordings
 * @faults: all faults
 * @classes: faults by class
 * @names: faults by file
 * @all_calls: sum of all system calls that were recorded in both A and B
 * @calls: the calls in @all_calls, by system call
 * @stats: figures that are not in a table. The order is: the time from the
 *	first to the last event, the time from exec to exit, counts and sizes,
 *	all other times. The last two groups are sorted by relative change,
 *	largest change first
 * @count: number of @stats
 */
struct diff {
	const struct summary_file *files[DIFF_SIDES];
	struct diff_row faults;
	struct diff_table classes;
	struct diff_table names;
	struct diff_row all_calls;
	struct diff_table calls;
	struct diff_figure stats[DIFF_FIGURES_MAX];
	size_t count;
};

/*
 * Compare @a with @b. @a and @b must stay open as long as @diff is used. Return
 * 0 or -ENOMEM.
 */
int diff_make(struct diff *diff, const struct summary_file *a,
	      const struct summary_file *b);
void diff_free(struct diff *diff);

/*
 * diff_ns() returns the time in B minus the time in A. diff_faults() returns
 * the number of faults or calls in B minus the number in A.
 */
__s64 diff_ns(const struct diff_row *row);
__s64 diff_faults(const struct diff_row *row);

/* Return the absolute value of @more. */
__u64 diff_size(__s64 more);

/*
 * Return true if the counts are equal, and the times differ by at most 1 % of
 * the larger time of @all.
 */
bool diff_alike(const struct diff_row *all, const struct diff_row *row);

/*
 * Write the comparison as text or JSON. Return 0 or -errno. Unless @all is set,
 * the text omits rows for which diff_alike() returns true, and rows whose
 * values look the same when printed.
 */
int diff_text(FILE *out, const struct style *style, const struct diff *diff,
	      char *const paths[DIFF_SIDES], bool all);
int diff_json(FILE *out, const struct diff *diff,
	      char *const paths[DIFF_SIDES]);

#endif /* _DIFF_H */
