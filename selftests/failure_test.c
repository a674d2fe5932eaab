// SPDX-License-Identifier: GPL-2.0-only
/*
 * Failing allocations, one at a time. Allocations fail while the module is
 * being loaded, while an event is being enabled, in each command of the device,
 * and while the device supplies pages. An operation with a failed allocation
 * returns ENOMEM, and leaves nothing allocated. With enough memory, the same
 * operation then succeeds.
 *
 * This test requires a kernel with fault injection. Writing N to
 * /proc/PID/fail-nth makes the Nth allocation of a task fail. See
 * Documentation/fault-injection in the kernel tree.
 *
 * Depends on: the kernel.
 */
#include "region.h"
#include "trace.h"

#define FAIL_NTH "/proc/thread-self/fail-nth"
#define FAULTS "/sys/kernel/debug/"

/* A new trace instance copies the current value of this global option. */
#define RECORD_NAMES TRACEFS "/options/record-cmd"

/* More allocations than any operation of this test makes. */
#define ENDLESS 20000

/* Let allocations of every kind fail, even those that may wait for memory. */
static void __attribute__((constructor)) injection_required(void)
{
	if (!access(FAIL_NTH, W_OK) &&
	    put(FAULTS "failslab/ignore-gfp-wait", "N") &&
	    put(FAULTS "failslab/verbose", "0") &&
	    put(FAULTS "fail_page_alloc/ignore-gfp-wait", "N") &&
	    put(FAULTS "fail_page_alloc/ignore-gfp-highmem", "N") &&
	    put(FAULTS "fail_page_alloc/min-order", "0") &&
	    put(FAULTS "fail_page_alloc/verbose", "0"))
		return;
	printf("TAP version 13\n1..0 # SKIP needs a kernel with fault injection\n");
	fflush(stdout);
	_exit(KSFT_SKIP);
}

/* ---- single failures ---- */

/* State that all operations share. */
struct state {
	struct trace trace;
	int module;	/* descriptor of the module file */
	int device;	/* descriptor of the device */
	int counter;	/* descriptor of a counter of faults */
	char *map;	/* mapping of the device or of anonymous memory */
	size_t length;
};

/*
 * An operation whose allocations fail.
 *
 * @ready: prepare the operation
 * @act: perform the operation; return 0 or -errno
 * @undo: revert a successful act()
 * @clean: return true if a failed act() left nothing allocated
 * @first: return the number of the first allocation in act() that the module makes
 */
struct operation {
	bool (*ready)(struct state *state);
	int (*act)(struct state *state);
	bool (*undo)(struct state *state);
	bool (*clean)(struct state *state);
	int (*first)(struct state *state, int fd);
};

/*
 * Make the @nth of the next allocations of this task fail. If @nth is 0, none
 * fails.
 */
static bool fail_nth(int fd, unsigned int nth)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", nth);

	return pwrite(fd, text, length, 0) == length;
}

/* Return true if the requested failure has happened. */
static bool failure_happened(int fd)
{
	char text[16] = "";

	return pread(fd, text, sizeof(text) - 1, 0) > 0 && !atoi(text);
}

static int result(long ret)
{
	return ret < 0 ? -errno : 0;
}

/* Return how many allocations were made since fail_nth(@fd, ENDLESS) was called. */
static int allocations(int fd)
{
	char text[16] = "";

	return pread(fd, text, sizeof(text) - 1, 0) > 0 ?
	       ENDLESS - atoi(text) : -1;
}

/*
 * Perform an operation repeatedly. Each time, a different allocation of the
 * operation fails. Return how many allocations the operation makes. If a check
 * fails, print the reason and return -1.
 */
static int fail_each(const struct operation *op, struct state *state)
{
	int fd = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	const char *wrong = NULL;
	bool happened = true;
	int first, nth;
	int failed = 0;
	int ret = 0;

	if (fd < 0)
		return -1;
	first = op->first ? op->first(state, fd) : 1;
	if (first < 1)
		wrong = "begins nowhere";
	for (nth = first; happened && !wrong && nth < ENDLESS; nth++) {
		if (op->ready && !op->ready(state))
			wrong = "could not be prepared";
		if (!wrong && !fail_nth(fd, nth))
			wrong = "fail-nth is refused";
		if (wrong)
			break;
		ret = op->act(state);
		happened = failure_happened(fd);
		fail_nth(fd, 0);
		failed += !!ret;
		if (ret && !happened)
			wrong = "fails with all memory it wants";
		else if (ret && ret != -ENOMEM)
			wrong = "fails in another way";
		else if (ret && op->clean && !op->clean(state))
			wrong = "leaves something allocated";
		else if (!ret && op->undo && !op->undo(state))
			wrong = "can't be undone";
	}
	close(fd);
	if (wrong)
		fprintf(stderr, "# allocation %d: %s, result %d\n", nth - 1,
			wrong, ret);
	else
		fprintf(stderr, "# %d allocations, %d of them needed\n",
			nth - 1 - first, failed);
	return wrong ? -1 : nth - 1 - first;
}

