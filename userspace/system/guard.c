// SPDX-License-Identifier: GPL-2.0-only
#include "system/guard.h"
#include "system/keep_only.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Wait until the process has ended completely, because its files stay open
 * until then.
 */
static void wait_for_death(int process)
{
	struct pollfd death = { .fd = process, .events = POLLIN };

	while (process >= 0 && poll(&death, 1, -1) < 0 && errno == EINTR)
		;
}

/*
 * Run the guard in a new session, so that SIGKILL to the process group of the
 * main process does not kill the guard.
 */
static void wait_for_the_end(int alive, pid_t parent, void (*clean)(void))
{
	int process;
	sigset_t all;
	ssize_t n;
	char word;

	setsid();
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	keep_only(alive);
	process = syscall(SYS_pidfd_open, parent, 0);
	do
		n = read(alive, &word, 1);
	while (n < 0 && errno == EINTR);
	if (!n) {
		wait_for_death(process);
		clean();
	}
	_exit(0);
}

void guard_begin(struct guard *guard, void (*clean)(void))
{
	pid_t parent = getpid();
	int fds[2];

	*guard = (struct guard){ 0 };
	if (pipe2(fds, O_CLOEXEC))
		return;
	guard->pid = fork();
	if (!guard->pid) {
		close(fds[1]);
		wait_for_the_end(fds[0], parent, clean);
	}
	close(fds[0]);
	guard->alive = fds[1];
	if (guard->pid < 0)
		close(fds[1]);
}

void guard_end(struct guard *guard)
{
	if (guard->pid <= 0)
		return;
	/*
	 * This byte makes the guard exit. The write fails if the guard was
	 * killed.
	 */
	if (write(guard->alive, "", 1) == 1)
		while (waitpid(guard->pid, NULL, 0) < 0 && errno == EINTR)
			;
	close(guard->alive);
	guard->pid = 0;
}
