// SPDX-License-Identifier: GPL-2.0-only
#include "watch.h"

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

	watch->process = watch->input = -1;
	sigemptyset(&set);
	sigemptyset(&watch->deaf);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		sigaction(ends[i], NULL, &action);
		if (action.sa_handler != SIG_IGN) {
			sigaddset(&set, ends[i]);
		} else if (ends[i] == SIGINT || ends[i] == SIGQUIT) {
			/* A shell ignores those of its terminal for "&". */
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
	if (watch->process >= 0)
		close(watch->process);
	watch->process = -1;
}

void watch_end(struct watch *watch)
{
	watch_forget(watch);
	close(watch->signals);
	sigprocmask(SIG_SETMASK, &watch->before, NULL);
}

int watch_process(struct watch *watch, int pid)
{
	watch->process = syscall(SYS_pidfd_open, pid, 0);
	return watch->process < 0 ? -errno : 0;
}

struct watch_news watch_wait(struct watch *watch, int milliseconds)
{
	struct pollfd fds[] = {
		{ .fd = watch->signals, .events = POLLIN },
		{ .fd = watch->process, .events = POLLIN },
		{ .fd = watch->input, .events = POLLIN },
	};
	struct watch_news news = { 0 };
	struct signalfd_siginfo info;

	if (poll(fds, 3, milliseconds) <= 0)
		return news;
	news.exited = fds[1].revents & POLLIN || fds[2].revents & POLLHUP;
	while (!news.sig &&
	       read(watch->signals, &info, sizeof(info)) == sizeof(info)) {
		news.sent = info.ssi_code <= 0;	/* SI_USER, SI_QUEUE ... */
		if (info.ssi_signo != SIGCHLD &&
		    (news.sent || !sigismember(&watch->deaf, info.ssi_signo)))
			news.sig = info.ssi_signo;
	}
	return news;
}
