// SPDX-License-Identifier: GPL-2.0-only
/*
 * The event pte_faults, which reports several faults. All faults are reported once, in
 * order, with the same values as in pte_fault.
 *
 * Depends on: the kernel.
 */
#include "fault.h"

#include "../userspace/event/subbuffer.c"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

#define FRAMES "/sys/module/mmapdemo/parameters/frames"
#define BATCHES 10
#define TOUCHES (BATCHES * MMAPDEMO_BATCH_MAX)

/* A page of the ring buffer has room for two events of this size. */
#define BATCH_BYTES 1784

_Static_assert(sizeof(struct mmapdemo_batch_vma) == 48, "the ABI has changed");
_Static_assert(sizeof(struct mmapdemo_batch_fault) == 56, "the ABI has changed");

/* A fault of the trace, in the order of the ring buffer. */
struct seen {
	struct mmapdemo_batch_fault fault;
	struct mmapdemo_batch_vma vma;
	int pid;
	int batch;	/* number of the event */
	__u64 time;	/* when the fault ended */
	__u64 written;	/* when the event was written */
};

/* Offsets in an event. */
struct layout {
	int id;
	int time;
	int vma;
	int fault;
};

struct seen_list {
	struct seen list[4096];
	size_t count;
	int batches;
};

FIXTURE(batch)
{
	struct trace trace;
	struct trace other;
	struct seen_list *seen;
	struct seen_list *seen_other;
	char around[32];
	char *map;
};

FIXTURE_SETUP(batch)
{
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_TRUE(trace_create(&self->other));
	ASSERT_TRUE(small_faults(self->around, sizeof(self->around)));
	self->seen = calloc(1, sizeof(*self->seen));
	self->seen_other = calloc(1, sizeof(*self->seen));
	/* No fault of this list's own memory is in a trace. */
	memset(self->seen, 1, sizeof(*self->seen));
	memset(self->seen_other, 1, sizeof(*self->seen));
	self->map = map_anon(TOUCHES * page_size());
	ASSERT_FALSE(failed(self->map));
	ASSERT_TRUE(trace_put(&self->trace, "trace_clock", "mono"));
	ASSERT_TRUE(trace_put(&self->other, "trace_clock", "mono"));
}

FIXTURE_TEARDOWN(batch)
{
	put(FAULT_AROUND, self->around);
	trace_destroy(&self->trace);
	trace_destroy(&self->other);
}

/* ---- reading ---- */

/* Return the number after @key in the format of the field whose name ends with @field. */
static int format_number(const char *format, const char *field, const char *key)
{
	const char *at = strstr(format, field);

	at = at ? strstr(at, key) : NULL;
	return at ? atoi(at + strlen(key)) : -1;
}

static struct layout read_layout(void)
{
	char *format = slurp(TRACEFS "/events/mmapdemo/pte_faults/format");
	struct layout layout = { .id = -1 };

	if (format)
		layout = (struct layout) {
			.id = format_number(format, "ID", ": "),
			.time = format_number(format, " time;", "offset:"),
			.vma = format_number(format, " vma;", "offset:"),
			.fault = format_number(format, " fault;", "offset:"),
		};
	free(format);
	return layout;
}

/* Return an array of the event. Store its number of elements of @size bytes. */
static const void *array_at(const char *data, int offset, size_t size, __u32 *count)
{
	__u32 where;

	memcpy(&where, data + offset, sizeof(where));
	*count = (where >> 16) / size;
	return data + (where & 0xffff);
}

static bool add_event(struct seen_list *seen, const struct layout *layout,
		      const char *data, __u64 time)
{
	const struct mmapdemo_batch_fault *fault;
	const struct mmapdemo_batch_vma *vma;
	__u32 faults, vmas;
	__u64 first;
	__u16 id;
	int pid;

	memcpy(&id, data, sizeof(id));
	memcpy(&pid, data + 4, sizeof(pid));
	if (id != layout->id)
		return true;
	memcpy(&first, data + layout->time, sizeof(first));
	vma = array_at(data, layout->vma, sizeof(*vma), &vmas);
	fault = array_at(data, layout->fault, sizeof(*fault), &faults);
	if (!faults || !vmas || vmas > faults ||
	    faults * sizeof(*fault) + vmas * sizeof(*vma) > BATCH_BYTES)
		return false;
	for (__u32 i = 0; i < faults; i++) {
		if (fault[i].vma >= vmas || seen->count == 4096)
			return false;
		seen->list[seen->count++] = (struct seen) {
			fault[i], vma[fault[i].vma], pid, seen->batches,
			first + fault[i].delay, time
		};
	}
	seen->batches++;
	return true;
}

