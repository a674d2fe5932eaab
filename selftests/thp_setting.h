/* SPDX-License-Identifier: GPL-2.0-only */
/* The settings of transparent huge pages. */
#ifndef _MMAPDEMO_TEST_THP_SETTING_H
#define _MMAPDEMO_TEST_THP_SETTING_H

#include "trace.h"

#define HUGE (2 * MIB)
#define THP "/sys/kernel/mm/transparent_hugepage/"

/* since Linux 6.18 */
#ifndef PR_THP_DISABLE_EXCEPT_ADVISED
#define PR_THP_DISABLE_EXCEPT_ADVISED (1 << 1)
#endif

/* Return the selected word of a setting, such as "always". */
static inline char *selected(const char *path)
{
	char *text = slurp(path), *begin = text ? strchr(text, '[') : NULL;
	char *end = begin ? strchr(begin, ']') : NULL;
	char *word = end ? strndup(begin + 1, end - begin - 1) : NULL;

	free(text);
	return word;
}

#endif /* _MMAPDEMO_TEST_THP_SETTING_H */
