// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stability of the ABI. The module must still accept every ioctl number and
 * structure layout of every version of the header that was ever in the tree,
 * and must still give the same answers. All expected values are copied from the
 * headers of these versions, and are never computed from today's header. The
 * test also runs when it is compiled as a 32-bit program.
 *
 * Depends on: the kernel.
 */
#include "count.h"

#include <stddef.h>

/* ---- structures, as in older programs ---- */

/*
 * The layout of struct mmapdemo_stat in the first version of the header. Later
 * versions added members.
 */
struct first_stat {
	__u64 size;
	__u64 bytes;
	__u64 resident_pages;
	__u64 read_faults;
	__u64 shared_faults;
	__u64 cow_faults;
	__u64 refused_faults;
	__u64 mmaps;
	__u64 mappings;
};

struct first_probe {
	__u64 size;
	__u32 index;
	__u32 state;
	__u32 method;
	__u32 error;
	__u64 events;
	__u64 hits;
	__u64 missed;
	char symbol[64];
};

struct first_faults {
	__u64 size;
	__u64 elapsed;
	__u64 missed;
	__u32 classes;
	__u32 buckets;
	struct {
		__u64 count;
		__u64 total;
		__u64 max;
		__u64 buckets[40];
	} class[32];
};

#define FIRST_STAT	0xc048de01
#define FIRST_PROBE	0xc070de02

/*
 * Every ioctl number that was ever in the tree. @today is the number that
 * today's header defines for the command. The numbers of a command are listed
 * from oldest to newest.
 */
static const struct {
	const char *what;
	unsigned int number;
	unsigned int today;
} numbers[] = {
	{ "info", 0xc030de00, MMAPDEMO_IOC_INFO },
	{ "stat", FIRST_STAT, MMAPDEMO_IOC_STAT },
	{ "stat with huge_faults", 0xc068de01, MMAPDEMO_IOC_STAT },
	{ "probe", FIRST_PROBE, MMAPDEMO_IOC_PROBE },
	{ "probe with inside", 0xc078de02, MMAPDEMO_IOC_PROBE },
	{ "walk", 0xc038de03, MMAPDEMO_IOC_WALK },
	{ "count", 0x4010de04, MMAPDEMO_IOC_COUNT },
	{ "region", 0x4020de05, MMAPDEMO_IOC_REGION },
	{ "resize", 0x4010de06, MMAPDEMO_IOC_RESIZE },
	{ "punch", 0x4018de07, MMAPDEMO_IOC_PUNCH },
	{ "pages", 0x4020de08, MMAPDEMO_IOC_PAGES },
	{ "plan", 0x4028de09, MMAPDEMO_IOC_PLAN },
	{ "selftest", 0xc0b8de0a, MMAPDEMO_IOC_SELFTEST },
};

#define N_NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

/*
 * Return the size in bytes of a command's structure. The ioctl number encodes
 * this size.
 */
#define BYTES(number)		((number) >> 16 & 0x3fff)
#define WITH_BYTES(number, n)	(((number) & ~0x3fff0000U) | (n) << 16)

/*
 * Fill in the argument of a command, word by word. A command that needs a
 * separate region succeeds with this argument on a region of one page.
 */
static void ask_for(unsigned int number, __u64 *words)
{
	memset(words, 0, BYTES(number));
	words[0] = BYTES(number);
	switch (number & 0xff) {
	case 3:	/* walk: the range is empty, and there is room for 5 runs */
		words[4] = 5;
		break;
	case 5:	/* region: size in bytes */
	case 6:	/* resize: new size in bytes */
		words[1] = 4096;
		break;
	case 9:	/* plan: end of the range; other members are 0 */
		words[2] = 4096;
		break;
	}
}

/* Issue a command. Return the result of ioctl(), or -1 with errno. */
static int call(int fd, unsigned int number, unsigned int bytes)
{
	__u64 words[32];

	ask_for(number, words);
	return ioctl(fd, (unsigned long)WITH_BYTES(number, bytes), words);
}

/*
 * Issue a command on a new file descriptor, with a region if the command needs
 * one.
 */
