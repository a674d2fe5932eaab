#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmapdemo lint must report the flaw of each program, and must not report
# similar flaws that the program does not have.
#
# Depends on: the program.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_program
programs=$(realpath "$programs")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
export LC_ALL=C

# lints WHAT: write the findings of lint about "untidy WHAT" to the file "found".
lints() {
	mmapdemo lint --json -- "$programs/untidy" "$1" >found
}

# finds_in WHAT FINDING COUNT [PATTERN]: check that lint reports FINDING with
# this COUNT for "untidy WHAT".
finds_in() {
	lints $1 || return
	grep "\"finding\":\"$2\",\"count\":$3," found |
		grep -qE "${4:-.}" || ! cat found
}

# finds FINDING COUNT [PATTERN]: check that lint reports FINDING with this COUNT
# for "untidy FINDING".
finds() {
	finds_in $1 "$@"
}

# finds_none_in WHAT FINDING: check that lint reports no FINDING for "untidy WHAT"
finds_none_in() {
	lints $1 || return
	! grep "\"finding\":\"$2\"" found
}

finds_a_fault_storm() {
	finds fault-storm 600 '"ns":[1-9].*MAP_POPULATE'
}

# The program read-storm reads a file through a read-only mapping.
populates_for_reading() {
	local call=MADV_POPULATE_READ

	since 5.14 || call=MAP_POPULATE
	finds_in read-storm fault-storm 600 $call
}

# Touching the same 64 pages again and again is not a fault storm.
finds_what_is_touched_again() {
	finds_in give-back touched-again 1216 '"call":"madvise","pages":64' &&
		finds_in trim-heap touched-again 1216 '"call":"brk","pages":64' &&
		finds_in map-again touched-again 1216 \
			'"call":"munmap","pages":64' &&
		finds_none_in give-back fault-storm
}

finds_what_is_read_first() {
	finds zero-then-copy 600 && finds read-then-copy 600 &&
		finds_none_in zero-then-copy fault-storm &&
		finds_none_in read-then-copy fault-storm
}

finds_copies_for_exec() {
	finds fork-then-exec 20
}

# In each of these programs except protect-once, every second call removes
# access rights.
finds_ping_pong() {
	finds mprotect-ping-pong 20 '"flushes":(1[0-9]|20),' &&
		finds_in pkey-ping-pong mprotect-ping-pong 20 &&
		finds_in page-ping-pong mprotect-ping-pong 40 '"ranges":10,' &&
		finds_none_in protect-once mprotect-ping-pong
}

finds_what_almost_merges() {
	finds almost-merged 20 \
		'"reason":"flags","flags_names":\["dontdump"\],"call":"mmap"'
}

# The program changes twenty separate pieces of a mapping. The first piece is at
# the start of the mapping, so the changes add 39 VMAs. A piece adds none if its
# change is undone, or if it is unmapped.
finds_what_is_not_forked() {
	finds dontfork 39 && equal 1 "$(grep -c '"dontfork"' found)" findings &&
		finds_none_in dontfork-unmapped dontfork &&
		finds_none_in dontfork-replaced dontfork
}

finds_what_is_not_aligned() {
	finds unaligned 1 && finds_none_in no-huge unaligned &&
		finds_none_in disabled unaligned &&
		finds_none_in trimmed unaligned && finds_none_if_never
}

finds_none_if_never() {
	local file=/sys/kernel/mm/transparent_hugepage/enabled before status=0

	before=$(sed 's/.*\[\(.*\)\].*/\1/' $file) && echo never >$file || return
	finds_none_in unaligned unaligned || status=1
	echo "$before" >$file
	return $status
}

finds_a_crowd() {
	local limit status=0

	limit=$(</proc/sys/vm/max_map_count)
	echo 700 >/proc/sys/vm/max_map_count
	mmapdemo lint --json -- "$programs/untidy" map-count >found ||
		status=$?
	echo $limit >/proc/sys/vm/max_map_count
	equal 0 $status status &&
		grep -qE '"finding":"map-count","count":4[0-9]{2},.*"limit":700,"makers":\[\{"caller":"[^"]+","at":"caller","vmas":399,"made":399,"call":"mprotect","split":1,"flags":"r--".*"symbol":"crowd"' \
			found || ! cat found
}

# The cgroup may use 48 MiB, and the program reads 96 MiB. mmapdemo itself is in the cgroup,
# and needs some of the memory.
finds_a_limit_of_memory() {
	local cgroup=/sys/fs/cgroup/mmapdemo-lint status=0

	echo +memory >/sys/fs/cgroup/cgroup.subtree_control && mkdir $cgroup &&
		echo 48M >$cgroup/memory.max || return
	sh -c "echo \$\$ >$cgroup/cgroup.procs; exec mmapdemo lint --json -- \
		'$programs/untidy' memory-short" >found || status=1
	rmdir $cgroup
	((!status)) && grep '"finding":"memory-short"' found |
		grep '"name":"/mmapdemo-lint".*"limit":50331648' |
		grep -q 'raise memory.max' || ! cat found || return
	finds_none_in memory-short memory-short
}

