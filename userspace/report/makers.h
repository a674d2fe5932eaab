/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makers: the calls and the code that made VMAs, by mapping a range or by
 * splitting a VMA. All VMAs from before the recording have one special maker.
 * The events must be added in the order of their time.
 */
#ifndef _MAKERS_H
#define _MAKERS_H

#include "base/line.h"
#include "event/world.h"
#include "record/symbols.h"
#include "report/boundaries.h"
#include "report/code.h"

#define MAKER_CALL_MAX 160

struct json_object;

/**
 * struct makers - all makers; all 0: none
 * @boundaries: where the VMAs begin. The causes are the makers. In their rows,
 *	stats.count is the number of VMAs made, stats.max the highest number of
 *	them that existed at the same time
 * @cut: where the last split was, until VMAs are removed
 * @stacks: an event has a call stack
 * @no_caller: VMAs made by system calls of which only the instruction is known
 * @no_code: VMAs made by system calls of which no code is known
 */
struct makers {
	struct boundaries boundaries;
	struct {
		__u32 space;
		__s64 nr;
		__u64 address;
	} cut;
	bool stacks;
	__u64 no_caller;
	__u64 no_code;
};

/*
 * Before the first event: add the VMAs that exist. Raise @most to the number of
 * VMAs in the largest address space, and set @tid to a task of it. Return 0 or
 * -ENOMEM.
 */
int makers_begin(struct makers *makers, const struct world *world, __u32 *most,
		 __u32 *tid);

/* Handle an event while what it ends still exists. Return 0 or -ENOMEM. */
int makers_event(struct makers *makers, const struct event *event,
		 const struct scene *scene);

/* After the last event: sort the makers by stats.max, largest first. */
void makers_end(struct makers *makers);
void makers_free(struct makers *makers);

/* Return the name of a maker's system call, or of what else made the VMAs. */
const char *maker_call(const struct row *maker);

/* Return true if this is the maker of the VMAs from before the recording. */
bool maker_before(const struct row *maker);

/* Return true if the maker made VMAs by splitting. */
bool maker_splits(const struct row *maker);

/*
 * Write the permissions and flags of the VMAs. If the maker split VMAs, write
 * what mprotect() or madvise() requested, or "" if it is not known. Return
 * @text.
 */
const char *maker_flags(const struct row *maker, char text[MAKER_CALL_MAX]);

/* Write the call and its flags, such as "mprotect r--". Return @text. */
const char *maker_words(const struct row *maker, char text[MAKER_CALL_MAX]);

/* Return the code of a maker; all 0: unknown. */
struct code maker_code(const struct row *maker);

/**
 * enum maker_at - what is known about the code of a maker
 * @MAKER_CALLER: it called the function that made the system call
 * @MAKER_VIA: it is the next function that has a frame: the caller, or a caller of it
 * @MAKER_IN: it made the system call itself, for example in libc
 */
enum maker_at { MAKER_CALLER, MAKER_VIA, MAKER_IN };

enum maker_at maker_at(const struct row *maker);

/* Return "caller", "via" or "in". */
const char *maker_at_word(const struct row *maker);

/* Add "9999 by mprotect r--" or "9999 made before the recording", and code. */
void maker_add(struct line *line, const struct row *maker,
	       struct symbols *symbols);

/* Return the first @rows makers as a list. NULL: there is no memory. */
struct json_object *makers_json(const struct makers *makers,
				struct symbols *symbols, size_t rows);

#endif /* _MAKERS_H */
