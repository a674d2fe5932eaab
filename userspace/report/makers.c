// SPDX-License-Identifier: GPL-2.0-only
#include "report/makers.h"
#include "event/vm_flags.h"
#include "report/summary.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#define VM_ACCESS (VM_READ | VM_WRITE | VM_EXEC | VM_MAYSHARE)

/*
 * Flags other than access rights that a program can choose, and that must be
 * equal in two VMAs for a merge.
 */
#define VM_CHOSEN (VM_GROWSDOWN | VM_UFFD_MISSING | VM_UFFD_WP | VM_LOCKED | \
		   VM_SEQ_READ | VM_RAND_READ | VM_DONTCOPY | VM_LOCKONFAULT | \
		   VM_NORESERVE | VM_HUGETLB | VM_WIPEONFORK | VM_DONTDUMP | \
		   VM_HUGEPAGE | VM_NOHUGEPAGE | VM_MERGEABLE)

/* ---- keys ---- */

/*
 * Layout of the key of a maker. Parts 0 to 2 are a struct code, whose @dev is
 * the lower half of part 1. The upper half of part 1 contains the system call
 * number, the trigger, and the KEY_* bits. Part 3 contains the flags, or the
 * argument of the call.
 */
#define AT_NR		32
#define AT_TRIGGER	48
#define KEY_SPLIT	(1ULL << 56)
#define KEY_ARGUMENT	(1ULL << 57)
#define KEY_BEFORE	(1ULL << 58)	/* the VMA was made before the recording */
#define KEY_VIA		(1ULL << 59)	/* MAKER_VIA */
#define KEY_IN		(1ULL << 60)	/* MAKER_IN */

struct code maker_code(const struct row *maker)
{
	return (struct code){
		maker->key.parts[0], (__u32)maker->key.parts[1],
		maker->key.parts[2]
	};
}

static __s64 maker_nr(const struct row *maker)
{
	return (__u16)(maker->key.parts[1] >> AT_NR);
}

static __u32 maker_trigger(const struct row *maker)
{
	return maker->key.parts[1] >> AT_TRIGGER & 0xff;
}

static __u64 key_call(__u32 trigger, __s64 nr)
{
	return (__u64)(__u16)nr << AT_NR | (__u64)(trigger & 0xff) << AT_TRIGGER;
}

/*
 * Return the flags of a new VMA. Until exec has moved the stack of a new
 * program, the stack has two more flags, which the kernel calls
 * VM_STACK_INCOMPLETE_SETUP. Remove these flags.
 */
static __u64 link_flags(const struct link_event *link)
{
	const __u64 flags = link->vm_flags & (VM_ACCESS | VM_CHOSEN);

	return link->trigger == MMAPDEMO_TRIGGER_EXEC && flags & VM_GROWSDOWN ?
	       flags & ~(VM_SEQ_READ | VM_RAND_READ) : flags;
}

/*
 * Return the system call that split the VMA, if the third argument of this call
 * is the requested change. Return -1 for other calls.
 */
static int call_of(const struct split_event *split)
{
	if (split->trigger != MMAPDEMO_TRIGGER_SYSCALL)
		return -1;
	return split->nr == SYS_mprotect ? EVENT_CALL_MPROTECT :
	       split->nr == SYS_madvise ? EVENT_CALL_MADVISE : -1;
}

static void set_argument(struct key *key, const struct split_event *split,
			 const struct call *call)
{
	const int which = call_of(split);

	if (which < 0 || !call->entered ||
	    call->enter.kind != EVENT_ENTER + which)
		return;
	key->parts[1] |= KEY_ARGUMENT;
	key->parts[3] = call->enter.call.args[2];
}

/** struct place - an address of code; @address: 0: unknown */
struct place {
	__u64 address;
	enum maker_at at;
};

/*
 * Find the code that called the function that made the system call. The
 * wrappers of system calls have no stack frame, so a walk of the frame pointers
 * can miss the caller of a wrapper. The module knows the caller if the wrapper
 * has pushed nothing onto the stack. During exec, ignore the call stack,
 * because it is the stack of the old program.
 */
