// SPDX-License-Identifier: GPL-2.0-only
#include "system/writes.h"

#include <sys/inotify.h>
#include <unistd.h>

bool writes_end(int *fd)
{
	_Alignas(struct inotify_event) char news[4096];
	bool wrote;

	if (*fd <= 0)
		return false;
	wrote = read(*fd, news, sizeof(news)) > 0;
	close(*fd);
	*fd = -1;
	return wrote;
}
