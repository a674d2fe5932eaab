// SPDX-License-Identifier: GPL-2.0-only
#include "inspect/perf_counts.h"
#include "inspect/run_time.h"
#include "base/clock.h"
#include "base/printer.h"
#include "base/json.h"
#include "system/file_limit.h"
#include "system/proc.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <json.h>

/* ---- counters ---- */

static int open_counter(struct perf_counts *counters, int tid, int cpu,
			__u64 which)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = which,
		.inherit = tid > 0,
		.exclude_kernel = counters->users,
	};
	int *fds = reallocarray(counters->fds, counters->count + 1,
				sizeof(*fds));
	int fd;

	if (!fds)
		return -ENOMEM;
	counters->fds = fds;
	fd = syscall(SYS_perf_event_open, &attr, tid, cpu, -1,
		     PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return -errno;
	fds[counters->count++] = fd;
	return 0;
}

/*
 * Open a counter of minor faults and a counter of major faults. On failure,
 * leave neither counter open, so that counters of minor faults and counters of
 * major faults alternate in @fds.
 */
static int open_both(struct perf_counts *counters, int tid, int cpu)
{
	int err = open_counter(counters, tid, cpu,
			       PERF_COUNT_SW_PAGE_FAULTS_MIN);

	if (err)
		return err;
	err = open_counter(counters, tid, cpu, PERF_COUNT_SW_PAGE_FAULTS_MAJ);
	if (err)
		close(counters->fds[--counters->count]);
	return err;
}

/*
 * Open the counters of a thread. Do nothing if the thread has ended in the
 * meantime.
 */
static int open_thread(int tid, void *data)
{
	int err = open_both(data, tid, -1);

	return err == -ESRCH ? 0 : err;
}

/* Open the counters of all processors. Skip processors that are offline. */
static int open_processors(struct perf_counts *counters)
{
	int cpus = sysconf(_SC_NPROCESSORS_CONF), err = 0;

	for (int cpu = 0; !err && cpu < cpus; cpu++) {
		err = open_both(counters, -1, cpu);
		if (err == -ENODEV)
			err = 0;
	}
	return err;
}

/**
 * struct family - processes and their descendants
 * @pids: the wanted processes
 * @list: the wanted processes and all their descendants
 */
struct family {
	const struct pids *pids;
	int *list;
	size_t count;
};

static int add_member(const struct proc_stat *stat, void *data)
{
	struct family *family = data;
	int *list;

	if (!pids_have(family->pids, stat->pid) &&
	    !proc_descends(stat->pid, family->pids))
		return 0;
	list = reallocarray(family->list, family->count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	family->list = list;
	list[family->count++] = stat->pid;
	return 0;
}

/*
 * List @pids and their descendants, then open two counters for each thread of
 * these processes. A child that is forked later inherits the counters of its
 * parent.
 */
static int open_processes(struct perf_counts *counters, const struct pids *pids)
{
	struct family family = { .pids = pids };
	int err = proc_stats(add_member, &family);

	for (size_t i = 0; !err && i < family.count; i++) {
		err = proc_threads(family.list[i], open_thread, counters);
		if (err == -ESRCH && !pids_have(pids, family.list[i]))
			err = 0;
	}
	free(family.list);
	return err;
}

static int open_all(struct perf_counts *counters, const struct pids *pids,
		    bool users)
{
	int err;

	file_limit_raise();
	*counters = (struct perf_counts){ .begin = clock_ns(), .users = users };
	err = pids->count ? open_processes(counters, pids) :
			    open_processors(counters);
	if (err)
		perf_counts_close(counters);
	return err == -EPERM ? -EACCES : err;
}

/*
 * If the caller has no permission to count faults in kernel mode, because
 * perf_event_paranoid is 2, count only faults in user mode.
 */
int perf_counts_open(struct perf_counts *counters, const struct pids *pids)
{
	int err = open_all(counters, pids, /* users = */ false);

	return err == -EACCES ? open_all(counters, pids, /* users = */ true) :
				err;
}

void perf_counts_close(struct perf_counts *counters)
{
	for (size_t i = 0; i < counters->count; i++)
		close(counters->fds[i]);
	free(counters->fds);
	*counters = (struct perf_counts){ 0 };
}

int perf_counts_read(const struct perf_counts *counters,
		     struct counted *counted)
{
	__u64 sums[2] = { 0 }, value;

	for (size_t i = 0; i < counters->count; i++) {
		ssize_t bytes = read(counters->fds[i], &value, sizeof(value));

		if (bytes != sizeof(value))
			return bytes < 0 ? -errno : -EIO;
		sums[i % 2] += value;
	}
	*counted = (struct counted){
		.minor = sums[0],
		.major = sums[1],
		.elapsed = clock_ns() - counters->begin,
	};
	return 0;
}

struct counted counted_between(const struct counted *before,
			       const struct counted *after)
{
	return (struct counted){
		.minor = after->minor - before->minor,
		.major = after->major - before->major,
		.elapsed = after->elapsed - before->elapsed,
	};
}

/* ---- text ---- */

static void write_row(struct printer *printer, __u64 count, const char *name)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, PLAIN, "%10llu  ", (unsigned long long)count);
	line_add(&line, BOLD, "%s", name);
	printer_line(printer, &line);
}

int counted_table(FILE *out, const struct style *style,
		  const struct counted *counted)
{
	struct printer printer = { out, style, 0 };

	write_row(&printer, counted->minor, "minor");
	write_row(&printer, counted->major, "major");
	write_row(&printer, counted->minor + counted->major, "all");
	return printer.err;
}

/* ---- JSON ---- */

int counted_json(FILE *out, const char *event, const struct counted *counted,
		 const struct workload *command)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "event", event);
	object = json_add_number(object, "faults",
				 counted->minor + counted->major);
	object = json_add_number(object, "minor", counted->minor);
	object = json_add_number(object, "major", counted->major);
	object = json_add_number(object, "elapsed", counted->elapsed);
	if (command)
		object = run_time_json(object, command);
	return json_line(out, object);
}
