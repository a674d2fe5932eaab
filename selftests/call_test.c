// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of module/arch/x86/call.h, which looks for a call instruction at the
 * end of some bytes of code. The functions depend only on their arguments, so
 * this test compiles the header and calls the functions directly.
 * mm_events_test.c checks the field "caller" of events.
 *
 * Depends on: nothing.
 */
#include "kselftest_harness.h"

#include <linux/types.h>
#include <stdbool.h>
#include <string.h>

typedef __u8 u8;

#include "../module/arch/x86/call.h"

/* Return true if the bytes before the final 0 of @text end with a call instruction. */
static bool ends(const char text[CALL_MAX + 1])
{
	u8 code[CALL_MAX + 1];

	memcpy(code, text, sizeof(code));
	return call_ends(code);
}

TEST(a_call_ends_the_bytes)
{
	EXPECT_TRUE(ends("\x90\x90\xe8\1\2\3\4"));		/* call x */
	EXPECT_TRUE(ends("\x90\x90\x90\x90\x90\xff\xd0"));	/* call *%rax */
	EXPECT_TRUE(ends("\x90\x90\x90\x90\x41\xff\xd4"));	/* call *%r12 */
	EXPECT_TRUE(ends("\x90\x90\x90\x90\xff\x50\x08"));	/* call *8(%rax) */
	EXPECT_TRUE(ends("\x90\x90\x90\x90\xff\x14\x24"));	/* call *(%rsp) */
	EXPECT_TRUE(ends("\x90\x90\x90\xff\x54\x24\x08"));	/* call *8(%rsp) */
	EXPECT_TRUE(ends("\x90\xff\x15\1\2\3\4"));		/* call *x(%rip) */
	EXPECT_TRUE(ends("\x90\xff\x90\1\2\3\4"));		/* call *x(%rax) */
	EXPECT_TRUE(ends("\xff\x94\x24\1\2\3\4"));		/* call *x(%rsp) */
	EXPECT_TRUE(ends("\xff\x14\xc5\1\2\3\4"));		/* call *x(,%rax) */
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
