// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reader of build IDs.
 *
 * The file may belong to another user, who can change the file while it is read.
 * The file is read with pread(2), because an access to a mapping of a truncated
 * file would raise SIGBUS. The number of bytes to read is limited, because the
 * headers may describe segments of any size, and a sparse file can have any size.
 */
#include "system/build_id.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Maximum size of the headers, and maximum total size of the notes, to read */
#define READ_MAX (64 << 10)

int build_id_open(const char *path)
{
	char self[32];
	struct stat st;
	int err, fd, place = open(path, O_PATH | O_CLOEXEC);

	if (place < 0)
		return -1;
	/*
	 * Check the type of the file before opening it, because opening a
	 * device or a FIFO has side effects.
	 */
	snprintf(self, sizeof(self), "/proc/self/fd/%d", place);
	fd = -1;
	if (!fstat(place, &st) && S_ISREG(st.st_mode))
		fd = open(self, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	else
		errno = EINVAL;
	err = errno;
	close(place);
	errno = err;
	return fd;
}

static size_t read_at(int fd, void *to, size_t size, off_t at)
{
	ssize_t n;

	do
		n = pread(fd, to, size, at);
	while (n < 0 && errno == EINTR);
	return n > 0 ? n : 0;
}

/*
 * Clear the fields about section headers, because libelf would read beyond the
 * buffer to find the headers.
 */
static void drop_sections(char *headers)
{
	Elf64_Ehdr *wide = (void *)headers;
	Elf32_Ehdr *narrow = (void *)headers;

	if (headers[EI_CLASS] == ELFCLASS64) {
		wide->e_shoff = 0;
		wide->e_shnum = wide->e_shstrndx = 0;
	} else {
		narrow->e_shoff = 0;
		narrow->e_shnum = narrow->e_shstrndx = 0;
	}
}

static size_t align_up(size_t at, size_t align)
{
	return (at + align - 1) & ~(align - 1);
}

static bool is_build_id(const Elf64_Nhdr *note, const char *name)
{
	return note->n_type == NT_GNU_BUILD_ID &&
	       note->n_namesz == sizeof(ELF_NOTE_GNU) &&
	       !memcmp(name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) &&
	       2 * note->n_descsz < BUILD_ID_MAX;
}

/* Find the build ID among the notes. Return false if there is none. */
static bool find_id(const char *notes, size_t size, size_t align, char *text)
{
	Elf64_Nhdr note;	/* has the same layout as Elf32_Nhdr */
	size_t name, value, at = 0;

	while (at < size && size - at >= sizeof(note)) {
		memcpy(&note, notes + at, sizeof(note));
		name = at + sizeof(note);
		value = align_up(name + note.n_namesz, align);
		if (value > size || note.n_descsz > size - value)
			return false;
		if (is_build_id(&note, notes + name)) {
			for (size_t i = 0; i < note.n_descsz; i++)
				sprintf(text + 2 * i, "%02hhx",
					notes[value + i]);
			return true;
		}
		at = align_up(value + note.n_descsz, align);
	}
	return false;
}

static void find_in_segments(int fd, Elf *elf, char *text)
{
	size_t count = 0, left = READ_MAX, size;
	char *notes = malloc(READ_MAX);
	GElf_Phdr segment;

	if (!notes || elf_getphdrnum(elf, &count))
		count = 0;
	for (size_t i = 0; i < count && left; i++) {
		if (!gelf_getphdr(elf, i, &segment) ||
		    segment.p_type != PT_NOTE)
			continue;
		size = segment.p_filesz < left ? segment.p_filesz : left;
		size = read_at(fd, notes, size, segment.p_offset);
		left -= size;
		if (find_id(notes, size, segment.p_align == 8 ? 8 : 4, text))
			break;
	}
	free(notes);
}

const char *build_id_of(int fd, char text[BUILD_ID_MAX])
{
	char *headers = malloc(READ_MAX);
	size_t size = headers ? read_at(fd, headers, READ_MAX, 0) : 0;
	Elf *elf = NULL;

	text[0] = 0;
	elf_version(EV_CURRENT);
	if (size >= sizeof(Elf64_Ehdr) && !memcmp(headers, ELFMAG, SELFMAG)) {
		drop_sections(headers);
		elf = elf_memory(headers, size);
	}
	if (elf)
		find_in_segments(fd, elf, text);
	elf_end(elf);
	free(headers);
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
