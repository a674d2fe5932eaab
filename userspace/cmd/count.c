// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo count: count page faults by class and duration */
#include "base/clock.h"
#include "base/format.h"
#include "base/json.h"
#include "base/outfile.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "event/names.h"
#include "inspect/class_counts.h"
#include "inspect/perf_counts.h"
#include "inspect/run_time.h"
#include "system/device.h"
#include "system/proc.h"
#include "system/switches.h"
#include "system/target.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <json.h>

/**
 * struct count - state of the command
 * @huge: also count first touches by the reason against a huge page
 * @interval_ms: time between two reports, in ms; 0: report only at the end
 * @fds: the module's counters: one per process, or one for all processes
 * @opened: number of @fds
 * @shown: faults that @fds had counted at the last report
 * @why: reason why @counters are used instead of @fds; NULL: @fds are used
 * @counters: perf's counters
 * @counted: faults that @counters had counted at the last report
 * @switches: watch of the switches that affect the module's probes
 * @warned: faults could be missing at the last report, and the user has been
 *	warned
 * @unheard: the reader of the output has closed its end of the pipe
 */
struct count {
	char **command;
	struct pids pids;
	bool all;
	const char *output;
	bool json;
	bool huge;
	int interval_ms;
	struct target target;
	int fds[PIDS_MAX];
	int opened;
	struct mmapdemo_faults shown;
	const char *why;
	struct perf_counts counters;
	struct counted counted;
	struct switches switches;
	struct style style;
	bool headed;
	bool warned;
	bool unheard;
};

/* ---- options ---- */

static const struct cmd_usage usage = {
	.name = "count",
	.text =
"Usage: mmapdemo count [OPTION]... [--] COMMAND [ARGUMENT]...\n"
"       mmapdemo count [OPTION]... -p PID\n"
"       mmapdemo count [OPTION]... --all\n"
"Run COMMAND, and count the page faults of COMMAND and its descendants until\n"
"COMMAND ends. At the end, print on standard error the number and the duration of\n"
"the faults, by class. With -p or -a, do the same for a running process or for\n"
"all processes. The kernel counts the faults and writes no events, so no event\n"
"can be lost. Without the module or without root, show the minor and major faults\n"
"that perf_event_open(2) counts. Without root, mmapdemo count works only if\n"
"kernel.perf_event_paranoid allows the use of perf.\n"
"mmapdemo stat is another name for mmapdemo count.\n"
"The duration of a fault is the time in handle_mm_fault(), without earlier waits\n"
"for mmap_lock or for the VMA lock. Accesses that end with SIGSEGV and never\n"
"reach handle_mm_fault() are not counted.\n",
	.examples =
"  sudo mmapdemo count -- ls\n"
"  sudo mmapdemo count --all --interval 1\n",
	.runs = true,
	.options = {
		OPTION_VALUE('p', "pid", "PID,...", option_pids, struct count,
			     pids, "count the faults of these processes until "
			     "they end, or until Ctrl-C"),
		OPTION_FLAG('a', "all", struct count, all, "count the "
			    "faults of all processes until Ctrl-C"),
		OPTION_VALUE('I', "interval", "SECS", option_seconds,
			     struct count, interval_ms, "every SECS "
			     "seconds (for example 1 or 0.5), report the "
			     "faults since the previous report"),
		OPTION_FLAG('H', "huge", struct count, huge, "also "
			    "count the first touches of each 2 MiB, by the reason why "
			    "the kernel mapped no huge page"),
		OPTION_VALUE('o', "output", "FILE", option_text, struct count,
			     output, "write to FILE instead of standard error; "
			     "- is standard output"),
		OPTION_JSON(struct count, json, "write one line of "
			    "JSON for each class"),
		OPTION_END
	},
};

static int parse(int argc, char **argv, struct count *count)
{
	int status = cmd_parse(&usage, argc, argv, count);

	if (status >= 0)
		return status;
	if (optind < argc)
		count->command = argv + optind;
	if (!!count->pids.count + !!count->command + count->all != 1)
		return cmd_misused("count", "exactly one of COMMAND, -p PID "
				   "and --all is required");
	return -1;
}

