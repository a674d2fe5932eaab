/* SPDX-License-Identifier: GPL-2.0-only */
/* What is mapped where a fault was. */
#ifndef _WHERE_H
#define _WHERE_H

#include "base/stats.h"
#include "event/world.h"

/* Its name, or what memory without a name is called; returns @text. */
const char *summary_where(const struct space *space,
			  const struct fault_event *fault,
			  char text[ROW_NAME_MAX]);

#endif /* _WHERE_H */
