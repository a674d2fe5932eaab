// SPDX-License-Identifier: GPL-2.0-only
#include "system/file_limit.h"

#include <stdbool.h>
#include <sys/resource.h>

static struct rlimit before;
static bool raised;

void file_limit_raise(void)
{
	struct rlimit most;

	if (raised || getrlimit(RLIMIT_NOFILE, &before))
		return;
	most = before;
	most.rlim_cur = most.rlim_max;
	raised = !setrlimit(RLIMIT_NOFILE, &most);
}

void file_limit_restore(void)
{
	if (raised)
		setrlimit(RLIMIT_NOFILE, &before);
	raised = false;
}
