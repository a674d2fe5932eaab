/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMAs of a process, from /proc/PID/smaps and numa_maps. */
#ifndef _SMAPS_H
#define _SMAPS_H

#include "event/names.h"

#include <stdbool.h>
#include <stdio.h>

#define VMA_NAME_MAX 256
#define VMA_POLICY_MAX 64

/**
 * struct vma - a VMA; all sizes are in bytes
 * @start: address of the first byte
 * @end: address after the last byte
 * @offset: offset of @start in the file; 0 for anonymous memory
 * @ino: inode number; for anonymous memory, @ino and @dev are 0
 * @dev: device number, MAJOR << 20 | MINOR
 * @flags: flags of the VMA; vma_flags contains the names of the bits
 * @name: path, or [heap], [stack], [anon:NAME] ...; "" if there is none
 * @policy: NUMA policy; "": unknown
 * @resident: resident memory (RSS)
 * @proportional: like @resident, but the size of each page is divided by the
 *	number of its mappings (PSS); as in smaps, shared pages of hugetlbfs are
 *	not included
 * @shared: part of @resident that is mapped more than once, even if only by one
 *	process
 * @anonymous: part of @resident that belongs to no file
 * @dirty: part of @resident that was modified and not yet written to a file
 * @swapped: memory in swap
 * @huge: part of @resident that is mapped by entries above the PTE level
 * @lazyfree: part of @anonymous that the kernel can free because of MADV_FREE
 * @page_bytes: size of a page; it is larger than 4 KiB in hugetlbfs
 * @eligible: 1 + THPeligible, which is 1 if huge pages are allowed; 0: unknown
 */
struct vma {
	__u64 start;
	__u64 end;
	__u64 offset;
	__u64 ino;
	__u32 dev;
	__u64 flags;
	char name[VMA_NAME_MAX];
	char policy[VMA_POLICY_MAX];
	__u64 resident;
	__u64 proportional;
	__u64 shared;
	__u64 anonymous;
	__u64 dirty;
	__u64 swapped;
	__u64 huge;
	__u64 lazyfree;
	__u64 page_bytes;
	__u64 eligible;
};

/**
 * struct vmas - all VMAs of a process, sorted by address
 * @policies: the policy of each VMA is known, or this kernel has no NUMA
 *	policies
 * @source: the file that was read, which keeps referring to the same address
 *	space
 */
struct vmas {
	struct vma *list;
	size_t count;
	size_t room;
	bool policies;
	FILE *source;
};

/* Bits that stand for flags whose VM_* bits depend on the kernel. */
#define VMA_UFFD_MINOR (1ULL << 40)
#define VMA_UFFD_RWP (1ULL << 47)

/* Names of the bits of vma.flags. */
extern const struct name vma_flags[];

/* Read the VMAs of a process. Return 0 or -errno. */
int vmas_read(struct vmas *vmas, int pid);

/*
 * Read only the ranges, permissions and names of the VMAs, which takes much less
 * time than vmas_read().
 */
int vmas_read_ranges(struct vmas *vmas, int pid);

/*
 * Return 0 if the address space that was read still exists, which means that the
 * VMAs are complete. Return -ESTALE if the process has ended or called
 * execve(), perhaps before the last VMA was read. Return -ENODATA if the
 * process has no address space.
 */
int vmas_whole(const struct vmas *vmas);

void vmas_free(struct vmas *vmas);

/*
 * Return the index of the first VMA that ends after @address, or @vmas->count if
 * all VMAs end earlier.
 */
size_t vmas_after(const struct vmas *vmas, __u64 address);

static inline bool vma_has_file(const struct vma *vma)
{
	return vma->dev || vma->ino;
}

/*
 * Format the name of a VMA, such as "libc.so.6", "[heap]" or "anonymous
 * memory". Return @text.
 */
const char *vma_title(const struct vma *vma, char text[VMA_NAME_MAX]);

#endif /* _SMAPS_H */
