// SPDX-License-Identifier: GPL-2.0-only
/*
 * The method by which a driver maps its pages decides which operations work on
 * a mapping of the device. The outcome of an operation is one of
 *
 *	works		the operation has the same effect as on a mapping of a file
 *	none		the operation succeeds, but has no effect
 *	EFAULT ...	the operation fails with this error
 *
 * The test performs each operation, compares the outcome with the expected
 * outcome, and prints a line
 *
 *	# cell <TAB> OPERATION <TAB> METHOD <TAB> OUTCOME <TAB> WHY
 *
 * "make readme" makes the tables in README.md and mmapdemo(4) from these lines.
 *
 * Depends on: the kernel.
 */
#include "device.h"
#include "region.h"

#include <elf.h>
#include <linux/userfaultfd.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>

#define MARK	"what the mapping shows"
#define WORKS	"works"
#define NONE	"none"

/*
 * Lists of outcomes, one outcome for each method. EVERYWHERE: the outcome is @x
 * for all methods. FRAMES: the outcome is @x for the methods that map page
 * frames, and WORKS for all other methods. BUT_PAGE: the outcome is WORKS for
 * the method "page", and @x for all other methods.
 */
#define EVERYWHERE(x)	{ x, x, x, x, x, x, x }
#define FRAMES(x)	{ WORKS, WORKS, x, x, WORKS, x, WORKS }
#define BUT_PAGE(x)	{ WORKS, x, x, x, x, x, x }

/* A region whose first half is mapped. Page 1 contains the mark. */
struct cell {
	const char *name;
	int method;
	int fd;
	size_t bytes;	/* number of mapped bytes */
	char *map;
};

static bool cell_open(struct cell *cell, int method)
{
	cell->name = region_methods[method];
	cell->method = method;
	cell->bytes = method == MMAPDEMO_BY_HUGE ? HUGE : 8 * page_size();
	cell->fd = region_open(2 * cell->bytes, method);
	if (cell->fd < 0 ||
	    pwrite(cell->fd, MARK, sizeof(MARK), page_size()) != sizeof(MARK))
		return false;
	/*
	 * Leave unmapped addresses after the mapping, so that the mapping can
	 * grow.
	 */
	cell->map = mmap(hole(2 * cell->bytes, 2 * MIB), cell->bytes,
			 PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED_NOREPLACE, cell->fd, 0);
	return !failed(cell->map);
}

static char *marked(const struct cell *cell)
{
	return page_at(cell->map, 1);
}

static bool has_mark(const void *bytes)
{
	return !memcmp(bytes, MARK, sizeof(MARK));
}

/* ---- outcomes ---- */

static const char *error(void)
{
	return strerrorname_np(errno);
}

/* Return the outcome of a call. @had_effect is true if the call had an effect. */
#define effect(succeeded, had_effect)					\
	(!(succeeded) ? error() : (had_effect) ? WORKS : NONE)

static const char *signalled(int signal)
{
	switch (signal) {
	case 0:
		return WORKS;
	case SIGBUS:
		return "SIGBUS";
	default:
		return "SIGSEGV";
	}
}

/* ---- access by the processor ---- */

static const char *try_read(const struct cell *cell)
{
	int signal = touch_read(marked(cell));

	return signal ? signalled(signal) :
			effect(true, has_mark(marked(cell)));
}

static const char *try_write(const struct cell *cell)
{
	off_t offset = 2 * page_size();
	int signal = touch_write(cell->map + offset);
	char byte = 0;

	return signal ? signalled(signal) :
			effect(pread(cell->fd, &byte, 1, offset) == 1,
			       byte == 0x5a);
}

static const char *try_private(const struct cell *cell)
{
	char *map = mmap(NULL, cell->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			 cell->fd, 0);
	bool own;

	if (failed(map))
		return error();
	own = has_mark(page_at(map, 1));
	*page_at(map, 1) = 'p';
	own = own && has_mark(marked(cell));
	munmap(map, cell->bytes);
	return effect(true, own);
}

/* ---- a child ---- */

static struct cell cells[MMAPDEMO_BY_COUNT];

