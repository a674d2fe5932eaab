// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo count: count page faults by class and duration */
#include "clock.h"
#include "cmd.h"
#include "counters.h"
#include "dev.h"
#include "faults.h"
#include "format.h"
#include "json.h"
#include "subject.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <json.h>

static const char help[] =
"Usage: mmapdemo count [OPTION]... [--] COMMAND [ARGUMENT]...\n"
"       mmapdemo count [OPTION]... -p PID\n"
"       mmapdemo count [OPTION]... --all\n"
"Run COMMAND and tell on standard error how many page faults it and its\n"
"children had, of which class, and how long they took; or do so for a running\n"
"process and its children, or for all processes. The kernel adds them up: no\n"
"event is written that could be lost. Without the module, or without root, they\n"
"are what perf counts.\n"
"\n"
"  -p, --pid PID       count this process, until it ends or Ctrl-C\n"
"  -a, --all           count all processes, until Ctrl-C\n"
"  -I, --interval SECS tell every SECS seconds what came since, e.g. 1 or 0.5\n"
"  -o, --output FILE   write to FILE instead\n"
"  -j, --json          one JSON object per line, one line per class\n"
"  -h, --help\n";

/**
 * struct count - under way
 * @interval_ms: between two tellings, 0: tell at the end only
 * @counter: the module's, -1: there is none
 * @told: by it, so far
 * @why: without it, the reason
 * @counters: perf's, instead
 * @counted: by these, so far
 * @unheard: nobody reads it any more
 */
struct count {
	char **command;
	int pid;
	bool all;
	const char *output;
	bool json;
	int interval_ms;
	struct subject subject;
	int counter;
	struct mmapdemo_faults told;
	const char *why;
	struct counters counters;
	struct counted counted;
	struct style style;
	bool headed;
	bool unheard;
};

/* ---- options ---- */

/* -1: go on */
static int parse_option(int c, struct count *count)
{
	switch (c) {
	case 'p':
		return cmd_pid("count", optarg, &count->pid);
	case 'a':
		count->all = true;
		return -1;
	case 'I':
		return cmd_seconds("count", "--interval", optarg,
				   &count->interval_ms);
	case 'o':
		count->output = optarg;
		return -1;
	default:
		return cmd_option("count", help, c, &count->json, NULL);
	}
}

