/* SPDX-License-Identifier: GPL-2.0-only */
/* What attaching to a function needs to know of the processor. */
#ifndef _MMAPDEMO_ARCH_ARGUMENT_H
#define _MMAPDEMO_ARCH_ARGUMENT_H

#include <linux/bug.h>		/* the next one needs both */
#include <linux/cache.h>
#include <asm/text-patching.h>
#include <linux/compiler.h>
#include <linux/ptrace.h>
#include <linux/types.h>

#ifndef CONFIG_X86_64
#error "mmapdemo knows the calling convention of x86-64 only"
#endif

/* There is a trampoline.h. */
#define ATTACH_HAS_TRAMPOLINES

/* Where the arguments are on entry: six in registers, the others on the stack. */
static inline unsigned long attach_argument(struct pt_regs *regs,
					    unsigned int n)
{
	if (n < 6)
		return regs_get_kernel_argument(regs, n);
	return regs_get_kernel_stack_nth(regs, n - 6 + 1);
}

/*
 * Does ftrace call from this place? If not there is a nop. Since Linux 6.19 a direct
 * call of BPF can be a jump. While the kernel patches one to the other there is a
 * breakpoint.
 */
static inline bool attach_calls(unsigned long location)
{
	u8 opcode = READ_ONCE(*(const u8 *)location);

	return opcode == CALL_INSN_OPCODE || opcode == JMP32_INSN_OPCODE ||
	       opcode == INT3_INSN_OPCODE;
}

#endif /* _MMAPDEMO_ARCH_ARGUMENT_H */
