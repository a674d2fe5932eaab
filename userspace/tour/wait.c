// SPDX-License-Identifier: GPL-2.0-only
/* Scene about a slow fault: the fault waits for mmap_lock, which another thread holds. */
#include "base/clock.h"
#include "system/memory.h"
#include "tour/tour.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAGE MEMORY_PAGE
#define LARGE (32UL << 20)

/*
 * Pages that the scene touches. The first page allocates the page tables. The next pages
 * are touched while the other thread sleeps.
 */
#define ALONE 3
#define TRIES 16
#define TOUCHED (1 + ALONE + TRIES)

/* How many times longer than a touch alone a touch takes that waited for the lock */
#define FACTOR 4

/**
 * struct changer - a thread that changes the protection of a large range
 * @map: the range
 * @start: pipe; the thread starts when the other end is closed
 * @stop: the thread is to end
 * @tid: TID of the thread; 0: it has not started
 */
struct changer {
	char *map;
	int start[2];
	atomic_bool stop;
	atomic_int tid;
	pthread_t thread;
};

static void *change(void *data)
{
	struct changer *changer = data;
	char byte;

	changer->tid = gettid();
	if (read(changer->start[0], &byte, 1))
		return NULL;
	while (!changer->stop) {
		mprotect(changer->map, LARGE, PROT_READ);
		mprotect(changer->map, LARGE, PROT_READ | PROT_WRITE);
	}
	return NULL;
}

/* Fill the range with small pages, because few huge pages are changed too fast. */
static bool changer_begin(struct changer *changer)
{
	changer->map = memory_map(NULL, LARGE);
	if (!changer->map)
		return false;
	madvise(changer->map, LARGE, MADV_NOHUGEPAGE);
	for (size_t at = 0; at < LARGE; at += PAGE)
		changer->map[at] = 1;
	if (pipe(changer->start))
		return false;
	if (pthread_create(&changer->thread, NULL, change, changer))
		return false;
	while (!changer->tid)
		sched_yield();
	return true;
}

static void changer_end(struct changer *changer)
{
	changer->stop = true;
	pthread_join(changer->thread, NULL);
	close(changer->start[0]);
	munmap(changer->map, LARGE);
}

/*
 * Map pages that are VMAs of their own, because the first fault in a VMA needs mmap_lock
 * even if the kernel has locks for single VMAs. Return the first page, or NULL.
 */
static char *map_pages(void)
{
	char *hole = memory_hole(2 * TOUCHED * PAGE, MEMORY_HUGE);

	for (int i = 0; hole && i < TOUCHED; i++) {
		if (!memory_map(hole + 2 * i * PAGE, PAGE))
			return NULL;
	}
	return hole;
}

/**
 * struct touch - a touch of a page
 * @at: the page
 * @ns: the time
 * @slept: the task slept during the touch
 */
struct touch {
	volatile char *at;
	__u64 ns;
	bool slept;
};

static struct touch touch_page(char *pages, int number)
{
	struct touch touch = { .at = pages + 2 * number * PAGE };
	struct rusage before, after;
	__u64 begin;

	getrusage(RUSAGE_THREAD, &before);
	begin = clock_ns();
	*touch.at = 1;
	touch.ns = clock_ns() - begin;
	getrusage(RUSAGE_THREAD, &after);
	touch.slept = after.ru_nvcsw > before.ru_nvcsw;
	return touch;
}

/* Return the fastest touch while the other thread sleeps. */
static struct touch touch_alone(char *pages)
{
	struct touch fastest = touch_page(pages, 1), touch;

	for (int i = 1; i < ALONE; i++) {
		touch = touch_page(pages, 1 + i);
		if (touch.ns < fastest.ns)
			fastest = touch;
	}
	return fastest;
}

/*
 * Touch pages while the other thread changes its range, until a touch waits. A task does
 * not sleep if it spins until the lock is free, so return the slowest touch then.
 */
static struct touch touch_until_slow(char *pages, __u64 slow)
{
	const struct timespec delay = { .tv_nsec = 1000000 };
	struct touch slowest = { 0 }, touch;

	for (int i = 0; i < TRIES; i++) {
		nanosleep(&delay, NULL);
		touch = touch_page(pages, 1 + ALONE + i);
		if (touch.ns > slowest.ns)
			slowest = touch;
		if (touch.slept && touch.ns >= slow)
			return touch;
	}
	return slowest;
}

static void claim_wait(struct stage *stage, const struct changer *changer)
{
	const struct stage_seen *seen = stage->seen;
	const struct slow_event *slow = &seen->slow;
	const bool known = seen->observed && seen->timed && slow->lock >= 0;

	stage_claim_if(stage, known, slow->lock_before > 0 || slow->lock > 0);
	stage_claim_if(stage, known, slow->holder == (__u32)changer->tid);
	stage_claim_if(stage, known, slow->holder_nr == SYS_mprotect);
}

/* Scene 18: a fault that waits for mmap_lock. */
int tour_wait(struct stage *stage)
{
	struct changer changer = { 0 };
	struct touch alone, slow;
	char *pages = map_pages();

	if (!pages || !changer_begin(&changer))
		return SCENE_FAILED;
	touch_page(pages, 0);
	stage_begin(stage);
	stage->seen->tid = gettid();
	alone = touch_alone(pages);
	close(changer.start[1]);
	slow = touch_until_slow(pages, FACTOR * alone.ns);
	stage_about(stage, slow.at, PAGE);
	changer.stop = true;
	stage_end(stage);
	stage_fact(stage, "%llu ns -> %llu ns, thread %d", alone.ns, slow.ns,
		   changer.tid);
	stage_claim(stage, slow.ns >= FACTOR * alone.ns);
	stage_claim_seen(stage, stage_only(stage, MMAPDEMO_FAULT_ANON, 1));
	claim_wait(stage, &changer);
	changer_end(&changer);
	return stage_over(stage);
}
