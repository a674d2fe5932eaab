// SPDX-License-Identifier: GPL-2.0-only
/*
 * frame [-w] PATH: map the first page of PATH, touch it, and print which page
 * frame of the machine's memory is behind it. -w makes the mapping private and
 * writes to it. Stays until its stdin ends, so that several can be compared.
 */

#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGEMAP_PRESENT		(1ULL << 63)
#define PAGEMAP_FRAME		((1ULL << 55) - 1)

static uint64_t frame_of(const volatile void *page, long page_size)
{
	off_t offset = (uintptr_t)page / page_size * sizeof(uint64_t);
	uint64_t entry;
	int fd;

	fd = open("/proc/self/pagemap", O_RDONLY);
	if (fd < 0)
		err(EXIT_FAILURE, "/proc/self/pagemap");
	if (pread(fd, &entry, sizeof(entry), offset) != sizeof(entry))
		err(EXIT_FAILURE, "/proc/self/pagemap");
	close(fd);
	if (!(entry & PAGEMAP_PRESENT))
		errx(EXIT_FAILURE, "the page is not present");
	return entry & PAGEMAP_FRAME;
}

int main(int argc, char **argv)
{
	int write_to = argc == 3 && !strcmp(argv[1], "-w");
	long page_size = sysconf(_SC_PAGESIZE);
	const char *path = argv[argc - 1];
	volatile char *page;
	int fd;

	if (argc != 2 + write_to)
		errx(EXIT_FAILURE, "usage: frame [-w] PATH");
	fd = open(path, O_RDONLY);
	if (fd < 0)
		err(EXIT_FAILURE, "%s", path);
	page = mmap(NULL, page_size, PROT_READ | (write_to ? PROT_WRITE : 0),
		    write_to ? MAP_PRIVATE : MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		err(EXIT_FAILURE, "cannot map %s", path);

	if (write_to)
		page[0] = page[0];
	else
		(void)page[0];
	printf("process %d, address %p: page frame 0x%" PRIx64 "\n",
	       getpid(), (void *)page, frame_of(page, page_size));
	fflush(stdout);

	while (getchar() != EOF)
		;
	return EXIT_SUCCESS;
}
