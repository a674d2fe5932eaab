#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The output of the program for synthetic recordings. Every event of these
# recordings is known. Some tests check that output does not depend on the
# locale. The tests require neither the module nor root.
#
# Depends on: nothing.

# shellcheck source=recording.sh disable=SC2086,SC2317
. "$(dirname "$0")/recording.sh"

need_recordings exports.py

waits_for_reads_are_shown() {
	recorded reads && mmapdemo report reads.dat >reads.txt &&
		mmapdemo report --json reads.dat >reads.json &&
		mmapdemo report --format=openmetrics reads.dat >reads.prom &&
		mmapdemo diff --json reads.dat reads.dat >diff.json || return
	has '; 5 major, 5\.0 us; 7 retried for the page cache, 7\.0 us; 2 retried for other reasons$' \
		reads.txt &&
		equal '5 7 14' "$(member reads.json \
			'r["faults"]["major"], r["awaited"], r["retried"]' |
			tr -d '(),')" 'reads begun, awaited and retried' &&
		equal '(5000, 7000)' "$(member reads.json \
			'(r["faults"]["major_ns"], r["awaited_ns"])')" times &&
		has '^mmapdemo_awaited_read_faults_total 7$' reads.prom &&
		equal '[7, 7]' "$(member diff.json \
			'[f["values"] for f in r["figures"]
			  if f["figure"] == "awaited"][0]')" 'diff'
}

forks_are_summed_up() {
	recorded processes 5 4 && mmapdemo report processes.dat >forks.txt &&
		mmapdemo report --json processes.dat >forks.json &&
		mmapdemo diff --json processes.dat processes.dat >diff.json || return
	has '^5 forks took 500 ns in copy_process\(\) and copied 5 VMAs and 40 KiB of page tables$' \
		forks.txt &&
		equal '5 500 5 40960 0' "$(member forks.json \
			'r["forks"]["count"], r["forks"]["ns"], r["forks"]["vmas"],
			r["forks"]["page_table_bytes"], r["exits"]["count"]' |
			tr -d '(),')" 'forks' &&
		equal '[500, 500]' "$(member diff.json \
			'[f["values"] for f in r["figures"]
			  if f["figure"] == "fork_ns"][0]')" 'diff'
}

# copies FILE: print the figures about copies in the JSON file FILE.
copies() {
	member $1 'tuple(r["forks"][m] for m in ("copied", "copied_ns", "reused",
		"reused_ns", "copied_unsure", "copied_unsure_ns"))'
}

# A page is copied because of a fork only if two conditions are met. The page
# must be anonymous, and the address space of the page must have forked or must
# be a copy.
copies_because_of_forks_are_counted() {
	local name

	recorded copies 3 && cp copies.dat new.dat && recorded copies 3 1 &&
		cp copies.dat old.dat && recorded copies 0 1 &&
		cp copies.dat alone.dat && recorded copies 0 || return
	for name in new old alone copies; do
		mmapdemo report --json $name.dat >$name.json &&
			mmapdemo report $name.dat >$name.txt || return
	done
	equal '(4, 4000, 4, 4000, 0, 0)' "$(copies new.json)" forks &&
		equal '(4, 4000, 4, 4000, 1, 1000)' "$(copies old.json)" \
			'forks of an older parent' &&
		equal '(0, 0, 0, 0, 2, 2000)' "$(copies alone.json)" 'no fork' &&
		equal '(0, 0, 0, 0, 0, 0)' "$(copies copies.json)" 'no fork at all' &&
		has '^3 forks took .* page tables; later writes copied 4 pages in 4\.0 us \(wp-copy\), including 3 in children \(3\.0 us\); 4 pages were written without a copy in 4\.0 us \(wp-reuse\)$' \
			new.txt || return
	has '^1 page was copied in 1\.0 us \(wp-copy\), possibly because of a fork that was not recorded$' \
		old.txt &&
		has '^2 pages were copied in 2\.0 us \(wp-copy\), possibly ' alone.txt &&
		! grep possibly new.txt && ! grep wp-copy\) copies.txt
}

# A store to a huge page can split the huge page, and copy one of its small pages.
# Another store makes the huge page writable without a copy.
huge_pages_after_forks_are_counted() {
	local members='"copied", "copied_children", "huge_split", "huge_split_ns",
		"huge_reused", "huge_reused_ns", "shared"'

	recorded huge-copies 4 && mmapdemo report huge-copies.dat >huge.txt &&
		mmapdemo report --json huge-copies.dat >huge.json || return
	equal '(8, 4, 4, 4000, 4, 4000, 0)' "$(member huge.json \
		"tuple(r['forks'][m] for m in ($members))")" forks &&
		has '^4 forks took 1\.3 us in copy_process\(\), the longest 1\.0 us, and copied 4 VMAs and 32 KiB of page tables, 16 KiB of them in reserve for splitting 4 huge pages; later writes copied 8 pages in 8\.0 us \(wp-copy, huge-split\), including 4 in children \(4\.0 us\)$' \
			huge.txt &&
		has '^4 huge pages were split by writes after fork in 4\.0 us \(huge-split\); 4 huge pages were written without a copy in 4\.0 us \(huge-wp\)$' \
			huge.txt && ! grep vfork huge.txt
}

# If an address space ends during fork, it is the copy of a fork that failed.
all_forks_may_fail() {
	"$programs/recordings" events >failed.dat <<-EOF
	exit_mmap tid=1000 mm=7 trigger=3 nr=56 duration=300
	exit_mmap tid=1000 mm=8 trigger=4 nr=231 duration=400
	EOF
	mmapdemo report failed.dat >failed.txt || return
	has '^1 fork failed during or after the copy of the address space$' failed.txt &&
		has '^2 address spaces ended: exit_mmap\(\) took 700 ns, of which 300 ns for 1 copy of failed forks$' \
			failed.txt
}

# exec ends the copy that fork made. posix_spawn() does not make a copy.
copies_for_nothing_are_shown() {
	recorded huge-copies 4 3 && mmapdemo report huge-copies.dat >huge.txt &&
		mmapdemo report --json huge-copies.dat >huge.json || return
	has '^5 address spaces ended: exit_mmap\(\) took 3\.3 us$' huge.txt &&
		has '^4 copied address spaces were freed: exit_mmap\(\) took 2\.8 us, including 2\.8 us for 4 of them that exec replaced$' \
			huge.txt && has '^3 calls of vfork\(\) or posix_spawn\(\) copied no address space$' huge.txt &&
		equal '(5, 4, 2800, 3)' "$(member huge.json '(r["exits"]["count"],
			r["exits"]["left"], r["exits"]["left_ns"],
			r["forks"]["shared"])')" JSON
}

# The errors of failed calls are printed. brk() does not return errors.
errors_of_calls_are_named() {
	recorded calls && mmapdemo report calls.dat >calls.txt &&
		mmapdemo report --json calls.dat >calls.json || return
	has '^ +1 +1 +1\.0 us +1\.0 us  mprotect, failed: ENOMEM 1$' calls.txt &&
		has '^ +2 +1 .*  mremap, failed: EFAULT 1$' calls.txt &&
		has '^ +3 +1 .*  brk$' calls.txt &&
		equal "{'brk': {}, 'mmap': {'EINVAL': 1}, 'mprotect': {'ENOMEM': 1}}" \
			"$(member calls.json '{name: call["errors"] for name, call
			in sorted(r["calls"].items()) if name in
			("brk", "mmap", "mprotect")}')" JSON
}