/* ---- operations ---- */

static int load_act(struct state *state)
{
	return result(syscall(SYS_finit_module, state->module, "", 0));
}

static bool load_undo(struct state *state)
{
	(void)state;
	return !syscall(SYS_delete_module, "mmapdemo", O_NONBLOCK);
}

static bool load_clean(struct state *state)
{
	(void)state;
	return access("/sys/module/mmapdemo", F_OK) &&
	       access(MMAPDEMO_DEVICE, F_OK);
}

static bool load_ready(struct state *state)
{
	(void)state;
	return load_clean(state) || load_undo(state);
}

/*
 * Return the number of the first allocation that may fail. Allocations of the
 * kernel's tracing core must not fail, because the tracing core warns if there
 * is no memory for the events of a new module. These allocations are made
 * before the module's parameters are parsed. To count these allocations, load
 * the module with a wrong parameter. The number of these allocations varies by
 * a few, because slab caches grow at different times.
 */
static int load_first(struct state *state, int fd)
{
	int count;

	if (!load_ready(state) || !fail_nth(fd, ENDLESS))
		return -1;
	if (!syscall(SYS_finit_module, state->module, "size=0", 0))
		return -1;
	count = allocations(fd);
	fail_nth(fd, 0);
	return count + 20;
}

static int open_act(struct state *state)
{
	state->device = device_open(O_RDWR);
	return result(state->device);
}

static bool open_undo(struct state *state)
{
	return !close(state->device);
}

static bool device_ready(struct state *state)
{
	if (state->device < 0)
		state->device = device_open(O_RDWR);
	return state->device >= 0;
}

static int info_act(struct state *state)
{
	struct mmapdemo_info info = { .size = sizeof(info) };

	return result(ioctl(state->device, MMAPDEMO_IOC_INFO, &info));
}

static int stat_act(struct state *state)
{
	struct mmapdemo_stat stat = { .size = sizeof(stat) };

	return result(ioctl(state->device, MMAPDEMO_IOC_STAT, &stat));
}

static int probe_act(struct state *state)
{
	struct mmapdemo_probe probe = { .size = sizeof(probe) };

	return result(ioctl(state->device, MMAPDEMO_IOC_PROBE, &probe));
}

/*
 * Reload the module, so that each attempt writes to a region that was never
 * touched.
 */
static bool fresh_ready(struct state *state)
{
	if (state->device >= 0)
		close(state->device);
	state->device = -1;
	return device_reload() && device_ready(state);
}

static int write_act(struct state *state)
{
	ssize_t done = pwrite(state->device, "x", 1, 3 * page_size());

	return done == 1 ? 0 : result(done);
}

/* Return true if no page was allocated. */
static bool write_clean(struct state *state)
{
	return device_stat(state->device).resident_pages == 0;
}

static bool mmap_clean(struct state *state)
{
	return device_stat(state->device).mappings == 0;
}

static bool mmap_undo(struct state *state)
{
	return !munmap(state->map, state->length);
}

static int mmap_act(struct state *state)
{
	state->length = PAGES * page_size();
	state->map = device_map(state->device, PAGES, MAP_SHARED, 0);
	return failed(state->map) ? -errno : 0;
}

/*
 * Map the device far from other mappings. A fault then also has to allocate
 * page tables.
 */
static bool fault_ready(struct state *state)
{
	if (state->map)
		munmap(state->map, state->length);
	state->map = NULL;
	if (!fresh_ready(state))
		return false;
	state->length = PAGES * page_size();
	state->map = mmap(hole(GIB, GIB), state->length, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_FIXED, state->device, 0);
	return !failed(state->map);
}

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/*
 * Populate a page with MADV_POPULATE_WRITE, which fails without memory. A touch
 * would be retried forever.
 */
static int fault_act(struct state *state)
{
	return result(madvise(page_at(state->map, PAGES - 1), page_size(),
			      MADV_POPULATE_WRITE));
}

/* Touch a page by an instruction. The touch succeeds, possibly after retries. */
static int touch_act(struct state *state)
{
	return touch_write(page_at(state->map, PAGES - 1)) ? -EFAULT : 0;
}

static bool unmap(struct state *state)
{
	bool done = mmap_undo(state);

	state->map = NULL;
	return done;
}

/* ---- private regions ---- */

