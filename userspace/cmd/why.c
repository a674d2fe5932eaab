// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmapdemo why: explain why adjacent mappings of a process were not merged, and
 * where the process has no huge pages
 */
#include "base/format.h"
#include "base/json.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/why_huge.h"
#include "inspect/huge_recorded.h"
#include "inspect/neighbours_text.h"
#include "inspect/why_recorded.h"
#include "story/parts.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <sys/utsname.h>

#include <json.h>

typedef unsigned long long ull;

#define BORDERS_SHORT 10	/* pairs shown for each reason without --verbose */

/**
 * struct why - options and state of the command
 * @huge: explain huge pages instead of pairs
 * @try: ask MADV_COLLAPSE
 * @addresses: number of addresses that were given
 * @from: show only pairs whose upper VMA begins above this address
 * @to: show only pairs whose upper VMA begins at this address or below
 * @rules: the merge rules of the running kernel, or of a similar kernel
 */
struct why {
	bool all;
	bool verbose;
	bool json;
	bool huge;
	bool try;
	enum when colour;
	const char *input;
	int pid;
	int addresses;
	__u64 address;
	__u64 other;
	__u64 from;
	__u64 to;
	struct mergeable_rules rules;
	struct style style;
	struct vmas vmas;
	struct neighbour_list pairs;
	struct replay replay;
};

/* ---- options ---- */

static const struct cmd_usage usage = {
	.name = "why",
	.text =
"Usage: mmapdemo why [OPTION]... PID ADDRESS [ADDRESS]\n"
"       mmapdemo why [OPTION]... --all PID\n"
"       mmapdemo why [OPTION]... --huge PID [ADDRESS]\n"
"Explain why adjacent VMAs of a process were not merged. With one ADDRESS,\n"
"compare the VMA at this address with its neighbours. With two addresses, compare\n"
"all adjacent VMAs between the addresses. With --all, compare all adjacent VMAs.\n"
"Addresses are hexadecimal, as in /proc/PID/maps. The reasons come from /proc.\n"
"A recording of the process (see mmapdemo record) adds reasons that /proc does\n"
"not show.\n"
"\n"
"With --huge, print which memory is mapped by huge pages, which memory gets huge\n"
"pages when it is touched next, and why the other memory does not. With an\n"
"ADDRESS, print the kernel's tests for the 2 MiB at this address. Without the\n"
"module, the page tables come from /proc/PID/pagemap. With a recording, print\n"
"which first touches of memory got huge pages, and why the others did not.\n",
	.examples =
"  sudo mmapdemo why 4711 7f0c5a1d2000 -i trace.dat\n"
"  sudo mmapdemo why --huge 4711\n",
	.options = {
		OPTION_FLAG('a', "all", struct why, all, "show all pairs "
			    "of adjacent VMAs, grouped by reason"),
		OPTION_FLAG(0, "huge", struct why, huge, "explain where "
			    "the process has huge pages, and where not"),
		OPTION_FLAG(0, "try", struct why, try, "with --huge and "
			    "ADDRESS, ask the kernel to make a huge page "
			    "(MADV_COLLAPSE), and print its answer"),
		OPTION_FLAG('v', "verbose", struct why, verbose, "with --all, "
			    "show every pair, not only the ten pairs at the "
			    "lowest addresses for each reason; with --huge, "
			    "show every VMA, not only the ten largest"),
		OPTION_VALUE('i', "input", "FILE", option_file, struct why,
			     input, "also read the kernel's reasons from the "
			     "recording FILE; with --huge, read only FILE"),
		OPTION_JSON(struct why, json, "write one line of JSON for "
			    "each pair of adjacent VMAs"),
		OPTION_COLOUR(struct why, colour),
		OPTION_END
	},
};

/* Return -1 if the options fit together, otherwise the exit status. */
static int check_options(int count, const struct why *why)
{
	if (why->huge && why->all)
		return cmd_misused("why", "--huge cannot be used with --all");
	if (why->huge && (count < 1 || count > 2))
		return cmd_misused("why", "a PID is required; with --huge, at "
				   "most one ADDRESS is allowed");
	if (why->try && (!why->huge || count != 2 || why->input))
		return cmd_misused("why", "--try requires --huge and an "
				   "ADDRESS, and cannot be used with --input");
	return -1;
}