# Each duration must be that of the whole system call, and not the 500 ns of
# do_mmap().
calls_are_summed_up() {
	recorded calls && mmapdemo report calls.dat >calls.txt &&
		mmapdemo report --json calls.dat >calls.json || return
	equal '{"brk": [3, 1, 0, 1050, 700], "madvise": [1, 0, 1, null, null], "mmap": [2, 1, 0, 4000, 3000], "mprotect": [1, 1, 0, 1000, 1000], "mremap": [2, 1, 0, 1000, 900], "munmap": [2, 0, 1, 2000, 2000]}' \
		"$(member calls.json '__import__("json").dumps({name: [
			call.get(m) for m in ("count", "failed", "untimed", "ns",
			"max_ns")] for name, call in sorted(r["calls"].items())})')" \
		calls || return
	has '^ +CALLS +FAILED +TIME +MAX  CALL$' calls.txt &&
		has '^ +2 +1 +4\.0 us +3\.0 us  mmap, failed: EINVAL 1$' calls.txt &&
		has '^ +2 +0 +2\.0 us +2\.0 us  munmap, 1 of unknown duration$' \
			calls.txt &&
		has '^ +1 +0 +madvise, 1 of unknown duration$' calls.txt &&
		has '^ +11 +4 +9\.[01] us +3\.0 us  all, 2 of unknown duration$' \
			calls.txt &&
		equal 'mmap munmap brk mprotect mremap madvise all' \
			"$(sed -nE '/  CALL$/,/  all/s/.*[a-z]?  ([a-z]+)(,.*)?$/\1/p' \
			calls.txt | xargs)" order &&
		! grep 'not recorded: .* system calls' calls.txt
}

unrecorded_calls_are_shown() {
	local four='mmap, munmap, mprotect, madvise'

	recorded calls && cp calls.dat all.dat && recorded calls 0 1 &&
		cp calls.dat grown.dat && recorded calls 1 &&
		mmapdemo report calls.dat >calls.txt &&
		mmapdemo report --json calls.dat >calls.json &&
		mmapdemo diff all.dat calls.dat >diff.txt &&
		mmapdemo diff --json all.dat calls.dat >diff.json || return
	has "^$four were not recorded: the kernel has no events for system calls$" \
		calls.txt && equal "['brk', 'mremap']" \
		"$(member calls.json 'sorted(r["calls"])')" 'recorded calls' || return
	has "^calls not recorded in A or in B: $four$" diff.txt &&
		equal "['brk', 'mremap']" "$(member diff.json \
			'[c["call"] for c in r["calls"]]')" 'calls of both' ||
		return
	mmapdemo diff all.dat grown.dat >diff.txt &&
		has '^ +3 +3 += +1\.[01] us +1\.[01] us +=  brk, failed: 1 -> 0$' \
			diff.txt && has '^ +5 other rows are unchanged$' diff.txt &&
		! grep 'not recorded in' diff.txt
}

# In one recording, brk() took 95 ns longer, but in both recordings, the time is
# printed as 1.1 us.
rows_that_print_alike_are_unchanged() {
	recorded calls && cp calls.dat short.dat && recorded calls 0 2 &&
		mmapdemo diff short.dat calls.dat >diff.txt &&
		mmapdemo diff --all short.dat calls.dat >all.txt || return
	! grep '  brk' diff.txt &&
		has '^ +1 row differs by at most 1 % of the total time, or not at all after rounding; 5 other rows are unchanged$' \
			diff.txt &&
		has '^ +3 +3 += +1\.1 us +1\.1 us +\+95 ns  brk, failed: 1 -> 1$' all.txt
}

address_spaces_that_end_are_shown() {
	recorded kinds && mmapdemo report kinds.dat >kinds.txt &&
		has '^2 address spaces ended: exit_mmap\(\) took 1\.0 us$' \
			kinds.txt && mmapdemo report --json kinds.dat >kinds.json &&
		mmapdemo diff --json kinds.dat kinds.dat >diff.json || return
	equal '(2, 1000, 600)' "$(member kinds.json 'tuple(r["exits"][m] for m in
		("count", "ns", "max_ns"))')" exits &&
		equal '[1000, 1000]' "$(member diff.json '[f["values"]
			for f in r["figures"] if f["figure"] == "exit_mmap_ns"][0]')" diff
}

# The report must not mention what did not happen.
what_did_not_happen_is_left_out() {
	local which

	for which in 0 1 2; do
		recorded flushes $which &&
			mmapdemo report flushes.dat >flushes$which.txt || return
	done
	recorded reads && mmapdemo report reads.dat >reads.txt || return
	! grep -E ' requested by |TLB' flushes0.txt &&
		has '^0 TLB flushes: 0 full, 0 partial; 1 ' flushes1.txt &&
		has '^1 TLB flush: 1 full, 0 partial' flushes2.txt &&
		has '^TLB flushes were not recorded' reads.txt
}

# The first event took 1 us, and ended at 1.001 ms. If there are no events, the
# report has no line with times.
times_are_those_of_the_clock() {
	recorded untimed 3 && mmapdemo report untimed.dat >times.txt &&
		mmapdemo report --json untimed.dat >times.json &&
		recorded untimed && mmapdemo report untimed.dat >none.txt || return
	has '^recorded from 0\.001000 s to 0\.001003 s \(CLOCK_MONOTONIC\)$' \
		times.txt && equal '(1000000, 1003000, 3000)' "$(member times.json \
		'tuple(r[m] for m in ("first_ns", "last_ns", "ns"))')" times &&
		! grep '^recorded from' none.txt
}

pages_around_faults_are_counted() {
	recorded around && mmapdemo report around.dat >around.txt &&
		mmapdemo report --json around.dat >around.json &&
		mmapdemo report --timeline around.dat >timeline.txt &&
		mmapdemo report --format=openmetrics around.dat >around.prom &&
		recorded untimed 1 &&
		mmapdemo diff untimed.dat around.dat >diff.txt || return
	has '^12 KiB of pages were mapped at faulting addresses, 72 KiB around them, and ' \
		around.txt && equal '(12288, 73728, 73728)' "$(member around.json \
		'(r["filled_bytes"], r["around_bytes"],
		sum(m["around_bytes"] for m in r["timeline"]))')" JSON &&
		has '^ +0 ns +1 +1\.0 us +64 KiB ' timeline.txt &&
		has '^mmapdemo_fault_around_bytes_total 73728$' around.prom &&
		has '^ +\+72 KiB  0 bytes -> 72 KiB of pages mapped by fault-around$' diff.txt
}

# If there is one VMA more than 3000, some sizes and times change so little that
# they are printed as equal.
differences_that_print_alike_are_left_out() {
	recorded vmas 3000 && cp vmas.dat few.dat && recorded vmas 3001 &&
		mmapdemo diff few.dat vmas.dat >diff.txt &&
		mmapdemo diff --all few.dat vmas.dat >all.txt &&
		mmapdemo diff --json few.dat vmas.dat >diff.json || return
	! grep -E '([0-9.]+ [a-zA-Z]+) -> \1 ' diff.txt &&
		has '^ +\+1  3000 -> 3001 new VMAs$' diff.txt &&
		has '^[0-9]+ other figures are the same; 5 more differ only before rounding \(see --all\)$' \
			diff.txt || return
	has '^ +\+4 KiB  11\.7 MiB -> 11\.7 MiB mapped by mmap\(\)$' all.txt &&
		has '^ +=  0 -> 0 execs$' all.txt && ! grep 'the same,' all.txt &&
		equal '[12288000, 12292096]' "$(member diff.json '[f["values"]
			for f in r["figures"] if f["figure"] == "mapped_bytes"][0]')" JSON
}

