// SPDX-License-Identifier: GPL-2.0-only
#include "system/build_id_reader.h"
#include "system/keep_only.h"
#include "system/proc.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the process ---- */

/*
 * Return true if the kernel shows @dev and @ino for a mapping of the file.
 * stat(2) can't be used, because it may show another device (on btrfs) or
 * another inode number (on overlayfs).
 */
static bool is_file(int fd, __u32 dev, __u64 ino)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	void *map = mmap(NULL, page, PROT_NONE, MAP_PRIVATE, fd, 0);
	const struct mapping *mapping;
	struct maps maps = { 0 };
	bool same;

	if (map == MAP_FAILED)
		return false;
	mapping = proc_maps(getpid(), &maps) ? NULL :
		  maps_find(&maps, (size_t)map);
	same = mapping && mapping->dev == dev && mapping->ino == ino;
	maps_free(&maps);
	munmap(map, page);
	return same;
}

/*
 * Try map_files before the path, because map_files leads to the mapped file
 * even if the process is in a container.
 */
static void read_build_id(const struct build_id_request *request,
			  char text[BUILD_ID_MAX])
{
	char link[80];
	int fd;

	snprintf(link, sizeof(link), "/proc/%d/map_files/%llx-%llx",
		 request->pid, (unsigned long long)request->start,
		 (unsigned long long)request->end);
	fd = build_id_open(link);
	if (fd < 0)
		fd = build_id_open(request->path);
	if (fd < 0)
		return;
	if (is_file(fd, request->dev, request->ino))
		build_id_of(fd, text);
	close(fd);
}

/* Answer requests until the program closes the socket. */
static void answer_all(int fd)
{
	struct build_id_request request;
	char text[BUILD_ID_MAX];

	keep_only(fd);
	while (recv(fd, &request, sizeof(request), 0) > 0) {
		text[0] = 0;
		read_build_id(&request, text);
		if (send(fd, text, sizeof(text), MSG_NOSIGNAL) < 0)
			break;
	}
	_exit(0);
}

/* ---- the program ---- */

static bool start(struct build_id_reader *reader)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return false;
	reader->pid = fork();
	if (!reader->pid)
		answer_all(fds[1]);
	close(fds[1]);
	reader->fd = fds[0];
	if (reader->pid < 0) {
		close(fds[0]);
		reader->pid = 0;
	}
	return reader->pid;
}

bool build_id_ask(struct build_id_reader *reader,
		  const struct build_id_request *request)
{
	const size_t size = offsetof(struct build_id_request, path) +
			    strlen(request->path) + 1;

	if (!reader->pid && !start(reader))
		return false;
	return send(reader->fd, request, size, MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
}

int build_id_answer(struct build_id_reader *reader, int milliseconds,
		    char text[BUILD_ID_MAX])
{
	struct pollfd news = { .fd = reader->fd, .events = POLLIN };
	ssize_t n;

	if (!reader->pid)
		return -1;
	if (poll(&news, 1, milliseconds) <= 0)
		return 0;
	n = recv(reader->fd, text, BUILD_ID_MAX, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return n == BUILD_ID_MAX ? 1 : -1;
}

void build_id_leave(struct build_id_reader *reader)
{
	if (!reader->pid)
		return;
	close(reader->fd);
	kill(reader->pid, SIGKILL);
	waitpid(reader->pid, NULL, WNOHANG);
	reader->pid = 0;
}
