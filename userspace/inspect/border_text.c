// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/border_text.h"
#include "base/format.h"
#include "base/json.h"
#include "event/json.h"
#include "event/vm_flags.h"
#include "story/parts.h"

#include <json.h>

typedef unsigned long long ull;

#define INDENT "              "

__u32 border_verdict(const struct border *border)
{
	__u32 recorded = border->recorded ? border_reason(border) :
					    MMAPDEMO_REASON_UNKNOWN;

	/* A recording can be newer than this program, or damaged. */
	if (recorded == MMAPDEMO_REASON_UNKNOWN ||
	    recorded == MMAPDEMO_REASON_INSIDE ||
	    recorded >= MMAPDEMO_REASON_COUNT)
		return apart_first(&border->apart);
	return recorded;
}

/* ---- in words ---- */

/* What is asked of that which /proc does not show. */
static const char *const questions[MMAPDEMO_REASON_COUNT] = {
	[MMAPDEMO_REASON_POLICY] = "the NUMA policies",
	[MMAPDEMO_REASON_FILE] = "whether the file was opened once or twice",
	[MMAPDEMO_REASON_CLOSE] = "whether a driver wants to hear of the end",
	[MMAPDEMO_REASON_UFFD] = "whether it is one userfaultfd",
	[MMAPDEMO_REASON_ANON_VMA] = "who owns the pages written to (anon_vma)",
	[MMAPDEMO_REASON_PGOFF] = "where anonymous memory was touched first",
};

static void add_reason(struct line *line, const struct apart *apart,
		       __u32 reason)
{
	line_add(line, PLAIN, "%s", tell_reason(reason));
	if (reason == MMAPDEMO_REASON_FLAGS ||
	    reason == MMAPDEMO_REASON_PGOFF)
		line_add(line, PLAIN, ":");
	if (reason == MMAPDEMO_REASON_FLAGS)
		tell_flags(line, vma_flags, apart->flags);
	else if (reason == MMAPDEMO_REASON_PGOFF)
		line_add(line, YELLOW, " %#llx, not %#llx", (ull)apart->offset,
			 (ull)apart->goes_on);
}

static void add_vma(struct line *line, const struct vma *vma)
{
	char name[VMA_NAME_MAX], flags[FORMAT_MAX];

	line_add(line, PLAIN, "%s", vma_title(vma, name));
	line_add(line, DIM, " %s", format_vm_flags(flags, vma->flags));
}

static void add_pair(struct line *line, const struct border *border)
{
	line_add(line, BOLD, "%012llx  ", (ull)border->above->start);
	add_vma(line, border->below);
	line_add(line, DIM, " | ");
	add_vma(line, border->above);
}

static int show_reasons(FILE *out, const struct style *style,
			const struct apart *apart)
{
	struct line line;
	int err = 0;

	for (int i = 0; !err && i < apart->count; i++) {
		line_begin(&line, style);
		line_add(&line, PLAIN, INDENT);
		add_reason(&line, apart, apart->reasons[i]);
		err = line_end(&line, out);
	}
	if (err || apart->count)
		return err;
	line_begin(&line, style);
	line_add(&line, YELLOW, INDENT "nothing that /proc shows keeps them "
		 "apart");
	return line_end(&line, out);
}

static int show_unseen(FILE *out, const struct style *style,
		       const struct apart *apart)
{
	const char *before = INDENT "not shown: ";
	struct line line;
	int err = 0;

	if (!apart->unseen)
		return 0;
	line_begin(&line, style);
	for (int i = 0; !err && i < MMAPDEMO_REASON_COUNT; i++) {
		if (!(apart->unseen & 1U << i))
			continue;
		if (line.columns + 3 + text_columns(questions[i]) >
		    style->width) {
			line_add(&line, DIM, ";");
			err = line_end(&line, out);
			line_begin(&line, style);
			before = INDENT "           ";
		}
		line_add(&line, DIM, "%s%s", before, questions[i]);
		before = "; ";
	}
	return err ? err : line_end(&line, out);
}

/* The system call, or what else it was: "mprotect", "exec". */
static const char *caller(const struct merge_event *merge)
{
	return merge->trigger == MMAPDEMO_TRIGGER_SYSCALL ?
	       name_of(names_syscall, merge->nr) :
	       name_of(names_trigger, merge->trigger);
}