static bool read_cpu(const struct trace *trace, int cpu, struct seen_list *seen)
{
	const struct layout layout = read_layout();
	struct page_record record;
	char path[256], page[4096];
	struct page at;
	bool whole = true;
	ssize_t size;
	int fd;

	snprintf(path, sizeof(path), "%s/per_cpu/cpu%d/trace_pipe_raw",
		 trace->path, cpu);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	while (whole && fd >= 0 && (size = read(fd, page, sizeof(page))) > 0) {
		whole = !page_open(&at, page, size);
		while (whole && page_next(&at, &record) > 0)
			whole = add_event(seen, &layout, record.data, record.time);
	}
	close(fd);
	return fd >= 0 && whole;
}

/* Read all faults. The caller has disabled the event. */
static bool read_faults(const struct trace *trace, struct seen_list *seen)
{
	bool whole = !trace_lost(trace);

	seen->count = 0;
	seen->batches = 0;
	for (int cpu = 0; whole && cpu < sysconf(_SC_NPROCESSORS_ONLN); cpu++)
		whole = read_cpu(trace, cpu, seen);
	return whole;
}

/* Return the name of the reason in a fault. */
static const char *huge_name(const struct mmapdemo_batch_fault *fault)
{
#define EM(value, name)		[value] = name,
#define EMe(value, name)	[value] = name
	static const char *const names[MMAPDEMO_HUGE_REASON_COUNT] = {
		MMAPDEMO_HUGE_REASONS
	};
#undef EM
#undef EMe

	return fault->huge < MMAPDEMO_HUGE_REASON_COUNT ? names[fault->huge] : "?";
}

static bool finish(const struct trace *trace, struct seen_list *seen)
{
	return trace_switch(trace, "pte_faults", false) && read_faults(trace, seen);
}

/* Return the nth fault in the pages of @map, or NULL. */
static const struct seen *nth_in(const struct seen_list *seen, const char *map,
				 size_t pages, size_t nth)
{
	for (size_t i = 0; i < seen->count; i++)
		if (seen->list[i].fault.address - (uintptr_t)map <
			    pages * page_size() && !nth--)
			return &seen->list[i];
	return NULL;
}

static size_t count_in(const struct seen_list *seen, const char *map, size_t pages)
{
	size_t count = 0;

	while (nth_in(seen, map, pages, count))
		count++;
	return count;
}

static __u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

static __u64 switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nvcsw + usage.ru_nivcsw;
}

/*
 * Return the highest number of batches for TOUCHES faults: a task switch and a tick, of
 * which there are at most 1,000 per second, can each write a batch early. So can the
 * start and the end of the trace.
 */
static int batches_max(__u64 duration, __u64 switched)
{
	return BATCHES + switched + duration / 1000000 + 4;
}

/* ---- tests ---- */

TEST_F(batch, all_faults_come_once_and_in_order)
{
	__u64 before, after, switched;
	const struct seen *last = NULL;

	ASSERT_TRUE(run_on(0));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_faults"));
	switched = switches();
	before = now();
	write_pages(self->map, TOUCHES);
	after = now();
	switched = switches() - switched;
	ASSERT_TRUE(finish(&self->trace, self->seen));
	ASSERT_EQ(TOUCHES, count_in(self->seen, self->map, TOUCHES));
	for (size_t i = 0; i < TOUCHES; i++) {
		const struct seen *s = nth_in(self->seen, self->map, TOUCHES, i);

		EXPECT_EQ((uintptr_t)page_at(self->map, i), +s->fault.address);
		EXPECT_EQ(getpid(), s->pid);
		EXPECT_EQ(MMAPDEMO_FAULT_ANON, s->fault.fault_class);
		EXPECT_EQ(MMAPDEMO_ACCESS_WRITE, s->fault.access);
		EXPECT_EQ(MMAPDEMO_FROM_USER, s->fault.from);
		EXPECT_EQ(MMAPDEMO_TRIGGER_EXCEPTION, +s->fault.trigger);
		EXPECT_EQ(-1, s->fault.nr);
		EXPECT_EQ(1, s->fault.after_seen);
		EXPECT_LE(before, s->time);
		EXPECT_LE(s->time, after);
		EXPECT_LE(s->time, s->written);
		EXPECT_TRUE(!last || last->time < s->time);
		EXPECT_LE(s->vma.start, (uintptr_t)self->map);
		EXPECT_GE(s->vma.end, (uintptr_t)self->map + TOUCHES * page_size());
		last = s;
	}
	EXPECT_GE(batches_max(after - before, switched), self->seen->batches);
}

