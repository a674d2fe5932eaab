// SPDX-License-Identifier: GPL-2.0-only
#include "system/machine.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* Find the line "model name : MODEL" of the first CPU. */
static void read_model(char model[128])
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[256];

	model[0] = 0;
	while (file && !model[0] && fgets(line, sizeof(line), file))
		sscanf(line, "model name : %127[^\n]", model);
	if (file)
		fclose(file);
}

void machine_read(struct machine *machine)
{
	const time_t now = time(NULL);
	struct utsname system;
	struct tm tm;

	*machine = (struct machine){
		.cpus = sysconf(_SC_NPROCESSORS_ONLN),
		.memory = (__u64)sysconf(_SC_PHYS_PAGES) *
			  sysconf(_SC_PAGESIZE),
	};
	if (!uname(&system))
		memcpy(machine->node, system.nodename, sizeof(machine->node));
	if (gmtime_r(&now, &tm))
		strftime(machine->date, sizeof(machine->date),
			 "%Y-%m-%dT%H:%M:%SZ", &tm);
	read_model(machine->cpu);
}
