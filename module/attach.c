// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which way a probe is attached.
 *
 * A trampoline costs each call a fifth of what a kretprobe costs, but takes a
 * fifth of a second longer to detach, the module can't be unloaded meanwhile, and
 * no BPF fentry program can be attached to the function. So it is for functions
 * that are called often, and kretprobes are for all others; unless the parameter
 * names one way for all:
 *
 *	echo kretprobe > /sys/module/mmapdemo/parameters/attach
 */
#include "attach.h"
#include "common.h"

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

/* Best first. */
static const struct attach_method *const methods[] = {
#ifdef MMAPDEMO_HAVE_DIRECT
	&mmapdemo_direct,
#endif
	&mmapdemo_kretprobe,
};

/* NULL: the best for each. Written while nothing is attached. */
static const struct attach_method *attach_only;

/** mmapdemo_attach_only - use this method, or with NULL the best for each */
void mmapdemo_attach_only(const struct attach_method *method)
{
	WRITE_ONCE(attach_only, method);
}

static bool attach_wants(const struct probe *probe,
			 const struct attach_method *method)
{
	if (attach_only)
		return method == attach_only;
	return probe->hot || method == &mmapdemo_kretprobe;
}

/**
 * mmapdemo_attach - attach a probe to a function, by the best method it takes
 * @probe: what to attach; its counters must be allocated
 * @symbol: the function
 *
 * Return: 0, or the error of the last method. @probe->refused is that of the one
 * that would have been better.
 */
int mmapdemo_attach(struct probe *probe, const char *symbol)
{
	unsigned int i;
	int ret = -EOPNOTSUPP;

	probe->refused = 0;
	for (i = 0; i < ARRAY_SIZE(methods); i++) {
		if (!attach_wants(probe, methods[i]))
			continue;
		ret = methods[i]->attach(probe, symbol);
		if (!ret)
			probe->method = methods[i];
		if (!ret || ret == -ENOENT)
			break;
		probe->refused = -ret;
	}
	return ret;
}

static void detach_method(const struct attach_method *method,
			  struct probe *const *list, unsigned int n)
{
	struct probe *its[MMAPDEMO_PROBES_MAX];
	unsigned int count = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (list[i]->method == method)
			its[count++] = list[i];
	}
	if (!count)
		return;
	method->detach(its, count);
	for (i = 0; i < count; i++) {
		its[i]->missed += method->missed(its[i]);
		its[i]->method = NULL;
	}
}

/**
 * mmapdemo_detach - undo mmapdemo_attach() for several at once
 * @list: what is attached
 * @n: how many, at most MMAPDEMO_PROBES_MAX
 *
 * On return no enter() and leave() runs any more; tasks may still sleep in the
 * functions.
 */
void mmapdemo_detach(struct probe *const *list, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(methods); i++)
		detach_method(methods[i], list, n);
}

/**
 * mmapdemo_attach_locate - can a function be probed, and where?
 * @symbol: the function
 * @location: where ftrace can call from, or 0 when it can't
 *
 * Asks the kernel with a probe that is registered, but not armed: it patches
 * nothing.
 *
 * Return: 0, -ENOENT when there is no such function, -EINVAL when the kernel
 * forbids probing it.
 */
int mmapdemo_attach_locate(const char *symbol, unsigned long *location)
{
	struct kprobe kp = {
		.symbol_name = symbol,
		.flags = KPROBE_FLAG_DISABLED,
	};
	int ret = register_kprobe(&kp);

	if (ret)
		return ret;
	*location = kp.flags & KPROBE_FLAG_FTRACE ? (unsigned long)kp.addr : 0;
	unregister_kprobe(&kp);
	return 0;
}

/* ---- the parameter ---- */

static const struct attach_method *method_named(const char *name)
{
	unsigned int i;

	if (sysfs_streq(name, "auto"))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(methods); i++) {
		if (sysfs_streq(name, methods[i]->name))
			return methods[i];
	}
	return ERR_PTR(-EINVAL);
}

static int attach_set(const char *value, const struct kernel_param *param)
{
	const struct attach_method *method = method_named(value);

	if (IS_ERR(method)) {
		pr_err("attach: must be auto, kretprobe, or on x86-64 direct\n");
		return PTR_ERR(method);
	}
	return mmapdemo_probes_attach_by(method);
}

static int attach_get(char *buffer, const struct kernel_param *param)
{
	const struct attach_method *method = READ_ONCE(attach_only);

	return scnprintf(buffer, PAGE_SIZE, "%s\n",
			 method ? method->name : "auto");
}

static const struct kernel_param_ops attach_ops = {
	.set = attach_set,
	.get = attach_get,
};

module_param_cb(attach, &attach_ops, NULL, 0644);
MODULE_PARM_DESC(attach, "how to attach to functions: direct, kretprobe, or auto (default): direct to those called often, where possible; can be changed while no event is enabled");
