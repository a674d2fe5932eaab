// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctl commands of uapi/mmapdemo.h. The tests check the answers of these
 * commands, how they treat structures that are longer or shorter than today's,
 * and the counters of a region.
 *
 * Depends on: the kernel.
 */
#include "device.h"
#include "region.h"

#define POISON 0xcc

/* The structure of any command, followed by poison bytes. */
struct answer {
	union {
		__u64 size;
		struct mmapdemo_info info;
		struct mmapdemo_stat stat;
		struct mmapdemo_probe probe;
		struct mmapdemo_selftest selftest;
		unsigned char bytes[8192];
	};
};

/*
 * Issue a command with a structure that is filled with poison, except for the
 * members @size, probe.index and selftest.event. The last two are 0.
 */
static int ask(int fd, unsigned long cmd, struct answer *answer, __u64 size)
{
	memset(answer, POISON, sizeof(*answer));
	answer->size = size;
	if (cmd == MMAPDEMO_IOC_PROBE)
		answer->probe.index = 0;
	if (cmd == MMAPDEMO_IOC_SELFTEST)
		answer->selftest.event = 0;
	return ioctl(fd, cmd, answer);
}

FIXTURE(command)
{
	int fd;
};

FIXTURE_VARIANT(command)
{
	unsigned long cmd;
	__u64 size;
};

FIXTURE_VARIANT_ADD(command, info)
{
	.cmd = MMAPDEMO_IOC_INFO, .size = sizeof(struct mmapdemo_info),
};

FIXTURE_VARIANT_ADD(command, stat)
{
	.cmd = MMAPDEMO_IOC_STAT, .size = sizeof(struct mmapdemo_stat),
};

FIXTURE_VARIANT_ADD(command, probe)
{
	.cmd = MMAPDEMO_IOC_PROBE, .size = sizeof(struct mmapdemo_probe),
};

FIXTURE_VARIANT_ADD(command, selftest)
{
	.cmd = MMAPDEMO_IOC_SELFTEST, .size = sizeof(struct mmapdemo_selftest),
};

