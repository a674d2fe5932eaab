// SPDX-License-Identifier: GPL-2.0-only
/*
 * inspected WHAT
 *
 * Prints, for synthetic data, what mmapdemo top, count, walk and why would print.
 * golden_test.sh uses this program instead of the module and a terminal. WHAT is
 * "top" (intervals as text, then as JSON), "vmas" (top of one process), "proc" (top
 * without events), "screen" (the effect of each key), "count", "walk", or "why" (how
 * pairs of VMAs differ). Functions that query the kernel are replaced in this file.
 */
#include "base/screen.h"
#include "inspect/class_counts.h"
#include "inspect/mergeable.h"
#include "inspect/run_time.h"
#include "inspect/top_screen.h"
#include "inspect/top_text.h"
#include "inspect/walked.h"
#include "story/parts.h"
#include "system/device.h"
#include "system/pagemap.h"

#include <err.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#define PAGE		4096
#define EXIT_MISUSED	2
#define FILE_INO	11
#define FILE_DEV	(8U << 20 | 1)
#define LIVES		5000	/* PID of a process that exists */
#define OLD		4999	/* TID of another thread of process LIVES */
#define MM		7

/* ---- the machine ---- */

static __u64 now = 1000000000;
static int observed;		/* 1: there are events; negative: an error */
static const struct event *events;

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	(void)clock;
	*ts = (struct timespec){ now / 1000000000, now % 1000000000 };
	return 0;
}

int uname(struct utsname *system)
{
	*system = (struct utsname){ .release = "RELEASE" };
	return 0;
}

/* Every process with a PID up to 6000 exists. */
int kill(pid_t pid, int sig)
{
	(void)sig;
	errno = pid > 6000 ? ESRCH : EPERM;
	return -1;
}

int access(const char *path, int mode)
{
	(void)path;
	(void)mode;
	return 0;
}

int proc_process(int tid, char comm[COMM_MAX])
{
	strcpy(comm, tid == LIVES || tid == OLD ? "lives" : "");
	return tid == LIVES || tid == OLD ? LIVES : 0;
}

/*
 * Each scan of /proc finds more faults than the previous scan. In the last
 * scan, one PID belongs to another process than before.
 */
int proc_stats(int (*visit)(const struct proc_stat *stat, void *data),
	       void *data)
{
	static int scans;
	const int n = ++scans;
	const struct proc_stat stats[] = {
		{ 11, "first", 100 + 10 * n, 5 + n, 1 },
		{ 12, "second", 1000 * n, 70, 2 + (n == 4) },
		{ 13, "idle", 9, 0, 3 },
		{ 14, "late", 40 * n, 3 * n, 4 },
	};

	for (int i = 0; i < (n == 1 ? 3 : 4); i++) {
		if (visit(&stats[i], data))
			return -ENOMEM;
	}
	return 0;
}

int proc_maps(int pid, struct maps *maps)
{
	const struct mapping mapping = {
		.start = 0x7f0000000000, .end = 0x7f0040000000,
		.offset = 3 * PAGE, .name = "/lib/a b.so",
	};

	(void)pid;
	return maps_set(maps, &mapping);
}

__u64 proc_tables(int pid)
{
	(void)pid;
	return 36 * 1024;
}

int recorder_open(struct recorder *recorder, size_t buffer)
{
	(void)buffer;
	recorder->why = observed < 0 ? "words of the recorder" : NULL;
	return observed > 0 ? 0 : observed ?: -ENOENT;
}

void recorder_batches(struct recorder *recorder)
{
	(void)recorder;
}

void recorder_close(struct recorder *recorder)
{
	(void)recorder;
}

bool decoder_knows(const struct decoder *decoder, int kind)
{
	(void)decoder;
	return kind == MMAPDEMO_EVENT_FAULT_TIME;
}

int recorder_drain(struct recorder *recorder, bool all)
{
	(void)recorder;
	(void)all;
	return 0;
}

/* Return the next event. The list ends with an event whose time is 0. */
const struct event *recorder_next(struct recorder *recorder)
{
	(void)recorder;
	return events->time ? events++ : NULL;
}

static __u64 lost, missed;
static bool deaf;

__u64 recorder_lost(struct recorder *recorder)
{
	(void)recorder;
	return lost;
}

__u64 recorder_missed(struct recorder *recorder)
{
	(void)recorder;
	return missed;
}

bool dev_deaf(void)
{
	return deaf;
}

int instance_start(struct instance *instance)
{
	(void)instance;
	return 0;
}

