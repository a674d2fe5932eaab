// SPDX-License-Identifier: GPL-2.0-only
/*
 * The events do_mmap, get_unmapped_area and vma_link. The events show the
 * request, the function that searched for an address, and the resulting VMA or
 * the reason of the failure.
 *
 * Depends on: the kernel.
 */
#include "trace.h"

#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <time.h>

static const char map_events[] = "do_mmap get_unmapped_area vma_merge vma_link";

FIXTURE(map)
{
	struct trace trace;
	int disk;	/* descriptor of a file of PAGES pages */
};

FIXTURE_SETUP(map)
{
	ASSERT_TRUE(trace_create(&self->trace));
	self->disk = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	ASSERT_LE(0, self->disk);
	ASSERT_EQ(0, ftruncate(self->disk, PAGES * page_size()));
}

FIXTURE_TEARDOWN(map)
{
	trace_destroy(&self->trace);
	close(self->disk);
}

/* Trace a call of mmap(). Preserve the errno of the call. */
static char *trace_mmap(struct trace *trace, char *address, size_t length,
			int prot, int flags, int fd, off_t offset)
{
	char *map;
	int error;

	if (!trace_begin(trace, map_events))
		return NULL;
	map = mmap(address, length, prot, flags, fd, offset);
	error = errno;
	if (!trace_end(trace))
		return NULL;
	errno = error;
	return map;
}

static const struct event *asked(const struct trace *trace)
{
	return only_event(trace, MMAPDEMO_EVENT_DO_MMAP);
}

static const struct event *searched(const struct trace *trace)
{
	return only_event(trace, MMAPDEMO_EVENT_GET_UNMAPPED_AREA);
}

static const struct event *linked(const struct trace *trace)
{
	return only_event(trace, MMAPDEMO_EVENT_VMA_LINK);
}

/* ---- success ---- */

TEST_F(map, do_mmap_shows_the_request)
{
	size_t length = 7 * page_size() - 5;
	const struct event *e;
	struct vma vma;
	char *map;

	map = trace_mmap(&self->trace, NULL, length, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_NORESERVE, self->disk,
			 3 * page_size());
	ASSERT_FALSE(failed(map));
	e = asked(&self->trace);
	ASSERT_NE(NULL, e);
	ASSERT_TRUE(vma_of(map, &vma));
	EXPECT_EQ(0, event_num(e, "addr"));
	EXPECT_EQ(length, event_num(e, "len"));
	EXPECT_TRUE(event_is(e, "prot", "rw"));
	EXPECT_TRUE(event_is(e, "flags", "shared|noreserve"));
	EXPECT_EQ(3, event_num(e, "pgoff"));
	EXPECT_EQ((uintptr_t)map, event_num(e, "ret"));
	EXPECT_TRUE(event_file_is(e, &vma));
	EXPECT_EQ(getpid(), e->pid);
}

TEST_F(map, anonymous_memory_has_no_file)
{
	char *map = trace_mmap(&self->trace, NULL, page_size(), PROT_NONE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_FALSE(failed(map));
	ASSERT_NE(NULL, asked(&self->trace));
	EXPECT_TRUE(event_is(asked(&self->trace), "prot", ""));
	EXPECT_TRUE(event_is(asked(&self->trace), "flags",
			     "private|anonymous"));
	for_each_event(e, &self->trace) {
		if (e->kind == MMAPDEMO_EVENT_VMA_MERGE)
			continue;
		EXPECT_TRUE(event_is(e, "dev", "0:0"));
		EXPECT_TRUE(event_is(e, "ino", "0"));
		EXPECT_TRUE(event_is(e, "name", ""));
	}
}

TEST_F(map, the_four_events_follow_each_other)
{
	const struct event *e;
	char *map;

	map = trace_mmap(&self->trace, NULL, page_size(), PROT_READ, MAP_SHARED,
			 self->disk, 0);
	ASSERT_FALSE(failed(map));
	ASSERT_EQ(4, self->trace.count);
	e = self->trace.events;
	EXPECT_EQ(MMAPDEMO_EVENT_GET_UNMAPPED_AREA, e[0].kind);
	EXPECT_EQ(MMAPDEMO_EVENT_VMA_MERGE, e[1].kind);
	EXPECT_EQ(MMAPDEMO_EVENT_VMA_LINK, e[2].kind);
	/*
	 * The event of the system call comes last, after the events of the
	 * steps of the call.
	 */
	EXPECT_EQ(MMAPDEMO_EVENT_DO_MMAP, e[3].kind);
	for (int i = 1; i < 4; i++)
		EXPECT_EQ(event_num(&e[0], "mm"), event_num(&e[i], "mm"));
}

static __u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

TEST_F(map, duration_is_within_that_of_the_call)
{
	const struct event *e;
	__u64 start, end;
	char *map;

	ASSERT_TRUE(trace_begin(&self->trace, "do_mmap"));
	start = now();
	map = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, self->disk, 0);
	end = now();
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_FALSE(failed(map));
	e = asked(&self->trace);
	ASSERT_NE(NULL, e);
	EXPECT_LT(0, event_num(e, "duration"));
	EXPECT_LE(event_num(e, "duration"), end - start);
}

