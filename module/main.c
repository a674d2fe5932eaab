// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmapdemo - what did Linux do between mmap() and the first byte?
 *
 * The module has two halves, the device and the tracer. The device supplies
 * pages on first touch. The tracer observes the kernel. Neither half depends on
 * the other.
 */
#include "common.h"
#include "device/device.h"
#include "probe/attach.h"
#include "probe/probes.h"
#include "trace/batch.h"
#include "trace/dmesg.h"
#include "trace/events.h"
#include "trace/selftest.h"
#include "trace/wait.h"
#include "walk/entry.h"

#include <linux/module.h>

static int __init mmapdemo_init(void)
{
	int ret;

	mmapdemo_entry_init();
	mmapdemo_events_init();

	ret = mmapdemo_device_init();
	if (ret)
		goto err_probes;
	mmapdemo_probes_init();
	mmapdemo_selftest_init();
	mmapdemo_dmesg_init();
	return 0;

err_probes:
	mmapdemo_probes_exit();
	mmapdemo_batch_exit();
	mmapdemo_wait_exit();
	return ret;
}

/*
 * Detach the probes before the device is removed. Events may still be enabled
 * at this point, because the trace core disables them only after this function
 * returns.
 */
static void __exit mmapdemo_exit(void)
{
	mmapdemo_dmesg_exit();
	mmapdemo_probes_exit();
	mmapdemo_batch_exit();
	mmapdemo_wait_exit();
	mmapdemo_device_exit();
}

module_init(mmapdemo_init);
module_exit(mmapdemo_exit);

MODULE_DESCRIPTION("What did Linux do between mmap() and the first byte?");
MODULE_AUTHOR("The mmapdemo authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1");
