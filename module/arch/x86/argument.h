/* SPDX-License-Identifier: GPL-2.0-only */
/* The architecture-specific parts of attaching a probe to a function. */
#ifndef _MMAPDEMO_ARCH_ARGUMENT_H
#define _MMAPDEMO_ARCH_ARGUMENT_H

#include <linux/bug.h>		/* <asm/text-patching.h> needs <linux/cache.h>, too */
#include <linux/cache.h>
#include <asm/text-patching.h>
#include <linux/compiler.h>
#include <linux/ptrace.h>
#include <linux/types.h>

#ifndef CONFIG_X86_64
#error "mmapdemo knows the calling convention of x86-64 only"
#endif

/* Defined because this architecture has a trampoline.h. */
#define ATTACH_HAS_TRAMPOLINES

/*
 * Return argument @n on function entry. The first six arguments are in
 * registers, and the others are on the stack.
 */
static inline unsigned long attach_argument(struct pt_regs *regs,
					    unsigned int n)
{
	if (n < 6)
		return regs_get_kernel_argument(regs, n);
	return regs_get_kernel_stack_nth(regs, n - 6 + 1);
}

/*
 * Return true if ftrace has patched a call into @location. Otherwise, @location
 * holds a NOP. Since Linux 6.19, BPF can patch in a jump instead of a call.
 * @location holds a breakpoint while the kernel patches the instruction.
 */
static inline bool attach_calls(unsigned long location)
{
	u8 opcode = READ_ONCE(*(const u8 *)location);

	return opcode == CALL_INSN_OPCODE || opcode == JMP32_INSN_OPCODE ||
	       opcode == INT3_INSN_OPCODE;
}

#endif /* _MMAPDEMO_ARCH_ARGUMENT_H */
