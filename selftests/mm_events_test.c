// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events about address spaces. The events vma_split, vma_unlink, brk and mremap
 * report changes to mappings by calls other than mmap(). The events dup_mm,
 * pgd_alloc and exit_mmap report the start and the end of address spaces. The
 * tests also check the field "trigger" of each event.
 *
 * Depends on: the kernel.
 */
#include "trace.h"

#include <linux/perf_event.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static const char vma_events[] =
	"do_mmap vma_merge vma_link vma_split vma_unlink brk mremap";
static const char space_events[] = "dup_mm pgd_alloc exit_mmap do_mmap";

FIXTURE(mm)
{
	struct trace trace;
};

FIXTURE_SETUP(mm)
{
	ASSERT_TRUE(trace_create(&self->trace));
	/*
	 * The first read of /proc/self/maps allocates memory, so read the file
	 * before the trace begins.
	 */
	vmas_of_process();
}

FIXTURE_TEARDOWN(mm)
{
	trace_destroy(&self->trace);
}

/*
 * Map pages. At least one page before and one page after the mapping are
 * unmapped.
 */
static char *island(size_t pages)
{
	return mmap(hole((pages + 2) * page_size(), page_size()) + page_size(),
		    pages * page_size(), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

/* Return event number @n of a kind. Return NULL if there is no such event. */
static const struct event *nth_event(const struct trace *trace, int kind,
				     int n)
{
	for_each_event(e, trace) {
		if (e->kind == kind && !n--)
			return e;
	}
	return NULL;
}

static bool called(const struct event *event, int nr)
{
	return event_is(event, "trigger", "syscall") &&
	       (int)event_num(event, "nr") == nr;
}

#define SPLIT(n)	nth_event(&self->trace, MMAPDEMO_EVENT_VMA_SPLIT, n)
#define UNLINK(n)	nth_event(&self->trace, MMAPDEMO_EVENT_VMA_UNLINK, n)
#define COUNT(name)	events_of(&self->trace, MMAPDEMO_EVENT_##name)

/* ---- vma_split ---- */

/*
 * A change in the middle of a VMA makes three VMAs:
 *
 *   [        ]
 * = [  ][##][  ]
 */
TEST_F(mm, a_change_in_the_middle_splits_twice)
{
	char *map = island(6);
	int vmas;

	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(trace_begin(&self->trace, "vma_split"));
	ASSERT_EQ(0, mprotect(page_at(map, 2), 2 * page_size(), PROT_READ));
	vmas = vmas_of_process();
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_EQ(2, self->trace.count);
	EXPECT_TRUE(event_range_is(SPLIT(0), "vma", map, page_at(map, 6)));
	for (int i = 0; i < 2; i++) {
		EXPECT_TRUE(called(SPLIT(i), SYS_mprotect));
		EXPECT_EQ(vmas - 1 + i, (int)event_num(SPLIT(i), "map_count"));
	}
	/* Kernels differ in which border is cut first. */
	EXPECT_EQ((uintptr_t)page_at(map, 2) + (uintptr_t)page_at(map, 4),
		  event_num(SPLIT(0), "cut") + event_num(SPLIT(1), "cut"));
	EXPECT_NE(event_num(SPLIT(0), "cut"), event_num(SPLIT(1), "cut"));
}

TEST_F(mm, the_call_that_splits_is_shown)
{
	char *map = island(8);

	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(trace_begin(&self->trace, "vma_split vma_merge"));
	ASSERT_EQ(0, madvise(page_at(map, 2), 6 * page_size(),
			     MADV_DONTFORK));
	ASSERT_EQ(0, mlock(page_at(map, 4), 4 * page_size()));
	ASSERT_EQ(0, mprotect(page_at(map, 6), 2 * page_size(), PROT_READ));
	ASSERT_EQ(0, munlock(page_at(map, 4), 2 * page_size()));
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_EQ(3, COUNT(VMA_SPLIT));
	EXPECT_TRUE(called(SPLIT(0), SYS_madvise));
	EXPECT_TRUE(called(SPLIT(1), SYS_mlock));
	EXPECT_TRUE(called(SPLIT(2), SYS_mprotect));
	ASSERT_EQ(4, COUNT(VMA_MERGE));
	EXPECT_TRUE(called(nth_event(&self->trace, MMAPDEMO_EVENT_VMA_MERGE,
				     3), SYS_munlock));
}

TEST_F(mm, a_change_at_the_boundaries_splits_nothing)
{
	char *map = island(4);

	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(trace_begin(&self->trace, "vma_split"));
	ASSERT_EQ(0, mprotect(map, 4 * page_size(), PROT_READ));
	ASSERT_EQ(-1, mprotect(page_at(map, 4), page_size(), PROT_READ));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(0, self->trace.count);
}

/* ---- the field caller ---- */

/* The address to which the last call of bare() returned. */
void *returned_to;

/*
 * Define a function without a stack frame. The function makes a system call
 * between two pieces of assembly code.
 */
#define BARE(name, before, after)					\
long name(long nr, const void *start, size_t len, long prot, long flags,	\
	  long fd);							\
asm(".pushsection .text\n.type " #name ", @function\n" #name ":\n"	\
    "mov (%rsp), %rax\n mov %rax, returned_to(%rip)\n"			\
    "mov %rdi, %rax\n mov %rsi, %rdi\n mov %rdx, %rsi\n"		\
    "mov %rcx, %rdx\n mov %r8, %r10\n mov %r9, %r8\n"			\
    "xor %r9d, %r9d\n" before "syscall\n" after			\
    "ret\n.size " #name ", . - " #name "\n.popsection")

BARE(bare, "", "");
BARE(pushes_data, "push $1234\n", "pop %r10\n");

/*
 * Each of these functions pushes two words, so that the upper one is where a
 * return address could be.
 */
BARE(pushes_address, "push %rdi\n push %rdi\n", "pop %r10\n pop %r10\n");
BARE(pushes_code, "lea 1f(%rip), %r9\n push %r9\n push %r9\n xor %r9d, %r9d\n",
     "1: pop %r10\n pop %r10\n");

/* The word that pushes_word() pushes onto the stack. */
void *pushed;

BARE(pushes_word, "push pushed(%rip)\n push pushed(%rip)\n",
     "pop %r10\n pop %r10\n");

BARE(has_no_stack, "mov %rsp, %r9\n xor %esp, %esp\n", "mov %r9, %rsp\n");

TEST_F(mm, the_caller_of_a_bare_function_is_shown)
{
	char *map = island(6);

	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(trace_begin(&self->trace, "vma_split"));
	ASSERT_EQ(0, bare(SYS_mprotect, page_at(map, 2), page_size(), PROT_READ,
			  0, 0));
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_EQ(2, self->trace.count);
	EXPECT_EQ((uintptr_t)returned_to, event_num(SPLIT(0), "caller"));
	EXPECT_EQ((uintptr_t)returned_to, event_num(SPLIT(1), "caller"));
}

TEST_F(mm, the_caller_that_maps_is_shown)
{
	const struct event *e;
	long map;

	ASSERT_TRUE(trace_begin(&self->trace, "vma_link"));
	map = bare(SYS_mmap, NULL, page_size(), PROT_READ,
		   MAP_SHARED | MAP_ANONYMOUS, -1);
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_LT(0, map);
	e = only_event(&self->trace, MMAPDEMO_EVENT_VMA_LINK);
	ASSERT_NE(NULL, e);
	EXPECT_EQ((uintptr_t)returned_to, event_num(e, "caller"));
}

/*
 * Copy code to the start of a page. The first two bytes of the page are a call
 * instruction, which calls bare(). The code is entered at byte 16, and jumps to
 * the call.
 */
static typeof(bare) *calling_code(char *page)
{
	static const char call[] = "\xff\xd0\x48\x83\xc4\x08\xc3";
	static const char enter[] = "\x48\x83\xec\x08\x48\xb8";
	const uintptr_t target = (uintptr_t)bare;

	memcpy(page, call, sizeof(call));		/* call *%rax; add $8, %rsp; ret */
	memcpy(page + 16, enter, sizeof(enter));	/* sub $8, %rsp; mov ..., %rax */
	memcpy(page + 22, &target, sizeof(target));
	memcpy(page + 30, "\xeb\xe0", 2);		/* jmp to the call */
	return (typeof(bare) *)(page + 16);
}

/*
 * The bytes before a short call may be in another page, which is absent or not
 * mapped.
 */
TEST_F(mm, a_call_at_the_start_of_a_page_is_found)
{
	char *map = island(6), *code = island(2);
	typeof(bare) *call;

	ASSERT_FALSE(failed(map));
	ASSERT_FALSE(failed(code));
	call = calling_code(page_at(code, 1));
	ASSERT_EQ(0, mprotect(code, 2 * page_size(), PROT_READ | PROT_EXEC));
	for (int i = 0; i < 2; i++) {
		ASSERT_TRUE(trace_begin(&self->trace, "vma_split"));
		ASSERT_EQ(0, call(SYS_mprotect, page_at(map, 1 + 3 * i), page_size(),
				  PROT_READ, 0, 0));
		ASSERT_TRUE(trace_end(&self->trace));
		ASSERT_EQ(2, self->trace.count);
		EXPECT_EQ((uintptr_t)page_at(code, 1) + 2,
			  event_num(SPLIT(0), "caller"));
		ASSERT_EQ(0, munmap(code, page_size()));
	}
}

/*
 * Return a perf counter of this task's page faults in the kernel. Return -1 on
 * failure.
 */
static int kernel_faults(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr),
	};
	FILE *file = fopen("/sys/kernel/tracing/events/exceptions/"
			   "page_fault_kernel/id", "re");

	if (!file || fscanf(file, "%llu", &attr.config) != 1)
		return -1;
	fclose(file);
	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/* If the module read absent code, other tracers would see a page fault. */
TEST_F(mm, code_that_is_absent_is_not_read)
{
	char *map = island(6), *code = island(2);
	__u64 before, after;
	int counter;

	ASSERT_FALSE(failed(map));
	ASSERT_FALSE(failed(code));
	ASSERT_EQ(0, mprotect(code, 2 * page_size(), PROT_READ | PROT_EXEC));
	pushed = page_at(code, 1) + 100;
	counter = kernel_faults();
	ASSERT_LE(0, counter);
	ASSERT_TRUE(trace_begin(&self->trace, "vma_split"));
	ASSERT_EQ(sizeof(before), read(counter, &before, sizeof(before)));
	ASSERT_EQ(0, pushes_word(SYS_mprotect, page_at(map, 2), page_size(),
				 PROT_READ, 0, 0));
	ASSERT_EQ(sizeof(after), read(counter, &after, sizeof(after)));
	ASSERT_TRUE(trace_end(&self->trace));
	close(counter);
	ASSERT_EQ(2, self->trace.count);
	EXPECT_EQ(0, event_num(SPLIT(0), "caller"));
	EXPECT_EQ(before, after);
}

/*
 * The field "caller" shows only addresses at which a call instruction ends. This
 * field shows neither data of the program, nor addresses of data, nor other
 * addresses of code.
 */
TEST_F(mm, only_return_addresses_are_shown_as_caller)
{
	char *map = island(20);

	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(trace_begin(&self->trace, "vma_split"));
	ASSERT_EQ(0, pushes_data(SYS_mprotect, page_at(map, 2), page_size(),
				 PROT_READ, 0, 0));
	ASSERT_EQ(0, pushes_address(SYS_mprotect, page_at(map, 6), page_size(),
				    PROT_READ, 0, 0));
	ASSERT_EQ(0, has_no_stack(SYS_mprotect, page_at(map, 10), page_size(),
				  PROT_READ, 0, 0));
	ASSERT_EQ(0, pushes_code(SYS_mprotect, page_at(map, 14), page_size(),
				 PROT_READ, 0, 0));
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_EQ(8, self->trace.count);
	for_each_event(e, &self->trace)
		EXPECT_EQ(0, event_num(e, "caller"));
}

/* Make a 32-bit system call, as a 32-bit program does. */
static unsigned int call32(int nr, unsigned int first, unsigned int second,
			   unsigned int third, unsigned int fourth)
{
	unsigned int ret;

	asm volatile("int $0x80" : "=a"(ret)
		     : "a"(nr), "b"(first), "c"(second), "d"(third),
		       "S"(fourth), "D"(0) : "memory");
	return ret;
}

#define NR32_FORK 2
#define NR32_EXECVE 11
#define NR32_GETPID 20
#define NR32_BRK 45
#define NR32_MUNMAP 91
#define NR32_CLONE 120
#define NR32_MREMAP 163
#define NR32_EXIT_GROUP 252

/* Return true if the kernel accepts 32-bit system calls. */
static bool calls32(void)
{
	pid_t pid = fork_child();

	if (!pid)
		_exit(call32(NR32_GETPID, 0, 0, 0, 0) != (__u32)getpid());
	return !wait_for(pid);
}

/* Map memory that a 32-bit pointer can address. */
static char *map32(size_t pages)
{
	return mmap(NULL, pages * page_size(), PROT_EXEC, MAP_PRIVATE |
		    MAP_ANONYMOUS | MAP_32BIT, -1, 0);
}

TEST_F(mm, calls_of_32_bit_programs_are_distinguished)
{
	char *map = map32(1);
	const struct event *e;

	ASSERT_FALSE(failed(map));
	if (!calls32())
		SKIP(return, "this kernel runs no 32-bit programs");
	ASSERT_TRUE(trace_begin(&self->trace, "vma_unlink"));
	ASSERT_EQ(0, call32(NR32_MUNMAP, (uintptr_t)map, page_size(), 0, 0));
	ASSERT_TRUE(trace_end(&self->trace));
	e = only_event(&self->trace, MMAPDEMO_EVENT_VMA_UNLINK);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_is(e, "trigger", "syscall32"));
	EXPECT_EQ(NR32_MUNMAP, event_num(e, "nr"));
}

/* ---- absorbed VMAs in vma_merge ---- */

TEST_F(mm, vmas_that_a_merge_absorbs_are_counted)
{
	const struct event *e;
	char *map = island(6);
	int vmas;

	ASSERT_FALSE(failed(map));
	ASSERT_EQ(0, mprotect(page_at(map, 2), 2 * page_size(), PROT_READ));
	ASSERT_TRUE(trace_begin(&self->trace, "vma_merge"));
	ASSERT_EQ(0, mprotect(page_at(map, 2), 2 * page_size(),
			      PROT_READ | PROT_WRITE));
	vmas = vmas_of_process();
	ASSERT_TRUE(trace_end(&self->trace));
	e = only_event(&self->trace, MMAPDEMO_EVENT_VMA_MERGE);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_is(e, "outcome", "both"));
	EXPECT_EQ(2, event_num(e, "absorbed"));
	EXPECT_EQ(vmas, (int)event_num(e, "map_count"));
	EXPECT_TRUE(called(e, SYS_mprotect));
}

