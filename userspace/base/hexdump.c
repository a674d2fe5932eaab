// SPDX-License-Identifier: GPL-2.0-only
#include "base/hexdump.h"

#include <errno.h>

void hexdump_begin(struct hexdump *dump, __u64 offset)
{
	dump->offset = offset;
	dump->used = 0;
}

static void put_row(struct hexdump *dump, FILE *out)
{
	fprintf(out, "%08llx ", (unsigned long long)dump->offset);
	for (size_t i = 0; i < HEXDUMP_ROW; i++) {
		if (i % 8 == 0)
			fputc(' ', out);
		if (i < dump->used)
			fprintf(out, "%02x ", dump->row[i]);
		else
			fputs("   ", out);
	}
	fputs(" |", out);
	for (size_t i = 0; i < dump->used; i++) {
		unsigned char c = dump->row[i];

		fputc(c >= ' ' && c < 0x7f ? c : '.', out);
	}
	fputs("|\n", out);
	dump->offset += dump->used;
	dump->used = 0;
}

int hexdump_put(struct hexdump *dump, FILE *out, const void *data,
		size_t length)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < length; i++) {
		dump->row[dump->used++] = bytes[i];
		if (dump->used == HEXDUMP_ROW)
			put_row(dump, out);
	}
	if (!ferror(out))
		return 0;
	return errno ? -errno : -EIO;
}

int hexdump_end(struct hexdump *dump, FILE *out)
{
	if (dump->used)
		put_row(dump, out);
	fprintf(out, "%08llx\n", (unsigned long long)dump->offset);
	if (!fflush(out) && !ferror(out))
		return 0;
	return errno ? -errno : -EIO;
}
