// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls the device in every way that is open to a program, guided by the coverage
 * that KCOV reports. A sequence of calls that reaches new code of the module is
 * kept, and changed again. The module must be built with KCOV=1. If the kernel has
 * no KCOV, sequences are random. Errors that the kernel reports are detected by the
 * caller, selftests/vm/run.sh.
 *
 *	ioctl [-t SECONDS] [-s SEED] [-l FILE] [-o FILE]
 *	ioctl -r FILE
 *
 *	-t	duration in seconds (default: 600)
 *	-s	seed of the random numbers (default: the time)
 *	-l	write each sequence to FILE before its calls are made
 *	-o	write to FILE which offsets in the module's .text were reached
 *	-r	run once the sequence in FILE, which was written by -l, and print its
 *		calls
 *
 * Each sequence runs in a separate process, which is killed after two seconds.
 */
#include "mmapdemo.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

#define PAGE		4096ULL
#define BLOCK		(2ULL << 20)	/* size of a huge page */
#define CALLS_MAX	24
#define NUMBERS		8		/* numbers in a call */
#define FDS		6
#define MAPPINGS	6
#define BUFFER		(64 * PAGE)
#define NOBODY		65534
#define CASE_SECONDS	2
#define REPORT_SECONDS	15

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/**
 * struct call - a call of the device
 * @kind: index in the list of calls
 * @fail: number of the allocation that fails during the call; 0: none
 * @number: arbitrary numbers, whose meaning depends on @kind
 */
struct call {
	__u32 kind;
	__u32 fail;
	__u32 number[NUMBERS];
};

/** struct sequence - a sequence of @count calls */
struct sequence {
	__u32 count;
	struct call call[CALLS_MAX];
};

/*
 * struct mapping - a mapping of @bytes bytes at @at; if @at is NULL, there is
 * none
 */
struct mapping {
	char *at;
	size_t bytes;
};

static int fds[FDS];
static struct mapping mappings[MAPPINGS];
static int file = -1;	/* descriptor of the backing file of regions */
static char *buffer;
static bool prints;

/* ---- plausible and implausible numbers ---- */

static const __u64 wild[] = {
	0, 1, 7, 8, PAGE - 1, PAGE + 1, BLOCK - PAGE, 1ULL << 31, 1ULL << 32,
	1ULL << 47, 1ULL << 62, 1ULL << 63, ~0ULL, ~0ULL - PAGE + 1,
	~0ULL >> 1, (~0ULL >> 1) - PAGE + 1,
};

/*
 * The upper bits of @number select a kind of number, and the lower bits select
 * the value.
 */
static __u64 any(__u32 number)
{
	return wild[number % COUNT(wild)];
}

static __u64 bytes_of(__u32 number)
{
	const __u32 kind = number >> 28;

	if (kind == 0)
		return any(number);
	if (kind < 5)
		return (1 + number % 4) * BLOCK;
	return (kind < 10 ? 1 + number % 16 : number % 600) * PAGE;
}

static __u64 offset_of(__u32 number)
{
	const __u32 kind = number >> 28;

	if (kind == 0)
		return any(number);
	if (kind < 4)
		return number % 4 * BLOCK;
	return (kind < 12 ? number % 16 : number % 600) * PAGE;
}

static __u64 size_of(__u32 number, __u64 right)
{
	const __u32 kind = number >> 28;

	if (kind == 0)
		return any(number);
	if (kind == 1)
		return right + 8 * (number % 5);
	return kind == 2 ? right - 8 : right;
}

/* Return a place in the list of files, in most cases one with an open file. */
static int *fd_of(__u32 number)
{
	for (__u32 i = 0; number >> 28 && i < FDS; i++)
		if (fds[(number + i) % FDS] >= 0)
			return &fds[(number + i) % FDS];
	return &fds[number % FDS];
}

/*
 * Return a place for a new file. If all places are taken, close one of the
 * files.
 */
static int *fd_room(__u32 number)
{
	int *fd = &fds[number % FDS];

	for (__u32 i = 0; number >> 28 && i < FDS; i++)
		if (fds[(number + i) % FDS] < 0)
			return &fds[(number + i) % FDS];
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return fd;
}

static struct mapping *mapping_of(__u32 number)
{
	for (__u32 i = 0; number >> 28 && i < MAPPINGS; i++)
		if (mappings[(number + i) % MAPPINGS].at)
			return &mappings[(number + i) % MAPPINGS];
	return &mappings[number % MAPPINGS];
}

