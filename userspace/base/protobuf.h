/* SPDX-License-Identifier: GPL-2.0-only */
/* Writer of Protocol Buffers messages, field by field. */
#ifndef _PROTOBUF_H
#define _PROTOBUF_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct protobuf - a message
 * @bytes: the encoded fields
 * @used: number of bytes used in @bytes
 * @room: number of bytes allocated for @bytes
 * @failed: there was no memory, and fields are missing
 */
struct protobuf {
	unsigned char *bytes;
	size_t used;
	size_t room;
	bool failed;
};

void protobuf_number(struct protobuf *message, int field, __u64 value);
void protobuf_text(struct protobuf *message, int field, const char *text);

/*
 * Begin a nested message. All fields that are added before protobuf_close() are
 * part of the nested message. Return the argument @at of protobuf_close().
 */
size_t protobuf_open(struct protobuf *message, int field);
void protobuf_close(struct protobuf *message, size_t at);

#endif /* _PROTOBUF_H */
