/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Traces of the events mmapdemo:* of the test's own process. Each trace is a
 * separate trace instance. A trace does not disturb other tracing, and records no
 * faults of other processes.
 *
 *	trace_begin(&trace, "pte_fault");
 *	...
 *	ASSERT_TRUE(trace_end(&trace));
 *	event = fault_at(&trace, address);
 */
#ifndef _MMAPDEMO_TEST_TRACE_H
#define _MMAPDEMO_TEST_TRACE_H

#include "device.h"

#include <dirent.h>
#include <glob.h>
#include <regex.h>
#include <sys/stat.h>

#define TRACEFS "/sys/kernel/tracing"

/* ---- the complete text of each event, with its fields in order ---- */

#define HEX	"0x[0-9a-f]+"
#define NUM	"[0-9]+"
#define BIT	"[01]"
#define RANGE	HEX "-" HEX
#define DEV	NUM ":" NUM
#define NAME	"([^[:space:]\"\\]|\\\\[0-7]{3}){0,63}"
#define TRIGGER	" trigger=(" MMAPDEMO_TRIGGERS ") nr=(-1|" NUM ")"
#define PART	"(-1|" NUM ")"	/* time in ns, or not known */
#define SOME(x)	"((" x ")(\\|(" x "))*)?"

/*
 * Names from uapi/mmapdemo.h, joined as the alternatives of a regular
 * expression.
 */
