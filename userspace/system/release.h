/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernels whose rules are known. */
#ifndef _RELEASE_H
#define _RELEASE_H

#include <stdbool.h>
#include <stdio.h>

/** struct release - the first two numbers of a kernel release */
struct release {
	int major;
	int minor;
};

/*
 * Return the index of the newest of the @known kernels that is not newer than the kernel
 * @name. If all are newer, return the index of the oldest. @known begins with the newest.
 * Set *@exact to true if the kernel @name is known itself.
 */
static inline size_t release_find(const char *name, const struct release *known,
				  size_t count, bool *exact)
{
	int major = 0, minor = 0;
	size_t i = 0;

	sscanf(name, "%d.%d", &major, &minor);
	while (i < count - 1 && (major < known[i].major ||
				 (major == known[i].major &&
				  minor < known[i].minor)))
		i++;
	*exact = major == known[i].major && minor == known[i].minor;
	return i;
}

#endif /* _RELEASE_H */
