// SPDX-License-Identifier: GPL-2.0-only
/*
 * Build ids are read from the files of observed processes. Whatever a file
 * contains, the reader must not block or crash.
 *
 * Depends on: nothing.
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"

#include <stddef.h>
#include <unistd.h>

/*
 * @bytes_read is the number of bytes read so far. The file is truncated to
 * @cut_at bytes after the first read, unless @cut_at is 0.
 */
static size_t bytes_read;
static off_t cut_at;

static ssize_t counted_pread(int fd, void *to, size_t size, off_t at)
{
	ssize_t n = pread(fd, to, size, at);

	bytes_read += n > 0 ? n : 0;
	if (cut_at && ftruncate(fd, cut_at))
		return -1;
	return n;
}

#define pread counted_pread
#include "../userspace/system/build_id.c"
#undef pread

#include <sys/mman.h>

#define TEBIBYTE (1LL << 40)

/* An ELF file with a note segment directly after the headers. */
struct file {
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	Elf64_Nhdr other;
	char other_name[4];
	Elf64_Nhdr note;
	char name[4];
	unsigned char id[20];
};

FIXTURE(build_id)
{
	int fd;
	struct file file;
	char text[BUILD_ID_MAX];
};

FIXTURE_SETUP(build_id)
{
	self->file = (struct file){
		.header = {
			.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
				     ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_DYN,
			.e_machine = EM_X86_64,
			.e_version = EV_CURRENT,
			.e_phoff = offsetof(struct file, segment),
			.e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 1,
		},
		.segment = {
			.p_type = PT_NOTE,
			.p_offset = offsetof(struct file, other),
			.p_filesz = sizeof(struct file) -
				    offsetof(struct file, other),
			.p_align = 4,
		},
		.other = { .n_namesz = 4, .n_type = 1 },
		.other_name = "GNU",
		.note = { .n_namesz = 4, .n_descsz = 20,
			  .n_type = NT_GNU_BUILD_ID },
		.name = "GNU",
		.id = { 0xab, 1, 2, 3, [19] = 0xff },
	};
	bytes_read = 0;
	cut_at = 0;
	self->fd = memfd_create("elf", MFD_CLOEXEC);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(build_id)
{
	close(self->fd);
}

static const char *read_id(FIXTURE_DATA(build_id) *self)
{
	if (pwrite(self->fd, &self->file, sizeof(self->file), 0) !=
	    sizeof(self->file))
		return "not written";
	return build_id_of(self->fd, self->text);
}

TEST_F(build_id, is_found)
{
	EXPECT_STREQ("ab010203000000000000000000000000000000ff", read_id(self));
}

/*
 * patchelf(1) moves notes to the end of a file, which may be far from the
 * headers.
 */
TEST_F(build_id, is_found_far_from_the_headers)
{
	self->file.segment.p_offset += TEBIBYTE;
	ASSERT_EQ((ssize_t)self->file.segment.p_filesz,
		  pwrite(self->fd, &self->file.other,
			 self->file.segment.p_filesz,
			 self->file.segment.p_offset));
	EXPECT_EQ(40, strlen(read_id(self)));
}

/* The file is full of zeros. Each sequence of 12 zeros looks like an empty note. */
TEST_F(build_id, notes_without_end_are_not_read)
{
	self->file.segment.p_filesz = TEBIBYTE - self->file.segment.p_offset;
	self->file.note.n_type = 2;
	ASSERT_EQ(0, ftruncate(self->fd, TEBIBYTE));
	EXPECT_STREQ("", read_id(self));
	EXPECT_GE(2 * READ_MAX, bytes_read);
}

TEST_F(build_id, many_segments_are_not_read)
{
	static Elf64_Phdr segments[1000];

	for (int i = 0; i < 1000; i++) {
		segments[i] = self->file.segment;
		segments[i].p_offset = 1 << 20;
		segments[i].p_filesz = TEBIBYTE - (1 << 20);
	}
	self->file.header.e_phoff = sizeof(self->file);
	self->file.header.e_phnum = 1000;
	ASSERT_EQ(0, ftruncate(self->fd, TEBIBYTE));
	ASSERT_EQ((ssize_t)sizeof(segments),
		  pwrite(self->fd, segments, sizeof(segments),
			 sizeof(self->file)));
	EXPECT_STREQ("", read_id(self));
	EXPECT_GE(2 * READ_MAX, bytes_read);
}

/*
 * The reader ignores section headers, even where the file is large enough to
 * contain them.
 */
TEST_F(build_id, sections_without_end_are_not_read)
{
	self->file.header.e_shoff = TEBIBYTE / 2;
	self->file.header.e_shnum = 0xfeff;
	self->file.header.e_shentsize = sizeof(Elf64_Shdr);
	ASSERT_EQ(0, ftruncate(self->fd, TEBIBYTE));
	EXPECT_EQ(40, strlen(read_id(self)));
	EXPECT_GE(2 * READ_MAX, bytes_read);
}

TEST_F(build_id, a_file_truncated_meanwhile_has_no_build_id)
{
	cut_at = offsetof(struct file, other);
	EXPECT_STREQ("", read_id(self));
	EXPECT_STREQ("", build_id_of(self->fd, self->text));
}

TEST_F(build_id, a_damaged_file_has_no_build_id)
{
	for (size_t at = 0; at < offsetof(struct file, id); at++) {
		unsigned char *byte = (unsigned char *)&self->file + at;
		unsigned char was = *byte;

		*byte = 0xff;
		read_id(self);
		*byte = was;
	}
	EXPECT_GE(1000 * sizeof(struct file), bytes_read);
}

TEST_F(build_id, truncated_at_the_end_of_the_notes_is_refused)
{
	self->file.segment.p_filesz -= 10;
	EXPECT_STREQ("", read_id(self));
}

TEST_F(build_id, is_found_after_a_name_of_odd_length)
{
	self->file.other.n_namesz = 1;
	EXPECT_EQ(40, strlen(read_id(self)));
}

/* Write a note with a value of 4 bytes, and then a build id of @bytes bytes. */
static void put_aligned(FIXTURE_DATA(build_id) *self, size_t align,
			size_t bytes)
{
	static const char gnu[] = "GNU";
	char notes[1024] = "";
	Elf64_Nhdr note = { .n_namesz = 4, .n_descsz = 4, .n_type = 1 };
	size_t second = align_up(sizeof(note) + 8, align);

	memcpy(notes, &note, sizeof(note));
	memcpy(notes + sizeof(note), gnu, 4);
	note.n_descsz = bytes;
	note.n_type = NT_GNU_BUILD_ID;
	memcpy(notes + second, &note, sizeof(note));
	memcpy(notes + second + sizeof(note), gnu, 4);
	memset(notes + second + sizeof(note) + 4, 0xcd, bytes);
	self->file.segment.p_offset = 4096;
	self->file.segment.p_filesz = sizeof(notes);
	self->file.segment.p_align = align;
	if (pwrite(self->fd, notes, sizeof(notes), 4096) != sizeof(notes))
		ksft_exit_fail_msg("not written\n");
}

TEST_F(build_id, is_found_with_alignment_4_and_8)
{
	put_aligned(self, 4, 16);
	EXPECT_STREQ("cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd", read_id(self));
	put_aligned(self, 8, 16);
	EXPECT_STREQ("cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd", read_id(self));
}

TEST_F(build_id, a_value_too_long_is_refused)
{
	const size_t most = (BUILD_ID_MAX - 1) / 2;

	put_aligned(self, 4, most);
	EXPECT_EQ(2 * most, strlen(read_id(self)));
	put_aligned(self, 4, most + 1);
	EXPECT_STREQ("", read_id(self));
}

TEST(a_text_of_whole_bytes_is_a_build_id)
{
	unsigned char bytes[BUILD_ID_MAX / 2] = { 0 };

	ASSERT_EQ(2, build_id_parse("ab01", bytes));
	EXPECT_EQ(0xab, bytes[0]);
	EXPECT_EQ(1, bytes[1]);
	EXPECT_EQ(0, build_id_parse("ab0", bytes));
	EXPECT_EQ(0, build_id_parse("abxy", bytes));
}

TEST(only_regular_files_are_opened)
{
	EXPECT_EQ(-1, build_id_open("/dev/null"));
	EXPECT_EQ(-1, build_id_open("/"));
	EXPECT_EQ(-1, build_id_open("/no such file"));
}

TEST_HARNESS_MAIN
