#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmapdemo lint: finds what a program does, and only in those that do it.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_program
programs=$(realpath "$programs")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
export LC_ALL=C

# finds WHAT COUNT [PATTERN]: that of the program that does it, so often.
finds() {
	mmapdemo lint --json -- "$programs/untidy" $1 >found || return
	grep "\"finding\":\"$1\",\"count\":$2," found | grep -qE "${3:-.}" ||
		! cat found
}

finds_a_fault_storm() {
	finds fault-storm 600 '"ns":[1-9]'
}

# Every second one takes rights away.
finds_ping_pong() {
	finds mprotect-ping-pong 20 '"flushes":(1[0-9]|20),'
}

finds_what_almost_merges() {
	finds almost-merged 20 \
		'"reason":"flags","flags_names":\["dontdump"\],"call":"mmap"'
}

# The one that was undone is none.
finds_what_is_not_forked() {
	finds dontfork 1 && equal 1 "$(grep -c '"dontfork"' found)" ranges
}

finds_what_is_not_aligned() {
	finds unaligned 1
}

finds_a_crowd() {
	local limit status=0

	limit=$(</proc/sys/vm/max_map_count)
	echo 700 >/proc/sys/vm/max_map_count
	mmapdemo lint --json -- "$programs/untidy" map-count >found ||
		status=$?
	echo $limit >/proc/sys/vm/max_map_count
	equal 0 $status status &&
		grep -qE '"finding":"map-count","count":4[0-9]{2},.*"limit":700,' \
			found || ! cat found
}

finds_nothing_else() {
	mmapdemo lint -- "$programs/untidy" tidy >found || return
	grep -q ' tidy: nothing found$' found || ! cat found || return
	mmapdemo lint --json -- "$programs/untidy" tidy >found || return
	equal '{"event":"summary","findings":0}' "$(tail -n 1 found)" summary &&
		equal 2 "$(wc -l <found)" lines
}

tells_in_words() {
	mmapdemo lint "$programs/untidy" mprotect-ping-pong >found || return
	grep -qE '^mprotect-ping-pong  20 times mprotect.*, [12][0-9] flushed the TLB  [0-9a-f]+-[0-9a-f]+$' \
		found && grep -q '^ *keep a second, writable mapping' found &&
		grep -q ': [0-9]* findings\?$' found || ! cat found
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
	refused 2 'lint: either' lint &&
		refused 2 'lint: either' lint -i empty true &&
		refused 1 'lint: empty: ' lint -i empty &&
		refused 127 'lint: no-such-command: ' lint no-such-command
}

# While the command runs: it is told of what was until then.
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
check 'lint finds mprotect to and fro' finds_ping_pong
check 'lint finds what almost merges' finds_what_almost_merges
check 'lint finds MADV_DONTFORK left behind' finds_what_is_not_forked
check 'lint finds what is not aligned' finds_what_is_not_aligned
check 'lint finds a crowd of VMAs' finds_a_crowd
check 'lint finds nothing in a tidy program' finds_nothing_else
check 'lint tells in words' tells_in_words
check 'lint reads a recording' reads_a_recording
check 'lint refuses what is wrong' refuses_what_is_wrong
check 'lint ends when it is interrupted' ends_when_interrupted
check 'nothing stays' nothing_stays
finish
