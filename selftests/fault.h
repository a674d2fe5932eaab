/* SPDX-License-Identifier: GPL-2.0-only */
/* Helpers for the tests of pte_fault: tracing of a single fault, and files to map. */
#ifndef _MMAPDEMO_TEST_FAULT_H
#define _MMAPDEMO_TEST_FAULT_H

#include "trace.h"

#define FAULT_AROUND "/sys/kernel/debug/fault_around_bytes"

/*
 * Touch one byte. Return the event of the fault. Return NULL unless there was
 * exactly one event.
 */
static inline const struct event *trace_touch(struct trace *trace,
					      char *address, bool write)
{
	if (!trace_begin(trace, "pte_fault"))
		return NULL;
	touch(address, write);
	return trace_end(trace) ? fault_at(trace, (char *)
			((uintptr_t)address & -page_size())) : NULL;
}

/*
 * Trace a child that runs a program. Return the child's PID, or -1 if a step or the
 * program failed.
 */
static inline pid_t trace_exec(struct trace *trace)
{
	pid_t pid;

	if (!trace_put(trace, "options/event-fork", "1") ||
	    !trace_begin(trace, "pte_fault"))
		return -1;
	pid = fork_child();
	if (!pid) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	return wait_for(pid) || !trace_end(trace) ? -1 : pid;
}

/* Return true if @event is a fault of class @class. Otherwise, print the event. */
static inline bool class_is(const struct event *event, const char *class)
{
	if (event && event_is(event, "class", class))
		return true;
	fprintf(stderr, "# expected class=%s, got %s\n", class,
		event ? event->fields : "no fault");
	return false;
}

static inline char *map_anon(size_t length)
{
	return mmap(NULL, length, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Return true if the kernel uses transparent huge pages, at least on request. */
static inline bool thp_is_on(void)
{
	char *enabled = slurp("/sys/kernel/mm/transparent_hugepage/enabled");
	bool on = enabled && !strstr(enabled, "[never]");

	free(enabled);
	return on;
}

/*
 * Disable huge pages and fault-around, so that each fault maps only one page.
 * With fault-around, a fault would also map neighbouring pages that are in the
 * page cache.
 */
static inline bool small_faults(char *saved, size_t size)
{
	char *text = slurp(FAULT_AROUND);

	if (!text)
		return false;
	snprintf(saved, size, "%s", text);
	free(text);
	return !prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) &&
	       put(FAULT_AROUND, "4096");
}

/*
 * Create an unnamed file on the disk, with PAGES pages that are in the page
 * cache.
 */
static inline int disk_file(void)
{
	int fd = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char page[4096];

	memset(page, 'd', sizeof(page));
	for (size_t i = 0; fd >= 0 && i < PAGES * page_size() / sizeof(page);
	     i++)
		if (write(fd, page, sizeof(page)) != sizeof(page))
			return -1;
	return fd;
}

static inline int memory_file(void)
{
	int fd = memfd_create("memory", MFD_CLOEXEC);

	return ftruncate(fd, PAGES * page_size()) ? -1 : fd;
}

#endif /* _MMAPDEMO_TEST_FAULT_H */
