// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do random file operations on a region, and the same operations on an array.
 * Neither the region nor its backing file may ever differ from the array. The
 * operations are
 *
 * - reads and writes of any length at any offset, through descriptors and mappings,
 *   and even by a process that is then killed;
 * - changes of the size, holes, syncs, and reopening.
 *
 * device_exercise [-n OPERATIONS] [-s SEED] [-m METHOD] [-f FILE] [-F DIRECTORY]
 *		   [-p] [-x]
 *
 *	-n	number of operations (default: 100000)
 *	-s	seed of the random numbers, to repeat a run (default: the time)
 *	-m	method to map the region: page, insert, pfn ... (default: page)
 *	-f	backing file, which is overwritten
 *	-F	sometimes freeze the file system of this directory. The backing file
 *		must be on this file system, and nothing else may use it
 *	-p	sometimes poison pages, which then can't be used until the next boot
 *	-x	change bytes of the region, but not of the array: the run must find
 *		the difference
 *
 * Prints the seed and the number of operations. If a difference is found,
 * prints the last operations, too.
 */
#include "region.h"

#include <errno.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <time.h>

#define BLOCKS	64	/* maximum size in blocks; with huge pages, it is 2 */
#define NOTES	24	/* number of operations that are printed on failure */

static struct {
	/* the tested region */
	int method;
	int file;	/* descriptor of the backing file; -1: none */
	int fd;
	char *map;	/* mapping of the region at its maximum size */
	int freezes;	/* directory on the file system to freeze; -1: none */
	bool frozen;
	bool poisons;

	/* the expected contents */
	unsigned char *model;
	size_t size;
	size_t file_size;

	/* the parameters of the run, and buffers */
	size_t block;
	size_t most;
	unsigned char *bytes;	/* bytes to compare or to write */
	__u64 seed;
	__u64 random;
	unsigned long count;
	char notes[NOTES][96];
} x;

/* ---- log and failure ---- */

static void __attribute__((format(printf, 1, 2))) note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(x.notes[x.count % NOTES], sizeof(x.notes[0]), format, args);
	va_end(args);
}

static void __attribute__((noreturn)) fail(const char *what)
{
	unsigned long first = x.count < NOTES ? 0 : x.count - NOTES + 1;

	if (x.frozen)
		ioctl(x.freezes, FITHAW, 0);
	fprintf(stderr, "%s: operation %lu of seed %llu\n", what, x.count,
		x.seed);
	for (unsigned long i = first; i <= x.count; i++)
		fprintf(stderr, "%8lu  %s\n", i, x.notes[i % NOTES]);
	exit(1);
}

static void on_signal(int signal)
{
	fail(strsignal(signal));
}

static void check(bool right, const char *what)
{
	if (!right)
		fail(what);
}

static void compare(size_t start, size_t length, const char *what)
{
	if (!memcmp(x.bytes, x.model + start, length))
		return;
	for (size_t i = 0; i < length; i++) {
		char text[128];

		if (x.bytes[i] == x.model[start + i])
			continue;
		snprintf(text, sizeof(text), "%s: %#x at %#zx, not %#x", what,
			 x.bytes[i], start + i, x.model[start + i]);
		fail(text);
	}
}

/* ---- random choices ---- */

/*
 * Return a random number less than @limit, which must not be 0. The generator is
 * xorshift64*.
 */
static size_t chance(size_t limit)
{
	x.random ^= x.random >> 12;
	x.random ^= x.random << 25;
	x.random ^= x.random >> 27;
	return (x.random * 0x2545f4914f6cdd1dULL >> 32) % limit;
}

/*
 * Return the number of accessible bytes: the size of the region or of the file,
 * whichever is less.
 */
static size_t end(void)
{
	return x.file >= 0 && x.file_size < x.size ? x.file_size : x.size;
}

/*
 * Choose a range of accessible bytes. Most ranges are short. Return the length
 * of the range.
 */
static size_t part(size_t *start)
{
	size_t limit = (chance(4) ? 3 : BLOCKS) * page_size();

	if (!end()) {
		*start = 0;
		return 0;
	}
	*start = chance(end());
	if (limit > end() - *start)
		limit = end() - *start;
	return 1 + chance(limit);
}

static void fill(size_t start, size_t length)
{
	for (size_t i = 0; i < length; i++)
		x.bytes[i] = x.model[start + i] = chance(256);
}

static size_t any_size(void)
{
	return (1 + chance(x.most / x.block)) * x.block;
}

/* ---- operations ---- */

