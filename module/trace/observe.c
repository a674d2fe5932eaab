// SPDX-License-Identifier: GPL-2.0-only
/*
 * Conversion of kernel objects to plain values, inside a probe. No function in
 * this file sleeps, or takes a lock that the probed task could hold. User memory is
 * never read from a page that is not present.
 */
#include "call.h"
#include "common.h"
#include "mmapdemo.h"
#include "syscall.h"
#include "trace/observe.h"
#include "walk/walk.h"

#include <asm/unistd.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>

u64 mmapdemo_mm_seed;

/**
 * mmapdemo_observe_seed - make the ids of address spaces unguessable
 *
 * The caller holds the probe engine's lock. The first call is before the first
 * probe is attached.
 */
void mmapdemo_observe_seed(void)
{
	if (!mmapdemo_mm_seed)
		mmapdemo_mm_seed = get_random_u64() | 1;
}

/**
 * mmapdemo_observe_ip - return the address of the user instruction that entered
 *	the kernel
 *
 * Return: the address of the instruction, or 0 for a task without user
 * registers.
 */
u64 mmapdemo_observe_ip(void)
{
	struct pt_regs *regs = task_pt_regs(current);

	if ((current->flags & PF_KTHREAD) || !user_mode(regs))
		return 0;
	return instruction_pointer(regs);
}

/**
 * mmapdemo_observe_return_slot - return the address in the user stack that may
 *	contain a return address
 *
 * If a 64-bit function has pushed nothing, its return address is at the stack
 * pointer, which is then 8 bytes above a multiple of 16. A worker thread of
 * io_uring has no user stack.
 *
 * Return: the user stack pointer, or 0 if the top of the stack can't be a
 * return address.
 */
unsigned long mmapdemo_observe_return_slot(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	unsigned long sp;

	if ((current->flags & PF_KTHREAD) || !user_mode(regs))
		return 0;
	sp = user_stack_pointer(regs);
	return sp % 16 == 8 ? sp : 0;
}

/*
 * Return true if the page of @address is present. A read of an absent page
 * would fail, and would not map the page. But the read would raise a page
 * fault, which other tracers would see.
 */
static bool is_present(unsigned long address)
{
	struct walk walk = { 0 };

	mmapdemo_walk(current->mm, address, &walk);
	return walk.entry & MMAPDEMO_ENTRY_PRESENT;
}

/* Return an aligned word of user memory, or 0 if its page is absent. */
unsigned long mmapdemo_observe_word(unsigned long address)
{
	unsigned long word;

	if (!is_present(address))
		return 0;
	return copy_from_user_nofault(&word, (void __user *)address,
				      sizeof(word)) ? 0 : word;
}

/*
 * Read the @size bytes before @address. The caller knows that their pages are
 * present.
 */
static bool read_before(u8 code[CALL_MAX + 1], unsigned long address, size_t size)
{
	return !copy_from_user_nofault(code + CALL_MAX - size,
				       (void __user *)(address - size), size);
}

/**
 * mmapdemo_observe_call - return true if a call instruction ends at an address
 * @start: start of the VMA that contains the instruction
 * @address: address at which the instruction ends
 *
 * A page with a call instruction that has just run is present, but the page
 * before it may be absent.
 */
bool mmapdemo_observe_call(unsigned long start, unsigned long address)
{
	size_t size = min_t(size_t, CALL_MAX, address - start);
	u8 code[CALL_MAX + 1] = { 0 };

	if (!size || !is_present(address - 1))
		return false;
	if ((address - 1) >> PAGE_SHIFT != (address - size) >> PAGE_SHIFT &&
	    !is_present(address - size))
		size = offset_in_page(address);
	return read_before(code, address, size) && call_ends(code);
}

/* Return the trigger for a system call number of the native table. */
static u32 trigger_of(int nr)
{
	switch (nr) {
	case __NR_execve:
	case __NR_execveat:
	case SYSCALL_EXECVE_X32:
	case SYSCALL_EXECVEAT_X32:
		return MMAPDEMO_TRIGGER_EXEC;
	case __NR_fork:
	case __NR_vfork:
	case __NR_clone:
	case __NR_clone3:
		return MMAPDEMO_TRIGGER_FORK;
	default:
		return MMAPDEMO_TRIGGER_SYSCALL;
	}
}

static u32 trigger_kind(int nr, bool user)
{
	if (current->flags & PF_EXITING)
		return MMAPDEMO_TRIGGER_EXIT;
	if (current->in_execve)
		return MMAPDEMO_TRIGGER_EXEC;
	if (!user)
		return MMAPDEMO_TRIGGER_KERNEL;
	return nr < 0 ? MMAPDEMO_TRIGGER_EXCEPTION : trigger_of(nr);
}

/*
 * Return the trigger for a task in a system call of the 32-bit table. For exec,
 * fork and exit, store the native number of the system call.
 */
static struct trigger trigger_i386(int nr)
{
	struct trigger trigger = {
		.kind = trigger_kind(syscall_native(nr), /* user = */ true),
		.nr = syscall_native(nr),
	};

	if (trigger.kind == MMAPDEMO_TRIGGER_SYSCALL ||
	    trigger.kind == MMAPDEMO_TRIGGER_EXCEPTION)
		trigger = (struct trigger) {
			.kind = MMAPDEMO_TRIGGER_SYSCALL32,
			.nr = nr,
		};
	return trigger;
}

/**
 * mmapdemo_observe_trigger - return why the kernel is running for this task
 *
 * A kernel thread that is about to exec a program has user registers, but all
 * of them are zero. Other kernel threads have no user registers.
 */
struct trigger mmapdemo_observe_trigger(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	bool user = !(current->flags & PF_KTHREAD) && user_mode(regs);
	int nr = user ? syscall_number(regs) : -1;

	if (nr >= 0 && syscall_is_i386())
		return trigger_i386(nr);
	return (struct trigger) { .kind = trigger_kind(nr, user), .nr = nr };
}

/*
 * Copy a file name, and cut it if it is too long. Characters that would confuse
 * a parser are escaped as \ooo.
 */
static void escape(char *out, size_t size, const char *name)
{
	const char *end = out + size - 1;

	for (; *name; name++) {
		unsigned char c = *name;
		bool plain = c > ' ' && c != 0x7f && c != '"' && c != '\\';

		if (end - out < (plain ? 1 : 4))
			break;
		if (plain)
			*out++ = c;
		else
			out += sprintf(out, "\\%03o", c);
	}
	*out = '\0';
}

/**
 * mmapdemo_observe_file - get the device and inode numbers of a file, and its
 *	name
 * @out: filled in; the name is the last component of the path, escaped, and cut
 *	if it is too long
 * @file: the file, on which the caller holds a reference; NULL for no file
 */
void mmapdemo_observe_file(struct file_record *out, const struct file *file)
{
	char name[MMAPDEMO_NAME_MAX];

	mmapdemo_observe_inode(out, file);
	/*
	 * Clear the whole array, so that no old contents of the stack get into
	 * the ring buffer.
	 */
	memset(out->name, 0, sizeof(out->name));
	if (!file)
		return;
	/*
	 * %pd reads the name under RCU, because the file may be renamed
	 * meanwhile.
	 */
	snprintf(name, sizeof(name), "%pd", file_user_path(file)->dentry);
	escape(out->name, sizeof(out->name), name);
}
