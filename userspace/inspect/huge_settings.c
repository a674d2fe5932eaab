// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/huge_settings.h"
#include "event/vm_flags.h"
#include "system/next_touch.h"
#include "system/proc.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The kernel's names of shared anonymous memory */
#define SHARED_NAME "/dev/zero (deleted)"
#define SHARED_GIVEN "[anon_shmem:"

/* ---- settings ---- */

static enum huge_setting read_word(const char *name)
{
	char text[PROC_THP_MAX];

	return huge_setting_parse(proc_thp_word(name, text));
}

void huge_settings_read(struct huge_settings *settings)
{
	*settings = (struct huge_settings){
		.supported = !access(PROC_THP, F_OK),
		.enabled = read_word("enabled"),
		.defrag = read_word("defrag"),
		.size = read_word("hugepages-2048kB/enabled"),
		.shmem = read_word("shmem_enabled"),
		.shmem_size = read_word("hugepages-2048kB/shmem_enabled"),
	};
}

void huge_sizes_read(enum huge_setting sizes[HUGE_SIZES], const char *name)
{
	char path[48];

	for (int i = 0; i < HUGE_SIZES; i++) {
		snprintf(path, sizeof(path), "hugepages-%llukB/%s",
			 HUGE_SIZE_MIN << i >> 10, name);
		sizes[i] = read_word(path);
	}
}

/* ---- the VMA ---- */

static bool has_name(const struct vma *vma, const char *begin)
{
	return !strncmp(vma->name, begin, strlen(begin));
}

/* Special mappings of the kernel, such as [vdso], have no file either. */
static enum huge_kind kind_without_file(const struct vma *vma)
{
	if (vma->name[0] != '[' || has_name(vma, "[heap]") ||
	    has_name(vma, "[stack") || has_name(vma, "[anon:"))
		return HUGE_KIND_ANON;
	return HUGE_KIND_DRIVER;
}

static bool is_regular(int pid, const struct vma *vma)
{
	struct stat st;

	if (!vma_stat(pid, vma, &st))
		return !has_name(vma, "/dev/") && !has_name(vma, "anon_inode:");
	return S_ISREG(st.st_mode);
}

enum huge_kind huge_kind_of(int pid, const struct vma *vma,
			    const struct shmem *shmem)
{
	if (vma->flags & VM_HUGETLB)
		return HUGE_KIND_POOL;
	if (!vma_has_file(vma))
		return kind_without_file(vma);
	if (shmem_is_hidden(shmem, vma->dev) &&
	    (!strcmp(vma->name, SHARED_NAME) || has_name(vma, SHARED_GIVEN)))
		return HUGE_KIND_SHARED;
	if (shmem_has(shmem, vma->dev))
		return HUGE_KIND_TMPFS;
	if (!strcmp(vma->name, "/dev/zero") && !(vma->flags & VM_MAYSHARE))
		return HUGE_KIND_ANON;
	return is_regular(pid, vma) ? HUGE_KIND_FILE : HUGE_KIND_DRIVER;
}

/* The device that is not mounted follows the setting of the system. */
static enum huge_setting mount_of(const struct vma *vma,
				  const struct shmem *shmem,
				  const struct huge_settings *settings)
{
	const struct shmem_dev *dev = shmem_dev(shmem, vma->dev);

	if (shmem_is_hidden(shmem, vma->dev))
		return settings->shmem;
	if (!dev)
		return HUGE_SET_UNKNOWN;
	return dev->huge[0] ? huge_setting_parse(dev->huge) : HUGE_SET_NEVER;
}

static bool is_shmem(enum huge_kind kind)
{
	return kind == HUGE_KIND_SHARED || kind == HUGE_KIND_TMPFS;
}

void huge_facts_of(struct huge_facts *facts, int pid, const struct vma *vma,
		   const struct shmem *shmem)
{
	struct stat st;

	facts->start = vma->start;
	facts->end = vma->end;
	facts->offset = vma->offset;
	facts->flags = vma->flags;
	facts->kind = huge_kind_of(pid, vma, shmem);
	facts->eligible = (enum huge_fact)vma->eligible;
	if (!is_shmem(facts->kind))
		return;
	facts->mount = mount_of(vma, shmem, &facts->settings);
	facts->sized = vma_stat(pid, vma, &st);
	if (!facts->sized)
		return;
	facts->file_size = st.st_size;
	facts->uncached = !st.st_blocks;
}
