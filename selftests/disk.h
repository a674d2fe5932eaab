/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A disk that fails on request. The disk is a FUSE file system with a single
 * file. A child of the test serves the file system from shared memory.
 */
#ifndef _MMAPDEMO_TEST_DISK_H
#define _MMAPDEMO_TEST_DISK_H

#include "memory.h"

#include <errno.h>
#include <linux/fuse.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define DISK_MAX (128 * KIB)

/**
 * struct disk - memory shared by the test and the child
 * @size: size of the file in bytes
 * @write_back: true if the file system caches data and writes them later; false if
 *	each write(2) writes to the disk at once
 * @read_error: errno with which reads fail; 0: reads succeed
 * @write_error: errno with which writes fail; 0: writes succeed
 * @sync_error: errno with which fsync() of the file fails; 0: fsync() succeeds
 * @room: offset in bytes; a write at this offset or later fails with ENOSPC
 * @hold: opcode of the request to hold, such as FUSE_READ; 0: none. While such a
 *	request is held, all later requests wait, too
 * @holding: opcode of the request that is held now; 0: none
 * @failed: number of requests that were answered with one of the errors
 * @bytes: contents of the disk
 */
struct disk {
	size_t size;
	bool write_back;
	_Atomic int read_error;
	_Atomic int write_error;
	_Atomic int sync_error;
	_Atomic size_t room;
	_Atomic uint32_t hold;
	_Atomic uint32_t holding;
	_Atomic int failed;
	char bytes[DISK_MAX];
};

/* ---- the child ---- */

/*
 * Answer a request. The write of the answer may fail with ENOENT, if the
 * request was aborted in the meantime.
 */
static inline void disk_answer(int fuse, const struct fuse_in_header *asked,
			       int error, const void *out, size_t size)
{
	struct fuse_out_header head = {
		.len = sizeof(head) + (error ? 0 : size),
		.error = -error,
		.unique = asked->unique,
	};
	struct iovec parts[] = {
		{ .iov_base = &head, .iov_len = sizeof(head) },
		{ .iov_base = (void *)out, .iov_len = error ? 0 : size },
	};

	if (writev(fuse, parts, 2) < 0 && errno != ENOENT)
		_exit(1);
}

static inline void disk_init(const struct disk *disk, int fuse,
			     const struct fuse_in_header *asked)
{
	const struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = 31,	/* minor version of FUSE in Linux 5.4 */
		.flags = disk->write_back ? FUSE_WRITEBACK_CACHE : 0,
		.max_write = DISK_MAX,
	};

	disk_answer(fuse, asked, 0, &out, sizeof(out));
}

static inline void disk_describe(const struct disk *disk, int fuse,
				 const struct fuse_in_header *asked)
{
	const struct fuse_attr_out out = {
		.attr = {
			.ino = FUSE_ROOT_ID,
			.size = disk->size,
			.mode = S_IFREG | 0600,
			.nlink = 1,
			.blksize = 4096,
		},
	};

	disk_answer(fuse, asked, 0, &out, sizeof(out));
}

static inline void disk_read(struct disk *disk, int fuse,
			     const struct fuse_in_header *asked)
{
	const struct fuse_read_in *in = (const void *)(asked + 1);
	size_t at = in->offset < disk->size ? in->offset : disk->size;
	size_t left = disk->size - at;
	int error;

	error = disk->read_error;
	disk->failed += !!error;
	disk_answer(fuse, asked, error, disk->bytes + at,
		    in->size < left ? in->size : left);
}

static inline void disk_write(struct disk *disk, int fuse,
			      const struct fuse_in_header *asked)
{
	const struct fuse_write_in *in = (const void *)(asked + 1);
	const struct fuse_write_out out = { .size = in->size };
	int error = disk->write_error;

	if (!error && in->offset >= disk->room)
		error = ENOSPC;
	if (!error && in->offset + in->size > disk->size)
		error = EFBIG;
	if (!error)
		memcpy(disk->bytes + in->offset, in + 1, in->size);
	disk->failed += !!error;
	disk_answer(fuse, asked, error, &out, sizeof(out));
}

static inline void disk_wait(struct disk *disk, uint32_t kind)
{
	while (disk->hold == kind) {
		disk->holding = kind;
		sched_yield();
	}
	disk->holding = 0;
}

static inline void disk_serve(struct disk *disk, int fuse,
			      const struct fuse_in_header *asked)
{
	const struct fuse_open_out opened = { 0 };
	int error = 0;

	disk_wait(disk, asked->opcode);
	switch (asked->opcode) {
	case FUSE_INIT:
		return disk_init(disk, fuse, asked);
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		return disk_describe(disk, fuse, asked);
	case FUSE_OPEN:
		return disk_answer(fuse, asked, 0, &opened, sizeof(opened));
	case FUSE_READ:
		return disk_read(disk, fuse, asked);
	case FUSE_WRITE:
		return disk_write(disk, fuse, asked);
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		return;		/* such requests need no answer */
	case FUSE_FSYNC:
		error = disk->sync_error;
		disk->failed += !!error;
		break;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		break;
	default:
		error = ENOSYS;
	}
	disk_answer(fuse, asked, error, NULL, 0);
}

static inline void disk_run(struct disk *disk, int fuse)
{
	static char asked[FUSE_MIN_READ_BUFFER + DISK_MAX]
		__attribute__((aligned(8)));
	ssize_t length;

	do {
		length = read(fuse, asked, sizeof(asked));
		if (length > 0)
			disk_serve(disk, fuse, (const void *)asked);
	} while (length > 0 || errno == ENOENT || errno == EINTR);
	_exit(0);
}

/* ---- the test ---- */

/* Create a disk that has no errors at first. Return NULL if there is no memory. */
static inline struct disk *disk_make(size_t size)
{
	struct disk *disk = mmap(NULL, sizeof(*disk), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (failed(disk) || size > DISK_MAX)
		return NULL;
	disk->size = size;
	disk->room = size;
	return disk;
}

static inline int disk_open(void)
{
	if (access("/dev/fuse", F_OK) && system("modprobe -q fuse"))
		return -1;
	return open("/dev/fuse", O_RDWR | O_CLOEXEC);
}

/* Wait until a request with the opcode @kind has to wait because of @hold. */
static inline void disk_until_holding(struct disk *disk, uint32_t kind)
{
	while (disk->holding != kind)
		sched_yield();
}

/*
 * Mount the disk. Return a descriptor of its file, or -1 with errno. The mount
 * point is removed, so that the file can be reached only through this
 * descriptor. @child serves the file, and may be killed by the caller.
 */
static inline int disk_mount(struct disk *disk, pid_t *child)
{
	char path[] = "/tmp/mmapdemo-disk.XXXXXX", options[96];
	int fuse = disk_open(), file = -1;

	if (fuse < 0)
		return -1;
	close(mkstemp(path));
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=%o,user_id=0,group_id=0", fuse,
		 S_IFREG | 0600);
	if (!mount("disk", path, "fuse", MS_NOSUID | MS_NODEV, options)) {
		*child = fork_child();
		if (!*child)
			disk_run(disk, fuse);
		file = open(path, O_RDWR | O_CLOEXEC);
		/*
		 * The kernel never looks up the name of the file, so the size is
		 * set by the reply to FUSE_SETATTR.
		 */
		if (file >= 0 && ftruncate(file, disk->size)) {
			close(file);
			file = -1;
		}
		umount2(path, MNT_DETACH);
	}
	close(fuse);
	unlink(path);
	return file;
}

#endif /* _MMAPDEMO_TEST_DISK_H */