static int parse_operands(int count, char **operand, struct why *why)
{
	const char *end;
	int status = check_options(count, why);

	if (status >= 0)
		return status;
	if (!why->huge &&
	    (why->all ? count != 1 : count < 2 || count > 3))
		return cmd_misused("why", "a PID is required; also give "
				   "--all, one ADDRESS or two ADDRESSes");
	status = cmd_process("why", operand[0], &why->pid);
	if (status >= 0)
		return status;
	for (int i = 1; i < count; i++) {
		if (parse_address(operand[i], &end, i == 1 ? &why->address :
							     &why->other) ||
		    *end)
			return cmd_misused("why", "%s: must be an address such as "
					   "7f0c5a1d2000", operand[i]);
	}
	if (count < 3)
		why->other = why->address;
	why->addresses = count - 1;
	return -1;
}

static int parse(int argc, char **argv, struct why *why)
{
	int status = cmd_parse(&usage, argc, argv, why);

	if (status >= 0)
		return status;
	return parse_operands(argc - optind, argv + optind, why);
}

/* ---- which pairs ---- */

static const struct vma *vma_at(const struct why *why, __u64 address)
{
	size_t at = vmas_after(&why->vmas, address);

	if (at == why->vmas.count || why->vmas.list[at].start > address)
		return NULL;
	return &why->vmas.list[at];
}

/* Choose the pairs to show. Return -1 on success, otherwise the exit status. */
static int choose(struct why *why)
{
	__u64 low = why->address < why->other ? why->address : why->other;
	__u64 high = why->address < why->other ? why->other : why->address;
	const struct vma *first = vma_at(why, low), *last = vma_at(why, high);

	why->to = ~0ULL;
	if (why->all)
		return -1;
	if (!first || !last)
		return cmd_fail("why", "%llx: nothing is mapped at this "
				"address",
				(ull)(first ? high : low));
	/*
	 * For a single address, choose two pairs: the VMA at this address with
	 * each of its neighbours.
	 */
	if (why->address == why->other) {
		why->from = first->start - 1;
		why->to = first->end;
		return -1;
	}
	if (first == last)
		return cmd_fail("why", "%llx and %llx are in the same VMA, "
				"%llx-%llx", (ull)why->address,
				(ull)why->other, (ull)first->start,
				(ull)first->end);
	why->from = first->start;
	why->to = last->start;
	return -1;
}

static bool wanted(const struct why *why, const struct neighbours *pair)
{
	return pair->above->start > why->from &&
	       pair->above->start <= why->to;
}

/* Count the VMAs from @why->from to @why->to that have a hole below them. */
static int holes(const struct why *why)
{
	int count = 0;

	for (size_t i = 1; i < why->vmas.count; i++) {
		const struct vma *vma = &why->vmas.list[i];

		if (vma->start > why->from && vma->start <= why->to)
			count += vma[-1].end != vma->start;
	}
	return count;
}

/* ---- text ---- */

static int show_holes(const struct why *why)
{
	struct line line;
	int count = holes(why);

	if (!count)
		return 0;
	line_begin(&line, &why->style);
	line_add(&line, DIM, "%s%d VMA%s a hole below", why->all ?
		 "" : "              ", count, count == 1 ? " has" : "s have");
	return line_end(&line, stdout);
}

static int show_some(const struct why *why)
{
	int err = 0;

	for (size_t i = 0; !err && i < why->pairs.count; i++) {
		if (wanted(why, &why->pairs.list[i]))
			err = neighbours_show(stdout, &why->style,
					      &why->pairs.list[i]);
	}
	return err ? err : show_holes(why);
}

/** struct flag_count - number of pairs that differ in exactly these flags */
struct flag_count {
	__u64 flags;
	int count;
};

static int by_flags(const void *a, const void *b)
{
	const struct flag_count *x = a, *y = b;

	return (x->flags > y->flags) - (x->flags < y->flags);
}

static int by_count(const void *a, const void *b)
{
	const struct flag_count *x = a, *y = b;

	return y->count - x->count ?: by_flags(a, b);
}

