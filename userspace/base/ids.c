// SPDX-License-Identifier: GPL-2.0-only
#include "base/ids.h"

#include <errno.h>
#include <stdlib.h>

#define SLOTS_LEAST 64

static size_t ids_home(const struct ids *ids, __u32 id)
{
	return id * 0x9e3779b1U >> 7 & (ids->size - 1);
}

/*
 * Return the slot of @id, or a free slot if @id has none. At least one slot
 * must be free.
 */
static struct id_slot *ids_slot(const struct ids *ids, __u32 id)
{
	size_t at = ids_home(ids, id);

	while (ids->slots[at].value && ids->slots[at].id != id)
		at = (at + 1) & (ids->size - 1);
	return &ids->slots[at];
}

void *ids_find(const struct ids *ids, __u32 id)
{
	return ids->size ? ids_slot(ids, id)->value : NULL;
}

/* Double the size of the hash table. More than half of the slots are then free. */
static int ids_grow(struct ids *ids)
{
	const size_t size = ids->size ? ids->size * 2 : SLOTS_LEAST;
	struct ids grown = {
		.slots = calloc(size, sizeof(*grown.slots)),
		.size = size,
		.count = ids->count,
	};

	if (!grown.slots)
		return -ENOMEM;
	for (size_t i = 0; i < ids->size; i++) {
		if (ids->slots[i].value)
			*ids_slot(&grown, ids->slots[i].id) = ids->slots[i];
	}
	free(ids->slots);
	*ids = grown;
	return 0;
}

int ids_set(struct ids *ids, __u32 id, void *value)
{
	struct id_slot *found;

	if (ids->count * 2 >= ids->size && ids_grow(ids))
		return -ENOMEM;
	found = ids_slot(ids, id);
	ids->count += !found->value;
	*found = (struct id_slot){ id, value };
	return 0;
}

/*
 * Remove @id. A search stops at a free slot, so move entries that a search
 * could no longer find.
 */
void ids_drop(struct ids *ids, __u32 id)
{
	const size_t mask = ids->size - 1;
	size_t hole, at;

	if (!ids_find(ids, id))
		return;
	hole = ids_slot(ids, id) - ids->slots;
	for (at = (hole + 1) & mask; ids->slots[at].value;
	     at = (at + 1) & mask) {
		const size_t from = ids_home(ids, ids->slots[at].id);

		if (((at - from) & mask) < ((at - hole) & mask))
			continue;
		ids->slots[hole] = ids->slots[at];
		hole = at;
	}
	ids->slots[hole].value = NULL;
	ids->count--;
}

void ids_free(struct ids *ids)
{
	free(ids->slots);
	*ids = (struct ids){ 0 };
}
