// SPDX-License-Identifier: GPL-2.0-only
/*
 * Export as folded stacks for flame graphs. Each line is a stack:
 * "thread;mapping of the instruction;mapping touched;class ns". If call stacks
 * were recorded, the functions of the call stack replace the mapping of the
 * instruction.
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

/** struct stack - a stack; @ns: total duration of the faults with this stack */
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

static int add_event(struct export *export, const struct event *event,
		     const struct space *space)
{
	const struct fault_event *fault = &event->fault;
	_Alignas(struct stack) char room[(4 + EVENT_FRAMES_MAX) *
					 EXPORT_TEXT_MAX];
	const size_t size = sizeof(room) - sizeof(struct stack);
	struct stack *stack = (struct stack *)room;
	char name[ROW_NAME_MAX];
	const char *comm = comms_name(&export->comms, event->tid);

	if (event->kind != MMAPDEMO_EVENT_PTE_FAULT)
		return 0;
	stack->ns = fault->duration;
	stack->frames[0] = 0;
	snprintf(name, sizeof(name), "%s%s%u", comm, *comm ? "-" : "",
		 event->tid);
	add_frame(stack->frames, size, name);
	if (!add_functions(export, event, space, stack->frames, size))
		add_frame(stack->frames, size, code_name(space, fault));
	add_frame(stack->frames, size, summary_where(space, fault, name));
	add_frame(stack->frames, size, name_of(names_class, fault->class));
	return count(export->data, stack);
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
