/* SPDX-License-Identifier: GPL-2.0-only */
/* The settings of transparent huge pages. */
#ifndef _THP_H
#define _THP_H

#include <linux/types.h>
#include <stdbool.h>

/*
 * Call @visit for each setting that the kernel has. @name is the path below PROC_THP,
 * such as "khugepaged/max_ptes_none". @word is the selected word, or NULL if the setting
 * is a number.
 */
void thp_settings(void (*visit)(const char *name, const char *word, __u64 number,
				void *data), void *data);

/*
 * Read a setting that is a number, such as "khugepaged/max_ptes_none". Return false if
 * the kernel does not have the setting.
 */
bool thp_number(const char *name, __u64 *number);

/*
 * Return true if the kernel has no free block of 2 MiB. Pages that a CPU keeps for itself
 * are not seen.
 */
bool thp_none_free(void);

#endif /* _THP_H */
