/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makers. A maker is the code that made VMAs, together with the call by which
 * the code made the VMAs. The call mapped ranges or split VMAs. All VMAs from
 * before the recording share one special maker. makers_event() must be called
 * for the events in chronological order.
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
 * struct makers - all makers; if zeroed, there are none
 * @boundaries: where the VMAs begin. The causes are the makers. In the row of a
 *	maker, stats.count is the number of VMAs that the maker made, and
 *	stats.max is the highest number of these VMAs that existed at the same
 *	time
 * @cut: the last split; @cut.address is cleared when VMAs are removed
 * @stacks: at least one event has a call stack
 * @no_caller: number of VMAs made by system calls whose instruction is known,
 *	but whose caller is unknown
 * @no_code: number of VMAs made by system calls for which no code is known
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
 * Before the first event, add the VMAs that exist. Raise *@most to the number
 * of VMAs in the largest address space, and set *@tid to a task of this address
 * space. Return 0 or -ENOMEM.
 */
int makers_begin(struct makers *makers, const struct world *world, __u32 *most,
		 __u32 *tid);

/*
 * Handle an event. Call this function before the event removes any task or
 * mapping. Return 0 or -ENOMEM.
 */
int makers_event(struct makers *makers, const struct event *event,
		 const struct scene *scene);

/* After the last event, sort the makers by stats.max, largest first. */
void makers_end(struct makers *makers);
void makers_free(struct makers *makers);

/*
 * Return the name of a maker's system call, or of another trigger that made the
 * VMAs.
 */
const char *maker_call(const struct row *maker);

/* Return true if @maker is the maker of the VMAs from before the recording. */
bool maker_before(const struct row *maker);

/* Return true if the maker made VMAs by splitting. */
bool maker_splits(const struct row *maker);

/*
 * Write the permissions and flags of the VMAs. If the maker split VMAs, write
 * what mprotect() or madvise() requested, or "" if the request is unknown.
 * Return @text.
 */
const char *maker_flags(const struct row *maker, char text[MAKER_CALL_MAX]);

/* Write the call and its flags, such as "mprotect r--". Return @text. */
const char *maker_words(const struct row *maker, char text[MAKER_CALL_MAX]);

/* Return the code of a maker. If the code is unknown, all members are 0. */
struct code maker_code(const struct row *maker);

/**
 * enum maker_at - what is known about the code of a maker
 * @MAKER_CALLER: the code called the function that made the system call
 * @MAKER_VIA: the code is in the nearest function that has a stack frame. This
 *	function is the caller, or a caller of the caller
 * @MAKER_IN: the code itself made the system call, for example in libc
 */
enum maker_at { MAKER_CALLER, MAKER_VIA, MAKER_IN };

enum maker_at maker_at(const struct row *maker);

/* Return "caller", "via" or "in". */
const char *maker_at_word(const struct row *maker);

/*
 * Add a text such as "9999 by mprotect r--" or "9999 made before the
 * recording", and the name of the code.
 */
void maker_add(struct line *line, const struct row *maker,
	       struct symbols *symbols);

/* Return the first @rows makers as a JSON list. Return NULL if there is no memory. */
struct json_object *makers_json(const struct makers *makers,
				struct symbols *symbols, size_t rows);

#endif /* _MAKERS_H */
