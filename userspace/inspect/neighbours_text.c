// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/neighbours_text.h"
#include "base/format.h"
#include "base/json.h"
#include "event/json.h"
#include "event/vm_flags.h"
#include "story/parts.h"

#include <json.h>

typedef unsigned long long ull;

#define INDENT "              "

__u32 neighbours_verdict(const struct neighbours *pair)
{
	__u32 recorded = pair->recorded ? neighbours_reason(pair) :
					    MMAPDEMO_REASON_UNKNOWN;

	/*
	 * A recording that is damaged, or newer than this program, may contain
	 * a reason that this program does not know.
	 */
	if (recorded == MMAPDEMO_REASON_UNKNOWN ||
	    recorded == MMAPDEMO_REASON_INSIDE ||
	    recorded >= MMAPDEMO_REASON_COUNT)
		return mergeable_reason(&pair->mergeable);
	return recorded;
}

/* ---- text ---- */

/* The data that /proc does not show, by the reason that depends on the data. */
static const char *const questions[MMAPDEMO_REASON_COUNT] = {
	[MMAPDEMO_REASON_POLICY] = "NUMA policies",
	[MMAPDEMO_REASON_FILE] = "whether both VMAs map the same open file",
	[MMAPDEMO_REASON_CLOSE] = "whether a VMA has vm_ops->close",
	[MMAPDEMO_REASON_UFFD] = "whether both VMAs have the same userfaultfd",
	[MMAPDEMO_REASON_ANON_VMA] = "the anon_vma of each VMA",
	[MMAPDEMO_REASON_PGOFF] = "the vm_pgoff of anonymous memory",
	[MMAPDEMO_REASON_ANON_PGOFF] = "whether mremap() moved written pages",
};

static void add_reason(struct line *line, const struct mergeable *mergeable,
		       __u32 reason)
{
	line_add(line, PLAIN, "%s", reason_text(reason));
	if (reason == MMAPDEMO_REASON_FLAGS ||
	    reason == MMAPDEMO_REASON_PGOFF)
		line_add(line, PLAIN, ":");
	if (reason == MMAPDEMO_REASON_FLAGS)
		add_flag_names(line, vma_flags, mergeable->flags);
	else if (reason == MMAPDEMO_REASON_PGOFF)
		line_add(line, YELLOW, " %#llx, expected %#llx",
			 (ull)mergeable->offset, (ull)mergeable->goes_on);
}

static void add_vma(struct line *line, const struct vma *vma)
{
	char name[VMA_NAME_MAX], flags[FORMAT_MAX];

	line_add(line, PLAIN, "%s", vma_title(vma, name));
	line_add(line, DIM, " %s", format_vm_flags(flags, vma->flags));
}

static void add_pair(struct line *line, const struct neighbours *pair)
{
	line_add(line, BOLD, "%012llx  ", (ull)pair->above->start);
	add_vma(line, pair->below);
	line_add(line, DIM, " | ");
	add_vma(line, pair->above);
}

static int show_reasons(FILE *out, const struct style *style,
			const struct mergeable *mergeable)
{
	struct line line;
	int err = 0;

	for (int i = 0; !err && i < mergeable->count; i++) {
		line_begin(&line, style);
		line_add(&line, PLAIN, INDENT);
		add_reason(&line, mergeable, mergeable->reasons[i]);
		err = line_end(&line, out);
	}
	if (err || mergeable->count)
		return err;
	line_begin(&line, style);
	line_add(&line, YELLOW, INDENT "/proc shows no difference");
	return line_end(&line, out);
}

static int show_unseen(FILE *out, const struct style *style,
		       const struct mergeable *mergeable)
{
	const char *before = INDENT "/proc does not show: ";
	struct line line;
	int err = 0;

	if (!mergeable->unseen)
		return 0;
	line_begin(&line, style);
	for (int i = 0; !err && i < MMAPDEMO_REASON_COUNT; i++) {
		if (!(mergeable->unseen & 1U << i))
			continue;
		if (line.columns + 3 + text_columns(questions[i]) >
		    style->width) {
			line_add(&line, DIM, ";");
			err = line_end(&line, out);
			line_begin(&line, style);
			before = INDENT "                     ";
		}
		line_add(&line, DIM, "%s%s", before, questions[i]);
		before = "; ";
	}
	return err ? err : line_end(&line, out);
}

/*
 * Return the name of the system call, such as "mprotect", or of another
 * trigger, such as "exec".
 */
static const char *caller(const struct merge_event *merge)
{
	return merge->trigger == MMAPDEMO_TRIGGER_SYSCALL ?
	       name_of(names_syscall, merge->nr) :
	       name_of(names_trigger, merge->trigger);
}

