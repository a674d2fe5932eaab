/* SPDX-License-Identifier: GPL-2.0-only */
/* Data that one hook stores for the next hook of the same task. */
#ifndef _MMAPDEMO_PENDING_H
#define _MMAPDEMO_PENDING_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/types.h>

struct probe;

/* Maximum size of the data, in bytes. */
#define MMAPDEMO_PENDING_MAX 80

/**
 * enum pending - kinds of data; a task can store one item of each kind
 * @MMAPDEMO_PENDING_FAULT: a fault between two attempts: see trace/retry.c
 * @MMAPDEMO_PENDING_UNLINK: VMAs gathered to be unmapped: see
 *	trace/kernel/unlink.h
 */
enum pending {
	MMAPDEMO_PENDING_FAULT,
	MMAPDEMO_PENDING_UNLINK
};

extern atomic_t mmapdemo_pending_slots;

/* Return true if any task has stored data, which is rare. */
static inline bool mmapdemo_pending_any(void)
{
	return unlikely(atomic_read(&mmapdemo_pending_slots));
}

void mmapdemo_pending_keep(struct probe *probe, enum pending kind,
			   const void *data, size_t size);
bool mmapdemo_pending_take(const struct probe *probe, enum pending kind,
			   void *data, size_t size);
void mmapdemo_pending_forget(enum pending kind);
unsigned int mmapdemo_pending_count(u32 kinds);
void mmapdemo_pending_watch(void);
void mmapdemo_pending_unwatch(void);

#endif /* _MMAPDEMO_PENDING_H */
