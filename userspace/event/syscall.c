// SPDX-License-Identifier: GPL-2.0-only
#include "event/syscall.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The file as perf told it meanwhile, or else its descriptor. */
static void set_file(struct mmap_event *call, const struct task *task, int fd)
{
	for (int i = 0; i < task->count; i++) {
		const struct vma_event *vma = &task->parts[i].vma;

		if (task->parts[i].kind != EVENT_VMA || !vma->ino)
			continue;
		call->ino = vma->ino;
		call->dev = vma->dev;
		strcpy(call->name, vma->name);
		return;
	}
	call->ino = ~0ULL;
	snprintf(call->name, sizeof(call->name), "fd %d", fd);
}

static void set_mmap(struct event *event, const struct task *task,
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
	set_file(&event->mmap, task, call->args[4]);
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

/* Where the heap ended before is known from the call before. */
static void set_brk(struct event *event, struct space *space,
		    const struct call_event *call)
{
	event->kind = MMAPDEMO_EVENT_BRK;
	event->brk = (struct brk_event){
		.brk = call->args[0],
		.old = space->brk ?: (__u64)call->ret,
		.ret = call->ret,
		.duration = call->duration,
	};
	space->brk = call->ret;
}

bool stock_leave(struct event *event, struct task *task, struct space *space)
{
	const int which = event->kind - EVENT_LEAVE;
	struct call_event call = task->call.call;

	if (!task->calls || task->call.kind - EVENT_ENTER != which)
		return false;
	task->calls = false;
	call.ret = event->call.ret;
	call.duration = event->time - task->call.time;
	if (which == EVENT_CALL_MMAP)
		set_mmap(event, task, &call);
	else if (which == EVENT_CALL_MREMAP)
		set_mremap(event, &call);
	else if (which == EVENT_CALL_BRK)
		set_brk(event, space, &call);
	else
		event->call = call;
	return true;
}
