/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers and names, from and to the way people write them. */
#ifndef _FORMAT_H
#define _FORMAT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* Enough for any of the texts below, names excepted. */
#define FORMAT_MAX 32

/* "4096", "0x1000", "4K": -EINVAL if it is something else, -ERANGE if huge. */
int parse_size(const char *text, __u64 *value);

/* The same, of a trace buffer: -EINVAL if that is not sensible. */
int parse_buffer(const char *text, __u64 *bytes);

/* "4711", from 1 on, as process ids are: -EINVAL if it is something else. */
int parse_count(const char *text, int *count);

/* "7f0012", "0x7f0012", up to @end: -EINVAL if it begins with something else. */
int parse_address(const char *text, const char **end, __u64 *address);

/* "1", "0.5", from 0.01 on: -EINVAL if it is something else. */
int parse_seconds(const char *text, int *ms);

/* "4 KiB", "1.9 MiB"; returns @text. */
const char *format_size(char text[FORMAT_MAX], __u64 bytes);

/* "850 ns", "11.2 us", with @micro for the letter; returns @text. */
const char *format_duration(char text[FORMAT_MAX], __u64 ns, const char *micro);

/* What a noun has at its end, of so many: "s" or "". */
static inline const char *plural(__u64 count)
{
	return count == 1 ? "" : "s";
}

/*
 * @name with what could harm a terminal, and what is no UTF-8, as \ooo; returns
 * @text.
 */
const char *format_name(char *text, size_t size, const char *name);

/* ... and the ASCII letters of @without, too. */
const char *format_name_without(char *text, size_t size, const char *name,
				const char *without);

/* Is @name UTF-8 throughout, control characters of ASCII included? */
bool format_is_utf8(const char *name);

/* The part of @path behind the last slash. */
const char *path_base(const char *path);

/*
 * What a file that is mapped is called: the kernel's own of shared anonymous memory
 * so, by its path or its name; another one as it was.
 */
const char *file_title(const char *path);

/*
 * That of @path without its folder, as format_name() has it; " (deleted)" as a whole or
 * not at all. Returns @text.
 */
const char *format_file(char *text, size_t size, const char *path);

#endif /* _FORMAT_H */
