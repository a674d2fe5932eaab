// SPDX-License-Identifier: GPL-2.0-only
/*
 * recordings NAME [NUMBER [NUMBER]] > FILE
 *
 * Writes a recording of synthetic events, in the format of mmapdemo record.
 * Tests that use these recordings need neither the module nor root. The formats
 * of the events are generated from the program's own list of fields. The
 * recording "events" contains the events that standard input lists, one per
 * line:
 *
 *	pte_fault tid=1000 wait=500 mm=7 address=0x10000000 stack=0x401000,0x402000
 *
 * All fields are optional. A missing field is 0, but a missing tid is that of the
 * previous line, and a missing wait is 1000. The wait is the time in ns since the
 * previous event. A line ".about JSON" adds members to the metadata. A line ".comms
 * TEXT" adds a line to the list of the names of tasks. With ".without EVENT" or
 * ".without EVENT.FIELD", the formats are those of an older module without this
 * event or field. If the environment variable BATCHES is set, events pte_faults
 * report the faults that have no call stack. The environment variable MAX_MAP_COUNT
 * changes the limit of VMAs of the other recordings.
 */
#include "../userspace/event/names.c"
#include "../userspace/event/event.c"
#include "../userspace/base/format.c"
#include "../userspace/base/write_all.c"
#include "../userspace/record/spool.c"
#include "../userspace/record/trace_dat.h"

#include <err.h>
#include <sched.h>
#include <sys/syscall.h>

#define PAGE		4096
#define COMMON		8	/* size in bytes of the fields that all events have */
#define HEAD		16	/* size in bytes of the header of a ring buffer page */
#define WORDS_MAX	28	/* maximum length, in words, in a record's head */
#define MM		0x100
#define FIRST		1000	/* TID of the first task */
#define FILE_INO	7
#define FILE_DEV	(8U << 20)
#define EXIT_MISUSED	2
#define STACK_ID	999	/* event number of call stacks */
#define STACK_ID_TEXT	"999"

static FILE *pages, *header;
static char page[PAGE];
static size_t used;
static __u64 page_time, now = 1000000;
static __u32 task = FIRST;
static const char *comms = "1000 synthetic\n";
static const char *tasks = "", *probes = "", *gaps = "";
static const char *about_more = "";	/* more members of the metadata */
static char *without = "";	/* EVENT or EVENT.FIELD that formats lack */
static __u64 files;	/* number of files; the first one has the inode FILE_INO */
static __u64 lost, missed;
static bool in_batches;	/* pte_faults reports faults */
static bool call_formats;	/* the recording may have events of system calls */
static bool flush_format;	/* the recording may have TLB flushes */
static bool fault_formats;	/* the recording may have signals and exceptions */
static bool stack_format;	/* the recording may have call stacks */

/* ---- pages of the ring buffer ---- */

static void turn_page(void)
{
	const __u64 commit = used - HEAD;

	if (!used)
		return;
	memcpy(page, &page_time, sizeof(page_time));
	memcpy(page + sizeof(page_time), &commit, sizeof(commit));
	fwrite(page, sizeof(page), 1, pages);
	memset(page, 0, sizeof(page));
	used = 0;
}

/* Write a record at the time @now. */
static void put_record(const void *data, size_t size)
{
	static __u64 last;
	const size_t bytes = (size + 3) & ~3U;
	const __u32 words = bytes / 4, second = bytes + 4;
	__u32 head = words <= WORDS_MAX ? words : 0;

	if (!used || used + 8 + bytes > PAGE) {
		turn_page();
		used = HEAD;
		page_time = now;
		last = now;
	}
	head |= (now - last) << 5;
	last = now;
	memcpy(page + used, &head, sizeof(head));
	used += sizeof(head);
	if (words > WORDS_MAX) {
		memcpy(page + used, &second, sizeof(second));
		used += sizeof(second);
	}
	memcpy(page + used, data, size);
	used += bytes;
}

/* ---- faults in batches ---- */

#define BATCH_NS 10000000	/* the module keeps no fault for a longer time */

/* A pte_faults event, before it is written. */
static struct {
	__u32 task;
	__u32 count;
	__u64 time;	/* of the first fault */
	__u64 last;	/* time of the last fault */
	struct mmapdemo_batch_vma vma[MMAPDEMO_BATCH_MAX];
	struct mmapdemo_batch_fault fault[MMAPDEMO_BATCH_MAX];
} batch;

/* Write the batch, as the module does at a task switch. Each fault has a VMA. */
static void flush_batch(void)
{
	struct {
		__u16 id;
		__u32 pid;
		__u64 time;
		__u32 count, vmas;
		__u32 vma, fault;
		char arrays[sizeof(batch.vma) + sizeof(batch.fault)];
	} record = {
		.id = MMAPDEMO_EVENT_PTE_FAULTS + 1, .pid = batch.task,
		.time = batch.time, .count = batch.count, .vmas = batch.count,
	};
	const size_t vmas = batch.count * sizeof(batch.vma[0]);
	const size_t faults = batch.count * sizeof(batch.fault[0]);
	const size_t start = (char *)record.arrays - (char *)&record;

	if (!batch.count)
		return;
	record.vma = vmas << 16 | start;
	record.fault = faults << 16 | (start + vmas);
	memcpy(record.arrays, batch.vma, vmas);
	memcpy(record.arrays + vmas, batch.fault, faults);
	put_record(&record, start + vmas + faults);
	batch.count = 0;
}

/* Return 1 + log2 of the number of pages, or 0. */
static __u8 folio_of(__u32 pages)
{
	__u8 bits = 0;

	for (; pages; pages >>= 1)
		bits++;
	return bits;
}

static void add_to_batch(const struct fault_event *f)
{
	const __u32 at = batch.count++;

	if (!at) {
		batch.task = task;
		batch.time = now;
	}
	batch.last = now;
	batch.vma[at] = (struct mmapdemo_batch_vma) {
		.start = f->vma_start, .end = f->vma_end,
		.vm_flags = f->vm_flags, .pgoff = f->pgoff,
		.ino = f->ino, .dev = f->dev, .mm = f->mm,
	};
	batch.fault[at] = (struct mmapdemo_batch_fault) {
		.delay = now - batch.time, .vma = at,
		.ret = f->ret, .address = f->address, .ip = f->ip,
		.pfn = f->pfn, .duration = f->duration, .nr = f->nr,
		.entry_before = f->entry_before, .entry_after = f->entry_after,
		.retries = f->retries, .access = f->access, .from = f->from,
		.fault_class = f->class, .filled = f->filled, .vma_lock = f->vma_lock,
		.after_seen = f->after_seen, .before = f->before,
		.after = f->after, .order = f->order, .trigger = f->trigger,
		.huge = f->huge, .folio = folio_of(f->folio),
	};
	/* With a VMA for each fault, a full batch is too large for a page. */
	if (batch.count == MMAPDEMO_BATCH_MAX / 2)
		flush_batch();
}

/* The time of the next event was set. Write the batch if the event can't be in it. */
static void end_batch(void)
{
	const __u64 next = now;

	if (batch.task == task && next >= batch.last && next - batch.time <= BATCH_NS)
		return;
	if (now < batch.last)
		now = batch.last;
	flush_batch();
	now = next;
}

/* Write an event of the current task, and advance the time by a microsecond. */
static void put(struct event *event, int kind)
{
	const struct field *field = event_layouts[kind].fields;
	const __u16 id = kind + 1;
	char record[1024] = { 0 };
	size_t at = COMMON;

	memcpy(record, &id, sizeof(id));
	memcpy(record + 4, &task, sizeof(task));
	for (; field->name; field++) {
		memcpy(record + at, (char *)event + field->offset,
		       field->size);
		at += field->size;
	}
	now += 1000;
	end_batch();
	if (in_batches && kind == MMAPDEMO_EVENT_PTE_FAULT)
		add_to_batch(&event->fault);
	else
		put_record(record, at);
	memset(event, 0, sizeof(*event));
}

