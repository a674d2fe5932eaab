/* SPDX-License-Identifier: GPL-2.0-only */
/* A fixture with pages to touch, for tests of the faults that the touches cause. */
#ifndef _MMAPDEMO_TEST_FAULT_PAGE_H
#define _MMAPDEMO_TEST_FAULT_PAGE_H

#include "fault.h"

FIXTURE(fault)
{
	struct trace trace;
	char around[32];
	char *page;	/* untouched private anonymous memory */
};

FIXTURE_SETUP(fault)
{
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_TRUE(small_faults(self->around, sizeof(self->around)));
	self->page = map_anon(PAGES * page_size());
	ASSERT_FALSE(failed(self->page));
}

FIXTURE_TEARDOWN(fault)
{
	put(FAULT_AROUND, self->around);
	trace_destroy(&self->trace);
}

#endif /* _MMAPDEMO_TEST_FAULT_PAGE_H */
