// SPDX-License-Identifier: GPL-2.0-only
/*
 * The advice of mmapdemo lint, and cases in which lint gives no advice. Each
 * test passes events to lint, and checks the findings. The tests require
 * neither the module nor root.
 *
 * Depends on: nothing.
 */
#include "kselftest_harness.h"

#include "../userspace/base/printer.h"
#include "../userspace/report/summary.h"
#include "../userspace/report/summary_text.h"
#include "../userspace/report/lint/lint.h"
#include "../userspace/record/symbols.h"
#include "../userspace/story/parts.h"
#include "../userspace/event/vm_flags.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#define PAGE 4096ULL
#define BASE 0x7f0000000000ULL
#define MM 7U
#define RW (VM_READ | VM_WRITE)
#define US 1000ULL

/*
 * The code for the rows of a report needs these two functions to link. lint
 * never calls them.
 */
const struct symbol *symbols_find(struct symbols *symbols, __u32 dev,
				  __u64 ino, __u64 offset)
{
	(void)symbols, (void)dev, (void)ino, (void)offset;
	return NULL;
}

const char *symbols_build_id(struct symbols *symbols, __u32 dev, __u64 ino)
{
	(void)symbols, (void)dev, (void)ino;
	return "";
}

const char *symbols_path(struct symbols *symbols, __u32 dev, __u64 ino)
{
	(void)symbols, (void)dev, (void)ino;
	return "";
}

/* Texts about the borders between VMAs need these two functions. */
const char *reason_text(__u32 reason)
{
	return name_of(names_reason, reason);
}

void add_flag_names(struct line *line, const struct name *names, __u64 flags)
{
	(void)line, (void)names, (void)flags;
}

FIXTURE(lint) {
	struct lint lint;
	struct space space;
	struct lint_machine machine;
	struct findings findings;
	struct fault_event fault;	/* template for the next faults */
	struct slow_event slow;		/* their fault_time event, if it has a duration */
	__u64 vm_flags;			/* VM_* flags before the next change */
	__u32 trigger;			/* trigger of the next change */
	__u32 tid;
	__u64 time;
};

/* Set up anonymous memory of 4096 pages. */
FIXTURE_SETUP(lint)
{
	memset(self, 0, sizeof(*self));
	self->space.mm = MM;
	self->vm_flags = RW;
	self->tid = 1;
	self->machine = (struct lint_machine){
		.populate = true, .memory = 1ULL << 30, .thp = THP_ALWAYS,
		.limit = 65530,
	};
	self->fault = (struct fault_event){
		.mm = MM, .vma_start = BASE, .vma_end = BASE + 4096 * PAGE,
		.vm_flags = RW, .class = MMAPDEMO_FAULT_ANON,
		.access = MMAPDEMO_ACCESS_WRITE, .duration = US,
	};
}

FIXTURE_TEARDOWN(lint)
{
	findings_free(&self->findings);
	lint_free(&self->lint);
	maps_free(&self->space.maps);
}

static void happen(FIXTURE_DATA(lint) *self, struct event *event)
{
	self->time += 10 * US;
	event->time = self->time;
	event->tid = self->tid;
	if (space_apply(&self->space, event) ||
	    lint_event(&self->lint, event, &self->space,
		       self->slow.duration ? &self->slow : NULL))
		ksft_exit_fail_msg("no memory\n");
}

static void touch(FIXTURE_DATA(lint) *self, __u64 from, __u64 to)
{
	struct event event = {
		.kind = MMAPDEMO_EVENT_PTE_FAULT, .fault = self->fault,
	};

	for (; from < to; from++) {
		event.fault.address = BASE + from * PAGE;
		happen(self, &event);
	}
}

static void unmap(FIXTURE_DATA(lint) *self, __u64 from, __u64 to, long nr)
{
	struct event event = {
		.kind = MMAPDEMO_EVENT_VMA_UNLINK,
		.unlink = { .mm = MM, .start = BASE + from * PAGE,
			    .end = BASE + to * PAGE, .nr = nr },
	};

	happen(self, &event);
}

static void advise_with(FIXTURE_DATA(lint) *self, __u64 from, __u64 to,
			int advice, int ret)
{
	struct event event = {
		.kind = EVENT_LEAVE + EVENT_CALL_MADVISE,
		.call = { .args = { BASE + from * PAGE, (to - from) * PAGE,
				    advice },
			  .ret = ret },
	};

	happen(self, &event);
}

static void advise(FIXTURE_DATA(lint) *self, __u64 from, __u64 to, int advice)
{
	advise_with(self, from, to, advice, 0);
}

/*
 * Call mremap() for @pages pages. The new mapping has @more pages, from page
 * @to on.
 */
static void move(FIXTURE_DATA(lint) *self, __u64 from, __u64 pages, __u64 to,
		 __u64 more)
{
	struct event event = {
		.kind = MMAPDEMO_EVENT_MREMAP,
		.mremap = { .mm = MM, .addr = BASE + from * PAGE,
			    .old_len = pages * PAGE, .new_len = more * PAGE,
			    .ret = BASE + to * PAGE },
	};

	happen(self, &event);
}

/* Call mmap() with a hint. */
static void map_at(FIXTURE_DATA(lint) *self, __u64 from, __u64 to, __u64 hint)
{
	struct event event = {
		.kind = MMAPDEMO_EVENT_DO_MMAP,
		.mmap = { .mm = MM, .ret = BASE + from * PAGE, .addr = hint,
			  .prot = PROT_READ | PROT_WRITE,
			  .flags = MAP_PRIVATE | MAP_ANONYMOUS,
			  .len = (to - from) * PAGE, .nr = SYS_mmap },
	};

	happen(self, &event);
}

static void map(FIXTURE_DATA(lint) *self, __u64 from, __u64 to)
{
	map_at(self, from, to, 0);
}

/*
 * Change a part of a VMA. @prev and @next say whether this part is in the
 * middle, at the start or at the end of the VMA.
 */
static void change(FIXTURE_DATA(lint) *self, __u64 from, __u64 to, long nr,
		   __u64 flags, __u32 prev, __u32 next)
{
	struct event event = {
		.kind = MMAPDEMO_EVENT_VMA_MERGE,
		.merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_CHANGE, .nr = nr,
			   .start = BASE + from * PAGE,
			   .end = BASE + to * PAGE,
			   .vm_flags = self->vm_flags,
			   .trigger = self->trigger,
			   .flags_wanted = flags, .reason_prev = prev,
			   .reason_next = next },
	};

	happen(self, &event);
}

/*
 * Join the findings that have the same kind and cause, and sort them by rank.
 * Return the number of findings.
 */
static size_t found(FIXTURE_DATA(lint) *self)
{
	if (lint_findings(&self->lint, &self->machine, &self->findings))
		ksft_exit_fail_msg("no memory\n");
	findings_group(&self->findings);
	findings_rank(&self->findings);
	return self->findings.count;
}

#define FOUND(i) (&self->findings.list[i])

/* Return the number of findings of a kind. */
static size_t found_of(FIXTURE_DATA(lint) *self, enum finding_kind kind)
{
	size_t count = 0;

	for (size_t i = found(self); i--;)
		count += FOUND(i)->kind == kind;
	return count;
}

/* Return true if the text of a finding contains @words. */
static bool says(const struct finding *finding, const char *words)
{
	static char text[LINE_MAX_BYTES];
	FILE *out = fmemopen(text, sizeof(text), "w");
	struct style style;
	int err;

	style_plain(&style, 0);
	err = out ? finding_show(out, &style, finding, NULL) : -1;
	if (out)
		fclose(out);
	return !err && strstr(text, words);
}

/* ---- first touches ---- */

TEST_F(lint, pages_touched_one_by_one_are_a_storm)
{
	touch(self, 0, 4096);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_STORM, FOUND(0)->kind);
	EXPECT_EQ(ADVICE_POPULATE, FOUND(0)->advice);
	EXPECT_EQ(4096U, FOUND(0)->count);
	EXPECT_EQ(4096 * US, FOUND(0)->ns);
	EXPECT_EQ(BASE, FOUND(0)->start);
	EXPECT_EQ(BASE + 4096 * PAGE, FOUND(0)->end);
}

TEST_F(lint, before_5_14_only_mappings_touched_as_a_whole_are_populated)
{
	self->machine.populate = false;
	touch(self, 0, 1024);
	EXPECT_EQ(0U, found(self));
	touch(self, 1024, 4096);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_OLD, FOUND(0)->advice);
}

/* The kernel touches the pages, for example during read(). */
TEST_F(lint, pages_touched_by_the_kernel_are_a_storm)
{
	self->fault.from = MMAPDEMO_FROM_KERNEL;
	touch(self, 0, 4096);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_STORM, FOUND(0)->kind);
	EXPECT_EQ(4096U, FOUND(0)->count);
}

/* The last touch is made by a debugger, and so is not a touch of the program. */
TEST_F(lint, touches_of_another_process_are_no_part_of_a_storm)
{
	touch(self, 0, 600);
	self->fault.from = MMAPDEMO_FROM_REMOTE;
	touch(self, 700, 701);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(600U, FOUND(0)->count);
}

TEST_F(lint, a_storm_begins_and_ends_within_a_huge_page)
{
	touch(self, 256, 1792);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(1536U, FOUND(0)->count);
}

/* Each fault maps a large folio of 16 KiB, which has four pages. */
TEST_F(lint, a_fault_brings_all_pages_of_its_folio)
{
	self->fault.order = 2;
	for (__u64 page = 0; page < 4096; page += 4)
		touch(self, page ? page + 3 : 0, page ? page + 4 : 1);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(1024U, FOUND(0)->count);
	EXPECT_EQ(ADVICE_POPULATE, FOUND(0)->advice);
}

/*
 * The first fault does not touch the first page of its folio, and the last fault
 * does not touch the last page of its folio.
 */
TEST_F(lint, a_storm_begins_and_ends_with_a_folio)
{
	self->fault.order = 3;
	touch(self, 7, 8);
	for (__u64 page = 8; page < 4096; page += 8)
		touch(self, page, page + 1);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(512U, FOUND(0)->count);
}

TEST_F(lint, seven_pages_of_eight_are_nearly_all)
{
	for (__u64 page = 0; page < 4096; page += 8) {
		touch(self, page, page + 3);
		touch(self, page + 4, page + 8);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(3584U, FOUND(0)->count);
	EXPECT_EQ(ADVICE_POPULATE, FOUND(0)->advice);
}

/*
 * Populating the whole mapping would be wrong, because the program does not
 * touch all pages of the mapping.
 */
TEST_F(lint, ranges_far_apart_are_populated_separately)
{
	touch(self, 0, 512);
	touch(self, 1536, 2560);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_WRITE, FOUND(0)->advice);
	EXPECT_EQ(1536U, FOUND(0)->count);
	EXPECT_EQ(1536 * US, FOUND(0)->ns);
	EXPECT_EQ(2U, FOUND(0)->ranges);
	EXPECT_EQ(BASE + 1536 * PAGE, FOUND(0)->start);
	EXPECT_EQ(BASE + 2560 * PAGE, FOUND(0)->end);
}

/*
 * If the gaps are at most an eighth of a range, they are populated with the
 * range.
 */
TEST_F(lint, a_range_has_small_gaps)
{
	touch(self, 0, 3584);
	touch(self, 3840, 4096);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(1U, FOUND(0)->ranges);
	EXPECT_EQ(BASE, FOUND(0)->start);
	EXPECT_EQ(BASE + 3584 * PAGE, FOUND(0)->end);
}

/*
 * The two VMAs meet in the middle of a 2 MiB block. The faults in this block
 * are divided between the VMAs.
 */
TEST_F(lint, each_of_two_neighbours_has_its_faults)
{
	self->fault.vma_start = BASE + 768 * PAGE;
	self->fault.vma_end = BASE + 2048 * PAGE;
	touch(self, 768, 2048);
	self->fault.vma_start = BASE;
	self->fault.vma_end = BASE + 768 * PAGE;
	touch(self, 0, 768);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(2U, FOUND(0)->ranges);
	EXPECT_EQ(768U + 1280, FOUND(0)->count);
	EXPECT_EQ(ADVICE_POPULATE, FOUND(0)->advice);
}

/*
 * Faults show two adjacent VMAs, and later one VMA with the range of both, as after
 * a merge. All three therefore count as one mapping.
 */
TEST_F(lint, a_merged_mapping_has_the_faults_of_both)
{
	self->fault.vma_end = BASE + 1000 * PAGE;
	touch(self, 0, 999);
	self->fault.vma_start = BASE + 1000 * PAGE;
	self->fault.vma_end = BASE + 2000 * PAGE;
	touch(self, 1000, 2000);
	self->fault.vma_start = BASE + 600 * PAGE;
	self->fault.vma_end = BASE + 1400 * PAGE;
	touch(self, 999, 1000);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(1U, FOUND(0)->ranges);
	EXPECT_EQ(2000U, FOUND(0)->count);
	EXPECT_EQ(BASE, FOUND(0)->start);
	EXPECT_EQ(BASE + 2000 * PAGE, FOUND(0)->end);
}

/* Map memory piece by piece, and touch each piece. */
static void map_pieces(FIXTURE_DATA(lint) *self, __u64 pages)
{
	for (__u64 page = 0; page < 4096; page += pages) {
		map(self, page, page + pages);
		self->fault.vma_end = BASE + (page + pages) * PAGE;
		touch(self, page, page + pages);
	}
}

TEST_F(lint, pieces_are_populated_by_the_calls_that_map_them)
{
	map_pieces(self, 64);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_STORM, FOUND(0)->kind);
	EXPECT_EQ(4096U, FOUND(0)->count);
	EXPECT_EQ(ADVICE_POPULATE_WRITE_EACH, FOUND(0)->advice);
	EXPECT_TRUE(says(FOUND(0), "after each mmap() call"));
}

/*
 * All pages of one mapping were touched, but only some pages of the other
 * mapping.
 */
TEST_F(lint, arenas_used_in_part_are_the_same_finding)
{
	map_pieces(self, 64);
	map(self, 8192, 8704);
	map(self, 8704, 9216);
	self->fault.vma_start = BASE + 8192 * PAGE;
	self->fault.vma_end = BASE + 9216 * PAGE;
	touch(self, 8192, 8704);
	touch(self, 8704, 9000);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(2U, FOUND(0)->ranges);
}

