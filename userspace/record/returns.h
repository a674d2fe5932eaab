/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Return addresses in the code of recorded files. A word of a stack can be anything;
 * it is credible as a return address only where a call instruction ends.
 */
#ifndef _RETURNS_H
#define _RETURNS_H

#include "record/meta_read.h"

/** struct returns - @files: tree of the files that were read; all 0: closed */
struct returns {
	const struct meta *meta;
	void *files;
};

/*
 * Return true if a call instruction ends at @offset of the file. False also if the file
 * is no longer the recorded one.
 */
bool returns_at(struct returns *returns, __u32 dev, __u64 ino, __u64 offset);

void returns_close(struct returns *returns);

#endif /* _RETURNS_H */
