// SPDX-License-Identifier: GPL-2.0-only
/*
 * The books of the whole machine: of all processes together, as many faults are
 * counted, and told by events, as the kernel counts in /proc/vmstat.
 *
 * pgfault counts calls of handle_mm_fault(), also those that end with an error:
 * since Linux 6.4 those that ask for no other attempt, which is what pte_fault
 * tells; before, each attempt, which is pte_fault with its retries. pgmajfault
 * counts each page that had to be read in: the faults whose ret has "major".
 *
 * The kernel adds up what its processors counted, one after the other: that is
 * true of a moment only if nobody faults meanwhile. So vmstat is read before and
 * after what we count is read, until it says the same twice.
 *
 * Depends on: the kernel.
 */
#include "count.h"

/* Until nobody else is at work. */
#define TRIES 100
#define RUNS 5

struct sums {
	long faults;
	long majors;
};

/* What both sides counted at a moment. */
struct moment {
	struct sums kernel;
	__u64 counted;
};

FIXTURE(vmstat)
{
	struct trace trace;
	int device;
	int counter;
	int disk;
};

FIXTURE_SETUP(vmstat)
{
	self->device = device_open(O_RDWR);
	self->counter = count_open(self->device, 0, MMAPDEMO_COUNT_ALL);
	self->disk = disk_file();
	ASSERT_LE(0, self->counter);
	ASSERT_LE(0, self->disk);
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_TRUE(trace_size(&self->trace, "8192"));
	ASSERT_TRUE(trace_switch(&self->trace, "pte_fault", true));
}

FIXTURE_TEARDOWN(vmstat)
{
	trace_destroy(&self->trace);
	close(self->counter);
	close(self->device);
}

static long number_of(const char *text, const char *name)
{
	const char *line = strstr(text, name);

	return line ? atol(line + strlen(name)) : -1;
}

/* In memory of its own, so that it brings no fault but the first time. */
static struct sums kernel_sums(void)
{
	static char text[64 * KIB];
	size_t length = 0;
	int fd = open("/proc/vmstat", O_RDONLY | O_CLOEXEC);
	ssize_t part;

	do {
		part = read(fd, text + length, sizeof(text) - 1 - length);
		length += part > 0 ? part : 0;
	} while (part > 0);
	close(fd);
	text[length] = '\0';
	return (struct sums){
		.faults = number_of(text, "\npgfault "),
		.majors = number_of(text, "\npgmajfault "),
	};
}

/* Switches the trace; false: somebody had a fault meanwhile. */
static __attribute__((noinline))
bool moment_at(struct moment *moment, const struct trace *trace, int counter,
	       bool on)
{
	struct sums again;

	moment->kernel = kernel_sums();
	if (!trace_put(trace, "tracing_on", on ? "1" : "0"))
		return false;
	moment->counted = count_sum(counter);
	again = kernel_sums();
	return moment->kernel.faults > 0 && moment->kernel.majors >= 0 &&
	       !memcmp(&again, &moment->kernel, sizeof(again));
}

static bool begin(struct moment *moment, const struct trace *trace, int counter)
{
	for (int i = 0; i < TRIES; i++) {
		if (!trace_put(trace, "tracing_on", "0") ||
		    !trace_put(trace, "trace", ""))
			return false;
		if (moment_at(moment, trace, counter, true))
			return true;
	}
	return false;
}

/*
 * What a fork() has write-protected of us is written to before it matters: one
 * call for both, so that the last one uses the same pages of the stack.
 */
static bool end(struct moment *moment, const struct trace *trace, int counter)
{
	bool on = true;

	for (int i = 0; i < TRIES; i++) {
		bool quiet = moment_at(moment, trace, counter, on);

		if (!on)
			return quiet;
		on = !quiet;
	}
	return false;
}

/* First and second touches, from the disk, by fork, with an error, by others. */
static bool work_of_some(int disk)
{
	size_t length = PAGES * page_size();
	pid_t pid = fork_child();
	char *anon, *file;

	if (!pid) {
		anon = map_anon(length);
		file = mmap(NULL, 2 * length, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE, disk, 0);
		if (failed(anon) || failed(file))
			_exit(1);
		read_pages(anon, PAGES);
		write_pages(anon, PAGES);
		read_pages(file, PAGES);
		write_pages(file, PAGES);
		_exit(touch_read(file + length) != SIGBUS);
	}
	return !wait_for(pid) && !system("(cat /etc/passwd | cat) >/dev/null");
}

/* All in the trace: ours, and what the kernel's counters should say of it. */
static struct sums sum_up(const struct trace *trace)
{
	const bool attempts = kernel_before(6, 4);
	struct sums sums = { };

	for_each_event(e, trace) {
		sums.faults += 1 + (attempts ? event_num(e, "retries") : 0);
		sums.majors += event_has(e, "ret", "major");
	}
	return sums;
}

TEST_F_TIMEOUT(vmstat, has_all_faults, 300)
{
	struct moment before, after;
	bool quiet = false;
	struct sums sums;

	if (kernel_sums().faults < 0)
		SKIP(return, "this kernel has no event counters");
	for (int run = 0; run < RUNS && !quiet; run++) {
		fsync(self->disk);
		ASSERT_TRUE(put("/proc/sys/vm/drop_caches", "3"));
		ASSERT_TRUE(begin(&before, &self->trace, self->counter));
		ASSERT_TRUE(work_of_some(self->disk));
		quiet = end(&after, &self->trace, self->counter);
	}
	ASSERT_TRUE(quiet);
	ASSERT_TRUE(trace_end(&self->trace));
	sums = sum_up(&self->trace);
	EXPECT_LT(4 * PAGES, self->trace.count);
	EXPECT_LT(0, sums.majors);
	EXPECT_EQ(self->trace.count, after.counted - before.counted);
	EXPECT_EQ(after.kernel.faults - before.kernel.faults, sums.faults);
	EXPECT_EQ(after.kernel.majors - before.kernel.majors, sums.majors);
}

TEST_HARNESS_MAIN
