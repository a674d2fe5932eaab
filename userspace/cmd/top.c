// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo top: show the processes with the most page faults now */
#include "base/clock.h"
#include "base/json.h"
#include "base/screen.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "inspect/top_screen.h"
#include "inspect/top_text.h"
#include "system/wait.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json.h>

#define BUFFER (8 << 20)
#define ROUND_MS 100

/**
 * struct top_options - options of the command
 * @interval_ms: length of an interval, in ms
 * @iterations: number of intervals; 0: unlimited
 * @pid: process whose VMAs are shown first; 0: show processes
 * @batch: write lines instead of drawing on the terminal; the lines are JSON if
 *	@json is set, otherwise text
 * @buffer: size of the trace buffer of each processor, in bytes
 */
struct top_options {
	int interval_ms;
	int iterations;
	int pid;
	bool batch;
	bool json;
	enum when colour;
	__u64 buffer;
	enum fault_load_order order;
};

/**
 * struct topping - state of the command
 * @left: number of intervals that are left; 0: unlimited
 */
struct topping {
	struct top_options opts;
	int left;
	struct watch watch;
	struct style style;
	struct top_screen screen;
	struct top top;
};

/* ---- options ---- */

static int take_pid(const struct given *given, void *pid)
{
	if (*(int *)pid)
		return cmd_misused(given->command,
				   "-p: only one process is allowed");
	return cmd_pid(given->command, given->text, pid);
}

static const struct cmd_usage usage = {
	.name = "top",
	.text =
"Usage: mmapdemo top [OPTION]...\n"
"Show the processes with the most page faults, and the classes and durations of\n"
"these faults, until q or Ctrl-C is pressed. Enter shows the VMAs of the selected\n"
"process. Without the module or without root, show only the numbers of faults in\n"
"/proc/PID/stat.\n",
	.examples =
"  sudo mmapdemo top\n"
"  sudo mmapdemo top --batch -n 3 --sort time\n",
	.options = {
		OPTION_VALUE('I', "interval", "SECS", option_seconds,
			     struct top_options, interval_ms,
			     "update every SECS seconds (default 2)"),
		OPTION_VALUE('p', "pid", "PID", take_pid, struct top_options,
			     pid, "begin with the VMAs of this process"),
		OPTION_WORD('s', "sort", "WHICH", fault_load_order_word, NULL,
			    struct top_options, order, "sort key (default "
			    "faults; number is the PID or the address)"),
		OPTION_FLAG('b', "batch", struct top_options, batch,
			    "write text for each interval instead of drawing "
			    "a screen"),
		OPTION_VALUE('n', "iterations", "N", option_number,
			     struct top_options, iterations,
			     "end after N intervals"),
		OPTION_JSON(struct top_options, json, "like --batch, but write "
			    "one line of JSON for each process or VMA"),
		OPTION_COLOUR(struct top_options, colour),
		OPTION_BUFFER(struct top_options, buffer),
		OPTION_END
	},
};

/* Return -1 on success, otherwise the exit status. */
static int parse(int argc, char **argv, struct top_options *opts)
{
	int status = cmd_parse(&usage, argc, argv, opts);

	if (status >= 0)
		return status;
	if (optind < argc)
		return cmd_misused("top", "%s: unexpected argument",
				   argv[optind]);
	opts->batch |= opts->json;
	return -1;
}

/* ---- text ---- */

static int write_interval(const struct topping *topping)
{
	int err = topping->opts.json ? top_json(stdout, &topping->top) :
				  top_text(stdout, &topping->style,
					   &topping->top, /* idle = */ false);

	if (!err && !topping->opts.json && putchar('\n') == EOF)
		err = -errno;
	return !err && fflush(stdout) ? -errno : err;
}

static int write_header(const struct topping *topping)
{
	int err;

	if (!topping->opts.json)
		return 0;
	err = json_line(stdout, json_header("mmapdemo-top", NULL,
					    topping->opts.pid));
	return !err && fflush(stdout) ? -errno : err;
}

/* ---- intervals ---- */

/*
 * Gather events for an interval. Return 1 if the interval ended early, 0 if
 * not, or -errno.
 */
static int wait_interval(struct topping *topping)
{
	__s64 end = clock_ms() + topping->opts.interval_ms, left;
	struct watch_news news;
	bool over;
	int err = 0;

	while (!err && (left = end - clock_ms()) > 0) {
		news = watch_wait(&topping->watch, left < ROUND_MS ? left :
				  ROUND_MS);
		over = news.sig || news.exited;
		err = top_gather(&topping->top, /* all = */ over);
		if (over && !err)
			return 1;
	}
	return err;
}