TEST_F(mm, a_border_that_moves_absorbs_nothing)
{
	const struct event *e;
	char *map = island(6);

	ASSERT_FALSE(failed(map));
	ASSERT_EQ(0, mprotect(page_at(map, 2), 4 * page_size(), PROT_READ));
	ASSERT_TRUE(trace_begin(&self->trace, "vma_merge"));
	ASSERT_EQ(0, mprotect(page_at(map, 2), 2 * page_size(),
			      PROT_READ | PROT_WRITE));
	ASSERT_TRUE(trace_end(&self->trace));
	e = only_event(&self->trace, MMAPDEMO_EVENT_VMA_MERGE);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_is(e, "outcome", "prev"));
	EXPECT_EQ(0, event_num(e, "absorbed"));
}

/* ---- vma_unlink ---- */

TEST_F(mm, an_unmapped_vma_is_unlinked)
{
	char *map = island(3);

	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(trace_begin(&self->trace, vma_events));
	ASSERT_EQ(0, munmap(map, 3 * page_size()));
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_EQ(1, self->trace.count);
	ASSERT_NE(NULL, UNLINK(0));
	EXPECT_TRUE(event_range_is(UNLINK(0), "range", map, page_at(map, 3)));
	EXPECT_EQ(1, event_num(UNLINK(0), "vmas"));
	EXPECT_TRUE(called(UNLINK(0), SYS_munmap));
}