# One long fault is named if both recordings have the same number of faults,
# because one long fault may be chance. A large ratio is printed as a factor,
# because a percentage such as 163228.4% would be hard to read.
one_long_fault_is_named() {
	recorded one-long 4 1000 && cp one-long.dat short.dat &&
		recorded one-long 4 900000 && mmapdemo diff short.dat one-long.dat >diff.txt &&
		recorded one-long 7 1000 && mmapdemo diff short.dat one-long.dat >more.txt || return
	has '^ +5 +5 += .* \+899\.0 us  anon, the longest took 900\.0 us$' diff.txt &&
		has '^B has the same number of faults; the faults took 899\.0 us more \(181 times as long\)$' \
			diff.txt && ! grep 'one of' more.txt &&
		has '; the faults took 3\.0 us more \(\+60\.0%\)$' more.txt
}

# The run time is unknown if there was no command, or if the command was still
# running at the end.
the_run_time_is_shown() {
	recorded command 7 && cp command.dat short.dat && recorded command 17 &&
		mmapdemo report command.dat >run.txt &&
		mmapdemo report --json command.dat >run.json &&
		mmapdemo diff short.dat command.dat >diff.txt &&
		mmapdemo diff short.dat reads.dat >none.txt || return
	has '^[0-9]+ events of .*, 2 execs; 20\.0 us from exec to exit of the command$' run.txt &&
		equal 20000 "$(member run.json 'r["run_ns"]')" JSON &&
		has ' 10\.0 us -> 20\.0 us from exec to exit of the command, which includes the cost of recording \([0-9]+ more events in [AB]\)$' diff.txt &&
		! grep 'to exit' none.txt
}

# Recording makes a command slower. More events cost more time.
run_times_include_the_recording() {
	local cost='from exec to exit of the command, which includes the cost of recording'

	recorded reads && recorded command 17 && mmapdemo report command.dat >run.txt &&
		mmapdemo diff --all command.dat command.dat >same.txt &&
		cp command.dat long.dat && recorded command 7 &&
		mmapdemo diff long.dat command.dat >diff.txt &&
		mmapdemo diff long.dat reads.dat >none.txt &&
		mmapdemo report reads.dat >reads.txt || return
	has '^the time from exec to exit includes the cost of recording; counting \(mmapdemo count\) costs much less$' \
		run.txt && has " $cost\$" same.txt &&
		has " $cost \([0-9]+ more events in A\)\$" diff.txt &&
		! grep 'includes* the cost' none.txt reads.txt
}

# The copies of an address space have the same ranges. The output must therefore
# show the processes, too.
vmas_name_their_process() {
	recorded processes 2 3 && mmapdemo report --by vma processes.dat >vmas.txt &&
		mmapdemo report --json processes.dat >vmas.json || return
	has ' 10000000-10042000 rw-p anonymous \(1001 synthetic\)$' vmas.txt &&
		has ' 10000000-10042000 rw-p anonymous \(1002 synthetic\)$' vmas.txt &&
		equal "[(1001, 'synthetic'), (1002, 'synthetic')]" "$(member vmas.json \
			'sorted((v["pid"], v["comm"]) for v in r["vmas"])')" JSON
}

# The report must say that the total duration of faults is not the whole delay
# of the program.
totals_say_what_they_leave_out() {
	recorded reads && mmapdemo report reads.dat >reads.txt &&
		has "^the times of faults do not include the program's own time, entry into the kernel, or the cost of recording$" \
			reads.txt
}

# If no event happened, the report must not say that events were lost. If events
# were lost, the report must not say that the process was idle.
an_empty_recording_says_so() {
	recorded untimed && mmapdemo report untimed.dat >none.txt || return
	has '^no event was recorded: the process was idle, or recording began too late$' \
		none.txt && ! grep '0 faults took' none.txt || return
	echo '.about "pid":1000,"lost":[2,3]' | "$programs/recordings" events >none.dat &&
		mmapdemo report none.dat >none.txt &&
		has '^no event was recorded$' none.txt
}

# mmapdemo diff must print the total time first, because users look for it.
# mmapdemo diff must also say which cost is not included in any number.
diff_begins_with_the_whole_time() {
	recorded vmas 3000 && cp vmas.dat few.dat && recorded vmas 9000 &&
		mmapdemo diff few.dat vmas.dat >diff.txt &&
		mmapdemo diff --json few.dat vmas.dat >diff.json || return
	equal 'from the first event to the last' "$(sed -nE \
		's/^ .* -> [0-9.]+ ms (from )/\1/p; / -> /q' diff.txt)" 'first figure' &&
		equal ns "$(member diff.json 'r["figures"][0]["figure"]')" JSON &&
		has '^the times exclude copying by read\(2\); mmapdemo count shows run times$' \
			diff.txt
}

# The classes in a report are explained in mmapdemo(7). The help must point to
# mmapdemo(7).
classes_are_explained() {
	mmapdemo report --help >help.txt &&
		tr '\n' ' ' <help.txt >line.txt &&
		has ' class of a fault \(anon, read, cow, \.\.\.\) .* see mmapdemo\(7\)\. ' \
			line.txt
}

# Faults of unknown duration must be counted, but must not affect means,
# percentiles and histograms.
unknown_durations_are_shown() {
	recorded untimed 8 8 && mmapdemo report untimed.dat >untimed.txt &&
		mmapdemo report --json untimed.dat >untimed.json &&
		mmapdemo report --faults untimed.dat >faults.txt &&
		mmapdemo report --format=openmetrics untimed.dat >untimed.prom &&
		mmapdemo diff untimed.dat untimed.dat >diff.txt || return
	has '^16 faults took 8\.0 us; 8 faults of unknown duration$' untimed.txt &&
		has '^ +16 +0 +8\.0 us +100\.0% +1\.0 us +1\.0 us .* anon$' \
			untimed.txt &&
		has '^ +16 +0 +8\.0 us +100\.0% +1\.0 us +1\.0 us  anonymous$' \
			untimed.txt &&
		equal '16 8 1000' "$(member untimed.json \
			'r["faults"]["faults"], r["faults"]["untimed"],
			r["faults"]["p50_ns"]' | tr -d '(),')" 'report' &&
		equal 8 "$(grep -c '  unknown duration$' faults.txt)" faults &&
		has '_seconds_count\{class="anon"\} 8$' untimed.prom &&
		has '_bucket\{class="anon",le="0.000000255"\} 0$' untimed.prom &&
		has '^mmapdemo_untimed_faults_total\{class="anon"\} 8$' \
			untimed.prom &&
		has '16 faults took 8\.0 us; 8 of unknown duration$' diff.txt
}

threads_of_each_other_are_exported() {
	local format

	recorded cycle || return
	for format in chrome perfetto; do
		mmapdemo report --format=$format cycle.dat >cycle.out ||
			! echo "$format: $?" || return
	done
}

# If a process has the number of an earlier thread, the process must have a
# separate track.
reused_numbers_are_other_tracks() {
	recorded reused && mmapdemo report --format=chrome reused.dat >reused.out &&
		equal '[(1000, 1000), (1000, 1001), (1001, 1001)]' \
			"$(member reused.out '[(e["pid"], e["tid"])
				for e in r["traceEvents"]
				if e["name"] == "thread_name"]')" threads
}

