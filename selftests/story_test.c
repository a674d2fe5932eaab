// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts of the program that need no running system. The tests check how
 * events change the maps, and which text is printed for the events. The tests
 * require neither the module nor root.
 *
 * Depends on: nothing.
 */
#define _GNU_SOURCE
#include <signal.h>

#include "kselftest_harness.h"

#include "story_parts.h"
#include "../userspace/base/hexdump.c"

/* ---- numbers and names ---- */

TEST(sizes_are_parsed)
{
	__u64 n = 0xcc;

	EXPECT_EQ(0, parse_size("4097", &n));
	EXPECT_EQ(4097U, n);
	EXPECT_EQ(0, parse_size("0x1000", &n));
	EXPECT_EQ(0x1000U, n);
	EXPECT_EQ(0, parse_size("3G", &n));
	EXPECT_EQ(3ULL << 30, n);
	EXPECT_EQ(0, parse_size("0xfk", &n));
	EXPECT_EQ(15U << 10, n);
	EXPECT_EQ(0, parse_size("0xffffffffffffffff", &n));
	EXPECT_EQ(~0ULL, n);
}

TEST(nonsense_is_no_size)
{
	static const char *const wrong[] = {
		"", "-1", "+1", " 1", "K", "1KB", "1.5M", "0x", "4096 "
	};
	size_t at;
	__u64 n;

	for (at = 0; at < ARRAY_SIZE(wrong); at++)
		EXPECT_EQ(-EINVAL, parse_size(wrong[at], &n))
			TH_LOG("accepted: number %zu", at);
	EXPECT_EQ(-ERANGE, parse_size("99999999999999999999", &n));
	EXPECT_EQ(-ERANGE, parse_size("16E", &n));
}

TEST(buffers_have_a_page_to_a_tebibyte)
{
	__u64 n;

	EXPECT_EQ(0, parse_buffer("4096", &n));
	EXPECT_EQ(4096U, n);
	EXPECT_EQ(0, parse_buffer("1T", &n));
	EXPECT_EQ(1ULL << 40, n);
	EXPECT_EQ(-EINVAL, parse_buffer("4095", &n));
	EXPECT_EQ(-EINVAL, parse_buffer("1099511627777", &n));
	EXPECT_EQ(-EINVAL, parse_buffer("4096x", &n));
}

TEST(seconds_are_parsed)
{
	static const char *const none[] = {
		"", "0", "0.009", "-1", "1s", "nan", "inf", "1000001"
	};
	int ms = 0;
	size_t i;

	EXPECT_EQ(0, parse_seconds("0.01", &ms));
	EXPECT_EQ(10, ms);
	EXPECT_EQ(0, parse_seconds("1000000", &ms));
	EXPECT_EQ(1000000000, ms);
	for (i = 0; i < ARRAY_SIZE(none); i++)
		EXPECT_EQ(-EINVAL, parse_seconds(none[i], &ms))
			TH_LOG("accepted: number %zu", i);
}

TEST(counts_and_addresses_are_parsed)
{
	static const char *const none[] = { "", "0", "-1", "1x", "4294967297" };
	const char *end;
	__u64 address;
	int count;

	EXPECT_EQ(0, parse_count("4711", &count));
	EXPECT_EQ(4711, count);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		EXPECT_NE(0, parse_count(none[i], &count));
	EXPECT_EQ(0, parse_address("0x7f00-8", &end, &address));
	EXPECT_EQ(0x7f00, address);
	EXPECT_STREQ("-8", end);
	EXPECT_NE(0, parse_address("", &end, &address));
	EXPECT_NE(0, parse_address("-8", &end, &address));
	EXPECT_NE(0, parse_address("10000000000000000", &end, &address));
}

TEST(sizes_and_durations_are_readable)
{
	char text[FORMAT_MAX];

	EXPECT_STREQ("6 bytes", format_size(text, 6));
	EXPECT_STREQ("4 KiB", format_size(text, 4096));
	EXPECT_STREQ("1.9 MiB", format_size(text, 1970000));
	EXPECT_STREQ("16 EiB", format_size(text, ~0ULL));
	EXPECT_STREQ("999 ns", format_duration(text, 999, "u"));
	EXPECT_STREQ("11.2 us", format_duration(text, 11200, "u"));
	EXPECT_STREQ("1.0 ms", format_duration(text, 1000000, "u"));
	EXPECT_STREQ("3.0 ms", format_duration(text, 3000000, "u"));
	EXPECT_STREQ("2.50 s", format_duration(text, 2500000000, "u"));
}

TEST(names_can_not_harm_a_terminal)
{
	char text[13];

	EXPECT_STREQ("a\\033[31m",
		     format_name(text, sizeof(text), "a\033[31m"));
	EXPECT_STREQ("\\177\\012x",
		     format_name(text, sizeof(text), "\177\nxxxx"));
}

TEST(unwanted_characters_are_numbers)
{
	char text[20];

	EXPECT_STREQ("a\\073b c", format_name_without(text, sizeof(text),
						      "a;b c", ";"));
}

/*
 * The characters are the first and the last UTF-8 character of each length.
 * Also test invalid sequences.
 */
TEST(characters_are_recognized)
{
	static const char *const letters[] = {
		"\xc2\xa0", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
		"\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf",
	};
	static const char *const none[] = {
		"\x80", "\xc0\xaf", "\xc2", "\xc2\x9f", "\xe0\x9f\xbf",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(letters); i++)
		EXPECT_TRUE(format_is_utf8(letters[i]))
			TH_LOG("refused: number %zu", i);
	for (i = 0; i < ARRAY_SIZE(none); i++)
		EXPECT_FALSE(format_is_utf8(none[i]))
			TH_LOG("accepted: number %zu", i);
}

TEST(right_aligned_text_keeps_its_distance)
{
	struct style style;
	struct line line;

	style_plain(&style, 20);
	line_begin(&line, &style);
	line_add(&line, PLAIN, "fourteen signs");
	EXPECT_FALSE(line_right(&line, PLAIN, "right", /* force = */ false));
	EXPECT_STREQ("fourteen signs", line.text);
	EXPECT_TRUE(line_right(&line, PLAIN, "four", /* force = */ false));
	EXPECT_STREQ("fourteen signs  four", line.text);
}

TEST(texts_are_shortened_between_letters)
{
	static const char text[] = "größer als der Platz";
	char begin[sizeof(text)], both[sizeof(text)];

	for (int columns = 3; columns <= 20; columns++) {
		strcpy(begin, text);
		strcpy(both, text);
		text_shorten(begin, columns);
		text_shorten_middle(both, columns);
		EXPECT_EQ(columns, text_columns(begin));
		EXPECT_EQ(columns, text_columns(both));
		EXPECT_TRUE(format_is_utf8(begin));
		EXPECT_TRUE(format_is_utf8(both));
	}
	strcpy(both, text);
	text_shorten(both, 5);
	EXPECT_STREQ("grö..", both);
	/* Two columns have no room for a letter and two dots. */
	text_shorten(both, 2);
	EXPECT_STREQ("grö..", both);
	strcpy(both, text);
	text_shorten_middle(both, 6);
	EXPECT_STREQ("gr..tz", both);
}

TEST(chinese_letters_have_two_columns)
{
	char text[] = "映射 mmap";

	EXPECT_EQ(9, text_columns(text));
	EXPECT_EQ(3U, text_bytes(text, 3));
	text_shorten(text, 6);
	EXPECT_STREQ("映射..", text);
}

TEST(no_text_is_cut_in_a_parenthesis)
{
	char text[40];

	strcpy(text, "zero (deleted)");
	text_shorten(text, 12);
	EXPECT_STREQ("zero..", text);
	strcpy(text, "zero (deleted)");
	text_shorten_middle(text, 12);
	EXPECT_STREQ("zero..", text);
	strcpy(text, "ld-linux-x86-64.so.2 (mm 0x1234)");
	text_shorten_middle(text, 22);
	EXPECT_STREQ("ld-linux.. (mm 0x1234)", text);
}

TEST(files_have_titles)
{
	char text[EVENT_NAME_MAX];

	EXPECT_STREQ("shared anonymous memory",
		     format_file(text, sizeof(text), "/dev/zero (deleted)"));
	EXPECT_STREQ("zero (deleted)",
		     format_file(text, sizeof(text), "/tmp/zero (deleted)"));
	EXPECT_STREQ("zero", format_file(text, sizeof(text), "/dev/zero"));
	EXPECT_STREQ("libc.so.6",
		     format_file(text, sizeof(text), "/usr/lib/libc.so.6"));
	EXPECT_STREQ("seven (deleted)",
		     format_file(text, 20, "/tmp/seven (deleted)"));
	EXPECT_STREQ("a-longer-name",
		     format_file(text, 20, "/tmp/a-longer-name (deleted)"));
}

TEST(hexdump_is_that_of_hexdump_C)
{
	struct hexdump dump;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ASSERT_NE(NULL, out);
	hexdump_begin(&dump, 0x1ff0);
	hexdump_put(&dump, out, "0123456789", 10);
	hexdump_put(&dump, out, "abcdef\n\xff", 8);
	hexdump_end(&dump, out);
	fclose(out);
	EXPECT_STREQ("00001ff0  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 "
		     "66  |0123456789abcdef|\n"
		     "00002000  0a ff                                          "
		     "   |..|\n"
		     "00002002\n", text);
	free(text);
}

/* ---- maps ---- */

FIXTURE(maps) {
	struct maps maps;
};

FIXTURE_SETUP(maps)
{
	struct mapping mapping = {
		.start = 0x10000, .end = 0x20000, .offset = 0x1000,
		.ino = 7, .dev = 1, .name = "file",
	};

	memset(&self->maps, 0, sizeof(self->maps));
	ASSERT_EQ(0, maps_set(&self->maps, &mapping));
}

FIXTURE_TEARDOWN(maps)
{
	maps_free(&self->maps);
}

static int put_range(struct maps *maps, __u64 start, __u64 end)
{
	struct mapping mapping = { .start = start, .end = end, .ino = 8 };

	return maps_set(maps, &mapping);
}

static size_t count_maps(const struct maps *maps)
{
	const struct mapping *mapping = maps_after(maps, 0);
	size_t count = 0;

	for (; mapping; mapping = maps_after(maps, mapping->end))
		count++;
	return count;
}

/* Return the mapping with this index. */
static const struct mapping *nth(const struct maps *maps, size_t number)
{
	const struct mapping *mapping = maps_after(maps, 0);

	while (mapping && number--)
		mapping = maps_after(maps, mapping->end);
	return mapping;
}

TEST_F(maps, find_knows_the_borders)
{
	EXPECT_EQ(NULL, maps_find(&self->maps, 0xffff));
	EXPECT_NE(NULL, maps_find(&self->maps, 0x10000));
	EXPECT_NE(NULL, maps_find(&self->maps, 0x1ffff));
	EXPECT_EQ(NULL, maps_find(&self->maps, 0x20000));
}

/*
 *   [----------------]
 * + [      ####      ]
 * = [    ][####][    ]
 */
TEST_F(maps, a_hole_splits)
{
	ASSERT_EQ(0, put_range(&self->maps, 0x14000, 0x15000));
	ASSERT_EQ(3U, count_maps(&self->maps));
	EXPECT_EQ(0x14000U, nth(&self->maps, 0)->end);
	EXPECT_EQ(8U, nth(&self->maps, 1)->ino);
	EXPECT_EQ(0x15000U, nth(&self->maps, 2)->start);
	EXPECT_EQ(0x20000U, nth(&self->maps, 2)->end);
	EXPECT_EQ(0x6000U, nth(&self->maps, 2)->offset);
	EXPECT_EQ(0x1000U, nth(&self->maps, 0)->offset);
}

/*
 *       [--------]
 * + [######]  [######]
 */
TEST_F(maps, borders_are_cut)
{
	ASSERT_EQ(0, put_range(&self->maps, 0xf000, 0x11000));
	ASSERT_EQ(0, put_range(&self->maps, 0x1f000, 0x21000));
	ASSERT_EQ(3U, count_maps(&self->maps));
	EXPECT_EQ(0x11000U, nth(&self->maps, 1)->start);
	EXPECT_EQ(0x1f000U, nth(&self->maps, 1)->end);
	EXPECT_EQ(0x2000U, nth(&self->maps, 1)->offset);
}

TEST_F(maps, a_covered_mapping_is_removed)
{
	ASSERT_EQ(0, put_range(&self->maps, 0x14000, 0x15000));
	ASSERT_EQ(0, put_range(&self->maps, 0x16000, 0x17000));
	ASSERT_EQ(0, put_range(&self->maps, 0x1000, 0x100000));
	EXPECT_EQ(1U, count_maps(&self->maps));
	ASSERT_EQ(0, put_range(&self->maps, 0x5000, 0x5000));
	EXPECT_EQ(1U, count_maps(&self->maps));
}

TEST_F(maps, many_stay_sorted)
{
	const struct mapping *known, *next;

	for (__u64 i = 997; i--;)
		ASSERT_EQ(0, put_range(&self->maps, 0x100000 + (i * 31 % 997) *
				       0x2000, 0x101000 + (i * 31 % 997) *
				       0x2000));
	ASSERT_EQ(998U, count_maps(&self->maps));
	known = maps_after(&self->maps, 0);
	for (; (next = maps_after(&self->maps, known->end)); known = next)
		ASSERT_LE(known->end, next->start);
}

/* An array of mapped pages, with which the test compares the tree of mappings. */
#define MODEL_PAGES 512

struct model {
	__u8 mapped[MODEL_PAGES];
};

static void model_put(struct model *model, struct maps *maps, __u64 start,
		      __u64 end, bool set)
{
	for (__u64 at = start; at < end; at++)
		model->mapped[at] = set;
	if (set)
		put_range(maps, start, end);
	else
		maps_clear(maps, start, end);
}

static bool is_like(const struct maps *maps, const struct model *model)
{
	__u64 end = 0;

	for (__u64 at = 0; at < MODEL_PAGES; at++)
		if (!!maps_find(maps, at) != model->mapped[at])
			return false;
	for (size_t i = 0; nth(maps, i); i++) {
		if (nth(maps, i)->start < end)
			return false;
		end = nth(maps, i)->end;
	}
	return true;
}

/* Copies share data. A change to one copy must not affect another copy. */
TEST_F(maps, copies_are_apart)
{
	static struct model models[3];
	struct maps copies[3] = { 0 };
	__u32 random = 1;

	for (int i = 0; i < 3000; i++) {
		__u32 a = random % 3, b = random / 3 % 3;
		__u64 start = random / 9 % (MODEL_PAGES - 16);

		random = random * 1103515245 + 12345;
		if (random >> 28 == 0 && a != b) {
			maps_free(&copies[a]);
			maps_copy(&copies[a], &copies[b]);
			models[a] = models[b];
		}
		model_put(&models[a], &copies[a], start,
			  start + 1 + (random >> 20) % 15, random >> 31);
		for (int n = 0; n < 3; n++)
			ASSERT_TRUE(is_like(&copies[n], &models[n]));
	}
	for (int n = 0; n < 3; n++)
		maps_free(&copies[n]);
}

/*
 * Ranges that are mapped upwards, and unmapped from the lowest one on, must not
 * turn the tree into a list.
 */
TEST_F(maps, trees_stay_flat)
{
	for (__u64 i = 0; i < 4096; i++)
		ASSERT_EQ(0, put_range(&self->maps, (0x100 + i) << 12,
				       (0x101 + i) << 12));
	EXPECT_GE(15, self->maps.root->height);
	for (__u64 i = 0; i < 4000; i++)
		ASSERT_EQ(0, maps_clear(&self->maps, 0, (0x101 + i) << 12));
	EXPECT_EQ(96U, count_maps(&self->maps));
	EXPECT_GE(9, self->maps.root->height);
}

TEST_F(maps, a_first_touch_is_asked_for_once)
{
	struct mapping mapping = { .start = 1, .end = 2, .born = 7 };
	struct maps copy;

	ASSERT_EQ(0, maps_set(&self->maps, &mapping));
	maps_copy(&copy, &self->maps);
	EXPECT_EQ(7U, maps_first_touch(&copy, 1));
	EXPECT_EQ(0U, maps_first_touch(&copy, 1));
	EXPECT_EQ(7U, maps_first_touch(&self->maps, 1));
	EXPECT_EQ(0U, maps_first_touch(&self->maps, 3));
	maps_free(&copy);
}

/* ---- lookup by number ---- */

TEST(entries_are_found_by_number)
{
	static int values[1000];
	struct ids ids = { 0 };

	EXPECT_EQ(NULL, ids_find(&ids, 0));
	ids_drop(&ids, 0);
	for (__u32 i = 0; i < 1000; i++)
		ASSERT_EQ(0, ids_set(&ids, i * 1024, &values[i]));
	for (__u32 i = 0; i < 1000; i += 3)
		ids_drop(&ids, i * 1024);
	for (__u32 i = 0; i < 1000; i++)
		EXPECT_EQ(i % 3 ? &values[i] : NULL, ids_find(&ids, i * 1024));
	EXPECT_EQ(666U, ids.count);
	ids_free(&ids);
}

TEST_F(maps, addresses_become_file_offsets)
{
	char text[64];

	EXPECT_STREQ("file+0x1010", maps_format(&self->maps, 0x10010, text,
						sizeof(text)));
	EXPECT_STREQ("", maps_format(&self->maps, 0x20000, text,
				     sizeof(text)));
}

