// SPDX-License-Identifier: GPL-2.0-only
/*
 * older NUMBER... -- COMMAND [ARGUMENT...]
 *
 * Runs a command as if the module were too old to know the ioctls with these
 * numbers. In the command and its children, these ioctls fail with ENOTTY.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NUMBERS_MAX 8

static struct sock_filter load(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset);
}

/*
 * Return a BPF instruction that compares the loaded number with @value. If both
 * numbers are equal, the instruction jumps over @equal instructions. Otherwise,
 * it jumps over @other instructions.
 */
static struct sock_filter jump(__u32 value, __u8 equal, __u8 other)
{
	return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value,
					    equal, other);
}

static struct sock_filter answer(__u32 value)
{
	return (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, value);
}

/*
 * Install the filter. The filter compares the lower 32 bits of the second
 * argument of ioctl().
 */
static int forget(char **numbers, int count)
{
	struct sock_filter filter[NUMBERS_MAX + 5], *f = filter;
	struct sock_fprog program = { .filter = filter };

	*f++ = load(offsetof(struct seccomp_data, nr));
	*f++ = jump(SYS_ioctl, 0, count + 1);
	*f++ = load(offsetof(struct seccomp_data, args[1]));
	for (int i = 0; i < count; i++)
		*f++ = jump(strtoul(numbers[i], NULL, 0), count - i, 0);
	*f++ = answer(SECCOMP_RET_ALLOW);
	*f++ = answer(SECCOMP_RET_ERRNO | ENOTTY);
	program.len = f - filter;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ?:
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int argc, char **argv)
{
	int count = 0;

	while (count + 1 < argc && strcmp(argv[count + 1], "--"))
		count++;
	if (!count || count > NUMBERS_MAX || count + 2 >= argc) {
		fputs("usage: older NUMBER... -- COMMAND [ARGUMENT...]\n",
		      stderr);
		return 2;
	}
	if (forget(argv + 1, count)) {
		perror("older");
		return 4;
	}
	execvp(argv[count + 2], argv + count + 2);
	perror(argv[count + 2]);
	return 127;
}
