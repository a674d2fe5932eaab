// SPDX-License-Identifier: GPL-2.0-only
#include "system/shmem.h"
#include "system/mounts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static struct shmem_dev *add(struct shmem *shmem, unsigned int major,
			     unsigned int minor)
{
	struct shmem_dev *devs = reallocarray(shmem->devs, shmem->count + 1,
					      sizeof(*devs));

	if (!devs)
		return NULL;
	shmem->devs = devs;
	devs[shmem->count] = (struct shmem_dev){ .dev = major << 20 | minor };
	return &devs[shmem->count++];
}

/* Add the kernel-internal device of memfd, SysV and shared anonymous memory. */
static void add_hidden(struct shmem *shmem)
{
	int fd = memfd_create("mmapdemo", MFD_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (!fstat(fd, &st))
		shmem->hidden = add(shmem, major(st.st_dev),
				    minor(st.st_dev));
	close(fd);
}

/* Skip /dev, because the pages of device files are not shmem. */
static void add_mount(void *data, const char *line)
{
	struct shmem *shmem = data;
	const char *type = strstr(line, " - tmpfs ");
	const char *huge = type ? strstr(type, ",huge=") : NULL;
	struct shmem_dev *dev = NULL;
	unsigned int major, minor;
	char where[8];

	if (type && sscanf(line, "%*d %*d %u:%u %*s %7s", &major, &minor,
			   where) == 3 && strcmp(where, "/dev"))
		dev = add(shmem, major, minor);
	if (dev && huge)
		sscanf(huge, ",huge=%11[a-z_]", dev->huge);
}

void shmem_find(struct shmem *shmem, int pid)
{
	*shmem = (struct shmem){ 0 };
	add_hidden(shmem);
	mounts_each(pid, add_mount, shmem);
}

const struct shmem_dev *shmem_dev(const struct shmem *shmem, __u32 dev)
{
	for (size_t i = 0; i < shmem->count; i++) {
		if (shmem->devs[i].dev == dev)
			return &shmem->devs[i];
	}
	return NULL;
}

bool shmem_has(const struct shmem *shmem, __u32 dev)
{
	return shmem_dev(shmem, dev);
}

bool shmem_is_hidden(const struct shmem *shmem, __u32 dev)
{
	return shmem->hidden && shmem->devs[0].dev == dev;
}

void shmem_free(struct shmem *shmem)
{
	free(shmem->devs);
	*shmem = (struct shmem){ 0 };
}
