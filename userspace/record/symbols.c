// SPDX-License-Identifier: GPL-2.0-only
#include "record/symbols.h"
#include "base/format.h"
#include "base/tree.h"
#include "system/build_id.h"

#include <elfutils/libdwfl.h>
#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Address range at which libdwfl sees a file. The range is arbitrary, because
 * there is only one file per libdwfl session.
 */
#define BASE 0x1000000000ULL
#define END (1ULL << 46)

/*
 * Maximum ratio of a file's size to its disk usage. The maximum is more than 1,
 * because file systems can compress files.
 */
#define HOLES_MAX 64

/**
 * struct module - a file with code
 * @dev: device number of the file
 * @ino: inode number of the file
 * @file: path and build id from the recording
 * @dwfl: session of libdwfl for this file only; NULL: there is no @elf
 * @mod: the file within @dwfl
 * @elf: ELF of the file, or NULL
 * @bias: offset to add to addresses of @elf
 * @missing: reason why there is no @elf, as text
 */
struct module {
	__u32 dev;
	__u64 ino;
	struct meta_file file;
	Dwfl *dwfl;
	Dwfl_Module *mod;
	Elf *elf;
	GElf_Addr bias;
	const char *missing;
};

/** struct found - result of an earlier lookup */
struct found {
	const struct module *module;
	__u64 at;
	struct symbol symbol;
};

static int compare(__u64 a, __u64 b)
{
	return a < b ? -1 : a > b;
}

static int by_file(const void *a, const void *b)
{
	const struct module *x = a, *y = b;

	return compare(x->ino, y->ino) ?: compare(x->dev, y->dev);
}

static int by_place(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return compare(x->at, y->at) ?:
	       compare((size_t)x->module, (size_t)y->module);
}

/* ---- files ---- */

/*
 * Return true if the file has more holes than any linker creates. A file with so
 * many holes may be an attack: libdw maps the file, and would process notes or
 * symbols of any size.
 */
static bool is_hollow(int fd)
{
	struct stat st;

	return fstat(fd, &st) ||
	       st.st_size / S_BLKSIZE > (st.st_blocks + 8) * HOLES_MAX;
}

/*
 * Open the file if it has the recorded build id. In another build, the recorded
 * offsets would be wrong.
 */
static int open_file(struct module *module)
{
	/* Do not trust the path, because the author of the recording chose it. */
	int fd = build_id_open(module->file.path);
	char id[BUILD_ID_MAX];

	if (fd < 0) {
		module->missing = errno == ENOENT ? "the file was not found" :
						    "the file cannot be read";
		return -1;
	}
	if (is_hollow(fd)) {
		module->missing = "the file on this machine has too many holes";
	} else if (strcmp(build_id_of(fd, id), module->file.build_id)) {
		module->missing = "the file on this machine is not the recorded build";
	} else {
		module->missing = "the file on this machine is damaged";
		return fd;
	}
	close(fd);
	return -1;
}

static int find_elf(Dwfl_Module *mod, void **data, const char *name,
		    Dwarf_Addr base, char **path, Elf **elf)
{
	struct module *module = *data;
	int fd = open_file(module);

	if (fd < 0)
		return dwfl_build_id_find_elf(mod, data, name, base, path, elf);
	*path = strdup(module->file.path);
	return fd;
}

static char *debug_path;

/*
 * Find debug information only by build id. Do not use .gnu_debuglink, because
 * the author of the file chose the name in this section, and libdwfl would
 * search the directory of the file.
 */
static const Dwfl_Callbacks callbacks = {
	.find_elf = find_elf,
	.find_debuginfo = dwfl_build_id_find_debuginfo,
	.debuginfo_path = &debug_path,
};

static void open_elf(struct module *module)
{
	unsigned char id[BUILD_ID_MAX / 2];
	int size = build_id_parse(module->file.build_id, id);
	void **data;

	module->missing = size ? "libdw failed" :
				 "the recording has no build ID of the file";
	module->dwfl = size ? dwfl_begin(&callbacks) : NULL;
	if (!module->dwfl)
		return;
	dwfl_report_begin(module->dwfl);
	module->mod = dwfl_report_module(module->dwfl, module->file.path, BASE,
					 END);
	if (!module->mod ||
	    dwfl_module_report_build_id(module->mod, id, size, 0) ||
	    dwfl_report_end(module->dwfl, NULL, NULL))
		return;
	dwfl_module_info(module->mod, &data, NULL, NULL, NULL, NULL, NULL,
			 NULL);
	*data = module;
	module->elf = dwfl_module_getelf(module->mod, &module->bias);
}

