// SPDX-License-Identifier: GPL-2.0-only
/* The addresses of kernel functions that can be probed. */
#include "common.h"
#include "probe/attach.h"

#include <linux/kprobes.h>

/**
 * mmapdemo_located - store the address of a function in its probe
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
 * @kp: a kprobe that mmapdemo_locate() registers, and that the caller must
 *	unregister. Unregistering takes an RCU grace period. NULL:
 *	mmapdemo_locate() uses a kprobe of its own, and unregisters this kprobe
 *
 * If the address is not known yet, mmapdemo_locate() registers a disabled
 * kprobe, which patches no text. If the registration fails, @kp->addr is NULL.
 *
 * Return: 0, -ENOENT if there is no such function, or -EINVAL if the kernel
 * forbids probing the function.
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