# The process of a thread is that of the thread that created it.
threads_of_threads_have_one_process() {
	recorded threads && mmapdemo report --json threads.dat >threads.json &&
		equal "[('1000', 1000), ('1001', 1000), ('1002', 1000)]" \
			"$(member threads.json 'sorted((t["tid"], t["pid"])
				for t in r["threads"])')" threads
}

# If a task is in the list several times, its last name is used.
tasks_have_their_last_name() {
	recorded renamed && mmapdemo report --format=chrome renamed.dat >renamed.out &&
		mmapdemo report --format=folded renamed.dat >renamed.folded &&
		equal "['new\\\\012name']" "$(member renamed.out \
			'[e["args"]["name"] for e in r["traceEvents"]
				if e["name"] == "thread_name"]')" thread &&
		has '^new\\012name-1000;' renamed.folded
}

# The number of VMAs must follow each map and each unmap, down to 0.
vmas_come_and_go() {
	recorded unmapped 3 && mmapdemo report --format=chrome unmapped.dat \
		>unmapped.out &&
		equal '[1, 2, 3, 2, 1, 0]' "$(member unmapped.out \
			'[e["args"]["VMAs"] for e in r["traceEvents"]
				if e["ph"] == "C"]')" VMAs
}

# A shift by more bits than a word has may give any number. On x86, a shift by
# 130 bits would give 4.
impossible_orders_are_no_numbers() {
	recorded order 130 && mmapdemo report --html=order.html order.dat &&
		! grep -o 'of [0-9]* pages' order.html
}

# exec moves the stack. Memory at the first location is then no longer the stack.
there_is_one_stack() {
	recorded stacks && mmapdemo report --faults stacks.dat >stacks.txt &&
		has ' 7ffc00000000  \[stack\]  by ' stacks.txt &&
		has ' 7ffbfffff000  \[stack\]  by 0x7ffffffde000 ' stacks.txt &&
		has ' 1ffffffff000  anonymous  by ' stacks.txt &&
		mmapdemo report --json stacks.dat >stacks.json &&
		equal "[('[stack]', 2), ('anonymous', 1)]" "$(member stacks.json \
			'[(f["file"], f["faults"]) for f in r["files"]]')" files
}

# As in /proc, memory from brk() has the name [heap]. .bss has this name only if
# it is adjacent to the heap.
the_bss_is_not_the_heap() {
	recorded bss && mmapdemo report --by vma bss.dat >bss.txt &&
		mmapdemo report --json bss.dat >bss.json || return
	has ' 10000000-10001000 rw-p anonymous' bss.txt &&
		has ' 10040000-10041000 rw-p \[heap\]' bss.txt &&
		equal "['[heap]', 'anonymous']" "$(member bss.json \
			'sorted(f["file"] for f in r["files"])')" files
}

# sums FIGURE...: print the sum of each of these columns of the timeline in
# kinds.json.
sums() {
	member kinds.json "[sum(m[c] for m in r['timeline']) for c in '$*'.split()]"
}

# spread NAME: check that the timeline of the recording NAME divides each
# duration among the rows in which it falls.
spread() {
	mmapdemo report --json $1.dat >spread.json &&
		mmapdemo report --faults --json $1.dat >faults.json &&
		mmapdemo report --timeline $1.dat >timeline.txt &&
		examine spread spread.json faults.json &&
		examine timeline_sums spread.json timeline.txt
}

# The second fault takes longer than one row of the timeline. The last row has
# no faults.
durations_are_divided_over_the_timeline() {
	local earlier

	for earlier in 0 1 999 300000 999999; do
		recorded spans $earlier && spread spans || return
	done
	has '^ +[0-9.]+ .s +0 +0 ns ' timeline.txt || return
	recorded kinds && spread kinds && recorded reads && spread reads &&
		recorded vmas 5000 && spread vmas &&
		recorded processes 500 4 && spread processes
}

# A call that the module observes must not be counted again at its end.
calls_are_counted_once() {
	recorded ends && mmapdemo report --json ends.dat >calls.json || return
	equal '(2, 2, 2000, 4096, 4, 3)' \
		"$(member calls.json '(r["counts"]["do_mmap"], r["mmap_failed"],
			r["mmap_ns"], r["mapped_bytes"], r["calls"]["mmap"]["count"],
			r["calls"]["mmap"]["failed"])')" calls
}

# For a recording with events of every kind, the report must have the numbers
# that were calculated by hand.
kinds_are_counted() {
	recorded kinds && mmapdemo report --json kinds.dat >kinds.json || return
	equal '(10, 3, 511000, 500000)' "$(member kinds.json \
		'tuple(r["faults"][f] for f in ("faults", "major", "ns", "max_ns"))')" \
		faults &&
		equal "[('anonymous', 7, 0), ('inode 7 of 8:300', 3, 3)]" \
			"$(member kinds.json '[(f["file"], f["faults"], f["major"])
				for f in r["files"]]')" files &&
		equal '[(5, 0), (3, 3), (2, 0)]' "$(member kinds.json \
			'[(v["faults"], v["major"]) for v in r["vmas"]]')" VMAs &&
		equal 500000 "$(member kinds.json 'r["ns"]')" 'the first begin' || return
	equal '(1, 1500, 327680)' "$(member kinds.json \
		'(r["mmap_failed"], r["mmap_ns"], r["mapped_bytes"])')" mmap &&
		equal '(7, 2179072, 8192, 1)' "$(member kinds.json \
			'(r["vmas_most"], r["filled_bytes"], r["page_table_bytes"],
			r["unseen"])')" 'VMAs, pages, tables' &&
		equal '[10, 511000, 2179072, 8192]' \
			"$(sums faults ns filled_bytes page_table_bytes)" timeline &&
		equal 7 "$(member kinds.json 'max(m["vmas"] for m in r["timeline"])')" \
			'most VMAs at once'
}

# A range can't be merged if its only neighbours are the rest of its own VMA.
refused_merges_are_counted_by_their_reasons() {
	recorded kinds && mmapdemo report --json kinds.dat >kinds.json &&
		mmapdemo report kinds.dat >kinds.txt &&
		mmapdemo report --merges kinds.dat >merges.txt || return
	equal "{'change': 1, 'insert': 2, 'extend': 1}" "$(member kinds.json \
		'{c: n for c, n in r["refused"].items() if n}')" refused &&
		equal "{'policy': 1, 'flags': 2, 'file': 1, 'pgoff': 1}" "$(member kinds.json \
			'{c: n for c, n in r["reasons"].items() if n}')" reasons &&
		equal 4 "$(wc -l <merges.txt)" 'report --merges' &&
		has '^1 merge with a neighbour succeeded, 4 failed: .*; neighbours in failed merges, by reason:$' kinds.txt &&
		! grep 'a part of this VMA' merges.txt
}

# Reason 5 says that the range was in the middle of its VMA. Reason 7 says that
# the flags differed.
recorded_merges_of_one_vma_are_no_answer() {
	local gone=4194304 reason

	for reason in 5 7; do
		recorded refused $reason $gone &&
			mmapdemo why --all -i refused.dat $gone >why.txt &&
			mmapdemo why --all --json -i refused.dat $gone |
			tail -n 1 >why.json || return
		equal $((reason == 7)) "$(member why.json 'r["refused"]')" JSON &&
			equal $((reason == 7)) "$(grep -c ' VMA below ' why.txt)" \
				"reason $reason" || return
	done
}

