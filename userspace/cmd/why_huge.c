// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo why --huge: explain where a process has no huge pages */
#include "cmd/why_huge.h"
#include "cmd/cmd.h"
#include "inspect/huge_text.h"
#include "system/device.h"

#include <errno.h>
#include <unistd.h>

typedef unsigned long long ull;

/* Without the device, /proc shows the pages. */
static void open_tables(struct walk *walk)
{
	struct mmapdemo_info info;

	walk->levels = walk_levels();
	walk->fd = dev_open();
	if (walk->fd >= 0 && !dev_info(walk->fd, &info))
		walk->levels = info.levels;
}

static void try_block(const struct huge_space *space,
		      const struct huge_block *block, struct huge_try *try)
{
	try->asked = true;
	try->err = block->verdict.failed & huge_bit(HUGE_RANGE) ? -ERANGE :
		   huge_space_collapse(space, block);
}

static int show_block(const struct why_huge *ask,
		      const struct huge_space *space)
{
	struct huge_try try = { 0 };
	struct huge_block block;
	int err;

	if (!huge_space_block(space, ask->address, &block))
		return cmd_fail("why", "%llx: nothing is mapped at this "
				"address", (ull)ask->address);
	if (ask->try)
		try_block(space, &block, &try);
	err = ask->json ? huge_json_block(stdout, space, &block, &try) :
	      huge_text_block(stdout, ask->style, space, &block, &try);
	return cmd_written("why", err);
}

int why_huge(const struct why_huge *ask)
{
	struct huge_space space = { .walk.pid = ask->pid };
	int err, status;

	open_tables(&space.walk);
	err = huge_space_read(&space);
	if (err)
		status = cmd_no_memory("why", ask->pid, err);
	else if (ask->addressed)
		status = show_block(ask, &space);
	else
		status = cmd_written("why", ask->json ?
				     huge_json_space(stdout, &space) :
				     huge_text_space(stdout, ask->style, &space,
						     ask->verbose));
	if (space.walk.fd >= 0)
		close(space.walk.fd);
	huge_space_free(&space);
	return status;
}