static struct place find_code(struct makers *makers, const struct event *event,
			      const struct space *space, __u32 trigger)
{
	const unsigned int frames = trigger == MMAPDEMO_TRIGGER_EXEC ? 0 :
				    summary_frames(event, space);
	const __u64 caller = event->kind == MMAPDEMO_EVENT_VMA_LINK ?
			     event->link.caller : event->split.caller;

	makers->stacks |= event->frames > 0;
	if (caller)
		return (struct place){ caller, MAKER_CALLER };
	if (trigger == MMAPDEMO_TRIGGER_SYSCALL) {
		makers->no_code += !frames;
		makers->no_caller += frames == 1;
	}
	if (frames > 1)
		return (struct place){ event->stack[1], MAKER_VIA };
	return (struct place){ frames ? event->stack[0] : 0, MAKER_IN };
}

static struct key key_of(const struct event *event, const struct scene *scene,
			 const struct place *place)
{
	const struct code code = place->address ?
				 code_at(scene->space, place->address) :
				 (struct code){ 0 };
	struct key key = { { code.ino, code.dev, code.offset } };

	if (place->address && place->at != MAKER_CALLER)
		key.parts[1] |= place->at == MAKER_VIA ? KEY_VIA : KEY_IN;
	if (event->kind == MMAPDEMO_EVENT_VMA_LINK) {
		key.parts[1] |= key_call(event->link.trigger, event->link.nr);
		key.parts[3] = link_flags(&event->link);
		return key;
	}
	key.parts[1] |= key_call(event->split.trigger, event->split.nr) |
			KEY_SPLIT;
	set_argument(&key, &event->split, &scene->task->call);
	return key;
}

/* ---- events ---- */

/* A bit that is never set in the number of an address space, or in a thread ID. */
#define SEED (1U << 31)

/* Return a number that identifies the address space even before the first event. */
static __u32 home_of(const struct space *space)
{
	return space->seed ? SEED | space->seed : space->number;
}

static int add_vma(struct makers *makers, const struct event *event,
		   const struct scene *scene, __u64 start, __u32 trigger)
{
	const struct place place = find_code(makers, event, scene->space, trigger);
	const struct key key = key_of(event, scene, &place);
	struct row *row = boundaries_add(&makers->boundaries,
					 home_of(scene->space), start, &key);

	if (!row)
		return -ENOMEM;
	if (place.address && !row->name[0])
		summary_address(scene->space, place.address, row->name);
	return 0;
}

static int split_vma(struct makers *makers, const struct event *event,
		     const struct scene *scene)
{
	const struct split_event *split = &event->split;

	makers->cut.space = home_of(scene->space);
	makers->cut.nr = split->nr;
	makers->cut.address = split->cut;
	return add_vma(makers, event, scene, split->cut, split->trigger);
}

/*
 * To remove the start of a VMA, the kernel first splits the VMA. In the end,
 * the number of VMAs is the same as before, so the rest of the VMA must keep
 * its maker.
 */
static int remove_vmas(struct makers *makers, const struct unlink_event *unlink,
		       __u32 space)
{
	const bool is_start = makers->cut.space == space &&
			      makers->cut.nr == unlink->nr &&
			      makers->cut.address == unlink->end;
	int err = is_start ? boundaries_move(&makers->boundaries, space,
					     unlink->start, unlink->end) : 0;

	makers->cut.address = 0;
	if (unlink->start < unlink->end)
		boundaries_remove(&makers->boundaries, space, unlink->start,
				  unlink->end - 1);
	return err;
}

int makers_event(struct makers *makers, const struct event *event,
		 const struct scene *scene)
{
	const struct space *space = scene->space;

	if (scene->hidden || !space || space->mm != event_mm(event))
		return 0;
	switch (event->kind) {
	case MMAPDEMO_EVENT_VMA_LINK:
		return add_vma(makers, event, scene, event->link.start,
			       event->link.trigger);
	case MMAPDEMO_EVENT_VMA_SPLIT:
		return split_vma(makers, event, scene);
	case MMAPDEMO_EVENT_VMA_MERGE:
		return boundaries_merge(&makers->boundaries, home_of(space),
					&event->merge);
	case MMAPDEMO_EVENT_VMA_UNLINK:
		return remove_vmas(makers, &event->unlink, home_of(space));
	case MMAPDEMO_EVENT_EXIT_MMAP:
		boundaries_remove(&makers->boundaries, home_of(space), 0, ~0ULL);
		return 0;
	default:
		return 0;
	}
}

/*
 * Return the initial mappings of a task. Return NULL if the mappings are
 * hidden, or belong to another task.
 */