#define EM(value, name)		name "|"
#define EMe(value, name)	name
static const char *const patterns[MMAPDEMO_EVENTS][2] = {
	[MMAPDEMO_EVENT_DO_MMAP] = { "do_mmap",
		"^mm=" HEX " addr=" HEX " len=" HEX " prot=r?w?x?"
		" flags=[a-z_|]*(0x[0-9a-f]+)? pgoff=" HEX " dev=" DEV
		" ino=" NUM " name=" NAME " ret=" HEX " duration=" NUM
		TRIGGER "$" },
	[MMAPDEMO_EVENT_GET_UNMAPPED_AREA] = { "get_unmapped_area",
		"^mm=" HEX " addr=" HEX " len=" HEX
		" flags=[a-z_|]*(0x[0-9a-f]+)? pgoff=" HEX
		" search=[a-z0-9_]+ topdown=" BIT
		" dev=" DEV " ino=" NUM " name=" NAME " ret=" HEX
		TRIGGER " low=" HEX " high=" HEX "$" },
	[MMAPDEMO_EVENT_VMA_MERGE] = { "vma_merge",
		"^mm=" HEX " cause=(" MMAPDEMO_CAUSES ") outcome=("
		MMAPDEMO_MERGES ") range=" RANGE " prev=" RANGE " next=" RANGE
		" result=" RANGE " prot=r?w?x?s? vm_flags=" HEX
		" absorbed=" NUM " map_count=" NUM TRIGGER
		" reason_prev=(" MMAPDEMO_REASONS ")"
		" reason_next=(" MMAPDEMO_REASONS ") flags_wanted=" HEX
		" flags_diff_prev=[a-z_|]*(0x[0-9a-f]+)?"
		" flags_diff_next=[a-z_|]*(0x[0-9a-f]+)? pgoff=" HEX
		" pgoff_prev=" HEX " pgoff_next=" HEX
		" ret=-?" NUM "$" },
	[MMAPDEMO_EVENT_VMA_LINK] = { "vma_link",
		"^mm=" HEX " cause=(" MMAPDEMO_CAUSES ") vma=" RANGE
		" prot=r?w?x?s? vm_flags=" HEX " pgoff=" HEX " dev=" DEV
		" ino=" NUM " name=" NAME " map_count=" NUM
		TRIGGER " caller=" HEX "$" },
	[MMAPDEMO_EVENT_PTE_FAULT] = { "pte_fault",
		"^mm=" HEX " address=" HEX " ip=" HEX
		" access=(" MMAPDEMO_ACCESSES ") from=(" MMAPDEMO_ORIGINS ")"
		" class=(" MMAPDEMO_FAULT_CLASSES ")"
		" before=" SOME(MMAPDEMO_LEVELS)
		" after=" SOME(MMAPDEMO_LEVELS) " after_seen=" BIT
		" entry_before=" SOME(MMAPDEMO_ENTRY_BITS)
		" entry_after=" SOME(MMAPDEMO_ENTRY_BITS) " pfn=" HEX
		" order=" NUM " ret=[a-z_|]* retries=" NUM " vma_lock=" BIT
		" duration=" NUM " vma=" RANGE " prot=r?w?x?s? vm_flags=" HEX
		" pgoff=" HEX " dev=" DEV " ino=" NUM " filled=" NUM
		TRIGGER " huge=(" MMAPDEMO_HUGE_REASONS ") folio=" NUM "$" },
	[MMAPDEMO_EVENT_VMA_SPLIT] = { "vma_split",
		"^mm=" HEX " vma=" RANGE " cut=" HEX " map_count=" NUM
		TRIGGER " caller=" HEX "$" },
	[MMAPDEMO_EVENT_VMA_UNLINK] = { "vma_unlink",
		"^mm=" HEX " range=" RANGE " vmas=" NUM TRIGGER "$" },
	[MMAPDEMO_EVENT_BRK] = { "brk",
		"^mm=" HEX " brk=" HEX " old=" HEX " ret=" HEX
		" duration=" NUM "$" },
	[MMAPDEMO_EVENT_MREMAP] = { "mremap",
		"^mm=" HEX " addr=" HEX " old_len=" HEX " new_len=" HEX
		" flags=[a-z_|]*(0x[0-9a-f]+)? new_addr=" HEX " ret=" HEX
		" duration=" NUM "$" },
	[MMAPDEMO_EVENT_DUP_MM] = { "dup_mm",
		"^mm=" HEX " child_mm=" HEX " child_pid=" NUM
		" map_count=" NUM " pgtables=" NUM " duration=" NUM
		TRIGGER " huge=(-1|" NUM ")$" },
	[MMAPDEMO_EVENT_PGD_ALLOC] = { "pgd_alloc",
		"^mm=" HEX " user=" NUM " kernel=" NUM " shared=" NUM
		TRIGGER "$" },
	[MMAPDEMO_EVENT_EXIT_MMAP] = { "exit_mmap",
		"^mm=" HEX " map_count=" NUM " pgtables=" NUM
		" duration=" NUM TRIGGER "$" },
	[MMAPDEMO_EVENT_FAULT_TIME] = { "fault_time",
		"^mm=" HEX " address=" HEX " class=(" MMAPDEMO_FAULT_CLASSES ")"
		" duration=" NUM " lock_before=" PART " work=" PART
		" reclaim=" PART " compaction=" PART " reclaim_sleep=" PART
		" io=" PART " sleep=" PART " lock=" PART " cpu=" PART
		" read_bytes=" NUM " cache_pages=" NUM " reclaimed=" NUM
		" switches=" NUM " holder=" NUM " holder_nr=(-1|" NUM ")"
		" where=[A-Za-z0-9_<]* ip=" HEX "$" },
	[MMAPDEMO_EVENT_MMAP_LOCK_WAIT] = { "mmap_lock_wait",
		"^mm=" HEX " duration=" NUM " write=" BIT " fault=" BIT
		" holder=" NUM " holder_nr=(-1|" NUM ")" TRIGGER "$" },
	[MMAPDEMO_EVENT_PTE_FAULTS] = { "pte_faults",
		"^count=" NUM " vmas=" NUM " time=" NUM "$" },
	[MMAPDEMO_EVENT_FAULT_SIGNAL] = { "fault_signal",
		"^mm=" HEX " address=" HEX " access=(" MMAPDEMO_ACCESSES ") present=" BIT
		" sig=(7|11) code=" NUM " ip=" HEX "$" },
};
#undef EM
#undef EMe

/* ---- the instance ---- */

/* An event. Each event is one line of the trace. */
struct event {
	int kind;		/* an enum mmapdemo_event */
	pid_t pid;
	const char *fields;	/* the fields, as key=value ... */
};

struct trace {
	char path[128];
	char *text;
	struct event *events;
	size_t count;
};

static inline bool trace_put(const struct trace *trace, const char *name,
			     const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", trace->path, name);
	return put(path, text);
}

/* Return the contents of a file, such as a file in /proc that shows no size. */
static inline char *slurp(const char *path)
{
	size_t length = 0, size = 0;
	char *text = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t part;

	if (fd < 0)
		return NULL;
	do {
		if (size - length < 64 * KIB)
			text = realloc(text, size = 2 * size + 128 * KIB);
		part = read(fd, text + length, size - length - 1);
		length += part > 0 ? part : 0;
	} while (part > 0);
	close(fd);
	text[length] = '\0';
	return text;
}

/*
 * Return true if another trace instance has enabled the event. Then probes also
 * observe what happens while this test has not enabled the event.
 */
