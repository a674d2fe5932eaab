/* SPDX-License-Identifier: GPL-2.0-only */
/* Hash tables of objects by id. The objects are tasks or address spaces. */
#ifndef _IDS_H
#define _IDS_H

#include <linux/types.h>
#include <stddef.h>

/**
 * struct id_slot - a slot of a hash table
 * @id: key of the entry
 * @value: value of the entry; NULL: the slot is free
 */
struct id_slot {
	__u32 id;
	void *value;
};

/**
 * struct ids - a hash table; a zeroed table is empty
 * @slots: the slots
 * @size: number of slots, a power of two or 0
 * @count: number of slots that are not free
 */
struct ids {
	struct id_slot *slots;
	size_t size;
	size_t count;
};

/* Return the value of @id, or NULL if @id has no value. */
void *ids_find(const struct ids *ids, __u32 id);

/* Set or replace the value of @id. @value must not be NULL. Return 0 or -ENOMEM. */
int ids_set(struct ids *ids, __u32 id, void *value);
void ids_drop(struct ids *ids, __u32 id);
void ids_free(struct ids *ids);

#endif /* _IDS_H */
