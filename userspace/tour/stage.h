/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a scene of the tour is played: in a process of its own, whose events are
 * recorded while it wants that. The scene claims something, and checks it.
 */
#ifndef _STAGE_H
#define _STAGE_H

#include "base/line.h"
#include "event/event.h"
#include "tour/text.h"

#include <stdbool.h>

struct recorder;

#define STAGE_RANGES 4
#define STAGE_FAULTS 32
#define STAGE_SEARCHES 8

/* What became of a scene; also the exit status of its process. */
enum verdict_of_scene {
	SCENE_SHOWN = 0,
	SCENE_FAILED = 1,
	SCENE_PARTLY = 3,	/* shown, but not each claim was checked */
	SCENE_SKIPPED = 4,
};

/* What the process of a scene asks who observes it for. */
enum stage_word {
	ACT_BEGINS = 'b',
	ACT_ENDS = 'e',
};

/**
 * struct stage_seen - what the kernel told of the ranges, in the last act
 * @observed: nothing is missing; else all of the rest is 0
 * @fault_count: faults there, also those that @faults had no room for
 * @faults: the first of them
 * @search_count: searches for a free range that ended there
 * @searches: the first of them
 * @pgd_count: page tables allocated, by fork
 * @pgd: the last of them
 * @ranges: what the act is about; told by the scene
 * @range_count: of @ranges
 */
struct stage_seen {
	bool observed;
	int fault_count;
	struct fault_event faults[STAGE_FAULTS];
	int search_count;
	struct search_event searches[STAGE_SEARCHES];
	int pgd_count;
	struct pgd_event pgd;
	struct {
		__u64 start;
		__u64 end;
	} ranges[STAGE_RANGES];
	int range_count;
};

/**
 * struct stage - of the scene that is played
 * @text: of the scene
 * @style: how to write
 * @seen: shared by the scene and who observes it
 * @ask: the scene writes here when an act begins and ends
 * @answer: and waits until it may go on
 * @claims: checked so far
 * @failed: those that do not hold
 * @unchecked: those that could not be checked
 */
struct stage {
	const struct tour_text *text;
	const struct style *style;
	struct stage_seen *seen;
	int ask;
	int answer;
	int claims;
	int failed;
	int unchecked;
};

/*
 * Plays a scene: how it ended. -errno: it could not be. @recorder: an open one,
 * to be used again for the next scene; NULL: nothing is observed.
 */
int stage_play(const struct tour_text *text, const struct style *style,
	       struct recorder *recorder, int (*play)(struct stage *stage));

/* ---- for scenes ---- */

/* From here on the kernel's events count. */
void stage_begin(struct stage *stage);

/* The act is about this range, too. */
void stage_about(struct stage *stage, const volatile void *start,
		 size_t length);

/* Those of the ranges are shown now, and are in @stage->seen. */
void stage_end(struct stage *stage);

/* The next claim of the text; a scene ends when it has made all. */
void stage_claim(struct stage *stage, bool holds);

/* The same; it is said not to be checked where what it is about is not @known. */
void stage_claim_if(struct stage *stage, bool known, bool holds);

/* ... where no events were observed. */
void stage_claim_seen(struct stage *stage, bool holds);

/* Something that was measured: a line that needs no language. */
void stage_fact(struct stage *stage, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The text has a sentence for what is otherwise here. */
void stage_note(struct stage *stage, const char *key);

/* ... for why nothing can be shown. */
int stage_skip(struct stage *stage, const char *key);

/* What play() returns at its end. */
int stage_over(const struct stage *stage);

/* Faults of the last act that were of a class; -1: not observed. */
int stage_faults(const struct stage *stage, __u32 class);

/* Were these all, so many? False where nothing was observed. */
bool stage_only(const struct stage *stage, __u32 class, int count);

#endif /* _STAGE_H */
