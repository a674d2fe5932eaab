// SPDX-License-Identifier: GPL-2.0-only
/* Common parts of the subcommands: error messages, and opening of files. */
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
	return cmd_fail(command, "%s: it is a recording, which would be lost",
			path);
}

int cmd_map_by(const char *command, const char *path, struct file *object,
	       int method)
{
	int err = method < 0 ? 0 : file_own(object, method);

	if (!err)
		return -1;
	file_close(object);
	if (err == -ENOTTY)
		return cmd_fail(command, "%s: --method is for %s only", path,
				MMAPDEMO_DEVICE);
	return cmd_fail(command, "%s: no region of its own: %s", path,
			dev_strerror(err));
}

int cmd_pid(const char *command, const char *text, int *pid)
{
	if (parse_count(text, pid))
		return cmd_misused(command, "%s: not a process id", text);
	return -1;
}

int cmd_process(const char *command, const char *text, int *pid)
{
	if (strcmp(text, "self"))
		return cmd_pid(command, text, pid);
	*pid = getpid();
	return -1;
}

/* Copy standard input to an unnamed file. Return its descriptor or -errno. */
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
		cmd_fail(command, "standard input can be read only once");
		return NULL;
	}
	if (!fstat(STDIN_FILENO, &st) && S_ISREG(st.st_mode))
		return "/dev/stdin";
	fd = spool_input();
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
		/* The file is not replaced: a mount point is allowed. */
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
		return cmd_fail(command, "process %d: it is a thread of "
				"process %d; give that", pid, process);
	/* The error for a thread that has ended depends on the kernel. */
	if (err == -EINVAL || err == -ENOENT)
		err = -ESRCH;
	return cmd_fail(command, "process %d: %s", pid, strerror(-err));
}

int cmd_no_memory(const char *command, int pid, int err)
{
	if (ferror(stdout))
		return cmd_broken(command, err);
	switch (err) {
	case -EACCES:
	case -EPERM:
		return cmd_fail(command, "process %d: permission denied%s", pid,
				geteuid() ? "; try sudo" : "");
	case -ESTALE:
		return cmd_fail(command, "process %d: it ended, or called "
				"execve(), while its memory was read", pid);
	case -ENODATA:
		return cmd_fail(command, "process %d: it has no memory of its "
				"own: it ended, or is a thread of the kernel",
				pid);
	default:
		return cmd_fail(command, "process %d: %s", pid,
				dev_strerror(err));
	}
}

int cmd_needs_root(const char *command)
{
	return cmd_fail(command, "%s", geteuid() ?
			"it needs root; run it with sudo" :
			"permission denied, to root too: is this a container?");
}

int cmd_no_device(const char *command, int err)
{
	if (err == -ENOENT || err == -ENXIO)
		return cmd_fail(command, "the module is not loaded; run: sudo "
				"modprobe mmapdemo (or make load)");
	if (err == -EACCES)
		return cmd_needs_root(command);
	return cmd_fail(command, MMAPDEMO_DEVICE ": %s", err == -ENOTTY ?
			"it is no device: remove it, then load the module" :
			strerror(-err));
}

int cmd_not_open(const char *command, const char *path, int err)
{
	if (err == -ENOENT && !strcmp(path, MMAPDEMO_DEVICE))
		return cmd_no_device(command, err);
	return cmd_fail(command, "%s: %s", path, file_strerror(err));
}
