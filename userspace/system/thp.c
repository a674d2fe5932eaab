// SPDX-License-Identifier: GPL-2.0-only
#include "system/thp.h"
#include "system/proc.h"

#include <stdio.h>
#include <string.h>

/* The smallest and the largest size for which a kernel has a directory, in KiB */
#define KIB_MIN 8
#define KIB_MAX 2048

/* 2 MiB are 2^ORDER pages. */
#define ORDER 9

bool thp_number(const char *name, __u64 *number)
{
	unsigned long long value;
	char path[128];
	FILE *file;
	bool done;

	snprintf(path, sizeof(path), PROC_THP "/%s", name);
	file = fopen(path, "re");
	done = file && fscanf(file, "%llu", &value) == 1;
	if (file)
		fclose(file);
	if (done)
		*number = value;
	return done;
}

static const char *const common[] = {
	"enabled",
	"defrag",
	"shmem_enabled",
	"use_zero_page",
	"khugepaged/defrag",
	"khugepaged/max_ptes_none",
	"khugepaged/max_ptes_swap",
	"khugepaged/max_ptes_shared",
	"khugepaged/pages_to_scan",
	"khugepaged/scan_sleep_millisecs",
};

static const char *const by_size[] = { "enabled", "shmem_enabled" };

/* The function that is called for each setting, and its argument */
struct visit {
	void (*call)(const char *name, const char *word, __u64 number, void *data);
	void *data;
};

static void visit_setting(const struct visit *visit, const char *name)
{
	char word[PROC_THP_MAX];
	__u64 number;

	if (*proc_thp_word(name, word))
		visit->call(name, word, 0, visit->data);
	else if (thp_number(name, &number))
		visit->call(name, NULL, number, visit->data);
}

void thp_settings(void (*call)(const char *name, const char *word, __u64 number,
			       void *data), void *data)
{
	const struct visit visit = { call, data };
	char name[64];

	for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++)
		visit_setting(&visit, common[i]);
	for (int kib = KIB_MIN; kib <= KIB_MAX; kib *= 2) {
		for (int i = 0; i < 2; i++) {
			snprintf(name, sizeof(name), "hugepages-%dkB/%s", kib,
				 by_size[i]);
			visit_setting(&visit, name);
		}
	}
}

/* Add up the free blocks of 2 MiB and more in a line of /proc/buddyinfo. */
static unsigned long count_blocks(const char *line)
{
	const char *at = strstr(line, "zone");
	unsigned long blocks = 0, found;
	int order = 0, next;

	if (!at || sscanf(at, "zone %*s%n", &next) < 0)
		return 0;
	for (at += next; sscanf(at, "%lu%n", &found, &next) == 1; at += next) {
		if (order++ >= ORDER)
			blocks += found;
	}
	return blocks;
}

bool thp_none_free(void)
{
	FILE *file = fopen("/proc/buddyinfo", "re");
	unsigned long blocks = 0;
	char line[512];

	if (!file)
		return false;
	while (fgets(line, sizeof(line), file))
		blocks += count_blocks(line);
	fclose(file);
	return !blocks;
}
