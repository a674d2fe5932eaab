/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints of the kernel that are not exported, found by name. */
#ifndef _MMAPDEMO_TRACEPOINT_H
#define _MMAPDEMO_TRACEPOINT_H

int mmapdemo_tracepoint_register(const char *name, void *probe, void *data);
void mmapdemo_tracepoint_unregister(const char *name, void *probe, void *data);

#endif /* _MMAPDEMO_TRACEPOINT_H */
