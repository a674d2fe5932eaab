// SPDX-License-Identifier: GPL-2.0-only
/*
 * Export as folded stacks for flame graphs. Each line is a stack:
 * "thread;mapping of the instruction;mapping touched;class ns". If call stacks
 * were recorded, the functions of the call stack replace the mapping of the
 * instruction. The format folded-waits counts only the time in which the faults waited,
 * or reclaimed or compacted memory: "thread;...;class;part ns".
 */
#include "base/format.h"
#include "base/tree.h"
#include "report/export/export.h"
#include "report/where.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long ull;

#define FRAMES_MAX (6 + EVENT_FRAMES_MAX)

/** struct stack - a stack; @ns: total time of the faults with this stack */
struct stack {
	__u64 ns;
	char frames[];
};

/** struct folded - state of the export: a tree of stacks */
struct folded {
	void *tree;
};

static int by_frames(const void *a, const void *b)
{
	const struct stack *x = a, *y = b;

	return strcmp(x->frames, y->frames);
}

static void add_frame(char *frames, size_t size, const char *name)
{
	size_t used = strlen(frames);

	if (used && used + 1 < size)
		frames[used++] = ';';
	format_name_without(frames + used, size - used, name, ";");
}

static const char *code_name(const struct space *space,
			     const struct fault_event *fault)
{
	const struct mapping *mapping = maps_find(&space->maps, fault->ip);

	if (!mapping)
		return "[unknown]";
	return mapping->name[0] ? mapping->name : "anonymous";
}

/*
 * Add the functions of the call stack, outermost first. Return false if there
 * are none.
 */
static bool add_functions(struct export *export, const struct event *event,
			  const struct space *space, char *frames, size_t size)
{
	const unsigned int count = summary_frames(event, space);
	const struct symbol *symbol;
	char name[ROW_NAME_MAX];

	for (unsigned int i = count; i-- > 0;) {
		symbol = code_symbol(export->symbols,
				     code_at(space, event->stack[i]),
				     /* call = */ i > 0);
		if (symbol && symbol->name[0])
			add_frame(frames, size, symbol->name);
		else
			add_frame(frames, size,
				  summary_address(space, event->stack[i],
						  name));
	}
	return count;
}

static int count(struct folded *folded, const struct stack *key)
{
	struct stack *stack = tree_find(&folded->tree, key, by_frames);
	const size_t size = sizeof(*key) + strlen(key->frames) + 1;

	if (stack)
		stack->ns += key->ns;
	else
		stack = tree_add(&folded->tree, key, size, by_frames);
	return stack ? 0 : -ENOMEM;
}

/* Set @frames to the frames of a fault. */
static void set_frames(struct export *export, const struct event *event,
		       const struct space *space, char *frames, size_t size)
{
	const struct fault_event *fault = &event->fault;
	const char *comm = comms_name(&export->comms, event->tid);
	char name[ROW_NAME_MAX];

	frames[0] = 0;
	snprintf(name, sizeof(name), "%s%s%u", comm, *comm ? "-" : "",
		 event->tid);
	add_frame(frames, size, name);
	if (!add_functions(export, event, space, frames, size))
		add_frame(frames, size, code_name(space, fault));
	add_frame(frames, size, summary_where(space, fault, name));
	add_frame(frames, size, name_of(names_class, fault->class));
}

static int add_event(struct export *export, const struct event *event,
		     const struct space *space)
{
	_Alignas(struct stack) char room[FRAMES_MAX * EXPORT_TEXT_MAX];
	struct stack *stack = (struct stack *)room;

	if (event->kind != MMAPDEMO_EVENT_PTE_FAULT)
		return 0;
	stack->ns = event->fault.duration;
	set_frames(export, event, space, stack->frames,
		   sizeof(room) - sizeof(*stack));
	return count(export->data, stack);
}

/* ---- folded-waits ---- */

static int begin_waits(struct export *export)
{
	return export->summary->waits.recorded ? 0 : -ENODATA;
}

/*
 * Count @ns for the frames in @stack, with the frame @part and, for the longest wait for
 * mmap_lock, the call of the holder. Then remove these frames again.
 */
static int count_part(struct folded *folded, struct stack *stack, size_t size,
		      const char *part, __s64 ns, const struct slow_event *holder)
{
	const size_t used = strlen(stack->frames);
	char call[NAME_CALL_MAX], text[NAME_CALL_MAX + sizeof("held by ")];
	int err;

	if (ns <= 0)
		return 0;
	stack->ns = ns;
	add_frame(stack->frames, size, part);
	if (holder && holder->holder && holder->holder_nr >= 0) {
		snprintf(text, sizeof(text), "held by %s",
			 name_call(call, holder->holder_nr));
		add_frame(stack->frames, size, text);
	}
	err = count(folded, stack);
	stack->frames[used] = 0;
	return err;
}

static int count_parts(struct folded *folded, struct stack *stack, size_t size,
		       const struct slow_event *slow)
{
	const bool before = slow->lock_before >= slow->lock;
	int err = 0;

	for (int part = PART_WORK + 1; part < FAULT_PARTS && !err; part++)
		err = count_part(folded, stack, size, fault_parts[part].words,
				 fault_part(slow, part),
				 part == PART_LOCK && !before ? slow : NULL);
	if (!err)
		err = count_part(folded, stack, size, WORDS_LOCK_BEFORE,
				 slow->lock_before, before ? slow : NULL);
	if (!err && !fault_parts_known(slow))
		err = count_part(folded, stack, size, "not known", slow->duration,
				 NULL);
	return err;
}

static int add_waits(struct export *export, const struct event *event,
		     const struct space *space)
{
	_Alignas(struct stack) char room[FRAMES_MAX * EXPORT_TEXT_MAX];
	const size_t size = sizeof(room) - sizeof(struct stack);
	struct stack *stack = (struct stack *)room;
	const struct slow_event *slow = NULL;

	if (event->kind == MMAPDEMO_EVENT_PTE_FAULT)
		slow = world_fault_time(export->world, event);
	if (!slow)
		return 0;
	set_frames(export, event, space, stack->frames, size);
	return count_parts(export->data, stack, size, slow);
}

static void put_stack(const void *node, VISIT visit, void *out)
{
	const struct stack *stack = *(struct stack *const *)node;

	if (visit == postorder || visit == leaf)
		fprintf(out, "%s %llu\n", stack->frames, (ull)stack->ns);
}

static int end(struct export *export)
{
	const struct folded *folded = export->data;

	twalk_r(folded->tree, put_stack, export->out);
	return 0;
}

static void free_stacks(struct export *export)
{
	const struct folded *folded = export->data;

	tdestroy(folded->tree, free);
}

const struct export_format export_folded = {
	.name = "folded",
	.data_size = sizeof(struct folded),
	.event = add_event,
	.end = end,
	.free = free_stacks,
};

const struct export_format export_folded_waits = {
	.name = "folded-waits",
	.data_size = sizeof(struct folded),
	.begin = begin_waits,
	.event = add_waits,
	.end = end,
	.free = free_stacks,
};
