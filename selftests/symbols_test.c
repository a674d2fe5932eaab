// SPDX-License-Identifier: GPL-2.0-only
/*
 * Symbols of code, in files whose paths come from a recording.
 *
 * Depends on: nothing.
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"

#include "../userspace/base/format.c"
#include "../userspace/base/json.c"
#include "../userspace/base/tree.c"
#include "../userspace/event/maps.c"
#include "../userspace/record/meta_read.c"
#include "../userspace/system/build_id.c"
#include "../userspace/record/symbols.c"

#include <sys/mman.h>

#define TEBIBYTE (1LL << 40)
#define ID "abababababababababababababababababababab"

void target_name(char *text, size_t size, char **command,
		 const struct pids *pids)
{
	(void)command;
	snprintf(text, size, "%d", pids->list[0]);
}

/* An ELF file with a build id, and with a note section of any size. */
struct file {
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	Elf64_Shdr none, section;
	Elf64_Nhdr note;
	char name[4];
	unsigned char id[20];
};

static int make_file(__u64 notes)
{
	struct file file = {
		.header = {
			.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
				     ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_DYN,
			.e_machine = EM_X86_64,
			.e_version = EV_CURRENT,
			.e_phoff = offsetof(struct file, segment),
			.e_shoff = offsetof(struct file, none),
			.e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 1,
			.e_shentsize = sizeof(Elf64_Shdr),
			.e_shnum = 2,
		},
		.segment = {
			.p_type = PT_NOTE,
			.p_offset = offsetof(struct file, note),
			.p_filesz = sizeof(file) - offsetof(struct file, note),
			.p_align = 4,
		},
		.section = {
			.sh_type = SHT_NOTE,
			.sh_offset = sizeof(file),
			.sh_size = notes,
			.sh_addralign = 4,
		},
		.note = { .n_namesz = 4, .n_descsz = 20,
			  .n_type = NT_GNU_BUILD_ID },
		.name = "GNU",
	};
	int fd = memfd_create("elf", MFD_CLOEXEC);

	memset(file.id, 0xab, sizeof(file.id));
	if (write(fd, &file, sizeof(file)) != sizeof(file) ||
	    (notes && ftruncate(fd, sizeof(file) + notes)))
		return -1;
	return fd;
}

/* The reason why the last file gave no name. */
static char missing[64];

/* Return true if the file that a recording names is accepted. */
static bool found_with(int fd, const char *id)
{
	struct symbols symbols;
	const struct symbol *symbol;
	struct meta meta;
	char text[256];
	bool here;

	snprintf(text, sizeof(text), "{\"files\":[{\"dev\":1,\"ino\":2,"
		 "\"path\":\"/proc/self/fd/%d\",\"build_id\":\"%s\"}]}",
		 fd, id);
	meta_read(&meta, json_tokener_parse(text));
	symbols_open(&symbols, &meta);
	symbol = symbols_find(&symbols, 1, 2, 0);
	here = symbol && symbol->here;
	snprintf(missing, sizeof(missing), "%s", symbol && symbol->missing ?
		 symbol->missing : "");
	symbols_close(&symbols);
	json_object_put(meta.object);
	close(fd);
	return here;
}

static bool found(int fd)
{
	return found_with(fd, ID);
}

TEST(a_file_with_that_build_id_is_found)
{
	EXPECT_TRUE(found(make_file(0)));
	EXPECT_STREQ("no symbol was found; install debugging information", missing);
}

TEST(what_is_missing_is_said)
{
	EXPECT_FALSE(found(-1));
	EXPECT_STREQ("the file was not found", missing);
	EXPECT_FALSE(found_with(make_file(0), "abcd"));
	EXPECT_STREQ("the file has changed since the recording", missing);
	EXPECT_FALSE(found_with(make_file(0), ""));
	EXPECT_STREQ("the recording has no build ID of the file", missing);
}

TEST(a_file_of_holes_is_not_read)
{
	EXPECT_FALSE(found(make_file(TEBIBYTE)));
}

TEST_HARNESS_MAIN