/*
 * Map pieces with gaps between them, as malloc() does for large blocks. Touch
 * only some pages of each piece. If @pages is odd, the piece looks like a block
 * of malloc(), which has one more page for its header.
 */
static void map_parts_at(FIXTURE_DATA(lint) *self, __u64 pages, __u64 hint)
{
	self->fault.before = MMAPDEMO_LEVEL_PMD;
	for (__u64 page = 0; page < 4096; page += 1024) {
		map_at(self, page, page + pages, hint);
		self->fault.vma_end = BASE + (page + pages) * PAGE;
		touch(self, page, page + 512);
	}
}

static void map_parts(FIXTURE_DATA(lint) *self)
{
	map_parts_at(self, 1023, 0);
}

TEST_F(lint, blocks_of_malloc_are_populated_or_in_the_heap)
{
	map_parts(self);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(4U, FOUND(0)->ranges);
	EXPECT_EQ(ADVICE_POPULATE_MALLOC, FOUND(0)->advice);
	EXPECT_TRUE(says(FOUND(0), "M_MMAP_THRESHOLD to 32 MiB and M_TOP_PAD"));
}

TEST_F(lint, a_block_of_malloc_is_populated_or_in_the_heap)
{
	self->fault.before = MMAPDEMO_LEVEL_PMD;
	self->fault.vma_end = BASE + 1023 * PAGE;
	map(self, 0, 1023);
	touch(self, 0, 1023);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_MALLOC, FOUND(0)->advice);
}

/*
 * The size of an arena is a multiple of 64 KiB, such as 1 MiB in Python and 2 MiB
 * in gcc. Because of its header, a large block of malloc() usually has another size.
 */
TEST_F(lint, arenas_of_other_allocators_are_populated)
{
	map_parts_at(self, 1024, 0);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_WRITE_EACH, FOUND(0)->advice);
}

/* LuaJIT and V8 pass the addresses of their blocks to mmap(). */
TEST_F(lint, blocks_at_a_chosen_address_are_not_those_of_malloc)
{
	map_parts_at(self, 1023, BASE);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_WRITE_EACH, FOUND(0)->advice);
}

TEST_F(lint, the_options_of_malloc_keep_its_blocks_alone)
{
	for (int other = 0; other < 2; other++) {
		lint_free(&self->lint);
		self->findings.count = 0;
		for (int round = 0; round < 11; round++) {
			map(self, 0, 63 + other);
			touch(self, 0, 63 + other);
			unmap(self, 0, 63 + other, SYS_munmap);
		}
		ASSERT_EQ(1U, found(self));
		EXPECT_EQ(SYS_munmap, FOUND(0)->nr);
		EXPECT_EQ(other ? ADVICE_KEEP : ADVICE_KEEP_MAPPED,
			  FOUND(0)->advice);
	}
}

/*
 * Without huge pages, memory in a heap would have just as many faults as these
 * pieces.
 */
TEST_F(lint, parts_of_pieces_without_huge_pages_are_populated)
{
	map_parts(self);
	self->machine.thp = THP_MADVISE;
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_WRITE_EACH, FOUND(0)->advice);
}

/*
 * These pieces get no huge pages, as if the process had called
 * prctl(PR_SET_THP_DISABLE).
 */
TEST_F(lint, parts_of_pieces_that_get_no_huge_pages_are_populated)
{
	map_parts(self);
	self->fault.before = 0;
	self->fault.vma_end += PAGE;
	touch(self, 3584, 3585);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_WRITE_EACH, FOUND(0)->advice);
}

TEST_F(lint, parts_of_pieces_with_MADV_NOHUGEPAGE_are_populated)
{
	self->fault.vm_flags |= VM_NOHUGEPAGE;
	map_parts(self);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_WRITE_EACH, FOUND(0)->advice);
}

TEST_F(lint, old_kernels_populate_pieces_too)
{
	self->machine.populate = false;
	map_pieces(self, 64);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_EACH, FOUND(0)->advice);
}

/*
 * One call that populates two pages takes about as long as the two faults that
 * it saves.
 */
TEST_F(lint, small_pieces_are_to_be_larger)
{
	map_pieces(self, 2);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_LARGER, FOUND(0)->advice);
	EXPECT_FALSE(says(FOUND(0), "in one call"));
}

TEST_F(lint, one_call_maps_one_piece)
{
	map_pieces(self, 4096);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE, FOUND(0)->advice);
}

/*
 * The small neighbour is like a mapping that the dynamic linker makes next to
 * the memory.
 */
TEST_F(lint, a_small_neighbour_is_no_piece)
{
	map(self, 0, 4093);
	map(self, 4093, 4096);
	self->fault.before = 0;
	touch(self, 0, 4096);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE, FOUND(0)->advice);
}

/*
 * madvise() after each call is also correct for shared file mappings. For these
 * mappings, MAP_POPULATE would be wrong, because MAP_POPULATE does not store.
 */
TEST_F(lint, pieces_of_files_are_populated_after_each_call)
{
	self->fault.ino = 7;
	self->fault.class = MMAPDEMO_FAULT_COW;
	map_pieces(self, 64);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_WRITE_EACH, FOUND(0)->advice);
}

/* Two files that have the same inode number are on different file systems. */
TEST_F(lint, files_of_the_same_inode_number_are_two)
{
	self->fault.ino = 7;
	self->fault.class = MMAPDEMO_FAULT_COW;
	self->fault.vma_end = BASE + 1024 * PAGE;
	for (__u32 dev = 1; dev <= 2; dev++) {
		self->fault.dev = dev;
		touch(self, 0, 1024);
		unmap(self, 0, 1024, SYS_munmap);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(2U, FOUND(0)->ranges);
	EXPECT_EQ(2048U, FOUND(0)->count);
	EXPECT_EQ(ADVICE_POPULATE_WRITE, FOUND(0)->advice);
}

/* Each file is unmapped before the next file is mapped in its place. */
TEST_F(lint, files_at_the_same_place_are_found_at_once)
{
	for (int file = 1; file <= 60000; file++) {
		self->fault.ino = file;
		touch(self, 0, 1);
		unmap(self, 0, 1, SYS_munmap);
	}
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, a_file_mapped_again_has_its_pages)
{
	for (int round = 0; round < 600; round++) {
		self->fault.ino = 7 + round % 2;
		self->fault.class = MMAPDEMO_FAULT_COW;
		touch(self, 0, 2);
		unmap(self, 0, 2, SYS_munmap);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_AGAIN, FOUND(0)->kind);
	EXPECT_EQ(1196U, FOUND(0)->count);
	EXPECT_EQ(4U, FOUND(0)->pages);
	EXPECT_EQ(SYS_munmap, FOUND(0)->nr);
}

TEST_F(lint, a_part_is_populated_by_madvise)
{
	touch(self, 512, 1536);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_WRITE, FOUND(0)->advice);
	EXPECT_EQ(BASE + 512 * PAGE, FOUND(0)->start);
	EXPECT_EQ(BASE + 1536 * PAGE, FOUND(0)->end);
}

/* Populating all pages would cost more than a fault on every second page. */
TEST_F(lint, sparse_touches_give_no_finding)
{
	for (__u64 page = 0; page < 4096; page += 2)
		touch(self, page, page + 1);
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, a_heap_that_grows_is_one_finding)
{
	struct mapping heap = {
		.start = BASE, .end = BASE + 8192 * PAGE, .name = "[heap]",
	};

	ASSERT_EQ(0, maps_set(&self->space.maps, &heap));
	for (__u64 page = 0; page < 4950; page += 33) {
		self->fault.vma_end = BASE + (page + 33) * PAGE;
		self->fault.before = page % 512 < 33 ? 0 :
				     MMAPDEMO_LEVEL_PMD;
		touch(self, page, page + 33);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(4950U, FOUND(0)->count);
	EXPECT_EQ(1U, FOUND(0)->ranges);
	EXPECT_EQ(ADVICE_TOP_PAD, FOUND(0)->advice);
	EXPECT_STREQ("[heap]", FOUND(0)->name);
}

/*
 * brk() can't populate a heap. Only huge pages can reduce the number of faults
 * in a heap.
 */
TEST_F(lint, a_heap_without_huge_pages_gives_no_finding)
{
	struct mapping heap = {
		.start = BASE, .end = BASE + 8192 * PAGE, .name = "[heap]",
	};

	ASSERT_EQ(0, maps_set(&self->space.maps, &heap));
	self->machine.thp = THP_NEVER;
	touch(self, 0, 4096);
	EXPECT_EQ(0U, found(self));
	self->machine.thp = THP_UNKNOWN;
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, a_heap_with_MADV_NOHUGEPAGE_gives_no_finding)
{
	struct mapping heap = {
		.start = BASE, .end = BASE + 8192 * PAGE, .name = "[heap]",
	};

	ASSERT_EQ(0, maps_set(&self->space.maps, &heap));
	self->fault.before = MMAPDEMO_LEVEL_PMD;
	self->fault.vm_flags |= VM_NOHUGEPAGE;
	touch(self, 0, 4096);
	EXPECT_EQ(0U, found(self));
}

/*
 * The program requested small pages. Small pages therefore do not mean that the
 * kernel provides no huge pages.
 */
TEST_F(lint, a_heap_that_had_MADV_NOHUGEPAGE_is_one_finding)
{
	struct mapping heap = {
		.start = BASE, .end = BASE + 8192 * PAGE, .name = "[heap]",
	};

	ASSERT_EQ(0, maps_set(&self->space.maps, &heap));
	self->fault.vm_flags |= VM_NOHUGEPAGE;
	touch(self, 0, 2048);
	self->fault.vm_flags = RW;
	self->fault.before = MMAPDEMO_LEVEL_PMD;
	touch(self, 2048, 4096);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_TOP_PAD, FOUND(0)->advice);
}

/*
 * Two VMAs are merged. The kernel used small pages for the heap, although there
 * was room for huge pages.
 */
TEST_F(lint, a_heap_that_gets_no_huge_pages_gives_no_finding)
{
	struct mapping heap = {
		.start = BASE, .end = BASE + 8192 * PAGE, .name = "[heap]",
	};

	ASSERT_EQ(0, maps_set(&self->space.maps, &heap));
	self->fault.before = MMAPDEMO_LEVEL_PMD;
	self->fault.vma_end = BASE + 512 * PAGE;
	touch(self, 0, 512);
	self->fault.before = 0;
	self->fault.vma_start = BASE + 512 * PAGE;
	self->fault.vma_end = BASE + 1536 * PAGE;
	touch(self, 512, 1536);
	self->fault.before = MMAPDEMO_LEVEL_PMD;
	self->fault.vma_start = BASE;
	self->fault.vma_end = BASE + 8192 * PAGE;
	touch(self, 1536, 8192);
	EXPECT_EQ(0U, found(self));
}

/* Make a heap of @pages pages, and touch the first @small pages. */
static void small_in_heap(FIXTURE_DATA(lint) *self, __u64 small, __u64 pages)
{
	struct mapping heap = {
		.start = BASE, .end = BASE + pages * PAGE, .name = "[heap]",
	};

	if (maps_set(&self->space.maps, &heap))
		ksft_exit_fail_msg("no memory\n");
	self->fault.vma_end = heap.end;
	self->fault.before = MMAPDEMO_LEVEL_PMD;
	touch(self, 0, small);
}

/*
 * A heap of this size may have no room for even one huge page, depending on its
 * start address.
 */
TEST_F(lint, a_heap_smaller_than_two_huge_pages_gives_no_finding)
{
	small_in_heap(self, 1000, 1000);
	self->machine.thp = THP_MADVISE;
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, a_small_heap_can_have_huge_pages)
{
	small_in_heap(self, 1024, 1024);
	self->machine.thp = THP_MADVISE;
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_HUGETLB, FOUND(0)->advice);
}

/*
 * The advice would be to grow the heap in steps of 16 MiB. This heap is smaller
 * than one step.
 */
TEST_F(lint, a_heap_smaller_than_a_step_gives_no_finding)
{
	small_in_heap(self, 4095, 4095);
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, a_heap_as_large_as_a_step_grows_in_steps)
{
	small_in_heap(self, 4096, 4096);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_TOP_PAD, FOUND(0)->advice);
	EXPECT_TRUE(says(FOUND(0), "M_TOP_PAD to 16 MiB and "
				   "M_MMAP_THRESHOLD to 32 MiB"));
}

/*
 * The program followed the advice, so small pages are left only at the end of
 * each step.
 */
TEST_F(lint, a_heap_of_huge_pages_gives_no_finding)
{
	small_in_heap(self, 4096, 8193);
	EXPECT_EQ(0U, found(self));
}

/* The advice for a heap is the same for all its ranges, so they are one finding. */
TEST_F(lint, a_heap_with_a_gap_is_one_finding)
{
	struct mapping heap = {
		.start = BASE, .end = BASE + 8192 * PAGE, .name = "[heap]",
	};

	ASSERT_EQ(0, maps_set(&self->space.maps, &heap));
	self->fault.vma_end = BASE + 8192 * PAGE;
	self->fault.before = MMAPDEMO_LEVEL_PMD;
	touch(self, 0, 3072);
	touch(self, 4096, 7168);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_TOP_PAD, FOUND(0)->advice);
	EXPECT_EQ(1U, FOUND(0)->ranges);
	EXPECT_EQ(6144U, FOUND(0)->count);
}

/*
 * The memory is like an arena of glibc: the program calls only malloc(), and can't
 * change how the memory is mapped.
 */
TEST_F(lint, a_reserve_opened_step_by_step_gives_no_finding)
{
	self->fault.vm_flags |= VM_NORESERVE;
	touch(self, 0, 4096);
	EXPECT_EQ(0U, found(self));
}

/* ---- files ---- */

static void of_file(FIXTURE_DATA(lint) *self, __u64 flags, __u32 class)
{
	self->fault.ino = 42;
	self->fault.vm_flags = flags;
	self->fault.class = class;
}

TEST_F(lint, memory_that_is_read_is_populated_for_reading)
{
	of_file(self, VM_READ, MMAPDEMO_FAULT_READ);
	touch(self, 0, 4096);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_READ, FOUND(0)->advice);
}

