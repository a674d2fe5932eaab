/* SPDX-License-Identifier: GPL-2.0-only */
/* Locations of code, and their symbols. */
#ifndef _CODE_H
#define _CODE_H

#include "event/world.h"
#include "record/symbols.h"

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

struct code summary_code(const struct space *space, __u64 address);

/*
 * Return the symbol at @code, or NULL. If @call is set, @code is a return
 * address, so look up the call instruction before the return address.
 */
const struct symbol *summary_symbol(struct symbols *symbols, struct code code,
				    bool call);

#endif /* _CODE_H */
