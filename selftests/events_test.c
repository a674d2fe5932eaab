// SPDX-License-Identifier: GPL-2.0-only
/*
 * Delivery of events. An event reaches every trace instance that enabled it, and
 * no other instance. If no event is enabled, no kernel function is traced.
 *
 * Depends on: the kernel.
 */
#include "trace.h"

#include <sys/syscall.h>

/* These events are recorded when they occur. A tick may write pte_faults. */
#define IMMEDIATE_EVENTS						\
	"do_mmap get_unmapped_area vma_merge vma_link pte_fault vma_split "	\
	"vma_unlink brk mremap dup_mm pgd_alloc exit_mmap fault_time "		\
	"mmap_lock_wait fault_signal"

static const char all_events[] = IMMEDIATE_EVENTS " pte_faults";

/* Cause every event. A child is needed for the event exit_mmap. */
static bool workload(void)
{
	size_t length = PAGES * page_size();
	char *map = mmap(NULL, length, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (failed(map))
		return false;
	write_pages(map, PAGES);
	if (mremap(map, length, length - page_size(), 0) != map ||
	    munmap(map, length) || !syscall(SYS_brk, 0))
		return false;
	touch_read(NULL);
	pid = fork_child();
	if (!pid)
		_exit(0);
	return !wait_for(pid);
}

static struct mmapdemo_probe probe_of(int fd, __u32 index)
{
	struct mmapdemo_probe probe;

	memset(&probe, 0xcc, sizeof(probe));
	probe.size = sizeof(probe);
	probe.index = index;
	if (ioctl(fd, MMAPDEMO_IOC_PROBE, &probe))
		memset(&probe, 0xcc, sizeof(probe));
	return probe;
}

/* Return true if the ftrace file whose text is @list contains the function. */
static bool listed(const char *list, const char *symbol)
{
	char head[80];
	const char *at = list;

	snprintf(head, sizeof(head), "%s (", symbol);
	while ((at = strstr(at, head)) && at > list && at[-1] != '\n')
		at++;
	return at;
}

#define LINGER "/sys/module/mmapdemo/parameters/linger"

/*
 * Return true if the probes of @events are attached, and no other probes. Both
 * the module and ftrace, which all probes use, must agree.
 */
static bool armed(const struct mmapdemo_info *info, int fd, __u64 events)
{
	char *list;
	bool right;

	/* Make the module detach unused probes at once. */
	put(LINGER, "0");
	put(LINGER, "5000");
	list = slurp("/sys/kernel/tracing/enabled_functions");
	right = list;
	for (__u32 i = 0; i < info->probes; i++) {
		struct mmapdemo_probe probe = probe_of(fd, i);
		bool wanted = probe.events & events;

		right &= probe.state == (wanted ? MMAPDEMO_PROBE_ARMED :
						  MMAPDEMO_PROBE_READY);
		right &= !list || listed(list, probe.symbol) == wanted;
	}
	free(list);
	return right;
}

FIXTURE(events)
{
	struct mmapdemo_info info;
	struct trace trace;
	struct trace other;
	int fd;
};

FIXTURE_SETUP(events)
{
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_TRUE(trace_create(&self->other));
	self->fd = device_open(O_RDONLY);
	ASSERT_LE(0, self->fd);
	self->info = device_info(self->fd);
}

FIXTURE_TEARDOWN(events)
{
	trace_destroy(&self->trace);
	trace_destroy(&self->other);
	close(self->fd);
}

TEST_F(events, no_event_when_disabled)
{
	ASSERT_TRUE(trace_begin(&self->trace, ""));
	ASSERT_TRUE(workload());
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(0, self->trace.count);
}

TEST_F(events, nothing_is_attached_when_disabled)
{
	EXPECT_TRUE(armed(&self->info, self->fd, 0));
	ASSERT_TRUE(trace_begin(&self->trace, all_events));
	EXPECT_TRUE(armed(&self->info, self->fd, self->info.events));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_TRUE(armed(&self->info, self->fd, 0));
}

TEST_F(events, another_instance_keeps_the_probes)
{
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_TRUE(trace_begin(&self->other, "pte_fault do_mmap"));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_TRUE(armed(&self->info, self->fd,
			  1 << MMAPDEMO_EVENT_PTE_FAULT |
			  1 << MMAPDEMO_EVENT_DO_MMAP));
	ASSERT_TRUE(workload());
	ASSERT_TRUE(trace_end(&self->other));
	EXPECT_LE(PAGES, events_of(&self->other, MMAPDEMO_EVENT_PTE_FAULT));
	EXPECT_TRUE(armed(&self->info, self->fd, 0));
}

TEST_F(events, two_instances_record_the_same)
{
	ASSERT_TRUE(trace_begin(&self->trace, IMMEDIATE_EVENTS));
	ASSERT_TRUE(trace_begin(&self->other, IMMEDIATE_EVENTS));
	ASSERT_TRUE(trace_put(&self->trace, "trace", ""));
	ASSERT_TRUE(trace_put(&self->other, "trace", ""));
	ASSERT_TRUE(workload());
	ASSERT_TRUE(trace_put(&self->other, "tracing_on", "0"));
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_TRUE(trace_end(&self->other));
	ASSERT_LE(PAGES, self->other.count);
	ASSERT_LE(self->other.count, self->trace.count);
	for (size_t i = 0; i < self->other.count; i++)
		EXPECT_STREQ(self->trace.events[i].fields,
			     self->other.events[i].fields);
}

TEST_F(events, disabled_events_are_not_recorded)
{
	size_t count;

	ASSERT_TRUE(trace_begin(&self->trace, all_events));
	ASSERT_TRUE(workload());
	ASSERT_TRUE(trace_end(&self->trace));
	count = self->trace.count;
	ASSERT_LT(PAGES, count);
	ASSERT_TRUE(trace_put(&self->trace, "tracing_on", "1"));
	ASSERT_TRUE(workload());
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(count, self->trace.count);
}

TEST_F(events, calls_are_counted_and_none_is_missed)
{
	__u64 missed[64] = { 0 };

	ASSERT_GE(ARRAY_SIZE(missed), self->info.probes);
	for (__u32 i = 0; i < self->info.probes; i++)
		missed[i] = probe_of(self->fd, i).missed;
	ASSERT_TRUE(trace_begin(&self->trace, all_events));
	ASSERT_TRUE(workload());
	ASSERT_TRUE(trace_end(&self->trace));
	for (__u32 i = 0; i < self->info.probes; i++) {
		struct mmapdemo_probe probe = probe_of(self->fd, i);

		EXPECT_EQ(missed[i], probe.missed);
		if (probe.events & (1 << MMAPDEMO_EVENT_PTE_FAULT))
			EXPECT_LE(PAGES, probe.hits);
	}
}

TEST_F(events, the_task_is_the_one_that_caused_the_event)
{
	size_t own = 0, children = 0;
	pid_t pid;

	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, "do_mmap"));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(!workload());
	ASSERT_EQ(0, wait_for(pid));
	ASSERT_TRUE(workload());
	ASSERT_TRUE(workload());
	ASSERT_TRUE(trace_end(&self->trace));
	for_each_event(e, &self->trace) {
		own += e->pid == getpid();
		children += e->pid == pid;
	}
	EXPECT_EQ(1, children);
	EXPECT_EQ(2, own);
}

