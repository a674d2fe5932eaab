/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ways to attach a probe to a function of the kernel.
 *
 * All of it is called with the lock of the probe engine held, but for what
 * begins and ends with the module.
 */
#ifndef _MMAPDEMO_ATTACH_H
#define _MMAPDEMO_ATTACH_H

#include "probes.h"

/**
 * struct attach_method - a way to attach
 * @name: as the parameter attach calls it
 * @id: MMAPDEMO_METHOD_*
 * @attach: attach a probe, whose counters are allocated, to a function. -ENOENT
 *	when there is no such function, -EINVAL when the kernel forbids probing
 *	it, -EBUSY when the method is taken there by somebody else
 * @detach: undo it, for several at once: on return no enter() and leave() runs
 *	any more. Tasks may still sleep in the functions
 * @missed: calls since it was attached that could not be observed
 */
struct attach_method {
	const char *name;
	u32 id;
	int (*attach)(struct probe *probe, const char *symbol);
	void (*detach)(struct probe *const *list, unsigned int n);
	u64 (*missed)(const struct probe *probe);
};

void mmapdemo_attach_only(const struct attach_method *method);
int mmapdemo_attach(struct probe *probe, const char *symbol);
void mmapdemo_detach(struct probe *const *list, unsigned int n);
int mmapdemo_attach_locate(const char *symbol, unsigned long *location);

/* attach_kretprobe.c */
extern const struct attach_method mmapdemo_kretprobe;

/* attach_direct.c */
#ifdef MMAPDEMO_HAVE_DIRECT
extern const struct attach_method mmapdemo_direct;
void mmapdemo_direct_allow(void);
void mmapdemo_direct_exit(void);
#else
static inline void mmapdemo_direct_allow(void)
{
}

static inline void mmapdemo_direct_exit(void)
{
}
#endif

#endif /* _MMAPDEMO_ATTACH_H */
