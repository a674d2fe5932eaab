/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stage is the process that plays a scene of the tour. Events of this
 * process are recorded only during acts. The scene begins and ends each act.
 * The scene also makes claims, and checks whether the claims are true.
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

/* Result of a scene, and exit status of the process that plays the scene */
enum verdict_of_scene {
	SCENE_SHOWN = 0,
	SCENE_FAILED = 1,
	SCENE_PARTLY = 3,	/* some claims could not be checked */
	SCENE_SKIPPED = 4,
};

/* Requests from the process that plays a scene to its observer */
enum stage_word {
	ACT_BEGINS = 'b',
	ACT_ENDS = 'e',
};

/**
 * struct stage_seen - recorded events of the last act, as far as they are about
 * the address ranges of the act
 * @observed: all events were recorded. If there is no recorder, all counts are
 *	0
 * @fault_count: number of faults in the ranges, including faults for which
 *	@faults had no room
 * @faults: the first faults in the ranges
 * @search_count: number of @searches
 * @searches: the first searches for free addresses that found an address in the
 *	ranges
 * @pgd_count: number of PGDs that fork allocated
 * @pgd: event about the last PGD that fork allocated
 * @timed: fault_time events are recorded
 * @slow: the last fault_time event of a fault in the ranges
 * @tid: if set by the scene, events of other tasks are left out
 * @ranges: address ranges of the act, which the scene sets
 * @range_count: number of @ranges
 */
struct stage_seen {
	bool observed;
	int fault_count;
	struct fault_event faults[STAGE_FAULTS];
	int search_count;
	struct search_event searches[STAGE_SEARCHES];
	int pgd_count;
	struct pgd_event pgd;
	bool timed;
	struct slow_event slow;
	__u32 tid;
	struct {
		__u64 start;
		__u64 end;
	} ranges[STAGE_RANGES];
	int range_count;
};

/**
 * struct stage - state of a scene
 * @text: text of the scene
 * @style: style of the output
 * @seen: result of the last act, in memory that the scene and its observer
 *	share
 * @ask: pipe to the observer. A byte says that an act begins or ends
 * @answer: pipe from the observer. A byte says that the scene may continue
 * @claims: number of claims that were made so far
 * @failed: number of claims that were not true
 * @unchecked: number of claims that could not be checked
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
 * Play a scene. Return enum verdict_of_scene, or -errno if the scene can't be
 * played. @recorder is an open recorder, which can be used again for the next
 * scene. If @recorder is NULL, nothing is observed.
 */
int stage_play(const struct tour_text *text, const struct style *style,
	       struct recorder *recorder, int (*play)(struct stage *stage));

/* ---- for scenes ---- */

/* Start an act. Events are recorded until the end of the act. */
void stage_begin(struct stage *stage);

/* Add an address range to the act. */
void stage_about(struct stage *stage, const volatile void *start,
		 size_t length);

/* End the act. Show the events about the ranges of the act, and set @stage->seen. */
void stage_end(struct stage *stage);

/* Make the next claim of the text. A scene must make all claims. */
void stage_claim(struct stage *stage, bool holds);

/*
 * Make the next claim of the text. If @known is false, print the claim as
 * unchecked.
 */
void stage_claim_if(struct stage *stage, bool known, bool holds);

/*
 * Make the next claim of the text. If events were not observed, print the claim
 * as unchecked.
 */
void stage_claim_seen(struct stage *stage, bool holds);

/* Print a measurement, which is not translated. */
void stage_fact(struct stage *stage, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Print the sentence for @key, which says why the scene did not go as usual.
 */
void stage_note(struct stage *stage, const char *key);

/*
 * Print the sentence for @key, which is the reason why the scene is skipped.
 * Return SCENE_SKIPPED.
 */
int stage_skip(struct stage *stage, const char *key);

/*
 * Return the result of the scene. The function that plays the scene must return
 * this result.
 */
int stage_over(const struct stage *stage);

/*
 * Return the number of faults of a class in the last act. Return -1 if not all
 * events were observed, or if there were more than STAGE_FAULTS faults.
 */
int stage_faults(const struct stage *stage, __u32 class);

/*
 * Return true if the last act had exactly @count faults, and all of them were of
 * class @class. Return false if stage_faults() returns -1.
 */
bool stage_only(const struct stage *stage, __u32 class, int count);

#endif /* _STAGE_H */