TEST_F(mm, a_hole_is_split_off_and_then_unlinked)
{
	char *map = island(6);

	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(trace_begin(&self->trace, vma_events));
	ASSERT_EQ(0, munmap(page_at(map, 2), 2 * page_size()));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(2, COUNT(VMA_SPLIT));
	ASSERT_EQ(1, COUNT(VMA_UNLINK));
	EXPECT_TRUE(called(SPLIT(1), SYS_munmap));
	EXPECT_TRUE(event_range_is(UNLINK(0), "range", page_at(map, 2),
				   page_at(map, 4)));
	EXPECT_EQ(1, event_num(UNLINK(0), "vmas"));
	EXPECT_EQ(2, vmas_in(map, page_at(map, 6), NULL));
}

/*
 * An unmap of everything between the two outer holes would give the same event:
 *
 *   [    ]  [    ]  [    ]
 * - [################]
 */
TEST_F(mm, one_event_shows_many_vmas_with_holes_between)
{
	char *map = island(12);

	ASSERT_FALSE(failed(map));
	ASSERT_EQ(0, munmap(page_at(map, 3), page_size()));
	ASSERT_EQ(0, munmap(page_at(map, 8), page_size()));
	ASSERT_TRUE(trace_begin(&self->trace, vma_events));
	ASSERT_EQ(0, munmap(page_at(map, 2), 8 * page_size()));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(2, COUNT(VMA_SPLIT));
	ASSERT_EQ(1, COUNT(VMA_UNLINK));
	EXPECT_TRUE(event_range_is(UNLINK(0), "range", page_at(map, 2),
				   page_at(map, 10)));
	EXPECT_EQ(3, event_num(UNLINK(0), "vmas"));
}

