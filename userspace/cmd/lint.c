// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo lint: find inefficient use of memory */
#include "base/printer.h"
#include "base/format.h"
#include "base/json.h"
#include "base/outfile.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "record/replay.h"
#include "report/lint/lint.h"
#include "report/summary_text.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <json.h>

/* Maximum number of lines of findings without --verbose. */
#define LINES_MAX 10

/**
 * struct linting - options and state of the command
 * @verbose: show all findings, and do not group them
 * @recording: temporary file for the recording of @command; "": none
 * @follow: record until all descendants of @command have ended
 * @map_count: highest number of VMAs of any address space
 */
struct linting {
	bool json;
	bool verbose;
	enum when colour;
	const char *input;
	char **command;
	char recording[PATH_MAX];
	bool follow;
	struct style style;
	struct replay replay;
	__u32 map_count;
	struct lint lint;
	struct findings findings;
};

/* ---- options ---- */

static const struct cmd_usage usage = {
	.name = "lint",
	.text =
"Usage: mmapdemo lint [OPTION]... [--] COMMAND [ARGUMENT]...\n"
"       mmapdemo lint [OPTION]... -i FILE\n"
"Find inefficient memory use of COMMAND, or of a recorded command. Each finding\n"
"says what happened, how often and where it happened, and what to do instead.\n"
"The findings with the largest savings come first. The exit status does not\n"
"depend on the findings or on how COMMAND ended.\n",
	.examples =
"  sudo mmapdemo lint -- python3 -c pass\n"
"  mmapdemo lint --verbose -i trace.dat\n",
	.runs = true,
	.options = {
		OPTION_VALUE('i', "input", "FILE", option_file, struct linting,
			     input, "read the recording FILE instead of running "
			     "a command"),
		OPTION_FLAG('f', "follow", struct linting, follow, "continue "
			    "until all descendants of COMMAND have ended"),
		OPTION_JSON(struct linting, json, "write one line of JSON "
			    "for each finding"),
		OPTION_FLAG('v', "verbose", struct linting, verbose,
			    "show all findings, and show each address range "
			    "as a separate finding"),
		OPTION_COLOUR(struct linting, colour),
		OPTION_END
	},
};

/* Return -1 on success, otherwise the exit status. */
static int parse(int argc, char **argv, struct linting *linting)
{
	int status = cmd_parse(&usage, argc, argv, linting);

	if (status >= 0)
		return status;
	if (argv[optind])
		linting->command = argv + optind;
	if (!linting->input == !linting->command)
		return cmd_misused("lint", "exactly one of COMMAND and -i FILE "
				   "is required");
	return -1;
}

/* ---- recording ---- */

/*
 * Run mmapdemo record in this process. If a signal ends the command, the same
 * signal ends this process.
 */
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
	return cmd_record(begin + count, argv);
}

static volatile pid_t recording;

/*
 * Pass a signal on to the recording process, unless the terminal has already
 * sent the signal to that process.
 */
static void pass_on(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (recording > 0 && info->si_code <= 0)	/* a process sent the signal */
		kill(recording, sig);
}

/*
 * If @ours is set, handle signals so that this process outlives the recording
 * process, and can remove the temporary file. Otherwise, restore the default
 * actions.
 */
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

/*
 * Record the command. Return -1 if there is a recording, even if the command
 * failed. Otherwise, return the exit status.
 */
static int run_command(struct linting *linting)
{
	const char *folder = getenv("TMPDIR") ?: "/var/tmp";
	int status, fd;

	snprintf(linting->recording, sizeof(linting->recording),
		 "%s/mmapdemo.XXXXXX", folder);
	fd = mkostemp(linting->recording, O_CLOEXEC);
	if (fd < 0) {
		linting->recording[0] = 0;
		return cmd_fail("lint", "cannot create a temporary file in %s: "
				"%s; set TMPDIR to another directory",
				folder, strerror(errno));
	}
	close(fd);
	status = record_elsewhere(linting);
	linting->input = linting->recording;
	if (outfile_exists(linting->recording))
		return -1;
	/* The recording process has already printed the error. */
	return WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) :
							  CMD_FAILED;
}

/* ---- output ---- */

