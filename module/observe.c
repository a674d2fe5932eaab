// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the kernel's objects into plain values, from inside a probe: nothing
 * here sleeps, takes a lock that could be held, or touches user memory.
 */
#include "common.h"
#include "observe.h"

#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>

/* Written once, before the first probe is attached. */
static u64 mm_seed;

/**
 * mmapdemo_observe_seed - make the ids of address spaces unguessable
 *
 * Called with the lock of the probe engine held, before a probe is attached.
 */
void mmapdemo_observe_seed(void)
{
	if (!mm_seed)
		mm_seed = get_random_u64() | 1;
}

/**
 * mmapdemo_observe_mm - the id of an address space
 * @mm: the address space
 *
 * Return: a number that is the same for as long as @mm lives, and from which
 * its address can't be told.
 */
u32 mmapdemo_observe_mm(const struct mm_struct *mm)
{
	return hash_64((unsigned long)mm ^ mm_seed, 32);
}

/**
 * mmapdemo_observe_ip - the user instruction that led the task here
 *
 * Return: its address, or 0 for a task that has none.
 */
u64 mmapdemo_observe_ip(void)
{
	struct pt_regs *regs = task_pt_regs(current);

	if ((current->flags & PF_KTHREAD) || !user_mode(regs))
		return 0;
	return instruction_pointer(regs);
}

/**
 * mmapdemo_observe_inode - which file it is, without its name
 * @out: filled in, with an empty name
 * @file: held by the caller, or NULL for none
 */
void mmapdemo_observe_inode(struct file_record *out, const struct file *file)
{
	const struct inode *inode;

	out->name[0] = '\0';
	if (!file) {
		out->ino = 0;
		out->dev = 0;
		return;
	}
	inode = file_inode(file);
	out->ino = inode->i_ino;
	out->dev = inode->i_sb->s_dev;
}

/* Copies a name, \ooo for what would confuse a reader, cut to fit. */
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
 * mmapdemo_observe_file - which file it is, with its name
 * @out: filled in; the last component of the path, escaped and cut
 * @file: held by the caller, or NULL for none
 */
void mmapdemo_observe_file(struct file_record *out, const struct file *file)
{
	char name[MMAPDEMO_NAME_MAX];

	mmapdemo_observe_inode(out, file);
	/* All of it, as the ring buffer would keep what the stack held. */
	memset(out->name, 0, sizeof(out->name));
	if (!file)
		return;
	/* %pD reads the name under RCU: it may be renamed meanwhile. */
	snprintf(name, sizeof(name), "%pD", file);
	escape(out->name, sizeof(out->name), name);
}
