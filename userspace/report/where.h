/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of the name of the mapping at a faulting address. */
#ifndef _WHERE_H
#define _WHERE_H

#include "base/stats.h"
#include "event/world.h"

/*
 * Write the name of the mapping. If the name is unknown, write the inode or
 * "anonymous". Return @text.
 */
const char *summary_where(const struct space *space,
			  const struct fault_event *fault,
			  char text[ROW_NAME_MAX]);

#endif /* _WHERE_H */
