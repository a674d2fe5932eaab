// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo why --huge: explain where a process has no huge pages */
#include "cmd/why_huge.h"
#include "cmd/cmd.h"
#include "inspect/huge_text.h"

#include <errno.h>

typedef unsigned long long ull;

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
	err = ask->json ? huge_json_block(stdout, space, &block,
					  ask->address, &try) :
	      huge_text_block(stdout, ask->style, space, &block,
			      ask->address, &try);
	return cmd_written("why", err);
}

/* Read the VMAs, their names and their pages. Return 0 or -errno. */
static int gather(struct huge_space *space, struct vmas *vmas,
		  struct vma_names *names)
{
	const int pid = space->walk.pid;
	int err = vmas_read(vmas, pid);

	if (!err)
		err = vmas_whole(vmas);
	if (!err)
		err = vma_names_find(names, vmas, pid);
	return err ? err : huge_space_read(space);
}

int why_huge(const struct why_huge *ask)
{
	struct vma_names names = { 0 };
	struct vmas vmas = { 0 };
	struct huge_space space = {
		.walk.pid = ask->pid, .vmas = &vmas, .names = &names,
	};
	int err, status;

	huge_space_open(&space.walk);
	err = gather(&space, &vmas, &names);
	if (err)
		status = cmd_no_memory("why", ask->pid, err);
	else if (ask->addressed)
		status = show_block(ask, &space);
	else
		status = cmd_written("why", ask->json ?
				     huge_json_space(stdout, &space) :
				     huge_text_space(stdout, ask->style, &space,
						     ask->verbose));
	huge_space_free(&space);
	vma_names_free(&names);
	vmas_free(&vmas);
	return status;
}
