#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Users who can read tracefs see page frame numbers, unless the module parameter
# "frames" is 0. perf_test.sh tests the same for perf.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_tool setpriv util-linux
# The mount options that tracefs had before the test.
mounted=$(stat -c 'gid=%g,mode=%a' $tracing)
frames=$(cat $parameters/frames)
trap 'enable_all 0
	echo "${frames:-1}" >$parameters/frames
	mount -o "remount,$mounted" $tracing' EXIT

PAGES=31
nobody=65534

# group_reads: print the trace as a user whose group has access to tracefs.
group_reads() {
	setpriv --reuid $nobody --regid $nobody --clear-groups \
		cat $tracing/trace
}

# record: set $faults to the fault events of an actor that writes to its pages.
record() {
	local start

	echo >$tracing/trace
	act walker $PAGES || return
	echo 1 >$tracing/events/mmapdemo/pte_fault/enable || return
	turn
	heard over || return
	echo 0 >$tracing/events/mmapdemo/pte_fault/enable
	leave
	start=$(printf '%s\n' "${words[@]}" | grep ^0x)
	group_reads >trace.txt || return
	faults=$(faults_in "$start" $PAGES <trace.txt)
	equal $PAGES "$(wc -l <<<"$faults")" faults
}

# Print the number of recorded faults that have a page frame number.
with_frame() {
	grep -c ' pfn=0x[0-9a-f]*[1-9a-f][0-9a-f]* ' <<<"$faults"
}

refused_without_gid() {
	mount -o remount,gid=0,mode=700 $tracing || return
	! group_reads
}

shows_as_the_kernel() {
	mount -o remount,gid=$nobody,mode=750 $tracing || return
	record && equal $PAGES "$(with_frame)" "faults with a frame"
}

hides() {
	echo 0 >$parameters/frames || return
	record && equal 0 "$(with_frame)" "faults with a frame" &&
		equal $PAGES "$(grep -c ' entry_after=present|' <<<"$faults")" \
			"entries that are present"
}

shows_again() {
	echo 1 >$parameters/frames || return
	record && equal $PAGES "$(with_frame)" "faults with a frame"
}

is_for_root() {
	equal 600 "$(stat -c %a $parameters/frames)" "mode of frames"
}

work=$(mktemp -d)
cd "$work" || exit
echo "TAP version 13"
check 'without gid= nobody else reads the trace' refused_without_gid
check 'users who can read tracefs see page frames' shows_as_the_kernel
check 'frames=0 hides page frames' hides
check 'frames=1 shows page frames again' shows_again
check 'only root changes frames' is_for_root
check 'nothing stays attached' nothing_attached
cd / && rm -r "$work"
finish
