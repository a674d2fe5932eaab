// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the whole machine, three counts of faults must agree: the counter of all
 * processes, the events of all processes, and /proc/vmstat.
 *
 * The line pgfault in /proc/vmstat counts calls of handle_mm_fault(), including
 * calls that end with an error. Since Linux 6.4, pgfault counts only calls that
 * request no retry, so pgfault equals the number of pte_fault events. Before
 * Linux 6.4, pgfault counts every attempt, so pgfault equals the number of
 * events plus the number of their retries. The line pgmajfault counts each page
 * that had to be read. pgmajfault equals the number of events with "major" in
 * the field "ret".
 *
 * The kernel adds the counts of its processors one after the other. The sum is
 * exact only if no fault occurs during the addition. The test therefore reads
 * /proc/vmstat before and after its own counts, and repeats these steps until
 * both readings are equal.
 *
 * The kernel counts a fault when it begins, and the module counts a fault when
 * it ends. A fault of another program that sleeps when the test begins or ends
 * is therefore in only one of the counts. The test repeats such a run.
 *
 * Depends on: the kernel.
 */
#include "count.h"

/* Maximum number of attempts to find a moment when no other task is active. */
#define TRIES 100
#define RUNS 5

struct sums {
	long faults;
	long majors;
};

/* The counts of the kernel and of the test, at the same moment. */
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

/* The buffer is static, so that only the first call causes faults in it. */
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

/*
 * Switch the trace on or off, and read all counts. Return false if another fault
 * occurred in the meantime.
 */
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
 * The first reading of the counts writes to pages that fork() has
 * write-protected. The final reading has the same call site, and so uses the
 * same stack pages without more faults.
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

/*
 * Cause many kinds of faults: first touches, second touches, reads from disk,
 * an error, and faults of other programs.
 */
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

/*
 * Return the number of faults in the trace. Count faults in the same way as the
 * kernel.
 */
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

TEST_F_TIMEOUT(vmstat, agrees_with_both_counts_of_faults, 300)
{
	struct sums sums = { }, kernel = { };
	struct moment before, after;
	bool quiet = false;

	if (kernel_sums().faults < 0)
		SKIP(return, "this kernel has no event counters");
	for (int run = 0; run < RUNS; run++) {
		fsync(self->disk);
		ASSERT_TRUE(put("/proc/sys/vm/drop_caches", "3"));
		ASSERT_TRUE(trace_switch(&self->trace, "pte_fault", true));
		ASSERT_TRUE(begin(&before, &self->trace, self->counter));
		ASSERT_TRUE(work_of_some(self->disk));
		quiet = end(&after, &self->trace, self->counter);
		ASSERT_TRUE(trace_end(&self->trace));
		sums = sum_up(&self->trace);
		kernel.faults = after.kernel.faults - before.kernel.faults;
		kernel.majors = after.kernel.majors - before.kernel.majors;
		if (quiet && !memcmp(&sums, &kernel, sizeof(sums)))
			break;
	}
	ASSERT_TRUE(quiet);
	EXPECT_LT(4 * PAGES, self->trace.count);
	EXPECT_LT(0, sums.majors);
	EXPECT_EQ(self->trace.count, after.counted - before.counted);
	EXPECT_EQ(kernel.faults, sums.faults);
	EXPECT_EQ(kernel.majors, sums.majors);
}

TEST_HARNESS_MAIN
