// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads of the per-CPU buffers. Files take the place of the buffers. The
 * functions of libtracefs and libtraceevent are replaced in this file.
 *
 * Depends on: nothing.
 */
#define _GNU_SOURCE
#include "kselftest_harness.h"

#include "../userspace/event/subbuffer.c"
#undef HEADER_BYTES
#define take take_event
#define take_record take_event_record
#include "../userspace/record/stream.c"
#undef take
#undef take_record

#define PAGE 4096
#define PAGES 4

static int open_error;

int tracefs_instance_file_open(struct tracefs_instance *instance,
			       const char *file, int mode)
{
	(void)instance;
	(void)file;
	errno = open_error;
	return open_error ? -1 : open("/dev/zero", mode);
}

int tracefs_instance_file_read_number(struct tracefs_instance *instance,
				      const char *file, long long *number)
{
	(void)instance;
	(void)file;
	*number = PAGES * PAGE / 1024;
	return 0;
}

int tep_get_sub_buffer_size(struct tep_handle *tep)
{
	(void)tep;
	return PAGE;
}

int decode(const struct decoder *decoder, const struct tep_record *record,
	   struct event *event)
{
	(void)decoder;
	(void)record;
	(void)event;
	return 0;
}

static int visit(int cpu, const void *page, size_t size, void *data)
{
	size_t *pages = data;

	(void)page;
	pages[cpu] += size == PAGE;
	return 0;
}

/* A read of /dev/zero never ends, like a read of a buffer whose writer is fast. */
TEST(a_fast_writer_does_not_hold_the_reader)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	size_t *pages = calloc(cpus, sizeof(*pages));
	struct decoder decoder = { 0 };
	struct stream stream;

	open_error = 0;
	ASSERT_EQ(0, stream_open(&stream, &decoder, NULL));
	EXPECT_EQ(0, stream_pages(&stream, visit, pages));
	for (long cpu = 0; cpu < cpus; cpu++) {
		EXPECT_LE(PAGES, pages[cpu]);
		EXPECT_GE(2 * PAGES, pages[cpu]);
	}
	stream_close(&stream);
	free(pages);
}

TEST(a_processor_that_is_not_there_has_no_events)
{
	struct decoder decoder = { 0 };
	struct stream stream;

	open_error = ENODEV;
	ASSERT_EQ(0, stream_open(&stream, &decoder, NULL));
	EXPECT_EQ(0, stream_pages(&stream, visit, NULL));
	stream_close(&stream);
}

TEST(a_processor_that_cannot_be_read_is_an_error)
{
	struct decoder decoder = { 0 };
	struct stream stream;

	open_error = EMFILE;
	EXPECT_EQ(-EMFILE, stream_open(&stream, &decoder, NULL));
	open_error = EACCES;
	EXPECT_EQ(-EACCES, stream_open(&stream, &decoder, NULL));
}

TEST(a_read_that_fails_is_an_error)
{
	struct decoder decoder = { 0 };
	struct stream stream;

	open_error = ENODEV;
	ASSERT_EQ(0, stream_open(&stream, &decoder, NULL));
	stream.fds[0] = open("/", O_RDONLY);
	ASSERT_LE(0, stream.fds[0]);
	EXPECT_EQ(-EISDIR, stream_pages(&stream, visit, NULL));
	stream_close(&stream);
}

/* ---- order of events ---- */

static void add(struct stream *stream, __u64 time, __u32 tid)
{
	const struct event event = { .time = time, .tid = tid };

	if (stream_add(stream, &event))
		ksft_exit_fail_msg("no memory\n");
}

/*
 * Return the TID of the next event before the horizon. Return 0 if there is no
 * such event.
 */
static __u32 next(struct stream *stream, __u64 horizon)
{
	const struct event *event = stream_next(stream, horizon);

	return event ? event->tid : 0;
}

