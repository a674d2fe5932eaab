/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Symbols of code. elfutils looks for a file with the recorded build id: first at
 * the recorded path, then in /usr/lib/debug, then on the servers in
 * DEBUGINFOD_URLS.
 */
#ifndef _SYMBOLS_H
#define _SYMBOLS_H

#include "record/meta_read.h"

#define SYMBOL_NAME_MAX 128

/**
 * struct symbol - the code at an offset of a file
 * @name: name of the function; "" if it is unknown
 * @offset: offset within the function
 * @source: name of the source file, such as "memset.c"; "" if it is unknown
 * @line: line number in @source
 * @here: a file with the recorded build id was found
 * @missing: reason why @name is unknown, such as "the file was not found";
 *	NULL: @name is known, or the recording does not name the file
 */
struct symbol {
	char name[SYMBOL_NAME_MAX];
	__u64 offset;
	char source[64];
	int line;
	bool here;
	const char *missing;
};

/**
 * struct symbols - symbols of a recording
 * @meta: metadata of the recording
 * @modules: tree of the files that were looked up
 * @found: tree of the symbols that were looked up
 */
struct symbols {
	const struct meta *meta;
	void *modules;
	void *found;
};

/* Initialize @symbols. Do not look up any symbols yet. */
void symbols_open(struct symbols *symbols, const struct meta *meta);
void symbols_close(struct symbols *symbols);

/*
 * Return the symbol at an offset of a file. The symbol is valid until
 * symbols_close(). Return NULL if out of memory.
 */
const struct symbol *symbols_find(struct symbols *symbols, __u32 dev,
				  __u64 ino, __u64 offset);

/* Return the recorded path of a file, or "" if the path is unknown. */
const char *symbols_path(struct symbols *symbols, __u32 dev, __u64 ino);

/* Return the recorded build id of a file, or "" if the build id is unknown. */
const char *symbols_build_id(struct symbols *symbols, __u32 dev, __u64 ino);

#endif /* _SYMBOLS_H */
