// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo count: count page faults by class and duration */
#include "cmd.h"
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

static const char help[] =
"Usage: mmapdemo count [OPTION]... [--] COMMAND [ARGUMENT]...\n"
"       mmapdemo count [OPTION]... -p PID\n"
"       mmapdemo count [OPTION]... --all\n"
"Run COMMAND and tell on standard error how many page faults it and its\n"
"children had, of which class, and how long they took; or do so for a running\n"
"process and its children, or for all processes. The kernel adds them up: no\n"
"event is written that could be lost.\n"
"\n"
"  -p, --pid PID       count this process, until it ends or Ctrl-C\n"
"  -a, --all           count all processes, until Ctrl-C\n"
"  -o, --output FILE   write to FILE instead\n"
"  -j, --json          one JSON object per line, one line per class\n"
"  -h, --help\n";

struct count {
	char **command;
	int pid;
	bool all;
	const char *output;
	bool json;
	struct subject subject;
	int counter;
};

/* The counter is of the kernel: there is nothing to do meanwhile. */
#define ROUND_MS -1

/* ---- options ---- */

/* -1: go on */
static int parse_option(int c, struct count *count)
{
	switch (c) {
	case 'p':
		if (parse_pid(optarg, &count->pid))
			return cmd_misused("count", "--pid %s: not a process "
					   "id", optarg);
		return -1;
	case 'a':
		count->all = true;
		return -1;
	case 'o':
		count->output = optarg;
		return -1;
	case 'j':
		count->json = true;
		return -1;
	case 'h':
		fputs(help, stdout);
		return CMD_OK;
	default:
		return cmd_misused("count", "wrong option");
	}
}

static int parse(int argc, char **argv, struct count *count)
{
	static const struct option longs[] = {
		{ "pid", required_argument, NULL, 'p' },
		{ "all", no_argument, NULL, 'a' },
		{ "output", required_argument, NULL, 'o' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int c, status;

	/* +: the command's options are its own */
	while ((c = getopt_long(argc, argv, "+p:ao:jh", longs, NULL)) != -1) {
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

static int open_counter(struct count *count, int pid)
{
	int fd = dev_open();

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
				strerror(-count->counter));
	return CMD_OK;
}

static int start_process(struct count *count)
{
	int err = watch_process(&count->subject.watch, count->pid);

	if (err)
		return cmd_fail("count", "process %d: %s", count->pid,
				err == -EINVAL ? "it is a thread; give the "
				"process it belongs to" : strerror(-err));
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

static int write_table(const struct count *count, FILE *out,
		       const struct mmapdemo_faults *faults)
{
	char what[256], time[FORMAT_MAX];
	struct style style;
	struct utsname system;
	struct line line;
	int err;

	uname(&system);
	style_detect(&style, out, AUTO);
	subject_name(what, sizeof(what), count->command, count->pid);
	format_duration(time, faults->elapsed, style.glyphs->micro);
	line_begin(&line, &style);
	line_add(&line, BOLD, "mmapdemo count: %s  (Linux %s, %s)", what,
		 system.release, time);
	err = line_end(&line, out);
	return err ? err : faults_table(out, &style, faults);
}

static int write_json(const struct count *count, FILE *out,
		      const struct mmapdemo_faults *faults)
{
	int err = json_line(out, json_header("mmapdemo-count", count->command,
					     count->pid));

	return err ? err : faults_json(out, faults);
}

static int tell(struct count *count, FILE *out)
{
	struct mmapdemo_faults faults;
	int err = dev_faults(count->counter, &faults);

	if (err)
		return cmd_fail("count", "reading: %s", strerror(-err));
	err = count->json ? write_json(count, out, &faults) :
			    write_table(count, out, &faults);
	if (!err && fflush(out))
		err = -errno;
	if (err && err != -EPIPE)
		return cmd_fail("count", "%s: %s", count->output ?:
				"standard error", strerror(-err));
	if (faults.missed)
		fprintf(stderr, "mmapdemo: count: %llu faults not observed, "
			"of any process: too many at once; see mmapdemo "
			"probes\n", (unsigned long long)faults.missed);
	return CMD_OK;
}

static int run(struct count *count, FILE *out)
{
	int status = start(count);

	if (!status) {
		while (!subject_over(&count->subject, ROUND_MS))
			;
		status = tell(count, out);
	}
	if (count->counter >= 0)
		close(count->counter);
	return status;
}

int cmd_count(int argc, char **argv)
{
	struct count count = { .counter = -1 };
	int status = parse(argc, argv, &count);
	FILE *out = stderr;
	int err;

	if (status >= 0)
		return status;
	if (count.output)
		out = fopen(count.output, "we");
	if (!out)
		return cmd_fail("count", "%s: %s", count.output,
				strerror(errno));
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
