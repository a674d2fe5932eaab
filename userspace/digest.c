// SPDX-License-Identifier: GPL-2.0-only
#include "digest.h"
#include "format.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef unsigned long long ull;

#define RET_MAJOR 0x4

/* ---- names ---- */

const char *digest_where(const struct space *space,
			 const struct fault_event *fault,
			 char text[ROW_NAME_MAX])
{
	const struct mapping *mapping = maps_find(&space->maps,
						  fault->address);
	const char *name = fault->ino ?
		maps_name(&space->maps, fault->dev, fault->ino) :
		mapping && !mapping->ino ? mapping->name : NULL;

	if (!fault->ino && (!name || !*name))
		name = world_label(fault->vm_flags, MMAPDEMO_CAUSE_MMAP);
	if (name && *name)
		snprintf(text, ROW_NAME_MAX, "%s", name);
	else if (fault->ino)
		snprintf(text, ROW_NAME_MAX, "inode %llu of %u:%u",
			 (ull)fault->ino, fault->dev >> 20,
			 fault->dev & 0xfffff);
	else
		strcpy(text, "anonymous");
	return text;
}

const char *digest_address(const struct space *space, __u64 address,
			   char text[ROW_NAME_MAX])
{
	maps_format(&space->maps, address, text, ROW_NAME_MAX);
	if (!*text)
		snprintf(text, ROW_NAME_MAX, "%#llx", (ull)address);
	return text;
}

/* ---- code ---- */

/* Code of a file is the same wherever it is mapped. */
struct code digest_code(const struct space *space, __u64 address)
{
	const struct mapping *mapping = maps_find(&space->maps, address);

	if (mapping && mapping->ino)
		return (struct code){
			mapping->ino, mapping->dev,
			address - mapping->start + mapping->offset
		};
	return (struct code){ 0, space->mm, address };
}

const struct symbol *digest_symbol(struct symbols *symbols, struct code code,
				   bool call)
{
	if (!symbols || !code.ino || code.offset < call)
		return NULL;
	return symbols_find(symbols, code.dev, code.ino, code.offset - call);
}

struct code digest_row_code(const struct row *row)
{
	return (struct code){
		row->key.parts[0], row->key.parts[1], row->key.parts[2]
	};
}

/* What another process touches is not in the toucher's address space. */
unsigned int digest_frames(const struct event *event,
			   const struct space *space)
{
	unsigned int frames = 0;

	if (event->fault.from == MMAPDEMO_FROM_REMOTE)
		return 0;
	while (frames < event->frames &&
	       maps_find(&space->maps, event->stack[frames]))
		frames++;
	return frames;
}

/* ---- keys ---- */

/* Anonymous memory is told apart by what it is called. */
static struct key key_file(const struct space *space,
			   const struct fault_event *fault)
{
	char text[ROW_NAME_MAX];
	struct key key = { { fault->ino, fault->dev } };

	if (!fault->ino) {
		digest_where(space, fault, text);
		memcpy(&key.parts[2], text, 2 * sizeof(key.parts[2]));
		for (size_t i = strlen(text) + 1; i < 16; i++)
			((char *)&key.parts[2])[i] = 0;
	}
	return key;
}

static struct key key_vma(const struct fault_event *fault)
{
	return (struct key){ {
		fault->mm, fault->vma_start, fault->vma_end,
		fault->ino ^ (__u64)fault->dev << 32
	} };
}

static struct key key_code(const struct space *space, __u64 address)
{
	const struct code code = digest_code(space, address);

	if (!address)
		return (struct key){ { 0 } };
	return (struct key){ { code.ino, code.dev, code.offset } };
}

/* Who called the function that touched, 0: not known. */
static __u64 caller(const struct event *event, const struct space *space)
{
	return digest_frames(event, space) > 1 ? event->stack[1] : 0;
}

static struct row *find_row(struct digest *digest, enum digest_by by,
			    const struct event *event,
			    const struct space *space)
{
	const struct fault_event *fault = &event->fault;
	struct key key = { { event->tid } };

	if (by == BY_FILE)
		key = key_file(space, fault);
	else if (by == BY_VMA)
		key = key_vma(fault);
	else if (by == BY_IP)
		key = key_code(space, fault->ip);
	else if (by == BY_CALLER)
		key = key_code(space, caller(event, space));
	return table_row(&digest->by[by], &key);
}

