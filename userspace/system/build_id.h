/* SPDX-License-Identifier: GPL-2.0-only */
/* Build IDs, which identify one build of a program or library. */
#ifndef _BUILD_ID_H
#define _BUILD_ID_H

/* Size of the buffer for a build ID as text. A SHA-1 needs 41 bytes. */
#define BUILD_ID_MAX 129

/* Open @path for reading. Return -1 on failure, or if it is no regular file. */
int build_id_open(const char *path);

/*
 * Find the build ID of an ELF file. Write it to @text in hexadecimal, "" if
 * there is none. Return @text. The part of the file that is read has an upper
 * bound, whatever the headers of the file say.
 */
const char *build_id_of(int fd, char text[BUILD_ID_MAX]);

/* Convert a build ID to bytes. Return their number; 0: @text is no build ID. */
int build_id_parse(const char *text, unsigned char bytes[BUILD_ID_MAX / 2]);

#endif /* _BUILD_ID_H */
