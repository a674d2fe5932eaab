/* SPDX-License-Identifier: GPL-2.0-only */
/* write(2), repeated until everything is written. */
#ifndef _WRITE_ALL_H
#define _WRITE_ALL_H

#include <stddef.h>

/* Write all @size bytes. Return 0 or -errno. */
int write_all(int fd, const void *data, size_t size);

#endif /* _WRITE_ALL_H */
