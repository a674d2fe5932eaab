/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trampolines of attach_direct.c for x86-64, one for each probe.
 *
 * A trampoline is called with the arguments of the function in their places,
 * calls mmapdemo_direct_enter(), the body of the function and
 * mmapdemo_direct_leave(), or what a hot probe has instead, and returns to the
 * function's caller.
 */
#ifndef _MMAPDEMO_ATTACH_DIRECT_X86_H
#define _MMAPDEMO_ATTACH_DIRECT_X86_H

#include <linux/types.h>

struct probe;
struct static_call_key;

/*
 * Words that hold arguments: six from registers, and as many from the stack as
 * any function of the kernel that is worth probing has, or as is known of it. Must
 * be enough for it, as the body reads them from here; the rest is copied in vain.
 */
#define DIRECT_STACK_ARGS 6
#define DIRECT_ARGS (6 + DIRECT_STACK_ARGS)

/**
 * struct direct_text - a trampoline and how it reaches the body
 * @probe: whose it is
 * @trampoline: its address; no C code calls it, any type will do
 * @key: the static call that it reaches the body through
 * @call: the trampoline of the static call
 */
struct direct_text {
	const struct probe *probe;
	void (*trampoline)(void);
	struct static_call_key *key;
	void *call;
};

const struct direct_text *mmapdemo_direct_text(const struct probe *probe);

#endif /* _MMAPDEMO_ATTACH_DIRECT_X86_H */