TEST_F(mm, the_range_of_an_unmap_is_that_of_its_vmas)
{
	char *map = island(6);

	ASSERT_FALSE(failed(map));
	ASSERT_EQ(0, munmap(map, page_size()));
	ASSERT_EQ(0, munmap(page_at(map, 5), page_size()));
	ASSERT_TRUE(trace_begin(&self->trace, vma_events));
	ASSERT_EQ(0, munmap(map, 6 * page_size()));
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_EQ(1, self->trace.count);
	ASSERT_NE(NULL, UNLINK(0));
	EXPECT_TRUE(event_range_is(UNLINK(0), "range", page_at(map, 1),
				   page_at(map, 5)));
	EXPECT_EQ(1, event_num(UNLINK(0), "vmas"));
}

TEST_F(mm, thousands_of_vmas_are_counted)
{
	enum { VMAS = 3000 };
	char *map = island(VMAS);

	ASSERT_FALSE(failed(map));
	for (int i = 0; i < VMAS; i += 2)
		ASSERT_EQ(0, mprotect(page_at(map, i), page_size(),
				      PROT_READ));
	ASSERT_EQ(VMAS, vmas_in(map, page_at(map, VMAS), NULL));
	ASSERT_TRUE(trace_begin(&self->trace, vma_events));
	ASSERT_EQ(0, munmap(map, VMAS * page_size()));
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_EQ(1, self->trace.count);
	ASSERT_NE(NULL, UNLINK(0));
	EXPECT_EQ(VMAS, event_num(UNLINK(0), "vmas"));
}

TEST_F(mm, munmap_of_a_hole_unlinks_nothing)
{
	char *nothing = hole(4 * page_size(), page_size());

	ASSERT_TRUE(trace_begin(&self->trace, vma_events));
	ASSERT_EQ(0, munmap(nothing, 4 * page_size()));
	ASSERT_EQ(-1, munmap(nothing + 1, page_size()));
	ASSERT_EQ(-1, munmap(nothing, 0));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(0, self->trace.count);
}

/* A mapping of hugetlbfs can be split only between huge pages. */
TEST_F(mm, a_split_that_fails_is_no_event)
{
	char *map = mmap(NULL, 4 * MIB, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB |
			 MAP_NORESERVE, -1, 0);

	if (failed(map))
		SKIP(return, "no hugetlb");
	ASSERT_TRUE(trace_begin(&self->trace, vma_events));
	EXPECT_EQ(-1, munmap(page_at(map, 1), page_size()));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(0, self->trace.count);
	munmap(map, 4 * MIB);
}

