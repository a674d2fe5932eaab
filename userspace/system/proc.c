// SPDX-License-Identifier: GPL-2.0-only
#include "system/proc.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int proc_maps(int pid, struct maps *maps)
{
	char path[32];
	FILE *file;
	int err;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	err = maps_parse(maps, file);
	fclose(file);
	return err;
}

int proc_threads(int pid, int (*visit)(int tid, void *data), void *data)
{
	struct dirent *entry;
	char path[32];
	int err = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? -ESRCH : -errno;
	while (!err && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			err = visit(atoi(entry->d_name), data);
	}
	closedir(dir);
	return err;
}

/*
 * The last two numbers in /proc/PID/syscall are the stack pointer and the
 * instruction pointer.
 */
int proc_stack_pointer(int tid, __u64 *pointer)
{
	unsigned long long found = 0;
	char path[40], text[256];
	FILE *file;
	int err;

	*pointer = 0;
	snprintf(path, sizeof(path), "/proc/%d/syscall", tid);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	errno = 0;
	err = fgets(text, sizeof(text), file) ? 0 : errno ? -errno : -EIO;
	fclose(file);
	if (!err && (sscanf(text, "-1 %llx", &found) == 1 ||
		     sscanf(text, "%*d %*x %*x %*x %*x %*x %*x %llx",
			    &found) == 1))
		*pointer = found;
	return err;
}

/* Parse a line such as "42 (a name) S 1 ...". The name may contain parentheses. */
static bool parse_stat(const char *text, struct proc_stat *stat)
{
	const char *name = strchr(text, '('), *end = strrchr(text, ')');
	unsigned long long minor, major, born;

	if (!name || !end || sscanf(end, ") %*c %*d %*d %*d %*d %*d %*u %llu "
				    "%*u %llu %*u %*u %*u %*d %*d %*d %*d %*d "
				    "%*d %llu", &minor, &major, &born) != 3)
		return false;
	stat->pid = atoi(text);
	snprintf(stat->comm, sizeof(stat->comm), "%.*s",
		 (int)(end - name - 1), name + 1);
	stat->minor = minor;
	stat->major = major;
	stat->born = born;
	return true;
}

static bool read_stat(const char *pid, struct proc_stat *stat)
{
	char path[280], text[1024];
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[length] = 0;
	return parse_stat(text, stat);
}

int proc_stats(int (*visit)(const struct proc_stat *stat, void *data),
	       void *data)
{
	DIR *dir = opendir("/proc");
	struct proc_stat stat;
	struct dirent *entry;
	int err = 0;

	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir))) {
		if (*entry->d_name >= '0' && *entry->d_name <= '9' &&
		    read_stat(entry->d_name, &stat))
			err = visit(&stat, data);
	}
	closedir(dir);
	return err;
}

/*
 * Return the number in the line of /proc/PID/status that begins with @name,
 * such as "Tgid:". Return @otherwise if there is no such line.
 */
static unsigned long long status_number_or(int pid, const char *name,
					   unsigned long long otherwise)
{
	unsigned long long number = otherwise;
	char path[32], line[128];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, name, strlen(name)))
			continue;
		number = strtoull(line + strlen(name), NULL, 10);
		break;
	}
	if (file)
		fclose(file);
	return number;
}

static unsigned long long status_number(int pid, const char *name)
{
	return status_number_or(pid, name, 0);
}

int proc_process(int tid, char comm[COMM_MAX])
{
	struct proc_stat stat = { 0 };
	const int process = status_number(tid, "Tgid:");
	char pid[16];

	*comm = 0;
	snprintf(pid, sizeof(pid), "%d", process);
	if (process && read_stat(pid, &stat))
		strcpy(comm, stat.comm);
	return process;
}

bool proc_descends(int pid, const struct pids *pids)
{
	while ((pid = status_number(pid, "PPid:"))) {
		if (pids_have(pids, pid))
			return true;
	}
	return false;
}

int proc_living(int tid)
{
	char path[32], line[128], state = 'X';
	int process = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	file = fopen(path, "re");
	while (file && !process && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "State: %c", &state) != 1 &&
		    sscanf(line, "Tgid: %d", &process) != 1)
			process = 0;
	}
	if (file)
		fclose(file);
	return strchr("ZX", state) ? 0 : process;
}

__u64 proc_tables(int pid)
{
	return status_number(pid, "VmPTE:") << 10;
}

int proc_thp_enabled(int pid)
{
	return status_number_or(pid, "THP_enabled:", -1ULL);
}

unsigned int proc_max_map_count(void)
{
	FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
	unsigned int count = 0;

	if (file && fscanf(file, "%u", &count) != 1)
		count = 0;
	if (file)
		fclose(file);
	return count;
}

/* Return the word in brackets in "always [madvise] never". */
const char *proc_thp_word(const char *name, char text[PROC_THP_MAX])
{
	char path[96];
	FILE *file;

	snprintf(path, sizeof(path), PROC_THP "/%s", name);
	file = fopen(path, "re");
	text[0] = 0;
	while (file && fscanf(file, " [%15[a-z_+]", text) != 1 &&
	       fscanf(file, "%*s") != EOF)
		continue;
	if (file)
		fclose(file);
	return text;
}

const char *proc_thp(char text[PROC_THP_MAX])
{
	return proc_thp_word("enabled", text);
}
