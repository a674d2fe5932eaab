// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes in which module/arch/x86/call.h finds a call instruction. The functions
 * depend only on their arguments, so the test builds and calls them directly.
 * mm_events_test.c checks the field caller of events.
 *
 * Depends on: nothing.
 */
#include "kselftest_harness.h"

#include <linux/types.h>
#include <stdbool.h>
#include <string.h>

typedef __u8 u8;

#include "../module/arch/x86/call.h"

/* Return true if a call instruction ends at the end of these seven bytes. */
static bool ends(const char text[CALL_MAX + 1])
{
	u8 code[CALL_MAX + 1];

	memcpy(code, text, sizeof(code));
	return call_ends(code);
}

TEST(a_call_ends_the_bytes)
{
	EXPECT_TRUE(ends("\x90\x90\xe8\1\2\3\4"));		/* call there */
	EXPECT_TRUE(ends("\x90\x90\x90\x90\x90\xff\xd0"));	/* *%rax */
	EXPECT_TRUE(ends("\x90\x90\x90\x90\x41\xff\xd4"));	/* *%r12 */
	EXPECT_TRUE(ends("\x90\x90\x90\x90\xff\x50\x08"));	/* *8(%rax) */
	EXPECT_TRUE(ends("\x90\x90\x90\x90\xff\x14\x24"));	/* *(%rsp) */
	EXPECT_TRUE(ends("\x90\x90\x90\xff\x54\x24\x08"));	/* *8(%rsp) */
	EXPECT_TRUE(ends("\x90\xff\x15\1\2\3\4"));		/* *x(%rip) */
	EXPECT_TRUE(ends("\x90\xff\x90\1\2\3\4"));		/* *x(%rax) */
	EXPECT_TRUE(ends("\xff\x94\x24\1\2\3\4"));		/* *x(%rsp) */
	EXPECT_TRUE(ends("\xff\x14\xc5\1\2\3\4"));		/* *x(,%rax,8) */
}

TEST(no_call_ends_the_bytes)
{
	EXPECT_FALSE(ends("\x90\x90\x90\x90\x90\x90\x90"));
	EXPECT_FALSE(ends("\0\0\0\0\0\0\0"));
	EXPECT_FALSE(ends("\x90\x90\xe9\1\2\3\4"));		/* jmp */
	EXPECT_FALSE(ends("\x90\xe8\1\2\3\4\x90"));
	EXPECT_FALSE(ends("\x90\x90\x90\x90\x90\xff\xe0"));	/* jmp *%rax */
	EXPECT_FALSE(ends("\x90\x90\x90\x90\x90\xff\x50"));	/* too short */
	EXPECT_FALSE(ends("\x90\x90\x90\x90\xff\xd0\x90"));
}

TEST_HARNESS_MAIN
