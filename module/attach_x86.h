/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the arguments of a function are, when it is entered. */
#ifndef _MMAPDEMO_ATTACH_X86_H
#define _MMAPDEMO_ATTACH_X86_H

#include <linux/ptrace.h>

#ifndef CONFIG_X86_64
#error "mmapdemo knows the calling convention of x86-64 only"
#endif

/* Six in registers, more on the stack, behind the return address. */
static inline unsigned long attach_argument(struct pt_regs *regs,
					    unsigned int n)
{
	if (n < 6)
		return regs_get_kernel_argument(regs, n);
	return regs_get_kernel_stack_nth(regs, n - 6 + 1);
}

#endif /* _MMAPDEMO_ATTACH_X86_H */
