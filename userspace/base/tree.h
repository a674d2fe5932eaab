/* SPDX-License-Identifier: GPL-2.0-only */
/* Search trees, based on those of <search.h>. Each entry is allocated separately. */
#ifndef _TREE_H
#define _TREE_H

#include <stddef.h>

typedef int tree_compare(const void *a, const void *b);

/* Return the entry that equals @key, or NULL. */
void *tree_find(void *const *tree, const void *key, tree_compare *compare);

/*
 * Add a copy of @key, which has @size bytes. No entry may equal @key. Return
 * the entry, or NULL if there is no memory.
 */
void *tree_add(void **tree, const void *key, size_t size, tree_compare *compare);

/*
 * Return the entry that equals @key. If there is none, add a copy of @key.
 * Return NULL if there is no memory.
 */
void *tree_get(void **tree, const void *key, size_t size, tree_compare *compare);

#endif /* _TREE_H */
