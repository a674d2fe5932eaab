// SPDX-License-Identifier: GPL-2.0-only
/*
 * This file prints the mappings and faults of one process to the kernel log.
 *
 *	echo PID > /sys/module/mmapdemo/parameters/dmesg	follow a process
 *	echo 0 > /sys/module/mmapdemo/parameters/dmesg		stop
 *
 * PID is a PID in the writer's PID namespace. Some users can read the kernel
 * log, but not the trace buffer. So the log contains no addresses and no page
 * frames, only offsets in files and VMAs. The PIDs in the log are those of the
 * initial PID namespace, as in other kernel messages. Logging is slow, so the
 * log gets at most DMESG_BURST lines in DMESG_INTERVAL. The kernel reports how
 * many lines were suppressed.
 */
#include "common.h"
#include "mmapdemo.h"
#include "probe/probes.h"
#include "target.h"
#include "trace/dmesg.h"
#include "trace/selftest.h"
#include "trace/wait.h"

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

#define DMESG_INTERVAL (5 * HZ)
#define DMESG_BURST 400

#define ALL_EVENTS (BIT(MMAPDEMO_EVENTS) - 1)

static DEFINE_RATELIMIT_STATE(dmesg_limit, DMESG_INTERVAL, DMESG_BURST);
static DEFINE_MUTEX(dmesg_lock);

/*
 * The followed process, or NULL. The pointer is changed only with dmesg_lock
 * held. Hooks only compare this pointer. A reference is held until no hook
 * compares the pointer any longer, so that the struct pid is not freed and
 * reused during a comparison.
 */
struct pid *mmapdemo_dmesg_pid;

DEFINE_STATIC_KEY_FALSE(mmapdemo_dmesg_key);

static bool dmesg_ready;	/* true between init and exit; protected by dmesg_lock */
static int dmesg_wanted;	/* PID given at load time; protected by dmesg_lock */

static void dmesg_stop(void)
{
	struct pid *pid = mmapdemo_dmesg_pid;

	lockdep_assert_held(&dmesg_lock);

	if (!pid)
		return;
	static_branch_disable(&mmapdemo_dmesg_key);
	WRITE_ONCE(mmapdemo_dmesg_pid, NULL);
	mmapdemo_probes_disarm(MMAPDEMO_USER_DMESG);
	mmapdemo_wait_put();
	/* Wait for hooks that are still comparing the pointer. */
	synchronize_rcu();
	put_pid(pid);
}

/* Follow a process, or none if @nr is 0. If no process has this PID, change nothing. */
static int dmesg_follow(int nr)
{
	struct pid *pid = nr ? mmapdemo_target_process(nr) : NULL;
	int ret;

	lockdep_assert_held(&dmesg_lock);

	if (nr && !pid)
		return -ESRCH;
	dmesg_stop();
	if (!pid)
		return 0;
	ret = mmapdemo_probes_arm(ALL_EVENTS & ~READ_ONCE(mmapdemo_selftest_failed),
				  MMAPDEMO_USER_DMESG);
	if (ret)
		goto err_put_pid;
	ret = mmapdemo_wait_get();
	if (ret)
		goto err_disarm;
	WRITE_ONCE(mmapdemo_dmesg_pid, pid);
	static_branch_enable(&mmapdemo_dmesg_key);
	return 0;

err_disarm:
	mmapdemo_probes_disarm(MMAPDEMO_USER_DMESG);
err_put_pid:
	put_pid(pid);
	return ret;
}

/*
 * Before module_init(), only store the PID. If loading the module then fails
 * because of another parameter, the kernel calls no function that could detach
 * probes.
 */
static int dmesg_set(const char *value, const struct kernel_param *param)
{
	int nr;
	int ret;

	ret = kstrtoint(value, 0, &nr);
	if (ret)
		return ret;
	if (nr < 0)
		return -EINVAL;

	mutex_lock(&dmesg_lock);
	if (dmesg_ready)
		ret = dmesg_follow(nr);
	else
		dmesg_wanted = nr;
	mutex_unlock(&dmesg_lock);
	return ret;
}

static int dmesg_get(char *buffer, const struct kernel_param *param)
{
	int nr;

	mutex_lock(&dmesg_lock);
	nr = pid_vnr(mmapdemo_dmesg_pid);
	mutex_unlock(&dmesg_lock);
	return scnprintf(buffer, PAGE_SIZE, "%d\n", nr);
}

static const struct kernel_param_ops dmesg_ops = {
	.set = dmesg_set,
	.get = dmesg_get,
};

module_param_cb(dmesg, &dmesg_ops, NULL, 0600);
MODULE_PARM_DESC(dmesg, "PID of a process whose mappings and faults are printed to the kernel log; 0: none (default)");

/** mmapdemo_dmesg_init - follow the process that was given at load time */
void mmapdemo_dmesg_init(void)
{
	int ret;

	mutex_lock(&dmesg_lock);
	dmesg_ready = true;
	ret = dmesg_follow(dmesg_wanted);
	if (ret == -ESRCH)
		pr_warn("dmesg=%d: no process has this PID; nothing will be printed\n",
			dmesg_wanted);
	else if (ret)
		pr_warn("dmesg=%d: no probe could be attached, error %d; nothing will be printed\n",
			dmesg_wanted, -ret);
	mutex_unlock(&dmesg_lock);
}