TEST_F(mm, a_fixed_mapping_replaces_vmas)
{
	char *map = island(6);

	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(trace_begin(&self->trace, vma_events));
	ASSERT_EQ(page_at(map, 2),
		  mmap(page_at(map, 2), 4 * page_size(), PROT_READ,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(1, COUNT(VMA_SPLIT));
	EXPECT_EQ(1, COUNT(VMA_LINK));
	ASSERT_EQ(1, COUNT(VMA_UNLINK));
	EXPECT_TRUE(called(UNLINK(0), SYS_mmap));
	EXPECT_TRUE(event_range_is(UNLINK(0), "range", page_at(map, 2),
				   page_at(map, 6)));
	/*
	 * The event of the system call comes last, after the events of the steps
	 * of the call.
	 */
	EXPECT_EQ(MMAPDEMO_EVENT_DO_MMAP,
		  self->trace.events[self->trace.count - 1].kind);
}

/*
 * Some kernels remove VMAs for mmap(), and restore them when mmap() fails. Try
 * often, because the addresses on the kernel's stack are random, and the module
 * could mistake two calls only if they had the same addresses.
 */
TEST_F(mm, vmas_that_a_failed_mmap_restores_are_not_unlinked)
{
	struct rlimit before, none = { 0 };
	const size_t tries = 250;
	char *map = island(2);

	ASSERT_FALSE(failed(map));
	ASSERT_EQ(0, getrlimit(RLIMIT_AS, &before));
	none.rlim_max = before.rlim_max;
	ASSERT_TRUE(trace_begin(&self->trace, vma_events));
	for (size_t i = 0; i < tries; i++) {
		ASSERT_EQ(0, setrlimit(RLIMIT_AS, &none));
		ASSERT_TRUE(failed(mmap(map, 3 * page_size(), PROT_READ,
					MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS,
					-1, 0)));
		ASSERT_EQ(0, setrlimit(RLIMIT_AS, &before));
		ASSERT_FALSE(failed(mmap(NULL, page_size(), PROT_READ | PROT_EXEC,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)));
	}
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(2 * tries, COUNT(DO_MMAP));
	EXPECT_EQ(0, COUNT(VMA_UNLINK));
	EXPECT_EQ(1, vmas_in(map, page_at(map, 2), NULL));
}

TEST_F(mm, munmap_after_a_failed_mmap_unlinks)
{
	struct rlimit before, none = { 0 };
	char *map = island(2);

	ASSERT_FALSE(failed(map));
	ASSERT_EQ(0, getrlimit(RLIMIT_AS, &before));
	none.rlim_max = before.rlim_max;
	ASSERT_TRUE(trace_begin(&self->trace, vma_events));
	ASSERT_EQ(0, setrlimit(RLIMIT_AS, &none));
	EXPECT_TRUE(failed(mmap(map, 3 * page_size(), PROT_READ, MAP_FIXED |
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)));
	ASSERT_EQ(0, munmap(map, 2 * page_size()));
	ASSERT_EQ(0, setrlimit(RLIMIT_AS, &before));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(0, COUNT(VMA_MERGE));
	ASSERT_EQ(1, COUNT(VMA_UNLINK));
	EXPECT_TRUE(called(UNLINK(0), SYS_munmap));
	EXPECT_TRUE(event_range_is(UNLINK(0), "range", map, page_at(map, 2)));
}

/* ---- brk ---- */

#define BRK(n)	nth_event(&self->trace, MMAPDEMO_EVENT_BRK, n)

static unsigned long raw_brk(unsigned long end)
{
	return syscall(SYS_brk, end);
}

TEST_F(mm, brk_shows_where_the_heap_ends)
{
	unsigned long end = raw_brk(0), page = page_size();
	unsigned long aligned = (end + page - 1) & -page;
	const unsigned long asked[] = {
		0, aligned + 4 * page, aligned + page, page, end
	};
	const unsigned long now[] = {
		end, aligned + 4 * page, aligned + page, aligned + page, end
	};

	ASSERT_TRUE(trace_begin(&self->trace, vma_events));
	for (int i = 0; i < 5; i++)
		raw_brk(asked[i]);
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_EQ(5, COUNT(BRK));
	for (int i = 0; i < 5; i++) {
		EXPECT_EQ(asked[i], event_num(BRK(i), "brk"));
		EXPECT_EQ(now[i], event_num(BRK(i), "ret"));
		EXPECT_EQ(i ? now[i - 1] : end, event_num(BRK(i), "old"));
		EXPECT_LT(0, event_num(BRK(i), "duration"));
	}
	EXPECT_EQ(1, COUNT(VMA_MERGE));
	ASSERT_EQ(2, COUNT(VMA_UNLINK));
	EXPECT_TRUE(called(UNLINK(0), SYS_brk));
	EXPECT_TRUE(event_range_is(UNLINK(0), "range",
				   (void *)(aligned + page),
				   (void *)(aligned + 4 * page)));
}

TEST_F(mm, brk_of_32_bit_programs_is_shown)
{
	unsigned long end = raw_brk(0);
	const struct event *e;

	if (!calls32())
		SKIP(return, "this kernel runs no 32-bit programs");
	ASSERT_TRUE(trace_begin(&self->trace, "brk"));
	/* This address is below the heap, so brk() changes nothing. */
	call32(NR32_BRK, 0x1234, 0, 0, 0);
	ASSERT_TRUE(trace_end(&self->trace));
	e = only_event(&self->trace, MMAPDEMO_EVENT_BRK);
	ASSERT_NE(NULL, e);
	EXPECT_EQ(0x1234, event_num(e, "brk"));
	EXPECT_EQ(end, event_num(e, "old"));
	EXPECT_EQ(end, event_num(e, "ret"));
}

/* ---- mremap ---- */

static const struct event *remapped(const struct trace *trace)
{
	return only_event(trace, MMAPDEMO_EVENT_MREMAP);
}

TEST_F(mm, mremap_shrinks_and_grows_in_place)
{
	const struct event *e;
	char *map = island(4);

	ASSERT_FALSE(failed(map));
	ASSERT_TRUE(trace_begin(&self->trace, vma_events));
	ASSERT_EQ(map, mremap(map, 4 * page_size(), 2 * page_size(), 0));
	ASSERT_TRUE(trace_end(&self->trace));
	e = remapped(&self->trace);
	ASSERT_NE(NULL, e);
	EXPECT_EQ((uintptr_t)map, event_num(e, "addr"));
	EXPECT_EQ((uintptr_t)map, event_num(e, "ret"));
	EXPECT_EQ(4 * page_size(), event_num(e, "old_len"));
	EXPECT_EQ(2 * page_size(), event_num(e, "new_len"));
	EXPECT_TRUE(event_is(e, "flags", ""));
	EXPECT_LT(0, event_num(e, "duration"));
	EXPECT_EQ(1, COUNT(VMA_SPLIT));
	ASSERT_EQ(1, COUNT(VMA_UNLINK));
	EXPECT_TRUE(called(UNLINK(0), SYS_mremap));
	EXPECT_TRUE(event_range_is(UNLINK(0), "range", page_at(map, 2),
				   page_at(map, 4)));

	ASSERT_TRUE(trace_begin(&self->trace, vma_events));
	ASSERT_EQ(map, mremap(map, 2 * page_size(), 4 * page_size(), 0));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_NE(NULL, remapped(&self->trace));
	EXPECT_EQ(0, COUNT(VMA_UNLINK));
	EXPECT_EQ(0, COUNT(VMA_LINK));
}

TEST_F(mm, mremap_moves_to_a_new_vma)
{
	char *map = island(2), *to = hole(4 * page_size(), page_size());
	const struct event *e;

	ASSERT_FALSE(failed(map));
	to += page_size();
	/* When memory is moved, it keeps its page offset only if it was touched. */
	write_pages(map, 2);
	ASSERT_TRUE(trace_begin(&self->trace, vma_events));
	ASSERT_EQ(to, mremap(map, 2 * page_size(), 2 * page_size(),
			     MREMAP_MAYMOVE | MREMAP_FIXED, to));
	ASSERT_TRUE(trace_end(&self->trace));
	e = remapped(&self->trace);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_is(e, "flags", "maymove|fixed"));
	EXPECT_EQ((uintptr_t)map, event_num(e, "addr"));
	EXPECT_EQ((uintptr_t)to, event_num(e, "new_addr"));
	EXPECT_EQ((uintptr_t)to, event_num(e, "ret"));
	EXPECT_EQ(1, COUNT(VMA_LINK));
	ASSERT_EQ(1, COUNT(VMA_UNLINK));
	EXPECT_TRUE(event_range_is(UNLINK(0), "range", map, page_at(map, 2)));
	/*
	 * The event of the system call comes last, after the events of the steps
	 * of the call.
	 */
	EXPECT_EQ(e, &self->trace.events[self->trace.count - 1]);
}

TEST_F(mm, mremap_that_fails_says_why)
{
	char *nothing = hole(page_size(), page_size());

	ASSERT_TRUE(trace_begin(&self->trace, vma_events));
	EXPECT_TRUE(failed(mremap(nothing, page_size(), 2 * page_size(), 0)));
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_EQ(1, self->trace.count);
	ASSERT_NE(NULL, remapped(&self->trace));
	EXPECT_EQ(-EFAULT, (__s64)event_num(remapped(&self->trace), "ret"));
}

TEST_F(mm, mremap_of_32_bit_programs_is_shown)
{
	char *map = map32(4);
	const struct event *e;

	ASSERT_FALSE(failed(map));
	if (!calls32())
		SKIP(return, "this kernel runs no 32-bit programs");
	ASSERT_TRUE(trace_begin(&self->trace, "mremap"));
	ASSERT_EQ((uintptr_t)map, call32(NR32_MREMAP, (uintptr_t)map,
					 4 * page_size(), page_size(),
					 MREMAP_MAYMOVE));
	ASSERT_TRUE(trace_end(&self->trace));
	e = remapped(&self->trace);
	ASSERT_NE(NULL, e);
	EXPECT_EQ((uintptr_t)map, event_num(e, "addr"));
	EXPECT_EQ(4 * page_size(), event_num(e, "old_len"));
	EXPECT_EQ(page_size(), event_num(e, "new_len"));
	EXPECT_EQ((uintptr_t)map, event_num(e, "ret"));
	EXPECT_TRUE(event_is(e, "flags", "maymove"));
}

/* ---- fork ---- */

/*
 * Map a page in a child, and exit. The mapping causes an event with the child's
 * mm.
 */
static void child_maps(void)
{
	mmap(NULL, page_size(), PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	_exit(0);
}

static pid_t trace_fork(struct trace *trace)
{
	pid_t pid;

	if (!trace_put(trace, "options/event-fork", "1") ||
	    !trace_begin(trace, space_events))
		return -1;
	pid = fork_child();
	if (!pid)
		child_maps();
	return !wait_for(pid) && trace_end(trace) ? pid : -1;
}

static const struct event *event_of(const struct trace *trace, int kind,
				    pid_t pid)
{
	for_each_event(e, trace) {
		if (e->kind == kind && e->pid == pid)
			return e;
	}
	return NULL;
}

TEST_F(mm, fork_copies_an_address_space)
{
	char *secret = island(1);
	const struct event *dup, *mmap;
	int vmas;
	pid_t pid;

	ASSERT_FALSE(failed(secret));
	write_pages(secret, 1);
	ASSERT_EQ(0, madvise(secret, page_size(), MADV_DONTFORK));
	vmas = vmas_of_process();
	pid = trace_fork(&self->trace);
	ASSERT_LT(0, pid);
	dup = only_event(&self->trace, MMAPDEMO_EVENT_DUP_MM);
	ASSERT_NE(NULL, dup);
	EXPECT_EQ(getpid(), dup->pid);
	EXPECT_EQ(pid, (pid_t)event_num(dup, "child_pid"));
	EXPECT_EQ(vmas - 1, (int)event_num(dup, "map_count"));
	EXPECT_LE(3 * page_size(), event_num(dup, "pgtables"));
	EXPECT_EQ(0, event_num(dup, "pgtables") % page_size());
	EXPECT_LT(0, event_num(dup, "duration"));
	EXPECT_TRUE(event_is(dup, "trigger", "fork"));
	mmap = event_of(&self->trace, MMAPDEMO_EVENT_DO_MMAP, pid);
	ASSERT_NE(NULL, mmap);
	EXPECT_EQ(event_num(mmap, "mm"), event_num(dup, "child_mm"));
	EXPECT_NE(event_num(mmap, "mm"), event_num(dup, "mm"));
}

/* Fork. Return the only event dup_mm, or NULL. */
static const struct event *event_of_fork(FIXTURE_DATA(mm) *self)
{
	return trace_fork(&self->trace) > 0 ?
	       only_event(&self->trace, MMAPDEMO_EVENT_DUP_MM) : NULL;
}

TEST_F(mm, the_page_table_of_a_child_is_shown_not_that_of_its_parent)
{
	const size_t tables = 64, span = 2 * MIB;
	char *map = mmap(hole(tables * span, span), tables * span,
			 PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
			 MAP_FIXED_NOREPLACE, -1, 0);
	const struct event *dup;

	ASSERT_FALSE(failed(map));
	madvise(map, tables * span, MADV_NOHUGEPAGE);
	ASSERT_EQ(0, madvise(map, tables * span, MADV_DONTFORK));
	for (size_t i = 0; i < tables; i++)
		write_pages(map + i * span, 1);
	dup = event_of_fork(self);
	ASSERT_NE(NULL, dup);
	EXPECT_GT(tables * page_size(), event_num(dup, "pgtables"));
}

/*
 * For each huge page of anonymous memory, fork copies the entry, and keeps a
 * page table in reserve.
 */
TEST_F(mm, huge_pages_that_fork_copies_are_counted)
{
	const size_t blocks = 5, huge = 3;
	const struct event *dup;
	char *map = mmap(hole(blocks * 2 * MIB, 2 * MIB), blocks * 2 * MIB,
			 PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
			 MAP_FIXED_NOREPLACE, -1, 0);
	size_t before;

	ASSERT_FALSE(failed(map));
	dup = event_of_fork(self);
	ASSERT_NE(NULL, dup);
	before = event_num(dup, "huge");
	madvise(map + huge * 2 * MIB, (blocks - huge) * 2 * MIB,
		MADV_NOHUGEPAGE);
	if (madvise(map, huge * 2 * MIB, MADV_HUGEPAGE))
		SKIP(return, "no huge pages");
	write_pages(map, blocks * 2 * MIB / page_size());
	dup = event_of_fork(self);
	ASSERT_NE(NULL, dup);
	EXPECT_EQ(before + huge, event_num(dup, "huge"));
	EXPECT_LE(event_num(dup, "huge") * page_size(),
		  event_num(dup, "pgtables"));
}

/* Each VMA is exactly one huge page. The child does not get the second page. */
TEST_F(mm, huge_pages_that_the_child_does_not_get_are_not_counted)
{
	const struct event *dup;
	char *map = mmap(hole(6 * MIB, 2 * MIB), 6 * MIB, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
			 0);
	size_t before;

	ASSERT_FALSE(failed(map));
	dup = event_of_fork(self);
	ASSERT_NE(NULL, dup);
	before = event_num(dup, "huge");
	if (madvise(map, 6 * MIB, MADV_HUGEPAGE))
		SKIP(return, "no huge pages");
	write_pages(map, 6 * MIB / page_size());
	ASSERT_EQ(0, madvise(map + 2 * MIB, 2 * MIB, MADV_DONTFORK));
	dup = event_of_fork(self);
	ASSERT_NE(NULL, dup);
	EXPECT_EQ(before + 2, event_num(dup, "huge"));
}

TEST_F(mm, the_page_table_of_a_child_begins_empty)
{
	const struct event *pgd, *dup;

	ASSERT_LT(0, trace_fork(&self->trace));
	pgd = only_event(&self->trace, MMAPDEMO_EVENT_PGD_ALLOC);
	dup = only_event(&self->trace, MMAPDEMO_EVENT_DUP_MM);
	ASSERT_TRUE(pgd && dup);
	EXPECT_EQ(getpid(), pgd->pid);
	EXPECT_EQ(event_num(dup, "child_mm"), event_num(pgd, "mm"));
	EXPECT_EQ(0, event_num(pgd, "user"));
	EXPECT_LT(0, event_num(pgd, "kernel"));
	EXPECT_EQ(event_num(pgd, "kernel"), event_num(pgd, "shared"));
	EXPECT_TRUE(event_is(pgd, "trigger", "fork"));
}

TEST_F(mm, exit_ends_an_address_space)
{
	const struct event *end, *dup;
	pid_t pid;

	pid = trace_fork(&self->trace);
	ASSERT_LT(0, pid);
	end = only_event(&self->trace, MMAPDEMO_EVENT_EXIT_MMAP);
	dup = only_event(&self->trace, MMAPDEMO_EVENT_DUP_MM);
	ASSERT_TRUE(end && dup);
	EXPECT_EQ(pid, end->pid);
	EXPECT_EQ(event_num(dup, "child_mm"), event_num(end, "mm"));
	/* The child has mapped one more page. This page is a VMA of its own. */
	EXPECT_EQ(event_num(dup, "map_count") + 1,
		  event_num(end, "map_count"));
	EXPECT_LE(event_num(dup, "pgtables"), event_num(end, "pgtables"));
	EXPECT_LT(0, event_num(end, "duration"));
	EXPECT_TRUE(event_is(end, "trigger", "exit"));
	EXPECT_EQ(SYS_exit_group, event_num(end, "nr"));
}

static void *thread(void *nothing)
{
	return nothing;
}

TEST_F(mm, threads_and_vfork_copy_nothing)
{
	pthread_t id;
	pid_t pid;

	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, "dup_mm pgd_alloc exit_mmap"));
	ASSERT_EQ(0, pthread_create(&id, NULL, thread, NULL));
	pthread_join(id, NULL);
	pid = vfork();
	if (!pid)
		_exit(0);
	ASSERT_EQ(0, wait_for(pid));
	ASSERT_TRUE(trace_end(&self->trace));
	EXPECT_EQ(0, self->trace.count);
}

