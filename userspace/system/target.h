/* SPDX-License-Identifier: GPL-2.0-only */
/* What is observed until it ends: a command, a process, or all there is. */
#ifndef _TARGET_H
#define _TARGET_H

#include "system/wait.h"
#include "system/workload.h"

/**
 * struct target - what is observed
 * @watch: for what can end it
 * @command: if it is one
 * @interrupted: by this signal, 0: not
 */
struct target {
	struct watch watch;
	struct workload command;
	int interrupted;
};

/* Waits some time. Is it over? */
bool target_over(struct target *target, int milliseconds);

/*
 * Our exit status: that of the command, unless we had trouble of our own, which
 * is @status. May end by the signal that ended the command instead.
 */
int target_end(struct target *target, int status);

/*
 * "cat /etc/passwd", cut where it is long; "process 42"; "processes 42, 43"; "all
 * processes"
 */
void target_name(char *text, size_t size, char **command,
		 const struct pids *pids);

#endif /* _TARGET_H */