static void name_row(struct row *row, enum digest_by by,
		     const struct event *event, const struct space *space)
{
	const struct fault_event *fault = &event->fault;
	char text[ROW_NAME_MAX], flags[FORMAT_MAX];

	switch (by) {
	case BY_FILE:
		digest_where(space, fault, row->name);
		return;
	case BY_VMA:
		snprintf(row->name, sizeof(row->name),
			 "%llx-%llx %s %.64s (mm %#x)",
			 (ull)fault->vma_start, (ull)fault->vma_end,
			 format_vm_flags(flags, fault->vm_flags),
			 digest_where(space, fault, text), fault->mm);
		return;
	case BY_IP:
		digest_address(space, fault->ip, row->name);
		return;
	case BY_CALLER:
		if (caller(event, space))
			digest_address(space, caller(event, space), row->name);
		else
			strcpy(row->name, "no caller was seen");
		return;
	default:
		snprintf(row->name, sizeof(row->name), "%u", event->tid);
	}
}

/* ---- events ---- */

static int count_rows(struct digest *digest, const struct event *event,
		      const struct space *space)
{
	for (enum digest_by by = 0; by < BY_TABLES; by++) {
		struct row *row;

		if (by == BY_CALLER && !digest->stacks)
			continue;
		row = find_row(digest, by, event, space);
		if (!row)
			return -ENOMEM;
		if (!row->name[0])
			name_row(row, by, event, space);
		figures_add(&row->figures, event->fault.duration);
		row->majors += !!(event->fault.ret & RET_MAJOR);
	}
	return 0;
}

static void count_in(struct class_figures *figures,
		     const struct fault_event *fault)
{
	figures_add(&figures->figures, fault->duration);
	histogram_add(&figures->durations, fault->duration);
	figures->majors += !!(fault->ret & RET_MAJOR);
}

/* An entry that points to a table is filled when that is allocated. */
static void count_filled(struct digest *digest,
			 const struct fault_event *fault,
			 struct moment *moment)
{
	__u32 filled = fault->after & ~fault->before;
	__u64 bytes = 0, tables;
	bool present = fault->entry_after & MMAPDEMO_ENTRY_PRESENT;
	bool was = fault->entry_before & MMAPDEMO_ENTRY_PRESENT;

	if (!fault->after_seen) {
		digest->unseen++;
		return;
	}
	if (present && !was && !(fault->entry_after & MMAPDEMO_ENTRY_ZERO) &&
	    fault->order < 32)
		bytes = digest->page_bytes << fault->order;
	filled &= ~MMAPDEMO_LEVEL_PTE;
	tables = __builtin_popcount(filled);
	if (filled && fault->entry_after & MMAPDEMO_ENTRY_HUGE)
		tables--;
	digest->filled += bytes;
	moment->filled += bytes;
	digest->tables += tables;
	moment->tables += tables;
}

static int count_fault(struct digest *digest, const struct event *event,
		       const struct space *space)
{
	const struct fault_event *fault = &event->fault;
	struct moment *moment = history_at(&digest->history, event->time);
	__u32 class = fault->class;

	if (class >= MMAPDEMO_FAULT_CLASS_COUNT)
		class = MMAPDEMO_FAULT_UNKNOWN;
	count_in(&digest->faults, fault);
	count_in(&digest->classes[class], fault);
	digest->retried += fault->retries != 0;
	moment->faults++;
	moment->ns += fault->duration;
	count_filled(digest, fault, moment);
	return count_rows(digest, event, space);
}

static void count_mmap(struct digest *digest, const struct mmap_event *call)
{
	figures_add(&digest->mmaps, call->duration);
	if (call->ret < 0)
		digest->mmaps_failed++;
	else
		digest->mapped += call->len;
}

static void count_reason(struct digest *digest, __u64 end, __u32 reason)
{
	if (end && reason < MMAPDEMO_REASON_COUNT &&
	    reason != MMAPDEMO_REASON_INSIDE)
		digest->reasons[reason]++;
}

static void count_merge(struct digest *digest,
			const struct merge_event *merge)
{
	digest->outcomes[merge->outcome & 3]++;
	if (merge->outcome || (!merge->prev_end && !merge->next_end) ||
	    merge->cause > MMAPDEMO_CAUSE_INSERT)
		return;
	digest->refused[merge->cause]++;
	count_reason(digest, merge->prev_end, merge->reason_prev);
	count_reason(digest, merge->next_end, merge->reason_next);
}

