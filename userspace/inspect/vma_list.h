/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMAs of a process, with the data that mmapdemo maps prints. */
#ifndef _VMA_LIST_H
#define _VMA_LIST_H

#include "base/columns.h"
#include "base/line.h"
#include "inspect/huge_space.h"
#include "inspect/neighbours.h"
#include "inspect/vma_faults.h"
#include "inspect/vma_names.h"
#include "system/walk.h"

enum vma_list_amount {
	VMA_LIST_SIZE, VMA_LIST_RSS, VMA_LIST_PSS, VMA_LIST_ANON,
	VMA_LIST_DIRTY, VMA_LIST_SHARED, VMA_LIST_SWAP, VMA_LIST_HUGE,
	VMA_LIST_NEXT, VMA_LIST_TABLES, VMA_LIST_FAULTS,
	VMA_LIST_AMOUNTS
};

/**
 * struct vma_list_amounts - amounts of one VMA, or sums of amounts. All amounts
 * are in bytes, except the number of faults
 */
struct vma_list_amounts {
	__u64 of[VMA_LIST_AMOUNTS];
};

/* The parts of the resident memory */
enum vma_list_part {
	VMA_LIST_OF_NO_FILE, VMA_LIST_OF_FILE, VMA_LIST_OF_SHMEM,
	VMA_LIST_OF_HUGETLB, VMA_LIST_PARTS
};

/* The columns of the table */
enum vma_list_column {
	VMA_LIST_ADDRESS, VMA_LIST_END, VMA_LIST_PERM, VMA_LIST_FIRST_AMOUNT,
	VMA_LIST_NAME = VMA_LIST_FIRST_AMOUNT + VMA_LIST_AMOUNTS,
	VMA_LIST_SMALL, VMA_LIST_UNMERGED
};

extern const struct column vma_list_columns[];

/**
 * struct vma_list - the VMAs of one process
 * @pid: the process
 * @vmas: VMAs of the process
 * @pairs: pairs of adjacent VMAs
 * @names: names of the VMAs
 * @amounts: one entry for each VMA, and one entry for faults in VMAs that no
 *	longer exist
 * @sum: sum of @amounts
 * @parts: the parts of the RSS in @sum, in bytes
 * @lazyfree: memory that the kernel can free because of MADV_FREE, in bytes
 * @reserve: size of the page tables that the kernel keeps for splitting huge
 *	pages, in bytes; 0: none or unknown
 * @watched: faults were counted (--watch)
 * @faults: the faults, if @watched is set
 * @walk: the walk of the page tables
 * @walk_err: -errno of the failed walk of the page tables; 0: the page tables
 *	are known
 * @with_huge: find out where huge pages are possible (--huge)
 * @huge: the huge pages, if @with_huge is set
 * @all: also print rows whose amount in the column of --sort is 0
 */
struct vma_list {
	int pid;
	struct vmas vmas;
	struct neighbour_list pairs;
	struct vma_names names;
	struct vma_list_amounts *amounts;
	struct vma_list_amounts sum;
	__u64 parts[VMA_LIST_PARTS];
	__u64 lazyfree;
	__u64 reserve;
	bool watched;
	struct vma_faults faults;
	struct walk walk;
	int walk_err;
	bool with_huge;
	struct huge_space huge;
	bool all;
};

/* Functions that return int return 0 or -errno. */

/* Read the current VMAs of @listing->pid. */
int vma_list_read(struct vma_list *listing);
void vma_list_free(struct vma_list *listing);

/*
 * Print the table of the VMAs with the sums, then the parts of the RSS and some
 * notes.
 */
int vma_list_text(const struct vma_list *listing,
		  const struct columns_wanted *wanted,
		  const struct style *style);

/* Write a JSON object for each VMA, and a JSON object for the sums. */
int vma_list_json(const struct vma_list *listing);

/*
 * Return the pair of VMA @i and the VMA directly below VMA @i, or NULL if no VMA
 * ends where VMA @i begins. Call this function for all VMAs in ascending order.
 * *@next must be 0 before the first call.
 */
const struct neighbours *vma_list_neighbours(const struct vma_list *listing,
					     size_t i, size_t *next);

#endif /* _VMA_LIST_H */
