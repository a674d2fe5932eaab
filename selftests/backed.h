/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fixture that has a region and a mapping of the region. The region is backed
 * by a file on one of three file systems.
 */
#ifndef _MMAPDEMO_TEST_BACKED_H
#define _MMAPDEMO_TEST_BACKED_H

#include "backing.h"

FIXTURE(backing)
{
	int file;	/* PAGES pages that fill_file() has filled */
	int fd;
	char *map;	/* a shared mapping of the whole region */
};

FIXTURE_VARIANT(backing)
{
	int (*file)(void);
};

FIXTURE_VARIANT_ADD(backing, disk) { .file = file_on_disk };
FIXTURE_VARIANT_ADD(backing, memory) { .file = file_in_memory };
FIXTURE_VARIANT_ADD(backing, overlay) { .file = file_on_overlay };

FIXTURE_SETUP(backing)
{
	self->fd = -1;
	self->file = variant->file();
	if (self->file == NO_OVERLAY)
		return;
	ASSERT_LE(0, self->file);
	ASSERT_TRUE(fill_file(self->file, PAGES));
	self->fd = region_over(self->file, PAGES * page_size());
	ASSERT_LE(0, self->fd);
	self->map = device_map(self->fd, PAGES, MAP_SHARED, 0);
	ASSERT_FALSE(failed(self->map));
}

/*
 * Every test uses this macro, because older versions of the harness run the
 * test even if the setup calls SKIP().
 */
#define SKIP_WITHOUT_OVERLAY()						\
do {									\
	if (self->file == NO_OVERLAY)					\
		SKIP(return, "the kernel has no overlayfs");		\
} while (0)

FIXTURE_TEARDOWN(backing)
{
	close(self->fd);
	close(self->file);
}

#endif /* _MMAPDEMO_TEST_BACKED_H */