int instance_want(struct instance *instance, int kind, bool wanted)
{
	(void)instance;
	printf("(%s %d)\n", wanted ? "want" : "drop", kind);
	return 0;
}

/*
 * Return four VMAs: a file mapping, anonymous memory, another file mapping, and
 * the stack.
 */
int vmas_read_ranges(struct vmas *vmas, int pid)
{
	static const struct vma list[] = {
		{ .start = 0x400000, .end = 0x402000, .flags = 0x75,
		  .ino = FILE_INO, .dev = FILE_DEV, .name = "/bin/lives" },
		{ .start = 0x10000000, .end = 0x10008000, .flags = 0x73 },
		{ .start = 0x20000000, .end = 0x20004000, .flags = 0x71,
		  .offset = 2 * PAGE, .ino = FILE_INO + 1, .dev = FILE_DEV,
		  .name = "/lib/lib.so" },
		{ .start = 0x7fff0000, .end = 0x80000000, .flags = 0x173,
		  .name = "[stack]" },
	};

	*vmas = (struct vmas){ 0 };
	if (pid != LIVES)
		return -EACCES;
	vmas->list = calloc(4, sizeof(list[0]));
	if (!vmas->list)
		return -ENOMEM;
	memcpy(vmas->list, list, sizeof(list));
	vmas->count = 4;
	return 0;
}

void vmas_free(struct vmas *vmas)
{
	free(vmas->list);
	*vmas = (struct vmas){ 0 };
}

size_t vmas_after(const struct vmas *vmas, __u64 address)
{
	size_t i = 0;

	while (i < vmas->count && vmas->list[i].end <= address)
		i++;
	return i;
}

const char *vma_title(const struct vma *vma, char text[VMA_NAME_MAX])
{
	return strcpy(text, *vma->name ? vma->name : "anonymous memory");
}

/* ---- the screen ---- */

static const int *keys;

int screen_rows(void)
{
	return 6;
}

int screen_columns(void)
{
	return 70;
}

void screen_line(int row, const char *text, enum look look)
{
	printf("%d %c|%s\n", row, "pbdB"[look], text);
}

void screen_rest(int row)
{
	printf("%d empty\n", row);
}

void screen_show(void)
{
}

int screen_key(void)
{
	return *keys ? *keys++ : SCREEN_NONE;
}

/* ---- events of top ---- */

#define FAULT(task, space, what, ns, at, ...)				\
	{								\
		.kind = MMAPDEMO_EVENT_PTE_FAULT, .tid = task,		\
		.time = 1, .fault = {					\
			.mm = space, .class = what, .duration = ns,	\
			.address = at, __VA_ARGS__			\
		},							\
	}
#define VMA(from, to) .vma_start = from, .vma_end = to
#define IN_PROGRAM VMA(0x400000, 0x402000), .ino = FILE_INO, .dev = FILE_DEV
#define IN_LIBRARY(pages) VMA(0x20000000, 0x20004000), .ino = FILE_INO + 1,	\
			  .dev = FILE_DEV, .pgoff = pages
#define IN_HEAP VMA(0x10000000, 0x10008000)
#define FORK(parent, child, flags)					\
	{								\
		.kind = EVENT_FORK, .tid = parent, .time = 1,		\
		.fork = { child, flags },				\
	}
#define TIME(task, ...)							\
	{								\
		.kind = MMAPDEMO_EVENT_FAULT_TIME, .tid = task,		\
		.time = 1, .slow = { __VA_ARGS__ },			\
	}
#define END { 0 }

