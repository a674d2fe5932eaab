/* SPDX-License-Identifier: GPL-2.0-only */
/* The facts that the rules of huge pages need, from /proc and /sys. */
#ifndef _HUGE_SETTINGS_H
#define _HUGE_SETTINGS_H

#include "system/huge_rules.h"
#include "system/shmem.h"
#include "system/smaps.h"

void huge_settings_read(struct huge_settings *settings);

/* Read the setting of each smaller size from the file @name, such as "enabled". */
void huge_sizes_read(enum huge_setting sizes[HUGE_SIZES], const char *name);

/* Return the kind of memory in a VMA of the process @pid. */
enum huge_kind huge_kind_of(int pid, const struct vma *vma,
			    const struct shmem *shmem);

/*
 * Set the facts about the VMA: its range, its flags and its file. The caller has
 * set @facts->settings.
 */
void huge_facts_of(struct huge_facts *facts, int pid, const struct vma *vma,
		   const struct shmem *shmem);

#endif /* _HUGE_SETTINGS_H */
