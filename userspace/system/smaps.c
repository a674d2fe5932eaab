// SPDX-License-Identifier: GPL-2.0-only
#include "system/smaps.h"
#include "base/format.h"
#include "event/vm_flags.h"
#include "mmapdemo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long ull;

/* The kernel's name of anonymous memory that MAP_HUGETLB requested */
#define ANON_HUGETLB "/anon_hugepage (deleted)"

/* Bits for the flags in smaps that have different VM_* bits in different kernels. */
#define OTHER(nr) (VMA_UFFD_MINOR << (nr))

#define EM(value, name)		{ value, name },
#define EMe(value, name)	{ value, name },

const struct name vma_flags[] = {
	MMAPDEMO_VM_FLAGS
	{ 0x800, "maybe_guard" },
	{ 0x1000000, "arch_1" },
	{ 0xf00000000, "protection_key" },
	{ VMA_UFFD_MINOR, "uffd_minor" },
	{ OTHER(1), "shadow_stack" },
	{ OTHER(2), "sealed" },
	{ OTHER(3), "droppable" },
	{ OTHER(4), "mte" },
	{ OTHER(5), "mte_allowed" },
	{ OTHER(6), "bti" },
	{ VMA_UFFD_RWP, "uffd_rwp" },
	{ OTHER(8), "other" },
	{ 0, NULL }
};

/*
 * The names are from show_smap_vma_flags() in fs/proc/task_mmu.c. A name that
 * is not in this list is read as OTHER(8).
 */
static const struct name letters[] = {
	{ 0x1, "rd" }, { 0x2, "wr" }, { 0x4, "ex" }, { 0x8, "sh" },
	{ 0x10, "mr" }, { 0x20, "mw" }, { 0x40, "me" }, { 0x80, "ms" },
	{ 0x100, "gd" }, { 0x200, "um" }, { 0x400, "pf" }, { 0x800, "gu" },
	{ 0x1000, "uw" }, { 0x2000, "lo" }, { 0x4000, "io" }, { 0x8000, "sr" },
	{ 0x10000, "rr" }, { 0x20000, "dc" }, { 0x40000, "de" },
	{ 0x80000, "lf" }, { 0x100000, "ac" }, { 0x200000, "nr" },
	{ 0x400000, "ht" }, { 0x800000, "sf" }, { 0x1000000, "ar" },
	{ 0x2000000, "wf" }, { 0x4000000, "dd" }, { 0x8000000, "sd" },
	{ 0x10000000, "mm" }, { 0x20000000, "hg" }, { 0x40000000, "nh" },
	{ 0x80000000, "mg" },
	{ VMA_UFFD_MINOR, "ui" }, { OTHER(1), "ss" }, { OTHER(2), "sl" },
	{ OTHER(3), "dp" }, { OTHER(4), "mt" }, { OTHER(5), "ma" },
	{ OTHER(6), "bt" }, { VMA_UFFD_RWP, "ur" },
	{ 0, NULL }
};

static __u64 flag_of(const char *word)
{
	for (const struct name *letter = letters; letter->name; letter++) {
		if (!strcmp(letter->name, word))
			return letter->value;
	}
	return OTHER(8);
}

static void parse_flags(struct vma *vma, char *words)
{
	char *rest = words, *word;

	while ((word = strtok_r(rest, " \n", &rest)))
		vma->flags |= flag_of(word);
}

/* Parse permissions such as "rw-p". smaps shows the same flags again in VmFlags. */
static __u64 parse_may(const char *may)
{
	return (strchr(may, 'r') ? VM_READ : 0) |
	       (strchr(may, 'w') ? VM_WRITE : 0) |
	       (strchr(may, 'x') ? VM_EXEC : 0) |
	       (strchr(may, 's') ? VM_MAYSHARE : 0);
}

/*
 * Copy the name. If the name is too long, copy only its end. If possible, the
 * copied end begins with a slash.
 */
static void copy_name(struct vma *vma, char *name)
{
	size_t length = strcspn(name, "\n");

	name[length] = 0;
	if (length >= sizeof(vma->name)) {
		name += length - (sizeof(vma->name) - 1);
		name = strchr(name, '/') ?: name;
	}
	strcpy(vma->name, name);
}

/*
 * Parse the first line of a VMA, such as "7f0c5a1d2000-7f0c5a1d3000 rw-p
 * 00000000 00:00 0 [heap]".
 */
static bool parse_head(struct vma *vma, char *line)
{
	ull start, end, offset, ino;
	unsigned int major, minor;
	char may[5];
	int name = 0;

	if (sscanf(line, "%llx-%llx %4s %llx %x:%x %llu %n", &start, &end,
		   may, &offset, &major, &minor, &ino, &name) < 7 || !name)
		return false;
	*vma = (struct vma) {
		.start = start,
		.end = end,
		.offset = offset,
		.ino = ino,
		.dev = major << 20 | minor,
		.flags = parse_may(may),
	};
	copy_name(vma, line + name);
	return true;
}

