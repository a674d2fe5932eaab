/* SPDX-License-Identifier: GPL-2.0-only */
/* The newest kernel's API for ftrace direct calls, on older kernels. */
#ifndef _MMAPDEMO_COMPAT_DIRECT_H
#define _MMAPDEMO_COMPAT_DIRECT_H

#include "compat/features.h"

#include <asm/unwind_hints.h>
#include <linux/ftrace.h>
#include <linux/linkage.h>
#include <linux/objtool.h>

/*
 * ASM_ENDBR exists since Linux 5.18, commit 156ff4a544ae ("x86/ibt: Base IBT
 * bits").
 */
#ifndef ASM_ENDBR
#define ASM_ENDBR
#endif

/* Before Linux 6.1, UNWIND_HINT_FUNC is defined only for assembler. */
#ifndef UNWIND_HINT_FUNC
#define UNWIND_HINT_FUNC UNWIND_HINT(ORC_REG_SP, 8, UNWIND_HINT_TYPE_FUNC, 0)
#endif

/*
 * Before Linux 6.4, commit 8788ca164eb4 ("ftrace: Remove the legacy
 * _ftrace_direct API"), the functions that attach and detach a direct call take
 * the address of the location. Since this commit, the functions take an
 * ftrace_ops whose filter contains the address. The same patch series added the
 * member direct_call of ftrace_ops.
 */
#ifndef HAS_DIRECT_CALL

static inline int direct_register(struct ftrace_ops *ops, unsigned long ip,
				  unsigned long addr)
{
	return register_ftrace_direct(ip, addr);
}

static inline int direct_unregister(struct ftrace_ops *ops, unsigned long ip,
				    unsigned long addr)
{
	return unregister_ftrace_direct(ip, addr);
}

#else

static inline int direct_register(struct ftrace_ops *ops, unsigned long ip,
				  unsigned long addr)
{
	int ret;

	/*
	 * Clear @ops first: Linux 6.12 leaves a pointer to a freed filter in
	 * @ops.
	 */
	*ops = (struct ftrace_ops) { };
	ret = ftrace_set_filter_ip(ops, ip, 0, 0);
	if (!ret)
		ret = register_ftrace_direct(ops, addr);
	if (ret)
		ftrace_free_filter(ops);
	return ret;
}

static inline int direct_unregister(struct ftrace_ops *ops, unsigned long ip,
				    unsigned long addr)
{
	return unregister_ftrace_direct(ops, addr, true);
}

#endif

#endif /* _MMAPDEMO_COMPAT_DIRECT_H */
