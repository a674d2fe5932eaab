/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of lint: mappings that look like blocks of glibc's malloc(). It maps a block
 * of at least 128 KiB by a plain mmap() call. Each block has a header, so the size is
 * rarely a multiple of 64 KiB. Other allocators map such multiples, to divide them.
 */
#ifndef _LINT_MALLOC_H
#define _LINT_MALLOC_H

#include "event/maps.h"

bool is_malloc_call(const struct mmap_event *call);

/* Return 1 if the mapping looks like a block, -1 if not, 0 if it is not known. */
int is_malloc_mapping(const struct mapping *mapping);

#endif /* _LINT_MALLOC_H */