static const struct event first[] = {
	TIME(LIVES, .work = 27000000, .compaction = -1, .io = 123000000,
	     .lock_before = -1),
	FAULT(LIVES, MM, MMAPDEMO_FAULT_READ, 150000000, 0x401000, IN_PROGRAM,
	      .ret = FAULT_MAJOR),
	FAULT(LIVES, MM, MMAPDEMO_FAULT_ANON, 1000, 0x10000010, IN_HEAP),
	FAULT(OLD, MM, MMAPDEMO_FAULT_ANON, 1500, 0x10001010, IN_HEAP),
	FAULT(OLD, MM, 77, 0, 0x10002010, IN_HEAP),
	FAULT(LIVES, MM, MMAPDEMO_FAULT_COW, 2500, 0x20001000, IN_LIBRARY(2)),
	FAULT(LIVES, MM, MMAPDEMO_FAULT_COW, 2700, 0x20002000, IN_LIBRARY(5)),
	TIME(LIVES, .lock_before = 4000, .work = -1, .reclaim = -1,
	     .compaction = -1, .reclaim_sleep = -1, .io = -1, .sleep = -1,
	     .lock = -1, .cpu = -1),
	FORK(LIVES, 7001, 0),
	FAULT(7001, MM + 1, MMAPDEMO_FAULT_WP_COPY, 40000000, 0x10000010, IN_HEAP),
	{ .kind = EVENT_EXEC, .tid = 7001, .time = 1,
	  .exec = { 7001, "/usr/bin/tab\tnew\nline-too-long" } },
	FORK(7001, 7002, CLONE_THREAD | CLONE_VM),
	TIME(7002, .work = 1000000, .reclaim = 5000000, .reclaim_sleep = 14000000),
	FAULT(7002, MM + 2, MMAPDEMO_FAULT_ANON, 20000000, 0x10000010, IN_HEAP),
	FAULT(7002, MM + 2, MMAPDEMO_FAULT_ANON, 700, 0x10001010, IN_HEAP),
	FAULT(3001, 9, MMAPDEMO_FAULT_ANON, 90, 0x10000010, IN_HEAP),
	END
};

static const struct event second[] = {
	FAULT(LIVES, MM, MMAPDEMO_FAULT_ANON, 2000, 0x10003000,
	      VMA(0x10002000, 0x10004000)),
	FAULT(LIVES, MM, MMAPDEMO_FAULT_ANON, 2100, 0x10004000, IN_HEAP),
	FAULT(LIVES, MM, MMAPDEMO_FAULT_ANON, 2200, 0x10006000,
	      VMA(0x10000000, 0x10007000)),
	FAULT(LIVES, MM, MMAPDEMO_FAULT_ANON, 2300, 0x30000000,
	      VMA(0x30000000, 0x30002000)),
	FAULT(LIVES, MM, MMAPDEMO_FAULT_ANON, 2400, 0x30003000,
	      VMA(0x30003000, 0x30005000)),
	FAULT(LIVES, MM + 5, MMAPDEMO_FAULT_SHARED, 9000, 0x40000000,
	      VMA(0x40000000, 0x40002000), .from = MMAPDEMO_FROM_REMOTE),
	FAULT(3001, MM, MMAPDEMO_FAULT_ANON_ZERO, 100, 0x10005000, IN_HEAP,
	      .from = MMAPDEMO_FROM_REMOTE),
	{ .kind = MMAPDEMO_EVENT_VMA_UNLINK, .tid = LIVES, .time = 1,
	  .unlink = { .mm = MM, .start = 0x30000000, .end = 0x30001000,
		      .vmas = 1 } },
	{ .kind = MMAPDEMO_EVENT_VMA_UNLINK, .tid = LIVES, .time = 1,
	  .unlink = { .mm = MM, .start = 0x10000000, .end = 0x10001000,
		      .vmas = 1 } },
	{ .kind = EVENT_EXIT, .tid = 7001, .time = 1 },
	FAULT(7002, MM + 2, MMAPDEMO_FAULT_ANON, 800, 0x10002010, IN_HEAP),
	{ .kind = EVENT_EXIT, .tid = 7002, .time = 1 },
	FORK(LIVES, 3001, 0),
	END
};

/*
 * The process LIVES has called exec, so it has a new address space. The PID
 * 3001 belongs to another process now.
 */
static const struct event third[] = {
	TIME(LIVES, .work = 2000, .cpu = 1000),
	FAULT(LIVES, MM + 9, MMAPDEMO_FAULT_ANON, 3000, 0x7fff1000,
	      VMA(0x7fff0000, 0x80000000)),
	{ .kind = EVENT_EXIT, .tid = OLD, .time = 1 },
	FAULT(3001, 9, MMAPDEMO_FAULT_ANON, 150, 0x10000010, IN_HEAP),
	END
};

static const struct event none[] = { END };

/* ---- top ---- */

static void check(int err)
{
	if (err)
		errx(1, "%s", strerror(-err));
}

/* Let an interval of @ns pass. The events in @list happen in this interval. */
static void turn(struct top *top, const struct event *list, __u64 ns)
{
	events = list;
	now += ns;
	check(top_gather(top, false));
	check(top_turn(top));
}

static void show(const struct top *top, const struct style *style, bool idle)
{
	check(top_text(stdout, style, top, idle));
	printf("\n");
	check(top_json(stdout, top));
	printf("\n");
}

