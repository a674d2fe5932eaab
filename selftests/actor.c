// SPDX-License-Identifier: GPL-2.0-only
/*
 * actor ROLE - a process that is observed by shell tests
 *
 *	storm		causes faults of many kinds on every CPU
 *	holder		maps the device, and closes the descriptor
 *	sleeper [THREADS]	sleeps inside a page fault, in each thread
 *	walker [PAGES]	maps memory without adjacent VMAs, writes to PAGES pages
 *			(default: 31), and prints the address of the mapping
 *	runner		repeats the work of walker until it is killed
 *	spinner		maps pages of many kinds, prints their addresses, and then
 *			runs without touching other pages until it is killed
 *	reader FILE	maps FILE (MAP_SHARED), and reads the first byte of each page
 *	peeker		writes to 31 pages, then reads pages of a child that the child
 *			has not touched, and prints the address of its own pages
 *	heap		reserves 64 MiB (PROT_NONE), commits and touches the memory in
 *			pieces of 64 KiB, prints its address, frees every second piece,
 *			and waits, as the heap of the runtime of Go does
 *	opener ID	opens the trace event with this ID through perf, as user
 *			nobody
 *	asker		queries a probe of the module repeatedly until it is
 *			killed
 *
 * Each role prints "ready" when it is set up. Then each role, except spinner, waits
 * until it reads a line or the end of stdin. After that, storm exits, and each other
 * role does its work. A role that prints a result waits for one more line before it
 * exits, so that the test can read the result first.
 */
#define _GNU_SOURCE
#include "memory.h"
#include "region.h"

#include <err.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define PAGES 31

static void say(const char *line)
{
	puts(line);
	fflush(stdout);
}

/* Print a line, and then wait for a line or the end of stdin. */
static void say_and_wait(const char *line)
{
	char byte;

	say(line);
	while (read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n')
		;
}

static char *map_anon(size_t pages)
{
	char *map = mmap(NULL, pages * page_size(), PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (failed(map))
		err(1, "mmap");
	return map;
}

/* ---- storm ---- */

static void storm_round(int file)
{
	size_t length = PAGES * page_size();
	char *anon = map_anon(PAGES);
	char *shared, *moved;

	shared = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (failed(shared))
		err(1, "mmap of a file");
	read_pages(anon, PAGES);
	write_pages(anon, PAGES);
	write_pages(shared, PAGES);
	mprotect(anon + page_size(), page_size(), PROT_READ);
	mprotect(anon + page_size(), page_size(), PROT_READ | PROT_WRITE);
	madvise(anon, length, MADV_DONTNEED);
	moved = mremap(anon, length, 2 * length, MREMAP_MAYMOVE);
	write_pages(moved, 2 * PAGES);
	munmap(moved, 2 * length);
	munmap(shared, length);
	if (!fork())
		_exit(*(volatile char *)&file);
	wait(NULL);
}

static void storm_on(int cpu, int file)
{
	run_on(cpu);
	/* Pause between rounds to leave time for other work. */
	for (;;) {
		storm_round(file);
		usleep(10000);
	}
}

static int storm(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int file = memfd_create("storm", MFD_CLOEXEC);

	if (ftruncate(file, PAGES * page_size()))
		err(1, "memfd");
	for (long cpu = 0; cpu < cpus; cpu++) {
		pid_t pid = fork_child();

		if (pid < 0)
			err(1, "fork");
		if (!pid)
			storm_on(cpu, file);
	}
	say_and_wait("ready");
	return 0;
}

/* ---- holder ---- */

static int holder(void)
{
	int fd = open(MMAPDEMO_DEVICE, O_RDWR);
	char *map = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED,
			 fd, 0);

	if (failed(map))
		err(1, MMAPDEMO_DEVICE);
	close(fd);
	*map = 1;
	say_and_wait("ready");
	*map = 2;
	return 0;
}

/* ---- sleeper ---- */

static char *sleepers_pages;

static void *sleep_in_fault(void *which)
{
	volatile char *page = page_at(sleepers_pages, (size_t)which);

	return *page ? (void *)1 : NULL;
}

static void register_pages(int uffd, size_t pages)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range.start = (uintptr_t)sleepers_pages,
		.range.len = pages * page_size(),
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	if (ioctl(uffd, UFFDIO_API, &api) ||
	    ioctl(uffd, UFFDIO_REGISTER, &range))
		err(1, "userfaultfd");
}

