/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parser of the header of a recording, which contains formats, names of tasks
 * and the positions of the pages.
 */
#ifndef _TRACE_DAT_HEADER_H
#define _TRACE_DAT_HEADER_H

#include "record/trace_dat.h"
#include "record/trace_dat_read.h"

/*
 * Parse @header, which has @end->header_bytes bytes, into @recording. The
 * checksums of @recording must already be loaded. Return 0, -ENOMEM, or -EPROTO
 * if the file is damaged.
 */
int trace_dat_header(struct trace_dat *recording, const char *header,
		     const struct trace_dat_end *end);

#endif /* _TRACE_DAT_HEADER_H */
