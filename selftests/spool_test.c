// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes of the pages of a recording to a disk that becomes full.
 *
 * Depends on: nothing.
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#define MIB	(1 << 20)
#define PAGE	4096

/* The modes of fallocate(2) that the simulated file system refuses. */
static bool without_holes, without_space;

static int poor_fallocate(int fd, int mode, off_t at, off_t size)
{
	if (mode ? without_holes : without_space) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return fallocate(fd, mode, at, size);
}

#include "../userspace/base/format.c"
#include "../userspace/base/write_all.c"
#define fallocate poor_fallocate
#include "../userspace/record/spool.c"
#undef fallocate

FIXTURE(spool)
{
	char folder[32];
	char sibling[64];
	struct spool spool;
	int to;
};

FIXTURE_VARIANT(spool)
{
	bool without_holes;
	bool without_space;
};

FIXTURE_VARIANT_ADD(spool, tmpfs)
{
};

FIXTURE_VARIANT_ADD(spool, without_holes)
{
	.without_holes = true,
};

FIXTURE_VARIANT_ADD(spool, without_fallocate)
{
	.without_holes = true,
	.without_space = true,
};

FIXTURE_SETUP(spool)
{
	if (geteuid())
		SKIP(return, "needs root");
	without_holes = variant->without_holes;
	without_space = variant->without_space;
	strcpy(self->folder, "/tmp/spool.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->folder));
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, mount("none", self->folder, "tmpfs", 0, "size=8m"));
	snprintf(self->sibling, sizeof(self->sibling), "%s/trace.dat",
		 self->folder);
	signal(SIGXFSZ, SIG_IGN);
	ASSERT_EQ(0, spool_open(&self->spool, self->sibling, 2));
	self->to = -1;
}

FIXTURE_TEARDOWN(spool)
{
	if (geteuid())
		return;
	spool_close(&self->spool);
	if (self->to >= 0)
		close(self->to);
	umount(self->folder);
	rmdir(self->folder);
}

/* Write pages until an error occurs. Return this error. */
static int fill(struct spool *spool)
{
	static char page[PAGE];
	int err = 0;

	for (int i = 0; !err; i++) {
		memset(page, i, sizeof(page));
		err = spool_page(i % 2, page, sizeof(page), spool);
	}
	return err;
}

/* Return true if the spool has a checksum for each page that was written. */
static bool all_summed(const struct spool *spool)
{
	return spool->count[0] == spool->bytes[0] / PAGE &&
	       spool->count[1] == spool->bytes[1] / PAGE;
}

/*
 * Write a file in the same way as trace_dat_write(). The file has @rest bytes
 * after the pages.
 */
static int write_whole(FIXTURE_DATA(spool) *self, size_t rest)
{
	static char bytes[MIB / 4];
	int err;

	spool_seal(&self->spool);
	self->to = open(self->sibling, O_RDWR | O_CREAT | O_EXCL, 0600);
	err = write_all(self->to, bytes, sizeof(bytes));
	for (int cpu = 0; !err && cpu < 2; cpu++)
		err = spool_move(&self->spool, cpu, self->to);
	for (int cpu = 0; !err && cpu < 2; cpu++)
		err = write_all(self->to, self->spool.sums[cpu],
				self->spool.count[cpu] * sizeof(__u64));
	for (; !err && rest; rest -= sizeof(bytes))
		err = write_all(self->to, bytes, sizeof(bytes));
	return err;
}

/*
 * The rest of the file has the size that a process with tens of thousands of
 * VMAs needs.
 */
TEST_F(spool, a_full_disk_has_space_for_the_rest)
{
	ASSERT_EQ(0, spool_reserve(&self->spool, 3 * MIB));
	ASSERT_EQ(-ENOSPC, fill(&self->spool));
	EXPECT_TRUE(all_summed(&self->spool));
	EXPECT_LE(variant->without_holes ? MIB : 3 * MIB,
		  (long)self->spool.total);
	EXPECT_EQ(self->spool.total, self->spool.bytes[0] +
		  self->spool.bytes[1]);
	EXPECT_EQ(0, write_whole(self, 3 * MIB));
}

/* The error must be reported before the recording begins. */
TEST_F(spool, data_that_never_fits_is_refused)
{
	EXPECT_EQ(-ENOSPC, spool_reserve(&self->spool, 9 * MIB));
	EXPECT_EQ(0, spool_reserve(&self->spool, MIB));
}

/* RLIMIT_FSIZE applies to the file of pages, and also to the recording. */
TEST_F(spool, a_limited_file_has_space_for_the_rest)
{
	const struct rlimit limit = { 3 * MIB, 3 * MIB };

	spool_close(&self->spool);
	ASSERT_EQ(0, setrlimit(RLIMIT_FSIZE, &limit));
	ASSERT_EQ(0, spool_open(&self->spool, self->sibling, 2));
	ASSERT_EQ(0, spool_reserve(&self->spool, MIB / 2));
	ASSERT_EQ(-EFBIG, fill(&self->spool));
	EXPECT_TRUE(all_summed(&self->spool));
	EXPECT_LE(MIB / 2, (long)self->spool.total);
	EXPECT_EQ(0, write_whole(self, MIB / 2));
}

TEST_HARNESS_MAIN