static const struct maps *seed_of(const struct task *task)
{
	const struct space *space = task->space;

	if (!space)
		return task->inherits && !task->hide ? &task->legacy : NULL;
	return space->seed == task->tid && !space->hidden ? &space->maps : NULL;
}

/* Add mappings. Return the number of VMAs, or -ENOMEM. */
static int add_seed(struct makers *makers, __u32 tid, const struct maps *maps)
{
	const struct key key = { { 0, KEY_BEFORE } };
	const struct mapping *vma = maps_next_vma(maps, 0);
	struct row *row;
	int count = 0;

	for (; vma; vma = maps_next_vma(maps, vma->end)) {
		row = boundaries_add(&makers->boundaries, SEED | tid,
				     vma->start, &key);
		if (!row)
			return -ENOMEM;
		row->stats.count = 0;
		count++;
	}
	return count;
}

int makers_begin(struct makers *makers, const struct world *world, __u32 *most,
		 __u32 *tid)
{
	const struct task *task = world->tasks;

	for (; task; task = task->next) {
		const struct maps *maps = seed_of(task);
		int count = maps ? add_seed(makers, task->tid, maps) : 0;

		if (count < 0)
			return count;
		if (*most >= (__u32)count)
			continue;
		*most = count;
		*tid = task->tid;
	}
	return 0;
}

void makers_end(struct makers *makers)
{
	table_sort_most(&makers->boundaries.causes);
}

void makers_free(struct makers *makers)
{
	boundaries_free(&makers->boundaries);
}

/* ---- words ---- */

enum maker_at maker_at(const struct row *maker)
{
	if (maker->key.parts[1] & KEY_VIA)
		return MAKER_VIA;
	return maker->key.parts[1] & KEY_IN ? MAKER_IN : MAKER_CALLER;
}

const char *maker_at_word(const struct row *maker)
{
	static const char *const words[] = {
		[MAKER_CALLER] = "caller", [MAKER_VIA] = "via", [MAKER_IN] = "in",
	};

	return words[maker_at(maker)];
}

const char *maker_call(const struct row *maker)
{
	const __u32 trigger = maker_trigger(maker);

	if (maker_before(maker))
		return "before";
	return trigger == MMAPDEMO_TRIGGER_SYSCALL ?
	       name_of(names_syscall, maker_nr(maker)) :
	       name_of(names_trigger, trigger);
}

bool maker_before(const struct row *maker)
{
	return maker->key.parts[1] & KEY_BEFORE;
}

bool maker_splits(const struct row *maker)
{
	return maker->key.parts[1] & KEY_SPLIT;
}

static void add_chosen(char text[MAKER_CALL_MAX], __u64 flags, bool words)
{
	const struct name *name = names_vm_flags;

	for (; name->name; name++) {
		const size_t used = strlen(text);

		if (flags & VM_CHOSEN & name->value)
			snprintf(text + used, MAKER_CALL_MAX - used, " %s",
				 words ? flag_word(name) : name->name);
	}
}

/*
 * Write the flags. If @words is set, use the names for text. Otherwise, use the
 * names for JSON.
 */
static const char *put_flags(const struct row *maker, char text[MAKER_CALL_MAX],
			     bool words)
{
	const __u64 flags = maker->key.parts[3];

	text[0] = 0;
	if (maker_before(maker))
		return text;
	if (!maker_splits(maker)) {
		format_vm_flags(text, flags);
		add_chosen(text, flags, words);
	} else if (maker->key.parts[1] & KEY_ARGUMENT &&
		   maker_nr(maker) == SYS_madvise) {
		snprintf(text, MAKER_CALL_MAX, "%s",
			 name_of(names_advice, flags));
	} else if (maker->key.parts[1] & KEY_ARGUMENT) {
		format_vm_flags(text, flags);
		/*
		 * Remove the letter p or s, because it is unknown whether the
		 * VMA is shared.
		 */
		text[3] = 0;
	}
	return text;
}

const char *maker_flags(const struct row *maker, char text[MAKER_CALL_MAX])
{
	return put_flags(maker, text, /* words = */ false);
}

const char *maker_words(const struct row *maker, char text[MAKER_CALL_MAX])
{
	char flags[MAKER_CALL_MAX];

	put_flags(maker, flags, /* words = */ true);
	if (maker_before(maker))
		snprintf(text, MAKER_CALL_MAX, "made before the recording");
	else
		snprintf(text, MAKER_CALL_MAX, "%s %.120s", maker_call(maker),
			 *flags ? flags : "(split)");
	return text;
}