static void add_recorded(struct line *line, const struct border *border)
{
	const struct merge_event *merge = &border->tried.merge;
	__u32 reason = border_reason(border);

	line_add(line, PLAIN, INDENT "recorded: ");
	line_add(line, CYAN, "%s", caller(merge));
	line_add(line, PLAIN, " of " RANGE " by task %u: ",
		 (ull)merge->start, (ull)merge->end, border->tried.tid);
	if (reason == MMAPDEMO_REASON_INSIDE)
		line_add(line, PLAIN, "cut one VMA here, a part changed");
	else
		line_add(line, PLAIN, "%s", tell_reason(reason));
	if (!border_flags(border) || (reason != MMAPDEMO_REASON_FLAGS &&
				      reason != MMAPDEMO_REASON_INSIDE))
		return;
	line_add(line, PLAIN, ":");
	tell_flags(line, vma_flags, border_flags(border));
}

int border_show(FILE *out, const struct style *style,
		const struct border *border)
{
	struct line line;
	int err;

	line_begin(&line, style);
	add_pair(&line, border);
	err = line_end(&line, out);
	if (!err)
		err = show_reasons(out, style, &border->apart);
	if (!err && border->recorded) {
		line_begin(&line, style);
		add_recorded(&line, border);
		err = line_end(&line, out);
	} else if (!err) {
		err = show_unseen(out, style, &border->apart);
	}
	return err;
}

void border_add_brief(struct line *line, const struct apart *apart)
{
	__u32 first = apart_first(apart);

	if (first == MMAPDEMO_REASON_UNKNOWN)
		line_add(line, YELLOW, "not seen");
	else
		line_add(line, PLAIN, "%s", name_of(names_reason, first));
	if (first != MMAPDEMO_REASON_FLAGS)
		return;
	line_add(line, PLAIN, ":");
	tell_flags(line, vma_flags, apart->flags);
}

int border_show_brief(FILE *out, const struct style *style,
		      const struct border *border)
{
	__u32 verdict = border_verdict(border);
	struct line line;

	line_begin(&line, style);
	line_add(&line, PLAIN, "  ");
	add_pair(&line, border);
	if (verdict == MMAPDEMO_REASON_FLAGS) {
		line_add(&line, PLAIN, " ");
		tell_flags(&line, vma_flags,
			   border->apart.flags ?: border_flags(border));
	} else if (apart_first(&border->apart) == MMAPDEMO_REASON_PGOFF) {
		line_add(&line, YELLOW, "  %#llx, not %#llx",
			 (ull)border->apart.offset,
			 (ull)border->apart.goes_on);
	}
	return line_end(&line, out);
}

/* ---- as JSON ---- */

static struct json_object *reason_list(const __u32 *reasons, int count)
{
	struct json_object *list = json_object_new_array();

	for (int i = 0; i < count; i++)
		list = json_append(list, json_object_new_string(
				name_of(names_reason, reasons[i])));
	return list;
}

struct json_object *border_json_apart(struct json_object *object,
				      const struct apart *apart)
{
	__u32 unseen[MMAPDEMO_REASON_COUNT];
	int count = 0;

	for (__u32 i = 0; i < MMAPDEMO_REASON_COUNT; i++) {
		if (apart->unseen & 1U << i)
			unseen[count++] = i;
	}
	object = json_add_object(object, "reasons",
				 reason_list(apart->reasons, apart->count));
	object = json_add_object(object, "unseen", reason_list(unseen, count));
	object = json_add_number(object, "flags_diff", apart->flags);
	object = json_add_bits(object, "flags_diff_names", vma_flags,
			       apart->flags);
	object = json_add_number(object, "offset", apart->offset);
	return json_add_number(object, "offset_expected", apart->goes_on);
}

static struct json_object *vma_object(const struct vma *vma)
{
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "start", vma->start);
	object = json_add_number(object, "end", vma->end);
	object = json_add_text(object, "name", vma->name);
	object = json_add_bits(object, "vm_flags_names", vma_flags,
			       vma->flags);
	return json_add_text(object, "policy", vma->policy);
}

static struct json_object *tried_object(const struct border *border)
{
	const struct merge_event *merge = &border->tried.merge;
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "reason",
			       name_of(names_reason, border_reason(border)));
	object = json_add_text(object, "call", caller(merge));
	object = json_add_number(object, "time", border->tried.time);
	object = json_add_number(object, "tid", border->tried.tid);
	object = json_add_number(object, "start", merge->start);
	object = json_add_number(object, "end", merge->end);
	return json_add_bits(object, "flags_diff_names", vma_flags,
			     border_flags(border));
}

struct json_object *border_json(const struct border *border)
{
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "address", border->above->start);
	object = json_add_text(object, "reason",
			       name_of(names_reason, border_verdict(border)));
	object = border_json_apart(object, &border->apart);
	object = json_add_object(object, "below", vma_object(border->below));
	object = json_add_object(object, "above", vma_object(border->above));
	if (border->recorded)
		object = json_add_object(object, "recorded",
					 tried_object(border));
	return object;
}