TEST_F(mm, a_fork_that_fails_copies_nothing)
{
	struct rlimit before, none = { 0 };
	pid_t pid;
	int status;

	/*
	 * The limit does not apply to a privileged task. The child therefore
	 * becomes user nobody.
	 */
	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, "dup_mm"));
	ASSERT_EQ(0, getrlimit(RLIMIT_NPROC, &before));
	none.rlim_max = before.rlim_max;
	pid = fork_child();
	if (!pid) {
		if (setrlimit(RLIMIT_NPROC, &none) || setuid(65534))
			_exit(2);
		_exit(fork() == -1 && errno == EAGAIN ? 0 : 1);
	}
	status = wait_for(pid);
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_EQ(0, status);
	EXPECT_EQ(1, self->trace.count);
}

/* ---- fork and exec of 32-bit programs ---- */

/* Arguments of execve() at addresses that a 32-bit pointer can hold. */
struct exec32 {
	char path[16];
	__u32 argv[2];
};

/*
 * Fork a child with the 32-bit fork(2). The child exits at once, or runs @exec.
 * Return 0 on failure.
 */
static pid_t child32(const struct exec32 *exec)
{
	pid_t pid = call32(NR32_FORK, 0, 0, 0, 0);

	if (pid)
		return pid > 0 && !wait_for(pid) ? pid : 0;
	if (exec)
		call32(NR32_EXECVE, (uintptr_t)exec->path,
		       (uintptr_t)exec->argv, (uintptr_t)&exec->argv[1], 0);
	call32(NR32_EXIT_GROUP, !!exec, 0, 0, 0);
	return 0;
}