TEST(events_come_by_time_and_then_as_they_were_read)
{
	struct decoder decoder = { 0 };
	struct stream stream;

	open_error = ENODEV;
	ASSERT_EQ(0, stream_open(&stream, &decoder, NULL));
	add(&stream, 20, 1);
	add(&stream, 10, 2);
	add(&stream, 10, 3);
	add(&stream, 10, 4);
	ASSERT_EQ(0, stream_drain(&stream));
	EXPECT_EQ(2, next(&stream, 30));
	EXPECT_EQ(3, next(&stream, 30));
	EXPECT_EQ(4, next(&stream, 30));
	EXPECT_EQ(1, next(&stream, 30));
	EXPECT_EQ(0, next(&stream, 30));
	stream_close(&stream);
}

/*
 * An event after the horizon is not returned yet, because an earlier event may
 * still arrive.
 */
TEST(an_event_at_the_horizon_is_there_and_comes_once)
{
	struct decoder decoder = { 0 };
	struct stream stream;

	open_error = ENODEV;
	ASSERT_EQ(0, stream_open(&stream, &decoder, NULL));
	add(&stream, 10, 1);
	add(&stream, 30, 3);
	ASSERT_EQ(0, stream_drain(&stream));
	EXPECT_EQ(0, next(&stream, 9));
	EXPECT_EQ(1, next(&stream, 10));
	EXPECT_EQ(0, next(&stream, 29));
	add(&stream, 20, 2);
	ASSERT_EQ(0, stream_drain(&stream));
	EXPECT_EQ(2, next(&stream, 30));
	EXPECT_EQ(3, next(&stream, 30));
	EXPECT_EQ(0, next(&stream, ~0ULL));
	ASSERT_EQ(0, stream_drain(&stream));
	EXPECT_EQ(0, next(&stream, ~0ULL));
	stream_close(&stream);
}

/* ---- records of a page ---- */

#define HEAD 16	/* size of a page's header in bytes */

/*
 * Types of records. The type is in the first word of a record. A type from 1 to
 * 28 is also the length of the data in words.
 */
enum { LONG_RECORD, PADDING_RECORD = 29, EXTENDED_TIME, ABSOLUTE_TIME };

static __u32 first_word(unsigned int type, __u32 delta)
{
	return delta << 5 | type;
}

/* Write a page that begins at @time. Return the size of the page in bytes. */
static size_t write_page(char *bytes, __u64 time, const __u32 *words,
			 size_t count)
{
	const __u64 header[] = { time, count * sizeof(*words) };

	memcpy(bytes, header, HEAD);
	memcpy(bytes + HEAD, words, header[1]);
	return HEAD + header[1];
}

/*
 * Return the time of the next record if the record begins with @word.
 * Otherwise, return 0.
 */
static __u64 time_of(struct page *page, __u32 word)
{
	struct page_record record;
	int ret = page_next(page, &record);

	return ret == 1 && !memcmp(record.data, &word, sizeof(word)) ?
	       record.time : 0;
}

TEST(records_of_each_type_are_passed_at_their_times)
{
	const __u64 begin = (1ULL << 59) + 1000;
	const __u32 words[] = {
		first_word(1, 1), 11,
		first_word(PADDING_RECORD, 10), 3 * sizeof(__u32), 0, 0,
		first_word(LONG_RECORD, 100), 3 * sizeof(__u32), 22, 22,
		first_word(EXTENDED_TIME, 7), 1,
		first_word(1, 0), 33,
		first_word(ABSOLUTE_TIME, 5), 2,
		first_word(1, 1), 44,
		first_word(PADDING_RECORD, 0), 0,
		first_word(1, 1), 55,
	};
	char bytes[HEAD + sizeof(words)];
	struct page_record none;
	struct page page;

	ASSERT_EQ(0, page_open(&page, bytes,
			       write_page(bytes, begin, words,
					  ARRAY_SIZE(words))));
	EXPECT_EQ(begin + 1, time_of(&page, 11));
	EXPECT_EQ(begin + 111, time_of(&page, 22));
	EXPECT_EQ(begin + 118 + (1ULL << 27), time_of(&page, 33));
	EXPECT_EQ((1ULL << 59) + (2ULL << 27) + 6, time_of(&page, 44));
	/* Padding without a time marks the end of the page. */
	EXPECT_EQ(0, page_next(&page, &none));
}

TEST_HARNESS_MAIN
