// SPDX-License-Identifier: GPL-2.0-only
/* Scenes about files: touches, the visibility of stores, and the end of a file. */
#include "system/memory.h"
#include "tour/tour.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE MEMORY_PAGE

/*
 * Numbers of two pages of a file. Fault-around and readahead at one of these
 * pages do not reach the other page.
 */
#define LONG_PAGES 2048
#define LOW_PAGE 5
#define HIGH_PAGE 1500

static volatile char *map_file(int fd, size_t pages, int flags)
{
	char *map = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, flags, fd,
			 0);

	return map == MAP_FAILED ? NULL : map;
}

static bool write_words(int fd)
{
	return pwrite(fd, "low", 3, LOW_PAGE * PAGE + 7) == 3 &&
	       pwrite(fd, "high", 4, HIGH_PAGE * PAGE + 9) == 4;
}

/* Scene 1: a touch maps a page, and perhaps pages around it. */
int tour_touch(struct stage *stage)
{
	int fd = memory_file(LONG_PAGES * PAGE);
	volatile char *map;
	size_t before, after;
	char low, high;

	if (fd < 0 || !write_words(fd))
		return stage_skip(stage, "file");
	stage_begin(stage);
	map = map_file(fd, LONG_PAGES, MAP_PRIVATE);
	if (!map)
		return SCENE_FAILED;
	stage_about(stage, map, LONG_PAGES * PAGE);
	before = memory_present(map, LONG_PAGES * PAGE);
	low = map[LOW_PAGE * PAGE + 7];
	high = map[HIGH_PAGE * PAGE + 9];
	stage_end(stage);
	after = memory_present(map, LONG_PAGES * PAGE);
	stage_fact(stage, "%d -> %zu -> %zu", LONG_PAGES, before, after);
	stage_claim(stage, !before);
	stage_claim(stage, low == 'l' && high == 'h');
	stage_claim(stage, after >= 2 && after < LONG_PAGES &&
		    memory_entry(getpid(), map + LOW_PAGE * PAGE) &
		    memory_entry(getpid(), map + HIGH_PAGE * PAGE) &
		    MEMORY_PRESENT);
	stage_claim_seen(stage, stage_only(stage, MMAPDEMO_FAULT_READ, 2));
	return stage_over(stage);
}

/*
 * Fork a process that maps the file, reads the mapping, and waits. Return the
 * pid of the process, or -1 if fork() failed.
 */
static pid_t fork_reader(int fd, volatile char **shared)
{
	pid_t pid = fork();
	volatile char *map;

	if (pid)
		return pid;
	map = map_file(fd, 1, MAP_SHARED);
	if (!map)
		_exit(1);
	(*shared)[1] = *map;	/* touch the page, and send the byte that was read */
	*(volatile char *volatile *)(*shared + 8) = map;
	(*shared)[0] = 1;
	while ((*shared)[0] != 2)
		usleep(1000);
	_exit(map[1] == 'B' ? 0 : 1);
}

/* Scene 2: two processes share one page frame. */
int tour_two_processes(struct stage *stage)
{
	int fd = memory_file(PAGE), status = -1;
	volatile char *board, *map, *other;
	__u64 ours, theirs;
	pid_t pid;

	if (fd < 0 || pwrite(fd, "a", 1, 0) != 1)
		return stage_skip(stage, "file");
	if (!memory_shows_frames())
		return stage_skip(stage, "frames");
	board = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED |
		     MAP_ANONYMOUS, -1, 0);
	stage_begin(stage);
	map = map_file(fd, 1, MAP_SHARED);
	pid = fork_reader(fd, &board);
	if (board == MAP_FAILED || !map || pid < 0)
		return SCENE_FAILED;
	while (!board[0] && !waitpid(pid, &status, WNOHANG))
		usleep(1000);
	other = *(volatile char *volatile *)(board + 8);
	map[1] = 'B';
	stage_about(stage, map, PAGE);
	stage_about(stage, other, PAGE);
	ours = memory_frame(getpid(), map);
	theirs = memory_frame(pid, other);
	board[0] = 2;
	stage_end(stage);
	waitpid(pid, &status, 0);
	stage_fact(stage, "%d: %p -> pfn %#llx", getpid(), (void *)map,
		   (unsigned long long)ours);
	stage_fact(stage, "%d: %p -> pfn %#llx", pid, (void *)other,
		   (unsigned long long)theirs);
	stage_claim(stage, ours && ours == theirs);
	stage_claim(stage, board[1] == 'a' && !status);
	return stage_over(stage);
}

static char byte_of(int fd, off_t at)
{
	char byte = 0;

	return pread(fd, &byte, 1, at) == 1 ? byte : -1;
}

/* Scene 3: a store to a shared mapping is in the file at once. */
int tour_store(struct stage *stage)
{
	int fd = memory_file(PAGE);
	volatile char *map;
	char before, after;

	if (fd < 0 || pwrite(fd, "old", 3, 0) != 3)
		return stage_skip(stage, "file");
	before = byte_of(fd, 0);
	stage_begin(stage);
	map = map_file(fd, 1, MAP_SHARED);
	if (!map)
		return SCENE_FAILED;
	stage_about(stage, map, PAGE);
	*map = 'N';
	after = byte_of(fd, 0);
	stage_end(stage);
	stage_claim(stage, before == 'o' && after == 'N');
	stage_claim_seen(stage, stage_only(stage, MMAPDEMO_FAULT_SHARED, 1));
	stage_claim(stage, !msync((void *)map, PAGE, MS_SYNC));
	return stage_over(stage);
}

/* Scene 4: a store to a private mapping is not in the file. */
int tour_private(struct stage *stage)
{
	int fd = memory_file(PAGE);
	volatile char *map;
	struct vma vma;

	if (fd < 0 || pwrite(fd, "old", 3, 0) != 3)
		return stage_skip(stage, "file");
	stage_begin(stage);
	map = map_file(fd, 1, MAP_PRIVATE);
	if (!map)
		return SCENE_FAILED;
	stage_about(stage, map, PAGE);
	*map = 'N';
	stage_end(stage);
	stage_claim(stage, map[0] == 'N' && map[1] == 'l' && map[2] == 'd');
	stage_claim(stage, byte_of(fd, 0) == 'o');
	stage_claim(stage, memory_vmas(map, PAGE, &vma) == 1 &&
		    vma.anonymous == PAGE);
	stage_claim_seen(stage, stage_only(stage, MMAPDEMO_FAULT_COW, 1));
	return stage_over(stage);
}

/*
 * Scene 14: accesses after the end of a file, and to addresses where nothing is
 * mapped.
 */
int tour_end(struct stage *stage)
{
	int fd = memory_file(PAGE + PAGE / 2), after, nothing;
	volatile char *map;
	char last;

	if (fd < 0)
		return stage_skip(stage, "file");
	stage_begin(stage);
	map = map_file(fd, 4, MAP_SHARED);
	if (!map || munmap((void *)(map + 3 * PAGE), PAGE))
		return SCENE_FAILED;
	stage_about(stage, map, 4 * PAGE);
	last = map[2 * PAGE - 1];
	after = memory_touch(map + 2 * PAGE, /* write = */ false);
	nothing = memory_touch(map + 3 * PAGE, /* write = */ false);
	stage_end(stage);
	stage_fact(stage, "%s, %s", after ? strsignal(after) : "-",
		   nothing ? strsignal(nothing) : "-");
	stage_claim(stage, !last);
	stage_claim(stage, after == SIGBUS);
	stage_claim(stage, nothing == SIGSEGV);
	return stage_over(stage);
}