static void show_orders(struct top *top, const struct style *style)
{
	for (int order = BY_FAULTS; order <= BY_NUMBER; order++) {
		printf("by %s:\n", fault_load_order_word(order));
		top->order = order;
		top_sort(top);
		show(top, style, true);
	}
	top->order = BY_FAULTS;
}

/* Print all processes, or the VMAs of the process @pid. */
static void print_top(int pid)
{
	static struct top top;
	struct style style;

	style_plain(&style, 100);
	observed = 1;
	check(top_open(&top, 1 << 20));
	check(top_look(&top, pid));
	turn(&top, first, 2000000000);
	show_orders(&top, &style);
	lost = 1;
	turn(&top, second, 500000000);
	show(&top, &style, true);
	show(&top, &style, false);
	lost = 0;
	missed = 2;
	turn(&top, third, 1000000000);
	show(&top, &style, false);
	deaf = true;
	turn(&top, none, 1000000000);
	show(&top, &style, true);
	deaf = false;
	missed = 0;
	turn(&top, none, 1000000000);
	show(&top, &style, true);
	turn(&top, third, 1000000000);
	show(&top, &style, true);
	top_close(&top);
}

static void print_proc(void)
{
	static const int errors[] = { -ENOENT, -EACCES, -EPERM, -ENODEV };
	static struct top top;
	struct style style;

	style_plain(&style, 100);
	check(top_open(&top, 1 << 20));
	for (int i = 0; i < 4; i++) {
		turn(&top, none, 1000000000);
		show(&top, &style, i % 2);
	}
	check(top_look(&top, LIVES));
	show(&top, &style, false);
	check(top_look(&top, 17));
	show(&top, &style, false);
	top_close(&top);
	for (int i = 0; i < 4; i++) {
		static struct top other;

		observed = errors[i];
		check(top_open(&other, 1));
		printf("%s\n", other.why);
		top_close(&other);
	}
}

/* ---- the keys of top ---- */

static const struct {
	const char *name;
	int key[4];
} typed[] = {
	{ "nothing", { SCREEN_NONE } },
	{ "down", { SCREEN_DOWN } },
	{ "down twice", { SCREEN_DOWN, SCREEN_DOWN } },
	{ "down", { SCREEN_DOWN } },
	{ "page up", { SCREEN_PAGE_UP } },
	{ "end", { SCREEN_END } },
	{ "up", { SCREEN_UP } },
	{ "home", { SCREEN_HOME } },
	{ "page down", { SCREEN_PAGE_DOWN } },
	{ "p", { 'p' } },
	{ "t", { 't' } },
	{ "m", { 'm' } },
	{ "l", { 'l' } },
	{ "other", { SCREEN_OTHER, 'z' } },
	{ "f, home, p", { 'f', SCREEN_HOME, 'p' } },
	{ "down twice", { SCREEN_DOWN, SCREEN_DOWN } },
	{ "up, enter", { SCREEN_UP, SCREEN_ENTER } },
	{ "escape", { SCREEN_ESCAPE } },
	{ "f, space", { 'f', ' ' } },
	{ "home, enter", { SCREEN_HOME, SCREEN_ENTER } },
	{ "down, enter", { SCREEN_DOWN, SCREEN_ENTER } },
	{ "end", { SCREEN_END } },
	{ "up", { SCREEN_UP } },
	{ "a", { 'a' } },
	{ "home", { SCREEN_HOME } },
	{ "escape twice, space", { SCREEN_ESCAPE, SCREEN_ESCAPE, ' ' } },
	{ "q, down", { 'q', SCREEN_DOWN } },
};

static void print_screen(void)
{
	static struct top top;
	struct top_screen screen = { 0 };
	bool looked = false;
	int drawn;

	style_plain(&screen.style, 70);
	observed = 1;
	check(top_open(&top, 1 << 20));
	turn(&top, first, 2000000000);
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
		keys = typed[i].key;
		drawn = top_screen_keys(&screen, &top);
		printf("%s: %d%s\n", typed[i].name, drawn,
		       screen.over ? " over" : "");
		if (top.pid && !looked) {
			looked = true;
			turn(&top, second, 500000000);
		}
		check(top_screen_draw(&screen, &top));
	}
	printf("left: %d\n", *keys);
	top_close(&top);
}

/* ---- count ---- */