TEST_F(events, an_address_space_keeps_its_id)
{
	const struct event *first;
	size_t children = 0;
	pid_t pid;

	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, all_events));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(!workload());
	ASSERT_TRUE(workload());
	ASSERT_EQ(0, wait_for(pid));
	ASSERT_TRUE(trace_end(&self->trace));
	first = self->trace.events;
	/*
	 * The first event is the pgd_alloc of the child. This event is recorded
	 * before the child exists.
	 */
	ASSERT_LT(1, self->trace.count);
	ASSERT_EQ(MMAPDEMO_EVENT_PGD_ALLOC, first->kind);
	first++;
	for_each_event(e, &self->trace) {
		/* pte_faults has the field mm in each fault. */
		if (e->kind == MMAPDEMO_EVENT_PGD_ALLOC ||
		    e->kind == MMAPDEMO_EVENT_PTE_FAULTS)
			continue;
		/*
		 * The child starts with a copy of the parent's address space,
		 * and uses this copy until exec.
		 */
		EXPECT_EQ(e->pid == first->pid,
			  event_num(e, "mm") == event_num(first, "mm"));
		children += e->pid != first->pid;
	}
	EXPECT_LT(PAGES, children);
}

TEST(probes_linger_for_at_most_an_hour)
{
	char *text;

	EXPECT_TRUE(put(LINGER, "3600000"));
	EXPECT_FALSE(put(LINGER, "3600001"));
	EXPECT_FALSE(put(LINGER, "-1"));
	text = slurp(LINGER);
	EXPECT_STREQ("3600000\n", text);
	free(text);
	EXPECT_TRUE(put(LINGER, "5000"));
}

/* ---- single events ---- */

FIXTURE(event)
{
	struct mmapdemo_info info;
	struct trace trace;
	int fd;
};

FIXTURE_VARIANT(event)
{
	int kind;
};

#define EVENT(name, NAME) \
FIXTURE_VARIANT_ADD(event, name) { .kind = MMAPDEMO_EVENT_##NAME }
EVENT(do_mmap, DO_MMAP);
EVENT(get_unmapped_area, GET_UNMAPPED_AREA);
EVENT(vma_merge, VMA_MERGE);
EVENT(vma_link, VMA_LINK);
EVENT(pte_fault, PTE_FAULT);
EVENT(vma_split, VMA_SPLIT);
EVENT(vma_unlink, VMA_UNLINK);
EVENT(brk, BRK);
EVENT(mremap, MREMAP);
EVENT(dup_mm, DUP_MM);
EVENT(pgd_alloc, PGD_ALLOC);
EVENT(exit_mmap, EXIT_MMAP);

FIXTURE_SETUP(event)
{
	ASSERT_TRUE(trace_create(&self->trace));
	self->fd = device_open(O_RDONLY);
	ASSERT_LE(0, self->fd);
	self->info = device_info(self->fd);
}

FIXTURE_TEARDOWN(event)
{
	trace_destroy(&self->trace);
	close(self->fd);
}

TEST_F(event, fires_alone)
{
	const char *name = patterns[variant->kind][0];

	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, name));
	EXPECT_TRUE(armed(&self->info, self->fd, 1ULL << variant->kind));
	ASSERT_TRUE(workload());
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_LT(0, self->trace.count);
	EXPECT_EQ(self->trace.count, events_of(&self->trace, variant->kind));
}

TEST_HARNESS_MAIN