/* Of reasons that are not known nothing is. */
static void count_flush(struct digest *digest, const struct flush_event *flush)
{
	struct flush_figures *figures;

	if (flush->reason >= FLUSH_REASONS)
		return;
	figures = &digest->flushes[flush->reason];
	figures->count++;
	if (flush->pages == FLUSH_ALL)
		figures->all++;
	else
		figures->pages += flush->pages;
}

static void count_vmas(struct digest *digest, __u64 time, __u32 mm,
		       __u32 map_count)
{
	struct moment *moment = history_at(&digest->history, time);

	if (moment->vmas < map_count)
		moment->vmas = map_count;
	if (map_count <= digest->map_count)
		return;
	digest->map_count = map_count;
	digest->crowded = mm;
}

static int count(struct digest *digest, const struct event *event,
		 const struct space *space)
{
	if (!digest->events++)
		digest->first = event_begin(event);
	if (event_begin(event) < digest->first)
		digest->first = event_begin(event);
	digest->last = event->time;
	digest->kinds[event->kind]++;
	switch (event->kind) {
	case MMAPDEMO_EVENT_PTE_FAULT:
		return count_fault(digest, event, space);
	case MMAPDEMO_EVENT_DO_MMAP:
		count_mmap(digest, &event->mmap);
		break;
	case MMAPDEMO_EVENT_VMA_MERGE:
		count_merge(digest, &event->merge);
		count_vmas(digest, event->time, event->merge.mm,
			   event->merge.map_count);
		break;
	case MMAPDEMO_EVENT_VMA_LINK:
		count_vmas(digest, event->time, event->link.mm,
			   event->link.map_count);
		break;
	case MMAPDEMO_EVENT_VMA_SPLIT:
		count_vmas(digest, event->time, event->split.mm,
			   event->split.map_count);
		break;
	case MMAPDEMO_EVENT_DUP_MM:
		count_vmas(digest, event->time, event->dup.child_mm,
			   event->dup.map_count);
		break;
	case EVENT_FLUSH:
		count_flush(digest, &event->flush);
		break;
	}
	return 0;
}

/* Does it contradict itself? The world believes what it is told. */
static bool impossible(const struct event *event)
{
	if (event->kind < EVENT_FORK && !event_mm(event))
		return true;
	if (event->kind == MMAPDEMO_EVENT_DUP_MM)
		return !event->dup.child_mm ||
		       event->dup.child_mm == event->dup.mm ||
		       event->dup.child_pid == event->tid;
	return event->kind == EVENT_FORK && event->fork.pid == event->tid;
}

int digest_event(struct digest *digest, const struct event *event,
		 bool *shown, struct space **space)
{
	/* The end of something: how it was before; the others: how it became */
	bool before = event->kind >= EVENT_FORK ||
		      event->kind == MMAPDEMO_EVENT_VMA_UNLINK ||
		      event->kind == MMAPDEMO_EVENT_EXIT_MMAP;
	struct task *task;
	int err;

	if (impossible(event))
		return -EPROTO;
	err = world_place(&digest->world, event, &task, space);
	if (err)
		return err;
	*shown = event->kind == EVENT_EXEC || !*space || !(*space)->hidden;
	if (!before)
		err = world_apply(&digest->world, event, task, *space);
	if (err)
		return err;
	/* The child may have left it, if that was its own. */
	if (event->kind == MMAPDEMO_EVENT_DUP_MM)
		*space = world_space(&digest->world, event->dup.mm);
	if (*shown)
		err = count(digest, event, *space);
	else
		digest->hidden++;
	if (!err && before) {
		err = world_apply(&digest->world, event, task, *space);
		if (event->kind != MMAPDEMO_EVENT_VMA_UNLINK)
			*space = NULL;	/* it may be gone */
	}
	return err;
}

struct flush_figures digest_flushes(const struct digest *digest)
{
	struct flush_figures sum = { 0 };

	for (int i = 0; i < FLUSH_SEND; i++) {
		sum.count += digest->flushes[i].count;
		sum.all += digest->flushes[i].all;
		sum.pages += digest->flushes[i].pages;
	}
	return sum;
}

void digest_end(struct digest *digest)
{
	for (enum digest_by by = 0; by < BY_TABLES; by++)
		table_sort(&digest->by[by]);
}

void digest_free(struct digest *digest)
{
	world_free(&digest->world);
	for (enum digest_by by = 0; by < BY_TABLES; by++)
		table_free(&digest->by[by]);
}