static void put_latency(struct mmapdemo_latency *latency, __u64 max,
			const __u64 counts[3], int bucket)
{
	*latency = (struct mmapdemo_latency){ .max = max };
	for (int i = 0; i < 3; i++) {
		latency->buckets[i ? bucket + i - 1 : 0] += counts[i];
		latency->count += counts[i];
	}
	latency->total = counts[1] * (1 << (bucket - 1)) +
			 counts[2] * (1 << bucket);
}

static void print_counted(const struct style *style,
			  const struct mmapdemo_faults *faults, const char *why,
			  const struct workload *command)
{
	check(class_counts_table(stdout, style, faults));
	if (command)
		check(run_time_text(stdout, style, command, true,
				    class_counts_ns(faults)));
	check(class_counts_json(stdout, "interval", faults, why, command));
	printf("\n");
}

/* Set the known parts of a class. The rest of the time is work. */
static void put_parts(struct mmapdemo_faults *faults, int class, __u64 lock_before,
		      const __u64 parts[MMAPDEMO_PARTS - 1])
{
	struct mmapdemo_parts *to = &faults->parts[class];

	*to = (struct mmapdemo_parts){ .lock_before = lock_before };
	to->part[MMAPDEMO_PART_WORK] = faults->class[class].total;
	for (int part = 1; part < MMAPDEMO_PARTS; part++) {
		to->part[part] = parts[part - 1];
		to->part[MMAPDEMO_PART_WORK] -= parts[part - 1];
	}
}

/*
 * Print where the time went: less than 1 % of the time waiting, then more, then the
 * difference and the sum, then all parts, also on a narrow terminal.
 */
static void print_time(void)
{
	static struct mmapdemo_faults before = {
		.classes = 30, .known = 0xbf,
	}, after, sum;
	struct style style;

	style_plain(&style, 100);
	put_latency(&before.class[3], 70000, (__u64[]){ 0, 900, 100 }, 16);
	put_parts(&before, 3, 0, (__u64[]){ 0, 0, 0, 0, 0, 0, 355007 });
	print_counted(&style, &before, NULL, NULL);
	before.parts[3].part[MMAPDEMO_PART_CPU]++;
	before.lost = 4;
	after = before;
	put_latency(&after.class[2], 1900, (__u64[]){ 0, 5, 8 }, 10);
	put_parts(&after, 2, 0, (__u64[7]){ 0 });
	put_latency(&after.class[6], 40000000, (__u64[]){ 0, 20, 7 }, 25);
	put_parts(&after, 6, 0, (__u64[]){ 0, 0, 0, 500000000, 1, 0, 123456 });
	after.lost = 5;
	after.parts[3].part[MMAPDEMO_PART_WORK] -= 1000000;
	after.parts[3].part[MMAPDEMO_PART_SLEEP] += 1000000;
	class_counts_between(&sum, &before, &after);
	print_counted(&style, &sum, NULL, NULL);
	class_counts_add(&sum, &after);
	sum.known = 0xff;
	sum.parts[2].lock_before = 300000000;
	print_counted(&style, &sum, NULL, NULL);
	put_parts(&sum, 6, 0, (__u64[]){ 7000, 600, 50, 500000000, 1, 44, 123456 });
	check(class_counts_table(stdout, &style, &sum));
	style_plain(&style, 80);
	check(class_counts_table(stdout, &style, &sum));
}

/* Print first touches by reason: what came between, and the sum. */
static void print_first_touches(const struct style *style)
{
	static struct mmapdemo_faults before = {
		.classes = 5, .reasons = MMAPDEMO_HUGE_REASON_COUNT,
		.huge = { [MMAPDEMO_HUGE_MAPPED] = 3, [MMAPDEMO_HUGE_SETTING] = 9 },
	}, after, between;

	put_latency(&before.class[2], 1900, (__u64[]){ 0, 5, 8 }, 10);
	after = before;
	put_latency(&after.class[2], 1900, (__u64[]){ 0, 9, 10 }, 10);
	after.huge[MMAPDEMO_HUGE_MAPPED] = 5;
	after.huge[MMAPDEMO_HUGE_RANGE] = 4;
	class_counts_between(&between, &before, &after);
	print_counted(style, &between, NULL, NULL);
	class_counts_add(&between, &after);
	print_counted(style, &between, NULL, NULL);
}

/*
 * Print the times of a command whose faults in all threads together took longer
 * than its run. Then print the times without the faults.
 */
static void print_short_run(const struct style *style, struct workload command)
{
	command.ran = 100000;
	check(run_time_text(stdout, style, &command, true, 250000));
	check(run_time_text(stdout, style, &command, false, 0));
}

