// SPDX-License-Identifier: GPL-2.0-only
/*
 * The event fault_signal: a page fault that ends in SIGSEGV or SIGBUS, whether or not
 * the fault reached handle_mm_fault().
 *
 * Depends on: the kernel.
 */
#include "fault_page.h"

#include <sys/syscall.h>

#define SIGNALS MMAPDEMO_EVENT_FAULT_SIGNAL

/* Neither the user's half of the address space nor the kernel's contains this address. */
#define NON_CANONICAL ((char *)0x8000000000000000)

/* Return the event, or NULL unless there was exactly one event for the touch. */
static const struct event *trace_signal(struct trace *trace, char *address,
					bool write)
{
	if (!trace_begin(trace, "fault_signal pte_fault"))
		return NULL;
	touch(address, write);
	return trace_end(trace) && events_of(trace, SIGNALS) == 1 ?
	       only_event(trace, SIGNALS) : NULL;
}

/* Return true if the event has the signal that the handler got, and the address. */
static bool agrees(const struct event *e, const char *address, const char *access)
{
	struct vma text;

	if (e && event_num(e, "address") == (uintptr_t)address &&
	    touch_signal.si_addr == address && event_is(e, "access", access) &&
	    event_num(e, "sig") == (__u64)touch_signal.si_signo &&
	    event_num(e, "code") == (__u64)touch_signal.si_code &&
	    vma_of((void *)event_num(e, "ip"), &text) && strchr(text.prot, 'x'))
		return true;
	fprintf(stderr, "# %s of %p, signal %d, code %d: %s\n", access, address,
		touch_signal.si_signo, touch_signal.si_code, e ? e->fields : "no event");
	return false;
}

/* ---- faults that never reach handle_mm_fault() ---- */

TEST_F(fault, nothing_is_mapped_at_null)
{
	const struct event *e = trace_signal(&self->trace, NULL, false);

	ASSERT_TRUE(agrees(e, NULL, "read"));
	EXPECT_EQ(SIGSEGV, event_num(e, "sig"));
	EXPECT_EQ(SEGV_MAPERR, event_num(e, "code"));
	EXPECT_EQ(0, event_num(e, "present"));
	EXPECT_EQ(NULL, fault_at(&self->trace, NULL));
}

TEST_F(fault, a_write_to_an_unmapped_page_is_a_write)
{
	char *page = self->page + page_size();

	ASSERT_EQ(0, munmap(page, page_size()));
	ASSERT_TRUE(agrees(trace_signal(&self->trace, page + 5, true), page + 5,
			   "write"));
}

TEST_F(fault, a_write_to_a_page_of_read_only_memory_is_present)
{
	const struct event *e;

	ASSERT_EQ(0, touch_write(self->page));
	ASSERT_EQ(0, mprotect(self->page, page_size(), PROT_READ));
	e = trace_signal(&self->trace, self->page, true);
	ASSERT_TRUE(agrees(e, self->page, "write"));
	EXPECT_EQ(SEGV_ACCERR, event_num(e, "code"));
	EXPECT_EQ(1, event_num(e, "present"));
}

TEST_F(fault, a_write_to_read_only_memory_before_its_first_touch_is_not_present)
{
	const struct event *e;

	ASSERT_EQ(0, mprotect(self->page, page_size(), PROT_READ));
	e = trace_signal(&self->trace, self->page, true);
	ASSERT_TRUE(agrees(e, self->page, "write"));
	EXPECT_EQ(SEGV_ACCERR, event_num(e, "code"));
	EXPECT_EQ(0, event_num(e, "present"));
}

/* Call the page as a function. */
static void run(char *page)
{
	struct sigaction action = {
		.sa_sigaction = touch_handler,
		.sa_flags = SA_SIGINFO,
	};
	struct sigaction saved;

	sigaction(SIGSEGV, &action, &saved);
	if (!sigsetjmp(touch_env, 1))
		((void (*)(void))page)();
	sigaction(SIGSEGV, &saved, NULL);
}

TEST_F(fault, a_jump_to_data_is_an_exec)
{
	const struct event *e;

	ASSERT_EQ(0, touch_write(self->page));
	ASSERT_TRUE(trace_begin(&self->trace, "fault_signal"));
	run(self->page);
	ASSERT_TRUE(trace_end(&self->trace));
	e = only_event(&self->trace, SIGNALS);
	ASSERT_NE(NULL, e);
	EXPECT_TRUE(event_is(e, "access", "exec"));
	EXPECT_EQ((uintptr_t)self->page, event_num(e, "address"));
	EXPECT_EQ((uintptr_t)self->page, event_num(e, "ip"));
	EXPECT_EQ(SEGV_ACCERR, event_num(e, "code"));
}

