// SPDX-License-Identifier: GPL-2.0-only
#include "build_id.h"

#include <elfutils/libdwelf.h>
#include <stdio.h>
#include <string.h>

const char *build_id_of(int fd, char text[BUILD_ID_MAX])
{
	const void *bytes;
	ssize_t size;
	Elf *elf;

	text[0] = 0;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	size = elf ? dwelf_elf_gnu_build_id(elf, &bytes) : 0;
	for (ssize_t i = 0; i < size && 2 * i + 2 < BUILD_ID_MAX; i++)
		sprintf(text + 2 * i, "%02x", ((unsigned char *)bytes)[i]);
	elf_end(elf);
	return text;
}

int build_id_parse(const char *text, unsigned char bytes[BUILD_ID_MAX / 2])
{
	const size_t length = strlen(text);

	if (length % 2 || length >= BUILD_ID_MAX ||
	    strspn(text, "0123456789abcdef") != length)
		return 0;
	for (size_t i = 0; i < length / 2; i++)
		sscanf(text + 2 * i, "%2hhx", &bytes[i]);
	return length / 2;
}