FIXTURE_SETUP(command)
{
	self->fd = device_open(O_RDONLY);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(command)
{
	close(self->fd);
}

/* ---- growth ---- */

TEST_F(command, fills_in_all_of_our_structure)
{
	struct answer answer;

	ASSERT_EQ(0, ask(self->fd, variant->cmd, &answer, variant->size));
	EXPECT_EQ(variant->size, answer.size);
	EXPECT_FALSE(all_bytes(answer.bytes + variant->size - 8, POISON, 8));
	EXPECT_TRUE(all_bytes(answer.bytes + variant->size, POISON,
			      sizeof(answer) - variant->size));
}

TEST_F(command, fills_in_as_much_as_an_older_caller_knows)
{
	struct answer whole, part;

	ASSERT_EQ(0, ask(self->fd, variant->cmd, &whole, variant->size));
	for (size_t size = 16; size < variant->size; size += 8) {
		ASSERT_EQ(0, ask(self->fd, variant->cmd, &part, size));
		EXPECT_EQ(variant->size, part.size);
		EXPECT_EQ(0, memcmp(&whole, &part, size));
		EXPECT_TRUE(all_bytes(part.bytes + size, POISON,
				      sizeof(part) - size));
	}
}

TEST_F(command, zeroes_members_that_only_a_newer_caller_knows)
{
	struct answer answer;
	size_t size = page_size();

	ASSERT_EQ(0, ask(self->fd, variant->cmd, &answer, size));
	EXPECT_EQ(variant->size, answer.size);
	EXPECT_TRUE(all_bytes(answer.bytes + variant->size, 0,
			      size - variant->size));
	EXPECT_TRUE(all_bytes(answer.bytes + size, POISON,
			      sizeof(answer) - size));
}

TEST_F(command, refuses_an_impossible_size)
{
	struct answer answer;

	for (__u64 size = 0; size < 8; size++) {
		EXPECT_EQ(-1, ask(self->fd, variant->cmd, &answer, size));
		EXPECT_EQ(EINVAL, errno);
	}
	EXPECT_EQ(-1, ask(self->fd, variant->cmd, &answer, page_size() + 1));
	EXPECT_EQ(E2BIG, errno);
	EXPECT_EQ(-1, ask(self->fd, variant->cmd, &answer, ~0ULL));
	EXPECT_EQ(E2BIG, errno);
	/* The command did not write to the structure. */
	EXPECT_TRUE(all_bytes(answer.bytes + 16, POISON, sizeof(answer) - 16));
}

TEST_F(command, refuses_a_bad_pointer)
{
	char *two = mmap(NULL, 2 * page_size(), PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct answer *cut;

	ASSERT_FALSE(failed(two));
	EXPECT_EQ(-1, ioctl(self->fd, variant->cmd, NULL));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(self->fd, variant->cmd, (void *)-4096L));
	EXPECT_EQ(EFAULT, errno);

	/*
	 * The size and the index can be read, but the rest of the structure
	 * can't be written.
	 */
	ASSERT_EQ(0, munmap(page_at(two, 1), page_size()));
	cut = (void *)(page_at(two, 1) - 16);
	memset(cut, 0, 16);
	cut->size = variant->size;
	EXPECT_EQ(-1, ioctl(self->fd, variant->cmd, cut));
	EXPECT_EQ(EFAULT, errno);

	/* The whole structure is in read-only memory. */
	ASSERT_EQ(0, mprotect(two, page_size(), PROT_READ));
	EXPECT_EQ(-1, ioctl(self->fd, variant->cmd, cut));
	EXPECT_EQ(EFAULT, errno);
}

/* ---- answers ---- */

FIXTURE(answers)
{
	int fd;
};

FIXTURE_SETUP(answers)
{
	self->fd = device_open(O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(answers)
{
	close(self->fd);
}

TEST_F(answers, unknown_commands_give_enotty)
{
	struct answer answer;

	EXPECT_EQ(-1, ioctl(self->fd, _IOWR(0xde, 77, struct mmapdemo_info),
			    &answer));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(-1, ioctl(self->fd, _IOWR(0xdd, 0, struct mmapdemo_info),
			    &answer));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(-1, ioctl(self->fd, TCGETS, &answer));
	EXPECT_EQ(ENOTTY, errno);
}

TEST_F(answers, info_describes_the_machine)
{
	struct mmapdemo_info info = device_info(self->fd);

	EXPECT_EQ(sizeof(info), info.size);
	EXPECT_EQ(page_size(), info.page_bytes);
	EXPECT_TRUE(info.levels == 4 || info.levels == 5);
	EXPECT_EQ(0, info.region_bytes % page_size());
	EXPECT_EQ((off_t)info.region_bytes, lseek(self->fd, 0, SEEK_END));
	EXPECT_EQ((1ULL << MMAPDEMO_EVENTS) - 1, info.events);
	EXPECT_EQ(MMAPDEMO_FEATURE_STAT | MMAPDEMO_FEATURE_PROBE |
		  MMAPDEMO_FEATURE_DMESG | MMAPDEMO_FEATURE_WALK |
		  MMAPDEMO_FEATURE_COUNT | MMAPDEMO_FEATURE_REGION |
		  MMAPDEMO_FEATURE_SELFTEST,
		  info.features & ~MMAPDEMO_FEATURE_VMA_LOCK);
	EXPECT_LT(0, info.probes);
	EXPECT_EQ(0, info.reserved);
}

TEST_F(answers, every_probe_is_shown_and_no_more)
{
	struct mmapdemo_info info = device_info(self->fd);
	struct mmapdemo_probe probe;
	__u64 events = 0;

	for (__u32 i = 0; i < info.probes; i++) {
		memset(&probe, POISON, sizeof(probe));
		probe.size = sizeof(probe);
		probe.index = i;
		ASSERT_EQ(0, ioctl(self->fd, MMAPDEMO_IOC_PROBE, &probe));
		EXPECT_EQ(i, probe.index);
		EXPECT_EQ(MMAPDEMO_PROBE_READY, probe.state) {
			TH_LOG("%s: error %u", probe.symbol, probe.error);
		}
		EXPECT_EQ(0, probe.error);
		EXPECT_NE(0, probe.events);
		EXPECT_EQ(0, probe.events & ~info.events);
		EXPECT_LT(0, strnlen(probe.symbol, sizeof(probe.symbol)));
		EXPECT_GT(sizeof(probe.symbol),
			  strnlen(probe.symbol, sizeof(probe.symbol)));
		events |= probe.events;
	}
	EXPECT_EQ(info.events, events);

	probe.size = sizeof(probe);
	probe.index = info.probes;
	EXPECT_EQ(-1, ioctl(self->fd, MMAPDEMO_IOC_PROBE, &probe));
	EXPECT_EQ(EINVAL, errno);
	probe.index = ~0U;
	EXPECT_EQ(-1, ioctl(self->fd, MMAPDEMO_IOC_PROBE, &probe));
	EXPECT_EQ(EINVAL, errno);
}

/*
 * If the structure is too short for the index, the command must not read past
 * the end of the structure.
 */
TEST_F(answers, a_probe_needs_room_for_its_index)
{
	struct answer answer;

	EXPECT_EQ(-1, ask(self->fd, MMAPDEMO_IOC_PROBE, &answer, 8));
	EXPECT_EQ(EINVAL, errno);
}

/* The tests load the module without selftest=1, so no event has a result. */
TEST_F(answers, every_event_has_a_result_and_no_more)
{
	struct mmapdemo_selftest test = { .size = sizeof(test) };

	for (test.event = 0; test.event < MMAPDEMO_EVENTS; test.event++) {
		ASSERT_EQ(0, ioctl(self->fd, MMAPDEMO_IOC_SELFTEST, &test));
		EXPECT_EQ(MMAPDEMO_SELFTEST_NONE, test.state);
		EXPECT_EQ(0, test.flags);
		EXPECT_EQ(ECANCELED, test.error);
		EXPECT_STREQ("", test.text);
	}
	EXPECT_EQ(-1, ioctl(self->fd, MMAPDEMO_IOC_SELFTEST, &test));
	EXPECT_EQ(EINVAL, errno);
	test.event = ~0U;
	EXPECT_EQ(-1, ioctl(self->fd, MMAPDEMO_IOC_SELFTEST, &test));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(answers, a_result_needs_room_for_its_event)
{
	struct answer answer;

	EXPECT_EQ(-1, ask(self->fd, MMAPDEMO_IOC_SELFTEST, &answer, 8));
	EXPECT_EQ(EINVAL, errno);
}

/* Issue the commands as user nobody, through a descriptor that root opened. */
static int ask_unprivileged(int fd)
{
	struct answer answer;

	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		return 1;
	if (ask(fd, MMAPDEMO_IOC_PROBE, &answer, sizeof(answer.probe)) != -1 ||
	    errno != EPERM)
		return 2;
	if (!all_bytes(answer.bytes + 16, POISON, sizeof(answer) - 16))
		return 3;
	if (ask(fd, MMAPDEMO_IOC_SELFTEST, &answer, sizeof(answer.selftest)) != -1 ||
	    errno != EPERM)
		return 6;
	/*
	 * MMAPDEMO_IOC_INFO and MMAPDEMO_IOC_STAT need only a descriptor, and
	 * no privilege.
	 */
	if (ask(fd, MMAPDEMO_IOC_INFO, &answer, sizeof(answer.info)) ||
	    ask(fd, MMAPDEMO_IOC_STAT, &answer, sizeof(answer.stat)))
		return 4;
	if (device_open(O_RDONLY) != -1 || errno != EACCES)
		return 5;
	return 0;
}

TEST_F(answers, probes_are_shown_to_the_administrator_only)
{
	pid_t pid = fork_child();

	ASSERT_LE(0, pid);
	if (!pid)
		_exit(ask_unprivileged(self->fd));
	EXPECT_EQ(0, wait_for(pid));
}

/* ---- counters ---- */

static struct mmapdemo_stat stat_delta(int fd,
				       const struct mmapdemo_stat *before)
{
	struct mmapdemo_stat now = device_stat(fd);

	now.resident_pages -= before->resident_pages;
	now.read_faults -= before->read_faults;
	now.shared_faults -= before->shared_faults;
	now.cow_faults -= before->cow_faults;
	now.refused_faults -= before->refused_faults;
	return now;
}

static bool counts_are(const struct mmapdemo_stat *delta, __u64 read,
		       __u64 shared, __u64 cow, __u64 refused)
{
	return delta->read_faults == read && delta->shared_faults == shared &&
	       delta->cow_faults == cow && delta->refused_faults == refused;
}

TEST_F(answers, reads_are_counted)
{
	struct mmapdemo_stat before = device_stat(self->fd), delta;
	char *map = device_map(self->fd, PAGES, MAP_SHARED, 0);

	ASSERT_FALSE(failed(map));
	read_pages(map, PAGES);
	delta = stat_delta(self->fd, &before);
	EXPECT_TRUE(counts_are(&delta, PAGES, 0, 0, 0));
	/* A touch of a mapped page causes no fault. */
	read_pages(map, PAGES);
	delta = stat_delta(self->fd, &before);
	EXPECT_TRUE(counts_are(&delta, PAGES, 0, 0, 0));
	/*
	 * The fault that makes a page writable does not call the driver's
	 * .fault.
	 */
	write_pages(map, PAGES);
	delta = stat_delta(self->fd, &before);
	EXPECT_TRUE(counts_are(&delta, PAGES, 0, 0, 0));
}

TEST_F(answers, shared_writes_are_counted)
{
	struct mmapdemo_stat before = device_stat(self->fd), delta;
	char *map = device_map(self->fd, PAGES, MAP_SHARED, 0);

	ASSERT_FALSE(failed(map));
	write_pages(map, PAGES);
	delta = stat_delta(self->fd, &before);
	EXPECT_TRUE(counts_are(&delta, 0, PAGES, 0, 0));
}

TEST_F(answers, private_writes_are_counted)
{
	struct mmapdemo_stat before = device_stat(self->fd), delta;
	char *map = device_map(self->fd, PAGES, MAP_PRIVATE, 0);

	ASSERT_FALSE(failed(map));
	write_pages(map, PAGES);
	delta = stat_delta(self->fd, &before);
	EXPECT_TRUE(counts_are(&delta, 0, 0, PAGES, 0));
}

TEST_F(answers, refusals_are_counted)
{
	struct mmapdemo_stat before = device_stat(self->fd), delta;
	size_t pages = device_pages(self->fd);
	char *map = device_map(self->fd, PAGES, MAP_SHARED, pages);

	ASSERT_FALSE(failed(map));
	for (size_t i = 0; i < PAGES; i++)
		ASSERT_EQ(SIGBUS, touch_read(page_at(map, i)));
	delta = stat_delta(self->fd, &before);
	EXPECT_TRUE(counts_are(&delta, 0, 0, 0, PAGES));
	EXPECT_EQ(0, delta.resident_pages);
}

/* The method "pfn" refuses private mappings, so one of two calls creates no VMA. */
TEST(a_refused_mmap_is_a_call_but_no_mapping)
{
	int fd = region_open(PAGES * page_size(), MMAPDEMO_BY_PFN);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, device_stat(fd).mmaps);
	EXPECT_TRUE(failed(device_map(fd, PAGES, MAP_PRIVATE, 0)));
	EXPECT_EQ(1, device_stat(fd).mmaps);
	EXPECT_EQ(0, device_stat(fd).mappings);
	EXPECT_FALSE(failed(device_map(fd, PAGES, MAP_SHARED, 0)));
	EXPECT_EQ(2, device_stat(fd).mmaps);
	EXPECT_EQ(1, device_stat(fd).mappings);
	close(fd);
}

TEST(resident_pages_are_counted_once)
{
	char *map;
	int fd;

	if (!device_reload())
		SKIP(return, NO_RELOAD);
	fd = device_open(O_RDWR);
	ASSERT_LE(0, fd);
	map = device_map(fd, PAGES, MAP_SHARED, 0);
	ASSERT_FALSE(failed(map));
	read_pages(map, 7);
	EXPECT_EQ(7, device_stat(fd).resident_pages);
	write_pages(map, PAGES);
	EXPECT_EQ(PAGES, device_stat(fd).resident_pages);
	/* Pages stay resident when the mapping is removed. */
	ASSERT_EQ(0, munmap(map, PAGES * page_size()));
	EXPECT_EQ(PAGES, device_stat(fd).resident_pages);
	EXPECT_EQ(1, pwrite(fd, "x", 1, PAGES * page_size()));
	EXPECT_EQ(PAGES + 1, device_stat(fd).resident_pages);
	EXPECT_EQ(7, device_stat(fd).read_faults);
	EXPECT_EQ(PAGES - 7, device_stat(fd).shared_faults);
}

/*
 * Return the value of a line in /proc/self/fdinfo/FD. Return ~0 if there is no
 * such line.
 */
static __u64 fdinfo_get(int fd, const char *key)
{
	unsigned long long value = ~0ULL;
	char path[64], line[256], format[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	snprintf(format, sizeof(format), "mmapdemo-%s:\t%%llu\n", key);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, format, &value) == 1)
			break;
	if (file)
		fclose(file);
	return value;
}

TEST_F(answers, fdinfo_has_the_same_numbers)
{
	char *map = device_map(self->fd, PAGES, MAP_PRIVATE, 0);
	struct mmapdemo_stat stat;

	ASSERT_FALSE(failed(map));
	write_pages(map, PAGES);
	stat = device_stat(self->fd);
	EXPECT_EQ(stat.bytes, fdinfo_get(self->fd, "bytes"));
	EXPECT_EQ(stat.resident_pages, fdinfo_get(self->fd, "resident_pages"));
	EXPECT_EQ(stat.read_faults, fdinfo_get(self->fd, "read_faults"));
	EXPECT_EQ(stat.shared_faults, fdinfo_get(self->fd, "shared_faults"));
	EXPECT_EQ(stat.cow_faults, fdinfo_get(self->fd, "cow_faults"));
	EXPECT_EQ(stat.refused_faults, fdinfo_get(self->fd, "refused_faults"));
	EXPECT_EQ(stat.mmaps, fdinfo_get(self->fd, "mmaps"));
	EXPECT_EQ(stat.mappings, fdinfo_get(self->fd, "mappings"));
	EXPECT_EQ(~0ULL, fdinfo_get(self->fd, "no_such_thing"));
}

TEST_HARNESS_MAIN
