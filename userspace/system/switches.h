/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the administrator can switch off, so that no function of the kernel is
 * observed: ftrace, and all kprobes. When it is on again nothing shows that it was
 * off, so writes to the files are listened for.
 */
#ifndef _SWITCHES_H
#define _SWITCHES_H

#include <stdbool.h>

#define SWITCHES_MAX 2

/* What there is to say of it. */
#define SWITCHES_WRITTEN						\
	"somebody switched ftrace or kprobes meanwhile "		\
	"(sysctl kernel.ftrace_enabled): what came while they were off " \
	"is missing"

/**
 * struct switches - listened to
 * @writes: of inotify(7), or -1
 * @files: open, as the kernel can forget its watch of a file in /proc/sys that is
 *	not open
 * @count: of @files
 */
struct switches {
	int writes;
	int files[SWITCHES_MAX];
	int count;
};

void switches_listen(struct switches *switches);

/* Was one written to since? Nothing is listened for afterwards. */
bool switches_written(struct switches *switches);

#endif /* _SWITCHES_H */
