/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The switches of ftrace and of all kprobes. While a switch is off, calls of
 * kernel functions can be missed. The files of the switches are watched for
 * writes, because nothing else shows that a switch was off for some time.
 */
#ifndef _SWITCHES_H
#define _SWITCHES_H

#include <stdbool.h>

#define SWITCHES_MAX 2

/* Message after a write to a switch. */
#define SWITCHES_WRITTEN						\
	"ftrace (sysctl kernel.ftrace_enabled) or kprobes may have been " \
	"switched off for some time"

/**
 * struct switches - a watch of the switches
 * @writes: inotify(7) descriptor, or -1
 * @files: descriptors of the switches' files, which are kept open, because the
 *	kernel can drop the watch of a file in /proc/sys that is not open
 * @count: number of @files
 */
struct switches {
	int writes;
	int files[SWITCHES_MAX];
	int count;
};

void switches_listen(struct switches *switches);

/* Stop watching. Return true if a switch was written to. */
bool switches_written(struct switches *switches);

#endif /* _SWITCHES_H */
