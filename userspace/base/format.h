/* SPDX-License-Identifier: GPL-2.0-only */
/* Conversion of numbers and names from and to readable text. */
#ifndef _FORMAT_H
#define _FORMAT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* Enough for each of the texts below except names. */
#define FORMAT_MAX 32

/* Parse "4096", "0x1000" or "4K". -EINVAL: not a size; -ERANGE: too large. */
int parse_size(const char *text, __u64 *value);

/* Parse the size of a trace buffer. -EINVAL: not a size, or not a sensible one. */
int parse_buffer(const char *text, __u64 *bytes);

/* Parse a number from 1 on, such as the process ID "4711". -EINVAL: not a number. */
int parse_count(const char *text, int *count);

/*
 * Parse "7f0012" or "0x7f0012"; @end is set to the text after the address. -EINVAL:
 * @text does not begin with an address.
 */
int parse_address(const char *text, const char **end, __u64 *address);

/* Parse "1" or "0.5", from 0.01 on. -EINVAL: not a number of seconds. */
int parse_seconds(const char *text, int *ms);

/* Format @bytes as "4 KiB" or "1.9 MiB". Return @text. */
const char *format_size(char text[FORMAT_MAX], __u64 bytes);

/* Format @ns as "850 ns" or "11.2 us", with @micro instead of "u". Return @text. */
const char *format_duration(char text[FORMAT_MAX], __u64 ns, const char *micro);

/* Format @count per second of @ns: "9.9", "10", "1234"; "0" if @ns is 0. Return @text. */
const char *format_rate(char text[FORMAT_MAX], __u64 count, __u64 ns);

/* Return the plural ending of a noun, "s" or "". */
static inline const char *plural(__u64 count)
{
	return count == 1 ? "" : "s";
}

/*
 * Copy @name, with invalid UTF-8 and characters that could harm a terminal as \ooo.
 * Return @text.
 */
const char *format_name(char *text, size_t size, const char *name);

/* As format_name(), with the ASCII characters of @without as \ooo, too. */
const char *format_name_without(char *text, size_t size, const char *name,
				const char *without);

/* Return true if all of @name is UTF-8. ASCII control characters are valid. */
bool format_is_utf8(const char *name);

/* Return the part of @path after the last slash. */
const char *path_base(const char *path);

#define SHARED_MEMORY "shared anonymous memory"

/*
 * Return the title of a mapped file: SHARED_MEMORY for the path or name of the kernel's
 * file for such memory, otherwise @path.
 */
const char *file_title(const char *path);

/*
 * Format the title of @path without its directory, as format_name() does. " (deleted)"
 * is kept completely or dropped. Return @text.
 */
const char *format_file(char *text, size_t size, const char *path);

#endif /* _FORMAT_H */
