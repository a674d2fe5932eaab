// SPDX-License-Identifier: GPL-2.0-only
/*
 * recording FILE FAULTS
 *
 * Writes a synthetic recording, for tests of programs that read recordings. The
 * recording is that of a program with a library, a heap that grows, a fork, and
 * FAULTS more faults in anonymous memory. Some names contain characters that are
 * special in HTML. Each run writes the same recording. If FAULTS is 0, the recording
 * has no events. If there are very many faults, the anonymous memory consists of many
 * VMAs, so that the faults are at more places and times than a page can show.
 */
#include "event/event.h"
#include "record/trace_dat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096ULL
#define HOSTILE "</script><script>owned=1</script><img src=x onerror=owned=1>"

#define PROGRAM 0x400000ULL
#define HEAP 0x1000000ULL
#define ANON 0x7f0000000000ULL
#define ANON_PAGES 4096ULL
#define LIBRARY 0x7f4000000000ULL
#define STACK 0x7ffffff00000ULL

/*
 * PAGE_DATA is the offset of the data in a ring buffer page. TIME_EXTEND is a
 * type of record.
 */
#define PAGE_DATA 16
#define TIME_EXTEND 30

struct tracefs_instance;
char *tracefs_instance_file_read(struct tracefs_instance *instance,
				 const char *path, int *size);

static struct spool spool;
static char page[PAGE];
static size_t used;
static __u64 page_time, now = 1000000000;
static __u64 anon_vma_pages = ANON_PAGES;

/* ---- formats as in tracefs ---- */

static void write_format(FILE *out, int kind)
{
	const struct field *field = event_layouts[kind].fields;
	size_t offset = 8;

	fprintf(out, "name: %s\nID: %d\nformat:\n"
		"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
		"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
		"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
		"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n",
		event_layouts[kind].name, 1000 + kind);
	for (; field->name; field++) {
		bool text = field->type == FIELD_TEXT;

		fprintf(out, "\tfield:%s %s", text ? "char" :
			field->size == 8 ? "u64" : "u32", field->name);
		if (text)
			fprintf(out, "[%zu]", field->size);
		fprintf(out, ";\toffset:%zu;\tsize:%zu;\tsigned:%d;\n", offset,
			field->size, field->type == FIELD_SIGNED);
		offset += field->size;
	}
	fputs("\nprint fmt: \"x\"\n", out);
}

static void write_file(FILE *out, const char *path)
{
	char name[128];

	if (strstr(path, "header_page"))
		fputs("\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
		      "\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
		      "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
		      "\tfield: char data;\toffset:16;\tsize:4080;\tsigned:1;\n",
		      out);
	else if (strstr(path, "header_event"))
		fputs("# compressed entry header\n", out);
	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		snprintf(name, sizeof(name), "events/%s/%s/format",
			 event_layouts[kind].system, event_layouts[kind].name);
		if (!strcmp(name, path))
			write_format(out, kind);
	}
}

/*
 * This function replaces the function of libtracefs, because there is no
 * tracefs.
 */
char *tracefs_instance_file_read(struct tracefs_instance *instance,
				 const char *path, int *size)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	(void)instance;
	if (!out)
		return NULL;
	write_file(out, path);
	fclose(out);
	if (size)
		*size = length;
	return text;
}

/* ---- the pages ---- */

static void end_page(void)
{
	__u64 commit = used;

	memcpy(page + 8, &commit, sizeof(commit));
	if (used && spool_page(0, page, PAGE, &spool))
		exit(1);
	memset(page, 0, PAGE);
	memcpy(page, &now, sizeof(now));
	page_time = now;
	used = 0;
}

static size_t encode(const struct event *event, char *record)
{
	const struct field *field = event_layouts[event->kind].fields;
	__u16 id = 1000 + event->kind;
	size_t length = 8;

	memcpy(record, &id, sizeof(id));
	memcpy(record + 4, &event->tid, sizeof(event->tid));
	for (; field->name; field++) {
		memcpy(record + length, (const char *)event + field->offset,
		       field->size);
		length += field->size;
	}
	return (length + 3) & ~3;
}

/*
 * Write a time extension, and then the record. The record has its length in a
 * separate word.
 */
static void put(struct event *event, __u64 after)
{
	char record[1024] = { 0 };
	size_t length = encode(event, record);
	__u32 head[4];

	now += after;
	if (!used || PAGE_DATA + used + sizeof(head) + length > PAGE)
		end_page();
	head[0] = TIME_EXTEND | (now - page_time) << 5;
	head[1] = (now - page_time) >> 27;
	head[2] = 0;
	head[3] = length + 4;
	memcpy(page + PAGE_DATA + used, head, sizeof(head));
	memcpy(page + PAGE_DATA + used + sizeof(head), record, length);
	used += sizeof(head) + length;
	page_time = now;
}

