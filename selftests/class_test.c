// SPDX-License-Identifier: GPL-2.0-only
/*
 * Classification of faults by module/trace/class.c. The test has faults of
 * every class, and faults that are easily mistaken for another class. The
 * functions of class.c depend only on their arguments, so this test compiles
 * the file and calls the functions directly. The fault_*_tests check that the
 * kernel produces page table entries like those in this test.
 *
 * Depends on: nothing.
 */
#include "kselftest_harness.h"

#include <linux/types.h>
#include <stdbool.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#include "../module/trace/class.c"

/*
 * Flags in the return value of a fault, as in the kernel: see
 * module/trace/names.h.
 */
#define RET_MAJOR	0x0004
#define RET_POISON	0x0010
#define RET_POISON_LARGE 0x0020
#define RET_NOPAGE	0x0100
#define RET_COMPLETED	0x4000

/* Page table entries that the tests use. */
#define NONE		0
#define READABLE	(MMAPDEMO_ENTRY_PRESENT | MMAPDEMO_ENTRY_YOUNG)
#define WRITABLE	(READABLE | MMAPDEMO_ENTRY_WRITE | MMAPDEMO_ENTRY_DIRTY)
#define ZERO		(READABLE | MMAPDEMO_ENTRY_ZERO)
#define ANON		(WRITABLE | MMAPDEMO_ENTRY_ANON)
#define ANON_RO		(READABLE | MMAPDEMO_ENTRY_ANON)
#define WP		(ANON_RO | MMAPDEMO_ENTRY_UFFD_WP)
#define HINT		(ANON_RO | MMAPDEMO_ENTRY_PROTNONE)
#define HUGE		MMAPDEMO_ENTRY_HUGE
#define SWAP		MMAPDEMO_ENTRY_SWAP
#define MARKER		MMAPDEMO_ENTRY_MARKER
#define MIGRATION	MMAPDEMO_ENTRY_MIGRATION
#define DEVICE		MMAPDEMO_ENTRY_DEVICE

#define READ		MMAPDEMO_ACCESS_READ
#define WRITE		MMAPDEMO_ACCESS_WRITE
#define EXEC		MMAPDEMO_ACCESS_EXEC

/* Kinds of VMAs that the tests use. */
#define PRIVATE_ANON	MMAPDEMO_KIND_ANON
#define PRIVATE_FILE	0
#define SHARED_FILE	MMAPDEMO_KIND_SHARED
#define HUGETLB		MMAPDEMO_KIND_HUGETLB
#define UFFD		MMAPDEMO_KIND_UFFD
#define RWP		(MMAPDEMO_KIND_UFFD | MMAPDEMO_KIND_RWP)
#define UNSHARE		MMAPDEMO_KIND_UNSHARE
#define NO_ACCESS	MMAPDEMO_KIND_NO_ACCESS

/*
 * @class: the expected class
 * @retried: true if the fault had more than one attempt
 * @found: the entry that the last attempt found, if @retried is true
 * @same_pfn: true if the entry refers to the same page before and after the fault
 */
