/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of the VMAs of a process. /proc shows no names for malloc() arenas, .bss
 * sections or thread stacks. /proc/PID/maps does not show which files are on
 * shmem.
 */
#ifndef _VMA_NAMES_H
#define _VMA_NAMES_H

#include "system/shmem.h"
#include "system/smaps.h"

#define VMA_TITLE_MAX (VMA_NAME_MAX + 64)

/**
 * struct vma_names - data from which the names of a process's VMAs are derived
 * @vmas: the VMAs
 * @shmem: device numbers of shmem file systems
 * @threads: for each VMA, the thread whose stack is in the VMA; 0: no such
 *	thread was found
 */
struct vma_names {
	const struct vmas *vmas;
	struct shmem shmem;
	int *threads;
};

/* Find the data for @vmas, which must stay valid. Return 0 or -ENOMEM. */
int vma_names_find(struct vma_names *names, const struct vmas *vmas, int pid);
void vma_names_free(struct vma_names *names);

/*
 * Format the name of VMA @i. Return true if the name is a guess based on
 * addresses and flags. The name of a guess begins with a question mark, which
 * remains if the end of the name is cut off.
 */
bool vma_names_title(const struct vma_names *names, size_t i,
		     char text[VMA_TITLE_MAX]);

#endif /* _VMA_NAMES_H */