/* Fork a child that stores to each mapping. The child then waits. */
static pid_t child(void)
{
	static pid_t pid;
	int pipes[2];
	char byte;

	if (pid)
		return pid;
	if (pipe(pipes))
		return -1;
	pid = fork_child();
	if (!pid) {
		for (int i = 0; i < MMAPDEMO_BY_COUNT; i++)
			strcpy(page_at(cells[i].map, 3), "child");
		if (write(pipes[1], "c", 1) == 1)
			pause();
		_exit(1);
	}
	close(pipes[1]);
	if (read(pipes[0], &byte, 1) != 1)
		pid = -1;
	close(pipes[0]);
	return pid;
}

static const char *try_fork(const struct cell *cell)
{
	return effect(child() > 0, !strcmp(page_at(cell->map, 3), "child"));
}

static const char *try_ptrace(const struct cell *cell)
{
	static pid_t pid;
	char bytes[sizeof(MARK)];

	if (!pid) {
		pid = child();
		if (ptrace(PTRACE_ATTACH, pid, 0, 0) ||
		    waitpid(pid, NULL, 0) != pid)
			return error();
	}
	for (size_t i = 0; i < sizeof(bytes); i++) {
		errno = 0;
		bytes[i] = ptrace(PTRACE_PEEKDATA, pid, marked(cell) + i, 0);
		if (errno)
			return error();
	}
	return effect(true, has_mark(bytes));
}

/* ---- operations on the mapping ---- */

static const char *try_mprotect(const struct cell *cell)
{
	char *page = page_at(cell->map, 2);
	bool kept;

	if (touch_write(page) || mprotect(page, page_size(), PROT_READ))
		return error();
	kept = touch_write(page) == SIGSEGV && !touch_read(page);
	if (mprotect(page, page_size(), PROT_READ | PROT_WRITE))
		return error();
	return effect(true, kept && !touch_write(page) &&
		      has_mark(marked(cell)));
}

/* After a successful mremap(), both halves of the region are mapped. */
static const char *try_grow(const struct cell *cell)
{
	char *map = mremap(cell->map, cell->bytes, 2 * cell->bytes,
			   MREMAP_MAYMOVE);

	return effect(!failed(map), !failed(map) && has_mark(page_at(map, 1)) &&
		      !touch_write(map + cell->bytes));
}

static const char *try_move(const struct cell *cell)
{
	char *to = hole(cell->bytes, 2 * MIB);
	char *map = mremap(cell->map, cell->bytes, cell->bytes,
			   MREMAP_MAYMOVE | MREMAP_FIXED, to);

	return effect(!failed(map), map == to && has_mark(page_at(map, 1)) &&
		      touch_read(marked(cell)) == SIGSEGV);
}

static const char *try_munmap(const struct cell *cell)
{
	char *page = page_at(cell->map, 2);

	return effect(!touch_write(page) && !munmap(page, page_size()),
		      touch_read(page) == SIGSEGV && has_mark(marked(cell)) &&
		      !touch_read(page_at(cell->map, 3)));
}

static const char *try_dontneed(const struct cell *cell)
{
	bool mapped = !touch_read(marked(cell)) && pfn_of(marked(cell));
	int ret = madvise(cell->map, cell->bytes, MADV_DONTNEED);

	return effect(!ret, mapped && !pfn_of(marked(cell)) &&
		      has_mark(marked(cell)));
}

/* Return the value of a line of /proc/self/status, in KiB. */
static long status_of(const char *name)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[128];
	long value = -1;

	while (status && fgets(line, sizeof(line), status))
		if (!strncmp(line, name, strlen(name)))
			sscanf(line + strlen(name), ": %ld", &value);
	if (status)
		fclose(status);
	return value;
}

static const char *try_mlock(const struct cell *cell)
{
	long before = status_of("VmLck");
	int ret = mlock(cell->map, cell->bytes);

	return effect(!ret, status_of("VmLck") - before ==
		      (long)(cell->bytes / KIB));
}

/* A page that is already populated can be touched without a fault. */
static const char *try_populate(const struct cell *cell)
{
	char *map = mmap(NULL, cell->bytes, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_POPULATE, cell->fd, 0);
	__u64 before = device_stat(cell->fd).read_faults;

	return effect(!failed(map), !touch_read(page_at(map, 1)) &&
		      !touch_read(page_at(map, 7)) &&
		      device_stat(cell->fd).read_faults == before);
}

