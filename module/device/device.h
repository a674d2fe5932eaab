/* SPDX-License-Identifier: GPL-2.0-only */
/* The device /dev/mmapdemo: its regions, commands and limits. */
#ifndef _MMAPDEMO_DEVICE_H
#define _MMAPDEMO_DEVICE_H

#include <linux/types.h>

struct cred;
struct file;
struct method;
struct region;

int mmapdemo_device_init(void);
void mmapdemo_device_exit(void);
struct region *mmapdemo_device_region(struct file *file);
int mmapdemo_device_own(struct file *file, u64 size,
			const struct method *method, u32 flags, int fd);

/* functions in limits.c */
extern unsigned long long mmapdemo_limits_default;
int mmapdemo_limits_check(u64 size);
const struct cred *mmapdemo_limits_payer(void);
int mmapdemo_limits_account(const struct cred *payer, s64 bytes);

/* functions in ioctl.c and ioctl_region.c */
long mmapdemo_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
long mmapdemo_ioctl_region(struct file *file, unsigned int cmd,
			   void __user *arg);

#endif /* _MMAPDEMO_DEVICE_H */