/*
 * The first attempt of each fault was a major fault. If one call read all
 * pages, no fault would have to wait for the file.
 */
TEST_F(lint, a_fault_that_was_tried_again_has_waited)
{
	of_file(self, VM_READ, MMAPDEMO_FAULT_READ);
	self->fault.retries = 1;
	touch(self, 0, 4096);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_MAJOR, FOUND(0)->kind);
	EXPECT_EQ(ADVICE_READ_AHEAD, FOUND(0)->advice);
	EXPECT_EQ(4096U, FOUND(0)->count);
}

TEST_F(lint, pages_populated_by_a_call_give_no_finding)
{
	self->fault.from = MMAPDEMO_FROM_GUP;
	touch(self, 0, 4096);
	of_file(self, VM_READ, MMAPDEMO_FAULT_READ);
	self->fault.retries = 1;
	touch(self, 0, 4096);
	EXPECT_EQ(0U, found(self));
}

/* Fault-around also maps the cached pages of the file around the touched page. */
TEST_F(lint, faults_with_fault_around_give_no_finding)
{
	of_file(self, VM_READ, MMAPDEMO_FAULT_READ);
	self->fault.vma_end = BASE + 16384 * PAGE;
	self->fault.filled = 16;
	for (__u64 page = 0; page < 16384; page += 16)
		touch(self, page, page + 1);
	EXPECT_EQ(0U, found(self));
}

/*
 * Touch pages so that each fault maps @pages pages. The first and the last page
 * are touched.
 */
static void read_around(FIXTURE_DATA(lint) *self, __u64 pages)
{
	of_file(self, VM_READ, MMAPDEMO_FAULT_READ);
	self->fault.filled = pages;
	touch(self, 0, 1);
	for (__u64 page = 4095 - (4095 / pages - 1) * pages; page < 4096;
	     page += pages)
		touch(self, page, page + 1);
}

TEST_F(lint, faults_that_map_three_pages_are_a_storm)
{
	read_around(self, 3);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_READ, FOUND(0)->advice);
	EXPECT_EQ(4095U / 3 + 1, FOUND(0)->count);
}

TEST_F(lint, faults_that_map_four_pages_give_no_finding)
{
	read_around(self, 4);
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, nothing_is_populated_in_random_order)
{
	of_file(self, VM_READ | VM_RAND_READ, MMAPDEMO_FAULT_READ);
	touch(self, 0, 4096);
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, ranges_larger_than_memory_are_not_populated)
{
	self->machine.memory = 4096 * PAGE;
	touch(self, 0, 4096);
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, at_most_half_of_memory_is_populated)
{
	touch(self, 0, 4096);
	self->machine.memory = 8191 * PAGE;
	EXPECT_EQ(0U, found(self));
	self->machine.memory = 8192 * PAGE;
	EXPECT_EQ(1U, found_of(self, FINDING_STORM));
}

/*
 * Stores to a file that is not cached wait for reads of the file. All these
 * waits together are one finding.
 */
TEST_F(lint, stores_that_wait_for_the_file_are_no_storm)
{
	of_file(self, RW, MMAPDEMO_FAULT_COW);
	self->fault.ret = FAULT_MAJOR;
	touch(self, 0, 4096);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_MAJOR, FOUND(0)->kind);
}

TEST_F(lint, a_file_larger_than_memory_is_left_alone)
{
	self->machine.memory = 4096 * PAGE;
	of_file(self, VM_READ, MMAPDEMO_FAULT_READ);
	self->fault.ret = FAULT_MAJOR;
	touch(self, 0, 4096);
	EXPECT_EQ(0U, found(self));
}

/*
 * In a shared mapping, MAP_POPULATE only loads from pages, and does not store
 * to them.
 */
TEST_F(lint, a_shared_file_is_populated_for_writing_since_5_14)
{
	of_file(self, RW | VM_SHARED | VM_MAYSHARE, MMAPDEMO_FAULT_SHARED);
	touch(self, 0, 4096);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_WRITE, FOUND(0)->advice);
	findings_free(&self->findings);
	self->machine.populate = false;
	EXPECT_EQ(0U, found(self));
}

/*
 * In each of @spaces processes, map shared memory with this name, and touch all
 * of it.
 */
static void touch_shared(FIXTURE_DATA(lint) *self, const char *name,
			 __u32 spaces)
{
	struct mapping memory = {
		.start = BASE, .end = BASE + 4096 * PAGE,
	};

	of_file(self, RW | VM_SHARED | VM_MAYSHARE, MMAPDEMO_FAULT_SHARED);
	memory.dev = self->fault.dev;
	memory.ino = self->fault.ino;
	snprintf(memory.name, sizeof(memory.name), "%s", name);
	if (maps_set(&self->space.maps, &memory))
		ksft_exit_fail_msg("no memory\n");
	for (__u32 space = 0; space < spaces; space++) {
		self->space.number = space;
		touch(self, 0, 4096);
	}
}

/* Populating the shared memory in one process saves faults only in this process. */
TEST_F(lint, memory_that_processes_share_has_huge_pages)
{
	touch_shared(self, SHARED_MEMORY, 2);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_STORM, FOUND(0)->kind);
	EXPECT_EQ(ADVICE_HUGE_SHARED, FOUND(0)->advice);
	EXPECT_EQ(2U, FOUND(0)->ranges);
	EXPECT_EQ(8192U, FOUND(0)->count);
	EXPECT_TRUE(says(FOUND(0), "MAP_HUGETLB"));
}

TEST_F(lint, memory_of_shmget_has_huge_pages)
{
	touch_shared(self, "/SYSV00000000 (deleted)", 2);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_HUGE_SHARED, FOUND(0)->advice);
}

TEST_F(lint, memory_of_a_running_process_has_the_name_of_its_file)
{
	touch_shared(self, "/dev/zero (deleted)", 2);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_HUGE_SHARED, FOUND(0)->advice);
}

TEST_F(lint, shared_memory_of_one_process_is_populated)
{
	touch_shared(self, SHARED_MEMORY, 1);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_WRITE, FOUND(0)->advice);
}

TEST_F(lint, a_file_that_processes_share_is_populated)
{
	touch_shared(self, "data", 2);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_WRITE, FOUND(0)->advice);
}

/* Only the process that stores has a finding. The process that loads has none. */
TEST_F(lint, loads_of_shared_memory_with_fault_around_give_no_finding)
{
	touch_shared(self, SHARED_MEMORY, 1);
	self->space.number = 1;
	self->fault.class = MMAPDEMO_FAULT_READ;
	self->fault.filled = 16;
	for (__u64 page = 0; page < 4096; page += 4)
		touch(self, page, page + 1);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_HUGE_SHARED, FOUND(0)->advice);
	EXPECT_EQ(4096U, FOUND(0)->count);
}

TEST_F(lint, before_5_14_a_file_is_read_without_MADV_POPULATE_READ)
{
	self->machine.populate = false;
	of_file(self, VM_READ, MMAPDEMO_FAULT_READ);
	self->fault.ret = FAULT_MAJOR;
	touch(self, 0, 4096);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_READ_AHEAD_OLD, FOUND(0)->advice);
	EXPECT_TRUE(says(FOUND(0), "MAP_POPULATE reads the file"));
}

/* In a private writable mapping, MAP_POPULATE would copy all pages of the file. */
TEST_F(lint, before_5_14_a_private_writable_file_is_not_read_at_once)
{
	self->machine.populate = false;
	of_file(self, RW, MMAPDEMO_FAULT_READ);
	self->fault.ret = FAULT_MAJOR;
	touch(self, 0, 4096);
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, faults_that_wait_for_the_file_are_found)
{
	of_file(self, VM_READ | VM_RAND_READ, MMAPDEMO_FAULT_READ);
	self->fault.ret = FAULT_MAJOR;
	for (__u64 page = 0; page < 4096; page += 16)
		touch(self, page, page + 1);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_MAJOR, FOUND(0)->kind);
	EXPECT_EQ(ADVICE_NOT_RANDOM, FOUND(0)->advice);
	EXPECT_TRUE(says(FOUND(0), "use MADV_POPULATE_READ before MADV_RANDOM"));
	EXPECT_EQ(256U, FOUND(0)->count);
	findings_free(&self->findings);
	self->machine.populate = false;
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_NOT_RANDOM_OLD, FOUND(0)->advice);
}

/*
 * A program and its libraries are not mapped by the program itself, but by exec
 * and the dynamic linker.
 */
TEST_F(lint, faults_that_wait_for_a_program_give_no_finding)
{
	of_file(self, VM_READ | VM_EXEC, MMAPDEMO_FAULT_READ);
	self->fault.retries = 1;
	touch(self, 0, 2048);
	of_file(self, VM_READ, MMAPDEMO_FAULT_READ);
	self->fault.vma_start = BASE + 4096 * PAGE;
	self->fault.vma_end = BASE + 8192 * PAGE;
	touch(self, 4096, 8192);
	EXPECT_EQ(0U, found(self));
}

/*
 * The stores are like those of the dynamic linker, which relocates the data of
 * a library.
 */
TEST_F(lint, stores_to_a_library_give_no_finding)
{
	of_file(self, VM_READ | VM_EXEC, MMAPDEMO_FAULT_READ);
	touch(self, 0, 1);
	of_file(self, RW, MMAPDEMO_FAULT_COW);
	self->fault.vma_start = BASE + 4096 * PAGE;
	self->fault.vma_end = BASE + 8192 * PAGE;
	touch(self, 4096, 8192);
	EXPECT_EQ(0U, found(self));
}

/* A file that this process reads may be the program of another process. */
TEST_F(lint, a_program_that_is_read_is_populated)
{
	of_file(self, VM_READ | VM_EXEC, MMAPDEMO_FAULT_READ);
	touch(self, 0, 1);
	self->space.number = 1;
	of_file(self, VM_READ, MMAPDEMO_FAULT_READ);
	touch(self, 0, 4096);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_POPULATE_READ, FOUND(0)->advice);
}

/* lint does not advise to read a whole file from which few pages were used. */
TEST_F(lint, few_faults_that_wait_in_a_large_file_give_no_finding)
{
	of_file(self, VM_READ, MMAPDEMO_FAULT_READ);
	self->fault.ret = FAULT_MAJOR;
	self->fault.vma_end = BASE + 16384 * PAGE;
	for (__u64 page = 0; page < 16384; page += 256)
		touch(self, page, page + 1);
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, few_faults_that_wait_in_all_give_no_finding)
{
	of_file(self, VM_READ, MMAPDEMO_FAULT_READ);
	self->fault.ret = FAULT_MAJOR;
	self->fault.vma_end = BASE + 1024 * PAGE;
	for (__u64 page = 0; page < 1008; page += 16)
		touch(self, page, page + 1);
	EXPECT_EQ(0U, found(self));
	touch(self, 1008, 1009);
	EXPECT_EQ(1U, found_of(self, FINDING_MAJOR));
}

/* Make each of the next faults wait for a read of @bytes. */
static void read_slowly(FIXTURE_DATA(lint) *self, __u64 bytes)
{
	of_file(self, VM_READ, MMAPDEMO_FAULT_READ);
	self->fault.ret = FAULT_MAJOR;
	self->fault.duration = 5000 * US;
	self->slow = (struct slow_event){
		.duration = 5000 * US, .io = 4000 * US, .read_bytes = bytes,
	};
}

TEST_F(lint, faults_that_wait_for_the_file_cost_the_time_of_the_disk)
{
	read_slowly(self, 64 << 10);
	for (__u64 page = 0; page < 4096; page += 16)
		touch(self, page, page + 1);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_READ_AHEAD, FOUND(0)->advice);
	EXPECT_EQ(256 * 4000 * US, FOUND(0)->ns);
}

TEST_F(lint, faults_that_read_single_pages_have_no_read_ahead)
{
	read_slowly(self, PAGE);
	for (__u64 page = 0; page < 4096; page += 16)
		touch(self, page, page + 1);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_READ_AHEAD_OFF, FOUND(0)->advice);
	EXPECT_TRUE(says(FOUND(0), "do not use POSIX_FADV_RANDOM"));
}

/* A fault that was tried again has waited for a lock, and not for the disk. */
TEST_F(lint, faults_that_did_not_sleep_have_not_waited)
{
	self->lint.touch.timed = true;
	of_file(self, VM_READ, MMAPDEMO_FAULT_READ);
	self->fault.retries = 1;
	touch(self, 0, 4096);
	EXPECT_EQ(0U, found_of(self, FINDING_MAJOR));
}

/* The module had no room for the data of the faults. */
TEST_F(lint, faults_of_unknown_parts_that_were_tried_again_have_waited)
{
	self->lint.touch.timed = true;
	of_file(self, VM_READ, MMAPDEMO_FAULT_READ);
	self->fault.retries = 1;
	self->fault.duration = 5000 * US;
	self->slow = (struct slow_event){
		.duration = 5000 * US, .lock_before = -1, .work = -1, .reclaim = -1,
		.compaction = -1, .reclaim_sleep = -1, .io = -1, .sleep = -1,
		.lock = -1, .cpu = -1,
	};
	touch(self, 0, 4096);
	ASSERT_EQ(1U, found_of(self, FINDING_MAJOR));
	EXPECT_EQ(4096 * 5000 * US, FOUND(0)->ns);
}

/* The page was being read for another task. */
TEST_F(lint, faults_that_slept_for_the_disk_have_waited)
{
	self->lint.touch.timed = true;
	read_slowly(self, 0);
	self->fault.ret = 0;
	touch(self, 0, 4096);
	EXPECT_EQ(1U, found_of(self, FINDING_MAJOR));
}

/* Touch @pages pages in a file of 4 GiB, 4096 pages apart. */
static void touch_apart(FIXTURE_DATA(lint) *self, __u64 pages)
{
	self->fault.vma_end = BASE + (1ULL << 20) * PAGE;
	for (__u64 page = 0; page < pages; page++)
		touch(self, page * 4096, page * 4096 + 1);
}

