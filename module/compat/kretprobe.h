/* SPDX-License-Identifier: GPL-2.0-only */
/* The newest kernel's <linux/kprobes.h> on older kernels. */
#ifndef _MMAPDEMO_COMPAT_KRETPROBE_H
#define _MMAPDEMO_COMPAT_KRETPROBE_H

#include <linux/kprobes.h>
#include <linux/version.h>

/*
 * Before Linux 5.11, commit d741bf41d7c7 ("kprobes: Remove kretprobe hash"), a
 * kretprobe instance had a direct pointer to its kretprobe, and the kretprobe
 * outlived the instance.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
static inline struct kretprobe *get_kretprobe(struct kretprobe_instance *ri)
{
	return ri->rp;
}
#endif

#endif /* _MMAPDEMO_COMPAT_KRETPROBE_H */
