// SPDX-License-Identifier: GPL-2.0-only
#include "report/hugetlb_calls.h"
#include "system/huge_rules.h"

#include <errno.h>
#include <sys/mman.h>

/* Bits of the flags that select another size of pages; see MAP_HUGE_2MB */
#define SIZE_SHIFT 26
#define SIZE_MASK 0x3f
#define SIZE_2_MIB 21

void hugetlb_calls_see(struct hugetlb_calls *calls, const struct event *event,
		       const struct event *call)
{
	const struct event *ended = call ?: event;
	const struct mmap_event *mmap = &ended->mmap;
	__u32 size;
	__u64 pages;

	if (ended->kind != MMAPDEMO_EVENT_DO_MMAP ||
	    !(mmap->flags & MAP_HUGETLB) || mmap->ret != -ENOMEM)
		return;
	size = mmap->flags >> SIZE_SHIFT & SIZE_MASK;
	if (size && size != SIZE_2_MIB)
		return;
	pages = (mmap->len + HUGE_BYTES - 1) / HUGE_BYTES;
	calls->count++;
	if (calls->pages < pages)
		calls->pages = pages;
}
