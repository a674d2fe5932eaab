/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that the files of story/ share. */
#ifndef _PARTS_H
#define _PARTS_H

#include "story/story.h"

/* Begin a line with time and task; or one that continues the line above. */
void begin_line(const struct story *story, struct line *line, __u64 time,
		const struct task *task);
void continue_line(const struct story *story, struct line *line,
		   const struct task *task);

/*
 * Append @more at @column. If @more does not fit into the terminal there,
 * append it further left, but leave two spaces after the text of @line.
 */
void add_at(struct line *line, int column, const struct line *more);

/* Format of a range: "7f3c1a400000-7f3c1a5de000". */
#define RANGE "%llx-%llx"

/* Add the name of the mapping at an address. */
void add_owner(struct line *line, const struct space *space, __u64 address);

/* Add the outcome of a vma_merge event. */
void add_merge(const struct story *story, struct line *line,
	       const struct space *space, const struct merge_event *merge);

/* Return the text for a reason. Add why a neighbour was not extended. */
const char *reason_text(__u32 reason);
void add_refusal(struct line *line, const struct merge_event *merge, bool below);

/* Add the names of the bits of @flags: " write account". */
void add_flag_names(struct line *line, const struct name *names, __u64 flags);

/*
 * Add a part of a fault to a line: the faulting address; the code that caused
 * the fault (@task may be NULL); the path through the kernel; the new page
 * table entry, with a space before each word.
 */
void add_place(struct line *line, const struct fault_event *fault,
	       const struct space *space);
void add_culprit(struct line *line, const struct fault_event *fault,
		 const struct task *task, const struct space *space);
void add_path(const struct story *story, struct line *line,
	      const struct fault_event *fault);
void add_entry(struct line *line, const struct fault_event *fault);

/* If this fault is the first in its mapping, add the time since mmap(). */
void add_first_touch(const struct story *story, struct line *line,
		     const struct space *space, __u64 address, __u64 time);

/* Add permissions and state of a page table entry: " rw- young dirty". */
void add_entry_bits(struct line *line, __u32 entry);

/* Return what happens to the page in faults of a class. */
const char *class_text(__u32 class);

/*
 * Begin a line with the number and duration of the mmap() calls; add the
 * signals that faults raised; add the TLB flushes.
 */
void add_totals(const struct story *story, struct line *line);
void add_totals_signals(const struct story *story, struct line *line);
void add_totals_flushes(const struct story *story, struct line *line);

/* Print a fault. */
int print_fault(struct story *story, const struct event *event,
		const struct task *task, const struct space *space);

/* Print a call of do_mmap() with its parts. */
int print_mmap(struct story *story, const struct event *event,
	       struct task *task, const struct space *space);

/* Print a call of brk() or mremap() with its parts. */
int print_brk(struct story *story, const struct event *event,
	      struct task *task, const struct space *space);
int print_mremap(struct story *story, const struct event *event,
		 struct task *task, const struct space *space);

/* Print a SIGSEGV, a SIGBUS, or a signal that ends a process. */
int print_signal(const struct story *story, const struct event *event,
		 const struct task *task);

/* Add the name of a signal: "SIGSEGV". */
void add_signal_name(struct line *line, __s64 sig);

/* Add the result of a call. End its line with the duration; print its parts. */
void add_result(struct line *line, __s64 ret);
int print_duration(const struct story *story, struct line *line, __u64 ns,
		   const struct task *task, const struct space *space);

/* Print any other call (munmap, mprotect, exec ...) with its parts. */
int print_parts(struct story *story, struct task *task);

/*
 * Add the TLB flushes of the task to the line of their event, after the text
 * @before. Print the flushes older than @begin, which belong to no printed
 * event, in separate lines, and drop them.
 */
void add_flushes(struct line *line, const struct task *task,
		 const char *before);
int print_flushes(const struct story *story, struct task *task,
		  __u64 begin);

/* Print a TLB flush that the task did not cause. */
int print_foreign_flush(const struct story *story, const struct event *event,
			const struct task *task);

/* Print a fork that dup_mm reported; any other new task; an exec. */
int print_copy(const struct story *story, const struct event *event,
	       const struct task *task);
int print_share(const struct story *story, const struct event *event,
		const struct task *task);
int print_exec(const struct story *story, const struct event *event,
	       const struct task *task);

/* Print the end of a task; of its address space; of both in one line. */
int print_exit(const struct story *story, const struct event *event,
	       const struct task *task);
int print_exit_mmap(const struct story *story, const struct event *event,
		    const struct task *task, const struct space *space);
int print_ended(const struct story *story, const struct task *task);

/*
 * Without the module: add a VMA to a line; print a VMA, a call, a fault, a
 * notice of what is unknown, the totals.
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