static void print_count(void)
{
	static struct mmapdemo_faults before = {
		.elapsed = 1000, .missed = 3, .classes = 5,
	}, after, between;
	const struct workload command = {
		.ran = 500000,
		.usage = { .ru_utime = { 1, 2 }, .ru_stime = { 0, 300 },
			   .ru_majflt = 7 },
	};
	struct style style;

	style_plain(&style, 100);
	print_counted(&style, &before, NULL, NULL);
	put_latency(&before.class[2], 1900, (__u64[]){ 0, 3, 7 }, 10);
	put_latency(&before.class[3], 70000, (__u64[]){ 2, 1, 1 }, 16);
	print_counted(&style, &before, NULL, NULL);
	after = before;
	after.elapsed = 5000;
	after.missed = 4;
	put_latency(&after.class[2], 1900, (__u64[]){ 0, 5, 8 }, 10);
	put_latency(&after.class[3], 90000, (__u64[]){ 3, 1, 3 }, 16);
	put_latency(&after.class[4], 300, (__u64[]){ 0, 0, 9 }, 8);
	put_latency(&after.class[5], 300, (__u64[]){ 0, 0, 9 }, 8);
	class_counts_between(&between, &before, &after);
	print_counted(&style, &between, "ftrace is off", NULL);
	class_counts_add(&between, &after);
	print_counted(&style, &between, NULL, NULL);
	after.class[2].max = 0;
	after.class[2].buckets[39] = 1;
	after.classes = 900;
	print_counted(&style, &after, NULL, &command);
	print_short_run(&style, command);
	print_time();
	print_first_touches(&style);
}

/* ---- walk ---- */

#define AT 0x7f0000000000ULL

/*
 * The entries of a range: tables, pages, a hole, the zero page, swap, guards
 * and huge pages. Each call returns at most three runs, so a run of pages may
 * be split between two calls.
 */
static const struct mmapdemo_run runs[] = {
	{ 0, 0, 1, MMAPDEMO_ENTRY_TABLE, MMAPDEMO_LEVEL_PGD, 0 },
	{ 0x7f0000000000, 0, 1, MMAPDEMO_ENTRY_TABLE, MMAPDEMO_LEVEL_PUD, 0 },
	{ 0x7f0000000000, 0, 2, MMAPDEMO_ENTRY_TABLE, MMAPDEMO_LEVEL_PMD, 0 },
	{ AT, 0x200, 3, 0x11b, MMAPDEMO_LEVEL_PTE, 0 },
	{ AT + 3 * PAGE, 0x203, 2, 0x11b, MMAPDEMO_LEVEL_PTE, 0 },
	{ AT + 5 * PAGE, 0x300, 1, 0x11b, MMAPDEMO_LEVEL_PTE, 0 },
	{ AT + 6 * PAGE, 0x301, 1, 0x119, MMAPDEMO_LEVEL_PTE, 0 },
	{ AT + 8 * PAGE, 0x500, 2, 0x89, MMAPDEMO_LEVEL_PTE, 0 },
	{ AT + 10 * PAGE, 0x500, 3, 0x89, MMAPDEMO_LEVEL_PTE, 0 },
	{ AT + 13 * PAGE, 0x20, 2, MMAPDEMO_ENTRY_SWAP, MMAPDEMO_LEVEL_PTE, 1 },
	{ AT + 15 * PAGE, 0x22, 1, MMAPDEMO_ENTRY_SWAP, MMAPDEMO_LEVEL_PTE, 1 },
	{ AT + 16 * PAGE, 0x23, 1, MMAPDEMO_ENTRY_SWAP, MMAPDEMO_LEVEL_PTE, 2 },
	{ AT + 17 * PAGE, 0, 2, 0x11000, MMAPDEMO_LEVEL_PTE, 0 },
	{ AT + 512 * PAGE, 0x4000, 1, 0x13b, MMAPDEMO_LEVEL_PMD, 0 },
	{ AT + 1024 * PAGE, 0x4200, 2, 0x13b, MMAPDEMO_LEVEL_PMD, 0 },
};

int dev_walk(int fd, struct mmapdemo_walk *walk)
{
	struct mmapdemo_run *to = (struct mmapdemo_run *)(uintptr_t)walk->runs;
	static size_t at;

	(void)fd;
	for (walk->count = 0; walk->count < 3 && at < sizeof(runs) /
	     sizeof(runs[0]); at++)
		to[walk->count++] = runs[at];
	if (at == sizeof(runs) / sizeof(runs[0])) {
		walk->start = walk->end;
		at = 0;
	}
	return 0;
}

