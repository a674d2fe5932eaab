// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contention between two processors that fault at the same time in one object.
 * The program prints how often, per fault, a processor takes a lock that the
 * other processor takes, too. A lock is identified by its address.
 *
 * pair [TEXTBOOK.KO]
 *
 * Unlike a time, this count is the same on every machine. A time would show
 * nothing with emulated processors, because these take turns and hardly ever
 * wait for each other. The lock of a page is a bit in the flags of the page,
 * and can't be counted in this way. The locks of pages do not matter here,
 * because no page is touched by both processors.
 */
#include "objects.h"

#include <sched.h>
#include <stdatomic.h>
#include <sys/stat.h>

#define TRACEFS "/sys/kernel/tracing/"
#define INSTANCE TRACEFS "instances/mmapdemo-pair/"
#define HALF (2 * MIB)		/* size of a half, which has its own page table */
#define LOCKS 65536		/* more locks than a measurement ever takes */

/* ---- locks ---- */

static const char *const functions[] = {
	"_raw_spin_lock", "_raw_spin_lock_irq", "_raw_spin_lock_irqsave",
	"_raw_spin_lock_bh", "_raw_read_lock", "_raw_write_lock", "mutex_lock",
	"down_read", "down_write",
};

/* Add a probe. Unlike put(), this function keeps the existing probes. */
static void probe(const char *definition)
{
	int fd = open(TRACEFS "kprobe_events", O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd < 0 || write(fd, definition, strlen(definition)) < 0)
		warn("%s", definition);
	close(fd);
}

static void set(const char *path, const char *text)
{
	if (!put(path, text))
		err(1, "%s to %s", text, path);
}

static void locks_begin(void)
{
	char definition[128];

	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		snprintf(definition, sizeof(definition),
			 "p:mmapdemo_pair/lock %s lock=%%di", functions[i]);
		probe(definition);
	}
	if (mkdir(INSTANCE, 0700) && errno != EEXIST)
		err(1, INSTANCE);
	set(INSTANCE "tracing_on", "0");
	set(INSTANCE "buffer_size_kb", "8192");
	set(INSTANCE "events/mmapdemo_pair/enable", "1");
}

static void locks_end(void)
{
	set(INSTANCE "events/mmapdemo_pair/enable", "0");
	rmdir(INSTANCE);
	probe("-:mmapdemo_pair/lock");
}

struct taken {
	unsigned long long lock;
	int by;			/* number of the process: 0 or 1 */
};

static struct taken taken[LOCKS];
static size_t takens;

/* Ignore locks taken in interrupts. In their lines, the flags look like "d.h1.". */
static bool parse(const char *line, const pid_t *pids)
{
	const char *lock = strstr(line, " lock="), *dash = strchr(line, '-');
	char flags[16];
	pid_t pid;

	if (!lock || !dash || takens == LOCKS ||
	    sscanf(dash, "-%d [%*d] %15s", &pid, flags) != 2 ||
	    strpbrk(flags, "hHsSzZ"))
		return false;
	taken[takens].lock = strtoull(lock + 6, NULL, 16);
	taken[takens].by = pid == pids[1];
	return pid == pids[0] || pid == pids[1];
}

static int compare(const void *a, const void *b)
{
	const struct taken *one = a, *other = b;

	return one->lock < other->lock ? -1 : one->lock > other->lock;
}

/* Return how often a process took one of the locks that both processes took. */
static size_t in_common(const pid_t *pids)
{
	FILE *trace = fopen(INSTANCE "trace", "re");
	size_t common = 0, end;
	char line[512];

	takens = 0;
	while (trace && fgets(line, sizeof(line), trace))
		takens += parse(line, pids);
	if (trace)
		fclose(trace);
	qsort(taken, takens, sizeof(*taken), compare);
	for (size_t i = 0; i < takens; i = end) {
		int by = 0;

		for (end = i; end < takens && !compare(&taken[i], &taken[end]);
		     end++)
			by |= 1 << taken[end].by;
		if (by == 3)
			common += end - i;
	}
	return common;
}

/* ---- processes that fault ---- */

static struct turn {
	atomic_int ready;
	atomic_int done;
	atomic_bool go;
	atomic_bool over;
} *turn;

static void touch_all(volatile char *at)
{
	for (size_t i = 0; i < HALF / page_size(); i++)
		at[i * page_size()] = 1;
}

/*
 * Touch the pages of one half. Wait in busy loops, because a system call that
 * waits would take locks.
 */
static void fault(int fd, int half, bool again)
{
	cpu_set_t cpus;
	char *at;

	CPU_ZERO(&cpus);
	CPU_SET(half, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		err(1, "there is no second processor");
	at = mmap(NULL, HALF, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		  half * HALF);
	if (failed(at))
		err(1, "mmap");
	if (again) {
		touch_all(at);
		if (madvise(at, HALF, MADV_DONTNEED))
			at = mmap(at, HALF, PROT_READ | PROT_WRITE, MAP_SHARED |
				  MAP_FIXED, fd, half * HALF);
	}
	turn->ready++;
	while (!turn->go)
		;
	touch_all(at);
	turn->done++;
	while (!turn->over)
		;
	_exit(0);
}

static void wait_until(atomic_int *count)
{
	while (*count < 2)
		usleep(1000);
}

/*
 * Return the number of common locks per fault. Return a negative number if this
 * object does not exist.
 */
static double measure(const struct object *object, bool again)
{
	int fd = object->open(object->method, 2 * HALF);
	pid_t pids[2];
	char both[32];

	if (fd < 0)
		return -1;
	memset(turn, 0, sizeof(*turn));
	for (int half = 0; half < 2; half++) {
		pids[half] = fork_child();
		if (!pids[half])
			fault(fd, half, again);
	}
	wait_until(&turn->ready);
	snprintf(both, sizeof(both), "%d %d", pids[0], pids[1]);
	set(INSTANCE "set_event_pid", both);
	set(INSTANCE "trace", "");
	set(INSTANCE "tracing_on", "1");
	turn->go = true;
	wait_until(&turn->done);
	set(INSTANCE "tracing_on", "0");
	turn->over = true;
	if (wait_for(pids[0]) || wait_for(pids[1]))
		errx(1, "child");
	close(fd);
	return in_common(pids) * page_size() / (2.0 * HALF);
}

static void report(const char *name, bool again)
{
	printf("\n%-28s", name);
	for (size_t i = 0; i < OBJECTS; i++) {
		double locks = measure(&objects[i], again);

		if (takens == LOCKS)
			errx(1, "too many locks");
		if (locks < 0)
			printf(" %8s", "-");
		else
			printf(" %8.2f", locks);
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	struct utsname name;

	load_textbook(argc > 1 ? argv[1] : NULL);
	turn = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (failed(turn))
		err(1, "mmap");
	uname(&name);
	locks_begin();
	printf("%s\n%-28s", name.release, "locks in common, each fault");
	for (size_t i = 0; i < OBJECTS; i++)
		printf(" %8s", objects[i].name);
	report("first touch by two at once", false);
	report("touched again by two", true);
	printf("\n");
	locks_end();
	return 0;
}
