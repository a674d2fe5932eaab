// SPDX-License-Identifier: GPL-2.0-only
/*
 * The texts in which a kernel describes its events: those of this one are taken,
 * what is damaged never gets to libtraceevent, whose functions these here are.
 *
 * Depends on: nothing.
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"

#include "../userspace/format_text.c"

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

TEST_F(format, sane_one_is_taken)
{
	EXPECT_EQ(0, take(self));
	EXPECT_EQ(1, parsed);
}

/* Also those that are no text at all. */
TEST_F(format, damaged_ones_are_not_parsed)
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

TEST_F(format, those_of_this_kernel_are_taken)
{
	glob_t found;

	if (access(EVENTS "header_page", R_OK))
		SKIP(return, "tracefs is not mounted, or not for us");
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

TEST_HARNESS_MAIN
