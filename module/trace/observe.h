/* SPDX-License-Identifier: GPL-2.0-only */
/* Conversion of kernel objects to plain values, inside a probe. */
#ifndef _MMAPDEMO_OBSERVE_H
#define _MMAPDEMO_OBSERVE_H

#include "trace/records.h"

struct file;
struct mm_struct;
struct vm_area_struct;

void mmapdemo_observe_seed(void);
u32 mmapdemo_observe_mm(const struct mm_struct *mm);
u64 mmapdemo_observe_ip(void);
unsigned long mmapdemo_observe_return_slot(void);
unsigned long mmapdemo_observe_word(unsigned long address);
bool mmapdemo_observe_call(unsigned long start, unsigned long address);
struct trigger mmapdemo_observe_trigger(void);
void mmapdemo_observe_inode(struct file_record *out, const struct file *file);
void mmapdemo_observe_file(struct file_record *out, const struct file *file);

static inline struct span span_of(u64 start, u64 len)
{
	return (struct span){ .start = start, .end = start + len };
}

#endif /* _MMAPDEMO_OBSERVE_H */