/*
 * This function replaces the reading of pagemap. Without the device, only the
 * entries that map pages are known.
 */
int pagemap_pages(int pid, __u64 start, __u64 end,
		  int (*visit)(const struct mmapdemo_run *run, void *data),
		  void *data)
{
	int err = 0;

	(void)pid;
	(void)start;
	(void)end;
	for (size_t i = 3; !err && i < 11; i++)
		err = visit(&runs[i], data);
	return err;
}

bool pagemap_guards(int pid, __u64 address)
{
	(void)pid;
	return address == 0x20003000;
}

/*
 * Print the names of the bits of an entry. In a story, the program prints other
 * texts.
 */
void add_entry_bits(struct line *line, __u32 entry)
{
	for (const struct name *bit = names_entry; bit->name; bit++) {
		if (entry & bit->value)
			line_add(line, PLAIN, " +%s", bit->name);
	}
}

static bool as_json;

static int see_run(const struct mmapdemo_run *run, void *data)
{
	struct walked *walked = data;

	walked_add(walked, run);
	return as_json ? walked_json_run(walked, run) :
			 walked_text_run(walked, run);
}

static void print_walked(const struct walked *from)
{
	struct walked walked;

	for (as_json = false; ; as_json = true) {
		walked = *from;
		if (as_json)
			check(walked_json_begin(&walked));
		check(walk_runs(&walked.walk, see_run, &walked));
		check(as_json ? walked_json(&walked) : walked_text(&walked));
		printf("\n");
		if (as_json)
			return;
	}
}

/*
 * Print the result of a walk to one address. @found is the entry of the last
 * level.
 */
static void print_address(struct walked walked, struct mmapdemo_run found,
			  __u64 address)
{
	walked.view = WALKED_ADDRESS;
	walked.address = address;
	walked.next = TOUCH_LOADS;
	for (int i = 0; i < 3; i++)
		walked_add(&walked, &runs[i]);
	if (found.count)
		walked_add(&walked, &found);
	check(walked_text(&walked));
	check(walked_json(&walked));
	printf("\n");
}

static void print_walk(void)
{
	static struct walked walked = {
		.walk = { .fd = 3, .pid = 42, .start = AT,
			  .end = AT + 4096 * PAGE, .levels = 4 },
	};

	style_plain(&walked.style, 100);
	for (int view = WALKED_RANGE; view <= WALKED_ALL; view++) {
		walked.view = view;
		print_walked(&walked);
	}
	print_address(walked, runs[5], AT + 5 * PAGE + 0x123);
	print_address(walked, runs[9], AT + 13 * PAGE + 0x124);
	print_address(walked, runs[12], AT + 17 * PAGE);
	print_address(walked, runs[13], AT + 600 * PAGE + 0x125);
	print_address(walked, (struct mmapdemo_run){ 0 }, AT + 7 * PAGE);
	print_address(walked, runs[5], 0x1000);
	walked.walk.levels = 5;
	walked.walk.end = 1ULL << 60;
	print_walked(&walked);
	print_address(walked, runs[3], AT + 17);
	walked.walk.fd = -1;
	walked.why = "root is required";
	for (int view = WALKED_RANGE; view <= WALKED_ALL; view++) {
		walked.view = view;
		print_walked(&walked);
	}
	print_address(walked, runs[3], AT + 17);
}

/* ---- why ---- */

#define RW 0x73
#define SHARED (RW | 0x8 | 0x80)
#define HERE 0x10000000ULL
#define OF_FILE .ino = FILE_INO, .dev = FILE_DEV

#define UNKNOWN_POLICIES 2	/* the policies of the first pairs are unknown */

/*
 * Pairs of neighbouring VMAs. In each pair, the lower VMA has two pages, and
 * the upper VMA has three pages.
 */
