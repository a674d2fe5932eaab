// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings of the device behave like mappings of a file of fixed size.
 *
 * Depends on: the kernel.
 */
#include "device.h"

#include <sys/stat.h>
#include <sys/uio.h>

FIXTURE(device)
{
	int fd;
	size_t pages;	/* size of the device in pages */
};

FIXTURE_SETUP(device)
{
	self->fd = device_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	self->pages = device_pages(self->fd);
	ASSERT_LT(4 * PAGES, self->pages);
}

FIXTURE_TEARDOWN(device)
{
	close(self->fd);
}

TEST(untouched_pages_read_as_zeros)
{
	char *map;
	int fd;

	if (!device_reload())
		SKIP(return, NO_RELOAD);
	fd = device_open(O_RDWR);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, device_stat(fd).resident_pages);
	map = device_map(fd, PAGES, MAP_SHARED, 0);
	ASSERT_FALSE(failed(map));
	EXPECT_TRUE(all_bytes(map, 0, PAGES * page_size()));
	EXPECT_EQ(PAGES, device_stat(fd).resident_pages);
}

TEST(only_root_can_open_the_device)
{
	struct stat st;

	ASSERT_EQ(0, stat(MMAPDEMO_DEVICE, &st));
	EXPECT_TRUE(S_ISCHR(st.st_mode));
	EXPECT_EQ(0600, st.st_mode & 07777);
	EXPECT_EQ(0, st.st_uid);
}

/* ---- sharing ---- */

TEST_F(device, shared_mappings_share_page_frames)
{
	char *a = device_map(self->fd, PAGES, MAP_SHARED, 0);
	char *b = device_map(self->fd, PAGES, MAP_SHARED, 0);

	ASSERT_FALSE(failed(a) || failed(b));
	ASSERT_NE(a, b);
	for (size_t i = 0; i < PAGES; i++) {
		*page_at(a, i) = i;
		EXPECT_EQ((char)i, *page_at(b, i));
		EXPECT_NE(0, pfn_of(page_at(a, i)));
		EXPECT_EQ(pfn_of(page_at(a, i)), pfn_of(page_at(b, i)));
	}
}

TEST_F(device, an_offset_selects_the_page)
{
	char *all = device_map(self->fd, PAGES, MAP_SHARED, 0);
	char *one = device_map(self->fd, 1, MAP_SHARED, 7);

	ASSERT_FALSE(failed(all) || failed(one));
	strcpy(page_at(all, 7), "page seven");
	EXPECT_STREQ("page seven", one);
	EXPECT_EQ(pfn_of(page_at(all, 7)), pfn_of(one));
}

TEST_F(device, two_opens_share_page_frames)
{
	int fd = device_open(O_RDWR);
	char *a = device_map(self->fd, 1, MAP_SHARED, 3);
	char *b = device_map(fd, 1, MAP_SHARED, 3);

	ASSERT_FALSE(failed(a) || failed(b));
	strcpy(a, "one region");
	EXPECT_STREQ("one region", b);
	EXPECT_NE(0, pfn_of(a));
	EXPECT_EQ(pfn_of(a), pfn_of(b));
	close(fd);
}

/* Open and map the device in a child. Store the page frame in @pfn. */
static int other_process(__u64 *pfn)
{
	char *map = device_map(device_open(O_RDWR), 1, MAP_SHARED, 5);

	if (failed(map) || strcmp(map, "from the parent"))
		return 1;
	strcpy(map, "from the child");
	*pfn = pfn_of(map);
	return 0;
}

TEST_F(device, two_processes_share_page_frames)
{
	__u64 *pfn = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *map = device_map(self->fd, 1, MAP_SHARED, 5);
	pid_t pid;

	ASSERT_FALSE(failed(map) || failed(pfn));
	strcpy(map, "from the parent");
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(other_process(pfn));
	ASSERT_EQ(0, wait_for(pid));
	EXPECT_STREQ("from the child", map);
	EXPECT_NE(0, *pfn);
	EXPECT_EQ(pfn_of(map), *pfn);
}

