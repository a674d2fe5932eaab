/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMAs of a process, as /proc/PID/smaps and numa_maps tell them. */
#ifndef _SMAPS_H
#define _SMAPS_H

#include "event/names.h"

#include <stdbool.h>
#include <stdio.h>

#define VMA_NAME_MAX 256
#define VMA_POLICY_MAX 64

/**
 * struct vma - one; sizes in bytes
 * @start: first byte
 * @end: behind the last byte
 * @offset: of @start in the file; 0 of anonymous memory, whatever it is
 * @ino: inode; 0, and @dev 0: anonymous memory
 * @dev: device, MAJOR << 20 | MINOR
 * @flags: VM_* of MMAPDEMO_VM_FLAGS, and bits of vma_flags that no kernel has
 * @name: path, or [heap], [stack], [anon:NAME] ...; "" if there is none
 * @policy: of NUMA; "": not known
 * @resident: in memory
 * @proportional: of @resident, each page divided by the number of its mappings;
 *	without shared pages of hugetlbfs, as in smaps
 * @shared: of @resident, that others have mapped too
 * @anonymous: of @resident, that belongs to no file
 * @swapped: in swap
 * @huge: of @resident, mapped by entries above the PTE level
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
	__u64 swapped;
	__u64 huge;
};

/**
 * struct vmas - all of a process, sorted by address
 * @policies: each VMA's is known, or this kernel has none
 * @source: where they were read from: the address space as it was then
 */
struct vmas {
	struct vma *list;
	size_t count;
	size_t room;
	bool policies;
	FILE *source;
};

/* One of those that no kernel has: each has another one for it. */
#define VMA_UFFD_MINOR (1ULL << 40)

/* Names of the bits of struct vma's flags. */
extern const struct name vma_flags[];

/* 0 or -errno. */
int vmas_read(struct vmas *vmas, int pid);

/* Only the ranges, what may be done there, and names: takes much less time. */
int vmas_read_ranges(struct vmas *vmas, int pid);

/*
 * 0 if the address space they were read from is still there; what was read until
 * now is all of it then. -ESTALE: the process ended, or called execve(), perhaps
 * before the last VMA was read. -ENODATA: it has no memory of its own.
 */
int vmas_whole(const struct vmas *vmas);

void vmas_free(struct vmas *vmas);

/* The index of the first VMA that ends behind @address; count: there is none. */
size_t vmas_after(const struct vmas *vmas, __u64 address);

static inline bool vma_has_file(const struct vma *vma)
{
	return vma->dev || vma->ino;
}

/* "libc.so.6", "[heap]", "anonymous memory": as it may be shown; returns @text. */
const char *vma_title(const struct vma *vma, char text[VMA_NAME_MAX]);

#endif /* _SMAPS_H */
