// SPDX-License-Identifier: GPL-2.0-only
#include "base/tree.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

void *tree_find(void *const *tree, const void *key, tree_compare *compare)
{
	void **found = tfind(key, tree, compare);

	return found ? *found : NULL;
}

void *tree_add(void **tree, const void *key, size_t size, tree_compare *compare)
{
	void *entry = malloc(size);

	if (!entry)
		return NULL;
	memcpy(entry, key, size);
	if (tsearch(entry, tree, compare))
		return entry;
	free(entry);
	return NULL;
}

void *tree_get(void **tree, const void *key, size_t size, tree_compare *compare)
{
	return tree_find(tree, key, compare) ?: tree_add(tree, key, size, compare);
}