TEST_F(device, private_mapping_copies_on_write)
{
	char *shared = device_map(self->fd, 2, MAP_SHARED, 0);
	char *private = device_map(self->fd, 2, MAP_PRIVATE, 0);
	char byte;

	ASSERT_FALSE(failed(shared) || failed(private));
	shared[0] = 'S';
	EXPECT_EQ('S', private[0]);
	EXPECT_EQ(pfn_of(shared), pfn_of(private));

	private[0] = 'P';
	EXPECT_NE(0, pfn_of(private));
	EXPECT_NE(pfn_of(shared), pfn_of(private));
	EXPECT_EQ('P', private[0]);
	EXPECT_EQ('S', shared[0]);
	EXPECT_EQ(1, pread(self->fd, &byte, 1, 0));
	EXPECT_EQ('S', byte);

	/*
	 * The whole page was copied, so this store is not visible in the
	 * private mapping.
	 */
	shared[1] = 'T';
	EXPECT_NE('T', private[1]);
	/* The next page was not copied. */
	shared[page_size()] = 'U';
	EXPECT_EQ('U', private[page_size()]);
}

TEST_F(device, private_mapping_written_first_copies_at_once)
{
	char *shared = device_map(self->fd, 1, MAP_SHARED, 0);
	char *private = device_map(self->fd, 1, MAP_PRIVATE, 0);

	ASSERT_FALSE(failed(shared) || failed(private));
	strcpy(shared, "original");
	private[0] = 'O';
	EXPECT_STREQ("Original", private);
	EXPECT_STREQ("original", shared);
	EXPECT_NE(pfn_of(shared), pfn_of(private));
}

/* ---- the end ---- */

TEST_F(device, a_mapping_past_the_end_is_sigbus_when_touched)
{
	char *map = device_map(self->fd, 3, MAP_SHARED, self->pages - 1);
	struct mmapdemo_stat before, after;

	ASSERT_FALSE(failed(map));
	EXPECT_EQ(0, touch_write(page_at(map, 1) - 1));
	before = device_stat(self->fd);
	EXPECT_EQ(SIGBUS, touch_read(page_at(map, 1)));
	EXPECT_EQ(BUS_ADRERR, touch_signal.si_code);
	EXPECT_EQ(page_at(map, 1), touch_signal.si_addr);
	EXPECT_EQ(SIGBUS, touch_write(page_at(map, 2) + 17));
	EXPECT_EQ(page_at(map, 2) + 17, touch_signal.si_addr);
	after = device_stat(self->fd);
	EXPECT_EQ(2, after.refused_faults - before.refused_faults);
	EXPECT_EQ(before.resident_pages, after.resident_pages);
}

TEST_F(device, a_mapping_may_begin_far_past_the_end)
{
	off_t far = (1ULL << 62) / page_size() * page_size();
	char *map = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, self->fd,
			 far);

	ASSERT_FALSE(failed(map));
	EXPECT_EQ(SIGBUS, touch_read(map));
}

TEST_F(device, private_mapping_past_the_end_is_sigbus_too)
{
	char *map = device_map(self->fd, 1, MAP_PRIVATE, self->pages);

	ASSERT_FALSE(failed(map));
	EXPECT_EQ(SIGBUS, touch_write(map));
	EXPECT_EQ(SIGBUS, touch_read(map));
}

/* ---- fork ---- */

TEST_F(device, fork_shares_shared_and_copies_private)
{
	char *shared = device_map(self->fd, 1, MAP_SHARED, 0);
	char *private = device_map(self->fd, 1, MAP_PRIVATE, 1);
	pid_t pid;

	ASSERT_FALSE(failed(shared) || failed(private));
	strcpy(shared, "shared");
	strcpy(private, "private");
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (strcmp(shared, "shared") || strcmp(private, "private"))
			_exit(1);
		strcpy(shared, "child");
		strcpy(private, "child");
		_exit(0);
	}
	ASSERT_EQ(0, wait_for(pid));
	EXPECT_STREQ("child", shared);
	EXPECT_STREQ("private", private);
}