static struct mapping *mapping_room(__u32 number)
{
	for (__u32 i = 0; number >> 28 && i < MAPPINGS; i++)
		if (!mappings[(number + i) % MAPPINGS].at)
			return &mappings[(number + i) % MAPPINGS];
	return &mappings[number % MAPPINGS];
}

/*
 * Return the address of a part of a mapping. Store the size of this part in
 * @bytes.
 */
static char *part_of(const struct mapping *mapping, __u32 begin, __u32 length,
		     size_t *bytes)
{
	const size_t pages = mapping->bytes / PAGE ?: 1;
	const size_t first = begin >> 28 < 8 ? 0 : begin % pages;

	*bytes = length >> 28 < 8 ? (pages - first) * PAGE :
		 (1 + length % (pages - first)) * PAGE;
	return mapping->at + first * PAGE;
}

/* Return an address in the buffer or in a mapping, or an invalid address. */
static char *memory_of(__u32 number)
{
	switch (number >> 28) {
	case 0:
		return (char *)any(number);
	case 1:
		return buffer + BUFFER - 1 - number % 64;
	case 2:
		return mapping_of(number)->at;
	default:
		return buffer;
	}
}

/* ---- SIGBUS and SIGSEGV ---- */

static __thread sigjmp_buf *escape;

static void caught(int sig)
{
	if (escape)
		siglongjmp(*escape, sig);
	_exit(sig);
}

static void touch(char *at, __u32 how)
{
	sigjmp_buf here;

	if (!sigsetjmp(here, 1)) {
		escape = &here;
		switch (how % 4) {
		case 0:
			*(volatile char *)at = how;
			break;
		case 1:
			__atomic_fetch_add(at, 1, __ATOMIC_RELAXED);
			break;
		default:
			(void)*(volatile char *)at;
		}
	}
	escape = NULL;
}

static void touch_pages(const struct mapping *mapping, __u32 begin,
			__u32 length, __u32 how)
{
	size_t bytes;
	char *at = part_of(mapping, begin, length, &bytes);

	if (!mapping->at)
		return;
	if (bytes > 64 * PAGE)
		bytes = 64 * PAGE;
	for (size_t i = 0; i < bytes; i += PAGE)
		touch(at + i, how);
}

/* ---- open files ---- */

static long call_open(const __u32 *n)
{
	static const int flags[] = {
		O_RDWR, O_RDWR, O_RDWR, O_RDWR, O_RDONLY, O_WRONLY,
		O_RDWR | O_APPEND, O_RDWR | O_SYNC,
	};
	int *fd = fd_room(n[0]);

	*fd = open(MMAPDEMO_DEVICE, O_CLOEXEC | flags[n[1] % COUNT(flags)]);
	return *fd;
}

static long call_close(const __u32 *n)
{
	int *fd = fd_of(n[0]), ret = close(*fd);

	*fd = -1;
	return ret;
}

static long call_dup(const __u32 *n)
{
	const int fd = dup(*fd_of(n[0]));

	if (fd >= 0)
		*fd_room(n[1]) = fd;
	return fd;
}

/* ---- commands ---- */

static long call_info(const __u32 *n)
{
	struct mmapdemo_info info = { .size = size_of(n[1], sizeof(info)) };

	memcpy(buffer, &info, sizeof(info));
	return ioctl(*fd_of(n[0]), MMAPDEMO_IOC_INFO, memory_of(n[2]));
}

static long call_stat(const __u32 *n)
{
	struct mmapdemo_stat stat = { .size = size_of(n[1], sizeof(stat)) };

	memcpy(buffer, &stat, sizeof(stat));
	return ioctl(*fd_of(n[0]), MMAPDEMO_IOC_STAT, memory_of(n[2]));
}

static long call_probe(const __u32 *n)
{
	struct mmapdemo_probe probe = {
		.size = size_of(n[1], sizeof(probe)),
		.index = n[3] >> 28 ? n[3] % 40 : n[3],
	};

	memcpy(buffer, &probe, sizeof(probe));
	return ioctl(*fd_of(n[0]), MMAPDEMO_IOC_PROBE, memory_of(n[2]));
}

static long call_selftest(const __u32 *n)
{
	struct mmapdemo_selftest test = {
		.size = size_of(n[1], sizeof(test)),
		.event = n[3] >> 28 ? n[3] % 16 : n[3],
	};

	memcpy(buffer, &test, sizeof(test));
	return ioctl(*fd_of(n[0]), MMAPDEMO_IOC_SELFTEST, memory_of(n[2]));
}