static inline bool others_trace(const char *event)
{
	char pattern[96];
	glob_t files;
	bool on = false;

	snprintf(pattern, sizeof(pattern),
		 TRACEFS "/instances/*/events/mmapdemo/%s/enable", event);
	if (glob(pattern, 0, NULL, &files))
		return false;
	for (size_t i = 0; i < files.gl_pathc; i++) {
		char *text = slurp(files.gl_pathv[i]);

		on |= text && *text == '1';
		free(text);
	}
	globfree(&files);
	return on;
}

/* Create the trace instance. Fail if there is no tracefs. */
static inline bool trace_create(struct trace *trace)
{
	snprintf(trace->path, sizeof(trace->path),
		 TRACEFS "/instances/mmapdemo-test-%d-%p", getpid(),
		 (void *)trace);
	return !mkdir(trace->path, 0700) && trace_put(trace, "tracing_on", "0");
}

/*
 * Set the size of the buffer in KiB per processor. First write to
 * events/enable. Otherwise, kernels before 6.7 would leave the buffer of the
 * top-level trace at its minimal size.
 */
static inline bool trace_size(const struct trace *trace, const char *kib)
{
	return trace_put(trace, "events/enable", "0") &&
	       trace_put(trace, "buffer_size_kb", kib);
}

static inline void trace_destroy(struct trace *trace)
{
	trace_put(trace, "events/enable", "0");
	rmdir(trace->path);
	free(trace->text);
	free(trace->events);
}

/* Enable or disable one event. */
static inline bool trace_switch(const struct trace *trace, const char *event,
				bool on)
{
	char name[64];

	snprintf(name, sizeof(name), "events/mmapdemo/%s/enable", event);
	return trace_put(trace, name, on ? "1" : "0");
}

/*
 * Clear the trace. Then record the events in the list @events for this process.
 * The names in the list are separated by spaces.
 */
static inline bool trace_begin(struct trace *trace, const char *events)
{
	char list[256], pid[16], *event, *rest = list;

	snprintf(pid, sizeof(pid), "%d", getpid());
	snprintf(list, sizeof(list), "%s", events);
	if (!trace_put(trace, "set_event_pid", pid) ||
	    !trace_put(trace, "trace", ""))
		return false;
	while ((event = strsep(&rest, " ")))
		if (*event && !trace_switch(trace, event, true))
			return false;
	return trace_put(trace, "tracing_on", "1");
}

/* Return true if the ring buffer lost events. */
static inline bool trace_lost(const struct trace *trace)
{
	bool lost = false;
	char path[256];
	char *stats;

	for (int cpu = 0; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++) {
		snprintf(path, sizeof(path), "%s/per_cpu/cpu%d/stats",
			 trace->path, cpu);
		stats = slurp(path);
		lost |= stats && !(strstr(stats, "\noverrun: 0\n") &&
				   strstr(stats, "\ndropped events: 0\n"));
		free(stats);
	}
	return lost;
}

/* Parse a line " task-PID [CPU] FLAGS TIME: EVENT: FIELDS". The line is changed. */
static inline bool event_parse(char *line, struct event *event)
{
	char *name = strstr(line, ": ");
	char *pid = strchr(line, '[');
	char *fields;

	fields = name ? strstr(name + 2, ": ") : NULL;
	if (!fields || !pid)
		return false;
	while (pid > line && *pid != '-')
		pid--;
	event->pid = atoi(pid + 1);
	*fields = '\0';
	event->fields = fields + 2;
	for (event->kind = 0; event->kind < MMAPDEMO_EVENTS; event->kind++)
		if (!strcmp(patterns[event->kind][0], name + 2))
			return true;
	return false;
}

/* Return true if the text of the event has the documented form. */
static inline bool event_matches(const struct event *event)
{
	static regex_t compiled[MMAPDEMO_EVENTS];
	static bool done[MMAPDEMO_EVENTS];
	int kind = event->kind;

	if (!done[kind])
		done[kind] = !regcomp(&compiled[kind], patterns[kind][1],
				      REG_EXTENDED | REG_NOSUB);
	return done[kind] &&
	       !regexec(&compiled[kind], event->fields, 0, NULL, 0);
}

static inline bool trace_parse(struct trace *trace)
{
	char *line, *rest = trace->text;
	size_t size = 0;

	trace->count = 0;
	while ((line = strsep(&rest, "\n"))) {
		struct event event;

		if (!*line || *line == '#')
			continue;
		if (!event_parse(line, &event) || !event_matches(&event)) {
			fprintf(stderr, "# not as documented: %s: %s\n", line,
				event.fields);
			return false;
		}
		if (trace->count == size)
			trace->events = realloc(trace->events,
						(size = 2 * size + 64) *
						sizeof(event));
		trace->events[trace->count++] = event;
	}
	return true;
}

