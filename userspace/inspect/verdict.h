/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The merge rules of the module. The program can use these rules, because they
 * call no kernel functions, and depend only on their arguments.
 */
#ifndef _VERDICT_H
#define _VERDICT_H

#include <linux/types.h>
#include <stdbool.h>

typedef __u8 u8;
typedef __u32 u32;
typedef __u64 u64;

#include "../../module/trace/verdict.h"

#endif /* _VERDICT_H */
