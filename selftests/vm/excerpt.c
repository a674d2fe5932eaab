// SPDX-License-Identifier: GPL-2.0-only
/*
 * excerpt trace|merge|story
 *
 * Prints the excerpts of a trace in README.md and mmapdemo(1). The excerpts are
 * the program's text for the events below, which were recorded on Linux 6.1.
 * documents.sh compares the excerpts, and "make excerpts" writes them.
 */
#define _GNU_SOURCE
#include "../story_parts.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define MM	1
#define LIBC	.ino = 7, .dev = 1, .name = "libc.so.6"
#define BY(number) .trigger = MMAPDEMO_TRIGGER_SYSCALL, .nr = number

/*
 * Pass an event to the story. The event ended @ns nanoseconds after the story
 * began.
 */
#define happen(ns, number, ...)						\
	do {								\
		struct event event_ = {					\
			.kind = number, .tid = 1, .time = (ns) + 1,	\
			__VA_ARGS__					\
		};							\
		if (story_event(&story, &event_))			\
			exit(1);					\
	} while (0)

static struct story story;

/* Begin a story in which these mappings already exist at these addresses. */
static void begin(const struct mapping *mappings, size_t count)
{
	struct maps maps = { 0 };

	story.begin = 1;
	story.first = 1;
	for (size_t i = 0; i < count; i++)
		maps_set(&maps, &mappings[i]);
	world_seed(&story.world, 1, &maps, /* hide = */ false);
	maps_free(&maps);
}

static void map_libc(void)
{
	happen(22440000, MMAPDEMO_EVENT_GET_UNMAPPED_AREA,
	       .search = { .mm = MM, .len = 0x1e2000, .topdown = 1, LIBC,
			   .search = "thp_get_unmapped_area",
			   .ret = 0x7fa448cf0000, BY(SYS_mmap) });
	happen(22450000, MMAPDEMO_EVENT_VMA_MERGE,
	       .merge = { .mm = MM, .start = 0x7fa448cf0000,
			  .end = 0x7fa448ed2000, .next_start = 0x7fa448ed2000,
			  .next_end = 0x7fa448ed7000,
			  .reason_next = MMAPDEMO_REASON_FILE,
			  BY(SYS_mmap) });
	happen(22460000, MMAPDEMO_EVENT_VMA_LINK,
	       .link = { .mm = MM, .start = 0x7fa448cf0000,
			 .end = 0x7fa448ed2000, .vm_flags = 0x71, LIBC,
			 .map_count = 14, BY(SYS_mmap) });
	happen(22391000 + 84400, MMAPDEMO_EVENT_DO_MMAP,
	       .mmap = { .mm = MM, .len = 0x1e1ed0, .prot = PROT_READ,
			 .flags = MAP_PRIVATE, .ret = 0x7fa448cf0000, LIBC,
			 .duration = 84400, BY(SYS_mmap) });
}

/*
 * Map the data of libc over the end of the mapping. The data is read-only at
 * first.
 */
static void map_data(void)
{
	happen(22800000, MMAPDEMO_EVENT_GET_UNMAPPED_AREA,
	       .search = { .mm = MM, .addr = 0x7fa448e6c000, .len = 0x53000,
			   .flags = MAP_FIXED, .ret = 0x7fa448e6c000, LIBC,
			   BY(SYS_mmap) });
	happen(22810000, MMAPDEMO_EVENT_VMA_MERGE,
	       .merge = { .mm = MM, .outcome = MMAPDEMO_MERGE_NEXT,
			  .start = 0x7fa448e6c000, .end = 0x7fa448ebf000,
			  .result_start = 0x7fa448e6c000,
			  .result_end = 0x7fa448ed2000, BY(SYS_mmap) });
	happen(22769000 + 70700, MMAPDEMO_EVENT_DO_MMAP,
	       .mmap = { .mm = MM, .addr = 0x7fa448e6c000, .len = 0x53000,
			 .prot = PROT_READ, .flags = MAP_PRIVATE | MAP_FIXED,
			 .pgoff = 0x17c, .ret = 0x7fa448e6c000, LIBC,
			 .duration = 70700, BY(SYS_mmap) });
}

static void touch_libc(void)
{
	happen(23797000 + 41800, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .address = 0x7fa448cf0318,
			  .ip = 0x7fa448ef12b2, .class = MMAPDEMO_FAULT_READ,
			  .before = 0x5, .after = 0x1d, .after_seen = 1,
			  .entry_after = 0x9, .pfn = 0x47c7, .duration = 41800,
			  .vma_start = 0x7fa448cf0000, .vm_flags = 0x71,
			  .vma_end = 0x7fa448e6c000, .ino = 7, .dev = 1,
			  .nr = -1 });
}

static void begin_cat(void)
{
	static const struct mapping mappings[] = {
		{ .start = 0x7fa448ed2000, .end = 0x7fa448ed7000, .ino = 9,
		  .dev = 1, .name = "ld.so.cache" },
		{ .start = 0x7fa448eeb000, .end = 0x7fa448f10000, .ino = 8,
		  .dev = 1, .offset = 0x1000, .name = "ld-linux-x86-64.so.2" },
	};

	begin(mappings, 2);
}

/*
 * Print the excerpt for README.md, with a legend of signs, for a terminal of 100
 * columns
 */
static void trace(void)
{
	begin_cat();
	if (story_begin(&story, "mmapdemo trace: cat /etc/hostname  "
			"(Linux 6.1.0-56-amd64)"))
		exit(1);
	map_libc();
	map_data();
	touch_libc();
}

/* Print the excerpt for the manual page */
static void part(void)
{
	style_page(&story.style, 78);
	begin_cat();
	map_libc();
	touch_libc();
}

static void merge(void)
{
	static const struct mapping mapping = {
		.start = 0x7f0c5a1c0000, .end = 0x7f0c5a1d3000,
	};

	begin(&mapping, 1);
	happen(1000, MMAPDEMO_EVENT_VMA_MERGE,
	       .merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_CHANGE,
			  .start = 0x7f0c5a1d2000, .end = 0x7f0c5a1d3000,
			  .result_start = 0x7f0c5a1d2000,
			  .result_end = 0x7f0c5a1d3000,
			  .prev_start = 0x7f0c5a1c0000,
			  .prev_end = 0x7f0c5a1d2000,
			  .reason_prev = MMAPDEMO_REASON_FLAGS,
			  .flags_diff_prev = 0x20000, BY(SYS_madvise) });
}

int main(int argc, char **argv)
{
	const char *which = argc > 1 ? argv[1] : "";

	story.out = stdout;
	story.levels = 4;
	style_page(&story.style, 100);
	if (!strcmp(which, "trace"))
		trace();
	else if (!strcmp(which, "merge"))
		merge();
	else if (!strcmp(which, "story"))
		part();
	else
		return 2;
	return story_rest(&story) ? 1 : 0;
}