/* ---- the search ---- */

TEST_F(map, each_kind_of_memory_has_its_search)
{
	int fd = device_open(O_RDWR), memory = memfd_create("m", MFD_CLOEXEC);
	const struct {
		int flags;
		int fd;
		const char *search;
	} kinds[] = {
		{ MAP_PRIVATE | MAP_ANONYMOUS, -1,
		  "arch_get_unmapped_area_topdown" },
		{ MAP_SHARED | MAP_ANONYMOUS, -1, "shmem_get_unmapped_area" },
		{ MAP_SHARED, fd, "mmapdemo_get_unmapped_area" },
		{ MAP_SHARED, memory, "shmem_get_unmapped_area" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		char *map = trace_mmap(&self->trace, NULL, page_size(),
				       PROT_READ, kinds[i].flags, kinds[i].fd,
				       0);
		const struct event *e = searched(&self->trace);

		ASSERT_FALSE(failed(map));
		ASSERT_NE(NULL, e);
		EXPECT_TRUE(event_is(e, "search", kinds[i].search)) {
			TH_LOG("%s", e->fields);
		}
		EXPECT_EQ(1, event_num(e, "topdown"));
		EXPECT_EQ(page_size(), event_num(e, "len"));
		EXPECT_EQ((uintptr_t)map, event_num(e, "ret"));
	}
	close(fd);
	close(memory);
}

TEST_F(map, a_file_on_disk_has_the_search_of_its_file_system)
{
	char *mounts = slurp("/proc/self/mountinfo");
	const struct event *e;
	struct vma vma;
	char dev[64];
	char *map;

	map = trace_mmap(&self->trace, NULL, page_size(), PROT_READ,
			 MAP_PRIVATE, self->disk, 0);
	ASSERT_FALSE(failed(map) || !mounts);
	ASSERT_TRUE(vma_of(map, &vma));
	snprintf(dev, sizeof(dev), " %u:%u / ", vma.major, vma.minor);
	map = strstr(mounts, dev);
	map = map ? strstr(map, " - ") : NULL;
	if (!map || strncmp(map, " - ext4 ", 8))
		SKIP(return, "/var/tmp is not on ext4");
	e = searched(&self->trace);
	ASSERT_NE(NULL, e);
	/*
	 * On a kernel without huge pages, ext4 has no search function of its
	 * own.
	 */
	EXPECT_EQ(!access("/sys/kernel/mm/transparent_hugepage", F_OK),
		  event_is(e, "search", "thp_get_unmapped_area"));
	EXPECT_TRUE(event_file_is(e, &vma));
	free(mounts);
}

TEST_F(map, a_free_hint_is_shown_and_used)
{
	char *hint = hole(page_size(), page_size());
	char *map = trace_mmap(&self->trace, hint, page_size(), PROT_READ,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const struct event *e = searched(&self->trace);

	ASSERT_EQ(hint, map);
	ASSERT_NE(NULL, e);
	EXPECT_EQ((uintptr_t)hint, event_num(e, "addr"));
	EXPECT_EQ((uintptr_t)hint, event_num(e, "ret"));
	EXPECT_FALSE(event_has(e, "flags", "fixed"));
}

TEST_F(map, an_occupied_hint_is_not_used)
{
	char *hint = mmap(NULL, page_size(), PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *map = trace_mmap(&self->trace, hint, page_size(), PROT_READ,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const struct event *e = searched(&self->trace);

	ASSERT_FALSE(failed(map));
	ASSERT_NE(NULL, e);
	EXPECT_EQ((uintptr_t)hint, event_num(e, "addr"));
	EXPECT_EQ((uintptr_t)map, event_num(e, "ret"));
	EXPECT_NE(hint, map);
}

TEST_F(map, a_fixed_address_is_always_used)
{
	char *order = hole(page_size(), page_size());
	char *map = trace_mmap(&self->trace, order, page_size(), PROT_READ,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	const struct event *e = searched(&self->trace);

	ASSERT_EQ(order, map);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_has(e, "flags", "fixed"));
	EXPECT_EQ((uintptr_t)order, event_num(e, "addr"));
	EXPECT_EQ((uintptr_t)order, event_num(e, "ret"));
	EXPECT_EQ(0, event_num(e, "low"));
	EXPECT_EQ(0, event_num(e, "high"));
}

/*
 * Return true if the address that was found is within the limits that the event
 * shows.
 */
static bool within_limits(const struct event *e)
{
	__u64 low = event_num(e, "low"), high = event_num(e, "high");
	__u64 ret = event_num(e, "ret"), len = event_num(e, "len");

	if (low && low <= ret && ret + len <= high)
		return true;
	fprintf(stderr, "# not within limits: %s\n", e->fields);
	return false;
}

TEST_F(map, the_search_shows_its_limits)
{
	const int fds[] = { -1, self->disk };

	for (int i = 0; i < 2; i++) {
		/*
		 * The range at the hint is not free, so the kernel has to
		 * search.
		 */
		char *map = trace_mmap(&self->trace, (char *)fds,
				       PAGES * page_size(), PROT_READ,
				       MAP_PRIVATE | (i ? 0 : MAP_ANONYMOUS),
				       fds[i], 0);
		const struct event *e = searched(&self->trace);

		ASSERT_FALSE(failed(map));
		ASSERT_NE(NULL, e);
		EXPECT_TRUE(within_limits(e));
		EXPECT_EQ(page_size(), event_num(e, "low"));
		EXPECT_GT(1UL << 47, event_num(e, "high"));
	}
}

TEST_F(map, low_memory_is_searched_for_in_its_own_limits)
{
	char *map = trace_mmap(&self->trace, NULL, page_size(), PROT_READ,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	const struct event *e = searched(&self->trace);

	ASSERT_FALSE(failed(map));
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(within_limits(e));
	EXPECT_EQ(GIB, event_num(e, "low"));
	EXPECT_EQ(2 * GIB, event_num(e, "high"));
}

/*
 * With five levels, the kernel uses an address above 47 bits only if mmap()
 * requests one.
 */
TEST_F(map, a_hint_above_47_bits_raises_the_limit)
{
	char *hint = (char *)(1UL << 50), *map;
	const struct event *e;
	bool more;

	map = mmap(hint, page_size(), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
		   -1, 0);
	more = map == hint;
	/* The range at the hint is no longer free, so the kernel has to search. */
	ASSERT_FALSE(failed(trace_mmap(&self->trace, hint, page_size(),
				       PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
				       -1, 0)));
	e = searched(&self->trace);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(within_limits(e));
	EXPECT_EQ(more, event_num(e, "high") > 1UL << 50);
	EXPECT_EQ(more, event_num(e, "ret") > 1UL << 50);
}

/* ---- the VMA ---- */

TEST_F(map, a_new_vma_is_shown_as_it_is_in_maps)
{
	const struct event *e;
	struct vma vma;
	char *map;
	int vmas;

	/*
	 * The first read of /proc/self/maps allocates memory, so read the file
	 * before the trace begins.
	 */
	vmas_of_process();
	ASSERT_TRUE(trace_begin(&self->trace, "vma_link"));
	map = mmap(NULL, 5 * page_size(), PROT_READ, MAP_SHARED, self->disk,
		   3 * page_size());
	vmas = vmas_of_process();
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_FALSE(failed(map));
	e = linked(&self->trace);
	ASSERT_NE(NULL, e);
	ASSERT_TRUE(vma_of(map, &vma));
	EXPECT_TRUE(event_is(e, "cause", "mmap"));
	EXPECT_TRUE(event_range_is(e, "vma", map, page_at(map, 5)));
	EXPECT_TRUE(event_is(e, "prot", "rs"));
	EXPECT_EQ(3, event_num(e, "pgoff"));
	EXPECT_EQ(vma.offset, event_num(e, "pgoff") * page_size());
	EXPECT_TRUE(event_file_is(e, &vma));
	EXPECT_EQ(vmas, (int)event_num(e, "map_count"));
}

/*
 * The VMA does not have VM_SHARED, although the mapping is shared.
 * /proc/self/maps shows the mapping as shared.
 */
TEST_F(map, a_shared_mapping_of_a_read_only_file_is_shared)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct vma vma;
	char *map;

	map = trace_mmap(&self->trace, NULL, page_size(), PROT_READ,
			 MAP_SHARED, fd, 0);
	ASSERT_FALSE(failed(map));
	ASSERT_NE(NULL, linked(&self->trace));
	EXPECT_TRUE(event_is(linked(&self->trace), "prot", "rs"));
	ASSERT_TRUE(vma_of(map, &vma));
	EXPECT_EQ('s', vma.prot[3]);
	close(fd);
}

TEST_F(map, the_offset_of_anonymous_memory_is_its_address)
{
	char *map = hole(page_size(), page_size());
	const struct event *e;

	ASSERT_EQ(map, trace_mmap(&self->trace, map, page_size(),
				  PROT_READ | PROT_EXEC,
				  MAP_PRIVATE | MAP_ANONYMOUS |
				  MAP_FIXED_NOREPLACE, -1, 0));
	e = linked(&self->trace);
	ASSERT_NE(NULL, e);
	EXPECT_EQ((uintptr_t)map / page_size(), event_num(e, "pgoff"));
	EXPECT_TRUE(event_is(e, "prot", "rx"));
}

TEST_F(map, an_extended_neighbour_is_no_new_vma)
{
	char *map = hole(2 * page_size(), page_size());
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;

	ASSERT_EQ(map, mmap(map, page_size(), PROT_EXEC, flags, -1, 0));
	ASSERT_EQ(page_at(map, 1), trace_mmap(&self->trace, page_at(map, 1),
					      page_size(), PROT_EXEC, flags, -1,
					      0));
	EXPECT_EQ(1, vmas_in(map, page_at(map, 2), NULL));
	EXPECT_EQ(1, events_of(&self->trace, MMAPDEMO_EVENT_VMA_MERGE));
	EXPECT_EQ(0, events_of(&self->trace, MMAPDEMO_EVENT_VMA_LINK));
}

/* ---- names ---- */

/*
 * Return true if vma_link and do_mmap show @wanted as the name of a file that
 * is named @name.
 */
static bool name_becomes(struct trace *trace, const char *name,
			 const char *wanted)
{
	char dir[] = "/var/tmp/mmapdemo-name.XXXXXX", path[512];
	const struct event *link, *mmap;
	int fd;

	if (!mkdtemp(dir))
		return false;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	trace_mmap(trace, NULL, page_size(), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	unlink(path);
	rmdir(dir);
	link = linked(trace);
	mmap = asked(trace);
	if (link && mmap && event_is(link, "name", wanted) &&
	    event_is(mmap, "name", wanted))
		return true;
	fprintf(stderr, "# expected %s, got %s\n", wanted,
		link ? event_value(link, "name") : "none");
	return false;
}

/*
 * Mount an overlayfs in a tmpfs on @dir. Open a file on the overlayfs. Return
 * -1 on failure.
 */
static int overlay_file(const char *dir)
{
	char options[256], path[64];
	bool made = true;

	if (mount("none", dir, "tmpfs", 0, NULL))
		return -1;
	for (const char *name = "lower\0upper\0work\0all\0"; *name;
	     name += strlen(name) + 1) {
		snprintf(path, sizeof(path), "%s/%s", dir, name);
		made &= !mkdir(path, 0700);
	}
	snprintf(options, sizeof(options),
		 "lowerdir=%s/lower,upperdir=%s/upper,workdir=%s/work", dir, dir,
		 dir);
	snprintf(path, sizeof(path), "%s/all", dir);
	if (!made || mount("none", path, "overlay", 0, options))
		return -1;
	snprintf(path, sizeof(path), "%s/all/file", dir);
	return open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
}

static void overlay_end(const char *dir)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/all", dir);
	umount(path);
	umount(dir);
	rmdir(dir);
}

/*
 * The VMA maps the file on the underlying file system, not the file that a
 * container opens.
 */
TEST_F(map, a_file_of_overlayfs_is_the_one_in_maps)
{
	char dir[] = "/var/tmp/mmapdemo-map.XXXXXX";
	const struct event *link;
	struct vma vma;
	char *map;
	int fd;

	ASSERT_TRUE(mkdtemp(dir));
	fd = overlay_file(dir);
	if (fd < 0) {
		overlay_end(dir);
		SKIP(return, "no overlayfs here");
	}
	map = trace_mmap(&self->trace, NULL, page_size(), PROT_READ, MAP_SHARED,
			 fd, 0);
	close(fd);
	EXPECT_FALSE(failed(map));
	EXPECT_TRUE(vma_of(map, &vma));
	munmap(map, page_size());
	overlay_end(dir);
	link = linked(&self->trace);
	ASSERT_TRUE(link);
	EXPECT_TRUE(event_file_is(link, &vma));
	EXPECT_TRUE(event_is(link, "name", "file"));
	/*
	 * do_mmap reports the file that the program has opened. Since Linux
	 * 6.7, /proc/PID/maps shows this file.
	 */
	if (!kernel_before(6, 7))
		EXPECT_TRUE(event_file_is(asked(&self->trace), &vma));
}

#define X10 "xxxxxxxxxx"
#define X60 X10 X10 X10 X10 X10 X10

TEST_F(map, names_are_the_last_component_of_the_path)
{
	EXPECT_TRUE(name_becomes(&self->trace, "plain", "plain"));
	EXPECT_TRUE(name_becomes(&self->trace, "key=value", "key=value"));
}

TEST_F(map, names_are_escaped)
{
	EXPECT_TRUE(name_becomes(&self->trace, "a b", "a\\040b"));
	EXPECT_TRUE(name_becomes(&self->trace, "a\nb\tc", "a\\012b\\011c"));
	EXPECT_TRUE(name_becomes(&self->trace, "a\"b", "a\\042b"));
	EXPECT_TRUE(name_becomes(&self->trace, "a\\b", "a\\134b"));
	EXPECT_TRUE(name_becomes(&self->trace, "a\033[31mb",
				 "a\\033[31mb"));
	EXPECT_TRUE(name_becomes(&self->trace, "a\177b", "a\\177b"));
	EXPECT_TRUE(name_becomes(&self->trace, "%s%n", "%s%n"));
	/* Letters of languages other than English are not escaped. */
	EXPECT_TRUE(name_becomes(&self->trace, "größe", "größe"));
}

TEST_F(map, long_names_are_shortened)
{
	EXPECT_TRUE(name_becomes(&self->trace, X60 "abc", X60 "abc"));
	EXPECT_TRUE(name_becomes(&self->trace, X60 "abcd", X60 "abc"));
	EXPECT_TRUE(name_becomes(&self->trace, X60 X60 X60, X60 "xxx"));
	/* When a name is shortened, no escape sequence is cut. */
	EXPECT_TRUE(name_becomes(&self->trace, X60 " b", X60));
	EXPECT_TRUE(name_becomes(&self->trace, X10 " " X60,
				 X10 "\\040" X10 X10 X10 X10 "xxxxxxxxx"));
}

/* ---- failure ---- */

static bool only_failed(const struct trace *trace, int error)
{
	const struct event *e = asked(trace);

	return e && (__s64)event_num(e, "ret") == -error &&
	       !events_of(trace, MMAPDEMO_EVENT_VMA_MERGE) &&
	       !events_of(trace, MMAPDEMO_EVENT_VMA_LINK);
}

TEST_F(map, calls_that_never_reach_do_mmap_are_no_events)
{
	EXPECT_TRUE(failed(trace_mmap(&self->trace, NULL, page_size(),
				      PROT_READ, MAP_SHARED, 9999, 0)));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(0, self->trace.count);
	EXPECT_TRUE(failed(trace_mmap(&self->trace, NULL, page_size(),
				      PROT_READ, MAP_SHARED, self->disk, 1)));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, self->trace.count);
}

TEST_F(map, a_zero_length_fails_before_the_search)
{
	EXPECT_TRUE(failed(trace_mmap(&self->trace, NULL, 0, PROT_READ,
				      MAP_SHARED, self->disk, 0)));
	EXPECT_TRUE(only_failed(&self->trace, EINVAL));
	EXPECT_EQ(1, self->trace.count);
}

TEST_F(map, a_length_without_room_fails_in_the_search)
{
	const struct event *e;

	EXPECT_TRUE(failed(trace_mmap(&self->trace, NULL, 1UL << 62, PROT_NONE,
				      MAP_PRIVATE | MAP_ANONYMOUS |
				      MAP_NORESERVE, -1, 0)));
	EXPECT_TRUE(only_failed(&self->trace, ENOMEM));
	e = searched(&self->trace);
	ASSERT_NE(NULL, e);
	EXPECT_EQ(-ENOMEM, (__s64)event_num(e, "ret"));
	EXPECT_EQ(1UL << 62, event_num(e, "len"));
}

TEST_F(map, a_file_that_cannot_be_mapped_fails_after_the_search)
{
	int dir = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	EXPECT_TRUE(failed(trace_mmap(&self->trace, NULL, page_size(),
				      PROT_READ, MAP_SHARED, dir, 0)));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_TRUE(only_failed(&self->trace, ENODEV));
	EXPECT_NE(NULL, searched(&self->trace));
	close(dir);
}

TEST_F(map, an_address_that_is_taken_fails_after_the_search)
{
	char *taken = mmap(NULL, page_size(), PROT_READ,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	EXPECT_TRUE(failed(trace_mmap(&self->trace, taken, page_size(),
				      PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
				      MAP_FIXED_NOREPLACE, -1, 0)));
	EXPECT_EQ(EEXIST, errno);
	EXPECT_TRUE(only_failed(&self->trace, EEXIST));
	EXPECT_NE(NULL, searched(&self->trace));
}

/* ---- exec ---- */

/*
 * Run a program in an address space that is filled from the lowest address
 * upwards.
 */
TEST_F(map, exec_maps_too)
{
	size_t inserted = 0, bottomup = 0, stack = 0;
	pid_t pid;

	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, map_events));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid) {
		personality(ADDR_COMPAT_LAYOUT);
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	ASSERT_EQ(0, wait_for(pid));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_LT(0, events_of(&self->trace, MMAPDEMO_EVENT_DO_MMAP));
	for_each_event(e, &self->trace) {
		inserted += event_is(e, "cause", "insert");
		/* The first VMA of the new address space is the stack. */
		stack += event_is(e, "cause", "insert") &&
			 event_is(e, "map_count", "1") &&
			 event_is(e, "prot", "rw");
		bottomup += event_is(e, "topdown", "0") &&
			    event_is(e, "search", "arch_get_unmapped_area");
	}
	EXPECT_LE(2, inserted);
	EXPECT_EQ(1, stack);
	EXPECT_LT(0, bottomup);
}

/*
 * If a type of file systems is unknown, a thread of the kernel executes modprobe. The
 * thread is not in a system call.
 */
TEST_F(map, an_exec_of_the_kernel_itself_is_shown_as_exec)
{
	size_t mapped = 0;

	if (access("/sbin/modprobe", X_OK))
		SKIP(return, "no modprobe");
	ASSERT_TRUE(trace_begin(&self->trace, "do_mmap"));
	ASSERT_TRUE(trace_put(&self->trace, "set_event_pid", ""));
	EXPECT_EQ(-1, mount("none", "/", "no-such-fs", 0, NULL));
	EXPECT_EQ(ENODEV, errno);
	ASSERT_TRUE(trace_end(&self->trace));
	for_each_event(e, &self->trace)
		mapped += event_is(e, "trigger", "exec") &&
			  event_is(e, "nr", "-1");
	EXPECT_LT(0, mapped);
}

/*
 * Return the first search in a new address space. The range that this search
 * finds ends at a limit of the search.
 */
static const struct event *first_search(const struct trace *trace, pid_t pid)
{
	for_each_event(e, trace)
		if (e->kind == MMAPDEMO_EVENT_GET_UNMAPPED_AREA &&
		    e->pid == pid && event_num(e, "low") &&
		    !event_num(e, "addr"))
			return e;
	return NULL;
}

static pid_t trace_exec(struct trace *trace, unsigned long layout)
{
	pid_t pid;

	if (!trace_put(trace, "options/event-fork", "1") ||
	    !trace_begin(trace, "get_unmapped_area"))
		return -1;
	pid = fork_child();
	if (!pid) {
		personality(layout);
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	return !wait_for(pid) && trace_end(trace) ? pid : -1;
}

TEST_F(map, the_first_search_ends_at_a_limit)
{
	const struct event *e;
	pid_t pid;

	pid = trace_exec(&self->trace, 0);
	ASSERT_LT(0, pid);
	e = first_search(&self->trace, pid);
	ASSERT_NE(NULL, e);
	EXPECT_EQ(1, event_num(e, "topdown"));
	EXPECT_TRUE(within_limits(e));
	EXPECT_GT(page_size(), event_num(e, "high") - event_num(e, "ret") -
			       event_num(e, "len"));

	pid = trace_exec(&self->trace, ADDR_COMPAT_LAYOUT);
	ASSERT_LT(0, pid);
	e = first_search(&self->trace, pid);
	ASSERT_NE(NULL, e);
	EXPECT_EQ(0, event_num(e, "topdown"));
	EXPECT_TRUE(within_limits(e));
	EXPECT_EQ(event_num(e, "low"), event_num(e, "ret"));
}

TEST_HARNESS_MAIN
