// SPDX-License-Identifier: GPL-2.0-only
/*
 * neighbours - a process with neighbouring VMAs that are not merged, with a pair of
 *	VMAs for each reason
 *
 * Prints "ready PID", and waits for a line. Then the program creates the pairs, and
 * prints for each pair
 *
 *	NAME ADDRESS SEEN UNSEEN TRIED
 *
 * ADDRESS is the common border of the pair. SEEN is the reason that /proc shows.
 * UNSEEN is a reason that /proc does not show. TRIED is the reason that the kernel
 * had when it tried to merge the pair. "-" stands for no reason. Finally, the
 * program prints "over", and waits for another line.
 */
#include "memory.h"

#include <err.h>
#include <linux/mempolicy.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#define RW (PROT_READ | PROT_WRITE)
#define AREA 8

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

static void must(bool done, const char *what)
{
	if (!done)
		err(1, "%s", what);
}

static char *area(void)
{
	char *map = hole(AREA * page_size(), page_size());

	must(map, "no hole");
	return map;
}

static void place_file(char *at, size_t pages, int prot, int file, size_t first)
{
	int flags = MAP_PRIVATE | MAP_FIXED_NOREPLACE |
		    (file < 0 ? MAP_ANONYMOUS : 0);

	must(mmap(at, pages * page_size(), prot, flags, file,
		  first * page_size()) == at, "mmap");
}

static void place(char *at, size_t pages, int prot)
{
	place_file(at, pages, prot, -1, 0);
}

static void protect(char *at, size_t pages, int prot)
{
	must(!mprotect(at, pages * page_size(), prot), "mprotect");
}

static void move(char *from, char *to, int flags)
{
	must(mremap(from, page_size(), page_size(), MREMAP_MAYMOVE |
		    MREMAP_FIXED | flags, to) == to, "mremap");
}

static int memory_file(void)
{
	int fd = memfd_create("file", MFD_CLOEXEC);

	must(!ftruncate(fd, 64 * page_size()), "memfd");
	return fd;
}

static void say(const char *name, const char *at, const char *seen,
		const char *unseen, const char *tried)
{
	printf("%s %llu %s %s %s\n", name, (unsigned long long)(uintptr_t)at,
	       seen, unseen, tried);
}

/* ---- visible in /proc ---- */

static void flags(void)
{
	char *at = area();

	place(at, 1, RW);
	place(page_at(at, 1), 1, PROT_READ);
	say("mapped-with-other-flags", page_at(at, 1), "flags", "-", "flags");
	at = area();
	place(at, 2, RW);
	/*
	 * Since Linux 6.6, mprotect(PROT_READ) clears VM_ACCOUNT of anonymous
	 * memory that was never touched.
	 */
	write_pages(at, 2);
	protect(page_at(at, 1), 1, PROT_READ);
	say("cut-by-mprotect", page_at(at, 1), "flags", "-", "inside");
	at = area();
	place(at, 2, RW);
	must(!madvise(at, page_size(), MADV_DONTFORK), "madvise");
	say("cut-by-madvise", page_at(at, 1), "flags", "-", "inside");
}

static void files(void)
{
	int one = memory_file(), other = memory_file(), again;
	char path[32], *at = area();

	place_file(at, 1, RW, one, 0);
	place_file(page_at(at, 1), 1, RW, other, 1);
	say("two-files", page_at(at, 1), "file", "close", "file");
	at = area();
	place_file(at, 1, RW, one, 0);
	place_file(page_at(at, 1), 1, RW, one, 5);
	say("another-offset", page_at(at, 1), "pgoff", "file", "pgoff");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", one);
	again = open(path, O_RDWR | O_CLOEXEC);
	at = area();
	place_file(at, 1, RW, one, 0);
	place_file(page_at(at, 1), 1, RW, again, 1);
	say("opened-twice", page_at(at, 1), "-", "file", "file");
}

static void policy(void)
{
	unsigned long nodes = 1;
	char *at = area();

	place(at, 2, RW);
	if (syscall(SYS_mbind, page_at(at, 1), page_size(), MPOL_BIND, &nodes,
		    2, 0))
		return;
	say("policy", page_at(at, 1), "policy", "-", "inside");
}

static void name(void)
{
	char *at = area();

	place(at, 2, RW);
	if (prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, at, page_size(), "one"))
		return;
	say("name", page_at(at, 1), "anon-name", "-", "inside");
}

