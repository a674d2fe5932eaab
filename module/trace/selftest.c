// SPDX-License-Identifier: GPL-2.0-only
/*
 * A test of the hooks on the running kernel.
 *
 * On a kernel that is newer than the newest known kernel, a probed function may have
 * other arguments, or the kernel may no longer call the function. So when the module
 * is loaded on such a kernel, the task that loads the module makes, touches, splits,
 * merges and removes a mapping in its own address space. selftest_judge.c compares
 * what the hooks saw with what the task did. If a hook has missed something, or has
 * seen something else, its event can't be enabled. The module parameter selftest
 * runs or skips the test on any kernel.
 *
 * The test runs at load time, and not when an event is enabled for the first
 * time, because the trace core holds event_mutex while it enables an event.
 */
#include "common.h"
#include "mmapdemo.h"
#include "probe/probes.h"
#include "syscall.h"
#include "trace/events.h"
#include "trace/kernel/merge.h"
#include "trace/observe.h"
#include "trace/selftest.h"
#include "trace/selftest_judge.h"
#include "walk/walk.h"

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>

#if MMAPDEMO_KERNEL_IS_NEWER
#warning mmapdemo does not know this kernel: the module tests itself at load time
#endif

static bool selftest_wanted = MMAPDEMO_KERNEL_IS_NEWER;
module_param_named(selftest, selftest_wanted, bool, 0444);
MODULE_PARM_DESC(selftest, "1: test the hooks when the module is loaded; 0: do not test them. The default is 1 if the kernel is newer than the newest known kernel, and otherwise 0");

/* If calls are missed in this number of runs, the test gives up. */
#define SELFTEST_TRIES 5

/* Maximum time to wait for direct calls, and time between two checks, in ms. */
#define SELFTEST_WAIT 10000
#define SELFTEST_SLEEP 20

/*
 * A number above SELFTEST_PRINTED is not printed, because it might be a kernel
 * pointer.
 */
#define SELFTEST_PRINTED U32_MAX

/** struct result - result for one event */
struct result {
	u32 state;	/* MMAPDEMO_SELFTEST_* */
	char text[sizeof_field(struct mmapdemo_selftest, text)];
};

static struct result results[MMAPDEMO_EVENTS];
static int selftest_error = -EINPROGRESS;	/* why the test did not run, or 0 */
static bool selftest_done;	/* @results and @selftest_error are final */

/* The events for which the test has failed, one bit per enum mmapdemo_event. */
u32 mmapdemo_selftest_failed;

/* ---- the events ---- */

/** struct selftest_run - a run of the test by @task */
struct selftest_run {
	const struct task_struct *task;
	struct selftest test;
};

/* Keep a copy of an event, if the testing task has caused the event. */
static void selftest_see(struct selftest_run *run, u32 event, const void *record,
			 size_t size)
{
	struct selftest_seen *seen;

	if (current != run->task || run->test.count == SELFTEST_SEEN_MAX)
		return;
	seen = &run->test.seen[run->test.count++];
	seen->event = event;
	seen->step = run->test.step;
	memcpy(&seen->r, record, size);
}

#define TESTED_EVENTS(X)						\
	X(do_mmap, DO_MMAP, mmap)					\
	X(get_unmapped_area, GET_UNMAPPED_AREA, search)			\
	X(vma_merge, VMA_MERGE, merge)					\
	X(vma_link, VMA_LINK, link)					\
	X(pte_fault, PTE_FAULT, fault)					\
	X(vma_split, VMA_SPLIT, split)					\
	X(vma_unlink, VMA_UNLINK, unlink)