static const char *try_msync(const struct cell *cell)
{
	return effect(!touch_write(page_at(cell->map, 2)) &&
		      !msync(cell->map, cell->bytes, MS_SYNC),
		      has_mark(marked(cell)));
}

static const char *try_merge(const struct cell *cell)
{
	char *at = hole(2 * page_size(), page_size());

	for (size_t i = 0; i < 2; i++)
		if (failed(mmap(page_at(at, i), page_size(), PROT_READ,
				MAP_SHARED | MAP_FIXED_NOREPLACE, cell->fd,
				i * page_size())))
			return error();
	return effect(true, vmas_in(at, page_at(at, 2), NULL) == 1);
}

/* ---- access through the page ---- */

static int direct_file(void)
{
	return open("/var/tmp", O_TMPFILE | O_RDWR | O_DIRECT | O_CLOEXEC,
		    0600);
}

static const char *try_direct_write(const struct cell *cell)
{
	char *copy = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int file = direct_file();
	ssize_t done = pwrite(file, marked(cell), page_size(), 0);
	const char *outcome = error();

	if (done == (ssize_t)page_size())
		outcome = effect(pread(file, copy, page_size(), 0) == done,
				 has_mark(copy));
	close(file);
	return outcome;
}

static const char *try_direct_read(const struct cell *cell)
{
	char *page = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int file = direct_file();
	const char *outcome;

	strcpy(page, MARK);
	if (pwrite(file, page, page_size(), 0) != (ssize_t)page_size())
		return "no file";
	outcome = effect(pread(file, page_at(cell->map, 2), page_size(), 0) ==
			 (ssize_t)page_size(),
			 has_mark(page_at(cell->map, 2)));
	close(file);
	return outcome;
}

static const char *try_vmsplice(const struct cell *cell)
{
	struct iovec part = { marked(cell), sizeof(MARK) };
	char bytes[sizeof(MARK)] = "";
	int pipes[2];

	if (pipe(pipes))
		return error();
	if (vmsplice(pipes[1], &part, 1, 0) != sizeof(MARK))
		return error();
	return effect(read(pipes[0], bytes, sizeof(bytes)) == sizeof(bytes),
		      has_mark(bytes));
}

static const char *try_process_vm_readv(const struct cell *cell)
{
	char bytes[sizeof(MARK)] = "";
	struct iovec theirs = { marked(cell), sizeof(MARK) };
	struct iovec ours = { bytes, sizeof(bytes) };

	return effect(process_vm_readv(getpid(), &ours, 1, &theirs, 1, 0) ==
		      sizeof(bytes), has_mark(bytes));
}

static const char *try_userfaultfd(const struct cell *cell)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range.start = (uintptr_t)cell->map,
		.range.len = cell->bytes,
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	if (ioctl(fd, UFFDIO_API, &api))
		return "no userfaultfd";
	return effect(!ioctl(fd, UFFDIO_REGISTER, &range), true);
}

/* Return true if the page was written since the last clear_refs. */
static bool soft_dirty(const void *address)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	__u64 entry = 0;
	bool read = pread(fd, &entry, sizeof(entry), (uintptr_t)address /
			  page_size() * sizeof(entry)) == sizeof(entry);

	close(fd);
	return read && entry >> 55 & 1;
}

static const char *try_soft_dirty(const struct cell *cell)
{
	char *page = page_at(cell->map, 2);
	bool forgotten;

	if (touch_write(page) || !put("/proc/self/clear_refs", "4"))
		return error();
	forgotten = !soft_dirty(page);
	return effect(!touch_write(page), forgotten && soft_dirty(page));
}

/* ---- a core dump ---- */

#define CORE_PATTERN	"/proc/sys/kernel/core_pattern"
#define MAPPED_SHARED	"0x3b"	/* value for /proc/PID/coredump_filter */

