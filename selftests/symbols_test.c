// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of functions in files whose paths come from a recording.
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

#include <link.h>
#include <sys/mman.h>
#include <sys/resource.h>

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

/* The reason why no name was found in the last file. */
static char missing[64];

/*
 * Return true if the program accepts a file that has the recorded path and this
 * build id.
 */
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
	EXPECT_STREQ("the file on this machine is not the recorded build", missing);
	EXPECT_FALSE(found_with(make_file(0), ""));
	EXPECT_STREQ("the recording has no build ID of the file", missing);
}

TEST(a_file_of_holes_is_not_read)
{
	EXPECT_FALSE(found(make_file(TEBIBYTE)));
	EXPECT_STREQ("the file on this machine has too many holes", missing);
}

/* ---- symbols of this program ---- */

/* The linker gives data addresses that differ from their offsets in the file. */
static volatile int data[2] = { 1, 2 };

struct place {
	size_t address;
	__u64 offset;
};

/* Find the file offset of the address in this program. */
static int find_offset(struct dl_phdr_info *info, size_t size, void *argument)
{
	struct place *place = argument;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		size_t start = info->dlpi_addr + part->p_vaddr;

		if (part->p_type == PT_LOAD && place->address >= start &&
		    place->address - start < part->p_filesz)
			place->offset = place->address - start + part->p_offset;
	}
	/* The first object is this program. */
	return 1;
}

static __u64 offset_of(const volatile void *at)
{
	struct place place = { .address = (size_t)at };

	dl_iterate_phdr(find_offset, &place);
	return place.offset;
}

#define ABSENT 100

FIXTURE(self)
{
	struct symbols symbols;
	struct meta meta;
};

/* Print a file of the recording that is not on this machine. */
static int print_absent(char *text, size_t size, int dev)
{
	return snprintf(text, size, ",{\"dev\":%d,\"ino\":2,"
			"\"path\":\"/not/there\",\"build_id\":\"" ID "\"}",
			dev);
}

/* The absent files have the same inode number, on other file systems. */
FIXTURE_SETUP(self)
{
	int fd = build_id_open("/proc/self/exe");
	char text[16384], id[BUILD_ID_MAX];
	size_t used;

	build_id_of(fd, id);
	close(fd);
	used = snprintf(text, sizeof(text), "{\"files\":["
			"{\"dev\":1,\"ino\":2,\"path\":\"/proc/self/exe\","
			"\"build_id\":\"%s\"}", id);
	for (int i = 0; i < ABSENT; i++)
		used += print_absent(text + used, sizeof(text) - used, 3 + i);
	snprintf(text + used, sizeof(text) - used, "]}");
	meta_read(&self->meta, json_tokener_parse(text));
	symbols_open(&self->symbols, &self->meta);
	if (!id[0])
		SKIP(return, "this program was linked without a build id");
}

FIXTURE_TEARDOWN(self)
{
	symbols_close(&self->symbols);
	json_object_put(self->meta.object);
}

static const struct symbol *symbol_at(FIXTURE_DATA(self) *self, __u64 offset)
{
	return symbols_find(&self->symbols, 1, 2, offset);
}

TEST_F(self, a_symbol_has_the_distance_from_its_start)
{
	const struct symbol *symbol = symbol_at(self, offset_of(offset_of) + 3);

	ASSERT_NE(NULL, symbol);
	EXPECT_STREQ("offset_of", symbol->name);
	EXPECT_EQ(3, symbol->offset);
	EXPECT_EQ(NULL, symbol->missing);
}

TEST_F(self, an_offset_is_looked_up_in_its_own_segment)
{
	const struct symbol *symbol = symbol_at(self, offset_of(&data[1]));

	ASSERT_NE(NULL, symbol);
	EXPECT_STREQ("data", symbol->name);
	EXPECT_EQ(sizeof(data[0]), symbol->offset);
}

TEST_F(self, an_offset_after_all_segments_has_no_symbol)
{
	const struct symbol *symbol = symbol_at(self, TEBIBYTE);

	ASSERT_NE(NULL, symbol);
	EXPECT_STREQ("", symbol->name);
	EXPECT_TRUE(symbol->here);
}

TEST_F(self, files_of_two_file_systems_are_two)
{
	const struct symbol *here = symbol_at(self, offset_of(offset_of)), *there;

	there = symbols_find(&self->symbols, 3, 2, offset_of(offset_of));
	ASSERT_NE(NULL, here);
	ASSERT_NE(NULL, there);
	EXPECT_STREQ("offset_of", here->name);
	EXPECT_STREQ("", there->name);
	EXPECT_STREQ("the file was not found", there->missing);
}

TEST_F(self, absent_files_hold_no_descriptors)
{
	struct rlimit limit = { .rlim_cur = 64, .rlim_max = 64 };
	const struct symbol *symbol;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	for (int i = 0; i < ABSENT; i++) {
		symbol = symbols_find(&self->symbols, 3 + i, 2, 0);
		ASSERT_NE(NULL, symbol);
		EXPECT_FALSE(symbol->here);
	}
	symbol = symbol_at(self, offset_of(offset_of));
	ASSERT_NE(NULL, symbol);
	EXPECT_STREQ("offset_of", symbol->name);
}

TEST_HARNESS_MAIN
