/* SPDX-License-Identifier: GPL-2.0-only */
/* What is observed until it ends: a command, a process, or all there is. */
#ifndef _SUBJECT_H
#define _SUBJECT_H

#include "system/wait.h"
#include "system/workload.h"

/**
 * struct subject - what is observed
 * @watch: for what can end it
 * @command: if it is one
 * @interrupted: by this signal, 0: not
 */
struct subject {
	struct watch watch;
	struct command command;
	int interrupted;
};

/* Waits some time. Is it over? */
bool subject_over(struct subject *subject, int milliseconds);

/*
 * Our exit status: that of the command, unless we had trouble of our own, which
 * is @status. May end by the signal that ended the command instead.
 */
int subject_end(struct subject *subject, int status);

/*
 * "cat /etc/passwd", cut where it is long; "process 42"; "processes 42, 43"; "all
 * processes"
 */
void subject_name(char *text, size_t size, char **command,
		  const struct pids *pids);

#endif /* _SUBJECT_H */
