// SPDX-License-Identifier: GPL-2.0-only
#include "base/version.h"
#include "base/write_all.h"
#include "event/event.h"
#include "record/trace_dat.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <tracefs.h>

/* ---- numbers and texts ---- */

/*
 * Write numbers in the byte order of this machine. A byte in the header contains
 * this byte order.
 */
static void put16(FILE *out, __u16 number)
{
	fwrite(&number, sizeof(number), 1, out);
}

static void put32(FILE *out, __u32 number)
{
	fwrite(&number, sizeof(number), 1, out);
}

static void put64(FILE *out, __u64 number)
{
	fwrite(&number, sizeof(number), 1, out);
}

/* Write a string, including the terminating NUL. */
static void put_name(FILE *out, const char *name)
{
	fwrite(name, strlen(name) + 1, 1, out);
}

/* Write the size of a tracefs file, then the contents of the file. */
static int put_file(FILE *out, const char *path)
{
	int size = 0;
	char *text;

	errno = 0;
	text = tracefs_instance_file_read(NULL, path, &size);
	if (!text && errno)
		return -errno;
	/* libtracefs returns NULL for an empty file. */
	put64(out, text ? size : 0);
	if (text)
		fwrite(text, size, 1, out);
	free(text);
	return 0;
}

static void put_option(FILE *out, enum trace_dat_option option,
		       const char *text)
{
	put16(out, option);
	put32(out, strlen(text) + 1);
	put_name(out, text);
}

/* ---- the header ---- */

static void put_machine(FILE *out, __u32 page_size)
{
	const __u16 one = 1;

	fwrite(TRACE_DAT_MAGIC, sizeof(TRACE_DAT_MAGIC), 1, out);
	putc(*(const char *)&one ? 0 : 1, out);
	putc(sizeof(long), out);
	put32(out, page_size);
}

/*
 * Write the formats of ftrace's own events: the format of call stacks if @stacks
 * is set, and an empty list if @stacks is not set.
 */
static int put_tracers(FILE *out, bool stacks)
{
	put32(out, stacks);
	return stacks ? put_file(out, "events/ftrace/user_stack/format") : 0;
}

static int put_pages_format(FILE *out, bool stacks)
{
	int err;

	put_name(out, TRACE_DAT_PAGE);
	err = put_file(out, "events/header_page");
	put_name(out, TRACE_DAT_EVENT);
	if (!err)
		err = put_file(out, "events/header_event");
	return err ? err : put_tracers(out, stacks);
}

static bool is_of(const struct trace_dat_parts *parts, int kind,
		  const char *system)
{
	return parts->kinds & EVENT_BIT(kind) &&
	       !strcmp(event_layouts[kind].system, system);
}

static bool first_of_system(const struct trace_dat_parts *parts, int kind)
{
	const char *system = event_layouts[kind].system;

	for (int i = 0; i < kind; i++) {
		if (is_of(parts, i, system))
			return false;
	}
	return is_of(parts, kind, system);
}

static int put_system(FILE *out, const struct trace_dat_parts *parts,
		      const char *system)
{
	const struct event_layout *layout;
	char path[128];
	__u32 count = 0;
	int err = 0;

	for (int kind = 0; kind < EVENT_KINDS; kind++)
		count += is_of(parts, kind, system);
	put_name(out, system);
	put32(out, count);
	for (int kind = 0; !err && kind < EVENT_KINDS; kind++) {
		layout = &event_layouts[kind];
		if (!is_of(parts, kind, system))
			continue;
		snprintf(path, sizeof(path), "events/%s/%s/format", system,
			 layout->name);
		err = put_file(out, path);
	}
	return err;
}

static int put_formats(FILE *out, const struct trace_dat_parts *parts)
{
	__u32 systems = 0;
	int err = 0;

	for (int kind = 0; kind < EVENT_KINDS; kind++)
		systems += first_of_system(parts, kind);
	put32(out, systems);
	for (int kind = 0; !err && kind < EVENT_KINDS; kind++) {
		if (first_of_system(parts, kind))
			err = put_system(out, parts,
					 event_layouts[kind].system);
	}
	put32(out, 0);	/* no contents of kallsyms */
	put32(out, 0);	/* no formats of trace_printk() */
	return err;
}

