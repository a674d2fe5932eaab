/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names for the code of files, by what elfutils finds: the file itself, if it is
 * still the one that was recorded; or, by its build id, what is installed below
 * /usr/lib/debug, or what the servers in DEBUGINFOD_URLS have.
 */
#ifndef _SYMBOLS_H
#define _SYMBOLS_H

#include "record/meta_read.h"

#define SYMBOL_NAME_MAX 128

/**
 * struct symbol - what is at some offset of a file
 * @name: of the function, "" if it is not known
 * @offset: in it
 * @source: "memset.c", "" if it is not known
 * @line: of @source
 * @here: the file was found
 */
struct symbol {
	char name[SYMBOL_NAME_MAX];
	__u64 offset;
	char source[64];
	int line;
	bool here;
};

/** struct symbols - @modules and @found: trees of what was looked up */
struct symbols {
	const struct meta *meta;
	void *modules;
	void *found;
};

/* Looks for nothing yet. */
void symbols_open(struct symbols *symbols, const struct meta *meta);
void symbols_close(struct symbols *symbols);

/* What is at @offset; NULL: there is no such file. Valid until closed. */
const struct symbol *symbols_find(struct symbols *symbols, __u32 dev,
				  __u64 ino, __u64 offset);

/* The build id that was recorded, "" if it is not known. */
const char *symbols_build_id(struct symbols *symbols, __u32 dev, __u64 ino);

#endif /* _SYMBOLS_H */