TEST_F(mm, fork_of_32_bit_programs_is_shown_as_one)
{
	const struct event *dup, *pgd, *end;
	pid_t pid;

	if (!calls32())
		SKIP(return, "this kernel runs no 32-bit programs");
	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, space_events));
	pid = child32(NULL);
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_LT(0, pid);
	dup = only_event(&self->trace, MMAPDEMO_EVENT_DUP_MM);
	pgd = only_event(&self->trace, MMAPDEMO_EVENT_PGD_ALLOC);
	end = only_event(&self->trace, MMAPDEMO_EVENT_EXIT_MMAP);
	ASSERT_TRUE(dup && pgd && end);
	EXPECT_TRUE(event_is(dup, "trigger", "fork"));
	EXPECT_EQ(SYS_fork, event_num(dup, "nr"));
	EXPECT_TRUE(event_is(pgd, "trigger", "fork"));
	EXPECT_TRUE(event_is(end, "trigger", "exit"));
	EXPECT_EQ(SYS_exit_group, event_num(end, "nr"));
}

TEST_F(mm, clone_of_32_bit_programs_is_shown_as_one)
{
	const struct event *dup;
	pid_t pid;

	if (!calls32())
		SKIP(return, "this kernel runs no 32-bit programs");
	ASSERT_TRUE(trace_begin(&self->trace, "dup_mm"));
	pid = call32(NR32_CLONE, SIGCHLD, 0, 0, 0);
	if (!pid)
		call32(NR32_EXIT_GROUP, 0, 0, 0, 0);
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, wait_for(pid));
	dup = only_event(&self->trace, MMAPDEMO_EVENT_DUP_MM);
	ASSERT_NE(NULL, dup);
	EXPECT_TRUE(event_is(dup, "trigger", "fork"));
	EXPECT_EQ(SYS_clone, event_num(dup, "nr"));
}

