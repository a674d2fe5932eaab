// SPDX-License-Identifier: GPL-2.0-only
/*
 * For common programs, the number of pte_fault events equals the number of
 * faults that the kernel counts. Both numbers include all processes and threads
 * of the program.
 *
 * The kernel counts minor and major faults in mm_account_fault(), for
 * getrusage(). mm_account_fault() counts each call of handle_mm_fault() that
 * neither requests a retry nor ends with an error. The fault is counted for the
 * task that made the call, even if the memory belongs to another process.
 *
 * Limits of the comparison:
 *
 * - A fault that ends with an error causes an event, but is not counted by the
 *   kernel. The test counts the events of these faults separately. One of the
 *   programs causes faults that end with an error.
 * - The counts of a child are lost if its parent ignores SIGCHLD. None of the
 *   programs ignores SIGCHLD.
 * - The test requires that no event was lost, and that no call was missed.
 *
 * vmstat_test compares the events of all processes with the counts in
 * /proc/vmstat.
 *
 * Depends on: the kernel.
 */
#include "trace.h"

#include <errno.h>
#include <limits.h>
#include <sys/resource.h>

#define EM(value, name)		name,
#define EMe(value, name)	name
static const char *const classes[] = { MMAPDEMO_FAULT_CLASSES };
#undef EM
#undef EMe

struct books {
	long faults;
	long errors;
	long of_class[MMAPDEMO_FAULT_CLASS_COUNT];
};

FIXTURE(books)
{
	struct trace trace;
	char dir[64];
};

FIXTURE_VARIANT(books)
{
	const char *needs;
	const char *script;
	long errors;
};

FIXTURE_VARIANT_ADD(books, of_a_compiler) {
	.needs = "gcc",
	.script =
		"for i in $(seq 97); do"
		"	echo \"int f$i(int a) { return a > $i ? a % $i : a; }\";"
		"done >many.c;"
		"echo 'int main(void) { return f1(0); }' >>many.c;"
		"gcc -O2 -Wall -pipe -o many many.c && ./many",
};

FIXTURE_VARIANT_ADD(books, of_sort) {
	.needs = "sort",
	.script =
		"seq 300007 | tr 0-9 3051947286 >file;"
		"sort --parallel=2 -S 1M -T . -o sorted file && sort -c sorted",
};

FIXTURE_VARIANT_ADD(books, of_python) {
	.needs = "python3",
	.script =
		"python3 -c 'import os, re; print(len(os.listdir()))' &&"
		"python3 -c 'import mmap; f = open(\"short\", \"w+b\");"
		"f.truncate(8192); m = mmap.mmap(f.fileno(), 8192);"
		"f.truncate(0); m[0]'; test $? = 135",
	.errors = 1,
};

FIXTURE_VARIANT_ADD(books, of_git) {
	.needs = "git",
	.script =
		"export HOME=$PWD; git config --global user.email a@b.c;"
		"git config --global user.name n;"
		"git config --global safe.directory '*';"
		"p=$MMAPDEMO_PROJECT; git clone -q $p/.vm/history it ||"
		"git clone -q $p it || { git init -q it &&"
		"cp -r $p/module $p/userspace $p/selftests it; };"
		"cd it && seq 977 >new && git add . && git commit -q -m new &&"
		"git log -p -n 31 >log && git gc -q && git status",
};

FIXTURE_VARIANT_ADD(books, of_a_shell) {
	.needs = "bash",
	.script =
		"bash -c 'for i in {1..61}; do"
		"	(echo $i | tr 0-9 a-j | cat >/dev/null);"
		"done;"
		"sleep 1000 & kill -KILL $!; wait $!;"
		"(ulimit -c 0; kill -SEGV $BASHPID); true'",
};

/*
 * Tests are built in build/selftests. In a guest, run.sh sets MMAPDEMO_PROJECT
 * to the directory of the project.
 */
static void find_project(void)
{
	char path[PATH_MAX];

	if (realpath("../..", path))
		setenv("MMAPDEMO_PROJECT", path, 0);
}

