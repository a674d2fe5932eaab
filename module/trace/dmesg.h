/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mappings and faults of one process in the kernel log, for use without any
 * other tool.
 */
#ifndef _MMAPDEMO_DMESG_H
#define _MMAPDEMO_DMESG_H

#include "trace/records.h"

#include <linux/compiler.h>
#include <linux/jump_label.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>

extern struct pid *mmapdemo_dmesg_pid;

/* Enabled while mmapdemo_dmesg_pid is not NULL. */
DECLARE_STATIC_KEY_FALSE(mmapdemo_dmesg_key);

/** mmapdemo_dmesg_wants - return true if the current process is printed to the log */
static inline bool mmapdemo_dmesg_wants(void)
{
	return static_branch_unlikely(&mmapdemo_dmesg_key) &&
	       task_tgid(current) == READ_ONCE(mmapdemo_dmesg_pid);
}

void mmapdemo_dmesg_mmap(const struct mmap_record *r);
void mmapdemo_dmesg_search(const struct search_record *r);
void mmapdemo_dmesg_merge(const struct merge_record *r);
void mmapdemo_dmesg_link(const struct link_record *r);
void mmapdemo_dmesg_fault(const struct fault_record *r);
void mmapdemo_dmesg_time(const struct time_record *t);
void mmapdemo_dmesg_lock(const struct lock_record *r);
void mmapdemo_dmesg_signal(const struct signal_record *r);
void mmapdemo_dmesg_split(const struct split_record *r);
void mmapdemo_dmesg_unlink(const struct unlink_record *r);
void mmapdemo_dmesg_brk(const struct brk_record *r);
void mmapdemo_dmesg_mremap(const struct mremap_record *r);
void mmapdemo_dmesg_dup(const struct dup_record *r);
void mmapdemo_dmesg_pgd(const struct pgd_record *r);
void mmapdemo_dmesg_exit_mmap(const struct exit_record *r);
void mmapdemo_dmesg_init(void);
void mmapdemo_dmesg_exit(void);

#endif /* _MMAPDEMO_DMESG_H */
