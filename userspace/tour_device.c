// SPDX-License-Identifier: GPL-2.0-only
/* Scenes about devices: mapped at once, in each way, and onto a file. */
#include "clock.h"
#include "dev.h"
#include "entries.h"
#include "memory.h"
#include "proc.h"
#include "tour.h"
#include "vm_flags.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE MEMORY_PAGE

typedef unsigned long long ull;

static int region_by(__u32 method, __u32 flags, __u64 bytes)
{
	const struct mmapdemo_region region = {
		.size = sizeof(region),
		.bytes = bytes,
		.method = method,
		.flags = flags,
	};

	return dev_region(&region);
}

/* Why there is no region to show something with. */
static int no_region(struct stage *stage, int err)
{
	if (err == -ENOENT || err == -EACCES)
		return stage_skip(stage, "device");
	stage_fact(stage, "%s", strerror(-err));
	return stage_skip(stage, "region");
}

static volatile char *map_region(int fd, char *at, size_t length)
{
	char *map = mmap(at, length, PROT_READ | PROT_WRITE, MAP_SHARED |
			 (at ? MAP_FIXED_NOREPLACE : 0), fd, 0);

	return map == MAP_FAILED ? NULL : map;
}

/* ---- touching ---- */

static long faults_so_far(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

static long tables_so_far(void)
{
	return proc_tables(getpid()) / PAGE;
}

/* Reads of each page; how long it took, and the faults that it was. */
static long __attribute__((noinline))
touch_pages(const volatile char *map, int pages, ull *ns)
{
	long before = faults_so_far();
	ull begin = clock_ns();

	for (int i = 0; i < pages; i++)
		(void)map[i * PAGE];
	*ns = clock_ns() - begin;
	return faults_so_far() - before;
}

/* What counting itself touches is there afterwards. */
static void warm_up(void)
{
	const volatile char here = 0;
	ull ns;

	touch_pages(&here, 1, &ns);
	tables_so_far();
}

/* ---- device registers ---- */

#define REGISTERS 16

/* 15: mapped by mmap() itself. */
int tour_registers(struct stage *stage)
{
	int fd = region_by(MMAPDEMO_BY_REMAP, MMAPDEMO_REGION_UNCACHED,
			   REGISTERS * PAGE);
	volatile char *map;
	struct vma vma = { 0 };
	struct entries entries;
	char stored = 0;
	long faults;
	ull ns;

	if (fd < 0)
		return no_region(stage, fd);
	warm_up();
	stage_begin(stage);
	map = map_region(fd, NULL, REGISTERS * PAGE);
	if (!map || pwrite(fd, "w", 1, 5 * PAGE) != 1)
		return SCENE_FAILED;
	stage_about(stage, map, REGISTERS * PAGE);
	entries = entries_of(fd, map, REGISTERS * PAGE);
	faults = touch_pages(map, REGISTERS, &ns);
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

/* ---- each method's first touch ---- */

#define METHODS MMAPDEMO_BY_COUNT
#define BLOCK (MEMORY_HUGE / PAGE)
#define WRITTEN 16	/* pages that are there before */
#define TOUCHED 2

#define BY(method) (1U << MMAPDEMO_BY_##method)

/* Those that map frames, of which the kernel knows no page. */
#define BY_FRAME (BY(PFN) | BY(REMAP) | BY(HUGE))

/**
 * struct first - a method's first touch
 * @method: enum mmapdemo_by
 * @fd: its region; -errno
 * @map: all of it; NULL: it could not be mapped
 * @mapping: how long mmap() took, in ns
 * @touching: and reading TOUCHED pages
 * @faults: while reading them, as getrusage() counts
 * @tables: page tables allocated, as VmPTE tells
 * @entries: of the page tables afterwards
 * @frames: only frames are mapped
 */
struct first {
	__u32 method;
	int fd;
	volatile char *map;
	ull mapping;
	ull touching;
	long faults;
	long tables;
	struct entries entries;
	bool frames;
};

static void first_map(struct first *first, __u32 method, char *at)
{
	long tables;
	ull begin;

	first->method = method;
	first->fd = region_by(method, 0, MEMORY_HUGE);
	if (first->fd < 0)
		return;
	for (int i = 0; i < WRITTEN; i++)
		if (pwrite(first->fd, "w", 1, i * PAGE) != 1)
			return;
	tables = tables_so_far();
	begin = clock_ns();
	first->map = map_region(first->fd, at, MEMORY_HUGE);
	first->mapping = clock_ns() - begin;
	first->tables = tables_so_far() - tables;
}

static void first_touch(struct first *first)
{
	long tables = tables_so_far();
	struct vma vma = { 0 };

	if (!first->map)
		return;
	first->faults = touch_pages(first->map, TOUCHED, &first->touching);
	first->tables += tables_so_far() - tables;
	first->entries = entries_of(first->fd, first->map, MEMORY_HUGE);
	memory_vmas(first->map, PAGE, &vma);
	first->frames = vma.flags & VM_PFNMAP;
}

static void show_first(struct stage *stage, const struct first *first)
{
	const char *name = name_of(names_by, first->method);

	if (first->map)
		stage_fact(stage, "%-8s %12llx %9llu %9llu %6ld %6zu %6ld  %s",
			   name, (ull)(uintptr_t)first->map, first->mapping,
			   first->touching, first->faults,
			   first->entries.pages, first->tables,
			   first->frames ? "pfn" : "page");
	else
		stage_fact(stage, "%-8s %12s", name, first->fd < 0 ? strerror(-first->fd) : "-");
}

static bool one_by_one(const struct first *first)
{
	return first->faults == TOUCHED && first->entries.pages == TOUCHED;
}

static bool all_at_once(const struct first *first)
{
	return !first->faults && first->entries.pages == BLOCK;
}

static bool with_neighbours(const struct first *first)
{
	return first->faults == 1 && first->entries.pages > TOUCHED;
}

static bool huge_or_small(const struct first *first)
{
	return first->entries.huge ? first->faults == 1 && !first->tables &&
				   first->entries.pages == BLOCK :
				   one_by_one(first) && first->tables == 1;
}

/* What pagemap, smaps and status say, and the walk. */
static bool as_proc_tells(const struct first *first)
{
	size_t present = memory_present(first->map, MEMORY_HUGE);

	return present == (first->frames ? 0 : first->entries.pages) &&
	       first->frames == !!(BY_FRAME & 1U << first->method) &&
	       first->tables == first->entries.tables;
}

/* One claim about several methods. */
static void claim_by(struct stage *stage, const struct first *firsts,
		     unsigned int methods, bool (*holds)(const struct first *))
{
	bool known = true, all = true;

	for (int i = 0; i < METHODS; i++) {
		if (!(methods & 1U << i))
			continue;
		known = known && firsts[i].map;
		all = all && firsts[i].map && holds(&firsts[i]);
	}
	stage_claim_if(stage, known, all);
}

/* Did the kernel tell of as many, at the same places? */
static bool events_agree(const struct stage_seen *seen,
			 const struct first *firsts)
{
	long faults[METHODS] = { 0 };
	bool agree = seen->fault_count <= STAGE_FAULTS;

	for (int i = 0; agree && i < seen->fault_count; i++)
		for (int by = 0; by < METHODS; by++)
			faults[by] += (seen->faults[i].address &
				       -MEMORY_HUGE) ==
				      (uintptr_t)firsts[by].map;
	for (int by = 0; by < METHODS; by++)
		agree = agree && faults[by] == firsts[by].faults;
	return agree;
}

/* 16: the same touch, by each. */
int tour_methods(struct stage *stage)
{
	/* Of one PMD table, which is there before. */
	char *hole = memory_hole((METHODS + 1) * MEMORY_HUGE, 1UL << 30);
	char *anchor = hole ? memory_map(hole + METHODS * MEMORY_HUGE, PAGE) :
			      NULL;
	struct first firsts[METHODS] = { 0 };

	if (!anchor)
		return SCENE_FAILED;
	*anchor = 1;
	warm_up();
	for (int i = 0; i < METHODS; i++)
		first_map(&firsts[i], i, hole + i * MEMORY_HUGE);
	if (firsts[0].fd < 0)
		return no_region(stage, firsts[0].fd);
	stage_begin(stage);
	stage_about(stage, hole, METHODS * MEMORY_HUGE);
	for (int i = 0; i < METHODS; i++)
		first_touch(&firsts[i]);
	stage_end(stage);
	stage_fact(stage, "%-8s %12s %9s %9s %6s %6s %6s", "", "", "mmap ns",
		   "read ns", "faults", "pages", "tables");
	for (int i = 0; i < METHODS; i++)
		show_first(stage, &firsts[i]);
	claim_by(stage, firsts, BY(PAGE) | BY(INSERT) | BY(PFN), one_by_one);
	claim_by(stage, firsts, BY(REMAP) | BY(PREPARE), all_at_once);
	claim_by(stage, firsts, BY(AROUND), with_neighbours);
	claim_by(stage, firsts, BY(HUGE), huge_or_small);
	if (firsts[MMAPDEMO_BY_HUGE].map && !firsts[MMAPDEMO_BY_HUGE].entries.huge)
		stage_note(stage, "small");
	claim_by(stage, firsts, (1U << METHODS) - 1, as_proc_tells);
	stage_claim_seen(stage, events_agree(stage->seen, firsts));
	return stage_over(stage);
}

/* ---- a file behind it ---- */

#define WORDS "old text, behind the device"

struct words {
	char text[sizeof(WORDS)];
};

/* By read(2), out of the file itself. */
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

/* What is in the file when the mapping was synchronized. */
static struct words synchronize(struct stage *stage, int file,
				volatile char *map)
{
	struct words words = { "" };

	if (!msync((void *)map, PAGE, MS_SYNC))
		words = words_of(file);
	stage_fact(stage, "%s", words.text);
	return words;
}

/* Another process, which knows nothing of the device. Has it read "ned"? */
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

/* 17: from a store to the file, and back. */
int tour_behind(struct stage *stage)
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
		return no_region(stage, fd);
	words = words_of(file);
	stage_begin(stage);
	map = map_region(fd, NULL, PAGE);
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
	stage_begin(stage);
	stage_about(stage, map, PAGE);
	map[1] = 'e';
	stage_end(stage);
	stage_claim_seen(stage, stage_only(stage, MMAPDEMO_FAULT_SHARED, 1));
	words = synchronize(stage, file, map);
	stage_claim(stage, begins(&words, "ned"));
	read = another_writes(file);
	words = synchronize(stage, file, map);
	stage_claim(stage, read && begins(&words, "new") && map[0] == 'n' &&
			   map[1] == 'e' && map[2] == 'w');
	return stage_over(stage);
}
