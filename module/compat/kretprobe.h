/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/kprobes.h> as of the newest kernel. */
#ifndef _MMAPDEMO_COMPAT_KRETPROBE_H
#define _MMAPDEMO_COMPAT_KRETPROBE_H

#include <linux/kprobes.h>
#include <linux/version.h>

/*
 * Before Linux 5.11, commit d741bf41d7c7 ("kprobes: Remove kretprobe hash"):
 * the instance points to its probe, which outlives it.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
static inline struct kretprobe *get_kretprobe(struct kretprobe_instance *ri)
{
	return ri->rp;
}
#endif

#endif /* _MMAPDEMO_COMPAT_KRETPROBE_H */