/* A mapping of the address range of the BIOS, which is not RAM. */
static void special(void)
{
	int mem = open("/dev/mem", O_RDONLY | O_CLOEXEC);
	char *at = area();

	if (mem < 0)
		return;
	place_file(at, 1, PROT_READ, mem, 0xf0);
	place_file(page_at(at, 1), 1, PROT_READ, mem, 0xf1);
	say("special", page_at(at, 1), "special", "-", "special");
}

/* ---- not visible in /proc ---- */

static void owners(char *inherited)
{
	char *at = area();

	place(page_at(inherited, 1), 1, RW);
	say("forked", page_at(inherited, 1), "-", "anon-vma", "forked");
	place(at, 1, RW);
	place(page_at(at, 3), 1, RW);
	write_pages(at, 1);
	write_pages(page_at(at, 3), 1);
	move(page_at(at, 3), page_at(at, 1), 0);
	say("touched-apart", page_at(at, 1), "-", "anon-vma", "anon-vma");
	at = area();
	place(page_at(at, 1), 1, RW);
	write_pages(page_at(at, 1), 1);
	protect(page_at(at, 1), 1, PROT_READ);
	place(at, 1, RW);
	protect(page_at(at, 1), 1, RW);
	if (kernel_before(6, 16))
		say("faulted", page_at(at, 1), "-", "anon-vma", "faulted");
	at = area();
	place(at, 1, RW);
	place(page_at(at, 2), 1, RW);
	write_pages(at, 1);
	write_pages(page_at(at, 2), 1);
	place(page_at(at, 1), 1, RW);
	/* Linux 6.1 to 6.11 compare the range with the next VMA first. */
	say("other-side", page_at(at, kernel_before(6, 1) ||
				      !kernel_before(6, 12) ? 2 : 1),
	    "-", "anon-vma", "other-side");
}

static void moved(void)
{
	char *at = area();

	place(at, 1, RW);
	write_pages(at, 1);
	move(at, page_at(at, 2), 0);
	place(page_at(at, 3), 1, RW);
	say("moved", page_at(at, 3), "-", "pgoff", "pgoff");
	if (kernel_before(6, 1))
		return;
	at = area();
	place(at, 1, RW);
	move(at, page_at(at, 1), 4 /* MREMAP_DONTUNMAP */);
	/* Some kernels merge the two VMAs, so that there is no pair. */
	if (vmas_in(at, page_at(at, 2), NULL) == 2)
		say("copied", page_at(at, 1), "-", "anon-vma", "not-tried");
}

/* A mapping of System V shared memory has .close, because its users are counted. */
static void closes(void)
{
	int id = shmget(IPC_PRIVATE, 4 * page_size(), IPC_CREAT | 0600);
	char *at = area();

	must(shmat(id, at, 0) == at && !shmctl(id, IPC_RMID, NULL), "shmat");
	protect(page_at(at, 2), 2, PROT_READ);
	protect(page_at(at, 1), 1, PROT_READ);
	protect(at, 1, PROT_READ);
	say("close", page_at(at, 1), "-", "close", "close");
}

static bool watch(char *at)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register request = {
		.range = { .start = (uintptr_t)at, .len = page_size() },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	return fd >= 0 && !ioctl(fd, UFFDIO_API, &api) &&
	       !ioctl(fd, UFFDIO_REGISTER, &request);
}

static void watched(void)
{
	char *at = area();

	place(at, 2, RW);
	must(watch(at) && watch(page_at(at, 1)), "userfaultfd");
	say("watched", page_at(at, 1), "-", "uffd", "uffd");
	at = area();
	place(at, 2, RW);
	must(watch(at), "userfaultfd");
	say("watched-below", page_at(at, 1), "flags", "-", "inside");
}

static void wait_for_line(void)
{
	fflush(stdout);
	while (getchar() != '\n' && !feof(stdin))
		;
}

int main(void)
{
	char *inherited = area();
	pid_t child;

	place(inherited, 1, RW);
	write_pages(inherited, 1);
	child = fork_child();
	if (child)
		return wait_for(child);
	printf("ready %d\n", getpid());
	wait_for_line();
	flags();
	files();
	policy();
	name();
	special();
	owners(inherited);
	moved();
	closes();
	watched();
	puts("over");
	wait_for_line();
	return 0;
}