static void do_read(void)
{
	size_t start, length = part(&start);

	note("read %#zx at %#zx", length, start);
	check(pread(x.fd, x.bytes, length, start) == (ssize_t)length, "read");
	compare(start, length, "read");
}

static void do_write(void)
{
	size_t start, length = part(&start);

	note("write %#zx at %#zx", length, start);
	fill(start, length);
	check(pwrite(x.fd, x.bytes, length, start) == (ssize_t)length, "write");
}

static void do_load(void)
{
	size_t start, length = part(&start);

	note("load %#zx at %#zx", length, start);
	memcpy(x.bytes, x.map + start, length);
	compare(start, length, "mapping");
}

static void do_store(void)
{
	size_t start, length = part(&start);

	note("store %#zx at %#zx", length, start);
	fill(start, length);
	memcpy(x.map + start, x.bytes, length);
}

/* Read and write the range through a temporary mapping at another address. */
static void do_map(void)
{
	size_t start, length = part(&start);
	size_t first = start & -page_size();
	char *map = mmap(NULL, start + length - first, PROT_READ | PROT_WRITE,
			 MAP_SHARED, x.fd, first);

	note("map, store %#zx at %#zx", length, start);
	if (!length)
		return;
	check(!failed(map), "mmap");
	memcpy(x.bytes, map + start - first, length);
	compare(start, length, "new mapping");
	fill(start, length);
	memcpy(map + start - first, x.bytes, length);
	check(!munmap(map, start + length - first), "munmap");
}

/* Let a child store through the inherited mapping, and then kill the child. */
static void do_fork(void)
{
	size_t start, length = part(&start);
	pid_t pid;

	note("another process stores %#zx at %#zx", length, start);
	fill(start, length);
	pid = fork_child();
	if (!pid) {
		memcpy(x.map + start, x.bytes, length);
		raise(SIGKILL);
	}
	check(pid > 0 && wait_for(pid) == 128 + SIGKILL, "another process");
}

/*
 * Return true if the size of the region is fixed, so that nothing can be mapped
 * past its end.
 */
static bool fixed(void)
{
	return x.file >= 0 || x.method == MMAPDEMO_BY_REMAP ||
	       x.method == MMAPDEMO_BY_PREPARE;
}

/*
 * Access the bytes after the end, and the first page that lies completely after
 * the end.
 */
static void do_past_end(void)
{
	size_t past = (end() + page_size() - 1) & -page_size();
	char byte;

	note("past the end at %#zx", end());
	check(!pread(x.fd, &byte, 1, end()), "read past the end");
	check(pwrite(x.fd, "x", 1, end()) == -1 && errno == ENOSPC,
	      "write past the end");
	if (past < (fixed() ? x.size : x.most))
		check(touch_write(x.map + past) == SIGBUS,
		      "touch past the end");
}

static void do_dontneed(void)
{
	size_t start, length = part(&start);
	int ret;

	start &= -page_size();
	note("MADV_DONTNEED %#zx at %#zx", length, start);
	ret = madvise(x.map + start, length, MADV_DONTNEED);
	check(!ret || errno == EINVAL, "madvise");
}

/* ---- operations that change the contents ---- */

static void do_resize(void)
{
	struct mmapdemo_resize resize = {
		.size = sizeof(resize), .bytes = any_size(),
	};

	note("resize %#zx to %#llx", x.size, resize.bytes);
	check(!ioctl(x.fd, MMAPDEMO_IOC_RESIZE, &resize), "resize");
	if (resize.bytes < x.size)
		memset(x.model + resize.bytes, 0, x.size - resize.bytes);
	x.size = resize.bytes;
}

static void punch(size_t start, size_t end)
{
	struct mmapdemo_punch punch = {
		.size = sizeof(punch), .start = start, .end = end,
	};

	check(!ioctl(x.fd, MMAPDEMO_IOC_PUNCH, &punch), "punch");
	memset(x.model + start, 0, end - start);
}

static void do_punch(void)
{
	size_t start = chance(x.most / x.block) * x.block;
	size_t end = start + (1 + chance(3)) * x.block;

	if (end > x.size)
		end = x.size;
	if (start > end)
		start = end;
	note("punch %#zx-%#zx", start, end);
	punch(start, end);
}

/* ---- the backing file ---- */

static void compare_file(void)
{
	if (x.file < 0)
		return;
	check(pread(x.file, x.bytes, x.file_size, 0) == (ssize_t)x.file_size &&
	      lseek(x.file, 0, SEEK_END) == (off_t)x.file_size, "read file");
	compare(0, x.file_size, "file");
}

