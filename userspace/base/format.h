/* SPDX-License-Identifier: GPL-2.0-only */
/* Conversion of numbers and names to readable text, and back. */
#ifndef _FORMAT_H
#define _FORMAT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Size of a buffer that is large enough for any text that a function below
 * writes, except names.
 */
#define FORMAT_MAX 32

/*
 * Parse a size, such as "4096", "0x1000" or "4K". Return 0, -EINVAL if @text is
 * not a size, or -ERANGE if the size is too large.
 */
int parse_size(const char *text, __u64 *value);

/*
 * Parse the size of a trace buffer. Return 0, or -EINVAL if @text is not a size
 * from 4 KiB to 1 TiB.
 */
int parse_buffer(const char *text, __u64 *bytes);

/*
 * Parse a positive decimal number, such as a process ID. Return 0, or -EINVAL
 * for any other text.
 */
int parse_count(const char *text, int *count);

/*
 * Parse a hexadecimal address, such as "7f0012" or "0x7f0012". Set @end to the
 * text after the address. Return 0, or -EINVAL if @text does not begin with an
 * address.
 */
int parse_address(const char *text, const char **end, __u64 *address);

/*
 * Parse a time in seconds, such as "0.5", and store it in milliseconds. Return
 * 0, or -EINVAL if @text is not a time from 0.01 to 1000000 seconds.
 */
int parse_seconds(const char *text, int *ms);

/* Format @bytes as "4 KiB" or "1.9 MiB", never "4.0 KiB". Return @text. */
const char *format_size(char text[FORMAT_MAX], __u64 bytes);

/*
 * Format a duration, such as "850 ns" or "11.2 us". @micro replaces the "u" of
 * "us". Return @text.
 */
const char *format_duration(char text[FORMAT_MAX], __u64 ns, const char *micro);

/*
 * Format the number of events per second, such as "9.9" or "1234", if there were
 * @count events in @ns nanoseconds. Return @text.
 */
const char *format_rate(char text[FORMAT_MAX], __u64 count, __u64 ns);

/* Return the ending of a noun that follows the number @count: "s", or "" for 1. */
static inline const char *plural(__u64 count)
{
	return count == 1 ? "" : "s";
}

/*
 * Copy @name to @text. Write each byte of invalid UTF-8, and each byte of a
 * control character, in octal as \ooo. Truncate the name if @size bytes are too
 * few. Return @text.
 */
const char *format_name(char *text, size_t size, const char *name);

/* As format_name(), but also write the ASCII characters in @without as \ooo. */
const char *format_name_without(char *text, size_t size, const char *name,
				const char *without);

/*
 * Return true if @name is valid UTF-8 and contains none of the control
 * characters U+0080 to U+009F. ASCII control characters are allowed.
 */
bool format_is_utf8(const char *name);

/* Return the part of @path after the last slash, or @path if it has no slash. */
const char *path_base(const char *path);

#define SHARED_MEMORY "shared anonymous memory"

/*
 * Return the title of a mapped file: SHARED_MEMORY if @path is the kernel's name
 * for shared anonymous memory, and otherwise @path.
 */
const char *file_title(const char *path);

/*
 * Write the title of the mapped file @path, without its directory, to @text, as
 * format_name() does. If the ending " (deleted)" does not fit, drop the whole
 * ending. Return @text.
 */
const char *format_file(char *text, size_t size, const char *path);

#endif /* _FORMAT_H */
