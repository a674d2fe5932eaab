// SPDX-License-Identifier: GPL-2.0-only
#include "system/wait.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

int watch_begin(struct watch *watch)
{
	static const int ends[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };
	struct sigaction action;
	sigset_t set;

	watch->count = 0;
	watch->input = -1;
	sigemptyset(&set);
	sigemptyset(&watch->deaf);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		sigaction(ends[i], NULL, &action);
		if (action.sa_handler != SIG_IGN) {
			sigaddset(&set, ends[i]);
		} else if (ends[i] == SIGINT || ends[i] == SIGQUIT) {
			/*
			 * A shell that starts a program with "&" makes the
			 * program ignore SIGINT and SIGQUIT.
			 */
			sigaddset(&set, ends[i]);
			sigaddset(&watch->deaf, ends[i]);
		}
	}
	sigaddset(&set, SIGCHLD);
	signal(SIGCHLD, SIG_DFL);
	if (sigprocmask(SIG_BLOCK, &set, &watch->before))
		return -errno;
	watch->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return watch->signals < 0 ? -errno : 0;
}

void watch_forget(struct watch *watch)
{
	while (watch->count)
		close(watch->processes[--watch->count]);
}

void watch_end(struct watch *watch)
{
	watch_forget(watch);
	close(watch->signals);
	sigprocmask(SIG_SETMASK, &watch->before, NULL);
}

int watch_process(struct watch *watch, int pid)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return -errno;
	watch->processes[watch->count++] = fd;
	return 0;
}

/*
 * Stop watching processes that have ended. Return true if the last of the
 * watched processes has just ended.
 */
static bool drop_exited(struct watch *watch, const struct pollfd *fds)
{
	const int before = watch->count;
	int left = 0;

	for (int i = 0; i < before; i++) {
		if (fds[i].revents & POLLIN)
			close(watch->processes[i]);
		else
			watch->processes[left++] = watch->processes[i];
	}
	watch->count = left;
	return before && !left;
}

struct watch_news watch_wait(struct watch *watch, int milliseconds)
{
	struct pollfd fds[2 + PIDS_MAX] = {
		{ .fd = watch->signals, .events = POLLIN },
		{ .fd = watch->input, .events = POLLIN },
	};
	struct watch_news news = { 0 };
	struct signalfd_siginfo info;

	for (int i = 0; i < watch->count; i++)
		fds[2 + i] = (struct pollfd){
			.fd = watch->processes[i], .events = POLLIN
		};
	if (poll(fds, 2 + watch->count, milliseconds) <= 0)
		return news;
	news.exited = fds[1].revents & POLLHUP;
	news.exited |= drop_exited(watch, fds + 2);
	while (!news.sig &&
	       read(watch->signals, &info, sizeof(info)) == sizeof(info)) {
		news.sent = info.ssi_code <= 0;	/* sent by a process */
		if (info.ssi_signo != SIGCHLD &&
		    (news.sent || !sigismember(&watch->deaf, info.ssi_signo)))
			news.sig = info.ssi_signo;
	}
	return news;
}