/* ---- the file ---- */

static void put_number(__u64 number, size_t size)
{
	fwrite(&number, size, 1, header);	/* in little-endian order */
}

static void put_name(const char *name)
{
	fwrite(name, strlen(name) + 1, 1, header);
}

static void put_text(const char *text)
{
	put_number(strlen(text), 8);
	fputs(text, header);
}

static const char *type_of(const struct field *field)
{
	if (field->type == FIELD_TEXT)
		return "char";
	if (field->type == FIELD_SIGNED)
		return field->size == 8 ? "long long" : "int";
	return field->size == 8 ? "unsigned long long" : "unsigned int";
}

static bool is_without(int kind, const char *field)
{
	char name[128];

	snprintf(name, sizeof(name), "%s%s%s", event_layouts[kind].name,
		 field ? "." : "", field ?: "");
	return !strcmp(name, without);
}

static void put_format(int kind)
{
	const struct field *field = event_layouts[kind].fields;
	size_t at = COMMON, size;
	char *text, array[16];
	FILE *out = open_memstream(&text, &size);

	fprintf(out, "name: %s\nID: %d\nformat:\n"
		"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
		"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n",
		event_layouts[kind].name, kind + 1);
	for (; field->name; field++) {
		snprintf(array, sizeof(array), field->type == FIELD_TEXT ?
			 "[%zu]" : "", field->size);
		at += field->size;
		if (is_without(kind, field->name))
			continue;
		fprintf(out,
			"\tfield:%s %s%s;\toffset:%zu;\tsize:%zu;\tsigned:%d;\n",
			type_of(field), field->name, array, at - field->size,
			field->size, field->type == FIELD_SIGNED);
	}
	fprintf(out, "\nprint fmt: \"\"\n");
	fclose(out);
	put_text(text);
	free(text);
}

static bool has_format(int kind)
{
	if (is_without(kind, NULL))
		return false;
	return kind < EVENT_FLUSH || (call_formats && kind >= EVENT_ENTER) ||
	       (flush_format && kind == EVENT_FLUSH) ||
	       (fault_formats && EVENTS_FAULTS & EVENT_BIT(kind));
}

/*
 * List the only tracer, whose events are call stacks. Without call stacks in
 * the recording, list no tracer.
 */
static void put_tracers(void)
{
	put_number(stack_format, 4);
	if (!stack_format)
		return;
	put_text("name: user_stack\nID: " STACK_ID_TEXT "\nformat:\n"
		 "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
		 "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
		 "\tfield:unsigned long caller[8];\toffset:8;\tsize:64;\tsigned:0;\n"
		 "\nprint fmt: \"\"\n");
}

/*
 * List each event as if its system had no other event. A system may therefore
 * occur several times.
 */
static void put_formats(void)
{
	__u32 count = 0;

	for (int kind = 0; kind < EVENT_KINDS; kind++)
		count += has_format(kind);
	put_number(count, 4);
	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		if (!has_format(kind))
			continue;
		put_name(event_layouts[kind].system);
		put_number(1, 4);
		put_format(kind);
	}
	put_number(0, 4);
	put_number(0, 4);
}

static void put_header(__u64 bytes)
{
	__u64 begin;

	fwrite(TRACE_DAT_MAGIC, sizeof(TRACE_DAT_MAGIC), 1, header);
	put_number(0, 1);
	put_number(sizeof(long), 1);
	put_number(PAGE, 4);
	put_name(TRACE_DAT_PAGE);
	put_text("\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
		 "\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
		 "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
		 "\tfield: char data;\toffset:16;\tsize:4080;\tsigned:1;\n");
	put_name(TRACE_DAT_EVENT);
	put_text("");
	put_tracers();
	put_formats();
	put_text(comms);
	put_number(1, 4);
	put_name(TRACE_DAT_OPTIONS);
	put_number(TRACE_DAT_OPTION_DONE, 2);
	put_name(TRACE_DAT_WHERE);
	begin = ftell(header) + 16 + 8 + strlen(TRACE_DAT_CLOCK);
	begin += -begin & (PAGE - 1);
	put_number(begin, 8);
	put_number(bytes, 8);
	put_text(TRACE_DAT_CLOCK);
	while (ftell(header) % PAGE)
		put_number(0, 1);
}

static void write_file(const char *head, size_t head_size, const char *data,
		       size_t size, const char *about)
{
	struct trace_dat_end end = {
		.header_bytes = head_size,
		.sums_bytes = size / PAGE * sizeof(__u64),
		.meta_bytes = strlen(about),
		.checksum = sum_of(0, head, head_size),
	};
	__u64 *sums = calloc(size / PAGE + 1, sizeof(*sums));

	for (size_t i = 0; i < size / PAGE; i++)
		sums[i] = sum_of(0, data + i * PAGE, PAGE);
	end.checksum = sum_of(end.checksum, sums, end.sums_bytes);
	end.checksum = sum_of(end.checksum, about, end.meta_bytes);
	memcpy(end.magic, TRACE_DAT_END, sizeof(end.magic));
	if (write_all(1, head, head_size) || write_all(1, data, size) ||
	    write_all(1, sums, end.sums_bytes) ||
	    write_all(1, about, end.meta_bytes) ||
	    write_all(1, &end, sizeof(end)))
		errx(1, "it can't be written");
	free(sums);
}

/* Write the metadata. */
static void put_about(FILE *out)
{
	fprintf(out, "{\"schema\":\"mmapdemo-recording\",\"version\":1,"
		"\"program\":\"0\",\"kernel\":\"6.1.0\",\"pid\":%d,"
		"\"page_bytes\":4096,\"levels\":4,\"max_map_count\":%s,"
		"\"dev\":0,\"ino\":0,\"tasks\":[%s],\"probes\":[%s],"
		"\"lost\":[%llu,%llu],\"missed\":%llu,\"gaps\":[%s],\"files\":[",
		FIRST, getenv("MAX_MAP_COUNT") ?: "65530", tasks, probes,
		lost / 2, lost - lost / 2, missed, gaps);
	for (__u64 i = 0; i < files; i++)
		fprintf(out, "%s{\"path\":\"/missing/%llu\",\"dev\":%u,"
			"\"ino\":%llu,\"build_id\":\"%040llx\"}",
			i ? "," : "", i, FILE_DEV, FILE_INO + i, i);
	fprintf(out, "]%s}", about_more);
}

static void finish(char **data, size_t *size)
{
	char *head, *about;
	size_t head_size, about_size;
	FILE *out;

	flush_batch();
	turn_page();
	fclose(pages);
	header = open_memstream(&head, &head_size);
	put_header(*size);
	fclose(header);
	out = open_memstream(&about, &about_size);
	put_about(out);
	fclose(out);
	write_file(head, head_size, *data, *size, about);
	free(about);
	free(head);
	free(*data);
}

/* ---- events ---- */

static void fork_task(__u32 child, __u64 flags)
{
	struct event event = { .fork = { child, flags } };

	put(&event, EVENT_FORK);
}

static void copy_space(__u32 mm, __u32 child_mm, __u32 child)
{
	struct event event = {
		.dup = {
			.mm = mm, .child_mm = child_mm, .child_pid = child,
			.duration = 100, .map_count = 1, .nr = SYS_clone,
			.pgtables = 2 * PAGE,
		},
	};

	put(&event, MMAPDEMO_EVENT_DUP_MM);
}

