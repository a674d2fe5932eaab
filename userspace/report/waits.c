// SPDX-License-Identifier: GPL-2.0-only
#include "report/waits.h"
#include "event/decode.h"
#include "report/summary.h"
#include "report/where.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int waits_begin(struct waits *waits, const struct decoder *decoder)
{
	waits->recorded = decoder_knows(decoder, MMAPDEMO_EVENT_FAULT_TIME);
	if (!waits->wanted)
		waits->wanted = SLOWEST_SHORT;
	waits->slowest = calloc(waits->wanted, sizeof(*waits->slowest));
	return waits->slowest ? 0 : -ENOMEM;
}

/* ---- the slowest faults ---- */

__u64 waits_time(const struct slow_event *slow)
{
	return slow->duration + (slow->lock_before > 0 ? slow->lock_before : 0);
}

/*
 * Return the index at which a fault belongs for which the program waited @ns. Return
 * @waits->wanted if @waits->wanted faults are not faster. Of equally slow faults, the
 * first stays first.
 */
static int index_of(const struct waits *waits, __u64 ns)
{
	int at = waits->count;

	while (at && waits_time(&waits->slowest[at - 1].slow) < ns)
		at--;
	return at;
}

static void add_slowest(struct waits *waits, const struct event *event,
			const struct space *space, const struct slow_event *slow)
{
	const int at = index_of(waits, waits_time(slow));
	struct slow_fault *fault = &waits->slowest[at];

	if (at == waits->wanted)
		return;
	if (waits->count < waits->wanted)
		waits->count++;
	memmove(fault + 1, fault, (waits->count - 1 - at) * sizeof(*fault));
	*fault = (struct slow_fault){
		.tid = event->tid, .begin = event_begin(event), .slow = *slow,
	};
	summary_where(space, &event->fault, fault->place);
	summary_instruction(space, &event->fault, fault->ip);
	if (summary_frames(event, space) > 1)
		summary_address(space, event->stack[1], fault->caller);
}

/* ---- sums ---- */

static void count_parts(struct waits *waits, const struct slow_event *slow)
{
	for (int part = 0; part < FAULT_PARTS; part++) {
		const __s64 ns = fault_part(slow, part);

		if (ns > 0) {
			stats_add(&waits->parts[part], ns);
			histogram_add(&waits->durations[part], ns);
		}
		waits->hidden[part] += ns < 0;
	}
}

/* Add a fault that did not wait to the slowest faults. Its time is work. */
static void add_quick(struct waits *waits, const struct event *event,
		      const struct space *space)
{
	const struct fault_event *fault = &event->fault;
	const struct slow_event slow = {
		.address = fault->address, .class = fault->class, .mm = fault->mm,
		.duration = fault->duration, .work = fault->duration, .holder_nr = -1,
	};

	add_slowest(waits, event, space, &slow);
}

static void count_quick(struct waits *waits, const struct event *event,
			const struct space *space)
{
	const __u64 ns = event->fault.duration;

	histogram_add(&waits->durations[PART_WORK], ns);
	if (ns > waits->quick_max)
		waits->quick_max = ns;
	if (waits->recorded && ns && index_of(waits, ns) < waits->wanted)
		add_quick(waits, event, space);
}

void waits_fault(struct waits *waits, const struct event *event,
		 const struct space *space, const struct slow_event *slow)
{
	static const struct space unknown;

	if (!slow) {
		count_quick(waits, event, space ?: &unknown);
		return;
	}
	stats_add(&waits->faults, slow->duration);
	if (slow->lock_before > 0)
		stats_add(&waits->before, slow->lock_before);
	waits->read_bytes += slow->read_bytes;
	waits->reclaimed += slow->reclaimed;
	if (fault_parts_known(slow)) {
		count_parts(waits, slow);
	} else {
		stats_add(&waits->unknown, slow->duration);
		histogram_add(&waits->durations[FAULT_PARTS], slow->duration);
	}
	add_slowest(waits, event, space ?: &unknown, slow);
}

/*
 * Count the call of the holder. When a wait ends, the holder has released the lock. So a
 * wait that began before the end of another wait is for the same call.
 */
static void count_call(struct row *row, const struct event *event)
{
	if (row->calls && event_begin(event) < row->until)
		return;
	row->calls++;
	row->until = event->time;
}

int waits_lock(struct waits *waits, const struct event *event)
{
	const struct lock_event *wait = &event->lock;
	const struct key holder = { { wait->holder_nr, wait->holder } };
	const struct key waiter = { { event->tid } };
	struct row *held = table_row(&waits->holders, &holder);
	struct row *waited = table_row(&waits->waiters, &waiter);

	if (!held || !waited)
		return -ENOMEM;
	if (wait->holder && wait->holder_nr >= 0)
		count_call(held, event);
	stats_add(&held->stats, wait->duration);
	stats_add(&waited->stats, wait->duration);
	stats_add(&waits->locks, wait->duration);
	return 0;
}

__u64 waits_part_ns(const struct summary *summary, enum fault_part part)
{
	const struct waits *waits = &summary->waits;
	__u64 ns = waits->parts[part].ns;

	return part == PART_WORK ?
	       ns + summary->faults.stats.ns - waits->faults.ns : ns;
}

__u64 waits_part_faults(const struct summary *summary, enum fault_part part)
{
	const struct waits *waits = &summary->waits;
	__u64 faults = stats_timed(&waits->parts[part]);

	return part == PART_WORK ? faults + stats_timed(&summary->faults.stats) -
				   stats_timed(&waits->faults) : faults;
}

__u64 waits_part_max(const struct summary *summary, enum fault_part part)
{
	const struct waits *waits = &summary->waits;
	const __u64 max = waits->parts[part].max;

	return part == PART_WORK && waits->quick_max > max ? waits->quick_max : max;
}

__s64 waits_holder_nr(const struct row *row)
{
	return row->key.parts[0];
}

__u32 waits_holder_tid(const struct row *row)
{
	return row->key.parts[1];
}

/* ---- fields ---- */

bool waits_adds(const struct field *field)
{
	const struct field *other =
		event_layouts[MMAPDEMO_EVENT_PTE_FAULT].fields;

	while (other->name && strcmp(other->name, field->name))
		other++;
	return !other->name;
}

/* If no part is known, the module has measured nothing. */
bool waits_knows(const struct event *time, const struct field *field)
{
	__s64 value = 0;

	if (!fault_parts_known(&time->slow))
		return false;
	if (field->offset == offsetof(struct event, slow.holder) ||
	    field->offset == offsetof(struct event, slow.holder_nr))
		return time->slow.holder;
	if (field->type == FIELD_SIGNED)
		memcpy(&value, (const char *)time + field->offset, field->size);
	return value >= 0;
}

void waits_free(struct waits *waits)
{
	table_free(&waits->holders);
	table_free(&waits->waiters);
	free(waits->slowest);
	waits->slowest = NULL;
}
