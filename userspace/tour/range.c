// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scenes about ranges of addresses: malloc(), the search for a free range, and
 * merges.
 */
#include "inspect/mergeable.h"
#include "system/memory.h"
#include "tour/tour.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#define PAGE MEMORY_PAGE
#define RW (PROT_READ | PROT_WRITE)

/* Size of a block that malloc() never takes from the heap, in bytes. */
#define LARGE (64UL << 20)
#define SMALL 1000

/*
 * Allocate small blocks until the heap grows. Return the last block, or NULL if
 * the heap does not grow.
 */
static char *grow_heap(void)
{
	char *end = sbrk(0), *block = NULL;

	for (int i = 0; i < 100000 && sbrk(0) == end; i++)
		block = malloc(SMALL);
	return sbrk(0) > (void *)end ? block : NULL;
}

/* Scene 6: the system calls that malloc() makes. */
int tour_malloc(struct stage *stage)
{
	struct vma heap = { 0 }, mapped = { 0 };
	char *before, *small, *large;

	/*
	 * Return the free memory in the heap to the kernel, because malloc()
	 * could use this memory for many blocks before the heap grows.
	 */
	malloc_trim(0);
	before = sbrk(0);
	stage_begin(stage);
	small = grow_heap();
	large = malloc(LARGE);
	stage_about(stage, before, (char *)sbrk(0) - before);
	stage_about(stage, large, LARGE);
	/* The mapping begins with malloc()'s header, which is before the block. */
	stage_about(stage, large - 2 * PAGE, 2 * PAGE);
	stage_end(stage);
	if (!small || !large)
		return stage_skip(stage, "allocator");
	memory_vmas(small, 1, &heap);
	memory_vmas(large, 1, &mapped);
	stage_fact(stage, "malloc(%d) = %p  %s", SMALL, (void *)small,
		   heap.name);
	stage_fact(stage, "malloc(%lu) = %p  %s", LARGE, (void *)large,
		   mapped.name);
	stage_claim(stage, !strcmp(heap.name, "[heap]"));
	stage_claim(stage, strcmp(mapped.name, "[heap]") &&
			   mapped.end - mapped.start > LARGE);
	return stage_over(stage);
}

/* ---- the search ---- */

static bool was_searched(const struct stage *stage, const char *at)
{
	const struct stage_seen *seen = stage->seen;

	for (int i = 0; i < seen->search_count; i++) {
		if (seen->searches[i].ret == (__s64)(uintptr_t)at)
			return true;
	}
	return false;
}

/* Scene 7: the search for a free range. */
int tour_search(struct stage *stage)
{
	static const char *const names[] = { "anonymous", "file", "device" };
	int fds[3] = { -1, memory_file(4 * MEMORY_HUGE),
		       open(MMAPDEMO_DEVICE, O_RDWR | O_CLOEXEC) };
	bool found = true, mergeable = true;
	char *maps[3];

	stage_begin(stage);
	for (int i = 0; i < 3; i++) {
		maps[i] = NULL;
		if (i && fds[i] < 0)
			continue;
		maps[i] = mmap(NULL, MEMORY_HUGE, RW, i ? MAP_SHARED :
			       MAP_PRIVATE | MAP_ANONYMOUS, fds[i], 0);
		if (maps[i] == MAP_FAILED)
			return SCENE_FAILED;
		stage_about(stage, maps[i], MEMORY_HUGE);
	}
	stage_end(stage);
	for (int i = 0; i < 3; i++) {
		if (!maps[i])
			continue;
		found = found && was_searched(stage, maps[i]);
		for (int k = 0; k < i; k++)
			mergeable = mergeable && (!maps[k] ||
						  maps[i] + MEMORY_HUGE <= maps[k] ||
						  maps[k] + MEMORY_HUGE <= maps[i]);
		stage_fact(stage, "%-9s %p%s", names[i], (void *)maps[i],
			   (uintptr_t)maps[i] % MEMORY_HUGE ? "" :
			   "  (2 MiB)");
	}
	stage_claim(stage, mergeable);
	stage_claim_seen(stage, found);
	return stage_over(stage);
}

/* ---- neighbours ---- */

/*
 * Distance between two pairs of pages. The distance is so large that the pairs
 * are not neighbours.
 */
#define APART (4 * PAGE)

/*
 * Two adjacent pages to map. @fds has one descriptor per page; -1 means
 * anonymous memory. @prot and @offset are for the second page only.
 */
struct pair {
	int prot;
	int fds[2];
	off_t offset;
};

static char *place(char *at, int prot, int fd, off_t offset)
{
	return mmap(at, PAGE, prot, MAP_PRIVATE | MAP_FIXED_NOREPLACE |
		    (fd < 0 ? MAP_ANONYMOUS : 0), fd, offset);
}

static bool place_pair(char *at, const struct pair *pair)
{
	return place(at, RW, pair->fds[0], 0) == at &&
	       place(at + PAGE, pair->prot, pair->fds[1], pair->offset) ==
	       at + PAGE;
}

/*
 * Return the reason why the two pages of a pair were not merged. Find the
 * reason in the same way as mmapdemo why.
 */
static __u32 reason_of(const char *at)
{
	struct utsname system;
	struct mergeable mergeable = { .count = 0 };
	struct vmas vmas;
	size_t below;

	uname(&system);
	if (vmas_read(&vmas, getpid()))
		return MMAPDEMO_REASON_UNKNOWN;
	below = vmas_after(&vmas, (uintptr_t)at);
	if (below + 1 < vmas.count && vmas.list[below].end ==
				      (uintptr_t)at + PAGE)
		mergeable_check(&mergeable, mergeable_rules(system.release).rules,
				&vmas.list[below], &vmas.list[below + 1],
				vmas.policies);
	vmas_free(&vmas);
	return mergeable_reason(&mergeable);
}

/* Scene 8: neighbours that are merged, and neighbours that are not merged. */
int tour_neighbours(struct stage *stage)
{
	int one = memory_file(4 * PAGE), other = memory_file(4 * PAGE);
	const struct pair pairs[] = {
		{ RW, { -1, -1 }, 0 },
		{ PROT_READ, { -1, -1 }, 0 },
		{ RW, { one, other }, PAGE },
		{ RW, { one, one }, 3 * PAGE },
	};
	static const __u32 reasons[] = {
		MMAPDEMO_REASON_UNKNOWN, MMAPDEMO_REASON_FLAGS,
		MMAPDEMO_REASON_FILE, MMAPDEMO_REASON_PGOFF,
	};
	char *hole = memory_hole(4 * APART, PAGE), *at[4];

	if (one < 0 || other < 0)
		return stage_skip(stage, "file");
	stage_begin(stage);
	stage_about(stage, hole, 4 * APART);
	for (int i = 0; i < 4; i++) {
		at[i] = hole + i * APART;
		if (!hole || !place_pair(at[i], &pairs[i]))
			return SCENE_FAILED;
	}
	stage_end(stage);
	for (int i = 0; i < 4; i++)
		stage_claim(stage, memory_vmas(at[i], 2 * PAGE, NULL) ==
				   1 + !!i && reason_of(at[i]) == reasons[i]);
	stage_begin(stage);
	stage_about(stage, at[0], 2 * PAGE);
	madvise(at[0] + PAGE, PAGE, MADV_DONTFORK);
	stage_end(stage);
	stage_claim(stage, memory_vmas(at[0], 2 * PAGE, NULL) == 2 &&
			   reason_of(at[0]) == MMAPDEMO_REASON_FLAGS);
	return stage_over(stage);
}
