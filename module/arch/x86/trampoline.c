// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trampolines of attach_direct.c for x86-64.
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
#include "probe/direct.h"
#include "trampoline.h"
#include "common.h"
#include "compat/direct.h"
#include "trace/hooks.h"

#include <linux/kernel.h>
#include <linux/static_call.h>
#include <linux/stringify.h>

/* The assembler finds it without its offset. */
static_assert(offsetof(struct probe, frame_bytes) == 0);

static_assert(offsetof(struct direct_frame, round) == 0);

/*
 * The hottest one has four arguments, and is entered and left by functions of its
 * own: MMAPDEMO_DIRECT_HOT().
 */
asm(".set .Lregs_fault, 4; .set .Lwords_fault, 0; .set .Lhot_fault, 1\n");

asm(".macro mmapdemo_trampoline name\n"
"	.ifndef .Lwords_\\name\n"
"	.set .Lwords_\\name, " __stringify(DIRECT_STACK_ARGS) "\n"
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

#define DECLARE(name, ...) extern void mmapdemo_direct_##name(void);
#define BODY(name, ...) \
	DEFINE_STATIC_CALL_NULL(mmapdemo_body_##name, mmapdemo_direct_##name);
#define TRAMPOLINE(name, ...) asm("mmapdemo_trampoline " #name);

MMAPDEMO_PROBES(DECLARE)
MMAPDEMO_PROBES(BODY)
MMAPDEMO_PROBES(TRAMPOLINE)

#define TEXT(name, ...) {						\
	.probe = &mmapdemo_probe_##name,				\
	.trampoline = mmapdemo_direct_##name,				\
	.key = &STATIC_CALL_KEY(mmapdemo_body_##name),			\
	.call = STATIC_CALL_TRAMP_ADDR(mmapdemo_body_##name),		\
},

static const struct direct_text texts[] = { MMAPDEMO_PROBES(TEXT) };

/** mmapdemo_direct_text - the trampoline of @probe */
const struct direct_text *mmapdemo_direct_text(const struct probe *probe)
{
	const struct direct_text *text = texts;

	while (text->probe != probe)
		text++;
	return text;
}
