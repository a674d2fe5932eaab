// SPDX-License-Identifier: GPL-2.0-only
/* Addresses of kernel functions. */
#include "common.h"
#include "probe/attach.h"

#include <linux/kprobes.h>

/**
 * mmapdemo_located - remember the address of a function
 * @probe: the probe of the function
 * @symbol: the function
 * @kp: a kprobe that is registered at the function
 */
void mmapdemo_located(struct probe *probe, const char *symbol,
		      const struct kprobe *kp)
{
	probe->symbol = symbol;
	probe->address = (unsigned long)kp->addr;
	probe->location = kp->flags & KPROBE_FLAG_FTRACE ? probe->address : 0;
}

/**
 * mmapdemo_locate - find the address of a function that can be probed
 * @probe: the probe of the function
 * @symbol: the function
 * @kp: a kprobe that is left registered; the caller must unregister it, which
 *	takes an RCU grace period. NULL: use a local kprobe, and unregister it
 *
 * Registers a disabled kprobe, which patches nothing, unless the address is
 * already known. If the registration fails, kp->addr is NULL.
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