/* Compare a fault with the pte_fault event of the same fault. */
TEST_F(batch, the_values_are_those_of_pte_fault)
{
	int fd = memory_file();
	char *file = mmap(NULL, PAGES * page_size(), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE, fd, 0);
	const struct event *e;
	const struct seen *s;

	ASSERT_FALSE(failed(file));
	ASSERT_TRUE(trace_begin(&self->other, "pte_fault"));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_faults"));
	touch_read(self->map);
	touch_write(page_at(file, 3));
	ASSERT_TRUE(finish(&self->trace, self->seen));
	ASSERT_TRUE(trace_end(&self->other));
	for (int i = 0; i < 2; i++) {
		char *page = i ? page_at(file, 3) : self->map;

		e = fault_at(&self->other, page);
		s = nth_in(self->seen, page, 1, 0);
		ASSERT_TRUE(e && s);
		EXPECT_EQ(i ? MMAPDEMO_FAULT_COW : MMAPDEMO_FAULT_ANON_ZERO,
			  s->fault.fault_class);
		EXPECT_EQ(event_num(e, "address"), +s->fault.address);
		EXPECT_EQ(event_num(e, "ip"), +s->fault.ip);
		EXPECT_EQ(event_num(e, "pfn"), +s->fault.pfn);
		EXPECT_EQ(event_num(e, "duration"), +s->fault.duration);
		EXPECT_EQ(event_num(e, "order"), +s->fault.order);
		EXPECT_EQ(event_num(e, "folio"), (1 << s->fault.folio) >> 1);
		EXPECT_TRUE(event_is(e, "huge", huge_name(&s->fault)));
		EXPECT_EQ(event_num(e, "retries"), s->fault.retries);
		EXPECT_EQ(event_num(e, "filled"), s->fault.filled);
		EXPECT_EQ(event_num(e, "vma_lock"), s->fault.vma_lock);
		EXPECT_EQ(event_num(e, "after_seen"), s->fault.after_seen);
		EXPECT_EQ(event_num(e, "mm"), s->vma.mm);
		EXPECT_EQ(event_num(e, "vm_flags"), s->vma.vm_flags);
		EXPECT_EQ(event_num(e, "pgoff"), s->vma.pgoff);
		EXPECT_EQ(event_num(e, "ino"), s->vma.ino);
		EXPECT_TRUE(event_range_is(e, "vma", (void *)(uintptr_t)s->vma.start,
					   (void *)(uintptr_t)s->vma.end));
		EXPECT_EQ(event_has(e, "entry_after", "write"),
			  !!(s->fault.entry_after & MMAPDEMO_ENTRY_WRITE));
	}
	close(fd);
}

/* Map a page of a file at @addr, and touch the page. */
static bool touch_again(char *addr, int fd, int page, int prot)
{
	if (mmap(addr, page_size(), prot, MAP_PRIVATE | MAP_FIXED, fd,
		 page * page_size()) != addr)
		return false;
	touch_read(addr);
	return true;
}

