// SPDX-License-Identifier: GPL-2.0-only
/* Where the functions of the kernel are. */
#include "common.h"
#include "probe/attach.h"

#include <linux/kprobes.h>

/**
 * mmapdemo_located - remember where a function is
 * @probe: whose it is
 * @symbol: the function
 * @kp: a kprobe that is registered there
 */
void mmapdemo_located(struct probe *probe, const char *symbol,
		      const struct kprobe *kp)
{
	probe->symbol = symbol;
	probe->address = (unsigned long)kp->addr;
	probe->location = kp->flags & KPROBE_FLAG_FTRACE ? probe->address : 0;
}

/**
 * mmapdemo_locate - find out where a function is, and whether it can be probed
 * @probe: whose it is
 * @symbol: the function
 * @kp: left registered for the caller to unregister, which takes a grace period
 *	of RCU. NULL: it is unregistered here
 *
 * Asks the kernel with a probe that is registered, but not armed: it patches
 * nothing. With @kp, kp->addr is NULL when nothing is left registered.
 *
 * Return: 0, -ENOENT when there is no such function, -EINVAL when the kernel
 * forbids probing it.
 */
int mmapdemo_locate(struct probe *probe, const char *symbol, struct kprobe *kp)
{
	struct kprobe own;
	int ret;

	if (probe->address && probe->symbol == symbol)
		return 0;
	if (!kp)
		kp = &own;
	*kp = (struct kprobe) {
		.symbol_name = symbol,
		.flags = KPROBE_FLAG_DISABLED,
	};
	ret = register_kprobe(kp);
	if (ret) {
		kp->addr = NULL;
		return ret;
	}
	mmapdemo_located(probe, symbol, kp);
	if (kp == &own)
		unregister_kprobe(kp);
	return 0;
}