/* ---- counting ---- */

/* Print an error: the system administrator has restricted the use of perf. */
static int not_allowed(void)
{
	FILE *file = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
	int paranoid = 0;

	if (file && fscanf(file, "%d", &paranoid) != 1)
		paranoid = 0;
	if (file)
		fclose(file);
	if (!geteuid() || paranoid < 1)
		return cmd_needs_root("count");
	return cmd_fail("count", "permission denied: root or a lower "
			"kernel.perf_event_paranoid (now %d) is required; try "
			"sudo",
			paranoid);
}

/* Open perf's counters. These counters show neither classes nor durations. */
static int open_counters(struct count *count, const struct pids *pids, int why)
{
	int err = perf_counts_open(&count->counters, pids);

	if (count->huge)
		return why == -EACCES ? cmd_needs_root("count") :
					cmd_no_device("count", why);
	count->why = why == -EACCES ? "root is required" :
				      "the module is not loaded";
	if (err == -EACCES)
		return not_allowed();
	return err ? cmd_fail("count", "cannot count faults: %s",
			      strerror(-err)) : CMD_OK;
}

static int no_counter(int pid, int err)
{
	switch (err) {
	case -EPERM:
		return cmd_needs_root("count");
	case -EBUSY:
		return cmd_fail("count", "all %d counters are in use; stop "
				"another mmapdemo count first",
				MMAPDEMO_COUNTERS_MAX);
	case -ESRCH:
		return cmd_fail("count", "process %d: %s", pid,
				strerror(ESRCH));
	case -EINVAL:
		return cmd_fail("count", "the module is older than this program, and "
				"does not count first touches");
	default:
		return cmd_fail("count", "cannot count faults: %s",
				dev_strerror(err));
	}
}

/* Open the module's counters, one per process, or one for all processes. */
static int open_counter(struct count *count, const struct pids *pids)
{
	const __u32 flags = (pids->count ? 0 : MMAPDEMO_COUNT_ALL) |
			    (count->huge ? MMAPDEMO_COUNT_HUGE : 0);
	int status = CMD_OK, fd = dev_open();

	if (fd == -ENOENT || fd == -ENXIO || fd == -EACCES)
		return open_counters(count, pids, fd);
	if (fd < 0)
		return cmd_no_device("count", fd);
	for (int i = 0; !status && i < (pids->count ?: 1); i++) {
		int counter;

		/*
		 * If an ancestor of the process is in @pids, the ancestor's
		 * counter includes the process.
		 */
		if (pids->count && proc_descends(pids->list[i], pids))
			continue;
		counter = dev_count(fd, pids->list[i], flags);
		if (counter < 0)
			status = no_counter(pids->list[i], counter);
		else
			count->fds[count->opened++] = counter;
	}
	close(fd);
	return status;
}

static int start_processes(struct count *count)
{
	const struct pids *pids = &count->pids;
	int err;

	for (int i = 0; i < pids->count; i++) {
		err = watch_process(&count->target.watch, pids->list[i]);
		if (err)
			return cmd_no_process("count", pids->list[i], err);
	}
	return open_counter(count, pids);
}

static int start_command(struct count *count)
{
	struct workload *command = &count->target.command;
	struct pids pids = { .count = 1 };
	int err, status;

	err = workload_hold(command, count->command,
			    &count->target.watch.before);
	if (err)
		return cmd_fail("count", "cannot create a process: %s",
				strerror(-err));
	pids.list[0] = command->pid;
	status = open_counter(count, &pids);
	if (status) {
		workload_kill(command);
		return status;
	}
	err = workload_go(command);
	if (!err)
		return CMD_OK;
	cmd_fail("count", "%s: %s", count->command[0], strerror(-err));
	return err == -ENOENT ? 127 : 126;
}

static int start(struct count *count)
{
	if (count->command)
		return start_command(count);
	return count->pids.count ? start_processes(count) :
				   open_counter(count, &count->pids);
}

