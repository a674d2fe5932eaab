/* SPDX-License-Identifier: GPL-2.0-only */
/* What tells a program or library from another build of it. */
#ifndef _BUILD_ID_H
#define _BUILD_ID_H

/* Of the text; SHA-1 has 41. */
#define BUILD_ID_MAX 129

/* Opens a regular file to read it, and nothing else; -1: it is none. */
int build_id_open(const char *path);

/*
 * That of an ELF file, in hexadecimal, "" if it has none; returns @text. Reads a
 * bounded part of the file, whatever the file says.
 */
const char *build_id_of(int fd, char text[BUILD_ID_MAX]);

/* Back to bytes: how many, 0 if it is no build id. */
int build_id_parse(const char *text, unsigned char bytes[BUILD_ID_MAX / 2]);

#endif /* _BUILD_ID_H */
