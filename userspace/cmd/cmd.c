// SPDX-License-Identifier: GPL-2.0-only
/* Functions for all subcommands: print errors, and open files. */
#include "cmd/cmd.h"
#include "base/format.h"
#include "base/outfile.h"
#include "mmapdemo.h"
#include "record/trace_dat.h"
#include "system/device.h"
#include "system/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void __attribute__((format(printf, 2, 0)))
say(const char *command, const char *format, va_list args)
{
	fprintf(stderr, "mmapdemo: %s: ", command);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

int cmd_fail(const char *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(command, format, args);
	va_end(args);
	return CMD_FAILED;
}

int cmd_try(const char *command)
{
	fprintf(stderr, "Try: mmapdemo %s --help\n", command);
	return CMD_USAGE;
}

int cmd_misused(const char *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(command, format, args);
	va_end(args);
	return cmd_try(command);
}

int cmd_not_over(const char *command, const char *path)
{
	if (!path || !outfile_begins(path, TRACE_DAT_MAGIC,
				     sizeof(TRACE_DAT_MAGIC)))
		return -1;
	return cmd_fail(command, "%s: refusing to overwrite a recording; "
			"choose another output file", path);
}

int cmd_map_by(const char *command, const char *path, struct file *object,
	       int method)
{
	int err = method < 0 ? 0 : file_own(object, method);

	if (!err)
		return -1;
	file_close(object);
	if (err == -ENOTTY)
		return cmd_fail(command, "%s: --method requires %s", path,
				MMAPDEMO_DEVICE);
	return cmd_fail(command, "%s: cannot create a region: %s", path,
			dev_strerror(err));
}

int cmd_pid(const char *command, const char *text, int *pid)
{
	if (parse_count(text, pid))
		return cmd_misused(command, "%s: not a process ID", text);
	return -1;
}

int cmd_process(const char *command, const char *text, int *pid)
{
	if (strcmp(text, "self"))
		return cmd_pid(command, text, pid);
	*pid = getpid();
	return -1;
}

/*
 * Copy standard input to an unnamed file. Return the descriptor of the file, or
 * -errno.
 */
static int spool_input(void)
{
	FILE *file = tmpfile();
	char bytes[65536];
	size_t n;
	int fd;

	if (!file)
		return -errno;
	while ((n = fread(bytes, 1, sizeof(bytes), stdin)))
		fwrite(bytes, 1, n, file);
	fd = ferror(stdin) || fflush(file) ? -errno :
	     !ftell(file) ? -ENODATA :
	     fcntl(fileno(file), F_DUPFD_CLOEXEC, 0);
	fclose(file);
	return fd;
}

const char *cmd_input(const char *command, const char *path)
{
	static char name[32];
	struct stat st;
	int fd;

	if (strcmp(path, "-"))
		return path;
	if (*name) {
		cmd_fail(command, "standard input can be read only once; only "
			 "one FILE can be -");
		return NULL;
	}
	if (!fstat(STDIN_FILENO, &st) && S_ISREG(st.st_mode))
		return "/dev/stdin";
	fd = spool_input();
	if (fd == -ENODATA) {
		cmd_fail(command, "standard input is empty");
		return NULL;
	}
	if (fd < 0) {
		cmd_fail(command, "standard input: %s", strerror(-fd));
		return NULL;
	}
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return name;
}

FILE *cmd_output(const char *path)
{
	struct outfile file;
	int fd;

	if (strcmp(path, "-")) {
		fd = outfile_find(&file, path);
		errno = -fd;
		/* A mount point is allowed, because the file is not replaced. */
		if (fd && fd != -EBUSY)
			return NULL;
		return file.fd < 0 ? fopen(file.path, "we") :
				     fdopen(file.fd, "we");
	}
	fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? NULL : fdopen(fd, "we");
}

int cmd_written(const char *command, int err)
{
	if (!err && fflush(stdout))
		err = -errno;
	if (!err || err == -EPIPE)
		return CMD_OK;
	return cmd_fail(command, "standard output: %s", strerror(-err));
}

int cmd_broken(const char *command, int err)
{
	return cmd_fail(command, "%s%s", ferror(stdout) ? "standard output: " :
			"", dev_strerror(err));
}

int cmd_no_process(const char *command, int pid, int err)
{
	const int process = proc_living(pid);

	if (process && process != pid)
		return cmd_fail(command, "%d is a thread of process %d; use %d",
				pid, process, process);
	/* The error for a thread that has ended depends on the kernel version. */
	if (err == -EINVAL || err == -ENOENT)
		err = -ESRCH;
	return cmd_fail(command, "process %d: %s", pid, strerror(-err));
}

/* Return the reason why the memory of a process can't be read. */
static const char *denied(int pid)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d", pid);
	if (!geteuid())
		return "cannot be read, although this program runs as root";
	/* Even if a process is not dumpable, its user is the owner of /proc/PID. */
	return !stat(path, &st) && st.st_uid == geteuid() ?
	       "is not dumpable; try sudo" :
	       "belongs to another user; try sudo";
}

int cmd_no_memory(const char *command, int pid, int err)
{
	if (ferror(stdout))
		return cmd_broken(command, err);
	switch (err) {
	case -EACCES:
	case -EPERM:
		return cmd_fail(command, "permission denied: process %d %s",
				pid, denied(pid));
	case -ESTALE:
		return cmd_fail(command, "process %d ended or called execve() "
				"while its memory was being read", pid);
	case -ENODATA:
		return cmd_fail(command, "process %d has no address space: it "
				"has ended, or it is a kernel thread", pid);
	default:
		return cmd_fail(command, "process %d: %s", pid,
				dev_strerror(err));
	}
}

int cmd_needs_root(const char *command)
{
	return cmd_fail(command, "permission denied%s", geteuid() ?
			": root is required; try sudo" :
			" even for root; if this is a container, run mmapdemo "
			"on the host");
}

int cmd_no_device(const char *command, int err)
{
	if (err == -ENOENT || err == -ENXIO)
		return cmd_fail(command, "the module is not loaded; run: sudo "
				"modprobe mmapdemo (or make load)");
	if (err == -EACCES)
		return cmd_needs_root(command);
	return cmd_fail(command, MMAPDEMO_DEVICE ": %s", err == -ENOTTY ?
			"not a device: remove this file, then load the module" :
			strerror(-err));
}

int cmd_not_open(const char *command, const char *path, int err)
{
	if (err == -ENOENT && !strcmp(path, MMAPDEMO_DEVICE))
		return cmd_no_device(command, err);
	return cmd_fail(command, "%s: %s", path, file_strerror(err));
}
