/* SPDX-License-Identifier: GPL-2.0-only */
/* Locations of code, and their symbols. */
#ifndef _CODE_H
#define _CODE_H

#include "event/world.h"
#include "record/symbols.h"

struct json_object;
struct line;

/*
 * Location of code, for use in keys. @offset is an offset in the file with
 * inode number @ino on device @dev. If @ino is 0, @offset is an address in the
 * address space whose id is @dev.
 */
struct code {
	__u64 ino;
	__u64 dev;
	__u64 offset;
};

struct code code_at(const struct space *space, __u64 address);

/*
 * Return the symbol at @code, or NULL. If @call is set, @code is a return
 * address, so look up the call instruction before the return address.
 */
const struct symbol *code_symbol(struct symbols *symbols, struct code code,
				 bool call);

/*
 * Add the symbol and the source line of @code, such as " memset+0x12
 * memset.c:22", after the name of the code. If the file was not found, add the
 * build id of the file, so that the user can find the file on another machine.
 */
void code_add_symbol(struct line *line, struct symbols *symbols,
		     struct code code, bool call);

/*
 * Add the symbol, the source line and the build id of code, if they are known.
 * Return NULL if there is no memory.
 */
struct json_object *code_json_symbol(struct json_object *object,
				     struct symbols *symbols,
				     struct code code, bool call);

#endif /* _CODE_H */