finds_nothing_else() {
	mmapdemo lint -- "$programs/untidy" tidy >found || return
	grep -q ' tidy: nothing found$' found || ! cat found || return
	mmapdemo lint --json -- "$programs/untidy" tidy >found || return
	equal '{"event":"summary","findings":0}' "$(tail -n 1 found)" summary &&
		equal 2 "$(wc -l <found)" lines
}

reports_in_words() {
	mmapdemo lint "$programs/untidy" mprotect-ping-pong >found || return
	grep -qE '^mprotect-ping-pong  20 calls alternately removed and restored access rights, with a TLB flush in [12][0-9] of the calls, costing [^ ]+ [^ ]+  [0-9a-f]+-[0-9a-f]+$' \
		found && grep -q '^ *keep a second, writable mapping' found &&
		grep -q ': [0-9]* findings\?$' found || ! cat found
}

# Without -v, lint shows only the five findings with the largest savings. On
# kernels without MADV_POPULATE_READ, both storms together are one finding.
prints_the_most() {
	local sixth=''

	since 5.14 || sixth=mprotect-ping-pong
	mmapdemo lint -- sh -c "for what in fault-storm read-storm give-back \
		zero-then-copy read-then-copy dontfork $sixth; do
			'$programs/untidy' \$what; done" >found &&
		equal 11 "$(wc -l <found)" lines &&
		grep -qE ': 6 findings; -v shows all$' found ||
		! cat found
}

# lint must name the kernel of the recording, even if lint runs on another
# kernel.
names_the_recorded_kernel() {
	setarch --uname-2.6 mmapdemo lint --json -i a.dat >found || return
	grep -qF "\"kernel\":\"$(uname -r)\"" found || ! cat found
}

reads_a_recording() {
	mmapdemo record -q -o a.dat -- "$programs/untidy" fault-storm \
		2>errors || return
	equal '' "$(<errors)" 'what a quiet record says' &&
		mmapdemo lint --json -i a.dat >found &&
		grep -q '"finding":"fault-storm","count":600,' found ||
		! cat found
}

refuses_what_is_wrong() {
	: >empty
	refused 2 'lint: exactly one of' lint &&
		refused 2 'lint: exactly one of' lint -i empty true &&
		refused 1 'lint: empty: ' lint -i empty &&
		refused 127 'lint: no-such-command: ' lint no-such-command
}

# The exit status of lint must not depend on the exit status of the command.
succeeds_whatever_the_command_returns() {
	# shellcheck disable=SC2016
	mmapdemo lint -- sh -c 'exit 7' >found &&
		mmapdemo lint -- sh -c 'kill $$' >found || ! cat found
}

# Interrupt lint while the command runs. lint must report what it has found so
# far.
ends_when_interrupted() {
	local lint

	set -m
	mmapdemo lint -- sleep 1000 >found 2>errors &
	set +m
	lint=$!
	until compgen -G "$tracing/instances/mmapdemo-*/tracing_on" &&
		grep -qx 1 "$tracing"/instances/mmapdemo-*/tracing_on; do
		kill -0 $lint || ! cat errors || return
	done
	kill -INT $lint && wait $lint && grep -q '^sleep 1000: ' found &&
		nothing_stays || ! cat found errors
}

nothing_stays() {
	! compgen -G '/var/tmp/mmapdemo.*' && nothing_attached
}

echo "TAP version 13"
check 'lint finds a fault storm' finds_a_fault_storm
check 'lint populates a file for reading' populates_for_reading
check 'lint finds pages touched again' finds_what_is_touched_again
check 'lint finds pages read before they are written' finds_what_is_read_first
check 'lint finds address spaces copied for exec' finds_copies_for_exec
check 'lint finds mprotect ping-pong' finds_ping_pong
check 'lint finds VMAs that almost merge' finds_what_almost_merges
check 'lint finds MADV_DONTFORK on parts of a mapping' finds_what_is_not_forked
check_thp 'lint finds unaligned memory' finds_what_is_not_aligned
check 'lint finds a process near the limit of VMAs' finds_a_crowd
check 'lint finds a limit of memory' finds_a_limit_of_memory
check 'lint finds nothing in a tidy program' finds_nothing_else
check 'lint prints text' reports_in_words
check 'lint reads a recording' reads_a_recording
check 'lint names the recorded kernel' names_the_recorded_kernel
check 'lint prints at most ten lines' prints_the_most
check 'lint refuses wrong arguments' refuses_what_is_wrong
check 'lint succeeds whatever the command returns' \
	succeeds_whatever_the_command_returns
check 'lint ends when it is interrupted' ends_when_interrupted
check 'nothing is left over' nothing_stays
finish
