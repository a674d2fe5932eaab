// SPDX-License-Identifier: GPL-2.0-only
/*
 * The writer of a recording must respect the limits of the reader. In this test,
 * the limits and the files of tracefs are small.
 *
 * Depends on: nothing.
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"

#include "../userspace/base/format.c"
#include "../userspace/event/names.c"
#include "../userspace/event/event.c"
#include "../userspace/base/write_all.c"
#include "../userspace/record/spool.c"

#include "../userspace/record/trace_dat.h"
#undef TRACE_DAT_HEADER_MAX
#undef TRACE_DAT_META_MAX
#define TRACE_DAT_HEADER_MAX	65536ULL
#define TRACE_DAT_META_MAX	4096ULL
#include "../userspace/record/trace_dat_write.c"

#include <sys/mman.h>
#include <sys/stat.h>

/* Size of each file that takes the place of a file in tracefs. */
static size_t text_size;

char *tracefs_instance_file_read(struct tracefs_instance *instance,
				 const char *path, int *size)
{
	char *text = calloc(1, text_size + 1);

	(void)instance;
	(void)path;
	memset(text, 'x', text_size);
	*size = text_size;
	return text;
}

FIXTURE(recording)
{
	struct spool spool;
	struct trace_dat_parts parts;
	char about[TRACE_DAT_META_MAX + 2];
	char *cpu_stats[1];
	int fd;
};

FIXTURE_SETUP(recording)
{
	text_size = 100;
	ASSERT_EQ(0, spool_open(&self->spool, "/tmp/", 1));
	self->fd = memfd_create("recording", MFD_CLOEXEC);
	ASSERT_LE(0, self->fd);
	memset(self->about, ' ', TRACE_DAT_META_MAX);
	self->parts = (struct trace_dat_parts){
		.page_size = 4096,
		.cpu_stats = self->cpu_stats,
		.kinds = ~0ULL,
		.about = self->about,
		.spool = &self->spool,
	};
}

FIXTURE_TEARDOWN(recording)
{
	spool_close(&self->spool);
	close(self->fd);
}

static long written(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? -1 : st.st_size;
}

TEST_F(recording, a_readable_recording_is_written)
{
	struct trace_dat_end end;

	EXPECT_EQ(0, trace_dat_write(self->fd, &self->parts));
	ASSERT_EQ((ssize_t)sizeof(end),
		  pread(self->fd, &end, sizeof(end),
			written(self->fd) - sizeof(end)));
	EXPECT_EQ(TRACE_DAT_META_MAX, end.meta_bytes);
	EXPECT_EQ(written(self->fd), (long)(end.header_bytes + end.meta_bytes +
					    end.sums_bytes + sizeof(end)));
}

TEST_F(recording, too_long_metadata_is_not_written)
{
	self->about[TRACE_DAT_META_MAX] = ' ';
	EXPECT_EQ(-EFBIG, trace_dat_write(self->fd, &self->parts));
	EXPECT_EQ(0, written(self->fd));
}

TEST_F(recording, too_long_a_header_is_not_written)
{
	text_size = 60000;
	EXPECT_EQ(-EFBIG, trace_dat_write(self->fd, &self->parts));
	EXPECT_EQ(0, written(self->fd));
}

TEST_HARNESS_MAIN
