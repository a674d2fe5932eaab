// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/huge_space.h"
#include "event/vm_flags.h"
#include "inspect/huge_settings.h"
#include "system/cgroup.h"
#include "system/device.h"
#include "system/pagemap.h"
#include "system/proc.h"
#include "system/thp.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

#define BLOCK_PAGES (HUGE_BYTES / WALK_PAGE)

/* Without the device, a VMA of this size is not searched if it has no memory. */
#define LARGE (1ULL << 30)

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

static __u64 least(__u64 a, __u64 b)
{
	return a < b ? a : b;
}

static __u64 most(__u64 a, __u64 b)
{
	return a > b ? a : b;
}

/* ---- pages ---- */

static size_t find_pages(const struct huge_space *space, __u64 start)
{
	size_t low = 0, high = space->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (space->pages[middle].start < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int make_room(struct huge_space *space)
{
	const size_t room = space->room ? 2 * space->room : 256;
	struct huge_pages *pages;

	if (space->count < space->room)
		return 0;
	pages = reallocarray(space->pages, room, sizeof(*pages));
	if (!pages)
		return -ENOMEM;
	space->pages = pages;
	space->room = room;
	return 0;
}

/*
 * Return the pages of the block that starts at @start, or NULL if there is no
 * memory. Most new blocks come after all others.
 */
static struct huge_pages *pages_at(struct huge_space *space, __u64 start)
{
	const size_t at = find_pages(space, start);
	struct huge_pages *pages;

	if (at < space->count && space->pages[at].start == start)
		return &space->pages[at];
	if (make_room(space))
		return NULL;
	pages = &space->pages[at];
	memmove(pages + 1, pages, (space->count - at) * sizeof(*pages));
	*pages = (struct huge_pages){ .start = start };
	space->count++;
	return pages;
}

static void add_pages(struct huge_pages *pages, const struct mmapdemo_run *run,
		      __u64 bytes)
{
	pages->table = true;
	if (run->entry & MMAPDEMO_ENTRY_TABLE)
		return;
	pages->huge |= run->level != MMAPDEMO_LEVEL_PTE ||
		       run->entry & MMAPDEMO_ENTRY_HUGE;
	pages->zero |= run->entry & MMAPDEMO_ENTRY_ZERO;
	if (run->entry & MMAPDEMO_ENTRY_SWAP)
		pages->swapped += bytes / WALK_PAGE;
	if (!(run->entry & MMAPDEMO_ENTRY_PRESENT))
		pages->huge = false;
	else if (!(run->entry & MMAPDEMO_ENTRY_ZERO))
		pages->pages += bytes / WALK_PAGE;
}

/* Split a run at the ends of blocks and VMAs. */
static int see_run(const struct mmapdemo_run *run, void *data)
{
	struct huge_space *space = data;
	const __u64 run_end = walk_end(&space->walk, run);
	__u64 at = run->address, end;

	if (run->level < MMAPDEMO_LEVEL_PMD &&
	    run->entry & MMAPDEMO_ENTRY_TABLE)
		return 0;
	for (; at < run_end; at = end) {
		size_t i = vmas_after(space->vmas, at);
		const struct vma *vma = &space->vmas->list[i];
		struct huge_pages *pages;

		if (i == space->vmas->count || vma->start >= run_end)
			break;
		at = most(at, vma->start);
		end = least((at & -HUGE_BYTES) + HUGE_BYTES,
			    least(vma->end, run_end));
		pages = pages_at(space, most(at & -HUGE_BYTES, vma->start));
		if (!pages)
			return -ENOMEM;
		add_pages(pages, run, end - at);
	}
	return 0;
}

static bool is_searched(const struct huge_space *space, const struct vma *vma)
{
	return space->walk.fd >= 0 || vma->resident || vma->swapped ||
	       vma->end - vma->start < LARGE;
}

/* Walk all VMAs that have pages. Adjacent VMAs are walked together. */
static int find_all(struct huge_space *space)
{
	const struct vmas *vmas = space->vmas;
	struct walk *walk = &space->walk;
	int err = 0;

	for (size_t i = 0, next; !err && i < vmas->count; i = next) {
		next = i + 1;
		if (!is_searched(space, &vmas->list[i]))
			continue;
		while (next < vmas->count &&
		       is_searched(space, &vmas->list[next]))
			next++;
		walk->start = vmas->list[i].start;
		walk->end = least(vmas->list[next - 1].end, WALK_ADDRESSES);
		if (walk->start < walk->end)
			err = walk_runs(walk, see_run, space);
	}
	return err;
}

/*
 * Count the shared pages of anonymous memory. smaps shows which VMAs have shared pages.
 * Shared pages of anonymous memory are pages that fork has copied.
 */
static void count_shared(struct huge_space *space)
{
	for (size_t i = 0; i < space->count; i++) {
		struct huge_pages *pages = &space->pages[i];
		const size_t at = vmas_after(space->vmas, pages->start);
		const struct vma *vma = &space->vmas->list[at];
		const __u64 end = least((pages->start & -HUGE_BYTES) + HUGE_BYTES,
					vma->end);
		__u32 exclusive;

		if (!vma->shared || vma_has_file(vma) || pages->huge)
			continue;
		exclusive = pagemap_exclusive(space->walk.pid, pages->start, end);
		if (pages->pages > exclusive)
			pages->shared = pages->pages - exclusive;
	}
}

/* ---- huge pages that pagemap does not show ---- */

/*
 * Return how the blocks of a VMA are mapped whose 512 pages are all there.
 * Before Linux 6.7, only smaps shows the sum of the huge pages.
 */
static enum huge_entry guess_full(const struct huge_space *space,
				  const struct vma *vma)
{
	__u64 full = 0, present = 0;

	if (space->walk.fd >= 0 || space->knows_huge)
		return HUGE_ENTRY_TABLE;
	for (size_t i = find_pages(space, vma->start);
	     i < space->count && space->pages[i].start < vma->end; i++) {
		full += space->pages[i].pages == BLOCK_PAGES;
		present += space->pages[i].pages;
	}
	/* The zero page is not included in the resident memory. */
	if (present * WALK_PAGE >= vma->resident + HUGE_BYTES)
		return HUGE_ENTRY_UNKNOWN;
	if (!vma->huge)
		return HUGE_ENTRY_TABLE;
	return full * HUGE_BYTES == vma->huge ? HUGE_ENTRY_HUGE :
						HUGE_ENTRY_UNKNOWN;
}

static enum huge_entry entry_of(const struct huge_space *space,
				const struct huge_pages *pages,
				enum huge_entry full)
{
	if (!pages || !pages->table)
		return space->walk.fd >= 0 ? HUGE_ENTRY_NONE : HUGE_ENTRY_BARE;
	if (pages->huge)
		return pages->zero ? HUGE_ENTRY_ZERO : HUGE_ENTRY_HUGE;
	return pages->pages == BLOCK_PAGES ? full : HUGE_ENTRY_TABLE;
}

/* ---- blocks ---- */

/**
 * struct seeing - a VMA whose blocks are being judged
 * @full: how blocks are mapped whose 512 pages are all there
 * @block: the current block
 */
struct seeing {
	const struct huge_space *space;
	const struct vma *vma;
	enum huge_entry full;
	struct huge_block block;
};

const struct hugetlb_pool *huge_space_pool(const struct huge_space *space,
					   const struct vma *vma)
{
	for (int i = 0; i < space->pool_count; i++) {
		if (vma->flags & VM_HUGETLB &&
		    space->pools[i].page_bytes == vma->page_bytes)
			return &space->pools[i];
	}
	return NULL;
}

/* Set the facts about free memory. */
static void add_memory(struct huge_facts *facts, const struct huge_space *space,
		       const struct vma *vma)
{
	const struct hugetlb_pool *pool = huge_space_pool(space, vma);

	facts->none_free = space->none_free;
	facts->cgroup_full = space->cgroup_room < HUGE_BYTES;
	facts->pool_free = !pool || pool->free > pool->reserved;
	facts->pool_grows = pool && pool->overcommit > pool->surplus;
}

static void begin(struct seeing *seeing, const struct huge_space *space,
		  size_t i)
{
	const struct vma *vma = &space->vmas->list[i];
	struct huge_facts *facts = &seeing->block.facts;

	*seeing = (struct seeing){
		.space = space, .vma = vma, .full = guess_full(space, vma),
		.block.vma = i,
	};
	facts->settings = space->settings;
	facts->allowed = space->allowed;
	add_memory(facts, space, vma);
	facts->folios = huge_folios(space->release.rules,
				    mounts_type(&space->mounts, vma->dev));
	huge_facts_of(facts, space->walk.pid, vma, &space->names->shmem);
}

/* Judge the block that starts at @address, which is a multiple of 2 MiB. */
static void judge(struct seeing *seeing, __u64 address,
		  const struct huge_pages *pages)
{
	struct huge_block *block = &seeing->block;

	block->start = most(address, seeing->vma->start);
	block->end = least(address + HUGE_BYTES, seeing->vma->end);
	block->resident = pages ? pages->pages * WALK_PAGE : 0;
	block->swapped = pages ? pages->swapped : 0;
	block->shared = pages ? pages->shared : 0;
	block->empty = (block->end - block->start) / WALK_PAGE - block->swapped -
		       (pages ? pages->pages : 0);
	block->facts.address = address;
	block->facts.entry = entry_of(seeing->space, pages, seeing->full);
	block->verdict = mmapdemo_huge_judge(seeing->space->release.rules,
				    &block->facts);
}

/*
 * khugepaged also wants a page that was referenced, which /proc does not show.
 */
bool huge_space_collapsible(const struct huge_space *space,
			    const struct huge_block *block)
{
	return block->verdict.reason == HUGE_TABLE &&
	       block->empty <= space->max_none &&
	       block->swapped <= space->max_swap &&
	       block->shared <= space->max_shared;
}

static void add_block(const struct huge_space *space, struct huge_part *part,
		      const struct huge_block *block)
{
	const struct huge_verdict *verdict = &block->verdict;
	const __u64 bytes = block->end - block->start;

	part->bytes += bytes;
	part->resident += block->resident;
	if (!(verdict->failed & ~(huge_bit(verdict->reason) |
				  huge_bit(HUGE_TABLE))))
		part->only += bytes;
	if (huge_space_collapsible(space, block))
		part->collapsible += bytes;
	part->unseen |= verdict->unseen;
}

static void judge_vma(const struct huge_space *space, size_t i)
{
	struct huge_vma *result = &space->list[i];
	const struct vma *vma = &space->vmas->list[i];
	size_t at = find_pages(space, vma->start);
	struct seeing seeing;

	begin(&seeing, space, i);
	result->vma = vma;
	result->kind = seeing.block.facts.kind;
	result->mount = seeing.block.facts.mount;
	for (__u64 address = vma->start & -HUGE_BYTES; address < vma->end;
	     address += HUGE_BYTES) {
		const struct huge_pages *pages = &space->pages[at];
		const bool has_pages = at < space->count &&
				       pages->start >= address &&
				       pages->start < address + HUGE_BYTES &&
				       pages->start < vma->end;

		judge(&seeing, address, has_pages ? pages : NULL);
		at += has_pages;
		add_block(space, &result->of[seeing.block.verdict.reason],
			  &seeing.block);
	}
}

/* The pages of hugetlbfs can have another size. smaps has their sum. */
static void judge_pool(struct huge_space *space, size_t i)
{
	struct huge_vma *result = &space->list[i];
	const struct vma *vma = &space->vmas->list[i];
	const __u64 bytes = vma->end - vma->start;
	const __u64 mapped = least(vma->huge, bytes);
	const enum huge_reason reason = result->of[HUGE_EMPTY].bytes ?
					HUGE_EMPTY : HUGE_POOL;

	*result = (struct huge_vma){ .kind = HUGE_KIND_POOL, .vma = vma };
	result->of[HUGE_MAPPED].bytes = mapped;
	result->of[HUGE_MAPPED].resident = mapped;
	result->of[reason].bytes = bytes - mapped;
	result->of[reason].only = bytes - mapped;
}

static void judge_all(struct huge_space *space)
{
	for (size_t i = 0; i < space->vmas->count; i++) {
		judge_vma(space, i);
		if (space->list[i].kind == HUGE_KIND_POOL)
			judge_pool(space, i);
		for (int reason = 0; reason < HUGE_REASONS; reason++) {
			const struct huge_part *part =
				&space->list[i].of[reason];

			space->sum[reason].bytes += part->bytes;
			space->sum[reason].resident += part->resident;
			space->sum[reason].only += part->only;
			space->sum[reason].collapsible += part->collapsible;
			space->sum[reason].unseen |= part->unseen;
		}
	}
}

bool huge_space_block(const struct huge_space *space, __u64 address,
		      struct huge_block *block)
{
	const size_t i = vmas_after(space->vmas, address);
	const struct vma *vma = &space->vmas->list[i];
	const struct huge_pages *pages;
	struct seeing seeing;
	size_t at;

	if (i == space->vmas->count || vma->start > address)
		return false;
	begin(&seeing, space, i);
	at = find_pages(space, most(address & -HUGE_BYTES, vma->start));
	pages = &space->pages[at];
	judge(&seeing, address & -HUGE_BYTES, at < space->count &&
	      pages->start <= address && pages->start >= vma->start ?
	      pages : NULL);
	*block = seeing.block;
	return true;
}

__u64 huge_space_smaller(const struct huge_space *space,
			 const struct huge_block *block, __u64 address)
{
	return huge_smaller(space->release.rules, &block->facts, &block->verdict,
			    address, block->facts.kind == HUGE_KIND_SHARED ?
			    space->shmem_sizes : space->sizes);
}

__u64 huge_vma_missed(const struct vma *vma)
{
	const __u64 first = (vma->start + HUGE_BYTES - 1) / HUGE_BYTES;
	const __u64 last = vma->end / HUGE_BYTES;

	return (vma->end - vma->start) / HUGE_BYTES -
	       (last > first ? last - first : 0);
}

/* ---- the process ---- */

static void read_khugepaged(struct huge_space *space)
{
	struct huge_pace *pace = &space->pace;

	thp_number("khugepaged/max_ptes_none", &space->max_none);
	thp_number("khugepaged/max_ptes_swap", &space->max_swap);
	thp_number("khugepaged/max_ptes_shared", &space->max_shared);
	thp_number("khugepaged/pages_to_scan", &pace->pages);
	thp_number("khugepaged/scan_sleep_millisecs", &pace->sleep);
	thp_number("khugepaged/full_scans", &pace->scans);
	thp_number("khugepaged/pages_collapsed", &pace->made);
}

int huge_space_read(struct huge_space *space)
{
	const int pid = space->walk.pid;
	const int allowed = proc_thp_enabled(pid);
	struct utsname system;
	int err;

	uname(&system);
	space->release = huge_release(system.release);
	huge_settings_read(&space->settings);
	space->allowed = allowed < 0 ? HUGE_FACT_UNKNOWN :
			 allowed ? HUGE_FACT_YES : HUGE_FACT_NO;
	huge_sizes_read(space->sizes, "enabled");
	huge_sizes_read(space->shmem_sizes, "shmem_enabled");
	read_khugepaged(space);
	space->none_free = thp_none_free();
	space->cgroup_room = cgroup_room(pid);
	space->pool_count = hugetlb_pools(space->pools);
	mounts_find(&space->mounts, pid);
	space->knows_huge = pagemap_knows_huge(pid);
	space->list = calloc(space->vmas->count, sizeof(*space->list));
	if (!space->list)
		return -ENOMEM;
	err = find_all(space);
	if (err)
		return err;
	count_shared(space);
	judge_all(space);
	return 0;
}

void huge_space_open(struct walk *walk)
{
	struct mmapdemo_info info;

	walk->levels = walk_levels();
	walk->fd = dev_open();
	if (walk->fd >= 0 && !dev_info(walk->fd, &info))
		walk->levels = info.levels;
}

void huge_space_free(struct huge_space *space)
{
	if (space->walk.fd >= 0)
		close(space->walk.fd);
	mounts_free(&space->mounts);
	free(space->pages);
	free(space->list);
}

int huge_space_collapse(const struct huge_space *space,
			const struct huge_block *block)
{
	struct iovec range = {
		.iov_base = (void *)(uintptr_t)block->facts.address,
		.iov_len = HUGE_BYTES,
	};
	int fd = syscall(SYS_pidfd_open, space->walk.pid, 0);
	long done;

	if (fd < 0)
		return -errno;
	done = syscall(SYS_process_madvise, fd, &range, 1, MADV_COLLAPSE, 0);
	done = done < 0 ? -errno : 0;
	close(fd);
	return done;
}