static int call_fresh(unsigned int number, unsigned int bytes)
{
	int fd = device_open(O_RDWR), ret, region = 0, err;

	if ((number & 0xff) > 5)
		region = call(fd, 0x4020de05, 0x20);
	ret = region ? region : call(fd, number, bytes);
	err = errno;
	close(fd);
	if (ret > 0)
		close(ret);	/* the result is the descriptor of a counter */
	errno = err;
	return ret;
}

/* ---- numbers ---- */

/*
 * An older module accepts only the one number that its own header defines.
 * Today's header must therefore define the newest number in the list.
 */
TEST(the_header_defines_the_newest_number)
{
	for (size_t i = 0; i < N_NUMBERS; i++) {
		bool last = i + 1 == N_NUMBERS ||
			    numbers[i + 1].today != numbers[i].today;

		if (!last)
			continue;
		EXPECT_EQ(numbers[i].number, numbers[i].today) {
			TH_LOG("%s", numbers[i].what);
		}
	}
}

TEST(every_earlier_number_is_accepted)
{
	for (size_t i = 0; i < N_NUMBERS; i++) {
		EXPECT_LE(0, call_fresh(numbers[i].number,
					BYTES(numbers[i].number))) {
			TH_LOG("%s: %s", numbers[i].what, strerror(errno));
		}
	}
}

/*
 * The module accepts every size, because a future header may have a longer
 * structure.
 */
TEST(a_number_may_encode_any_size)
{
	static const unsigned int sizes[] = { 0, 8, 200, 0x1000, 0x3fff };

	for (size_t i = 0; i < N_NUMBERS; i++) {
		for (size_t j = 0; j < sizeof(sizes) / sizeof(*sizes); j++) {
			EXPECT_LE(0, call_fresh(numbers[i].number, sizes[j])) {
				TH_LOG("%s, %u bytes: %s", numbers[i].what,
				       sizes[j], strerror(errno));
			}
		}
	}
}

TEST(another_direction_type_or_number_is_unknown)
{
	static const unsigned int masks[] = {
		1U << 30, 1U << 31, 1U << 8, 1U << 15, 1U << 7,
	};

	for (size_t i = 0; i < N_NUMBERS; i++)
		for (size_t j = 0; j < sizeof(masks) / sizeof(*masks); j++) {
			errno = 0;
			EXPECT_EQ(-1, call_fresh(numbers[i].number ^ masks[j],
						 BYTES(numbers[i].number)));
			EXPECT_EQ(ENOTTY, errno);
		}
	errno = 0;
	EXPECT_EQ(-1, call_fresh(0x4028de0b, 0x28));
	EXPECT_EQ(ENOTTY, errno);
}

/* ---- structures of an older program ---- */

#define GUARD 0x5a

TEST(the_first_stat_is_answered)
{
	struct mmapdemo_stat stat = { .size = sizeof(stat) };
	struct {
		struct first_stat stat;
		unsigned char guard[64];
	} older;
	int fd = device_open(O_RDWR);
	char *map = device_map(fd, PAGES, MAP_SHARED, 0);

	ASSERT_FALSE(failed(map));
	write_pages(map, PAGES);
	memset(&older, GUARD, sizeof(older));
	older.stat.size = 72;
	ASSERT_EQ(0, ioctl(fd, FIRST_STAT, &older));
	ASSERT_EQ(0, ioctl(fd, MMAPDEMO_IOC_STAT, &stat));
	EXPECT_LE(72, older.stat.size);
	EXPECT_EQ(stat.size, older.stat.size);
	EXPECT_EQ(stat.bytes, older.stat.bytes);
	EXPECT_EQ(stat.resident_pages, older.stat.resident_pages);
	EXPECT_EQ(stat.read_faults, older.stat.read_faults);
	EXPECT_EQ(stat.shared_faults, older.stat.shared_faults);
	EXPECT_EQ(stat.cow_faults, older.stat.cow_faults);
	EXPECT_EQ(stat.refused_faults, older.stat.refused_faults);
	EXPECT_EQ(stat.mmaps, older.stat.mmaps);
	EXPECT_EQ(stat.mappings, older.stat.mappings);
	EXPECT_LE(PAGES, older.stat.resident_pages);
	EXPECT_TRUE(all_bytes(older.guard, GUARD, sizeof(older.guard)));
	close(fd);
}

