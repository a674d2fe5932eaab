/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file that is written. It gets its name when it is whole: until then the file
 * that had the name before is kept, and whatever goes wrong leaves that. It is
 * for its owner alone, as events have page frame numbers; with sudo for the user
 * that called sudo. Devices and FIFOs are written to as they are, and so is a file
 * that has lost its name.
 */
#ifndef _OUTFILE_H
#define _OUTFILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct outfile - the file
 * @fd: to write to, -1: not yet
 * @path: its name
 * @temporary: its name until it is kept, "": it has none
 */
struct outfile {
	int fd;
	char path[PATH_MAX];
	char temporary[PATH_MAX];
};

/* Its name, where @path is a link that can be trusted: that. 0 or -errno. */
int outfile_find(struct outfile *file, const char *path);

/*
 * Where files without a name are kept until they are written to it: next to it, or
 * for a device or FIFO in $TMPDIR or /var/tmp.
 */
void outfile_folder(const struct outfile *file, char beside[PATH_MAX]);

/* A new file without its name. 0 or -errno. */
int outfile_create(struct outfile *file);

/* Now it has it; with @old the file before is PATH.old. 0 or -errno. */
int outfile_keep(struct outfile *file, bool old);

/* If that failed: it is not removed, but has its temporary name. */
void outfile_leave(struct outfile *file);

/* Removes it if it was not kept. Can be called twice. */
void outfile_close(struct outfile *file);

/* Is there a regular file that begins so? */
bool outfile_begins(const char *path, const void *bytes, size_t size);

/* Is there a regular file with something in it? */
bool outfile_exists(const char *path);

/* The words for -errno of these functions. */
const char *outfile_why(int err);

#endif /* _OUTFILE_H */