static int write_header(const struct linting *linting)
{
	const struct meta *meta = &linting->replay.meta;
	struct json_object *object = summary_json_header("mmapdemo-lint", meta);

	return json_line(stdout, summary_json_losses(object, meta));
}

static int write_summary(const struct linting *linting)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "event", "summary");
	object = json_add_number(object, "findings", linting->findings.count);
	return json_line(stdout, object);
}

static int write_json(struct linting *linting)
{
	int err = write_header(linting);

	for (size_t i = 0; !err && i < linting->findings.count; i++)
		err = finding_json(stdout, &linting->findings.list[i],
				   &linting->replay.symbols);
	return err ? err : write_summary(linting);
}

static int show_sum(const struct linting *linting, size_t shown)
{
	struct printer printer = { stdout, &linting->style, 0 };
	size_t count = linting->findings.count;
	struct line line;

	line_begin(&line, &linting->style);
	line_add(&line, BOLD, "%s: ", linting->replay.meta.title);
	if (count)
		line_add(&line, PLAIN, "%zu finding%s", count, plural(count));
	else
		line_add(&line, GREEN, "nothing found");
	if (shown < count)
		line_add(&line, PLAIN, "; -v shows all");
	printer_line(&printer, &line);
	summary_losses(&printer, &linting->replay.meta, "");
	return printer.err;
}

/* Return the number of findings to show. */
static size_t count_shown(const struct linting *linting)
{
	const struct findings *findings = &linting->findings;
	size_t count = 0;
	int lines = 0;

	if (linting->verbose)
		return findings->count;
	while (count < findings->count) {
		lines += finding_lines(&findings->list[count]);
		if (lines > LINES_MAX)
			break;
		count++;
	}
	return count;
}

static int show_text(struct linting *linting)
{
	size_t count = count_shown(linting);
	int err = 0;

	for (size_t i = 0; !err && i < count; i++)
		err = finding_show(stdout, &linting->style,
				   &linting->findings.list[i],
				   &linting->replay.symbols);
	return err ? err : show_sum(linting, count);
}

static int show_findings(struct linting *linting)
{
	struct lint_machine machine = lint_machine(&linting->replay.meta);
	struct findings *findings = &linting->findings;
	int err;

	machine.map_count = linting->map_count;
	machine.flushes_known = decoder_knows(&linting->replay.recording.decoder,
					      EVENT_FLUSH);
	err = lint_findings(&linting->lint, &machine, findings);
	if (err)
		return cmd_fail("lint", "%s", strerror(-err));
	if (!linting->verbose)
		findings_group(findings);
	findings_rank(findings);
	return cmd_written("lint", linting->json ? write_json(linting) :
						   show_text(linting));
}

/* ---- input ---- */

static int see_begin(void *data)
{
	struct linting *linting = data;
	__u32 tid;

	linting->lint.touch.timed = decoder_knows(&linting->replay.recording.decoder,
						  MMAPDEMO_EVENT_FAULT_TIME);
	lint_small_begin(&linting->lint.small, &linting->replay.meta);
	return makers_begin(&linting->lint.makers, &linting->replay.world,
			    &linting->map_count, &tid);
}

static int see_record(void *data, const struct event *event,
		      const struct event *call, const struct scene *scene)
{
	struct linting *linting = data;

	return lint_record(&linting->lint, event, call, scene);
}

static int see_event(void *data, const struct event *event,
		     const struct space *space)
{
	struct linting *linting = data;
	const __u32 map_count = event_map_count(event);

	if (linting->map_count < map_count)
		linting->map_count = map_count;
	return lint_event(&linting->lint, event, space,
			  event->kind == MMAPDEMO_EVENT_PTE_FAULT ?
			  world_fault_time(&linting->replay.world, event) : NULL);
}

static int read_events(struct linting *linting)
{
	const struct replay_visitor visitor = {
		.begin = see_begin,
		.record = see_record,
		.event = see_event,
		.data = linting,
	};
	int err = replay_read(&linting->replay, linting->input, &visitor);

	if (err)
		return cmd_fail("lint", "%s: %s", linting->input,
				replay_why(&linting->replay, err));
	return show_findings(linting);
}

int cmd_lint(int argc, char **argv)
{
	static struct linting linting;	/* too large for the stack */
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
	replay_close(&linting.replay);
	findings_free(&linting.findings);
	lint_free(&linting.lint);
	return status;
}
