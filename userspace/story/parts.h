/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that several files of story/ use. */
#ifndef _PARTS_H
#define _PARTS_H

#include "story/story.h"

/*
 * begin_line() begins a line that starts with the time and the task.
 * continue_line() begins a line that continues the line above.
 */
void begin_line(const struct story *story, struct line *line, __u64 time,
		const struct task *task);
void continue_line(const struct story *story, struct line *line,
		   const struct task *task);

/*
 * Append @more at @column. If the terminal is too narrow for @more at this
 * column, append @more further left, but leave at least two spaces after the
 * text of @line.
 */
void add_at(struct line *line, int column, const struct line *more);

/* Format of a range of addresses: "7f3c1a400000-7f3c1a5de000". */
#define RANGE "%llx-%llx"

/* Add the name of the mapping that contains @address. */
void add_owner(struct line *line, const struct space *space, __u64 address);

/* Add the outcome of a vma_merge event. */
void add_merge(const struct story *story, struct line *line,
	       const struct space *space, const struct merge_event *merge);

/*
 * reason_text() returns the text for a reason. add_refusal() adds the reason
 * why the neighbour on one side was not extended.
 */
const char *reason_text(__u32 reason);
void add_refusal(struct line *line, const struct merge_event *merge, bool below);

/* Add the names of the bits of @flags, such as " write account". */
void add_flag_names(struct line *line, const struct name *names, __u64 flags);

/*
 * add_place() adds the name of the mapping and the file offset at the faulting
 * address. add_culprit() adds the code that caused the fault; @task may be
 * NULL. add_path() adds the path through the kernel. add_entry() adds the new
 * page table entry, with a space before each word.
 */
void add_place(struct line *line, const struct fault_event *fault,
	       const struct space *space);
void add_culprit(struct line *line, const struct fault_event *fault,
		 const struct task *task, const struct space *space);
void add_path(const struct story *story, struct line *line,
	      const struct fault_event *fault);
void add_entry(struct line *line, const struct fault_event *fault);

/* Add why a first touch mapped no huge page, in a VMA that has room for one. */
void add_huge(struct line *line, const struct fault_event *fault);

/*
 * If the fault at @address is the first fault in its mapping, add the time that
 * has passed since mmap().
 */
void add_first_touch(const struct story *story, struct line *line,
		     const struct space *space, __u64 address, __u64 time);

/*
 * Add the permissions and the state of a page table entry, such as " rw- young
 * dirty".
 */
void add_entry_bits(struct line *line, __u32 entry);

/* Return what happens to the page in faults of a class. */
const char *class_text(__u32 class);

/*
 * These functions print the summary. add_totals() begins a line with the number
 * and the duration of mmap() calls. add_totals_signals() adds the signals that
 * faults raised, and the faults that never reached handle_mm_fault().
 * add_totals_flushes() adds the TLB flushes.
 */
void add_totals(const struct story *story, struct line *line);
void add_totals_signals(const struct story *story, struct line *line);
void add_totals_flushes(const struct story *story, struct line *line);

/*
 * add_fault_time() adds the parts of the time of a fault, the largest first.
 * add_largest_part() adds only the largest part, after the text @before. If the largest
 * part is work, it adds nothing.
 * add_lock_wait() adds a wait for mmap_lock. add_holder() adds the task that held
 * mmap_lock, and its system call, if they are known.
 */
void add_fault_time(struct line *line, const struct slow_event *slow);
void add_largest_part(struct line *line, const struct slow_event *slow,
		      const char *before);
void add_lock_wait(struct line *line, const struct lock_event *wait);
void add_holder(struct line *line, __u32 holder, __s64 nr);

/* Print where the time of a fault went. */
int print_fault_time(const struct story *story, const struct slow_event *slow,
		     const struct task *task);

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

/* Add the name of a signal, such as "SIGSEGV". */
void add_signal_name(struct line *line, __s64 sig);

/*
 * add_result() adds the result of a call. print_duration() ends the line of the
 * call with the duration, and prints the parts of the call.
 */
void add_result(struct line *line, __s64 ret);
int print_duration(const struct story *story, struct line *line, __u64 ns,
		   const struct task *task, const struct space *space);

/*
 * Print the collected parts of a call without the call itself: its start or its
 * end was not recorded, or it has more than CALL_PARTS_MAX parts, or an event of
 * another call follows.
 */
int print_parts(struct story *story, struct task *task);

/*
 * add_flushes() adds the TLB flushes of the task to the line of the event that
 * caused the flushes, after the text @before. print_flushes() prints the
 * flushes that occurred before the time @begin, one line each, and removes
 * these flushes from @task.
 */
void add_flushes(struct line *line, const struct task *task,
		 const char *before);
int print_flushes(const struct story *story, struct task *task,
		  __u64 begin);

/* Print a TLB flush that the task did not cause. */
int print_foreign_flush(const struct story *story, const struct event *event,
			const struct task *task);

/*
 * print_copy() prints a fork for which there is a dup_mm event. print_share()
 * prints the start of a task for which there is no dup_mm event. print_exec()
 * prints an exec.
 */
int print_copy(const struct story *story, const struct event *event,
	       const struct task *task);
int print_share(const struct story *story, const struct event *event,
		const struct task *task);
int print_exec(const struct story *story, const struct event *event,
	       const struct task *task);

/*
 * print_exit() prints the end of a task. print_exit_mmap() prints the ends of a
 * task and of its address space in one line. print_ended() prints the end of a
 * task if the end of its address space was not recorded.
 */
int print_exit(const struct story *story, const struct event *event,
	       const struct task *task);
int print_exit_mmap(const struct story *story, const struct event *event,
		    const struct task *task, const struct space *space);
int print_ended(const struct story *story, const struct task *task);

/*
 * These functions are for events of the kernel or of perf, most of which are
 * used only without the module. add_area() adds a VMA to a line. print_vma()
 * prints a VMA, print_syscall() prints a system call, and print_page_fault()
 * prints a fault. print_stock_heading() prints which data is missing without
 * the module. print_stock_summary() prints the totals.
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
