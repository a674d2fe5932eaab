/* SPDX-License-Identifier: GPL-2.0-only */
/* The process that an ioctl command or a parameter refers to. */
#ifndef _MMAPDEMO_TARGET_H
#define _MMAPDEMO_TARGET_H

#include <linux/types.h>

struct mm_struct;
struct pid;

struct pid *mmapdemo_target_process(u32 nr);
struct mm_struct *mmapdemo_target_mm(u32 pid);

#endif /* _MMAPDEMO_TARGET_H */
