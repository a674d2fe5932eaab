// SPDX-License-Identifier: GPL-2.0-only
#include "event/batch.h"

#include <errno.h>
#include <string.h>

#include <event-parse.h>

/*
 * Find an array of elements of @size bytes. Return the number of elements, or 0 if the
 * array is not inside the record.
 */
static __u32 find_array(const struct tep_record *record, __u32 where, size_t size,
			const char **array)
{
	__u32 offset = where & 0xffff, bytes = where >> 16;

	*array = (const char *)record->data + offset;
	return offset + bytes <= (__u32)record->size ? bytes / size : 0;
}

int batch_open(struct batch *batch, const struct event *event,
	       const struct tep_record *record)
{
	struct mmapdemo_batch_fault fault;

	*batch = (struct batch){
		.time = event->batch.time, .cpu = event->cpu, .tid = event->tid
	};
	batch->vmas = find_array(record, event->batch.vma,
				 sizeof(struct mmapdemo_batch_vma), &batch->vma);
	batch->left = find_array(record, event->batch.fault, sizeof(fault),
				 &batch->fault);
	for (__u32 i = 0; i < batch->left; i++) {
		memcpy(&fault, batch->fault + i * sizeof(fault), sizeof(fault));
		if (fault.vma >= batch->vmas)
			batch->left = 0;
	}
	return batch->left ? 0 : -EPROTO;
}

__u64 batch_time(const struct batch *batch)
{
	__u32 delay;

	memcpy(&delay, batch->fault + offsetof(struct mmapdemo_batch_fault, delay),
	       sizeof(delay));
	return batch->time + delay;
}

static void set_fault(struct fault_event *to, const struct mmapdemo_batch_fault *fault,
		      const struct mmapdemo_batch_vma *vma)
{
	*to = (struct fault_event){
		.address = fault->address,
		.ip = fault->ip,
		.pfn = fault->pfn,
		.duration = fault->duration,
		.vma_start = vma->start,
		.vma_end = vma->end,
		.vm_flags = vma->vm_flags,
		.pgoff = vma->pgoff,
		.ino = vma->ino,
		.dev = vma->dev,
		.mm = vma->mm,
		.entry_before = fault->entry_before,
		.entry_after = fault->entry_after,
		.ret = fault->ret,
		.retries = fault->retries,
		.access = fault->access,
		.from = fault->from,
		.class = fault->fault_class,
		.before = fault->before,
		.after = fault->after,
		.order = fault->order,
		.vma_lock = fault->vma_lock,
		.after_seen = fault->after_seen,
		.filled = fault->filled,
		.trigger = fault->trigger,
		.nr = fault->nr,
		.huge = fault->huge,
		.folio = (1 << fault->folio) >> 1,
	};
}

bool batch_next(struct batch *batch, struct event *event)
{
	struct mmapdemo_batch_fault fault;
	struct mmapdemo_batch_vma vma;

	if (!batch->left)
		return false;
	memcpy(&fault, batch->fault, sizeof(fault));
	memcpy(&vma, batch->vma + fault.vma * sizeof(vma), sizeof(vma));
	batch->fault += sizeof(fault);
	batch->left--;
	event->kind = MMAPDEMO_EVENT_PTE_FAULT;
	event->cpu = batch->cpu;
	event->tid = batch->tid;
	event->time = batch->time + fault.delay;
	event->frames = 0;
	set_fault(&event->fault, &fault, &vma);
	return true;
}