/* Write the events of an mmap() of anonymous memory: vma_link and do_mmap. */
static void map(__u64 start, __u64 size, __u64 vm_flags, __u32 count)
{
	struct event event = {
		.link = {
			.mm = MM, .start = start, .end = start + size,
			.vm_flags = vm_flags, .map_count = count,
			.nr = SYS_mmap, .pgoff = start / PAGE,
		},
	};

	put(&event, MMAPDEMO_EVENT_VMA_LINK);
	event.mmap.mm = MM;
	event.mmap.len = size;
	event.mmap.ret = start;
	event.mmap.duration = 500;
	event.mmap.flags = 0x22;
	event.mmap.prot = 3;
	put(&event, MMAPDEMO_EVENT_DO_MMAP);
}

static void end_space(__u32 mm, __u64 duration)
{
	struct event event = {
		.exit_mmap = {
			.mm = mm, .duration = duration, .map_count = 1,
			.trigger = MMAPDEMO_TRIGGER_EXIT, .nr = -1,
		},
	};

	put(&event, MMAPDEMO_EVENT_EXIT_MMAP);
}

static struct event touch(__u32 mm, __u64 start, __u64 size)
{
	return (struct event) {
		.fault = {
			.mm = mm, .address = start, .ip = 0x401000,
			.class = MMAPDEMO_FAULT_ANON, .access = 1,
			.before = 0xf, .after = 0x1f, .after_seen = 1,
			.entry_after = MMAPDEMO_ENTRY_PRESENT |
				       MMAPDEMO_ENTRY_WRITE,
			.pfn = 1, .duration = 1000,
			.vma_start = start, .vma_end = start + size,
			.vm_flags = 0x73, .pgoff = start / PAGE,
			.trigger = MMAPDEMO_TRIGGER_EXCEPTION, .nr = -1,
		},
	};
}

static void fault(__u32 mm, __u64 start, __u64 size)
{
	struct event event = touch(mm, start, size);

	put(&event, MMAPDEMO_EVENT_PTE_FAULT);
}

/* ---- the recordings ---- */

#define LOW 0x10000000ULL

/*
 * Let a process map @vmas separate ranges, each below the previous one, as the
 * kernel places them. The process then touches the ranges in steps of @step.
 * With a @step of 1, the process touches the ranges in the order in which the
 * process has mapped them.
 */
static void put_vmas(__u64 vmas, __u64 step)
{
	for (__u64 i = 0; i < vmas; i++)
		map(LOW + (vmas - 1 - i) * 2 * PAGE, PAGE, 0x73, i + 1);
	for (__u64 i = 0; i < vmas; i++)
		fault(MM, LOW + (vmas - 1 - i * (step ?: 1) % vmas) * 2 * PAGE,
		      PAGE);
}

/*
 * Let @processes concurrent processes have @faults faults each. The processes
 * fault in turns.
 */
static void put_processes(__u64 processes, __u64 faults)
{
	map(LOW, 64 * PAGE, 0x73, 1);
	for (__u64 i = 1; i <= processes; i++) {
		fork_task(FIRST + i, 0);
		copy_space(MM, MM + i, FIRST + i);
	}
	for (__u64 n = 0; n < faults; n++) {
		for (__u64 i = 1; i <= processes; i++) {
			task = FIRST + i;
			fault(MM + i, LOW + n % 64 * PAGE, 64 * PAGE);
		}
	}
}

/*
 * Let a process with @vmas VMAs fork @children children. Each child has one VMA
 * more than its parent.
 */
static void put_children(__u64 vmas, __u64 children)
{
	put_vmas(vmas, 1);
	for (__u64 i = 1; i <= children; i++) {
		task = FIRST;
		fork_task(FIRST + i, 0);
		copy_space(MM, MM + i, FIRST + i);
		task = FIRST + i;
		fault(MM + i, LOW - PAGE, PAGE);
	}
}

static void unmap(__u64 start, __u64 size)
{
	struct event event = {
		.unlink = {
			.mm = MM, .start = start, .end = start + size,
			.vmas = 1, .nr = SYS_munmap,
		},
	};

	put(&event, MMAPDEMO_EVENT_VMA_UNLINK);
}

/*
 * Let the process of put_vmas() also unmap its ranges, beginning with the
 * lowest range.
 */
static void put_unmapped(__u64 vmas, __u64 step)
{
	put_vmas(vmas, step);
	for (__u64 i = 0; i < vmas; i++)
		unmap(LOW + i * 2 * PAGE, PAGE);
}

/*
 * Map @vmas ranges that are larger than a huge page. Each range begins at an
 * address that leaves no room for an aligned huge page.
 */
static void put_large(__u64 vmas, __u64 unused)
{
	const __u64 size = 3 << 20;

	(void)unused;
	for (__u64 i = 0; i < vmas; i++) {
		map(LOW + PAGE + i * 2 * size, size, 0x73, i + 1);
		fault(MM, LOW + PAGE + i * 2 * size, size);
	}
}

/*
 * Map @count different files. Each file contains the code that touches this
 * file.
 */
static void put_files(__u64 count, __u64 unused)
{
	struct event event;

	(void)unused;
	files = count;
	for (__u64 i = 0; i < count; i++) {
		const __u64 start = LOW + i * 2 * PAGE;

		event = (struct event){
			.mmap = {
				.mm = MM, .len = PAGE, .ret = start,
				.duration = 500, .prot = 5, .nr = SYS_mmap,
				.ino = FILE_INO + i, .dev = FILE_DEV,
			},
		};
		snprintf(event.mmap.name, sizeof(event.mmap.name), "%llu", i);
		put(&event, MMAPDEMO_EVENT_DO_MMAP);
		event = touch(MM, start, PAGE);
		event.fault.ip = start + 8;
		event.fault.class = MMAPDEMO_FAULT_READ;
		event.fault.ino = FILE_INO + i;
		event.fault.dev = FILE_DEV;
		event.fault.vm_flags = 0x75;
		event.fault.pgoff = 0;
		put(&event, MMAPDEMO_EVENT_PTE_FAULT);
	}
}

static void read_fault(__u32 class, __u32 ret, __u32 retries)
{
	struct event event = touch(MM, LOW, PAGE);

	event.fault.class = class;
	event.fault.ret = ret;
	event.fault.retries = retries;
	event.fault.ino = FILE_INO;
	event.fault.dev = FILE_DEV;
	put(&event, MMAPDEMO_EVENT_PTE_FAULT);
}

/*
 * Write 5 faults that start a read, 7 faults that wait for a read, and other
 * faults.
 */
static void put_reads(__u64 unused, __u64 unused_too)
{
	(void)unused;
	(void)unused_too;
	without = "fault_time";
	for (int i = 0; i < 5; i++)
		read_fault(MMAPDEMO_FAULT_READ, FAULT_MAJOR, 1);
	for (int i = 0; i < 6; i++)
		read_fault(MMAPDEMO_FAULT_READ, 0, 1);
	read_fault(MMAPDEMO_FAULT_COW, 0, 2);
	read_fault(MMAPDEMO_FAULT_COW, 0, 1);
	read_fault(MMAPDEMO_FAULT_READ, 0, 0);
	read_fault(MMAPDEMO_FAULT_WP_COPY, 0, 1);
}

static void fill(__u64 address, __u32 entry_before, __u32 filled)
{
	struct event event = touch(MM, address, 64 * PAGE);

	event.fault.class = MMAPDEMO_FAULT_READ;
	event.fault.entry_before = entry_before;
	event.fault.filled = filled;
	put(&event, MMAPDEMO_EVENT_PTE_FAULT);
}

