/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine on which the program runs. */
#ifndef _SYSTEM_MACHINE_H
#define _SYSTEM_MACHINE_H

#include <linux/types.h>

/**
 * struct machine - a machine
 * @node: name of the machine, from uname(2)
 * @date: the current time in UTC, such as "2026-07-24T18:00:00Z"
 * @cpu: model of the CPU, or ""
 * @cpus: number of CPUs that are online
 * @memory: size of the memory, in bytes
 */
struct machine {
	char node[65];
	char date[24];
	char cpu[128];
	__u64 cpus;
	__u64 memory;
};

void machine_read(struct machine *machine);

#endif /* _SYSTEM_MACHINE_H */
