// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/top.h"
#include "base/clock.h"
#include "system/device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KINDS (EVENT_BIT(MMAPDEMO_EVENT_PTE_FAULT) | EVENT_BIT(EVENT_FORK) | \
	       EVENT_BIT(EVENT_EXEC) | EVENT_BIT(EVENT_EXIT))

/* ---- open and close ---- */

static const char *why_not(const struct recorder *recorder, int err)
{
	if (err == -ENOENT)
		return "the module is not loaded";
	/*
	 * All users can see whether the device exists, but only root can see
	 * the events.
	 */
	if (err == -EACCES && access(MMAPDEMO_DEVICE, F_OK))
		return "the module is not loaded";
	if (err == -EACCES || err == -EPERM)
		return "root is required";
	return recorder->why ?: strerror(-err);
}

static int start_events(struct top *top, size_t buffer)
{
	struct recorder *recorder = &top->recorder;
	int err = recorder_open(recorder, buffer);

	if (err)
		return err;
	top->timed = decoder_knows(&recorder->decoder,
				   (int)MMAPDEMO_EVENT_FAULT_TIME);
	recorder->instance.kinds = KINDS;
	if (top->timed)
		recorder->instance.kinds |= EVENT_BIT(MMAPDEMO_EVENT_FAULT_TIME);
	recorder_batches(recorder);
	err = instance_start(&recorder->instance);
	if (err)
		recorder_close(recorder);
	return err;
}

int top_open(struct top *top, size_t buffer)
{
	int err = start_events(top, buffer);

	top->observed = !err;
	top->why = err ? why_not(&top->recorder, err) : NULL;
	top->begun = clock_ns();
	return top->observed ? 0 : process_faults_scan(&top->processes);
}

static void free_vmas(struct top *top)
{
	vmas_free(&top->vmas);
	free(top->loads);
	free(top->sorted);
	top->loads = NULL;
	top->sorted = NULL;
}

void top_close(struct top *top)
{
	if (top->observed)
		recorder_close(&top->recorder);
	free_vmas(top);
	vma_faults_free(&top->faults);
	process_faults_free(&top->processes);
}

/* ---- gathering ---- */

/* Find out which parts the kernel does not show. */
static void see_unknown(struct top *top, const struct slow_event *slow)
{
	for (int part = 0; fault_parts_known(slow) && part < FAULT_PARTS; part++) {
		if (fault_part(slow, part) < 0)
			top->parts_unknown |= 1U << part;
	}
}

static int take(struct top *top, const struct event *event)
{
	const struct process *process;
	int err = process_faults_event(&top->processes, event);

	if (event->kind == MMAPDEMO_EVENT_FAULT_TIME)
		see_unknown(top, &event->slow);
	if (err || !top->pid)
		return err;
	process = process_faults_of(&top->processes, event->tid);
	return vma_faults_event(&top->faults, event,
				process && process->pid == top->pid);
}

int top_gather(struct top *top, bool all)
{
	const struct event *event;
	int err;

	if (!top->observed)
		return 0;
	err = recorder_drain(&top->recorder, all);
	while (!err && (event = recorder_next(&top->recorder)))
		err = take(top, event);
	return err;
}

/* Read the current VMAs, and assign the faults to them. */
static int read_vmas(struct top *top)
{
	size_t count;

	free_vmas(top);
	if (!top->pid)
		return 0;
	top->err = vmas_read_ranges(&top->vmas, top->pid);
	count = top->vmas.count;
	top->loads = calloc(count + 1, sizeof(*top->loads));
	top->sorted = calloc(count + 1, sizeof(*top->sorted));
	if (!top->loads || !top->sorted)
		return -ENOMEM;
	vma_faults_place(&top->faults, &top->vmas, top->loads);
	for (size_t i = 0; i <= count; i++)
		top->sorted[i] = i;
	return 0;
}

int top_turn(struct top *top)
{
	__u64 now = clock_ns();
	int err = 0;

	if (top->observed) {
		top->lost = recorder_lost(&top->recorder);
		top->missed = recorder_missed(&top->recorder);
		top->deaf = dev_deaf();
	} else {
		err = process_faults_scan(&top->processes);
	}
	if (err)
		return err;
	top->elapsed = now - top->begun;
	top->begun = now;
	process_faults_turn(&top->processes);
	vma_faults_turn(&top->faults);
	err = read_vmas(top);
	if (!err)
		top_sort(top);
	return err;
}

/*
 * The event vma_unlink is enabled only while the VMAs of a process are watched.
 */
int top_look(struct top *top, int pid)
{
	int err = 0;

	if (!top->pid != !pid && top->observed)
		err = instance_want(&top->recorder.instance,
				    MMAPDEMO_EVENT_VMA_UNLINK, pid);
	if (err)
		return err;
	vma_faults_free(&top->faults);
	top->pid = pid;
	*top->comm = 0;
	if (pid)
		proc_process(pid, top->comm);
	err = read_vmas(top);
	if (!err)
		top_sort(top);
	return err;
}

const struct process *top_process(const struct top *top)
{
	return process_faults_of(&top->processes, top->pid);
}

const struct fault_load *top_load(const struct top *top)
{
	static const struct fault_load none;
	const struct process *process = top_process(top);

	if (!top->pid)
		return &top->processes.all.last;
	return process ? &process->loads.last : &none;
}

/* ---- order ---- */

static const struct top *sorting;

static int in_order(const void *a, const void *b)
{
	size_t i = *(const size_t *)a, j = *(const size_t *)b;

	return fault_loads_compare(&sorting->loads[i], &sorting->loads[j],
				   sorting->order) ?: (i > j) - (i < j);
}

void top_sort(struct top *top)
{
	sorting = top;
	process_faults_sort(&top->processes, top->order);
	if (top->sorted)
		qsort(top->sorted, top->vmas.count + 1, sizeof(*top->sorted),
		      in_order);
}