# Each of these events is valid by itself. The program must refuse the recording,
# because the events contradict each other.
contradictions_are_damage() {
	local which status

	recorded impossible && mmapdemo report impossible.dat >/dev/null || return
	for which in 1 2 3; do
		status=0
		recorded impossible $which &&
			mmapdemo report impossible.dat >damage.txt 2>&1 || status=$?
		equal 1 $status "status of $which" &&
			has 'the recording is damaged$' damage.txt || return
	done
}

names_keep_their_bytes() {
	recorded bytes &&
		mmapdemo report --json bytes.dat >bytes.json &&
		equal 'a\377 61ff' "$(member bytes.json \
			'r["files"][0]["file"] + " " +
			r["files"][0]["file_bytes"]')" name
}

# Errors are signed numbers. Some have 32 bits, and others have 64 bits.
errors_are_negative() {
	recorded errors 12 22 && mmapdemo report --json errors.dat >errors.json &&
		mmapdemo report --faults --json errors.dat >faults.json &&
		mmapdemo report --format=chrome errors.dat >errors.chrome || return
	equal 1 "$(member errors.json 'r["mmap_failed"]')" 'mmap() that failed' &&
		equal "{'do_mmap': -12, 'vma_merge': -22}" "$(member \
			errors.chrome '{e["name"]: e["args"]["ret"]
				for e in r["traceEvents"]
				if e["name"] in ("do_mmap", "vma_merge")}')" ret &&
		has '"event":"pte_fault",.*"nr":-1,"nr_name":"none",' faults.json
}

# The error EINPROGRESS (115) means that a kretprobe observed the function until
# a direct call could take over.
attached_functions_are_observed() {
	recorded absent 115 && mmapdemo report absent.dat >absent.txt || return
	! grep handle_mm_fault absent.txt &&
		has '^not observed: __split_vma \(needed for vma_split, vma_link\): inlined or absent in this kernel$' \
			absent.txt &&
		has '^not observed: do_brk_flags \(needed for brk\): another tool is attached to this function$' \
			absent.txt
}

# names_absent FILE OBJECT: check that FILE names the two functions that could
# not be observed in the recording "absent".
names_absent() {
	equal '__split_vma: vma_split, vma_link; do_brk_flags: brk' \
		"$(member "$1" '"; ".join(a["function"] + ": " + a["events"]
			for a in '"$2"'["absent"])')" "$1"
}

absent_functions_are_shown() {
	recorded absent 115 && mmapdemo report --json absent.dat >absent.json &&
		mmapdemo report --format=openmetrics absent.dat >absent.prom &&
		mmapdemo lint -i absent.dat >lint.txt &&
		mmapdemo lint --json -i absent.dat | head -n 1 >lint.json &&
		mmapdemo diff absent.dat absent.dat >diff.txt &&
		mmapdemo diff --json absent.dat absent.dat >diff.json || return
	names_absent absent.json r && names_absent lint.json r &&
		names_absent diff.json 'r["a"]' &&
		names_absent diff.json 'r["b"]' &&
		has '^mmapdemo_functions_absent 2$' absent.prom &&
		has '^not observed: do_brk_flags \(needed for brk\): ' lint.txt &&
		equal 4 "$(grep -c '^   not observed: ' diff.txt)" 'in diff'
}

all_gaps_are_shown() {
	local gaps="['the disk was full', 'a filter was changed']"

	recorded gaps && mmapdemo report --json gaps.dat >gaps.json &&
		mmapdemo report --format=chrome gaps.dat 2>errors.txt >gaps.chrome &&
		mmapdemo lint --json -i gaps.dat | head -n 1 >lint.json || return
	equal "$gaps" "$(member gaps.json 'r["gaps"]')" report &&
		equal "$gaps" "$(member gaps.chrome 'r["otherData"]["gaps"]')" \
			chrome &&
		equal "$gaps" "$(member lint.json 'r["gaps"]')" lint &&
		has 'incomplete: the disk was full; a filter was changed; ' \
			errors.txt
}

# Every output must say that the recording is incomplete.
losses_are_shown() {
	local sentence='7 events were lost: .*; 3 kernel function calls were not observed' option
	local members='r["lost"], r["missed"], r["gaps"]'

	recorded losses 7 3 && mmapdemo lint -i losses.dat >lint.txt &&
		mmapdemo lint --json -i losses.dat | head -n 1 >lint.json &&
		mmapdemo diff losses.dat losses.dat >diff.txt &&
		mmapdemo diff --json losses.dat losses.dat >diff.json || return
	has "^$sentence" lint.txt && has '^the disk was full$' lint.txt &&
		has "^   $sentence" diff.txt && has '^   the disk was full$' diff.txt &&
		equal "(7, 3, ['the disk was full'])" \
			"$(member lint.json "$members")" lint &&
		equal "(7, 3, ['the disk was full'])" \
			"$(member diff.json 'r["b"]["lost"], r["b"]["missed"], r["b"]["gaps"]')" diff || return
	mmapdemo report --faults --json losses.dat 2>/dev/null | tail -n 1 \
		>faults.json && equal "(7, 3, ['the disk was full'])" \
		"$(member faults.json "$members")" 'report --faults' || return
	mmapdemo report --format=chrome losses.dat 2>/dev/null >losses.chrome &&
		equal "(7, 3, ['the disk was full'])" \
			"$(member losses.chrome "${members//r[/r[\"otherData\"][}")" chrome ||
		return
	for option in '--by class' --faults --merges --timeline --format=csv \
		--format=folded '--faults --json'; do
		mmapdemo report $option losses.dat 2>errors.txt >report.txt &&
			equal "mmapdemo: report: the output is incomplete: 7 events were lost; 3 kernel function calls were not observed; the disk was full; run mmapdemo report without options for details" \
				"$(<errors.txt)" "$option" || return
	done
	for option in --color=never --json --format=openmetrics; do
		mmapdemo report $option losses.dat 2>errors.txt >report.txt &&
			equal '' "$(<errors.txt)" "$option" || return
	done
	mmapdemo report --faults reads.dat 2>errors.txt >report.txt &&
		equal '' "$(<errors.txt)" 'a whole recording'
}

# A gap must be visible in the timeline, and not only in the metadata.
timelines_have_gaps() {
	local recording name

	for recording in 'losses 7 3' 'losses 1 1' reads; do
		recorded $recording && name=${recording%% *} &&
			mmapdemo report --json $name.dat >report.json &&
			mmapdemo report --format=chrome $name.dat \
				>gaps.chrome 2>/dev/null &&
			mmapdemo report --format=perfetto $name.dat \
				>gaps.perfetto 2>/dev/null &&
			agree gaps gaps.chrome gaps.perfetto || return
	done
}

refused_merges_name_the_neighbour() {
	recorded refused && mmapdemo report --merges refused.dat >refused.txt &&
		has '10001000-10002000  VMA below 10000000-10001000: .*  VMA above 10002000-10003000: ' \
			refused.txt
}

# The last event of the first address space maps a VMA. The last event of the second
# address space unmaps a VMA.
the_last_event_counts() {
	recorded events <<-END && mmapdemo report --html=events.html events.dat || return
		vma_link tid=1001 mm=1 start=0x10000000 end=0x10001000 vm_flags=0x73
		vma_link mm=1 start=0x20000000 end=0x20001000 vm_flags=0x73
		vma_link tid=1002 mm=2 start=0x30000000 end=0x30001000 vm_flags=0x73
		vma_link mm=2 start=0x40000000 end=0x40001000 vm_flags=0x73
		vma_unlink mm=2 start=0x30000000 end=0x30001000 vmas=1
	END
	equal "[('10000000', 0, 1000, 0), ('20000000', 1000, 1000, 0), ('30000000', 2000, 4000, 1), ('40000000', 3000, 4000, 0)]" \
		"$(member events.html 'sorted((life["start"], life["born"],
		life["died"], life["over"]) for life in r["lives"])')" 'lives of VMAs'
}