/* The event must not show where the kernel has mapped pages. */
TEST_F(fault, every_address_of_the_kernel_is_present)
{
	char *mapped = (char *)0xffffffff81000000, *unmapped = (char *)-page_size();
	const struct event *e = trace_signal(&self->trace, mapped, false);

	ASSERT_TRUE(agrees(e, mapped, "read"));
	EXPECT_EQ(1, event_num(e, "present"));
	e = trace_signal(&self->trace, unmapped, false);
	ASSERT_TRUE(agrees(e, unmapped, "read"));
	EXPECT_EQ(1, event_num(e, "present"));
}

TEST_F(fault, a_protection_key_is_named)
{
	const struct event *e;
	int key = syscall(SYS_pkey_alloc, 0, 1 /* PKEY_DISABLE_ACCESS */);

	if (key < 0)
		SKIP(return, "no protection keys");
	ASSERT_EQ(0, touch_write(self->page));
	ASSERT_EQ(0, syscall(SYS_pkey_mprotect, self->page, page_size(),
			     PROT_READ | PROT_WRITE, key));
	e = trace_signal(&self->trace, self->page, false);
	ASSERT_TRUE(agrees(e, self->page, "read"));
	EXPECT_EQ(SEGV_PKUERR, event_num(e, "code"));
	EXPECT_EQ(0, syscall(SYS_pkey_free, key));
}

/* ---- faults that handle_mm_fault() could not handle ---- */

TEST_F(fault, a_touch_after_the_end_of_a_file_follows_its_fault)
{
	int file = memfd_create("short", 0);
	const struct event *e;
	char *page;

	ASSERT_LE(0, file);
	page = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, file, 0);
	ASSERT_FALSE(failed(page));
	e = trace_signal(&self->trace, page, false);
	ASSERT_TRUE(agrees(e, page, "read"));
	EXPECT_EQ(SIGBUS, event_num(e, "sig"));
	EXPECT_EQ(BUS_ADRERR, event_num(e, "code"));
	EXPECT_TRUE(class_is(fault_at(&self->trace, page), "sigbus"));
	EXPECT_LT(fault_at(&self->trace, page), e);
	close(file);
}

/* Otherwise, a reader of pte_faults does not know that the fault failed. */
TEST_F(fault, a_batch_with_the_fault_precedes_its_signal)
{
	int file = memfd_create("short", 0);
	const struct event *e;
	size_t batches = 0;
	char *page;

	ASSERT_LE(0, file);
	page = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, file, 0);
	ASSERT_FALSE(failed(page));
	ASSERT_TRUE(trace_begin(&self->trace, "fault_signal pte_faults"));
	touch(page, false);
	ASSERT_TRUE(trace_end(&self->trace));
	e = only_event(&self->trace, SIGNALS);
	ASSERT_TRUE(agrees(e, page, "read"));
	for_each_event(before, &self->trace)
		batches += before->kind == MMAPDEMO_EVENT_PTE_FAULTS && before < e;
	EXPECT_LT(0, batches);
	close(file);
}

/* ---- no event ---- */

static size_t signals_of(struct trace *trace, void (*action)(char *), char *page)
{
	if (!trace_begin(trace, "fault_signal"))
		return -1;
	action(page);
	return trace_end(trace) ? events_of(trace, SIGNALS) : (size_t)-1;
}

static void send_signal(char *page)
{
	(void)page;
	signal(SIGSEGV, SIG_IGN);
	kill(getpid(), SIGSEGV);
	raise(SIGSEGV);
	signal(SIGSEGV, SIG_DFL);
}

/* The processor reports a general protection fault, which has no address. */
static void touch_non_canonical(char *page)
{
	(void)page;
	touch(NON_CANONICAL, false);
}

static int refused;	/* number of system calls that failed with EFAULT */

static void fail_in_a_system_call(char *page)
{
	int ends[2];

	munmap(page, page_size());
	if (pipe(ends))
		return;
	refused = (write(ends[1], page, 1) < 0 && errno == EFAULT) +
		  (pipe((int *)page) < 0 && errno == EFAULT);
	close(ends[0]);
	close(ends[1]);
}

TEST_F(fault, a_signal_without_a_page_fault_is_not_reported)
{
	touch(NULL, false);
	EXPECT_EQ(0, signals_of(&self->trace, send_signal, NULL));
	EXPECT_EQ(0, signals_of(&self->trace, touch_non_canonical, NULL));
	EXPECT_EQ(SIGSEGV, touch_signal.si_signo);
	EXPECT_EQ(0, signals_of(&self->trace, fail_in_a_system_call, self->page));
	EXPECT_EQ(2, refused);
}

TEST_HARNESS_MAIN
