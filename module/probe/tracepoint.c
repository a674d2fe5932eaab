// SPDX-License-Identifier: GPL-2.0-only
/* Tracepoints of the kernel that are not exported, found by name. */
#include "common.h"
#include "probe/tracepoint.h"

#include <linux/errno.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

struct search {
	const char *name;
	struct tracepoint *found;
};

static void search_match(struct tracepoint *tp, void *data)
{
	struct search *search = data;

	if (!strcmp(tp->name, search->name))
		search->found = tp;
}

static struct tracepoint *tracepoint_find(const char *name)
{
	struct search search = { .name = name };

	for_each_kernel_tracepoint(search_match, &search);
	return search.found;
}

/**
 * mmapdemo_tracepoint_register - call a function at a tracepoint
 * @name: name of the tracepoint
 * @probe: function to call, with @data and the arguments of the tracepoint
 * @data: first argument of @probe
 *
 * This function may sleep, and takes the kernel's tracepoints_mutex.
 *
 * Return: 0, -ENOENT if this kernel has no such tracepoint, or an error of
 * tracepoint_probe_register().
 */
int mmapdemo_tracepoint_register(const char *name, void *probe, void *data)
{
	struct tracepoint *tp = tracepoint_find(name);

	return tp ? tracepoint_probe_register(tp, probe, data) : -ENOENT;
}

/**
 * mmapdemo_tracepoint_unregister - stop calling a function at a tracepoint
 * @name: as in mmapdemo_tracepoint_register()
 * @probe: as in mmapdemo_tracepoint_register()
 * @data: as in mmapdemo_tracepoint_register()
 *
 * @probe may still be running until tracepoint_synchronize_unregister() has
 * returned. This function may sleep.
 */
void mmapdemo_tracepoint_unregister(const char *name, void *probe, void *data)
{
	tracepoint_probe_unregister(tracepoint_find(name), probe, data);
}