static long call_walk(const __u32 *n)
{
	const struct mapping *mapping = mapping_of(n[2]);
	struct mmapdemo_walk walk = {
		.size = size_of(n[1], sizeof(walk)),
		.start = (__u64)mapping->at,
		.end = (__u64)mapping->at + mapping->bytes,
		.runs = (__u64)memory_of(n[3]),
		.room = n[4] >> 28 ? 8 + n[4] % 1024 : n[4],
		.levels = n[5] % 8 ? n[5] % 64 : n[6],
		.flags = n[5] >> 30,
		.pid = n[6] % 8 ? 0 : n[6] % 16 ? 1 : getppid(),
	};

	if (n[7] % 4 == 0)
		walk.start = any(n[2]);
	if (n[7] % 8 < 2)
		walk.end = any(n[6]);
	if (!(n[7] >> 28))
		walk.reserved = 1;
	memcpy(buffer, &walk, sizeof(walk));
	return ioctl(*fd_of(n[0]), MMAPDEMO_IOC_WALK,
		     n[7] >> 29 == 1 ? memory_of(n[7]) : buffer);
}

static long call_count(const __u32 *n)
{
	struct mmapdemo_count count = {
		.size = size_of(n[1], sizeof(count)),
		.pid = n[3] % 4 ? 0 : n[3],
		.flags = n[3] >> 30,
	};
	const int fd = ioctl(*fd_of(n[0]), MMAPDEMO_IOC_COUNT, &count);

	if (fd >= 0)
		*fd_room(n[2]) = fd;
	return fd;
}

static int backing_of(__u32 number)
{
	switch (number >> 28) {
	case 0:
		return (int)any(number);
	case 1:
		return *fd_of(number);
	case 2:
		return STDIN_FILENO;
	default:
		return file;
	}
}

static long call_region(const __u32 *n)
{
	const bool backed = n[4] % 3 == 0;
	struct mmapdemo_region region = {
		.size = size_of(n[1], sizeof(region)),
		.bytes = bytes_of(n[2]),
		.method = backed && n[3] >> 28 ? MMAPDEMO_BY_PAGE :
			  n[3] >> 28 ? n[3] % MMAPDEMO_BY_COUNT : n[3],
		.flags = backed ? MMAPDEMO_REGION_BACKED :
			 n[4] >> 29 == 1 ? n[4] % 16 : n[4] % 9 == 1,
		.backing = backed || !(n[5] % 16) ? backing_of(n[5]) : 0,
		.reserved = !(n[6] >> 28),
	};

	memcpy(buffer, &region, sizeof(region));
	return ioctl(*fd_of(n[0]), MMAPDEMO_IOC_REGION,
		     n[7] >> 28 ? buffer : memory_of(n[7]));
}

static long call_resize(const __u32 *n)
{
	struct mmapdemo_resize resize = {
		.size = size_of(n[1], sizeof(resize)),
		.bytes = bytes_of(n[2]),
	};

	return ioctl(*fd_of(n[0]), MMAPDEMO_IOC_RESIZE, &resize);
}

static long call_punch(const __u32 *n)
{
	struct mmapdemo_punch punch = {
		.size = size_of(n[1], sizeof(punch)),
		.start = offset_of(n[2]),
		.end = n[3] % 4 ? offset_of(n[2]) + bytes_of(n[3]) :
				  offset_of(n[3]),
	};

	return ioctl(*fd_of(n[0]), MMAPDEMO_IOC_PUNCH, &punch);
}

static long call_pages(const __u32 *n)
{
	struct mmapdemo_pages pages = {
		.size = size_of(n[1], sizeof(pages)),
		.start = offset_of(n[2]),
		.end = offset_of(n[2]) + bytes_of(n[3]),
		.pages = (__u64)memory_of(n[4]),
	};

	return ioctl(*fd_of(n[0]), MMAPDEMO_IOC_PAGES, &pages);
}

/* Delays are short, because a long delay ends early only by a fatal signal. */
static long call_plan(const __u32 *n)
{
	static const __u64 delays[] = { 1, 1000, 1000000, 20000000 };
	struct mmapdemo_plan plan = {
		.size = size_of(n[1], sizeof(plan)),
		.start = offset_of(n[2]),
		.end = offset_of(n[2]) + bytes_of(n[3]),
		.answer = n[4] >> 28 ? n[4] % 4 : n[4],
		.times = n[5] >> 28 ? 1 + n[5] % 3 : n[5],
	};

	if (plan.answer == MMAPDEMO_PLAN_DELAY)
		plan.delay = n[6] >> 27 ? delays[n[6] % COUNT(delays)] :
					  MMAPDEMO_DELAY_MAX + n[6] % 2;
	else if (!(n[6] >> 28))
		plan.delay = any(n[6]);
	return ioctl(*fd_of(n[0]), MMAPDEMO_IOC_PLAN, &plan);
}