static int parse(int argc, char **argv, struct count *count)
{
	static const struct option longs[] = {
		{ "pid", required_argument, NULL, 'p' },
		{ "all", no_argument, NULL, 'a' },
		{ "interval", required_argument, NULL, 'I' },
		{ "output", required_argument, NULL, 'o' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int c, status;

	/* +: the command's options are its own */
	while ((c = getopt_long(argc, argv, "+p:aI:o:jh", longs, NULL)) != -1) {
		status = parse_option(c, count);
		if (status >= 0)
			return status;
	}
	if (optind < argc)
		count->command = argv + optind;
	if (!!count->pid + !!count->command + count->all != 1)
		return cmd_misused("count", "either a COMMAND, -p PID or --all "
				   "is needed");
	return -1;
}

/* ---- counting ---- */

/* The faults alone, which the kernel counts by itself. */
static int open_counters(struct count *count, int pid, int why)
{
	int err = counters_open(&count->counters, pid);

	count->why = why == -EACCES ? "they are for root" :
				      "the module is not loaded";
	if (err == -EACCES)
		return cmd_fail("count", "it needs root; run it with sudo");
	return err ? cmd_fail("count", "faults can't be counted: %s",
			      strerror(-err)) : CMD_OK;
}

static int open_counter(struct count *count, int pid)
{
	int fd = dev_open();

	if (fd == -ENOENT || fd == -ENXIO || fd == -EACCES)
		return open_counters(count, pid, fd);
	if (fd < 0)
		return cmd_no_device("count", fd);
	count->counter = dev_count(fd, pid, count->all ? MMAPDEMO_COUNT_ALL :
							 0);
	close(fd);
	if (count->counter == -EPERM)
		return cmd_fail("count", "it needs root; run it with sudo");
	if (count->counter == -EBUSY)
		return cmd_fail("count", "%d others are counting already",
				MMAPDEMO_COUNTERS_MAX);
	if (count->counter == -ESRCH)
		return cmd_fail("count", "process %d: there is no such process",
				pid);
	if (count->counter < 0)
		return cmd_fail("count", "faults can't be counted: %s",
				dev_strerror(count->counter));
	return CMD_OK;
}

static int start_process(struct count *count)
{
	int err = watch_process(&count->subject.watch, count->pid);

	if (err)
		return cmd_no_process("count", count->pid, err);
	return open_counter(count, count->pid);
}

static int start_command(struct count *count)
{
	struct command *command = &count->subject.command;
	int err, status;

	err = command_hold(command, count->command,
			   &count->subject.watch.before);
	if (err)
		return cmd_fail("count", "fork: %s", strerror(-err));
	status = open_counter(count, command->pid);
	if (status) {
		command_kill(command);
		return status;
	}
	err = command_go(command);
	if (!err)
		return CMD_OK;
	cmd_fail("count", "%s: %s", count->command[0], strerror(-err));
	return err == -ENOENT ? 127 : 126;
}

static int start(struct count *count)
{
	if (count->command)
		return start_command(count);
	return count->pid ? start_process(count) : open_counter(count, 0);
}

/* ---- telling ---- */

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
	subject_name(what, sizeof(what), count->command, count->pid);
	line_add(line, BOLD, "mmapdemo count: %s  (Linux %s, %s)", what,
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
	object = json_header("mmapdemo-count", count->command, count->pid);
	if (count->why) {
		object = json_add_text(object, "source", "perf");
		object = json_add_text(object, "unobserved", count->why);
	}
	return json_line(out, object);
}

/* Faults of an interval, or of all the time. 0 or -errno. */
static int write_faults(struct count *count, FILE *out, bool all,
			const struct mmapdemo_faults *faults)
{
	if (count->json)
		return write_header(count, out) ?:
		       faults_json(out, all ? "summary" : "interval", faults);
	return write_heading(count, out, all, faults->elapsed) ?:
	       faults_table(out, &count->style, faults);
}

/* Once. */
static int write_why(struct count *count, FILE *out)
{
	struct line line;

	if (count->headed)
		return 0;
	count->headed = true;
	line_begin(&line, &count->style);
	line_add(&line, YELLOW, "without classes and times: %s", count->why);
	return line_end(&line, out);
}

static int write_counted(struct count *count, FILE *out, bool all,
			 const struct counted *counted)
{
	if (count->json)
		return write_header(count, out) ?:
		       counted_json(out, all ? "summary" : "interval", counted);
	return write_heading(count, out, all, counted->elapsed) ?:
	       write_why(count, out) ?:
	       counted_table(out, &count->style, counted);
}

/* What came since it was told the last time; at the end all of it, too. */
static int tell_faults(struct count *count, FILE *out, bool all)
{
	struct mmapdemo_faults faults, since;
	int err = dev_faults(count->counter, &faults);

	if (!err && count->interval_ms) {
		faults_between(&since, &count->told, &faults);
		err = write_faults(count, out, false, &since);
		count->told = faults;
	}
	if (!err && all)
		err = write_faults(count, out, true, &faults);
	if (!err && all && faults.missed)
		fprintf(stderr, "mmapdemo: count: %llu faults not observed, "
			"of any process: too many at once; see mmapdemo "
			"probes\n", (unsigned long long)faults.missed);
	if (!err && all && dev_deaf())
		fprintf(stderr, "mmapdemo: count: faults not observed: %s\n",
			name_error(EUNATCH));
	return err;
}

static int tell_counted(struct count *count, FILE *out, bool all)
{
	struct counted counted, since;
	int err = counters_read(&count->counters, &counted);

	if (!err && count->interval_ms) {
		since = counted_between(&count->counted, &counted);
		err = write_counted(count, out, false, &since);
		count->counted = counted;
	}
	if (!err && all)
		err = write_counted(count, out, true, &counted);
	return err;
}

static int tell(struct count *count, FILE *out, bool all)
{
	int err = count->why ? tell_counted(count, out, all) :
			       tell_faults(count, out, all);

	if (!err && fflush(out))
		err = -errno;
	count->unheard = err == -EPIPE;
	if (err && err != -EPIPE)
		return cmd_fail("count", "%s: %s", count->output ?:
				"standard error", strerror(-err));
	return CMD_OK;
}

/* ---- until it is over ---- */

/* The counter is of the kernel: between two intervals there is nothing to do. */
static int count_on(struct count *count, FILE *out)
{
	__s64 next = clock_ms() + count->interval_ms, left;
	int status;

	for (;;) {
		left = next - clock_ms();
		if (subject_over(&count->subject, !count->interval_ms ? -1 :
				 left > 0 ? left : 0))
			return tell(count, out, true);
		if (!count->interval_ms || clock_ms() < next)
			continue;
		status = tell(count, out, false);
		if (status || (count->unheard && !count->command))
			return status;
		next = clock_ms() + count->interval_ms;
	}
}

static int run(struct count *count, FILE *out)
{
	int status = start(count);

	if (!status)
		status = count_on(count, out);
	if (count->counter >= 0)
		close(count->counter);
	counters_close(&count->counters);
	return status;
}

int cmd_count(int argc, char **argv)
{
	struct count count = { .counter = -1 };
	int status = parse(argc, argv, &count);
	FILE *out = stderr;
	int err;

	if (status < 0)
		status = cmd_not_over("count", count.output);
	if (status >= 0)
		return status;
	if (count.output)
		out = fopen(count.output, "we");
	if (!out)
		return cmd_fail("count", "%s: %s", count.output,
				strerror(errno));
	style_detect(&count.style, out, AUTO);
	signal(SIGPIPE, SIG_IGN);
	err = watch_begin(&count.subject.watch);
	if (err)
		return cmd_fail("count", "signals: %s", strerror(-err));
	status = run(&count, out);
	watch_end(&count.subject.watch);
	if (out != stderr)
		fclose(out);
	return subject_end(&count.subject, status);
}
