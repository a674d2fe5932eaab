/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An output file. The file gets its final name when the file is complete. Until
 * then, and after an error, an existing file with the final name is kept. A new
 * file is readable only by its owner, because events contain page frame numbers.
 * Under sudo, the owner is the user who called sudo. Devices, FIFOs and unlinked
 * files are written in place.
 */
#ifndef _OUTFILE_H
#define _OUTFILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct outfile - an output file
 * @fd: descriptor to write to; -1: the file is not open yet
 * @path: final name
 * @temporary: name until outfile_keep(); "": there is no temporary name
 */
struct outfile {
	int fd;
	char path[PATH_MAX];
	char temporary[PATH_MAX];
};

/*
 * Find the final name: @path, or the target if @path is a trusted link. Open a
 * file that is written in place. Return 0 or -errno.
 */
int outfile_find(struct outfile *file, const char *path);

/*
 * Before data is copied to @file, callers collect the data in unnamed files. Set
 * @path to any path in the directory for these unnamed files. If @file is written
 * in place, the directory is $TMPDIR or /var/tmp. Otherwise, it is the directory
 * of @file.
 */
void outfile_folder(const struct outfile *file, char path[PATH_MAX]);

/*
 * Create the file under its temporary name, unless the file is written in place.
 * Return 0 or -errno.
 */
int outfile_create(struct outfile *file);

/*
 * Give the file its final name. If @old is set, keep the old file as PATH.old.
 * Return 0 or -errno.
 */
int outfile_keep(struct outfile *file, bool old);

/* Keep the file under its temporary name, after outfile_keep() has failed. */
void outfile_leave(struct outfile *file);

/*
 * Close the file. Remove the file if it was not kept. This function can be
 * called twice.
 */
void outfile_close(struct outfile *file);

/* Return true if @path is a regular file that begins with @bytes. */
bool outfile_begins(const char *path, const void *bytes, size_t size);

/* Return true if @path is a regular file that is not empty. */
bool outfile_exists(const char *path);

/* Return the message for an error that one of these functions returned. */
const char *outfile_why(int err);

#endif /* _OUTFILE_H */
