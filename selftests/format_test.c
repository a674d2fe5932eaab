// SPDX-License-Identifier: GPL-2.0-only
/*
 * Formats of events, and limits of numbers and names. A format that the kernel
 * has written is accepted. A damaged format is never passed to libtraceevent.
 * The functions of libtraceevent are replaced in this test.
 *
 * Depends on: nothing.
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"

#include "../userspace/base/format.c"
#include "../userspace/event/format_check.c"

#include <glob.h>
#include <stdio.h>

#define EVENTS "/sys/kernel/tracing/events/"

static int parsed;

enum tep_errno tep_parse_event(struct tep_handle *tep, const char *text,
			       unsigned long size, const char *system)
{
	(void)tep;
	(void)system;
	parsed += strlen(text) == size && strstr(text, "\nprint fmt: \"\"\n");
	return 0;
}

int tep_parse_header_page(struct tep_handle *tep, char *text,
			  unsigned long size, int long_size)
{
	(void)tep;
	parsed += strlen(text) == size && long_size == sizeof(long);
	return 0;
}

static size_t slurp(const char *path, char *text, size_t room)
{
	FILE *file = fopen(path, "re");
	size_t size = file ? fread(text, 1, room, file) : 0;

	if (file)
		fclose(file);
	return size;
}

FIXTURE(format)
{
	char text[1 << 16];
	size_t size;
};

FIXTURE_SETUP(format)
{
	static const char sane[] =
		"name: x\nID: 7\nformat:\n"
		"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
		"\tfield:__data_loc char[] name;\toffset:8;\tsize:4;\tsigned:0;\n"
		"\tfield:char comm[TASK_COMM_LEN];\toffset:12;\tsize:16;\tsigned:0;\n"
		"\tfield:const char * text;\toffset:28;\tsize:8;\tsigned:0;\n"
		"\nprint fmt: \"%d\", REC->common_pid\n";

	parsed = 0;
	self->size = strlen(sane);
	memcpy(self->text, sane, self->size);
}

FIXTURE_TEARDOWN(format)
{
}

static int take(FIXTURE_DATA(format) *self)
{
	return format_text_event(NULL, self->text, self->size, "sched");
}

TEST_F(format, a_sane_format_is_accepted)
{
	EXPECT_EQ(0, take(self));
	EXPECT_EQ(1, parsed);
}

/* Some of the damaged formats are not even text. */
TEST_F(format, damaged_formats_are_not_parsed)
{
	const char *end = memmem(self->text, self->size, "\nprint", 6);
	size_t fields = end - self->text;

	for (size_t at = 0; at < fields; at++) {
		static const char wrong[] = { 0, '\x1b', '"', '[', '(', ';' };
		char was = self->text[at];

		for (size_t i = 0; i < sizeof(wrong); i++) {
			if (was == wrong[i])
				continue;
			self->text[at] = wrong[i];
			EXPECT_EQ(-EPROTO, take(self)) {
				TH_LOG("%#x at %zu", wrong[i], at);
			}
		}
		self->text[at] = was;
	}
	for (self->size = 0; self->size < fields; self->size++)
		EXPECT_EQ(-EPROTO, take(self));
	EXPECT_EQ(0, parsed);
}

TEST_F(format, formats_of_this_kernel_are_accepted)
{
	glob_t found;

	if (access(EVENTS "header_page", R_OK))
		SKIP(return, "tracefs is not mounted or not accessible");
	ASSERT_EQ(0, glob(EVENTS "{mmapdemo/*,sched/sched_process_*,tlb/*,"
			  "task/*,ftrace/*_stack}/format", GLOB_BRACE, NULL,
			  &found));
	ASSERT_LT(4, found.gl_pathc);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		self->size = slurp(found.gl_pathv[i], self->text,
				   sizeof(self->text));
		EXPECT_EQ(0, take(self)) {
			TH_LOG("%s", found.gl_pathv[i]);
		}
	}
	EXPECT_EQ((int)found.gl_pathc, parsed);
	globfree(&found);
	self->size = slurp(EVENTS "header_page", self->text,
			   sizeof(self->text));
	EXPECT_EQ(0, format_text_page(NULL, self->text, self->size));
	self->text[self->size / 2] = 0;
	EXPECT_EQ(-EPROTO, format_text_page(NULL, self->text, self->size));
}

/* ---- numbers and names ---- */

