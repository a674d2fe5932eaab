/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scenes of the guided tour. Each scene is a small program that does what its
 * text describes, and checks the claims in the text. Each file is named after
 * the subject of its scenes. For example, page.c contains the scenes about
 * pages.
 */
#ifndef _TOUR_H
#define _TOUR_H

#include "tour/stage.h"

/* Each scene returns enum verdict_of_scene. */
int tour_touch(struct stage *stage);
int tour_two_processes(struct stage *stage);
int tour_store(struct stage *stage);
int tour_private(struct stage *stage);
int tour_zero(struct stage *stage);
int tour_malloc(struct stage *stage);
int tour_search(struct stage *stage);
int tour_neighbours(struct stage *stage);
int tour_walk(struct stage *stage);
int tour_fork(struct stage *stage);
int tour_swap(struct stage *stage);
int tour_huge(struct stage *stage);
int tour_tlb_flushes(struct stage *stage);
int tour_end(struct stage *stage);
int tour_registers(struct stage *stage);
int tour_methods(struct stage *stage);
int tour_after_end(struct stage *stage);
int tour_wait(struct stage *stage);
int tour_why_not_huge(struct stage *stage);

/* Return true if the setting "enabled" allows transparent huge pages. */
bool tour_huge_pages_are_on(void);

#endif /* _TOUR_H */
