/* SPDX-License-Identifier: GPL-2.0-only */
/* Architecture-specific parts of attaching to a function. */
#ifndef _MMAPDEMO_ARCH_ARGUMENT_H
#define _MMAPDEMO_ARCH_ARGUMENT_H

#include <linux/bug.h>		/* <asm/text-patching.h> needs both */
#include <linux/cache.h>
#include <asm/text-patching.h>
#include <linux/compiler.h>
#include <linux/ptrace.h>
#include <linux/types.h>

#ifndef CONFIG_X86_64
#error "mmapdemo knows the calling convention of x86-64 only"
#endif

/* This architecture has a trampoline.h. */
#define ATTACH_HAS_TRAMPOLINES

/* Return argument @n on function entry: six are in registers, others on the stack. */
static inline unsigned long attach_argument(struct pt_regs *regs,
					    unsigned int n)
{
	if (n < 6)
		return regs_get_kernel_argument(regs, n);
	return regs_get_kernel_stack_nth(regs, n - 6 + 1);
}

/*
 * Return true if ftrace calls from @location. Otherwise @location holds a NOP.
 * Since Linux 6.19, BPF can attach a jump instead of a call. While the kernel
 * patches @location, it holds a breakpoint.
 */
static inline bool attach_calls(unsigned long location)
{
	u8 opcode = READ_ONCE(*(const u8 *)location);

	return opcode == CALL_INSN_OPCODE || opcode == JMP32_INSN_OPCODE ||
	       opcode == INT3_INSN_OPCODE;
}

#endif /* _MMAPDEMO_ARCH_ARGUMENT_H */
