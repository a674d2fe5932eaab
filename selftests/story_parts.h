/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of the program that turn events into a story. Tests include this
 * header.
 */
#ifndef _STORY_PARTS_H
#define _STORY_PARTS_H

#include "../userspace/event/names.c"
#include "../userspace/event/event.c"
#include "../userspace/base/format.c"
#include "../userspace/base/line.c"
#include "../userspace/base/stats.c"
#include "../userspace/base/ids.c"
#include "../userspace/event/maps.c"
#include "../userspace/event/world_maps.c"
#include "../userspace/event/call.c"
#include "../userspace/story/totals.c"
#include "../userspace/event/unhandled.c"
#include "../userspace/event/vm_flags.c"
#include "../userspace/event/world.c"
#include "../userspace/story/parts.c"
#include "../userspace/story/merge.c"
#include "../userspace/story/call.c"
#include "../userspace/story/task.c"
#include "../userspace/story/flush.c"
#include "../userspace/event/fault_parts.c"
#include "../userspace/story/waits.c"
#include "../userspace/story/fault.c"
#include "../userspace/story/huge.c"
#include "../userspace/story/stock.c"
#include "../userspace/story/summary.c"
#include "../userspace/story/vma.c"
#include "../userspace/story/signal.c"
#include "../userspace/story/reorder.c"
#include "../userspace/story/story.c"

#endif /* _STORY_PARTS_H */
