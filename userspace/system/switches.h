/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Switches of ftrace and of all kprobes. While one of them is off, no function of the
 * kernel is observed. Nothing shows later that a switch was off, so writes to the
 * files of the switches are watched.
 */
#ifndef _SWITCHES_H
#define _SWITCHES_H

#include <stdbool.h>

#define SWITCHES_MAX 2

/* Message after a write. */
#define SWITCHES_WRITTEN						\
	"ftrace (sysctl kernel.ftrace_enabled) or kprobes were switched off " \
	"for a time: the events of that time are missing"

/**
 * struct switches - watched switches
 * @writes: descriptor of inotify(7), or -1
 * @files: open files, because the kernel can forget its watch of a file in /proc/sys
 *	that is not open
 * @count: number of @files
 */
struct switches {
	int writes;
	int files[SWITCHES_MAX];
	int count;
};

void switches_listen(struct switches *switches);

/* End watching. Return true if a switch was written to. */
bool switches_written(struct switches *switches);

#endif /* _SWITCHES_H */
