// SPDX-License-Identifier: GPL-2.0-only
#include "base/outfile.h"
#include "base/format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- names ---- */

/* Return the length of the directory in @path, including the last slash. */
static int folder_length(const char *path)
{
	return path_base(path) - path;
}

/*
 * Return true if another user may have created the link or FIFO @path to mislead
 * this program: all users may create files in the directory, and the owner of
 * @path is neither this user nor the owner of the directory. The sysctl
 * fs.protected_symlinks applies this rule to links in /tmp.
 */
static bool is_trap(const char *path, const struct stat *link)
{
	char folder[PATH_MAX];
	struct stat st;

	snprintf(folder, sizeof(folder), "%.*s.", folder_length(path), path);
	return stat(folder, &st) || (st.st_mode & S_IWOTH &&
				     link->st_uid != geteuid() &&
				     link->st_uid != st.st_uid);
}

static int follow_link(struct outfile *file, const char *path,
		       const struct stat *link)
{
	char *target;

	if (is_trap(path, link))
		return -ELOOP;
	target = realpath(path, NULL);
	if (!target)
		return -errno;
	snprintf(file->path, sizeof(file->path), "%s", target);
	free(target);
	return 0;
}

/*
 * Return true if @path is a mount point. In a container, a regular file can be a
 * mount point.
 */
static bool is_mount_point(const char *path)
{
	struct statx stx;

	return !statx(AT_FDCWD, path, AT_NO_AUTOMOUNT, 0, &stx) &&
	       stx.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

/*
 * Open a device, a FIFO or an unlinked file. Fail if the opened file is not the
 * file that @seen describes.
 */
static int open_special(struct outfile *file, const char *path,
			const struct stat *seen)
{
	struct stat st;

	file->fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY);
	if (file->fd < 0)
		return -errno;
	if (!fstat(file->fd, &st) && st.st_dev == seen->st_dev &&
	    st.st_ino == seen->st_ino)
		return 0;
	close(file->fd);
	file->fd = -1;
	return -ELOOP;
}

/*
 * Find the final name of a regular file. If @path is a link to an unlinked file,
 * as /dev/stdout can be, open the unlinked file.
 */
static int find_regular(struct outfile *file, const char *path,
			const struct stat *link, const struct stat *st)
{
	struct stat found;
	int err;

	if (S_ISLNK(link->st_mode)) {
		err = follow_link(file, path, link);
		if (err == -ELOOP)
			return err;
		if (err || stat(file->path, &found) ||
		    found.st_dev != st->st_dev || found.st_ino != st->st_ino)
			return open_special(file, path, st);
	}
	return is_mount_point(file->path) ? -EBUSY : 0;
}

int outfile_find(struct outfile *file, const char *path)
{
	struct stat link, st;

	*file = (struct outfile){ .fd = -1 };
	if (snprintf(file->path, sizeof(file->path), "%s", path) >=
	    (int)sizeof(file->path))
		return -ENAMETOOLONG;
	if (lstat(path, &link))
		return errno == ENOENT ? 0 : -errno;
	/* If @path is a dangling link, the output file will replace the link. */
	if (stat(path, &st)) {
		if (errno == EACCES && is_trap(path, &link))
			return -ELOOP;
		return errno == ENOENT ? 0 : -errno;
	}
	if (S_ISREG(st.st_mode))
		return find_regular(file, path, &link, &st);
	return is_trap(path, &link) ? -ELOOP : open_special(file, path, &st);
}

void outfile_folder(const struct outfile *file, char path[PATH_MAX])
{
	const char *folder = getenv("TMPDIR");

	if (file->fd < 0)
		snprintf(path, PATH_MAX, "%s", file->path);
	else
		snprintf(path, PATH_MAX, "%s/", folder && *folder ? folder :
			 "/var/tmp");
}

/* ---- files ---- */

/* Under sudo, try to make the user who called sudo the owner of the file. */
static void give_to_user(int fd)
{
	const char *uid = getenv("SUDO_UID"), *gid = getenv("SUDO_GID");

	if (!geteuid() && uid && gid &&
	    fchown(fd, strtoul(uid, NULL, 10), strtoul(gid, NULL, 10)))
		return;
}

int outfile_create(struct outfile *file)
{
	if (file->fd >= 0)
		return 0;
	if (snprintf(file->temporary, sizeof(file->temporary),
		     "%.*s.mmapdemo-XXXXXX", folder_length(file->path),
		     file->path) >= (int)sizeof(file->temporary))
		return -ENAMETOOLONG;
	file->fd = mkostemp(file->temporary, O_CLOEXEC);
	if (file->fd < 0) {
		file->temporary[0] = 0;
		return -errno;
	}
	give_to_user(file->fd);
	return 0;
}

static int keep_old(const struct outfile *file)
{
	char name[PATH_MAX];

	if (!outfile_exists(file->path))
		return 0;
	if (snprintf(name, sizeof(name), "%s.old", file->path) >=
	    (int)sizeof(name))
		return -ENAMETOOLONG;
	return rename(file->path, name) ? -errno : 0;
}

int outfile_keep(struct outfile *file, bool old)
{
	int err = 0;

	if (!file->temporary[0])
		return 0;
	/*
	 * Some file systems do not report write errors before fsync(). Other
	 * file systems do not support fsync().
	 */
	if (fsync(file->fd) && errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (old)
		err = keep_old(file);
	if (!err && rename(file->temporary, file->path))
		err = -errno;
	if (!err)
		file->temporary[0] = 0;
	return err;
}

void outfile_leave(struct outfile *file)
{
	file->temporary[0] = 0;
}

void outfile_close(struct outfile *file)
{
	if (file->temporary[0])
		unlink(file->temporary);
	if (file->fd >= 0)
		close(file->fd);
	file->temporary[0] = 0;
	file->fd = -1;
}

/* ---- existing files ---- */

bool outfile_begins(const char *path, const void *bytes, size_t size)
{
	char begin[128];
	int fd = outfile_exists(path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	bool same = fd >= 0 && size <= sizeof(begin) &&
		    pread(fd, begin, size, 0) == (ssize_t)size &&
		    !memcmp(begin, bytes, size);

	if (fd >= 0)
		close(fd);
	return same;
}

bool outfile_exists(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && st.st_size;
}

const char *outfile_why(int err)
{
	if (err == -EBUSY)
		return "a mount point cannot be replaced by a new file";
	return err == -ELOOP ? "refusing to follow a link or FIFO of another "
			       "user in a world-writable directory" :
			       strerror(-err);
}