/*
 * In the sorted list, join elements that have equal flags. Return the number of
 * elements that are left.
 */
static int join(struct flag_count *list, int count)
{
	int joined = 0;

	for (int i = 1; i < count; i++) {
		if (list[i].flags == list[joined].flags)
			list[joined].count++;
		else
			list[++joined] = list[i];
	}
	return count ? joined + 1 : 0;
}

/*
 * Print which flags differ, and in how many pairs. Print the most frequent
 * difference first.
 */
static int show_flags(const struct why *why, int count)
{
	struct flag_count *list = calloc(count, sizeof(*list));
	struct line line;
	int err = 0, n = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < why->pairs.count && n < count; i++) {
		const struct neighbours *pair = &why->pairs.list[i];

		if (neighbours_verdict(pair) == MMAPDEMO_REASON_FLAGS)
			list[n++] = (struct flag_count){
				neighbours_differing(pair), 1
			};
	}
	qsort(list, n, sizeof(*list), by_flags);
	n = join(list, n);
	qsort(list, n, sizeof(*list), by_count);
	for (int i = 0; !err && i < n; i++) {
		line_begin(&line, &why->style);
		line_add(&line, PLAIN, "%10d ", list[i].count);
		add_flag_names(&line, vma_flags, list[i].flags);
		err = line_end(&line, stdout);
	}
	free(list);
	return err;
}

static int show_borders(const struct why *why, __u32 reason, int count)
{
	const int shown = why->verbose || count < BORDERS_SHORT ? count :
			  BORDERS_SHORT;
	struct line line;
	int err = 0, n = 0;

	for (size_t i = 0; !err && n < shown; i++) {
		if (neighbours_verdict(&why->pairs.list[i]) != reason)
			continue;
		err = neighbours_show_brief(stdout, &why->style,
					    &why->pairs.list[i]);
		n++;
	}
	if (err || shown == count)
		return err;
	line_begin(&line, &why->style);
	line_add(&line, DIM, "  ... and %d more", count - shown);
	return line_end(&line, stdout);
}

static int show_group(const struct why *why, __u32 reason, int count)
{
	struct line line;
	int err;

	line_begin(&line, &why->style);
	line_add(&line, BOLD, "%4d  %s", count, name_of(names_reason, reason));
	line_add(&line, PLAIN, "  %s", reason == MMAPDEMO_REASON_UNKNOWN ?
		 "/proc shows no difference" : reason_text(reason));
	err = line_end(&line, stdout);
	if (!err && reason == MMAPDEMO_REASON_FLAGS)
		err = show_flags(why, count);
	return err ? err : show_borders(why, reason, count);
}

/* Print all pairs by reason, largest group first. */
static int show_groups(const struct why *why)
{
	int counts[MMAPDEMO_REASON_COUNT] = { 0 }, err = 0;
	struct line line;

	for (size_t i = 0; i < why->pairs.count; i++)
		counts[neighbours_verdict(&why->pairs.list[i])]++;
	line_begin(&line, &why->style);
	line_add(&line, BOLD, "process %d: ", why->pid);
	line_add(&line, PLAIN, "%zu VMAs, %zu adjacent to the VMA below",
		 why->vmas.count, why->pairs.count);
	err = line_end(&line, stdout);
	while (!err) {
		int most = 0;

		for (int i = 1; i < MMAPDEMO_REASON_COUNT; i++)
			most = counts[i] > counts[most] ? i : most;
		if (!counts[most])
			break;
		err = show_group(why, most, counts[most]);
		counts[most] = 0;
	}
	return err ? err : show_holes(why);
}

static int show_rules(const struct why *why)
{
	struct line line;

	if (why->rules.exact)
		return 0;
	line_begin(&line, &why->style);
	line_add(&line, DIM, "the reasons follow the merge rules of Linux %s, "
		 "because the rules of the running kernel are not known",
		 why->rules.of);
	return line_end(&line, stdout);
}

/* ---- JSON ---- */

