// SPDX-License-Identifier: GPL-2.0-only
#include "system/switches.h"

#include <fcntl.h>
#include <stddef.h>
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
	_Alignas(struct inotify_event) char news[4096];
	bool wrote;

	if (switches->writes < 0)
		return false;
	wrote = read(switches->writes, news, sizeof(news)) > 0;
	close(switches->writes);
	switches->writes = -1;
	while (switches->count)
		close(switches->files[--switches->count]);
	return wrote;
}
