/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The methods to attach a probe to a kernel function.
 *
 * The callers of these functions hold the probe engine's lock, unless a
 * function's comment says otherwise.
 */
#ifndef _MMAPDEMO_ATTACH_H
#define _MMAPDEMO_ATTACH_H

#include "probe/probes.h"

#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>

/* functions in attach.c */
void mmapdemo_attach_only(u32 method);
u32 mmapdemo_attach_method(void);
int mmapdemo_attach(struct probe *probe, const char *symbol);
void mmapdemo_disarm(struct probe *const *list, unsigned int n);
bool mmapdemo_attach_works(const struct probe *probe);

/* functions in location.c */
void mmapdemo_located(struct probe *probe, const char *symbol,
		      const struct kprobe *kp);
int mmapdemo_locate(struct probe *probe, const char *symbol,
		    struct kprobe *kp);

/* functions in kretprobe.c */
int mmapdemo_kretprobe_attach(struct probe *probe, const char *symbol);
void mmapdemo_kretprobe_begin(struct probe *probe);
void mmapdemo_kretprobe_end(struct probe *probe);
void mmapdemo_kretprobe_disable(struct probe *probe);
struct kretprobe_slot *mmapdemo_kretprobe_leave(struct probe *probe);
void mmapdemo_kretprobe_free(struct kretprobe_slot *const *list,
			     unsigned int n);
u64 mmapdemo_kretprobe_missed(const struct probe *probe);

/* functions in direct.c */
#ifdef MMAPDEMO_HAVE_DIRECT
void mmapdemo_direct_allow(void);
int mmapdemo_direct_take(struct probe *probe, const char *symbol, bool now);
void mmapdemo_direct_disarm(struct probe *probe);
bool mmapdemo_direct_held(const struct probe *probe);
void mmapdemo_direct_release(struct probe *probe);
void mmapdemo_direct_handover(struct probe *probe, struct mutex *lock);
bool mmapdemo_direct_attached(const struct probe *probe);
void mmapdemo_direct_detach(struct mutex *lock, struct probe *const *list,
			    unsigned int n);
void mmapdemo_direct_exit(void);
#else
static inline void mmapdemo_direct_allow(void)
{
}

static inline int mmapdemo_direct_take(struct probe *probe, const char *symbol,
				       bool now)
{
	return -EOPNOTSUPP;
}

static inline void mmapdemo_direct_disarm(struct probe *probe)
{
}

static inline bool mmapdemo_direct_held(const struct probe *probe)
{
	return false;
}

static inline void mmapdemo_direct_release(struct probe *probe)
{
}

static inline void
mmapdemo_direct_handover(struct probe *probe, struct mutex *lock)
{
}

static inline bool mmapdemo_direct_attached(const struct probe *probe)
{
	return false;
}

static inline void
mmapdemo_direct_detach(struct mutex *lock, struct probe *const *list,
		       unsigned int n)
{
	mutex_unlock(lock);
}

static inline void mmapdemo_direct_exit(void)
{
}
#endif

#endif /* _MMAPDEMO_ATTACH_H */
