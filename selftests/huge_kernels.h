/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernels with different rules for huge pages, and memory to judge by these rules. */
#ifndef _MMAPDEMO_TEST_HUGE_KERNELS_H
#define _MMAPDEMO_TEST_HUGE_KERNELS_H

#include "kselftest_harness.h"

#include "system/huge_rules.c"

#define AT	0x7f0000000000ULL
#define HUGE	HUGE_BYTES
#define RW	(VM_READ | VM_WRITE)

/* Declare the variants of a fixture: one for each kernel. */
#define HUGE_KERNELS(fixture)						\
FIXTURE_VARIANT(fixture)						\
{									\
	const char *release;						\
	int version;							\
};									\
HUGE_KERNEL(fixture, 5_10, "5.10.0-46-amd64", 510);			\
HUGE_KERNEL(fixture, 6_1, "6.1.0-56-amd64", 601);			\
HUGE_KERNEL(fixture, 6_12, "6.12.117+deb12-amd64", 612);		\
HUGE_KERNEL(fixture, 7_2, "7.2.13+deb14-amd64", 702)

#define HUGE_KERNEL(fixture, name, text, number)				\
FIXTURE_VARIANT_ADD(fixture, linux_##name)				\
{									\
	.release = text, .version = number,				\
}

#endif /* _MMAPDEMO_TEST_HUGE_KERNELS_H */