/* Each of the VMAs at the same address differs from the others in one thing. */
TEST_F(batch, a_vma_that_changed_is_reported_again)
{
	const int fd = memory_file(), other = memory_file();
	const struct seen *s[4];

	ASSERT_TRUE(run_on(0));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_faults"));
	ASSERT_TRUE(touch_again(self->map, fd, 0, PROT_READ));
	ASSERT_TRUE(touch_again(self->map, fd, 1, PROT_READ));
	ASSERT_TRUE(touch_again(self->map, other, 1, PROT_READ));
	ASSERT_TRUE(touch_again(self->map, other, 1, PROT_READ | PROT_WRITE));
	ASSERT_TRUE(finish(&self->trace, self->seen));
	for (int i = 0; i < 4; i++) {
		s[i] = nth_in(self->seen, self->map, 1, i);
		ASSERT_TRUE(s[i]);
		EXPECT_EQ((uintptr_t)self->map, s[i]->vma.start);
		EXPECT_EQ((uintptr_t)self->map + page_size(), s[i]->vma.end);
	}
	EXPECT_EQ(0, s[0]->vma.pgoff);
	EXPECT_EQ(1, s[1]->vma.pgoff);
	EXPECT_EQ(s[0]->vma.ino, s[1]->vma.ino);
	EXPECT_NE(s[1]->vma.ino, s[2]->vma.ino);
	EXPECT_EQ(s[2]->vma.ino, s[3]->vma.ino);
	EXPECT_NE(s[2]->vma.vm_flags, s[3]->vma.vm_flags);
	close(fd);
	close(other);
}

/* read_cpu() checks the size of the events. */
TEST_F(batch, faults_of_many_vmas_fill_a_batch_earlier)
{
	ASSERT_TRUE(run_on(0));
	for (size_t i = 0; i < 100; i += 2)
		ASSERT_EQ(0, mprotect(page_at(self->map, i), page_size(), PROT_READ));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_faults"));
	read_pages(self->map, 100);
	ASSERT_TRUE(finish(&self->trace, self->seen));
	EXPECT_EQ(100, count_in(self->seen, self->map, 100));
	for (size_t i = 0; i < 100; i++) {
		const struct seen *s = nth_in(self->seen, self->map, 100, i);

		EXPECT_EQ((uintptr_t)page_at(self->map, i), s->vma.start);
	}
}

TEST_F(batch, page_frames_can_be_hidden)
{
	for (int shown = 0; shown < 2; shown++) {
		ASSERT_TRUE(put(FRAMES, shown ? "1" : "0"));
		ASSERT_TRUE(trace_begin(&self->trace, "pte_faults"));
		write_pages(page_at(self->map, shown), 1);
		ASSERT_TRUE(finish(&self->trace, self->seen));
		ASSERT_EQ(1, count_in(self->seen, page_at(self->map, shown), 1));
		EXPECT_EQ(!shown, !nth_in(self->seen, page_at(self->map, shown), 1,
					  0)->fault.pfn);
	}
}

/* Spin, so that there is no task switch because of this task. */
TEST_F(batch, the_timer_flushes_a_batch_that_is_not_full)
{
	const struct seen *s;
	__u64 end;

	ASSERT_TRUE(trace_begin(&self->trace, "pte_faults"));
	write_pages(self->map, 3);
	for (end = now() + 100000000; now() < end;)
		;
	ASSERT_TRUE(trace_put(&self->trace, "tracing_on", "0"));
	ASSERT_TRUE(finish(&self->trace, self->seen));
	ASSERT_EQ(3, count_in(self->seen, self->map, TOUCHES));
	s = nth_in(self->seen, self->map, TOUCHES, 0);
	EXPECT_GT(60000000, s->written - s->time);
}

TEST_F(batch, disabling_the_event_flushes)
{
	for (int i = 0; i < 8; i++) {
		ASSERT_TRUE(trace_begin(&self->trace, "pte_faults"));
		write_pages(page_at(self->map, 5 * i), 5);
		ASSERT_TRUE(finish(&self->trace, self->seen));
		EXPECT_EQ(5, count_in(self->seen, page_at(self->map, 5 * i), 5));
	}
}

TEST_F(batch, two_instances_get_all_faults_of_their_time)
{
	ASSERT_TRUE(run_on(0));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_faults"));
	write_pages(self->map, 5);
	ASSERT_TRUE(trace_begin(&self->other, "pte_faults"));
	write_pages(page_at(self->map, 5), 40);
	ASSERT_TRUE(finish(&self->trace, self->seen));
	write_pages(page_at(self->map, 45), 5);
	ASSERT_TRUE(finish(&self->other, self->seen_other));
	EXPECT_EQ(45, count_in(self->seen, self->map, 50));
	EXPECT_EQ(0, count_in(self->seen_other, self->map, 5));
	EXPECT_EQ(45, count_in(self->seen_other, self->map, 50));
}

