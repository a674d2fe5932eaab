// SPDX-License-Identifier: GPL-2.0-only
#include "report/lint/malloc.h"
#include "event/world.h"

static bool has_header(__u64 bytes)
{
	return bytes > 128 << 10 && bytes < 32 << 20 && bytes % (64 << 10);
}

bool is_malloc_call(const struct mmap_event *call)
{
	return mmap_is_plain(call) && has_header(call->len);
}

int is_malloc_mapping(const struct mapping *mapping)
{
	if (!mapping->born)
		return 0;
	return mapping->plain && has_header(mapping->end - mapping->start) ?
	       1 : -1;
}