static int write_pairs(const struct why *why)
{
	struct json_object *object = json_header("mmapdemo-why", NULL,
						 why->pid);
	size_t count = 0;
	int err;

	object = json_add_text(object, "rules", why->rules.of);
	err = json_line(stdout, object);
	for (size_t i = 0; !err && i < why->pairs.count; i++) {
		if (!wanted(why, &why->pairs.list[i]))
			continue;
		count++;
		err = json_line(stdout, neighbours_json(&why->pairs.list[i]));
	}
	if (err)
		return err;
	object = json_object_new_object();
	object = json_add_text(object, "event", "summary");
	object = json_add_number(object, "vmas", why->vmas.count);
	object = json_add_number(object, "borders", count);
	object = json_add_number(object, "holes", holes(why));
	return json_line(stdout, object);
}

/* ---- input and output ---- */

static int show(const struct why *why)
{
	int err;

	if (why->json)
		err = write_pairs(why);
	else if (why->all)
		err = show_groups(why);
	else
		err = show_some(why);
	if (!err && !why->json)
		err = show_rules(why);
	return cmd_written("why", err);
}

static int trace_dat_failed(const struct why *why, int err)
{
	if (err == -ESRCH)
		return cmd_fail("why", "%s: the recording does not contain "
				"process %d",
				why->input, why->pid);
	return cmd_fail("why", "%s: %s", why->input,
			replay_why(&why->replay, err));
}

static int read_recording(struct why *why)
{
	int err = neighbour_list_recorded(&why->pairs, &why->replay, why->input,
					  why->pid);

	return err ? trace_dat_failed(why, err) : -1;
}

/* The process has ended, so show only its recorded failed merges. */
static int ask_recording(struct why *why)
{
	struct why_recorded wanted = {
		.pid = why->pid,
		.low = why->address < why->other ? why->address : why->other,
		.high = why->all ? ~0ULL : why->address < why->other ?
			why->other : why->address,
		.json = why->json,
		.style = &why->style,
		.replay = &why->replay,
	};
	int err = why_recorded(&wanted, why->input);

	return err && !wanted.output ? trace_dat_failed(why, err) :
				       cmd_written("why", err);
}

/*
 * Return true if @err means that the process has no address space. -ESTALE may
 * also mean that the process has called execve().
 */
static bool is_gone(int err)
{
	return err == -ESRCH || err == -ENODATA;
}

static int ask(struct why *why)
{
	struct utsname system;
	int err = vmas_read(&why->vmas, why->pid), status = -1;

	if (!err)
		err = vmas_whole(&why->vmas);
	if (is_gone(err) && why->input)
		return ask_recording(why);
	if (err)
		return cmd_no_memory("why", why->pid, err);
	uname(&system);
	why->rules = mergeable_rules(system.release);
	if (neighbour_list_find(&why->pairs, &why->vmas, why->rules.rules))
		return cmd_fail("why", "%s", strerror(ENOMEM));
	status = choose(why);
	if (status < 0 && why->input)
		status = read_recording(why);
	return status < 0 ? show(why) : status;
}

/* The recording answers, even if the process still exists. */
static int ask_huge_recording(struct why *why)
{
	static struct huge_recorded asked;	/* too large for the stack */
	int err;

	asked = (struct huge_recorded){
		.pid = why->pid,
		.address = why->address,
		.addressed = why->addresses,
		.json = why->json,
		.verbose = why->verbose,
		.style = &why->style,
		.replay = &why->replay,
	};
	err = huge_recorded(&asked, why->input);
	return err && !asked.output ? trace_dat_failed(why, err) :
				      cmd_written("why", err);
}

static int ask_huge(struct why *why)
{
	const struct why_huge ask = {
		.pid = why->pid,
		.address = why->address,
		.addressed = why->addresses,
		.try = why->try,
		.json = why->json,
		.verbose = why->verbose,
		.style = &why->style,
	};

	return why->input ? ask_huge_recording(why) : why_huge(&ask);
}

int cmd_why(int argc, char **argv)
{
	static struct why why;	/* too large for the stack */
	int status = parse(argc, argv, &why);

	if (status >= 0)
		return status;
	style_detect(&why.style, stdout, why.colour);
	status = why.huge ? ask_huge(&why) : ask(&why);
	replay_close(&why.replay);
	neighbour_list_free(&why.pairs);
	vmas_free(&why.vmas);
	return status;
}
