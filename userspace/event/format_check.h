/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text in which a kernel describes an event, out of a file that anybody may
 * have made. libtraceevent trusts what tracefs says: it gets what looks like that.
 */
#ifndef _FORMAT_CHECK_H
#define _FORMAT_CHECK_H

#include <stddef.h>

struct tep_handle;

/* Of an event of @system. 0, -ENOMEM, or -EPROTO: it is damaged. */
int format_text_event(struct tep_handle *tep, const char *text, size_t size,
		      const char *system);

/* Of a page of the ring buffer; likewise. */
int format_text_page(struct tep_handle *tep, const char *text, size_t size);

#endif /* _FORMAT_CHECK_H */
