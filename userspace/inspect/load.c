// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/load.h"

#include <stdio.h>
#include <string.h>

void load_fault(struct load *load, const struct fault_event *fault)
{
	__u32 class = fault->class;

	figures_add(&load->figures, fault->duration);
	load->major += !!(fault->ret & FAULT_MAJOR);
	/* One that is newer than this program. */
	if (class >= MMAPDEMO_CLASSES_MAX)
		class = MMAPDEMO_FAULT_UNKNOWN;
	load->classes[class]++;
}

void load_add(struct load *load, const struct load *more)
{
	figures_join(&load->figures, &more->figures);
	load->major += more->major;
	for (int class = 0; class < MMAPDEMO_CLASSES_MAX; class++)
		load->classes[class] += more->classes[class];
}

void loads_add(struct loads *loads, const struct loads *more)
{
	load_add(&loads->now, &more->now);
	load_add(&loads->last, &more->last);
	load_add(&loads->total, &more->total);
}

void loads_turn(struct loads *loads)
{
	loads->last = loads->now;
	load_add(&loads->total, &loads->now);
	loads->now = (struct load){ 0 };
}

__u64 load_mean(const struct load *load)
{
	return figures_mean(&load->figures);
}

static __u64 weight(const struct load *load, enum load_order order)
{
	switch (order) {
	case BY_MAJOR:
		return load->major;
	case BY_TIME:
		return load->figures.ns;
	case BY_MEAN:
		return load_mean(load);
	case BY_NUMBER:
		return 0;
	default:
		return load->figures.count;
	}
}

static int more_first(__u64 x, __u64 y)
{
	return (x < y) - (x > y);
}

int loads_compare(const struct loads *x, const struct loads *y,
		  enum load_order order)
{
	if (order == BY_NUMBER)
		return 0;
	return more_first(weight(&x->last, order), weight(&y->last, order)) ?:
	       more_first(x->last.figures.count, y->last.figures.count) ?:
	       more_first(x->total.figures.count, y->total.figures.count);
}

/* The one of most of those not yet in @told; -1: there is none. */
static int next_class(const struct load *load, __u32 told)
{
	int most = -1;

	for (int class = 0; class < MMAPDEMO_CLASSES_MAX; class++) {
		if (!load->classes[class] || told & 1U << class)
			continue;
		if (most < 0 || load->classes[class] > load->classes[most])
			most = class;
	}
	return most;
}

__u32 load_mostly(const struct load *load)
{
	int class = next_class(load, 0);

	return class < 0 ? 0 : class;
}

const char *load_mix(const struct load *load, char *text, size_t columns)
{
	size_t used = 0;
	__u32 told = 0;
	int class;

	*text = 0;
	while ((class = next_class(load, told)) >= 0) {
		char part[64];
		__u64 share = load->classes[class] * 100 / load->figures.count;
		size_t length = snprintf(part, sizeof(part), "%s%s %s%llu%%",
			used ? "  " : "", name_of(names_class, class),
			share ? "" : "<", share ?: 1);

		if (used + length > columns)
			break;
		strcpy(text + used, part);
		used += length;
		told |= 1U << class;
	}
	return text;
}

_Static_assert(MMAPDEMO_CLASSES_MAX <= 32, "told has a bit for each class");
