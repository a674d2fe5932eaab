/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine and its settings in the metadata of a recording. These are the members:
 *
 *	machine		node, date (UTC, when the recording began), cpu, cpus, memory_bytes
 *	thp_settings	settings of transparent huge pages: the paths of the files below
 *			/sys/kernel/mm/transparent_hugepage, and their values
 *	hugetlb		pools of hugetlbfs, each: page_bytes, pages, free, reserved,
 *			surplus, overcommit
 */
#ifndef _META_MACHINE_H
#define _META_MACHINE_H

#include "record/meta_read.h"
#include "system/hugetlb.h"

/* Add the members. If there is no memory, free @object and return NULL. */
struct json_object *meta_machine_add(struct json_object *object);

/**
 * struct meta_machine - a machine in the metadata. @meta owns the strings
 * @node: name of the machine
 * @date: when the recording began
 * @cpu: model of the CPU, or ""
 * @cpus: number of CPUs
 * @memory: size of the memory, in bytes
 */
struct meta_machine {
	const char *node;
	const char *date;
	const char *cpu;
	__u64 cpus;
	__u64 memory;
};

/* Return false if the machine was not recorded. */
bool meta_machine(const struct meta *meta, struct meta_machine *machine);

/*
 * Return the value of a setting, such as "always" or "511". Return "" if the setting was
 * not recorded, or if the kernel does not have the setting.
 */
const char *meta_setting(const struct meta *meta, const char *name);

/* Call @visit for each setting. @value is a string or an integer. */
void meta_settings(const struct meta *meta,
		   void (*visit)(const char *name, struct json_object *value,
				 void *data), void *data);

/* Return false after the last pool. */
bool meta_pool(const struct meta *meta, size_t index, struct hugetlb_pool *pool);

#endif /* _META_MACHINE_H */
