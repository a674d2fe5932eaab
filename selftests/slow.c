// SPDX-License-Identifier: GPL-2.0-only
/*
 * slow CAUSE - a process whose page faults are slow for one cause, which mmapdemo
 * report should name. The program creates the disk, the swap area and the cgroup that
 * it needs, and removes them at the end. A child has the slow faults, so that the
 * parent can remove everything even if the child is killed.
 */
#include "late.h"
#include "memcg.h"
#include "slow_disk.h"
#include "swap_area.h"

#include <err.h>
#include <pthread.h>

#define RW (PROT_READ | PROT_WRITE)
#define HUGE (2 * MIB)
#define THP "/sys/kernel/mm/transparent_hugepage/enabled"

/* Exit status if the kernel or the machine lacks something */
#define MISSING 4

/* The disk takes this time for each request. */
#define DISK_NS 10000000

/* What a cause needs */
enum {
	DISK = 1,	/* a slow disk */
	SWAP = 2,	/* a swap area on this disk */
	MEMCG = 4,	/* a memory cgroup */
};

#define SWAP_PAGES 8192

static struct slow_disk disk;
static bool swapping;
static char memcg[64];

static char *area(size_t bytes)
{
	char *map = hole(bytes, HUGE);

	if (!map || mmap(map, bytes, RW, MAP_PRIVATE | MAP_ANONYMOUS |
			 MAP_FIXED_NOREPLACE, -1, 0) != map)
		err(1, "mmap");
	return map;
}

/* ---- disks ---- */

static char *map_disk(size_t pages, int advice)
{
	int fd = open(disk.path, O_RDONLY | O_CLOEXEC);
	char *map = mmap(NULL, pages * page_size(), PROT_READ, MAP_SHARED, fd, 0);

	if (failed(map) || madvise(map, pages * page_size(), advice))
		err(1, "%s", disk.path);
	close(fd);
	return map;
}

/* Read half of the pages of a range, in an order that looks random. */
static void disk_random(void)
{
	char *map = map_disk(160, MADV_RANDOM);

	for (size_t i = 0; i < 80; i++)
		read_pages(page_at(map, i * 37 % 80 * 2), 1);
}

static void disk_sequential(void)
{
	read_pages(map_disk(2048, MADV_NORMAL), 2048);
}

/* ---- memory ---- */

static void enter_memcg(void)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	if (!memcg_put(memcg, "cgroup.procs", pid))
		err(1, "%s", memcg);
}

static void swap(void)
{
	const size_t pages = 512;
	char *map = area(pages * page_size());

	enter_memcg();
	write_pages(map, pages);
	if (!swap_out(memcg, map, pages))
		err(1, "memory.high");
	read_pages(map, pages);
}

/* Store to more pages than the limit allows. Reclaim writes them to the slow disk. */
static void memory_limit(void)
{
	const size_t size = 32 * MIB;

	enter_memcg();
	if (!memcg_put(memcg, "memory.max", "8M"))
		err(1, "memory.max");
	write_pages(area(size), size / page_size());
}

/* ---- huge pages ---- */

/* Allocate memory only on the node that has the least free memory. Return its size. */
static size_t bind_node(char *path, size_t size)
{
	unsigned long mask, kib, least = -1UL;
	int node = -1;

	for (int i = 0; i < 63; i++) {
		char name[64], line[256];
		FILE *file;

		snprintf(name, sizeof(name), "/sys/devices/system/node/node%d/meminfo",
			 i);
		file = fopen(name, "re");
		while (file && fgets(line, sizeof(line), file)) {
			if (sscanf(line, "Node %*d MemFree: %lu", &kib) != 1 || !kib ||
			    kib >= least)
				continue;
			least = kib;
			node = i;
			snprintf(path, size, "%s", name);
		}
		if (file)
			fclose(file);
	}
	mask = 1UL << node;
	if (node < 0 || syscall(SYS_set_mempolicy, 2 /* MPOL_BIND */, &mask, 64UL))
		err(1, "set_mempolicy");
	return least * KIB;
}

/*
 * Fill a node with small pages that can be moved, and free half of them in an order that
 * looks random. Otherwise, compaction may find only free pages at one end of the node.
 * Writes to a file in memory are no page faults.
 */
static void scatter(size_t bytes)
{
	static char buffer[1 << 20];
	const size_t count = bytes / page_size() / 2;
	int fd = memfd_create("scattered", MFD_CLOEXEC);

	for (size_t i = 0; i < bytes / sizeof(buffer); i++)
		if (write(fd, buffer, sizeof(buffer)) != sizeof(buffer))
			err(1, "memfd");
	for (size_t i = 0; i < count; i++)
		if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			      (count - 1 - i) * 2 * page_size(), page_size()))
			err(1, "fallocate");
}

/* Touch more huge pages than the node has free blocks, so that the rest is compacted. */
static void compaction(void)
{
	const size_t left = 64 * MIB;
	char path[64], *map;
	size_t free;

	if (access(THP, F_OK))
		errx(MISSING, "no transparent huge pages");
	/* Then reclaim finds nothing, and compaction has to make the room. */
	put("/proc/sys/vm/drop_caches", "1");
	free = bind_node(path, sizeof(path));
	if (free < 4 * left || free > 4 * GIB)
		errx(MISSING, "no node has 256 MiB to 4 GiB of free memory");
	scatter(free - left);
	map = area(4 * left);
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	madvise(map, 4 * left, MADV_HUGEPAGE);
	for (size_t at = 0; at < 4 * left; at += HUGE)
		map[at] = 1;
}

