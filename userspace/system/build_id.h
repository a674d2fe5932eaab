/* SPDX-License-Identifier: GPL-2.0-only */
/* Build IDs, which distinguish the builds of a program or library. */
#ifndef _BUILD_ID_H
#define _BUILD_ID_H

/* Maximum size of the text; SHA-1 has 41. */
#define BUILD_ID_MAX 129

/* Open a regular file, and no other file, for reading. Return -1 otherwise. */
int build_id_open(const char *path);

/*
 * Find the build ID of an ELF file, in hexadecimal, "" if there is none. Return @text.
 * Read a bounded part of the file, whatever its headers request.
 */
const char *build_id_of(int fd, char text[BUILD_ID_MAX]);

/* Convert a build ID to bytes. Return their number, 0 if @text is not a build ID. */
int build_id_parse(const char *text, unsigned char bytes[BUILD_ID_MAX / 2]);

#endif /* _BUILD_ID_H */