FIXTURE_SETUP(books)
{
	strcpy(self->dir, "/var/tmp/mmapdemo-books.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_TRUE(trace_size(&self->trace, "32768"));
	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	/*
	 * Orphans become children of the test. The test waits for all its
	 * children, so that getrusage(RUSAGE_CHILDREN) includes their faults.
	 */
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	find_project();
}

FIXTURE_TEARDOWN(books)
{
	char remove[128];

	trace_destroy(&self->trace);
	snprintf(remove, sizeof(remove), "rm -rf %s", self->dir);
	EXPECT_EQ(0, system(remove));
}

static bool installed(const char *tool)
{
	char command[128];

	snprintf(command, sizeof(command), "command -v %s >/dev/null", tool);
	return !system(command);
}

/*
 * Run a script, and wait until all its processes have ended. Return the exit
 * status of the script.
 */
static int run(const char *dir, const char *script)
{
	pid_t pid = fork_child();
	int status;

	if (!pid) {
		if (!chdir(dir) && freopen("/dev/null", "w", stdout))
			execlp("sh", "sh", "-c", script, NULL);
		_exit(127);
	}
	status = wait_for(pid);
	while (wait(NULL) > 0 || errno == EINTR)
		;
	return status;
}

static int class_of(const struct event *event)
{
	for (int i = 0; i < MMAPDEMO_FAULT_CLASS_COUNT; i++)
		if (event_is(event, "class", classes[i]))
			return i;
	return MMAPDEMO_FAULT_UNKNOWN;
}

static bool is_error(const struct event *event)
{
	return event_has(event, "ret", "oom") ||
	       event_has(event, "ret", "sigbus") ||
	       event_has(event, "ret", "sigsegv") ||
	       event_has(event, "ret", "hwpoison") ||
	       event_has(event, "ret", "hwpoison_large") ||
	       event_has(event, "ret", "fallback");
}

/* Count the faults in the trace of all processes except this process. */
static struct books count(struct trace *trace)
{
	char *line, *rest = trace->text;
	struct books books = { };
	struct event event;

	while ((line = strsep(&rest, "\n"))) {
		if (*line == '#' || !event_parse(line, &event) ||
		    event.pid == getpid())
			continue;
		if (is_error(&event)) {
			books.errors++;
			continue;
		}
		books.faults++;
		books.of_class[class_of(&event)]++;
	}
	return books;
}

static void show(const struct books *books)
{
	printf("# %ld faults and %ld errors:", books->faults, books->errors);
	for (int i = 0; i < MMAPDEMO_FAULT_CLASS_COUNT; i++)
		if (books->of_class[i])
			printf(" %s %ld", classes[i], books->of_class[i]);
	printf("\n");
	fflush(stdout);
}

/* Return how many calls of handle_mm_fault() the probe has missed so far. */
static __u64 missed(void)
{
	struct mmapdemo_probe probe = { .size = sizeof(probe) };
	int fd = device_open(O_RDONLY);
	__u64 count = 0;

	for (; !ioctl(fd, MMAPDEMO_IOC_PROBE, &probe); probe.index++)
		if (probe.events & 1ULL << MMAPDEMO_EVENT_PTE_FAULT)
			count += probe.missed;
	close(fd);
	return count;
}

static long counted_by_kernel(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

TEST_F_TIMEOUT(books, counts_are_equal, 1200)
{
	__u64 missed_before = missed();
	struct books books;
	long before;

	if (!installed(variant->needs))
		SKIP(return, "no %s here", variant->needs);
	before = counted_by_kernel();
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	ASSERT_EQ(0, run(self->dir, variant->script));
	ASSERT_TRUE(trace_stop(&self->trace));
	books = count(&self->trace);
	show(&books);
	EXPECT_EQ(missed_before, missed());
	EXPECT_LT(100, books.faults);
	EXPECT_EQ(variant->errors, books.errors);
	EXPECT_EQ(counted_by_kernel() - before, books.faults);
}

TEST_HARNESS_MAIN
