// SPDX-License-Identifier: GPL-2.0-only
/*
 * Access to the device through file descriptors. A descriptor reads and writes
 * the same bytes as a mapping. At the end of the device, a read returns 0, and
 * a write fails with ENOSPC, as on a disk.
 *
 * Depends on: the kernel.
 */
#include "device.h"

#include <sys/uio.h>

FIXTURE(file)
{
	int fd;
	off_t size;	/* size of the device in bytes */
	char *map;	/* a shared mapping of the first PAGES pages */
};

FIXTURE_SETUP(file)
{
	self->fd = device_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->size = device_info(self->fd).region_bytes;
	self->map = device_map(self->fd, PAGES, MAP_SHARED, 0);
	ASSERT_FALSE(failed(self->map));
}

FIXTURE_TEARDOWN(file)
{
	close(self->fd);
}

/* ---- the same bytes ---- */

TEST_F(file, write_shows_in_the_mapping)
{
	off_t across = page_size() - 3;

	ASSERT_EQ(across, lseek(self->fd, across, SEEK_SET));
	EXPECT_EQ(9, write(self->fd, "spanning", 9));
	EXPECT_EQ(across + 9, lseek(self->fd, 0, SEEK_CUR));
	EXPECT_STREQ("spanning", self->map + across);
}

TEST_F(file, read_returns_the_contents_of_the_mapping)
{
	off_t across = 2 * page_size() - 3;
	char copy[9] = "";

	strcpy(self->map + across, "spanning");
	ASSERT_EQ(across, lseek(self->fd, across, SEEK_SET));
	EXPECT_EQ(9, read(self->fd, copy, 9));
	EXPECT_EQ(across + 9, lseek(self->fd, 0, SEEK_CUR));
	EXPECT_STREQ("spanning", copy);
}

TEST_F(file, pread_and_pwrite_leave_the_position)
{
	char copy[6] = "";

	ASSERT_EQ(100, lseek(self->fd, 100, SEEK_SET));
	EXPECT_EQ(6, pwrite(self->fd, "there", 6, 5000));
	EXPECT_EQ(6, pread(self->fd, copy, 6, 5000));
	EXPECT_STREQ("there", copy);
	EXPECT_STREQ("there", self->map + 5000);
	EXPECT_EQ(100, lseek(self->fd, 0, SEEK_CUR));
}

TEST_F(file, vectors_are_one_stream)
{
	char first[5] = "", second[7] = "";
	struct iovec out[] = {
		{ .iov_base = "four", .iov_len = 4 },
		{ .iov_base = NULL, .iov_len = 0 },
		{ .iov_base = "-seven", .iov_len = 7 },
	};
	struct iovec in[] = {
		{ .iov_base = first, .iov_len = 4 },
		{ .iov_base = second, .iov_len = 7 },
	};

	ASSERT_EQ(0, lseek(self->fd, 0, SEEK_SET));
	EXPECT_EQ(11, writev(self->fd, out, 3));
	EXPECT_STREQ("four-seven", self->map);
	EXPECT_EQ(11, preadv(self->fd, in, 2, 0));
	EXPECT_STREQ("four", first);
	EXPECT_STREQ("-seven", second);
}

TEST_F(file, all_bytes_of_many_pages_are_read_back)
{
	size_t length = PAGES * page_size() - 1;
	char *copy = malloc(length);
	char *seen = malloc(length);

	ASSERT_TRUE(copy && seen);
	for (size_t i = 0; i < length; i++)
		copy[i] = i * 131 + (i >> 12);
	EXPECT_EQ((ssize_t)length, pwrite(self->fd, copy, length, 1));
	EXPECT_EQ(0, memcmp(self->map + 1, copy, length));
	EXPECT_EQ((ssize_t)length, pread(self->fd, seen, length, 1));
	EXPECT_EQ(0, memcmp(seen, copy, length));
	free(copy);
	free(seen);
}

TEST_F(file, a_private_copy_is_not_read)
{
	char *private = device_map(self->fd, 1, MAP_PRIVATE, 0);
	char byte;

	ASSERT_FALSE(failed(private));
	self->map[0] = 'S';
	private[0] = 'P';
	EXPECT_EQ(1, pread(self->fd, &byte, 1, 0));
	EXPECT_EQ('S', byte);
	EXPECT_EQ(1, pwrite(self->fd, "W", 1, 0));
	EXPECT_EQ('P', private[0]);
	EXPECT_EQ('W', self->map[0]);
}

TEST_F(file, each_open_has_its_own_position)
{
	int fd = device_open(O_RDWR);

	ASSERT_EQ(10, lseek(self->fd, 10, SEEK_SET));
	EXPECT_EQ(0, lseek(fd, 0, SEEK_CUR));
	close(fd);
}

/* ---- missing pages and memory ---- */

TEST(reading_does_not_allocate)
{
	char byte = 'x';
	int fd;

	if (!device_reload())
		SKIP(return, NO_RELOAD);
	fd = device_open(O_RDWR);
	ASSERT_LE(0, fd);
	EXPECT_EQ(1, pread(fd, &byte, 1, 12345));
	EXPECT_EQ(0, byte);
	EXPECT_EQ(0, device_stat(fd).resident_pages);
	EXPECT_EQ(1, pwrite(fd, "x", 1, 12345));
	EXPECT_EQ(1, device_stat(fd).resident_pages);
	/* All other bytes of the page are zeros. */
	EXPECT_EQ(1, pread(fd, &byte, 1, 12346));
	EXPECT_EQ(0, byte);
}

