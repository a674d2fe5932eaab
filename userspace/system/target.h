/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The target of an observation, which is a command, some processes, or all
 * processes.
 */
#ifndef _TARGET_H
#define _TARGET_H

#include "system/wait.h"
#include "system/workload.h"

/**
 * struct target - the target of an observation
 * @watch: watch for signals and events that can end the observation
 * @command: the command, if the target is a command
 * @interrupted: signal that interrupted the observation; 0: none
 */
struct target {
	struct watch watch;
	struct workload command;
	int interrupted;
};

/* Wait up to @milliseconds. Return true if the observation is over. */
bool target_over(struct target *target, int milliseconds);

/*
 * Return the exit status: @status if this program failed, otherwise the exit
 * status of the command. If a signal killed the command @argv, print a message
 * in the name of subcommand @name, and raise the same signal instead of
 * returning. If a signal interrupted the observation and the command is still
 * running, raise this signal instead of returning.
 */
int target_end(struct target *target, int status, const char *name,
	       char **argv);

/*
 * Format the target as "cat /etc/passwd" (truncated if it is long), "process
 * 42", "processes 42, 43" or "all processes".
 */
void target_name(char *text, size_t size, char **command,
		 const struct pids *pids);

#endif /* _TARGET_H */
