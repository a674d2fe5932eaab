// SPDX-License-Identifier: GPL-2.0-only
#include "base/format.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int parse_size(const char *text, __u64 *value)
{
	static const char units[] = "KMGTPE";
	const char *unit;
	char *end;
	__u64 number;
	int shift = 0;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	number = strtoull(text, &end, 0);
	if (errno)
		return -ERANGE;
	unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
	if (unit) {
		shift = 10 * (int)(unit - units + 1);
		end++;
	}
	if (*end)
		return -EINVAL;
	if (number > (~0ULL >> shift))
		return -ERANGE;
	*value = number << shift;
	return 0;
}

int parse_buffer(const char *text, __u64 *bytes)
{
	return parse_size(text, bytes) || *bytes < 4096 || *bytes > 1ULL << 40 ?
	       -EINVAL : 0;
}

int parse_count(const char *text, int *count)
{
	char *end;
	long value = strtol(text, &end, 10);

	*count = value;
	return !*end && value > 0 && value == *count ? 0 : -EINVAL;
}

int parse_address(const char *text, const char **end, __u64 *address)
{
	errno = 0;
	*address = strtoull(text, (char **)end, 16);
	return isxdigit((unsigned char)*text) && *end > text && !errno ?
	       0 : -EINVAL;
}

int parse_seconds(const char *text, int *ms)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds >= 0.01 && seconds <= 1e6))
		return -EINVAL;
	*ms = seconds * 1000;
	return 0;
}

const char *format_size(char text[FORMAT_MAX], __u64 bytes)
{
	static const char *const units[] = {
		"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"
	};
	double size = bytes;
	int unit = 0, length;

	while (size >= (unit ? 1023.95 : 1024)) {	/* 1023.95 rounds to 1024.0 */
		size /= 1024;
		unit++;
	}
	length = snprintf(text, FORMAT_MAX, "%.1f", size);
	if (!strcmp(text + length - 2, ".0"))
		length -= 2;
	snprintf(text + length, FORMAT_MAX - length, " %s", units[unit]);
	return text;
}

const char *format_duration(char text[FORMAT_MAX], __u64 ns, const char *micro)
{
	if (ns < 1000)
		snprintf(text, FORMAT_MAX, "%llu ns", ns);
	else if (ns < 999950)		/* 999950 rounds to 1000.0 */
		snprintf(text, FORMAT_MAX, "%.1f %ss", ns / 1e3, micro);
	else if (ns < 999950000)
		snprintf(text, FORMAT_MAX, "%.1f ms", ns / 1e6);
	else
		snprintf(text, FORMAT_MAX, "%.2f s", ns / 1e9);
	return text;
}

const char *format_rate(char text[FORMAT_MAX], __u64 count, __u64 ns)
{
	double rate = ns ? count * 1e9 / ns : 0;

	snprintf(text, FORMAT_MAX, rate && rate < 9.95 ? "%.1f" : "%.0f", rate);
	return text;
}

/*
 * Return the number of bytes of the character at @s. Return 0 if the bytes are
 * not valid UTF-8, or if the character is a control character.
 */
static int letter_bytes(const unsigned char *s)
{
	int bytes = *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : 4;
	__u32 code = *s & (0x7f >> bytes);

	if (*s < 0x80)
		return *s >= ' ' && *s != 0x7f;
	if (*s < 0xc2 || *s > 0xf4)
		return 0;
	for (int i = 1; i < bytes; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (code < 0xa0 || (bytes == 3 && code < 0x800) ||
	    (bytes == 4 && code < 0x10000) || code > 0x10ffff ||
	    (code >= 0xd800 && code < 0xe000))
		return 0;
	return bytes;
}

const char *format_name_without(char *text, size_t size, const char *name,
				const char *without)
{
	size_t used = 0;

	while (*name && used + 5 <= size) {
		int bytes = letter_bytes((const unsigned char *)name);

		if (!bytes || strchr(without, *name)) {
			used += sprintf(text + used, "\\%03o",
					(unsigned char)*name++);
			continue;
		}
		memcpy(text + used, name, bytes);
		used += bytes;
		name += bytes;
	}
	text[used] = 0;
	return text;
}

const char *format_name(char *text, size_t size, const char *name)
{
	return format_name_without(text, size, name, "");
}

bool format_is_utf8(const char *name)
{
	const unsigned char *at = (const unsigned char *)name;
	int bytes = 1;

	for (; *at && bytes; at += bytes)
		bytes = *at < 0x80 ? 1 : letter_bytes(at);
	return bytes;
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *file_title(const char *path)
{
	return strcmp(path, "/dev/zero (deleted)") && strcmp(path, "dev/zero") ?
	       path : SHARED_MEMORY;
}

const char *format_file(char *text, size_t size, const char *path)
{
	const char *begin;

	format_name(text, size, path_base(file_title(path)));
	begin = strrchr(text, '(');
	if (begin && begin > text + 1 && !strchr(begin, ')') &&
	    strstr(path, " (deleted)"))
		text[begin - 1 - text] = 0;
	return text;
}
