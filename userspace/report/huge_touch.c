// SPDX-License-Identifier: GPL-2.0-only
#include "report/huge_touch.h"

/* Find the sum to which first_touch_fault() has added something. */
static struct huge_touch added(const struct first_touch *before,
			       const struct first_touch *after)
{
	if (after->huge != before->huge)
		return (struct huge_touch){ HUGE_MAPPED,
					    after->huge - before->huge };
	for (int reason = 0; reason < HUGE_REASONS; reason++) {
		if (after->small[reason] != before->small[reason])
			return (struct huge_touch){
				reason,
				after->small[reason] - before->small[reason]
			};
	}
	return (struct huge_touch){ .reason = HUGE_REASONS };
}

int huge_touch(struct first_touch *touch, const struct fault_event *fault,
	       const struct space *space, const struct slow_event *slow,
	       struct huge_touch *result)
{
	const struct first_touch before = *touch;
	int err = first_touch_fault(touch, fault, space, slow);

	*result = added(&before, touch);
	return err;
}