/** mmapdemo_dmesg_exit - stop following a process, before the module is unloaded */
void mmapdemo_dmesg_exit(void)
{
	mutex_lock(&dmesg_lock);
	dmesg_ready = false;
	dmesg_stop();
	mutex_unlock(&dmesg_lock);
}

/* ---- the lines ---- */

#define log_event(fmt, ...)						\
do {									\
	if (mmapdemo_dmesg_wants() && __ratelimit(&dmesg_limit))	\
		pr_info("%*pE[%d]: " fmt,				\
			(int)strnlen(current->comm, TASK_COMM_LEN),	\
			current->comm, task_tgid_nr(current),		\
			##__VA_ARGS__);					\
} while (0)

static const char *file_name(const struct file_record *file)
{
	return file->name[0] ? file->name : "anonymous memory";
}

/* The names of values, from the lists in uapi/mmapdemo.h. */
#define EM(value, name)		name,
#define EMe(value, name)	name
static const char *const cause_names[] = { MMAPDEMO_CAUSES };
static const char *const trigger_names[] = { MMAPDEMO_TRIGGERS };
static const char *const reason_names[] = { MMAPDEMO_REASONS };
static const char *const class_names[] = { MMAPDEMO_FAULT_CLASSES };
static const char *const access_names[] = { MMAPDEMO_ACCESSES };
static const char *const huge_names[] = { MMAPDEMO_HUGE_REASONS };
#undef EM
#undef EMe

#define name_of(names, value) \
	((value) < ARRAY_SIZE(names) ? (names)[value] : "?")

void mmapdemo_dmesg_mmap(const struct mmap_record *r)
{
	if (IS_ERR_VALUE((unsigned long)r->ret))
		log_event("mmap: %llu bytes of %s: failed, error %lld\n", r->len,
			  file_name(&r->file), -r->ret);
	else if (r->file.ino)
		log_event("mmap: %llu bytes of %s from page %llu: done\n", r->len,
			  file_name(&r->file), r->pgoff);
	else
		log_event("mmap: %llu bytes of %s: done\n", r->len,
			  file_name(&r->file));
}

void mmapdemo_dmesg_search(const struct search_record *r)
{
	const bool failed = IS_ERR_VALUE((unsigned long)r->ret);

	if (r->flags & MAP_FIXED)
		log_event("get_unmapped_area: %llu bytes for %s: fixed address, no search%s\n",
			  r->len, file_name(&r->file), failed ? "; failed" : "");
	else
		log_event("get_unmapped_area: %llu bytes for %s: %s(), from the %s: %s\n",
			  r->len, file_name(&r->file), r->search,
			  r->topdown ? "top" : "bottom",
			  failed ? "failed" : "found a free range");
}

void mmapdemo_dmesg_merge(const struct merge_record *r)
{
	static const char *const outcomes[] = {
		"no neighbour was extended",
		"the previous VMA was extended",
		"the next VMA was extended",
		"the previous and the next VMA were merged with the range",
	};

	/* The probe may be armed for another event. */
	if (mmapdemo_selftest_refuses(MMAPDEMO_EVENT_VMA_MERGE))
		return;
	log_event("vma_merge: %s of %llu bytes: %s; reasons: previous VMA %s, next VMA %s\n",
		  name_of(cause_names, r->cause), r->range.end - r->range.start,
		  outcomes[r->outcome & 3],
		  name_of(reason_names, r->side_prev.reason),
		  name_of(reason_names, r->side_next.reason));
}

void mmapdemo_dmesg_link(const struct link_record *r)
{
	if (mmapdemo_selftest_refuses(MMAPDEMO_EVENT_VMA_LINK))
		return;
	log_event("vma_link: %s: new VMA of %llu bytes, %c%c%c%c %s, now %u VMAs\n",
		  name_of(cause_names, r->cause), r->range.end - r->range.start,
		  r->flags & VM_READ ? 'r' : '-', r->flags & VM_WRITE ? 'w' : '-',
		  r->flags & VM_EXEC ? 'x' : '-', r->flags & VM_MAYSHARE ? 's' : 'p',
		  file_name(&r->file), r->map_count);
}

void mmapdemo_dmesg_split(const struct split_record *r)
{
	log_event("vma_split: %s: VMA of %llu bytes split at byte %llu, now %u VMAs\n",
		  name_of(trigger_names, r->trigger.kind), r->vma.end - r->vma.start,
		  r->cut - r->vma.start, r->map_count);
}

void mmapdemo_dmesg_unlink(const struct unlink_record *r)
{
	log_event("vma_unlink: %s: %u VMAs removed from a range of %llu bytes\n",
		  name_of(trigger_names, r->trigger.kind), r->vmas,
		  r->range.end - r->range.start);
}

void mmapdemo_dmesg_brk(const struct brk_record *r)
{
	if (r->ret > r->old)
		log_event("brk: heap grew by %llu bytes\n", r->ret - r->old);
	else if (r->ret < r->old)
		log_event("brk: heap shrank by %llu bytes\n", r->old - r->ret);
	else
		log_event("brk: heap has the same size as before\n");
}

void mmapdemo_dmesg_mremap(const struct mremap_record *r)
{
	if (IS_ERR_VALUE((unsigned long)r->ret))
		log_event("mremap: %llu to %llu bytes: failed, error %lld\n",
			  r->old_len, r->new_len, -r->ret);
	else
		log_event("mremap: %llu to %llu bytes: %s\n", r->old_len, r->new_len,
			  (u64)r->ret == r->addr ? "in place" : "moved");
}

void mmapdemo_dmesg_dup(const struct dup_record *r)
{
	log_event("dup_mm: copied %u VMAs and %llu bytes of page tables to process %d in %llu ns\n",
		  r->map_count, r->pgtables, r->child_pid, r->duration);
}

void mmapdemo_dmesg_pgd(const struct pgd_record *r)
{
	log_event("pgd_alloc: %s: %u entries for the program, %u for the kernel, %u shared\n",
		  name_of(trigger_names, r->trigger.kind), r->user, r->kernel,
		  r->shared);
}

void mmapdemo_dmesg_exit_mmap(const struct exit_record *r)
{
	log_event("exit_mmap: %s: freed %u VMAs and %llu bytes of page tables in %llu ns\n",
		  name_of(trigger_names, r->trigger.kind), r->map_count, r->pgtables,
		  r->duration);
}

/*
 * Format the page table levels, for example as " PGD PUD +PMD +PTE". A + marks
 * a level that the fault filled.
 */
static void levels_text(char *out, size_t size, const struct fault_record *r)
{
#define EM(value, name)		{ value, name },
#define EMe(value, name)	{ value, name }
	static const struct {
		u32 bit;
		const char *name;
	} levels[] = { MMAPDEMO_LEVELS };
#undef EM
#undef EMe
	size_t len = 0;
	unsigned int i;

	out[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		bool before = r->before.levels & levels[i].bit;

		if (before || (r->after.levels & levels[i].bit))
			len += scnprintf(out + len, size - len, " %s%s",
					 before ? "" : "+", levels[i].name);
	}
}

void mmapdemo_dmesg_fault(const struct fault_record *r)
{
	const bool small = r->huge > MMAPDEMO_HUGE_MAPPED;
	char duration[32] = "duration unknown";
	char levels[32];

	if (r->duration)
		scnprintf(duration, sizeof(duration), "%llu ns", r->duration);
	levels_text(levels, sizeof(levels), r);
	log_event("fault: %s at byte %llu of a VMA of %s: %s%s;%s; %s%s%s\n",
		  name_of(access_names, r->access),
		  r->address - r->vma.start, file_name(&r->file),
		  name_of(class_names, r->class), r->ret & 0x4 ? ", major fault" : "",
		  levels, duration, small ? "; no huge page: " : "",
		  small ? name_of(huge_names, r->huge) : "");
}

/* The parts of a fault as they are called in the log. */
static const char *const part_names[MMAPDEMO_PARTS] = {
	[MMAPDEMO_PART_WORK] = "work",
	[MMAPDEMO_PART_RECLAIM] = "reclaim",
	[MMAPDEMO_PART_COMPACTION] = "compaction",
	[MMAPDEMO_PART_RECLAIM_SLEEP] = "asleep in reclaim",
	[MMAPDEMO_PART_IO] = "waiting for I/O",
	[MMAPDEMO_PART_SLEEP] = "asleep",
	[MMAPDEMO_PART_LOCK] = "waiting for mmap_lock",
	[MMAPDEMO_PART_CPU] = "waiting for a processor",
};

void mmapdemo_dmesg_time(const struct time_record *t)
{
	char text[192] = "";
	size_t len = 0;
	u32 i;

	for (i = 0; i < MMAPDEMO_PARTS; i++)
		if (t->part[i] > 0)
			len += scnprintf(text + len, sizeof(text) - len, "%s%lld ns %s",
					 len ? ", " : "", t->part[i], part_names[i]);
	log_event("fault_time: %s%s%s\n", len ? text : "parts not known",
		  t->where[0] ? "; asleep in " : "", t->where);
	if (t->lock_before > 0)
		log_event("fault_time: %lld ns more waiting for mmap_lock before the fault\n",
			  t->lock_before);
}

void mmapdemo_dmesg_lock(const struct lock_record *r)
{
	if (r->holder.pid)
		log_event("mmap_lock_wait: %llu ns to %s, held by task %d\n", r->duration,
			  r->write ? "write" : "read", r->holder.pid);
	else
		log_event("mmap_lock_wait: %llu ns to %s\n", r->duration,
			  r->write ? "write" : "read");
}

void mmapdemo_dmesg_signal(const struct signal_record *r)
{
	log_event("fault_signal: %s of %s: signal %d, code %d\n",
		  name_of(access_names, r->access),
		  r->present ? "a page that is present, or of the kernel" :
			       "a page that is not present", r->sig, r->code);
}