static void put_options(FILE *out, const struct trace_dat_parts *parts)
{
	struct utsname system;
	char text[512];

	put_name(out, TRACE_DAT_OPTIONS);
	for (int cpu = 0; cpu < parts->spool->cpus; cpu++) {
		if (parts->cpu_stats[cpu])
			put_option(out, TRACE_DAT_OPTION_CPUSTAT,
				   parts->cpu_stats[cpu]);
	}
	put_option(out, TRACE_DAT_OPTION_TRACECLOCK, TRACE_DAT_CLOCK);
	uname(&system);
	snprintf(text, sizeof(text), "%s %s %s %s", system.sysname,
		 system.nodename, system.release, system.machine);
	put_option(out, TRACE_DAT_OPTION_UNAME, text);
	put_option(out, TRACE_DAT_OPTION_VERSION, "mmapdemo "
		   MMAPDEMO_VERSION);
	put16(out, TRACE_DAT_OPTION_DONE);
}

/*
 * Write the positions of the pages of each CPU in the file. The first page is
 * at @at, after the header.
 */
static void put_where(FILE *out, const struct trace_dat_parts *parts, __u64 at)
{
	put_name(out, TRACE_DAT_WHERE);
	for (int cpu = 0; cpu < parts->spool->cpus; cpu++) {
		put64(out, at);
		put64(out, parts->spool->bytes[cpu]);
		at += parts->spool->bytes[cpu];
	}
	put64(out, strlen(TRACE_DAT_CLOCK));
	fputs(TRACE_DAT_CLOCK, out);
}

/* Pad to a multiple of the page size. */
static void put_padding(FILE *out, __u32 page_size)
{
	while (ftell(out) % page_size)
		putc(0, out);
}

static int put_header(FILE *out, const struct trace_dat_parts *parts)
{
	const struct spool *spool = parts->spool;
	long at;
	int err;

	put_machine(out, parts->page_size);
	err = put_pages_format(out, parts->stacks);
	if (!err)
		err = put_formats(out, parts);
	if (!err)
		err = put_file(out, "saved_cmdlines");
	if (err)
		return err;
	put32(out, spool->cpus);
	put_options(out, parts);
	at = ftell(out) + sizeof(TRACE_DAT_WHERE) +
	     spool->cpus * 2 * sizeof(__u64) +
	     sizeof(__u64) + strlen(TRACE_DAT_CLOCK);
	at += parts->page_size - 1 - (at - 1) % parts->page_size;
	put_where(out, parts, at);
	put_padding(out, parts->page_size);
	return 0;
}

/* ---- the file ---- */

/*
 * Build the header in memory, because its checksum is needed. The header is
 * small.
 */
static int make_header(const struct trace_dat_parts *parts, char **header,
		       size_t *size)
{
	FILE *out = open_memstream(header, size);
	int err;

	if (!out)
		return -errno;
	err = put_header(out, parts);
	if (fclose(out) && !err)
		err = -errno;
	return err;
}

static int write_end(int fd, const struct trace_dat_parts *parts,
		     const char *header, size_t header_bytes)
{
	const struct spool *spool = parts->spool;
	struct trace_dat_end end = {
		.header_bytes = header_bytes,
		.meta_bytes = strlen(parts->about),
		.checksum = sum_of(0, header, header_bytes),
	};
	int err = 0;

	for (int cpu = 0; !err && cpu < spool->cpus; cpu++) {
		size_t bytes = spool->count[cpu] * sizeof(*spool->sums[cpu]);

		err = write_all(fd, spool->sums[cpu], bytes);
		end.checksum = sum_of(end.checksum, spool->sums[cpu], bytes);
		end.sums_bytes += bytes;
	}
	end.checksum = sum_of(end.checksum, parts->about, end.meta_bytes);
	memcpy(end.magic, TRACE_DAT_END, sizeof(end.magic));
	if (!err)
		err = write_all(fd, parts->about, end.meta_bytes);
	return err ? err : write_all(fd, &end, sizeof(end));
}

int trace_dat_write(int fd, const struct trace_dat_parts *parts)
{
	char *header = NULL;
	size_t size = 0;
	int err;

	if (strlen(parts->about) > TRACE_DAT_META_MAX)
		return -EFBIG;
	spool_seal(parts->spool);

	err = make_header(parts, &header, &size);
	if (!err && size > TRACE_DAT_HEADER_MAX)
		err = -EFBIG;
	if (!err)
		err = write_all(fd, header, size);
	for (int cpu = 0; !err && cpu < parts->spool->cpus; cpu++)
		err = spool_move(parts->spool, cpu, fd);
	if (!err)
		err = write_end(fd, parts, header, size);
	free(header);
	return err;
}