TEST_F(maps, proc_maps_is_understood)
{
	static char proc[] =
		"00400000-00401000 r-xp 00002000 fe:01 1234   /usr/bin/a b\n"
		"00500000-00501000 rw-p 00000000 00:00 0          [heap]\n"
		"00600000-00601000 rw-p 00000000 00:00 0 \n";
	FILE *file = fmemopen(proc, strlen(proc), "r");

	ASSERT_NE(NULL, file);
	ASSERT_EQ(0, maps_parse(&self->maps, file));
	fclose(file);
	EXPECT_EQ(4U, count_maps(&self->maps));
	EXPECT_STREQ("a b", maps_find(&self->maps, 0x400000)->name);
	EXPECT_EQ(0x2000U, maps_find(&self->maps, 0x400fff)->offset);
	EXPECT_EQ(0xfe00001U, maps_find(&self->maps, 0x400000)->dev);
	EXPECT_STREQ("[heap]", maps_find(&self->maps, 0x500000)->name);
	EXPECT_STREQ("", maps_find(&self->maps, 0x600000)->name);
}

TEST_F(maps, other_files_are_refused)
{
	static char proc[] = "this is no map\n";
	FILE *file = fmemopen(proc, strlen(proc), "r");

	ASSERT_NE(NULL, file);
	EXPECT_EQ(-EPROTO, maps_parse(&self->maps, file));
	fclose(file);
}

/* ---- the story ---- */

FIXTURE(story) {
	struct story story;
	char *text;
	size_t size;
	__u64 time;
};

FIXTURE_SETUP(story)
{
	memset(self, 0, sizeof(*self));
	style_plain(&self->story.style, 100);
	self->story.levels = 4;
	self->story.out = open_memstream(&self->text, &self->size);
	ASSERT_NE(NULL, self->story.out);
}

FIXTURE_TEARDOWN(story)
{
	story_free(&self->story);
	fclose(self->story.out);
	free(self->text);
}

#define MM 0x1234U

/*
 * Pass an event to the story. The event happens one millisecond after the
 * previous event.
 */
#define happen(thread, number, ...)					\
	({								\
		struct event event_ = {					\
			.kind = number,					\
			.tid = thread,					\
			.time = self->time += 1000000,			\
			__VA_ARGS__					\
		};							\
		ASSERT_EQ(0, story_event(&self->story, &event_));	\
		fflush(self->story.out);				\
	})

#define printed() (fflush(self->story.out), self->text)

#define EXPECT_PRINTED(part)						\
	EXPECT_NE(NULL, strstr(printed(), part))				\
		TH_LOG("no '%s' in\n%s", part, printed())
#define EXPECT_NOT_PRINTED(part)						\
	EXPECT_EQ(NULL, strstr(printed(), part))				\
		TH_LOG("'%s' in\n%s", part, printed())

/* Map two pages of libc.so.6 at 0x7f0000, beginning with page 2 of the file. */
#define map_libc(thread, space)						\
	({								\
		happen(thread, MMAPDEMO_EVENT_GET_UNMAPPED_AREA,	\
		       .search = { .mm = space, .len = 0x2000,		\
				   .ret = 0x7f0000, .topdown = 1,	\
				   .search = "thp_get_unmapped_area" });\
		happen(thread, MMAPDEMO_EVENT_VMA_MERGE,		\
		       .merge = { .mm = space, .start = 0x7f0000,	\
				  .end = 0x7f2000 });			\
		happen(thread, MMAPDEMO_EVENT_VMA_LINK,			\
		       .link = { .mm = space, .start = 0x7f0000,	\
				 .end = 0x7f2000, .vm_flags = 0x75,	\
				 .pgoff = 2, .ino = 7, .dev = 1,	\
				 .map_count = 5, .name = "libc.so.6" });\
		happen(thread, MMAPDEMO_EVENT_DO_MMAP,			\
		       .mmap = { .mm = space, .len = 0x2000, .prot = 5,	\
				 .flags = MAP_PRIVATE, .pgoff = 2,	\
				 .ino = 7, .dev = 1, .ret = 0x7f0000,	\
				 .duration = 11200, .name = "libc.so.6" }); \
	})

#define fault_libc(thread, space)					\
	happen(thread, MMAPDEMO_EVENT_PTE_FAULT,			\
	       .fault = { .mm = space, .address = 0x7f1010,		\
			  .ip = 0x7f0004, .class = MMAPDEMO_FAULT_READ,	\
			  .before = 0x5, .after = 0x1d, .after_seen = 1,\
			  .filled = 4,					\
			  .entry_after = 0xd, .pfn = 0x621f,		\
			  .duration = 1900, .vma_start = 0x7f0000,	\
			  .vma_end = 0x7f2000, .vm_flags = 0x75,	\
			  .pgoff = 2, .ino = 7, .dev = 1, .nr = -1 })

TEST_F(story, mmap_is_shown_with_its_parts_below)
{
	map_libc(1, MM);
	EXPECT_STREQ(
"    2.989 ms  mmap(NULL, 8 KiB, r-xp, libc.so.6 @ 0x2000) = 7f0000"
"                           11.2 us\n"
"              | get_unmapped_area thp_get_unmapped_area, from the top -> "
"7f0000\n"
"              | vma_merge         none; no VMA is adjacent to the range\n"
"              ` vma_link          7f0000-7f2000 r-xp libc.so.6 @ 0x2000"
"  map_count 5\n", printed());
}

TEST_F(story, fault_is_shown_in_three_lines)
{
	map_libc(1, MM);
	fault_libc(1, MM);
	EXPECT_PRINTED(
"    3.998 ms  fault 0000007f1010  read   libc.so.6+0x3010       by "
"libc.so.6+0x2004           1.9 us\n"
"              do_fault -> do_read_fault: from the page cache, first touch "
"1.0 ms after mmap\n"
"              PGD #  P4D -  PUD #  PMD +  PTE +   pfn 0x621f r-x young, "
"3 more entries filled\n");
}

/* On a terminal, a long text is folded, but never inside a duration. */
TEST_F(story, on_a_terminal_durations_end_at_the_edge)
{
	self->story.style.width = self->story.style.fold = 80;
	happen(1, MMAPDEMO_EVENT_DO_MMAP,
	       .mmap = { .mm = MM, .addr = 0x7f0000000000, .len = 0x2000,
			 .prot = 5, .flags = MAP_PRIVATE | MAP_FIXED,
			 .pgoff = 2, .ino = 7, .dev = 1, .ret = 0x7f0000000000,
			 .duration = 11200, .name = "libc.so.6" });
	EXPECT_STREQ(
"    0.000 ms  mmap(7f0000000000 fixed, 8 KiB, r-xp, libc.so.6 @ 0x2000) =\n"
"                7f0000000000                                             11.2 us\n",
		     printed());
}

TEST_F(story, on_a_terminal_the_instruction_is_not_folded)
{
	self->story.style.width = self->story.style.fold = 80;
	map_libc(1, MM);
	fault_libc(1, MM);
	EXPECT_PRINTED(
"    3.998 ms  fault 0000007f1010  read   libc.so.6+0x3010    by "
"libc.so.6+0x2004\n"
"              do_fault -> do_read_fault: from the page cache, first touch 1.0 ms\n"
"                after mmap                                                1.9 us\n");
}

TEST_F(story, only_the_first_touch_is_the_first)
{
	map_libc(1, MM);
	fault_libc(1, MM);
	fault_libc(1, MM);
	EXPECT_PRINTED("first touch");
	EXPECT_EQ(NULL, strstr(strstr(printed(), "first touch") + 1,
			       "first touch"));
}

TEST_F(story, major_fault_was_read_from_the_disk)
{
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .class = MMAPDEMO_FAULT_READ, .ret = 4,
			  .ino = 7, .retries = 2 });
	EXPECT_PRINTED("do_read_fault: read from the disk (major fault), after 2 "
		       "retries");
	EXPECT_PRINTED("the new entry is unknown, because the address space "
		       "was already unlocked");
}

TEST_F(story, fault_that_was_retried_says_so)
{
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .class = MMAPDEMO_FAULT_READ, .ino = 7,
			  .retries = 1, .duration = 5 });
	EXPECT_PRINTED("from the page cache, after 1 retry");
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("1 read; 1 retried for the page cache; 1 retried\n");
}

/* ---- where the time went ---- */

/* The parts of a fault at 0x7f1010 that takes 20 ms, and the fault. */
#define slow_fault(class_, ...)						\
	({								\
		happen(1, MMAPDEMO_EVENT_FAULT_TIME,			\
		       .slow = { .mm = MM, .address = 0x7f1010,		\
				 .duration = 20000000,			\
				 __VA_ARGS__ });			\
		happen(1, MMAPDEMO_EVENT_PTE_FAULT,			\
		       .fault = { .mm = MM, .address = 0x7f1010,	\
				  .class = class_, .nr = -1,		\
				  .ino = 7, .duration = 20000000 });	\
	})

TEST_F(story, the_largest_part_of_a_fault_comes_first)
{
	self->story.timed = true;
	slow_fault(MMAPDEMO_FAULT_READ, .io = 16400000, .cpu = 3000000,
		   .work = 599000, .reclaim = 900, .sleep = 100,
		   .read_bytes = 36 << 10,
		   .where = "folio_wait_bit_common<filemap_fault<__do_fault",
		   .holder_nr = -1);
	EXPECT_PRINTED(
"              16.4 ms waiting for the disk (36 KiB read) in "
"folio_wait_bit_common<filemap_fault, 3.0 ms waiting for a CPU, 599.0 us work\n");
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("; 1 more waited for the disk\n");
}

/* 900 ns are more than 1 % of this fault, but less than 1 us. */
TEST_F(story, parts_below_a_microsecond_are_left_out)
{
	happen(1, MMAPDEMO_EVENT_FAULT_TIME,
	       .slow = { .mm = MM, .duration = 50000, .cpu = 49100, .work = 900 });
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .duration = 50000, .nr = -1 });
	EXPECT_PRINTED("              49.1 us waiting for a CPU\n");
}

TEST_F(story, brief_faults_have_their_largest_part)
{
	self->story.brief = true;
	slow_fault(MMAPDEMO_FAULT_READ, .io = 16400000, .cpu = 3600000,
		   .read_bytes = 36 << 10, .where = "folio_wait_bit_common",
		   .holder_nr = -1);
	EXPECT_PRINTED("read  16.4 ms waiting for the disk ");
	EXPECT_NOT_PRINTED("CPU");
	EXPECT_NOT_PRINTED("folio");
	slow_fault(MMAPDEMO_FAULT_ANON, .work = 20000000, .lock_before = 29500000,
		   .holder = 177, .holder_nr = SYS_mprotect);
	EXPECT_PRINTED("anon  29.5 ms waiting for mmap_lock before the fault, held "
		       "by 177 in mprotect()");
	slow_fault(MMAPDEMO_FAULT_COW, .work = 15000000, .cpu = 5000000);
	EXPECT_PRINTED("cow ");
	EXPECT_NOT_PRINTED("work");
}

TEST_F(story, a_wait_before_a_fault_has_a_holder)
{
	slow_fault(MMAPDEMO_FAULT_ANON, .work = 184000, .lock_before = 29500000,
		   .sleep = 19816000, .holder = 177, .holder_nr = SYS_mprotect,
		   .where = "handle_userfault");
	EXPECT_PRINTED(
"              29.5 ms waiting for mmap_lock before the fault, held by 177 in "
"mprotect(), 19.8 ms asleep in handle_userfault\n");
}

TEST_F(story, a_holder_is_that_of_the_longer_wait)
{
	slow_fault(MMAPDEMO_FAULT_ANON, .lock = 19000000, .work = 1000000,
		   .lock_before = 3000000, .holder = 178, .holder_nr = 9999);
	EXPECT_PRINTED(
"              19.0 ms waiting for mmap_lock, held by 178 in system call 9999, "
"3.0 ms waiting for mmap_lock before the fault, 1.0 ms work\n");
}

TEST_F(story, parts_can_be_unknown)
{
	slow_fault(MMAPDEMO_FAULT_ANON, .work = -1, .reclaim = -1,
		   .compaction = -1, .reclaim_sleep = -1, .io = -1, .sleep = -1,
		   .lock = -1, .cpu = -1, .lock_before = -1,
		   .holder_nr = -1);
	EXPECT_PRINTED("              where the time went is not known");
	EXPECT_NOT_PRINTED("work");
}

/* The first fault_time event is about a fault whose pte_fault event was lost. */
TEST_F(story, times_are_those_of_their_own_fault)
{
	happen(1, MMAPDEMO_EVENT_FAULT_TIME,
	       .slow = { .mm = MM, .address = 0x7f2000, .duration = 77000000,
			 .io = 77000000 });
	happen(2, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .address = 0x7f2000, .duration = 77000000 });
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .address = 0x7f3000, .duration = 77000000 });
	EXPECT_NOT_PRINTED("waiting");
	slow_fault(MMAPDEMO_FAULT_ANON, .reclaim = 20000000, .reclaimed = 1,
		   .holder_nr = -1);
	EXPECT_PRINTED("20.0 ms reclaiming memory (1 page reclaimed)\n");
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .address = 0x7f1010, .duration = 20000000 });
	EXPECT_EQ(NULL, strstr(strstr(printed(), "reclaiming") + 1, "reclaiming"));
}

TEST_F(story, a_call_says_how_long_it_waited_for_the_lock)
{
	const struct lock_event wait = {
		.mm = MM, .duration = 12000000, .write = 1, .holder = 177,
		.holder_nr = SYS_munmap, .nr = SYS_mmap,
	};

	happen(1, MMAPDEMO_EVENT_MMAP_LOCK_WAIT, .lock = wait);
	happen(1, MMAPDEMO_EVENT_GET_UNMAPPED_AREA,
	       .search = { .mm = MM, .len = 0x2000, .ret = 0x7f0000,
			   .nr = SYS_mmap });
	happen(1, MMAPDEMO_EVENT_DO_MMAP,
	       .mmap = { .mm = MM, .len = 0x2000, .ret = 0x7f0000,
			 .nr = SYS_mmap });
	EXPECT_PRINTED(
"              | mmap_lock_wait    waited 12.0 ms for mmap_lock, held by 177 in "
"munmap()\n"
"              ` get_unmapped_area");
}

TEST_F(story, a_wait_without_a_call_is_shown_alone)
{
	happen(1, MMAPDEMO_EVENT_MMAP_LOCK_WAIT,
	       .lock = { .mm = MM, .duration = 5000, .nr = SYS_madvise });
	happen(1, MMAPDEMO_EVENT_MMAP_LOCK_WAIT,
	       .lock = { .mm = MM, .duration = 6000, .nr = 9999 });
	happen(1, MMAPDEMO_EVENT_MMAP_LOCK_WAIT,
	       .lock = { .mm = MM, .duration = 7000, .nr = -1, .fault = 1 });
	happen(1, MMAPDEMO_EVENT_MMAP_LOCK_WAIT,
	       .lock = { .mm = MM, .duration = 8000, .nr = -1,
			 .trigger = MMAPDEMO_TRIGGER_EXIT });
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("madvise()\n"
"              ` mmap_lock_wait    waited 5.0 us for mmap_lock\n");
	EXPECT_PRINTED("system call 9999\n"
"              ` mmap_lock_wait    waited 6.0 us for mmap_lock\n");
	EXPECT_NOT_PRINTED("7.0 us");
	EXPECT_PRINTED("exit\n"
"              ` mmap_lock_wait    waited 8.0 us for mmap_lock\n");
}

TEST_F(story, unknown_duration_is_no_number)
{
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .class = MMAPDEMO_FAULT_ANON });
	EXPECT_PRINTED("  unknown\n");
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("1 fault took 0 ns: 1 anon; 1 of unknown duration\n");
}

TEST_F(story, huge_page_ends_at_pmd)
{
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .class = MMAPDEMO_FAULT_HUGE_ANON,
			  .access = 1, .before = 0x5, .after = 0xd,
			  .after_seen = 1, .order = 9, .pfn = 0x200,
			  .entry_after = 0x12b });
	EXPECT_PRINTED("PMD +   pfn 0x200 (512 pages) rw- young huge anon\n");
	EXPECT_NOT_PRINTED("PTE");
}

/* A first touch of the 2 MiB at 0x7f000000, in a VMA that begins and ends elsewhere. */
#define first_touch(reason, start, end, ...)				\
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,				\
	       .fault = { .mm = MM, .class = MMAPDEMO_FAULT_ANON,	\
			  .address = 0x7f100000, .vma_start = start,	\
			  .vma_end = end, .after_seen = 1,		\
			  .before = 0x7, .after = 0x1f,			\
			  .huge = MMAPDEMO_HUGE_##reason, __VA_ARGS__ })

TEST_F(story, a_small_page_has_a_reason)
{
	first_touch(NOHUGEPAGE, 0x7f000000, 0x7f200000);
	EXPECT_PRINTED("PTE +  , no huge page: MADV_NOHUGEPAGE\n");
	first_touch(MEMORY, 0x7f000000, 0x7f200000, .folio = 16);
	EXPECT_PRINTED(", no huge page: none was free, folio of 16 pages\n");
	first_touch(SETTING, 0x7f000000, 0x7f200000, .folio = 1);
	EXPECT_PRINTED(", no huge page: setting\n");
}

TEST_F(story, the_range_of_a_huge_page_has_a_distance)
{
	first_touch(RANGE, 0x7f010000, 0x7f400000);
	EXPECT_PRINTED(", no huge page: VMA begins 64 KiB after 2 MiB border\n");
	first_touch(RANGE, 0x7ee00000, 0x7f1ff000);
	EXPECT_PRINTED(", no huge page: VMA ends 4 KiB before 2 MiB border\n");
}

TEST_F(story, a_huge_page_needs_a_large_vma)
{
	first_touch(NOHUGEPAGE, 0x7f000000, 0x7f1ff000);
	first_touch(RANGE, 0x7f000000, 0x7f1ff000);
	first_touch(MAPPED, 0x7f000000, 0x7f200000);
	first_touch(NONE, 0x7f000000, 0x7f200000);
	first_touch(DRIVER, 0x7f000000, 0x7f200000);
	first_touch(REASON_COUNT, 0x7f000000, 0x7f200000);
	EXPECT_NOT_PRINTED("no huge page");
}

TEST_F(story, fifth_level_is_not_folded)
{
	self->story.levels = 5;
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .class = MMAPDEMO_FAULT_WP_COPY,
			  .before = 0x1f, .after = 0x1f, .after_seen = 1,
			  .entry_before = 0x101, .entry_after = 0x103 });
	EXPECT_PRINTED("PGD #  P4D #  PUD #  PMD #  PTE ~");
	EXPECT_PRINTED("a copy: the old page may have had other users");
}