static long call_unknown(const __u32 *n)
{
	const __u32 number = n[1] % 16 | 0xde00 | n[2] << 16;

	memcpy(buffer, n + 3, 5 * sizeof(*n));
	return ioctl(*fd_of(n[0]), n[1] >> 28 ? number : n[2], memory_of(n[3]));
}

/* ---- mappings ---- */

static long call_mmap(const __u32 *n)
{
	static const int prots[] = {
		PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ,
		PROT_NONE, PROT_READ | PROT_EXEC, PROT_WRITE,
	};
	static const int kinds[] = {
		MAP_SHARED, MAP_SHARED, MAP_PRIVATE, MAP_SHARED | MAP_POPULATE,
		MAP_SHARED_VALIDATE, MAP_PRIVATE | MAP_POPULATE,
		MAP_SHARED | MAP_LOCKED, MAP_SHARED_VALIDATE | MAP_SYNC,
	};
	struct mapping *mapping = n[6] >> 28 == 1 ? mapping_of(n[1]) :
						    mapping_room(n[1]);
	int flags = kinds[n[4] % COUNT(kinds)];
	size_t bytes = bytes_of(n[2]);
	char *hint = NULL, *at;

	if (!(n[6] >> 28))
		hint = (char *)any(n[6]);
	if (n[6] >> 28 == 1 && mapping->at) {
		hint = mapping->at + n[6] % 16 * PAGE;
		flags |= MAP_FIXED;
		if (bytes > mapping->bytes)
			bytes = mapping->bytes;
	}
	at = mmap(hint, bytes, prots[n[3] % COUNT(prots)], flags,
		  *fd_of(n[0]), offset_of(n[5]));
	if (at == MAP_FAILED)
		return -1;
	if (mapping->at && !(flags & MAP_FIXED))
		munmap(mapping->at, mapping->bytes);
	if (!(flags & MAP_FIXED))
		*mapping = (struct mapping){ at, bytes };
	return 0;
}

static long call_munmap(const __u32 *n)
{
	struct mapping *mapping = mapping_of(n[0]);
	size_t bytes;
	char *at = part_of(mapping, n[1], n[2], &bytes);
	int ret;

	if (!mapping->at)
		return -1;
	ret = munmap(at, bytes);
	if (!ret && at == mapping->at)
		*mapping = (struct mapping){ 0 };
	return ret;
}

static long call_mprotect(const __u32 *n)
{
	size_t bytes;
	char *at = part_of(mapping_of(n[0]), n[1], n[2], &bytes);

	return at ? mprotect(at, bytes, n[3] % 8) : -1;
}

static long call_mremap(const __u32 *n)
{
	struct mapping *mapping = mapping_of(n[0]);
	size_t bytes = bytes_of(n[1]), old = mapping->bytes;
	int flags = n[2] % 4 ? MREMAP_MAYMOVE : 0;
	char *at;

	if (!mapping->at)
		return -1;
	if (n[2] % 8 == 1)
		old = 0;	/* make a second mapping of these pages */
	if (n[2] % 8 == 2)
		flags |= MREMAP_DONTUNMAP, bytes = old;
	at = mremap(mapping->at, old, bytes, flags);
	if (at == MAP_FAILED)
		return -1;
	*mapping = (struct mapping){ at, bytes };
	return 0;
}

static long call_madvise(const __u32 *n)
{
	static const int advices[] = {
		MADV_DONTNEED, MADV_WILLNEED, MADV_RANDOM, MADV_SEQUENTIAL,
		MADV_NORMAL, MADV_DONTFORK, MADV_DOFORK, MADV_REMOVE,
		MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_COLD, MADV_PAGEOUT,
		MADV_FREE, MADV_MERGEABLE, MADV_DONTDUMP, MADV_DODUMP,
		MADV_POPULATE_READ, MADV_POPULATE_WRITE, MADV_COLLAPSE,
		MADV_WIPEONFORK,
	};
	size_t bytes;
	char *at = part_of(mapping_of(n[0]), n[1], n[2], &bytes);

	return at ? madvise(at, bytes, advices[n[3] % COUNT(advices)]) : -1;
}

static long call_lock(const __u32 *n)
{
	size_t bytes;
	char *at = part_of(mapping_of(n[0]), n[1], n[2], &bytes);

	if (!at)
		return -1;
	switch (n[3] % 6) {
	case 0:
		return mlock(at, bytes);
	case 1:
		return mlock2(at, bytes, MLOCK_ONFAULT);
	case 2:
		return munlock(at, bytes);
	case 3:
		return mincore(at, bytes > BLOCK ? BLOCK : bytes,
			       (unsigned char *)buffer);
	default:
		return msync(at, bytes, n[4] % 2 ? MS_SYNC : MS_ASYNC);
	}
}

