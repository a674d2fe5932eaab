// SPDX-License-Identifier: GPL-2.0-only
#include "record/returns.h"
#include "base/order.h"
#include "record/symbols.h"

#include <search.h>
#include <stdlib.h>
#include <unistd.h>

/* Maximum length of a call instruction of x86, without prefixes. */
#define CALL_MAX 7

/**
 * struct returns_file - a file with code
 * @dev: device number of the file
 * @ino: inode of the file
 * @fd: the file, -1: it was not found
 * @offset: the offset that was looked at last; 0: none
 * @follows: a call instruction ends at @offset
 */
struct returns_file {
	__u32 dev;
	__u64 ino;
	int fd;
	__u64 offset;
	bool follows;
};

static int by_file(const void *a, const void *b)
{
	const struct returns_file *x = a, *y = b;

	return ORDER(x->ino, y->ino) ?: ORDER(x->dev, y->dev);
}

static struct returns_file *get_file(struct returns *returns, __u32 dev,
				     __u64 ino)
{
	const struct returns_file key = { .dev = dev, .ino = ino, .fd = -1 };
	struct returns_file **found = tfind(&key, &returns->files, by_file);
	struct returns_file *file;
	struct meta_file named;

	if (found)
		return *found;
	file = malloc(sizeof(*file));
	if (!file)
		return NULL;
	*file = key;
	if (!tsearch(file, &returns->files, by_file)) {
		free(file);
		return NULL;
	}
	if (meta_file(returns->meta, dev, ino, &named) && *named.build_id)
		file->fd = symbols_open_file(&named);
	return file;
}

/* Return the length of an instruction with a ModRM byte after an opcode of one byte. */
static int length_of(const unsigned char *code)
{
	const int mod = code[1] >> 6, rm = code[1] & 7;
	const bool sib = mod != 3 && rm == 4;
	const bool has_disp32 = mod == 2 ||
		(mod == 0 && (rm == 5 || (sib && (code[2] & 7) == 5)));

	return 2 + sib + (mod == 1) + 4 * has_disp32;
}

/* Return true if the bytes, before the last, end with a call: e8, or ff /2. */
static bool ends_with_call(const unsigned char bytes[CALL_MAX + 1])
{
	if (bytes[CALL_MAX - 5] == 0xe8)
		return true;
	for (int length = 2; length <= CALL_MAX; length++) {
		const unsigned char *code = bytes + CALL_MAX - length;

		if (code[0] == 0xff && (code[1] >> 3 & 7) == 2 &&
		    length_of(code) == length)
			return true;
	}
	return false;
}

bool returns_at(struct returns *returns, __u32 dev, __u64 ino, __u64 offset)
{
	struct returns_file *file = returns->meta ?
				    get_file(returns, dev, ino) : NULL;
	unsigned char bytes[CALL_MAX + 1] = { 0 };

	if (!file || file->fd < 0 || offset < CALL_MAX)
		return false;
	if (file->offset != offset) {
		file->offset = offset;
		file->follows = pread(file->fd, bytes, CALL_MAX,
				      offset - CALL_MAX) == CALL_MAX &&
				ends_with_call(bytes);
	}
	return file->follows;
}

static void free_file(void *node)
{
	struct returns_file *file = node;

	if (file->fd >= 0)
		close(file->fd);
	free(file);
}

void returns_close(struct returns *returns)
{
	tdestroy(returns->files, free_file);
	*returns = (struct returns){ 0 };
}