TEST_F(lint, unused_read_ahead_is_found)
{
	read_slowly(self, 8 << 20);
	touch_apart(self, 10);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_UNREAD, FOUND(0)->kind);
	EXPECT_EQ(10U, FOUND(0)->count);
	EXPECT_EQ(80ULL << 20, FOUND(0)->bytes);
	EXPECT_EQ(10U, FOUND(0)->pages);
	EXPECT_TRUE(says(FOUND(0), "10 faults read 80 MiB, of which 40 KiB was used"));
	EXPECT_TRUE(says(FOUND(0), "madvise(MADV_RANDOM)"));
}

TEST_F(lint, short_read_ahead_gives_no_finding)
{
	read_slowly(self, (1 << 20) - 1);
	touch_apart(self, 10);
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, a_program_read_ahead_gives_no_finding)
{
	read_slowly(self, 8 << 20);
	self->fault.vm_flags |= VM_EXEC;
	touch_apart(self, 10);
	EXPECT_EQ(0U, found(self));
}

/* Read 256 pages. Use @pages of them, the pages from page 16 on by another mapping. */
static void use_read_ahead(FIXTURE_DATA(lint) *self, __u64 pages)
{
	read_slowly(self, 1 << 20);
	touch(self, 0, 1);
	self->slow.duration = 0;
	self->fault.ret = 0;
	touch(self, 1, 16);
	self->space.number = 1;
	touch(self, 16, pages);
}

TEST_F(lint, read_ahead_of_which_an_eighth_is_used_is_found)
{
	use_read_ahead(self, 32);
	EXPECT_EQ(1U, found_of(self, FINDING_UNREAD));
}

TEST_F(lint, read_ahead_of_which_more_is_used_gives_no_finding)
{
	use_read_ahead(self, 33);
	EXPECT_EQ(0U, found_of(self, FINDING_UNREAD));
}

/* ---- waits for memory and for mmap_lock ---- */

/* Let @count faults spend their time in reclaim and compaction. */
static void wait_for_memory(FIXTURE_DATA(lint) *self, int count, __s64 reclaim,
			    __s64 compaction)
{
	struct event event = {
		.kind = MMAPDEMO_EVENT_FAULT_TIME,
		.slow = {
			.mm = MM, .class = MMAPDEMO_FAULT_ANON, .duration = 2000 * US,
			.reclaim = reclaim, .compaction = compaction, .reclaimed = 3,
		},
	};

	while (count--)
		happen(self, &event);
}

TEST_F(lint, faults_that_freed_memory_first_are_found)
{
	wait_for_memory(self, 10, 1000 * US, 0);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_RECLAIM, FOUND(0)->kind);
	EXPECT_EQ(ADVICE_LESS_MEMORY, FOUND(0)->advice);
	EXPECT_EQ(10U, FOUND(0)->count);
	EXPECT_EQ(10000 * US, FOUND(0)->ns);
	EXPECT_EQ(30U, FOUND(0)->pages);
	EXPECT_TRUE(says(FOUND(0), "10 faults freed memory first, costing 10.0 ms"));
}

TEST_F(lint, short_waits_for_memory_give_no_finding)
{
	wait_for_memory(self, 9, 1000 * US, 0);
	wait_for_memory(self, 1, 1000 * US - 1, 0);
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, the_limit_of_a_cgroup_is_named)
{
	self->machine.reached = (struct memory_limit){
		.cgroup = "/db.service", .file = "memory.max", .bytes = 24 << 20,
		.hits = 1,
	};
	wait_for_memory(self, 10, 1000 * US, 0);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_MEMORY_MAX, FOUND(0)->advice);
	EXPECT_TRUE(says(FOUND(0), "the limit of /db.service is 24 MiB"));
	findings_free(&self->findings);
	self->machine.reached.file = "memory.high";
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_MEMORY_HIGH, FOUND(0)->advice);
}

/* Reclaim for a huge page is a part of the finding. */
TEST_F(lint, pages_moved_for_a_huge_page_are_found)
{
	wait_for_memory(self, 10, 500 * US, 500 * US);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_COMPACTION, FOUND(0)->kind);
	EXPECT_EQ(10000 * US, FOUND(0)->ns);
	EXPECT_TRUE(says(FOUND(0), "10 faults moved pages to get a huge page"));
	EXPECT_TRUE(says(FOUND(0), "transparent_hugepage/defrag"));
}

TEST_F(lint, compaction_without_huge_pages_gives_no_finding)
{
	self->machine.thp = THP_NEVER;
	wait_for_memory(self, 10, 500 * US, 500 * US);
	EXPECT_EQ(0U, found(self));
}

/* Let @count faults or calls wait 1 ms for a task that holds mmap_lock in call @nr. */
static void wait_for_lock(FIXTURE_DATA(lint) *self, int count, long nr, bool fault)
{
	struct event event = {
		.kind = MMAPDEMO_EVENT_MMAP_LOCK_WAIT,
		.lock = {
			.mm = MM, .duration = 1000 * US, .fault = fault, .holder = 7,
			.holder_nr = nr,
		},
	};

	while (count--)
		happen(self, &event);
}

TEST_F(lint, waits_for_mmap_lock_are_found)
{
	self->machine.vma_locks = true;
	wait_for_lock(self, 12, SYS_mprotect, true);
	wait_for_lock(self, 11, SYS_munmap, false);
	ASSERT_EQ(2U, found(self));
	EXPECT_EQ(FINDING_LOCK, FOUND(0)->kind);
	EXPECT_EQ(ADVICE_LOCK, FOUND(0)->advice);
	EXPECT_EQ(12U, FOUND(0)->count);
	EXPECT_EQ(12000 * US, FOUND(0)->ns);
	EXPECT_TRUE(says(FOUND(0), "12 waits for mmap_lock, held in mprotect()"));
	EXPECT_EQ(SYS_munmap, FOUND(1)->nr);
}

TEST_F(lint, calls_without_a_name_have_their_number)
{
	wait_for_lock(self, 12, 9999, true);
	ASSERT_EQ(1U, found(self));
	EXPECT_TRUE(says(FOUND(0), "12 waits for mmap_lock, held in system call 9999, "));
}

TEST_F(lint, short_waits_for_mmap_lock_give_no_finding)
{
	wait_for_lock(self, 9, SYS_mprotect, true);
	wait_for_lock(self, 20, -1, true);
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, faults_do_not_wait_for_mmap_lock_since_6_4)
{
	wait_for_lock(self, 10, SYS_mprotect, true);
	wait_for_lock(self, 9, SYS_mprotect, false);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_LOCK_OLD, FOUND(0)->advice);
	findings_free(&self->findings);
	wait_for_lock(self, 1, SYS_mprotect, false);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_LOCK, FOUND(0)->advice);
}

TEST_F(lint, waits_for_fork_are_found)
{
	wait_for_lock(self, 10, SYS_clone, true);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_LOCK_FORK, FOUND(0)->advice);
}

/* ---- two faults per page ---- */

TEST_F(lint, pages_read_before_they_are_written_are_found)
{
	self->fault.class = MMAPDEMO_FAULT_ANON_ZERO;
	touch(self, 0, 1000);
	self->fault.class = MMAPDEMO_FAULT_WP_COPY;
	self->fault.entry_before = MMAPDEMO_ENTRY_PRESENT |
				   MMAPDEMO_ENTRY_ZERO;
	self->fault.duration = 5 * US;
	touch(self, 0, 1000);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_ZERO, FOUND(0)->kind);
	EXPECT_EQ(1000U, FOUND(0)->count);
	EXPECT_EQ(6 * 1000 * US, FOUND(0)->ns);
}

static void store_after_load(FIXTURE_DATA(lint) *self, __u64 from, __u64 to)
{
	self->fault.class = MMAPDEMO_FAULT_WP_COPY;
	self->fault.entry_before = MMAPDEMO_ENTRY_PRESENT |
				   MMAPDEMO_ENTRY_ZERO;
	touch(self, from, to);
}

/*
 * To save one fault by an early store, the program would have to allocate four
 * pages.
 */
TEST_F(lint, few_stores_among_many_loads_give_no_finding)
{
	self->fault.class = MMAPDEMO_FAULT_ANON_ZERO;
	self->fault.filled = 1;
	touch(self, 0, 4096);
	for (__u64 page = 0; page < 4096; page += 4)
		store_after_load(self, page, page + 1);
	for (size_t i = found(self); i--;)
		EXPECT_NE(FINDING_ZERO, FOUND(i)->kind);
}

/*
 * The loads map the zero page only because the program had dropped the pages.
 */
TEST_F(lint, pages_written_first_are_not_read_first)
{
	touch(self, 0, 1000);
	advise(self, 0, 1000, MADV_DONTNEED);
	self->fault.class = MMAPDEMO_FAULT_ANON_ZERO;
	touch(self, 0, 1000);
	store_after_load(self, 0, 1000);
	for (size_t i = found(self); i--;)
		EXPECT_NE(FINDING_ZERO, FOUND(i)->kind);
}

TEST_F(lint, pages_of_a_file_read_before_they_are_copied_are_found)
{
	of_file(self, RW, MMAPDEMO_FAULT_READ);
	self->fault.filled = 16;
	for (__u64 page = 0; page < 4096; page += 16)
		touch(self, page, page + 1);
	self->fault.class = MMAPDEMO_FAULT_WP_COPY;
	self->fault.entry_before = MMAPDEMO_ENTRY_PRESENT;
	touch(self, 0, 4096);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_COPIED, FOUND(0)->kind);
	EXPECT_EQ(4096U, FOUND(0)->count);
	EXPECT_EQ(ADVICE_POPULATE_WRITE, FOUND(0)->advice);
}

TEST_F(lint, pages_read_before_they_are_copied_are_not_read_at_once)
{
	of_file(self, RW, MMAPDEMO_FAULT_READ);
	touch(self, 0, 4096);
	self->fault.class = MMAPDEMO_FAULT_WP_COPY;
	self->fault.entry_before = MMAPDEMO_ENTRY_PRESENT;
	touch(self, 0, 4096);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_COPIED, FOUND(0)->kind);
}

/*
 * The store copies a private page of the program, as after fork(). The store
 * does not copy a page of the file.
 */
TEST_F(lint, copies_of_copies_are_no_copies_of_the_file)
{
	of_file(self, RW, MMAPDEMO_FAULT_WP_COPY);
	self->fault.entry_before = MMAPDEMO_ENTRY_PRESENT |
				   MMAPDEMO_ENTRY_ANON;
	touch(self, 0, 4096);
	EXPECT_EQ(0U, found(self));
}

/* ---- repeated touches ---- */

TEST_F(lint, pages_given_back_by_advice_are_no_first_touches)
{
	for (int round = 0; round < 40; round++) {
		touch(self, 0, 64);
		advise(self, 0, 64, MADV_DONTNEED);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_AGAIN, FOUND(0)->kind);
	EXPECT_EQ(ADVICE_KEEP_ADVISED, FOUND(0)->advice);
	EXPECT_EQ(39U * 64, FOUND(0)->count);
	EXPECT_EQ(64U, FOUND(0)->pages);
	EXPECT_EQ(SYS_madvise, FOUND(0)->nr);
}

/* Return the sums of the findings about pages that the system call had taken away. */
static struct finding after(FIXTURE_DATA(lint) *self, __s64 nr)
{
	struct finding sum = { .count = 0 };

	for (size_t i = 0; i < self->findings.count; i++) {
		if (FOUND(i)->kind != FINDING_AGAIN || FOUND(i)->nr != nr)
			continue;
		sum.count += FOUND(i)->count;
		sum.pages += FOUND(i)->pages;
	}
	return sum;
}

TEST_F(lint, only_advice_that_takes_pages_makes_touches_repeat)
{
	static const struct {
		int advice;
		bool takes;
	} cases[] = {
		{ MADV_DONTNEED, true }, { MADV_DONTNEED_LOCKED, true },
		{ MADV_FREE, true }, { MADV_REMOVE, true },
		{ MADV_WILLNEED, false }, { MADV_DONTFORK, false },
	};
	size_t taken = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t first = i * 128;

		for (int round = 0; round < 40; round++) {
			touch(self, first, first + 64);
			advise(self, first, first + 64, cases[i].advice);
		}
		taken += cases[i].takes ? 39 * 64 : 0;
		found(self);
		EXPECT_EQ(taken, after(self, SYS_madvise).count);
		findings_free(&self->findings);
	}
}

TEST_F(lint, two_calls_that_take_pages_have_their_own_pages)
{
	for (int round = 0; round < 40; round++) {
		touch(self, 0, 64);
		advise(self, 0, 64, MADV_DONTNEED);
		touch(self, 64, 80);
		unmap(self, 64, 80, SYS_munmap);
	}
	found(self);
	EXPECT_EQ(64U, after(self, SYS_madvise).pages);
	EXPECT_EQ(16U, after(self, SYS_munmap).pages);
}

/*
 * The program unmaps the pages, maps memory at the same addresses, touches one page, and
 * then frees all.
 */
TEST_F(lint, madvise_does_not_take_what_munmap_took)
{
	for (int round = 0; round < 4; round++) {
		touch(self, 0, 512);
		unmap(self, 0, 512, SYS_munmap);
		map(self, 0, 512);
		touch(self, 0, 1);
		advise(self, 0, 512, MADV_DONTNEED);
	}
	found(self);
	/* Three touches are too few for a finding about madvise(). */
	EXPECT_EQ(3U * 511 + 4, after(self, SYS_munmap).count);
	EXPECT_EQ(0U, after(self, SYS_madvise).count);
}

/* If the range has a hole, madvise() fails, but still changes the mapped parts. */
TEST_F(lint, advice_for_a_range_with_a_hole_takes_pages)
{
	for (int round = 0; round < 40; round++) {
		touch(self, 0, 64);
		advise_with(self, 0, 64, MADV_DONTNEED, -ENOMEM);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(SYS_madvise, FOUND(0)->nr);
	findings_free(&self->findings);
	for (int round = 0; round < 40; round++) {
		touch(self, 64, 128);
		advise_with(self, 64, 128, MADV_DONTNEED, -EINVAL);
	}
	EXPECT_EQ(2U, found(self));
}

/* The kernel reclaims the pages of the file before the last touch. */
TEST_F(lint, a_call_takes_pages_once)
{
	of_file(self, VM_READ, MMAPDEMO_FAULT_READ);
	touch(self, 0, 600);
	advise(self, 0, 600, MADV_DONTNEED);
	touch(self, 0, 600);
	touch(self, 0, 600);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_AGAIN, FOUND(0)->kind);
	EXPECT_EQ(600U, FOUND(0)->count);
}

