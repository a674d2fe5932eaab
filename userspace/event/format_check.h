/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parser of event formats. The formats come from a file that any user may have
 * written. libtraceevent trusts its input. So this parser passes to
 * libtraceevent only text that looks like a format from tracefs.
 */
#ifndef _FORMAT_CHECK_H
#define _FORMAT_CHECK_H

#include <stddef.h>

struct tep_handle;

/*
 * Parse the format of an event of @system. Return 0, -ENOMEM, or -EPROTO for a
 * damaged text.
 */
int format_text_event(struct tep_handle *tep, const char *text, size_t size,
		      const char *system);

/*
 * Parse the format of a sub-buffer. Return 0, -ENOMEM, or -EPROTO for a damaged
 * text.
 */
int format_text_page(struct tep_handle *tep, const char *text, size_t size);

#endif /* _FORMAT_CHECK_H */
