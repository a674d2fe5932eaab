// SPDX-License-Identifier: GPL-2.0-only
#include "system/next_touch.h"
#include "event/vm_flags.h"
#include "system/pagemap.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

typedef unsigned long long ull;

static bool is_of(const struct vma *vma, const struct stat *st)
{
	return st->st_ino == vma->ino &&
	       (major(st->st_dev) << 20 | minor(st->st_dev)) == vma->dev;
}

/*
 * Only root may use map_files. The path may lead to another file by now.
 */
bool vma_stat(int pid, const struct vma *vma, struct stat *st)
{
	char path[VMA_NAME_MAX + 32];

	snprintf(path, sizeof(path), "/proc/%d/map_files/%llx-%llx", pid,
		 (ull)vma->start, (ull)vma->end);
	if (!stat(path, st))
		return true;
	snprintf(path, sizeof(path), "/proc/%d/root%s", pid, vma->name);
	return !stat(path, st) && is_of(vma, st);
}

/*
 * On processors with protection keys, the kernel allows no loads from a mapping with
 * only PROT_EXEC. /proc does not say so.
 */
static enum next_touch touch_allowed(const struct vma *vma)
{
	if (vma->flags & VM_WRITE)
		return TOUCH_FILLS;
	return vma->flags & VM_READ ? TOUCH_LOADS : TOUCH_EXECUTES;
}

static enum next_touch touch_of_file(int pid, const struct vma *vma,
				     __u64 address)
{
	const __u64 page = sysconf(_SC_PAGESIZE);
	__u64 at = (address - vma->start + vma->offset) / page * page;
	struct stat st;

	if (!vma_stat(pid, vma, &st))
		return TOUCH_UNKNOWN;
	if (S_ISREG(st.st_mode) && at >= (__u64)st.st_size)
		return TOUCH_AFTER_END;
	return touch_allowed(vma);
}

static enum next_touch touch_of(int pid, const struct vma *vma, __u64 address)
{
	if (!(vma->flags & (VM_READ | VM_WRITE | VM_EXEC)))
		return TOUCH_PROTECTED;
	if (pagemap_guards(pid, address))
		return TOUCH_GUARD;
	if (vma_has_file(vma))
		return touch_of_file(pid, vma, address);
	return touch_allowed(vma);
}

enum next_touch next_touch(int pid, __u64 address)
{
	enum next_touch touch = TOUCH_NOTHING;
	struct vmas vmas;
	size_t at;

	if (vmas_read_ranges(&vmas, pid))
		return TOUCH_NOTHING;
	at = vmas_after(&vmas, address);
	if (at < vmas.count && vmas.list[at].start <= address)
		touch = touch_of(pid, &vmas.list[at], address);
	vmas_free(&vmas);
	return touch;
}

static const struct {
	const char *word;
	const char *text;
} touches[TOUCHES] = {
	[TOUCH_FILLS] = {
		"fills", "an access will cause a fault, which fills the entry"
	},
	[TOUCH_LOADS] = {
		"loads", "a load will cause a fault, which fills the entry; "
		"a store will raise SIGSEGV"
	},
	[TOUCH_EXECUTES] = {
		"executes", "only code can be executed here (PROT_EXEC): the "
		"first execution will fill the entry; a store will raise "
		"SIGSEGV, and on processors with protection keys, so will a load"
	},
	[TOUCH_UNKNOWN] = {
		"unknown", "the next permitted access fills the entry, or "
		"raises SIGBUS if the file ends before this address"
	},
	[TOUCH_NOTHING] = {
		"unmapped", "nothing is mapped at this address: an access "
			    "raises SIGSEGV, unless it grows the stack"
	},
	[TOUCH_PROTECTED] = {
		"protected", "no access is allowed (PROT_NONE): an access "
		"raises SIGSEGV"
	},
	[TOUCH_GUARD] = {
		"guard", "a guard region: an access raises SIGSEGV"
	},
	[TOUCH_AFTER_END] = {
		"after-end", "after the end of the file: an access raises "
		"SIGBUS"
	},
};

const char *next_touch_text(enum next_touch touch)
{
	return touches[touch].text;
}

const char *next_touch_word(enum next_touch touch)
{
	return touches[touch].word;
}
