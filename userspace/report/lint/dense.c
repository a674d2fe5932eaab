// SPDX-License-Identifier: GPL-2.0-only
#include "report/lint/dense.h"

#include <errno.h>
#include <stdlib.h>

/*
 * At most an eighth of the pages may be unused. If more pages are unused,
 * populating the range costs more than the faults.
 */
bool is_dense(__u64 pages, __u64 room)
{
	return pages * 8 >= room * 7;
}

void dense_join(struct dense *dense, const struct dense *more)
{
	if (!dense->pages)
		dense->start = more->start;
	dense->end = more->end;
	dense->pages += more->pages;
	stats_join(&dense->faults, &more->faults);
}

/* Add a run to the list, and return the run. Return NULL if there is no memory. */
static struct dense_run *new_run(struct dense_runs *runs)
{
	size_t room = runs->room ? runs->room * 2 : 16;
	struct dense_run *list;

	if (runs->count == runs->room) {
		list = reallocarray(runs->list, room, sizeof(*list));
		if (!list)
			return NULL;
		runs->list = list;
		runs->room = room;
	}
	return &runs->list[runs->count++];
}

void dense_runs_add(struct dense_runs *runs, const struct dense *more,
		    size_t *last)
{
	struct dense_run *run = *last ? &runs->list[*last - 1] : NULL;

	if (run && run->dense.end == more->start) {
		dense_join(&run->dense, more);
		return;
	}
	run = new_run(runs);
	if (!run) {
		runs->err = -ENOMEM;
		return;
	}
	run->dense = *more;
	run->before = *last;
	*last = runs->count;
}

void dense_runs_free(struct dense_runs *runs)
{
	free(runs->list);
	*runs = (struct dense_runs){ 0 };
}