TEST(the_largest_sizes_are_parsed)
{
	__u64 size;

	EXPECT_EQ(0, parse_size("15E", &size));
	EXPECT_EQ(15ULL << 60, size);
	EXPECT_EQ(-ERANGE, parse_size("16E", &size));
	EXPECT_EQ(0, parse_size("18446744073709551615", &size));
	EXPECT_EQ(~0ULL, size);
}

TEST(a_buffer_has_from_one_page_to_one_tebibyte)
{
	__u64 size;

	EXPECT_EQ(0, parse_buffer("4096", &size));
	EXPECT_EQ(-EINVAL, parse_buffer("4095", &size));
	EXPECT_EQ(0, parse_buffer("1T", &size));
	EXPECT_EQ(1ULL << 40, size);
	EXPECT_EQ(-EINVAL, parse_buffer("1025G", &size));
}

TEST(seconds_are_limited)
{
	int ms;

	EXPECT_EQ(0, parse_seconds("0.01", &ms));
	EXPECT_EQ(10, ms);
	EXPECT_EQ(-EINVAL, parse_seconds("0.009", &ms));
	EXPECT_EQ(0, parse_seconds("1e6", &ms));
	EXPECT_EQ(1000000000, ms);
	EXPECT_EQ(-EINVAL, parse_seconds("1000001", &ms));
	EXPECT_EQ(-EINVAL, parse_seconds("inf", &ms));
	EXPECT_EQ(-EINVAL, parse_seconds("nan", &ms));
}

TEST(each_unit_begins_with_one)
{
	char text[FORMAT_MAX];

	EXPECT_STREQ("1.0 us", format_duration(text, 1000, "u"));
	EXPECT_STREQ("999.9 us", format_duration(text, 999949, "u"));
	EXPECT_STREQ("1.0 ms", format_duration(text, 999950, "u"));
	EXPECT_STREQ("999.9 ms", format_duration(text, 999949999, "u"));
	EXPECT_STREQ("1.00 s", format_duration(text, 999950000, "u"));
	EXPECT_STREQ("1.0 ms", format_duration(text, 1000000, "u"));
	EXPECT_STREQ("1.00 s", format_duration(text, 1000000000, "u"));
}

TEST(each_unit_of_a_size_begins_with_one)
{
	char text[FORMAT_MAX];

	EXPECT_STREQ("1023 bytes", format_size(text, 1023));
	EXPECT_STREQ("1 KiB", format_size(text, 1024));
	EXPECT_STREQ("1023.9 KiB", format_size(text, 1048524));
	EXPECT_STREQ("1 MiB", format_size(text, 1048525));
	EXPECT_STREQ("1 MiB", format_size(text, (1ULL << 20) - 1));
	EXPECT_STREQ("1 MiB", format_size(text, 1ULL << 20));
	EXPECT_STREQ("1.1 MiB", format_size(text, 1160000));
	EXPECT_STREQ("8 MiB", format_size(text, (8ULL << 20) + 8192));
	EXPECT_STREQ("1 GiB", format_size(text, (1ULL << 30) - 1));
	EXPECT_STREQ("16 EiB", format_size(text, ~0ULL - 4095));
}

/* A rate below 10 is printed with one decimal. A rate of 10 or more has none. */
TEST(a_rate_of_ten_has_no_decimal)
{
	char text[FORMAT_MAX];

	EXPECT_STREQ("0", format_rate(text, 0, 1000000000));
	EXPECT_STREQ("0", format_rate(text, 7, 0));
	EXPECT_STREQ("9.9", format_rate(text, 994, 100000000000));
	EXPECT_STREQ("10", format_rate(text, 996, 100000000000));
	EXPECT_STREQ("10", format_rate(text, 10, 1000000000));
}

/* Overlong encodings and halves of surrogate pairs are not valid UTF-8. */
TEST(invalid_bytes_are_escaped)
{
	char text[40];

	EXPECT_STREQ("\\340\\203\\244",
		     format_name(text, sizeof(text), "\xe0\x83\xa4"));
	EXPECT_STREQ("\\355\\240\\200",
		     format_name(text, sizeof(text), "\xed\xa0\x80"));
	EXPECT_STREQ("\u20ac", format_name(text, sizeof(text), "\u20ac"));
	EXPECT_FALSE(format_is_utf8("\xe0\x83\xa4"));
	EXPECT_FALSE(format_is_utf8("\xed\xa0\x80"));
}

TEST(unwanted_characters_are_escaped)
{
	char text[40];

	EXPECT_STREQ("a\\040b\\073c", format_name_without(text, sizeof(text),
							  "a b;c", " ;"));
}

TEST_HARNESS_MAIN
