/* SPDX-License-Identifier: GPL-2.0-only */
/* Conversion of kernel objects to plain values, inside a probe. */
#ifndef _MMAPDEMO_OBSERVE_H
#define _MMAPDEMO_OBSERVE_H

#include "compat/file.h"
#include "trace/records.h"

#include <linux/fs.h>
#include <linux/hash.h>

struct mm_struct;

/* Written only once, before the first probe is attached. */
extern u64 mmapdemo_mm_seed;

void mmapdemo_observe_seed(void);
u64 mmapdemo_observe_ip(void);
unsigned long mmapdemo_observe_return_slot(void);
unsigned long mmapdemo_observe_word(unsigned long address);
bool mmapdemo_observe_call(unsigned long start, unsigned long address);
struct trigger mmapdemo_observe_trigger(void);
void mmapdemo_observe_file(struct file_record *out, const struct file *file);

/**
 * mmapdemo_observe_mm - return the id of an address space
 * @mm: the address space
 *
 * Return: a number that stays the same as long as @mm exists, and that is never
 * 0. The address of @mm can't be computed from this number.
 */
static inline u32 mmapdemo_observe_mm(const struct mm_struct *mm)
{
	return hash_64((unsigned long)mm ^ mmapdemo_mm_seed, 32) ?: 1;
}

/**
 * mmapdemo_observe_inode - get the device and inode numbers of a file
 * @out: filled in, with an empty name
 * @file: the file, on which the caller holds a reference; NULL for no file
 */
static inline void mmapdemo_observe_inode(struct file_record *out,
					  const struct file *file)
{
	const struct inode *inode;

	out->name[0] = '\0';
	if (!file) {
		out->ino = 0;
		out->dev = 0;
		return;
	}
	inode = file_user_inode(file);
	out->ino = inode->i_ino;
	out->dev = inode->i_sb->s_dev;
}

static inline struct span span_of(u64 start, u64 len)
{
	return (struct span){ .start = start, .end = start + len };
}

#endif /* _MMAPDEMO_OBSERVE_H */
