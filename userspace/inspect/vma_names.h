/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of the VMAs of a process. The kernel does not name malloc() arenas,
 * .bss sections and stacks of threads, and does not say which files are shmem.
 */
#ifndef _VMA_NAMES_H
#define _VMA_NAMES_H

#include "system/shmem.h"
#include "system/smaps.h"

#define VMA_TITLE_MAX (VMA_NAME_MAX + 64)

/**
 * struct vma_names - data for the names of the VMAs of one process
 * @vmas: the VMAs
 * @shmem: the devices of shmem
 * @threads: for each VMA, the thread that has its stack there; 0: none
 */
struct vma_names {
	const struct vmas *vmas;
	struct shmem shmem;
	int *threads;
};

/* Find the data for @vmas, which must remain. Return 0 or -ENOMEM. */
int vma_names_find(struct vma_names *names, const struct vmas *vmas, int pid);
void vma_names_free(struct vma_names *names);

/*
 * Format the name of VMA @i. Return true if the name is a guess from addresses
 * and flags. It then begins with a question mark, which truncation keeps.
 */
bool vma_names_title(const struct vma_names *names, size_t i,
		     char text[VMA_TITLE_MAX]);

#endif /* _VMA_NAMES_H */