/* Start a thread, and wait until it sleeps in its fault. */
static void start_sleeper(int uffd, pthread_t *thread, size_t which)
{
	struct uffd_msg message;

	if (pthread_create(thread, NULL, sleep_in_fault, (void *)which))
		errx(1, "no thread");
	/*
	 * The thread is in its fault, and sleeps, when userfaultfd has reported
	 * the fault.
	 */
	if (read(uffd, &message, sizeof(message)) != sizeof(message))
		err(1, "userfaultfd");
}

static int sleeper(size_t threads)
{
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	struct uffdio_zeropage zero = { };
	pthread_t thread[threads];
	bool wrong = false;
	void *result;

	if (uffd < 0)
		return 4;
	sleepers_pages = map_anon(threads);
	register_pages(uffd, threads);
	for (size_t i = 0; i < threads; i++)
		start_sleeper(uffd, &thread[i], i);
	say_and_wait("ready");
	zero.range.start = (uintptr_t)sleepers_pages;
	zero.range.len = threads * page_size();
	if (ioctl(uffd, UFFDIO_ZEROPAGE, &zero))
		err(1, "UFFDIO_ZEROPAGE");
	for (size_t i = 0; i < threads; i++) {
		pthread_join(thread[i], &result);
		wrong |= !!result;
	}
	say_and_wait(wrong ? "wrong byte" : "awake");
	return 0;
}

/* ---- walker, runner, spinner, reader ---- */

