/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that are system calls of programs, and their arguments. */
#ifndef _MMAPDEMO_ARCH_SYSCALL_H
#define _MMAPDEMO_ARCH_SYSCALL_H

#include <asm/syscall.h>
#include <asm/unistd.h>
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

/* x32 programs have some in the kernel's table that are theirs alone. */
#define SYSCALL_EXECVE_X32	520
#define SYSCALL_EXECVEAT_X32	545

/* Is this task in a system call by the table of 32-bit programs? */
static inline bool syscall_is_i386(void)
{
#ifdef CONFIG_IA32_EMULATION
	return in_ia32_syscall();
#else
	return false;
#endif
}

/* The number in its table of the system call that this task is in, or -1. */
static inline int syscall_number(struct pt_regs *regs)
{
	int nr = syscall_get_nr(current, regs);

	return nr < 0 || syscall_is_i386() ? nr : nr & ~__X32_SYSCALL_BIT;
}

/*
 * The number in the kernel's own table of what begins and ends programs and
 * processes, by that of 32-bit programs; -1 for all others.
 */
static inline int syscall_native(int nr)
{
	switch (nr) {
	case 1:
		return __NR_exit;
	case 2:
		return __NR_fork;
	case 11:
		return __NR_execve;
	case 120:
		return __NR_clone;
	case 190:
		return __NR_vfork;
	case 252:
		return __NR_exit_group;
	case 358:
		return __NR_execveat;
	case 435:
		return __NR_clone3;
	default:
		return -1;
	}
}

/* Fills in all six arguments, if mremap() is what this task is in. */
static inline bool syscall_in_mremap(unsigned long *args)
{
	struct pt_regs *regs = task_pt_regs(current);
	int nr = syscall_is_i386() ? SYSCALL_MREMAP_I386 : __NR_mremap;

	if (syscall_number(regs) != nr)
		return false;
	syscall_get_arguments(current, regs, args);
	return true;
}

#endif /* _MMAPDEMO_ARCH_SYSCALL_H */
