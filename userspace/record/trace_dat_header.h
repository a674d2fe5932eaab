/* SPDX-License-Identifier: GPL-2.0-only */
/* What a recording begins with: formats, names of tasks, where what is. */
#ifndef _TRACE_DAT_HEADER_H
#define _TRACE_DAT_HEADER_H

#include "record/trace_dat.h"
#include "record/trace_dat_read.h"

/*
 * Out of the @end->header_bytes of @header into @recording, whose sums are known.
 * 0, -ENOMEM, or -EPROTO: it is damaged.
 */
int trace_dat_header(struct trace_dat *recording, const char *header,
		     const struct trace_dat_end *end);

#endif /* _TRACE_DAT_HEADER_H */
