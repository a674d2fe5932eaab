// SPDX-License-Identifier: GPL-2.0-only
#include "system/target.h"
#include "base/format.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/*
 * Wait for the end of the observation. A signal from the terminal, such as that
 * of Ctrl-C, also reaches the command. If a process sent a signal to mmapdemo,
 * pass the signal on to the command. After the first signal, wait until the
 * command ends. A second signal ends the observation at once.
 */
bool target_over(struct target *target, int milliseconds)
{
	struct workload *command = &target->command;
	struct watch_news news = watch_wait(&target->watch, milliseconds);
	bool second = target->interrupted;

	if (news.sig)
		target->interrupted = news.sig;
	if (command->pid && workload_ended(command))
		return true;
	if (!news.sig)
		return news.exited;
	if (!command->pid || second)
		return true;
	if (news.sent)
		kill(command->pid, news.sig);
	return false;
}

/*
 * Print which signal killed the command. mmapdemo then raises the same signal,
 * so the shell prints that mmapdemo was killed. Like a shell, do not report
 * SIGINT and SIGPIPE.
 */
static void report_signal(const struct workload *command, const char *name,
			  const char *program)
{
	int sig = WIFSIGNALED(command->status) ? WTERMSIG(command->status) : 0;
	const char *word = sigabbrev_np(sig);
	char escaped[256];

	if (!sig || sig == SIGINT || sig == SIGPIPE)
		return;
	fprintf(stderr, "mmapdemo: %s: %s was killed by ", name,
		format_name(escaped, sizeof(escaped), program));
	if (word)
		fprintf(stderr, "SIG%s\n", word);
	else
		fprintf(stderr, "signal %d\n", sig);
}

int target_end(struct target *target, int status, const char *name,
	       char **argv)
{
	struct workload *command = &target->command;
	bool left_alone = target->interrupted && !command->ended;

	if (command->pid && left_alone) {
		raise(target->interrupted);
		return 128 + target->interrupted;
	}
	if (command->pid && !command->ended)
		waitpid(command->pid, &command->status, 0);
	if (status || !command->pid)
		return status;
	report_signal(command, name, argv[0]);
	return workload_imitate(command);
}

static void name_processes(char *text, size_t size, const struct pids *pids)
{
	size_t used = snprintf(text, size, pids->count > 1 ? "processes" :
			       pids->count ? "process" : "all processes");

	for (int i = 0; i < pids->count && used < size; i++)
		used += snprintf(text + used, size - used, "%s %d",
				 i ? "," : "", pids->list[i]);
}

void target_name(char *text, size_t size, char **command,
		 const struct pids *pids)
{
	size_t used = 0;

	if (!command)
		name_processes(text, size, pids);
	for (; command && *command && used + 8 < size; command++) {
		if (used)
			text[used++] = ' ';
		format_name(text + used, size - used, *command);
		used += strlen(text + used);
	}
}