/*
 * Write the intervals. If the last interval ends early, write this interval,
 * too, so that the intervals cover all events.
 */
static int run_batch(struct topping *topping)
{
	int ret = write_header(topping), err = ret < 0 ? ret : 0;

	while (!err && !ret) {
		ret = wait_interval(topping);
		if (!ret && topping->left == 1)
			ret = top_gather(&topping->top, /* all = */ true) ?: 1;
		err = ret < 0 ? ret : top_turn(&topping->top);
		if (!err)
			err = write_interval(topping);
		topping->left -= !!topping->left;
	}
	return err;
}

/*
 * Return 1 if an interval has ended, so that the screen must be drawn.
 * Otherwise, return 0 or -errno.
 */
static int turn_screen(struct topping *topping, __s64 *end)
{
	struct top_screen *screen = &topping->screen;

	if (clock_ms() < *end || screen->held)
		return 0;
	screen->over |= topping->left == 1;
	topping->left -= !!topping->left;
	*end = clock_ms() + topping->opts.interval_ms;
	return top_turn(&topping->top) ?: 1;
}

/* Handle events, keys, and the end of the interval. Draw the screen if necessary. */
static int do_screen(struct topping *topping, __s64 *end)
{
	struct top_screen *screen = &topping->screen;
	int err = top_gather(&topping->top, /* all = */ false), typed, turned;

	if (err)
		return err;
	typed = top_screen_keys(screen, &topping->top);
	if (typed < 0)
		return typed;
	turned = turn_screen(topping, end);
	if (turned < 0)
		return turned;
	return typed || turned ? top_screen_draw(screen, &topping->top) : 0;
}

static int run_screen(struct topping *topping)
{
	struct top_screen *screen = &topping->screen;
	__s64 end = clock_ms() + topping->opts.interval_ms, left;
	struct watch_news news = { 0 };
	int err = top_screen_draw(screen, &topping->top);

	while (!err && !news.sig && !news.exited && !screen->over) {
		left = screen->held ? ROUND_MS : end - clock_ms();
		news = watch_wait(&topping->watch, left < 0 ? 0 :
				  left < ROUND_MS ? left : ROUND_MS);
		err = do_screen(topping, &end);
	}
	return err;
}

static int open_screen(struct topping *topping)
{
	int err = screen_open();

	if (err == -ENOTTY)
		return cmd_fail("top", "standard input or standard output is not "
				"a terminal; use --batch to print text");
	if (err)
		return cmd_fail("top", "cannot draw on a terminal with "
				"TERM=%s; use --batch to print text",
				getenv("TERM") ?: "");
	topping->watch.input = STDIN_FILENO;
	return CMD_OK;
}

/*
 * Find the process of --pid. When this process ends, batch output ends, too,
 * but the screen keeps showing the last state.
 */
static int find_process(struct topping *topping)
{
	int err;

	if (!topping->opts.pid)
		return CMD_OK;
	err = watch_process(&topping->watch, topping->opts.pid);
	if (err)
		return cmd_no_process("top", topping->opts.pid, err);
	if (!topping->opts.batch)
		watch_forget(&topping->watch);
	return CMD_OK;
}

static int run_top(struct topping *topping)
{
	struct top *top = &topping->top;
	int err = top_open(top, topping->opts.buffer);

	if (!err && topping->opts.pid)
		err = top_look(top, topping->opts.pid);
	if (!err)
		err = topping->opts.batch ? run_batch(topping) :
					    run_screen(topping);
	top_close(top);
	return err;
}

static int run(struct topping *topping)
{
	int status = find_process(topping), err;

	if (!status && !topping->opts.batch)
		status = open_screen(topping);
	if (status)
		return status;
	topping->top.order = topping->opts.order;
	err = run_top(topping);
	if (!topping->opts.batch)
		screen_close();
	if (!err || err == -EPIPE)
		return CMD_OK;
	return cmd_broken("top", err);
}

int cmd_top(int argc, char **argv)
{
	static struct topping topping = {
		.opts.interval_ms = 2000, .opts.buffer = BUFFER,
	};
	int status = parse(argc, argv, &topping.opts), err;

	if (status >= 0)
		return status;
	topping.left = topping.opts.iterations;
	style_detect(&topping.style, stdout, topping.opts.colour);
	style_detect(&topping.screen.style, stdout, NEVER);
	topping.screen.style.fold = 0;
	signal(SIGPIPE, SIG_IGN);
	err = watch_begin(&topping.watch);
	if (err)
		return cmd_fail("top", "cannot wait for signals: %s",
				strerror(-err));
	status = run(&topping);
	watch_end(&topping.watch);
	return status;
}