static const struct pair {
	const char *name;
	struct vma below;
	struct vma above;
} pairs[] = {
	{ "policies unknown", { .flags = RW }, { .flags = RW } },
	{ "one policy known", { .flags = RW, .policy = "bind:0" },
	  { .flags = RW } },
	{ "alike", { .flags = RW }, { .flags = RW } },
	{ "write", { .flags = 0x71 }, { .flags = RW } },
	{ "another policy", { .flags = RW, .policy = "bind:0" },
	  { .flags = RW, .policy = "default" } },
	{ "a name below", { .flags = RW, .name = "[anon:a]" }, { .flags = RW } },
	{ "a name above", { .flags = RW }, { .flags = RW, .name = "[anon:a]" } },
	{ "one name", { .flags = RW, .name = "[anon:a]" },
	  { .flags = RW, .name = "[anon:a]" } },
	{ "two names", { .flags = RW, .name = "[anon:a]" },
	  { .flags = RW, .name = "[anon:b]" } },
	{ "names that the kernel gives", { .flags = RW, .name = "[heap]" },
	  { .flags = RW } },
	{ "a file below", { .flags = RW, OF_FILE }, { .flags = RW } },
	{ "a file above", { .flags = RW }, { .flags = RW, OF_FILE } },
	{ "a file that goes on", { .flags = RW, OF_FILE, .offset = PAGE },
	  { .flags = RW, OF_FILE, .offset = 3 * PAGE } },
	{ "a file that does not", { .flags = RW, OF_FILE, .offset = PAGE },
	  { .flags = RW, OF_FILE, .offset = 4 * PAGE } },
	{ "two inodes", { .flags = RW, OF_FILE },
	  { .flags = RW, .ino = FILE_INO + 1, .dev = FILE_DEV,
	    .offset = 2 * PAGE } },
	{ "two devices", { .flags = RW, OF_FILE },
	  { .flags = RW, .ino = FILE_INO, .dev = FILE_DEV + 1,
	    .offset = 2 * PAGE } },
	{ "shared", { .flags = SHARED, OF_FILE },
	  { .flags = SHARED, OF_FILE, .offset = 2 * PAGE } },
	{ "special", { .flags = RW | 0x4000 }, { .flags = RW | 0x4000 } },
	{ "special and others", { .flags = RW | 0x4000, .policy = "bind:0" },
	  { .flags = 0x71 | 0x4000, OF_FILE } },
	{ "userfaultfd", { .flags = RW | 0x200 }, { .flags = RW | 0x200 } },
	{ "userfaultfd below", { .flags = RW | 0x200 }, { .flags = RW } },
	{ "all", { .flags = RW, .policy = "bind:0", .name = "[anon:a]" },
	  { .flags = 0x71, OF_FILE, .offset = 7 * PAGE } },
};

static void print_pair(const struct pair *pair,
		       const struct mergeable_rules *rules, bool policies)
{
	struct vma below = pair->below, above = pair->above;
	struct mergeable mergeable;

	below.start = HERE;
	below.end = above.start = HERE + 2 * PAGE;
	above.end = HERE + 5 * PAGE;
	mergeable_check(&mergeable, rules->rules, &below, &above, policies);
	printf("%s:", pair->name);
	for (int i = 0; i < mergeable.count; i++)
		printf(" %s", name_of(names_reason, mergeable.reasons[i]));
	printf("; flags %#llx; file %#llx, %#llx; unseen:",
	       (unsigned long long)mergeable.flags,
	       (unsigned long long)mergeable.goes_on,
	       (unsigned long long)mergeable.offset);
	for (const struct name *name = names_reason; name->name; name++) {
		if (mergeable.unseen >> name->value & 1)
			printf(" %s", name->name);
	}
	printf("\n");
}

static void print_why(void)
{
	static const char *const releases[] = {
		"4.19.1", "5.9.0", "5.10", "5.11.0", "6.0.9", "6.1.0-13-amd64",
		"6.2.0", "6.11.3", "6.12.0", "6.13.0", "7.1.0", "7.2.0", "7.3.1",
		"10.0.0", "none",
	};

	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
		struct mergeable_rules rules = mergeable_rules(releases[i]);

		printf("%s has the rules of %s%s\n", releases[i], rules.of,
		       rules.exact ? ", exactly" : "");
		for (size_t k = 0; rules.exact &&
		     k < sizeof(pairs) / sizeof(pairs[0]); k++)
			print_pair(&pairs[k], &rules, k >= UNKNOWN_POLICIES);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (!strcmp(what, "top"))
		print_top(0);
	else if (!strcmp(what, "vmas"))
		print_top(LIVES);
	else if (!strcmp(what, "proc"))
		print_proc();
	else if (!strcmp(what, "screen"))
		print_screen();
	else if (!strcmp(what, "count"))
		print_count();
	else if (!strcmp(what, "walk"))
		print_walk();
	else if (!strcmp(what, "why"))
		print_why();
	else
		return EXIT_MISUSED;
	return 0;
}
