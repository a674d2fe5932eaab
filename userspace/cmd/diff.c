// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo diff: compare two recordings */
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "report/diff.h"

#include <string.h>
#include <unistd.h>

struct diff_options {
	bool all;
	bool json;
	enum when colour;
};

static const struct cmd_usage usage = {
	.name = "diff",
	.text =
"Usage: mmapdemo diff [OPTION]... A B\n"
"Compare two recordings of the same command: page faults by class and by file,\n"
"system calls that manage memory, and all other numbers. In each part of the\n"
"output, the largest change comes first. No event shows the time that read(2)\n"
"takes to copy data, so also compare the run times that mmapdemo count prints.\n",
	.examples =
"  mmapdemo diff before.dat after.dat\n"
"  mmapdemo diff --json before.dat after.dat | jq .\n",
	.options = {
		OPTION_FLAG('a', "all", struct diff_options, all,
			    "print all rows, including unchanged rows"),
		OPTION_JSON(struct diff_options, json, "write one JSON object"),
		OPTION_COLOUR(struct diff_options, colour),
		OPTION_END
	},
};

/* Return -1 on success, otherwise the exit status. */
static int parse(int argc, char **argv, struct diff_options *opts)
{
	int status = cmd_parse(&usage, argc, argv, opts);

	if (status >= 0)
		return status;
	if (argc - optind != DIFF_SIDES)
		return cmd_misused("diff", "two recordings are required, A and "
				   "B");
	return -1;
}

static int show(const struct diff_options *opts,
		const struct summary_file files[DIFF_SIDES],
		char *const paths[DIFF_SIDES])
{
	struct style style;
	struct diff diff;
	int err = diff_make(&diff, &files[DIFF_A], &files[DIFF_B]), status;

	style_detect(&style, stdout, opts->colour);
	if (err)
		status = cmd_fail("diff", "%s", strerror(-err));
	else
		status = cmd_written("diff", opts->json ?
				     diff_json(stdout, &diff, paths) :
				     diff_text(stdout, &style, &diff, paths,
					       opts->all));
	diff_free(&diff);
	return status;
}

/* Read a recording. Only one of the two recordings may come from standard input. */
static int read_side(struct summary_file *file, const char *name)
{
	const struct replay_visitor visitor = {
		.begin = summary_file_begin,
		.record = summary_file_event,
		.data = file,
	};
	const char *path = cmd_input("diff", name);
	int err;

	if (!path)
		return CMD_FAILED;
	err = replay_read(&file->replay, path, &visitor);
	return err ? cmd_fail("diff", "%s: %s", name,
			      replay_why(&file->replay, err)) : CMD_OK;
}

int cmd_diff(int argc, char **argv)
{
	static struct summary_file files[DIFF_SIDES];	/* too large for the stack */
	struct diff_options opts = { 0 };
	int status = parse(argc, argv, &opts);

	if (status >= 0)
		return status;
	status = CMD_OK;
	for (int i = 0; !status && i < DIFF_SIDES; i++)
		status = read_side(&files[i], argv[optind + i]);
	if (!status)
		status = show(&opts, files, argv + optind);
	for (int i = 0; i < DIFF_SIDES; i++)
		summary_file_close(&files[i]);
	return status;
}