static const struct {
	const char *what;
	u32 class;
	u32 kind;
	u32 access;
	u32 before;
	u32 after;
	bool retried;
	u32 found;
	bool same_pfn;
	u32 ret;
} cases[] = {
#define FAULT(name) .class = MMAPDEMO_FAULT_##name
	/* faults that do_anonymous_page() and do_huge_pmd_anonymous_page() handle */
	{ "read as the first touch", FAULT(ANON_ZERO), PRIVATE_ANON, READ, NONE, ZERO },
	{ "write as the first touch",
	  FAULT(ANON), PRIVATE_ANON, WRITE, NONE, ANON },
	{ "read as the first touch, zero pages are forbidden",
	  FAULT(ANON), PRIVATE_ANON, READ, NONE, ANON_RO },
	{ "page gone again", FAULT(UNKNOWN), PRIVATE_ANON, WRITE, NONE, NONE },
	{ "page swapped out again",
	  FAULT(UNKNOWN), PRIVATE_ANON, WRITE, NONE, SWAP },
	{ "read as the first touch of a huge page",
	  FAULT(HUGE_ZERO), PRIVATE_ANON, READ, NONE, READABLE | HUGE },
	{ "write as the first touch of a huge page",
	  FAULT(HUGE_ANON), PRIVATE_ANON, WRITE, NONE, ANON | HUGE },
	{ "write as the first touch, after waiting for nobody",
	  FAULT(ANON), PRIVATE_ANON, WRITE, NONE, ANON, .retried = true },
	{ "userfaultfd supplied the page", FAULT(UFFD), PRIVATE_ANON | UFFD,
	  WRITE, NONE, ANON, .retried = true, .found = ANON },
	{ "userfaultfd supplied the page of a file", FAULT(UFFD),
	  SHARED_FILE | UFFD, READ, NONE, READABLE, .retried = true,
	  .found = READABLE },
	{ "userfaultfd watches other pages",
	  FAULT(ANON), PRIVATE_ANON | UFFD, WRITE, NONE, ANON },

	/* faults that do_fault() and .huge_fault handle */
	{ "file read", FAULT(READ), PRIVATE_FILE, READ, NONE, READABLE },
	{ "shared file read", FAULT(READ), SHARED_FILE, READ, NONE, WRITABLE },
	{ "file executed", FAULT(READ), PRIVATE_FILE, EXEC, NONE, READABLE },
	{ "private write", FAULT(COW), PRIVATE_FILE, WRITE, NONE, ANON },
	{ "shared write", FAULT(SHARED), SHARED_FILE, WRITE, NONE, WRITABLE },
	{ "shared write, lock released", FAULT(SHARED), SHARED_FILE, WRITE,
	  NONE, NONE, .ret = RET_COMPLETED },
	{ "page read from disk", FAULT(READ), PRIVATE_FILE, READ, NONE,
	  READABLE, .retried = true, .ret = RET_MAJOR },
	{ "the driver mapped it", FAULT(SHARED), SHARED_FILE, WRITE, NONE,
	  WRITABLE, .ret = RET_NOPAGE },
	{ "huge page of a file",
	  FAULT(HUGE_FILE), SHARED_FILE, READ, NONE, READABLE | HUGE },

	/* faults that do_swap_page() handles */
	{ "swapped in", FAULT(SWAP), PRIVATE_ANON, READ, SWAP, ANON },
	{ "swapped in from the swap cache, then copied",
	  FAULT(SWAP), PRIVATE_ANON, WRITE, SWAP, ANON, .ret = RET_MAJOR },
	{ "shared memory is swapped by its file",
	  FAULT(READ), SHARED_FILE, READ, NONE, READABLE },
	{ "waited for migration",
	  FAULT(MIGRATION), PRIVATE_ANON, READ, MIGRATION, ANON },
	{ "waited for migration of a huge page", FAULT(MIGRATION), PRIVATE_ANON,
	  WRITE, MIGRATION | HUGE, ANON | HUGE },
	{ "waited for a device", FAULT(MIGRATION), PRIVATE_ANON, READ, DEVICE,
	  ANON },
	{ "marker", FAULT(MARKER), SHARED_FILE, READ, MARKER, READABLE },

	/* faults that do_numa_page() and do_huge_pmd_numa_page() handle */
	{ "hint", FAULT(NUMA), PRIVATE_ANON, READ, HINT, ANON },
	{ "hint, found by a write", FAULT(NUMA), PRIVATE_ANON, WRITE, HINT,
	  ANON, .same_pfn = true },
	{ "huge hint",
	  FAULT(HUGE_NUMA), PRIVATE_ANON, READ, HINT | HUGE, ANON | HUGE },
	{ "PROT_NONE, written by a debugger", FAULT(WP_REUSE),
	  PRIVATE_ANON | NO_ACCESS, WRITE, HINT, HINT, .same_pfn = true },
	{ "PROT_NONE page of a fork, written by a debugger", FAULT(WP_COPY),
	  PRIVATE_ANON | NO_ACCESS, WRITE, HINT, HINT },

	{ "hint on a page that userfaultfd protects against writes",
	  FAULT(NUMA), PRIVATE_ANON | UFFD, READ, HINT | WP, WP },

	/* faults that do_uffd_rwp() and do_huge_pmd_uffd_rwp() handle */
	{ "userfaultfd allowed the access", FAULT(UFFD), PRIVATE_ANON | RWP, READ,
	  HINT | WP, ANON, .retried = true, .found = ANON },
	{ "userfaultfd noted the access", FAULT(UFFD), PRIVATE_ANON | RWP, WRITE,
	  HINT | WP, ANON, .same_pfn = true },
	{ "userfaultfd noted the access to a huge page", FAULT(UFFD),
	  PRIVATE_ANON | RWP, READ, HINT | WP | HUGE, ANON | HUGE },
	{ "hint where userfaultfd would handle every access", FAULT(NUMA),
	  PRIVATE_ANON | RWP, READ, HINT, ANON },

	/* faults that do_wp_page() and do_huge_pmd_wp_page() handle */
	{ "zero page written", FAULT(WP_COPY), PRIVATE_ANON, WRITE, ZERO,
	  ANON },
	{ "page of a fork written", FAULT(WP_COPY), PRIVATE_ANON, WRITE,
	  ANON_RO, ANON },
	{ "page of a fork written, alone", FAULT(WP_REUSE), PRIVATE_ANON, WRITE,
	  ANON_RO, ANON, .same_pfn = true },
	{ "private page of a file written", FAULT(WP_COPY), PRIVATE_FILE, WRITE,
	  READABLE, ANON },
	{ "unshared for a long-term pin", FAULT(WP_COPY),
	  PRIVATE_ANON | UNSHARE, READ, ANON_RO, ANON_RO },
	{ "shared page made writable", FAULT(WP_SHARED), SHARED_FILE, WRITE,
	  READABLE, WRITABLE, .same_pfn = true },
	{ "shared page made writable, lock released", FAULT(WP_SHARED),
	  SHARED_FILE, WRITE, READABLE, NONE, .ret = RET_COMPLETED },
	{ "written, and gone again",
	  FAULT(UNKNOWN), PRIVATE_ANON, WRITE, ANON_RO, NONE },
	{ "written, and swapped out again",
	  FAULT(UNKNOWN), PRIVATE_ANON, WRITE, ANON_RO, SWAP },
	{ "userfaultfd is gone, and its protection is left", FAULT(WP_REUSE),
	  PRIVATE_ANON, WRITE, WP, ANON, .retried = true, .found = WP,
	  .same_pfn = true },
	{ "userfaultfd allowed the write", FAULT(UFFD), PRIVATE_ANON | UFFD,
	  WRITE, WP, ANON, .retried = true, .found = ANON_RO,
	  .same_pfn = true },
	{ "huge page written", FAULT(HUGE_WP), PRIVATE_ANON, WRITE,
	  ANON_RO | HUGE, ANON | HUGE, .same_pfn = true },
	{ "huge page written, split", FAULT(HUGE_SPLIT), PRIVATE_ANON, WRITE,
	  ANON_RO | HUGE, ANON },

	/* faults with any kind of entry */
	{ "hugetlb", FAULT(HUGETLB), HUGETLB, WRITE, NONE, WRITABLE | HUGE },
	{ "good already", FAULT(SPURIOUS), PRIVATE_ANON, WRITE, ANON, ANON,
	  .same_pfn = true },
	{ "good enough to read", FAULT(SPURIOUS), PRIVATE_ANON, READ, ANON_RO,
	  ANON_RO, .same_pfn = true },
	{ "past the end", FAULT(SIGBUS), SHARED_FILE, WRITE, NONE, NONE,
	  .ret = RET_SIGBUS },
	{ "guard", FAULT(SIGSEGV), PRIVATE_ANON, WRITE, MARKER, MARKER,
	  .ret = RET_SIGSEGV },
	{ "no memory", FAULT(OOM), PRIVATE_ANON, WRITE, NONE, NONE,
	  .ret = RET_OOM },
	{ "no memory for hugetlb", FAULT(OOM), HUGETLB, WRITE, NONE, NONE,
	  .ret = RET_OOM },
	{ "poisoned page", FAULT(HWPOISON), PRIVATE_ANON, READ, MARKER, MARKER,
	  .ret = RET_POISON },
	{ "broken hugetlb", FAULT(HWPOISON), HUGETLB, READ, MARKER, MARKER,
	  .ret = RET_POISON_LARGE },
};

