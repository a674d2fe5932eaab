/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Texts of the guided tour: tour/LANGUAGE/NN.txt, one file for each scene. The
 * build embeds the files in the program. A file contains
 *
 *	the title
 *				an empty line
 *	what will happen, any number of lines
 *				an empty line
 *	- a claim that the scene checks, in the order of the checks
 *	? KEY: a sentence for a case that the scene calls KEY
 *
 * 00.txt is common to all scenes.
 */
#ifndef _TOUR_TEXT_H
#define _TOUR_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Part of a text. The part does not end with a NUL. If @text is NULL, the part
 * does not exist.
 */
struct passage {
	const char *text;
	int length;
};

/**
 * struct tour_text - text of a scene
 * @begin: start of the text
 * @end: end of the text
 * @common: text that is common to all scenes, or NULL
 */
struct tour_text {
	const char *begin;
	const char *end;
	const struct tour_text *common;
};

/*
 * Find the text of a scene. Return false if the scene has no text. @common may
 * be NULL.
 */
bool tour_text(struct tour_text *text, const char *language, int scene,
	       const struct tour_text *common);

struct passage tour_title(const struct tour_text *text);

/*
 * Return the next line of the part that says what will happen. *@at must be NULL
 * for the first line.
 */
struct passage tour_line(const struct tour_text *text, const char **at);

/* Return claim @number. Numbers start at 0. */
struct passage tour_claim(const struct tour_text *text, int number);

/* Return the sentence for a key, from the scene's text or from the common text. */
struct passage tour_sentence(const struct tour_text *text, const char *key);

#endif /* _TOUR_TEXT_H */
