// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo read: read a file through a mapping, and write it to stdout */
#include "base/hexdump.h"
#include "base/write_all.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "system/file.h"
#include "system/window.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct options {
	const char *path;
	__u64 offset;
	__u64 length;
	bool length_given;
	bool hex;
	int method;	/* method of the region to create; -1: create no region */
};

struct reader {
	const struct options *opts;
	struct file object;
	struct hexdump hexdump;
	char *buffer;
};

#define BUFFER_SIZE (128UL * 1024)

/* ---- options ---- */

static int take_length(const struct given *given, void *value)
{
	struct options *opts = value;

	opts->length_given = true;
	return option_size(given, &opts->length);
}

static const struct cmd_usage usage = {
	.name = "read",
	.text =
"Usage: mmapdemo read [OPTION]... PATH\n"
"Map PATH, and copy its contents through the mapping to standard output.\n"
"N is a number of bytes, such as 4096, 0x1000, 4K or 1M. 4K is 4096 bytes.\n",
	.examples =
"  mmapdemo read --hex --length 64 /bin/true\n"
"  mmapdemo read --method huge --offset 1M /dev/mmapdemo >bytes\n",
	.options = {
		OPTION_VALUE('o', "offset", "N", option_size, struct options,
			     offset, "begin at byte N (default 0)"),
		{ "length", 'l', "N", "write at most N bytes (default: up to "
		  "the end of the file)", 0, take_length, NULL },
		OPTION_FLAG('x', "hex", struct options, hex, "write "
			    "offsets, hexadecimal bytes and ASCII, as "
			    "hexdump -Cv does"),
		OPTION_METHOD(struct options, method),
		OPTION_END
	},
};

static int parse(int argc, char **argv, struct options *opts)
{
	int status = cmd_parse(&usage, argc, argv, opts);

	if (status >= 0)
		return status;
	if (argc - optind != 1)
		return cmd_misused("read", "exactly one PATH is required");
	opts->path = argv[optind];
	return -1;
}

static int put(struct reader *reader, const char *data, size_t length)
{
	int err;

	if (!reader->opts->hex)
		err = write_all(STDOUT_FILENO, data, length);
	else
		err = hexdump_put(&reader->hexdump, stdout, data, length);
	if (!err)
		return CMD_OK;
	return cmd_fail("read", "standard output: %s", strerror(-err));
}

/*
 * Return how many of the @length bytes at @offset are now after the end of the
 * file. The file may have shrunk.
 */
static size_t lost_meanwhile(struct reader *reader, __u64 offset,
			     size_t length)
{
	__u64 end = offset + length;

	if (!reader->object.grows || file_measure(&reader->object) ||
	    end <= reader->object.size)
		return 0;
	return offset >= reader->object.size ? length :
	       end - reader->object.size;
}

static int copy_chunk(struct reader *reader, const struct window *window,
		      size_t at, __u64 offset, size_t length)
{
	const char *path = reader->opts->path;
	size_t loaded = window_load(window, at, reader->buffer, length);
	size_t lost = lost_meanwhile(reader, offset, loaded);
	int status = put(reader, reader->buffer, loaded - lost);

	if (status || (loaded == length && !lost))
		return status;
	if (lost || lost_meanwhile(reader, offset, length))
		return cmd_fail("read", "%s: the file shrank to %llu bytes "
				"while it was mapped; run the command again",
				path, (unsigned long long)reader->object.size);
	return cmd_fail("read", "%s: SIGBUS at byte %llu: the page could not "
			"be read, or memory ran out; see dmesg", path,
			(unsigned long long)offset + loaded);
}

static int copy_window(struct reader *reader, const struct window *window,
		       __u64 offset)
{
	int status = CMD_OK;
	size_t at, n;

	for (at = 0; !status && at < window->length; at += n) {
		n = window->length - at;
		if (n > BUFFER_SIZE)
			n = BUFFER_SIZE;
		status = copy_chunk(reader, window, at, offset + at, n);
	}
	return status;
}

static int cannot_map(const struct options *opts, int err)
{
	return cmd_fail("read", "%s: cannot be mapped: %s; use a regular "
			"file, a block device or /dev/mmapdemo", opts->path,
			file_strerror(err));
}

/*
 * Reject a file of size 0 if the file can't be mapped. Such a file need not be
 * empty: files in /proc have size 0.
 */
static int check_empty(struct reader *reader)
{
	struct window window;
	int err = window_map(&window, reader->object.fd, 0, 1, PROT_READ);

	if (err == -ENODEV || err == -EIO)
		return cannot_map(reader->opts, err);
	if (!err)
		window_unmap(&window);
	return CMD_OK;
}

static int copy_range(struct reader *reader, __u64 offset, __u64 end)
{
	struct window window;
	int status = CMD_OK, err;

	while (!status && offset < end) {
		err = window_map(&window, reader->object.fd, offset,
				 end - offset, PROT_READ);
		if (err)
			return cannot_map(reader->opts, err);
		status = copy_window(reader, &window, offset);
		offset += window.length;
		window_unmap(&window);
	}
	return status;
}

static int copy(struct reader *reader)
{
	const struct options *opts = reader->opts;
	const struct file *object = &reader->object;
	__u64 end = object->sized ? object->size : ~0ULL;
	int status, err;

	if (!object->sized && !opts->length_given)
		return cmd_fail("read", "%s: the size is unknown; use --length",
				opts->path);
	if (opts->offset >= end)
		return object->size ? CMD_OK : check_empty(reader);
	if (opts->length_given && opts->length < end - opts->offset)
		end = opts->offset + opts->length;
	hexdump_begin(&reader->hexdump, opts->offset);
	status = copy_range(reader, opts->offset, end);
	err = opts->hex ? hexdump_end(&reader->hexdump, stdout) : 0;
	if (err && !status)
		status = cmd_fail("read", "standard output: %s",
				  strerror(-err));
	return status;
}

int cmd_read(int argc, char **argv)
{
	struct options opts = { .method = -1 };
	struct reader reader = { .opts = &opts };
	int status = parse(argc, argv, &opts);
	int err;

	if (status >= 0)
		return status;
	err = file_open(&reader.object, opts.path,
			opts.method < 0 ? O_RDONLY : O_RDWR);
	if (err)
		return cmd_not_open("read", opts.path, err);
	status = cmd_map_by("read", opts.path, &reader.object, opts.method);
	if (status >= 0)
		return status;
	reader.buffer = malloc(BUFFER_SIZE);
	if (reader.buffer)
		status = copy(&reader);
	else
		status = cmd_fail("read", "out of memory");
	free(reader.buffer);
	file_close(&reader.object);
	return status;
}
