// SPDX-License-Identifier: GPL-2.0-only
#include "system/workload.h"
#include "base/clock.h"
#include "system/file_limit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void close_pair(int *fds)
{
	close(fds[0]);
	close(fds[1]);
}

static bool is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

/*
 * Find a program as execvp() does, but before events are recorded. If execvp()
 * searched for the program, each failed attempt to exec would cause events.
 */
static void find_program(const char *name, char *found, size_t size)
{
	const char *dir = getenv("PATH"), *end;

	while (dir && !strchr(name, '/')) {
		end = strchrnul(dir, ':');
		snprintf(found, size, "%.*s%s%s", (int)(end - dir), dir,
			 end > dir ? "/" : "./", name);
		if (is_program(found))
			return;
		dir = *end ? end + 1 : NULL;
	}
	snprintf(found, size, "%s", name);
}

/*
 * Run in the child. The child must not map memory before exec, because the
 * recording should begin with the exec.
 */
static void wait_and_exec(int go, int error, const char *path, char **argv,
			  const sigset_t *mask)
{
	char byte;
	ssize_t n;
	int err;

	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	file_limit_restore();
	sigprocmask(SIG_SETMASK, mask, NULL);
	do
		n = read(go, &byte, 1);
	while (n < 0 && errno == EINTR);
	/* The observing process has ended. */
	if (n != 1)
		_exit(127);
	execvp(path, argv);
	err = errno;
	while (write(error, &err, sizeof(err)) < 0 && errno == EINTR)
		;
	_exit(127);
}

int workload_hold(struct workload *command, char **argv, const sigset_t *mask)
{
	char path[PATH_MAX];
	int go[2], error[2], err;

	find_program(argv[0], path, sizeof(path));
	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (pipe2(error, O_CLOEXEC)) {
		err = -errno;
		close_pair(go);
		return err;
	}
	command->pid = fork();
	if (!command->pid) {
		close(go[1]);
		close(error[0]);
		wait_and_exec(go[0], error[1], path, argv, mask);
	}
	if (command->pid < 0) {
		err = -errno;
		command->pid = 0;
		close_pair(go);
		close_pair(error);
		return err;
	}
	close(go[0]);
	close(error[1]);
	command->go = go[1];
	command->error = error[0];
	return 0;
}

int workload_go(struct workload *command)
{
	ssize_t n;
	int err;

	command->began = clock_ns();
	do
		n = write(command->go, "", 1);
	while (n < 0 && errno == EINTR);
	close(command->go);
	do
		n = read(command->error, &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	close(command->error);
	return n == sizeof(err) ? -err : 0;
}

bool workload_ended(struct workload *command)
{
	if (command->ended || !wait4(command->pid, &command->status, WNOHANG,
				     &command->usage))
		return command->ended;
	command->ran = clock_ns() - command->began;
	return command->ended = true;
}

void workload_kill(struct workload *command)
{
	kill(command->pid, SIGKILL);
	close(command->go);
	close(command->error);
	waitpid(command->pid, &command->status, 0);
	command->ended = true;
}

int workload_imitate(const struct workload *command)
{
	static const struct rlimit none;
	int sig;

	if (WIFEXITED(command->status))
		return WEXITSTATUS(command->status);
	sig = WTERMSIG(command->status);
	setrlimit(RLIMIT_CORE, &none);
	signal(sig, SIG_DFL);
	raise(sig);
	return 128 + sig;
}
