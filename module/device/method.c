// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of methods to map a region. mmap() stores the vm_ops of the region's
 * method in the VMA.
 */
#include "common.h"
#include "device/method.h"
#include "device/region.h"
#include "mmapdemo.h"

#include <linux/build_bug.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>

static const struct method *const methods[] = {
	[MMAPDEMO_BY_PAGE] = &mmapdemo_method_page,
	[MMAPDEMO_BY_INSERT] = &mmapdemo_method_insert,
	[MMAPDEMO_BY_PFN] = &mmapdemo_method_pfn,
	[MMAPDEMO_BY_REMAP] = &mmapdemo_method_remap,
	[MMAPDEMO_BY_AROUND] = &mmapdemo_method_around,
	[MMAPDEMO_BY_HUGE] = &mmapdemo_method_huge,
	[MMAPDEMO_BY_PREPARE] = &mmapdemo_method_prepare,
};

static_assert(ARRAY_SIZE(methods) == MMAPDEMO_BY_COUNT);

/** mmapdemo_method_of - return the method for an enum mmapdemo_by, or NULL */
const struct method *mmapdemo_method_of(u32 number)
{
	return number < ARRAY_SIZE(methods) ? methods[number] : NULL;
}

/** mmapdemo_method_number - return the enum mmapdemo_by of a method */
u32 mmapdemo_method_number(const struct method *method)
{
	u32 number = 0;

	while (methods[number] != method)
		number++;
	return number;
}

/**
 * mmapdemo_method_mmap - describe a new mapping to the kernel
 * @region: the region, which exists as long as the file of the mapping
 * @desc: the description of the new mapping
 *
 * After this function has returned, mmap() may still fail, or may merge the
 * mapping with a neighbour. So the function does nothing that would have to be
 * undone. mmap_lock is held for writing.
 *
 * Return: 0, or an error if the method does not support the mapping.
 */
int mmapdemo_method_mmap(struct region *region, struct vm_area_desc *desc)
{
	const struct method *method = region->method;

	mmapdemo_region_add(region, REGION_MMAPS, 1);
	desc->private_data = region;
	desc->vm_ops = method->vm_ops;
	return method->prepare ? method->prepare(region, desc) : 0;
}

/*
 * Count a new VMA. The kernel does not call this function for a mapping that
 * was merged.
 */
int mmapdemo_method_mapped(unsigned long start, unsigned long end,
			   pgoff_t pgoff, const struct file *file,
			   void **private_data)
{
	mmapdemo_region_add(*private_data, REGION_MAPPINGS, 1);
	return 0;
}
