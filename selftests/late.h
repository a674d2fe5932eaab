/* SPDX-License-Identifier: GPL-2.0-only */
/* A page that userfaultfd supplies late, so that its fault sleeps. */
#ifndef _MMAPDEMO_TEST_LATE_H
#define _MMAPDEMO_TEST_LATE_H

#include "memory.h"

#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>

/* The answer comes after this time. */
#define LATE_NS 50000000ULL

/* Fork a child that supplies one page to its parent after a delay. */
static inline pid_t answer_late(int fd)
{
	const struct timespec delay = { .tv_nsec = LATE_NS };
	struct uffdio_zeropage zero = { .range.len = page_size() };
	struct uffd_msg message;
	pid_t pid = fork_child();

	if (pid)
		return pid;
	if (read(fd, &message, sizeof(message)) != sizeof(message))
		_exit(1);
	nanosleep(&delay, NULL);
	zero.range.start = message.arg.pagefault.address & -page_size();
	_exit(!!ioctl(fd, UFFDIO_ZEROPAGE, &zero));
}

/* Return a descriptor of userfaultfd that supplies a page, or -1. */
static inline int uffd_for(char *page)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .start = (uintptr_t)page, .len = page_size() },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	return ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &range) ?
		       -1 : fd;
}

#endif /* _MMAPDEMO_TEST_LATE_H */
