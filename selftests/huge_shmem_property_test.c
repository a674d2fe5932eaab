// SPDX-License-Identifier: GPL-2.0-only
/*
 * The field "huge" of pte_fault for random mappings of shmem: start, length, offset,
 * shared or private, advice, setting, pages that the file has already, reads and writes.
 * /proc/self/smaps_rollup shows whether the kernel mapped a huge page. Each reason must be
 * true of the touch, and a touch against which nothing speaks must map a huge page.
 *
 * The environment variable SEED repeats a run.
 *
 * Depends on: the kernel.
 */
#include "fault.h"
#include "huge_random.h"

#include <sys/mman.h>

#define ROUNDS 500
#define VERDICTS 800
#define FILE_BLOCKS (BLOCKS + 2)	/* the file is longer than each mapping */
#define SHMEM_ENABLED THP "shmem_enabled"

/** struct truth - what is known of a touch without the event */
struct truth {
	char *address;
	bool huge;	/* a huge page was mapped */
	bool allowed;	/* by the setting */
	bool refused;	/* by MADV_NOHUGEPAGE */
	bool whole;	/* the aligned 2 MiB are inside the VMA */
	bool aligned;	/* address and offset are equal modulo 2 MiB */
	bool cached;	/* these 2 MiB of the file had pages before */
	bool copied;	/* a write to a private mapping */
};

/** struct mapping - a VMA of one round */
struct mapping {
	int fd;
	char *start;
	size_t length;
	size_t offset;
	bool shared;
	int setting;
	int advice;
	bool cached[FILE_BLOCKS];
};

FIXTURE(shmem)
{
	struct trace trace;
	char *enabled;		/* the settings before the test, or NULL */
	char *shmem_enabled;
	char *area;
	struct truth truths[ROUNDS * BLOCKS];
	size_t count;
	size_t verdicts, mapped, unknown, wrong;
};

FIXTURE_SETUP(shmem)
{
	memset(self, 0, sizeof(*self));
	random_start();
	self->area = hole((BLOCKS + 1) * HUGE, HUGE);
	self->enabled = selected(THP "enabled");
	self->shmem_enabled = selected(SHMEM_ENABLED);
	if (self->enabled)
		ASSERT_TRUE(put(THP "enabled", "always"));
	ASSERT_TRUE(trace_create(&self->trace));
	ASSERT_TRUE(trace_size(&self->trace, "8192"));
}

FIXTURE_TEARDOWN(shmem)
{
	trace_destroy(&self->trace);
	if (self->enabled)
		put(THP "enabled", self->enabled);
	if (self->shmem_enabled)
		put(SHMEM_ENABLED, self->shmem_enabled);
	free(self->enabled);
	free(self->shmem_enabled);
}

/* ---- random mappings ---- */

/* Return the KiB that huge pages map, or -1. */
static long huge_kib(void)
{
	static const char *const names[] = {
		"AnonHugePages:", "ShmemPmdMapped:", "FilePmdMapped:"
	};
	char *text = slurp("/proc/self/smaps_rollup"), *at;
	long sum = 0;

	if (!text)
		return -1;
	for (int i = 0; i < 3; i++) {
		at = strstr(text, names[i]);
		sum += at ? atol(at + strlen(names[i])) : 0;
	}
	free(text);
	return sum;
}

enum { ALWAYS, WITHIN_SIZE, ADVISE, NEVER };

static int random_setting(void)
{
	static const char *const words[] = { "always", "within_size", "advise", "never" };
	const int chosen = one_in(2) ? ALWAYS : random() % 4;

	return put(SHMEM_ENABLED, words[chosen]) ? chosen : -1;
}

/* Create a file that may have a page already, and map it. */
static bool map_random(char *area, struct mapping *m)
{
	const size_t skip = random_skip();
	const size_t pgoff = one_in(2) ? skip : random() % (HUGE / page_size());
	const size_t written = random() % (BLOCKS * HUGE);

	m->setting = random_setting();
	m->shared = !one_in(4);
	m->start = page_at(area, skip);
	m->length = random_length(skip);
	m->offset = pgoff * page_size();
	m->fd = memfd_create("mmapdemo", MFD_CLOEXEC);
	if (m->setting < 0 || ftruncate(m->fd, FILE_BLOCKS * HUGE))
		return false;
	if (one_in(3)) {
		m->cached[written / HUGE] = true;
		if (pwrite(m->fd, "x", 1, written) != 1)
			return false;
	}
	if (mmap(m->start, m->length, PROT_READ | PROT_WRITE, MAP_FIXED_NOREPLACE |
		 (m->shared ? MAP_SHARED : MAP_PRIVATE), m->fd, m->offset) != m->start)
		return false;
	m->advice = random_advice(m->start, m->length);
	return m->advice >= 0;
}