static long call_touch(const __u32 *n)
{
	touch_pages(mapping_of(n[0]), n[1], n[2], n[3]);
	return 0;
}

/* Access memory in the same way as a debugger. */
static long call_peek(const __u32 *n)
{
	const struct mapping *mapping = mapping_of(n[0]);
	const struct iovec here = { buffer, 1 + n[2] % (4 * PAGE) };
	const struct iovec there = {
		mapping->at + n[1] % (mapping->bytes + 1), here.iov_len,
	};

	if (n[3] % 2)
		return process_vm_writev(getpid(), &here, 1, &there, 1, 0);
	return process_vm_readv(getpid(), &here, 1, &there, 1, 0);
}

/*
 * Access memory through /proc. The kernel then calls access_remote_vm() and
 * vm_ops->access.
 */
static long call_mem(const __u32 *n)
{
	const struct mapping *mapping = mapping_of(n[0]);
	const __u64 at = (__u64)mapping->at + n[1] % (mapping->bytes + 1);
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	long ret;

	if (n[3] % 2)
		ret = pwrite(fd, buffer, 1 + n[2] % (4 * PAGE), at);
	else
		ret = pread(fd, buffer, 1 + n[2] % (4 * PAGE), at);
	close(fd);
	return ret;
}

/* ---- bytes ---- */

static long call_read(const __u32 *n)
{
	const int fd = *fd_of(n[0]);
	const size_t bytes = n[1] >> 28 ? n[1] % BUFFER : n[1] % 17;
	char *memory = memory_of(n[3]);

	switch (n[4] % 6) {
	case 0:
		return read(fd, memory, bytes);
	case 1:
		return write(fd, memory, bytes);
	case 2:
		return pwrite(fd, memory, bytes, offset_of(n[2]) + n[4] % 5000);
	case 3:
		return pread(fd, memory, bytes, offset_of(n[2]) + n[4] % 5000);
	case 4:
		return lseek(fd, offset_of(n[2]), n[4] / 6 % 5);
	default:
		return fsync(fd);
	}
}

static long call_vector(const __u32 *n)
{
	const struct iovec parts[] = {
		{ buffer, n[1] % 9000 },
		{ memory_of(n[2]), n[3] % 9000 },
		{ mapping_of(n[4])->at, n[4] % 9000 },
	};
	const int fd = *fd_of(n[0]);

	if (n[6] % 2)
		return pwritev2(fd, parts, 3, offset_of(n[5]), n[6] / 2 % 64);
	return preadv2(fd, parts, 3, offset_of(n[5]), n[6] / 2 % 64);
}

static long call_send(const __u32 *n)
{
	off_t offset = n[2] % (16 * PAGE);

	if (n[3] % 2)
		return sendfile(file, *fd_of(n[0]), &offset, n[1] % BUFFER);
	return sendfile(*fd_of(n[0]), file, &offset, n[1] % BUFFER);
}

static long call_fdinfo(const __u32 *n)
{
	char path[64];
	int fd;
	long ret;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", *fd_of(n[0]));
	fd = open(n[1] % 2 ? path : "/proc/self/smaps", O_RDONLY | O_CLOEXEC);
	ret = read(fd, buffer, BUFFER);
	close(fd);
	return ret;
}

/* ---- the file ---- */

static long call_file(const __u32 *n)
{
	static const char *const folders[] = { "/tmp", "/dev/shm", "/" };

	switch (n[0] % 6) {
	case 0:
		if (file >= 0)
			close(file);
		file = n[1] % 3 ? open(folders[n[2] % COUNT(folders)],
				       O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) :
				  memfd_create("file", MFD_CLOEXEC |
					       MFD_ALLOW_SEALING);
		return ftruncate(file, bytes_of(n[3]) % (8 * BLOCK));
	case 1:
		return ftruncate(file, bytes_of(n[1]) % (8 * BLOCK));
	case 2:
		return fallocate(file, FALLOC_FL_PUNCH_HOLE |
				 FALLOC_FL_KEEP_SIZE, offset_of(n[1]),
				 bytes_of(n[2]));
	case 3:
		return fallocate(file, n[3] % 8, offset_of(n[1]),
				 n[2] % (4 * BLOCK));
	case 4:
		return fcntl(file, F_ADD_SEALS, n[1] % 32);
	default:
		return pwrite(file, buffer, n[1] % BUFFER,
			      n[2] % (4 * BLOCK));
	}
}

/* ---- concurrency ---- */