# The page draws 32 of these 34 address spaces. In each of the first 33 address spaces,
# a fault is in a VMA. The last two faults are outside all VMAs.
faults_outside_all_vmas_are_not_elsewhere() {
	local vma='vma_start=0x10000000 vma_end=0x10001000' mm

	{
		for ((mm = 1; mm <= 33; mm++)); do
			echo "pte_fault tid=$((1000 + mm)) wait=2000 mm=$mm" \
				"address=0x10000000 duration=$mm $vma"
		done
		echo "pte_fault wait=2000 mm=33 address=0x20000000 duration=200 $vma"
		echo "pte_fault tid=2000 wait=2000 mm=34 address=0x1000 duration=500"
	} | recorded events && mmapdemo report --html=events.html events.dat || return
	equal '(34, 32, 2, 3, 2, 700)' "$(member events.html '(r["spaces_all"],
		len(r["spaces"]), r["elsewhere"], r["elsewhere_ns"], r["outside"],
		r["outside_ns"])')" 'faults that are not drawn'
}

# 120 tasks hold mmap_lock, each for one wait before a fault. The first two faults name a
# holder without a system call, and a system call without a name.
pages_name_holders() {
	local nr=-1 tid

	{
		for ((tid = 2001; tid <= 2120; tid++)); do
			echo "mmap_lock_wait tid=1000 mm=1 wait=200000 duration=$tid holder=$tid holder_nr=$nr"
			echo "fault_time tid=1000 mm=1 address=0x10000000 duration=500" \
				"lock_before=$((99999 - tid)) work=500 holder=$tid" \
				"holder_nr=$nr where=inner<outer<last"
			echo "pte_fault tid=1000 mm=1 address=0x10000000 duration=500" \
				"vma_start=0x10000000 vma_end=0x10001000"
			nr=$((nr < 0 ? 999 : 10))
		done
	} | recorded events && mmapdemo report --html=events.html events.dat || return
	equal "([(2001, None), (2002, 'system call 999'), (2003, 'mprotect()')], 20, 100, 120, 'inner<outer')" \
		"$(member events.html '([(s["wait"]["holder"], s["wait"].get("call"))
		for s in r["slowest"]][:3], len(r["slowest"]),
		len(r["report"]["waits"]["holders"]), r["rows"]["holders"],
		r["slowest"][0]["wait"]["where"])')" 'holders and slowest faults'
}

# The first call of madvise() ends at 10 us: three waits began before. The second call ends
# at 20 us, and a wait for it ends late. The last wait is for another thread's call. A
# thread with another name waits for a fault that holds the lock.
calls_of_holders_are_counted() {
	local madvise='fault=1 holder=300 holder_nr=28'
	local events="
		.comms 2001 search
		.comms 2002 search
		.comms 2003 other
		mmap_lock_wait tid=2001 mm=1 wait=10000 duration=9000 $madvise
		mmap_lock_wait tid=2002 mm=1 wait=100 duration=8000 $madvise
		mmap_lock_wait tid=2001 mm=1 wait=100 duration=7000 $madvise
		mmap_lock_wait tid=2001 mm=1 wait=9900 duration=5000 $madvise
		mmap_lock_wait tid=2002 mm=1 wait=10000 duration=10100 $madvise
		mmap_lock_wait tid=2002 mm=1 wait=10000 duration=900 ${madvise/300/301}
		pte_fault mm=1 address=0x10000000 duration=500"

	recorded events <<<"${events//$'\t'/}" && mmapdemo report events.dat >out.txt &&
		mmapdemo report --json events.dat >out.json &&
		has '^search threads waited 40\.0 us for mmap_lock, 6 times; 40\.0 us of it held by 3 calls of madvise\(\)$' \
			out.txt &&
		equal '[(300, 2, 5), (301, 1, 1)]' "$(member out.json \
			'[(h["holder"], h["calls"], h["count"])
			  for h in r["waits"]["holders"]]')" calls &&
		equal "[(2001, 'search', 3), (2002, 'search', 3)]" "$(member out.json \
			'[(w["tid"], w["comm"], w["count"])
			  for w in r["waits"]["waiters"]]')" waiters || return
	echo 'mmap_lock_wait tid=2003 mm=1 duration=800 holder=300 holder_nr=-1' |
		cat - <(echo "${events//$'\t'/}") >more.txt
	recorded events <more.txt && mmapdemo report events.dat >out.txt &&
		has '^threads waited 40\.8 us for mmap_lock, 7 times \(search threads 40\.0 us\); 40' \
			out.txt &&
		has '   2\.0%     800 ns          no system call of 300$' out.txt
}

# In the first address space, three merges fail, and no VMA follows: at the end of the
# last VMA, at the start of the first VMA, and next to a VMA that no event has shown. The
# last event of the second address space is a merge that enlarges the last VMA.
merges_at_the_borders_of_the_picture_are_drawn() {
	recorded events <<-END && mmapdemo report --html=events.html events.dat || return
		vma_link tid=1001 mm=1 start=0x20000000 end=0x20001000 vm_flags=0x73
		vma_link mm=1 start=0x30000000 end=0x30001000 vm_flags=0x73
		vma_merge mm=1 start=0x30001000 end=0x30002000 prev_start=0x30000000 prev_end=0x30001000 vm_flags=0x71 reason_prev=7 reason_next=4
		vma_merge mm=1 start=0x1ffff000 end=0x20000000 next_start=0x20000000 next_end=0x20001000 vm_flags=0x71 reason_prev=4 reason_next=7
		vma_merge mm=1 start=0x50001000 end=0x50002000 prev_start=0x50000000 prev_end=0x50001000 vm_flags=0x71 reason_prev=7 reason_next=4
		vma_link tid=1002 mm=2 start=0x60000000 end=0x60001000 vm_flags=0x73
		vma_merge mm=2 outcome=1 start=0x60001000 end=0x60002000 prev_start=0x60000000 prev_end=0x60001000 result_start=0x60000000 result_end=0x60002000 vm_flags=0x73 reason_prev=1 reason_next=4
	END
	equal "(4, [('30001000', '30000000', 1.0), ('20000000', '20000000', 0.0), ('60001000', '60001000', 0.0)])" \
		"$(member events.html 'r["verdicts_all"], [(v["address"],
		r["segments"][v["segment"]]["start"], v["part"])
		for v in r["verdicts"]]')" 'merges that are drawn'
}

# agree CHECK FILE...: run CHECK of exports.py on report.json and these files.
agree() {
	examine "$1" report.json "${@:2}"
}

# Each sum in the report must be the sum over the events.
sums_are_those_of_the_events() {
	local name

	recorded order 9 && recorded cycle && recorded exec &&
		recorded refused || return
	for name in reads untimed children order cycle exec losses kinds around; do
		recorded $name 9 3 && mmapdemo report --json $name.dat >report.json &&
			mmapdemo report --faults --merges --json $name.dat \
				>events.json 2>/dev/null &&
			agree sums events.json || ! echo "in $name" || return
	done
}

