// SPDX-License-Identifier: GPL-2.0-only
#include "base/progress.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NS 1000000000ULL

void progress_begin(struct progress *progress)
{
	const char *term = getenv("TERM");

	*progress = (struct progress){
		.wanted = isatty(STDERR_FILENO) && term && strcmp(term, "dumb"),
		.begin = clock_ns(),
	};
}

void progress_show(struct progress *progress, __u64 done, __u64 whole)
{
	__u64 time;

	if (!progress->wanted || !done || done > whole)
		return;
	time = clock_ns();
	if (progress->shown && time - progress->shown < NS / 5)
		return;
	progress->shown = time;
	fprintf(stderr, "\r%3.0f %%, %.0f s to go\033[K", 100. * done / whole,
		(time - progress->begin) / 1e9 * (whole - done) / done);
}

void progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	*progress = (struct progress){ 0 };
}