/*
 * End the session of a file that is not here. Each session of libdwfl may have a
 * client of debuginfod, and each client has open descriptors.
 */
static void open_module(struct module *module)
{
	open_elf(module);
	if (module->elf || !module->dwfl)
		return;
	dwfl_end(module->dwfl);
	module->dwfl = NULL;
}

static struct module *get_module(struct symbols *symbols, __u32 dev, __u64 ino)
{
	const struct module key = { .dev = dev, .ino = ino };
	struct module *module = tree_find(&symbols->modules, &key, by_file);

	if (module)
		return module;
	module = tree_add(&symbols->modules, &key, sizeof(key), by_file);
	if (module && meta_file(symbols->meta, dev, ino, &module->file))
		open_module(module);
	return module;
}

/* ---- symbols ---- */

/* Return the virtual address of the byte at file offset @offset, or 0. */
static GElf_Addr address_of(const struct module *module, __u64 offset)
{
	size_t count = 0;

	if (elf_getphdrnum(module->elf, &count))
		return 0;
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr part;

		if (gelf_getphdr(module->elf, i, &part) &&
		    part.p_type == PT_LOAD && offset >= part.p_offset &&
		    offset - part.p_offset < part.p_filesz)
			return offset - part.p_offset + part.p_vaddr +
			       module->bias;
	}
	return 0;
}

static void look_up(const struct module *module, __u64 offset,
		    struct symbol *symbol)
{
	GElf_Addr address = module->elf ? address_of(module, offset) : 0;
	const char *name, *source;
	GElf_Off inside;
	Dwfl_Line *line;
	GElf_Sym sym;

	symbol->here = module->elf;
	symbol->missing = module->elf ? "no symbol was found; install "
					"debugging information" :
					module->missing;
	if (!address)
		return;
	name = dwfl_module_addrinfo(module->mod, address, &inside, &sym, NULL,
				    NULL, NULL);
	if (name) {
		snprintf(symbol->name, sizeof(symbol->name), "%s", name);
		symbol->offset = inside;
		symbol->missing = NULL;
	}
	line = dwfl_module_getsrc(module->mod, address);
	source = line ? dwfl_lineinfo(line, NULL, &symbol->line, NULL, NULL,
				      NULL) : NULL;
	if (source)
		snprintf(symbol->source, sizeof(symbol->source), "%s",
			 path_base(source));
}

const struct symbol *symbols_find(struct symbols *symbols, __u32 dev,
				  __u64 ino, __u64 offset)
{
	const struct module *module = get_module(symbols, dev, ino);
	struct found key = { .module = module, .at = offset };
	struct found *found = tree_find(&symbols->found, &key, by_place);

	if (!module || found)
		return found ? &found->symbol : NULL;
	look_up(module, offset, &key.symbol);
	found = tree_add(&symbols->found, &key, sizeof(key), by_place);
	return found ? &found->symbol : NULL;
}

const char *symbols_path(struct symbols *symbols, __u32 dev, __u64 ino)
{
	struct meta_file file;

	return meta_file(symbols->meta, dev, ino, &file) ? file.path : "";
}

const char *symbols_build_id(struct symbols *symbols, __u32 dev, __u64 ino)
{
	struct meta_file file;

	return meta_file(symbols->meta, dev, ino, &file) ? file.build_id : "";
}

/* ---- open and close ---- */

void symbols_open(struct symbols *symbols, const struct meta *meta)
{
	*symbols = (struct symbols){ .meta = meta };
}

static void free_module(void *node)
{
	struct module *module = node;

	if (module->dwfl)
		dwfl_end(module->dwfl);
	free(module);
}

void symbols_close(struct symbols *symbols)
{
	tdestroy(symbols->found, free);
	tdestroy(symbols->modules, free_module);
	*symbols = (struct symbols){ 0 };
}