TEST_F(file, memory_that_is_not_mapped_gives_efault)
{
	char *bad = hole(page_size(), page_size());

	EXPECT_EQ(-1, pread(self->fd, bad, 1, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, pwrite(self->fd, bad, 1, 0));
	EXPECT_EQ(EFAULT, errno);
	/* A read of an untouched page fails with EFAULT, too. */
	EXPECT_EQ(-1, pread(self->fd, bad, 1, self->size - page_size()));
	EXPECT_EQ(EFAULT, errno);
}

TEST_F(file, a_buffer_that_ends_early_gives_a_short_count)
{
	char *page = mmap(NULL, 2 * page_size(), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_FALSE(failed(page));
	ASSERT_EQ(0, munmap(page_at(page, 1), page_size()));
	strcpy(self->map, "abc");
	EXPECT_EQ(2, pread(self->fd, page_at(page, 1) - 2, 100, 0));
	EXPECT_EQ(0, memcmp("ab", page_at(page, 1) - 2, 2));
	EXPECT_EQ(2, pwrite(self->fd, page_at(page, 1) - 2, 100, 50));
	EXPECT_EQ(0, memcmp("ab", self->map + 50, 2));
}

/* ---- the end ---- */

TEST_F(file, reading_ends_at_the_end)
{
	char bytes[8];

	EXPECT_EQ(0, pread(self->fd, bytes, 8, self->size));
	EXPECT_EQ(0, pread(self->fd, bytes, 8, self->size + 12345));
	EXPECT_EQ(0, pread(self->fd, bytes, 8, INT64_MAX - 8));
	EXPECT_EQ(3, pread(self->fd, bytes, 8, self->size - 3));
	EXPECT_EQ(self->size - 2, lseek(self->fd, -2, SEEK_END));
	EXPECT_EQ(2, read(self->fd, bytes, 8));
	EXPECT_EQ(0, read(self->fd, bytes, 8));
}

TEST_F(file, writing_past_the_end_gives_enospc)
{
	char bytes[8] = "ABCDEFG";
	char seen[3];

	EXPECT_EQ(-1, pwrite(self->fd, bytes, 8, self->size));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(-1, pwrite(self->fd, bytes, 8, self->size + 12345));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(3, pwrite(self->fd, bytes, 8, self->size - 3));
	EXPECT_EQ(3, pread(self->fd, seen, 3, self->size - 3));
	EXPECT_EQ(0, memcmp("ABC", seen, 3));
}

TEST_F(file, reads_and_writes_of_nothing_succeed_anywhere)
{
	char byte;

	EXPECT_EQ(0, pread(self->fd, &byte, 0, 0));
	EXPECT_EQ(0, pread(self->fd, &byte, 0, self->size));
	EXPECT_EQ(0, pwrite(self->fd, &byte, 0, 0));
	EXPECT_EQ(0, pwrite(self->fd, &byte, 0, self->size));
}

TEST_F(file, appending_gives_enospc)
{
	int fd = device_open(O_RDWR | O_APPEND);
	char byte = 'x';

	strcpy(self->map, "first");
	EXPECT_EQ(-1, write(fd, "x", 1));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(-1, pwrite(fd, "x", 1, 0));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_STREQ("first", self->map);
	/* O_APPEND does not affect reads. */
	EXPECT_EQ(1, pread(fd, &byte, 1, 0));
	EXPECT_EQ('f', byte);
	close(fd);
}

TEST_F(file, negative_offsets_are_refused)
{
	char byte;

	EXPECT_EQ(-1, pread(self->fd, &byte, 1, -1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pwrite(self->fd, &byte, 1, -1));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(file, lseek_stays_within_the_device)
{
	EXPECT_EQ(self->size, lseek(self->fd, 0, SEEK_END));
	EXPECT_EQ(self->size, lseek(self->fd, self->size, SEEK_SET));
	EXPECT_EQ(7, lseek(self->fd, 7, SEEK_SET));
	EXPECT_EQ(-1, lseek(self->fd, self->size + 1, SEEK_SET));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, lseek(self->fd, 1, SEEK_END));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, lseek(self->fd, -1, SEEK_SET));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, lseek(self->fd, -8, SEEK_CUR));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, lseek(self->fd, 0, 99));
	EXPECT_EQ(EINVAL, errno);
	/* The file position has not moved. */
	EXPECT_EQ(7, lseek(self->fd, 0, SEEK_CUR));
}

TEST_F(file, descriptors_allow_their_open_mode)
{
	int reader = device_open(O_RDONLY);
	int writer = device_open(O_WRONLY);
	char byte = 0;

	EXPECT_EQ(-1, write(reader, &byte, 1));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(-1, read(writer, &byte, 1));
	EXPECT_EQ(EBADF, errno);
	close(reader);
	close(writer);
}

TEST_HARNESS_MAIN
