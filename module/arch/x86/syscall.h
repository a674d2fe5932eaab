/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel functions of system calls, and the arguments of these functions. */
#ifndef _MMAPDEMO_ARCH_SYSCALL_H
#define _MMAPDEMO_ARCH_SYSCALL_H

#include <asm/syscall.h>
#include <asm/unistd.h>
#include <linux/kernel.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>
#include <linux/uaccess.h>

/*
 * Name of the kernel function that executes a system call. The only argument of
 * this function points to the user registers.
 */
#define SYSCALL_SYMBOL(name) "__x64_sys_" #name

/*
 * Return argument @n of a system call. @n is from 0 to 4. The registers are di,
 * si, dx, r10 and r8.
 */
static inline unsigned long syscall_argument(const unsigned long *args,
					     unsigned int n)
{
	const struct pt_regs *regs = (const struct pt_regs *)args[0];
	const unsigned long values[] = {
		regs->di, regs->si, regs->dx, regs->r10, regs->r8
	};

	return values[n];
}

/*
 * The kernel function and the arguments of a system call of a 32-bit program,
 * if the kernel can run 32-bit programs. The registers are bx, cx, dx, si and
 * di.
 */
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

/*
 * System call numbers that are in the native table, but that only x32 programs
 * use.
 */
#define SYSCALL_EXECVE_X32	520
#define SYSCALL_EXECVEAT_X32	545

/* Return true if the current system call is from the table for 32-bit programs. */
static inline bool syscall_is_i386(void)
{
#ifdef CONFIG_IA32_EMULATION
	return in_ia32_syscall();
#else
	return false;
#endif
}

/*
 * Return the number of the current system call in the table to which it
 * belongs, or -1 outside of system calls.
 */
static inline int syscall_number(struct pt_regs *regs)
{
	int nr = syscall_get_nr(current, regs);

	return nr < 0 || syscall_is_i386() ? nr : nr & ~__X32_SYSCALL_BIT;
}

/*
 * Return the number of the system call of another task in the native table, or -1. The
 * stack of the task may be freed meanwhile.
 */
static inline int syscall_number_of(struct task_struct *task)
{
	struct pt_regs regs;
	int nr;

	if (copy_from_kernel_nofault(&regs, task_pt_regs(task), sizeof(regs)))
		return -1;
	nr = syscall_get_nr(task, &regs);
	if (!user_mode(&regs) || nr < 0)
		return -1;
#ifdef CONFIG_IA32_EMULATION
	if (task->thread_info.status & TS_COMPAT)
		return -1;
#endif
	return nr & ~__X32_SYSCALL_BIT;
}

/* Return true if the symbol is a function that handles page faults. */
static inline bool is_fault_entry(const char *symbol)
{
	static const char *const entries[] = {
		"asm_exc_page_fault", "exc_page_fault", "do_user_addr_fault",
	};

	return match_string(entries, ARRAY_SIZE(entries), symbol) >= 0;
}

/*
 * Translate a system call number from the table for 32-bit programs to the
 * native number. Return -1 for all calls except those that start or end a
 * program or a process.
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

/* If the current system call is mremap(), return true and store the argument registers. */
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
