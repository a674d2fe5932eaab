// SPDX-License-Identifier: GPL-2.0-only
/* Lists of findings, which are grouped by cause and sorted by possible savings. */
#include "report/lint/finding.h"
#include "base/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int findings_add(struct findings *findings, const struct finding *finding)
{
	if (findings->count == findings->room) {
		size_t room = findings->room ? findings->room * 2 : 16;
		struct finding *list = reallocarray(findings->list, room,
						    sizeof(*list));

		if (!list)
			return -ENOMEM;
		findings->list = list;
		findings->room = room;
	}
	findings->list[findings->count++] = *finding;
	return 0;
}

/*
 * Compare by possible savings, but put FINDING_CROWDED first, because calls
 * fail when the limit is reached.
 */
static int saves_more(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	bool x_fails = x->kind == FINDING_CROWDED;
	bool y_fails = y->kind == FINDING_CROWDED;

	if (x_fails != y_fails)
		return y_fails - x_fails;
	return ORDER(y->ns, x->ns) ?: ORDER(y->count, x->count) ?:
	       ORDER(x->kind, y->kind) ?: ORDER(x->start, y->start);
}

static int by_cause(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	return ORDER(x->kind, y->kind) ?: ORDER(x->advice, y->advice) ?:
	       ORDER(x->reason, y->reason) ?: ORDER(x->flags, y->flags) ?:
	       ORDER(x->nr, y->nr);
}

static int by_cause_then_saving(const void *a, const void *b)
{
	return by_cause(a, b) ?: saves_more(a, b);
}

static void sort(struct findings *findings,
		 int (*order)(const void *a, const void *b))
{
	if (findings->count)
		qsort(findings->list, findings->count, sizeof(struct finding),
		      order);
}

void findings_rank(struct findings *findings)
{
	sort(findings, saves_more);
}

/*
 * Add the figures of @more to @into. Keep the range of @into, because the
 * possible savings are larger in this range.
 */
static void take_in(struct finding *into, const struct finding *more)
{
	into->count += more->count;
	into->ns += more->ns;
	into->ranges += more->ranges;
	into->flushes += more->flushes;
	into->pages += more->pages;
	into->bytes += more->bytes;
}

void findings_group(struct findings *findings)
{
	size_t groups = 0;

	sort(findings, by_cause_then_saving);
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *next = &findings->list[i];

		if (groups && !by_cause(&findings->list[groups - 1], next))
			take_in(&findings->list[groups - 1], next);
		else
			findings->list[groups++] = *next;
	}
	findings->count = groups;
}

void findings_free(struct findings *findings)
{
	free(findings->list);
	*findings = (struct findings){ 0 };
}