/*
 * The second fault on a page begins before the first one ends, and finds the
 * page present.
 */
TEST_F(lint, two_threads_that_touch_a_page_at_once_touch_it_once)
{
	self->fault.duration = 20 * US;
	for (__u64 page = 0; page < 600; page++) {
		touch(self, page, page + 1);
		touch(self, page, page + 1);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_STORM, FOUND(0)->kind);
	EXPECT_EQ(600U, FOUND(0)->count);
}

/* The removed pages are in the second of two VMAs that are merged later. */
TEST_F(lint, the_call_that_removed_pages_is_known_for_a_part)
{
	self->fault.vma_end = BASE + 64 * PAGE;
	touch(self, 0, 64);
	self->fault.vma_start = BASE + 64 * PAGE;
	self->fault.vma_end = BASE + 128 * PAGE;
	for (int round = 0; round < 40; round++) {
		touch(self, 64, 128);
		advise(self, 64, 128, MADV_DONTNEED);
	}
	self->fault.vma_start = BASE;
	self->fault.vma_end = BASE + 129 * PAGE;
	touch(self, 128, 129);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(39U * 64, FOUND(0)->count);
	EXPECT_EQ(SYS_madvise, FOUND(0)->nr);
	EXPECT_EQ(BASE, FOUND(0)->start);
}

/*
 * Each fault maps a whole huge page again, but the program touches only one
 * page of it.
 */
TEST_F(lint, all_pages_of_a_huge_page_are_touched_again)
{
	self->fault.class = MMAPDEMO_FAULT_HUGE_ANON;
	for (int round = 0; round < 601; round++) {
		touch(self, 7, 8);
		advise(self, 0, 512, MADV_DONTNEED);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_AGAIN, FOUND(0)->kind);
	EXPECT_EQ(600U, FOUND(0)->count);
	EXPECT_EQ(512U, FOUND(0)->pages);
}