static void parse_figure(struct vma *vma, char *line)
{
	static const struct {
		const char *key;
		size_t offset;
	} stats[] = {
		{ "Rss:", offsetof(struct vma, resident) },
		{ "Pss:", offsetof(struct vma, proportional) },
		{ "Shared_Clean:", offsetof(struct vma, shared) },
		{ "Shared_Dirty:", offsetof(struct vma, shared) },
		{ "Shared_Dirty:", offsetof(struct vma, dirty) },
		{ "Private_Dirty:", offsetof(struct vma, dirty) },
		{ "Anonymous:", offsetof(struct vma, anonymous) },
		{ "Swap:", offsetof(struct vma, swapped) },
		{ "KernelPageSize:", offsetof(struct vma, page_bytes) },
		{ "LazyFree:", offsetof(struct vma, lazyfree) },
		{ "AnonHugePages:", offsetof(struct vma, huge) },
		{ "ShmemPmdMapped:", offsetof(struct vma, huge) },
		{ "FilePmdMapped:", offsetof(struct vma, huge) },
		/*
		 * Add the pages of hugetlbfs, which the other numbers do not
		 * include.
		 */
		{ "Shared_Hugetlb:", offsetof(struct vma, resident) },
		{ "Shared_Hugetlb:", offsetof(struct vma, shared) },
		{ "Shared_Hugetlb:", offsetof(struct vma, huge) },
		{ "Private_Hugetlb:", offsetof(struct vma, resident) },
		{ "Private_Hugetlb:", offsetof(struct vma, proportional) },
		{ "Private_Hugetlb:", offsetof(struct vma, huge) },
	};
	size_t length = strcspn(line, " ");
	__u64 value = strtoull(line + length, NULL, 10);

	if (!strncmp(line, "VmFlags:", length))
		parse_flags(vma, line + length);
	else if (!strncmp(line, "ProtectionKey:", length))
		vma->flags |= value << 32;
	else if (!strncmp(line, "THPeligible:", length))
		vma->eligible = 1 + value;
	for (size_t i = 0; i < sizeof(stats) / sizeof(*stats); i++) {
		if (!strncmp(line, stats[i].key, length))
			*(__u64 *)((char *)vma + stats[i].offset) +=
				value << 10;
	}
}

static struct vma *append(struct vmas *vmas)
{
	size_t room = vmas->room ? 2 * vmas->room : 64;
	struct vma *list;

	if (vmas->count == vmas->room) {
		list = realloc(vmas->list, room * sizeof(*list));
		if (!list)
			return NULL;
		vmas->list = list;
		vmas->room = room;
	}
	return &vmas->list[vmas->count++];
}

static int parse_line(struct vmas *vmas, char *line)
{
	struct vma vma;

	if (parse_head(&vma, line)) {
		struct vma *last = append(vmas);

		if (!last)
			return -ENOMEM;
		*last = vma;
	} else if (vmas->count) {
		parse_figure(&vmas->list[vmas->count - 1], line);
	}
	return 0;
}

/*
 * Parse a line such as "7f0c5a1d2000 bind:0 anon=1 ...". The VMAs may have
 * changed since smaps was read.
 */
static int parse_policy(struct vmas *vmas, char *line)
{
	char policy[VMA_POLICY_MAX];
	ull start;
	size_t at;

	if (sscanf(line, "%llx %63s", &start, policy) != 2)
		return 0;
	at = vmas_after(vmas, start);
	if (at < vmas->count && vmas->list[at].start == start)
		strcpy(vmas->list[at].policy, policy);
	return 0;
}

static FILE *open_file(int pid, const char *name)
{
	char path[48];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return fopen(path, "re");
}

static int read_lines(struct vmas *vmas, FILE *file,
		      int (*parse)(struct vmas *vmas, char *line))
{
	char *line = NULL;
	size_t room = 0;
	int err = 0;

	if (!file)
		return -errno;
	errno = 0;
	while (!err && getline(&line, &room, file) > 0)
		err = parse(vmas, line);
	if (!err && ferror(file))
		err = errno ? -errno : -EIO;
	free(line);
	return err;
}

static int read_ranges(struct vmas *vmas, int pid, const char *name)
{
	int err;

	*vmas = (struct vmas){ .source = open_file(pid, name) };
	err = read_lines(vmas, vmas->source, parse_line);
	if (err)
		vmas_free(vmas);
	return err == -ENOENT ? -ESRCH : err;
}

/*
 * An open file in /proc/PID shows the address space that the process had at the
 * time of open(). After this address space has ended, read() does not fail, but
 * reports the end of the file, even in the middle of the file.
 */
int vmas_whole(const struct vmas *vmas)
{
	if (!vmas->count)
		return -ENODATA;
	rewind(vmas->source);
	return fgetc(vmas->source) == EOF ? -ESTALE : 0;
}

int vmas_read_ranges(struct vmas *vmas, int pid)
{
	return read_ranges(vmas, pid, "maps");
}

int vmas_read(struct vmas *vmas, int pid)
{
	int err = read_ranges(vmas, pid, "smaps");
	FILE *file;

	if (err)
		return err;
	file = open_file(pid, "numa_maps");
	err = read_lines(vmas, file, parse_policy);
	if (file)
		fclose(file);
	vmas->policies = !err || err == -ENOENT;
	return 0;
}

void vmas_free(struct vmas *vmas)
{
	if (vmas->source)
		fclose(vmas->source);
	free(vmas->list);
	*vmas = (struct vmas){ 0 };
}

size_t vmas_after(const struct vmas *vmas, __u64 address)
{
	size_t low = 0, high = vmas->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (vmas->list[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *vma_title(const struct vma *vma, char text[VMA_NAME_MAX])
{
	const char *name = vma->name;

	if (vma->flags & VM_HUGETLB && !strcmp(name, ANON_HUGETLB))
		name = "anonymous hugetlb memory";
	if (*name == '/')
		return format_file(text, VMA_NAME_MAX, name);
	if (!*name)
		name = vma_has_file(vma) ? "a file" : "anonymous memory";
	return format_name(text, VMA_NAME_MAX, name);
}