static int give(struct state *state, __u32 by)
{
	state->device = region_open(by == MMAPDEMO_BY_HUGE ? HUGE :
				    PAGES * page_size(), by);
	return result(state->device);
}

static int region_act(struct state *state)
{
	return give(state, MMAPDEMO_BY_PAGE);
}

static int remap_act(struct state *state)
{
	return give(state, MMAPDEMO_BY_REMAP);
}

static int prepare_act(struct state *state)
{
	return give(state, MMAPDEMO_BY_PREPARE);
}

/*
 * Map a new separate region far from other mappings. A fault then also has to
 * allocate page tables.
 */
static bool own_ready(struct state *state, __u32 by)
{
	if (state->map)
		munmap(state->map, state->length);
	if (state->device >= 0)
		close(state->device);
	state->map = NULL;
	if (give(state, by))
		return false;
	state->length = PAGES * page_size();
	state->map = mmap(hole(GIB, GIB), state->length, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_FIXED, state->device, 0);
	return !failed(state->map);
}

static bool insert_ready(struct state *state)
{
	return own_ready(state, MMAPDEMO_BY_INSERT);
}

static bool pfn_ready(struct state *state)
{
	return own_ready(state, MMAPDEMO_BY_PFN);
}

static bool huge_ready(struct state *state)
{
	return own_ready(state, MMAPDEMO_BY_HUGE);
}

static int plan_act(struct state *state)
{
	return result(region_plan(state->device, 0, 1, MMAPDEMO_PLAN_SIGBUS, 1,
				  0));
}

static int fdinfo_act(struct state *state)
{
	char path[64], text[512];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", state->device);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	length = read(fd, text, sizeof(text));
	if (length < 0)
		length = -errno;
	close(fd);
	return length < 0 ? length : 0;
}

/* Return true if no probe is attached. */
static bool nothing_attached(struct state *state)
{
	struct mmapdemo_probe probe = { .size = sizeof(probe) };
	struct mmapdemo_info info;

	if (!device_ready(state))
		return false;
	info = device_info(state->device);
	for (; probe.index < info.probes; probe.index++)
		if (ioctl(state->device, MMAPDEMO_IOC_PROBE, &probe) ||
		    probe.state == MMAPDEMO_PROBE_ARMED)
			return false;
	return true;
}

/* Enable the event with this name. */
static int switch_on(struct state *state, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/events/mmapdemo/%s/enable",
		 state->trace.path, name);
	errno = 0;
	return put(path, "1") ? 0 : -errno;
}

static bool switch_off(struct state *state)
{
	return trace_put(&state->trace, "events/enable", "0") &&
	       nothing_attached(state);
}

static int fault_event_act(struct state *state)
{
	return switch_on(state, "pte_fault");
}

static int merge_event_act(struct state *state)
{
	return switch_on(state, "vma_merge");
}

#define DMESG "/sys/module/mmapdemo/parameters/dmesg"

/*
 * Attach all probes before the operation. Failures to attach probes are already
 * tested by the operations on events.
 */
static bool dmesg_ready(struct state *state)
{
	return trace_put(&state->trace, "events/mmapdemo/enable", "1");
}

static int dmesg_act(struct state *state)
{
	char pid[16];

	(void)state;
	snprintf(pid, sizeof(pid), "%d", getpid());
	errno = 0;
	return put(DMESG, pid) ? 0 : -errno;
}

static bool dmesg_undo(struct state *state)
{
	return put(DMESG, "0") && switch_off(state);
}

static int count_act(struct state *state)
{
	struct mmapdemo_count count = { .size = sizeof(count) };

	state->counter = ioctl(state->device, MMAPDEMO_IOC_COUNT, &count);
	return result(state->counter);
}

static bool count_undo(struct state *state)
{
	return !close(state->counter) && nothing_attached(state);
}

static bool counter_ready(struct state *state)
{
	return device_ready(state) &&
	       (state->counter >= 0 || !count_act(state));
}

static int counter_act(struct state *state)
{
	static struct mmapdemo_faults faults;

	return result(read(state->counter, &faults, sizeof(faults)));
}

/* Prepare a fault that is observed, and during which an allocation will fail. */
static bool observed_ready(struct state *state)
{
	return fault_ready(state) && !fault_event_act(state);
}

static bool observed_undo(struct state *state)
{
	return unmap(state) && switch_off(state);
}

/* ---- the tests ---- */

FIXTURE(failure)
{
	struct state state;
};

FIXTURE_VARIANT(failure)
{
	struct operation op;
	bool none;	/* true if the operation allocates nothing */
};

#define OPERATION(name, ...) \
FIXTURE_VARIANT_ADD(failure, name) { .op = { __VA_ARGS__ } }
#define NO_MEMORY(name, ...) \
FIXTURE_VARIANT_ADD(failure, name) { .op = { __VA_ARGS__ }, .none = true }

