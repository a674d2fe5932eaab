// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of the ring buffer, as formats describe them that no kernel has: numbers
 * of any width, texts after the end.
 *
 * Depends on: nothing.
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"

#include <event-parse.h>

#include "../userspace/names.c"
#include "../userspace/event.c"
#include "../userspace/decode.c"

#define COMMON	8	/* bytes of the fields that all events have */
#define KIND	MMAPDEMO_EVENT_DO_MMAP
#define ROOM	4096

FIXTURE(decode)
{
	struct tep_handle *tep;
	struct decoder *decoder;
	struct tep_record record;
	struct event event;
	char *data;
};

FIXTURE_SETUP(decode)
{
	self->tep = tep_alloc();
	self->decoder = calloc(1, sizeof(*self->decoder));
	self->data = calloc(1, ROOM);
	ASSERT_TRUE(self->tep && self->decoder && self->data);
	self->record.data = self->data;
	self->record.size = ROOM;
	memset(self->data + COMMON, 0xff, ROOM - COMMON);
	self->data[0] = KIND + 1;
	self->data[4] = 123;
}

FIXTURE_TEARDOWN(decode)
{
	tep_free(self->tep);
	free(self->decoder);
	free(self->data);
}

static size_t put_field(FILE *out, const struct field *field, size_t at,
			const char *type, const char *text)
{
	const bool is_text = field->type == FIELD_TEXT;
	const size_t size = !is_text ? strstr(type, "long") ? 8 : 4 :
			    *text ? 4 : field->size;
	char array[16] = "";

	if (is_text && !*text)
		snprintf(array, sizeof(array), "[%zu]", field->size);
	fprintf(out, "\tfield:%s %s%s;\toffset:%zu;\tsize:%zu;\tsigned:%d;\n",
		!is_text ? type : *text ? text : "char", field->name, array,
		at, size, !is_text && type[0] != 'u');
	return at + size;
}

/* All numbers are of @type; texts are arrays, or of type @text. 0 or -errno. */
static int describe(FIXTURE_DATA(decode) *self, const char *type,
		    const char *text)
{
	const struct field *field;
	char *format;
	size_t size, at;
	FILE *out;

	for (int kind = 0; kind < EVENT_FLUSH; kind++) {
		out = open_memstream(&format, &size);
		fprintf(out, "name: %s\nID: %d\nformat:\n"
			"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
			"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n",
			event_layouts[kind].name, kind + 1);
		field = event_layouts[kind].fields;
		for (at = COMMON; field->name; field++)
			at = put_field(out, field, at, type, text);
		fprintf(out, "\nprint fmt: \"\"\n");
		fclose(out);
		tep_parse_event(self->tep, format, size,
				event_layouts[kind].system);
		free(format);
	}
	return decoder_init(self->decoder, self->tep, 0);
}

static int decode_it(FIXTURE_DATA(decode) *self)
{
	return decode(self->decoder, &self->record, &self->event);
}

TEST_F(decode, signed_numbers_stay_negative)
{
	ASSERT_EQ(0, describe(self, "int", ""));
	ASSERT_EQ(1, decode_it(self));
	EXPECT_EQ(KIND, self->event.kind);
	EXPECT_EQ(123, self->event.tid);
	EXPECT_EQ(-1, (long)self->event.mmap.ret);
	EXPECT_EQ(~0U, self->event.mmap.mm);
}

TEST_F(decode, unsigned_numbers_stay_positive)
{
	ASSERT_EQ(0, describe(self, "unsigned int", ""));
	ASSERT_EQ(1, decode_it(self));
	EXPECT_EQ(0xffffffffUL, self->event.mmap.ret);
	EXPECT_EQ(~0U, self->event.mmap.mm);
}

TEST_F(decode, wide_numbers_are_cut)
{
	ASSERT_EQ(0, describe(self, "long long", ""));
	ASSERT_EQ(1, decode_it(self));
	EXPECT_EQ(-1, (long)self->event.mmap.ret);
	EXPECT_EQ(~0U, self->event.mmap.mm);
}

/* Whatever is cut off: a number, or a part of a text. */
TEST_F(decode, a_short_record_is_none)
{
	const struct field *field = event_layouts[KIND].fields;
	int whole = COMMON;

	ASSERT_EQ(0, describe(self, "unsigned int", ""));
	for (; field->name; field++)
		whole += field->type == FIELD_TEXT ? (int)field->size : 4;
	for (int size = 0; size < whole; size++) {
		self->record.size = size;
		EXPECT_EQ(-EPROTO, decode_it(self));
	}
	self->record.size = whole;
	EXPECT_EQ(1, decode_it(self));
}

/* __data_loc: length << 16 | offset; all ones are after the end. */
TEST_F(decode, a_text_after_the_end_is_none)
{
	size_t where = COMMON;
	const struct field *field = event_layouts[KIND].fields;
	__u32 loc = 3 << 16 | 2000;

	ASSERT_EQ(0, describe(self, "unsigned int", "__data_loc char[]"));
	EXPECT_EQ(-EPROTO, decode_it(self));
	for (; field->type != FIELD_TEXT; field++)
		where += 4;
	memcpy(self->data + where, &loc, sizeof(loc));
	memcpy(self->data + 2000, "ab", 3);
	EXPECT_EQ(1, decode_it(self));
	EXPECT_STREQ("ab", self->event.mmap.name);
	self->record.size = 2002;
	EXPECT_EQ(-EPROTO, decode_it(self));
}

TEST_F(decode, an_unknown_record_is_left_out)
{
	ASSERT_EQ(0, describe(self, "unsigned int", ""));
	self->data[0] = self->data[1] = 0xff;
	EXPECT_EQ(0, decode_it(self));
}

TEST_HARNESS_MAIN
