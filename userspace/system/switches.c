// SPDX-License-Identifier: GPL-2.0-only
#include "system/switches.h"
#include "system/writes.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

void switches_listen(struct switches *switches)
{
	static const char *const paths[SWITCHES_MAX] = {
		"/proc/sys/kernel/ftrace_enabled",
		"/sys/kernel/debug/kprobes/enabled",
	};

	switches->count = 0;
	switches->writes = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	for (size_t i = 0; switches->writes >= 0 && i < SWITCHES_MAX; i++) {
		int fd = open(paths[i], O_PATH | O_CLOEXEC);

		if (fd < 0)
			continue;
		inotify_add_watch(switches->writes, paths[i], IN_MODIFY);
		switches->files[switches->count++] = fd;
	}
}

bool switches_written(struct switches *switches)
{
	bool wrote = writes_end(&switches->writes);

	while (switches->count)
		close(switches->files[--switches->count]);
	return wrote;
}
