/* SPDX-License-Identifier: GPL-2.0-only */
/* Plates of the atlas while they are filled: which VMAs live where. */
#ifndef _PLATE_H
#define _PLATE_H

#include "report/html/map.h"

/* That of an address space, NULL: none so far. */
struct plate *plate_of(const struct atlas *atlas, const struct space *space);

/* A new one, first seen in @event. NULL: no memory. */
struct plate *plate_new(struct atlas *atlas, const struct space *space,
			const struct event *event);

/* One of the lives that go on, by address; and that which holds @address. */
struct life *plate_life(const struct atlas *atlas, const struct plate *plate,
			size_t at);
struct life *plate_find(const struct atlas *atlas, const struct plate *plate,
			__u64 address);

/*
 * A life begins, where nothing lives now. One too many is not remembered. 0 or
 * -ENOMEM, as the next.
 */
int plate_begin(struct atlas *atlas, struct plate *plate,
		const struct life *life);

/* ... at @time, wherever: what lived there makes way. */
int plate_set(struct atlas *atlas, struct plate *plate, struct life *life,
	      __u64 time);

/* What lives in the range ends; beyond it it goes on, as VMAs of their own. */
int plate_clear(struct atlas *atlas, struct plate *plate, __u64 start,
		__u64 end, __u64 time);

/* One of them ends. */
void plate_end(struct atlas *atlas, struct plate *plate, size_t at, __u64 time);

void life_name(struct life *life, const char *name);

#endif /* _PLATE_H */
