// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo tour: a guided tour of mmap() and related system calls */
#include "base/format.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "record/recorder.h"
#include "tour/tour.h"

#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int (*const scenes[])(struct stage *stage) = {
	tour_touch,
	tour_two_processes,
	tour_store,
	tour_private,
	tour_zero,
	tour_malloc,
	tour_search,
	tour_neighbours,
	tour_walk,
	tour_fork,
	tour_swap,
	tour_huge,
	tour_tlb_flushes,
	tour_end,
	tour_registers,
	tour_methods,
	tour_after_end,
	tour_wait,
	tour_why_not_huge,
};

/*
 * Size of the trace buffer of each processor, in bytes. A step of a scene causes
 * a few hundred events.
 */
#define BUFFER (1 << 20)

#define SCENES ((int)(sizeof(scenes) / sizeof(scenes[0])))

/**
 * struct tour - options and state of the command
 * @scene: number of the scene to play; 0: all
 * @common: text common to all scenes
 * @recorder: recorder for all scenes, because opening a recorder takes longer
 *	than playing a scene
 * @observed: @recorder is open
 * @played: number of scenes with each result, by enum verdict_of_scene
 */
struct tour {
	bool list;
	const char *language;
	enum when colour;
	int scene;
	struct style style;
	struct tour_text common;
	struct recorder recorder;
	bool observed;
	int played[SCENE_SKIPPED + 1];
};

/* ---- options ---- */

/*
 * Return the language of the locale, "zh" or "en". If there are no texts in the
 * language of the locale, return "en".
 */
static const char *locale_language(void)
{
	const char *locale = setlocale(LC_MESSAGES, NULL);
	const char *asked = getenv("LC_ALL");

	if (!asked || !*asked)
		asked = getenv("LC_MESSAGES");
	if (!asked || !*asked)
		asked = getenv("LANG");
	/*
	 * Use the locale that the environment names, even if this locale is not
	 * installed.
	 */
	return (locale && !strncmp(locale, "zh", 2)) ||
	       (asked && !strncmp(asked, "zh", 2)) ? "zh" : "en";
}

static const char *language_word(int number)
{
	static const char *const words[] = { "en", "zh", NULL };

	return words[number];
}

static const struct cmd_usage usage = {
	.name = "tour",
	.text =
"Usage: mmapdemo tour [OPTION]... [N]\n"
"Play a guided tour. Each scene announces some steps, performs them, shows the\n"
"kernel's events, and checks several claims about the kernel's behaviour.\n"
"With N, play only scene N. Otherwise, play all scenes.\n",
	.examples =
"  sudo mmapdemo tour\n"
"  sudo mmapdemo tour --lang zh 1\n",
	.options = {
		OPTION_FLAG('l', "list", struct tour, list,
			    "print only the titles of the "
			    "scenes"),
		OPTION_WORD(0, "lang", "LANG", language_word, option_text,
			    struct tour, language, "language of the texts "
			    "(default: that of the locale)"),
		OPTION_COLOUR(struct tour, colour),
		OPTION_END
	},
};

/* Return -1 on success, otherwise the exit status. */
static int parse(int argc, char **argv, struct tour *tour)
{
	int status = cmd_parse(&usage, argc, argv, tour);

	if (status >= 0)
		return status;
	tour_text(&tour->common, tour->language, 0, NULL);
	if (optind == argc)
		return -1;
	if (argc - optind > 1)
		return cmd_misused("tour", "at most one scene is allowed");
	if (parse_count(argv[optind], &tour->scene) || tour->scene > SCENES)
		return cmd_misused("tour", "%s: a scene must be a number from "
				   "1 to %d", argv[optind], SCENES);
	return -1;
}

/* ---- scenes ---- */

static int put_line(const struct tour *tour, enum colour colour,
		    const char *before, struct passage passage)
{
	struct line line;

	line_begin(&line, &tour->style);
	line_add(&line, colour, "%s%.*s", before, passage.length,
		 passage.text);
	return line_end(&line, stdout);
}

static int introduce(const struct tour *tour, const struct tour_text *text,
		     int scene)
{
	struct passage passage;
	const char *at = NULL;
	char number[32];
	int err;

	snprintf(number, sizeof(number), "%2d/%d  ", scene, SCENES);
	err = put_line(tour, BOLD, number, tour_title(text));
	if (err || tour->list)
		return err;
	while (!err && (passage = tour_line(text, &at)).text)
		err = put_line(tour, PLAIN, "", passage);
	if (!err && putchar('\n') == EOF)
		err = -errno;
	return err;
}

