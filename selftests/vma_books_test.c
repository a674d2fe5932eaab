// SPDX-License-Identifier: GPL-2.0-only
/*
 * The balance of VMAs: the number of VMAs that were linked or split off, minus
 * the number of VMAs that were absorbed or unlinked, equals the number of VMAs
 * in /proc/PID/maps. The test checks the balance of every address space of a
 * shell script, while the script runs and when it ends.
 *
 * The balance would be wrong in these cases, which do not occur here:
 *
 * - A driver's mmap() fails after the VMA was linked (since Linux 7.2, in the action
 *   of .mmap_prepare). The VMA is then unlinked without an earlier event vma_link.
 * - Events are lost, or calls are missed.
 *
 * Depends on: the kernel.
 */
#include "trace.h"

/* An address space, and the number of VMAs that this address space should have. */
struct book {
	__u32 mm;
	long vmas;
};

/* A task, and the address space to which this task belongs. */
struct tenant {
	pid_t pid;
	__u32 mm;
};

#define BOOKS 4096

FIXTURE(books)
{
	struct trace trace;
	struct book books[BOOKS];
	struct tenant tenants[BOOKS];
	size_t nr_books;
	size_t nr_tenants;
	int ended;	/* number of address spaces that ended */
	int wrong;	/* number of counts that were wrong */
};

FIXTURE_SETUP(books)
{
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	/*
	 * The events of an address space may come from several processors, so
	 * use a clock that is the same on all processors.
	 */
	ASSERT_TRUE(trace_put(&self->trace, "trace_clock", "mono"));
	self->nr_books = 0;
	self->nr_tenants = 0;
	self->ended = 0;
	self->wrong = 0;
}

FIXTURE_TEARDOWN(books)
{
	trace_destroy(&self->trace);
}

typedef FIXTURE_DATA(books) ledger;

static long *book_of(ledger *self, __u32 mm)
{
	size_t i;

	for (i = 0; i < self->nr_books; i++)
		if (self->books[i].mm == mm)
			return &self->books[i].vmas;
	if (i == BOOKS)
		abort();
	self->books[self->nr_books++].mm = mm;
	return &self->books[i].vmas;
}

static __u32 *home_of(ledger *self, pid_t pid)
{
	size_t i;

	for (i = 0; i < self->nr_tenants; i++)
		if (self->tenants[i].pid == pid)
			return &self->tenants[i].mm;
	if (i == BOOKS)
		abort();
	self->tenants[self->nr_tenants++].pid = pid;
	return &self->tenants[i].mm;
}

static void compare(ledger *self, const struct event *e, long counted)
{
	if ((long)event_num(e, "map_count") == counted)
		return;
	fprintf(stderr, "# counted %ld: %d: %s %s\n", counted, e->pid,
		patterns[e->kind][0], e->fields);
	self->wrong++;
}

/*
 * Update the counts for an event. The test's own address space is older than
 * the trace, and is not tracked.
 */
static void keep_books(ledger *self, const struct event *e)
{
	__u32 mm = event_num(e, "mm");
	long *vmas;

	if (e->kind == MMAPDEMO_EVENT_DUP_MM) {
		mm = event_num(e, "child_mm");
		*home_of(self, event_num(e, "child_pid")) = mm;
		*book_of(self, mm) = event_num(e, "map_count");
		return;
	}
	if (e->kind == MMAPDEMO_EVENT_PGD_ALLOC) {
		*book_of(self, mm) = 0;
		return;
	}
	if (e->pid == getpid())
		return;
	vmas = book_of(self, mm);
	switch (e->kind) {
	case MMAPDEMO_EVENT_VMA_LINK:
	case MMAPDEMO_EVENT_VMA_SPLIT:
		compare(self, e, ++*vmas);
		break;
	case MMAPDEMO_EVENT_VMA_MERGE:
		*vmas -= event_num(e, "absorbed");
		break;
	case MMAPDEMO_EVENT_VMA_UNLINK:
		*vmas -= event_num(e, "vmas");
		break;
	case MMAPDEMO_EVENT_EXIT_MMAP:
		compare(self, e, *vmas);
		self->ended++;
		return;
	}
	*home_of(self, e->pid) = mm;
}