static void sync_all(void)
{
	check(!(chance(2) ? fsync(x.fd) :
			    msync(x.map, x.size, MS_SYNC)), "sync");
}

static void do_sync(void)
{
	note("sync");
	sync_all();
	compare_file();
}

static void do_file_write(void)
{
	size_t start, length = part(&start);

	note("write file %#zx at %#zx", length, start);
	fill(start, length);
	check(pwrite(x.file, x.bytes, length, start) == (ssize_t)length,
	      "write file");
}

static void do_truncate(void)
{
	size_t size = chance(x.most) + 1;

	note("truncate file %#zx to %#zx", x.file_size, size);
	check(!ftruncate(x.file, size), "truncate");
	if (size < x.file_size)
		memset(x.model + size, 0, x.file_size - size);
	x.file_size = size;
}

/* ---- failures ---- */

static void freeze(bool frozen)
{
	check(!ioctl(x.freezes, frozen ? FIFREEZE : FITHAW, 0), "freeze");
	x.frozen = frozen;
}

/*
 * Let a child store before the freeze, and kill the child during the freeze.
 * The child must end without waiting for the thaw.
 */
static void do_freeze(void)
{
	size_t at, length = part(&at);
	int status;
	pid_t pid;

	note("another process stores at %#zx, frozen, killed", at);
	if (!length)
		return;
	fill(at, 1);
	pid = fork_child();
	if (!pid) {
		x.map[at] = x.bytes[0];
		raise(SIGSTOP);
	}
	check(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status),
	      "another process");
	freeze(true);
	check(!kill(pid, SIGKILL) && wait_for(pid) == 128 + SIGKILL, "kill");
	freeze(false);
}

/*
 * Let a child store during the freeze, and kill the child. The store waits for
 * the thaw. If SIGKILL ends this wait, the store may or may not happen.
 */
static void do_store_frozen(void)
{
	size_t at, length = part(&at);
	unsigned char byte = chance(256);
	pid_t pid;

	note("frozen, another process stores at %#zx, killed", at);
	if (!length)
		return;
	freeze(true);
	pid = fork_child();
	if (!pid) {
		x.map[at] = byte;
		raise(SIGKILL);
	}
	check(!kill(pid, SIGKILL), "kill");
	freeze(false);
	check(wait_for(pid) == 128 + SIGKILL, "another process");
	if ((unsigned char)x.map[at] == byte)
		x.model[at] = byte;
}

/*
 * Poison a page in a child, because newer kernels send SIGBUS to the process
 * that poisons the page.
 */
static bool poison(char *page)
{
	pid_t pid = fork_child();
	int status;

	if (!pid) {
		signal(SIGBUS, SIG_DFL);
		_exit(madvise(page, page_size(), MADV_HWPOISON) &&
		      errno != EBUSY);
	}
	status = wait_for(pid);
	return !status || status == 128 + SIGBUS;
}

/*
 * Poison a page. If the data of the page are also in the backing file, the next
 * touch reads them again. If the data are only in the page, they are lost, and
 * an access fails with SIGBUS or EIO until a hole is punched. A poison mark
 * stays in the page table until MADV_DONTNEED drops it.
 */
static void do_poison(void)
{
	size_t start, length = part(&start);
	char *page = x.map + (start & -page_size());

	note("sync, poison page at %#zx", start);
	if (!length)
		return;
	if (x.file >= 0)
		sync_all();
	check(poison(page), "poison");
	if (x.file >= 0 && !touch_read(page))
		return;
	start &= -x.block;
	punch(start, start + x.block);
	check(!madvise(page, page_size(), MADV_DONTNEED) && !touch_read(page),
	      "touch what was poisoned");
}

/* ---- start and end of the region ---- */

static void region_begin(void)
{
	x.size = any_size();
	x.fd = x.file < 0 ? region_open(x.size, x.method) :
			    region_over(x.file, x.size);
	check(x.fd >= 0, "open");
	x.map = mmap(NULL, fixed() ? x.size : x.most, PROT_READ | PROT_WRITE,
		     MAP_SHARED, x.fd, 0);
	check(!failed(x.map), "mmap");
}

static void region_end(void)
{
	check(!munmap(x.map, fixed() ? x.size : x.most) && !close(x.fd),
	      "close");
}

/* Let a child hold the last reference to the region, and kill the child. */
static void region_end_by_kill(void)
{
	pid_t pid = fork_child();

	if (!pid)
		for (;;)
			pause();
	region_end();
	check(pid > 0 && !kill(pid, SIGKILL) &&
	      wait_for(pid) == 128 + SIGKILL, "kill");
}