/* ---- events ---- */

static void link_vma(__u32 cause, __u64 start, __u64 pages, __u64 flags,
		     const char *name)
{
	static __u32 count;
	struct event event = {
		.kind = MMAPDEMO_EVENT_VMA_LINK, .tid = 100,
		.link = {
			.mm = 7, .start = start, .end = start + pages * PAGE,
			.vm_flags = flags, .cause = cause,
			.map_count = ++count, .ino = *name ? start : 0,
			.dev = 8 << 20 | 1, .nr = 9,
		},
	};

	strncpy(event.link.name, name, sizeof(event.link.name) - 1);
	put(&event, 40000);
}

/*
 * Write a merge of a new VMA with the VMA below it. If @reason is
 * MMAPDEMO_REASON_MERGED, the merge succeeded. Otherwise, the merge failed for
 * @reason.
 */
static void merge(__u32 cause, __u64 start, __u64 pages, __u64 below,
		  __u32 reason)
{
	bool merged = reason == MMAPDEMO_REASON_MERGED;
	struct event event = {
		.kind = MMAPDEMO_EVENT_VMA_MERGE, .tid = 100,
		.merge = {
			.mm = 7, .cause = cause, .outcome = merged,
			.start = start, .end = start + pages * PAGE,
			.prev_start = below, .prev_end = start,
			.result_start = merged ? below : start,
			.result_end = start + pages * PAGE,
			.vm_flags = 0x73, .flags_wanted = 0x73,
			.flags_diff_prev = reason == MMAPDEMO_REASON_FLAGS ?
					   0x4 : 0,
			.reason_prev = reason,
			.reason_next = MMAPDEMO_REASON_NO_NEIGHBOUR,
			.map_count = 9, .nr = 9,
		},
	};

	put(&event, 20000);
}

static void fault(__u32 tid, __u64 address, __u64 start, __u64 pages,
		  __u32 class, __u64 ns, __u32 before)
{
	struct event event = {
		.kind = MMAPDEMO_EVENT_PTE_FAULT, .tid = tid,
		.fault = {
			.mm = tid == 100 ? 7 : 8, .address = address,
			.ip = PROGRAM + 0x123, .pfn = 0x4711,
			.duration = ns, .vma_start = start,
			.vma_end = start + pages * PAGE, .vm_flags = 0x73,
			.class = class, .before = before, .after = 0x1d,
			.after_seen = 1, .access = class != MMAPDEMO_FAULT_READ,
			.entry_after = 0x1b, .filled = 1, .nr = -1,
			.trigger = MMAPDEMO_TRIGGER_EXCEPTION,
			.ret = ns > 900000 ? 4 : 0,
		},
	};

	if (class == MMAPDEMO_FAULT_READ) {
		event.fault.ino = start;
		event.fault.dev = 8 << 20 | 1;
		event.fault.vm_flags = 0x75;
		event.fault.entry_after = 0xd;
	}
	put(&event, ns + 5000);
}

static void begin(void)
{
	struct event exec = { .kind = EVENT_EXEC, .tid = 100,
			      .exec.old_pid = 100 };

	link_vma(MMAPDEMO_CAUSE_INSERT, STACK, 33, 0x173, "");
	strcpy(exec.exec.filename, "/tmp/<b>prog");
	put(&exec, 1000);
	link_vma(MMAPDEMO_CAUSE_MMAP, PROGRAM, 12, 0x75, "<i>\"prog'\xff");
	merge(MMAPDEMO_CAUSE_MMAP, PROGRAM + 12 * PAGE, 4, PROGRAM,
	      MMAPDEMO_REASON_FLAGS);
	link_vma(MMAPDEMO_CAUSE_MMAP, PROGRAM + 12 * PAGE, 4, 0x73, "");
	link_vma(MMAPDEMO_CAUSE_MMAP, LIBRARY, 200, 0x75, HOSTILE);
	link_vma(MMAPDEMO_CAUSE_BRK, HEAP, 33, 0x73, "");
	for (__u64 at = 0; at < ANON_PAGES; at += anon_vma_pages)
		link_vma(MMAPDEMO_CAUSE_MMAP, ANON + at * PAGE,
			 anon_vma_pages, 0x73, "");
}

/*
 * Write the first touches, which allocate page tables. Also write the growth of
 * the heap, which is merged with its neighbour.
 */