/*
 * Stop the trace and read its text, but do not parse it. Return false if events
 * were lost.
 */
static inline bool trace_stop(struct trace *trace)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/trace", trace->path);
	if (!trace_put(trace, "tracing_on", "0") ||
	    !trace_put(trace, "events/enable", "0"))
		return false;
	free(trace->text);
	trace->text = slurp(path);
	return trace->text && !trace_lost(trace);
}

/*
 * Stop the trace. Read and parse the text of the trace. Return false if events
 * were lost, or if the text of an event does not have the documented form.
 */
static inline bool trace_end(struct trace *trace)
{
	return trace_stop(trace) && trace_parse(trace);
}

/* ---- events ---- */

#define for_each_event(e, trace)				\
	for (const struct event *e = (trace)->events;		\
	     e < (trace)->events + (trace)->count; e++)

/* Return the start of the value of a key, or "" if there is no such key. */
static inline const char *event_value(const struct event *event,
				      const char *key)
{
	size_t length = strlen(key);
	const char *p;

	for (p = event->fields; p; p = strchr(p, ' ')) {
		p += *p == ' ';
		if (!strncmp(p, key, length) && p[length] == '=')
			return p + length + 1;
	}
	return "";
}

static inline bool event_is(const struct event *event, const char *key,
			    const char *value)
{
	const char *seen = event_value(event, key);
	size_t length = strcspn(seen, " ");

	return length == strlen(value) && !strncmp(seen, value, length);
}

/*
 * Return true if @name is one of the names in the value of @key. The names are
 * joined by "|".
 */
static inline bool event_has(const struct event *event, const char *key,
			     const char *name)
{
	const char *seen = event_value(event, key);
	const char *end = seen + strcspn(seen, " ");

	while (seen < end) {
		size_t length = strcspn(seen, "| ");

		if (length == strlen(name) && !strncmp(seen, name, length))
			return true;
		seen += length + 1;
	}
	return false;
}

static inline __u64 event_num(const struct event *event, const char *key)
{
	return strtoull(event_value(event, key), NULL, 0);
}

static inline bool event_range_is(const struct event *event, const char *key,
				  const void *start, const void *end)
{
	char range[64];

	snprintf(range, sizeof(range), "%#lx-%#lx", (uintptr_t)start,
		 (uintptr_t)end);
	/* For 0, the kernel prints "0x0", but printf() prints "0". */
	return event_is(event, key, start || end ? range : "0x0-0x0");
}

/* Return true if the fields "dev" and "ino" identify the file of @vma. */
static inline bool event_file_is(const struct event *event,
				 const struct vma *vma)
{
	char dev[32];

	snprintf(dev, sizeof(dev), "%u:%u", vma->major, vma->minor);
	return event_is(event, "dev", dev) &&
	       event_num(event, "ino") == vma->ino;
}

static inline size_t events_of(const struct trace *trace, int kind)
{
	size_t count = 0;

	for_each_event(e, trace)
		count += e->kind == kind;
	return count;
}

static inline bool fault_within(const struct event *event, const void *start,
				size_t length)
{
	return event->kind == MMAPDEMO_EVENT_PTE_FAULT &&
	       event_num(event, "address") - (uintptr_t)start < length;
}

/* Return the fault in a page. Return NULL unless there is exactly one fault. */
static inline const struct event *fault_at(const struct trace *trace,
					   const void *page)
{
	const struct event *found = NULL;

	for_each_event(e, trace) {
		if (!fault_within(e, page, page_size()))
			continue;
		if (found)
			return NULL;
		found = e;
	}
	return found;
}

/*
 * Return the number of faults of this class in a range. If @class is NULL,
 * count all classes.
 */
static inline size_t faults_in(const struct trace *trace, const void *start,
			       size_t length, const char *class)
{
	size_t count = 0;

	for_each_event(e, trace)
		count += fault_within(e, start, length) &&
			 (!class || event_is(e, "class", class));
	return count;
}

/* Return the event of a kind. Return NULL unless there is exactly one event. */
static inline const struct event *only_event(const struct trace *trace,
					     int kind)
{
	const struct event *found = NULL;

	for_each_event(e, trace) {
		if (e->kind != kind)
			continue;
		if (found)
			return NULL;
		found = e;
	}
	return found;
}

#endif /* _MMAPDEMO_TEST_TRACE_H */
