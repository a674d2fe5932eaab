/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of the story: what story.c has told by the other files. */
#ifndef _PARTS_H
#define _PARTS_H

#include "story/story.h"

/* A line with time and task, and one that goes on below. */
void begin_line(const struct story *story, struct line *line, __u64 time,
		const struct task *task);
void continue_line(const struct story *story, struct line *line,
		   const struct task *task);

/*
 * @behind at @column, or wherever before that all of it fits into the terminal, two
 * spaces from what is there at least.
 */
void add_at(struct line *line, int column, const struct line *behind);

/* "7f3c1a400000-7f3c1a5de000" */
#define RANGE "%llx-%llx"

/* What is mapped at an address. */
void add_owner(struct line *line, const struct space *space, __u64 address);

/* What a vma_merge says, into a line. */
void add_merge(const struct story *story, struct line *line,
	       const struct space *space, const struct merge_event *merge);

/* Why a neighbour was not extended: the reason in general, and of an event. */
const char *reason_text(__u32 reason);
void add_refusal(struct line *line, const struct merge_event *merge, bool below);

/* Names of the bits of @flags: " write account". */
void add_flag_names(struct line *line, const struct name *names, __u64 flags);

/*
 * Of a fault, into lines: what was touched; by whom (@task may be NULL); which
 * way the kernel took; the entry it left, with a space before each word.
 */
void add_place(struct line *line, const struct fault_event *fault,
	       const struct space *space);
void add_culprit(struct line *line, const struct fault_event *fault,
		 const struct task *task, const struct space *space);
void add_path(const struct story *story, struct line *line,
	      const struct fault_event *fault);
void add_entry(struct line *line, const struct fault_event *fault);

/* ... the first that the mapping sees, into a line, when that was mapped so. */
void add_first_touch(const struct story *story, struct line *line,
		     const struct space *space, __u64 address, __u64 time);

/* What an entry of a page table allows and is: " rw- young dirty". */
void add_entry_bits(struct line *line, __u32 entry);

/* What becomes of the page in faults of a class. */
const char *class_text(__u32 class);

/*
 * The end of the story, into lines: how many calls took how long; signals that
 * faults ended with; flushes.
 */
void add_totals(const struct story *story, struct line *line);
void add_totals_signals(const struct story *story, struct line *line);
void add_totals_flushes(const struct story *story, struct line *line);

/* A fault. */
int print_fault(struct story *story, const struct event *event,
		const struct task *task, const struct space *space);

/* A call of do_mmap() with the task's parts. */
int print_mmap(struct story *story, const struct event *event,
	       struct task *task, const struct space *space);

/* The same for brk() and mremap(). */
int print_brk(struct story *story, const struct event *event,
	      struct task *task, const struct space *space);
int print_mremap(struct story *story, const struct event *event,
		 struct task *task, const struct space *space);

/* A signal of bad memory, or one that ends a process. */
int print_signal(const struct story *story, const struct event *event,
		 const struct task *task);

/* "SIGSEGV" */
void add_signal_name(struct line *line, __s64 sig);

/* What a call returned; the end of its line, with its parts below. */
void add_result(struct line *line, __s64 ret);
int print_duration(const struct story *story, struct line *line, __u64 ns,
		   const struct task *task, const struct space *space);

/* The task's parts, of another call: munmap, mprotect, exec ... */
int print_parts(struct story *story, struct task *task);

/*
 * The task's flushes of the TLB: into a line of what they belong to, behind
 * @before; and those of before @begin, that belong to nothing told, in lines of
 * their own, in which they are forgotten.
 */
void add_flushes(struct line *line, const struct task *task,
		 const char *before);
int print_flushes(const struct story *story, struct task *task,
		  __u64 begin);

/* One that was no doing of the task. */
int print_foreign_flush(const struct story *story, const struct event *event,
			const struct task *task);

/* A child with a copy of the mappings, or with the same. */
int print_copy(const struct story *story, const struct event *event,
	       const struct task *task);
int print_share(const struct story *story, const struct event *event,
		const struct task *task);
int print_exec(const struct story *story, const struct event *event,
	       const struct task *task);

/* The end of a task, and of its address space: one line for both. */
int print_exit(const struct story *story, const struct event *event,
	       const struct task *task);
int print_exit_mmap(const struct story *story, const struct event *event,
		    const struct task *task, const struct space *space);
int print_ended(const struct story *story, const struct task *task);

/*
 * Without the module: a VMA, into a line and alone; a call; a fault; what is not
 * known then; how many there were.
 */
void add_area(struct line *line, const struct vma_event *vma);
int print_vma(const struct story *story, const struct event *event,
	      const struct task *task);
int print_syscall(const struct story *story, const struct event *event,
		  const struct task *task, const struct space *space);
int print_page_fault(struct story *story, const struct event *event,
		     const struct task *task, const struct space *space);
int print_stock_heading(const struct story *story);
int print_stock_summary(const struct story *story);

int print_heading(const struct story *story, const char *title);
int print_summary(const struct story *story);

#endif /* _PARTS_H */
