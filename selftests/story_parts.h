/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of the program that make a story of events. */
#ifndef _STORY_PARTS_H
#define _STORY_PARTS_H

#include "../userspace/names.c"
#include "../userspace/event.c"
#include "../userspace/format.c"
#include "../userspace/line.c"
#include "../userspace/figures.c"
#include "../userspace/ids.c"
#include "../userspace/maps.c"
#include "../userspace/space_maps.c"
#include "../userspace/stock_call.c"
#include "../userspace/sum.c"
#include "../userspace/unhandled.c"
#include "../userspace/world.c"
#include "../userspace/tell.c"
#include "../userspace/tell_merge.c"
#include "../userspace/tell_call.c"
#include "../userspace/tell_task.c"
#include "../userspace/tell_flush.c"
#include "../userspace/tell_fault.c"
#include "../userspace/tell_stock.c"
#include "../userspace/tell_signal.c"
#include "../userspace/reorder.c"
#include "../userspace/story.c"

#endif /* _STORY_PARTS_H */