#define SEE(name, number, record)					\
static void see_##name(void *data, const struct record##_record *r)	\
{									\
	selftest_see(data, MMAPDEMO_EVENT_##number, r, sizeof(*r));	\
}

TESTED_EVENTS(SEE)

#define TESTED(name, number, record)					\
	[MMAPDEMO_EVENT_##number] = {					\
		#name, &__tracepoint_##name, see_##name,		\
	},

static const struct tested {
	const char *name;
	struct tracepoint *tracepoint;
	void *see;
} tested[SELFTEST_EVENTS] = { TESTED_EVENTS(TESTED) };

static void selftest_unwatch(struct selftest_run *run, unsigned int n)
{
	while (n--)
		tracepoint_probe_unregister(tested[n].tracepoint,
					    tested[n].see, run);
	tracepoint_synchronize_unregister();
}

static int selftest_watch(struct selftest_run *run)
{
	unsigned int i;
	int ret;

	for (i = 0; i < SELFTEST_EVENTS; i++) {
		ret = tracepoint_probe_register(tested[i].tracepoint,
						tested[i].see, run);
		if (ret) {
			selftest_unwatch(run, i);
			return ret;
		}
	}
	return 0;
}

/* ---- the steps ---- */

static int step_map(struct selftest *test, const struct selftest_plan *plan)
{
	unsigned long at = 0;

	if (plan->flags & MAP_FIXED)
		at = mmapdemo_selftest_start(test, test->step);
	at = vm_mmap(NULL, at, mmapdemo_selftest_size(test, test->step), plan->prot,
		     plan->flags, 0);
	if (IS_ERR_VALUE(at))
		return at;
	if (plan->area)
		test->area = at;
	return 0;
}

static int step_touch(const struct selftest *test, const struct selftest_plan *plan)
{
	u8 __user *page;
	u8 byte = 1;

	page = (u8 __user *)(unsigned long)mmapdemo_selftest_start(test, test->step);
	return plan->access == MMAPDEMO_ACCESS_WRITE ? put_user(byte, page) :
						       get_user(byte, page);
}

static int selftest_step(struct selftest *test)
{
	const struct selftest_plan *plan = &mmapdemo_selftest_plan[test->step];

	switch (plan->kind) {
	case SELFTEST_MAP:
		return step_map(test, plan);
	case SELFTEST_TOUCH:
		return step_touch(test, plan);
	default:
		return vm_munmap(mmapdemo_selftest_start(test, test->step),
				 mmapdemo_selftest_size(test, test->step));
	}
}

/*
 * Do all steps. If a step fails, for example because of RLIMIT_AS or because there
 * is no memory, undo the earlier steps.
 */
static int selftest_steps(struct selftest *test)
{
	int ret = 0;

	test->area = 0;
	test->count = 0;
	for (test->step = 0; !ret && test->step < SELFTEST_STEPS; test->step++)
		ret = selftest_step(test);
	if (ret && test->area)
		vm_munmap(test->area, SELFTEST_AREA * PAGE_SIZE);
	return ret;
}

/* ---- the results ---- */

static u64 calls_missed(void)
{
	struct mmapdemo_probe probe = { };
	unsigned int i;
	u64 missed = 0;

	for (i = 0; !mmapdemo_probes_read(i, &probe); i++)
		if (probe.events & (BIT(SELFTEST_EVENTS) - 1))
			missed += probe.missed;
	return missed;
}

/* Return true if a kretprobe is attached until a direct call replaces it. */
static bool calls_improve(void)
{
	struct mmapdemo_probe probe = { };
	unsigned int i;

	for (i = 0; !mmapdemo_probes_read(i, &probe); i++)
		if (probe.state == MMAPDEMO_PROBE_ARMED &&
		    probe.error == EINPROGRESS)
			return true;
	return false;
}

/*
 * Wait until direct calls have replaced kretprobes. Return false after a timeout or
 * a signal.
 */
static bool calls_improved(void)
{
	unsigned int ms;

	for (ms = 0; ms < SELFTEST_WAIT; ms += SELFTEST_SLEEP) {
		if (!calls_improve())
			return true;
		if (msleep_interruptible(SELFTEST_SLEEP))
			return false;
	}
	return false;
}

static const char *number_text(char out[24], u64 number)
{
	if (number > SELFTEST_PRINTED)
		return "another value";
	snprintf(out, 24, "%llu", number);
	return out;
}

static void result_failed(struct result *result,
			  const struct selftest_failure *failure)
{
	char expected[24];
	char got[24];

	result->state = MMAPDEMO_SELFTEST_FAILED;
	snprintf(result->text, sizeof(result->text),
		 "when the self test %s: %s: expected %s, got %s",
		 mmapdemo_selftest_plan[failure->step].doing, failure->what,
		 number_text(expected, failure->expected),
		 number_text(got, failure->got));
}

/* Judge all events. Return true if all of them are right. */
static bool selftest_judge(const struct selftest *test)
{
	struct selftest_failure failure;
	bool passed = true;
	u32 event;

	for (event = 0; event < SELFTEST_EVENTS; event++) {
		if (mmapdemo_selftest_judge(test, event, &failure)) {
			results[event].state = MMAPDEMO_SELFTEST_PASSED;
			continue;
		}
		result_failed(&results[event], &failure);
		passed = false;
	}
	return passed;
}

/*
 * Run the test. If an event is wrong, and calls were missed, run the test again.
 * Calls are missed if many tasks call the same function at the same time.
 */
static int selftest_repeat(struct selftest *test)
{
	unsigned int i;
	u64 missed;
	int ret;

	for (i = 0; i < SELFTEST_TRIES; i++) {
		missed = calls_missed();
		ret = selftest_steps(test);
		if (ret)
			return ret;
		if (selftest_judge(test) || missed == calls_missed())
			return 0;
	}
	return -EAGAIN;
}

/*
 * Run the test with kretprobes, and again with the direct calls that replace them.
 * With attach=direct, all calls are direct from the beginning.
 */
static int selftest_armed(struct selftest *test)
{
	bool improves = calls_improve();
	int ret = selftest_repeat(test);
	u32 event;

	if (ret || !improves)
		return ret;
	for (event = 0; event < SELFTEST_EVENTS; event++)
		if (results[event].state == MMAPDEMO_SELFTEST_FAILED)
			return 0;
	return calls_improved() ? selftest_repeat(test) : 0;
}

static int selftest_watched(struct selftest_run *run)
{
	int ret = mmapdemo_probes_arm(BIT(SELFTEST_EVENTS) - 1,
				      MMAPDEMO_USER_SELFTEST);

	if (ret)
		return ret;
	/* The probe engine has now set the seed for the ids of address spaces. */
	run->test.mm = mmapdemo_observe_mm(current->mm);
	ret = selftest_armed(&run->test);
	mmapdemo_probes_disarm(MMAPDEMO_USER_SELFTEST);
	return ret;
}

static u32 machine_levels(void)
{
	u32 all = MMAPDEMO_LEVEL_PGD | MMAPDEMO_LEVEL_PUD | MMAPDEMO_LEVEL_PMD |
		  MMAPDEMO_LEVEL_PTE;

	return mmapdemo_walk_levels() > 4 ? all | MMAPDEMO_LEVEL_P4D : all;
}

static int selftest_run(void)
{
	const struct verdict_rules *rules = MERGE_RULES;
	struct selftest_run *run;
	int ret;

	if (!selftest_wanted)
		return -ECANCELED;
	/*
	 * A task with locked memory may have set MCL_FUTURE, so that mmap()
	 * would touch all pages.
	 */
	if (!current->mm || READ_ONCE(current->mm->locked_vm))
		return -EOPNOTSUPP;
	run = kvzalloc(sizeof(*run), GFP_KERNEL);
	if (!run)
		return -ENOMEM;
	run->task = current;
	run->test.page = PAGE_SIZE;
	run->test.levels = machine_levels();
	run->test.rules = rules;
	run->test.trigger.kind = syscall_is_i386() ? MMAPDEMO_TRIGGER_SYSCALL32 :
						     MMAPDEMO_TRIGGER_SYSCALL;
	run->test.trigger.nr = syscall_number(task_pt_regs(current));
	ret = selftest_watch(run);
	if (!ret) {
		ret = selftest_watched(run);
		selftest_unwatch(run, SELFTEST_EVENTS);
	}
	kvfree(run);
	return ret;
}

/* ---- for the rest of the module ---- */

static void selftest_report(void)
{
	const char *kernel = MMAPDEMO_KERNEL_IS_NEWER ? "untested kernel, " : "";
	u32 event;

	if (selftest_error) {
		pr_warn("%sself test not run: error %d\n", kernel, -selftest_error);
		return;
	}
	for (event = 0; event < SELFTEST_EVENTS; event++)
		if (mmapdemo_selftest_refuses(event))
			pr_warn("%sself test failed: event %s is unavailable: %s\n",
				kernel, tested[event].name, results[event].text);
	if (!mmapdemo_selftest_failed)
		pr_info("%sself test passed\n", kernel);
}

/**
 * mmapdemo_selftest_init - test the hooks, if the parameter selftest is 1
 *
 * The task that loads the module calls this function when loading can't fail
 * any longer. The function may sleep for seconds.
 */
void mmapdemo_selftest_init(void)
{
	u32 failed = 0;
	u32 event;

	selftest_error = selftest_run();
	for (event = 0; event < SELFTEST_EVENTS; event++) {
		if (selftest_error)
			results[event].state = MMAPDEMO_SELFTEST_NONE;
		else if (results[event].state == MMAPDEMO_SELFTEST_FAILED)
			failed |= BIT(event);
	}
	/* Pairs with the smp_load_acquire() in mmapdemo_selftest_read(). */
	smp_store_release(&selftest_done, true);
	mmapdemo_events_refuse(failed);
	if (selftest_wanted || MMAPDEMO_KERNEL_IS_NEWER)
		selftest_report();
}

/**
 * mmapdemo_selftest_read - return the result of the self test for an event
 * @event: enum mmapdemo_event
 * @out: filled in, except the members size and event
 *
 * Return: 0, or -EINVAL if there is no such event.
 */
int mmapdemo_selftest_read(u32 event, struct mmapdemo_selftest *out)
{
	if (event >= MMAPDEMO_EVENTS)
		return -EINVAL;
	out->flags = MMAPDEMO_KERNEL_IS_NEWER ? MMAPDEMO_SELFTEST_NEWER : 0;
	/* Pairs with the smp_store_release() in mmapdemo_selftest_init(). */
	if (!smp_load_acquire(&selftest_done)) {
		out->error = EINPROGRESS;
		return 0;
	}
	out->error = -selftest_error;
	out->state = results[event].state;
	if (out->state == MMAPDEMO_SELFTEST_FAILED)
		strscpy(out->text, results[event].text, sizeof(out->text));
	return 0;
}

/** mmapdemo_selftest_explain - print why the self test has failed for an event */
void mmapdemo_selftest_explain(u32 event)
{
	if (!mmapdemo_selftest_refuses(event))
		return;
	pr_warn_ratelimited("event %s is unavailable: %s\n", tested[event].name,
			    results[event].text);
}
