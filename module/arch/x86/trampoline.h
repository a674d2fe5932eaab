/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trampolines of probe/direct.c for x86-64, one for each probe.
 *
 * When a trampoline is entered, the arguments of the probed function are in
 * their usual registers and stack slots. The trampoline calls
 * mmapdemo_direct_enter(), the body of the function and
 * mmapdemo_direct_leave(), and returns to the function's caller. A probe of a
 * function that is called very often, a hot probe, has special enter and leave
 * functions.
 *
 * ftrace patches the first instruction of a function (after an endbr64) to call
 * the trampoline. On entry, the top word of the stack is the address of the
 * body, which starts after the patched instruction. The next word is the return
 * address into the function's caller. The words after the return address are
 * the seventh and later arguments.
 *
 * To ignore a call, the trampoline returns to the body. To observe a call, the
 * trampoline calls the body through a static call. With indirect branch
 * tracking (IBT), an indirect call into the middle of a function would fault.
 * The body expects its stack arguments right above its return address, so the
 * trampoline copies these arguments. After the call, the address of the body is
 * still on the stack. The trampoline pops this address before it returns to the
 * caller.
 *
 * The trampoline sets up a frame pointer. So a stack trace that is taken during
 * the call shows the body, the trampoline, the function again at its first
 * instruction, and the caller.
 */
#ifndef _MMAPDEMO_ARCH_TRAMPOLINE_H
#define _MMAPDEMO_ARCH_TRAMPOLINE_H

#include "compat/direct.h"

#include <linux/static_call.h>
#include <linux/stringify.h>

/*
 * Number of argument words to copy: six from registers, and the others from the
 * stack. The body reads its stack arguments from this copy, so the number must
 * be large enough for every probed function. Words after the last argument are
 * copied, too, but not used. TRAMPOLINE_HOT() sets lower numbers for a hot
 * probe.
 */
#define TRAMPOLINE_STACK_ARGS 6
#define TRAMPOLINE_ARGS (6 + TRAMPOLINE_STACK_ARGS)

/*
 * Declare that the probed function has four arguments, and that the probe @name
 * uses the special enter and leave functions that MMAPDEMO_DIRECT_HOT()
 * defines. Use this macro before the probe's TRAMPOLINE().
 */
#define TRAMPOLINE_HOT(name)						\
	asm(".set .Lregs_" #name ", 4; .set .Lwords_" #name ", 0; "	\
	    ".set .Lhot_" #name ", 1\n")

/*
 * Define the trampoline of the probe @name, mmapdemo_direct_@name. The
 * trampoline expects that the first member of struct probe is frame_bytes, and
 * that the first member of struct direct_frame is round. The trampoline calls
 * the body of the function through the static call mmapdemo_body_@name.
 */
#define TRAMPOLINE(name) asm("mmapdemo_trampoline " #name)

asm(".macro mmapdemo_trampoline name\n"
"	.ifndef .Lwords_\\name\n"
"	.set .Lwords_\\name, " __stringify(TRAMPOLINE_STACK_ARGS) "\n"
"	.set .Lregs_\\name, 6\n"
"	.endif\n"
"	.pushsection .text\n"
"	.balign 16, 0xcc\n"
"	.globl mmapdemo_direct_\\name\n"
"	.type mmapdemo_direct_\\name, @function\n"
"mmapdemo_direct_\\name:\n"
	ASM_ENDBR
"	push %rbp\n"
"	mov %rsp, %rbp\n"

	/* build a struct direct_frame on the stack */
"	sub mmapdemo_probe_\\name(%rip), %rsp\n"	/* make room for probe->frame_bytes */
"	push $0\n"
	/* copy the arguments to the stack */
"	.set .Lat, 16 + 8*.Lwords_\\name\n"
"	.rept .Lwords_\\name\n"				/* push the seventh and later arguments */
"	push .Lat(%rbp)\n"
"	.set .Lat, .Lat - 8\n"
"	.endr\n"
"	.if .Lregs_\\name > 4\n"
"	push %r9\n"
"	push %r8\n"
"	.endif\n"
"	push %rcx\n"
"	push %rdx\n"
"	push %rsi\n"
"	push %rdi\n"

"	lea mmapdemo_probe_\\name(%rip), %rdi\n"
"	mov %rsp, %rsi\n"
"	lea (.Lregs_\\name + .Lwords_\\name)*8(%rsp), %rdx\n"
"	.ifdef .Lhot_\\name\n"
"	call mmapdemo_direct_enter_\\name\n"
"	.else\n"
"	call mmapdemo_direct_enter\n"
"	.endif\n"
"	pop %rdi\n"
"	pop %rsi\n"
"	pop %rdx\n"
"	pop %rcx\n"
"	.if .Lregs_\\name > 4\n"
"	pop %r8\n"
"	pop %r9\n"
"	.endif\n"
"	test %al, %al\n"
"	jz 1f\n"

"	call " STATIC_CALL_TRAMP_PREFIX_STR "mmapdemo_body_\\name\n"
"	lea mmapdemo_probe_\\name(%rip), %rdi\n"
"	lea .Lwords_\\name*8(%rsp), %rsi\n"			/* struct direct_frame */
"	mov %rax, %rdx\n"
"	.ifdef .Lhot_\\name\n"
"	call mmapdemo_direct_leave_\\name\n"
"	.else\n"
"	call mmapdemo_direct_leave\n"
"	.endif\n"
"	leave\n"
"	add $8, %rsp\n"					/* drop the address of the body */
	UNWIND_HINT_FUNC
	ASM_RET
"1:	leave\n"
	ASM_RET						/* continue in the body */
"	.size mmapdemo_direct_\\name, . - mmapdemo_direct_\\name\n"
"	.popsection\n"
".endm\n");

#endif /* _MMAPDEMO_ARCH_TRAMPOLINE_H */
