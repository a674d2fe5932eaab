/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's name, and the prefix of its messages. */
#ifndef _MMAPDEMO_COMMON_H
#define _MMAPDEMO_COMMON_H

#include "compat/version.h"

#define MMAPDEMO_NAME "mmapdemo"

#ifdef pr_fmt
#undef pr_fmt
#endif
#define pr_fmt(fmt) MMAPDEMO_NAME ": " fmt

#endif /* _MMAPDEMO_COMMON_H */