/* ---- reports ---- */

static void add_heading(struct line *line, const struct count *count, bool all,
			const char *time)
{
	char what[256];
	struct utsname system;

	if (!all) {
		line_add(line, BOLD, "in the last %s", time);
		return;
	}
	uname(&system);
	target_name(what, sizeof(what), count->command, &count->pids);
	line_add(line, BOLD, "mmapdemo count: %s  (Linux %s, counted for %s)", what,
		 system.release, time);
}

static int write_heading(const struct count *count, FILE *out, bool all,
			 __u64 elapsed)
{
	char time[FORMAT_MAX];
	struct line line;

	format_duration(time, elapsed, count->style.glyphs->micro);
	line_begin(&line, &count->style);
	add_heading(&line, count, all, time);
	return line_end(&line, out);
}

static int write_header(struct count *count, FILE *out)
{
	struct json_object *object;

	if (count->headed)
		return 0;
	count->headed = true;
	object = json_header("mmapdemo-count", count->command,
			     count->pids.list[0]);
	object = json_add_pids(object, &count->pids);
	if (count->why) {
		object = json_add_text(object, "source", "perf");
		object = json_add_text(object, "unobserved", count->why);
		if (count->counters.users)
			object = json_add_text(object, "excluded", "kernel");
	}
	return json_line(out, object);
}

/*
 * Return the command if it has ended and @all is set, as for the last report.
 * Otherwise, return NULL.
 */
static const struct workload *finished(const struct count *count, bool all)
{
	const struct workload *command = &count->target.command;

	return all && command->pid && command->ended ? command : NULL;
}

/*
 * Write the run time of the command in the last report. If @timed is set, the
 * faults of the command took @faults ns.
 */
static int write_run_time(const struct count *count, FILE *out, bool all,
			  bool timed, __u64 faults)
{
	const struct workload *command = finished(count, all);

	return command ? run_time_text(out, &count->style, command, timed,
				       faults) : 0;
}

/*
 * Write the faults of an interval or, if @all is set, of the whole time. Return
 * 0 or -errno.
 */
static int write_faults(struct count *count, FILE *out, bool all,
			const struct mmapdemo_faults *faults, const char *why)
{
	if (count->json)
		return write_header(count, out) ?:
		       class_counts_json(out, all ? "summary" : "interval",
					 faults, why, finished(count, all));
	return write_heading(count, out, all, faults->elapsed) ?:
	       class_counts_table(out, &count->style, faults) ?:
	       write_run_time(count, out, all, /* timed = */ true,
			      class_counts_ns(faults));
}

/* Write @count->why, but only in the first report. */
static int write_why(struct count *count, FILE *out)
{
	struct line line;

	if (count->headed)
		return 0;
	count->headed = true;
	line_begin(&line, &count->style);
	line_add(&line, YELLOW, "%s are not shown: %s", count->counters.users ?
		 "classes, durations and faults in kernel mode" :
		 "classes and durations", count->why);
	return line_end(&line, out);
}

static int write_counted(struct count *count, FILE *out, bool all,
			 const struct counted *counted)
{
	if (count->json)
		return write_header(count, out) ?:
		       counted_json(out, all ? "summary" : "interval",
				    counted, finished(count, all));
	return write_heading(count, out, all, counted->elapsed) ?:
	       write_why(count, out) ?:
	       counted_table(out, &count->style, counted) ?:
	       write_run_time(count, out, all, /* timed = */ false, 0);
}

/* Add up the counters of all processes. */
static int read_faults(const struct count *count, struct mmapdemo_faults *sum)
{
	struct mmapdemo_faults faults;
	int err = dev_faults(count->fds[0], sum);

	for (int i = 1; !err && i < count->opened; i++) {
		err = dev_faults(count->fds[i], &faults);
		if (!err)
			class_counts_add(sum, &faults);
	}
	return err;
}

/*
 * Return the reason why some faults may not have been observed. Return NULL if
 * all faults were observed.
 */