#define EM(value, name)		[value] = name,
#define EMe(value, name)	[value] = name
static const char *const names[] = { MMAPDEMO_FAULT_CLASSES };
#undef EM
#undef EMe

#define N_CASES (sizeof(cases) / sizeof(cases[0]))

/*
 * Return the fault of a case. A PTE table exists before the fault, unless the
 * fault maps a huge page where there was no entry.
 */
static struct fault_record fault_of_case(size_t i)
{
	bool table = cases[i].before || !(cases[i].after & HUGE);
	struct fault_record f = {
		.access = cases[i].access,
		.before = {
			.entry = cases[i].before,
			.pfn = 0x111,
			.levels = table ? MMAPDEMO_LEVEL_PMD : 0,
		},
		.after = { .entry = cases[i].after, .pfn = 0x222 },
		.changed = cases[i].retried ? cases[i].found ^ cases[i].before : 0,
		.retries = cases[i].retried,
		.ret = cases[i].ret,
	};

	if (cases[i].same_pfn)
		f.after.pfn = f.before.pfn;
	return f;
}

static u32 class_of_case(size_t i)
{
	struct fault_record f = fault_of_case(i);

	return mmapdemo_class(&f, cases[i].kind);
}

static u32 early_of_case(size_t i)
{
	struct fault_record f = fault_of_case(i);

	f.after = (struct walk) { };
	return mmapdemo_class_early(&f, cases[i].kind);
}

