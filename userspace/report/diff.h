/* SPDX-License-Identifier: GPL-2.0-only */
/* What two recordings of the same command do not have in common. */
#ifndef _DIFF_H
#define _DIFF_H

#include "base/line.h"
#include "report/summary_file.h"

enum diff_side { DIFF_A, DIFF_B, DIFF_SIDES };

enum diff_unit { DIFF_COUNT, DIFF_NS, DIFF_BYTES };

/** struct diff_row - the faults of a class or of files of that name */
struct diff_row {
	char name[ROW_NAME_MAX];
	struct stats sides[DIFF_SIDES];
};

/** struct diff_table - @rows: that whose time changed most first */
struct diff_table {
	struct diff_row *rows;
	size_t count;
};

/**
 * struct diff_figure - one of the others
 * @name: for programs
 * @words: for people
 * @unit: of both
 * @sides: of A and B
 */
struct diff_figure {
	const char *name;
	const char *words;
	enum diff_unit unit;
	__u64 sides[DIFF_SIDES];
};

#define DIFF_FIGURES_MAX 64

/**
 * struct diff - the comparison
 * @files: what is compared
 * @faults: all of them
 * @classes: of each class
 * @names: of each file
 * @stats: that which changed most, by its own measure, first
 * @count: of @stats
 */
struct diff {
	const struct summary_file *files[DIFF_SIDES];
	struct diff_row faults;
	struct diff_table classes;
	struct diff_table names;
	struct diff_figure stats[DIFF_FIGURES_MAX];
	size_t count;
};

/* 0 or -ENOMEM. The files stay open. */
int diff_make(struct diff *diff, const struct summary_file *a,
	      const struct summary_file *b);
void diff_free(struct diff *diff);

/* How much more B has; negative: less. */
__s64 diff_ns(const struct diff_row *row);
__s64 diff_faults(const struct diff_row *row);

/* Without its sign. */
__u64 diff_size(__s64 more);

/* As many, and the times differ by less than 1 % of those of all. */
bool diff_alike(const struct diff *diff, const struct diff_row *row);

/* Both write it: 0 or -errno. */
int diff_text(FILE *out, const struct style *style, const struct diff *diff,
	      char *const paths[DIFF_SIDES]);
int diff_json(FILE *out, const struct diff *diff,
	      char *const paths[DIFF_SIDES]);

#endif /* _DIFF_H */