/* Map memory without adjacent VMAs. */
static char *map_alone(size_t pages)
{
	char *map = mmap(hole(pages * page_size(), page_size()),
			 pages * page_size(), PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (failed(map))
		err(1, "mmap");
	return map;
}

static int walker(const char *count)
{
	size_t pages = count ? strtoul(count, NULL, 0) : PAGES;
	char *map;

	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	say_and_wait("ready");
	map = map_alone(pages);
	write_pages(map, pages);
	printf("%p\n", map);
	say_and_wait("over");
	return 0;
}

static void runner(void)
{
	say_and_wait("ready");
	for (;;) {
		char *map = map_anon(PAGES);

		write_pages(map, PAGES);
		munmap(map, PAGES * page_size());
	}
}

#define HUGE_BYTES (2UL << 20)

/*
 * Map and touch pages of many kinds: the zero page (by a read), pages that are
 * written to, a PROT_NONE page, and a huge page if possible.
 */
static void map_kinds(void)
{
	char *zero = map_anon(1), *written = map_anon(PAGES), *forbidden;
	char *huge = map_anon(2 * HUGE_BYTES / page_size());

	read_pages(zero, 1);
	write_pages(written, PAGES);
	forbidden = map_anon(1);
	write_pages(forbidden, 1);
	mprotect(forbidden, page_size(), PROT_NONE);
	huge = (char *)(((uintptr_t)huge + HUGE_BYTES - 1) & -HUGE_BYTES);
	madvise(huge, HUGE_BYTES, MADV_HUGEPAGE);
	write_pages(huge, 1);
	printf("zero %p\nwritten %p\nforbidden %p\nhuge %p\n", zero, written,
	       forbidden, huge);
}

/* Map memory of the device with a given memory type. */
static void map_memtype(const char *name, __u32 flags)
{
	const struct mmapdemo_region region = {
		.size = sizeof(region),
		.bytes = PAGES * page_size(),
		.method = MMAPDEMO_BY_REMAP,
		.flags = flags,
	};
	char *map = mmap(NULL, region.bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			 region_ask(&region), 0);

	if (failed(map))
		err(1, "%s", name);
	write_pages(map, PAGES);
	printf("%s %p\n", name, map);
}

/* Map a page at an address that needs five page table levels. */
static void map_high(void)
{
	char *high = mmap((void *)(1UL << 52), page_size(),
			  PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	if (failed(high))
		err(1, "mmap");
	write_pages(high, 1);
	printf("high %p\n", high);
}

static int spinner(void)
{
	map_kinds();
	map_memtype("combining", MMAPDEMO_REGION_WRITE_COMBINING);
	map_memtype("uncached", MMAPDEMO_REGION_UNCACHED);
	map_high();
	say("ready");
	for (volatile bool forever = true; forever; )
		;
	return 0;
}

static int reader(const char *path)
{
	int fd = path ? open(path, O_RDONLY) : -1;
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	char *map;

	if (size <= 0)
		err(1, "%s", path ?: "no file");
	say_and_wait("ready");
	map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (failed(map))
		err(1, "mmap");
	read_pages(map, (size + page_size() - 1) / page_size());
	say_and_wait("over");
	return 0;
}

/* ---- peeker ---- */

/* Read the pages of another process. Each read page causes a fault. */
static void peek(pid_t pid, char *pages)
{
	char copy[PAGES];

	for (int i = 0; i < PAGES; i++) {
		struct iovec to = { &copy[i], 1 };
		struct iovec from = { pages + i * page_size(), 1 };

		if (process_vm_readv(pid, &to, 1, &from, 1, 0) != 1)
			err(1, "process_vm_readv");
	}
}

static int peeker(void)
{
	char *own = map_alone(PAGES), *others = map_anon(PAGES);
	pid_t child;

	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	child = fork_child();
	if (child < 0)
		err(1, "fork");
	while (!child)
		pause();
	say_and_wait("ready");
	write_pages(own, PAGES);
	peek(child, others);
	kill(child, SIGKILL);
	wait(NULL);
	printf("%p\n", own);
	say_and_wait("over");
	return 0;
}

/* ---- heap ---- */

#define HEAP_BYTES (64UL << 20)
#define HEAP_PIECE (64UL << 10)

static int heap(void)
{
	char *map = mmap(hole(HEAP_BYTES, HEAP_BYTES), HEAP_BYTES, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (failed(map))
		err(1, "mmap");
	for (char *at = map; at < map + HEAP_BYTES; at += HEAP_PIECE) {
		if (mprotect(at, HEAP_PIECE, PROT_READ | PROT_WRITE))
			err(1, "mprotect");
		write_pages(at, HEAP_PIECE / page_size());
	}
	printf("%p\n", map);
	say_and_wait("ready");
	for (char *at = map; at < map + HEAP_BYTES; at += 2 * HEAP_PIECE)
		madvise(at, HEAP_PIECE, MADV_DONTNEED);
	say_and_wait("freed");
	return 0;
}

/* ---- opener ---- */

#define NOBODY 65534

static int opener(const char *id)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = id ? strtoul(id, NULL, 10) : 0,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
	};

	if (setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		err(1, "nobody");
	say_and_wait("ready");
	if (syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0) < 0)
		say(strerror(errno));
	else
		say("opened");
	say_and_wait("over");
	return 0;
}

/* ---- asker ---- */

static int asker(void)
{
	struct mmapdemo_probe probe = { .size = sizeof(probe) };
	int fd = open(MMAPDEMO_DEVICE, O_RDWR);

	say_and_wait("ready");
	while (!ioctl(fd, MMAPDEMO_IOC_PROBE, &probe))
		;
	err(1, MMAPDEMO_DEVICE);
}

int main(int argc, char **argv)
{
	const char *role = argc > 1 ? argv[1] : "";

	if (!strcmp(role, "storm"))
		return storm();
	if (!strcmp(role, "holder"))
		return holder();
	if (!strcmp(role, "sleeper"))
		return sleeper(argv[2] ? atoi(argv[2]) : 1);
	if (!strcmp(role, "walker"))
		return walker(argv[2]);
	if (!strcmp(role, "runner"))
		runner();
	if (!strcmp(role, "spinner"))
		return spinner();
	if (!strcmp(role, "reader"))
		return reader(argv[2]);
	if (!strcmp(role, "peeker"))
		return peeker();
	if (!strcmp(role, "heap"))
		return heap();
	if (!strcmp(role, "opener"))
		return opener(argv[2]);
	if (!strcmp(role, "asker"))
		return asker();
	errx(2, "usage: actor ROLE, see actor.c");
}