static bool is_allowed(const struct mapping *m)
{
	return m->setting <= WITHIN_SIZE ||
	       (m->setting == ADVISE && m->advice == MADV_HUGEPAGE);
}

/* Touch a page of a block, and note what is known of the touch. */
static bool touch_page(struct truth *truth, struct mapping *m, char *block, char *page)
{
	const size_t position = page - m->start + m->offset;
	const bool write = !one_in(3);
	const long before = huge_kib();
	long after;

	touch(page, write);
	after = huge_kib();
	*truth = (struct truth){
		.address = page,
		.huge = after > before,
		.allowed = is_allowed(m),
		.refused = m->advice == MADV_NOHUGEPAGE,
		.whole = block >= m->start && block + HUGE <= m->start + m->length,
		.aligned = (((uintptr_t)page - position) & (HUGE - 1)) == 0,
		.cached = m->cached[position / HUGE],
		.copied = write && !m->shared,
	};
	m->cached[position / HUGE] = true;
	return before >= 0 && after >= 0;
}

static bool one_round(FIXTURE_DATA(shmem) *self)
{
	struct mapping m = { 0 };
	bool ok = map_random(self->area, &m);

	for (size_t i = 0; ok && i < BLOCKS; i++) {
		char *block = self->area + i * HUGE;
		char *page = random_page(block, m.start, m.length);

		ok = !page || touch_page(&self->truths[self->count++], &m, block, page);
	}
	close(m.fd);
	return ok && !munmap(m.start, m.length);
}

/* ---- verdicts ---- */

/* Return true if the reason is true of the touch. */
static bool agrees(const struct event *e, const struct truth *t)
{
	if (event_is(e, "huge", "mapped"))
		return t->huge;
	if (t->huge)
		return false;
	if (event_is(e, "huge", "shmem"))
		return !t->allowed;
	if (event_is(e, "huge", "nohugepage"))
		return t->refused;
	if (event_is(e, "huge", "range"))
		return !t->whole;
	if (event_is(e, "huge", "pgoff"))
		return !t->aligned;
	if (event_is(e, "huge", "file"))
		return t->cached;
	if (event_is(e, "huge", "copy"))
		return t->copied;
	return event_is(e, "huge", "memory") && t->allowed && t->whole && t->aligned &&
	       !t->refused && !t->cached && !t->copied;
}

static void print_wrong(const struct event *e, const struct truth *t)
{
	fprintf(stderr, "# huge %d, allowed %d, refused %d, whole %d, aligned %d, cached %d, "
		"copied %d: %s\n", t->huge, t->allowed, t->refused, t->whole, t->aligned,
		t->cached, t->copied, e->fields);
}

static void compare(FIXTURE_DATA(shmem) *self, const struct event *e,
		    const struct truth *truth)
{
	self->verdicts++;
	self->mapped += truth->huge;
	if (event_is(e, "huge", "unknown"))
		self->unknown++;
	else if (!agrees(e, truth) && self->wrong++ < 10)
		print_wrong(e, truth);
}

TEST_F(shmem, reasons_are_true)
{
	if (!self->enabled || !self->shmem_enabled)
		SKIP(return, "no transparent huge pages");
	ASSERT_TRUE(trace_begin(&self->trace, "pte_fault"));
	for (int i = 0; i < ROUNDS; i++)
		ASSERT_TRUE(one_round(self));
	ASSERT_TRUE(trace_end(&self->trace));
	for_each_event(e, &self->trace)
		if (self->verdicts < self->count && event_num(e, "address") ==
		    (uintptr_t)self->truths[self->verdicts].address)
			compare(self, e, &self->truths[self->verdicts]);
	fprintf(stderr, "# %zu verdicts, %zu mapped, %zu unknown, %zu wrong\n",
		self->verdicts, self->mapped, self->unknown, self->wrong);
	EXPECT_LE(VERDICTS, self->verdicts);
	EXPECT_LE(VERDICTS / 20, self->mapped);
	EXPECT_EQ(0, self->wrong);
	EXPECT_GE(self->verdicts / 100, self->unknown);
	EXPECT_EQ(self->count, self->verdicts);
}

TEST_HARNESS_MAIN
