// SPDX-License-Identifier: GPL-2.0-only
/*
 * Symbols of code, found by paths from a recording.
 *
 * Depends on: nothing.
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"

#include "../userspace/base/format.c"
#include "../userspace/base/json.c"
#include "../userspace/event/maps.c"
#include "../userspace/record/meta_read.c"
#include "../userspace/system/build_id.c"
#include "../userspace/record/symbols.c"

#define by_file returns_by_file
#include "../userspace/record/returns.c"
#undef by_file

#include <sys/mman.h>

#define TEBIBYTE (1LL << 40)
#define ID "abababababababababababababababababababab"

void target_name(char *text, size_t size, char **command,
		 const struct pids *pids)
{
	(void)command;
	snprintf(text, size, "%d", pids->list[0]);
}

/* An ELF file with a build id and a note section of any size. */
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

/* Return true if the file named by a recording is accepted. */
static bool found(int fd)
{
	struct symbols symbols;
	const struct symbol *symbol;
	struct meta meta;
	char text[256];
	bool here;

	snprintf(text, sizeof(text), "{\"files\":[{\"dev\":1,\"ino\":2,"
		 "\"path\":\"/proc/self/fd/%d\",\"build_id\":\"" ID "\"}]}",
		 fd);
	meta_read(&meta, json_tokener_parse(text));
	symbols_open(&symbols, &meta);
	symbol = symbols_find(&symbols, 1, 2, 0);
	here = symbol && symbol->here;
	symbols_close(&symbols);
	json_object_put(meta.object);
	close(fd);
	return here;
}

TEST(a_file_with_that_build_id_is_found)
{
	EXPECT_TRUE(found(make_file(0)));
}

TEST(a_file_of_holes_is_not_read)
{
	EXPECT_FALSE(found(make_file(TEBIBYTE)));
}

/* Return true if the last of some bytes in a recorded file ends a call. */
static bool is_return(const char *code, size_t size, const char *id)
{
	const __u64 at = sizeof(struct file);
	struct returns returns = { 0 };
	struct meta meta;
	char text[256];
	int fd = make_file(0);
	bool is;

	if (pwrite(fd, code, size, at) != (ssize_t)size)
		return false;
	snprintf(text, sizeof(text), "{\"files\":[{\"dev\":1,\"ino\":2,"
		 "\"path\":\"/proc/self/fd/%d\",\"build_id\":\"%s\"}]}",
		 fd, id);
	meta_read(&meta, json_tokener_parse(text));
	returns.meta = &meta;
	is = returns_at(&returns, 1, 2, at + size);
	if (is != returns_at(&returns, 1, 2, at + size) ||
	    returns_at(&returns, 1, 3, at + size))
		ksft_exit_fail_msg("the answers differ\n");
	returns_close(&returns);
	json_object_put(meta.object);
	close(fd);
	return is;
}

#define IS_RETURN(code) is_return(code, sizeof(code) - 1, ID)

TEST(a_return_address_follows_a_call)
{
	EXPECT_TRUE(IS_RETURN("\x90\x90\xe8\1\2\3\4"));		/* call there */
	EXPECT_TRUE(IS_RETURN("\x90\x90\x90\x90\x90\xff\xd0"));	/* *%rax */
	EXPECT_TRUE(IS_RETURN("\x90\x90\x90\x90\x41\xff\xd4"));	/* *%r12 */
	EXPECT_TRUE(IS_RETURN("\x90\x90\x90\x90\xff\x50\x08"));	/* *8(%rax) */
	EXPECT_TRUE(IS_RETURN("\x90\x90\x90\x90\xff\x14\x24"));	/* *(%rsp) */
	EXPECT_TRUE(IS_RETURN("\x90\x90\x90\xff\x54\x24\x08"));	/* *8(%rsp) */
	EXPECT_TRUE(IS_RETURN("\x90\xff\x15\1\2\3\4"));		/* *x(%rip) */
	EXPECT_TRUE(IS_RETURN("\x90\xff\x90\1\2\3\4"));		/* *x(%rax) */
	EXPECT_TRUE(IS_RETURN("\xff\x94\x24\1\2\3\4"));		/* *x(%rsp) */
	EXPECT_TRUE(IS_RETURN("\xff\x14\xc5\1\2\3\4"));		/* *x(,%rax,8) */
}

TEST(other_code_has_no_return_address)
{
	EXPECT_FALSE(IS_RETURN("\x90\x90\x90\x90\x90\x90\x90"));
	EXPECT_FALSE(IS_RETURN("\x90\x90\xe9\1\2\3\4"));		/* jmp */
	EXPECT_FALSE(IS_RETURN("\x90\xe8\1\2\3\4\x90"));
	EXPECT_FALSE(IS_RETURN("\x90\x90\x90\x90\x90\xff\xe0"));	/* jmp *%rax */
	EXPECT_FALSE(IS_RETURN("\x90\x90\x90\x90\x90\xff\x50"));	/* too short */
	EXPECT_FALSE(IS_RETURN("\x90\x90\x90\x90\xff\xd0\x90"));
}

TEST(another_build_has_no_return_address)
{
	EXPECT_FALSE(is_return("\x90\x90\xe8\1\2\3\4", 7, "abcd"));
	EXPECT_FALSE(is_return("\x90\x90\xe8\1\2\3\4", 7, ""));
}

TEST_HARNESS_MAIN
