/* SPDX-License-Identifier: GPL-2.0-only */
/* Search trees of search.h whose entries are allocated one by one. */
#ifndef _TREE_H
#define _TREE_H

#include <stddef.h>

typedef int tree_compare(const void *a, const void *b);

/* Return the entry that equals @key, or NULL. */
void *tree_find(void *const *tree, const void *key, tree_compare *compare);

/* Add a copy of the @size bytes of @key, which no entry equals. NULL: no memory. */
void *tree_add(void **tree, const void *key, size_t size, tree_compare *compare);

/* Return the entry that equals @key; if there is none, add it. NULL: no memory. */
void *tree_get(void **tree, const void *key, size_t size, tree_compare *compare);

#endif /* _TREE_H */
