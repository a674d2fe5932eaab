// SPDX-License-Identifier: GPL-2.0-only
/* mmapdemo write: store stdin in a file through a shared mapping */
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "mmapdemo.h"
#include "system/file.h"
#include "system/window.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct options {
	const char *path;
	__u64 offset;
	int method;	/* method of the region to create; -1: create no region */
};

#define BUFFER_SIZE (4UL << 20)

/* ---- options ---- */

static const struct cmd_usage usage = {
	.name = "write",
	.text =
"Usage: mmapdemo write [OPTION]... PATH\n"
"Copy standard input to PATH through a shared mapping, and wait until the data\n"
"is on the disk (msync). PATH is created or extended as needed, and never\n"
"truncated. A device cannot be extended.\n"
"N is a number of bytes, such as 4096, 0x1000, 4K or 1M. 4K is 4096 bytes.\n",
	.examples =
"  date | mmapdemo write dates\n"
"  date | sudo mmapdemo write --offset 4K /dev/mmapdemo\n",
	.options = {
		OPTION_VALUE('o', "offset", "N", option_size, struct options,
			     offset, "begin at byte N (default 0)"),
		OPTION_METHOD(struct options, method),
		OPTION_END
	},
};

static int parse(int argc, char **argv, struct options *opts)
{
	int status = cmd_parse(&usage, argc, argv, opts);

	if (status >= 0)
		return status;
	if (opts->offset > INT64_MAX)
		return cmd_misused("write", "--offset %llu: too large for a "
				   "file", (unsigned long long)opts->offset);
	if (argc - optind != 1)
		return cmd_misused("write", "exactly one PATH is required");
	opts->path = argv[optind];
	return -1;
}

/*
 * Fill the buffer from standard input. Return the number of bytes, or -errno.
 * The number is less than @size only at the end of the input.
 */
static ssize_t read_full(char *buffer, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t n = read(STDIN_FILENO, buffer + used, size - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		used += n;
	}
	return used;
}

/*
 * Store as many of the @length bytes as a window can hold. Set *@stored to the
 * number of stored bytes.
 */
static int store_window(const struct options *opts, struct file *object,
			__u64 offset, const char *data, size_t length,
			size_t *stored)
{
	struct window window;
	int err;

	err = window_map(&window, object->fd, offset, length,
			 PROT_READ | PROT_WRITE);
	if (err)
		return cmd_fail("write", "%s: cannot be mapped: %s%s",
				opts->path, file_strerror(err),
				object->grows ? "" : "; use a regular file, a "
				"block device or /dev/mmapdemo");
	length = window.length;
	*stored = window_store(&window, 0, data, length);
	err = window_sync(&window);
	window_unmap(&window);
	if (*stored < length)
		return cmd_fail("write", "%s: SIGBUS at byte %llu: the file "
				"shrank, the disk is full, an I/O error "
				"occurred, or memory ran out; see dmesg",
				opts->path,
				(unsigned long long)offset + *stored);
	if (err)
		return cmd_fail("write", "%s: msync: %s", opts->path,
				strerror(-err));
	return CMD_OK;
}

static int store(const struct options *opts, struct file *object,
		 __u64 offset, const char *data, size_t length)
{
	int status = CMD_OK;
	size_t stored = 0;

	for (size_t at = 0; !status && at < length; at += stored)
		status = store_window(opts, object, offset + at, data + at,
				      length - at, &stored);
	return status;
}

static int too_long(const struct options *opts, const struct file *object,
		    int err)
{
	if (object->grows)
		return cmd_fail("write", "%s: cannot be extended: %s",
				opts->path, strerror(-err));
	if (!object->sized)
		return cmd_fail("write", "%s: the size is unknown; use a "
				"regular file, a block device or /dev/mmapdemo",
				opts->path);
	return cmd_fail("write", "%s: %s: the device ends at byte %llu%s",
			opts->path, strerror(-err),
			(unsigned long long)object->size, opts->method < 0 ?
			"; for a larger /dev/mmapdemo, load the module with a "
			"larger size=" : " with --method");
}

/*
 * Store the bytes. If not all of them fit into the file, store those that fit,
 * then print an error about the rest.
 */
static int store_chunk(const struct options *opts, struct file *object,
		       __u64 offset, const char *data, size_t length)
{
	int err = file_grow(object, offset + length);
	int status = CMD_OK;

	if (!err)
		return store(opts, object, offset, data, length);
	if (object->size > offset) {
		length = object->size - offset < length ?
			 object->size - offset : length;
		status = store(opts, object, offset, data, length);
	}
	return status ? status : too_long(opts, object, err);
}

static int copy(const struct options *opts, struct file *object,
		char *buffer)
{
	__u64 offset = opts->offset;
	ssize_t n;
	int status;

	for (;;) {
		n = read_full(buffer, BUFFER_SIZE);
		if (n < 0)
			return cmd_fail("write", "standard input: %s",
					strerror(-n));
		if (!n)
			return CMD_OK;
		status = store_chunk(opts, object, offset, buffer, n);
		if (status)
			return status;
		offset += n;
	}
}

/*
 * If the device is missing, do not create a regular file with the name of the
 * device.
 */
static int flags_of(const struct options *opts)
{
	return opts->method < 0 && strcmp(opts->path, MMAPDEMO_DEVICE) ?
	       O_RDWR | O_CREAT : O_RDWR;
}

int cmd_write(int argc, char **argv)
{
	struct options opts = { .method = -1 };
	struct file object;
	char *buffer;
	int status = parse(argc, argv, &opts);
	int err;

	if (status >= 0)
		return status;
	err = file_open(&object, opts.path, flags_of(&opts));
	if (err)
		return cmd_not_open("write", opts.path, err);
	status = cmd_map_by("write", opts.path, &object, opts.method);
	if (status >= 0)
		return status;
	buffer = malloc(BUFFER_SIZE);
	if (buffer)
		status = copy(&opts, &object, buffer);
	else
		status = cmd_fail("write", "out of memory");
	free(buffer);
	file_close(&object);
	return status;
}
