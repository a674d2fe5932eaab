// SPDX-License-Identifier: GPL-2.0-only
/*
 * A substitute for KCOV on kernels that were built without KCOV. This module
 * provides the part of the interface in Documentation/dev-tools/kcov.rst that
 * selftests/fuzz/ioctl.c needs. This module supports only KCOV_TRACE_PC, and
 * KCOV_INIT_TRACE succeeds only once, until the module is reloaded. Code that was
 * instrumented by the compiler calls this module.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kcov.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

#define WORDS_MAX (1UL << 20)

/*
 * The buffer of the coverage. Its first word is the number of words that
 * follow. The buffer is freed when the module is unloaded.
 */
static unsigned long *area;
static unsigned long words;

/*
 * The traced task may have ended. This pointer is therefore compared, but never
 * dereferenced.
 */
static struct task_struct *traced;

static struct dentry *entry;

void notrace __sanitizer_cov_trace_pc(void);

void notrace __sanitizer_cov_trace_pc(void)
{
	unsigned long at;

	if (!in_task() || READ_ONCE(traced) != current)
		return;
	at = READ_ONCE(area[0]) + 1;
	if (at >= words)
		return;
	WRITE_ONCE(area[0], at);
	barrier();
	area[at] = _RET_IP_;
}
EXPORT_SYMBOL(__sanitizer_cov_trace_pc);

static long kcov_init(unsigned long arg)
{
	if (area)
		return -EBUSY;
	if (arg < 2 || arg > WORDS_MAX)
		return -EINVAL;
	area = vmalloc_user(arg * sizeof(*area));
	if (!area)
		return -ENOMEM;
	words = arg;
	return 0;
}

static long kcov_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case KCOV_INIT_TRACE:
		return kcov_init(arg);
	case KCOV_ENABLE:
		if (!area || arg != KCOV_TRACE_PC)
			return -EINVAL;
		WRITE_ONCE(traced, current);
		return 0;
	case KCOV_DISABLE:
		WRITE_ONCE(traced, NULL);
		return 0;
	default:
		return -ENOTTY;
	}
}

static int kcov_mmap(struct file *file, struct vm_area_struct *vma)
{
	return area ? remap_vmalloc_range(vma, area, 0) : -EINVAL;
}

static const struct file_operations kcov_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = kcov_ioctl,
	.mmap = kcov_mmap,
};

static int __init kcov_module_init(void)
{
	entry = debugfs_create_file_unsafe("kcov", 0600, NULL, NULL,
					   &kcov_fops);
	return PTR_ERR_OR_ZERO(entry);
}
module_init(kcov_module_init);

static void __exit kcov_module_exit(void)
{
	debugfs_remove(entry);
	vfree(area);
}
module_exit(kcov_module_exit);

MODULE_DESCRIPTION("KCOV for one program, on kernels without it");
MODULE_LICENSE("GPL");
