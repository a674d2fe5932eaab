// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/load.h"

#include <stdio.h>
#include <string.h>

void fault_load_fault(struct fault_load *load, const struct fault_event *fault)
{
	__u32 class = fault->class;

	stats_add(&load->stats, fault->duration);
	load->major += !!(fault->ret & FAULT_MAJOR);
	/* The class may be newer than this program. */
	if (class >= MMAPDEMO_CLASSES_MAX)
		class = MMAPDEMO_FAULT_UNKNOWN;
	load->classes[class]++;
}

static void add_time(__u64 *sum, __s64 ns)
{
	if (ns > 0)
		*sum += ns;
}

void fault_load_time(struct fault_load *load, const struct slow_event *slow)
{
	for (int part = PART_WORK + 1; part < FAULT_PARTS; part++)
		add_time(&load->parts[part], fault_part(slow, part));
	add_time(&load->lock_before, slow->lock_before);
	load->unparted += !fault_parts_known(slow);
}

void fault_load_add(struct fault_load *load, const struct fault_load *more)
{
	stats_join(&load->stats, &more->stats);
	load->major += more->major;
	for (int class = 0; class < MMAPDEMO_CLASSES_MAX; class++)
		load->classes[class] += more->classes[class];
	for (int part = 0; part < FAULT_PARTS; part++)
		load->parts[part] += more->parts[part];
	load->lock_before += more->lock_before;
	load->unparted += more->unparted;
}

void fault_loads_add(struct fault_loads *loads, const struct fault_loads *more)
{
	fault_load_add(&loads->now, &more->now);
	fault_load_add(&loads->last, &more->last);
	fault_load_add(&loads->total, &more->total);
}

void fault_loads_turn(struct fault_loads *loads)
{
	loads->last = loads->now;
	fault_load_add(&loads->total, &loads->now);
	loads->now = (struct fault_load){ 0 };
}

__u64 fault_load_mean(const struct fault_load *load)
{
	return stats_mean(&load->stats);
}

/* Return the time of all parts except PART_WORK. */
static __u64 load_waited(const struct fault_load *load)
{
	__u64 ns = 0;

	for (int part = PART_WORK + 1; part < FAULT_PARTS; part++)
		ns += load->parts[part];
	return ns;
}

__u64 fault_load_part(const struct fault_load *load, enum fault_part part)
{
	if (part != PART_WORK)
		return load->parts[part];
	return load->stats.ns > load_waited(load) ? load->stats.ns - load_waited(load) : 0;
}

/*
 * If the interval ended between the two events of a fault, the parts can be longer
 * than the faults.
 */
enum fault_part fault_load_waited(const struct fault_load *load, unsigned int *percent)
{
	const __u64 all = load_waited(load) + fault_load_part(load, PART_WORK);
	enum fault_part largest = PART_WORK + 1;

	for (int part = largest; part < FAULT_PARTS; part++) {
		if (load->parts[part] > load->parts[largest])
			largest = part;
	}
	*percent = all ? load->parts[largest] * 100 / all : 0;
	return *percent ? largest : PART_WORK;
}

const char *fault_load_order_word(int order)
{
	static const char *const words[] = {
		[BY_FAULTS] = "faults", [BY_MAJOR] = "major",
		[BY_TIME] = "time", [BY_MEAN] = "mean",
		[BY_NUMBER] = "number", NULL,
	};

	return words[order];
}

static __u64 weight(const struct fault_load *load, enum fault_load_order order)
{
	switch (order) {
	case BY_MAJOR:
		return load->major;
	case BY_TIME:
		return load->stats.ns;
	case BY_MEAN:
		return fault_load_mean(load);
	case BY_NUMBER:
		return 0;
	default:
		return load->stats.count;
	}
}

static int more_first(__u64 x, __u64 y)
{
	return (x < y) - (x > y);
}

int fault_loads_compare(const struct fault_loads *x,
			const struct fault_loads *y,
			enum fault_load_order order)
{
	if (order == BY_NUMBER)
		return 0;
	return more_first(weight(&x->last, order), weight(&y->last, order)) ?:
	       more_first(x->last.stats.count, y->last.stats.count) ?:
	       more_first(x->total.stats.count, y->total.stats.count);
}

/*
 * Return the most frequent class that is not in @shown, or -1 if @shown contains
 * all classes that have faults.
 */
static int next_class(const struct fault_load *load, __u32 shown)
{
	int most = -1;

	for (int class = 0; class < MMAPDEMO_CLASSES_MAX; class++) {
		if (!load->classes[class] || shown & 1U << class)
			continue;
		if (most < 0 || load->classes[class] > load->classes[most])
			most = class;
	}
	return most;
}

__u32 fault_load_mostly(const struct fault_load *load)
{
	int class = next_class(load, 0);

	return class < 0 ? 0 : class;
}

const char *fault_load_mix(const struct fault_load *load, char *text,
			   size_t columns)
{
	size_t used = 0;
	__u32 shown = 0;
	int class;

	*text = 0;
	while ((class = next_class(load, shown)) >= 0) {
		char part[64];
		__u64 share = load->classes[class] * 100 / load->stats.count;
		size_t length = snprintf(part, sizeof(part), "%s%s %s%llu%%",
			used ? "  " : "", name_of(names_class, class),
			share ? "" : "<", share ?: 1);

		if (used + length > columns)
			break;
		strcpy(text + used, part);
		used += length;
		shown |= 1U << class;
	}
	return text;
}

_Static_assert(MMAPDEMO_CLASSES_MAX <= 32, "shown has a bit for each class");