static int play(struct tour *tour, int scene)
{
	struct tour_text text;
	int ret;

	if (!tour_text(&text, tour->language, scene, &tour->common))
		return -ENOENT;
	ret = introduce(tour, &text, scene);
	if (ret || tour->list)
		return ret;
	ret = stage_play(&text, &tour->style, tour->observed ?
			 &tour->recorder : NULL, scenes[scene - 1]);
	if (ret < 0)
		return ret;
	tour->played[ret <= SCENE_SKIPPED ? ret : SCENE_FAILED]++;
	putchar('\n');
	return fflush(stdout) ? -errno : 0;
}

/* Return the key of the sentence that says why events can't be recorded. */
static const char *unobserved(const struct recorder *recorder, int err)
{
	if (err == -EACCES && geteuid())
		return "events-root";
	return err == -ENOENT && !recorder->decoder.missing[0] ?
	       "events-module" : "events";
}

/* Also record where the time of faults went, unless the module is older. */
static void record_waits(struct recorder *recorder)
{
	recorder->instance.kinds = EVENTS_MODULE |
		(decoder_kinds(&recorder->decoder) & EVENTS_WAITS);
}

/*
 * Open the recorder. Print the title of the tour, unless only one scene is
 * played. If events can't be recorded, print the reason.
 */
static int open_tour(struct tour *tour)
{
	int err = 0, why;

	if (tour->list)
		return 0;
	why = recorder_open(&tour->recorder, BUFFER);
	tour->observed = !why;
	if (tour->observed)
		record_waits(&tour->recorder);
	if (!tour->scene)
		err = put_line(tour, BOLD, "", tour_title(&tour->common));
	if (!err && why)
		err = put_line(tour, YELLOW, "",
			       tour_sentence(&tour->common,
					     unobserved(&tour->recorder, why)));
	if (!err && (!tour->scene || why))
		putchar('\n');
	return err;
}

/*
 * The signal that interrupted the tour, or 0. A signal ends only the loop over
 * the scenes. The recorder is closed after the loop.
 */
static volatile sig_atomic_t interrupted;

static void interrupt(int sig)
{
	interrupted = sig;
}

/*
 * Handle the signal @sig, unless the parent process has set the signal to be
 * ignored.
 */
static void watch(int sig)
{
	struct sigaction action;

	if (sigaction(sig, NULL, &action) || action.sa_handler == SIG_IGN)
		return;
	action = (struct sigaction){ .sa_handler = interrupt };
	sigaction(sig, &action, NULL);
}

static int play_all(struct tour *tour)
{
	int err = open_tour(tour);

	for (int scene = 1; !err && !interrupted && scene <= SCENES; scene++) {
		if (!tour->scene || tour->scene == scene)
			err = play(tour, scene);
	}
	return err;
}

/*
 * Print the results, such as "13 shown, 1 skipped, 0 failed". If scenes were shown
 * only partly, also print the number of these scenes.
 */
static void sum_up(const struct tour *tour)
{
	static const struct {
		const char *key;
		enum verdict_of_scene verdict;
	} parts[] = {
		{ "shown", SCENE_SHOWN },
		{ "partly", SCENE_PARTLY },
		{ "skipped", SCENE_SKIPPED },
		{ "failed", SCENE_FAILED },
	};
	struct line line;

	if (tour->list)
		return;
	line_begin(&line, &tour->style);
	for (int i = 0; i < 4; i++) {
		struct passage word = tour_sentence(&tour->common,
						    parts[i].key);

		if (parts[i].verdict == SCENE_PARTLY &&
		    !tour->played[SCENE_PARTLY])
			continue;
		line_add(&line, BOLD, "%s%d %.*s", i ? ", " : "",
			 tour->played[parts[i].verdict], word.length,
			 word.text);
	}
	line_end(&line, stdout);
}

int cmd_tour(int argc, char **argv)
{
	struct tour tour = { .language = locale_language() };
	int status = parse(argc, argv, &tour), err;

	if (status >= 0)
		return status;
	style_detect(&tour.style, stdout, tour.colour);
	watch(SIGINT);
	watch(SIGQUIT);
	watch(SIGTERM);
	signal(SIGPIPE, SIG_IGN);
	err = play_all(&tour);
	if (tour.observed)
		recorder_close(&tour.recorder);
	if (interrupted) {
		signal(interrupted, SIG_DFL);
		raise(interrupted);
	}
	if (!err)
		sum_up(&tour);
	if (!err && fflush(stdout))
		err = -errno;
	if (err)
		return err == -EPIPE ? CMD_OK :
		       cmd_broken("tour", err);
	return tour.played[SCENE_FAILED] ? CMD_FAILED : CMD_OK;
}