/*
 * Fork a child that inherits all files and mappings. Wait until the child ends,
 * or kill it.
 */
static long call_fork(const __u32 *n)
{
	pid_t child = fork();

	if (child < 0)
		return -1;
	if (!child) {
		for (size_t i = 0; i < MAPPINGS; i++)
			touch_pages(&mappings[i], n[1], n[2], n[3] + i);
		if (n[4] % 2)
			call_munmap(n);
		_exit(0);
	}
	if (n[5] % 4 == 0)
		kill(child, SIGKILL);
	return waitpid(child, NULL, 0);
}

static volatile bool racing;
static pthread_t racer;

static void *race(void *data)
{
	const __u32 *n = data;

	while (racing) {
		touch_pages(mapping_of(n[0]), n[1], n[2], n[3]);
		if (n[4] % 4 == 0)
			call_pages(n);
	}
	return NULL;
}

/* Start a thread that touches a mapping repeatedly. */
static long call_race(const __u32 *n)
{
	if (racing)
		return -1;
	racing = true;
	if (!pthread_create(&racer, NULL, race, (void *)n))
		return 0;
	racing = false;
	return -1;
}

/* Become another user, whose limit on locked memory is lower. */
static long call_user(const __u32 *n)
{
	const struct rlimit limit = {
		n[1] % 3 ? bytes_of(n[1]) : 64 * PAGE, 16 * BLOCK,
	};

	setrlimit(RLIMIT_MEMLOCK, &limit);
	return setresuid(NOBODY, NOBODY, NOBODY);
}

/* ---- a sequence ---- */

static const struct {
	const char *name;
	long (*run)(const __u32 *n);
	int often;
} calls[] = {
	{ "open", call_open, 2 },
	{ "close", call_close, 1 },
	{ "dup", call_dup, 1 },
	{ "info", call_info, 1 },
	{ "stat", call_stat, 1 },
	{ "probe", call_probe, 1 },
	{ "selftest", call_selftest, 1 },
	{ "walk", call_walk, 4 },
	{ "count", call_count, 1 },
	{ "region", call_region, 8 },
	{ "resize", call_resize, 4 },
	{ "punch", call_punch, 4 },
	{ "pages", call_pages, 2 },
	{ "plan", call_plan, 4 },
	{ "unknown", call_unknown, 1 },
	{ "mmap", call_mmap, 8 },
	{ "munmap", call_munmap, 2 },
	{ "mprotect", call_mprotect, 2 },
	{ "mremap", call_mremap, 2 },
	{ "madvise", call_madvise, 3 },
	{ "lock", call_lock, 2 },
	{ "touch", call_touch, 8 },
	{ "peek", call_peek, 1 },
	{ "mem", call_mem, 2 },
	{ "read", call_read, 4 },
	{ "vector", call_vector, 2 },
	{ "send", call_send, 1 },
	{ "fdinfo", call_fdinfo, 1 },
	{ "file", call_file, 4 },
	{ "fork", call_fork, 2 },
	{ "race", call_race, 1 },
	{ "user", call_user, 1 },
};

static void print_call(const struct call *call, long ret)
{
	printf("%s", calls[call->kind % COUNT(calls)].name);
	for (size_t i = 0; i < NUMBERS; i++)
		printf(" %#x", call->number[i]);
	if (call->fail)
		printf(" (allocation %u fails)", call->fail);
	printf(" = %ld%s%s\n", ret, ret < 0 ? " " : "",
	       ret < 0 ? strerror(errno) : "");
	fflush(stdout);
}

/*
 * "fail-nth" affects only the calling thread. Some kernels do not have the file
 * "fail-nth".
 */
static int fail_nth;

static void make_fail(__u32 nth)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", nth);
	if (fail_nth >= 0 && write(fail_nth, text, strlen(text)) < 0)
		warn("fail-nth");
}

static void run_call(const struct call *call)
{
	long ret;

	if (call->fail)
		make_fail(call->fail);
	ret = calls[call->kind % COUNT(calls)].run(call->number);
	if (call->fail)
		make_fail(0);
	if (prints)
		print_call(call, ret);
}

static void begin(void)
{
	const struct sigaction action = {
		.sa_handler = caught, .sa_flags = SA_NODEFER,
	};

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	for (size_t i = 0; i < FDS; i++)
		fds[i] = -1;
	fds[0] = open(MMAPDEMO_DEVICE, O_RDWR | O_CLOEXEC);
	file = memfd_create("file", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fds[0] < 0 || file < 0 || ftruncate(file, 16 * PAGE))
		err(1, MMAPDEMO_DEVICE);
}

