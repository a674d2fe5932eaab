// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's headers in which Kbuild looks for names. This file is only
 * preprocessed. The result, features.h, defines HAS_NAME for each name in the list
 * "features" in Kbuild that these headers declare.
 */
#include <linux/fs.h>
#include <linux/ftrace.h>
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/userfaultfd_k.h>
#include <trace/events/lock.h>