TEST_F(story, call_that_touched_is_named)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .from = MMAPDEMO_FROM_KERNEL,
			  .ip = 0x7f0004, .nr = SYS_read });
	EXPECT_PRINTED("by the kernel for libc.so.6+0x2004 (read)");
	fault_libc(1, MM);
	EXPECT_PRINTED("by libc.so.6+0x2004  ");
}

TEST_F(story, every_class_has_words)
{
	for (__u32 class = 0; class < MMAPDEMO_FAULT_CLASS_COUNT + 2; class++)
		happen(1, MMAPDEMO_EVENT_PTE_FAULT,
		       .fault = { .mm = MM, .class = class });
	EXPECT_NOT_PRINTED("(null)");
	EXPECT_EQ(MMAPDEMO_FAULT_CLASS_COUNT + 2UL, self->story.totals.faults);
}

TEST_F(story, failed_mmap_says_why)
{
	happen(1, MMAPDEMO_EVENT_DO_MMAP,
	       .mmap = { .mm = MM, .len = 1ULL << 50, .prot = 3,
			 .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
			 .ret = -ENOMEM });
	EXPECT_PRINTED("mmap(NULL, 1 PiB, rw-p, anonymous, populate) = ENOMEM "
		       "(Cannot allocate memory)");
}

/*
 * Extend the heap by the system call with this number. Expect that the parts of
 * a system call are printed only when the call ends.
 */
#define EXPECT_HEAP_GROWS(number, kind)					\
	({								\
		happen(1, MMAPDEMO_EVENT_VMA_MERGE,			\
		       .merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_BRK, \
				  .outcome = MMAPDEMO_MERGE_PREV,	\
				  .start = 0x5000, .end = 0x26000,	\
				  .result_start = 0x4000,		\
				  .result_end = 0x26000,		\
				  .nr = number, .trigger = kind });	\
		EXPECT_STREQ("", printed());				\
		happen(1, MMAPDEMO_EVENT_BRK,				\
		       .brk = { .mm = MM, .brk = 0x26000, .old = 0x5000, \
				.ret = 0x26000, .duration = 1000 });	\
		EXPECT_PRINTED("brk(26000): the heap grows by 132 KiB");	\
		EXPECT_PRINTED("` vma_merge         with the VMA below "	\
			       "-> 4000-26000\n");			\
	})

TEST_F(story, brk_is_shown_with_its_parts_below)
{
	happen(1, MMAPDEMO_EVENT_GET_UNMAPPED_AREA,
	       .search = { .mm = MM, .flags = MAP_FIXED, .ret = 0x5000,
			   .nr = SYS_brk });
	EXPECT_HEAP_GROWS(SYS_brk, 0);
	EXPECT_STREQ("[heap]", maps_find(&self->story.world.spaces->maps,
					 0x5000)->name);
}

TEST_F(story, brk_of_a_32_bit_program_is_one_call)
{
	EXPECT_HEAP_GROWS(45, MMAPDEMO_TRIGGER_SYSCALL32);
}

/* The heap may be extended without a system call brk(), for example by exec. */
TEST_F(story, brk_is_shown_without_an_end)
{
	happen(1, MMAPDEMO_EVENT_VMA_MERGE,
	       .merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_BRK,
			  .outcome = MMAPDEMO_MERGE_PREV, .start = 0x5000,
			  .end = 0x26000, .trigger = MMAPDEMO_TRIGGER_EXEC,
			  .nr = SYS_execve });
	EXPECT_PRINTED("brk(26000): the heap grows by 132 KiB\n");
}

TEST_F(story, brk_that_is_refused_says_where_the_heap_ends)
{
	happen(1, MMAPDEMO_EVENT_BRK, .brk = { .mm = MM, .ret = 0x5000,
					       .old = 0x5000 });
	EXPECT_PRINTED("brk(NULL): the heap ends at 5000");
	happen(1, MMAPDEMO_EVENT_BRK, .brk = { .mm = MM, .brk = 0x1000,
					       .ret = 0x5000, .old = 0x5000 });
	EXPECT_PRINTED("brk(1000): failed, the heap still ends at 5000");
}

/* Change the upper page of libc.so.6 with a system call that tries a merge. */
#define try_merge(call)							\
	happen(1, MMAPDEMO_EVENT_VMA_MERGE,				\
	       .merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_CHANGE,	\
			  .start = 0x7f1000, .end = 0x7f2000,		\
			  .result_start = 0x7f0000, .result_end = 0x7f2000, \
			  .nr = call })
#define split_libc(call)						\
	happen(1, MMAPDEMO_EVENT_VMA_SPLIT,				\
	       .split = { .mm = MM, .start = 0x7f0000, .end = 0x7f2000,	\
			  .cut = 0x7f1000, .map_count = 6, .nr = call })

/*
 * Before Linux 6.12, the kernel first reports the failed merge, and then the
 * split.
 */
TEST_F(story, part_of_a_mapping_changes)
{
	map_libc(1, MM);
	try_merge(SYS_mprotect);
	EXPECT_NOT_PRINTED("mprotect");
	split_libc(SYS_mprotect);
	EXPECT_PRINTED("mprotect of 7f1000-7f2000 libc.so.6\n");
	EXPECT_PRINTED("| vma_merge         none; a part of 7f0000-7f2000 "
		       "changes, so the VMA will be split\n");
	EXPECT_PRINTED("` vma_split         7f0000-7f2000 at 7f1000  map_count "
		       "6\n");
	try_merge(SYS_madvise);
	split_libc(SYS_madvise);
	EXPECT_PRINTED("madvise of 7f1000-7f2000 libc.so.6\n");
}

/*
 * Since Linux 6.12, the kernel first reports the split, and then the merge,
 * because one function does both.
 */
TEST_F(story, part_of_a_mapping_changes_the_other_way_round)
{
	map_libc(1, MM);
	split_libc(SYS_mlock);
	EXPECT_NOT_PRINTED("mlock");
	happen(1, MMAPDEMO_EVENT_VMA_MERGE,
	       .merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_CHANGE,
			  .start = 0x7f1000, .end = 0x7f2000,
			  .result_start = 0x7f1000, .result_end = 0x7f2000,
			  .nr = SYS_mlock });
	EXPECT_PRINTED("mlock of 7f1000-7f2000 libc.so.6\n");
	EXPECT_PRINTED("| vma_split         7f0000-7f2000 at 7f1000");
	EXPECT_PRINTED("` vma_merge         none; the whole VMA changes\n");
}

TEST_F(story, two_calls_do_not_mix)
{
	map_libc(1, MM);
	try_merge(SYS_mprotect);
	split_libc(SYS_munmap);
	EXPECT_PRINTED("mprotect of 7f1000-7f2000 libc.so.6\n");
	EXPECT_NOT_PRINTED("vma_split");
}

#define change_libc(from, to, ...)					\
	happen(1, MMAPDEMO_EVENT_VMA_MERGE,				\
	       .merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_CHANGE,	\
			  .start = from, .end = to,			\
			  .result_start = 0x7f0000, .result_end = 0x7f2000, \
			  .nr = SYS_mprotect, __VA_ARGS__ })

TEST_F(story, the_lower_part_of_a_mapping_changes)
{
	map_libc(1, MM);
	change_libc(0x7f0000, 0x7f1000);
	EXPECT_NOT_PRINTED("mprotect");
	split_libc(SYS_mprotect);
	EXPECT_PRINTED("mprotect of 7f0000-7f1000 libc.so.6\n");
	EXPECT_PRINTED("| vma_merge         none; a part of 7f0000-7f2000 "
		       "changes, so the VMA will be split\n");
}

TEST_F(story, a_part_in_the_middle_is_split_twice)
{
	map_libc(1, MM);
	change_libc(0x7f0800, 0x7f1800);
	split_libc(SYS_mprotect);
	EXPECT_NOT_PRINTED("mprotect");
	split_libc(SYS_mprotect);
	EXPECT_PRINTED("mprotect of 7f0800-7f1800 libc.so.6\n");
}

/* The merged VMA is larger than the changed range, but no VMA is split. */
TEST_F(story, a_part_that_joins_its_neighbour_is_complete)
{
	map_libc(1, MM);
	change_libc(0x7f1000, 0x7f2000, .outcome = MMAPDEMO_MERGE_PREV);
	EXPECT_PRINTED("mprotect of 7f1000-7f2000 libc.so.6\n");
	EXPECT_PRINTED("` vma_merge         with the VMA below -> 7f0000-7f2000\n");
}

/* Pass the first events that exec causes in the new address space. */
#define stack_begins(thread, space)					\
	({								\
		happen(thread, MMAPDEMO_EVENT_PGD_ALLOC,		\
		       .pgd = { .mm = space, .nr = SYS_execve,		\
				.trigger = MMAPDEMO_TRIGGER_EXEC });	\
		happen(thread, MMAPDEMO_EVENT_VMA_LINK,			\
		       .link = { .mm = space, .nr = SYS_execve,		\
				 .trigger = MMAPDEMO_TRIGGER_EXEC,	\
				 .cause = MMAPDEMO_CAUSE_INSERT,	\
				 .start = 0x7fe000, .end = 0x7ff000,	\
				 .vm_flags = 0x103, .map_count = 1 });	\
	})

/* ---- unmapping ---- */

#define unmap_libc()							\
	happen(1, MMAPDEMO_EVENT_VMA_UNLINK,				\
	       .unlink = { .mm = MM, .start = 0x7f1000, .end = 0x7f2000,\
			   .vmas = 1, .nr = SYS_munmap })

TEST_F(story, munmap_is_shown_with_the_removed_mapping)
{
	map_libc(1, MM);
	split_libc(SYS_munmap);
	unmap_libc();
	EXPECT_PRINTED("munmap of 7f1000-7f2000 libc.so.6\n");
	EXPECT_PRINTED("` vma_unlink        7f1000-7f2000  1 VMA\n");
	EXPECT_EQ(NULL, maps_find(&self->story.world.spaces->maps, 0x7f1000));
	EXPECT_NE(NULL, maps_find(&self->story.world.spaces->maps, 0x7f0000));
}

TEST_F(story, mappings_that_mmap_removes_are_parts_of_the_call)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_GET_UNMAPPED_AREA,
	       .search = { .mm = MM, .flags = MAP_FIXED, .ret = 0x7f1000,
			   .nr = SYS_mmap });
	happen(1, MMAPDEMO_EVENT_VMA_UNLINK,
	       .unlink = { .mm = MM, .start = 0x7f1000, .end = 0x7f2000,
			   .vmas = 1, .nr = SYS_mmap });
	EXPECT_NOT_PRINTED("7f1000-7f2000");
	happen(1, MMAPDEMO_EVENT_DO_MMAP,
	       .mmap = { .mm = MM, .addr = 0x7f1000, .len = 0x1000,
			 .flags = MAP_FIXED, .ret = 0x7f1000 });
	EXPECT_PRINTED("mmap(7f1000 fixed, 4 KiB, ---p, anonymous) = 7f1000");
	EXPECT_PRINTED("| get_unmapped_area the address is fixed, so there is "
		       "no search -> 7f1000\n");
	EXPECT_PRINTED("` vma_unlink        7f1000-7f2000  1 VMA\n");
}

TEST_F(story, an_address_that_must_be_free_is_fixed)
{
	happen(1, MMAPDEMO_EVENT_GET_UNMAPPED_AREA,
	       .search = { .mm = MM, .flags = MAP_FIXED_NOREPLACE,
			   .ret = 0x5000, .search = "none" });
	happen(1, MMAPDEMO_EVENT_DO_MMAP, .mmap = { .mm = MM, .ret = 0x5000 });
	EXPECT_PRINTED("` get_unmapped_area the address is fixed, so there is "
		       "no search -> 5000\n");
}

TEST_F(story, mappings_that_exec_removes_are_shown_as_munmap)
{
	map_libc(1, MM);
	stack_begins(1, MM + 1);
	happen(1, MMAPDEMO_EVENT_VMA_UNLINK,
	       .unlink = { .mm = MM + 1, .start = 0x7fe000, .end = 0x7fe800,
			   .vmas = 1, .nr = SYS_execve,
			   .trigger = MMAPDEMO_TRIGGER_EXEC });
	EXPECT_PRINTED("exec: munmap of 7fe000-7fe800 [stack]\n");
	EXPECT_NOT_PRINTED("execve");
}

TEST_F(story, a_special_mapping_begins_no_address_space)
{
	happen(1, MMAPDEMO_EVENT_VMA_LINK,
	       .link = { .mm = MM, .cause = MMAPDEMO_CAUSE_INSERT,
			 .start = 0x5000, .end = 0x6000, .map_count = 2,
			 .vm_flags = VM_READ | VM_PFNMAP });
	EXPECT_PRINTED("  a special mapping\n");
	EXPECT_PRINTED("` vma_link          5000-6000 r--p [vvar]  map_count 2\n");
	EXPECT_NOT_PRINTED("address space");
}

/*
 * A stack is mapped only by exec. A program may also map memory that grows
 * downwards.
 */
TEST_F(story, not_all_that_grows_downwards_is_a_stack)
{
	happen(1, MMAPDEMO_EVENT_VMA_LINK,
	       .link = { .mm = MM, .start = 0x5000, .end = 0x6000,
			 .vm_flags = VM_READ | VM_WRITE | VM_GROWSDOWN,
			 .map_count = 5 });
	happen(1, MMAPDEMO_EVENT_DO_MMAP,
	       .mmap = { .mm = MM, .len = 0x1000, .ret = 0x5000 });
	EXPECT_PRINTED("` vma_link          5000-6000 rw-p anonymous  map_count 5");
}

TEST_F(story, the_device_has_its_path_and_other_files_have_theirs)
{
	self->story.device.ino = 9;
	self->story.device.dev = 1;
	for (__u64 ino = 8; ino <= 9; ino++) {
		happen(1, MMAPDEMO_EVENT_VMA_LINK,
		       .link = { .mm = MM, .start = 0x5000, .end = 0x6000,
				 .vm_flags = 1, .ino = ino, .dev = 1,
				 .map_count = 5, .name = "mmapdemo" });
		happen(1, MMAPDEMO_EVENT_DO_MMAP,
		       .mmap = { .mm = MM, .len = 0x1000, .prot = 1,
				 .ino = ino, .dev = 1, .ret = 0x5000,
				 .name = "mmapdemo" });
		EXPECT_PRINTED(ino == 9 ?
			       "5000-6000 r--p /dev/mmapdemo @ 0  map_count 5" :
			       "5000-6000 r--p mmapdemo @ 0  map_count 5");
	}
	EXPECT_PRINTED("4 KiB, r--p, mmapdemo @ 0) = 5000");
	EXPECT_PRINTED("4 KiB, r--p, /dev/mmapdemo @ 0) = 5000");
}

/* A file on another file system may have the same inode number as the device. */
TEST_F(story, only_pages_of_the_device_are_supplied_by_its_driver)
{
	self->story.device.ino = 9;
	self->story.device.dev = 1;
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .class = MMAPDEMO_FAULT_SHARED, .ino = 9,
			  .dev = 2 });
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .class = MMAPDEMO_FAULT_SHARED, .ino = 8,
			  .dev = 1 });
	EXPECT_NOT_PRINTED("supplied by the driver");
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .class = MMAPDEMO_FAULT_SHARED, .ino = 9,
			  .dev = 1 });
	EXPECT_PRINTED("do_shared_fault: supplied by the driver's fault()");
}

TEST_F(story, mremap_in_place_is_known_at_once)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_MREMAP,
	       .mremap = { .mm = MM, .addr = 0x7f0000, .old_len = 0x2000,
			   .new_len = 0x4000, .flags = 1, .ret = 0x7f0000,
			   .duration = 1000 });
	EXPECT_PRINTED("mremap(7f0000, 8 KiB -> 16 KiB, maymove) = 7f0000");
	EXPECT_EQ(0x2000U, maps_find(&self->story.world.spaces->maps,
				     0x7f3fff)->offset);
}

