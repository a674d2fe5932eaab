// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decoding of records in formats that no kernel uses. The formats have numbers
 * of any width, and texts that lie past the end of the record.
 *
 * Depends on: nothing.
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"

#include <event-parse.h>

#include "../userspace/event/names.c"
#include "../userspace/event/event.c"
#include "../userspace/event/decode.c"

#define COMMON	8	/* size in bytes of the fields that all events have */
#define KIND	MMAPDEMO_EVENT_DO_MMAP
#define ROOM	4096

/* The events of the newest module. */
#define NEWEST	(EVENTS_MODULE | EVENTS_WAITS | EVENTS_BATCH | \
		 EVENT_BIT(MMAPDEMO_EVENT_FAULT_SIGNAL))

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

/*
 * Begin the description of a format with the lines that are the same for all
 * formats.
 */
static FILE *begin_format(char **format, size_t *size, const char *name,
			  int id)
{
	FILE *out = open_memstream(format, size);

	fprintf(out, "name: %s\nID: %d\nformat:\n"
		"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
		"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n",
		name, id);
	return out;
}

static const char *without;	/* name of a field to leave out of the formats */
static bool older;	/* leave out the events that older modules lack */

static void describe_kind(FIXTURE_DATA(decode) *self, int kind,
			  const char *type, const char *text)
{
	const struct event_layout *layout = &event_layouts[kind];
	char *format;
	size_t size, at = COMMON;
	FILE *out = begin_format(&format, &size, layout->name, kind + 1);

	for (const struct field *field = layout->fields; field->name; field++) {
		if (!without || strcmp(without, field->name))
			at = put_field(out, field, at, type, text);
	}
	fprintf(out, "\nprint fmt: \"\"\n");
	fclose(out);
	tep_parse_event(self->tep, format, size, layout->system);
	free(format);
}

/*
 * Describe the formats of all events. Numbers have the type @type. Texts have the
 * type @text, or are arrays if @text is "". Return 0 or -errno.
 */
static int describe(FIXTURE_DATA(decode) *self, const char *type,
		    const char *text)
{
	for (int kind = 0; kind < EVENT_FLUSH; kind++) {
		if (!older || event_wanted(0, kind))
			describe_kind(self, kind, type, text);
	}
	return decoder_init(self->decoder, self->tep, 0);
}

/*
 * Return the offset of the first text of an event. All numbers before it must
 * have 4 bytes.
 */
static size_t place_of_text(int kind)
{
	const struct field *field = event_layouts[kind].fields;
	size_t at = COMMON;

	for (; field->type != FIELD_TEXT; field++)
		at += 4;
	return at;
}

#define STACK_ID 200

/*
 * Describe the format of records with a call stack of @bytes bytes. Return 0 or
 * -errno.
 */
static int describe_stack(FIXTURE_DATA(decode) *self, size_t bytes)
{
	char *format;
	size_t size;
	FILE *out = begin_format(&format, &size, "user_stack", STACK_ID);

	fprintf(out, "\tfield:unsigned int tgid;\toffset:8;\tsize:4;\tsigned:0;\n"
		"\tfield:unsigned long caller[%zu];\toffset:16;\tsize:%zu;\tsigned:0;\n"
		"\nprint fmt: \"\"\n", bytes / 8, bytes);
	fclose(out);
	tep_parse_event(self->tep, format, size, "ftrace");
	free(format);
	return describe(self, "unsigned int", "");
}

static int decode_it(FIXTURE_DATA(decode) *self)
{
	return decode(self->decoder, &self->record, &self->event);
}

TEST_F(decode, a_field_that_older_modules_lack_is_zero)
{
	without = "caller";
	ASSERT_EQ(0, describe(self, "unsigned int", ""));
	self->data[0] = MMAPDEMO_EVENT_VMA_LINK + 1;
	memset(&self->event, 0xff, sizeof(self->event));
	ASSERT_EQ(1, decode_it(self));
	EXPECT_EQ(0U, self->event.link.caller);
	EXPECT_EQ(~0U, self->event.link.trigger);
}