/* Write faults that map 15, 0, 3 and 0 pages around the touched page. */
static void put_around(__u64 unused, __u64 unused_too)
{
	(void)unused;
	(void)unused_too;
	fill(LOW, 0, 16);
	fill(LOW + 16 * PAGE, 0, 1);
	fill(LOW + 32 * PAGE, MMAPDEMO_ENTRY_PRESENT, 3);
	fill(LOW + 48 * PAGE, 0, 0);
}

/* Write @timed faults of 1000 ns and @untimed faults of unknown duration. */
static void put_untimed(__u64 timed, __u64 untimed)
{
	struct event event;

	for (__u64 i = 0; i < timed; i++)
		fault(MM, LOW, PAGE);
	for (__u64 i = 0; i < untimed; i++) {
		event = touch(MM, LOW, PAGE);
		event.fault.duration = 0;
		put(&event, MMAPDEMO_EVENT_PTE_FAULT);
	}
}

/*
 * Write a cycle of tasks. Each task in the cycle is a thread of another task in
 * the cycle.
 */
static void put_cycle(__u64 unused, __u64 unused_too)
{
	(void)unused;
	(void)unused_too;
	task = FIRST + 2;
	fork_task(FIRST + 3, CLONE_THREAD | CLONE_VM);
	task = FIRST + 1;
	fork_task(FIRST + 2, CLONE_THREAD | CLONE_VM);
	task = FIRST + 3;
	fork_task(FIRST + 1, CLONE_THREAD | CLONE_VM);
	for (__u32 i = 1; i <= 3; i++) {
		task = FIRST + i;
		fault(MM, LOW, PAGE);
	}
}

/*
 * Write a fault with an impossible order. The order stands for more pages than
 * there are addresses.
 */
static void put_order(__u64 order, __u64 unused)
{
	struct event event = touch(MM, LOW, PAGE);

	(void)unused;
	event.fault.order = order;
	put(&event, MMAPDEMO_EVENT_PTE_FAULT);
}

#define GROWSDOWN	0x100
#define OLD_STACK	0x7ffffffde000ULL
#define NEW_STACK	0x7ffc00000000ULL
#define GROWN		0x200000000000ULL

static void stack_fault(__u64 at, __u64 start, __u64 end, __u64 ip)
{
	struct event event = touch(MM, at, PAGE);

	event.fault.vma_start = start;
	event.fault.vma_end = end;
	event.fault.vm_flags |= GROWSDOWN;
	event.fault.ip = ip;
	put(&event, MMAPDEMO_EVENT_PTE_FAULT);
}

/*
 * Let exec create a stack and then move it. Also map other memory that grows
 * downwards.
 */
static void put_stacks(__u64 unused, __u64 unused_too)
{
	struct event event = {
		.link = {
			.mm = MM, .cause = MMAPDEMO_CAUSE_INSERT,
			.start = OLD_STACK, .end = OLD_STACK + PAGE,
			.vm_flags = 0x73 | GROWSDOWN, .map_count = 1,
			.trigger = MMAPDEMO_TRIGGER_EXEC, .nr = -1,
		},
	};

	(void)unused;
	(void)unused_too;
	put(&event, MMAPDEMO_EVENT_VMA_LINK);
	event.exec.old_pid = task;
	strcpy(event.exec.filename, "/bin/true");
	put(&event, EVENT_EXEC);
	stack_fault(NEW_STACK, NEW_STACK, NEW_STACK + PAGE, LOW);
	stack_fault(NEW_STACK - PAGE, NEW_STACK - PAGE, NEW_STACK + PAGE,
		    OLD_STACK);
	map(GROWN, PAGE, 0x73 | GROWSDOWN, 2);
	stack_fault(GROWN - PAGE, GROWN - PAGE, GROWN + PAGE, LOW);
}

/*
 * Let exec copy the arguments. The faults of the copy are caused by no
 * instruction of the new program.
 */
static void put_exec(__u64 unused, __u64 unused_too)
{
	struct event event = { 0 };

	put_stacks(unused, unused_too);
	for (__u64 ip = OLD_STACK; ip < OLD_STACK + 2; ip++) {
		event = touch(MM, NEW_STACK, PAGE);
		event.fault.trigger = MMAPDEMO_TRIGGER_EXEC;
		event.fault.ip = ip;
		put(&event, MMAPDEMO_EVENT_PTE_FAULT);
	}
}

/* Write events about a file whose name is not valid UTF-8. */
static void put_bytes(__u64 unused, __u64 unused_too)
{
	struct event event = {
		.mmap = {
			.mm = MM, .len = PAGE, .ret = LOW, .duration = 500,
			.ino = FILE_INO, .dev = FILE_DEV, .name = "a\xff",
		},
	};

	(void)unused;
	(void)unused_too;
	put(&event, MMAPDEMO_EVENT_DO_MMAP);
	read_fault(MMAPDEMO_FAULT_READ, 0, 0);
}

/*
 * Let an mmap() be merged with neither neighbour. If @reason is 0, the reason
 * is that the flags differ. If @tid is 0, the task is FIRST.
 */
static void put_refused(__u64 reason, __u64 tid)
{
	const __u32 why = reason ?: MMAPDEMO_REASON_FLAGS;
	struct event event = {
		.merge = {
			.mm = MM, .cause = MMAPDEMO_CAUSE_INSERT, .nr = SYS_mmap,
			.start = LOW + PAGE, .end = LOW + 2 * PAGE,
			.prev_start = LOW, .prev_end = LOW + PAGE,
			.next_start = LOW + 2 * PAGE, .next_end = LOW + 3 * PAGE,
			.reason_prev = why,
			.reason_next = why,
		},
	};

	task = tid ?: FIRST;
	put(&event, MMAPDEMO_EVENT_VMA_MERGE);
}

/* Let @merges merges of one VMA fail, at equal intervals. */
static void put_refusals(__u64 merges, __u64 unused)
{
	(void)unused;
	fault(MM, LOW, 4 * PAGE);
	for (__u64 i = 0; i < merges; i++)
		put_refused(0, 0);
}

/*
 * Write faults in an impossible VMA, which ends before it starts. Also write
 * faults in a VMA that contains the impossible VMA.
 */
static void put_inverted(__u64 unused, __u64 unused_too)
{
	(void)unused;
	(void)unused_too;
	fault(MM, LOW + 2 * PAGE, -PAGE);
	fault(MM, LOW, 4 * PAGE);
	fault(MM, ~0ULL, 0);
}

/*
 * Write a list of functions: one that was attached but has @error, and two that
 * could not be attached.
 */
static void put_absent(__u64 error, __u64 unused)
{
	static char text[512];

	(void)unused;
	snprintf(text, sizeof(text),
		 "{\"function\":\"handle_mm_fault\","
		 "\"events\":[\"pte_fault\"],\"error\":%llu},"
		 "{\"function\":\"__split_vma\","
		 "\"events\":[\"vma_split\",\"vma_link\"],\"error\":2},"
		 "{\"function\":\"do_brk_flags\","
		 "\"events\":[\"brk\"],\"error\":16}", error);
	probes = text;
	fault(MM, LOW, PAGE);
}

/*
 * Record that @events events were lost on two processors, and that @calls calls
 * were missed.
 */
static void put_losses(__u64 events, __u64 calls)
{
	lost = events;
	missed = calls;
	gaps = "\"the disk was full\"";
	fault(MM, LOW, PAGE);
}

/*
 * Write an mmap() and a merge that fail with these errors. The errors are given
 * as positive numbers. The merge belongs to no system call.
 */