/*
 * Count the VMAs of a process. The x86 vsyscall page is listed in maps, but is
 * not a VMA of the process.
 */
static long vmas_of(pid_t pid)
{
	char path[64], line[1024];
	long count = 0;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	if (!maps)
		return -1;
	while (fgets(line, sizeof(line), maps))
		count += !strstr(line, "[vsyscall]");
	fclose(maps);
	return count;
}

static bool stopped(pid_t pid)
{
	int status;

	return waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status);
}

static const char events[] = "vma_link vma_split vma_merge vma_unlink "
			     "dup_mm pgd_alloc exit_mmap";

/*
 * A script with forks, execs, pipes, and memory that grows. At the end, a child
 * of the script stops. When the script sees that the child has stopped, the
 * script stops, too.
 */
static const char script[] =
	"set -e\n"
	"for i in 1 2 3; do\n"
	"	x=$(seq 20000 | sort -r | awk '{ n += $1 } END { print n }')\n"
	"	(( x == 200010000 ))\n"
	"done\n"
	"y=$(seq 200000); y+=$y$y; unset y\n"
	"( z=$(seq 50000); kill -STOP $BASHPID; : ) &\n"
	"echo $! >\"$0\"\n"
	"while :; do\n"
	"	while read -r line; do\n"
	"		[[ $line != State:*T* ]] || break 2\n"
	"	done </proc/$!/status\n"
	"done\n"
	"kill -STOP $$\n"
	"kill -CONT $!\n"
	"wait\n"
	"ls -R /etc >/dev/null 2>&1\n";

TEST_F_TIMEOUT(books, a_shell_script_has_the_vmas_that_were_counted, 600)
{
	char path[] = "/tmp/mmapdemo-books.XXXXXX";
	long parent, child, vmas[2];
	FILE *file;
	pid_t pid;

	ASSERT_LE(0, mkstemp(path));
	ASSERT_TRUE(trace_begin(&self->trace, events));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid) {
		execl("/bin/bash", "bash", "-c", script, path, NULL);
		_exit(127);
	}
	parent = pid;
	ASSERT_TRUE(stopped(parent));
	file = fopen(path, "re");
	ASSERT_NE(NULL, file);
	ASSERT_EQ(1, fscanf(file, "%ld", &child));
	fclose(file);
	unlink(path);
	ASSERT_TRUE(trace_put(&self->trace, "tracing_on", "0"));
	vmas[0] = vmas_of(parent);
	vmas[1] = vmas_of(child);
	ASSERT_TRUE(trace_end(&self->trace));
	for_each_event(e, &self->trace)
		keep_books(self, e);
	EXPECT_EQ(0, self->wrong);
	EXPECT_EQ(vmas[0], *book_of(self, *home_of(self, parent)));
	EXPECT_EQ(vmas[1], *book_of(self, *home_of(self, child)));
	/*
	 * Each round of the script has at least four processes: the command
	 * substitution, and the three commands of its pipe. Each command also
	 * has an address space before exec.
	 */
	EXPECT_LE(12, self->ended);

	kill(parent, SIGCONT);
	EXPECT_EQ(0, wait_for(parent));
}

/*
 * When an address space ends, it must have the number of VMAs that was counted.
 * The test checks all address spaces of the script.
 */
TEST_F_TIMEOUT(books, every_address_space_ends_with_the_vmas_that_were_counted,
	       600)
{
	size_t begun;
	int status;
	pid_t pid;

	ASSERT_TRUE(trace_begin(&self->trace, events));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid) {
		execl("/bin/bash", "bash", "-c", script, "/dev/null", NULL);
		_exit(127);
	}
	ASSERT_TRUE(stopped(pid));
	kill(pid, SIGCONT);
	status = wait_for(pid);
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_EQ(0, status);
	for_each_event(e, &self->trace)
		keep_books(self, e);
	EXPECT_EQ(0, self->wrong);
	begun = events_of(&self->trace, MMAPDEMO_EVENT_PGD_ALLOC);
	EXPECT_EQ(begun, self->ended);
	EXPECT_LE(15, begun);
}

TEST_HARNESS_MAIN
