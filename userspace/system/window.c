// SPDX-License-Identifier: GPL-2.0-only
#include "system/window.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Maximum size of a window. Larger files are mapped in several steps. */
#define WINDOW_MAX (sizeof(void *) > 4 ? 1UL << 30 : 1UL << 26)

static size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

static void *map_any(int fd, __u64 offset, size_t length, int prot)
{
	void *map = mmap(NULL, length, prot, MAP_SHARED, fd, offset);

	if (map == MAP_FAILED && prot == PROT_READ &&
	    (errno == ENODEV || errno == EINVAL || errno == EACCES))
		map = mmap(NULL, length, prot, MAP_PRIVATE, fd, offset);
	return map;
}

int window_map(struct window *window, int fd, __u64 offset, __u64 length,
	       int prot)
{
	size_t page = page_size(), lead = offset % page;

	window->length = length < WINDOW_MAX ? length : WINDOW_MAX;
	for (;;) {
		window->map_length = lead + window->length;
		window->map = map_any(fd, offset - lead, window->map_length,
				      prot);
		if (window->map != MAP_FAILED)
			break;
		if (errno != ENOMEM || window->length <= page)
			return -errno;
		window->length /= 2;
	}
	window->data = window->map + lead;
	return 0;
}

void window_unmap(struct window *window)
{
	munmap(window->map, window->map_length);
	window->map = NULL;
}

int window_sync(struct window *window)
{
	return msync(window->map, window->map_length, MS_SYNC) ? -errno : 0;
}

/*
 * State of the current copy. The state is global, because the signal handler
 * needs it.
 */
static struct {
	sigjmp_buf back;
	volatile sig_atomic_t armed;
	uintptr_t from;
	uintptr_t to;
} guard;

static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	uintptr_t address = (uintptr_t)info->si_addr;

	(void)context;
	if (guard.armed && address >= guard.from && address < guard.to)
		siglongjmp(guard.back, 1);
	/*
	 * The access is not part of a copy. When this handler returns, the
	 * access is repeated, and SIGBUS ends the program.
	 */
	signal(sig, SIG_DFL);
}

/* Copy page by page, so that all bytes before an inaccessible page are copied. */
static size_t copy_guarded(char *to, const char *from, const char *mapped,
			   size_t length)
{
	struct sigaction old, action = {
		.sa_sigaction = on_sigbus,
		.sa_flags = SA_SIGINFO,
	};
	size_t page = page_size();
	volatile size_t done = 0;

	guard.from = (uintptr_t)mapped;
	guard.to = guard.from + length;
	sigaction(SIGBUS, &action, &old);
	if (!sigsetjmp(guard.back, /* savemask = */ true)) {
		guard.armed = true;
		while (done < length) {
			size_t n = page - ((uintptr_t)mapped + done) % page;

			if (n > length - done)
				n = length - done;
			memcpy(to + done, from + done, n);
			done += n;
		}
	}
	guard.armed = false;
	sigaction(SIGBUS, &old, NULL);
	return done;
}

size_t window_load(const struct window *window, size_t at, void *to,
		   size_t length)
{
	return copy_guarded(to, window->data + at, window->data + at, length);
}

size_t window_store(struct window *window, size_t at, const void *from,
		    size_t length)
{
	return copy_guarded(window->data + at, from, window->data + at,
			    length);
}