static const char *unobserved(struct count *count, bool all)
{
	if (dev_deaf())
		return name_error(EUNATCH);
	return all && switches_written(&count->switches) ? SWITCHES_WRITTEN :
							   NULL;
}

/*
 * If there are intervals, print the faults since the last report. If @all is
 * set, also print the faults of the whole time.
 */
static int print_faults(struct count *count, FILE *out, bool all)
{
	const char *why = unobserved(count, all);
	struct mmapdemo_faults faults, since;
	int err = read_faults(count, &faults);

	if (!err && count->interval_ms) {
		class_counts_between(&since, &count->shown, &faults);
		err = write_faults(count, out, false, &since, why);
		count->shown = faults;
	}
	if (!err && all)
		err = write_faults(count, out, true, &faults, why);
	if (!err && all && faults.missed)
		fprintf(stderr, "mmapdemo: count: %llu call%s to "
			"handle_mm_fault() %s not observed on the whole system, "
			"perhaps also in the counted processes; probably too "
			"many calls were in progress at once; see mmapdemo "
			"probes\n",
			(unsigned long long)faults.missed, plural(faults.missed),
			faults.missed == 1 ? "was" : "were");
	if (!err && why && (all || !count->warned))
		fprintf(stderr, "mmapdemo: count: faults may be missing: %s\n",
			why);
	count->warned = why;
	return err;
}

static int print_counted(struct count *count, FILE *out, bool all)
{
	struct counted counted, since;
	int err = perf_counts_read(&count->counters, &counted);

	if (!err && count->interval_ms) {
		since = counted_between(&count->counted, &counted);
		err = write_counted(count, out, false, &since);
		count->counted = counted;
	}
	if (!err && all)
		err = write_counted(count, out, true, &counted);
	return err;
}

static int print_counts(struct count *count, FILE *out, bool all)
{
	int err = count->why ? print_counted(count, out, all) :
			       print_faults(count, out, all);

	if (!err && fflush(out))
		err = -errno;
	count->unheard = err == -EPIPE;
	if (err && err != -EPIPE)
		return cmd_fail("count", "%s: %s", count->output ?:
				"standard error", strerror(-err));
	return CMD_OK;
}

/* ---- main loop ---- */

/*
 * Print the reports until the target has ended. Between two reports, this
 * process only waits.
 */
static int count_on(struct count *count, FILE *out)
{
	__s64 next = clock_ms() + count->interval_ms, left;
	int status;

	for (;;) {
		left = next - clock_ms();
		if (target_over(&count->target, !count->interval_ms ? -1 :
				left > 0 ? left : 0))
			return print_counts(count, out, true);
		if (!count->interval_ms || clock_ms() < next)
			continue;
		status = print_counts(count, out, false);
		if (status || (count->unheard && !count->command))
			return status;
		next = clock_ms() + count->interval_ms;
	}
}

static int run(struct count *count, FILE *out)
{
	int status;

	switches_listen(&count->switches);
	status = start(count);
	if (!status)
		status = count_on(count, out);
	while (count->opened)
		close(count->fds[--count->opened]);
	perf_counts_close(&count->counters);
	return status;
}

int cmd_count(int argc, char **argv)
{
	struct count count = { 0 };
	int status = parse(argc, argv, &count);
	FILE *out = stderr;
	int err;

	if (status < 0)
		status = cmd_not_over("count", count.output);
	if (status >= 0)
		return status;
	if (count.output)
		out = cmd_output(count.output);
	if (!out)
		return cmd_fail("count", "%s: %s", count.output,
				outfile_why(-errno));
	style_detect(&count.style, out, AUTO);
	signal(SIGPIPE, SIG_IGN);
	err = watch_begin(&count.target.watch);
	if (err)
		return cmd_fail("count", "cannot wait for signals: %s",
				strerror(-err));
	status = run(&count, out);
	watch_end(&count.target.watch);
	if (out != stderr)
		fclose(out);
	return target_end(&count.target, status, "count", count.command);
}
