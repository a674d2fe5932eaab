// SPDX-License-Identifier: GPL-2.0-only
#include "system/hugetlb.h"
#include "base/json.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include <json.h>

#define POOLS "/sys/kernel/mm/hugepages"

/* The sizes of pages that the program looks for, in KiB */
#define KIB_MIN 64
#define KIB_MAX (16ULL << 20)

static __u64 pool_number(__u64 kib, const char *name)
{
	unsigned long long number;
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), POOLS "/hugepages-%llukB/%s",
		 (unsigned long long)kib, name);
	file = fopen(path, "re");
	if (!file || fscanf(file, "%llu", &number) != 1)
		number = 0;
	if (file)
		fclose(file);
	return number;
}

static bool has_pool(__u64 kib)
{
	char path[128];

	snprintf(path, sizeof(path), POOLS "/hugepages-%llukB",
		 (unsigned long long)kib);
	return !access(path, F_OK);
}

int hugetlb_pools(struct hugetlb_pool pools[HUGETLB_POOLS_MAX])
{
	int count = 0;

	for (__u64 kib = KIB_MIN;
	     kib <= KIB_MAX && count < HUGETLB_POOLS_MAX; kib *= 2) {
		if (!has_pool(kib))
			continue;
		pools[count++] = (struct hugetlb_pool){
			.page_bytes = kib << 10,
			.pages = pool_number(kib, "nr_hugepages"),
			.free = pool_number(kib, "free_hugepages"),
			.reserved = pool_number(kib, "resv_hugepages"),
			.surplus = pool_number(kib, "surplus_hugepages"),
			.overcommit = pool_number(kib, "nr_overcommit_hugepages"),
		};
	}
	return count;
}

struct json_object *hugetlb_json(const struct hugetlb_pool *pool)
{
	struct json_object *object = json_object_new_object();

	object = json_add_number(object, "page_bytes", pool->page_bytes);
	object = json_add_number(object, "pages", pool->pages);
	object = json_add_number(object, "free", pool->free);
	object = json_add_number(object, "reserved", pool->reserved);
	object = json_add_number(object, "surplus", pool->surplus);
	return json_add_number(object, "overcommit", pool->overcommit);
}

struct json_object *hugetlb_json_all(const struct hugetlb_pool *pools, int count)
{
	struct json_object *list = json_object_new_array();

	for (int i = 0; i < count; i++)
		list = json_append(list, hugetlb_json(&pools[i]));
	return list;
}