/* Return a descriptor of the core dump of a child that has touched all mappings. */
static int core_dump(void)
{
	const struct rlimit any = { RLIM_INFINITY, RLIM_INFINITY };
	char before[128] = "", path[64];
	int fd = open(CORE_PATTERN, O_RDONLY | O_CLOEXEC);
	pid_t pid;

	if (read(fd, before, sizeof(before) - 1) <= 0 ||
	    !put(CORE_PATTERN, "/var/tmp/mmapdemo-core.%p") ||
	    !put("/proc/self/coredump_filter", MAPPED_SHARED) ||
	    setrlimit(RLIMIT_CORE, &any))
		return -1;
	close(fd);
	pid = fork_child();
	if (!pid) {
		for (int i = 0; i < MMAPDEMO_BY_COUNT; i++)
			touch_read(marked(&cells[i]));
		signal(SIGABRT, SIG_DFL);
		abort();
	}
	wait_for(pid);
	put(CORE_PATTERN, before);
	snprintf(path, sizeof(path), "/var/tmp/mmapdemo-core.%d", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	unlink(path);
	return fd;
}

/*
 * Read the memory at an address from the core dump. Return false if the core
 * dump does not contain this memory.
 */
static bool core_has(int core, const void *address, void *bytes, size_t length)
{
	Elf64_Ehdr header;
	Elf64_Phdr part;

	if (pread(core, &header, sizeof(header), 0) != sizeof(header))
		return false;
	for (int i = 0; i < header.e_phnum; i++) {
		if (pread(core, &part, sizeof(part), header.e_phoff +
			  i * sizeof(part)) != sizeof(part))
			return false;
		if (part.p_type == PT_LOAD &&
		    (uintptr_t)address - part.p_vaddr < part.p_filesz)
			return pread(core, bytes, length, part.p_offset +
				     (uintptr_t)address - part.p_vaddr) ==
			       (ssize_t)length;
	}
	return false;
}

static const char *try_core(const struct cell *cell)
{
	char bytes[sizeof(MARK)] = "";
	static int core;

	if (!core)
		core = core_dump();
	if (core < 0)
		return "no core";
	core_has(core, marked(cell), bytes, sizeof(bytes));
	return effect(true, has_mark(bytes));
}

/* ---- the table ---- */

FIXTURE(clinic)
{
};

/*
 * @why: the reason why outcomes differ from those of a file mapping
 * @before: the expected outcomes before Linux @until
 */
FIXTURE_VARIANT(clinic)
{
	const char *name;
	const char *(*try)(const struct cell *cell);
	const char *expected[MMAPDEMO_BY_COUNT];
	const char *why;
	int until[2];
	const char *before[MMAPDEMO_BY_COUNT];
};

FIXTURE_VARIANT_ADD(clinic, read) {
	.name = "read fault", .try = try_read, .expected = EVERYWHERE(WORKS),
};

FIXTURE_VARIANT_ADD(clinic, write) {
	.name = "write fault", .try = try_write, .expected = EVERYWHERE(WORKS),
};

FIXTURE_VARIANT_ADD(clinic, private) {
	.name = "MAP_PRIVATE", .try = try_private, .expected = FRAMES("EINVAL"),
	.why = "Copy-on-write needs a struct page, but VM_PFNMAP memory has only frame numbers",
};

FIXTURE_VARIANT_ADD(clinic, fork) {
	.name = "fork()", .try = try_fork, .expected = EVERYWHERE(WORKS),
};

FIXTURE_VARIANT_ADD(clinic, mprotect) {
	.name = "mprotect()", .try = try_mprotect,
	.expected = EVERYWHERE(WORKS),
};

FIXTURE_VARIANT_ADD(clinic, grow) {
	.name = "mremap(), grow", .try = try_grow,
	.expected = { WORKS, "ENOMEM", "EFAULT", "EFAULT", "ENOMEM", "EFAULT",
		      "ENOMEM" },
	.until = { 6, 0 }, .before = FRAMES("EFAULT"),
	.why = "VM_PFNMAP: the kernel does not know which frames follow the last frame. VM_MIXEDMAP: growing in place would be a merge, and the kernel never merges such VMAs",
};

FIXTURE_VARIANT_ADD(clinic, move) {
	.name = "mremap(), move", .try = try_move,
	.expected = EVERYWHERE(WORKS),
};

FIXTURE_VARIANT_ADD(clinic, munmap) {
	.name = "munmap(), part", .try = try_munmap,
	.expected = EVERYWHERE(WORKS),
};

FIXTURE_VARIANT_ADD(clinic, dontneed) {
	.name = "MADV_DONTNEED", .try = try_dontneed,
	.expected = FRAMES("EINVAL"),
	.why = "VM_PFNMAP: the kernel cannot know whether a fault would map the frame again",
};

FIXTURE_VARIANT_ADD(clinic, mlock) {
	.name = "mlock()", .try = try_mlock, .expected = BUT_PAGE(NONE),
	.why = "VM_MIXEDMAP, VM_PFNMAP: the kernel skips such VMAs, because it never reclaims the memory of such VMAs",
};

FIXTURE_VARIANT_ADD(clinic, direct_write) {
	.name = "O_DIRECT, write", .try = try_direct_write,
	.expected = FRAMES("EFAULT"),
	.why = "VM_PFNMAP: there is no struct page on which the kernel could take a reference",
};

FIXTURE_VARIANT_ADD(clinic, direct_read) {
	.name = "O_DIRECT, read", .try = try_direct_read,
	.expected = FRAMES("EFAULT"),
	.why = "VM_PFNMAP: there is no struct page on which the kernel could take a reference",
};

FIXTURE_VARIANT_ADD(clinic, vmsplice) {
	.name = "vmsplice()", .try = try_vmsplice,
	.expected = FRAMES("EFAULT"),
	.why = "VM_PFNMAP: there is no struct page to put into the pipe",
};

FIXTURE_VARIANT_ADD(clinic, process_vm_readv) {
	.name = "process_vm_readv()", .try = try_process_vm_readv,
	.expected = FRAMES("EFAULT"),
	.why = "VM_PFNMAP: the call needs a struct page to copy from, and does not use the driver's .access",
};

FIXTURE_VARIANT_ADD(clinic, ptrace) {
	.name = "ptrace(), peek", .try = try_ptrace,
	.expected = EVERYWHERE(WORKS),
};

FIXTURE_VARIANT_ADD(clinic, core) {
	.name = "core dump", .try = try_core, .expected = FRAMES(NONE),
	.why = "VM_DONTDUMP: a core dump leaves out such VMAs, because reading device memory can have side effects",
};

FIXTURE_VARIANT_ADD(clinic, populate) {
	.name = "MAP_POPULATE", .try = try_populate,
	.expected = { WORKS, WORKS, NONE, WORKS, WORKS, NONE, WORKS },
	.why = "VM_PFNMAP: the kernel skips such VMAs. With remap, mmap() itself maps the pages",
};

FIXTURE_VARIANT_ADD(clinic, msync) {
	.name = "msync()", .try = try_msync, .expected = EVERYWHERE(WORKS),
};

FIXTURE_VARIANT_ADD(clinic, merge) {
	.name = "merging", .try = try_merge,
	.expected = BUT_PAGE(NONE),
	.why = "VM_MIXEDMAP, VM_PFNMAP: the kernel never merges such VMAs",
};

FIXTURE_VARIANT_ADD(clinic, userfaultfd) {
	.name = "userfaultfd", .try = try_userfaultfd,
	.expected = EVERYWHERE("EINVAL"),
	.why = "The kernel supports userfaultfd only for anonymous memory, shmem and hugetlbfs",
};

FIXTURE_VARIANT_ADD(clinic, soft_dirty) {
	.name = "soft-dirty", .try = try_soft_dirty,
	.expected = FRAMES(NONE),
	.why = "VM_PFNMAP: clear_refs skips such VMAs, so stores are not tracked",
};

FIXTURE_SETUP(clinic)
{
	for (int i = 0; i < MMAPDEMO_BY_COUNT; i++)
		ASSERT_TRUE(cell_open(&cells[i], i));
}

FIXTURE_TEARDOWN(clinic)
{
}

TEST_F(clinic, every_method)
{
	bool old = kernel_before(variant->until[0], variant->until[1]);

	for (int i = 0; i < MMAPDEMO_BY_COUNT; i++) {
		const char *outcome = variant->try(&cells[i]);

		EXPECT_STREQ(old ? variant->before[i] : variant->expected[i],
			     outcome) {
			TH_LOG("%s, by %s", variant->name, cells[i].name);
		}
		printf("# cell\t%s\t%s\t%s\t%s\n", variant->name,
		       cells[i].name, outcome,
		       strcmp(outcome, WORKS) ? variant->why : "");
	}
	fflush(stdout);
}

TEST_HARNESS_MAIN