TEST(the_first_probe_is_answered)
{
	struct mmapdemo_probe probe = { .size = sizeof(probe), .index = 1 };
	struct {
		struct first_probe probe;
		unsigned char guard[64];
	} older;
	int fd = device_open(O_RDONLY);

	memset(&older, GUARD, sizeof(older));
	older.probe.size = 112;
	older.probe.index = 1;
	ASSERT_EQ(0, ioctl(fd, FIRST_PROBE, &older));
	ASSERT_EQ(0, ioctl(fd, MMAPDEMO_IOC_PROBE, &probe));
	EXPECT_LE(112, older.probe.size);
	EXPECT_EQ(1, older.probe.index);
	EXPECT_EQ(probe.state, older.probe.state);
	EXPECT_EQ(probe.method, older.probe.method);
	EXPECT_EQ(probe.error, older.probe.error);
	EXPECT_EQ(probe.events, older.probe.events);
	EXPECT_STREQ(probe.symbol, older.probe.symbol);
	EXPECT_TRUE(all_bytes(older.guard, GUARD, sizeof(older.guard)));
	close(fd);
}

/* ---- data of a counter ---- */

/* A read into a smaller buffer returns only the beginning of the data. */
TEST(a_counter_is_read_as_programs_always_did)
{
	static struct {
		struct first_faults faults;
		unsigned char more[64];
	} older;
	struct first_faults part;
	int fd = device_open(O_RDONLY), counter = call(fd, 0x4010de04, 16);
	const int anon = MMAPDEMO_FAULT_ANON;
	__u64 sum = 0;
	ssize_t got;

	ASSERT_LE(0, counter);
	memset(&older, GUARD, sizeof(older));
	work();
	got = read(counter, &older, sizeof(older));
	ASSERT_LE(11040, got);
	EXPECT_LE(11040, older.faults.size);
	EXPECT_TRUE(all_bytes((unsigned char *)&older + got, GUARD,
			      sizeof(older) - got));
	EXPECT_EQ(40, older.faults.buckets);
	EXPECT_LT(anon, older.faults.classes);
	EXPECT_GE(32, older.faults.classes);
	EXPECT_LE(PAGES, older.faults.class[anon].count);
	for (int i = 0; i < 40; i++)
		sum += older.faults.class[anon].buckets[i];
	EXPECT_EQ(sum, older.faults.class[anon].count);

	memset(&part, GUARD, sizeof(part));
	got = offsetof(struct first_faults, class[anon + 1]);
	ASSERT_EQ(got, read(counter, &part, got));
	EXPECT_EQ(older.faults.size, part.size);
	EXPECT_LE(older.faults.class[anon].count, part.class[anon].count);
	EXPECT_TRUE(all_bytes((unsigned char *)&part + got, GUARD,
			      sizeof(part) - got));
	close(counter);
	close(fd);
}

/* ---- 32-bit programs ---- */

#define NR32_READ	3
#define NR32_GETPID	20
#define NR32_IOCTL	54

/* Make a system call of the 32-bit table, as a 32-bit program does. */
static int call32(int nr, unsigned int first, unsigned int second,
		  const void *third)
{
	int ret;

	asm volatile("int $0x80" : "=a"(ret)
		     : "a"(nr), "b"(first), "c"(second),
		       "d"((unsigned int)(uintptr_t)third) : "memory");
	return ret;
}

/* Return true if the kernel accepts 32-bit system calls. */
static bool calls32(void)
{
	pid_t pid = fork_child();

	if (!pid)
		_exit(call32(NR32_GETPID, 0, 0, NULL) != getpid());
	return !wait_for(pid);
}

/*
 * Return memory that a 32-bit pointer can address. Like a __u64 in a 32-bit
 * program, the memory is aligned only to 4 bytes.
 */
