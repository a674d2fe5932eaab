// SPDX-License-Identifier: GPL-2.0-only
#include "base/printer.h"
#include "report/first_touch.h"

#include <stdlib.h>
#include <string.h>

typedef unsigned long long ull;

/** struct share - a part of the bytes, and why it got pages of 4 KiB */
struct share {
	__u64 bytes;
	char why[FIRST_TOUCH_WHY];
};

/* The shares are the reasons, one of them by side, and one of these by VMA. */
#define SHARES_MAX (HUGE_REASONS + FIRST_TOUCH_SIDES + 2)

static const char *const texts[HUGE_REASONS] = {
	[HUGE_RANGE] = "because the aligned 2 MiB are not inside the VMA",
	[HUGE_TABLE] = "because a page table was there before",
	[HUGE_ZERO] = "because the memory was read first (huge zero page)",
	[HUGE_NOHUGEPAGE] = "because of MADV_NOHUGEPAGE",
	[HUGE_KERNEL] = "because the kernel has no transparent huge pages",
	[HUGE_PRCTL] = "because of prctl(PR_SET_THP_DISABLE)",
	[HUGE_ADVISED] = "because of prctl(PR_SET_THP_DISABLE), which allows them only "
			 "with MADV_HUGEPAGE",
	[HUGE_STACK] = "because exec maps the arguments of a program first",
	[HUGE_CGROUP] = "because the memory limit of the cgroup left no room",
	[HUGE_SPECIAL] = "because the VMA has a special flag, such as VM_IO",
	[HUGE_MEMORY] = "because no huge page was free",
	[HUGE_UFFD] = "because userfaultfd handles missing pages",
};

static const char *setting_name(const struct first_touch *touch)
{
	return touch->release.rules->sized &&
	       touch->settings.size != HUGE_SET_INHERIT ?
	       "hugepages-2048kB/enabled" : "enabled";
}

static enum huge_setting setting_of(const struct first_touch *touch)
{
	return touch->release.rules->sized &&
	       touch->settings.size != HUGE_SET_INHERIT ?
	       touch->settings.size : touch->settings.enabled;
}

void first_touch_why(const struct first_touch *touch, enum huge_reason reason,
		     char why[FIRST_TOUCH_WHY])
{
	if (reason == HUGE_SETTING)
		snprintf(why, FIRST_TOUCH_WHY, "because of transparent_hugepage/%s (%s)",
			 setting_name(touch),
			 huge_setting_word(setting_of(touch)));
	else if (reason == HUGE_UNKNOWN)
		snprintf(why, FIRST_TOUCH_WHY, "%s", touch->known ?
			 "although a huge page was possible: no memory was free, "
			 "the cgroup had no room, or prctl() disabled huge pages" :
			 "for an unknown reason, because the settings were not "
			 "recorded");
	else
		snprintf(why, FIRST_TOUCH_WHY, "%s", texts[reason] ?: huge_word(reason));
}

/* ---- VMAs that begin or end inside the 2 MiB ---- */

static void explain_vma(const struct row *vma, char why[FIRST_TOUCH_WHY])
{
	char name[2 * ROW_NAME_MAX], size[FORMAT_MAX];
	const __u64 start = first_touch_start(vma);

	format_name(name, ROW_NAME_MAX, strcmp(vma->name, "anonymous") ?
		    vma->name : "anonymous memory");
	if (first_touch_side(vma) == FIRST_TOUCH_BEGIN)
		snprintf(why, FIRST_TOUCH_WHY, "because %.128s at %llx begins %s after a "
			 "multiple of 2 MiB", name, (ull)start,
			 format_size(size, start % HUGE_BYTES));
	else
		snprintf(why, FIRST_TOUCH_WHY, "because %.128s at %llx ended inside the "
			 "2 MiB at the first touch", name, (ull)start);
}

/* The largest VMA is a share of its own. */
static int add_sides(const struct first_touch *touch, struct share *shares)
{
	static const char *const whys[] = {
		[FIRST_TOUCH_BEGIN] = "begin inside the 2 MiB",
		[FIRST_TOUCH_END] = "ended inside the 2 MiB at the first touch",
		[FIRST_TOUCH_SHORT] = "were smaller than 2 MiB at the first touch",
	};
	const struct row *vma = touch->vmas.count ? touch->vmas.rows : NULL;
	int count = 0;

	if (vma) {
		shares[count].bytes = vma->stats.ns;
		explain_vma(vma, shares[count++].why);
	}
	for (int side = 0; side < FIRST_TOUCH_SIDES; side++) {
		const bool other = vma && (int)first_touch_side(vma) == side;
		const __u64 bytes = touch->sides[side] -
				    (other ? vma->stats.ns : 0);

		if (!bytes)
			continue;
		shares[count].bytes = bytes;
		snprintf(shares[count++].why, FIRST_TOUCH_WHY, "because %sVMAs %s",
			 other ? "other " : "", whys[side]);
	}
	return count;
}

/* ---- the line ---- */

static int most_first(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	return x->bytes != y->bytes ? (x->bytes < y->bytes ? 1 : -1) :
				      strcmp(x->why, y->why);
}

static int add_shares(const struct first_touch *touch,
		      struct share shares[SHARES_MAX])
{
	int count = 0;

	for (int reason = 0; reason < HUGE_REASONS; reason++) {
		if (!touch->small[reason])
			continue;
		if (reason == HUGE_RANGE) {
			count += add_sides(touch, shares + count);
			continue;
		}
		shares[count].bytes = touch->small[reason];
		first_touch_why(touch, reason, shares[count++].why);
	}
	qsort(shares, count, sizeof(*shares), most_first);
	return count;
}

void first_touch_text(struct printer *printer, const struct first_touch *touch)
{
	const __u64 bytes = first_touch_small(touch);
	struct share shares[SHARES_MAX];
	const int count = add_shares(touch, shares);
	char size[FORMAT_MAX];
	struct line line;

	if (bytes < HUGE_BYTES)
		return;
	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%s", format_size(size, bytes));
	line_add(&line, PLAIN, " of first touches of anonymous memory got pages "
		 "of 4 KiB%s", touch->smaller ? " or smaller huge pages" : "");
	if (touch->huge)
		line_add(&line, PLAIN, ", %s got huge pages",
			 format_size(size, touch->huge));
	for (int i = 0; i < count; i++)
		line_add(&line, PLAIN, "%s %s %s", i ? ";" : ":",
			 format_size(size, shares[i].bytes), shares[i].why);
	printer_line(printer, &line);
}
