/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that are system calls of 64-bit programs, and their arguments. */
#ifndef _MMAPDEMO_SYSCALL_X86_H
#define _MMAPDEMO_SYSCALL_X86_H

#include <linux/ptrace.h>

/* (regs): the registers of the program are the only argument. */
#define SYSCALL_SYMBOL(name) "__x64_sys_" #name

/* The first five: di, si, dx, r10, r8. */
static inline unsigned long syscall_argument(const unsigned long *args,
					     unsigned int n)
{
	const struct pt_regs *regs = (const struct pt_regs *)args[0];
	const unsigned long values[] = {
		regs->di, regs->si, regs->dx, regs->r10, regs->r8
	};

	return values[n];
}

#endif /* _MMAPDEMO_SYSCALL_X86_H */
