// SPDX-License-Identifier: GPL-2.0-only
#include "report/lint/machine.h"

#include <stdio.h>
#include <string.h>

static bool is_since(const char *kernel, unsigned int major,
		     unsigned int minor)
{
	unsigned int x, y;

	return sscanf(kernel, "%u.%u", &x, &y) == 2 &&
	       (x > major || (x == major && y >= minor));
}

static enum thp parse_thp(const char *text)
{
	static const char *const names[] = {
		[THP_ALWAYS] = "always", [THP_MADVISE] = "madvise",
		[THP_NEVER] = "never",
	};

	for (enum thp thp = THP_ALWAYS; thp <= THP_NEVER; thp++) {
		if (!strcmp(text, names[thp]))
			return thp;
	}
	return THP_UNKNOWN;
}

struct lint_machine lint_machine(const struct meta *meta)
{
	return (struct lint_machine){
		.populate = is_since(meta->kernel, 5, 14),
		.vma_locks = is_since(meta->kernel, 6, 4),
		.memory = meta->memory_bytes,
		.thp = parse_thp(meta->thp),
		.limit = meta->max_map_count,
		.reached = meta->limit,
	};
}