/* ---- mmap_lock ---- */

#define TRIES 200
#define LARGE (64 * MIB)

/*
 * Size of the memory that the other thread changes or copies. It takes longer than any
 * delay that an emulator causes, so that the waits are the slowest faults.
 */
#define LOCKED (256 * MIB)

/* Distance of touched pages, each of which is a VMA, in pages */
#define STRIDE 3

static char *large;
static _Atomic bool stopped;

static void *protect(void *unused)
{
	while (!stopped) {
		mprotect(large, LOCKED, PROT_READ);
		mprotect(large, LOCKED, RW);
	}
	return unused;
}

static void *copy(void *unused)
{
	while (!stopped) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	return unused;
}

/*
 * Run on the same processor as the other thread, and before it, so that the other
 * thread is interrupted while it holds mmap_lock.
 */
static void wait_for_lock(void *(*other)(void *))
{
	const struct sched_param param = { .sched_priority = 1 };
	size_t length = STRIDE * TRIES * page_size();
	char *pages = mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t thread;

	large = area(LOCKED);
	if (failed(pages))
		err(1, "memory");
	/* The first fault in a VMA needs mmap_lock, even if VMAs have locks. */
	for (int i = 0; i < TRIES; i++)
		mprotect(page_at(pages, STRIDE * i), page_size(), RW);
	write_pages(large, LOCKED / page_size());
	if (!run_on(sched_getcpu()) || pthread_create(&thread, NULL, other, NULL) ||
	    sched_setscheduler(0, SCHED_FIFO, &param))
		err(1, "real-time priority");
	for (int i = 0; i < TRIES; i++) {
		const struct timespec delay = { .tv_nsec = 1000000 + i * 17000 };

		nanosleep(&delay, NULL);
		write_pages(page_at(pages, STRIDE * i), 1);
	}
	stopped = true;
	pthread_join(thread, NULL);
}

static void lock_mprotect(void)
{
	wait_for_lock(protect);
}

static void lock_fork(void)
{
	wait_for_lock(copy);
}

/* ---- other processes ---- */

/* A second process supplies each page late. */
static void uffd(void)
{
	for (int i = 0; i < 10; i++) {
		char *page = area(page_size());
		int fd = uffd_for(page);
		pid_t pid;

		if (fd < 0)
			err(MISSING, "userfaultfd");
		pid = answer_late(fd);
		read_pages(page, 1);
		wait_for(pid);
		close(fd);
	}
}

#define SPINNERS 8

/* Clear memory on a processor on which other processes never stop to run. */
static void cpu(void)
{
	char *map = area(LARGE);

	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	madvise(map, LARGE, MADV_HUGEPAGE);
	run_on(sched_getcpu());
	for (int i = 0; i < SPINNERS; i++)
		if (!fork_child())
			for (;;)
				getppid();
	write_pages(map, LARGE / page_size());
}

/* ---- the parent ---- */

static const struct cause {
	const char *name;
	void (*run)(void);
	int needs;
} causes[] = {
	{ "disk-random", disk_random, DISK },
	{ "disk-sequential", disk_sequential, DISK },
	{ "swap", swap, DISK | SWAP | MEMCG },
	{ "memory-limit", memory_limit, DISK | SWAP | MEMCG },
	{ "compaction", compaction, 0 },
	{ "lock-mprotect", lock_mprotect, 0 },
	{ "lock-fork", lock_fork, 0 },
	{ "uffd", uffd, 0 },
	{ "cpu", cpu, 0 },
};

/* Return NULL, or the reason why the cause can't be planted. */
static const char *prepare(int needs)
{
	const char *missing = NULL;

	if (needs & DISK)
		missing = slow_disk_make(&disk, DISK_NS, needs & SWAP);
	if (!missing && needs & SWAP) {
		missing = swap_on(disk.path, open(disk.path, O_RDWR | O_CLOEXEC), SWAP_PAGES);
		swapping = !missing;
	}
	if (!missing && needs & MEMCG) {
		missing = memcg_missing();
		if (!missing && !memcg_create(memcg, sizeof(memcg)))
			err(1, "%s", memcg);
	}
	return missing;
}

static void clean_up(void)
{
	if (swapping)
		swapoff(disk.path);
	slow_disk_end(&disk);
	if (*memcg)
		rmdir(memcg);
}

static volatile pid_t child;

/* End the child, so that the parent cleans up. */
static void stop(int signal)
{
	(void)signal;
	if (child > 0)
		kill(child, SIGKILL);
}

/* Hold SIGINT and SIGTERM back until there is a child that can be killed. */
static void hold_signals(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(how, &set, NULL);
}

static int run_child(const struct cause *cause)
{
	child = fork_child();
	if (!child) {
		cause->run();
		_exit(0);
	}
	hold_signals(SIG_UNBLOCK);
	return wait_for(child);
}

static int plant(const struct cause *cause)
{
	const char *missing;
	int status = MISSING;

	hold_signals(SIG_BLOCK);
	missing = prepare(cause->needs);
	if (missing)
		warnx("%s", missing);
	else
		status = run_child(cause);
	hold_signals(SIG_BLOCK);
	clean_up();
	return status;
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = stop, .sa_flags = SA_RESTART };

	if (geteuid())
		errx(1, "needs root, to create disks and cgroups");
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	for (size_t i = 0; argc == 2 && i < sizeof(causes) / sizeof(*causes); i++)
		if (!strcmp(argv[1], causes[i].name))
			return plant(&causes[i]);
	errx(2, "usage: slow CAUSE, see slow.c");
}