TEST_F(story, mremap_in_place_is_shown_with_its_parts_below)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_VMA_MERGE,
	       .merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_EXTEND,
			  .outcome = MMAPDEMO_MERGE_PREV, .start = 0x7f2000,
			  .end = 0x7f4000, .result_start = 0x7f0000,
			  .result_end = 0x7f4000, .nr = SYS_mremap,
			  .trigger = MMAPDEMO_TRIGGER_SYSCALL });
	EXPECT_NOT_PRINTED("mremap");
	happen(1, MMAPDEMO_EVENT_MREMAP,
	       .mremap = { .mm = MM, .addr = 0x7f0000, .old_len = 0x2000,
			   .new_len = 0x4000, .ret = 0x7f0000 });
	EXPECT_PRINTED("mremap(7f0000, 8 KiB -> 16 KiB) = 7f0000");
	EXPECT_PRINTED("` vma_merge         with the VMA below -> 7f0000-7f4000\n");
	EXPECT_NOT_PRINTED("in place");
}

/*
 * If the old length is 0, mremap() shares the pages, and does not change the
 * old mapping.
 */
TEST_F(story, mremap_to_elsewhere_grows_nothing_here)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_MREMAP,
	       .mremap = { .mm = MM, .addr = 0x7f0000, .new_len = 0x4000,
			   .flags = MREMAP_MAYMOVE, .ret = 0x5000 });
	EXPECT_NE(NULL, maps_find(&self->story.world.spaces->maps, 0x7f1fff));
	EXPECT_EQ(NULL, maps_find(&self->story.world.spaces->maps, 0x7f2000));
}

TEST_F(story, mremap_shows_a_requested_address)
{
	static const struct {
		int flags;
		const char *words;
	} calls[] = {
		{ MREMAP_MAYMOVE | MREMAP_FIXED,
		  "4 KiB -> 4 KiB, maymove, fixed, 5000) = 6000" },
		{ MREMAP_MAYMOVE | MREMAP_DONTUNMAP,
		  "4 KiB -> 4 KiB, maymove, dontunmap, 5000) = 6000" },
		{ MREMAP_MAYMOVE, "4 KiB -> 4 KiB, maymove) = 6000" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		happen(1, MMAPDEMO_EVENT_MREMAP,
		       .mremap = { .mm = MM, .addr = 0x1000, .old_len = 0x1000,
				   .new_len = 0x1000, .new_addr = 0x5000,
				   .flags = calls[i].flags, .ret = 0x6000 });
		EXPECT_PRINTED(calls[i].words);
	}
}

TEST_F(story, mremap_that_moves_takes_the_file_along)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_VMA_LINK,
	       .link = { .mm = MM, .cause = MMAPDEMO_CAUSE_MOVE,
			 .start = 0x5000, .end = 0x6000, .pgoff = 3,
			 .ino = 7, .dev = 1, .name = "libc.so.6",
			 .nr = SYS_mremap });
	happen(1, MMAPDEMO_EVENT_VMA_UNLINK,
	       .unlink = { .mm = MM, .start = 0x7f1000, .end = 0x7f2000,
			   .vmas = 1, .nr = SYS_mremap });
	happen(1, MMAPDEMO_EVENT_MREMAP,
	       .mremap = { .mm = MM, .addr = 0x7f1000, .old_len = 0x1000,
			   .new_len = 0x1000, .flags = 3, .new_addr = 0x5000,
			   .ret = 0x5000 });
	EXPECT_PRINTED("mremap(7f1000, 4 KiB -> 4 KiB, maymove, fixed, 5000) = "
		       "5000");
	EXPECT_PRINTED("` vma_unlink        7f1000-7f2000  1 VMA\n");
	EXPECT_EQ(0x3000U, maps_find(&self->story.world.spaces->maps,
				     0x5000)->offset);
	EXPECT_EQ(NULL, maps_find(&self->story.world.spaces->maps, 0x7f1000));
}

TEST_F(story, a_move_into_a_neighbour_extends_the_neighbour)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_VMA_MERGE,
	       .merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_MOVE,
			  .outcome = MMAPDEMO_MERGE_NEXT, .start = 0x7ef000,
			  .end = 0x7f0000, .next_start = 0x7f0000,
			  .next_end = 0x7f2000, .result_start = 0x7ef000,
			  .result_end = 0x7f2000, .nr = SYS_mremap });
	EXPECT_EQ(0x1000U, maps_find(&self->story.world.spaces->maps,
				     0x7ef000)->offset);
}

/*
 * Map a page directly above libc.so.6. The page is not merged with the mapping
 * of libc.so.6.
 */
#define map_above_libc(...)						\
	happen(1, MMAPDEMO_EVENT_VMA_MERGE,				\
	       .merge = { .mm = MM, .start = 0x7f2000, .end = 0x7f3000,	\
			  .prev_start = 0x7f0000, .prev_end = 0x7f2000,	\
			  .reason_next = MMAPDEMO_REASON_NO_NEIGHBOUR,	\
			  __VA_ARGS__ });				\
	happen(1, MMAPDEMO_EVENT_DO_MMAP,				\
	       .mmap = { .mm = MM, .len = 0x1000, .ret = 0x7f2000 })

TEST_F(story, flags_that_differ_are_named)
{
	map_libc(1, MM);
	map_above_libc(.reason_prev = MMAPDEMO_REASON_FLAGS,
		       .flags_diff_prev = 0x8000100002);
	EXPECT_PRINTED("vma_merge         none; libc.so.6 below: the flags "
		       "differ: write account 0x8000000000\n");
}

TEST_F(story, noncontiguous_offsets_are_shown_in_bytes)
{
	map_libc(1, MM);
	map_above_libc(.reason_prev = MMAPDEMO_REASON_PGOFF, .pgoff = 7,
		       .pgoff_prev = 4);
	EXPECT_PRINTED("none; libc.so.6 below: the offsets are not contiguous: 0x7000, "
		       "expected 0x4000\n");
}

TEST_F(story, offset_above_is_that_of_the_range)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_VMA_MERGE,
	       .merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_MOVE,
			  .start = 0x7ee000, .end = 0x7f0000, .pgoff = 5,
			  .next_start = 0x7f0000, .next_end = 0x7f2000,
			  .reason_prev = MMAPDEMO_REASON_NO_NEIGHBOUR,
			  .reason_next = MMAPDEMO_REASON_PGOFF,
			  .pgoff_next = 2 });
	EXPECT_PRINTED("none; libc.so.6 above: the offsets are not contiguous: 0x5000, "
		       "expected 0\n");
}

/*
 * At the time of this merge, the pages have already left the neighbour. The
 * event mremap, which reports the move, comes later.
 */
TEST_F(story, a_removed_neighbour_is_not_known)
{
	happen(1, MMAPDEMO_EVENT_VMA_MERGE,
	       .merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_MOVE,
			  .start = 0x7ee000, .end = 0x7f0000, .pgoff = 0,
			  .next_start = 0x7f0000, .next_end = 0x7f2000,
			  .reason_prev = MMAPDEMO_REASON_NO_NEIGHBOUR,
			  .reason_next = MMAPDEMO_REASON_PGOFF,
			  .pgoff_next = 1 });
	EXPECT_PRINTED("; unknown memory above: the offsets are not contiguous: 0, "
		       "the VMA above begins at 0x1000\n");
}

TEST_F(story, the_side_that_did_not_merge_is_shown)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_VMA_MERGE,
	       .merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_EXTEND,
			  .outcome = MMAPDEMO_MERGE_PREV,
			  .start = 0x7f2000, .end = 0x7f3000,
			  .prev_start = 0x7f0000, .prev_end = 0x7f2000,
			  .next_start = 0x7f3000, .next_end = 0x7f4000,
			  .result_start = 0x7f0000, .result_end = 0x7f3000,
			  .reason_prev = MMAPDEMO_REASON_MERGED,
			  .reason_next = MMAPDEMO_REASON_NOT_TRIED });
	EXPECT_PRINTED("mremap in place: libc.so.6 grows by 4 KiB\n");
	EXPECT_PRINTED("with the VMA below -> 7f0000-7f3000; unknown memory "
		       "above: not tried by the kernel\n");
}

TEST_F(story, a_change_that_fails_says_so)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_VMA_MERGE,
	       .merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_CHANGE,
			  .ret = -ENOMEM, .start = 0x7f1000, .end = 0x7f2000,
			  .reason_prev = MMAPDEMO_REASON_INSIDE,
			  .reason_next = MMAPDEMO_REASON_NO_NEIGHBOUR });
	EXPECT_PRINTED("none, and the call failed\n");
}

TEST_F(story, every_reason_has_words)
{
	for (__u32 r = 0; r < MMAPDEMO_REASON_COUNT + 2; r++) {
		map_above_libc(.reason_prev = r);
	}
	EXPECT_NOT_PRINTED("(null)");
	EXPECT_PRINTED(": ?\n");
}

TEST_F(story, one_thread_needs_no_name)
{
	map_libc(17, MM);
	EXPECT_NOT_PRINTED("[17]");
	fault_libc(18, MM);
	EXPECT_PRINTED("[18] fault");
}

TEST_F(story, calls_of_threads_do_not_mix)
{
	happen(1, MMAPDEMO_EVENT_GET_UNMAPPED_AREA,
	       .search = { .mm = MM, .ret = 0x5000, .search = "mine" });
	map_libc(2, MM);
	EXPECT_NOT_PRINTED("mine");
	happen(1, MMAPDEMO_EVENT_DO_MMAP, .mmap = { .mm = MM, .ret = 0x5000 });
	EXPECT_PRINTED("` get_unmapped_area mine");
}

/* A call whose end was lost must not seem to be complete. */
TEST_F(story, a_split_alone_is_an_unfinished_call)
{
	happen(1, MMAPDEMO_EVENT_VMA_SPLIT,
	       .split = { .mm = MM, .nr = SYS_munmap, .start = 0x4000,
			  .end = 0x6000, .cut = 0x5000 });
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("munmap: no event of this call was recorded after the "
		       "split\n");
}

TEST_F(story, too_many_parts_are_shown_early)
{
	for (int i = 0; i < 3 * CALL_PARTS_MAX; i++)
		happen(1, MMAPDEMO_EVENT_VMA_MERGE, .merge = { .mm = MM });
	EXPECT_PRINTED("mmap -> more parts of the call follow\n");
	EXPECT_NOT_PRINTED("was not recorded");
	happen(1, MMAPDEMO_EVENT_DO_MMAP, .mmap = { .mm = MM, .ret = 0x5000 });
	EXPECT_PRINTED("anonymous) = 5000");
	EXPECT_NOT_PRINTED("was not recorded");
}

/* The next call begins when there is no room for more parts. */
TEST_F(story, a_full_call_may_have_lost_its_end)
{
	for (int i = 0; i < CALL_PARTS_MAX; i++)
		happen(1, MMAPDEMO_EVENT_VMA_MERGE, .merge = { .mm = MM });
	happen(1, MMAPDEMO_EVENT_GET_UNMAPPED_AREA,
	       .search = { .mm = MM, .ret = 0x5000 });
	EXPECT_PRINTED("mmap -> the end of the call was not recorded\n");
	EXPECT_NOT_PRINTED("more parts");
}

TEST_F(story, the_last_parts_of_a_call_may_have_lost_its_end)
{
	for (int i = 0; i <= CALL_PARTS_MAX; i++)
		happen(1, MMAPDEMO_EVENT_VMA_MERGE, .merge = { .mm = MM });
	EXPECT_NOT_PRINTED("was not recorded");
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("mmap -> the end of the call was not recorded\n");
}

/* ---- tasks and address spaces ---- */

#define fork_child()							\
	({								\
		happen(1, MMAPDEMO_EVENT_PGD_ALLOC,			\
		       .pgd = { .mm = MM + 1, .kernel = 5, .shared = 5,	\
				.trigger = MMAPDEMO_TRIGGER_FORK,	\
				.nr = SYS_clone });			\
		happen(1, EVENT_FORK, .fork = { .pid = 2 });		\
		happen(1, MMAPDEMO_EVENT_DUP_MM,			\
		       .dup = { .mm = MM, .child_mm = MM + 1,		\
				.child_pid = 2, .map_count = 5,		\
				.pgtables = 0x5000, .duration = 1000,	\
				.trigger = MMAPDEMO_TRIGGER_FORK,	\
				.nr = SYS_clone });			\
	})

#define exit_mmap(thread, space)					\
	happen(thread, MMAPDEMO_EVENT_EXIT_MMAP,			\
	       .exit_mmap = { .mm = space, .map_count = 5,		\
			      .pgtables = 0x5000, .duration = 1000,	\
			      .trigger = MMAPDEMO_TRIGGER_EXIT })

TEST_F(story, fork_is_one_line)
{
	self->story.threads = true;
	fork_child();
	EXPECT_STREQ(
"    1.999 ms  [1] fork: child [2] gets a copy: 5 VMAs, 20 KiB of page tables; "
"5 PGD entries point to shared kernel tables  1.0 us\n", printed());
}

TEST_F(story, child_knows_what_its_parent_mapped)
{
	map_libc(1, MM);
	fork_child();
	happen(1, MMAPDEMO_EVENT_VMA_UNLINK,
	       .unlink = { .mm = MM, .start = 0x7f0000, .end = 0x7f2000,
			   .vmas = 1, .nr = SYS_munmap });
	fault_libc(2, MM + 1);
	EXPECT_PRINTED("[2] fault 0000007f1010  read   libc.so.6+0x3010");
}

TEST_F(story, child_whose_copy_was_not_seen_knows_the_mappings_too)
{
	map_libc(1, MM);
	happen(1, EVENT_FORK, .fork = { .pid = 2 });
	fault_libc(2, MM + 1);
	EXPECT_PRINTED("[2] fault 0000007f1010  read   libc.so.6+0x3010");
}

#define begin_thread()							\
	happen(1, EVENT_FORK,						\
	       .fork = { .pid = 2, .clone_flags = CLONE_VM | CLONE_THREAD })

TEST_F(story, thread_lives_with_the_others)
{
	map_libc(1, MM);
	begin_thread();
	EXPECT_PRINTED("[1] thread: [2] uses the same mappings\n");
	EXPECT_EQ(2U, self->story.world.spaces->users);
	fault_libc(2, MM);
	EXPECT_EQ(2U, self->story.world.spaces->users);
	EXPECT_EQ(NULL, self->story.world.spaces->next);
	happen(2, EVENT_EXIT);
	EXPECT_PRINTED("[2] exit\n");
	exit_mmap(1, MM);
	happen(1, EVENT_EXIT);
	EXPECT_EQ(NULL, self->story.world.spaces);
	EXPECT_EQ(NULL, self->story.world.tasks);
}

TEST_F(story, vfork_borrows_the_mappings)
{
	map_libc(1, MM);
	happen(1, EVENT_FORK,
	       .fork = { .pid = 2, .clone_flags = CLONE_VM | CLONE_VFORK });
	EXPECT_PRINTED("vfork: [2] uses the same mappings until exec or exit\n");
	EXPECT_EQ(2U, self->story.world.spaces->users);
}

/*
 * First use the order of events before Linux 6.16, and then the order since
 * Linux 6.16.
 */
TEST_F(story, exit_is_one_line_whatever_comes_first)
{
	for (int i = 0; i < 2; i++) {
		map_libc(1, MM);
		if (i)
			happen(1, EVENT_EXIT);
		exit_mmap(1, MM);
		if (!i)
			happen(1, EVENT_EXIT);
		EXPECT_EQ(NULL, self->story.world.spaces);
		EXPECT_EQ(NULL, self->story.world.tasks);
	}
	ASSERT_NE(NULL, strstr(printed(), "exit: 5 VMAs, 20 KiB of page tables "
			       "were freed"));
	EXPECT_NE(NULL, strstr(strstr(printed(), "exit") + 1, "exit"));
	EXPECT_NOT_PRINTED("exit\n");
}

TEST_F(story, exit_is_shown_if_somebody_holds_the_address_space)
{
	map_libc(1, MM);
	happen(1, EVENT_EXIT);
	EXPECT_NOT_PRINTED("exit");
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("    4.000 ms  exit\n");
}

TEST_F(story, exec_begins_with_nothing_mapped)
{
	map_libc(1, MM);
	stack_begins(1, MM + 1);
	EXPECT_PRINTED("exec: a new address space");
	happen(1, MMAPDEMO_EVENT_EXIT_MMAP,
	       .exit_mmap = { .mm = MM, .map_count = 5,
			      .trigger = MMAPDEMO_TRIGGER_EXEC });
	happen(1, EVENT_EXEC, .exec = { .old_pid = 1,
					.filename = "/bin/cat" });
	EXPECT_PRINTED("the process now runs /bin/cat; the 5 old VMAs were "
		       "removed\n");
	EXPECT_NOT_PRINTED("exit");
	EXPECT_EQ(NULL, self->story.world.spaces->next);
	EXPECT_EQ(NULL, maps_find(&self->story.world.spaces->maps, 0x7f0000));
	EXPECT_STREQ("[stack]", maps_find(&self->story.world.spaces->maps,
					  0x7fe000)->name);
}

TEST_F(story, failed_exec_changes_nothing)
{
	map_libc(1, MM);
	stack_begins(1, MM + 1);
	stack_begins(1, MM + 2);
	fault_libc(1, MM);
	EXPECT_PRINTED("libc.so.6+0x3010");
	EXPECT_EQ(MM, self->story.world.tasks->space->mm);
	happen(1, MMAPDEMO_EVENT_EXIT_MMAP,
	       .exit_mmap = { .mm = MM + 2, .map_count = 1,
			      .trigger = MMAPDEMO_TRIGGER_EXEC });
	EXPECT_PRINTED("exec failed: 1 VMA, ");
	EXPECT_EQ(NULL, self->story.world.spaces->next);
}

