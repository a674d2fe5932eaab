/* SPDX-License-Identifier: GPL-2.0-only */
/* What is found by a number: tasks by their id, address spaces by theirs. */
#ifndef _IDS_H
#define _IDS_H

#include <linux/types.h>
#include <stddef.h>

/** struct id_slot - @value NULL: free */
struct id_slot {
	__u32 id;
	void *value;
};

/** struct ids - a hash table; all 0: empty */
struct ids {
	struct id_slot *slots;
	size_t size;
	size_t count;
};

/* NULL: there is none of that number. */
void *ids_find(const struct ids *ids, __u32 id);

/* @value, which is not NULL, replaces what was there. 0 or -ENOMEM. */
int ids_set(struct ids *ids, __u32 id, void *value);
void ids_drop(struct ids *ids, __u32 id);
void ids_free(struct ids *ids);

#endif /* _IDS_H */