static void put_errors(__u64 mmap_error, __u64 merge_error)
{
	struct event event = {
		.mmap = {
			.mm = MM, .len = PAGE, .ret = -mmap_error,
			.duration = 500, .flags = 0x22, .prot = 3,
			.nr = SYS_mmap,
		},
	};

	put(&event, MMAPDEMO_EVENT_DO_MMAP);
	event.merge.mm = MM;
	event.merge.start = LOW;
	event.merge.end = LOW + PAGE;
	event.merge.ret = -(int)merge_error;
	event.merge.reason_prev = MMAPDEMO_REASON_FLAGS;
	event.merge.nr = -1;
	put(&event, MMAPDEMO_EVENT_VMA_MERGE);
	fault(MM, LOW, PAGE);
}

#define BELOW 1
#define ABOVE 2

/*
 * Write a merge with the neighbours that @outcome names. If @outcome is 0,
 * write a failed merge.
 */
static void put_merge(__u32 cause, __u32 outcome, __u64 neighbours, __u32 prev,
		      __u32 next)
{
	struct event event = {
		.merge = {
			.mm = MM, .cause = cause, .outcome = outcome,
			.nr = SYS_mmap, .map_count = 4,
			.start = LOW + PAGE, .end = LOW + 2 * PAGE,
			.prev_start = neighbours & BELOW ? LOW : 0,
			.prev_end = neighbours & BELOW ? LOW + PAGE : 0,
			.next_start = neighbours & ABOVE ? LOW + 2 * PAGE : 0,
			.next_end = neighbours & ABOVE ? LOW + 3 * PAGE : 0,
			.result_start = outcome ? LOW : 0,
			.result_end = outcome ? LOW + 2 * PAGE : 0,
			.reason_prev = prev, .reason_next = next,
		},
	};

	put(&event, MMAPDEMO_EVENT_VMA_MERGE);
}

/*
 * Give the next event the same time as the last event, as if they were on two
 * processors.
 */
static void at_once(void)
{
	now -= 1000;
}

static void link_counted(__u64 start, __u32 count)
{
	struct event event = {
		.link = {
			.mm = MM, .start = start, .end = start + PAGE,
			.vm_flags = 0x73, .map_count = count, .nr = SYS_mmap,
		},
	};

	put(&event, MMAPDEMO_EVENT_VMA_LINK);
}

#define EVENT_FAULT MMAPDEMO_EVENT_PTE_FAULT

/*
 * Write one event of each kind that a report counts. The event that began first
 * is written last, because an event is recorded when it ends.
 */
static void put_kinds(__u64 unused, __u64 unused_too)
{
	struct event event = touch(MM, LOW, 64 * PAGE);

	(void)unused;
	(void)unused_too;
	map(LOW, 64 * PAGE, 0x73, 5);
	map(LOW + 128 * PAGE, 16 * PAGE, 0x73, 3);
	put_errors(12, 0);
	link_counted(LOW + 512 * PAGE, 7);
	at_once();
	link_counted(LOW + 514 * PAGE, 6);
	event = touch(MM, LOW, 64 * PAGE);
	event.fault.order = 4;
	event.fault.before = 0x3;
	put(&event, EVENT_FAULT);
	at_once();
	event = touch(MM, LOW, 64 * PAGE);
	event.fault.class = MMAPDEMO_FAULT_WP_COPY;
	event.fault.before = 0x1f;
	event.fault.entry_before = MMAPDEMO_ENTRY_PRESENT;
	event.fault.duration = 3000;
	put(&event, EVENT_FAULT);
	event = touch(MM, LOW << 1, 512 * PAGE);
	event.fault.class = MMAPDEMO_FAULT_HUGE_ANON;
	event.fault.before = 0x7;
	event.fault.after = 0xf;
	event.fault.order = 9;
	event.fault.entry_after |= MMAPDEMO_ENTRY_HUGE;
	event.fault.huge = MMAPDEMO_HUGE_MAPPED;
	event.fault.folio = 512;
	put(&event, EVENT_FAULT);
	event = touch(MM, LOW << 1, 512 * PAGE);
	event.fault.class = MMAPDEMO_FAULT_HUGE_WP;
	event.fault.before = event.fault.after = 0xf;
	event.fault.order = 9;
	event.fault.entry_after |= MMAPDEMO_ENTRY_HUGE;
	event.fault.entry_before = MMAPDEMO_ENTRY_HUGE | MMAPDEMO_ENTRY_PRESENT;
	put(&event, EVENT_FAULT);
	event = touch(MM, LOW, 64 * PAGE);
	event.fault.after_seen = 0;
	put(&event, EVENT_FAULT);
	for (__u64 at = LOW + 256 * PAGE; at <= LOW + 258 * PAGE; at += PAGE) {
		event = touch(MM, at, PAGE);
		event.fault.class = MMAPDEMO_FAULT_READ;
		event.fault.ret = FAULT_MAJOR;
		event.fault.ino = FILE_INO;
		event.fault.dev = FILE_DEV | 300;
		if (at == LOW + 258 * PAGE)
			event.fault.vma_start = LOW + 256 * PAGE;
		put(&event, EVENT_FAULT);
	}
	put_merge(MMAPDEMO_CAUSE_INSERT, 0, BELOW | ABOVE,
		  MMAPDEMO_REASON_FLAGS, MMAPDEMO_REASON_FILE);
	put_merge(MMAPDEMO_CAUSE_INSERT, 0, ABOVE,
		  MMAPDEMO_REASON_NO_NEIGHBOUR, MMAPDEMO_REASON_FLAGS);
	put_merge(MMAPDEMO_CAUSE_CHANGE, 0, BELOW | ABOVE,
		  MMAPDEMO_REASON_POLICY, MMAPDEMO_REASON_INSIDE);
	put_merge(MMAPDEMO_CAUSE_CHANGE, 0, BELOW | ABOVE,
		  MMAPDEMO_REASON_INSIDE, MMAPDEMO_REASON_INSIDE);
	put_merge(MMAPDEMO_CAUSE_CHANGE, 0, BELOW,
		  MMAPDEMO_REASON_INSIDE, MMAPDEMO_REASON_NO_NEIGHBOUR);
	put_merge(MMAPDEMO_CAUSE_INSERT, 0, 0, MMAPDEMO_REASON_NO_NEIGHBOUR,
		  MMAPDEMO_REASON_NO_NEIGHBOUR);
	put_merge(MMAPDEMO_CAUSE_INSERT, MMAPDEMO_MERGE_PREV, BELOW | ABOVE,
		  MMAPDEMO_REASON_MERGED, MMAPDEMO_REASON_FLAGS);
	end_space(MM + 1, 400);
	end_space(MM + 2, 600);
	put_merge(MMAPDEMO_CAUSE_EXTEND, 0, ABOVE,
		  MMAPDEMO_REASON_NO_NEIGHBOUR, MMAPDEMO_REASON_PGOFF);
	event = touch(MM, LOW, 64 * PAGE);
	event.fault.entry_after |= MMAPDEMO_ENTRY_ZERO;
	event.fault.duration = 500000;
	put(&event, EVENT_FAULT);
}

/* Record two reasons why events are missing. */
static void put_two_gaps(__u64 unused, __u64 unused_too)
{
	(void)unused;
	(void)unused_too;
	gaps = "\"the disk was full\",\"a filter was changed\"";
	fault(MM, LOW, PAGE);
}

/*
 * Write a list of tasks that contains the same task twice. The last name of this
 * task contains a newline.
 */
static void put_renamed(__u64 unused, __u64 unused_too)
{
	(void)unused;
	(void)unused_too;
	comms = "1000 old\n1001 other\n1000 new\nname\n";
	fault(MM, LOW, PAGE);
}