TEST_F(story, exec_that_fails_before_its_stack_is_shown)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_PGD_ALLOC,
	       .pgd = { .mm = MM + 1, .nr = SYS_execve,
			.trigger = MMAPDEMO_TRIGGER_EXEC });
	happen(1, MMAPDEMO_EVENT_EXIT_MMAP,
	       .exit_mmap = { .mm = MM + 1,
			      .trigger = MMAPDEMO_TRIGGER_EXEC });
	EXPECT_PRINTED("exec failed: 0 VMAs");
	EXPECT_EQ(NULL, world_space(&self->story.world, MM + 1));
	EXPECT_NE(NULL, world_space(&self->story.world, MM));
}

/*
 * No task owns the new address space yet. The new address space must not be
 * mistaken for the result of an exec of the parent.
 */
TEST_F(story, fork_that_fails_is_no_exec)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_PGD_ALLOC,
	       .pgd = { .mm = MM + 1, .trigger = MMAPDEMO_TRIGGER_FORK,
			.nr = SYS_clone });
	EXPECT_EQ(NULL, world_space(&self->story.world, MM + 1));
	EXPECT_EQ(NULL, world_task(&self->story.world, 1)->entered);
	happen(1, MMAPDEMO_EVENT_EXIT_MMAP,
	       .exit_mmap = { .mm = MM + 1, .map_count = 3,
			      .trigger = MMAPDEMO_TRIGGER_FORK });
	EXPECT_PRINTED("fork failed: 3 VMAs, ");
	EXPECT_NOT_PRINTED("exec");
	EXPECT_EQ(NULL, self->story.world.spaces->next);
	fault_libc(1, MM);
	EXPECT_PRINTED("libc.so.6+0x3010");
}

/*
 * A debugger reads the address space of its target. The debugger must not be
 * mistaken for a task that owns this address space, or enters it by exec.
 */
TEST_F(story, a_task_that_reads_an_address_space_does_not_own_it)
{
	struct world *world = &self->story.world;

	for (int i = 0; i < 2; i++) {
		happen(2, MMAPDEMO_EVENT_PTE_FAULT,
		       .fault = { .mm = MM, .from = MMAPDEMO_FROM_REMOTE,
				  .class = MMAPDEMO_FAULT_READ });
		ASSERT_NE(NULL, world_task(world, 2));
		EXPECT_EQ(NULL, world_task(world, 2)->space);
		EXPECT_EQ(NULL, world_task(world, 2)->entered);
		ASSERT_NE(NULL, world_space(world, MM));
		EXPECT_EQ(0U, world_space(world, MM)->users);
	}
	fault_libc(1, MM);
	EXPECT_EQ(1U, world_space(world, MM)->users);
}

/*
 * Add a page of a program. Task 1 mapped this page before the recording. Return
 * 0 or -errno.
 */
static int seed_program(struct world *world)
{
	static const struct mapping program = {
		.start = 0x400000, .end = 0x401000, .ino = 5,
		.name = "program",
	};
	struct maps maps = { 0 };
	int err = maps_set(&maps, &program) ?:
		  world_seed(world, 1, &maps, /* hide = */ false);

	maps_free(&maps);
	return err;
}

/*
 * A special mapping is added to the address space of the task, for example by a
 * uprobe. Earlier mappings must stay known.
 */
TEST_F(story, a_special_mapping_is_where_its_task_lives)
{
	struct world *world = &self->story.world;

	ASSERT_EQ(0, seed_program(world));
	happen(1, MMAPDEMO_EVENT_VMA_LINK,
	       .link = { .mm = MM, .cause = MMAPDEMO_CAUSE_INSERT,
			 .start = 0x5000, .end = 0x6000, .map_count = 5,
			 .vm_flags = VM_EXEC });
	EXPECT_EQ(NULL, world_task(world, 1)->entered);
	ASSERT_NE(NULL, world_task(world, 1)->space);
	EXPECT_EQ(MM, world_task(world, 1)->space->mm);
	EXPECT_NE(NULL, maps_find(&world->spaces->maps, 0x400000));
}

/*
 * When the thread is killed, it already has the TID of the first thread. Its
 * old TID is unused.
 */
TEST_F(story, exec_of_a_thread_that_is_killed_leaves_nothing)
{
	struct world *world = &self->story.world;

	map_libc(1, MM);
	begin_thread();
	stack_begins(2, MM + 1);
	happen(1, EVENT_EXIT);
	fault_libc(1, MM + 1);
	happen(1, EVENT_EXIT);
	exit_mmap(1, MM + 1);
	EXPECT_EQ(NULL, world_space(world, MM + 1));
	ASSERT_NE(NULL, world_task(world, 2));
	EXPECT_EQ(NULL, world_task(world, 2)->entered);
}

TEST_F(story, exec_of_a_thread_makes_the_thread_the_first)
{
	map_libc(1, MM);
	begin_thread();
	stack_begins(2, MM + 1);
	happen(1, EVENT_EXIT);
	happen(1, EVENT_EXEC, .exec = { .old_pid = 2 });
	ASSERT_NE(NULL, self->story.world.tasks);
	EXPECT_EQ(NULL, self->story.world.tasks->next);
	EXPECT_EQ(1U, self->story.world.tasks->tid);
	EXPECT_EQ(MM + 1, self->story.world.tasks->space->mm);
}

TEST_F(story, events_before_the_commands_exec_are_hidden)
{
	static const struct maps nothing;

	ASSERT_EQ(0, world_seed(&self->story.world, 1, &nothing,
				/* hide = */ true));
	fault_libc(1, MM);
	EXPECT_STREQ("", printed());
	stack_begins(1, MM + 1);
	EXPECT_PRINTED("    0.000 ms  exec");
	happen(1, EVENT_EXEC, .exec = { .old_pid = 1, .filename = "/bin/a" });
	EXPECT_PRINTED("exec: done, the process now runs /bin/a;");
	fault_libc(1, MM + 1);
	EXPECT_PRINTED("fault");
	EXPECT_EQ(1U, self->story.totals.faults);
}

TEST_F(story, an_exec_whose_start_was_not_recorded_hides_nothing)
{
	static const struct maps nothing;

	ASSERT_EQ(0, world_seed(&self->story.world, 1, &nothing,
				/* hide = */ true));
	fault_libc(1, MM);
	EXPECT_EQ(0U, self->story.totals.faults);
	happen(1, EVENT_EXEC, .exec = { .old_pid = 1, .filename = "/bin/a" });
	fault_libc(1, MM);
	EXPECT_EQ(1U, self->story.totals.faults);
}

/* The threads of a process may appear in any order. */
TEST_F(story, threads_share_the_mappings)
{
	struct world *world = &self->story.world;

	ASSERT_EQ(0, seed_program(world));
	ASSERT_EQ(0, world_join(world, 2, 1));
	ASSERT_EQ(0, world_join(world, 3, 1));
	fault_libc(3, MM);
	fault_libc(1, MM);
	ASSERT_NE(NULL, world->spaces);
	EXPECT_EQ(NULL, world->spaces->next);
	EXPECT_EQ(MM, world->spaces->mm);
	EXPECT_EQ(3U, world->spaces->users);
	EXPECT_STREQ("program", space_file(world->spaces, 0, 5));
	stack_begins(2, MM + 1);
	happen(2, EVENT_EXEC, .exec = { .old_pid = 2 });
	EXPECT_EQ(2U, world_space(world, MM)->users);
	EXPECT_EQ(1U, world_space(world, MM + 1)->users);
}

TEST_F(story, fault_corrects_stale_maps)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .address = 0x7f1000,
			  .vma_start = 0x7f1000, .vma_end = 0x7f2000,
			  .class = MMAPDEMO_FAULT_ANON });
	EXPECT_PRINTED("fault 0000007f1000  read   anonymous");
}

#define flush_tlb(thread, why, number)					\
	happen(thread, EVENT_FLUSH,					\
	       .flush = { .reason = why, .pages = number })

/* ---- wording of each case ---- */

TEST_F(story, a_range_is_cut_out_of_a_vma)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_VMA_MERGE,
	       .merge = { .mm = MM, .start = 0x7f1000, .end = 0x7f1800,
			  .prev_start = 0x7f0000, .prev_end = 0x7f2000,
			  .next_start = 0x7f0000, .next_end = 0x7f2000,
			  .reason_prev = MMAPDEMO_REASON_INSIDE,
			  .reason_next = MMAPDEMO_REASON_INSIDE });
	happen(1, MMAPDEMO_EVENT_DO_MMAP,
	       .mmap = { .mm = MM, .len = 0x1000, .ret = 0x7f1000 });
	EXPECT_PRINTED("vma_merge         none; the range was cut out of 7f0000-7f2000 "
		       "libc.so.6\n");
	EXPECT_NOT_PRINTED("a part of this VMA");
}

TEST_F(story, a_neighbour_is_not_the_vma_that_is_split)
{
	map_libc(1, MM);
	map_above_libc(.reason_prev = MMAPDEMO_REASON_FILE);
	EXPECT_NOT_PRINTED("cut out of");
}

TEST_F(story, a_fixed_address_is_shown_as_requested)
{
	static const struct {
		int flags;
		const char *words;
	} calls[] = {
		{ MAP_FIXED, "mmap(5000 fixed, 4 KiB, rw-p, anonymous) = 5000" },
		{ MAP_FIXED_NOREPLACE,
		  "mmap(5000 fixed_noreplace, 4 KiB, rw-p, anonymous) = 5000" },
		{ 0, "mmap(5000, 4 KiB, rw-p, anonymous) = 5000" },
		{ MAP_SHARED, "mmap(5000, 4 KiB, rw-s, anonymous) = 5000" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		happen(1, MMAPDEMO_EVENT_DO_MMAP,
		       .mmap = { .mm = MM, .addr = 0x5000, .len = 0x1000,
				 .prot = 3, .ret = 0x5000,
				 .flags = MAP_ANONYMOUS | calls[i].flags });
		EXPECT_PRINTED(calls[i].words);
	}
}

TEST_F(story, shared_anonymous_memory_is_no_file)
{
	happen(1, MMAPDEMO_EVENT_VMA_LINK,
	       .link = { .mm = MM, .start = 0x7f0000, .end = 0x7f2000,
			 .vm_flags = 0xfb, .ino = 9, .dev = 1, .map_count = 5,
			 .name = "dev/zero" });
	happen(1, MMAPDEMO_EVENT_DO_MMAP,
	       .mmap = { .mm = MM, .len = 0x2000, .prot = 3, .ret = 0x7f0000,
			 .flags = MAP_SHARED | MAP_ANONYMOUS });
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .address = 0x7f1000, .ino = 9, .dev = 1,
			  .vma_start = 0x7f0000, .vma_end = 0x7f2000,
			  .class = MMAPDEMO_FAULT_SHARED });
	EXPECT_PRINTED("7f0000-7f2000 rw-s shared anonymous memory @ 0  ");
	EXPECT_PRINTED("read   shared anonymous memory+0x1000  ");
	EXPECT_NOT_PRINTED("dev/zero");
}

/* The text about a copy-on-write fault depends on the entry before the fault. */
TEST_F(story, copies_name_the_replaced_page)
{
	static const struct {
		__u32 before;
		const char *words;
		__u64 ino;
		__u8 class;
	} copies[] = {
		{ MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_ZERO,
		  ": a new page instead of the zero page\n", 0, 0 },
		{ MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_ANON,
		  ": a copy: the old page may have had other users\n", 0, 0 },
		{ MMAPDEMO_ENTRY_PRESENT,
		  ": a private copy of the file's page\n", 9, 0 },
		{ MMAPDEMO_ENTRY_PRESENT,
		  ": a private copy of a page of the kernel\n", 0, 0 },
		{ 0, ": a private copy of the file's page\n", 9,
		  MMAPDEMO_FAULT_COW },
		{ 0, ": a private copy of a page of the kernel\n", 0,
		  MMAPDEMO_FAULT_COW },
	};

	for (size_t i = 0; i < ARRAY_SIZE(copies); i++) {
		happen(1, MMAPDEMO_EVENT_PTE_FAULT,
		       .fault = { .mm = MM, .ino = copies[i].ino,
				  .class = copies[i].class ?:
				  MMAPDEMO_FAULT_WP_COPY, .duration = 1000,
				  .entry_before = copies[i].before });
		EXPECT_PRINTED(copies[i].words);
	}
}

TEST_F(story, pages_around_are_those_next_to_it)
{
	static const char *const words[] = {
		"r-x\n", "r-x, 1 more entry filled\n",
		"r-x, 15 more entries filled\n",
	};
	static const int filled[] = { 1, 2, 16 };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		happen(1, MMAPDEMO_EVENT_PTE_FAULT,
		       .fault = { .mm = MM, .class = MMAPDEMO_FAULT_READ,
				  .after = 0x1d, .after_seen = 1, .ino = 7,
				  .entry_after = 0x5, .filled = filled[i] });
		EXPECT_PRINTED(words[i]);
	}
}

/*
 * The address of the instruction is in the other process, which has another
 * mapping there.
 */
TEST_F(story, another_process_touches_from_its_own_memory)
{
	map_libc(1, MM);
	happen(2, MMAPDEMO_EVENT_DO_MMAP,
	       .mmap = { .mm = MM + 1, .len = 0x2000, .prot = 5, .ino = 8,
			 .flags = MAP_PRIVATE, .dev = 1, .ret = 0x7f0000,
			 .name = "debugger" });
	happen(2, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .address = 0x7f1010, .ip = 0x7f0004,
			  .from = MMAPDEMO_FROM_REMOTE, .ino = 7, .dev = 1,
			  .pgoff = 2, .vma_start = 0x7f0000,
			  .vma_end = 0x7f2000, .nr = SYS_ptrace,
			  .class = MMAPDEMO_FAULT_READ });
	EXPECT_PRINTED("libc.so.6+0x3010");
	EXPECT_PRINTED("by another process at debugger+0x4");
}

TEST_F(story, pages_are_pinned_by_the_kernel)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .address = 0x7f1010, .ip = 0x7f0004,
			  .from = MMAPDEMO_FROM_GUP, .ino = 7, .dev = 1,
			  .pgoff = 2, .vma_start = 0x7f0000,
			  .vma_end = 0x7f2000, .nr = -1 });
	EXPECT_PRINTED("pinned by the kernel for libc.so.6+0x2004");
}

/* A program may also read its own code. An instruction may even read itself. */
TEST_F(story, only_fetches_of_instructions_have_no_culprit)
{
	struct fault_event fault = {
		.mm = MM, .address = 0x7f1010, .ip = 0x7f1010,
		.vma_start = 0x7f0000, .vma_end = 0x7f2000, .pgoff = 2,
		.ino = 7, .dev = 1, .class = MMAPDEMO_FAULT_READ, .nr = -1,
		.access = MMAPDEMO_ACCESS_EXEC,
	};

	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_PTE_FAULT, .fault = fault);
	EXPECT_PRINTED("exec   libc.so.6+0x3010");
	EXPECT_NOT_PRINTED(" by ");
	fault.access = MMAPDEMO_ACCESS_READ;
	happen(1, MMAPDEMO_EVENT_PTE_FAULT, .fault = fault);
	EXPECT_PRINTED(" by libc.so.6+0x3010");
}

TEST_F(story, tables_that_existed_are_shown_if_the_result_is_unknown)
{
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .class = MMAPDEMO_FAULT_READ,
			  .before = 0xd });
	EXPECT_PRINTED("PGD #  P4D -  PUD #  PMD #  PTE ?   the new entry is "
		       "unknown, because");
}

TEST_F(story, a_fault_names_the_part_of_the_file)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .address = 0x7f1010, .pgoff = 5, .ino = 7,
			  .dev = 1, .vma_start = 0x7f0000, .vma_end = 0x7f2000,
			  .class = MMAPDEMO_FAULT_READ });
	EXPECT_PRINTED("fault 0000007f1010  read   libc.so.6+0x6010  ");
}

#define fault_grown(at, from, to)					\
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,				\
	       .fault = { .mm = MM, .address = at, .vma_start = from,	\
			  .vma_end = to, .access = MMAPDEMO_ACCESS_WRITE, \
			  .vm_flags = VM_READ | VM_WRITE | VM_GROWSDOWN, \
			  .class = MMAPDEMO_FAULT_ANON })

TEST_F(story, memory_that_grows_downwards_is_the_same_mapping)
{
	happen(1, MMAPDEMO_EVENT_DO_MMAP,
	       .mmap = { .mm = MM, .len = 0x2000, .ret = 0x7f2000 });
	fault_grown(0x7f1000, 0x7f1000, 0x7f4000);
	EXPECT_PRINTED("fault 0000007f1000  write  anonymous ");
	EXPECT_PRINTED(", first touch 1.0 ms after mmap");
	EXPECT_EQ(0x7f1000U, maps_find(&self->story.world.spaces->maps,
				       0x7f3fff)->start);
}

TEST_F(story, the_first_that_grows_downwards_is_the_stack)
{
	fault_grown(0x7fe010, 0x7fe000, 0x7ff000);
	EXPECT_PRINTED("fault 0000007fe010  write  [stack] ");
	fault_grown(0x7ee010, 0x7ee000, 0x7ef000);
	EXPECT_PRINTED("fault 0000007ee010  write  anonymous ");
}

/*
 * exec builds the stack at one address, and then moves the stack to another
 * address.
 */
