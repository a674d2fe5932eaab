// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo lint: what a program does with its memory that costs too much */
#include "cmd.h"
#include "digest_file.h"
#include "json.h"
#include "lint.h"
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <json.h>

static const char help[] =
"Usage: mmapdemo lint [OPTION]... [--] COMMAND [ARGUMENT]...\n"
"       mmapdemo lint [OPTION]... -i FILE\n"
"Run COMMAND, or read a recording, and tell what the program does with its memory\n"
"that costs more than it must: what was seen, how often, and what to do instead.\n"
"\n"
"  -i, --input FILE   a recording of mmapdemo record\n"
"  -f, --follow       go on until all that COMMAND started has ended\n"
"  -j, --json         one JSON object per line, one line per finding\n"
"      --color WHEN   auto (default), always or never\n"
"  -h, --help\n";

typedef unsigned long long ull;

/**
 * struct linting - under way
 * @recording: of @command: a temporary file, "": none
 * @follow: until all processes have ended
 * @findings: so far
 */
struct linting {
	bool json;
	enum when colour;
	const char *input;
	char **command;
	char recording[64];
	bool follow;
	struct style style;
	struct digest_file file;
	struct lint lint;
	int findings;
};

/* ---- options ---- */

/* -1: go on */
static int parse(int argc, char **argv, struct linting *linting)
{
	static const struct option longs[] = {
		{ "input", required_argument, NULL, 'i' },
		{ "follow", no_argument, NULL, 'f' },
		{ "json", no_argument, NULL, 'j' },
		{ "color", required_argument, NULL, 'C' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int c, status;

	while ((c = getopt_long(argc, argv, "+i:fjh", longs, NULL)) != -1) {
		if (c == 'i') {
			linting->input = optarg;
			continue;
		}
		if (c == 'f') {
			linting->follow = true;
			continue;
		}
		status = cmd_option("lint", help, c, &linting->json,
				    &linting->colour);
		if (status >= 0)
			return status;
	}
	if (argv[optind])
		linting->command = argv + optind;
	if (!linting->input == !linting->command)
		return cmd_misused("lint", "either a COMMAND or -i FILE is "
				   "needed");
	return -1;
}

/* ---- recording ---- */

/* What mmapdemo record does, in a process that ends as the command does. */
static int record(struct linting *linting)
{
	const char *const first[] = {
		"lint", linting->follow ? "-qf" : "-q", "-o",
		linting->recording, "--",
	};
	size_t begin = sizeof(first) / sizeof(*first), count = 0;
	char **argv;

	while (linting->command[count])
		count++;
	argv = calloc(begin + count + 1, sizeof(*argv));
	if (!argv)
		return cmd_fail("lint", "%s", strerror(ENOMEM));
	memcpy(argv, first, sizeof(first));
	memcpy(argv + begin, linting->command, count * sizeof(*argv));
	optind = 0;
	return cmd_record(begin + count, argv);
}

static volatile pid_t recording;

/* A terminal sends it to who records, too. */
static void pass_on(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (recording > 0 && info->si_code <= 0)	/* SI_USER ... */
		kill(recording, sig);
}

/* We are here until the end of who records: a file is to be removed then. */
static void hear_signals(bool ours)
{
	static const int ends[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };
	struct sigaction action, old;

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		action = (struct sigaction){ .sa_handler = SIG_DFL };
		if (ours) {
			action.sa_sigaction = pass_on;
			action.sa_flags = SA_SIGINFO | SA_RESTART;
		}
		if (!sigaction(ends[i], NULL, &old) &&
		    old.sa_handler != SIG_IGN)
			sigaction(ends[i], &action, NULL);
	}
}

static int record_elsewhere(struct linting *linting)
{
	int status = 0;

	fflush(stdout);
	hear_signals(true);
	recording = fork();
	if (!recording) {
		hear_signals(false);
		_exit(record(linting));
	}
	if (recording < 0 || waitpid(recording, &status, 0) != recording)
		status = CMD_FAILED << 8;
	hear_signals(false);
	return status;
}

/* -1: there is a recording, whatever became of the command. */
static int run_command(struct linting *linting)
{
	int status, fd;

	snprintf(linting->recording, sizeof(linting->recording),
		 "/var/tmp/mmapdemo.XXXXXX");
	fd = mkostemp(linting->recording, O_CLOEXEC);
	if (fd < 0) {
		linting->recording[0] = 0;
		return cmd_fail("lint", "a file in /var/tmp: %s",
				strerror(errno));
	}
	close(fd);
	status = record_elsewhere(linting);
	linting->input = linting->recording;
	if (outfile_exists(linting->recording))
		return -1;
	/* It has said why. */
	return WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) :
							  CMD_FAILED;
}

/* ---- telling ---- */

static int write_header(const struct linting *linting)
{
	struct json_object *object = json_header("mmapdemo-lint", NULL, 0);

	object = json_add_text(object, "title", linting->file.told.title);
	object = json_add_number(object, "lost", linting->file.told.lost);
	return json_line(stdout, object);
}

static int write_summary(const struct linting *linting)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "event", "summary");
	object = json_add_number(object, "findings", linting->findings);
	return json_line(stdout, object);
}

static int see_event(void *data, const struct event *event,
		     const struct space *space)
{
	struct linting *linting = data;

	return lint_event(&linting->lint, event, space);
}

static int see_finding(const struct finding *finding, void *data)
{
	struct linting *linting = data;

	linting->findings++;
	return linting->json ? finding_json(stdout, finding) :
			       finding_show(stdout, &linting->style, finding);
}

static int show_sum(const struct linting *linting)
{
	struct line line;

	line_begin(&line, &linting->style);
	line_add(&line, BOLD, "%s: ", linting->file.told.title);
	if (linting->findings)
		line_add(&line, PLAIN, "%d finding%s", linting->findings,
			 linting->findings == 1 ? "" : "s");
	else
		line_add(&line, GREEN, "nothing found");
	if (linting->file.told.lost)
		line_add(&line, RED, "; %llu events were lost",
			 (ull)linting->file.told.lost);
	return line_end(&line, stdout);
}

static int tell(struct linting *linting)
{
	int err = 0;

	if (linting->json)
		err = write_header(linting);
	if (!err)
		err = lint_findings(&linting->lint,
				    linting->file.told.max_map_count,
				    see_finding, linting);
	if (!err)
		err = linting->json ? write_summary(linting) :
				      show_sum(linting);
	return cmd_written("lint", err);
}

static int read_events(struct linting *linting)
{
	const struct digest_visitor visitor = {
		.event = see_event,
		.data = linting,
	};
	int err = digest_file_read(&linting->file, linting->input, &visitor);

	if (err)
		return cmd_fail("lint", "%s: %s", linting->input,
				digest_file_why(&linting->file, err));
	linting->lint.flushes_known = linting->file.digest.flushes_known;
	return tell(linting);
}

int cmd_lint(int argc, char **argv)
{
	static struct linting linting;	/* large */
	int status = parse(argc, argv, &linting);

	if (status >= 0)
		return status;
	style_detect(&linting.style, stdout, linting.colour);
	if (linting.command)
		status = run_command(&linting);
	if (status < 0)
		status = read_events(&linting);
	if (linting.recording[0])
		unlink(linting.recording);
	digest_file_close(&linting.file);
	lint_free(&linting.lint);
	return status;
}