OPERATION(loading, load_ready, load_act, load_undo, load_clean, load_first);
OPERATION(opening, NULL, open_act, open_undo);
NO_MEMORY(info, device_ready, info_act);
NO_MEMORY(stat, device_ready, stat_act);
NO_MEMORY(probe, fresh_ready, probe_act);
OPERATION(writing, fresh_ready, write_act, NULL, write_clean);
OPERATION(mapping, fresh_ready, mmap_act, mmap_undo, mmap_clean);
OPERATION(faulting, fault_ready, fault_act, unmap);
OPERATION(touching, fault_ready, touch_act, unmap);
OPERATION(region, NULL, region_act, open_undo);
OPERATION(region_remap, NULL, remap_act, open_undo);
OPERATION(region_prepare, NULL, prepare_act, open_undo);
OPERATION(region_huge, huge_ready, write_act, unmap, write_clean);
OPERATION(inserting, insert_ready, fault_act, unmap);
OPERATION(touching_pfn, pfn_ready, touch_act, unmap);
OPERATION(touching_huge, huge_ready, touch_act, unmap);
OPERATION(planning, pfn_ready, plan_act, unmap);
OPERATION(fdinfo, device_ready, fdinfo_act);
OPERATION(fault_event, NULL, fault_event_act, switch_off, nothing_attached);
OPERATION(merge_event, NULL, merge_event_act, switch_off, nothing_attached);
OPERATION(dmesg, dmesg_ready, dmesg_act, dmesg_undo, switch_off);
OPERATION(counting, device_ready, count_act, count_undo, nothing_attached);
OPERATION(counted, counter_ready, counter_act);
OPERATION(faulting_observed, observed_ready, fault_act, observed_undo,
	  observed_undo);

FIXTURE_SETUP(failure)
{
	self->state = (struct state) {
		.module = open(getenv("MMAPDEMO_KO") ?: "", O_RDONLY),
		.device = -1,
		.counter = -1,
	};
	ASSERT_LE(0, self->state.module);
	/*
	 * The kernel warns if there is no memory to record task names, so do
	 * not record them.
	 */
	ASSERT_TRUE(put(RECORD_NAMES, "0"));
	ASSERT_TRUE(trace_create(&self->state.trace));
	ASSERT_TRUE(put(RECORD_NAMES, "1"));
}

FIXTURE_TEARDOWN(failure)
{
	trace_destroy(&self->state.trace);
	/*
	 * If the operation was to load the module, the module may be missing
	 * now.
	 */
	device_load();
}

TEST_F_TIMEOUT(failure, is_clean, 1700)
{
	int count = fail_each(&variant->op, &self->state);

	if (variant->none) {
		EXPECT_EQ(0, count);
	} else {
		EXPECT_LT(0, count);
	}
}

/* ---- events without memory ---- */

static char *map_at(char *at, size_t pages, int prot)
{
	return mmap(at, pages * page_size(), prot, MAP_PRIVATE |
		    MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

/*
 * A new mapping is placed before an existing one:
 *
 *   [  ]____[##]
 * = [  ][  ][##] without memory, the first two mappings are not merged
 */
TEST(a_merge_without_memory_has_no_reason)
{
	char *base = hole(6 * page_size(), page_size());
	int fd = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	bool happened = true;
	int unmerged = 0;
	struct trace trace = { };

	ASSERT_LE(0, fd);
	ASSERT_TRUE(trace_create(&trace));
	ASSERT_FALSE(failed(map_at(base, 2, PROT_READ | PROT_WRITE)));
	ASSERT_FALSE(failed(map_at(page_at(base, 4), 2, PROT_NONE)));
	for (int nth = 1; happened && nth < ENDLESS; nth++) {
		const struct event *e;
		char *map;

		ASSERT_TRUE(trace_begin(&trace, "vma_merge"));
		ASSERT_TRUE(fail_nth(fd, nth));
		map = map_at(page_at(base, 2), 2, PROT_READ | PROT_WRITE);
		happened = failure_happened(fd);
		fail_nth(fd, 0);
		ASSERT_TRUE(trace_end(&trace));
		if (failed(map))
			continue;
		e = only_event(&trace, MMAPDEMO_EVENT_VMA_MERGE);
		ASSERT_NE(NULL, e);
		if (event_is(e, "outcome", "none")) {
			EXPECT_TRUE(event_is(e, "reason_prev", "unknown"));
			unmerged++;
		}
		ASSERT_EQ(0, munmap(map, 2 * page_size()));
	}
	EXPECT_LT(0, unmerged);
	trace_destroy(&trace);
	close(fd);
}

TEST_HARNESS_MAIN
