/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for tests of an address space. The helpers find the VMA and the page
 * frame at an address, and the signal that a touch raises.
 */
#ifndef _MMAPDEMO_MEMORY_H
#define _MMAPDEMO_MEMORY_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <linux/types.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define KIB 1024UL
#define MIB (1024UL * KIB)
#define GIB (1024UL * MIB)

/*
 * Return true if the kernel is older than Linux @major.@minor. Use this function
 * only where kernels really behave differently.
 */
static inline bool kernel_before(int major, int minor)
{
	struct utsname name;
	int a = 0, b = 0;

	return !uname(&name) && sscanf(name.release, "%d.%d", &a, &b) == 2 &&
	       (a < major || (a == major && b < minor));
}

static inline size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

static inline bool failed(const void *mapping)
{
	return mapping == MAP_FAILED;
}

/* Return the address of page @nr of the memory at @base. */
static inline char *page_at(char *base, size_t nr)
{
	return base + nr * page_size();
}

/* Write to a file in /proc or /sys. */
static inline bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	bool done;

	if (fd < 0)
		return false;
	done = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	return !close(fd) && done;
}

/* ---- page frames ---- */

/*
 * Return the page frame at an address of a process. Return 0 if no page is
 * present, or if the test is not allowed to see the frame.
 */
static inline __u64 pfn_in(pid_t pid, const volatile void *address)
{
	char path[64];
	__u64 entry = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (pread(fd, &entry, sizeof(entry), (uintptr_t)address / page_size() *
		  sizeof(entry)) != sizeof(entry))
		entry = 0;
	close(fd);
	return entry >> 63 ? entry & ((1ULL << 55) - 1) : 0;
}

static inline __u64 pfn_of(const volatile void *address)
{
	return pfn_in(getpid(), address);
}

/* Map a huge page of 1 GiB. Fail if the kernel has none in reserve. */
static inline char *map_gib(void)
{
	return mmap(NULL, GIB, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
		    30 << MAP_HUGE_SHIFT, -1, 0);
}

/* ---- VMAs ---- */

/* A line of /proc/PID/maps. */
struct vma {
	unsigned long start;
	unsigned long end;
	unsigned long offset;
	unsigned long ino;
	unsigned int major;
	unsigned int minor;
	char prot[5];
	char name[256];
};

static inline bool vma_parse(const char *line, struct vma *vma)
{
	vma->name[0] = '\0';
	return sscanf(line, "%lx-%lx %4s %lx %x:%x %lu %255[^\n]", &vma->start,
		      &vma->end, vma->prot, &vma->offset, &vma->major,
		      &vma->minor, &vma->ino, vma->name) >= 7;
}

/*
 * Count the VMAs that overlap the range from @start to @end, and copy the first
 * one to @first. Do not count the x86 vsyscall page, which is listed in
 * /proc/self/maps but is not a VMA of the process.
 */
static inline int vmas_in(const void *start, const void *end, struct vma *first)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[1024];
	struct vma vma;
	int count = 0;

	if (!maps)
		return -1;
	while (fgets(line, sizeof(line), maps)) {
		if (!vma_parse(line, &vma) || strstr(vma.name, "[vsyscall]") ||
		    vma.end <= (uintptr_t)start || vma.start >= (uintptr_t)end)
			continue;
		if (!count++ && first)
			*first = vma;
	}
	fclose(maps);
	return count;
}

/* Find the VMA that contains an address. If there is no such VMA, clear @vma. */
static inline bool vma_of(const void *address, struct vma *vma)
{
	memset(vma, 0, sizeof(*vma));
	return vmas_in(address, (const char *)address + 1, vma) == 1;
}

static inline int vmas_of_process(void)
{
	return vmas_in(NULL, (const void *)UINTPTR_MAX, NULL);
}

/*
 * Return an unused address range for MAP_FIXED, or NULL. The range lies far
 * below all other mappings. malloc() and the C library map nothing there.
 */
static inline char *hole(size_t length, size_t alignment)
{
	size_t room = length + alignment + GIB;
	char *range = mmap(NULL, room, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (failed(range))
		return NULL;
	munmap(range, room);
	return (char *)(((uintptr_t)range + alignment - 1) & -alignment);
}

/* ---- touching ---- */

static sigjmp_buf touch_env;
static volatile siginfo_t touch_signal;

static inline void touch_handler(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	touch_signal.si_signo = info->si_signo;
	touch_signal.si_code = info->si_code;
	touch_signal.si_addr = info->si_addr;
	siglongjmp(touch_env, 1);
}

/*
 * Read a byte. If @write is true, write 0x5a instead. Return 0, or the signal
 * that the access raised. The details of the signal are then in touch_signal.
 */
static inline int touch(volatile char *address, bool write)
{
	struct sigaction action = {
		.sa_sigaction = touch_handler,
		.sa_flags = SA_SIGINFO,
	};
	struct sigaction bus, segv;
	int signal = 0;

	sigaction(SIGBUS, &action, &bus);
	sigaction(SIGSEGV, &action, &segv);
	if (sigsetjmp(touch_env, 1))
		signal = touch_signal.si_signo;
	else if (write)
		*address = 0x5a;
	else
		(void)*address;
	sigaction(SIGBUS, &bus, NULL);
	sigaction(SIGSEGV, &segv, NULL);
	return signal;
}

static inline int touch_read(const volatile void *address)
{
	return touch((volatile char *)address, false);
}

static inline int touch_write(volatile void *address)
{
	return touch(address, true);
}

/* Read a byte of each page, one page after the other. */
static inline void read_pages(const volatile char *base, size_t pages)
{
	for (size_t i = 0; i < pages; i++)
		(void)base[i * page_size()];
}

static inline void write_pages(volatile char *base, size_t pages)
{
	for (size_t i = 0; i < pages; i++)
		base[i * page_size()] = i;
}

static inline bool all_bytes(const void *start, char byte, size_t length)
{
	const char *p = start;

	while (length && *p == byte) {
		p++;
		length--;
	}
	return !length;
}

/* Run only on this processor from now on. */
static inline bool run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return !sched_setaffinity(0, sizeof(set), &set);
}

/* ---- children ---- */

/* Fork a child. If the test ends early, the child is killed. */
static inline pid_t fork_child(void)
{
	pid_t pid = fork();

	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

/*
 * Return the exit status of a child. If signal N killed the child, return
 * 128+N. If there is no child, return -1.
 */
static inline int wait_for(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}

/*
 * A child that keeps the memory that it shares with the test until the pipe is
 * closed.
 */
struct bystander {
	pid_t pid;
	int pipe;	/* the child exits when this end is closed */
};

static inline bool bystander_fork(struct bystander *child)
{
	int pipes[2];
	char byte;

	if (pipe(pipes))
		return false;
	child->pid = fork_child();
	if (!child->pid) {
		close(pipes[1]);
		_exit(read(pipes[0], &byte, 1));
	}
	close(pipes[0]);
	child->pipe = pipes[1];
	return child->pid > 0;
}

static inline bool bystander_end(const struct bystander *child)
{
	close(child->pipe);
	return !wait_for(child->pid);
}

#endif /* _MMAPDEMO_MEMORY_H */