TEST_F(device, an_untouched_mapping_works_after_fork)
{
	char *shared = device_map(self->fd, 1, MAP_SHARED, 2);
	pid_t pid;

	ASSERT_FALSE(failed(shared));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid) {
		/*
		 * The mapping keeps the region alive, even if no descriptor is
		 * open.
		 */
		close(self->fd);
		strcpy(shared, "child");
		_exit(0);
	}
	ASSERT_EQ(0, wait_for(pid));
	EXPECT_STREQ("child", shared);
}

TEST_F(device, a_mapping_outlives_its_file_descriptor)
{
	int fd = device_open(O_RDWR);
	char *map = device_map(fd, 2, MAP_SHARED, 0);

	ASSERT_FALSE(failed(map));
	close(fd);
	strcpy(map, "still here");
	EXPECT_EQ(0, touch_write(page_at(map, 1)));
	EXPECT_STREQ("still here", map);
}

/* ---- touches by the kernel and other processes ---- */

TEST_F(device, the_kernel_reads_a_file_into_a_mapping)
{
	char *map = device_map(self->fd, PAGES, MAP_SHARED, 0);
	int file = memfd_create("source", MFD_CLOEXEC);
	size_t length = PAGES * page_size();
	char *copy = malloc(length);

	ASSERT_FALSE(failed(map) || !copy);
	memset(copy, 'r', length);
	ASSERT_EQ((ssize_t)length, write(file, copy, length));
	EXPECT_EQ((ssize_t)length, pread(file, map, length, 0));
	EXPECT_TRUE(all_bytes(map, 'r', length));
	free(copy);
	close(file);
}

TEST_F(device, the_kernel_writes_a_file_from_a_mapping)
{
	char *map = device_map(self->fd, PAGES, MAP_SHARED, 0);
	int file = memfd_create("target", MFD_CLOEXEC);
	size_t length = PAGES * page_size();
	char *copy = malloc(length);

	ASSERT_FALSE(failed(map) || !copy);
	memset(map, 'w', length);
	ASSERT_EQ(0, munmap(map, length));
	map = device_map(self->fd, PAGES, MAP_SHARED, 0);
	EXPECT_EQ((ssize_t)length, write(file, map, length));
	EXPECT_EQ((ssize_t)length, pread(file, copy, length, 0));
	EXPECT_TRUE(all_bytes(copy, 'w', length));
	free(copy);
	close(file);
}

TEST_F(device, a_system_call_past_the_end_gets_efault)
{
	char *map = device_map(self->fd, 2, MAP_SHARED, self->pages - 1);
	int file = memfd_create("source", MFD_CLOEXEC);

	ASSERT_FALSE(failed(map));
	EXPECT_EQ(-1, write(file, page_at(map, 1), 1));
	EXPECT_EQ(EFAULT, errno);
	/*
	 * The last byte of the region is written to the file. Before Linux
	 * 5.16, commit a6294593e8a1, the last byte is written only if both ends
	 * of the buffer are readable.
	 */
	EXPECT_EQ(kernel_before(5, 16) ? -1 : 1,
		  write(file, page_at(map, 1) - 1, 2));
	close(file);
}

TEST_F(device, another_process_reads_by_process_vm_readv)
{
	char *map = device_map(self->fd, 1, MAP_SHARED, 9);
	char copy[32] = "";
	struct iovec local = { .iov_base = copy, .iov_len = sizeof(copy) };
	struct iovec remote = { .iov_len = sizeof(copy) };
	pid_t parent = getpid();
	pid_t pid;

	ASSERT_FALSE(failed(map));
	EXPECT_EQ(7, pwrite(self->fd, "remote", 7, 9 * page_size()));
	remote.iov_base = map;
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid) {
		munmap(map, page_size());
		_exit(process_vm_readv(parent, &local, 1, &remote, 1, 0) !=
			      sizeof(copy) || strcmp(copy, "remote"));
	}
	EXPECT_EQ(0, wait_for(pid));
}

TEST_HARNESS_MAIN
