// SPDX-License-Identifier: GPL-2.0-only
#include "event/call.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- parts ---- */

int call_add(struct call *call, const struct event *event)
{
	if (!call->parts)
		call->parts = calloc(CALL_PARTS_MAX, sizeof(*call->parts));
	if (!call->parts)
		return -ENOMEM;
	call->parts[call->count++] = *event;
	return 0;
}

const struct event *call_part(const struct call *call, int kind)
{
	for (int i = 0; i < call->count; i++) {
		if (call->parts[i].kind == kind)
			return &call->parts[i];
	}
	return NULL;
}

const struct event *call_change(const struct call *call)
{
	for (int i = call->count; i--;) {
		if (call->parts[i].kind != MMAPDEMO_EVENT_MMAP_LOCK_WAIT)
			return &call->parts[i];
	}
	return NULL;
}

/*
 * An event begins a new call if it reports a search for a free address range, or
 * if its system call is not that of the last part. A wait for mmap_lock can come
 * before the search. A VMA that perf reports outside of a system call also begins
 * a new call.
 */
bool call_is_other(const struct call *call, const struct event *event)
{
	return (event->kind == MMAPDEMO_EVENT_GET_UNMAPPED_AREA &&
		call_change(call)) ||
	       (event->kind == EVENT_VMA && !call->entered) ||
	       (call->count &&
		event_nr(&call->parts[call->count - 1]) != event_nr(event));
}

bool call_is_full(const struct call *call)
{
	return call->count == CALL_PARTS_MAX;
}

/* ---- completeness ---- */

/* System call numbers of 32-bit programs. */
#define SYS_BRK_32 45
#define SYS_MREMAP_32 163

/* Return true for brk() and mremap(). The module has an event for their end. */
static bool has_end_event(__u32 trigger, __s64 nr)
{
	switch (trigger) {
	case MMAPDEMO_TRIGGER_SYSCALL:
		return nr == SYS_brk || nr == SYS_mremap;
	case MMAPDEMO_TRIGGER_SYSCALL32:
		return nr == SYS_BRK_32 || nr == SYS_MREMAP_32;
	default:
		return false;
	}
}

/*
 * A part of a VMA changes. Return true if @call has all events of this change.
 * Since Linux 6.7, the merge event comes last. Before Linux 6.7, the merge event
 * comes first. If the part was not merged, a split event then follows for each
 * boundary of the part that is not also a boundary of the VMA.
 */
static bool change_complete(const struct call *call)
{
	int missing = -1;

	for (int i = 0; i < call->count; i++) {
		const struct merge_event *merge = &call->parts[i].merge;

		if (call->parts[i].kind == MMAPDEMO_EVENT_VMA_SPLIT)
			missing--;
		if (call->parts[i].kind != MMAPDEMO_EVENT_VMA_MERGE)
			continue;
		missing = merge->outcome || merge->ret ? 0 :
			  (merge->result_start < merge->start) +
			  (merge->result_end > merge->end);
	}
	return !missing;
}

static bool merge_complete(const struct call *call,
			   const struct merge_event *merge)
{
	switch (merge->cause) {
	case MMAPDEMO_CAUSE_CHANGE:
		return change_complete(call);
	case MMAPDEMO_CAUSE_MOVE:
	case MMAPDEMO_CAUSE_EXTEND:
		return !has_end_event(merge->trigger, merge->nr);
	case MMAPDEMO_CAUSE_BRK:
		return merge->outcome &&
		       !has_end_event(merge->trigger, merge->nr);
	default:
		return false;
	}
}

