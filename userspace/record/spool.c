// SPDX-License-Identifier: GPL-2.0-only
#include "record/spool.h"
#include "base/format.h"
#include "base/write_all.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * Space to reserve for the header, and for other parts that spool_reserve()
 * does not cover.
 */
#define RESERVE (1 << 20)

/* The reserve grows in steps of this size. */
#define STEP (256 << 10)

/* Do not use O_TMPFILE, which some file systems do not support. */
static int open_nameless(const char *sibling)
{
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "%.*s.mmapdemo-XXXXXX",
		     (int)(path_base(sibling) - sibling), sibling) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	unlink(path);
	return fd;
}

/* ---- reserved space ---- */

static int write_zeros(int fd, __u64 at, __u64 size)
{
	static const char zeros[1 << 16];
	size_t part;
	int err = lseek(fd, at, SEEK_SET) < 0 ? -errno : 0;

	for (; !err && size; size -= part) {
		part = size < sizeof(zeros) ? size : sizeof(zeros);
		err = write_all(fd, zeros, part);
	}
	return err;
}

static int take_space(int fd, __u64 at, __u64 size)
{
	int err;

	do
		err = fallocate(fd, 0, at, size) ? -errno : 0;
	while (err == -EINTR);
	/* Some file systems can't reserve space, so write zeros instead. */
	return err == -EOPNOTSUPP || err == -ENOSYS ?
	       write_zeros(fd, at, size) : err;
}

static bool give_back(int fd, __u64 at, __u64 end)
{
	return !fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at,
			  end - at);
}

/*
 * Increase the reserve if necessary. At the end of the recording, the pages are
 * copied to the final file. If the file system can't free the copied part of a
 * spool file, there must be space for two copies of all pages.
 */
static int grow_reserve(struct spool *spool)
{
	const __u64 pages = spool->total / getpagesize() + 1;
	const __u64 rest = RESERVE + spool->tail + pages * sizeof(__u64);
	__u64 wanted = spool->punches ? rest : rest + spool->total;
	int err;

	if (rest + spool->total > spool->limit)
		return -EFBIG;
	if (wanted <= spool->reserved)
		return 0;
	wanted += STEP - wanted % STEP;
	err = take_space(spool->reserve, spool->reserved,
			 wanted - spool->reserved);
	if (!err)
		spool->reserved = wanted;
	return err;
}

int spool_reserve(struct spool *spool, __u64 bytes)
{
	const __u64 before = spool->tail;
	int err;

	spool->tail = bytes;
	err = grow_reserve(spool);
	if (err)
		spool->tail = before;
	return err;
}

static int open_reserve(struct spool *spool, const char *sibling)
{
	struct rlimit limit;
	int err;

	spool->reserve = open_nameless(sibling);
	if (spool->reserve < 0)
		return spool->reserve;
	spool->limit = getrlimit(RLIMIT_FSIZE, &limit) ? RLIM_INFINITY :
		       limit.rlim_cur;
	err = grow_reserve(spool);
	/*
	 * The test with give_back() frees the start of the reserve, so allocate
	 * the start again.
	 */
	if (!err) {
		spool->punches = give_back(spool->reserve, 0, STEP);
		err = take_space(spool->reserve, 0, STEP);
	}
	return err;
}

/* ---- files ---- */

int spool_open(struct spool *spool, const char *sibling, int cpus)
{
	*spool = (struct spool){ .reserve = -1 };
	spool->fds = calloc(cpus, sizeof(*spool->fds));
	spool->bytes = calloc(cpus, sizeof(*spool->bytes));
	spool->sums = calloc(cpus, sizeof(*spool->sums));
	spool->count = calloc(cpus, sizeof(*spool->count));
	if (!spool->fds || !spool->bytes || !spool->sums || !spool->count)
		return -ENOMEM;
	for (; spool->cpus < cpus; spool->cpus++) {
		int fd = open_nameless(sibling);

		if (fd < 0)
			return fd;
		spool->fds[spool->cpus] = fd;
	}
	return open_reserve(spool, sibling);
}

void spool_seal(struct spool *spool)
{
	if (spool->reserve >= 0)
		close(spool->reserve);
	spool->reserve = -1;
}

void spool_close(struct spool *spool)
{
	if (!spool->fds)
		return;
	spool_seal(spool);
	while (spool->cpus) {
		close(spool->fds[--spool->cpus]);
		free(spool->sums[spool->cpus]);
	}
	free(spool->fds);
	free(spool->bytes);
	free(spool->sums);
	free(spool->count);
	*spool = (struct spool){ .reserve = -1 };
}

/*
 * The checksum is a variant of FNV-1a that processes words. Processing bytes
 * would be too slow for all pages of a recording.
 */
__u64 sum_of(__u64 sum, const void *data, size_t size)
{
	const char *at = data;
	__u64 word;

	for (; size; size -= size < sizeof(word) ? size : sizeof(word)) {
		word = 0;
		memcpy(&word, at, size < sizeof(word) ? size : sizeof(word));
		at += sizeof(word);
		sum = (sum ^ word) * 0x100000001b3ULL;
		sum ^= sum >> 32;
	}
	return sum;
}

static int add_sum(struct spool *spool, int cpu, __u64 sum)
{
	size_t count = spool->count[cpu];
	__u64 *sums = spool->sums[cpu];

	/* The capacity is always a power of two. */
	if (!(count & (count - 1))) {
		sums = reallocarray(sums, count ? count * 2 : 1, sizeof(sum));
		if (!sums)
			return -ENOMEM;
		spool->sums[cpu] = sums;
	}
	sums[count] = sum;
	spool->count[cpu]++;
	return 0;
}

/* Drop the last page, which may have been written only in part. */
static int drop_last(struct spool *spool, int cpu, size_t size, int err)
{
	spool->count[cpu]--;
	spool->total -= size;
	if (ftruncate(spool->fds[cpu], spool->bytes[cpu]))
		return -errno;
	return err;
}

int spool_page(int cpu, const void *page, size_t size, void *data)
{
	struct spool *spool = data;
	int err = add_sum(spool, cpu, sum_of(0, page, size));

	if (err)
		return err;
	spool->total += size;
	err = grow_reserve(spool);
	if (!err && lseek(spool->fds[cpu], spool->bytes[cpu], SEEK_SET) < 0)
		err = -errno;
	if (!err)
		err = write_all(spool->fds[cpu], page, size);
	if (err)
		return drop_last(spool, cpu, size, err);
	spool->bytes[cpu] += size;
	return 0;
}

/* ---- the recording ---- */

/*
 * Use pread() and write(), because copy_file_range() fails between some file
 * systems.
 */
int spool_move(struct spool *spool, int cpu, int to)
{
	static char buffer[1 << 18];
	__u64 at = 0;
	ssize_t n;
	int err = 0;

	while (!err && at < spool->bytes[cpu]) {
		n = pread(spool->fds[cpu], buffer, sizeof(buffer), at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		err = write_all(to, buffer, n);
		give_back(spool->fds[cpu], at, at + n);
		at += n;
	}
	return err;
}