static void run_sequence(const struct sequence *sequence)
{
	begin();
	for (__u32 i = 0; i < sequence->count; i++)
		run_call(&sequence->call[i]);
	if (racing) {
		racing = false;
		pthread_join(racer, NULL);
	}
	for (size_t i = 0; i < MAPPINGS; i++)
		if (mappings[i].at)
			munmap(mappings[i].at, mappings[i].bytes);
	for (size_t i = 0; i < FDS; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* ---- coverage: Documentation/dev-tools/kcov.rst ---- */

#define KCOV_INIT_TRACE	_IOR('c', 1, unsigned long)
#define KCOV_ENABLE	_IO('c', 100)
#define KCOV_TRACE_PC	0
#define COVER_WORDS	(64 << 10)
#define TEXT_MAX	(1 << 20)	/* maximum size of the module's .text */

static int kcov = -1;
static unsigned long *cover;
static unsigned long text;	/* address of the module's .text */
static bool reached[TEXT_MAX];
static size_t reached_count;

static bool cover_open(void)
{
	FILE *section = fopen("/sys/module/mmapdemo/sections/.text", "re");

	if (!section || fscanf(section, "%lx", &text) != 1)
		err(1, "the module's .text");
	fclose(section);
	kcov = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (kcov < 0 || ioctl(kcov, KCOV_INIT_TRACE, COVER_WORDS))
		return false;
	cover = mmap(NULL, COVER_WORDS * sizeof(*cover),
		     PROT_READ | PROT_WRITE, MAP_SHARED, kcov, 0);
	return cover != MAP_FAILED;
}

/*
 * Add the coverage of a sequence. Return how many places were reached for the
 * first time.
 */
static size_t cover_take(void)
{
	const unsigned long count = cover ? cover[0] : 0;
	const size_t before = reached_count;

	for (unsigned long i = 0; i < count && i < COVER_WORDS - 1; i++) {
		const unsigned long at = cover[i + 1] - text;

		if (at >= TEXT_MAX || reached[at])
			continue;
		reached[at] = true;
		reached_count++;
	}
	return reached_count - before;
}

static void cover_write(const char *path)
{
	FILE *out = fopen(path, "we");

	for (size_t at = 0; out && at < TEXT_MAX; at++)
		if (reached[at])
			fprintf(out, "%#zx\n", at);
	if (!out || fclose(out))
		err(1, "%s", path);
}

/* ---- the search ---- */

#define KEPT_MAX 4096

static unsigned int seed;
static struct sequence *kept[KEPT_MAX];
static size_t kept_count;

static __u32 any_number(void)
{
	return (__u32)rand_r(&seed) << 16 ^ rand_r(&seed);
}

static __u32 any_kind(void)
{
	int total = 0, left;

	for (size_t i = 0; i < COUNT(calls); i++)
		total += calls[i].often;
	left = any_number() % total;
	for (size_t i = 0;; i++) {
		left -= calls[i].often;
		if (left < 0)
			return i;
	}
}

static struct call new_call(__u32 kind)
{
	struct call call = { .kind = kind };

	if (any_number() % 16 == 0)
		call.fail = 1 + any_number() % 12;
	for (size_t i = 0; i < NUMBERS; i++)
		call.number[i] = any_number();
	return call;
}

static struct call any_call(void)
{
	return new_call(any_kind());
}

static __u32 kind_of(long (*run)(const __u32 *n))
{
	__u32 kind = 0;

	while (calls[kind].run != run)
		kind++;
	return kind;
}

static void change_call(struct call *call)
{
	__u32 *number = &call->number[any_number() % NUMBERS];

	switch (any_number() % 4) {
	case 0:
		*number ^= 1U << any_number() % 32;
		break;
	case 1:
		*number = (*number & 0x0fffffff) | any_number() << 28;
		break;
	case 2:
		call->fail = any_number() % 2 ? 1 + any_number() % 24 : 0;
		break;
	default:
		*number = any_number();
	}
}

static void insert(struct sequence *sequence, __u32 at, struct call call)
{
	if (sequence->count == CALLS_MAX)
		sequence->count--;
	if (at > sequence->count)
		at = sequence->count;
	memmove(&sequence->call[at + 1], &sequence->call[at],
		(sequence->count - at) * sizeof(call));
	sequence->call[at] = call;
	sequence->count++;
}

static void delete(struct sequence *sequence, __u32 at)
{
	sequence->count--;
	memmove(&sequence->call[at], &sequence->call[at + 1],
		(sequence->count - at) * sizeof(*sequence->call));
}

/* Replace the end of this sequence by the end of another sequence. */
static void splice_in(struct sequence *sequence, const struct sequence *other)
{
	__u32 from = any_number() % other->count;

	sequence->count = 1 + any_number() % sequence->count;
	while (sequence->count < CALLS_MAX && from < other->count)
		sequence->call[sequence->count++] = other->call[from++];
}

static void change(struct sequence *sequence)
{
	__u32 at;

	do {
		at = any_number() % sequence->count;
		switch (any_number() % 6) {
		case 0:
		case 1:
			insert(sequence, any_number() % (sequence->count + 1),
			       any_call());
			break;
		case 2:
			if (sequence->count > 1)
				delete(sequence, at);
			break;
		case 3:
			splice_in(sequence, kept[any_number() % kept_count]);
			break;
		default:
			change_call(&sequence->call[at]);
		}
	} while (any_number() % 3);
}

static struct sequence next_sequence(void)
{
	struct sequence sequence = { 0 };

	if (kept_count && any_number() % 8) {
		sequence = *kept[any_number() % kept_count];
		change(&sequence);
		return sequence;
	}
	/* Begin with calls with which most programs begin. */
	if (any_number() % 4)
		insert(&sequence, 0, new_call(kind_of(call_region)));
	if (any_number() % 4)
		insert(&sequence, 1, new_call(kind_of(call_mmap)));
	for (__u32 more = 1 + any_number() % (CALLS_MAX - 2); more; more--)
		insert(&sequence, sequence.count, any_call());
	return sequence;
}

static void keep(const struct sequence *sequence)
{
	struct sequence *copy;

	if (kept_count == KEPT_MAX)
		return;
	copy = malloc(sizeof(*copy));
	if (!copy)
		err(1, "memory");
	*copy = *sequence;
	kept[kept_count++] = copy;
}

/* ---- one process per sequence ---- */

static void run_child(const struct sequence *sequence)
{
	alarm(CASE_SECONDS);
	buffer = mmap(NULL, BUFFER + PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (buffer == MAP_FAILED || munmap(buffer + BUFFER, PAGE))
		err(1, "memory");
	if (cover && ioctl(kcov, KCOV_ENABLE, KCOV_TRACE_PC))
		err(1, "kcov");
	if (cover)
		cover[0] = 0;
	run_sequence(sequence);
	_exit(0);
}

/* Run a sequence in a new process. Return true if the process had to be killed. */
static bool run(const struct sequence *sequence)
{
	int status;
	pid_t child = fork();

	if (child < 0)
		err(1, "fork");
	if (!child) {
		setpgid(0, 0);
		run_child(sequence);
	}
	if (waitpid(child, &status, 0) != child)
		err(1, "wait");
	kill(-child, SIGKILL);	/* also kill the children of the child */
	if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
		errx(1, "a sequence could not begin");
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
}

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

static void search(time_t seconds, int log)
{
	const time_t start = now();
	unsigned long count = 0, killed = 0;
	time_t reported = start;
	struct sequence next;

	while (now() - start < seconds) {
		next = next_sequence();
		if (log >= 0 && pwrite(log, &next, sizeof(next), 0) !=
				sizeof(next))
			err(1, "-l");
		killed += run(&next);
		count++;
		if (cover_take())
			keep(&next);
		if (now() - reported < REPORT_SECONDS && now() - start < seconds)
			continue;
		reported = now();
		printf("%ld s: %lu sequences, %lu killed, %zu kept, %zu places reached\n",
		       (long)(reported - start), count, killed, kept_count,
		       reached_count);
		fflush(stdout);
	}
}

/* ---- the program ---- */

static int replay(const char *path)
{
	struct sequence sequence;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (read(fd, &sequence, sizeof(sequence)) != sizeof(sequence) ||
	    sequence.count > CALLS_MAX)
		errx(1, "%s: it is no sequence", path);
	prints = true;
	return run(&sequence);
}

int main(int argc, char **argv)
{
	const char *covered = NULL, *again = NULL;
	time_t seconds = 600;
	int c, log = -1;

	seed = time(NULL);
	while ((c = getopt(argc, argv, "t:s:l:o:r:")) != -1) {
		if (c == 't')
			seconds = atol(optarg);
		else if (c == 's')
			seed = strtoul(optarg, NULL, 0);
		else if (c == 'l')
			log = open(optarg, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		else if (c == 'o')
			covered = optarg;
		else if (c == 'r')
			again = optarg;
		else
			return 2;
	}
	if (again)
		return replay(again);
	printf("seed %u, %s\n", seed, cover_open() ? "guided by KCOV" :
	       "unguided: this kernel has no KCOV");
	fflush(stdout);
	search(seconds, log);
	if (covered && cover)
		cover_write(covered);
	return 0;
}