TEST_F(story, a_stack_that_was_moved_is_where_it_is_touched)
{
	const struct space *space;

	stack_begins(1, MM);
	happen(1, EVENT_EXEC, .exec = { .old_pid = 1 });
	fault_grown(0x7ce010, 0x7cd000, 0x7cf000);
	EXPECT_PRINTED("fault 0000007ce010  write  [stack] ");
	space = world_space(&self->story.world, MM);
	EXPECT_EQ(NULL, maps_find(&space->maps, 0x7fe000));
	EXPECT_STREQ("[stack]", maps_find(&space->maps, 0x7cd000)->name);
	fault_grown(0x7be010, 0x7be000, 0x7bf000);
	EXPECT_PRINTED("fault 0000007be010  write  anonymous ");
}

/*
 * A brk() that is not merged makes a new VMA. Nothing is printed until brk()
 * ends.
 */
TEST_F(story, a_new_heap_waits_for_the_end_of_brk)
{
	happen(1, MMAPDEMO_EVENT_VMA_MERGE,
	       .merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_BRK,
			  .start = 0x5000, .end = 0x6000, .nr = SYS_brk,
			  .trigger = MMAPDEMO_TRIGGER_SYSCALL });
	happen(1, MMAPDEMO_EVENT_VMA_LINK,
	       .link = { .mm = MM, .cause = MMAPDEMO_CAUSE_BRK, .start = 0x5000,
			 .end = 0x6000, .nr = SYS_brk, .vm_flags = 0x73,
			 .trigger = MMAPDEMO_TRIGGER_SYSCALL });
	EXPECT_STREQ("", printed());
	happen(1, MMAPDEMO_EVENT_BRK,
	       .brk = { .mm = MM, .brk = 0x6000, .old = 0x5000,
			.ret = 0x6000 });
	EXPECT_PRINTED("brk(6000): the heap grows by 4 KiB");
	EXPECT_PRINTED("` vma_link          5000-6000 rw-p [heap]");
	EXPECT_EQ(NULL, strstr(strstr(printed(), "brk") + 1, "brk("));
}

/* Let exec map .bss. /proc/PID/maps shows no name for .bss. */
TEST_F(story, a_heap_of_exec_is_complete_with_its_vma)
{
	happen(1, MMAPDEMO_EVENT_VMA_MERGE,
	       .merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_BRK,
			  .start = 0x5000, .end = 0x6000, .nr = SYS_execve,
			  .trigger = MMAPDEMO_TRIGGER_EXEC });
	EXPECT_STREQ("", printed());
	happen(1, MMAPDEMO_EVENT_VMA_LINK,
	       .link = { .mm = MM, .cause = MMAPDEMO_CAUSE_BRK, .start = 0x5000,
			 .end = 0x6000, .nr = SYS_execve, .vm_flags = 0x73,
			 .trigger = MMAPDEMO_TRIGGER_EXEC });
	EXPECT_PRINTED("brk(6000): the heap grows by 4 KiB\n");
	EXPECT_PRINTED("` vma_link          5000-6000 rw-p anonymous");
}

/* ---- identities ---- */

/*
 * A TID that is used again belongs to a new task. The new task shares the
 * mappings of its parent.
 */
TEST_F(story, a_reused_number_is_another_task)
{
	map_libc(1, MM);
	fork_child();
	happen(2, EVENT_EXIT);
	happen(1, EVENT_FORK,
	       .fork = { .pid = 2, .clone_flags = CLONE_VM | CLONE_THREAD });
	ASSERT_NE(NULL, world_task(&self->story.world, 2));
	EXPECT_EQ(0U, world_task(&self->story.world, 2)->ending);
	EXPECT_EQ(world_space(&self->story.world, MM),
		  world_task(&self->story.world, 2)->space);
	EXPECT_EQ(NULL, world_space(&self->story.world, MM + 1));
}

/*
 * The VMAs that one exec has removed must not be counted again for the next
 * exec.
 */
TEST_F(story, vmas_left_by_exec_are_shown_once)
{
	map_libc(1, MM);
	stack_begins(1, MM + 1);
	happen(1, MMAPDEMO_EVENT_EXIT_MMAP,
	       .exit_mmap = { .mm = MM, .map_count = 5,
			      .trigger = MMAPDEMO_TRIGGER_EXEC });
	happen(1, EVENT_EXEC, .exec = { .old_pid = 1, .filename = "/bin/a" });
	stack_begins(1, MM + 2);
	happen(1, EVENT_EXEC, .exec = { .old_pid = 1, .filename = "/bin/b" });
	EXPECT_PRINTED("/bin/a; the 5 old VMAs were removed\n");
	EXPECT_PRINTED("/bin/b; the process no longer has the old mappings\n");
}

/* A child of a hidden task is hidden until it calls exec. */
TEST_F(story, a_hidden_child_is_hidden)
{
	static const struct maps nothing;

	ASSERT_EQ(0, world_seed(&self->story.world, 1, &nothing,
				/* hide = */ true));
	fault_libc(1, MM);
	fork_child();
	fault_libc(2, MM + 1);
	EXPECT_STREQ("", printed());
	EXPECT_EQ(0U, self->story.totals.faults);
	stack_begins(2, MM + 2);
	happen(2, EVENT_EXEC, .exec = { .old_pid = 2, .filename = "/bin/a" });
	fault_libc(2, MM + 2);
	EXPECT_EQ(1U, self->story.totals.faults);
}

/* ---- lengths of partial pages ---- */

TEST_F(story, mremap_in_place_grows_to_whole_pages)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_MREMAP,
	       .mremap = { .mm = MM, .addr = 0x7f0000, .old_len = 0x2000,
			   .new_len = 0x3001, .ret = 0x7f0000 });
	EXPECT_NE(NULL, maps_find(&self->story.world.spaces->maps, 0x7f3fff));
	EXPECT_EQ(NULL, maps_find(&self->story.world.spaces->maps, 0x7f4000));
}

TEST_F(story, mremap_that_fails_grows_nothing)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_MREMAP,
	       .mremap = { .mm = MM, .addr = 0x7f0000, .old_len = 0x2000,
			   .new_len = 0x4000, .ret = -ENOMEM });
	EXPECT_PRINTED("mremap(7f0000, 8 KiB -> 16 KiB) = ENOMEM ");
	EXPECT_EQ(NULL, maps_find(&self->story.world.spaces->maps, 0x7f2000));
}

TEST_F(story, no_flush_is_shown_twice)
{
	map_libc(1, MM);
	flush_tlb(1, FLUSH_LOCAL_MM, 1);
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .class = MMAPDEMO_FAULT_WP_COPY,
			  .duration = 1000000 });
	fault_libc(1, MM);
	flush_tlb(1, FLUSH_LOCAL_MM, 3);
	happen(1, MMAPDEMO_EVENT_BRK,
	       .brk = { .mm = MM, .ret = 0x5000, .duration = 1000000 });
	fault_libc(1, MM);
	stack_begins(1, MM + 1);
	flush_tlb(1, FLUSH_LOCAL_MM, 5);
	happen(1, MMAPDEMO_EVENT_EXIT_MMAP,
	       .exit_mmap = { .mm = MM + 1, .map_count = 1, .duration = 1000000,
			      .trigger = MMAPDEMO_TRIGGER_EXEC });
	fault_libc(1, MM);
	flush_tlb(1, FLUSH_LOCAL_MM, FLUSH_ALL);
	exit_mmap(1, MM);
	happen(1, EVENT_EXIT);
	ASSERT_EQ(0, story_end(&self->story));
	for (int i = 0; i < 4; i++) {
		static const char *const flushes[] = {
			"1 page\n", "3 pages\n", "5 pages", "all entries"
		};
		const char *first = strstr(printed(), flushes[i]);

		ASSERT_NE(NULL, first)
			TH_LOG("no '%s' in\n%s", flushes[i], printed());
		EXPECT_EQ(NULL, strstr(first + 1, flushes[i]));
	}
}

/* ---- TLB flushes ---- */

TEST_F(story, flush_of_a_fault_is_shown_with_its_entry)
{
	flush_tlb(1, FLUSH_LOCAL_MM, 1);
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .class = MMAPDEMO_FAULT_WP_COPY,
			  .after = 0x1d, .after_seen = 1, .entry_after = 0x5,
			  .duration = 1000000 });
	EXPECT_PRINTED(" r-x, TLB flush: 1 page\n");
	flush_tlb(1, FLUSH_LOCAL_MM, 2);
	EXPECT_NOT_PRINTED("2 pages");
	fault_libc(1, MM);
	EXPECT_PRINTED("  TLB flush: 2 pages\n    2.998 ms  fault ");
}

TEST_F(story, flush_within_a_call_is_shown_below_it)
{
	flush_tlb(1, FLUSH_LOCAL_MM, 1);
	happen(1, MMAPDEMO_EVENT_VMA_UNLINK,
	       .unlink = { .mm = MM, .start = 0x5000, .end = 0x7000, .vmas = 1,
			   .trigger = MMAPDEMO_TRIGGER_SYSCALL,
			   .nr = SYS_brk });
	flush_tlb(1, FLUSH_SEND, FLUSH_ALL);
	flush_tlb(1, FLUSH_LOCAL_MM, 2);
	happen(1, MMAPDEMO_EVENT_BRK,
	       .brk = { .mm = MM, .brk = 0x5000, .ret = 0x5000, .old = 0x7000,
			.duration = 3500000 });
	EXPECT_STREQ(
"    0.000 ms  TLB flush: 1 page\n"
"    0.500 ms  brk(5000): the heap shrinks by 8 KiB"
"                                            3.5 ms\n"
"              | vma_unlink        5000-7000  1 VMA\n"
"              ` tlb_flush         all entries on other processors, 2 pages\n",
		     printed());
}

TEST_F(story, flush_before_a_fault_is_not_shown_in_it)
{
	flush_tlb(1, FLUSH_LOCAL_MM, 1);
	flush_tlb(1, FLUSH_LOCAL_MM, 2);
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .class = MMAPDEMO_FAULT_WP_COPY,
			  .after = 0x1d, .after_seen = 1, .entry_after = 0x5,
			  .duration = 1500000 });
	EXPECT_PRINTED("    0.000 ms  TLB flush: 1 page\n");
	EXPECT_PRINTED(" r-x, TLB flush: 2 pages\n");
}

TEST_F(story, flush_of_fork_is_shown_in_its_line)
{
	happen(1, EVENT_FORK, .fork = { .pid = 2 });
	flush_tlb(1, FLUSH_LOCAL_MM, FLUSH_ALL);
	happen(1, MMAPDEMO_EVENT_DUP_MM,
	       .dup = { .mm = MM, .child_mm = MM + 1, .child_pid = 2,
			.duration = 1500000 });
	EXPECT_PRINTED(" of page tables, TLB flush: all entries  1.5 ms\n");
}

TEST_F(story, flush_for_others_is_no_part_of_anything)
{
	flush_tlb(1, FLUSH_REMOTE, 3);
	flush_tlb(1, FLUSH_WRONG_CPU, 3);
	EXPECT_STREQ("    0.000 ms  TLB flush: 3 pages for another processor\n"
		     "    1.000 ms  TLB flush: requested, but no longer needed\n", printed());
}

TEST_F(story, many_flushes_are_shown_each)
{
	for (int i = 1; i < 3 * CALL_FLUSHES_MAX; i++)
		flush_tlb(1, FLUSH_LOCAL_MM, i);
	self->story.brief = true;
	ASSERT_EQ(0, story_rest(&self->story));
	EXPECT_PRINTED("TLB flush: 16 pages\n");
	EXPECT_NOT_PRINTED("17 pages");
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("; 23 TLB flushes\n");
}

/* ---- without the module ---- */

#define begin_call(thread, which, ...)					\
	happen(thread, EVENT_ENTER + EVENT_CALL_##which,		\
	       .call = { .args = { __VA_ARGS__ } })
#define end_call(thread, which, result)					\
	happen(thread, EVENT_LEAVE + EVENT_CALL_##which,		\
	       .call = { .ret = result })
#define show_of_file(thread, from, to)					\
	happen(thread, EVENT_VMA,					\
	       .vma = { .start = from, .end = to, .pgoff = 1, .ino = 7,	\
			.prot = PROT_READ, .name = "known" })
#define touch(thread, at, code)						\
	happen(thread, EVENT_TOUCH,					\
	       .touch = { .address = at, .ip = 0x42, .error_code = code })

#define map_known(thread)						\
	({								\
		self->story.world.stock = true;				\
		begin_call(thread, MMAP, 0, 0x1234, PROT_READ,		\
			   MAP_PRIVATE, 3, 0x1000);			\
		show_of_file(thread, 0x7f0000, 0x7f2000);		\
		end_call(thread, MMAP, 0x7f0000);			\
	})

TEST_F(story, memory_mapped_by_exec_has_no_first_touch_after_mmap)
{
	self->story.world.stock = true;
	show_of_file(1, 0x7f0000, 0x7f2000);
	touch(1, 0x7f1010, 0);
	EXPECT_PRINTED("  read   known+0x2010  ");
	EXPECT_PRINTED("by 42  not present\n");
}

TEST_F(story, call_without_the_module_has_its_vma_below)
{
	map_known(1);
	EXPECT_STREQ(
"    0.000 ms  mmap(NULL, 4.6 KiB, r--p, known @ 0x1000) = 7f0000"
"                              2.0 ms\n"
"              ` VMA               7f0000-7f2000 r--p known @ 0x1000\n",
		     printed());
	touch(1, 0x7f1010, 0);
	touch(1, 0x7f1010, TOUCH_PROTECTION | TOUCH_WRITE);
	EXPECT_PRINTED("\n    3.000 ms  fault 0000007f1010  read   known+0x2010  ");
	EXPECT_PRINTED("by 42  not present, first touch 3.0 ms after mmap\n");
	EXPECT_PRINTED("fault 0000007f1010  write  known+0x2010  ");
	EXPECT_PRINTED("by 42  protection\n");
}

TEST_F(story, a_file_without_a_name_is_a_descriptor)
{
	self->story.world.stock = true;
	begin_call(1, MMAP, 0, 4096, PROT_READ, MAP_PRIVATE, 3, 0x1000);
	end_call(1, MMAP, -ENODEV);
	EXPECT_PRINTED("mmap(NULL, 4 KiB, r--p, fd 3 @ 0x1000) = ENODEV ");
}

TEST_F(story, call_whose_begin_was_not_seen_is_not_shown)
{
	self->story.world.stock = true;
	end_call(1, MUNMAP, 0);
	begin_call(1, MPROTECT, 0x7f0000, 0x1000, PROT_READ);
	end_call(1, MUNMAP, 0);
	EXPECT_STREQ("", printed());
}

TEST_F(story, call_that_does_not_end_has_mapped_nonetheless)
{
	self->story.world.stock = true;
	begin_call(1, MMAP, 0, 0x1000, PROT_READ, MAP_PRIVATE, 3, 0x1000);
	show_of_file(1, 0x7f0000, 0x7f1000);
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("  VMA 7f0000-7f1000 r--p known @ 0x1000\n");
}

TEST_F(story, mappings_move_and_go_without_the_module)
{
	map_known(1);
	begin_call(1, MREMAP, 0x7f1000, 0x1000, 0x3000, MREMAP_MAYMOVE);
	end_call(1, MREMAP, 0x6f0000);
	touch(1, 0x6f0010, 0);
	EXPECT_PRINTED("fault 0000006f0010  read   known+0x2010  ");
	touch(1, 0x7f1010, 0);
	EXPECT_PRINTED("fault 0000007f1010  read   unknown");
	begin_call(1, MUNMAP, 0x6f0000, 0x2800);
	end_call(1, MUNMAP, 0);
	EXPECT_PRINTED("munmap of 6f0000-6f2800 known ");
	touch(1, 0x6f2010, 0);
	EXPECT_PRINTED("fault 0000006f2010  read   unknown");
}

TEST_F(story, mappings_shrink_without_the_module)
{
	map_known(1);
	begin_call(1, MREMAP, 0x7f0000, 0x2000, 0x1000, 0);
	end_call(1, MREMAP, 0x7f0000);
	touch(1, 0x7f0010, 0);
	EXPECT_PRINTED("fault 0000007f0010  read   known+0x1010  ");
	touch(1, 0x7f1010, 0);
	EXPECT_PRINTED("fault 0000007f1010  read   unknown");
}

