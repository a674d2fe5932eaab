// SPDX-License-Identifier: GPL-2.0-only
#include "report/where.h"

#include <stdio.h>
#include <string.h>

typedef unsigned long long ull;

/*
 * Prefer the name of the mapping itself, because the name of the file may come
 * from other mappings.
 */
static const char *name_where(const struct space *space,
			      const struct fault_event *fault)
{
	const struct mapping *mapping = maps_find(&space->maps,
						  fault->address);

	if (mapping && mapping->ino == fault->ino &&
	    (!fault->ino || (mapping->dev == fault->dev && mapping->name[0])))
		return mapping->name;
	return fault->ino ? space_file(space, fault->dev, fault->ino) : NULL;
}

const char *summary_where(const struct space *space,
			  const struct fault_event *fault,
			  char text[ROW_NAME_MAX])
{
	const char *name = name_where(space, fault);

	if (name && *name)
		snprintf(text, ROW_NAME_MAX, "%s", name);
	else if (fault->ino)
		snprintf(text, ROW_NAME_MAX, "inode %llu of %u:%u",
			 (ull)fault->ino, fault->dev >> 20,
			 fault->dev & 0xfffff);
	else
		strcpy(text, "anonymous");
	return text;
}
