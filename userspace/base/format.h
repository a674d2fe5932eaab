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
 * Parse the size of a trace buffer. Return 0, or -EINVAL if @text is not a
 * size, or the size is out of range.
 */
int parse_buffer(const char *text, __u64 *bytes);

/*
 * Parse a positive number, such as a process ID. Return 0, or -EINVAL for any
 * other text.
 */
int parse_count(const char *text, int *count);

/*
 * Parse "7f0012" or "0x7f0012", and set @end to the text after the address.
 * Return 0, or -EINVAL if @text does not begin with an address.
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
 * Format a duration as "850 ns" or "11.2 us", with @micro instead of "u".
 * Return @text.
 */
const char *format_duration(char text[FORMAT_MAX], __u64 ns, const char *micro);

/* Format the rate per second of @count events in @ns: "9.9" or "1234". Return @text. */
const char *format_rate(char text[FORMAT_MAX], __u64 count, __u64 ns);

/* Return the plural ending of a noun: "s" or "". */
static inline const char *plural(__u64 count)
{
	return count == 1 ? "" : "s";
}

/*
 * Copy @name. Write the bytes of invalid UTF-8, and of characters that could
 * harm a terminal, in octal as \ooo. Return @text.
 */
const char *format_name(char *text, size_t size, const char *name);

/* As format_name(), but also write the ASCII characters of @without as \ooo. */
const char *format_name_without(char *text, size_t size, const char *name,
				const char *without);

/* Return true if @name is valid UTF-8. ASCII control characters are valid. */
bool format_is_utf8(const char *name);

/* Return the part of @path after the last slash. */
const char *path_base(const char *path);

#define SHARED_MEMORY "shared anonymous memory"

/*
 * Return the title of a mapped file. This is @path, or SHARED_MEMORY if @path
 * is the kernel's name for shared anonymous memory.
 */
const char *file_title(const char *path);

/*
 * Format the title of @path, without its directory, as format_name() does.
 * Either keep or drop the whole ending " (deleted)". Return @text.
 */
const char *format_file(char *text, size_t size, const char *path);

#endif /* _FORMAT_H */