TEST_F(mm, exec_of_32_bit_programs_is_shown_as_one)
{
	struct exec32 *exec = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT,
				   -1, 0);
	int pgds = 0;
	pid_t pid;

	ASSERT_FALSE(failed((char *)exec));
	if (!calls32())
		SKIP(return, "this kernel runs no 32-bit programs");
	strcpy(exec->path, "/bin/true");
	exec->argv[0] = (uintptr_t)exec->path;
	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, space_events));
	pid = child32(exec);
	ASSERT_TRUE(trace_end(&self->trace));
	ASSERT_LT(0, pid);
	for_each_event(e, &self->trace) {
		if (e->kind != MMAPDEMO_EVENT_PGD_ALLOC || e->pid != pid)
			continue;
		EXPECT_TRUE(event_is(e, "trigger", "exec"));
		EXPECT_EQ(SYS_execve, event_num(e, "nr"));
		pgds++;
	}
	EXPECT_EQ(1, pgds);
}

/* ---- exec ---- */

TEST_F(mm, exec_changes_to_a_new_address_space)
{
	const struct event *dup, *begin = NULL, *old = NULL, *new = NULL;
	pid_t pid;

	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace,
				"dup_mm pgd_alloc exit_mmap vma_link do_mmap"));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	ASSERT_EQ(0, wait_for(pid));
	ASSERT_TRUE(trace_end(&self->trace));
	dup = only_event(&self->trace, MMAPDEMO_EVENT_DUP_MM);
	ASSERT_NE(NULL, dup);
	for_each_event(e, &self->trace) {
		if (e->pid != pid)
			continue;
		if (e->kind == MMAPDEMO_EVENT_PGD_ALLOC)
			begin = e;
		if (e->kind == MMAPDEMO_EVENT_EXIT_MMAP && !old)
			old = e;
		else if (e->kind == MMAPDEMO_EVENT_EXIT_MMAP)
			new = e;
		/*
		 * execve() first inserts the stack. It inserts the other VMAs
		 * before it returns.
		 */
		if (e->kind == MMAPDEMO_EVENT_VMA_LINK &&
		    event_is(e, "cause", "insert")) {
			EXPECT_TRUE(event_is(e, "trigger", "exec"));
			EXPECT_EQ(SYS_execve, event_num(e, "nr"));
		}
	}
	ASSERT_TRUE(begin && old && new);
	EXPECT_TRUE(event_is(begin, "trigger", "exec"));
	EXPECT_TRUE(event_is(old, "trigger", "exec"));
	EXPECT_TRUE(event_is(new, "trigger", "exit"));
	EXPECT_EQ(event_num(dup, "child_mm"), event_num(old, "mm"));
	EXPECT_EQ(event_num(dup, "map_count"), event_num(old, "map_count"));
	EXPECT_EQ(event_num(begin, "mm"), event_num(new, "mm"));
	EXPECT_EQ(0, event_num(begin, "user"));
	EXPECT_EQ(event_num(begin, "kernel"), event_num(begin, "shared"));
}

/* When the child is killed, it is not in a system call. */
TEST_F(mm, a_fatal_signal_ends_an_address_space_too)
{
	const struct event *e;
	pid_t pid;

	ASSERT_TRUE(trace_put(&self->trace, "options/event-fork", "1"));
	ASSERT_TRUE(trace_begin(&self->trace, "exit_mmap"));
	pid = fork_child();
	ASSERT_LE(0, pid);
	if (!pid) {
		struct rlimit none = { 0 };

		setrlimit(RLIMIT_CORE, &none);
		*(volatile char *)hole(page_size(), page_size()) = 1;
	}
	ASSERT_EQ(128 + SIGSEGV, wait_for(pid));
	ASSERT_TRUE(trace_end(&self->trace));
	e = only_event(&self->trace, MMAPDEMO_EVENT_EXIT_MMAP);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_is(e, "trigger", "exit"));
	EXPECT_TRUE(event_is(e, "nr", "-1"));
}

TEST_HARNESS_MAIN
