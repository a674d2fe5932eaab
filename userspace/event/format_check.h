/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parser of a kernel's descriptions of events, from a file that any user may have made.
 * libtraceevent trusts its input, so it only gets text that looks like that of tracefs.
 */
#ifndef _FORMAT_CHECK_H
#define _FORMAT_CHECK_H

#include <stddef.h>

struct tep_handle;

/* Parse the format of an event of @system. 0, -ENOMEM, or -EPROTO: damaged text. */
int format_text_event(struct tep_handle *tep, const char *text, size_t size,
		      const char *system);

/* Parse the format of a sub-buffer. 0, -ENOMEM, or -EPROTO: damaged text. */
int format_text_page(struct tep_handle *tep, const char *text, size_t size);

#endif /* _FORMAT_CHECK_H */