static void add_recorded(struct line *line, const struct neighbours *pair)
{
	const struct merge_event *merge = &pair->tried.merge;
	__u32 reason = neighbours_reason(pair);

	line_add(line, PLAIN, INDENT "recorded: ");
	line_add(line, CYAN, "%s", caller(merge));
	line_add(line, PLAIN, " of " RANGE " by task %u: ",
		 (ull)merge->start, (ull)merge->end, pair->tried.tid);
	if (reason == MMAPDEMO_REASON_INSIDE)
		line_add(line, PLAIN, "the VMA was split here, because only a "
			 "part of the VMA changed");
	else
		line_add(line, PLAIN, "%s", reason_text(reason));
	if (!neighbours_flags(pair) || (reason != MMAPDEMO_REASON_FLAGS &&
					reason != MMAPDEMO_REASON_INSIDE))
		return;
	line_add(line, PLAIN, ":");
	add_flag_names(line, vma_flags, neighbours_flags(pair));
}

int neighbours_show(FILE *out, const struct style *style,
		    const struct neighbours *pair)
{
	struct line line;
	int err;

	line_begin(&line, style);
	add_pair(&line, pair);
	err = line_end(&line, out);
	if (!err)
		err = show_reasons(out, style, &pair->mergeable);
	if (!err && pair->recorded) {
		line_begin(&line, style);
		add_recorded(&line, pair);
		err = line_end(&line, out);
	} else if (!err) {
		err = show_unseen(out, style, &pair->mergeable);
	}
	return err;
}

void neighbours_add_brief(struct line *line, const struct mergeable *mergeable)
{
	__u32 first = mergeable_reason(mergeable);

	if (first == MMAPDEMO_REASON_UNKNOWN)
		line_add(line, YELLOW, "reason not in /proc");
	else
		line_add(line, PLAIN, "%s", name_of(names_reason, first));
	if (first != MMAPDEMO_REASON_FLAGS)
		return;
	line_add(line, PLAIN, ":");
	add_flag_names(line, vma_flags, mergeable->flags);
}

__u64 neighbours_differing(const struct neighbours *pair)
{
	return pair->mergeable.flags ?: neighbours_flags(pair);
}

int neighbours_show_brief(FILE *out, const struct style *style,
			  const struct neighbours *pair)
{
	__u32 verdict = neighbours_verdict(pair);
	struct line line;

	line_begin(&line, style);
	line_add(&line, PLAIN, "  ");
	add_pair(&line, pair);
	if (verdict == MMAPDEMO_REASON_FLAGS) {
		line_add(&line, PLAIN, " ");
		add_flag_names(&line, vma_flags, neighbours_differing(pair));
	} else if (mergeable_reason(&pair->mergeable) == MMAPDEMO_REASON_PGOFF) {
		line_add(&line, YELLOW, "  %#llx, expected %#llx",
			 (ull)pair->mergeable.offset,
			 (ull)pair->mergeable.goes_on);
	}
	return line_end(&line, out);
}

/* ---- JSON ---- */

static struct json_object *reason_list(const __u32 *reasons, int count)
{
	struct json_object *list = json_object_new_array();

	for (int i = 0; i < count; i++)
		list = json_append(list, json_object_new_string(
				name_of(names_reason, reasons[i])));
	return list;
}

struct json_object *mergeable_json(struct json_object *object,
				   const struct mergeable *mergeable)
{
	__u32 unseen[MMAPDEMO_REASON_COUNT];
	int count = 0;

	for (__u32 i = 0; i < MMAPDEMO_REASON_COUNT; i++) {
		if (mergeable->unseen & 1U << i)
			unseen[count++] = i;
	}
	object = json_add_object(object, "reasons",
				 reason_list(mergeable->reasons, mergeable->count));
	object = json_add_object(object, "unseen", reason_list(unseen, count));
	object = json_add_number(object, "flags_diff", mergeable->flags);
	object = json_add_bits(object, "flags_diff_names", vma_flags,
			       mergeable->flags);
	object = json_add_number(object, "offset", mergeable->offset);
	return json_add_number(object, "offset_expected", mergeable->goes_on);
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

static struct json_object *tried_object(const struct neighbours *pair)
{
	const struct merge_event *merge = &pair->tried.merge;
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "reason",
			       name_of(names_reason, neighbours_reason(pair)));
	object = json_add_text(object, "call", caller(merge));
	object = json_add_number(object, "time", pair->tried.time);
	object = json_add_number(object, "tid", pair->tried.tid);
	object = json_add_number(object, "start", merge->start);
	object = json_add_number(object, "end", merge->end);
	return json_add_bits(object, "flags_diff_names", vma_flags,
			     neighbours_flags(pair));
}

struct json_object *neighbours_json(const struct neighbours *pair)
{
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "address", pair->above->start);
	object = json_add_text(object, "reason",
			       name_of(names_reason, neighbours_verdict(pair)));
	object = mergeable_json(object, &pair->mergeable);
	object = json_add_object(object, "below", vma_object(pair->below));
	object = json_add_object(object, "above", vma_object(pair->above));
	if (pair->recorded)
		object = json_add_object(object, "recorded",
					 tried_object(pair));
	return object;
}
