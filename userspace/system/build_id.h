/* SPDX-License-Identifier: GPL-2.0-only */
/* Build IDs. A build ID identifies a particular build of a program or library. */
#ifndef _BUILD_ID_H
#define _BUILD_ID_H

/* Size of the buffer for a build ID as text. A SHA-1 needs 41 bytes. */
#define BUILD_ID_MAX 129

/*
 * Open a regular file for reading. Return a descriptor. Return -1 on failure, or
 * if the file is not regular.
 */
int build_id_open(const char *path);

/*
 * Write the build ID of an ELF file to @text in hexadecimal. If no build ID is
 * found, write "". Return @text. The function reads a limited number of bytes,
 * regardless of the headers of the file.
 */
const char *build_id_of(int fd, char text[BUILD_ID_MAX]);

/*
 * Convert a build ID to bytes. Return the number of bytes, or 0 if @text is not
 * a build ID.
 */
int build_id_parse(const char *text, unsigned char bytes[BUILD_ID_MAX / 2]);

#endif /* _BUILD_ID_H */