members_are_those_of_the_schema() {
	recorded reads && recorded losses 7 3 || return
	mmapdemo report --json reads.dat >report.json &&
		mmapdemo report --faults --json reads.dat >events.json &&
		mmapdemo diff --json reads.dat losses.dat >diff.json 2>/dev/null &&
		mmapdemo lint --json -i reads.dat >lint.json || return
	agree members report.json && agree members events.json &&
		agree members diff.json && agree members lint.json
}

faults_of_exec_are_by_exec() {
	recorded exec && mmapdemo report --by ip exec.dat >ip.txt &&
		mmapdemo report --faults exec.dat >faults.txt &&
		mmapdemo report --format=csv exec.dat >exec.csv || return
	has '^ +2 .*  exec$' ip.txt && has '  by exec  ' faults.txt &&
		equal 2 "$(grep -c ',exec,' exec.csv)" 'lines of CSV by exec'
}

# tall COLUMNS|'' COMMAND...: print the number of output lines. Check that no
# line is wider than COLUMNS.
tall() {
	local columns=$1 wide

	shift
	COLUMNS=$columns mmapdemo "$@" >tall.txt 2>&1 || return
	wide=$(awk -v most="${columns:-1000}" 'length > most' tall.txt)
	[[ ! $wide ]] || ! echo "wider than $columns: $wide" || return
	wc -l <tall.txt
}

# Each row of a table must be one line, even on a narrow terminal.
tables_are_not_folded() {
	local columns option wanted

	recorded reads && recorded children 30 3 && recorded bytes || return
	for option in 'report --timeline reads.dat' 'report --timeline children.dat' \
		'diff reads.dat bytes.dat' 'diff reads.dat children.dat'; do
		wanted=$(tall '' $option) || return
		for columns in 72 80 100; do
			equal "$wanted" "$(tall $columns $option)" \
				"lines of $option in $columns columns" || return
		done
	done
}

# A process with VMAs at the addresses of the recorded merge. Below these VMAs,
# there is a hole, and then one more VMA.
neighbours='import ctypes, mmap
map = ctypes.CDLL(None).mmap
map.argtypes = [ctypes.c_size_t] * 6
for page in -4096, *range(16):
	map(0x10000000 + page * 4096, 4096, 1 + page % 2 * 2,
	    mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x10, 2**64 - 1, 0)
print("ready", flush=True)
input()'

# with_neighbours FUNCTION: run FUNCTION with the PID of a process with these VMAs.
with_neighbours() {
	local ready status=1

	coproc python3 -c "$neighbours"
	# shellcheck disable=SC2153 # coproc sets the variable
	read -r -u "${COPROC[0]}" ready
	[[ $ready == ready ]] && "$1" "$COPROC_PID" && status=0
	echo >&"${COPROC[1]}"
	wait "$COPROC_PID" && return $status
}

# If the program does not know a recorded reason, it derives the reason from
# /proc.
reasons_of_newer_modules_are_unknown() {
	recorded refused 4000000000 $1 &&
		mmapdemo why --all -i refused.dat $1 >why.txt &&
		mmapdemo why --json -i refused.dat $1 10001000 >why.json || return
	has '^ +[0-9]+  flags  ' why.txt && has '^  0*10001000  ' why.txt &&
		has '"address":268439552,"reason":"flags",' why.json
}

