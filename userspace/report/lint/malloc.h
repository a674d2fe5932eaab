/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of lint: mappings that look like blocks of glibc's malloc() that mallopt()
 * can put into the heap, which are blocks below 32 MiB. glibc maps
 * each large block (at first, of at least 128 KiB) by a plain mmap() call. A
 * block has a header, so the size of the mapping is rarely a multiple of 64
 * KiB. Other allocators map multiples of 64 KiB, and divide these mappings into
 * blocks.
 */
#ifndef _LINT_MALLOC_H
#define _LINT_MALLOC_H

#include "event/maps.h"

bool is_malloc_call(const struct mmap_event *call);

/*
 * Return 1 if the mapping looks like a block of malloc(), -1 if the mapping
 * does not, or 0 if the answer is unknown.
 */
int is_malloc_mapping(const struct mapping *mapping);

#endif /* _LINT_MALLOC_H */
