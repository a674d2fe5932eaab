// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo top: the processes that fault most, now */
#include "clock.h"
#include "cmd.h"
#include "format.h"
#include "json.h"
#include "screen.h"
#include "top_screen.h"
#include "top_text.h"
#include "watch.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json.h>

static const char help[] =
"Usage: mmapdemo top [OPTION]...\n"
"Show the processes that have most page faults, of which classes these are, and\n"
"how long they take, until q or Ctrl-C; Enter shows one process's VMAs. Without\n"
"the module, or without root, it counts what /proc counts.\n"
"\n"
"  -I, --interval SECS show every SECS seconds what came since (default 2)\n"
"  -p, --pid PID       begin with the VMAs of this process\n"
"  -s, --sort WHICH    by faults (default), major, time, mean, or number: by PID,\n"
"                      or by address\n"
"  -b, --batch         write text, interval after interval, instead of drawing\n"
"  -n, --iterations N  end after N intervals\n"
"  -j, --json          as --batch, one JSON object per line, one line per process\n"
"                      or VMA\n"
"      --color WHEN    auto (default), always or never; of --batch\n"
"      --buffer SIZE   trace buffer of each processor (default 8M)\n"
"  -h, --help\n";

#define BUFFER (8 << 20)
#define ROUND_MS 100

/**
 * struct topping - options, and what they are for
 * @left: intervals to come, 0: no end
 * @pid: whose VMAs, 0: processes
 */
struct topping {
	int interval_ms;
	unsigned int left;
	int pid;
	bool batch;
	bool json;
	enum when colour;
	__u64 buffer;
	enum load_order order;
	struct watch watch;
	struct style style;
	struct top_screen screen;
	struct top top;
};

/* ---- options ---- */

static bool parse_order(const char *text, enum load_order *order)
{
	static const char *const names[] = {
		[BY_FAULTS] = "faults", [BY_MAJOR] = "major",
		[BY_TIME] = "time", [BY_MEAN] = "mean",
		[BY_NUMBER] = "number",
	};

	for (int i = 0; i <= BY_NUMBER; i++) {
		if (!strcmp(text, names[i])) {
			*order = (enum load_order)i;
			return true;
		}
	}
	return false;
}

static bool parse_count(const char *text, unsigned int *count)
{
	int value;

	if (parse_pid(text, &value))	/* 1 or more */
		return false;
	*count = value;
	return true;
}

/* -1: go on */
static int parse_option(int c, struct topping *topping)
{
	switch (c) {
	case 'I':
		if (parse_seconds(optarg, &topping->interval_ms))
			return cmd_misused("top", "--interval %s: not a number "
					   "of seconds, 0.01 or more", optarg);
		return -1;
	case 'p':
		if (parse_pid(optarg, &topping->pid))
			return cmd_misused("top", "--pid %s: not a process id",
					   optarg);
		return -1;
	case 's':
		if (!parse_order(optarg, &topping->order))
			return cmd_misused("top", "--sort %s: it is faults, "
					   "major, time, mean or number",
					   optarg);
		return -1;
	case 'b':
		topping->batch = true;
		return -1;
	case 'n':
		if (!parse_count(optarg, &topping->left))
			return cmd_misused("top", "--iterations %s: not a "
					   "number, 1 or more", optarg);
		return -1;
	case 'B':
		if (parse_buffer(optarg, &topping->buffer))
			return cmd_misused("top", "--buffer %s: not a sensible "
					   "size", optarg);
		return -1;
	default:
		return cmd_option("top", help, c, &topping->json,
				  &topping->colour);
	}
}