/* Let a thread create a thread. Both threads, and the first thread, have a fault. */
static void put_threads(__u64 unused, __u64 unused_too)
{
	(void)unused;
	(void)unused_too;
	for (__u32 i = 0; i < 3; i++) {
		task = FIRST + i;
		fault(MM, LOW + i * PAGE, PAGE);
		fork_task(FIRST + i + 1, CLONE_THREAD | CLONE_VM);
	}
}

/* Let a thread end. Then let a process get the TID of this thread. */
static void put_reused(__u64 unused, __u64 unused_too)
{
	struct event event = { 0 };

	(void)unused;
	(void)unused_too;
	fork_task(FIRST + 1, CLONE_THREAD | CLONE_VM);
	task = FIRST + 1;
	fault(MM, LOW, PAGE);
	put(&event, EVENT_EXIT);
	task = FIRST;
	fork_task(FIRST + 1, 0);
	task = FIRST + 1;
	fault(MM + 1, LOW, PAGE);
}

static void call_mmap(int which, __s64 ret)
{
	struct event event = {
		.call = { .args = { 0, PAGE, 3, 0x22, -1 }, .ret = ret },
	};

	put(&event, which + EVENT_CALL_MMAP);
}

/*
 * Write four calls of mmap(). One succeeds, one fails in do_mmap(), one fails
 * before do_mmap(), and one has no recorded start.
 */
static void put_ends(__u64 unused, __u64 unused_too)
{
	(void)unused;
	(void)unused_too;
	call_formats = true;
	call_mmap(EVENT_ENTER, 0);
	map(LOW, PAGE, 0x73, 1);
	call_mmap(EVENT_LEAVE, LOW);
	call_mmap(EVENT_ENTER, 0);
	put_errors(12, 0);
	call_mmap(EVENT_LEAVE, -12);
	call_mmap(EVENT_ENTER, 0);
	call_mmap(EVENT_LEAVE, -9);
	call_mmap(EVENT_LEAVE, -9);
}

static void link_flags(__u32 mm, __u64 start, __u64 vm_flags)
{
	struct event event = {
		.link = {
			.mm = mm, .start = start, .end = start + 2 * PAGE,
			.vm_flags = vm_flags, .map_count = 2, .nr = SYS_mmap,
		},
	};

	put(&event, MMAPDEMO_EVENT_VMA_LINK);
}

static void split(__u64 start, __u64 cut, __s64 nr)
{
	struct event event = {
		.split = {
			.mm = MM, .start = start, .end = start + 2 * PAGE,
			.cut = cut, .map_count = 3, .nr = nr,
		},
	};

	put(&event, MMAPDEMO_EVENT_VMA_SPLIT);
}

/* Extend the VMA at @start + PAGE by one page downwards. */
static void extend_down(__u64 start)
{
	struct event event = {
		.merge = {
			.mm = MM, .outcome = MMAPDEMO_MERGE_NEXT, .nr = SYS_mmap,
			.start = start, .end = start + PAGE,
			.next_start = start + PAGE, .next_end = start + 3 * PAGE,
			.result_start = start, .result_end = start + 3 * PAGE,
			.reason_prev = MMAPDEMO_REASON_NO_NEIGHBOUR,
			.reason_next = MMAPDEMO_REASON_MERGED,
		},
	};

	put(&event, MMAPDEMO_EVENT_VMA_MERGE);
}

#define NORESERVE	0x200000
#define DONTDUMP	0x4000000
#define HUGEPAGE	0x20000000

/*
 * Write events of several kinds of VMAs, each kind with different flags. @stay
 * VMAs stay, but one new VMA replaces two of them. @rounds VMAs exist one after
 * the other. One VMA loses its start to munmap(). One VMA grows downwards. One
 * VMA is split and merged again @rounds times. @rounds VMAs end together with
 * their process.
 */
static void put_makers(__u64 stay, __u64 rounds)
{
	const __u64 at = LOW << 1;

	for (__u64 i = 0; i < stay; i++)
		link_flags(MM, LOW + i * 4 * PAGE, 0x71);
	unmap(LOW + 4 * PAGE, 6 * PAGE);
	link_flags(MM, LOW + 4 * PAGE, 0x71);
	for (__u64 i = 0; i < rounds; i++) {
		link_flags(MM, at, 0x77);
		unmap(at, 2 * PAGE);
	}
	link_flags(MM, at, 0x73 | DONTDUMP);
	split(at, at + PAGE, SYS_munmap);
	unmap(at, PAGE);
	link_flags(MM, at + 8 * PAGE, 0x73 | DONTDUMP);
	link_flags(MM, at + 16 * PAGE, 0x73 | NORESERVE);
	extend_down(at + 15 * PAGE);
	link_flags(MM, at + 24 * PAGE, 0x73 | NORESERVE);
	for (__u64 i = 0; i < rounds; i++) {
		split(LOW, LOW + PAGE, SYS_mprotect);
		put_merge(MMAPDEMO_CAUSE_CHANGE, MMAPDEMO_MERGE_PREV, BELOW,
			  MMAPDEMO_REASON_MERGED, MMAPDEMO_REASON_NO_NEIGHBOUR);
	}
	for (__u64 i = 1; i <= rounds; i++) {
		task = FIRST;
		fork_task(FIRST + i, 0);
		copy_space(MM, MM + i, FIRST + i);
		task = FIRST + i;
		link_flags(MM + i, at + 32 * PAGE, 0x73 | HUGEPAGE);
		end_space(MM + i, 100);
	}
}

/*
 * List the VMAs that a task has when the recording begins. Also list
 * [vsyscall], which is not a VMA.
 */
static void seed_task(FILE *out, __u32 tid, const char *hidden, __u64 vmas)
{
	fprintf(out, "{\"tid\":%u,\"hidden\":%s,\"maps\":[", tid, hidden);
	for (__u64 i = 0; i < vmas; i++)
		fprintf(out, "{\"start\":%llu,\"end\":%llu},",
			LOW + i * 4 * PAGE, LOW + (i * 4 + 2) * PAGE);
	fprintf(out, "{\"start\":%llu,\"end\":%llu,\"name\":\"[vsyscall]\"}]}",
		0xffffffffff600000ULL, 0xffffffffff601000ULL);
}

/*
 * Record the recorder itself, and a process with @vmas VMAs and two threads.
 * The process unmaps the start of @rounds VMAs. @rounds times, the process also
 * maps one more VMA and unmaps this VMA again. If @rounds is not 0, a new process
 * then makes a VMA.
 */
static void put_before(__u64 vmas, __u64 rounds)
{
	static char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	seed_task(out, FIRST, "false", vmas);
	fprintf(out, ",{\"tid\":%u,\"with\":%u},", FIRST + 1, FIRST);
	seed_task(out, FIRST + 2, "true", vmas + 5);
	fclose(out);
	tasks = text;
	if (!rounds)
		return;
	task = FIRST + 1;
	for (__u64 i = 0; i < rounds; i++) {
		split(LOW + i * 4 * PAGE, LOW + (i * 4 + 1) * PAGE, SYS_munmap);
		unmap(LOW + i * 4 * PAGE, PAGE);
		link_flags(MM, LOW << 1, 0x73);
		unmap(LOW << 1, 2 * PAGE);
	}
	task = FIRST + 3;
	link_flags(MM + 1, LOW << 1, 0x73);
}

static void enter(enum event_call which)
{
	struct event event = { .call = { .args = { LOW, PAGE } } };

	put(&event, EVENT_ENTER + which);
}

static void leave(enum event_call which, __s64 ret)
{
	struct event event = { .call = { .ret = ret } };

	put(&event, EVENT_LEAVE + which);
}

