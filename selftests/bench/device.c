// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures what it costs to map and to touch a page of three kinds of objects:
 * the device, with some of its methods; shmem, which memfd_create() uses; and a
 * textbook driver.
 *
 * device [TEXTBOOK.KO]
 *
 * Prints the cost of one page, as the minimum of several rounds, in ticks of the
 * processor's clock. In a guest that counts instructions (run.sh --icount), a tick
 * is one instruction. A round is so short that most rounds end before the next
 * interrupt. All pages of a round are in the same page table, which exists before
 * and after the round.
 */
#include "objects.h"

#include <sys/resource.h>
#include <x86intrin.h>

#define TABLE (2 * MIB)
#define PAGES 128
#define ROUNDS 16

/* ---- mappings ---- */

/*
 * Return the second page in the range of a page table. The first page of this
 * range was touched, so the page table exists.
 */
static char *place(void)
{
	static char *at;

	if (at)
		return at;
	at = mmap(NULL, 2 * TABLE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (failed(at))
		err(1, "mmap");
	at += -(uintptr_t)at % TABLE;
	*at = 1;
	at += page_size();
	return at;
}

static void map(int fd, int flags)
{
	if (failed(mmap(place(), PAGES * page_size(), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_FIXED | flags, fd, 0)))
		err(1, "mmap");
}

/* ---- ways to touch ---- */

static size_t order[PAGES];

static void in_sequence(void)
{
	for (size_t i = 0; i < PAGES; i++)
		order[i] = i;
}

static void at_random(void)
{
	unsigned int seed = 1;

	in_sequence();
	for (size_t i = PAGES - 1; i; i--) {
		size_t other, swap = order[i];

		seed = seed * 1103515245 + 12345;
		other = (seed >> 16) % (i + 1);
		order[i] = order[other];
		order[other] = swap;
	}
}

static unsigned long long store_all(void)
{
	size_t page = page_size();
	volatile char *at = place();
	unsigned long long begin = __rdtsc();

	for (size_t i = 0; i < PAGES; i++)
		at[order[i] * page] = 1;
	return __rdtsc() - begin;
}

static unsigned long long load_all(void)
{
	size_t page = page_size();
	volatile char *at = place();
	unsigned long long begin = __rdtsc();

	for (size_t i = 0; i < PAGES; i++)
		(void)at[order[i] * page];
	return __rdtsc() - begin;
}

/* ---- measurements ---- */

static unsigned long long first_touch(int fd)
{
	map(fd, 0);
	return store_all();
}

static unsigned long long populate(int fd)
{
	unsigned long long begin;

	map(fd, 0);
	begin = __rdtsc();
	map(fd, MAP_POPULATE);
	return __rdtsc() - begin;
}

static unsigned long long again(int fd, unsigned long long (*touch)(void))
{
	first_touch(fd);
	/*
	 * Mapped page frames can't be dropped without unmapping their whole
	 * mapping.
	 */
	if (madvise(place(), PAGES * page_size(), MADV_DONTNEED))
		map(fd, 0);
	return touch();
}

static unsigned long long store_again(int fd)
{
	return again(fd, store_all);
}

static unsigned long long load_again(int fd)
{
	return again(fd, load_all);
}

/* Touch pages that another process has already touched. */
static unsigned long long shared(int fd)
{
	static unsigned long long *shown;
	pid_t pid;

	if (!shown)
		shown = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	first_touch(fd);
	pid = fork_child();
	if (!pid) {
		map(fd, 0);
		*shown = load_all();
		_exit(0);
	}
	if (wait_for(pid))
		errx(1, "child");
	return *shown;
}

static char bytes[PAGES * 4096];

static unsigned long long write_call(int fd)
{
	unsigned long long begin = __rdtsc();

	if (pwrite(fd, bytes, sizeof(bytes), 0) != sizeof(bytes))
		return 0;
	return __rdtsc() - begin;
}

static unsigned long long read_call(int fd)
{
	unsigned long long begin;

	if (!write_call(fd))
		return 0;
	begin = __rdtsc();
	if (pread(fd, bytes, sizeof(bytes), 0) != sizeof(bytes))
		return 0;
	return __rdtsc() - begin;
}

static const struct scenario {
	const char *name;
	void (*order)(void);
	unsigned long long (*run)(int fd);
	int rounds;
} scenarios[] = {
	{ "first touch, in sequence", in_sequence, first_touch, ROUNDS },
	{ "first touch, at random", at_random, first_touch, ROUNDS },
	{ "first touch, MAP_POPULATE", in_sequence, populate, ROUNDS },
	{ "touched again, stores", in_sequence, store_again, ROUNDS },
	{ "touched again, loads", in_sequence, load_again, ROUNDS },
	{ "touched by another process", in_sequence, shared, 4 },
	{ "write(2)", in_sequence, write_call, ROUNDS },
	{ "read(2)", in_sequence, read_call, ROUNDS },
};

#define SCENARIOS (sizeof(scenarios) / sizeof(*scenarios))
#define FIRST 0
#define AGAIN 3
#define WRITE 6
#define READ 7

static unsigned long long costs[SCENARIOS][OBJECTS];

static unsigned long long measure(const struct scenario *scenario,
				  const struct object *object)
{
	unsigned long long least = -1;

	scenario->order();
	for (int i = 0; i < scenario->rounds; i++) {
		int fd = object->open(object->method, TABLE);
		unsigned long long ticks;

		if (fd < 0)
			return 0;
		ticks = scenario->run(fd);
		if (ticks < least)
			least = ticks;
		close(fd);
	}
	return least / PAGES;
}

/* ---- numbers of faults ---- */

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

/*
 * Return the number of faults that a read of @length bytes of resident memory
 * causes.
 */
static long faults_by(int method, size_t length)
{
	int fd = region_open(length, method);
	long before;
	char *at;

	at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (failed(at))
		return 0;
	write_pages(at, length / page_size());
	munmap(at, length);
	at = mmap(NULL, length, PROT_READ, MAP_SHARED, fd, 0);
	if (failed(at))
		return 0;
	before = faults();
	read_pages(at, length / page_size());
	before = faults() - before;
	munmap(at, length);
	close(fd);
	return before;
}

/* ---- output ---- */

static void goal(const char *what, double value, const char *bound,
		 double limit)
{
	bool reached = *bound == '<' ? value <= limit : value >= limit;

	printf("%-36s %8.2f, %s %.2f: %s\n", what, value, bound, limit,
	       reached ? "reached" : "missed");
}

static double against_shmem(int scenario, int object)
{
	return (double)costs[scenario][object] / costs[scenario][SHMEM];
}

static void print_faults(void)
{
	size_t length = 4 * TABLE;
	double page = faults_by(MMAPDEMO_BY_PAGE, length);
	double around = faults_by(MMAPDEMO_BY_AROUND, length);
	double huge = faults_by(MMAPDEMO_BY_HUGE, length);

	printf("\nfaults of a walk through %zu MiB: page %.0f, around %.0f, huge %.0f\n\n",
	       length / MIB, page, around, huge);
	goal("faults, page to around", page / around, ">=", 10);
	goal("faults, page to huge", page / huge, ">=", 300);
}

static void report_costs(void)
{
	struct utsname name;

	uname(&name);
	printf("%s\n%-28s", name.release, "instructions for each page");
	for (size_t i = 0; i < OBJECTS; i++)
		printf(" %8s", objects[i].name);
	for (size_t i = 0; i < SCENARIOS; i++) {
		printf("\n%-28s", scenarios[i].name);
		for (size_t j = 0; j < OBJECTS; j++) {
			costs[i][j] = measure(&scenarios[i], &objects[j]);
			if (costs[i][j])
				printf(" %8llu", costs[i][j]);
			else
				printf(" %8s", "-");
		}
	}
	printf("\n");
}

int main(int argc, char **argv)
{
	load_textbook(argc > 1 ? argv[1] : NULL);
	memset(bytes, 'b', sizeof(bytes));
	report_costs();
	print_faults();
	goal("first touch, page to shmem",
	     against_shmem(FIRST, BY_PAGE), "<=", 1);
	goal("touched again, around to shmem",
	     against_shmem(AGAIN, BY_AROUND), "<=", 0.7);
	goal("write(2), page to shmem",
	     against_shmem(WRITE, BY_PAGE), "<=", 1);
	goal("read(2), page to shmem",
	     against_shmem(READ, BY_PAGE), "<=", 1);
	return 0;
}