static void *memory32(void)
{
	char *map = mmap(NULL, 64 * KIB, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	return failed(map) ? NULL : map + 4;
}

static void fresh32(void *memory, unsigned int number)
{
	__u64 words[32];

	ask_for(number, words);
	memcpy(memory, words, BYTES(number));
}

TEST(a_32_bit_program_calls_every_number)
{
	void *memory = memory32();

	if (!calls32())
		SKIP(return, "this kernel runs no 32-bit programs");
	ASSERT_NE(NULL, memory);
	for (size_t i = 0; i < N_NUMBERS; i++) {
		int fd = device_open(O_RDWR), ret = 0;

		if ((numbers[i].number & 0xff) > 5)
			ASSERT_EQ(0, call(fd, 0x4020de05, 0x20));
		fresh32(memory, numbers[i].number);
		ret = call32(NR32_IOCTL, fd, numbers[i].number, memory);
		EXPECT_LE(0, ret) {
			TH_LOG("%s: %s", numbers[i].what, strerror(-ret));
		}
		if (ret > 0)
			close(ret);
		close(fd);
	}
}

TEST(a_32_bit_program_gets_the_same_answers)
{
	struct mmapdemo_stat stat = { .size = sizeof(stat) };
	struct mmapdemo_info info = { .size = sizeof(info) };
	char *memory = memory32();
	int fd = device_open(O_RDONLY);

	if (!calls32())
		SKIP(return, "this kernel runs no 32-bit programs");
	ASSERT_NE(NULL, memory);
	ASSERT_EQ(0, ioctl(fd, MMAPDEMO_IOC_INFO, &info));
	fresh32(memory, MMAPDEMO_IOC_INFO);
	ASSERT_EQ(0, call32(NR32_IOCTL, fd, MMAPDEMO_IOC_INFO, memory));
	EXPECT_EQ(0, memcmp(&info, memory, sizeof(info)));

	ASSERT_EQ(0, ioctl(fd, MMAPDEMO_IOC_STAT, &stat));
	fresh32(memory, FIRST_STAT);
	ASSERT_EQ(0, call32(NR32_IOCTL, fd, FIRST_STAT, memory));
	EXPECT_EQ(0, memcmp(&stat, memory, sizeof(struct first_stat)));
	close(fd);
}

/*
 * struct mmapdemo_walk stores pointers in 64-bit members, so its layout is the
 * same for 32-bit and 64-bit programs.
 */
TEST(a_32_bit_program_walks)
{
	struct mmapdemo_walk walk;
	struct mmapdemo_run *run;
	char *memory = memory32(), *runs, *page;
	int fd = device_open(O_RDONLY);

	if (!calls32())
		SKIP(return, "this kernel runs no 32-bit programs");
	ASSERT_NE(NULL, memory);
	runs = memory + 4 * KIB;
	page = memory - 4 + 32 * KIB;
	*page = 1;
	walk = (struct mmapdemo_walk){
		.size = 56,
		.start = (uintptr_t)page,
		.end = (uintptr_t)page + page_size(),
		.runs = (uintptr_t)runs,
		.room = 5,
		.levels = MMAPDEMO_LEVEL_PTE,
	};
	memcpy(memory, &walk, 56);
	ASSERT_EQ(0, call32(NR32_IOCTL, fd, 0xc038de03, memory));
	memcpy(&walk, memory, 56);
	EXPECT_EQ(walk.end, walk.start);
	ASSERT_EQ(1, walk.count);
	run = calloc(1, 32);
	memcpy(run, runs, 32);
	EXPECT_EQ((uintptr_t)page, run->address);
	EXPECT_EQ(pfn_of(page), run->frame);
	free(run);
	close(fd);
}

TEST(a_32_bit_program_counts)
{
	struct first_faults *faults;
	char *memory = memory32();
	int fd = device_open(O_RDONLY), counter;

	if (!calls32())
		SKIP(return, "this kernel runs no 32-bit programs");
	ASSERT_NE(NULL, memory);
	faults = calloc(1, sizeof(*faults));
	fresh32(memory, 0x4010de04);
	counter = call32(NR32_IOCTL, fd, 0x4010de04, memory);
	ASSERT_LE(0, counter);
	work();
	/* read(2): the buffer is the second argument, and the size is the third */
	ASSERT_EQ(11040, call32(NR32_READ, counter,
				(unsigned int)(uintptr_t)memory,
				(void *)11040UL));
	memcpy(faults, memory, sizeof(*faults));
	EXPECT_LE(11040, faults->size);
	EXPECT_LE(PAGES, faults->class[MMAPDEMO_FAULT_ANON].count);
	free(faults);
	close(counter);
	close(fd);
}

TEST_HARNESS_MAIN