static void touch(void)
{
	fault(100, PROGRAM + 3 * PAGE, PROGRAM, 12, MMAPDEMO_FAULT_READ,
	      1200000, 0);
	for (int i = 0; i < 30; i++)
		fault(100, LIBRARY + 6 * i * PAGE + 0x318, LIBRARY, 200,
		      MMAPDEMO_FAULT_READ, 9000 + 700 * i, i ? 0xd : 0x1);
	for (int i = 0; i < 40; i++) {
		__u64 pages = 33 + i / 8 * 33;

		if (i && i % 8 == 0)
			merge(MMAPDEMO_CAUSE_BRK, HEAP + (pages - 33) * PAGE,
			      33, HEAP, MMAPDEMO_REASON_MERGED);
		fault(100, HEAP + 4 * i * PAGE, HEAP, pages,
		      MMAPDEMO_FAULT_ANON, 4000 + 300 * i, i ? 0xd : 0x5);
	}
}

/*
 * Write four events about TLB flushes: three flushes, one of which flushes all
 * entries, and a request for flushes.
 */
static void flush(void)
{
	static const struct flush_event flushes[] = {
		{ FLUSH_LOCAL_MM, 3 }, { FLUSH_LOCAL_MM, FLUSH_ALL },
		{ FLUSH_REMOTE, 5 }, { FLUSH_SEND, 5 },
	};

	for (int i = 0; i < 4; i++) {
		struct event event = {
			.kind = EVENT_FLUSH, .tid = 100, .flush = flushes[i],
		};

		put(&event, 1000);
	}
}

static void fork_and_exit(void)
{
	struct event dup = {
		.kind = MMAPDEMO_EVENT_DUP_MM, .tid = 100,
		.dup = { .mm = 7, .child_mm = 8, .child_pid = 101,
			 .map_count = 9, .duration = 200000 },
	};
	struct event end = {
		.kind = MMAPDEMO_EVENT_EXIT_MMAP, .tid = 101,
		.exit_mmap = { .mm = 8, .map_count = 9, .duration = 90000,
			       .trigger = MMAPDEMO_TRIGGER_EXIT, .nr = 231 },
	};

	put(&dup, 300000);
	for (int i = 0; i < 20; i++)
		fault(101, HEAP + i * PAGE, HEAP, 165, MMAPDEMO_FAULT_WP_COPY,
		      7000 + 100 * i, 0x1d);
	put(&end, 100000);
}

static void storm(long faults)
{
	static const __u32 classes[] = {
		MMAPDEMO_FAULT_ANON, MMAPDEMO_FAULT_ANON,
		MMAPDEMO_FAULT_ANON_ZERO, MMAPDEMO_FAULT_WP_COPY,
	};
	__u32 random = 1;

	for (long i = 0; i < faults; i++) {
		__u64 at, first;

		random = random * 1664525 + 1013904223;
		at = random >> 20;
		first = at / anon_vma_pages * anon_vma_pages;
		fault(100, ANON + at * PAGE, ANON + first * PAGE,
		      anon_vma_pages, classes[random >> 8 & 3],
		      1000 + (random >> 16) % 9000, i % 97 ? 0xd : 0x5);
	}
}

/*
 * In the recording without events, some calls were missed. In the other
 * recordings, some events were lost.
 */
static const char *about_losses(bool any)
{
	return any ? "\"lost\":[3],\"missed\":0,"
		     "\"gaps\":[\"2 <b>processes</b> are still running\"]" :
		     "\"lost\":[0],\"missed\":2,\"gaps\":[]";
}

int main(int argc, char **argv)
{
	static const char format[] = "{\"schema\":\"mmapdemo-recording\","
		"\"version\":1,\"kernel\":\"6.1.0-<u>fake</u>\","
		"\"command\":[\"prog\",\"<b>&amp;</b>\",\"" HOSTILE "\"],"
		"\"page_bytes\":4096,\"levels\":4,\"max_map_count\":65530,"
		"\"tasks\":[],\"probes\":[{\"function\":\"do_<b>brk</b>\","
		"\"events\":[\"brk\"],\"error\":2}],%s}";
	char *stats[] = { "CPU: 0\n", NULL };
	struct trace_dat_parts parts = {
		.page_size = PAGE,
		.cpu_stats = stats,
		.spool = &spool,
	};
	long faults = argc == 3 ? atol(argv[2]) : -1;
	char about[1024];
	int fd;

	snprintf(about, sizeof(about), format, about_losses(faults));
	parts.about = about;
	if (faults < 0 || spool_open(&spool, argv[1], 1))
		return 1;
	parts.kinds = EVENTS_MODULE | (faults ? EVENT_BIT(EVENT_FLUSH) : 0);
	if (faults > 100000)
		anon_vma_pages = 64;
	if (faults) {
		begin();
		touch();
		flush();
		fork_and_exit();
		storm(faults);
		end_page();
	}
	fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
	return fd < 0 || trace_dat_write(fd, &parts) || close(fd);
}
