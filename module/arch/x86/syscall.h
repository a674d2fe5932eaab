/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that are system calls of programs, and their arguments. */
#ifndef _MMAPDEMO_ARCH_SYSCALL_H
#define _MMAPDEMO_ARCH_SYSCALL_H

#include <asm/syscall.h>
#include <linux/compat.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>

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

/* The same of 32-bit programs, where the kernel runs them: bx, cx, dx, si, di. */
#define SYSCALL_SYMBOL_I386(name) "__ia32_sys_" #name

static inline unsigned long syscall_argument_i386(const unsigned long *args,
						  unsigned int n)
{
	const struct pt_regs *regs = (const struct pt_regs *)args[0];
	const u32 values[] = {
		regs->bx, regs->cx, regs->dx, regs->si, regs->di
	};

	return values[n];
}

#define SYSCALL_MREMAP_I386	163

/* Fills in all six arguments, if mremap() is what this task is in. */
static inline bool syscall_in_mremap(unsigned long *args)
{
	struct pt_regs *regs = task_pt_regs(current);
	int nr = in_compat_syscall() ? SYSCALL_MREMAP_I386 : __NR_mremap;

	if (syscall_get_nr(current, regs) != nr)
		return false;
	syscall_get_arguments(current, regs, args);
	return true;
}

#endif /* _MMAPDEMO_ARCH_SYSCALL_H */
