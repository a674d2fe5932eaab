/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/mmapdemo */
#ifndef _MMAPDEMO_DEVICE_H
#define _MMAPDEMO_DEVICE_H

struct file;

int mmapdemo_device_init(void);
void mmapdemo_device_exit(void);

/* ioctl.c */
long mmapdemo_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

#endif /* _MMAPDEMO_DEVICE_H */