/* Let a child and this task touch pages in turn, on one CPU. Return the child. */
static pid_t touch_in_turn(char *map, const struct trace *followed)
{
	int there[2], back[2];
	char byte = 0, text[16];
	pid_t child;

	if (!run_on(0) || pipe(there) || pipe(back))
		return -1;
	child = fork_child();
	for (int i = 0; !child && i < 20; i++) {
		if (read(there[0], &byte, 1) != 1)
			_exit(1);
		write_pages(page_at(map, 40 + i), 1);
		if (write(back[1], &byte, 1) != 1)
			_exit(1);
	}
	if (!child)
		_exit(0);
	snprintf(text, sizeof(text), "%d", child);
	if (followed && !trace_put(followed, "set_event_pid", text))
		return -1;
	for (int i = 0; i < 20; i++) {
		write_pages(page_at(map, i), 1);
		if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
			return -1;
	}
	return wait_for(child) ? -1 : child;
}

TEST_F(batch, each_batch_is_of_one_task)
{
	pid_t child;

	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_faults"));
	child = touch_in_turn(self->map, NULL);
	ASSERT_LT(0, child);
	ASSERT_TRUE(finish(&self->trace, self->seen));
	ASSERT_EQ(20, count_in(self->seen, self->map, 20));
	ASSERT_EQ(20, count_in(self->seen, page_at(self->map, 40), 20));
	for (int i = 0; i < 20; i++) {
		EXPECT_EQ(getpid(), nth_in(self->seen, self->map, 20, i)->pid);
		EXPECT_EQ(child, nth_in(self->seen, page_at(self->map, 40), 20, i)->pid);
	}
}

/* set_event_pid lists only the child. */
TEST_F(batch, an_instance_gets_only_faults_of_its_tasks)
{
	ASSERT_TRUE(trace_begin(&self->trace, "pte_faults"));
	ASSERT_LT(0, touch_in_turn(self->map, &self->trace));
	ASSERT_TRUE(finish(&self->trace, self->seen));
	EXPECT_EQ(20, count_in(self->seen, page_at(self->map, 40), 20));
	EXPECT_EQ(0, count_in(self->seen, self->map, 20));
}

/* Return a disabled perf event that counts the pte_faults events of this task, or -1. */
static int perf_open(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr),
		.config = read_layout().id, .sample_period = 1, .disabled = 1,
	};

	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/* Each time the perf event is disabled, the batch must be written first. */
TEST_F(batch, perf_gets_the_faults_of_its_time)
{
	const int fd = perf_open();
	__u64 before = 0, count;

	ASSERT_LE(0, fd);
	for (int i = 0; i < 20; i++) {
		ASSERT_EQ(0, ioctl(fd, PERF_EVENT_IOC_ENABLE, 0));
		write_pages(page_at(self->map, 5 * i), 5);
		ASSERT_EQ(0, ioctl(fd, PERF_EVENT_IOC_DISABLE, 0));
		ASSERT_EQ((ssize_t)sizeof(count), read(fd, &count, sizeof(count)));
		EXPECT_LT(before, count);
		before = count;
	}
	close(fd);
}

TEST_F(batch, the_last_faults_of_a_task_are_reported)
{
	pid_t child;

	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, "pte_faults"));
	for (int i = 0; i < 10; i++) {
		child = fork_child();
		if (!child) {
			write_pages(page_at(self->map, 3 * i), 3);
			_exit(0);
		}
		ASSERT_EQ(0, wait_for(child));
	}
	ASSERT_TRUE(finish(&self->trace, self->seen));
	EXPECT_EQ(30, count_in(self->seen, self->map, 30));
}

#define CPU1 "/sys/devices/system/cpu/cpu1/online"

TEST_F(batch, a_processor_can_go_offline)
{
	if (access(CPU1, W_OK))
		SKIP(return, "no second processor that can go offline");
	for (int i = 0; i < 4; i++) {
		ASSERT_TRUE(run_on(1));
		ASSERT_TRUE(trace_begin(&self->trace, "pte_faults"));
		write_pages(page_at(self->map, 5 * i), 3);
		ASSERT_TRUE(put(CPU1, "0"));
		write_pages(page_at(self->map, 5 * i + 3), 2);
		ASSERT_TRUE(put(CPU1, "1"));
		ASSERT_TRUE(finish(&self->trace, self->seen));
		EXPECT_EQ(5, count_in(self->seen, page_at(self->map, 5 * i), 5));
	}
}

TEST_HARNESS_MAIN
