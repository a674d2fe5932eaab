/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guided tour says: tour/LANGUAGE/NN.txt, one file for each scene, put
 * into the program by make. A file is
 *
 *	the title
 *				an empty line
 *	what will happen, any number of lines
 *				an empty line
 *	- a claim that the scene checks, in the order in which it does
 *	? KEY: a sentence for a case that the scene names KEY
 *
 * and 00.txt is what all scenes have in common.
 */
#ifndef _TOUR_TEXT_H
#define _TOUR_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A part of a text, without a zero at its end; NULL: there is none. */
struct passage {
	const char *text;
	int length;
};

/** struct tour_text - of a scene: where it begins and ends */
struct tour_text {
	const char *begin;
	const char *end;
	const struct tour_text *common;
};

/* False: there is no such language, or scene. @common may be NULL. */
bool tour_text(struct tour_text *text, const char *language, int scene,
	       const struct tour_text *common);

struct passage tour_title(const struct tour_text *text);

/* The next line of what will happen; *@at is NULL at first, and at the end. */
struct passage tour_line(const struct tour_text *text, const char **at);

/* The claim of that number, from 0. */
struct passage tour_claim(const struct tour_text *text, int number);

/* The sentence of a key, of the scene or of all. */
struct passage tour_sentence(const struct tour_text *text, const char *key);

#endif /* _TOUR_TEXT_H */