static void set_brk(__u64 brk, __u64 ret, __u64 duration)
{
	struct event event = {
		.brk = {
			.mm = MM, .brk = brk, .old = LOW, .ret = ret,
			.duration = duration,
		},
	};

	put(&event, MMAPDEMO_EVENT_BRK);
}

static void move(__s64 ret, __u64 duration)
{
	struct event event = {
		.mremap = {
			.mm = MM, .addr = LOW, .old_len = PAGE,
			.new_len = PAGE, .ret = ret, .duration = duration,
		},
	};

	put(&event, MMAPDEMO_EVENT_MREMAP);
}

/*
 * Write system calls. The starts of madvise() and of the second munmap() are
 * missing. If @without is 1, write only the events brk and mremap. If @growth
 * is 1, each brk() succeeds. If @growth is 2, one of the brk() calls takes a
 * little longer.
 */
static void put_calls(__u64 without, __u64 growth)
{
	call_formats = !without;
	set_brk(0, LOW, 50);
	set_brk(LOW + PAGE, LOW + PAGE, 700);
	set_brk(LOW + 2 * PAGE, growth == 1 ? LOW + 2 * PAGE : LOW + PAGE,
		growth == 2 ? 395 : 300);
	move(LOW, 900);
	move(-EFAULT, 100);
	if (without)
		return;
	leave(EVENT_CALL_MADVISE, 0);
	enter(EVENT_CALL_MMAP);
	map(LOW, PAGE, 0x73, 1);
	leave(EVENT_CALL_MMAP, LOW);
	enter(EVENT_CALL_MMAP);
	leave(EVENT_CALL_MMAP, -EINVAL);
	enter(EVENT_CALL_MUNMAP);
	unmap(LOW, PAGE);
	leave(EVENT_CALL_MUNMAP, 0);
	leave(EVENT_CALL_MUNMAP, 0);
	enter(EVENT_CALL_MPROTECT);
	leave(EVENT_CALL_MPROTECT, -ENOMEM);
}

/*
 * Write events that contradict each other. Depending on @which, a fault has no
 * address space, or an address space or a task is its own child.
 */
static void put_impossible(__u64 which, __u64 unused)
{
	(void)unused;
	fault(which == 1 ? 0 : MM, LOW, PAGE);
	if (which == 2)
		copy_space(MM, MM, FIRST + 1);
	if (which == 3)
		fork_task(FIRST, 0);
}

static void write_fault(__u32 mm, __u32 class, __u32 entry_before)
{
	struct event event = touch(mm, LOW, PAGE);

	event.fault.class = class;
	event.fault.entry_before = MMAPDEMO_ENTRY_PRESENT | entry_before;
	put(&event, MMAPDEMO_EVENT_PTE_FAULT);
}

/*
 * Write stores to pages of anonymous memory, to the zero page, and to a page of
 * a file.
 */
static void put_stores(__u32 mm)
{
	write_fault(mm, MMAPDEMO_FAULT_WP_COPY, MMAPDEMO_ENTRY_ANON);
	write_fault(mm, MMAPDEMO_FAULT_WP_COPY, MMAPDEMO_ENTRY_ZERO);
	write_fault(mm, MMAPDEMO_FAULT_WP_COPY, 0);
	write_fault(mm, MMAPDEMO_FAULT_WP_REUSE, MMAPDEMO_ENTRY_ANON);
	write_fault(mm, MMAPDEMO_FAULT_WP_REUSE, 0);
}

/* Let the task call exec, which gives it the new address space @mm. */
static void exec_space(__u32 mm)
{
	struct event event = {
		.link = {
			.mm = mm, .cause = MMAPDEMO_CAUSE_INSERT,
			.start = OLD_STACK, .end = OLD_STACK + PAGE,
			.vm_flags = 0x73 | GROWSDOWN, .map_count = 1,
			.trigger = MMAPDEMO_TRIGGER_EXEC, .nr = -1,
		},
	};

	put(&event, MMAPDEMO_EVENT_VMA_LINK);
	event.exec.old_pid = task;
	strcpy(event.exec.filename, "/bin/true");
	put(&event, EVENT_EXEC);
}

/*
 * Let all address spaces store to the same addresses. If @old is 0, the parent
 * begins with exec. Otherwise, the parent is older than the recording. The
 * parent stores before and after @forks forks. Each child stores, and then runs
 * a program that stores.
 */
static void put_copies(__u64 forks, __u64 old)
{
	if (!old)
		exec_space(MM);
	put_stores(MM);
	for (__u64 i = 1; i <= forks; i++) {
		task = FIRST;
		copy_space(MM, MM + i, FIRST + i);
		fork_task(FIRST + i, 0);
		task = FIRST + i;
		put_stores(MM + i);
		exec_space(MM + forks + i);
		put_stores(MM + forks + i);
	}
	task = FIRST;
	put_stores(MM);
}

/*
 * Let exec end the address space @mm, which fork copied for the task.
 * exit_mmap() takes @duration ns.
 */
static void leave_copy(__u32 mm, __u64 duration)
{
	struct event event = {
		.exit_mmap = {
			.mm = mm, .duration = duration, .map_count = 1,
			.trigger = MMAPDEMO_TRIGGER_EXEC, .nr = SYS_execve,
		},
	};

	put(&event, MMAPDEMO_EVENT_EXIT_MMAP);
}

/*
 * Let a parent with huge pages fork @forks children. The last fork takes 10
 * times as long as any earlier fork. Each child splits one huge page, writes to
 * another huge page without a copy, and runs a program. Then the parent creates
 * @spawned children that share its memory.
 */
static void put_huge_copies(__u64 forks, __u64 spawned)
{
	const __u32 huge = MMAPDEMO_ENTRY_ANON | MMAPDEMO_ENTRY_HUGE;
	struct event event;

	exec_space(MM);
	write_fault(MM, MMAPDEMO_FAULT_HUGE_WP, huge);
	for (__u64 i = 1; i <= forks; i++) {
		task = FIRST;
		event = (struct event){
			.dup = {
				.mm = MM, .child_mm = MM + i,
				.child_pid = FIRST + i, .map_count = 1,
				.duration = i == forks ? 1000 : 100,
				.nr = SYS_clone, .pgtables = 2 * PAGE,
				.huge = 1,
			},
		};
		put(&event, MMAPDEMO_EVENT_DUP_MM);
		fork_task(FIRST + i, 0);
		write_fault(MM, MMAPDEMO_FAULT_WP_COPY, MMAPDEMO_ENTRY_ANON);
		task = FIRST + i;
		write_fault(MM + i, MMAPDEMO_FAULT_HUGE_SPLIT, huge);
		write_fault(MM + i, MMAPDEMO_FAULT_HUGE_WP, huge);
		leave_copy(MM + i, 700);
		exec_space(MM + forks + i);
	}
	task = FIRST;
	for (__u64 i = 1; i <= spawned; i++)
		fork_task(FIRST + forks + i, CLONE_VM | CLONE_VFORK);
	fork_task(FIRST + forks + spawned + 1, CLONE_VM | CLONE_THREAD);
	end_space(MM, 500);
}

static void long_fault(__u64 duration)
{
	struct event event = touch(MM, LOW, PAGE);

	event.fault.duration = duration;
	put(&event, MMAPDEMO_EVENT_PTE_FAULT);
}

/*
 * Let a fault of 640 us end in the middle of the recording. If @earlier is not
 * 0, also write a longer fault, which ends later, and which began @earlier ns
 * before the first event. The last event of the recording is not a fault.
 */
static void put_spans(__u64 earlier, __u64 unused)
{
	const __u64 begin = now;

	(void)unused;
	long_fault(1000);
	now += 700000;
	long_fault(640000);
	if (earlier) {
		now += 500;
		long_fault(now + 1000 - begin + earlier);
	}
	now += 2000000;
	unmap(LOW, PAGE);
}