# A recorded reason is that of one pair of VMAs. If the merge succeeded, if there was
# no neighbour on this side, if the VMA was only split here, or if another process has
# VMAs at these addresses, the reason comes from /proc.
recorded_reasons_are_those_of_their_pair() {
	"$programs/recordings" events >pairs.dat <<-EOF || return
	vma_merge tid=$1 mm=7 cause=2 start=0x10003000 end=0x10004000 prev_start=0x10002000 prev_end=0x10003000 next_start=0x10004000 next_end=0x10005000 reason_prev=6 reason_next=8 nr=10
	vma_merge mm=7 cause=2 outcome=2 start=0x10006000 end=0x10007000 next_start=0x10007000 next_end=0x10008000 result_start=0x10006000 result_end=0x10008000 reason_prev=4 reason_next=1 nr=10
	vma_merge tid=1 mm=8 cause=2 start=0x10009000 end=0x1000a000 prev_start=0x10008000 prev_end=0x10009000 next_start=0x1000a000 next_end=0x1000b000 reason_prev=6 reason_next=8 nr=10
	vma_merge tid=$1 mm=7 cause=2 start=0x1000b000 end=0x1000c000 prev_start=0x1000a000 prev_end=0x1000b000 next_start=0x1000c000 next_end=0x1000d000 reason_prev=5 reason_next=8 nr=10
	EOF
	mmapdemo why --json -i pairs.dat $1 10002000 1000c000 >why.json &&
		equal '10003000 policy 10004000 file 10005000 flags 10006000 flags 10007000 flags 10008000 flags 10009000 flags 1000a000 flags 1000b000 flags 1000c000 file' \
			"$(sed -nE 's/.*"address":([0-9]+),"reason":"([^"]*)".*/\1 \2/p' \
			why.json | xargs printf '%x %s\n' | xargs)" reasons
}

# The recorded merge is about the range from 10000000 to 10003000. Its process has ended.
failed_merges_of_ended_processes_are_found() {
	local at

	recorded refused 0 4194303 || return
	for at in 10000000 10002fff 'fffffff 10000000' '10002fff 10004000'; do
		mmapdemo why -i refused.dat 4194303 $at >why.txt &&
			has ' insert 10001000-10002000  VMA below ' why.txt ||
			! echo "at $at" || return
	done
	for at in fffffff 10003000 '10003000 10004000'; do
		mmapdemo why -i refused.dat 4194303 $at >why.txt &&
			equal none "$(tail -n +2 why.txt)" "merges at $at" || return
	done
}

# Without --verbose, why --all shows only ten borders of a group. With --verbose,
# and in JSON, why shows all borders. In this test, there are at least 15.
groups_of_borders_are_short() {
	local count

	mmapdemo why --all $1 >short.txt && mmapdemo why --all -v $1 >long.txt &&
		mmapdemo why --all --json $1 >why.json || return
	count=$(grep -c '"reason":"flags"' why.json)
	((count >= 15)) && equal "$count" "$(borders flags <long.txt)" all &&
		equal 10 "$(borders flags <short.txt)" 'first ten' &&
		has "^  \.\.\. and $((count - 10)) more$" short.txt &&
		! grep ' more$' long.txt && has ' a hole below$' short.txt
}

# borders REASON: count the borders in the group of this reason.
borders() {
	awk -v reason="$1" '/^ ? ? ?[0-9]+  / && length($1) < 6 {
			own = $2 == reason
			next
		}
		own && /^  [0-9a-f]+  / { n++ }
		END { print n + 0 }'
}

# Only a hole between the two VMAs is counted. A hole below the first VMA is not
# counted.
holes_are_those_between() {
	mmapdemo why --json $1 10000000 10002000 >why.json &&
		tail -n 1 why.json >holes.json &&
		mmapdemo why --json $1 10000000 >why.json &&
		tail -n 1 why.json >hole.json || return
	equal '(2, 0)' "$(member holes.json '(r["borders"], r["holes"])')" between &&
		equal '(1, 1)' "$(member hole.json '(r["borders"], r["holes"])')" \
			around
}

# A range that ends before it starts must not confuse the code that joins
# overlapping ranges.
ranges_can_be_inverted() {
	recorded inverted && timeout 60 mmapdemo report inverted.dat >inverted.txt &&
		timeout 60 mmapdemo lint -i inverted.dat >/dev/null ||
		! echo "$?" || return
	has '^ +2 .* 10000000-10004000 rw-p anonymous' inverted.txt
}

an_empty_result_is_named() {
	local options

	for options in --merges '--faults --merges'; do
		recorded bytes && mmapdemo report $options bytes.dat >bytes.txt ||
			return
		[[ $options == *faults* ]] ||
			equal 'no failed merges' "$(<bytes.txt)" \
				"report $options" || return
	done
	! grep '^no ' bytes.txt
}

# In some locales, one half is written as "0,5". Such a locale must change
# neither input nor output. The test compiles only the locale's category of
# numbers, because the other categories would take much longer.
numbers_are_the_same_everywhere() {
	printf '%s\n' LC_NUMERIC 'copy "de_DE"' 'END LC_NUMERIC' >numbers
	localedef -c -i numbers -f ANSI_X3.4-1968 "$work/de_DE" 2>/dev/null
	local -x LOCPATH=$work LC_ALL='' LC_NUMERIC=de_DE
	[[ $(locale decimal_point) == , ]] || ! echo 'no such locale' || return
	recorded untimed 8 8 &&
		mmapdemo top --batch --iterations 1 --interval 0.05 >/dev/null &&
		mmapdemo report untimed.dat >german.txt &&
		has ' took 8\.0 ' german.txt
}

# refused_by_full_disk COMMAND...: check the exit status, and that the error
# names the file.
refused_by_full_disk() {
	local status=0

	mmapdemo "$@" >/dev/full 2>errors.txt || status=$?
	equal 1 $status "status of $*" &&
		has '^mmapdemo: .*(standard output|/dev/full): No space left' \
			errors.txt
}

full_disks_are_reported() {
	local command format

	for command in trace walk top tour read write count record report diff \
		lint why maps probes; do
		refused_by_full_disk $command --help || return
	done
	for format in json csv chrome perfetto folded openmetrics; do
		refused_by_full_disk report --format=$format reads.dat || return
	done
	refused_by_full_disk --help && refused_by_full_disk --version &&
		refused_by_full_disk report reads.dat &&
		refused_by_full_disk report --timeline reads.dat &&
		refused_by_full_disk report --html=/dev/full reads.dat &&
		refused_by_full_disk diff reads.dat untimed.dat &&
		refused_by_full_disk diff --json reads.dat untimed.dat &&
		refused_by_full_disk lint -i reads.dat &&
		refused_by_full_disk maps $$ &&
		refused_by_full_disk maps --json $$ &&
		refused_by_full_disk walk $$ 400000 &&
		refused_by_full_disk walk --json $$ 400000 &&
		refused_by_full_disk why --all $$ &&
		refused_by_full_disk why --all --json $$ &&
		refused_by_full_disk read /etc/passwd &&
		refused_by_full_disk tour --list &&
		refused_by_full_disk top --batch --iterations 1 --interval 0.05
}

check 'waits for reads are reported' waits_for_reads_are_shown
check 'forks are summed up' forks_are_summed_up
check '.bss is not the heap' the_bss_is_not_the_heap
check 'durations are divided over the timeline' durations_are_divided_over_the_timeline
check 'copies because of forks are counted' copies_because_of_forks_are_counted
check 'huge pages after forks are counted' huge_pages_after_forks_are_counted
check 'failed forks are counted even if no fork succeeded' all_forks_may_fail
check 'address spaces that exec replaced are reported' \
	copies_for_nothing_are_shown
check 'events that did not happen are left out' what_did_not_happen_is_left_out
check 'times are those of CLOCK_MONOTONIC' times_are_those_of_the_clock
check 'calls are summed up' calls_are_summed_up
check 'errors of calls are named' errors_of_calls_are_named
check 'unrecorded calls are reported' unrecorded_calls_are_shown
check 'address spaces that end are reported' address_spaces_that_end_are_shown
check 'pages around faults are counted' pages_around_faults_are_counted
check 'differences that are printed as equal are left out' \
	differences_that_print_alike_are_left_out
check 'rows that are printed alike are unchanged' rows_that_print_alike_are_unchanged
check 'diff names a single long fault' one_long_fault_is_named
check 'VMAs are shown with their process' vmas_name_their_process
check 'totals say what they leave out' totals_say_what_they_leave_out
check 'the run time is reported' the_run_time_is_shown
check 'run times include the recording' run_times_include_the_recording
check 'a report of an empty recording says so' an_empty_recording_says_so
check 'diff begins with the total time' diff_begins_with_the_whole_time
check 'classes are explained' classes_are_explained
check 'unknown durations are reported' unknown_durations_are_shown
check 'tasks that are threads of each other are exported' \
	threads_of_each_other_are_exported
check 'a thread of a thread belongs to its process' \
	threads_of_threads_have_one_process
check 'a reused TID has a separate track' reused_numbers_are_other_tracks
check 'the last name of a task is used' tasks_have_their_last_name
check 'the number of VMAs follows maps and unmaps' vmas_come_and_go
check 'a call with a module event and an exit event is counted once' \
	calls_are_counted_once
check 'an impossible order gives no number of pages' impossible_orders_are_no_numbers
check 'a moved stack is the only stack' there_is_one_stack
check 'events are counted by kind' kinds_are_counted
check 'failed merges are counted by reason' \
	refused_merges_are_counted_by_their_reasons
check 'recorded merges within one VMA are ignored' \
	recorded_merges_of_one_vma_are_no_answer
check 'events that contradict each other are damage' contradictions_are_damage
check 'names that are not UTF-8 keep their bytes' names_keep_their_bytes
check 'error numbers are printed as negative numbers' errors_are_negative
check 'attached functions are observed' attached_functions_are_observed
check 'functions not observed are reported' absent_functions_are_shown
check 'all gaps are reported' all_gaps_are_shown
check 'losses are reported' losses_are_shown
check 'gaps in a recording are in the timeline' timelines_have_gaps
check 'failed merges name the neighbour' refused_merges_name_the_neighbour
check 'a page shows merges at the ends of its segments' \
	merges_at_the_borders_of_the_picture_are_drawn
check 'a page shows which VMAs exist after the last event' the_last_event_counts
check 'a page distinguishes faults outside VMAs from faults in other address spaces' \
	faults_outside_all_vmas_are_not_elsewhere
check 'a page names the tasks that held mmap_lock' pages_name_holders
check 'calls of holders of mmap_lock are counted' calls_of_holders_are_counted
check 'sums in a report equal those of the events' sums_are_those_of_the_events
check 'members of JSON are those of the schema' members_are_those_of_the_schema
check 'faults of exec are attributed to exec' faults_of_exec_are_by_exec
check 'rows of tables are not folded' tables_are_not_folded
check 'unknown reasons of newer modules are ignored' \
	with_neighbours reasons_of_newer_modules_are_unknown
check 'recorded reasons are those of their pair' \
	with_neighbours recorded_reasons_are_those_of_their_pair
check 'failed merges of processes that have ended are found by address' \
	failed_merges_of_ended_processes_are_found
check 'long groups of borders are shortened' \
	with_neighbours groups_of_borders_are_short
check 'only holes between VMAs are counted' with_neighbours holes_are_those_between
check 'inverted ranges do no harm' ranges_can_be_inverted
check 'a report without failed merges says so' an_empty_result_is_named
if type localedef >/dev/null 2>&1 && [[ -f /usr/share/i18n/locales/de_DE ]]; then
	check 'numbers are printed alike in all locales' \
		numbers_are_the_same_everywhere
else
	skip 'numbers are printed alike in all locales' \
		'there is no localedef'
fi
check 'full disks are reported' full_disks_are_reported
finish
