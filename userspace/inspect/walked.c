// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/walked.h"

int walked_index(__u32 level)
{
	int index = 0;

	while (index < WALKED_LEVELS - 1 && level >> (index + 1))
		index++;
	return index;
}

void walked_add(struct walked *walked, const struct mmapdemo_run *run)
{
	struct walked_level *level = &walked->levels[walked_index(run->level)];

	walked->found[walked_index(run->level)] = *run;
	if (!walked_leaf(run)) {
		level->tables += run->count;
		return;
	}
	level->leaves += run->count;
	if (run->entry & MMAPDEMO_ENTRY_PRESENT)
		walked->bytes += walk_end(&walked->walk, run) - run->address;
	else
		level->empty_of_page += run->count;
}

const struct mmapdemo_run *walked_leaf_of(const struct walked *walked)
{
	for (int i = 0; i < WALKED_LEVELS; i++) {
		const struct mmapdemo_run *run = &walked->found[i];

		if (run->count && walked_leaf(run))
			return run;
	}
	return NULL;
}

__u64 walked_physical(const struct walked *walked)
{
	const struct mmapdemo_run *leaf = walked_leaf_of(walked);
	__u64 bytes;

	if (!leaf || !leaf->frame || !(leaf->entry & MMAPDEMO_ENTRY_PRESENT))
		return 0;
	bytes = 1ULL << walk_shift(&walked->walk, leaf->level);
	return leaf->frame * WALK_PAGE + (walked->address & (bytes - 1));
}

__u64 walked_tables(const struct walked *walked)
{
	__u64 count = 1;	/* the PGD itself */

	for (int i = 0; i < WALKED_LEVELS; i++)
		count += walked->levels[i].tables;
	return count;
}
