/* SPDX-License-Identifier: GPL-2.0-only */
/* What the processor reported about the page fault that causes a signal. */
#ifndef _MMAPDEMO_ARCH_ERROR_CODE_H
#define _MMAPDEMO_ARCH_ERROR_CODE_H

#include "mmapdemo.h"

#include <asm/trap_pf.h>
#include <asm/trapnr.h>
#include <linux/sched.h>
#include <linux/types.h>

/*
 * Return true if the kernel has just noted a page fault at @address, to send a signal
 * to the current task. The numbers are not reset after the signal, so other signals are
 * recognized by their address.
 */
static inline bool error_code_is_noted(unsigned long address)
{
	return current->thread.trap_nr == X86_TRAP_PF &&
	       current->thread.cr2 == address;
}

/* Return the kind of access of the noted page fault: enum mmapdemo_access. */
static inline u32 error_code_access(void)
{
	if (current->thread.error_code & X86_PF_WRITE)
		return MMAPDEMO_ACCESS_WRITE;
	return current->thread.error_code & X86_PF_INSTR ? MMAPDEMO_ACCESS_EXEC :
							   MMAPDEMO_ACCESS_READ;
}

/* Return true if the entry of the noted page fault was present, or must not be known. */
static inline bool error_code_present(void)
{
	return current->thread.error_code & X86_PF_PROT;
}

#endif /* _MMAPDEMO_ARCH_ERROR_CODE_H */
