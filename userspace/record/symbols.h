/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Symbols for code. elfutils reads the file itself if it is still the recorded
 * file. Otherwise elfutils searches by build id in /usr/lib/debug and on the
 * servers of DEBUGINFOD_URLS.
 */
#ifndef _SYMBOLS_H
#define _SYMBOLS_H

#include "record/meta_read.h"

#define SYMBOL_NAME_MAX 128

/**
 * struct symbol - the code at an offset of a file
 * @name: name of the function, "" if unknown
 * @offset: offset within the function
 * @source: "memset.c", "" if unknown
 * @line: line of @source
 * @here: the file was found
 * @missing: why @name is unknown, for example "the file was not found"; NULL: @name is
 *	known, or the recording does not name the file
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
 * @modules, @found: trees of earlier lookups
 */
struct symbols {
	const struct meta *meta;
	void *modules;
	void *found;
};

/* Initialize without looking up anything. */
void symbols_open(struct symbols *symbols, const struct meta *meta);
void symbols_close(struct symbols *symbols);

/* Return the symbol at an offset, valid until closed; NULL: no memory. */
const struct symbol *symbols_find(struct symbols *symbols, __u32 dev,
				  __u64 ino, __u64 offset);

/* Return the recorded path or build id, "" if unknown. */
const char *symbols_path(struct symbols *symbols, __u32 dev, __u64 ino);
const char *symbols_build_id(struct symbols *symbols, __u32 dev, __u64 ino);

#endif /* _SYMBOLS_H */