TEST_F(decode, no_other_field_may_be_missing)
{
	without = "cut";
	EXPECT_EQ(-ENOENT, describe(self, "unsigned int", ""));
	EXPECT_STREQ("vma_split.cut", self->decoder->missing);
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

TEST_F(decode, wide_numbers_are_truncated)
{
	ASSERT_EQ(0, describe(self, "long long", ""));
	ASSERT_EQ(1, decode_it(self));
	EXPECT_EQ(-1, (long)self->event.mmap.ret);
	EXPECT_EQ(~0U, self->event.mmap.mm);
}

/* In this test, the record ends inside a number or inside a text. */
TEST_F(decode, a_short_record_is_no_event)
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

/*
 * __data_loc contains length << 16 | offset. If all bits are set, this range
 * lies past the end of the record.
 */
TEST_F(decode, a_text_after_the_end_is_an_error)
{
	size_t where = place_of_text(KIND);
	__u32 loc = 3 << 16 | 2000;

	ASSERT_EQ(0, describe(self, "unsigned int", "__data_loc char[]"));
	EXPECT_EQ(-EPROTO, decode_it(self));
	memcpy(self->data + where, &loc, sizeof(loc));
	memcpy(self->data + 2000, "ab", 3);
	EXPECT_EQ(1, decode_it(self));
	EXPECT_STREQ("ab", self->event.mmap.name);
	self->record.size = 2002;
	EXPECT_EQ(-EPROTO, decode_it(self));
}

/*
 * A text ends after its length, even without a NUL. Later bytes are not part of
 * the text.
 */
TEST_F(decode, a_text_is_as_long_as_its_length_says)
{
	__u32 loc = 2 << 16 | 2000;

	ASSERT_EQ(0, describe(self, "unsigned int", "__data_loc char[]"));
	memcpy(self->data + place_of_text(KIND), &loc, sizeof(loc));
	memcpy(self->data + 2000, "abcd", 5);
	ASSERT_EQ(1, decode_it(self));
	EXPECT_STREQ("ab", self->event.mmap.name);
}

TEST_F(decode, a_long_text_is_truncated)
{
	const size_t room = sizeof(self->event.mmap.name);
	__u32 loc = 2000 << 16 | 2000;

	ASSERT_EQ(0, describe(self, "unsigned int", "__data_loc char[]"));
	memcpy(self->data + place_of_text(KIND), &loc, sizeof(loc));
	memset(self->data + 2000, 'x', 2000);
	ASSERT_EQ(1, decode_it(self));
	EXPECT_EQ(room - 1, strlen(self->event.mmap.name));
}

/* __rel_loc contains an offset that counts from the end of the field itself. */
TEST_F(decode, a_text_may_be_after_its_field)
{
	size_t where = place_of_text(KIND);
	__u32 loc = 3 << 16 | 100;

	ASSERT_EQ(0, describe(self, "unsigned int", "__rel_loc char[]"));
	memcpy(self->data + where, &loc, sizeof(loc));
	memcpy(self->data + where + 4 + 100, "ab", 3);
	ASSERT_EQ(1, decode_it(self));
	EXPECT_STREQ("ab", self->event.mmap.name);
}

/* In a damaged recording, a field may lie before the start of the record. */
TEST_F(decode, a_text_before_the_start_is_an_error)
{
	struct tep_format_field *field;

	ASSERT_EQ(0, describe(self, "unsigned int", "__data_loc char[]"));
	field = (void *)self->decoder->bindings[KIND].texts[0].format;
	field->offset = -4;
	self->record.data = self->data + 16;
	memset(self->data, 0, 16);
	self->data[16] = KIND + 1;
	self->data[17] = 0;
	EXPECT_EQ(-EPROTO, decode_it(self));
}

TEST_F(decode, an_event_has_its_CPU_and_no_stack_yet)
{
	ASSERT_EQ(0, describe(self, "unsigned int", ""));
	self->record.cpu = 5;
	self->record.ts = 77;
	self->event.frames = 3;
	ASSERT_EQ(1, decode_it(self));
	EXPECT_EQ(5, self->event.cpu);
	EXPECT_EQ(77, self->event.time);
	EXPECT_EQ(0, self->event.frames);
}

/*
 * Some fields are set by other functions than the decoder. Even these fields
 * must not keep values from the previous call of the decoder.
 */
TEST_F(decode, missing_fields_are_0)
{
	const int kind = EVENT_LEAVE + EVENT_CALL_MADVISE;

	describe_kind(self, kind, "int", "");
	ASSERT_EQ(0, describe(self, "int", ""));
	memset(&self->event, 0xff, sizeof(self->event));
	self->data[0] = kind + 1;
	ASSERT_EQ(1, decode_it(self));
	EXPECT_EQ(-1, (long)self->event.call.ret);
	EXPECT_EQ(0, self->event.call.args[0]);
	EXPECT_EQ(0, self->event.call.duration);
}

TEST_F(decode, optional_events_are_known_if_present)
{
	ASSERT_EQ(0, describe(self, "unsigned int", ""));
	EXPECT_TRUE(decoder_knows(self->decoder, KIND));
	EXPECT_FALSE(decoder_knows(self->decoder, EVENT_FLUSH));
	EXPECT_EQ(NEWEST, decoder_kinds(self->decoder));
	describe_kind(self, EVENT_FLUSH, "unsigned int", "");
	ASSERT_EQ(0, decoder_more(self->decoder));
	EXPECT_TRUE(decoder_knows(self->decoder, EVENT_FLUSH));
	EXPECT_EQ(NEWEST | EVENT_BIT(EVENT_FLUSH), decoder_kinds(self->decoder));
}

TEST_F(decode, older_modules_lack_the_events_about_waits)
{
	older = true;
	EXPECT_EQ(0, describe(self, "unsigned int", ""));
	older = false;
	EXPECT_EQ(EVENTS_MODULE, decoder_kinds(self->decoder));
	EXPECT_FALSE(decoder_knows(self->decoder, MMAPDEMO_EVENT_FAULT_TIME));
}

/* 33 kinds need more than 32 bits. */
TEST_F(decode, the_last_kind_is_known)
{
	ASSERT_EQ(0, describe(self, "unsigned int", ""));
	describe_kind(self, EVENT_KINDS - 1, "int", "");
	ASSERT_EQ(0, decoder_more(self->decoder));
	EXPECT_EQ(NEWEST | EVENT_BIT(EVENT_KINDS - 1),
		  decoder_kinds(self->decoder));
	EXPECT_EQ(1, EVENTS_CALL(EVENT_CALL_MADVISE) >> (EVENT_KINDS - 1));
}

/* ---- call stacks ---- */

/* Decode the next record of thread 123, which is a call stack of @frames frames. */
static int decode_frames(FIXTURE_DATA(decode) *self, int frames)
{
	const __u64 end = 0;

	self->data[0] = (char)STACK_ID;
	for (__u64 frame = 1; frame <= (__u64)frames; frame++)
		memcpy(self->data + 8 + 8 * frame, &frame, sizeof(frame));
	memcpy(self->data + 16 + 8 * frames, &end, sizeof(end));
	return decode_stack(self->decoder, &self->record, &self->event);
}

TEST_F(decode, a_stack_belongs_to_the_previous_event)
{
	ASSERT_EQ(0, describe_stack(self, 64));
	ASSERT_EQ(1, decode_it(self));
	EXPECT_EQ(0, decode_stack(self->decoder, &self->record, &self->event));
	ASSERT_EQ(1, decode_frames(self, 3));
	ASSERT_EQ(3, self->event.frames);
	EXPECT_EQ(1, self->event.stack[0]);
	EXPECT_EQ(3, self->event.stack[2]);
}

TEST_F(decode, a_stack_of_another_thread_is_ignored)
{
	ASSERT_EQ(0, describe_stack(self, 64));
	ASSERT_EQ(1, decode_it(self));
	self->event.tid++;
	EXPECT_EQ(0, decode_frames(self, 3));
	EXPECT_EQ(0, self->event.frames);
}

TEST_F(decode, a_short_stack_keeps_all_frames)
{
	ASSERT_EQ(0, describe_stack(self, 8 * EVENT_FRAMES_MAX));
	ASSERT_EQ(1, decode_it(self));
	ASSERT_EQ(1, decode_frames(self, EVENT_FRAMES_MAX));
	ASSERT_EQ(EVENT_FRAMES_MAX, self->event.frames);
	EXPECT_EQ(EVENT_FRAMES_MAX, self->event.stack[EVENT_FRAMES_MAX - 1]);
}

/* If there are too many frames, only the innermost frames are kept. */
TEST_F(decode, a_deep_stack_is_truncated)
{
	ASSERT_EQ(0, describe_stack(self, 8 * (EVENT_FRAMES_MAX + 2)));
	ASSERT_EQ(1, decode_it(self));
	ASSERT_EQ(1, decode_frames(self, EVENT_FRAMES_MAX + 2));
	ASSERT_EQ(EVENT_FRAMES_MAX, self->event.frames);
	EXPECT_EQ(1, self->event.stack[0]);
}

TEST_F(decode, an_unknown_record_is_left_out)
{
	ASSERT_EQ(0, describe(self, "unsigned int", ""));
	self->data[0] = self->data[1] = 0xff;
	EXPECT_EQ(0, decode_it(self));
}

TEST_HARNESS_MAIN