TEST_F(story, mappings_stay_without_the_module_when_calls_leave_them)
{
	map_known(1);
	begin_call(1, MREMAP, 0x7f0000, 0x2000, 0x2000,
		   MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
	end_call(1, MREMAP, 0x6f0000);
	EXPECT_PRINTED("maymove, dontunmap");
	touch(1, 0x6f1010, 0);
	EXPECT_PRINTED("fault 0000006f1010  read   known+0x2010  ");
	touch(1, 0x7f1020, 0);
	EXPECT_PRINTED("fault 0000007f1020  read   known+0x2020  ");
	begin_call(1, MUNMAP, 0x7f0000, 0x2000);
	end_call(1, MUNMAP, -EINVAL);
	touch(1, 0x7f1030, 0);
	EXPECT_PRINTED("fault 0000007f1030  read   known+0x2030  ");
	begin_call(1, MREMAP, 0x6f0000, 0x2000, 0x4000, 0);
	end_call(1, MREMAP, -ENOMEM);
	touch(1, 0x6f3000, 0);
	EXPECT_PRINTED("fault 0000006f3000  read   unknown");
	touch(1, 0x6f1020, 0);
	EXPECT_PRINTED("fault 0000006f1020  read   known+0x2020  ");
}

/*
 * The flush must be printed before later events of other tasks, not only at the
 * next event of its own task.
 */
TEST_F(story, flush_without_the_module_is_shown_in_time)
{
	const char *flush;

	self->story.world.stock = true;
	touch(1, 0x7f0000, 0);
	happen(1, EVENT_FLUSH, .flush = { FLUSH_LOCAL_MM, 1 });
	touch(2, 0x7f2000, 0);
	flush = strstr(printed(), "TLB flush: 1 page\n");
	ASSERT_NE(NULL, flush);
	EXPECT_NE(NULL, strstr(flush, "fault 0000007f2000"));
}

TEST_F(story, flush_of_a_call_without_the_module_is_shown_below_it)
{
	self->story.world.stock = true;
	begin_call(1, MADVISE, 0x7f0000, 0x2000, MADV_DONTNEED);
	flush_tlb(1, FLUSH_LOCAL_MM, 2);
	end_call(1, MADVISE, 0);
	EXPECT_PRINTED("2.0 ms\n              ` tlb_flush         2 pages\n");
	EXPECT_NOT_PRINTED("TLB flush");
}

/*
 * A call is printed only when it has ended, but at the position at which it
 * began.
 */
TEST_F(story, calls_stand_where_they_began)
{
	const char *call;

	self->story.world.stock = true;
	touch(1, 0x7f0000, 0);
	begin_call(1, MUNMAP, 0x7f0000, 0x1000);
	touch(2, 0x7f2000, 0);
	EXPECT_EQ(NULL, strstr(printed(), "fault 0000007f2000"));
	begin_call(3, MUNMAP, 0x7f3000, 0x1000);
	end_call(1, MUNMAP, 0);
	EXPECT_PRINTED("fault 0000007f2000");
	touch(2, 0x7f5000, 0);
	end_call(3, MUNMAP, 0);
	call = strstr(printed(), "munmap of 7f0000");
	ASSERT_NE(NULL, call);
	call = strstr(call, "fault 0000007f2000");
	ASSERT_NE(NULL, call);
	call = strstr(call, "munmap of 7f3000");
	ASSERT_NE(NULL, call);
	EXPECT_NE(NULL, strstr(call, "fault 0000007f5000"));
	begin_call(1, MUNMAP, 0x7f6000, 0x1000);
	touch(2, 0x7f7000, 0);
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("fault 0000007f7000");
}

/* Return true if @first occurs in the text, and @second occurs after it. */
static bool follows(const char *text, const char *first, const char *second)
{
	const char *begin = strstr(text, first);

	return begin && strstr(begin, second);
}

#define EXPECT_ORDER(first, second)					\
	EXPECT_TRUE(follows(printed(), first, second))			\
		TH_LOG("no '%s' before '%s' in\n%s", first, second, printed())

TEST_F(story, simultaneous_events_keep_their_order)
{
	self->story.world.stock = true;
	begin_call(1, MUNMAP, 0x7f0000, 0x1000);
	touch(2, 0x7f2000, 0);
	self->time -= 1000000;
	touch(3, 0x7f3000, 0);
	end_call(1, MUNMAP, 0);
	EXPECT_ORDER("fault 0000007f2000", "fault 0000007f3000");
}

/*
 * The first fault began at the same time as the call, and the second fault
 * began before the call.
 */
TEST_F(story, the_earlier_call_is_shown_first)
{
	map_libc(1, MM);
	begin_call(1, MADVISE, 0x7f0000, 0x2000, MADV_DONTNEED);
	self->time -= 1000000;
	happen(2, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .address = 0x8000 });
	happen(3, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .address = 0x9000, .duration = 1500000 });
	end_call(1, MADVISE, 0);
	EXPECT_ORDER("fault 000000009000", "fault 000000008000");
	EXPECT_ORDER("fault 000000008000", "madvise");
}

/* Text waits if less than 1 MiB waits, no matter how much was written before. */
TEST_F(story, text_that_was_written_does_not_count_as_waiting)
{
	self->story.world.stock = true;
	for (int call = 0; call < 3; call++) {
		begin_call(1, MUNMAP, 0x7f0000, 0x1000);
		for (int i = 0; i < 10000; i++)
			touch(2, 0x7f2000, 0);
		end_call(1, MUNMAP, 0);
	}
	begin_call(1, MUNMAP, 0x7f0000, 0x1000);
	touch(2, 0x7f3000, 0);
	EXPECT_EQ(NULL, strstr(printed(), "fault 0000007f3000"));
	end_call(1, MUNMAP, 0);
	EXPECT_PRINTED("fault 0000007f3000");
}

/* An event that happened before a task's next call must not wait for this call. */
TEST_F(story, calls_wait_for_those_that_began_earlier_only)
{
	self->story.world.stock = true;
	begin_call(3, MUNMAP, 0x7f3000, 0x1000);
	begin_call(1, MUNMAP, 0x7f0000, 0x1000);
	end_call(1, MUNMAP, 0);
	touch(2, 0x7f2000, 0);
	begin_call(1, MUNMAP, 0x7f1000, 0x1000);
	EXPECT_NOT_PRINTED("fault");
	end_call(3, MUNMAP, 0);
	EXPECT_ORDER("munmap of 7f3000", "munmap of 7f0000");
	EXPECT_ORDER("munmap of 7f0000", "fault 0000007f2000");
}

/* The name of the mapping is not printed, because the name is unknown. */
TEST_F(story, failed_calls_are_shown_by_their_numbers)
{
	self->story.world.stock = true;
	begin_call(1, MUNMAP, 0x1, 0x1000);
	end_call(1, MUNMAP, -EINVAL);
	EXPECT_PRINTED("  munmap of 1-1001 = EINVAL");
	begin_call(1, MADVISE, 0x1000, 0x1000, 1234);
	end_call(1, MADVISE, -EINVAL);
	EXPECT_PRINTED("  madvise of 1000-2000: 1234 = EINVAL");
	begin_call(1, MPROTECT, 0x1000, 0x1000, PROT_READ);
	end_call(1, MPROTECT, -EACCES);
	EXPECT_PRINTED("  mprotect of 1000-2000: r-- = EACCES");
	begin_call(1, MPROTECT, 0x1000, 0x1000, PROT_READ);
	end_call(1, MPROTECT, 0);
	EXPECT_PRINTED("  mprotect of 1000-2000: r-- from now on  ");
}

TEST_F(story, executable_memory_is_shown_without_the_module)
{
	self->story.world.stock = true;
	begin_call(1, MPROTECT, 0x1000, 0x1000, PROT_READ | PROT_EXEC);
	end_call(1, MPROTECT, 0);
	EXPECT_PRINTED("  mprotect of 1000-2000: r-x from now on  ");
}

TEST_F(story, shared_memory_is_shown_without_the_module)
{
	self->story.world.stock = true;
	for (int i = 0; i < 2; i++) {
		happen(1, EVENT_VMA,
		       .vma = { .start = 0x5000, .end = 0x6000, .ino = 7,
				.prot = PROT_READ, .name = "known",
				.flags = i ? MAP_SHARED : MAP_PRIVATE });
		EXPECT_PRINTED(i ? "VMA 5000-6000 r--s known @ 0\n" :
				"VMA 5000-6000 r--p known @ 0\n");
	}
}

TEST_F(story, memory_without_a_name_is_anonymous)
{
	happen(1, MMAPDEMO_EVENT_DO_MMAP,
	       .mmap = { .mm = MM, .len = 0x1000, .ret = 0x5000 });
	begin_call(1, MADVISE, 0x5000, 0x1000, MADV_DONTNEED);
	end_call(1, MADVISE, 0);
	EXPECT_PRINTED("madvise of 5000-6000 anonymous memory: dontneed");
}

/* The text must say what the call tried, but not that the merge succeeded. */
TEST_F(story, merges_that_fail_change_nothing)
{
	static const struct {
		__u32 cause;
		long nr;
		const char *words;
	} calls[] = {
		{ MMAPDEMO_CAUSE_BRK, SYS_execve,
		  "brk(7f3000): the heap failed to grow by 4 KiB\n" },
		{ MMAPDEMO_CAUSE_EXTEND, SYS_shmat,
		  "mremap in place: libc.so.6 failed to grow by 4 KiB\n" },
		{ MMAPDEMO_CAUSE_MOVE, SYS_shmat,
		  "mremap: failed to move 4 KiB to 7f2000\n" },
	};

	map_libc(1, MM);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		happen(1, MMAPDEMO_EVENT_VMA_MERGE,
		       .merge = { .mm = MM, .cause = calls[i].cause,
				  .nr = calls[i].nr, .ret = -ENOMEM,
				  .start = 0x7f2000, .end = 0x7f3000 });
		ASSERT_EQ(0, story_rest(&self->story));
		EXPECT_PRINTED(calls[i].words);
	}
}

TEST_F(story, heap_without_the_module)
{
	self->story.world.stock = true;
	begin_call(1, BRK, 0);
	end_call(1, BRK, 0x5000);
	EXPECT_PRINTED("brk(NULL): the heap ends at 5000");
	begin_call(1, BRK, 0x8000);
	end_call(1, BRK, 0x8000);
	EXPECT_PRINTED("brk(8000): the heap grows by 12 KiB");
	touch(1, 0x7010, TOUCH_WRITE);
	EXPECT_PRINTED("fault 000000007010  write  [heap]+0x2010");
	begin_call(1, BRK, 0x6000);
	end_call(1, BRK, 0x6000);
	EXPECT_PRINTED("brk(6000): the heap shrinks by 8 KiB");
	touch(1, 0x7010, TOUCH_WRITE);
	EXPECT_PRINTED("fault 000000007010  write  unknown");
}

TEST_F(story, tasks_without_the_module_live_where_they_must)
{
	map_known(1);
	begin_thread();
	happen(1, EVENT_FORK, .fork = { .pid = 3 });
	EXPECT_PRINTED("[1] fork: [3] starts with a copy of the mappings\n");
	begin_call(2, MUNMAP, 0x7f0000, 0x1000);
	end_call(2, MUNMAP, 0);
	touch(1, 0x7f0000, 0);
	EXPECT_PRINTED("[1] fault 0000007f0000  read   unknown");
	touch(3, 0x7f0000, 0);
	EXPECT_PRINTED("[3] fault 0000007f0000  read   known+0x1000");
	happen(2, EVENT_EXIT);
	happen(3, EVENT_EXIT);
	EXPECT_PRINTED("[2] exit\n");
	EXPECT_PRINTED("[3] exit\n");
	EXPECT_EQ(NULL, self->story.world.spaces->next);
}

TEST_F(story, exec_without_the_module_starts_over)
{
	map_known(1);
	happen(1, EVENT_COMM);
	show_of_file(1, 0x5000, 0x6000);
	EXPECT_PRINTED("exec: VMA 5000-6000 r--p known @ 0x1000\n");
	happen(1, EVENT_EXEC, .exec = { .old_pid = 1, .filename = "/bin/x" });
	touch(1, 0x5010, 0);
	EXPECT_PRINTED("fault 000000005010  read   known+0x1010");
	touch(1, 0x7f1010, 0);
	EXPECT_PRINTED("fault 0000007f1010  read   unknown");
	EXPECT_EQ(NULL, self->story.world.spaces->next);
}

/* ---- events of the kernel itself, in addition to the module's ---- */

#define signalled(thread, number, cause, how)				\
	happen(thread, EVENT_SIGNAL,					\
	       .signal = { .sig = number, .code = cause,		\
			   .handler = (unsigned long)how })
#define refuse_change(thread, from, to)					\
	happen(thread, MMAPDEMO_EVENT_VMA_MERGE,			\
	       .merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_CHANGE,	\
			  .start = from, .end = to,			\
			  .result_start = from, .result_end = to,	\
			  .nr = SYS_mprotect })

TEST_F(story, call_that_changes_no_vma_is_shown)
{
	map_libc(1, MM);
	begin_call(1, MADVISE, 0x7f0000, 0x2000, MADV_DONTNEED);
	flush_tlb(1, FLUSH_LOCAL_MM, 2);
	end_call(1, MADVISE, 0);
	EXPECT_PRINTED("madvise of 7f0000-7f2000 libc.so.6: dontneed");
	EXPECT_PRINTED("2.0 ms\n              ` tlb_flush         2 pages\n");
}

TEST_F(story, a_call_is_shown_once_with_its_parts)
{
	map_libc(1, MM);
	begin_call(1, MPROTECT, 0x7f0000, 0x1000, PROT_READ);
	refuse_change(1, 0x7f0000, 0x7f1000);
	EXPECT_NOT_PRINTED("mprotect");
	end_call(1, MPROTECT, -ENOMEM);
	EXPECT_PRINTED("mprotect of 7f0000-7f1000 libc.so.6: r-- = ENOMEM "
		       "(Cannot allocate memory)");
	EXPECT_PRINTED("` vma_merge         none; the whole VMA changes");
	EXPECT_EQ(NULL, strstr(strstr(printed(), "mprotect") + 1, "mprotect"));
}

TEST_F(story, a_mapping_that_munmap_removed_has_its_name)
{
	map_libc(1, MM);
	begin_call(1, MUNMAP, 0x7f0000, 0x2000);
	happen(1, MMAPDEMO_EVENT_VMA_UNLINK,
	       .unlink = { .mm = MM, .start = 0x7f0000, .end = 0x7f2000,
			   .vmas = 1, .nr = SYS_munmap });
	flush_tlb(1, FLUSH_LOCAL_MM, 2);
	end_call(1, MUNMAP, 0);
	EXPECT_PRINTED("munmap of 7f0000-7f2000 libc.so.6 ");
	EXPECT_PRINTED("| vma_unlink        7f0000-7f2000  1 VMA\n");
	EXPECT_PRINTED("` tlb_flush         2 pages\n");
	begin_call(1, MUNMAP, 0x7f0000, 0x2000);
	end_call(1, MUNMAP, 0);
	EXPECT_PRINTED("munmap of 7f0000-7f2000  ");
}

TEST_F(story, mmap_that_fails_early_is_shown_and_counted)
{
	map_libc(1, MM);
	begin_call(1, MMAP, 0, 0x1000, PROT_READ, MAP_SHARED, 99);
	end_call(1, MMAP, -EBADF);
	EXPECT_PRINTED("mmap(NULL, 4 KiB, r--s, fd 99 @ 0) = EBADF");
	begin_call(1, MMAP, 0, 0x1000, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS);
	happen(1, MMAPDEMO_EVENT_DO_MMAP,
	       .mmap = { .mm = MM, .len = 0x1000, .flags = MAP_PRIVATE |
			 MAP_ANONYMOUS, .ret = 0x6000 });
	end_call(1, MMAP, 0x6000);
	EXPECT_EQ(3U, self->story.totals.mmaps);
	EXPECT_EQ(1U, self->story.totals.mmaps_failed);
}

TEST_F(story, call_of_a_process_not_seen_before_is_shown)
{
	struct mapping mapping = {
		.start = 0x5000, .end = 0x6000, .name = "known"
	};
	struct maps maps = { 0 };

	ASSERT_EQ(0, maps_set(&maps, &mapping));
	ASSERT_EQ(0, world_seed(&self->story.world, 1, &maps, false));
	ASSERT_EQ(0, world_seed(&self->story.world, 2, &maps, true));
	maps_free(&maps);
	for (int tid = 1; tid <= 2; tid++) {
		begin_call(tid, MADVISE, 0x5000, 0x1000, MADV_DONTNEED);
		end_call(tid, MADVISE, 0);
		touch(tid, 0x5010, TOUCH_PROTECTION | TOUCH_WRITE);
		signalled(tid, SIGSEGV, SEGV_ACCERR, 0x1234);
	}
	EXPECT_PRINTED("madvise of 5000-6000 known: dontneed");
	EXPECT_PRINTED("fault 000000005010  write  known+0x10 ");
	EXPECT_NOT_PRINTED("[2]");
}

TEST_F(story, a_fault_that_the_module_sees_is_shown_once)
{
	map_libc(1, MM);
	touch(1, 0x7f1010, 0);
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .address = 0x7f1000, .ip = 0x7f0004,
			  .class = MMAPDEMO_FAULT_SIGBUS });
	EXPECT_NOT_PRINTED("not present");
	signalled(1, SIGBUS, BUS_ADRERR, SIG_DFL);
	EXPECT_NOT_PRINTED("not present");
	EXPECT_PRINTED("SIGBUS: there is no page for the address, the process is "
		       "killed\n");
	EXPECT_EQ(1U, self->story.totals.faults);
	EXPECT_EQ(0U, self->story.totals.unhandled);
	EXPECT_EQ(1U, self->story.totals.signals);
}

TEST_F(story, fault_before_handle_mm_fault_is_shown_with_its_signal)
{
	map_libc(1, MM);
	touch(1, 0x10, TOUCH_WRITE);
	EXPECT_NOT_PRINTED("fault");
	signalled(1, SIGSEGV, SEGV_MAPERR, 0x1234);
	EXPECT_PRINTED("fault 000000000010  write  unknown");
	EXPECT_PRINTED("by 42  not present: SIGSEGV\n");
	EXPECT_PRINTED("SIGSEGV: the address is not mapped, or is in a guard page, "
		       "the handler runs\n");
	touch(1, 0x7f1010, TOUCH_PROTECTION | TOUCH_WRITE);
	signalled(1, SIGSEGV, SEGV_ACCERR, SIG_DFL);
	EXPECT_PRINTED("fault 0000007f1010  write  libc.so.6+0x3010");
	EXPECT_PRINTED("protection: SIGSEGV\n");
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("\n0 faults took 0 ns; 2 more faults never reached "
		       "handle_mm_fault(); 2 signals (SIGSEGV or SIGBUS)\n");
}

