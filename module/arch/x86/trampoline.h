/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trampolines of probe/direct.c for x86-64, one for each probe.
 *
 * A trampoline is called with the arguments of the function in their places,
 * calls mmapdemo_direct_enter(), the body of the function and
 * mmapdemo_direct_leave(), or what a hot probe has instead, and returns to the
 * function's caller.
 *
 * ftrace makes the first instruction of a function, behind an endbr64, a call
 * of its trampoline. The stack is then, from the top: the address of the body,
 * which is behind that instruction; the address of the function's caller; the
 * arguments from the seventh on.
 *
 * The body can be returned to, as if nothing had happened. Or it is called, by
 * a direct call, which static_call_update() writes: an indirect one into the
 * middle of a function is a crime where IBT is on. It finds its arguments as
 * its caller had put them: those on the stack are copied, as the address it
 * returns to must lie right above. The address it was to return to is then of no
 * use, and dropped when the trampoline returns to the caller.
 *
 * The frame pointer makes a stack that is unwound meanwhile read: body,
 * trampoline, the function again at its first instruction, caller.
 */
#ifndef _MMAPDEMO_ARCH_TRAMPOLINE_H
#define _MMAPDEMO_ARCH_TRAMPOLINE_H

#include "compat/direct.h"

#include <linux/static_call.h>
#include <linux/stringify.h>

/*
 * Words that hold arguments: six from registers, and as many from the stack as
 * any function of the kernel that is worth probing has, or as is known of it. Must
 * be enough for it, as the body reads them from here; the rest is copied in vain.
 */
#define TRAMPOLINE_STACK_ARGS 6
#define TRAMPOLINE_ARGS (6 + TRAMPOLINE_STACK_ARGS)

/*
 * The probe @name has four arguments, and is entered and left by functions of its
 * own: MMAPDEMO_DIRECT_HOT(). Before its TRAMPOLINE().
 */
#define TRAMPOLINE_HOT(name)						\
	asm(".set .Lregs_" #name ", 4; .set .Lwords_" #name ", 0; "	\
	    ".set .Lhot_" #name ", 1\n")

/*
 * The trampoline of the probe @name, mmapdemo_direct_@name. The probe begins with
 * its frame_bytes, struct direct_frame with its round. The body of the function is
 * reached by the static call mmapdemo_body_@name.
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

	/* struct direct_frame */
"	sub mmapdemo_probe_\\name(%rip), %rsp\n"	/* ->frame_bytes */
"	push $0\n"
	/* the arguments */
"	.set .Lat, 16 + 8*.Lwords_\\name\n"
"	.rept .Lwords_\\name\n"				/* from the seventh on */
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
"	lea .Lwords_\\name*8(%rsp), %rsi\n"			/* the frame */
"	mov %rax, %rdx\n"
"	.ifdef .Lhot_\\name\n"
"	call mmapdemo_direct_leave_\\name\n"
"	.else\n"
"	call mmapdemo_direct_leave\n"
"	.endif\n"
"	leave\n"
"	add $8, %rsp\n"					/* not to the body */
	UNWIND_HINT_FUNC
	ASM_RET
"1:	leave\n"
	ASM_RET						/* to the body */
"	.size mmapdemo_direct_\\name, . - mmapdemo_direct_\\name\n"
"	.popsection\n"
".endm\n");

#endif /* _MMAPDEMO_ARCH_TRAMPOLINE_H */
