// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/vma_list.h"
#include "event/vm_flags.h"
#include "system/device.h"
#include "system/proc.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Number of entries of a page table, and of small pages in a huge page */
#define PTES 512

/* ---- page tables ---- */

/*
 * Count the page tables. A page table can map parts of several VMAs, so count
 * it only for the first of these VMAs.
 */
static int see_run(const struct mmapdemo_run *run, void *data)
{
	struct vma_list *listing = data;
	__u64 bytes = 1ULL << walk_shift(&listing->walk, run->level);

	if (!(run->entry & MMAPDEMO_ENTRY_TABLE))
		return 0;
	for (__u32 i = 0; i < run->count; i++) {
		__u64 start = run->address + i * bytes;
		size_t at = vmas_after(&listing->vmas, start);

		if (at < listing->vmas.count &&
		    listing->vmas.list[at].start < start + bytes)
			listing->amounts[at].of[VMA_LIST_TABLES] += WALK_PAGE;
	}
	return 0;
}

static int read_tables(struct vma_list *listing)
{
	struct walk *walk = &listing->walk;
	struct mmapdemo_info info;
	int err;

	*walk = (struct walk) {
		.fd = dev_open(),
		.pid = listing->pid,
		.end = WALK_ADDRESSES,
	};
	if (walk->fd < 0)
		return walk->fd;
	err = dev_info(walk->fd, &info);
	walk->levels = info.levels;
	if (!err)
		err = walk_runs(walk, see_run, listing);
	close(walk->fd);
	return err;
}

/* ---- figures ---- */

static int add_faults(struct vma_list *listing)
{
	size_t count = listing->vmas.count + 1;
	struct fault_loads *loads = calloc(count, sizeof(*loads));

	if (!loads)
		return -ENOMEM;
	vma_faults_turn(&listing->faults);
	vma_faults_place(&listing->faults, &listing->vmas, loads);
	for (size_t i = 0; i < count; i++)
		listing->amounts[i].of[VMA_LIST_FAULTS] =
			loads[i].total.stats.count;
	free(loads);
	return 0;
}

static int add_huge(struct vma_list *listing)
{
	struct huge_space *huge = &listing->huge;
	int err;

	*huge = (struct huge_space){
		.walk.pid = listing->pid,
		.vmas = &listing->vmas, .names = &listing->names,
	};
	huge_space_open(&huge->walk);
	err = huge_space_read(huge);
	for (size_t i = 0; !err && i < listing->vmas.count; i++)
		listing->amounts[i].of[VMA_LIST_NEXT] =
			huge->list[i].of[HUGE_NEXT].bytes;
	return err;
}

static void add_up(struct vma_list *listing)
{
	for (size_t i = 0; i < listing->vmas.count; i++) {
		const struct vma *vma = &listing->vmas.list[i];
		__u64 *amounts = listing->amounts[i].of;

		amounts[VMA_LIST_SIZE] = vma->end - vma->start;
		amounts[VMA_LIST_RSS] = vma->resident;
		amounts[VMA_LIST_PSS] = vma->proportional;
		amounts[VMA_LIST_ANON] = vma->anonymous;
		amounts[VMA_LIST_DIRTY] = vma->dirty;
		amounts[VMA_LIST_SHARED] = vma->shared;
		amounts[VMA_LIST_SWAP] = vma->swapped;
		amounts[VMA_LIST_HUGE] = vma->huge;
	}
	for (size_t i = 0; i <= listing->vmas.count; i++) {
		for (int c = 0; c < VMA_LIST_AMOUNTS; c++)
			listing->sum.of[c] += listing->amounts[i].of[c];
	}
}

/*
 * Divide the RSS of all VMAs into its parts. The RSS from vmas_read() includes
 * pages of hugetlbfs, but VmRSS in /proc/PID/status does not.
 */
static void add_parts(struct vma_list *listing)
{
	const struct shmem *shmem = &listing->names.shmem;

	for (size_t i = 0; i < listing->vmas.count; i++) {
		const struct vma *vma = &listing->vmas.list[i];
		enum vma_list_part part = VMA_LIST_OF_FILE;

		if (vma->flags & VM_HUGETLB)
			part = VMA_LIST_OF_HUGETLB;
		else if (shmem_has(shmem, vma->dev))
			part = VMA_LIST_OF_SHMEM;
		listing->lazyfree += vma->lazyfree;
		listing->parts[VMA_LIST_OF_NO_FILE] += vma->anonymous;
		listing->parts[part] += vma->resident - vma->anonymous;
	}
}

/*
 * The kernel allocates a page table with each huge page of anonymous memory.
 * VmPTE includes these page tables, but the walk does not find them. VmPTE can
 * exceed the size that the walk found by up to one page table for each huge page.
 * Any other difference shows that the process has changed since the walk, so
 * return 0.
 */
static __u64 tables_in_reserve(const struct vma_list *listing, __u64 counted)
{
	const __u64 tables = listing->sum.of[VMA_LIST_TABLES];
	const __u64 most = listing->sum.of[VMA_LIST_HUGE] / PTES;

	return !listing->walk_err && counted > tables &&
	       counted - tables <= most ? counted - tables : 0;
}

int vma_list_read(struct vma_list *listing)
{
	struct utsname system;
	__u64 counted;
	int err = vmas_read(&listing->vmas, listing->pid);

	if (err)
		return err;
	uname(&system);
	listing->amounts = calloc(listing->vmas.count + 1,
				  sizeof(*listing->amounts));
	if (!listing->amounts ||
	    neighbour_list_find(&listing->pairs, &listing->vmas,
				mergeable_rules(system.release).rules) ||
	    vma_names_find(&listing->names, &listing->vmas, listing->pid))
		return -ENOMEM;
	listing->walk_err = read_tables(listing);
	counted = proc_tables(listing->pid);
	err = listing->with_huge ? add_huge(listing) : 0;
	if (!err)
		err = vmas_whole(&listing->vmas);
	if (!err && listing->watched)
		err = add_faults(listing);
	add_up(listing);
	add_parts(listing);
	listing->reserve = tables_in_reserve(listing, counted);
	return err;
}

void vma_list_free(struct vma_list *listing)
{
	if (listing->with_huge)
		huge_space_free(&listing->huge);
	free(listing->amounts);
	neighbour_list_free(&listing->pairs);
	vma_names_free(&listing->names);
	vmas_free(&listing->vmas);
	vma_faults_free(&listing->faults);
}

const struct neighbours *vma_list_neighbours(const struct vma_list *listing,
					     size_t i, size_t *next)
{
	const struct neighbour_list *pairs = &listing->pairs;

	if (*next == pairs->count ||
	    pairs->list[*next].above != &listing->vmas.list[i])
		return NULL;
	return &pairs->list[(*next)++];
}
