// SPDX-License-Identifier: GPL-2.0-only
/*
 * A target of libFuzzer: whatever mmapdemo report is given to read, it tells what
 * is wrong with it, or what it comes to. Checksums are always right here: an
 * attacker computes them.
 */
#include "digest_text.h"
#include "recording.h"
#include "recording_read.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Instead of spool.c's. */
__u64 sum_of(__u64 sum, const void *data, size_t size)
{
	return 0;
}

static void clear_sums(char *file, size_t size)
{
	struct recording_end end;
	char *at = file + size - sizeof(end);

	if (size < sizeof(end))
		return;
	memcpy(&end, at, sizeof(end));
	if (end.about_bytes < size && end.sums_bytes < size &&
	    end.about_bytes + end.sums_bytes <= size - sizeof(end))
		memset(at - end.about_bytes - end.sums_bytes, 0,
		       end.sums_bytes);
	end.checksum = 0;
	memcpy(at, &end, sizeof(end));
}

static int seed(int tid, const struct maps *maps, bool hide, void *data)
{
	return world_seed(data, tid, maps, hide);
}

static int join(int tid, int with, void *data)
{
	return world_join(data, tid, with);
}

static void report(const char *path, FILE *out)
{
	static struct digest digest;
	struct recording recording;
	struct symbols symbols;
	struct space *space;
	const struct event *event;
	struct told told;
	struct style style;
	bool shown;
	int err = recording_open(&recording, path);

	if (err)
		return;
	memset(&digest, 0, sizeof(digest));
	told_read(&told, recording.about);
	symbols_open(&symbols, &told);
	digest.page_bytes = told.page_bytes;
	digest.stacks = recording.decoder.stack;
	err = told_tasks(&told, seed, join, &digest.world);
	while (!err && recording_next(&recording, &event) > 0)
		err = digest_event(&digest, &event, &shown, &space);
	if (!err) {
		digest_end(&digest);
		style_detect(&style, out, NEVER);
		digest_text(out, &style, &digest, &told, &symbols);
		digest_text_timeline(out, &style, &digest);
		digest_json(out, &digest, &told, &symbols);
	}
	symbols_close(&symbols);
	recording_close(&recording);
	digest_free(&digest);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static FILE *out;
	static int fd = -1;
	char path[32];
	char *file = malloc(size + 1);

	if (!out)
		out = fopen("/dev/null", "w");
	if (fd < 0)
		fd = memfd_create("recording", 0);
	if (!file || !out || fd < 0)
		abort();
	memcpy(file, data, size);
	clear_sums(file, size);
	if (ftruncate(fd, 0) || pwrite(fd, file, size, 0) != (ssize_t)size)
		abort();
	free(file);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	report(path, out);
	return 0;
}