TEST_F(story, causes_of_sigbus_are_distinguished)
{
	static const struct {
		__u32 ret;
		__u32 class;
		__u32 access;
		__u32 before;
		__u64 vm_flags;
		const char *words;
	} cases[] = {
		{ FAULT_AFTER_END, MMAPDEMO_FAULT_SIGBUS, 0, 0, 0,
		  "handle_mm_fault: after the end of the file: SIGBUS\n" },
		{ FAULT_WITHIN_FILE, MMAPDEMO_FAULT_SIGBUS,
		  MMAPDEMO_ACCESS_WRITE, 0, 0,
		  "handle_mm_fault: an I/O error occurred, or no space is "
		  "left: SIGBUS\n" },
		{ FAULT_WITHIN_FILE, MMAPDEMO_FAULT_SIGBUS,
		  MMAPDEMO_ACCESS_WRITE, 0, VM_SHARED,
		  ": the file system refused the write, no space is left, or "
		  "an I/O error occurred: SIGBUS\n" },
		{ FAULT_WITHIN_FILE, MMAPDEMO_FAULT_SIGBUS,
		  MMAPDEMO_ACCESS_READ, 0, 0,
		  "handle_mm_fault: an I/O error occurred, or no space is "
		  "left: SIGBUS\n" },
		{ FAULT_WITHIN_FILE, MMAPDEMO_FAULT_SIGBUS,
		  MMAPDEMO_ACCESS_WRITE, MMAPDEMO_ENTRY_PRESENT, VM_SHARED,
		  ": the file system refused the write, no space is left, or "
		  "an I/O error occurred: SIGBUS\n" },
		{ FAULT_WITHIN_FILE, MMAPDEMO_FAULT_SIGBUS,
		  MMAPDEMO_ACCESS_WRITE, 0, VM_HUGETLB,
		  "no huge page is left in the pool, quota or cgroup" },
		{ 0, MMAPDEMO_FAULT_SIGBUS, 0, 0, 0,
		  "no page (after the end of the file, no space left, or an "
		  "I/O error): SIGBUS\n" },
		{ 0, MMAPDEMO_FAULT_HWPOISON, 0, 0, 0,
		  "a hardware memory error (poisoned page): SIGBUS\n" },
	};

	map_libc(1, MM);
	fault_libc(1, MM);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		happen(1, MMAPDEMO_EVENT_PTE_FAULT,
		       .fault = { .mm = MM, .address = 0x7f1000, .ino = 7,
				  .ret = 2 | cases[i].ret,
				  .class = cases[i].class,
				  .access = cases[i].access,
				  .entry_before = cases[i].before,
				  .vm_flags = cases[i].vm_flags });
		EXPECT_PRINTED(cases[i].words);
	}
}

TEST_F(story, sigbus_without_a_file_has_no_known_cause)
{
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .class = MMAPDEMO_FAULT_SIGBUS, .ret = 2 });
	EXPECT_PRINTED("handle_mm_fault: there is no page for the address: SIGBUS\n");
}

TEST_F(story, signals_show_the_fate_of_the_process)
{
	static const struct {
		int sig;
		int code;
		void *handler;
		const char *words;
	} signals[] = {
		{ SIGBUS, BUS_MCEERR_AR, SIG_DFL,
		  "SIGBUS: a hardware memory error, the process is killed\n" },
		{ SIGBUS, BUS_MCEERR_AO, SIG_IGN,
		  "SIGBUS: a hardware memory error, ignored\n" },
		{ SIGBUS, BUS_ADRALN, (void *)0x1234,
		  "SIGBUS: caused by a fault, the handler runs\n" },
		{ SIGSEGV, SI_USER, SIG_IGN,
		  "SIGSEGV: sent by a process, ignored\n" },
		{ SIGALRM, SI_TIMER, SIG_DFL,
		  "SIGALRM: sent by a timer, the process is killed\n" },
		{ SIGPIPE, SI_USER, SIG_DFL,
		  "SIGPIPE, the process is killed\n" },
		{ SIGXFSZ, SI_USER, SIG_DFL,
		  "SIGXFSZ, the process is killed\n" },
	};

	map_libc(1, MM);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		signalled(1, signals[i].sig, signals[i].code,
			  signals[i].handler);
		EXPECT_PRINTED(signals[i].words);
	}
}

/*
 * A fault on another page does not end this fault, because events may have been
 * lost.
 */
TEST_F(story, a_fault_ends_with_that_of_its_page)
{
	map_libc(1, MM);
	touch(1, 0x10, TOUCH_WRITE);
	fault_libc(1, MM);
	signalled(1, SIGSEGV, SEGV_MAPERR, SIG_DFL);
	EXPECT_PRINTED("fault 000000000010  write  unknown");
	EXPECT_EQ(1U, self->story.totals.unhandled);
}

/*
 * The fault failed only if there is a signal. The event at the end of a fault
 * may be missing for other reasons.
 */
TEST_F(story, fault_whose_end_is_not_known_is_not_counted)
{
	map_libc(1, MM);
	touch(1, 0x7f1010, 0);
	touch(1, 0x7f1010, 0);
	EXPECT_PRINTED("not present, the end of the fault was not recorded\n");
	signalled(1, SIGSEGV, SI_USER, SIG_DFL);
	EXPECT_PRINTED("SIGSEGV: sent by a process, the process is killed\n");
	EXPECT_EQ(0U, self->story.totals.unhandled);
	EXPECT_EQ(0U, self->story.totals.signals);
}

/*
 * When the kernel touches memory for a task, an earlier fault of this task must
 * have ended.
 */
TEST_F(story, a_fault_in_the_kernel_ends_the_fault_before)
{
	map_libc(1, MM);
	touch(1, 0x7f1010, 0);
	happen(1, EVENT_KERNEL_TOUCH, .touch = { .address = 0x7f0010 });
	EXPECT_PRINTED("fault 0000007f1010  read   libc.so.6+0x3010");
	EXPECT_PRINTED("not present, the end of the fault was not recorded\n");
}

/* The module reports a fault that no VMA allows, and the signal that follows. */
#define end_fault(thread, at, how, there)				\
	happen(thread, MMAPDEMO_EVENT_FAULT_SIGNAL,			\
	       .ended = { .mm = MM, .address = at, .ip = 0x42, .access = how, \
			  .present = there, .sig = SIGSEGV, .code = SEGV_MAPERR })

TEST_F(story, a_fault_that_no_vma_allows_is_printed_with_its_signal)
{
	map_libc(1, MM);
	end_fault(1, 0, MMAPDEMO_ACCESS_READ, 0);
	EXPECT_PRINTED("fault 000000000000  read   unknown");
	EXPECT_PRINTED("by 42  not present: SIGSEGV\n");
	end_fault(1, 0x7f1010, MMAPDEMO_ACCESS_WRITE, 1);
	EXPECT_PRINTED("fault 0000007f1010  write  libc.so.6+0x3010");
	EXPECT_PRINTED("by 42  protection: SIGSEGV\n");
	end_fault(1, 0x7f1010, MMAPDEMO_ACCESS_EXEC, 0);
	EXPECT_PRINTED("fault 0000007f1010  exec   libc.so.6+0x3010");
	signalled(1, SIGSEGV, SEGV_MAPERR, SIG_DFL);
	EXPECT_EQ(3U, self->story.totals.unhandled);
	EXPECT_EQ(0U, self->story.totals.faults);
}

/* Return how many faults are printed if a fault with this result precedes the signal. */
static unsigned int unhandled_after(struct __test_metadata *_metadata,
				    FIXTURE_DATA(story) *self, struct fault_event fault)
{
	const unsigned long before = self->story.totals.unhandled;

	happen(1, MMAPDEMO_EVENT_PTE_FAULT, .fault = fault);
	end_fault(1, 0x7f1010, MMAPDEMO_ACCESS_READ, 0);
	return self->story.totals.unhandled - before;
}

TEST_F(story, the_signal_of_a_fault_that_failed_is_no_other_fault)
{
	struct fault_event fault = {
		.mm = MM, .address = 0x7f1000, .ret = 2,
		.class = MMAPDEMO_FAULT_SIGBUS, .from = MMAPDEMO_FROM_USER,
	};

	map_libc(1, MM);
	EXPECT_EQ(0U, unhandled_after(_metadata, self, fault));
	fault.ret = 0x40;
	EXPECT_EQ(0U, unhandled_after(_metadata, self, fault));
	/* The same signal again */
	end_fault(1, 0x7f1010, MMAPDEMO_ACCESS_READ, 0);
	EXPECT_EQ(1U, self->story.totals.unhandled);
	/* A fault that was handled, one of another page, one of get_user_pages() */
	fault.ret = 0;
	EXPECT_EQ(1U, unhandled_after(_metadata, self, fault));
	fault.ret = 2;
	fault.address += 0x1000;
	EXPECT_EQ(1U, unhandled_after(_metadata, self, fault));
	fault.address -= 0x1000;
	fault.from = MMAPDEMO_FROM_GUP;
	EXPECT_EQ(1U, unhandled_after(_metadata, self, fault));
}

TEST_F(story, a_failed_access_of_the_kernel_precedes_the_signal)
{
	map_libc(1, MM);
	happen(1, EVENT_KERNEL_TOUCH, .touch = { .address = 0x7f1010 });
	end_fault(1, 0x7f1010, MMAPDEMO_ACCESS_READ, 0);
	EXPECT_PRINTED("fault 0000007f1010  read   libc.so.6+0x3010");
	EXPECT_PRINTED("not present, the end of the fault was not recorded\n");
	EXPECT_PRINTED("by 42  not present: SIGSEGV\n");
	EXPECT_EQ(1U, self->story.totals.unhandled);
}

TEST_F(story, a_fault_of_user_space_ends_one_of_the_kernel)
{
	map_libc(1, MM);
	happen(1, EVENT_KERNEL_TOUCH, .touch = { .address = 0x7f3010 });
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .address = 0x7f1000, .from = MMAPDEMO_FROM_GUP });
	EXPECT_NOT_PRINTED("the end of the fault was not recorded");
	happen(1, MMAPDEMO_EVENT_PTE_FAULT,
	       .fault = { .mm = MM, .address = 0x7f1000, .from = MMAPDEMO_FROM_USER });
	EXPECT_PRINTED("not present, the end of the fault was not recorded\n");
}

/* A processor exception other than a page fault also ends in SIGSEGV. */
TEST_F(story, a_signal_without_a_fault_belongs_to_no_access_of_the_kernel)
{
	map_libc(1, MM);
	happen(1, EVENT_KERNEL_TOUCH, .touch = { .address = 0x7f1010 });
	signalled(1, SIGSEGV, SI_KERNEL, SIG_DFL);
	EXPECT_PRINTED("not present, the end of the fault was not recorded\n");
	EXPECT_EQ(0U, self->story.totals.unhandled);
}

/* The signal of the first fault was not recorded. */
TEST_F(story, a_later_signal_is_not_that_of_an_earlier_fault)
{
	struct fault_event fault = {
		.mm = MM, .address = 0x7f1000, .ret = 2,
		.class = MMAPDEMO_FAULT_SIGBUS, .from = MMAPDEMO_FROM_USER,
	};

	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_PTE_FAULT, .fault = fault);
	happen(1, EVENT_KERNEL_TOUCH, .touch = { .address = 0x7f3010 });
	end_fault(1, 0x7f1010, MMAPDEMO_ACCESS_READ, 0);
	EXPECT_EQ(1U, self->story.totals.unhandled);
}

TEST_F(story, cause_of_sigkill_is_not_known)
{
	map_libc(1, MM);
	signalled(1, SIGKILL, 0, SIG_DFL);
	EXPECT_PRINTED("SIGKILL: the process exits, or a signal kills the "
		       "process\n");
}

TEST_F(story, summary_counts)
{
	map_libc(1, MM);
	fault_libc(1, MM);
	fault_libc(1, MM);
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("\n1 mmap call took 11.2 us; all calls together "
		       "(including brk, mprotect and exec): 1 new VMA, 0 merges");
	EXPECT_PRINTED("\n2 faults took 3.8 us: 2 read\n");
}

TEST_F(story, summary_lists_the_classes_of_faults)
{
	static const __u32 classes[] = {
		MMAPDEMO_FAULT_ANON, MMAPDEMO_FAULT_COW, MMAPDEMO_FAULT_ANON,
		MMAPDEMO_FAULT_SWAP,
	};

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		happen(1, MMAPDEMO_EVENT_PTE_FAULT,
		       .fault = { .mm = MM, .class = classes[i],
				  .duration = 1000 });
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("\n4 faults took 4.0 us: 2 anon, 1 cow, 1 swap\n");
}

TEST_F(story, summary_distinguishes_failures)
{
	map_libc(1, MM);
	for (int i = 0; i < 3; i++)
		happen(1, MMAPDEMO_EVENT_PTE_FAULT,
		       .fault = { .mm = MM, .class = MMAPDEMO_FAULT_READ,
				  .ino = 7, .ret = i ? FAULT_MAJOR : 0,
				  .retries = i > 1, .duration = 1000 });
	happen(1, MMAPDEMO_EVENT_DO_MMAP, .mmap = { .mm = MM, .ret = -ENOMEM });
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("\n2 mmap calls took 11.2 us, 1 failed; all calls "
		       "together (including brk, mprotect and exec): 1 new VMA");
	EXPECT_PRINTED("\n3 faults took 3.0 us: 3 read; 2 major; 1 retried\n");
}

TEST_F(story, summary_counts_vmas_and_flushes)
{
	map_libc(1, MM);
	happen(1, MMAPDEMO_EVENT_VMA_MERGE,
	       .merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_CHANGE,
			  .outcome = MMAPDEMO_MERGE_PREV |
				     MMAPDEMO_MERGE_NEXT });
	happen(1, MMAPDEMO_EVENT_VMA_UNLINK,
	       .unlink = { .mm = MM, .start = 0x7f0000, .end = 0x7f2000,
			   .vmas = 2, .nr = SYS_munmap });
	flush_tlb(1, FLUSH_LOCAL, 1);
	flush_tlb(1, FLUSH_LOCAL_MM, 1);
	flush_tlb(1, FLUSH_SEND, 1);
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("exec): 1 new VMA, 1 merge with a neighbour, 0 splits, 2 "
		       "VMAs unmapped");
	EXPECT_PRINTED("; 2 TLB flushes\n");
}

TEST_F(story, summary_without_the_module)
{
	self->story.world.stock = true;
	touch(1, 0x7f0000, 0);
	touch(1, 0x7f0000, TOUCH_PROTECTION | TOUCH_WRITE);
	touch(1, 0x7f1000, TOUCH_EXEC);
	touch(1, 0x7f1000, TOUCH_PROTECTION);
	touch(1, 0x7f2000, 0);
	happen(1, EVENT_KERNEL_TOUCH, .touch = { .address = 0x7f3000 });
	EXPECT_PRINTED("fault 0000007f1000  exec   unknown");
	EXPECT_PRINTED("fault 0000007f1000  read   unknown");
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("\n6 faults: 4 not present, 2 protection; 1 write; 1 by "
		       "the kernel\n");
}

TEST_F(story, heading_says_which_level_is_folded)
{
	ASSERT_EQ(0, story_begin(&self->story, "title"));
	EXPECT_PRINTED("title\npage table entries: # was there  + filled now");
	EXPECT_PRINTED("  - folded: this machine has 4 levels\n");
}

TEST_F(story, heading_of_five_levels_has_none_folded)
{
	self->story.levels = 5;
	ASSERT_EQ(0, story_begin(&self->story, "title"));
	EXPECT_PRINTED("title\npage table entries: # was there  + filled now");
	EXPECT_NOT_PRINTED("folded");
}

TEST_F(story, losses_are_shown_with_the_sums)
{
	self->story.lost = 3;
	self->story.missed = 1;
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("\n3 events were lost; 1 kernel function call was not "
		       "observed: these figures can be too low\n");
}

TEST_F(story, one_lost_event_is_singular)
{
	self->story.lost = 1;
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("\n1 event was lost: these figures can be too low\n");
}

TEST_F(story, calls_not_observed_are_shown_alone)
{
	self->story.missed = 2;
	ASSERT_EQ(0, story_end(&self->story));
	EXPECT_PRINTED("\n2 kernel function calls were not observed: these figures "
		       "can be too low\n");
}

TEST_F(story, brief_is_one_line_each)
{
	self->story.brief = true;
	map_libc(1, MM);
	fault_libc(1, MM);
	EXPECT_EQ(NULL, strchr(strchr(strchr(printed(), '\n') + 1, '\n') + 1,
			       '\n'));
	EXPECT_PRINTED("by libc.so.6+0x2004  read");
	fork_child();
	EXPECT_PRINTED("fork: child [2] gets a copy: 5 VMAs, 20 KiB of page tables ");
}

TEST_F(story, full_disk_is_an_error)
{
	struct event event = { .kind = EVENT_EXIT, .tid = 1, .time = 1 };
	FILE *full = fopen("/dev/full", "w"), *out = self->story.out;

	ASSERT_NE(NULL, full);
	self->story.out = full;
	story_event(&self->story, &event);
	EXPECT_NE(0, story_end(&self->story));
	self->story.out = out;
	fclose(full);
}

TEST_HARNESS_MAIN
