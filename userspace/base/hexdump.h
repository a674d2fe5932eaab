/* SPDX-License-Identifier: GPL-2.0-only */
/* Dump of bytes in the format of "hexdump -Cv", which prints repeated lines, too. */
#ifndef _HEXDUMP_H
#define _HEXDUMP_H

#include <linux/types.h>
#include <stddef.h>
#include <stdio.h>

#define HEXDUMP_ROW 16

struct hexdump {
	__u64 offset;		/* offset of row[0] in the dump */
	size_t used;
	unsigned char row[HEXDUMP_ROW];
};

void hexdump_begin(struct hexdump *dump, __u64 offset);
int hexdump_put(struct hexdump *dump, FILE *out, const void *data,
		size_t length);

/* Write the last row if it is incomplete, and the offset after the last byte. */
int hexdump_end(struct hexdump *dump, FILE *out);

#endif /* _HEXDUMP_H */