static void do_reopen(void)
{
	bool killed = chance(2);

	note(killed ? "close, kill, open" : "close, open");
	if (killed)
		region_end_by_kill();
	else
		region_end();
	compare_file();
	if (x.file < 0)
		memset(x.model, 0, x.most);
	region_begin();
}

/* ---- main loop ---- */

#define FILE_ONLY	1
#define CHANGING	2
#define HOLES		4
#define FREEZING	8
#define POISON		16

static const struct {
	void (*run)(void);
	int often;
	int needs;
} operations[] = {
	{ do_read, 20, 0 }, { do_write, 20, 0 }, { do_load, 20, 0 },
	{ do_store, 20, 0 }, { do_map, 4, 0 }, { do_dontneed, 4, 0 },
	{ do_resize, 3, CHANGING }, { do_punch, 3, HOLES },
	{ do_fork, 1, 0 }, { do_sync, 4, 0 }, { do_file_write, 3, FILE_ONLY },
	{ do_truncate, 2, FILE_ONLY }, { do_reopen, 1, 0 },
	{ do_freeze, 1, FREEZING }, { do_store_frozen, 1, FREEZING },
	{ do_poison, 1, POISON | HOLES },
};

#define OPERATIONS (sizeof(operations) / sizeof(*operations))

static bool possible(int needs)
{
	return !(needs & FILE_ONLY && x.file < 0) &&
	       !(needs & CHANGING && fixed()) &&
	       !(needs & HOLES && fixed() && x.file < 0) &&
	       !(needs & FREEZING && x.freezes < 0) &&
	       !(needs & POISON && !x.poisons);
}

static void operate(void)
{
	size_t all = 0, drawn, i;

	for (i = 0; i < OPERATIONS; i++)
		all += operations[i].often;
	drawn = chance(all);
	for (i = 0; drawn >= (size_t)operations[i].often; i++)
		drawn -= operations[i].often;
	if (possible(operations[i].needs))
		operations[i].run();
	else
		do_load();
	if (!chance(50) && (x.file >= 0 || !fixed()))
		do_past_end();
}

static int method_of(const char *name)
{
#define EM(value, text)		if (!strcmp(name, text)) return value;
#define EMe(value, text)	EM(value, text)
	MMAPDEMO_BYS
#undef EM
#undef EMe
	return -1;
}

static void begin(void)
{
	bool huge = x.method == MMAPDEMO_BY_HUGE;

	x.block = huge ? 2 * MIB : page_size();
	x.most = huge ? 2 * x.block : BLOCKS * x.block;
	x.model = calloc(1, x.most);
	x.bytes = calloc(1, x.most);
	check(x.model && x.bytes, "memory");
	x.random = x.seed ?: 1;
	if (x.file >= 0) {
		x.file_size = x.most;
		check(!ftruncate(x.file, x.file_size), "truncate");
	}
	signal(SIGBUS, on_signal);
	signal(SIGSEGV, on_signal);
	note("open");
	region_begin();
}

int main(int argc, char **argv)
{
	unsigned long operations_wanted = 100000;
	bool spoil = false;
	int option;

	x.seed = time(NULL);
	x.file = -1;
	x.freezes = -1;
	while ((option = getopt(argc, argv, "n:s:m:f:F:px")) >= 0) {
		if (option == 'n')
			operations_wanted = strtoul(optarg, NULL, 0);
		else if (option == 's')
			x.seed = strtoull(optarg, NULL, 0);
		else if (option == 'm')
			x.method = method_of(optarg);
		else if (option == 'f')
			x.file = open(optarg, O_RDWR | O_CREAT | O_TRUNC |
				      O_CLOEXEC, 0600);
		else if (option == 'F')
			x.freezes = open(optarg, O_RDONLY | O_DIRECTORY |
					 O_CLOEXEC);
		else if (option == 'p')
			x.poisons = true;
		else if (option == 'x')
			spoil = true;
		if (option == '?' || x.method < 0 ||
		    (option == 'f' && x.file < 0) ||
		    (option == 'F' && x.freezes < 0)) {
			fprintf(stderr, "see the top of %s\n", __FILE__);
			return 2;
		}
	}
	begin();
	for (x.count = 1; x.count <= operations_wanted; x.count++) {
		operate();
		if (spoil)
			x.map[chance(end())]++;
	}
	x.count--;
	note("close");
	do_reopen();
	printf("seed %llu: %lu operations\n", x.seed, operations_wanted);
	return 0;
}
