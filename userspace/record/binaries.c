// SPDX-License-Identifier: GPL-2.0-only
#include "record/binaries.h"
#include "base/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Maximum number of files in the list. Without a limit, the list could grow
 * with every mapping.
 */
#define BINARIES_MAX (1U << 14)

/*
 * SILENT_MS is the maximum time to wait for an answer about a file. After
 * SILENT_MAX files without an answer, stop asking.
 */
#define SILENT_MS	2000
#define SILENT_MAX	3

/* ---- the list ---- */

static bool is_known(const struct binaries *binaries, __u32 dev, __u64 ino)
{
	for (size_t i = 0; i < binaries->count; i++) {
		if (binaries->list[i].ino == ino &&
		    binaries->list[i].dev == dev)
			return true;
	}
	return false;
}

/*
 * Add a file, unless the file is in the list already. @place is a mapping of
 * the file.
 */
static void add(struct binaries *binaries, const struct binary *place,
		const char *path)
{
	struct binary *list = binaries->list;

	if (binaries->count == BINARIES_MAX ||
	    is_known(binaries, place->dev, place->ino))
		return;
	if (!(binaries->count & (binaries->count - 1))) {
		list = reallocarray(list, binaries->count ?
				    2 * binaries->count : 1, sizeof(*list));
		if (!list)
			return;
		binaries->list = list;
	}
	list += binaries->count;
	*list = *place;
	list->path = strdup(path);
	binaries->count += list->path != NULL;
}

void binaries_of(struct binaries *binaries, int pid)
{
	struct binary place = { .pid = pid };
	unsigned int major, minor;
	char *line = NULL, file[32];
	size_t room = 0;
	FILE *maps;
	int path;

	snprintf(file, sizeof(file), "/proc/%d/maps", pid);
	maps = fopen(file, "re");
	while (maps && getline(&line, &room, maps) > 0) {
		path = 0;
		line[strcspn(line, "\n")] = 0;
		if (sscanf(line, "%llx-%llx %*2cx%*c %*x %x:%x %llu %n",
			   &place.start, &place.end, &major, &minor, &place.ino,
			   &path) != 5 || !path || !place.ino)
			continue;
		place.dev = major << 20 | minor;
		add(binaries, &place, line + path);
	}
	free(line);
	if (maps)
		fclose(maps);
}

/* ---- build ids ---- */

static bool ask(struct binaries *binaries)
{
	const struct binary *binary = &binaries->list[binaries->asked];
	struct build_id_request request = {
		.pid = binary->pid,
		.start = binary->start,
		.end = binary->end,
		.dev = binary->dev,
		.ino = binary->ino,
	};

	snprintf(request.path, sizeof(request.path), "%s", binary->path);
	return build_id_ask(&binaries->reader, &request);
}

/*
 * Skip the file for which the reader did not answer. Repeat the later requests
 * with a new reader.
 */
static void pass_over(struct binaries *binaries)
{
	build_id_leave(&binaries->reader);
	binaries->silent++;
	binaries->unread++;
	binaries->asked = ++binaries->answered;
	binaries->since = clock_ms();
}

static void ask_all(struct binaries *binaries)
{
	while (binaries->silent < SILENT_MAX &&
	       binaries->asked < binaries->count && ask(binaries)) {
		if (binaries->asked++ == binaries->answered)
			binaries->since = clock_ms();
	}
}

/*
 * Take the next answer, or skip the file if its answer is overdue. If @wait is
 * set, wait for the answer. Return false if no request is pending, or if the
 * answer may still come.
 */
static bool take_answer(struct binaries *binaries, bool wait)
{
	__s64 left = SILENT_MS - (clock_ms() - binaries->since);
	int answer;

	if (binaries->answered == binaries->asked)
		return false;
	answer = build_id_answer(&binaries->reader, wait && left > 0 ? left : 0,
			binaries->list[binaries->answered].build_id);
	if (!answer && left > 0 && !wait)
		return false;
	if (answer > 0) {
		binaries->answered++;
		binaries->since = clock_ms();
	} else if (answer < 0 || left <= 0) {
		pass_over(binaries);
	}
	return true;
}

void binaries_read(struct binaries *binaries)
{
	do
		ask_all(binaries);
	while (take_answer(binaries, /* wait = */ false));
}

void binaries_finish(struct binaries *binaries)
{
	do
		ask_all(binaries);
	while (take_answer(binaries, /* wait = */ true));
	binaries->unread += binaries->count - binaries->answered;
	binaries->asked = binaries->answered = binaries->count;
	build_id_leave(&binaries->reader);
}

/* ---- perf ---- */

void binaries_open(struct binaries *binaries)
{
	*binaries = (struct binaries){ 0 };
	perf_rings_open(&binaries->rings);
}

void binaries_follow(struct binaries *binaries, int tid)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.inherit = 1,
		.mmap = 1,
		.mmap2 = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};

	perf_rings_follow(&binaries->rings, &attr, tid);
}

static int take_record(int cpu, const struct perf_event_header *record,
		       void *data)
{
	const struct perf_ring_mapping *mapping = (const void *)record;
	const struct binary place = {
		.dev = mapping->major << 20 | mapping->minor,
		.ino = mapping->ino,
		.pid = mapping->pid,
		.start = mapping->address,
		.end = mapping->address + mapping->length,
	};

	(void)cpu;
	if (record->type == PERF_RECORD_MMAP2 && mapping->ino)
		add(data, &place, mapping->path);
	return 0;
}

void binaries_drain(struct binaries *binaries)
{
	perf_rings_drain(&binaries->rings, take_record, binaries);
}

void binaries_drop(struct binaries *binaries, size_t count)
{
	while (binaries->count > count)
		free(binaries->list[--binaries->count].path);
}

void binaries_close(struct binaries *binaries)
{
	perf_rings_close(&binaries->rings);
	binaries_drop(binaries, 0);
	build_id_leave(&binaries->reader);
	free(binaries->list);
	*binaries = (struct binaries){ 0 };
}