static int parse(int argc, char **argv, struct topping *topping)
{
	static const struct option longs[] = {
		{ "interval", required_argument, NULL, 'I' },
		{ "pid", required_argument, NULL, 'p' },
		{ "sort", required_argument, NULL, 's' },
		{ "batch", no_argument, NULL, 'b' },
		{ "iterations", required_argument, NULL, 'n' },
		{ "json", no_argument, NULL, 'j' },
		{ "color", required_argument, NULL, 'C' },
		{ "buffer", required_argument, NULL, 'B' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int c, status;

	while ((c = getopt_long(argc, argv, "I:p:s:bn:jh", longs,
				NULL)) != -1) {
		status = parse_option(c, topping);
		if (status >= 0)
			return status;
	}
	if (optind < argc)
		return cmd_misused("top", "%s: it takes no arguments",
				   argv[optind]);
	topping->batch |= topping->json;
	return -1;
}

/* ---- text ---- */

static int write_interval(const struct topping *topping)
{
	int err = topping->json ? top_json(stdout, &topping->top) :
				  top_text(stdout, &topping->style,
					   &topping->top, /* idle = */ false);

	if (!err && !topping->json && putchar('\n') == EOF)
		err = -errno;
	return !err && fflush(stdout) ? -errno : err;
}

static int write_header(const struct topping *topping)
{
	int err;

	if (!topping->json)
		return 0;
	err = json_line(stdout, json_header("mmapdemo-top", NULL,
					    topping->pid));
	return !err && fflush(stdout) ? -errno : err;
}

/* ---- intervals ---- */

/* One of them, or less when it ends; 1: it does. */
static int wait_interval(struct topping *topping)
{
	__s64 end = clock_ms() + topping->interval_ms, left;
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

/* An interval that is cut short is told, too: nothing is missing in the sum. */
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

/* 1: the interval is over, there is something new to be drawn. */
static int turn_screen(struct topping *topping, __s64 *end)
{
	struct top_screen *screen = &topping->screen;

	if (clock_ms() < *end || screen->held)
		return 0;
	screen->over |= topping->left == 1;
	topping->left -= !!topping->left;
	*end = clock_ms() + topping->interval_ms;
	return top_turn(&topping->top) ?: 1;
}

/* What has happened, was typed, is over. */
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
	__s64 end = clock_ms() + topping->interval_ms, left;
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
		return cmd_fail("top", "this is no terminal; --batch writes "
				"text");
	if (err)
		return cmd_fail("top", "TERM=%s: nothing can be drawn there; "
				"--batch writes text", getenv("TERM") ?: "");
	topping->watch.input = STDIN_FILENO;
	return CMD_OK;
}

/* Text about a process ends with it; on a terminal there are others. */
static int find_process(struct topping *topping)
{
	int err;

	if (!topping->pid)
		return CMD_OK;
	err = watch_process(&topping->watch, topping->pid);
	if (err)
		return cmd_no_process("top", topping->pid, err);
	if (!topping->batch)
		watch_forget(&topping->watch);
	return CMD_OK;
}

static int run_top(struct topping *topping)
{
	struct top *top = &topping->top;
	int err = top_open(top, topping->buffer);

	if (!err && topping->pid)
		err = top_look(top, topping->pid);
	if (!err)
		err = topping->batch ? run_batch(topping) : run_screen(topping);
	top_close(top);
	return err;
}

static int run(struct topping *topping)
{
	int status = find_process(topping), err;

	if (!status && !topping->batch)
		status = open_screen(topping);
	if (status)
		return status;
	topping->top.order = topping->order;
	err = run_top(topping);
	if (!topping->batch)
		screen_close();
	if (!err || err == -EPIPE)
		return CMD_OK;
	return cmd_fail("top", "%s", strerror(-err));
}

int cmd_top(int argc, char **argv)
{
	static struct topping topping = {
		.interval_ms = 2000, .buffer = BUFFER,
	};
	int status = parse(argc, argv, &topping), err;

	if (status >= 0)
		return status;
	style_detect(&topping.style, stdout, topping.colour);
	style_detect(&topping.screen.style, stdout, NEVER);
	signal(SIGPIPE, SIG_IGN);
	err = watch_begin(&topping.watch);
	if (err)
		return cmd_fail("top", "signals: %s", strerror(-err));
	status = run(&topping);
	watch_end(&topping.watch);
	return status;
}