/* Each fault maps a folio that is larger than the mapping. */
TEST_F(lint, pages_outside_of_a_mapping_are_not_touched_again)
{
	self->fault.order = 4;
	self->fault.vma_start = BASE + 4 * PAGE;
	self->fault.vma_end = BASE + 12 * PAGE;
	for (int round = 0; round < 601; round++) {
		touch(self, 7, 8);
		advise(self, 4, 12, MADV_DONTNEED);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(8U, FOUND(0)->pages);
}

TEST_F(lint, a_finding_has_512_touches)
{
	touch(self, 0, 256);
	for (int round = 0; round < 2; round++) {
		EXPECT_EQ(0U, found_of(self, FINDING_AGAIN));
		advise(self, 0, 256, MADV_DONTNEED);
		touch(self, 0, 256);
	}
	EXPECT_EQ(1U, found_of(self, FINDING_AGAIN));
}

/*
 * The call is not known if process_madvise() freed the pages, or if events were
 * lost.
 */
TEST_F(lint, a_call_that_was_not_seen_has_no_name)
{
	for (int round = 0; round < 40; round++) {
		touch(self, 0, 64);
		advise(self, 0, 64, MADV_WILLNEED);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(-1, FOUND(0)->nr);
	EXPECT_TRUE(says(FOUND(0), "2496 touches of 64 pages that had been "
				   "removed"));
}

/* The kernel reclaims the page of the file, and the store then makes a copy. */
TEST_F(lint, pages_of_a_private_file_come_and_go)
{
	of_file(self, RW, MMAPDEMO_FAULT_READ);
	touch(self, 0, 1024);
	self->fault.class = MMAPDEMO_FAULT_COW;
	touch(self, 0, 1024);
	for (size_t i = found(self); i--;)
		EXPECT_NE(FINDING_AGAIN, FOUND(i)->kind);
}

TEST_F(lint, copies_given_back_by_advice_are_kept_without_the_file)
{
	of_file(self, RW, MMAPDEMO_FAULT_COW);
	for (int round = 0; round < 40; round++) {
		touch(self, 0, 64);
		advise(self, 0, 64, MADV_DONTNEED);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_AGAIN, FOUND(0)->kind);
	EXPECT_EQ(ADVICE_KEEP_ADVISED, FOUND(0)->advice);
}

/*
 * In the 32-bit system call table, the number 11 stands for another call than
 * munmap().
 */
TEST_F(lint, calls_of_32_bits_have_no_name)
{
	struct event event = {
		.kind = MMAPDEMO_EVENT_VMA_UNLINK,
		.unlink = { .mm = MM, .start = BASE, .end = BASE + 64 * PAGE,
			    .trigger = MMAPDEMO_TRIGGER_SYSCALL32,
			    .nr = SYS_munmap },
	};

	for (int round = 0; round < 40; round++) {
		touch(self, 0, 64);
		happen(self, &event);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(-1, FOUND(0)->nr);
	EXPECT_EQ(ADVICE_KEEP, FOUND(0)->advice);
}

TEST_F(lint, a_heap_that_is_trimmed_is_one_finding)
{
	for (int round = 0; round < 3; round++) {
		for (__u64 page = 0; page < 1600; page += 32) {
			self->fault.vma_end = BASE + (page + 32) * PAGE;
			touch(self, page, page + 32);
		}
		unmap(self, 0, 1600, SYS_brk);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(ADVICE_KEEP_HEAP, FOUND(0)->advice);
	EXPECT_EQ(2U * 1600, FOUND(0)->count);
	EXPECT_EQ(1600U, FOUND(0)->pages);
}

TEST_F(lint, malloc_frees_memory_without_mremap)
{
	touch(self, 1, 601);
	unmap(self, 1, 601, SYS_mremap);
	move(self, 0, 601, 0, 1);
	touch(self, 1, 601);
	ASSERT_LE(1U, found(self));
	EXPECT_EQ(FINDING_AGAIN, FOUND(0)->kind);
	EXPECT_EQ(600U, FOUND(0)->count);
	EXPECT_EQ(SYS_mremap, FOUND(0)->nr);
	EXPECT_EQ(ADVICE_KEEP, FOUND(0)->advice);
}

/*
 * When realloc() moves a block, the block keeps its pages at the new address.
 */
TEST_F(lint, pages_moved_by_mremap_are_not_removed)
{
	touch(self, 0, 600);
	unmap(self, 0, 600, SYS_mremap);
	move(self, 0, 600, 2000, 1200);
	touch(self, 0, 600);
	EXPECT_EQ(0U, found_of(self, FINDING_AGAIN));
}

/* mremap() moves 600 of the 1200 pages, and frees the other 600 pages. */
TEST_F(lint, mremap_moves_some_pages_and_frees_others)
{
	touch(self, 0, 1200);
	move(self, 0, 1200, 2000, 600);
	touch(self, 0, 1200);
	ASSERT_EQ(2U, found(self));
	EXPECT_EQ(FINDING_STORM, FOUND(0)->kind);
	EXPECT_EQ(FINDING_AGAIN, FOUND(1)->kind);
	EXPECT_EQ(600U, FOUND(1)->count);
}

/*
 * MREMAP_FIXED frees the pages that were mapped at the new address before the
 * call.
 */
TEST_F(lint, pages_that_mremap_replaces_are_removed)
{
	touch(self, 0, 600);
	move(self, 2000, 600, 0, 600);
	touch(self, 0, 600);
	EXPECT_EQ(1U, found_of(self, FINDING_AGAIN));
}

TEST_F(lint, an_mremap_that_fails_frees_nothing)
{
	touch(self, 0, 600);
	move(self, 0, 600, -(BASE / PAGE) - 1, 1);
	touch(self, 0, 600);
	ASSERT_LE(1U, found(self));
	EXPECT_EQ(-1, FOUND(0)->nr);
}

/*
 * A call is named only for pages that it removed. A call is not named for other
 * pages in the same 2 MiB.
 */
TEST_F(lint, another_call_nearby_took_nothing)
{
	touch(self, 300, 301);
	for (int round = 0; round < 40; round++) {
		touch(self, 0, 64);
		unmap(self, 0, 64, SYS_munmap);
		unmap(self, 128, 256, SYS_brk);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(SYS_munmap, FOUND(0)->nr);
}

/* A damaged recording may contain a range up to the highest address. */
TEST_F(lint, the_last_addresses_are_unmapped_once)
{
	struct event event = {
		.kind = MMAPDEMO_EVENT_VMA_UNLINK,
		.unlink = { .mm = MM, .start = -(2ULL << 20), .end = ~0ULL },
	};

	touch(self, 0, 1);
	happen(self, &event);
	EXPECT_EQ(0U, found(self));
}

/* The kernel may reclaim pages of a file at any time. */
TEST_F(lint, pages_of_files_come_and_go)
{
	of_file(self, VM_READ, MMAPDEMO_FAULT_READ);
	for (int round = 0; round < 40; round++)
		touch(self, 0, 64);
	EXPECT_EQ(0U, found(self));
}

/* ---- memory of drivers ---- */

/*
 * With per-VMA locks, each fault in memory of a driver takes two attempts. No
 * advice is possible, because calls that populate memory skip memory of
 * drivers.
 */
TEST_F(lint, memory_of_drivers_is_neither_read_nor_populated)
{
	of_file(self, RW | VM_SHARED | VM_MAYSHARE | VM_IO | VM_PFNMAP,
		MMAPDEMO_FAULT_READ);
	self->fault.retries = 1;
	touch(self, 0, 4096);
	EXPECT_EQ(0U, found(self));
	self->fault.class = MMAPDEMO_FAULT_SHARED;
	self->fault.dev = 1;
	touch(self, 0, 4096);
	EXPECT_EQ(0U, found(self));
	EXPECT_FALSE(fault_awaited(&self->fault, 0, 0));
	self->fault.vm_flags = RW | VM_MIXEDMAP;
	EXPECT_FALSE(fault_awaited(&self->fault, 0, 0));
	self->fault.vm_flags = RW;
	EXPECT_TRUE(fault_awaited(&self->fault, 0, 0));
}

/*
 * Some pages of a mixed mapping belong to the driver. A fault on a page of the
 * driver does not wait for a file.
 */
TEST_F(lint, mixed_memory_of_drivers_waits_for_no_file)
{
	of_file(self, RW | VM_SHARED | VM_MAYSHARE | VM_MIXEDMAP,
		MMAPDEMO_FAULT_READ);
	self->fault.retries = 1;
	touch(self, 0, 4096);
	EXPECT_EQ(0U, found_of(self, FINDING_MAJOR));
}

/* ---- huge pages ---- */

/* Map 4 MiB one page above a multiple of 2 MiB. Touch the memory. */
static void off_by_a_page(FIXTURE_DATA(lint) *self, bool huge, __u64 flags)
{
	map(self, 1, 1025);
	self->fault.vma_start = BASE + PAGE;
	self->fault.vma_end = BASE + 1025 * PAGE;
	self->fault.vm_flags |= flags;
	touch(self, 1, 512);
	self->fault.class = MMAPDEMO_FAULT_HUGE_ANON;
	if (huge)
		touch(self, 512, 513);
	self->fault.class = MMAPDEMO_FAULT_ANON;
	touch(self, 1024, 1025);
}

/* 512 faults replace the missed huge page. lint does not report them as a storm. */
TEST_F(lint, a_missed_huge_page_is_no_storm)
{
	map(self, 1, 1025);
	self->fault.vma_start = BASE + PAGE;
	self->fault.vma_end = BASE + 1025 * PAGE;
	self->fault.class = MMAPDEMO_FAULT_HUGE_ANON;
	touch(self, 512, 513);
	self->fault.class = MMAPDEMO_FAULT_ANON;
	touch(self, 1, 512);
	touch(self, 1024, 1025);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_UNALIGNED, FOUND(0)->kind);
	EXPECT_EQ(512U, FOUND(0)->pages);
}

/* Return the number of missed huge pages in all findings. */
static __u64 missed(FIXTURE_DATA(lint) *self)
{
	__u64 pages = 0;

	for (size_t i = found(self); i--;) {
		if (FOUND(i)->kind == FINDING_UNALIGNED)
			pages += FOUND(i)->count;
	}
	return pages;
}

TEST_F(lint, a_huge_page_missed_by_alignment_is_found)
{
	off_by_a_page(self, true, 0);
	EXPECT_EQ(1U, missed(self));
	EXPECT_EQ(ADVICE_ALIGN, FOUND(0)->advice);
}

/* malloc() maps the memory, so the program can't align the mapping. */
TEST_F(lint, a_huge_page_missed_by_malloc_is_found)
{
	map(self, 1, 1026);
	off_by_a_page(self, true, 0);
	EXPECT_EQ(1U, missed(self));
	EXPECT_EQ(ADVICE_ALIGN_MALLOC, FOUND(0)->advice);
	EXPECT_TRUE(says(FOUND(0), "aligned_alloc()"));
}

/*
 * The missed huge page is also found if the VMA is unmapped before the
 * recording ends.
 */
TEST_F(lint, a_huge_page_missed_after_munmap_is_found)
{
	off_by_a_page(self, true, 0);
	unmap(self, 1, 1025, SYS_munmap);
	EXPECT_EQ(1U, missed(self));
}

/* The program requested huge pages, and got one of them. */
TEST_F(lint, a_huge_page_that_was_asked_for_is_missed)
{
	off_by_a_page(self, true, VM_HUGEPAGE);
	EXPECT_EQ(1U, missed(self));
}

TEST_F(lint, no_huge_page_is_missed_by_later_alignment)
{
	off_by_a_page(self, true, 0);
	unmap(self, 1, 512, SYS_munmap);
	EXPECT_EQ(0U, found_of(self, FINDING_UNALIGNED));
}

TEST_F(lint, a_storm_elsewhere_keeps_its_faults)
{
	off_by_a_page(self, true, 0);
	self->fault.vma_start = BASE + 8192 * PAGE;
	self->fault.vma_end = BASE + 8792 * PAGE;
	touch(self, 8192, 8792);
	ASSERT_EQ(2U, found(self));
	EXPECT_EQ(FINDING_STORM, FOUND(0)->kind);
	EXPECT_EQ(600U, FOUND(0)->count);
	EXPECT_EQ(FINDING_UNALIGNED, FOUND(1)->kind);
}

/*
 * The mapping of the storm begins in the same 2 MiB block in which the other
 * mapping ends.
 */
TEST_F(lint, a_storm_next_to_an_edge_keeps_its_faults)
{
	off_by_a_page(self, true, 0);
	self->fault.vma_start = BASE + 1025 * PAGE;
	self->fault.vma_end = BASE + 1625 * PAGE;
	self->fault.vm_flags = RW | VM_NOHUGEPAGE;
	touch(self, 1025, 1625);
	ASSERT_EQ(2U, found(self));
	EXPECT_EQ(FINDING_STORM, FOUND(0)->kind);
	EXPECT_EQ(600U, FOUND(0)->count);
	EXPECT_EQ(600 * US, FOUND(0)->ns);
	EXPECT_EQ(FINDING_UNALIGNED, FOUND(1)->kind);
}

/*
 * The cost of the faults at the edges is part of the finding about the missed
 * huge page. Between the edges, there is a page table already.
 */
TEST_F(lint, a_storm_between_edges_remains)
{
	map(self, 1, 1025);
	self->fault.vma_start = BASE + PAGE;
	self->fault.vma_end = BASE + 1025 * PAGE;
	touch(self, 1, 512);
	self->fault.before = MMAPDEMO_LEVEL_PMD;
	touch(self, 512, 1024);
	self->fault.before = 0;
	touch(self, 1024, 1025);
	self->fault.vma_start = BASE + 8192 * PAGE;
	self->fault.vma_end = BASE + 8704 * PAGE;
	self->fault.class = MMAPDEMO_FAULT_HUGE_ANON;
	touch(self, 8192, 8193);
	EXPECT_EQ(1U, found_of(self, FINDING_UNALIGNED));
	for (size_t i = 0; i < self->findings.count; i++) {
		EXPECT_EQ(512 * US, FOUND(i)->ns);
		EXPECT_TRUE(FOUND(i)->kind == FINDING_UNALIGNED ||
			    FOUND(i)->count == 512);
	}
	EXPECT_EQ(2U, self->findings.count);
}

/*
 * Pages at the edges are touched again. The second touches are not part of the
 * storm.
 */
TEST_F(lint, a_storm_keeps_pages_touched_again_at_the_edges)
{
	self->fault.vma_start = BASE + PAGE;
	self->fault.vma_end = BASE + 1025 * PAGE;
	touch(self, 1, 1025);
	unmap(self, 1, 1025, SYS_munmap);
	off_by_a_page(self, true, 0);
	ASSERT_EQ(3U, found(self));
	for (size_t i = 0; i < 3; i++) {
		if (FOUND(i)->kind != FINDING_STORM)
			continue;
		EXPECT_EQ(1024U, FOUND(i)->count);
		EXPECT_EQ(1024 * US, FOUND(i)->ns);
	}
}

/*
 * The storm consists only of the faults between the edges. The faults at both
 * edges are in the finding about the missed huge page.
 */
TEST_F(lint, a_range_of_edges_alone_is_no_storm)
{
	map(self, 1, 4097);
	self->fault.vma_start = BASE + PAGE;
	self->fault.vma_end = BASE + 4097 * PAGE;
	touch(self, 1, 512);
	touch(self, 4096, 4097);
	touch(self, 1024, 1536);
	self->fault.class = MMAPDEMO_FAULT_HUGE_ANON;
	touch(self, 512, 513);
	EXPECT_EQ(1U, found_of(self, FINDING_STORM));
	for (size_t i = 0; i < self->findings.count; i++) {
		EXPECT_EQ(1U, FOUND(i)->ranges);
		EXPECT_EQ(512 * US, FOUND(i)->ns);
	}
	EXPECT_EQ(2U, self->findings.count);
}

TEST_F(lint, memory_unmapped_before_is_another_mapping)
{
	self->fault.vma_end = BASE + 64 * PAGE;
	touch(self, 1, 64);
	unmap(self, 1, 64, SYS_munmap);
	off_by_a_page(self, true, 0);
	EXPECT_EQ(1U, missed(self));
}

/* 513 touches of the last page must not be taken for touches of 512 pages. */
TEST_F(lint, no_huge_page_is_missed_by_a_page_touched_again)
{
	map(self, 1, 1025);
	self->fault.vma_start = BASE + PAGE;
	self->fault.vma_end = BASE + 1025 * PAGE;
	self->fault.class = MMAPDEMO_FAULT_HUGE_ANON;
	touch(self, 512, 513);
	self->fault.class = MMAPDEMO_FAULT_ANON;
	for (int round = 0; round < 513; round++) {
		touch(self, 1024, 1025);
		advise(self, 1024, 1025, MADV_DONTNEED);
	}
	EXPECT_EQ(0U, missed(self));
	EXPECT_EQ(1U, self->findings.count);
}

/*
 * Each step ends in the middle of a huge page. The next step adds the rest of
 * the huge page.
 */
TEST_F(lint, no_huge_page_is_missed_by_opening_in_steps)
{
	map(self, 0, 1025);
	self->fault.vma_start = BASE;
	self->fault.class = MMAPDEMO_FAULT_HUGE_ANON;
	self->fault.vma_end = BASE + 1025 * PAGE;
	touch(self, 512, 513);
	self->fault.class = MMAPDEMO_FAULT_ANON;
	map(self, 4097, 6145);
	self->fault.vma_start = BASE + 4097 * PAGE;
	for (__u64 page = 4608; page < 5632; page += 32) {
		self->fault.vma_end = BASE + (page + 32 + 1) * PAGE;
		touch(self, page, page + 32);
	}
	EXPECT_EQ(0U, missed(self));
}

TEST_F(lint, no_huge_page_is_missed_where_none_are_seen)
{
	off_by_a_page(self, false, 0);
	EXPECT_EQ(0U, missed(self));
}

TEST_F(lint, no_huge_page_is_missed_by_MADV_NOHUGEPAGE)
{
	off_by_a_page(self, true, VM_NOHUGEPAGE);
	EXPECT_EQ(0U, missed(self));
}

/*
 * Map 6 MiB, 10 MiB after BASE and one page above a multiple of 2 MiB. Touch the
 * memory in the order of its addresses. The two aligned blocks get pages of the
 * classes.
 */
static void another_off_by_a_page(FIXTURE_DATA(lint) *self, __u32 first,
				  __u32 second)
{
	const __u64 page = 5 * 512 + 1;

	map(self, page, page + 3 * 512);
	self->fault.vma_start = BASE + page * PAGE;
	self->fault.vma_end = BASE + (page + 3 * 512) * PAGE;
	touch(self, page, page + 511);
	self->fault.class = first;
	touch(self, page + 511, page + 512);
	self->fault.class = second;
	touch(self, page + 1023, page + 1024);
	self->fault.class = MMAPDEMO_FAULT_ANON;
	touch(self, page + 3 * 512 - 1, page + 3 * 512);
}

TEST_F(lint, huge_pages_are_missed_by_two_mappings)
{
	off_by_a_page(self, true, 0);
	another_off_by_a_page(self, MMAPDEMO_FAULT_HUGE_ANON,
			      MMAPDEMO_FAULT_HUGE_ANON);
	EXPECT_EQ(2U, missed(self));
}

/* prctl() or a setting has changed after the first mapping was touched. */
TEST_F(lint, no_huge_page_is_missed_where_blocks_are_refused)
{
	off_by_a_page(self, true, 0);
	another_off_by_a_page(self, MMAPDEMO_FAULT_ANON, MMAPDEMO_FAULT_ANON);
	EXPECT_EQ(1U, missed(self));
}

/* The program touches only the ends of the mapping. */
TEST_F(lint, a_huge_page_is_missed_around_an_empty_block)
{
	const __u64 page = 5 * 512 + 1;

	off_by_a_page(self, true, 0);
	map(self, page, page + 2 * 512);
	self->fault.vma_start = BASE + page * PAGE;
	self->fault.vma_end = BASE + (page + 2 * 512) * PAGE;
	touch(self, page, page + 511);
	touch(self, page + 1023, page + 1024);
	EXPECT_EQ(2U, missed(self));
}

/* As above, but then the block between the ends gets a small page. */
TEST_F(lint, no_huge_page_is_missed_around_a_refused_block)
{
	const __u64 page = 5 * 512 + 1;

	off_by_a_page(self, true, 0);
	map(self, page, page + 2 * 512);
	self->fault.vma_start = BASE + page * PAGE;
	self->fault.vma_end = BASE + (page + 2 * 512) * PAGE;
	touch(self, page, page + 511);
	touch(self, page + 1023, page + 1024);
	touch(self, page + 511, page + 512);
	EXPECT_EQ(1U, missed(self));
}

/* Fragmented memory can refuse one block, and not the next one. */
TEST_F(lint, a_huge_page_is_missed_where_a_block_is_refused)
{
	off_by_a_page(self, true, 0);
	another_off_by_a_page(self, MMAPDEMO_FAULT_ANON,
			      MMAPDEMO_FAULT_HUGE_ANON);
	EXPECT_EQ(2U, missed(self));
}

/*
 * Touch a block of a small mapping, which gets pages of the class. Then touch
 * memory that has no room for an aligned block.
 */
static void miss_after(FIXTURE_DATA(lint) *self, __u32 class, __u64 flags)
{
	self->fault.class = class;
	self->fault.vma_start = BASE + 3 * 512 * PAGE;
	self->fault.vma_end = BASE + 4 * 512 * PAGE;
	self->fault.vm_flags = RW | flags;
	touch(self, 3 * 512, 3 * 512 + 1);
	self->fault.class = MMAPDEMO_FAULT_ANON;
	self->fault.vm_flags = RW;
	map(self, 5 * 512 + 256, 6 * 512 + 256);
	self->fault.vma_start = BASE + (5 * 512 + 256) * PAGE;
	self->fault.vma_end = BASE + (6 * 512 + 256) * PAGE;
	touch(self, 5 * 512 + 256, 6 * 512 + 256);
}

TEST_F(lint, no_huge_page_is_missed_after_a_block_is_refused)
{
	off_by_a_page(self, true, 0);
	miss_after(self, MMAPDEMO_FAULT_ANON, 0);
	EXPECT_EQ(1U, missed(self));
}

TEST_F(lint, a_huge_page_is_missed_after_a_block_is_huge)
{
	off_by_a_page(self, true, 0);
	miss_after(self, MMAPDEMO_FAULT_HUGE_ANON, 0);
	EXPECT_EQ(2U, missed(self));
}

/* Blocks with MADV_NOHUGEPAGE prove nothing about other memory. */
TEST_F(lint, a_huge_page_is_missed_after_MADV_NOHUGEPAGE)
{
	off_by_a_page(self, true, 0);
	miss_after(self, MMAPDEMO_FAULT_ANON, VM_NOHUGEPAGE);
	EXPECT_EQ(2U, missed(self));
}

/* If even MADV_HUGEPAGE does not help, other memory gets no huge pages either. */
TEST_F(lint, no_huge_page_is_missed_after_advice_is_refused)
{
	off_by_a_page(self, true, 0);
	miss_after(self, MMAPDEMO_FAULT_ANON, VM_HUGEPAGE);
	EXPECT_EQ(1U, missed(self));
}

/* With the setting madvise, a huge page proves nothing about other memory. */
TEST_F(lint, no_huge_page_is_missed_without_advice)
{
	miss_after(self, MMAPDEMO_FAULT_HUGE_ANON, VM_HUGEPAGE);
	EXPECT_EQ(0U, missed(self));
}

TEST_F(lint, no_huge_page_is_missed_by_trimming)
{
	map(self, 1, 1600);
	unmap(self, 1, 512, SYS_munmap);
	unmap(self, 1536, 1600, SYS_munmap);
	self->fault.vma_start = BASE + 512 * PAGE;
	self->fault.vma_end = BASE + 1536 * PAGE;
	self->fault.class = MMAPDEMO_FAULT_HUGE_ANON;
	touch(self, 512, 513);
	touch(self, 1024, 1025);
	EXPECT_EQ(0U, found(self));
}

/* ---- permissions ---- */

#define RX (VM_READ | VM_EXEC)

static void protect(FIXTURE_DATA(lint) *self, __u64 page, __u64 before,
		    __u64 after)
{
	self->vm_flags = before;
	change(self, page, page + 1, SYS_mprotect, after,
	       MMAPDEMO_REASON_INSIDE, MMAPDEMO_REASON_INSIDE);
}

TEST_F(lint, sixteen_calls_are_a_ping_pong)
{
	for (int round = 0; round < 16; round++) {
		EXPECT_EQ(0U, found(self));
		protect(self, 0, round % 2 ? VM_READ : RW,
			round % 2 ? RW : VM_READ);
	}
	EXPECT_EQ(1U, found(self));
}

static void flush_as(FIXTURE_DATA(lint) *self, __u32 reason)
{
	struct event event = {
		.kind = EVENT_FLUSH,
		.flush = { .reason = reason, .pages = 1 },
	};

	happen(self, &event);
}

static void flush(FIXTURE_DATA(lint) *self)
{
	flush_as(self, FLUSH_LOCAL_MM);
}

/* End the mprotect() call that made the last change. */
static void leave_protect(FIXTURE_DATA(lint) *self, __u64 duration)
{
	struct event event = {
		.kind = EVENT_LEAVE + EVENT_CALL_MPROTECT,
		.call = { .duration = duration },
	};

	happen(self, &event);
}

TEST_F(lint, pages_that_take_turns_are_one_ping_pong)
{
	self->machine.flushes_known = true;
	for (int round = 0; round < 200; round++) {
		protect(self, round % 50, round / 50 % 2 ? RX : RW,
			round / 50 % 2 ? RW : RX);
		flush(self);
		leave_protect(self, US);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_PINGPONG, FOUND(0)->kind);
	EXPECT_EQ(200U, FOUND(0)->count);
	EXPECT_EQ(50U, FOUND(0)->ranges);
	EXPECT_EQ(200U, FOUND(0)->flushes);
	EXPECT_EQ(ADVICE_MAP_TWICE, FOUND(0)->advice);
}

/*
 * A ping-pong is a finding about calls that remove and restore rights. A
 * ping-pong is ranked by its duration, together with findings about faults.
 */
TEST_F(lint, a_ping_pong_is_ranked_by_its_time)
{
	self->machine.flushes_known = true;
	touch(self, 64, 4096);
	for (int round = 0; round < 40; round++) {
		protect(self, 0, round % 2 ? VM_READ : RW,
			round % 2 ? RW : VM_READ);
		flush(self);
		leave_protect(self, 1000 * US);
	}
	ASSERT_EQ(2U, found(self));
	EXPECT_EQ(FINDING_PINGPONG, FOUND(0)->kind);
	EXPECT_EQ(40U, FOUND(0)->count);
	EXPECT_EQ(40 * 1000 * US, FOUND(0)->ns);
	EXPECT_EQ(40U, FOUND(0)->flushes);
	EXPECT_TRUE(says(FOUND(0), "in 40 of the calls, costing 40.0 ms"));
	EXPECT_EQ(FINDING_STORM, FOUND(1)->kind);
}

TEST_F(lint, the_time_of_calls_whose_end_was_not_seen_is_estimated)
{
	self->machine.flushes_known = true;
	for (int round = 0; round < 40; round++) {
		protect(self, 0, round % 2 ? VM_READ : RW,
			round % 2 ? RW : VM_READ);
		flush(self);
		if (round % 4 == 0)
			leave_protect(self, 1000 * US);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(40U, FOUND(0)->count);
	EXPECT_EQ(40 * 1000 * US, FOUND(0)->ns);
}

/*
 * Make 40 mprotect() calls, and run @flushed during each call. Return the
 * number of flushes in the finding.
 */
static __u64 flushes(FIXTURE_DATA(lint) *self,
		     void (*flushed)(FIXTURE_DATA(lint) *self))
{
	for (int round = 0; round < 40; round++) {
		protect(self, 0, round % 2 ? VM_READ : RW,
			round % 2 ? RW : VM_READ);
		flushed(self);
		leave_protect(self, US);
	}
	return found(self) == 1 ? FOUND(0)->flushes : ~0ULL;
}

/* Flush in another thread. The TIDs of both threads are hashed to the same slot. */
static void flush_by_another(FIXTURE_DATA(lint) *self)
{
	self->tid += LINT_CHANGES;
	flush(self);
	self->tid -= LINT_CHANGES;
}

TEST_F(lint, a_flush_by_another_thread_belongs_to_no_call)
{
	EXPECT_EQ(0U, flushes(self, flush_by_another));
}

/*
 * An event with FLUSH_SEND is a request to another CPU. The flush on the other
 * CPU would be a separate event.
 */
static void ask_others(FIXTURE_DATA(lint) *self)
{
	flush_as(self, FLUSH_SEND);
}

TEST_F(lint, a_request_to_other_CPUs_is_no_flush)
{
	EXPECT_EQ(0U, flushes(self, ask_others));
}

static void flush_then_unmap(FIXTURE_DATA(lint) *self)
{
	flush(self);
	unmap(self, 64, 65, SYS_munmap);
}

static void flush_twice_then_unmap(FIXTURE_DATA(lint) *self)
{
	flush(self);
	flush_then_unmap(self);
}

/*
 * The start of munmap() is not recorded. One of the flushes before the end of
 * munmap() may therefore belong to munmap().
 */
TEST_F(lint, a_flush_before_munmap_belongs_to_no_call)
{
	EXPECT_EQ(0U, flushes(self, flush_then_unmap));
}

TEST_F(lint, one_of_two_flushes_before_munmap_belongs_to_the_call)
{
	EXPECT_EQ(40U, flushes(self, flush_twice_then_unmap));
}

TEST_F(lint, a_call_that_flushed_twice_has_flushed_once)
{
	for (int round = 0; round < 40; round++) {
		protect(self, 0, round % 2 ? VM_READ : RW,
			round % 2 ? RW : VM_READ);
		if (round % 2) {
			flush(self);
			flush(self);
		}
		leave_protect(self, US);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(20U, FOUND(0)->flushes);
}

/* Earlier calls for the range have flushed the TLB, too. */
TEST_F(lint, flushes_are_never_more_than_calls)
{
	for (int round = 0; round < 20; round++) {
		protect(self, 0, 0, RW);
		flush(self);
		leave_protect(self, US);
	}
	EXPECT_EQ(40U, flushes(self, flush));
	EXPECT_EQ(40U, FOUND(0)->count);
}

TEST_F(lint, calls_whose_end_was_not_seen_take_no_time)
{
	for (int round = 0; round < 40; round++)
		protect(self, 0, round % 2 ? VM_READ : RW,
			round % 2 ? RW : VM_READ);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(0U, FOUND(0)->ns);
}

TEST_F(lint, pkey_mprotect_takes_and_gives_rights_too)
{
	for (int round = 0; round < 20; round++) {
		self->vm_flags = round % 2 ? VM_READ : RW;
		change(self, 0, 64, SYS_pkey_mprotect,
		       round % 2 ? RW : VM_READ, MMAPDEMO_REASON_FILE,
		       MMAPDEMO_REASON_FILE);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(20U, FOUND(0)->count);
	EXPECT_EQ(ADVICE_PROTECTION_KEYS, FOUND(0)->advice);
}

/*
 * The calls have the pattern of a thread's stack that is mapped again and again
 * at the same address.
 */
TEST_F(lint, memory_mapped_again_gets_no_rights_back)
{
	for (int i = 0; i < 20; i++) {
		protect(self, 0, 0, RW);
		unmap(self, 0, 1, SYS_munmap);
	}
	EXPECT_EQ(0U, found(self));
	for (int i = 0; i < 20; i++) {
		protect(self, 0, i % 2 ? RW : 0, i % 2 ? VM_READ : RW);
		unmap(self, 0, 1, SYS_munmap);
	}
	EXPECT_EQ(0U, found(self));
}

/* If the VMA was merged, the event does not show its previous permissions. */
TEST_F(lint, rights_that_are_not_known_are_no_others)
{
	struct event event = {
		.kind = MMAPDEMO_EVENT_VMA_MERGE,
		.merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_CHANGE,
			   .nr = SYS_mprotect, .start = BASE,
			   .end = BASE + PAGE,
			   .outcome = MMAPDEMO_MERGE_PREV },
	};

	for (int i = 0; i < 20; i++) {
		event.merge.flags_wanted = i % 2 ? RW : VM_READ;
		event.merge.vm_flags = event.merge.flags_wanted;
		happen(self, &event);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(20U, FOUND(0)->count);
}

/* In a damaged recording, the TID of an event may be 0. */
TEST_F(lint, a_flush_by_no_task_belongs_to_no_call)
{
	struct event event = { .kind = EVENT_FLUSH, .time = US };

	ASSERT_EQ(0, lint_event(&self->lint, &event, NULL, NULL));
	event = (struct event){ .kind = EVENT_EXIT, .time = 2 * US };
	ASSERT_EQ(0, lint_event(&self->lint, &event, NULL, NULL));
	EXPECT_EQ(0U, found(self));
}

/*
 * The calls have the pattern of a program that makes each page of its data
 * read-only, and makes the page writable again once.
 */
TEST_F(lint, rights_that_are_given_back_once_give_no_finding)
{
	for (int page = 0; page < 64; page++) {
		protect(self, page, RW, VM_READ);
		protect(self, page, VM_READ, RW);
	}
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, memory_that_becomes_code_once_gives_no_finding)
{
	for (int page = 0; page < 200; page++)
		change(self, page, page + 1, SYS_mprotect, VM_READ | VM_EXEC,
		       MMAPDEMO_REASON_INSIDE, MMAPDEMO_REASON_INSIDE);
	EXPECT_EQ(0U, found(self));
}

/* ---- VMAs ---- */

/*
 * Change every second pair of pages in a VMA of 256 pages. The changes add 127
 * VMAs.
 */
static void pieces(FIXTURE_DATA(lint) *self, __u64 flag)
{
	for (__u64 page = 0; page < 256; page += 4)
		change(self, page, page + 2, SYS_madvise, RW | flag,
		       page ? MMAPDEMO_REASON_INSIDE :
			      MMAPDEMO_REASON_NO_NEIGHBOUR,
		       MMAPDEMO_REASON_INSIDE);
}

TEST_F(lint, sixteen_borders_are_a_pattern)
{
	for (__u64 page = 4; page < 36; page += 4) {
		EXPECT_EQ(0U, found(self));
		change(self, page, page + 2, SYS_madvise, RW | VM_DONTDUMP,
		       MMAPDEMO_REASON_INSIDE, MMAPDEMO_REASON_INSIDE);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(16U, FOUND(0)->count);
}

/*
 * In the 32-bit system call table, the number of madvise() stands for another
 * call.
 */
TEST_F(lint, calls_of_32_bits_that_split_VMAs_have_no_name)
{
	self->trigger = MMAPDEMO_TRIGGER_SYSCALL32;
	pieces(self, VM_DONTDUMP);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(-1, FOUND(0)->nr);
}

/*
 * A private file mapping that was writable keeps VM_ACCOUNT. mprotect() does
 * not clear this flag.
 */
TEST_F(lint, parts_of_files_that_were_written_give_no_finding)
{
	const struct mapping file = {
		.start = BASE, .end = BASE + 256 * PAGE, .ino = 7,
	};

	pieces(self, VM_ACCOUNT);
	EXPECT_EQ(1U, found_of(self, FINDING_ALMOST));
	findings_free(&self->findings);
	ASSERT_EQ(0, maps_set(&self->space.maps, &file));
	pieces(self, VM_ACCOUNT);
	EXPECT_EQ(0U, found(self));
}

/*
 * Move a border of each piece by one page. The neighbouring VMA absorbs this
 * page.
 */
static void move_borders(FIXTURE_DATA(lint) *self, __u32 outcome)
{
	bool up = outcome == MMAPDEMO_MERGE_PREV;
	struct event event = {
		.kind = MMAPDEMO_EVENT_VMA_MERGE,
		.merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_CHANGE,
			   .nr = SYS_madvise, .outcome = outcome,
			   .vm_flags = RW | (up ? VM_DONTDUMP : 0),
			   .flags_wanted = RW | (up ? VM_DONTDUMP : 0),
			   .reason_prev = up ? MMAPDEMO_REASON_MERGED :
					       MMAPDEMO_REASON_INSIDE,
			   .reason_next = up ? MMAPDEMO_REASON_INSIDE :
					       MMAPDEMO_REASON_MERGED },
	};

	for (__u64 page = 0; page < 256; page += 4) {
		event.merge.start = BASE + (page + 1) * PAGE;
		event.merge.end = BASE + (page + 2) * PAGE;
		event.merge.result_start = BASE + (page + !up) * PAGE;
		event.merge.result_end = BASE + (page + (up ? 2 : 4)) * PAGE;
		happen(self, &event);
	}
}

TEST_F(lint, a_border_that_moves_stays_one)
{
	pieces(self, VM_DONTDUMP);
	move_borders(self, MMAPDEMO_MERGE_NEXT);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(127U, FOUND(0)->count);
	findings_free(&self->findings);
	move_borders(self, MMAPDEMO_MERGE_PREV);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(127U, FOUND(0)->count);
}

/* If events are missing, a border may move to a place that already has a border. */
TEST_F(lint, a_border_that_moves_replaces_an_older_one)
{
	struct event event = {
		.kind = MMAPDEMO_EVENT_VMA_MERGE,
		.merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_CHANGE,
			   .outcome = MMAPDEMO_MERGE_PREV,
			   .reason_prev = MMAPDEMO_REASON_MERGED,
			   .reason_next = MMAPDEMO_REASON_INSIDE },
	};

	for (__u64 page = 0; page < 256; page += 8) {
		change(self, page, page + 2, SYS_madvise, RW | VM_DONTDUMP,
		       MMAPDEMO_REASON_NO_NEIGHBOUR, MMAPDEMO_REASON_INSIDE);
		change(self, page + 3, page + 4, SYS_mbind, RW,
		       MMAPDEMO_REASON_POLICY, MMAPDEMO_REASON_NO_NEIGHBOUR);
		event.merge.start = BASE + (page + 2) * PAGE;
		event.merge.end = BASE + (page + 3) * PAGE;
		event.merge.result_start = BASE + page * PAGE;
		event.merge.result_end = event.merge.end;
		happen(self, &event);
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(MMAPDEMO_REASON_FLAGS, FOUND(0)->reason);
	EXPECT_EQ(32U, FOUND(0)->count);
}

static void dontfork_pieces(FIXTURE_DATA(lint) *self)
{
	pieces(self, VM_DONTCOPY);
}

TEST_F(lint, pieces_left_out_of_core_dumps_are_one_finding)
{
	pieces(self, VM_DONTDUMP);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_ALMOST, FOUND(0)->kind);
	EXPECT_EQ(ADVICE_SAME, FOUND(0)->advice);
}

/*
 * The advice must not be to set the flag on all pages, because a child would
 * then lose the contents of the other pages.
 */
TEST_F(lint, memory_withheld_from_a_child_is_not_advised_for_all)
{
	pieces(self, VM_WIPEONFORK);
	EXPECT_EQ(0U, found(self));
	pieces(self, VM_DONTCOPY | VM_DONTDUMP);
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, pieces_without_fork_are_one_finding)
{
	dontfork_pieces(self);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_DONTFORK, FOUND(0)->kind);
	EXPECT_EQ(127U, FOUND(0)->count);
}

TEST_F(lint, an_unmapped_range_splits_nothing)
{
	dontfork_pieces(self);
	unmap(self, 0, 256, SYS_munmap);
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, an_undone_change_splits_nothing)
{
	struct event event = {
		.kind = MMAPDEMO_EVENT_VMA_MERGE,
		.merge = { .mm = MM, .cause = MMAPDEMO_CAUSE_CHANGE,
			   .nr = SYS_madvise, .start = BASE,
			   .outcome = MMAPDEMO_MERGE_PREV |
				      MMAPDEMO_MERGE_NEXT,
			   .result_start = BASE, .vm_flags = RW,
			   .flags_wanted = RW,
			   .reason_prev = MMAPDEMO_REASON_MERGED,
			   .reason_next = MMAPDEMO_REASON_MERGED },
	};

	dontfork_pieces(self);
	for (__u64 page = 0; page < 256; page += 4) {
		event.merge.start = BASE + page * PAGE;
		event.merge.end = BASE + (page + 2) * PAGE;
		event.merge.result_end = BASE + (page + 4) * PAGE;
		happen(self, &event);
	}
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, a_whole_mapping_without_fork_gives_no_finding)
{
	for (int i = 0; i < 20; i++)
		change(self, i * 8, i * 8 + 4, SYS_madvise, RW | VM_DONTCOPY,
		       MMAPDEMO_REASON_NO_NEIGHBOUR,
		       MMAPDEMO_REASON_NO_NEIGHBOUR);
	EXPECT_EQ(0U, found(self));
}

TEST_F(lint, the_limit_is_the_recorded_one)
{
	self->machine.map_count = 65530;
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_CROWDED, FOUND(0)->kind);
	EXPECT_EQ(65530U, FOUND(0)->count);
	EXPECT_EQ(65530U, FOUND(0)->limit);
}

/*
 * Split a VMA by a system call that begins with the event @enter. With two
 * @frames, the stack says that the system call's function was called from BASE
 * + 1.
 */
static void split(FIXTURE_DATA(lint) *self, __u64 page, __u32 frames,
		  const struct event *enter)
{
	struct task task = { 0 };
	struct scene scene = { .task = &task, .space = &self->space };
	struct event event = {
		.kind = MMAPDEMO_EVENT_VMA_SPLIT, .frames = frames,
		.stack = { BASE, BASE + 1 },
		.split = { .mm = MM, .cut = BASE + page * PAGE,
			   .nr = SYS_mprotect },
	};

	task.call.enter = *enter;
	task.call.entered = true;
	if (lint_record(&self->lint, &event, NULL, &scene))
		ksft_exit_fail_msg("no memory\n");
}

static const struct event call_begin = {
	.kind = EVENT_ENTER + EVENT_CALL_MPROTECT,
	.call.args = { [2] = PROT_READ },
};

TEST_F(lint, a_crowd_names_its_makers)
{
	struct mapping code = { .start = BASE, .end = BASE + PAGE, .ino = 1,
				.name = "program" };

	ASSERT_EQ(0, maps_set(&self->space.maps, &code));
	self->machine.map_count = 65530;
	split(self, 1, 0, &call_begin);
	for (__u64 page = 2; page < 5; page++)
		split(self, page, 2, &call_begin);
	ASSERT_EQ(1U, found(self));
	EXPECT_TRUE(says(FOUND(0), "  3 by mprotect r--  via program+0x1\n"));
	EXPECT_TRUE(says(FOUND(0), "  1 by mprotect r--\n"));
	EXPECT_FALSE(says(FOUND(0), "record --stack"));
	EXPECT_EQ(4, finding_lines(FOUND(0)));
}

/*
 * The named code is the caller of the wrapper function of the system call,
 * because the wrapper itself sets up no stack frame.
 */
TEST_F(lint, makers_name_the_calling_code)
{
	struct mapping code = { .start = BASE, .end = BASE + PAGE, .ino = 1,
				.name = "program" };
	struct summary summary = { .map_count = 1 };
	char text[LINE_MAX_BYTES] = "";
	struct style style;
	FILE *out = fmemopen(text, sizeof(text), "w");
	struct printer printer = { out, &style, 0 };

	ASSERT_TRUE(out);
	style_plain(&style, 0);
	ASSERT_EQ(0, maps_set(&self->space.maps, &code));
	split(self, 1, 2, &call_begin);
	summary.makers = self->lint.makers;
	summary_makers(&printer, &summary, NULL, 1);
	fclose(out);
	EXPECT_EQ(0, printer.err);
	EXPECT_TRUE(strstr(text, "CALL          CALLED FROM\n"));
	EXPECT_TRUE(strstr(text, "mprotect r--  via program+0x1\n"));
	EXPECT_TRUE(strstr(text, "\nvia: the nearest function with a frame"));
	EXPECT_FALSE(strstr(text, "in: the code"));
}

/*
 * The field "caller" of an event names the direct caller, which may be missing
 * in the call stack.
 */
TEST_F(lint, the_field_caller_names_the_caller)
{
	struct mapping code = { .start = BASE, .end = BASE + PAGE, .ino = 1,
				.name = "program" };
	const __u64 callers[] = { 0, BASE + 2, 0 };
	struct event event = {
		.kind = MMAPDEMO_EVENT_VMA_SPLIT, .frames = 1, .stack = { BASE + 3 },
		.split = { .mm = MM, .nr = SYS_mprotect },
	};
	struct task task = { 0 };
	struct scene scene = { .task = &task, .space = &self->space };

	ASSERT_EQ(0, maps_set(&self->space.maps, &code));
	self->machine.map_count = 65530;
	for (int i = 0; i < 3; i++) {
		event.split.cut = BASE + (i + 1) * PAGE;
		event.split.caller = callers[i];
		ASSERT_EQ(0, lint_record(&self->lint, &event, NULL, &scene));
	}
	ASSERT_EQ(1U, found(self));
	EXPECT_TRUE(says(FOUND(0), "  2 by mprotect (split)  in program+0x3\n"));
	EXPECT_TRUE(says(FOUND(0), "  1 by mprotect (split)  program+0x2\n"));
	EXPECT_EQ(2U, self->lint.makers.no_caller);
}

/*
 * Stacks were recorded, but none of them contains a caller. The advice must
 * therefore not be to record stacks.
 */
TEST_F(lint, a_crowd_without_frames_needs_frame_pointers)
{
	self->machine.map_count = 65530;
	self->lint.makers.stacks = true;
	split(self, 1, 0, &call_begin);
	ASSERT_EQ(1U, found(self));
	EXPECT_TRUE(says(FOUND(0), "build the program with -fno-omit-frame-pointer"));
	EXPECT_FALSE(says(FOUND(0), "--stack"));
}

/* If stacks were not recorded, the advice says how to record them. */
TEST_F(lint, a_crowd_without_code_needs_stacks)
{
	self->machine.map_count = 65530;
	split(self, 1, 0, &call_begin);
	ASSERT_EQ(1U, found(self));
	EXPECT_TRUE(says(FOUND(0), "  1 by mprotect r--\n"));
	EXPECT_TRUE(says(FOUND(0), "if the program was built with "
			 "-fno-omit-frame-pointer, mmapdemo record --stack "));
	EXPECT_EQ(3, finding_lines(FOUND(0)));
}

/*
 * The arguments of one system call must not be shown for a split by another
 * system call.
 */
TEST_F(lint, makers_have_the_flags_of_their_own_call)
{
	struct event enter = { .kind = EVENT_ENTER + EVENT_CALL_MADVISE };

	enter.call.args[2] = MADV_DONTFORK;
	self->machine.map_count = 65530;
	split(self, 1, 0, &enter);
	ASSERT_EQ(1U, found(self));
	EXPECT_TRUE(says(FOUND(0), "  1 by mprotect (split)\n"));
}

/* ---- fork ---- */

static void fork_touch_then(FIXTURE_DATA(lint) *self,
			    const struct event *touch, __u32 trigger)
{
	struct event fork = {
		.kind = MMAPDEMO_EVENT_DUP_MM,
		.dup = { .mm = MM, .child_mm = 99, .duration = 100 * US },
	};
	struct event end = {
		.kind = MMAPDEMO_EVENT_EXIT_MMAP,
		.exit_mmap = { .mm = 99, .trigger = trigger,
			       .duration = 10 * US },
	};

	struct event copy = touch ? *touch : fork;

	happen(self, &fork);
	if (touch)
		happen(self, &copy);
	happen(self, &end);
}

static void fork_then(FIXTURE_DATA(lint) *self, __u32 trigger)
{
	fork_touch_then(self, NULL, trigger);
}

TEST_F(lint, address_spaces_copied_for_exec_are_found)
{
	for (int i = 0; i < 20; i++)
		fork_then(self, MMAPDEMO_TRIGGER_EXEC);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_FORK, FOUND(0)->kind);
	EXPECT_EQ(20U, FOUND(0)->count);
	EXPECT_EQ(20U * 110 * US, FOUND(0)->ns);
}

TEST_F(lint, sixteen_address_spaces_are_a_pattern)
{
	for (int i = 0; i < 16; i++) {
		EXPECT_EQ(0U, found(self));
		fork_then(self, MMAPDEMO_TRIGGER_EXEC);
	}
	EXPECT_EQ(1U, found(self));
}

/*
 * Few copies of a large address space can take as long as many copies of a
 * small one.
 */
TEST_F(lint, few_long_copies_are_found)
{
	struct event event = {
		.kind = MMAPDEMO_EVENT_PTE_FAULT, .fault = self->fault,
	};

	event.fault.mm = 99;
	event.fault.class = MMAPDEMO_FAULT_HUGE_SPLIT;
	event.fault.entry_before = MMAPDEMO_ENTRY_PRESENT |
				   MMAPDEMO_ENTRY_HUGE | MMAPDEMO_ENTRY_ANON;
	event.fault.duration = 99000 * US;
	fork_touch_then(self, &event, MMAPDEMO_TRIGGER_EXEC);
	EXPECT_EQ(0U, found(self));
	event.fault.duration = 1000 * US;
	fork_touch_then(self, &event, MMAPDEMO_TRIGGER_EXEC);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(FINDING_FORK, FOUND(0)->kind);
	EXPECT_EQ(2U, FOUND(0)->count);
	EXPECT_EQ(100220U * US, FOUND(0)->ns);
}

/*
 * A child's copy of a page of a file is not counted, because it would also be
 * made without fork().
 */
TEST_F(lint, copies_of_a_child_are_part_of_its_time)
{
	struct event event = {
		.kind = MMAPDEMO_EVENT_PTE_FAULT, .fault = self->fault,
	};

	event.fault.mm = 99;
	event.fault.class = MMAPDEMO_FAULT_WP_COPY;
	event.fault.entry_before = MMAPDEMO_ENTRY_PRESENT;
	for (int i = 0; i < 20; i++)
		fork_touch_then(self, &event, MMAPDEMO_TRIGGER_EXEC);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(20U * 110 * US, FOUND(0)->ns);
	findings_free(&self->findings);
	event.fault.entry_before |= MMAPDEMO_ENTRY_ANON;
	for (int i = 0; i < 20; i++)
		fork_touch_then(self, &event, MMAPDEMO_TRIGGER_EXEC);
	ASSERT_EQ(1U, found(self));
	EXPECT_EQ(20U * 110 * US + 20U * 111 * US, FOUND(0)->ns);
}

TEST_F(lint, children_that_stay_give_no_finding)
{
	for (int i = 0; i < 20; i++)
		fork_then(self, MMAPDEMO_TRIGGER_EXIT);
	EXPECT_EQ(0U, found(self));
}

/* ---- all findings ---- */

TEST_F(lint, the_largest_saving_is_first)
{
	dontfork_pieces(self);
	touch(self, 0, 512);
	self->fault.duration = 9 * US;
	self->fault.vma_start = BASE + 8192 * PAGE;
	self->fault.vma_end = BASE + 12288 * PAGE;
	for (int round = 0; round < 17; round++)
		touch(self, 8192, 8224);
	ASSERT_EQ(3U, found(self));
	EXPECT_EQ(FINDING_AGAIN, FOUND(0)->kind);
	EXPECT_EQ(FINDING_STORM, FOUND(1)->kind);
	EXPECT_EQ(FINDING_DONTFORK, FOUND(2)->kind);
}

/*
 * At the limit of VMAs, calls fail. A finding about the limit outranks every
 * finding about time.
 */
TEST_F(lint, failures_come_before_costs)
{
	self->machine.map_count = 65530;
	touch(self, 0, 4096);
	ASSERT_EQ(2U, found(self));
	EXPECT_EQ(FINDING_CROWDED, FOUND(0)->kind);
	EXPECT_EQ(FINDING_STORM, FOUND(1)->kind);
}

/* ---- wording ---- */

/*
 * When a program sets M_MMAP_THRESHOLD or M_TRIM_THRESHOLD, glibc stops
 * adapting both thresholds. A program must therefore set both.
 */
TEST_F(lint, malloc_advice_names_both_thresholds)
{
	struct finding finding = {
		.kind = FINDING_AGAIN, .advice = ADVICE_KEEP_HEAP,
	};

	EXPECT_TRUE(says(&finding, "set M_TRIM_THRESHOLD to more than the size "
			 "of the heap, and M_MMAP_THRESHOLD to 32 MiB"));
	finding.advice = ADVICE_KEEP_MAPPED;
	EXPECT_TRUE(says(&finding, "M_MMAP_THRESHOLD to 32 MiB and M_TRIM_THRESHOLD"));
	EXPECT_TRUE(says(&finding, "below 32 MiB"));
}

TEST_F(lint, the_kind_selects_the_text)
{
	struct finding finding = { .kind = FINDING_STORM, .count = 4096 };

	EXPECT_TRUE(says(&finding, "4096 pages touched one by one"));
}

TEST_F(lint, the_text_says_what_is_counted)
{
	for (int round = 0; round < 20; round++)
		protect(self, 0, round % 2 ? VM_READ : RW,
			round % 2 ? RW : VM_READ);
	ASSERT_EQ(1U, found(self));
	EXPECT_TRUE(says(FOUND(0), "20 calls alternately removed and "
				   "restored access rights"));
}

/*
 * A process that touches the memory of another process has its stack in its own
 * address space.
 */
TEST_F(lint, a_stack_belongs_to_the_touching_thread)
{
	const struct mapping code = { .start = BASE, .end = BASE + PAGE };
	struct event event = {
		.kind = MMAPDEMO_EVENT_PTE_FAULT,
		.frames = 3, .stack = { BASE + 1, BASE + 2, BASE + PAGE },
	};

	ASSERT_EQ(0, maps_set(&self->space.maps, &code));
	event.fault.from = MMAPDEMO_FROM_USER;
	EXPECT_EQ(2, summary_frames(&event, &self->space));
	event.fault.from = MMAPDEMO_FROM_REMOTE;
	EXPECT_EQ(0, summary_frames(&event, &self->space));
}

TEST_HARNESS_MAIN