bool call_is_whole(const struct call *call)
{
	const struct event *part = &call->parts[call->count - 1];

	switch (part->kind) {
	case MMAPDEMO_EVENT_VMA_LINK:
		return part->link.cause == MMAPDEMO_CAUSE_INSERT ||
		       (part->link.cause == MMAPDEMO_CAUSE_BRK &&
			!has_end_event(part->link.trigger, part->link.nr));
	case MMAPDEMO_EVENT_VMA_MERGE:
		return merge_complete(call, &part->merge);
	case MMAPDEMO_EVENT_VMA_SPLIT:
		return change_complete(call);
	case MMAPDEMO_EVENT_VMA_UNLINK:
		return !call_part(call, MMAPDEMO_EVENT_GET_UNMAPPED_AREA) &&
		       !has_end_event(part->unlink.trigger, part->unlink.nr);
	case EVENT_VMA:
		return true;
	default:
		return false;
	}
}

/* ---- the system call ---- */

/*
 * Set the mapped file to the file that perf reported. If perf reported no file,
 * set the name to "fd N".
 */
static void set_file(struct mmap_event *mmap, const struct call *call, int fd)
{
	for (int i = 0; i < call->count; i++) {
		const struct vma_event *vma = &call->parts[i].vma;

		if (call->parts[i].kind != EVENT_VMA || !vma->ino)
			continue;
		mmap->ino = vma->ino;
		mmap->dev = vma->dev;
		strcpy(mmap->name, vma->name);
		return;
	}
	mmap->ino = ~0ULL;
	snprintf(mmap->name, sizeof(mmap->name), "fd %d", fd);
}

static void set_mmap(struct event *event, const struct call *parts,
		     const struct call_event *call)
{
	event->kind = MMAPDEMO_EVENT_DO_MMAP;
	event->mmap = (struct mmap_event){
		.addr = call->args[0],
		.len = call->args[1],
		.prot = call->args[2],
		.flags = call->args[3],
		.ret = call->ret,
		.duration = call->duration,
		.nr = -1,
	};
	if (event->mmap.flags & MAP_ANONYMOUS)
		return;
	event->mmap.pgoff = call->args[5] / sysconf(_SC_PAGESIZE);
	set_file(&event->mmap, parts, call->args[4]);
}

static void set_mremap(struct event *event, const struct call_event *call)
{
	event->kind = MMAPDEMO_EVENT_MREMAP;
	event->mremap = (struct mremap_event){
		.addr = call->args[0],
		.old_len = call->args[1],
		.new_len = call->args[2],
		.flags = call->args[3],
		.new_addr = call->args[4],
		.ret = call->ret,
		.duration = call->duration,
	};
}

/* *@brk is the result of the previous brk(), which is the old end of the heap. */
static void set_brk(struct event *event, __u64 *brk,
		    const struct call_event *call)
{
	event->kind = MMAPDEMO_EVENT_BRK;
	event->brk = (struct brk_event){
		.brk = call->args[0],
		.old = *brk ?: (__u64)call->ret,
		.ret = call->ret,
		.duration = call->duration,
	};
	*brk = call->ret;
}

void call_enter(struct call *call, const struct event *event)
{
	call->enter = *event;
	call->entered = true;
}

bool call_leave(struct call *call, struct event *event, __u64 *brk)
{
	const int which = event->kind - EVENT_LEAVE;
	struct call_event whole = call->enter.call;

	if (!call->entered || call->enter.kind - EVENT_ENTER != which)
		return false;
	call->entered = false;
	whole.ret = event->call.ret;
	whole.duration = event->time - call->enter.time;
	if (which == EVENT_CALL_MMAP)
		set_mmap(event, call, &whole);
	else if (which == EVENT_CALL_MREMAP)
		set_mremap(event, &whole);
	else if (which == EVENT_CALL_BRK)
		set_brk(event, brk, &whole);
	else
		event->call = whole;
	return true;
}

__u64 call_duration(const struct call *call, const struct event *leave)
{
	const struct event *enter = &call->enter;

	return enter->kind - EVENT_ENTER == leave->kind - EVENT_LEAVE ?
	       leave->time - enter->time : 0;
}

void call_end(struct call *call)
{
	call->count = 0;
	call->flushed = 0;
	call->entered = false;
}
