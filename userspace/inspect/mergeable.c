// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/mergeable.h"
#include "event/vm_flags.h"
#include "system/release.h"

#include <string.h>

#define PAGE 4096

#define FLAGS_UFFD (VM_UFFD_MISSING | VM_UFFD_WP | VMA_UFFD_MINOR | VMA_UFFD_RWP)

/* ---- rules ---- */

struct mergeable_rules mergeable_rules(const char *release)
{
	static const struct release known[] = {
		{ 7, 3 }, { 7, 2 }, { 6, 12 }, { 6, 1 }, { 5, 10 },
	};
	static const struct mergeable_rules rules[] = {
		{ .rules = &mmapdemo_verdict_7_3, .of = "7.3" },
		{ .rules = &mmapdemo_verdict_7_2, .of = "7.2" },
		{ .rules = &mmapdemo_verdict_6_12, .of = "6.12" },
		{ .rules = &mmapdemo_verdict_6_1, .of = "6.1" },
		{ .rules = &mmapdemo_verdict_5_10, .of = "5.10" },
	};
	const size_t count = sizeof(known) / sizeof(*known);
	bool exact;
	struct mergeable_rules found = rules[release_find(release, known, count,
							  &exact)];

	_Static_assert(sizeof(rules) / sizeof(*rules) == sizeof(known) / sizeof(*known),
		       "each kernel has rules");
	found.exact = exact;
	return found;
}

/* ---- comparison ---- */

/*
 * Return the name that the process has given to the VMA, such as "[anon:NAME]",
 * or "" if the VMA has no such name.
 */
static const char *given_name(const struct vma *vma)
{
	return strncmp(vma->name, "[anon", 5) ? "" : vma->name;
}

static bool same_file(const struct vma *a, const struct vma *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

/*
 * Prepare the input of the merge rules. The flags, the offsets and the size in @c
 * are those of the VMAs. Each other member of @c is equal for the two VMAs if
 * /proc shows no difference.
 */
static void snapshot(struct verdict_case *c, const struct vma *below,
		     const struct vma *above)
{
	struct verdict_vma *prev = &c->side[VERDICT_PREV];
	struct verdict_vma *want = &c->want;

	*c = (struct verdict_case) {
		.cause = MMAPDEMO_CAUSE_CHANGE,
		.pages = (above->end - above->start) / PAGE,
		.barred[VERDICT_NEXT] = MMAPDEMO_REASON_NOT_TRIED,
	};
	want->flags = above->flags;
	prev->flags = below->flags;
	want->file = vma_has_file(above);
	prev->file = vma_has_file(below) ? 1 + !same_file(below, above) : 0;
	want->name = *given_name(above) != 0;
	prev->name = *given_name(below) ?
		     1 + (strcmp(given_name(below), given_name(above)) != 0) :
		     0;
	prev->policy = strcmp(below->policy, above->policy) != 0;
	if (want->file == prev->file && want->file) {
		want->pgoff = above->offset / PAGE;
		prev->pgoff = (below->offset + below->end - below->start) /
			      PAGE;
	}
}

static __u32 bit(enum mmapdemo_reason reason)
{
	return 1U << reason;
}

static __u32 unseen(const struct vma *below, const struct vma *above,
		    bool policies, const struct verdict_rules *rules)
{
	bool shared = (below->flags | above->flags) & VM_MAYSHARE;
	bool one_file = vma_has_file(below) && same_file(below, above);
	__u32 bits = 0;

	if (!policies)
		bits |= bit(MMAPDEMO_REASON_POLICY);
	if (one_file)
		bits |= bit(MMAPDEMO_REASON_FILE);
	if (vma_has_file(below) || vma_has_file(above))
		bits |= bit(MMAPDEMO_REASON_CLOSE);
	if (below->flags & above->flags & FLAGS_UFFD)
		bits |= bit(MMAPDEMO_REASON_UFFD);
	if (!shared)
		bits |= bit(MMAPDEMO_REASON_ANON_VMA);
	if (!vma_has_file(below) && !vma_has_file(above))
		bits |= bit(MMAPDEMO_REASON_PGOFF);
	if (rules == &mmapdemo_verdict_7_3 && !shared && one_file)
		bits |= bit(MMAPDEMO_REASON_ANON_PGOFF);
	return bits;
}

/* ---- verdicts ---- */

/* Make the two VMAs in @c equal in the property that @reason names. */
static void make_equal(struct verdict_case *c, __u32 reason)
{
	struct verdict_vma *prev = &c->side[VERDICT_PREV];

	switch (reason) {
	case MMAPDEMO_REASON_SPECIAL:
		prev->flags = c->want.flags = 0;
		break;
	case MMAPDEMO_REASON_POLICY:
		prev->policy = c->want.policy;
		break;
	case MMAPDEMO_REASON_FLAGS:
		prev->flags = c->want.flags;
		break;
	case MMAPDEMO_REASON_FILE:
		prev->file = c->want.file;
		break;
	case MMAPDEMO_REASON_ANON_NAME:
		prev->name = c->want.name;
		break;
	default:
		prev->pgoff = c->want.pgoff;
	}
}

static void add(struct mergeable *mergeable, __u32 reason)
{
	mergeable->reasons[mergeable->count++] = reason;
	mergeable->unseen &= ~bit(reason);
}

/*
 * List all differences. The rules return one difference at a time, so remove
 * each difference from @c, and apply the rules again.
 */
void mergeable_check(struct mergeable *mergeable,
		     const struct verdict_rules *rules,
		     const struct vma *below, const struct vma *above,
		     bool policies)
{
	__u32 reason[VERDICT_SIDES];
	struct verdict_case c;

	snapshot(&c, below, above);
	*mergeable = (struct mergeable) {
		.unseen = unseen(below, above, policies, rules),
		.flags = mmapdemo_verdict_flags(rules, &c, VERDICT_PREV),
		.offset = c.want.pgoff * PAGE,
		.goes_on = c.side[VERDICT_PREV].pgoff * PAGE,
	};
	for (;;) {
		mmapdemo_verdict(rules, &c, reason);
		if (reason[VERDICT_PREV] == MMAPDEMO_REASON_MERGED ||
		    mergeable->count == MMAPDEMO_REASON_COUNT)
			break;
		add(mergeable, reason[VERDICT_PREV]);
		if (reason[VERDICT_PREV] == MMAPDEMO_REASON_SPECIAL &&
		    mergeable->flags)
			add(mergeable, MMAPDEMO_REASON_FLAGS);
		make_equal(&c, reason[VERDICT_PREV]);
	}
}
