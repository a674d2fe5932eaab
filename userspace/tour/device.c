// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scenes about devices: the registers of a device, and a device that is backed
 * by a file.
 */
#include "event/vm_flags.h"
#include "system/device.h"
#include "system/memory.h"
#include "tour/entries.h"
#include "tour/region.h"
#include "tour/tour.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE MEMORY_PAGE

typedef unsigned long long ull;

/* ---- registers ---- */

#define REGISTERS 16

/* Scene 15: mmap() itself maps registers. */
int tour_registers(struct stage *stage)
{
	int fd = tour_region(MMAPDEMO_BY_REMAP, MMAPDEMO_REGION_UNCACHED,
			   REGISTERS * PAGE);
	volatile char *map;
	struct vma vma = { 0 };
	struct entries entries;
	char stored = 0;
	long faults;
	ull ns;

	if (fd < 0)
		return tour_no_region(stage, fd);
	tour_warm_up();
	stage_begin(stage);
	map = tour_map_region(fd, NULL, REGISTERS * PAGE);
	if (!map || pwrite(fd, "w", 1, 5 * PAGE) != 1)
		return SCENE_FAILED;
	stage_about(stage, map, REGISTERS * PAGE);
	entries = entries_of(fd, map, REGISTERS * PAGE);
	faults = tour_touch_pages(map, REGISTERS, &ns);
	map[9 * PAGE] = 's';
	stage_end(stage);
	stage_fact(stage, "%p: PTE x %zu -> pfn %#llx-%#llx", (void *)map,
		   entries.pages, (ull)entries.frame,
		   (ull)(entries.frame + entries.pages - 1));
	stage_claim(stage, entries.pages == REGISTERS && entries.runs == 1);
	stage_claim(stage, !faults);
	stage_claim_seen(stage, !stage->seen->fault_count);
	stage_claim(stage, map[5 * PAGE] == 'w' &&
			   pread(fd, &stored, 1, 9 * PAGE) == 1 &&
			   stored == 's');
	memory_vmas(map, PAGE, &vma);
	stage_claim(stage, vma.flags & VM_PFNMAP && !vma.resident &&
			   !memory_present(map, REGISTERS * PAGE));
	return stage_over(stage);
}

/* ---- a device backed by a file ---- */

#define WORDS "old text, of the device"

struct words {
	char text[sizeof(WORDS)];
};

/* Read the words from the file with pread(), not through the mapping. */
static struct words words_of(int file)
{
	struct words words = { "" };

	if (pread(file, words.text, sizeof(WORDS) - 1, 0) < 0)
		words.text[0] = '?';
	return words;
}

static bool begins(const struct words *words, const char *begin)
{
	return !strncmp(words->text, begin, 3);
}

/* Call msync() for the mapping, then return the words in the file. */
static struct words synchronize(struct stage *stage, int file,
				volatile char *map)
{
	struct words words = { "" };

	if (!msync((void *)map, PAGE, MS_SYNC))
		words = words_of(file);
	stage_fact(stage, "%s", words.text);
	return words;
}

/*
 * Read and write the file in another process, without the device. Return true
 * if the process has read "ned" and has written.
 */
static bool another_writes(int file)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		struct words words = words_of(file);

		_exit(begins(&words, "ned") && pwrite(file, "w", 1, 2) == 1 ?
		      0 : 1);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

/*
 * Store to the mapping again. This store faults, because writeback has made the
 * page read-only. Return the words in the file.
 */
static struct words store_again(struct stage *stage, int file,
				volatile char *map)
{
	stage_begin(stage);
	stage_about(stage, map, PAGE);
	map[1] = 'e';
	stage_end(stage);
	stage_claim_seen(stage, stage_only(stage, MMAPDEMO_FAULT_WP_SHARED, 1));
	return synchronize(stage, file, map);
}

/* Scene 17: the way from a store to the file, and back. */
int tour_after_end(struct stage *stage)
{
	struct mmapdemo_region region = {
		.size = sizeof(region),
		.bytes = PAGE,
		.flags = MMAPDEMO_REGION_BACKED,
		.backing = memory_file(PAGE),
	};
	int file = region.backing, fd;
	struct words words;
	volatile char *map;
	char first;
	bool read;

	if (file < 0 || pwrite(file, WORDS, sizeof(WORDS) - 1, 0) < 0)
		return stage_skip(stage, "file");
	fd = dev_region(&region);
	if (fd < 0)
		return tour_no_region(stage, fd);
	words = words_of(file);
	stage_begin(stage);
	map = tour_map_region(fd, NULL, PAGE);
	if (!map)
		return SCENE_FAILED;
	stage_about(stage, map, PAGE);
	first = map[0];
	map[0] = 'n';
	stage_end(stage);
	stage_fact(stage, "%s", words.text);
	stage_claim(stage, first == 'o' && begins(&words, "old"));
	stage_claim_seen(stage, stage->seen->fault_count == 2 &&
			 stage_faults(stage, MMAPDEMO_FAULT_READ) == 1 &&
			 stage_faults(stage, MMAPDEMO_FAULT_WP_SHARED) == 1);
	words = synchronize(stage, file, map);
	stage_claim(stage, begins(&words, "nld"));
	words = store_again(stage, file, map);
	stage_claim(stage, begins(&words, "ned"));
	read = another_writes(file);
	words = words_of(file);
	stage_fact(stage, "%s", words.text);
	stage_claim(stage, read && begins(&words, "new") && map[0] == 'n' &&
			   map[1] == 'e' && map[2] == 'w');
	return stage_over(stage);
}