TEST(each_path_of_a_fault_has_its_class)
{
	for (size_t i = 0; i < N_CASES; i++) {
		EXPECT_STREQ(names[cases[i].class], names[class_of_case(i)])
			TH_LOG("%s", cases[i].what);
	}
}

TEST(an_early_class_is_the_final_class)
{
	unsigned int known = 0;

	for (size_t i = 0; i < N_CASES; i++) {
		u32 early = early_of_case(i);

		/*
		 * Skip a case in which another task changed the entry, because
		 * only @after shows this change.
		 */
		if (early == MMAPDEMO_FAULT_UNKNOWN ||
		    cases[i].class == MMAPDEMO_FAULT_UNKNOWN)
			continue;
		known++;
		EXPECT_STREQ(names[cases[i].class], names[early])
			TH_LOG("%s", cases[i].what);
	}
	EXPECT_LT(5, known);
}

TEST(every_class_has_a_fault)
{
	bool seen[MMAPDEMO_FAULT_CLASS_COUNT] = { };

	for (size_t i = 0; i < N_CASES; i++)
		seen[cases[i].class] = true;
	for (u32 i = 0; i < MMAPDEMO_FAULT_CLASS_COUNT; i++) {
		EXPECT_TRUE(seen[i])
			TH_LOG("%s", names[i]);
	}
}

TEST(there_are_as_many_names_as_classes)
{
	EXPECT_EQ(sizeof(names) / sizeof(names[0]),
		  (size_t)MMAPDEMO_FAULT_CLASS_COUNT);
}

TEST_HARNESS_MAIN
