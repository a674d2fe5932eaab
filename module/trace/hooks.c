// SPDX-License-Identifier: GPL-2.0-only
/* The list of all probes, for the probe engine. */
#include "common.h"
#include "trace/hooks.h"
#include "trace/observe.h"

#include <linux/build_bug.h>
#include <linux/kernel.h>

#define PROBE_LIST(name, ...) &mmapdemo_probe_##name,
struct probe *const mmapdemo_probes[] = { MMAPDEMO_PROBES(PROBE_LIST) };
const unsigned int mmapdemo_nr_probes = ARRAY_SIZE(mmapdemo_probes);
static_assert(ARRAY_SIZE(mmapdemo_probes) <= MMAPDEMO_PROBES_MAX);

/**
 * mmapdemo_hooks_prepare - prepare the data that hooks need
 *
 * The probe engine calls this function with its lock held, before it arms a
 * probe.
 */
void mmapdemo_hooks_prepare(void)
{
	mmapdemo_observe_seed();
}
