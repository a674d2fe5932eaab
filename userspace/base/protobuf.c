// SPDX-License-Identifier: GPL-2.0-only
#include "base/protobuf.h"

#include <stdlib.h>
#include <string.h>

/* Wire types of fields. */
enum wire {
	VARINT = 0,
	BYTES = 2,
};

/* Bytes reserved for the length of a nested message. */
#define LENGTH_BYTES 4

static void put(struct protobuf *message, const void *bytes, size_t size)
{
	size_t room = message->room;
	unsigned char *grown;

	while (!message->failed && message->used + size > room) {
		room = room ? room * 2 : 512;
		grown = realloc(message->bytes, room);
		message->failed = !grown;
		if (grown) {
			message->bytes = grown;
			message->room = room;
		}
	}
	if (message->failed)
		return;
	memcpy(message->bytes + message->used, bytes, size);
	message->used += size;
}

/*
 * Write 7 bits per byte, the lowest bits first. Bit 7 is clear only in the last
 * byte.
 */
static void put_varint(struct protobuf *message, __u64 value)
{
	unsigned char bytes[10];
	int count = 0;

	for (; value > 0x7f; value >>= 7)
		bytes[count++] = value | 0x80;
	bytes[count++] = value;
	put(message, bytes, count);
}

static void put_key(struct protobuf *message, int field, enum wire wire)
{
	put_varint(message, (__u64)field << 3 | wire);
}

void protobuf_number(struct protobuf *message, int field, __u64 value)
{
	put_key(message, field, VARINT);
	put_varint(message, value);
}

void protobuf_text(struct protobuf *message, int field, const char *text)
{
	size_t size = strlen(text);

	put_key(message, field, BYTES);
	put_varint(message, size);
	put(message, text, size);
}

size_t protobuf_open(struct protobuf *message, int field)
{
	static const unsigned char none[LENGTH_BYTES];

	put_key(message, field, BYTES);
	put(message, none, sizeof(none));
	return message->used;
}

void protobuf_close(struct protobuf *message, size_t at)
{
	size_t size = message->used - at;

	if (message->failed)
		return;
	for (int i = LENGTH_BYTES; i; i--, size >>= 7)
		message->bytes[at - i] = (size & 0x7f) | (i > 1 ? 0x80 : 0);
}