/*
 * Write the events of a command that the recorder has started. The command starts a
 * process that does not end, has @count - 1 faults, runs another program, and ends. Each
 * event but the last takes 1 us.
 */
static void put_command(__u64 count, __u64 unused)
{
	static char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct event event = { 0 };

	(void)unused;
	seed_task(out, FIRST, "true", 0);
	fclose(out);
	tasks = text;
	exec_space(MM);
	fork_task(FIRST + 1, 0);
	for (__u64 i = 1; i < count; i++)
		fault(MM, LOW, PAGE);
	exec_space(MM + 1);
	put(&event, EVENT_EXIT);
}

static void link_brk(__u64 start, __u32 trigger)
{
	struct event event = {
		.link = {
			.mm = MM, .cause = MMAPDEMO_CAUSE_BRK,
			.start = start, .end = start + PAGE, .vm_flags = 0x73,
			.map_count = 1, .trigger = trigger, .nr = SYS_brk,
		},
	};

	put(&event, MMAPDEMO_EVENT_VMA_LINK);
	fault(MM, start, PAGE);
}

/*
 * Let exec map .bss with the function that brk() also uses. Then let brk() make
 * the heap. The heap is not next to .bss.
 */
static void put_bss(__u64 unused, __u64 unused_too)
{
	(void)unused;
	(void)unused_too;
	link_brk(LOW, MMAPDEMO_TRIGGER_EXEC);
	link_brk(LOW + 64 * PAGE, MMAPDEMO_TRIGGER_SYSCALL);
}

/* Write @count faults of 1 us, and a fault of @longest ns. */
static void put_one_long(__u64 count, __u64 longest)
{
	for (__u64 i = 0; i < count; i++)
		long_fault(1000);
	long_fault(longest);
}

static void flush(__u32 reason, __u64 pages)
{
	struct event event = {
		.flush = { .reason = reason, .pages = pages },
	};

	put(&event, EVENT_FLUSH);
}

/*
 * Record TLB flushes. With @which 0, there is no flush; with 1, a request; with
 * 2, a full flush.
 */
static void put_flushes(__u64 which, __u64 unused)
{
	(void)unused;
	flush_format = true;
	fault(MM, LOW, PAGE);
	if (which == 1)
		flush(FLUSH_SEND, 3);
	if (which == 2)
		flush(FLUSH_SEND - 1, FLUSH_ALL);
}

/* ---- a recording described by text ---- */

static int kind_of(const char *name)
{
	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		if (!strcmp(event_layouts[kind].name, name))
			return kind;
	}
	errx(EXIT_MISUSED, "there is no event %s", name);
}

static void set_field(struct event *event, int kind, const char *name,
		      const char *value)
{
	const struct field *field = event_layouts[kind].fields;
	__u64 number = strtoull(value, NULL, 0);

	while (field->name && strcmp(field->name, name))
		field++;
	if (!field->name)
		errx(EXIT_MISUSED, "%s has no field %s",
		     event_layouts[kind].name, name);
	if (field->type == FIELD_TEXT)
		snprintf((char *)event + field->offset, field->size, "%s", value);
	else
		memcpy((char *)event + field->offset, &number, field->size);
}

/* Write the call stack of the last event. */
static void put_stack(char *frames)
{
	struct {
		__u16 id;
		__u32 pid;
		__u64 caller[8];
	} record = { .id = STACK_ID, .pid = task };

	for (int i = 0; i < 8 && *frames; i++) {
		record.caller[i] = strtoull(frames, &frames, 0);
		frames += *frames == ',';
	}
	put_record(&record, sizeof(record));
}

static void put_event_line(char *line)
{
	char *word = strtok(line, " \n"), *stack = NULL, *value;
	const int kind = kind_of(word);
	struct event event = { 0 };

	while ((word = strtok(NULL, " \n"))) {
		value = strchr(word, '=');
		if (!value)
			errx(EXIT_MISUSED, "%s has no value", word);
		*value++ = 0;
		if (!strcmp(word, "tid"))
			task = strtoul(value, NULL, 0);
		else if (!strcmp(word, "wait"))
			now += strtoll(value, NULL, 0) - 1000;
		else if (!strcmp(word, "stack"))
			stack = value;
		else
			set_field(&event, kind, word, value);
	}
	in_batches = getenv("BATCHES") && !stack;
	put(&event, kind);
	if (stack)
		put_stack(stack);
}

/*
 * Return @text with @between and @line appended. The first word of @line is
 * left out.
 */
static const char *appended(const char *text, const char *between,
			    const char *line)
{
	char *more;

	if (asprintf(&more, "%s%s%s", text, between, strchr(line, ' ') + 1) < 0)
		errx(1, "out of memory");
	return more;
}

/*
 * Write the events that standard input lists. The recording has the formats of
 * every event.
 */
static void put_events(__u64 unused, __u64 unused_too)
{
	char *line = NULL;
	size_t room = 0;

	(void)unused;
	(void)unused_too;
	call_formats = flush_format = fault_formats = stack_format = true;
	comms = "";
	while (getline(&line, &room, stdin) > 0) {
		if (!strncmp(line, ".about ", 7))
			about_more = appended(about_more, ",", line);
		else if (!strncmp(line, ".comms ", 7))
			comms = appended(comms, "", line);
		else if (!strncmp(line, ".without ", 9))
			without = strdup(strtok(line + 9, "\n"));
		else if (*line != '#' && *line != '\n')
			put_event_line(line);
	}
	free(line);
}

static const struct {
	const char *name;
	void (*put)(__u64 a, __u64 b);
} recordings[] = {
	{ "events", put_events },
	{ "vmas", put_vmas },
	{ "processes", put_processes },
	{ "children", put_children },
	{ "unmapped", put_unmapped },
	{ "large", put_large },
	{ "files", put_files },
	{ "reads", put_reads },
	{ "untimed", put_untimed },
	{ "cycle", put_cycle },
	{ "order", put_order },
	{ "stacks", put_stacks },
	{ "exec", put_exec },
	{ "bytes", put_bytes },
	{ "refused", put_refused },
	{ "refusals", put_refusals },
	{ "inverted", put_inverted },
	{ "absent", put_absent },
	{ "losses", put_losses },
	{ "errors", put_errors },
	{ "kinds", put_kinds },
	{ "makers", put_makers },
	{ "before", put_before },
	{ "calls", put_calls },
	{ "around", put_around },
	{ "impossible", put_impossible },
	{ "gaps", put_two_gaps },
	{ "renamed", put_renamed },
	{ "threads", put_threads },
	{ "reused", put_reused },
	{ "ends", put_ends },
	{ "copies", put_copies },
	{ "huge-copies", put_huge_copies },
	{ "spans", put_spans },
	{ "one-long", put_one_long },
	{ "command", put_command },
	{ "bss", put_bss },
	{ "flushes", put_flushes },
};

int main(int argc, char **argv)
{
	__u64 a = argc > 2 ? strtoull(argv[2], NULL, 0) : 0;
	__u64 b = argc > 3 ? strtoull(argv[3], NULL, 0) : 0;
	size_t size = 0;
	char *data;

	for (size_t i = 0; argc > 1 &&
	     i < sizeof(recordings) / sizeof(recordings[0]); i++) {
		if (strcmp(argv[1], recordings[i].name))
			continue;
		pages = open_memstream(&data, &size);
		recordings[i].put(a, b);
		finish(&data, &size);
		return 0;
	}
	warnx("there is no such recording");
	return EXIT_MISUSED;
}
