// SPDX-License-Identifier: GPL-2.0-only
#include "system/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

char *memory_hole(size_t length, size_t alignment)
{
	size_t room = length + alignment + (1UL << 30);
	char *range = mmap(NULL, room, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (range == MAP_FAILED)
		return NULL;
	munmap(range, room);
	return (char *)(((uintptr_t)range + alignment - 1) & -alignment);
}

char *memory_map(char *at, size_t length)
{
	char *map = mmap(at, length, PROT_READ | PROT_WRITE, MAP_PRIVATE |
			 MAP_ANONYMOUS | (at ? MAP_FIXED_NOREPLACE : 0), -1, 0);

	return map == MAP_FAILED ? NULL : map;
}

int memory_file(size_t length)
{
	const char *folder = getenv("TMPDIR") ?: "/var/tmp";
	char path[256];
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s/mmapdemo.XXXXXX", folder);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	unlink(path);
	if (ftruncate(fd, length))
		err = -errno;
	if (err)
		close(fd);
	return err ? err : fd;
}

/* ---- touching ---- */

static sigjmp_buf before_touch;

static void survive(int sig)
{
	siglongjmp(before_touch, sig);
}

int memory_touch(volatile char *at, bool write)
{
	struct sigaction action = { .sa_handler = survive }, bus, segv;
	int sig;

	sigaction(SIGBUS, &action, &bus);
	sigaction(SIGSEGV, &action, &segv);
	sig = sigsetjmp(before_touch, 1);
	if (!sig && write)
		*at = 'w';
	else if (!sig)
		(void)*at;
	sigaction(SIGBUS, &bus, NULL);
	sigaction(SIGSEGV, &segv, NULL);
	return sig;
}

/* ---- state from /proc ---- */

static void read_entries(pid_t pid, const volatile void *at, __u64 *entries,
			 size_t count)
{
	char path[48];
	int fd;

	memset(entries, 0, count * sizeof(*entries));
	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (pread(fd, entries, count * sizeof(*entries), (uintptr_t)at /
		  MEMORY_PAGE * sizeof(*entries)) < 0)
		memset(entries, 0, count * sizeof(*entries));
	close(fd);
}

__u64 memory_entry(pid_t pid, const volatile void *at)
{
	__u64 entry;

	read_entries(pid, at, &entry, 1);
	return entry;
}

__u64 memory_frame(pid_t pid, const volatile void *at)
{
	__u64 entry = memory_entry(pid, at);

	return entry & MEMORY_PRESENT ? entry & ((1ULL << 55) - 1) : 0;
}

bool memory_shows_frames(void)
{
	volatile char here = 1;

	return memory_frame(getpid(), &here);
}

size_t memory_present(const volatile char *start, size_t length)
{
	size_t pages = length / MEMORY_PAGE, count = 0;
	__u64 *entries = calloc(pages, sizeof(*entries));

	if (!entries)
		return 0;
	read_entries(getpid(), start, entries, pages);
	for (size_t i = 0; i < pages; i++)
		count += entries[i] >> 63;
	free(entries);
	return count;
}

int memory_vmas(const volatile char *start, size_t length, struct vma *first)
{
	struct vmas vmas;
	int count = 0;
	size_t at;

	if (vmas_read(&vmas, getpid()))
		return -1;
	at = vmas_after(&vmas, (uintptr_t)start);
	for (; at < vmas.count &&
	       vmas.list[at].start < (uintptr_t)start + length; at++) {
		if (!count++ && first)
			*first = vmas.list[at];
	}
	vmas_free(&vmas);
	return count;
}
